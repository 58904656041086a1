// The endpoints of the former Verwaltungssuchmaschine NRW: places, services, responsibilities, the combined
// search, with their German field names. docs/compatibility.md.
#include <algorithm>
#include <array>
#include <cctype>

#include "server/compat.h"
#include "server/routes.h"

namespace vsm {
namespace {

using compat::needed_text;
using compat::text_param;
using compat::ToldText;
using compat::value_of;
using httplib::Request;
using httplib::Response;

constexpr std::int64_t last_start = 1'000'000, largest_count = 100;

/// start and anzahl: a stretch of a list, not a page.
struct Stretch {
  std::size_t start = 0, count = 10;

  template <class Entry>
  std::vector<Entry> of(const std::vector<Entry>& all) const {
    const std::size_t first = std::min(start, all.size()), last = std::min(all.size(), first + count);
    return {all.begin() + static_cast<std::ptrdiff_t>(first),
            all.begin() + static_cast<std::ptrdiff_t>(last)};
  }
};

Stretch stretch_of(const Request& request) {
  return {static_cast<std::size_t>(compat::number_param(request, "start", 0, 0, last_start)),
          static_cast<std::size_t>(compat::number_param(request, "anzahl", 10, 1, largest_count))};
}

void write_stretch(JsonWriter& json, const Stretch& stretch, std::size_t total) {
  json.key("paginierung");
  json.object([&] {
    json.field("start", std::uint64_t{stretch.start});
    json.field("anzahl", std::uint64_t{stretch.count});
    json.field("gesamt", std::uint64_t{total});
    json.field("aktuelleSeite", std::uint64_t{stretch.start / stretch.count + 1});
  });
}

bool in_english(const Request& request) {
  std::string language = param(request, "sprache");
  std::transform(language.begin(), language.end(), language.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (!language.empty() && language != "DE" && language != "EN")
    throw RequestError{400, "Unbekannte Sprache", "Der Parameter sprache ist DE oder EN."};
  return language == "EN";
}

ServiceKey key_of(std::string_view text) {
  const auto key = ServiceKey::parse(text);
  if (!key)
    throw RequestError{400, "Ungültiger Leistungsschlüssel", "Ein Leistungsschlüssel hat 14 Ziffern."};
  return *key;
}

/// Known programs send the Land with a zero too many.
std::string regional_key(const Request& request) {
  std::string key = text_param(request, "regionalSchluessel");
  while (key.size() > 12 && key.back() == '0') key.pop_back();
  return key;
}

/// The area of regionalSchluessel, or those of plz, which towns may share; none where neither is there.
std::vector<AreaIndex> places_of(const Request& request, const AreaTable& areas) {
  if (const std::string key = regional_key(request); !key.empty()) return {compat::area_of_ars(areas, key)};
  const std::string postcode = text_param(request, "plz");
  if (postcode.empty()) return {};
  if (!is_postcode(postcode))
    throw RequestError{400, "Ungültige Postleitzahl", "Eine Postleitzahl (plz) hat fünf Ziffern."};
  const auto places = areas.with_postcode(postcode);
  if (places.empty())
    throw RequestError{404, "Unbekannte Postleitzahl", "Zu dieser Postleitzahl ist kein Ort bekannt."};
  return {places.begin(), places.end()};
}

AreaIndex land_of(const AreaTable& areas, AreaIndex place) {
  return areas.land_of(place).value_or(areas.bund());
}

// ---- places ----

void write_place(JsonWriter& json, const AreaTable& areas, AreaIndex index) {
  const Area& area = areas[index];
  const auto land = areas.land_of(index);
  const bool has_ars = std::isdigit(static_cast<unsigned char>(area.code.front()));
  json.object([&] {
    json.field("name", std::string_view(area.short_name));
    json.known("regionalschluessel", has_ars ? area.code : "");
    json.known("gemeindeschluessel", area.ags);
    json.known("verbandsschluessel", area.level == Level::gemeinde ? area.code.substr(5, 4) : "");
    json.known("landesregierung", land ? areas[*land].short_name : "");
    json.known("collectionschluessel", {});
    json.array("postleitzahlen", areas.postcodes_of(index),
               [&](const std::string& postcode) { json.value(std::string_view(postcode)); });
    json.field("durchsuchbar", true);
  });
}

void places(SearchEngine& engine, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader&, JsonWriter& json) {
    const Stretch stretch = stretch_of(request);
    const PlacesAnswer found = engine.places(needed_text(request, "suchbegriff"), 1'000);
    const AreaTable& areas = found.reader.snapshot().areas;
    json.object([&] {
      write_stretch(json, stretch, found.places.size());
      json.array("daten", stretch.of(found.places),
                 [&](AreaIndex place) { write_place(json, areas, place); });
    });
  });
}

// ---- services of the catalogue ----

/// Made-up data says so, in a field that programs of the API pass over. Real data has no such field.
void write_sample(JsonWriter& json, bool sample) {
  if (sample) json.field("beispieldaten", true);
}

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.array(name, texts, [&](const std::string& text) { json.value(std::string_view(text)); });
}

std::string type_of(const ServiceText& text, ServiceKey key, const Catalogue& catalogue) {
  if (!text.types.empty()) return text.types.front();
  const CatalogueEntry* entry = catalogue.find(key);
  return entry ? entry->type : std::string();
}

/// Texts that are not there are empty and not null, for programs ask how long they are.
void write_service(JsonWriter& json, const Catalogue& catalogue, const ServiceText& text, ServiceKey key,
                   double confidence) {
  const ToldText told(text, false);
  json.object([&] {
    json.field("Schluessel", std::string_view(key.text()));
    json.field("Bezeichnung",
               std::string_view(text.official_title.empty() ? text.title : text.official_title));
    json.field("Kurztext", std::string_view(told.teaser().empty() ? told.html("05") : told.teaser()));
    json.field("Volltext", std::string_view(told.html("06")));
    json.field("Verfahrensablauf", std::string_view(told.html("11")));
    json.field("Erforderliche Unterlagen", std::string_view(told.html("08")));
    json.known("Besondere Merkmale", {});
    write_texts(json, "Synonyme", text.words);
    json.field("confidence", confidence);
    json.known("Typisierung", type_of(text, key, catalogue));
    write_sample(json, text.sample);
  });
}

/// A stretch of a search, and the score of the best result. Stretches need not be pages, so up to two of
/// these are asked for.
struct Searched {
  std::vector<SearchAnswer> answers;         ///< keep what the results point to
  std::vector<const SearchResult*> results;  ///< into them
  double best = 1;
};

Searched search_stretch(SearchEngine& engine, QueryCounts& queries, SearchRequest search,
                        const Stretch& stretch) {
  Searched searched;
  search.size = static_cast<std::int64_t>(stretch.count);
  const std::size_t first_page = stretch.start / stretch.count, skipped = stretch.start % stretch.count;
  std::vector<std::size_t> pages{first_page};
  if (skipped > 0) pages.push_back(first_page + 1);
  if (first_page > 0) pages.insert(pages.begin(), 0);
  for (std::size_t page : pages) {
    search.page = static_cast<std::int64_t>(page) + 1;
    searched.answers.push_back(value_of(engine.search(search)));
  }
  if (stretch.start == 0) count_query(queries, searched.answers.front());
  if (!searched.answers.front().results.empty())
    searched.best = searched.answers.front().results.front().score;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const auto& results = searched.answers[i].results;
    for (std::size_t at = 0; at < results.size(); ++at) {
      const std::size_t position = pages[i] * stretch.count + at;
      if (position >= stretch.start && position < stretch.start + stretch.count)
        searched.results.push_back(&results[at]);
    }
  }
  return searched;
}

double confidence(const Searched& searched, const SearchResult& result) {
  return searched.best > 0 ? std::clamp(result.score / searched.best, 0.0, 1.0) : 0.0;
}

void services(SearchEngine& engine, QueryCounts& queries, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader& reader, JsonWriter& json) {
    const Records records(reader, home_area(reader), today());
    SearchRequest search;
    search.words = needed_text(request, "q");
    search.ars = reader.snapshot().areas[records.place()].code;
    const Searched searched = search_stretch(engine, queries, search, stretch_of(request));
    std::vector<const SearchResult*> with_key;
    for (const SearchResult* result : searched.results)
      if (!result->key.text().empty()) with_key.push_back(result);
    json.list(with_key, [&](const SearchResult* result) {
      const auto record = records.find_text(result->text.id.text());
      write_service(json, reader.snapshot().catalogue,
                    record ? records.filled(*record, result->key) : result->text, result->key,
                    confidence(searched, *result));
    });
  });
}

void one_service(SearchEngine& engine, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader& reader, JsonWriter& json) {
    const ServiceKey key = key_of(request.matches[1].str());
    const Snapshot& snapshot = reader.snapshot();
    const Records records(reader, home_area(reader), today());
    const auto nearest = records.nearest(key);
    if (nearest.empty())
      throw RequestError{404, "Unbekannte Leistung", "Zu diesem Leistungsschlüssel gibt es keine Leistung."};
    write_service(json, snapshot.catalogue, records.filled(nearest.front(), key), key, 1);
  });
}

// ---- responsibilities ----

/// The parts of a service key, in digits.
void write_key_parts(JsonWriter& json, ServiceKey key) {
  const std::string digits = key.text();
  const auto part = [&](std::size_t at) { return digits.empty() ? std::string() : digits.substr(at, 3); };
  json.known("gruppierung", part(2));
  json.known("kennung", part(5));
  json.known("verrichtung", part(8));
  json.known("verrichtungsdetail", part(11));
}

std::string online_address(const Records& records, const std::vector<ServiceKey>& keys) {
  const auto offers = records.online(keys);
  return offers.empty() ? std::string() : offers.front().url;
}

/// What the general text of a service and that of a place have alike, named alike.
void write_common(JsonWriter& json, const Catalogue& catalogue, const ServiceText& text, ServiceKey key,
                  const ToldText& told, const std::string& online) {
  const auto html = [&](std::string_view name, std::string_view code) {
    json.field(name, std::string_view(told.html(code)));
  };
  json.known("schluessel", key.text());
  write_key_parts(json, key);
  json.known("typisierung", type_of(text, key, catalogue));
  json.known("typ", {});
  json.known("datum", text.changed);
  json.field("teaser", std::string_view(told.teaser()));
  json.field("kurztext", std::string_view(told.teaser().empty() ? told.html("05") : told.teaser()));
  html("volltext", "06");
  html("rechtsgrundlage", "07");
  const TextModule* law = told.module("07");
  json.array("rechtsgrundlageLinks", law ? law->links : std::vector<Link>(), [&](const Link& link) {
    json.object([&] {
      json.field("uri", std::string_view(link.url));
      json.field("titel", std::string_view(link.title));
    });
  });
  html("voraussetzungen", "09");
  html("kosten", "98");
  html("bearbeitungsdauer", "95");
  html("verfahrensablauf", "11");
  html("fristen", "97");
  html("formulare", "14");
  html("ansprechpunkt", "23");
  html("hinweise", "16");
  json.known("urlOnlineDienst", online);
  write_sample(json, text.sample);
}

void write_general_text(JsonWriter& json, const Catalogue& catalogue, const ServiceText& text, ServiceKey key,
                        bool english, const std::string& online) {
  const ToldText told(text, english);
  json.object([&] {
    json.field("bezeichnung",
               std::string_view(text.official_title.empty() ? text.title : text.official_title));
    json.field("bezeichnung2", std::string_view(told.title()));
    write_common(json, catalogue, text, key, told, online);
    json.empty_array("besondere_merkmale");
    write_texts(json, "synonyme", text.words);
    json.field("erforderliche_unterlagen", std::string_view(told.html("08")));
    json.field("weiterfuehrende_informationen", std::string_view(told.html("15")));
    json.known("fachlich_freigegeben_am", {});
    json.known("fachlich_freigegeben_durch", {});
  });
}

void write_local_text(JsonWriter& json, const Catalogue& catalogue, const ServiceText& text, ServiceKey key,
                      bool english, const std::string& online) {
  const ToldText told(text, english);
  json.object([&] {
    json.field("leistungsbezeichnung",
               std::string_view(text.official_title.empty() ? text.title : text.official_title));
    json.field("leistungsbezeichnung2", std::string_view(told.title()));
    write_common(json, catalogue, text, key, told, online);
    write_texts(json, "begriffeImKontext", text.words);
    json.field("erforderlicheUnterlagen", std::string_view(told.html("08")));
    json.field("weiterfuehrendeInformationen", std::string_view(told.html("15")));
    json.known("fachlichFreigegebenAm", {});
    json.known("fachlichFreigegebenDurch", {});
    json.field("urheber", std::string_view(told.html("18")));
    json.known("wspRelevanz", {});
    json.known("letzteAktualisierung", compat::moment_text(text.changed_at, text.changed));
    json.known("urlInfo", {});
  });
}

/// "Markt 2 b" as street and number; a street that ends in no number stays whole.
std::pair<std::string, std::string> street_and_number(const std::string& street) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t at = street.find_last_of(' '); at != std::string::npos && at > 0;
       at = street.find_last_of(' ', at - 1)) {
    const std::string number = street.substr(at + 1);
    if (number.empty() || number.size() > 10 || number.find('.') != std::string::npos) break;
    if (is_digit(number.front())) return {street.substr(0, at), number};
  }
  return {street, {}};
}

void write_office(JsonWriter& json, const Office& office) {
  const auto [street, number] = street_and_number(office.street);
  const std::string_view street_name = street, house = number;
  std::vector<std::pair<std::string_view, std::string_view>> channels;
  if (!office.phone.empty()) channels.emplace_back("telefon", office.phone);
  if (!office.email.empty()) channels.emplace_back("email", office.email);
  json.object([&] {
    json.field("name", std::string_view(office.name));
    json.field("identifikator", std::string_view(office.id.text()));
    json.known("beschreibung", {});
    json.field("mandant", std::string_view(office.id.agency));
    // One always, for programs take the first without asking.
    json.array("anschrift", std::array{0}, [&](int) {
      json.object([&] {
        json.known("typ", {});
        json.known("strasse", street_name);
        json.known("hausnummer", house);
        json.known("postleitzahl", office.postcode);
        json.known("ort", office.city);
        for (const char* name : {"postfach", "zusatz", "geokodierung", "anfahrturl"}) json.known(name, {});
      });
    });
    json.array("kommunikation", channels, [&](const auto& channel) {
      json.object([&] {
        json.field("kanal", channel.first);
        json.field("kennung", channel.second);
        json.known("kennungzusatz", {});
        json.known("zusatz", {});
      });
    });
    json.empty_array("kontaktperson");
    write_sample(json, office.sample);
  });
}

/// A text of a place and one office for it; without an office the text alone.
struct LocalEntry {
  ServiceText text;
  ServiceKey key;
  std::string online;
  const Office* office = nullptr;
};

/// What a place has for a key: each text of the nearest level with each office.
void add_entries(const IndexReader& reader, AreaIndex place, ServiceKey key,
                 std::vector<LocalEntry>& entries) {
  const Records records(reader, place, today());
  for (const TextRecord& record : records.nearest(key)) {
    const ServiceText text = records.filled(record, key);
    std::vector<ServiceKey> keys{key};
    for (ServiceKey own : text.keys)
      if (own != key) keys.push_back(own);
    const std::string online = online_address(records, keys);
    const auto add = [&](const Office* office) {
      const auto same = [&](const LocalEntry& known) {
        return known.text.id == text.id && known.key == key &&
               (known.office == office || (known.office && office && known.office->id == office->id));
      };
      if (std::none_of(entries.begin(), entries.end(), same)) entries.push_back({text, key, online, office});
    };
    const auto offices = records.offices(keys);
    if (offices.empty()) add(nullptr);
    for (const OfficeOffer& offer : offices) add(offer.office);
  }
}

void write_entries(JsonWriter& json, const Catalogue& catalogue, const std::vector<LocalEntry>& entries,
                   bool english) {
  json.array("daten", entries, [&](const LocalEntry& entry) {
    json.object([&] {
      json.key("leistung");
      write_local_text(json, catalogue, entry.text, entry.key, english, entry.online);
      std::vector<const Office*> offices;
      if (entry.office) offices.push_back(entry.office);
      json.array("organisationseinheit", offices, [&](const Office* office) { write_office(json, *office); });
    });
  });
}

RequestError unknown_service() {
  return {404, "Keine Leistung an diesem Ort", "Diese Leistung gibt es hier nicht."};
}

void responsibilities(SearchEngine& engine, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader& reader, JsonWriter& json) {
    const Snapshot& snapshot = reader.snapshot();
    const bool english = in_english(request);
    const Stretch stretch = stretch_of(request);
    const ServiceKey key = key_of(needed_text(request, "leistungsSchluessel"));
    const auto at = places_of(request, snapshot.areas);
    if (at.empty())
      throw RequestError{400, "Fehlende Angabe", "Nennen Sie einen Ort: regionalSchluessel oder plz."};
    std::vector<LocalEntry> entries;
    for (AreaIndex place : at) add_entries(reader, place, key, entries);
    const Records general(reader, land_of(snapshot.areas, at.front()), today());
    const auto nearest = general.nearest(key);
    if (entries.empty() && nearest.empty()) throw unknown_service();
    json.object([&] {
      write_stretch(json, stretch, entries.size());
      json.key("leistungStammtext");
      if (nearest.empty())
        json.null();
      else
        write_general_text(json, snapshot.catalogue, general.filled(nearest.front(), key), key, english,
                           online_address(general, {key}));
      write_entries(json, snapshot.catalogue, stretch.of(entries), english);
    });
  });
}

// ---- combined search ----

void write_web_pages(JsonWriter& json, const Stretch& stretch) {
  json.object([&] {
    write_stretch(json, stretch, 0);
    json.empty_array("daten");
  });
}

/// A key answers for itself; else the services that the words find.
void combined(SearchEngine& engine, QueryCounts& queries, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader& reader, JsonWriter& json) {
    const Snapshot& snapshot = reader.snapshot();
    const bool english = in_english(request);
    const std::string words = text_param(request, "suchbegriff"),
                      key_text = text_param(request, "leistungsSchluessel");
    const Stretch stretch = stretch_of(request);
    const auto offices =
        static_cast<std::size_t>(compat::number_param(request, "anzahlOE", 10, 1, largest_count));
    auto at = places_of(request, snapshot.areas);
    if (at.empty()) at.push_back(home_area(reader));
    std::vector<ServiceKey> keys;
    if (!key_text.empty()) {
      keys.push_back(key_of(key_text));
    } else {
      if (words.empty())
        throw RequestError{400, "Fehlende Angabe", "Nennen Sie einen suchbegriff oder leistungsSchluessel."};
      SearchRequest search;
      search.words = words;
      search.ars = snapshot.areas[at.front()].code;
      const Searched searched = search_stretch(engine, queries, search, stretch);
      for (const SearchResult* result : searched.results) keys.push_back(result->key);
    }
    std::vector<LocalEntry> entries;
    for (ServiceKey key : keys)
      for (AreaIndex place : at) add_entries(reader, place, key, entries);
    const Stretch shown{0, offices};
    json.object([&] {
      json.key("daten");
      json.object([&] {
        json.key("leistungen");
        json.object([&] {
          write_stretch(json, shown, entries.size());
          write_entries(json, snapshot.catalogue, shown.of(entries), english);
        });
        json.key("webTreffer");
        write_web_pages(json, stretch);
      });
    });
  });
}

/// Pages of the web are not collected here: the list is empty, which programs take for nothing found.
void web_pages(SearchEngine& engine, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader&, JsonWriter& json) {
    needed_text(request, "suchbegriff");
    write_web_pages(json, stretch_of(request));
  });
}

void health(SearchEngine& engine, const Request&, Response& response) {
  engine.index().check();
  send(response, R"({"status":"UP"})", json_type);
}

}  // namespace

bool is_compatible_path(std::string_view path) {
  if (path.starts_with("/suchdienst/") || path.starts_with("/services/")) return true;
  constexpr std::string_view paths[] = {"/orte",  "/services",    "/zustaendigkeiten",
                                        "/suche", "/web-treffer", "/health"};
  return std::find(std::begin(paths), std::end(paths), path) != std::end(paths);
}

void add_vsm_nrw(HttpServer& http, SearchEngine& engine, QueryCounts& queries) {
  const auto add = [&](const char* path, HttpServer::Handler answer) {
    http.Get(path, compat::for_any_origin(std::move(answer)));
  };
  const auto get = [&](const char* path, void (*answer)(SearchEngine&, const Request&, Response&)) {
    add(path,
        [&engine, answer](const Request& request, Response& response) { answer(engine, request, response); });
  };
  get("/orte", places);
  add("/services", [&engine, &queries](const Request& request, Response& response) {
    services(engine, queries, request, response);
  });
  get(R"(/services/([^/]{1,300}))", one_service);
  get("/zustaendigkeiten", responsibilities);
  add("/suche", [&engine, &queries](const Request& request, Response& response) {
    combined(engine, queries, request, response);
  });
  get("/web-treffer", web_pages);
  get("/health", health);
}

}  // namespace vsm
