#include "server/public_api.h"
#include "server/request.h"
#include "server/routes.h"

namespace vsm {
namespace {

using httplib::Request;
using httplib::Response;

constexpr std::int64_t offers_a_page = 20;

Result<OffersRequest> offers_request(const Request& request) {
  OffersRequest offers;
  offers.ars = param(request, "ars");
  offers.place = param(request, "place");
  offers.key = param(request, "key");
  offers.topic = param(request, "topic");
  offers.cursor = param(request, "cursor");
  const auto size = number_param(request, "size");
  if (const auto* error = std::get_if<RequestError>(&size)) return *error;
  offers.size = std::get<std::optional<std::int64_t>>(size).value_or(offers_a_page);
  return offers;
}

void send_coverage(SearchEngine& engine, const Request& request, Response& response) {
  CoverageRequest wanted;
  wanted.ars = param(request, "ars");
  wanted.place = param(request, "place");
  wanted.topic = param(request, "topic");
  const auto english = wants_english(request);
  if (const auto* error = std::get_if<RequestError>(&english)) return send_problem(response, *error);
  if (const std::string level = param(request, "level"); !level.empty()) {
    wanted.level = parse_level(level);
    if (!wanted.level || *wanted.level == Level::katalog)
      return send_problem(
          response,
          {400, "Unbekannte Ebene", "level ist eine Ebene wie land, regierungsbezirk, kreis oder gemeinde."});
  }
  const auto answer = engine.coverage(wanted);
  if (const auto* error = std::get_if<RequestError>(&answer)) return send_problem(response, *error);
  send(response, to_json(std::get<CoverageAnswer>(answer), std::get<bool>(english)), json_type);
}

void send_topics(SearchEngine& engine, const Request& request, Response& response) {
  const auto english = wants_english(request);
  if (const auto* error = std::get_if<RequestError>(&english)) return send_problem(response, *error);
  const auto answer = engine.topics(param(request, "ars"), param(request, "place"));
  if (const auto* error = std::get_if<RequestError>(&answer)) return send_problem(response, *error);
  send(response, to_json(std::get<TopicsAnswer>(answer), std::get<bool>(english)), json_type);
}

void send_places(SearchEngine& engine, const Request& request, Response& response) {
  const std::string words = param(request, "q");
  if (words.empty() || words.size() > 200)
    return send_problem(response,
                        {400, "Kein Ort", "Bitte geben Sie mit q einen Namen oder eine Postleitzahl an."});
  send(response, to_json(engine.places(words, 20)), json_type);
}

/// As JSON, or as linked data where the request wants that.
template <class Answer>
void send_in_format(const Request& request, Response& response, const Result<Answer>& answer,
                    const std::string& public_url) {
  if (!wants_linked_data(request)) return send_answer(response, answer);
  if (const auto* error = std::get_if<RequestError>(&answer)) return send_problem(response, *error);
  send(response, to_json_ld(std::get<Answer>(answer), public_url), linked_data_type);
}

void send_search(SearchEngine& engine, QueryCounts& queries, const Request& request, Response& response,
                 const std::string& public_url) {
  const auto search = search_request(request);
  if (const auto* error = std::get_if<RequestError>(&search)) return send_problem(response, *error);
  if (const auto wrong = wrong_format(request)) return send_problem(response, *wrong);
  const auto answer = engine.search(std::get<SearchRequest>(search));
  if (const auto* found = std::get_if<SearchAnswer>(&answer); found && param(request, "cursor").empty())
    count_query(queries, *found);
  send_in_format(request, response, answer, public_url);
}

void send_service(SearchEngine& engine, const Request& request, Response& response,
                  const std::string& public_url) {
  const auto english = wants_english(request);
  if (const auto* error = std::get_if<RequestError>(&english)) return send_problem(response, *error);
  if (const auto wrong = wrong_format(request)) return send_problem(response, *wrong);
  send_in_format(request, response,
                 engine.service(request.matches[1].str(), param(request, "ars"), param(request, "place"), {},
                                std::get<bool>(english) ? "en" : "de"),
                 public_url);
}

}  // namespace

void add_api_v1(HttpServer& http, SearchEngine& engine, QueryCounts& queries,
                const ServerSettings& settings) {
  const std::string base = settings.site.public_url;
  const auto get = [&](const char* path, auto answer) {
    http.Get(path, revalidated(engine, base + (settings.suggest ? " suggest" : ""), std::move(answer)));
  };
  get("/api/v1/search", [&engine, &queries, base](const Request& request, Response& response) {
    send_search(engine, queries, request, response, base);
  });
  get(R"(/api/v1/services/([^/]{1,300}))", [&engine, base](const Request& request, Response& response) {
    send_service(engine, request, response, base);
  });
  get("/api/v1/places",
      [&engine](const Request& request, Response& response) { send_places(engine, request, response); });
  get("/api/v1/topics",
      [&engine](const Request& request, Response& response) { send_topics(engine, request, response); });
  get("/api/v1/offices", [&engine](const Request& request, Response& response) {
    const auto wanted = offers_request(request);
    if (const auto* error = std::get_if<RequestError>(&wanted)) return send_problem(response, *error);
    send_answer(response, engine.offices(std::get<OffersRequest>(wanted)));
  });
  get(R"(/api/v1/offices/([^/]{1,300}))", [&engine](const Request& request, Response& response) {
    send_answer(response, engine.office(request.matches[1].str()));
  });
  get("/api/v1/online-services", [&engine](const Request& request, Response& response) {
    const auto wanted = offers_request(request);
    if (const auto* error = std::get_if<RequestError>(&wanted)) return send_problem(response, *error);
    send_answer(response, engine.online_services(std::get<OffersRequest>(wanted)));
  });
  get(R"(/api/v1/online-services/([^/]{1,300}))", [&engine](const Request& request, Response& response) {
    send_answer(response, engine.online_service(request.matches[1].str()));
  });
  get("/api/v1/coverage",
      [&engine](const Request& request, Response& response) { send_coverage(engine, request, response); });
  get("/api/v1/suggest", [&engine, suggest = settings.suggest](const Request& request, Response& response) {
    if (!suggest) return send_answer(response, engine.suggest({}));
    const auto wanted = suggest_request(request);
    if (const auto* error = std::get_if<RequestError>(&wanted)) return send_problem(response, *error);
    send_answer(response, engine.suggest(std::get<SuggestRequest>(wanted)));
  });
  http.Get("/openapi.json", [](const Request&, Response& response) {
    allow_any_origin(response);
    response.set_header("Cache-Control", "public, max-age=3600");
    send_web_file(response, "openapi.json");
  });
}

}  // namespace vsm
