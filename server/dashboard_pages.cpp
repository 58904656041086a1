#include <algorithm>

#include "server/dashboard_page.h"
#include "server/dashboard_tables.h"
#include "server/public_api.h"
#include "server/request.h"
#include "server/routes.h"

namespace vsm {
namespace {

using httplib::Request;
using httplib::Response;

bool is_number(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

DashboardInput input_of(const Request& request) {
  DashboardInput input;
  input.english = speaks_english(request);
  for (const char* name : {"ars", "topic", "level", "with", "show", "areas", "offer", "services", "page"})
    input.parameters.emplace_back(name, param(request, name));
  return input;
}

CoverageRequest request_of(const Request& request) {
  CoverageRequest wanted;
  wanted.ars = param(request, "ars");
  // The form has the name of the area in its field, and the key beside it; another name wins.
  if (const std::string place = param(request, "place");
      wanted.ars.empty() || place != param(request, "was")) {
    wanted.place = place;
    if (request.has_param("was")) wanted.ars.clear();
  }
  wanted.topic = param(request, "topic");
  wanted.level = parse_level(param(request, "level"));
  return wanted;
}

/// The area to compare with: a key of 12 digits, the id of a set, a name or a postcode.
CoverageRequest other_request(const CoverageRequest& wanted, const std::string& with,
                              const AreaTable& areas) {
  CoverageRequest other = wanted;
  other.ars = other.place = {};
  const bool is_key = (with.size() == 12 || !is_number(with)) && areas.find(with).has_value();
  (is_key ? other.ars : other.place) = with;
  return other;
}

/// Both areas of a comparison, or one.
struct Answers {
  DashboardAnswer here;
  std::optional<DashboardAnswer> there;
};

const RequestError several_places = {
    404, "Welcher Ort?", "Diese Postleitzahl teilen sich mehrere Orte. Bitte nennen Sie einen mit Namen."};

Result<Answers> ask(SearchEngine& engine, const CoverageRequest& wanted, const std::string& with) {
  auto answer = engine.dashboard(wanted);
  if (auto* error = std::get_if<RequestError>(&answer)) return std::move(*error);
  Answers answers{std::get<DashboardAnswer>(std::move(answer)), std::nullopt};
  if (!with.empty()) {
    if (!answers.here.coverage.place && !answers.here.coverage.places.empty()) return several_places;
    auto other = engine.dashboard(other_request(wanted, with, answers.here.coverage.reader.snapshot().areas));
    if (auto* error = std::get_if<RequestError>(&other)) return std::move(*error);
    answers.there = std::get<DashboardAnswer>(std::move(other));
    if (!answers.there->coverage.place) return several_places;
  }
  return answers;
}

void show_dashboard(SearchEngine& engine, const Request& request, Response& response, const Site& site) {
  DashboardInput input = input_of(request);
  CoverageRequest wanted = request_of(request);
  // All municipalities of Germany are for a table to take away, no page.
  if (wanted.level == Level::gemeinde && wanted.ars.find_first_not_of('0') == std::string::npos &&
      !wanted.ars.empty())
    wanted.level.reset();
  const auto answered = ask(engine, wanted, param(request, "with"));
  if (const auto* error = std::get_if<RequestError>(&answered)) {
    input.place = param(request, "place");
    return send(response, dashboard_error_page(input, *error, site), html_type, error->status);
  }
  const auto& [here, there] = std::get<Answers>(answered);
  // Links of the page name the area by its key, however it was asked for.
  const AreaTable& areas = here.coverage.reader.snapshot().areas;
  const auto set = [&](std::string_view name, const std::string& value) {
    for (auto& [known, its] : input.parameters)
      if (known == name) its = value;
  };
  if (here.coverage.place) set("ars", areas[*here.coverage.place].code);
  if (there) set("with", areas[*there->coverage.place].code);
  send(response, there ? comparison_page(input, here, *there, site) : dashboard_page(input, here, site),
       html_type);
}

void send_table(SearchEngine& engine, const Request& request, Response& response, bool csv) {
  const auto answered = ask(engine, request_of(request), param(request, "with"));
  if (const auto* error = std::get_if<RequestError>(&answered)) return send_problem(response, *error);
  const auto& [here, there] = std::get<Answers>(answered);
  const bool english = speaks_english(request);
  const auto table = dashboard_table(param(request, "table"), here, there ? &*there : nullptr, english);
  if (!table)
    return send_problem(response, {404, "Unbekannte Tabelle",
                                   "table ist figures, areas, topics, maturity, trust, reuse, services, "
                                   "history oder, mit with, compare."});
  const CoverageAnswer& coverage = here.coverage;
  const Area& area = coverage.reader.snapshot().areas[coverage.area];
  const bool sample = here.sample || (there && there->sample);
  if (!csv)
    return send(response,
                to_json(*table, {{"area", area.id()},
                                 {"name", area.short_name},
                                 {"day", date_text(coverage.day)},
                                 {"revision", coverage.reader.snapshot().revision},
                                 {"sample", sample ? "yes" : "no"}}),
                json_type);
  response.set_header("Content-Disposition", "attachment; filename=\"vsm-" + table->name + "-" + area.code +
                                                 "-" + date_text(coverage.day) +
                                                 (sample ? "-beispieldaten" : "") + ".csv\"");
  send(response, to_csv(*table), "text/csv; charset=utf-8; header=present");
}

}  // namespace

void add_dashboard_pages(HttpServer& http, SearchEngine& engine, const ServerSettings& settings) {
  http.Get("/dashboard", [&engine, site = settings.site](const Request& request, Response& response) {
    show_dashboard(engine, request, response, site);
  });
  for (const bool csv : {true, false})
    http.Get(csv ? "/dashboard/export.csv" : "/dashboard/export.json",
             revalidated(engine, {}, [&engine, csv](const Request& request, Response& response) {
               send_table(engine, request, response, csv);
             }));
}

}  // namespace vsm
