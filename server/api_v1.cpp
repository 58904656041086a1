#include "server/request.h"
#include "server/routes.h"

namespace vsm {

using httplib::Request;
using httplib::Response;

void add_api_v1(HttpServer& http, SearchEngine& engine, QueryCounts& queries, bool suggest) {
  http.Get("/api/v1/search", [&engine, &queries](const Request& request, Response& response) {
    const auto search = search_request(request);
    if (const auto* error = std::get_if<RequestError>(&search)) return send_problem(response, *error);
    const auto answer = engine.search(std::get<SearchRequest>(search));
    if (const auto* found = std::get_if<SearchAnswer>(&answer)) count_query(queries, *found);
    send_answer(response, answer);
  });
  http.Get(R"(/api/v1/services/([^/]{1,300}))", [&engine](const Request& request, Response& response) {
    send_answer(response,
                engine.service(request.matches[1].str(), param(request, "ars"), param(request, "place")));
  });
  http.Get("/api/v1/places", [&engine](const Request& request, Response& response) {
    const std::string words = param(request, "q");
    if (words.empty() || words.size() > 200)
      return send_problem(response,
                          {400, "Kein Ort", "Bitte geben Sie mit q einen Namen oder eine Postleitzahl an."});
    send(response, to_json(engine.places(words, 20)), json_type);
  });
  http.Get("/api/v1/suggest", [&engine, suggest](const Request& request, Response& response) {
    if (!suggest) return send_answer(response, engine.suggest({}));
    const auto wanted = suggest_request(request);
    if (const auto* error = std::get_if<RequestError>(&wanted)) return send_problem(response, *error);
    send_answer(response, engine.suggest(std::get<SuggestRequest>(wanted)));
  });
  http.Get("/api/v1/topics", [&engine](const Request& request, Response& response) {
    send_answer(response, engine.topics(param(request, "ars"), param(request, "place")));
  });
}

}  // namespace vsm
