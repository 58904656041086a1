#include "server/request.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "server/web_files.h"

namespace vsm {

using httplib::Request;
using httplib::Response;

void send(Response& response, std::string body, const char* type, int status) {
  response.status = status;
  response.set_content(std::move(body), type);
}

void send_problem(Response& response, const RequestError& error) {
  send(response, to_json(error), problem_type, error.status);
}

bool send_web_file(Response& response, std::string_view name) {
  static constexpr std::pair<std::string_view, const char*> types[] = {
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".json", json_type},
      {".woff2", "font/woff2"}};
  const std::string_view bytes = web_file(name);
  for (const auto& [ending, type] : types) {
    if (bytes.empty() || !name.ends_with(ending)) continue;
    response.set_content(bytes.data(), bytes.size(), type);
    return true;
  }
  response.status = 404;
  return false;
}

std::string param(const Request& request, const char* name) {
  return request.has_param(name) ? request.get_param_value(name) : std::string();
}

std::string address_without_language(const Request& request) {
  std::string address;
  for (std::size_t at = 0; at < request.path.size();) {
    const std::size_t end = std::min(request.path.find('/', at), request.path.size());
    address += url_encoded(std::string_view(request.path).substr(at, end - at));
    if (end < request.path.size()) address += '/';
    at = end + 1;
  }
  char mark = '?';
  for (const auto& [name, value] : request.params)
    if (name != "lang") {
      address += mark + url_encoded(name) + "=" + url_encoded(value);
      mark = '&';
    }
  return address;
}

bool is_true(std::string_view value) { return value == "true" || value == "1"; }

Result<std::optional<std::int64_t>> number_param(const Request& request, const char* name) {
  const std::string text = param(request, name);
  if (text.empty()) return std::optional<std::int64_t>();
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ptr != end || read.ec != std::errc())
    return RequestError{400, "Ungültige Zahl",
                        std::string("Der Wert von ") + name + " ist keine ganze Zahl."};
  return std::optional<std::int64_t>(value);
}

bool speaks_english(const Request& request) { return param(request, "lang") == "en"; }

Result<bool> wants_english(const Request& request) {
  const std::string language = param(request, "lang");
  if (!language.empty() && language != "de" && language != "en")
    return RequestError{400, "Unbekannte Sprache", "lang ist de oder en."};
  return language == "en";
}

bool wants_linked_data(const Request& request) { return param(request, "format") == "jsonld"; }

bool accepts_linked_data(const Request& request) {
  return param(request, "format").empty() &&
         request.get_header_value("Accept").find("application/ld+json") != std::string::npos;
}

std::optional<RequestError> wrong_format(const Request& request) {
  const std::string format = param(request, "format");
  if (format.empty() || format == "json" || format == "jsonld") return std::nullopt;
  return RequestError{400, "Unbekanntes Format", "format ist json oder jsonld."};
}

Result<SearchRequest> search_request(const Request& request) {
  SearchRequest search;
  search.words = param(request, "q");
  search.ars = param(request, "ars");
  search.place = param(request, "place");
  search.topic = param(request, "topic");
  search.situation = param(request, "situation");
  for (const char* name : {"page", "size", "trust"}) {
    const auto number = number_param(request, name);
    if (const auto* error = std::get_if<RequestError>(&number)) return *error;
    const auto value = std::get<std::optional<std::int64_t>>(number);
    if (!value) continue;
    const std::string_view which = name;
    if (which == "page") search.page = *value;
    if (which == "size") search.size = *value;
    if (which == "trust") search.trust_level = static_cast<int>(std::clamp<std::int64_t>(*value, -1, 1'000));
  }
  const std::string audience = param(request, "audience");
  if (audience == "citizen")
    search.audience = audience_citizen;
  else if (audience == "business")
    search.audience = audience_business;
  else if (!audience.empty())
    return RequestError{400, "Unbekannte Zielgruppe", "audience ist citizen oder business."};
  if (const std::string level = param(request, "level"); !level.empty()) {
    search.level = parse_level(level);
    if (!search.level)
      return RequestError{400, "Unbekannte Ebene",
                          "level ist eine Ebene wie bund, land, kreis oder gemeinde."};
  }
  for (const auto& [name, value] :
       {std::pair("online", &search.online_only), std::pair("exact", &search.literal)}) {
    const std::string text = param(request, name);
    if (!text.empty() && text != "true" && text != "false" && text != "1" && text != "0")
      return RequestError{400, "Ungültiger Wert", std::string(name) + " ist true oder false."};
    *value = is_true(text);
  }
  search.cursor = param(request, "cursor");
  const auto english = wants_english(request);
  if (const auto* error = std::get_if<RequestError>(&english)) return *error;
  search.english = std::get<bool>(english);
  return search;
}

void count_query(QueryCounts& queries, const SearchAnswer& answer) {
  if (answer.page == 1) queries.count(answer.words, answer.total > 0);
}

Result<SuggestRequest> suggest_request(const Request& request) {
  SuggestRequest suggest;
  suggest.words = param(request, "q");
  suggest.ars = param(request, "ars");
  suggest.place = param(request, "place");
  const auto size = number_param(request, "size");
  if (const auto* error = std::get_if<RequestError>(&size)) return *error;
  suggest.size = std::get<std::optional<std::int64_t>>(size).value_or(suggest.size);
  const auto english = wants_english(request);
  if (const auto* error = std::get_if<RequestError>(&english)) return *error;
  suggest.english = std::get<bool>(english);
  return suggest;
}

}  // namespace vsm
