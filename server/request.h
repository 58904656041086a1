// What a request says and how an answer is sent, for all routes.
#pragma once

#include <httplib.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "query/json.h"
#include "query/linked_data.h"
#include "query/query_counts.h"
#include "query/search.h"

namespace vsm {

inline constexpr const char* json_type = "application/json; charset=utf-8";
inline constexpr const char* problem_type = "application/problem+json; charset=utf-8";
inline constexpr const char* linked_data_type = "application/ld+json";
inline constexpr const char* html_type = "text/html; charset=utf-8";

void send(httplib::Response& response, std::string body, const char* type, int status = 200);
void send_problem(httplib::Response& response, const RequestError& error);

template <class Answer>
void send_answer(httplib::Response& response, const Result<Answer>& answer) {
  if (const auto* error = std::get_if<RequestError>(&answer))
    send_problem(response, *error);
  else
    send(response, to_json(std::get<Answer>(answer)), json_type);
}

/// Of what changes its name when it changes.
inline constexpr const char* kept_for_ever = "public, max-age=31536000, immutable";
/// A file of server/web or made of it, with the type that its name ends in; false, and a 404, where there is
/// none.
bool send_web_file(httplib::Response& response, std::string_view name);

/// The first value of a parameter; empty where it is absent.
std::string param(const httplib::Request& request, const char* name);
/// The path and query without `lang`, encoded anew.
std::string address_without_language(const httplib::Request& request);
/// "true" and "1".
bool is_true(std::string_view value);
/// Nothing when absent; an error when it is no whole number.
Result<std::optional<std::int64_t>> number_param(const httplib::Request& request, const char* name);
/// Whether a page speaks English; for every other value of `lang` it speaks German.
bool speaks_english(const httplib::Request& request);
/// By `lang`: "de", "en" or absent.
Result<bool> wants_english(const httplib::Request& request);
/// By `format`: linked data instead of a page or of JSON.
bool wants_linked_data(const httplib::Request& request);
/// By Accept, where `format` is absent.
bool accepts_linked_data(const httplib::Request& request);
/// What is wrong with `format`.
std::optional<RequestError> wrong_format(const httplib::Request& request);
/// The parameters of a search, docs/api.md.
Result<SearchRequest> search_request(const httplib::Request& request);
/// Counts what a person asked for: the first page of words.
void count_query(QueryCounts& queries, const SearchAnswer& answer);
/// Those of suggestions.
Result<SuggestRequest> suggest_request(const httplib::Request& request);

}  // namespace vsm
