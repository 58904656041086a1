#include "server/page.h"
#include "server/request.h"
#include "server/routes.h"
#include "server/web_files.h"

namespace vsm {
namespace {

using httplib::Request;
using httplib::Response;

void search_page(SearchEngine& engine, QueryCounts& queries, const Request& request, Response& response,
                 const std::string& public_url) {
  PageInput input;
  input.public_url = public_url;
  input.words = param(request, "q");
  input.place = param(request, "place");
  input.online_only = is_true(param(request, "online"));
  input.literal = is_true(param(request, "exact"));
  input.english = param(request, "lang") == "en";
  input.topic = param(request, "topic");
  for (const char* name : {"topic", "situation", "audience", "trust"})
    if (const std::string value = param(request, name); !value.empty())
      input.filters += std::string("&") + name + "=" + url_encoded(value);
  if (input.words.find_first_not_of(" \t") == std::string::npos && input.filters.empty())
    return send(response, start_page(input), html_type);
  const auto search = search_request(request);
  if (const auto* error = std::get_if<RequestError>(&search))
    return send(response, error_page(input, *error), html_type, error->status);
  const auto answer = engine.search(std::get<SearchRequest>(search));
  if (const auto* error = std::get_if<RequestError>(&answer))
    return send(response, error_page(input, *error), html_type, error->status);
  count_query(queries, std::get<SearchAnswer>(answer));
  send(response, result_page(input, std::get<SearchAnswer>(answer)), html_type);
}

/// As a page, or as linked data where the request wants that.
void show_service(SearchEngine& engine, const Request& request, Response& response,
                  const std::string& public_url) {
  PageInput input;
  input.public_url = public_url;
  response.set_header("Vary", "Accept");
  input.place = param(request, "place");
  const auto answer =
      engine.service(request.matches[1].str(), param(request, "ars"), param(request, "place"));
  const bool as_data = wants_linked_data(request) || accepts_linked_data(request);
  if (const auto* error = std::get_if<RequestError>(&answer)) {
    if (as_data) return send_problem(response, *error);
    return send(response, error_page(input, *error), html_type, error->status);
  }
  if (as_data)
    return send(response, to_json_ld(std::get<ServiceAnswer>(answer), public_url), linked_data_type);
  send(response, service_page(input, std::get<ServiceAnswer>(answer)), html_type);
}

}  // namespace

void add_pages(HttpServer& http, SearchEngine& engine, QueryCounts& queries, const ServerSettings& settings) {
  const std::string base = settings.public_url;
  http.Get("/", [&engine, &queries, base](const Request& request, Response& response) {
    search_page(engine, queries, request, response, base);
  });
  http.Get(R"(/leistung/([^/]{1,300}))", [&engine, base](const Request& request, Response& response) {
    show_service(engine, request, response, base);
  });
  http.Get("/api", [](const Request&, Response& response) { send(response, api_page(), html_type); });
  http.Get("/style.css", [](const Request&, Response& response) {
    const std::string_view css = web_file("style.css");
    response.set_header("Cache-Control", "public, max-age=3600");
    response.set_content(css.data(), css.size(), "text/css; charset=utf-8");
  });
}

}  // namespace vsm
