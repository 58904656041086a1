#include <algorithm>

#include "server/page.h"
#include "server/request.h"
#include "server/routes.h"
#include "server/web_files.h"

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
  input.english = param(request, "lang") == "en";
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
  const std::string name = request.matches[1].str();
  const std::string_view bytes = web_file(name);
  const std::string ending = name.substr(std::min(name.size(), name.rfind('.')));
  const char* type = ending == ".css"     ? "text/css; charset=utf-8"
                     : ending == ".js"    ? "text/javascript; charset=utf-8"
                     : ending == ".woff2" ? "font/woff2"
                                          : nullptr;
  if (bytes.empty() || type == nullptr) {
    response.status = 404;
    return;
  }
  response.set_header("Cache-Control", "public, max-age=31536000, immutable");
  response.set_content(bytes.data(), bytes.size(), type);
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
    send(response, api_page(param(request, "lang") == "en", site), html_type);
  });
  for (const char* name :
       {"impressum", "datenschutz", "barrierefreiheit", "leichte-sprache", "gebaerdensprache"})
    http.Get(std::string("/") + name, [name, site](const Request& request, Response& response) {
      if (const auto page = note_page(name, param(request, "lang") == "en", site))
        send(response, *page, html_type);
      else
        response.status = 404;
    });
  http.Get(R"(/assets/([\w.-]{1,100}))", send_asset);
}

}  // namespace vsm
