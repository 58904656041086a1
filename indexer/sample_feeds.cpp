#include "indexer/sample_feeds.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <unordered_map>

#include "catalog/area_table.h"
#include "catalog/catalogue.h"

namespace vsm {
namespace fs = std::filesystem;
namespace {

/// A number in [0, 1) that depends on nothing but the seed and the words: same on every machine and in any
/// order.
double chance(std::uint64_t seed, std::initializer_list<std::string_view> words) {
  std::uint64_t hash = 14'695'981'039'346'656'037U ^ seed;
  for (std::string_view word : words) {
    for (char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
    hash = (hash ^ 0xFFU) * 1'099'511'628'211U;
  }
  hash ^= hash >> 33U;
  hash *= 0xFF51AFD7ED558CCDU;
  hash ^= hash >> 33U;
  return static_cast<double>(hash >> 11U) / 9'007'199'254'740'992.0;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

struct SampleService {
  const CatalogueEntry* entry = nullptr;
  Level level = Level::gemeinde;
  std::string office;
  std::string operator_ars;  ///< the town that runs it for others (EfA), empty where each runs its own
  bool statewide = false;    ///< EfA for the whole Land, else for some towns
};

struct Seat {
  std::string postcode, city;
};

/// Facts that feeds are made of.
struct Facts {
  explicit Facts(const std::string& folder) : tables(read_tables(folder)), areas(tables), catalogue(tables) {
    const std::string services_text = read_file(folder + "/sample/services.tsv");
    TableReader rows("sample/services.tsv", services_text, {"key", "level", "office", "efa"});
    while (rows.next()) {
      const auto key = ServiceKey::parse(rows[0]);
      SampleService service;
      service.entry = key ? catalogue.find(*key) : nullptr;
      const auto level = parse_level(rows[1]);
      if (!service.entry || !level) throw rows.error("unknown key or level");
      service.level = *level;
      service.office = rows[2];
      if (const std::size_t colon = rows[3].find(':'); colon != std::string_view::npos) {
        service.statewide = rows[3].substr(0, colon) == "land";
        service.operator_ars = rows[3].substr(colon + 1);
      }
      services.push_back(std::move(service));
    }
    const std::string sites_text = read_file(folder + "/areas/websites.tsv");
    TableReader sites("areas/websites.tsv", sites_text, {"ars", "url"});
    while (sites.next()) websites.emplace(sites[0], sites[1]);
    const std::string seats_text = read_file(folder + "/areas/seats.tsv");
    TableReader seat_rows("areas/seats.tsv", seats_text, {"area", "postcode", "city"});
    while (seat_rows.next())
      seats[std::string(seat_rows[0])] = {std::string(seat_rows[1]), std::string(seat_rows[2])};
    const std::string land_text = read_file(folder + "/catalogue/nrw/services.tsv");
    TableReader land("catalogue/nrw/services.tsv", land_text, {"id", "keys"});
    while (land.next())
      if (const auto key = ServiceKey::parse(land[1])) land_texts.try_emplace(*key, land[0]);
  }

  TableTexts tables;
  AreaTable areas;
  Catalogue catalogue;
  std::vector<SampleService> services;
  std::map<std::string, std::string, std::less<>> websites;
  std::map<std::string, Seat, std::less<>> seats;
  std::unordered_map<ServiceKey, std::string> land_texts;  ///< ids of the Land's own texts
};

constexpr std::string_view not_valid_before = "2999-01-01", not_valid_after = "2025-12-31";

/// One feed on its way to disk, with its side table.
class Feed {
 public:
  Feed(const fs::path& folder, const Facts& facts, const Area& area, std::string agency)
      : facts_(facts), area_(area), agency_(std::move(agency)) {
    fs::create_directories(folder);
    xml_.open(folder / "feed.xml", std::ios::trunc);
    side_.open(folder / "side.tsv", std::ios::trunc);
    if (!xml_ || !side_) throw std::runtime_error("cannot write to " + folder.string());
    xml_ << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<!-- Beispieldaten von vsm: erfunden, kein Angebot dieser Behörde. -->\n"
            "<xzufi:transfer xmlns:xzufi=\"http://xoev.de/schemata/xzufi/2_2_0\" "
            "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xzufiVersion=\"2.2.0\" "
            "produktbezeichnung=\"vsm-index sample\" produkthersteller=\"vsm\">\n"
            "<xzufi:nachrichtenkopf><xzufi:erstelltDatumZeit>2026-11-01T00:00:00</xzufi:erstelltDatumZeit>"
            "</xzufi:nachrichtenkopf>\n";
    side_ << "id\tmaturity\tscale\tefa\tprovider\n";
  }

  void finish() {
    xml_ << "</xzufi:transfer>\n";
    if (!xml_.flush() || !side_.flush()) throw std::runtime_error("cannot write the feed of " + area_.name);
  }

  std::string text(const SampleService& service, const std::string& title, std::string_view valid_from,
                   std::string_view valid_to) {
    const std::string id = "LB." + std::to_string(++texts);
    const std::string place = escaped(area_.short_name), office = escaped(service.office);
    open("leistung", id);
    xml_ << "<xzufi:referenzLeiKa listURI=\"urn:de:fim:leika:leistung\"><code>" << service.entry->key.text()
         << "</code></xzufi:referenzLeiKa>\n";
    module("02", service.entry->official_name);
    module("03", title);
    if (!service.entry->teaser.empty()) module("24", service.entry->teaser);
    module("06", "<p>Beispieltext: So könnte " + place + " die Leistung „" + escaped(title) +
                     "“ beschreiben.</p><p>Zuständig ist hier: " + office + ".</p>");
    module("08", "<p>Beispieltext: Welche Unterlagen Sie brauchen, nennt Ihnen " + office + ".</p>");
    module("23", "<p>" + office + " " + place + " (Beispiel)</p>");
    area("gueltigkeitGebietID", area_.code);
    xml_ << "<xzufi:versionsinformation><xzufi:geaendertDatumZeit>2026-10-" << 10 + texts % 20
         << "T08:00:00</xzufi:geaendertDatumZeit></xzufi:versionsinformation>\n";
    validity(valid_from, valid_to);
    close("leistung");
    return id;
  }

  /// Returns the id.
  std::string online_service(const std::string& title, std::string_view url, int trust,
                             std::string_view valid_from, std::string_view valid_to) {
    const std::string id = "OD." + std::to_string(++online_services);
    open("onlinedienst", id);
    xml_ << "<xzufi:bezeichnung languageCode=\"de\">" << escaped(title) << "</xzufi:bezeichnung>\n";
    if (!url.empty())
      xml_ << "<xzufi:link languageCode=\"de\"><xzufi:typ "
              "listURI=\"urn:xoev-de:fim:codeliste:onlinedienstlinktyp\"><code>01</code></"
              "xzufi:typ><xzufi:link>"
           << escaped(url) << "</xzufi:link></xzufi:link>\n";
    xml_ << "<xzufi:vertrauensniveau listURI=\"urn:xoev-de:fim:codeliste:vertrauensniveau\"><code>" << trust
         << "</code></xzufi:vertrauensniveau>\n";
    validity(valid_from, valid_to);
    close("onlinedienst");
    return id;
  }

  void side(const std::string& id, int maturity, std::string_view scale, bool efa,
            std::string_view provider) {
    side_ << agency_ << '.' << id << '\t' << maturity << '\t' << scale << '\t' << (efa ? "yes" : "no") << '\t'
          << provider << '\n';
  }

  std::string office(const std::string& name) {
    const std::string id = "OE." + std::to_string(++offices);
    const auto seat = facts_.seats.find(area_.id());
    open("organisationseinheit", id);
    xml_ << "<xzufi:name><xzufi:name languageCode=\"de\">" << escaped(name) << "</xzufi:name></xzufi:name>\n"
         << "<xzufi:anschrift><xzufi:strasse>Musterstraße</xzufi:strasse><xzufi:hausnummer>1</"
            "xzufi:hausnummer>";
    if (seat != facts_.seats.end())
      xml_ << "<xzufi:postleitzahl>" << seat->second.postcode << "</xzufi:postleitzahl><xzufi:ort>"
           << escaped(seat->second.city) << "</xzufi:ort>";
    xml_ << "</xzufi:anschrift>\n";
    close("organisationseinheit");
    return id;
  }

  /// `service_agency` empty: the text is of this feed.
  void responsibility(const std::string& subject, std::string_view service_agency, const std::string& service,
                      const std::vector<std::string>& areas) {
    const std::string id = "ZU." + std::to_string(++responsibilities_);
    xml_ << "<xzufi:schreibe><xzufi:zustaendigkeitTransferObjekt>\n<xzufi:uebergeordnetesObjektID "
            "schemeAgencyID=\""
         << agency_ << "\">" << subject
         << "</xzufi:uebergeordnetesObjektID>\n<xzufi:zustaendigkeit><xzufi:id schemeAgencyID=\"" << agency_
         << "\">" << id << "</xzufi:id><xzufi:leistungID schemeAgencyID=\""
         << (service_agency.empty() ? std::string_view(agency_) : service_agency) << "\">" << service
         << "</xzufi:leistungID>\n";
    for (const std::string& code : areas) area("gebietID", code);
    xml_ << "</xzufi:zustaendigkeit></xzufi:zustaendigkeitTransferObjekt></xzufi:schreibe>\n";
  }

  std::size_t texts = 0, online_services = 0, offices = 0;
  std::string for_land;  // area id of the Land whose other towns it offers services to

 private:
  void open(const char* kind, const std::string& id) {
    xml_ << "<xzufi:schreibe><xzufi:" << kind << ">\n<xzufi:id schemeAgencyID=\"" << agency_ << "\">" << id
         << "</xzufi:id>\n";
  }
  void close(const char* kind) { xml_ << "</xzufi:" << kind << "></xzufi:schreibe>\n"; }
  void module(const char* code, std::string_view html) {
    xml_ << "<xzufi:modulText><xzufi:leikaTextmodul "
            "listURI=\"urn:de:xzufi:codeliste:leistungstextmodulleika\"><code>"
         << code << "</code></xzufi:leikaTextmodul><xzufi:inhalt languageCode=\"de\">" << escaped(html)
         << "</xzufi:inhalt></xzufi:modulText>\n";
  }
  void area(const char* element, const std::string& code) {
    xml_ << "<xzufi:" << element << " schemeID=\"urn:de:bund:destatis:bevoelkerungsstatistik:schluessel:rs\">"
         << code << "</xzufi:" << element << ">\n";
  }
  void validity(std::string_view from, std::string_view to) {
    if (from.empty() && to.empty()) return;
    xml_ << "<xzufi:gueltigkeit>";
    if (!from.empty()) xml_ << "<xzufi:beginn>" << from << "</xzufi:beginn>";
    if (!to.empty()) xml_ << "<xzufi:ende>" << to << "</xzufi:ende>";
    xml_ << "</xzufi:gueltigkeit>\n";
  }

  const Facts& facts_;
  const Area& area_;
  std::string agency_;
  std::ofstream xml_, side_;
  std::size_t responsibilities_ = 0;
};

class Generator {
 public:
  explicit Generator(const SampleRequest& request) : request_(request), facts_(request.data_folder) {}

  SampleSummary run() {
    choose_areas();
    fs::create_directories(request_.output);
    std::ofstream sources(fs::path(request_.output) / "sources.tsv", std::ios::trunc);
    sources << "# Beispieldaten, erzeugt mit: vsm-index sample --seed " << request_.seed
            << "\nid\tformat\tpath\tarea\tname\tsample\tside\tagencies\twrites\n";
    for (AreaIndex index : chosen_) {
      const Area& area = facts_.areas[index];
      const std::string id = "beispiel-" + std::string(level_name(area.level)) + "-" + area.code;
      Feed feed(fs::path(request_.output) / id, facts_, area, id);
      if (area.level == Level::gemeinde)
        municipality(feed, index);
      else if (area.level == Level::kreis)
        kreis(feed, index);
      else
        land(feed, index);
      feed.finish();
      sources << id << "\txzufi\t" << id << "/feed.xml\t" << area.id() << '\t' << area.name
              << " (Beispieldaten)\tyes\t" << id << "/side.tsv\t" << id << '\t'
              << (feed.for_land.empty() ? "" : area.id() + " " + feed.for_land) << '\n';
      ++summary_.sources;
      summary_.municipalities += area.level == Level::gemeinde;
      summary_.texts += feed.texts;
      summary_.online_services += feed.online_services;
      summary_.offices += feed.offices;
    }
    if (!sources.flush()) throw std::runtime_error("cannot write " + request_.output + "/sources.tsv");
    return summary_;
  }

 private:
  void choose_areas() {
    std::set<AreaIndex> chosen;
    for (const std::string& code : request_.areas) {
      const auto area = facts_.areas.find(code);
      if (!area) throw TableError("the area " + code + " is not known");
      const Level level = facts_.areas[*area].level;
      if (level == Level::land || level == Level::kreis) chosen.insert(*area);
      for (MunicipalityIndex number : facts_.areas.municipalities_in(*area)) {
        const AreaIndex place = facts_.areas.municipality(number);
        chosen.insert(place);
        const AreaIndex up = kreis_of(place);
        if (level == Level::land && facts_.areas[up].code != facts_.areas[place].code) chosen.insert(up);
      }
    }
    chosen_.assign(chosen.begin(), chosen.end());
  }

  AreaIndex kreis_of(AreaIndex index) const {
    std::optional<AreaIndex> up = index;
    while (up && facts_.areas[*up].level != Level::kreis) up = facts_.areas[*up].parent;
    return up.value_or(index);
  }

  double draw(std::initializer_list<std::string_view> words) const { return chance(request_.seed, words); }

  /// How far a municipality has come, 0 to 1: larger towns further, and Kreise differ.
  double progress(AreaIndex index) const {
    const Area& area = facts_.areas[index];
    const double size = std::clamp(std::log10(std::max(1.0, area.population / 5'000.0)) / 2, 0.0, 1.0);
    return 0.35 * size + 0.4 * draw({"kreis", facts_.areas[kreis_of(index)].code}) +
           0.25 * draw({"ort", area.code});
  }

  std::string website(const Area& area) const {
    const auto found = facts_.websites.find(area.code);
    return found == facts_.websites.end() ? std::string() : found->second;
  }

  /// Maturity on the scale that the Kreis reports in.
  void side(Feed& feed, const std::string& id, AreaIndex index, ServiceKey key, double far, bool efa) const {
    const Area& area = facts_.areas[index];
    const bool new_scale = draw({"scale", facts_.areas[kreis_of(index)].code}) < 0.5;
    const double value =
        std::clamp(0.25 + 0.5 * far + 0.4 * draw({"maturity", area.code, key.text()}), 0.0, 1.0);
    const int maturity = static_cast<int>(std::lround(value * (new_scale ? 7 : 4)));
    feed.side(id, std::max(maturity, 2), new_scale ? "0-7" : "0-4", efa, area.name);
  }

  int trust(ServiceKey key) const {
    static constexpr int levels[] = {10, 10, 20, 20, 20, 40};
    return levels[static_cast<std::size_t>(draw({"trust", key.text()}) * 6)];
  }

  void offer(Feed& feed, AreaIndex index, const std::vector<const SampleService*>& services,
             double text_share, double online_share) const {
    const Area& area = facts_.areas[index];
    const std::string url = website(area);
    /// What an office is responsible for: (agency, id) of texts, of this feed where the agency is empty.
    std::map<std::string, std::vector<std::pair<std::string, std::string>>> office_texts;
    for (const SampleService* service : services) {
      const std::string key = service->entry->key.text();
      if (draw({"text", area.id(), key}) >= text_share) {
        // Without a text of its own the place is still responsible, for the Land's text.
        const auto land_text = facts_.land_texts.find(service->entry->key);
        if (land_text != facts_.land_texts.end())
          office_texts[service->office].emplace_back("L100002", land_text->second);
        continue;
      }
      // A few are over or still to come, as in real feeds.
      const double dated = draw({"dated", area.id(), key});
      const std::string_view from = dated < 0.005 ? not_valid_before : "",
                             to = dated > 0.993 ? not_valid_after : "";
      const bool by_official_name = draw({"name", area.id(), key}) < 0.15;
      const std::string title = by_official_name ? service->entry->official_name : service->entry->title;
      const std::string id = feed.text(*service, title, from, to);
      office_texts[service->office].emplace_back("", id);
      if (draw({"online", area.id(), key}) >= online_share) continue;
      const double online_dated = draw({"online-dated", area.id(), key});
      const std::string online = feed.online_service(title + " (Beispiel)", url, trust(service->entry->key),
                                                     online_dated < 0.01 ? not_valid_before : "",
                                                     online_dated > 0.98 ? not_valid_after : "");
      feed.responsibility(online, {}, id, {area.code});
      side(feed, online, index, service->entry->key, online_share, false);
    }
    for (const auto& [name, texts] : office_texts) {
      const std::string office = feed.office(name + " " + area.short_name + " (Beispiel)");
      for (const auto& [agency, id] : texts) feed.responsibility(office, agency, id, {area.code});
    }
  }

  void municipality(Feed& feed, AreaIndex index) {
    const Area& area = facts_.areas[index];
    const bool is_kreis_too = facts_.areas[kreis_of(index)].code == area.code;
    std::vector<const SampleService*> services;
    for (const SampleService& service : facts_.services)
      if (service.level == Level::gemeinde || (is_kreis_too && service.level == Level::kreis))
        services.push_back(&service);
    const double far = progress(index);
    offer(feed, index, services, 0.45 + 0.35 * far, 0.12 + 0.6 * far);
    for (const SampleService& service : facts_.services)
      if (service.operator_ars == area.code) one_for_all(feed, index, service);
  }

  /// EfA: this town runs a service for the whole Land or for towns that joined.
  void one_for_all(Feed& feed, AreaIndex index, const SampleService& service) {
    const Area& area = facts_.areas[index];
    const auto land = facts_.areas.land_of(index);
    const auto land_text = facts_.land_texts.find(service.entry->key);
    std::vector<std::string> reach;
    if (service.statewide) {
      reach.push_back(facts_.areas[*land].code);
    } else {
      for (MunicipalityIndex number : facts_.areas.municipalities_in(*land)) {
        const Area& place = facts_.areas[facts_.areas.municipality(number)];
        if (draw({"efa", service.entry->key.text(), place.code}) < 0.35) reach.push_back(place.code);
      }
    }
    feed.for_land = facts_.areas[*land].id();
    const std::string online = feed.online_service(service.entry->title + " – Einer für alle (Beispiel)",
                                                   website(area), trust(service.entry->key), {}, {});
    if (land_text != facts_.land_texts.end())
      feed.responsibility(online, "L100002", land_text->second, reach);
    else
      feed.responsibility(online, {}, feed.text(service, service.entry->title, {}, {}), reach);
    side(feed, online, index, service.entry->key, 0.9, true);
  }

  void kreis(Feed& feed, AreaIndex index) {
    std::vector<const SampleService*> services;
    for (const SampleService& service : facts_.services)
      if (service.level == Level::kreis) services.push_back(&service);
    const double far =
        0.4 * draw({"kreis", facts_.areas[index].code}) + 0.6 * draw({"kreis-own", facts_.areas[index].code});
    offer(feed, index, services, 0.6 + 0.3 * far, 0.3 + 0.5 * far);
  }

  /// The Land's texts are real and come from its editorial system's list; the sample adds who is responsible.
  void land(Feed& feed, AreaIndex index) {
    const Area& area = facts_.areas[index];
    const std::string office = feed.office("Landesbehörde " + area.short_name + " (Beispiel)");
    for (const SampleService& service : facts_.services) {
      const auto text = facts_.land_texts.find(service.entry->key);
      if (service.level != Level::land || text == facts_.land_texts.end()) continue;
      feed.responsibility(office, "L100002", text->second, {area.code});
      if (draw({"land-online", service.entry->key.text()}) >= 0.6) continue;
      const std::string online =
          feed.online_service(service.entry->title + " (Beispiel)", {}, trust(service.entry->key), {}, {});
      feed.responsibility(online, "L100002", text->second, {area.code});
      side(feed, online, index, service.entry->key, 0.7, false);
    }
  }

  const SampleRequest& request_;
  Facts facts_;
  std::vector<AreaIndex> chosen_;
  SampleSummary summary_;
};

}  // namespace

SampleSummary write_sample_feeds(const SampleRequest& request) { return Generator(request).run(); }

}  // namespace vsm
