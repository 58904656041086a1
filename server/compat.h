// What the two APIs of others have in common, docs/compatibility.md: how a request is read and refused, and
// how a text of an editorial system is told.
#pragma once

#include <httplib.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "query/json_writer.h"
#include "query/records.h"
#include "query/retry.h"
#include "query/search.h"
#include "server/connection.h"
#include "server/request.h"

namespace vsm::compat {

/// A route that pages of other origins may ask too, as some programs are pages. Answers differ by language.
HttpServer::Handler for_any_origin(HttpServer::Handler answer);

/// Sends what `make(reader)` writes as JSON. What it throws as a RequestError is sent as a problem; it is
/// asked again where a writer overtook the reader.
template <class Make>
void answer(SearchEngine& engine, httplib::Response& response, Make make) {
  try {
    send(response, settled([&] {
           const IndexReader reader = engine.reader();
           JsonWriter json;
           make(reader, json);
           return json.take();
         }),
         json_type);
  } catch (const RequestError& error) {
    send_problem(response, error);
  }
}

/// The answer, or its error thrown.
template <class Answer>
Answer value_of(Result<Answer> result) {
  if (auto* error = std::get_if<RequestError>(&result)) throw std::move(*error);
  return std::get<Answer>(std::move(result));
}

// All of these throw a RequestError where the parameter is wrong.

/// Letters, at least two of them; empty where it is absent.
std::string text_param(const httplib::Request& request, const char* name);
/// The same, and it must be there.
std::string needed_text(const httplib::Request& request, const char* name);
std::int64_t number_param(const httplib::Request& request, const char* name, std::int64_t otherwise,
                          std::int64_t least, std::int64_t most);
/// yyyy-MM-dd; today where it is absent.
Day day_param(const httplib::Request& request, const char* name);
/// Service keys, the parameter given several times or with commas; those that stand twice once.
std::vector<ServiceKey> key_params(const httplib::Request& request, const char* name);
/// 2 to 12 digits, filled with zeros; a 404 where no area has it.
AreaIndex area_of_ars(const AreaTable& areas, std::string_view ars);

/// Keys as a program outside may know them: none of ours.
std::vector<std::string> key_texts(const std::vector<ServiceKey>& keys);
/// The ARS of the areas that a text is valid in. A set is told by its municipalities, the catalogue by the
/// Bund, for an ARS is all that others know.
std::vector<std::string> ars_of(const ServiceText& text, AreaIndex area, const AreaTable& areas);
std::vector<std::string> ars_of(AreaIndex area, const AreaTable& areas);

/// "2026-10-20T00:00:00Z"; empty where neither is known.
std::string moment_text(std::int64_t seconds, const std::string& day);
/// Plain text as HTML: paragraphs, and nothing of it is taken for a tag.
std::string html_of(std::string_view plain);

/// A text in the language asked for. What is not translated is told in German.
class ToldText {
 public:
  /// Keeps a reference to the text.
  ToldText(const ServiceText& text, bool english);

  const std::string& title() const { return title_; }
  std::string_view language() const { return translated_ ? "en" : "de"; }
  /// As HTML, may be empty.
  const std::string& teaser() const { return teaser_; }
  const std::vector<TextModule>& modules() const { return modules_; }
  const TextModule* module(std::string_view code) const;
  /// A module as HTML; empty where there is none.
  std::string html(std::string_view code) const;
  static std::string html(const TextModule& module);

 private:
  bool translated_ = false;
  std::string title_, teaser_;
  std::vector<TextModule> modules_;
};

/// Whether all that a text says is there in English too.
bool is_complete_in_english(const ServiceText& text);

}  // namespace vsm::compat
