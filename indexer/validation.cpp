#include "indexer/validation.h"

#include <algorithm>

#include "catalog/tables.h"
#include "indexer/plain_text.h"
#include "language/fold.h"

namespace vsm {
namespace {

constexpr std::size_t id_limit = 200, title_limit = 1'000;

/// The index bounds the length of its terms.
bool is_too_long(const ObjectId& id) {
  return id.id.size() > id_limit || id.agency.size() > id_limit || id.text().size() > 240;
}

}  // namespace

Validation::Validation(const Source& source, const AreaTable& areas, const Catalogue& catalogue)
    : source_(source), areas_(areas), catalogue_(catalogue) {
  std::vector<std::string> ids = source.writes;
  if (ids.empty()) ids.push_back(source.area);
  if (!areas.find_id(source.area)) throw TableError("the area " + source.area + " is not known");
  for (const std::string& id : ids) {
    const auto area = areas.find_id(id);
    if (!area) throw TableError("the area " + id + " is not known");
    writable_.push_back(*area);
    for (MunicipalityIndex municipality : areas.municipalities_in(*area)) writable_towns_.add(municipality);
  }
  if (!source.side.empty()) side_ = SideTable(source.side);
}

bool Validation::admit(Change& change, const Problem& place, const std::function<void(Problem)>& report) {
  place_ = &place;
  report_ = &report;
  return std::visit([this](auto& object) { return check(object); }, change);
}

bool Validation::refuse(const char* rule, std::string message) {
  Problem problem = *place_;
  problem.rule = rule;
  problem.message = std::move(message);
  problem.severity = Severity::refused;
  (*report_)(std::move(problem));
  return false;
}

void Validation::warn(const char* rule, std::string message) {
  Problem problem = *place_;
  problem.rule = rule;
  problem.message = std::move(message);
  problem.severity = Severity::warning;
  (*report_)(std::move(problem));
}

bool Validation::check_id(const ObjectId& id, const char* what) {
  if (id.id.empty()) return refuse("id-fehlt", std::string(what) + " fehlt die id.");
  if (is_too_long(id)) return refuse("id-zu-lang", "Die id hat mehr als 200 Bytes.");
  if (std::any_of(id.id.begin(), id.id.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
    return refuse("format", "Die id enthält Steuerzeichen.");
  if (!source_.agencies.empty() &&
      std::find(source_.agencies.begin(), source_.agencies.end(), id.agency) == source_.agencies.end())
    return refuse("redaktion-fremd", "Die Redaktion „" + id.agency +
                                         "“ (schemeAgencyID) darf diese Quelle „" + source_.id +
                                         "“ nicht schreiben.");
  return true;
}

bool Validation::may_write(const std::string& area_id) {
  const auto known = known_.find(area_id);
  if (known != known_.end()) return known->second;
  const auto area = areas_.find_id(area_id);
  bool may = area && std::find(writable_.begin(), writable_.end(), *area) != writable_.end();
  if (area && !may) {
    const auto towns = areas_.municipalities_in(*area);
    if (!towns.empty()) {
      may = std::all_of(towns.begin(), towns.end(),
                        [&](MunicipalityIndex town) { return writable_towns_.contains(town); });
    } else {  // an uninhabited area
      const auto chain = areas_.chain(*area);
      may = std::any_of(chain.begin(), chain.end(), [&](AreaIndex above) {
        return std::find(writable_.begin(), writable_.end(), above) != writable_.end();
      });
    }
  }
  known_.emplace(area_id, may);
  return may;
}

bool Validation::check_areas(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    if (may_write(id)) continue;
    const auto area = areas_.find_id(id);
    return refuse("gebiet-fremd", "Für das Gebiet „" + (area ? areas_[*area].name : id) +
                                      "“ darf die Quelle „" + source_.id + "“ nicht schreiben.");
  }
  return true;
}

void Validation::check_links(std::vector<TextModule>& modules) {
  for (TextModule& module : modules) {
    std::erase_if(module.links, [&](const Link& link) {
      if (is_web_address(link.url)) return false;
      warn("link-adresse", "Der Link „" + link.title +
                               "“ ist keine Adresse, die mit http:// oder https:// beginnt; er entfällt.");
      return true;
    });
  }
}

bool Validation::check(ServiceText& text) {
  if (!check_id(text.id, "Der Leistung") || !check_areas(text.areas)) return false;
  text.sample = source_.sample;
  if (text.title.empty() && text.keys.size() == 1) {
    if (const CatalogueEntry* entry = catalogue_.find(text.keys.front())) {
      text.title = entry->title;
      text.official_title = entry->official_name;
      if (source_.format != "verfuegbarkeit")
        warn("titel-fehlt",
             "Der Leistung fehlt die Bezeichnung (Textmodul 02 oder 03); sie heißt wie im Katalog.");
    }
  }
  if (text.title.empty() && text.base.id.empty())
    return refuse("titel-fehlt", "Der Leistung fehlt die Bezeichnung (Textmodul 02 oder 03).");
  if (text.title.size() > title_limit || text.official_title.size() > title_limit)
    return refuse("titel-zu-lang", "Die Bezeichnung der Leistung hat mehr als 1.000 Bytes.");
  check_links(text.modules);
  for (Translation& translation : text.translations) check_links(translation.modules);
  return true;
}

bool Validation::check(OnlineService& service) {
  if (!check_id(service.id, "Dem Onlinedienst")) return false;
  if (!service.url.empty() && !is_web_address(service.url))
    return refuse("link-adresse", "Der Link ist keine Adresse, die mit http:// oder https:// beginnt.");
  if (service.title.size() > title_limit)
    return refuse("titel-zu-lang", "Die Bezeichnung des Onlinedienstes hat mehr als 1.000 Bytes.");
  service.sample = source_.sample;
  service.provider = source_.name;
  side_.complete(service);
  return true;
}

bool Validation::check(Office& office) {
  if (!check_id(office.id, "Der Organisationseinheit")) return false;
  if (office.name.empty()) return refuse("titel-fehlt", "Der Organisationseinheit fehlt der Name.");
  if (office.name.size() > title_limit)
    return refuse("titel-zu-lang", "Der Name der Organisationseinheit hat mehr als 1.000 Bytes.");
  office.sample = source_.sample;
  if (!office.url.empty() && !is_web_address(office.url)) {
    warn("link-adresse", "Die Internetadresse der Organisationseinheit ist keine; sie entfällt.");
    office.url.clear();
  }
  for (const Responsibility& responsibility : office.responsibilities)
    if (!check_areas(responsibility.areas)) return false;
  // A town's own list may do without.
  if (source_.format != "verfuegbarkeit" &&
      (office.street.empty() || office.postcode.empty() || office.city.empty()))
    warn("adresse-unvollstaendig",
         "Der Anschrift der Organisationseinheit fehlt Straße, Postleitzahl oder Ort.");
  return true;
}

bool Validation::check(Responsibility& responsibility) {
  if (responsibility.subject.id.empty() || responsibility.services.empty())
    return refuse("feld-fehlt", "Der Zuständigkeit fehlt die Stelle oder die Leistung.");
  if (is_too_long(responsibility.subject) ||
      std::any_of(responsibility.services.begin(), responsibility.services.end(), is_too_long))
    return refuse("id-zu-lang", "Eine id, die die Zuständigkeit nennt, hat mehr als 200 Bytes.");
  if (responsibility.id.id.empty()) {
    // Without an id of its own it is known by what it says.
    std::string id = responsibility.subject.text();
    for (const ObjectId& service : responsibility.services) id += "|" + service.text();
    for (const std::string& area : responsibility.areas) id += "|" + area;
    if (id.size() > id_limit) id = id.substr(0, 100) + "|" + std::to_string(ServiceKey::local(id).number());
    responsibility.id = {responsibility.subject.agency, std::move(id)};
  }
  return check_id(responsibility.id, "Der Zuständigkeit") && check_areas(responsibility.areas);
}

bool Validation::check(Deletion& deletion) { return check_id(deletion.id, "Der Löschung"); }

}  // namespace vsm
