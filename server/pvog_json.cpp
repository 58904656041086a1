#include "server/pvog_json.h"

#include <map>
#include <utility>
#include <vector>

#include "server/compat.h"

namespace vsm::pvog {
namespace {

using compat::ars_of;
using compat::ToldText;

/// As the API names them; those from 93 on are its own.
std::string_view title_of(std::string_view code) {
  static constexpr std::pair<std::string_view, std::string_view> titles[] = {
      {"02", "Leistungsbezeichnung"},
      {"03", "Leistungsbezeichnung II"},
      {"05", "Kurztext"},
      {"06", "Beschreibung"},
      {"07", "Rechtsgrundlage(n)"},
      {"08", "Erforderliche Unterlagen"},
      {"09", "Voraussetzungen"},
      {"11", "Verfahrensablauf"},
      {"14", "Formulare"},
      {"15", "weiterführende Informationen"},
      {"16", "Hinweise"},
      {"18", "Urheber"},
      {"22", "Zuständige Stelle"},
      {"23", "Ansprechpunkt"},
      {"24", "Kurzinfo"},
      {"25", "Rechtsbehelf"},
      {"93", "fachliche Freigabe"},
      {"94", "Ursprungsportal"},
      {"95", "Bearbeitungsdauer"},
      {"97", "Fristen"},
      {"98", "Kosten & Gebühren"}};
  const auto found = std::find_if(std::begin(titles), std::end(titles),
                                  [&](const auto& title) { return title.first == code; });
  return found == std::end(titles) ? std::string_view() : found->second;
}

std::string_view category_of(std::string_view code) {
  if (code == "95") return "BEARBEITUNGSDAUER";
  if (code == "97") return "FRIST";
  if (code == "98") return "KOSTEN";
  return code == "IND" ? "TEXT_MODUL_INDIVIDUELL" : "TEXT_MODUL";
}

/// In the order of FIM, which no public source confirms.
std::string_view addressee(std::string_view code) {
  return code == "001" ? "Bürger" : code == "002" ? "Unternehmen" : code == "003" ? "Verwaltung" : "";
}

/// Names of the code list pvlagen, as far as they are known here.
std::string_view matter_name(std::string_view code) {
  if (code == "1000000") return "Lebenslagen für Bürgerinnen und Bürger";
  if (code == "1030000") return "Schule, Ausbildung und Studium";
  if (code == "1030200") return "Berufsausbildung";
  return {};
}

/// The API says so for no bound.
std::string bound(Day day) {
  return day == day_min ? "1970-01-01" : day == day_max ? "2999-12-31" : date_text(day);
}

void write_validity(JsonWriter& json, const Validity& validity) {
  const auto& periods = validity.periods();
  json.field("validFrom", std::string_view(bound(periods.empty() ? day_min : periods.front().from)));
  json.field("validTo", std::string_view(bound(periods.empty() ? day_max : periods.back().to)));
  json.array("validityPeriods", periods, [&](const Period& period) {
    json.object([&] {
      json.field("validFrom", std::string_view(bound(period.from)));
      json.field("validTo", std::string_view(bound(period.to)));
    });
  });
}

/// Made-up data says so, in a field that programs of the API pass over. Real data has no such field.
void write_sample(JsonWriter& json, bool sample) {
  if (sample) json.field("sample", true);
}

template <class Texts>
void write_texts(JsonWriter& json, std::string_view name, const Texts& texts) {
  json.array(name, texts, [&](const auto& text) { json.value(std::string_view(text)); });
}

void write_sdg(JsonWriter& json, const std::string& code) {
  constexpr std::string_view list = "urn:xoev-de:fim:codeliste:sdginformationsbereich";
  json.object([&] {
    json.known("id", {});
    json.field("uri", list);
    json.known("version", {});
    json.field("code", std::string_view(code));
    json.key("key");
    json.object([&] {
      json.field("uri", list);
      json.known("version", {});
      json.field("code", std::string_view(code));
    });
    json.key("texts");
    json.object([&] {
      json.known("de", {});
      json.known("en_GB", {});
    });
    json.key("comments");
    json.object([] {});
    json.empty_array("values");
  });
}

void write_module(JsonWriter& json, const TextModule& module) {
  const std::string_view category = category_of(module.code), known = title_of(module.code);
  const bool detailed = category == "KOSTEN" || category == "FRIST" || category == "BEARBEITUNGSDAUER";
  json.object([&] {
    json.field("@type", std::string_view(detailed ? "_moduleDetail" : "_module"));
    json.empty_array(detailed ? "details" : "additionalInformation");
    json.field("filled", !module.html.empty() || !module.links.empty());
    json.field("placeholder", false);
    json.field("title", !module.title.empty() ? std::string_view(module.title)
                        : known.empty()       ? std::string_view(module.code)
                                              : known);
    json.field("text", std::string_view(module.html));
    json.array("links", module.links, [&](const Link& link) {
      json.object([&] {
        json.field("uri", std::string_view(link.url));
        json.field("title", std::string_view(link.title));
        json.known("description", {});
        json.field("replace", false);
        json.empty_array("dynamicParameters");
      });
    });
    json.field("replace", false);
    json.field("code", std::string_view(module.code));
    json.field("xZufiCategory", category);
  });
}

/// Also what the API has as modules and we as fields: teaser and names.
void write_modules(JsonWriter& json, const ServiceText& text, const ToldText& told) {
  std::vector<TextModule> modules;
  if (!told.teaser().empty()) modules.push_back({"24", {}, told.teaser()});
  for (TextModule module : told.modules()) {
    if (module.text.empty() && module.links.empty()) continue;
    module.html = ToldText::html(module);
    modules.push_back(std::move(module));
  }
  if (!text.official_title.empty()) modules.push_back({"02", {}, text.official_title});
  modules.push_back({"03", {}, told.title()});
  json.array("details", modules, [&](const TextModule& module) { write_module(json, module); });
}

/// Codes of seven digits: the first names the root of a tree, the first three the group in it.
void write_matters(JsonWriter& json, const std::vector<std::string>& codes) {
  std::map<std::string, std::map<std::string, std::vector<std::string>>> tree;
  for (const std::string& code : codes) {
    if (code.size() != 7) continue;
    auto& groups = tree[code.substr(0, 1) + "000000"];
    if (code.compare(1, 6, "000000") == 0) continue;
    auto& leaves = groups[code.substr(0, 3) + "0000"];
    if (code.compare(3, 4, "0000") != 0 && std::find(leaves.begin(), leaves.end(), code) == leaves.end())
      leaves.push_back(code);
  }
  const auto name = [&](const std::string& code) {
    json.field("code", std::string_view(code));
    json.known("name", matter_name(code));
  };
  json.array("personalMatters", tree, [&](const auto& root) {
    json.object([&] {
      name(root.first);
      json.array("children", root.second, [&](const auto& group) {
        json.object([&] {
          name(group.first);
          json.array("children", group.second, [&](const std::string& leaf) {
            json.object([&] {
              name(leaf);
              json.empty_array("children");
            });
          });
        });
      });
    });
  });
}

void write_parameters(JsonWriter& json, const OnlineService& service) {
  json.array("dynamicParameters", service.parameters, [&](const UrlParameter& parameter) {
    json.object([&] {
      json.known("type", parameter.type);
      json.field("parameterName", std::string_view(parameter.name));
    });
  });
}

/// What the API says of an online service wherever it stands.
void write_online_facts(JsonWriter& json, const OnlineService& service) {
  write_validity(json, service.validity);
  json.empty_array("executionLanguages");
  json.empty_array("executionNationalities");
  json.known("levelOfConfidence", service.trust_level > 0 ? std::to_string(service.trust_level) : "");
  json.empty_array("identificationMethods");
  json.empty_array("paymentMethods");
  json.empty_array("helpLinks");
}

void write_online_link(JsonWriter& json, const OnlineOffer& offer, Manner manner) {
  const OnlineService& service = *offer.service;
  json.object([&] {
    json.field("uri", std::string_view(manner.fill_links ? offer.url : service.url));
    json.field("title", std::string_view(service.title));
    json.field("replace", false);
    write_parameters(json, service);
    json.field("id", std::string_view(service.id.text()));
    write_online_facts(json, service);
    write_sample(json, service.sample);
  });
}

void write_role(JsonWriter& json, bool responsible) {
  json.key("role");
  json.object([&] {
    json.field("code", std::string_view(responsible ? "01" : "03"));
    json.field("name", std::string_view(responsible ? "Zuständige Stelle" : "Ansprechpunkt"));
  });
}

void write_in_english(JsonWriter& json, bool complete) {
  json.key("languageComplete");
  json.object([&] { json.field("en", complete); });
}

void write_name_and_links(JsonWriter& json, const OnlineService& service) {
  json.field("id", std::string_view(service.id.text()));
  json.field("name", std::string_view(service.title));
  std::vector<const OnlineService*> links;
  if (service.is_online() || (service.form && !service.url.empty())) links.push_back(&service);
  json.array("links", links, [&](const OnlineService* link) {
    json.object([&] {
      json.field("uri", std::string_view(link->url));
      json.field("title", std::string_view(link->title));
    });
  });
}

/// The services that an online service is for: for each key the text that the place shows.
void write_services(JsonWriter& json, const IndexReader& reader, const Records& records,
                    const OnlineRecord& record) {
  const AreaTable& areas = reader.snapshot().areas;
  std::map<ServiceKey, std::vector<std::string>> by_key;
  for (const OnlineRecord::Join& join : record.joins) {
    auto& codes = by_key[join.key];
    for (std::string& code : ars_of(join.area, areas))
      if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(std::move(code));
  }
  json.array("serviceDescriptions", by_key, [&](const auto& service) {
    const auto texts = records.nearest(service.first);
    const bool published = !texts.empty() && areas[texts.front().area].level != Level::katalog;
    json.object([&] {
      json.known("id", published ? reader.text(texts.front().doc).id.text() : "");
      write_texts(json, "leikakeys", compat::key_texts({service.first}));
      write_texts(json, "ars", service.second);
    });
  });
}

}  // namespace

void write_envelope(JsonWriter& json, const Page& page, std::size_t count) {
  const auto sort = [&] {
    json.key("sort");
    json.object([&] {
      json.field("empty", true);
      json.field("sorted", false);
      json.field("unsorted", true);
    });
  };
  const auto size = static_cast<std::size_t>(page.size);
  const std::size_t pages = (page.total + size - 1) / size;
  json.key("pageable");
  json.object([&] {
    sort();
    json.field("offset", page.number * page.size);
    json.field("pageNumber", page.number);
    json.field("pageSize", page.size);
    json.field("paged", true);
    json.field("unpaged", false);
  });
  json.field("totalElements", std::uint64_t{page.total});
  json.field("totalPages", std::uint64_t{pages});
  json.field("last", static_cast<std::size_t>(page.number) + 1 >= pages);
  json.field("size", page.size);
  json.field("number", page.number);
  sort();
  json.field("numberOfElements", std::uint64_t{count});
  json.field("first", page.number == 0);
  json.field("empty", count == 0);
}

void write_summary(JsonWriter& json, const AreaTable& areas, const ServiceText& text, AreaIndex area,
                   Manner manner) {
  const ToldText told(text, manner.english);
  const auto& periods = text.validity.periods();
  json.object([&] {
    json.field("id", std::string_view(text.id.text()));
    json.field("name", std::string_view(told.title()));
    json.field("description", std::string_view(told.teaser()));
    write_texts(json, "leikakeys", compat::key_texts(text.keys));
    write_texts(json, "ars", ars_of(text, area, areas));
    json.field("languageCode", told.language());
    json.known("lastUpdate", compat::moment_text(text.changed_at, text.changed));
    json.field("validFrom", std::string_view(bound(periods.empty() ? day_min : periods.front().from)));
    json.field("validTo", std::string_view(bound(periods.empty() ? day_max : periods.back().to)));
    write_sample(json, text.sample);
  });
}

void write_detail(JsonWriter& json, const IndexReader& reader, const Records& records,
                  const ServiceText& text, AreaIndex area, Manner manner, bool organisations) {
  const ToldText told(text, manner.english);
  const std::vector<std::string> ars = ars_of(text, area, reader.snapshot().areas);
  const std::vector<OfficeOffer> offices = records.offices(text.keys);
  const std::string changed = compat::moment_text(text.changed_at, text.changed);
  std::vector<std::string> lands, languages{"de"};
  for (const std::string& code : ars)
    if (std::find(lands.begin(), lands.end(), code.substr(0, 2)) == lands.end())
      lands.push_back(code.substr(0, 2));
  for (const Translation& translation : text.translations) languages.push_back(translation.language);
  std::vector<std::string_view> addressees;
  for (const std::string& code : text.addressees)
    if (!addressee(code).empty()) addressees.push_back(addressee(code));
  json.object([&] {
    json.field("name", std::string_view(told.title()));
    json.field("description", std::string_view(told.teaser()));
    write_texts(json, "leikakeys", compat::key_texts(text.keys));
    json.array("sdgInformation", text.sdg, [&](const std::string& code) { write_sdg(json, code); });
    json.field("id", std::string_view(text.id.text()));
    json.field("languageCode", told.language());
    json.known("timestamp", changed);
    write_texts(json, "ars", ars);
    json.empty_array("sourcePortals");
    write_in_english(json, compat::is_complete_in_english(text));
    write_texts(json, "availableLanguages", languages);
    json.array("organisationIds", offices,
               [&](const OfficeOffer& offer) { json.value(std::string_view(offer.office->id.text())); });
    if (organisations)
      json.array("organisations", offices,
                 [&](const OfficeOffer& offer) { write_office_title(json, *offer.office, true); });
    json.known("lastUpdate", changed);
    json.known("externalLastUpdate", changed);
    write_texts(json, "addressees", addressees);
    write_texts(json, "arsFederalstate", lands);
    write_validity(json, text.validity);
    write_texts(json, "synonyms", text.words);
    write_modules(json, text, told);
    json.array("typing", text.types, [&](const std::string& type) {
      json.object([&] {
        json.field("code", std::string_view(type));
        json.known("name", {});
        json.field("listURI", std::string_view("urn:de:fim:leika:typisierung"));
        json.known("listVersionID", {});
      });
    });
    json.array("onlineServiceLinks", records.online(text.keys),
               [&](const OnlineOffer& offer) { write_online_link(json, offer, manner); });
    write_matters(json, text.situations);
    json.array("forms", records.online(text.keys, true), [&](const OnlineOffer& offer) {
      json.object([&] {
        json.field("id", std::string_view(offer.service->id.text()));
        json.field("title", std::string_view(offer.service->title));
        json.field("uri", std::string_view(offer.service->url));
        write_sample(json, offer.service->sample);
      });
    });
    write_texts(json, "suggest", suggestions_for(reader, text));
    write_sample(json, text.sample);
  });
}

void write_office_title(JsonWriter& json, const Office& office, bool responsible) {
  json.object([&] {
    json.field("id", std::string_view(office.id.text()));
    json.field("title", std::string_view(office.name));
    write_role(json, responsible);
    write_sample(json, office.sample);
  });
}

void write_office(JsonWriter& json, const Office& office, bool responsible) {
  std::vector<std::pair<std::string_view, std::string_view>> channels;
  if (!office.phone.empty()) channels.emplace_back("02", office.phone);
  if (!office.email.empty()) channels.emplace_back("01", office.email);
  const bool has_address = !office.street.empty() || !office.postcode.empty() || !office.city.empty();
  json.object([&] {
    json.field("id", std::string_view(office.id.text()));
    write_texts(json, "languages", std::vector<std::string_view>{"de"});
    json.known("lastUpdate", compat::moment_text(office.changed_at, office.changed));
    write_in_english(json, false);
    json.field("title", std::string_view(office.name));
    json.empty_array("forms");
    json.empty_array("employees");
    json.array("additionalInformation",
               office.hours.empty() ? std::vector<std::string>() : std::vector<std::string>{office.hours},
               [&](const std::string& hours) {
                 json.object([&] {
                   json.field("title", std::string_view("Öffnungszeiten"));
                   json.field("text", std::string_view(compat::html_of(hours)));
                 });
               });
    json.empty_array("bankAccounts");
    json.key("location");
    json.object([&] {
      json.array("addresses", std::vector<int>(has_address ? 1 : 0), [&](int) {
        json.object([&] {
          json.known("type", {});
          json.known("street", office.street);
          json.known("zip", office.postcode);
          json.known("city", office.city);
        });
      });
      json.array("communications", channels, [&](const auto& channel) {
        json.object([&] {
          json.field("code", channel.first);
          json.field("value", channel.second);
        });
      });
    });
    json.empty_array("communicationSystems");
    json.array(
        "internetAddresses",
        office.url.empty() ? std::vector<std::string>() : std::vector<std::string>{office.url},
        [&](const std::string& url) { json.object([&] { json.field("uri", std::string_view(url)); }); });
    write_role(json, responsible);
    write_sample(json, office.sample);
  });
}

void write_online(JsonWriter& json, const IndexReader& reader, const Records& records,
                  const OnlineRecord& record) {
  json.object([&] {
    write_name_and_links(json, *record.service);
    write_services(json, reader, records, record);
    write_sample(json, record.service->sample);
  });
}

void write_online_whole(JsonWriter& json, const IndexReader& reader, const Records& records,
                        const OnlineRecord& record) {
  const OnlineService& service = *record.service;
  json.object([&] {
    write_name_and_links(json, service);
    write_services(json, reader, records, record);
    json.field("languageCode", std::string_view("de"));
    json.known("lastUpdate", compat::moment_text(service.changed_at, service.changed));
    write_parameters(json, service);
    write_online_facts(json, service);
    write_sample(json, service.sample);
  });
}

void write_location(JsonWriter& json, const AreaTable& areas, AreaIndex index, const std::string& postcode) {
  const Area& area = areas[index];
  const auto postcodes = areas.postcodes_of(index);
  json.object([&] {
    json.field("ars", std::string_view(area.code));
    json.known("ags", area.ags);
    json.field("name", std::string_view(area.short_name));
    json.known("gemeinde", area.level == Level::gemeinde ? area.short_name : "");
    json.known("zip", !postcode.empty() || postcodes.empty() ? postcode : postcodes.front());
    json.field("zipCodeCount", std::uint64_t{postcodes.size()});
  });
}

}  // namespace vsm::pvog
