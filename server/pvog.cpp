// The PVOG Suchdienst's endpoints under /suchdienst/api, each with its version in the path as there.
#include <algorithm>
#include <array>
#include <cctype>

#include "server/compat.h"
#include "server/pvog_json.h"
#include "server/routes.h"

namespace vsm {
namespace {

using compat::area_of_ars;
using compat::day_param;
using compat::key_params;
using compat::needed_text;
using compat::text_param;
using compat::value_of;
using httplib::Request;
using httplib::Response;
using pvog::Manner;
using pvog::Page;

constexpr std::int64_t largest_page = 100, last_page = 1'000'000'000;
constexpr std::size_t online_on_a_page = 100, texts_looked_at = 1'000;

Manner manner_of(const Request& request) {
  std::string language = request.get_header_value("Accept-Language").substr(0, 2);
  std::transform(language.begin(), language.end(), language.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return {language == "en", is_true(param(request, "applyDynamicParams"))};
}

/// What is asked for above the largest size is answered by that, as Spring does, and the answer says so.
Page page_of(const Request& request) {
  Page page;
  page.number = compat::number_param(request, "page", 0, 0, last_page);
  page.size = std::min(largest_page, compat::number_param(request, "size", 10, 5, last_page));
  return page;
}

template <class Entry>
std::vector<Entry> cut(const std::vector<Entry>& all, Page& page) {
  page.total = all.size();
  return {all.begin() + static_cast<std::ptrdiff_t>(page.first()),
          all.begin() + static_cast<std::ptrdiff_t>(page.last())};
}

std::vector<ServiceKey> needed_keys(const Request& request) {
  std::vector<ServiceKey> keys = key_params(request, "leikaIds");
  if (keys.empty()) throw RequestError{400, "Fehlende Angabe", "Der Parameter leikaIds fehlt."};
  return keys;
}

RequestError not_found(const char* what) {
  return {404, "Nicht gefunden", std::string("Zu dieser Kennung gibt es hier ") + what + "."};
}

// ---- locations ----

void locations(SearchEngine& engine, const Request& request, Response& response, std::size_t usual) {
  compat::answer(engine, response, [&](const IndexReader&, JsonWriter& json) {
    const std::string words = needed_text(request, "q"), filter = param(request, "filterBy");
    const auto limit = compat::number_param(request, "limit", static_cast<std::int64_t>(usual), 1, 1'000);
    const PlacesAnswer found = engine.places(words, 1'000);
    const AreaTable& areas = found.reader.snapshot().areas;
    std::vector<AreaIndex> places;
    for (AreaIndex place : found.places) {
      const bool has_ars = areas[place].code.size() == 12 && areas[place].level != Level::katalog &&
                           std::isdigit(static_cast<unsigned char>(areas[place].code[0]));
      if (has_ars && (filter != "ORT" || areas[place].level == Level::gemeinde)) places.push_back(place);
    }
    if (places.size() > static_cast<std::size_t>(limit)) places.resize(static_cast<std::size_t>(limit));
    const std::string postcode = is_postcode(words) ? words : "";
    json.list(places, [&](AreaIndex place) { pvog::write_location(json, areas, place, postcode); });
  });
}

void location_of_ars(SearchEngine& engine, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader& reader, JsonWriter& json) {
    const AreaTable& areas = reader.snapshot().areas;
    const AreaIndex place = area_of_ars(areas, needed_text(request, "ars"));
    json.list(std::array{place}, [&](AreaIndex area) { pvog::write_location(json, areas, area, {}); });
  });
}

// ---- texts ----

/// A page of texts with the areas that they stand in, and the tables that name those.
struct FoundTexts {
  std::shared_ptr<const Snapshot> snapshot;
  Page page;
  std::vector<std::pair<ServiceText, AreaIndex>> texts;
};

/// Services for words, or, without any, all texts of the place.
FoundTexts services_for(SearchEngine& engine, QueryCounts& queries, const IndexReader& reader,
                        const Request& request, const std::string& ars, bool inherited) {
  FoundTexts found{reader.shared_snapshot(), page_of(request), {}};
  const AreaIndex place = area_of_ars(found.snapshot->areas, ars);
  const Day day = day_param(request, "validDate");
  const std::string words = text_param(request, "q");
  if (words.empty()) {
    for (const TextRecord& record : cut(Records(reader, place, day).texts(inherited), found.page))
      found.texts.emplace_back(reader.text(record.doc), record.area);
    return found;
  }
  SearchRequest search;
  search.words = words;
  search.ars = ars;
  search.page = found.page.number + 1;
  search.size = found.page.size;
  search.day = day;
  search.only_here = !inherited;
  SearchAnswer answer = value_of(engine.search(search));
  count_query(queries, answer);
  found.snapshot = answer.reader.shared_snapshot();
  found.page.total = answer.total;
  for (SearchResult& result : answer.results) {
    const CatalogueEntry* entry = found.snapshot->catalogue.find(result.key);
    if (result.text.teaser.empty() && entry) result.text.teaser = entry->teaser;
    found.texts.emplace_back(std::move(result.text), result.area);
  }
  return found;
}

void write_services(JsonWriter& json, const FoundTexts& found, Manner manner) {
  pvog::write_page(json, found.page, found.texts, [&](const auto& text) {
    pvog::write_summary(json, found.snapshot->areas, text.first, text.second, manner);
  });
}

bool inherits(const Request& request) {
  const std::string value = param(request, "useArsHierarchy");
  if (!value.empty() && value != "true" && value != "false")
    throw RequestError{400, "Ungültiger Wert", "Der Parameter useArsHierarchy ist true oder false."};
  return value != "false";
}

/// Programs know this one by two shapes: a page, and a page in a field.
void services_at(SearchEngine& engine, QueryCounts& queries, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader& reader, JsonWriter& json) {
    const FoundTexts found = services_for(engine, queries, reader, request, request.matches[1].str(), true);
    json.object([&] {
      write_services(json, found, manner_of(request));
      json.key("serviceDescriptions");
      json.object([&] { write_services(json, found, manner_of(request)); });
    });
  });
}

void services_found(SearchEngine& engine, QueryCounts& queries, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader& reader, JsonWriter& json) {
    const FoundTexts found =
        services_for(engine, queries, reader, request, needed_text(request, "ars"), inherits(request));
    json.object([&] {
      json.key("serviceDescriptions");
      json.object([&] { write_services(json, found, manner_of(request)); });
    });
  });
}

void services_of_keys(SearchEngine& engine, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader& reader, JsonWriter& json) {
    Page page = page_of(request);
    const Day day = day_param(request, "validDate");
    const auto keys = needed_keys(request);
    const std::string ars = text_param(request, "ars");
    const AreaTable& areas = reader.snapshot().areas;
    const auto all = ars.empty() ? texts_anywhere(reader, keys, day, texts_looked_at)
                                 : Records(reader, area_of_ars(areas, ars), day).texts(keys);
    json.object([&] {
      pvog::write_page(json, page, cut(all, page), [&](const TextRecord& record) {
        const Records records(reader, ars.empty() ? record.area : area_of_ars(areas, ars), day);
        pvog::write_detail(json, reader, records, reader.text(record.doc), record.area, manner_of(request),
                           true);
      });
    });
  });
}

void best_of_keys(SearchEngine& engine, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader& reader, JsonWriter& json) {
    Page page = page_of(request);
    const auto keys = needed_keys(request);
    const Records records(reader, area_of_ars(reader.snapshot().areas, needed_text(request, "ars")),
                          day_param(request, "validDate"));
    std::vector<std::pair<TextRecord, ServiceKey>> best;
    for (ServiceKey key : keys) {
      const auto nearest = records.nearest(key);
      const auto same = [&](const auto& known) { return known.first == nearest.front(); };
      if (!nearest.empty() && std::none_of(best.begin(), best.end(), same))
        best.emplace_back(nearest.front(), key);
    }
    json.object([&] {
      pvog::write_page(json, page, cut(best, page), [&](const auto& entry) {
        pvog::write_detail(json, reader, records, records.filled(entry.first, entry.second), entry.first.area,
                           manner_of(request), true);
      });
    });
  });
}

/// Without a place a text stands in its own.
AreaIndex place_for(const IndexReader& reader, std::string_view text_id, const std::string& ars) {
  const AreaTable& areas = reader.snapshot().areas;
  if (!ars.empty()) return area_of_ars(areas, ars);
  const auto doc = reader.find_text(text_id);
  if (!doc) throw not_found("keine Leistung");
  return area_of(reader.text(*doc), areas);
}

void service_whole(SearchEngine& engine, const Request& request, Response& response, const std::string& id,
                   const std::string& ars, bool organisations) {
  compat::answer(engine, response, [&](const IndexReader& reader, JsonWriter& json) {
    const Day day = day_param(request, "validDate");
    const Records records(reader, place_for(reader, id, ars), day);
    const auto record = records.find_text(id);
    if (!record) throw not_found("keine Leistung");
    pvog::write_detail(json, reader, records, reader.text(record->doc), record->area, manner_of(request),
                       organisations);
  });
}

// ---- csv ----

/// A cell holds neither a separator nor a line break, so that reading it by the separator alone is right. One
/// with quotation marks is quoted for programs that know these.
std::string cell(std::string_view text) {
  std::string clean;
  for (char c : text) clean += c == '|' || static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  if (clean.find('"') == std::string::npos) return clean;
  std::string quoted = "\"";
  for (char c : clean) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

std::string link_cell(std::string url) {
  for (std::size_t at = 0; (at = url.find('|', at)) != std::string::npos;) url.replace(at, 1, "%7C");
  return cell(url);
}

/// "20.10.2026 00:00", in UTC.
std::string csv_moment(const ServiceText& text) {
  const std::string moment = compat::moment_text(text.changed_at, text.changed);
  if (moment.size() < 16) return {};
  return moment.substr(8, 2) + "." + moment.substr(5, 2) + "." + moment.substr(0, 4) + " " +
         moment.substr(11, 5);
}

/// A line for each text and online service of it. Some hundred bytes for each text of the place are all that
/// is held.
void services_as_csv(SearchEngine& engine, const Request& request, Response& response) {
  try {
    std::string csv = settled([&] {
      const IndexReader reader = engine.reader();
      const Records records(reader, area_of_ars(reader.snapshot().areas, needed_text(request, "ars")),
                            day_param(request, "validDate"));
      std::string lines = "ID-LB|Leikaschlüssel|Name|Name2|Updatedatum|ID-OD|Bezeichnung OD|Links\n";
      for (const TextRecord& record : records.texts(inherits(request))) {
        const ServiceText text = reader.text(record.doc);
        std::string keys;
        for (const std::string& key : compat::key_texts(text.keys)) keys += (keys.empty() ? "" : ",") + key;
        const std::string& official = text.official_title.empty() ? text.title : text.official_title;
        const std::string begin = cell(text.id.text()) + "|" + keys + "|" + cell(official) + "|" +
                                  cell(text.title + (text.sample ? " (Beispiel)" : "")) + "|" +
                                  csv_moment(text) + "|";
        const auto offers = records.online(text.keys);
        if (offers.empty()) lines += begin + "||\n";
        for (const OnlineOffer& offer : offers)
          lines += begin + cell(offer.service->id.text()) + "|" + cell(offer.service->title) + "|" +
                   link_cell(offer.service->url) + "\n";
      }
      return lines;
    });
    send(response, std::move(csv), "text/csv; charset=utf-8");
  } catch (const RequestError& error) {
    send_problem(response, error);
  }
}

// ---- offices ----

void office_titles(SearchEngine& engine, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader& reader, JsonWriter& json) {
    const std::string id = needed_text(request, "lbId"), ars = text_param(request, "ars");
    const auto doc = reader.find_text(id);
    if (!doc) throw not_found("keine Leistung");
    const Records records(reader, place_for(reader, id, ars), day_param(request, "validDate"));
    json.list(records.offices(reader.text(*doc).keys),
              [&](const OfficeOffer& offer) { pvog::write_office_title(json, *offer.office, true); });
  });
}

void office_whole(SearchEngine& engine, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader& reader, JsonWriter& json) {
    const std::string id = needed_text(request, "q"), ars = text_param(request, "ars"),
                      text_id = text_param(request, "lbId");
    const Day day = day_param(request, "validDate");
    if (!ars.empty()) area_of_ars(reader.snapshot().areas, ars);
    const auto office = reader.office(id);
    if (!office || !office->validity.holds(day)) throw not_found("keine Organisationseinheit");
    bool responsible = false;
    if (const auto doc = text_id.empty() ? std::nullopt : reader.find_text(text_id)) {
      const auto offices =
          Records(reader, place_for(reader, text_id, ars), day).offices(reader.text(*doc).keys);
      responsible = std::any_of(offices.begin(), offices.end(),
                                [&](const OfficeOffer& offer) { return offer.office->id == office->id; });
    }
    pvog::write_office(json, *office, responsible);
  });
}

// ---- online services ----

void online_whole(SearchEngine& engine, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader& reader, JsonWriter& json) {
    const Day day = day_param(request, "validDate");
    const auto record = find_online(reader, needed_text(request, "q"), day);
    if (!record || record->joins.empty()) throw not_found("keinen Onlinedienst");
    pvog::write_online_whole(json, reader, Records(reader, record->joins.front().area, day), *record);
  });
}

/// A token is the last id that was given, which a reindex does not change.
std::string token_of(std::string_view id) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string token;
  for (char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    token += {digits[byte >> 4U], digits[byte & 15U]};
  }
  return token;
}

std::string read_token(std::string_view token) {
  const auto digit = [](char c) -> unsigned {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    throw RequestError{400, "Ungültiges nextPageToken",
                       "Das nextPageToken ist keines. Beginnen Sie ohne von vorn."};
  };
  std::string id;
  for (std::size_t at = 0; at < token.size(); at += 2)
    id += static_cast<char>(digit(token[at]) << 4U | digit(at + 1 < token.size() ? token[at + 1] : ' '));
  return id;
}

void online_at(SearchEngine& engine, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader& reader, JsonWriter& json) {
    const AreaIndex place = area_of_ars(reader.snapshot().areas, needed_text(request, "ars"));
    const auto keys = key_params(request, "leikaIds");
    const std::string after = read_token(param(request, "nextPageToken"));
    const Records records(reader, place, day_param(request, "validDate"));
    const OnlineRecords found = records.online_page(keys, after, online_on_a_page);
    json.object([&] {
      json.field("totalHits", std::uint64_t{found.total});
      json.known("nextPageToken", found.more ? token_of(found.services.back().service->id.text()) : "");
      json.array("onlineservices", found.services,
                 [&](const OnlineRecord& record) { pvog::write_online(json, reader, records, record); });
    });
  });
}

void offices_of_online(SearchEngine& engine, const Request& request, Response& response) {
  compat::answer(engine, response, [&](const IndexReader& reader, JsonWriter& json) {
    const Day day = day_param(request, "validDate");
    const auto record = find_online(reader, request.matches[1].str(), day);
    if (!record) throw not_found("keinen Onlinedienst");
    json.list(offices_beside(reader, *record, day),
              [&](const OfficeOffer& offer) { pvog::write_office_title(json, *offer.office, true); });
  });
}

}  // namespace

void add_pvog(HttpServer& http, SearchEngine& engine, QueryCounts& queries) {
  const auto add = [&](const char* path, HttpServer::Handler answer) {
    http.Get(std::string("/suchdienst/api") + path, compat::for_any_origin(std::move(answer)));
  };
  const auto get = [&](const char* path, void (*answer)(SearchEngine&, const Request&, Response&)) {
    add(path,
        [&engine, answer](const Request& request, Response& response) { answer(engine, request, response); });
  };
  for (const char* path : {"/v2/locations", "/v3/locations"})
    get(path, [](SearchEngine& with, const Request& request, Response& response) {
      locations(with, request, response, 100);
    });
  get("/v2/locations/suggestions", [](SearchEngine& with, const Request& request, Response& response) {
    locations(with, request, response, 10);
  });
  get("/v3/locations/ars", location_of_ars);
  get("/v5/servicedescriptions/csv", services_as_csv);
  get("/v3/servicedescriptions/leikaid", services_of_keys);
  get("/v2/servicedescriptions/leikahierarchy", best_of_keys);
  add("/v8beta1/servicedescriptions", [&engine, &queries](const Request& request, Response& response) {
    services_found(engine, queries, request, response);
  });
  add(R"(/v7/servicedescriptions/([^/]{1,300}))",
      [&engine, &queries](const Request& request, Response& response) {
        services_at(engine, queries, request, response);
      });
  get(R"(/v6/servicedescriptions/([^/]{1,300})/detail)",
      [](SearchEngine& with, const Request& request, Response& response) {
        service_whole(with, request, response, request.matches[1].str(), param(request, "ars"), true);
      });
  get(R"(/v5/servicedescriptions/([^/]{1,300})/detail)",
      [](SearchEngine& with, const Request& request, Response& response) {
        service_whole(with, request, response, param(request, "q"), request.matches[1].str(), false);
      });
  get("/v2/organisationunits/titles", office_titles);
  get("/v5/organisationunits/detail", office_whole);
  get("/v2/onlineservices/detail", online_whole);
  get("/v1beta2/onlineservices", online_at);
  get(R"(/v1beta2/onlineservices/([^/]{1,300})/organisations)", offices_of_online);
}

}  // namespace vsm
