#include <algorithm>

#include "server/page.h"
#include "server/request.h"
#include "server/routes.h"

namespace vsm {
namespace {

using httplib::Request;
using httplib::Response;

PageInput input_of(const Request& request) {
  PageInput input;
  input.words = param(request, "q");
  input.place = param(request, "place");
  input.ars = param(request, "ars");
  input.literal = is_true(param(request, "exact"));
  input.english = speaks_english(request);
  input.address = address_without_language(request);
  for (const char* name : {"topic", "situation", "audience", "level", "trust"})
    if (const std::string value = param(request, name); !value.empty())
      input.filters.emplace_back(name, value);
  if (is_true(param(request, "online"))) input.filters.emplace_back("online", "true");
  return input;
}

void show_search(SearchEngine& engine, QueryCounts& queries, const Request& request, Response& response,
                 const Site& site) {
  const PageInput input = input_of(request);
  const auto show_error = [&](const RequestError& error) {
    send(response, error_page(input, error, site), html_type, error.status);
  };
  const auto search = search_request(request);
  if (const auto* error = std::get_if<RequestError>(&search)) return show_error(*error);
  if (input.words.find_first_not_of(" \t") == std::string::npos && input.filter("topic").empty() &&
      input.filter("situation").empty()) {
    const auto answer = engine.topics(input.ars, input.place);
    if (const auto* error = std::get_if<RequestError>(&answer)) return show_error(*error);
    return send(response, start_page(input, std::get<TopicsAnswer>(answer), site), html_type);
  }
  const auto answer = engine.search(std::get<SearchRequest>(search));
  if (const auto* error = std::get_if<RequestError>(&answer)) return show_error(*error);
  count_query(queries, std::get<SearchAnswer>(answer));
  send(response, result_page(input, std::get<SearchAnswer>(answer), site), html_type);
}

/// As a page, or as linked data where the request wants that.
void show_service(SearchEngine& engine, const Request& request, Response& response, const Site& site) {
  const PageInput input = input_of(request);
  response.set_header("Vary", "Accept");
  const std::string language = param(request, "lang");
  const auto answer = engine.service(request.matches[1].str(), input.ars, input.place, {},
                                     language == "ls" ? "de-LS"
                                     : input.english  ? "en"
                                                      : "de");
  const bool as_data = wants_linked_data(request) || accepts_linked_data(request);
  if (const auto* error = std::get_if<RequestError>(&answer)) {
    if (as_data) return send_problem(response, *error);
    return send(response, error_page(input, *error, site), html_type, error->status);
  }
  if (as_data)
    return send(response, to_json_ld(std::get<ServiceAnswer>(answer), site.public_url), linked_data_type);
  send(response, service_page(input, std::get<ServiceAnswer>(answer), site), html_type);
}

/// What a browser loads beside a page; its name changes with its content.
void send_asset(const Request& request, Response& response) {
  if (send_web_file(response, request.matches[1].str())) response.set_header("Cache-Control", kept_for_ever);
}

}  // namespace

void add_pages(HttpServer& http, SearchEngine& engine, QueryCounts& queries, const ServerSettings& settings) {
  const Site site = settings.site;
  http.Get("/", [&engine, &queries, site](const Request& request, Response& response) {
    show_search(engine, queries, request, response, site);
  });
  http.Get(R"(/leistung/([^/]{1,300}))", [&engine, site](const Request& request, Response& response) {
    show_service(engine, request, response, site);
  });
  http.Get("/api", [site](const Request& request, Response& response) {
    send(response, api_page(speaks_english(request), site), html_type);
  });
  for (const char* name :
       {"impressum", "datenschutz", "barrierefreiheit", "leichte-sprache", "gebaerdensprache"})
    http.Get(std::string("/") + name, [name, site](const Request& request, Response& response) {
      if (const auto page = note_page(name, speaks_english(request), site))
        send(response, *page, html_type);
      else
        response.status = 404;
    });
  http.Get(R"(/assets/([\w.-]{1,100}\.(?:css|js|woff2)))", send_asset);
}

}  // namespace vsm
