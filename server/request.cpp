#include "server/request.h"

#include <algorithm>
#include <charconv>

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

std::string param(const Request& request, const char* name) {
  return request.has_param(name) ? request.get_param_value(name) : std::string();
}

bool is_true(std::string_view value) { return value == "true" || value == "1"; }

/// Nothing when absent; an error when it is no whole number.
Result<std::optional<std::int64_t>> number_param(const Request& request, const char* name) {
  const std::string text = param(request, name);
  if (text.empty()) return std::optional<std::int64_t>();
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, value).ptr != end)
    return RequestError{400, "Ungültige Zahl",
                        std::string("Der Wert von ") + name + " ist keine ganze Zahl."};
  return std::optional<std::int64_t>(value);
}

namespace {

/// Whether the answer is to be in English.
Result<bool> english_param(const Request& request) {
  const std::string language = param(request, "lang");
  if (!language.empty() && language != "de" && language != "en")
    return RequestError{400, "Unbekannte Sprache", "lang ist de oder en."};
  return language == "en";
}

}  // namespace

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
  for (const auto& [name, value] :
       {std::pair("online", &search.online_only), std::pair("exact", &search.literal)}) {
    const std::string text = param(request, name);
    if (!text.empty() && text != "true" && text != "false" && text != "1" && text != "0")
      return RequestError{400, "Ungültiger Wert", std::string(name) + " ist true oder false."};
    *value = is_true(text);
  }
  const auto english = english_param(request);
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
  const auto english = english_param(request);
  if (const auto* error = std::get_if<RequestError>(&english)) return *error;
  suggest.english = std::get<bool>(english);
  return suggest;
}

}  // namespace vsm
