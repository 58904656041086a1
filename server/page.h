// The pages of the search: start, results, a service, and what is written about the site itself.
#pragma once

#include <string>

#include "query/search.h"
#include "server/html.h"
#include "server/site.h"

namespace vsm {

struct PageInput {
  std::string words, place;  ///< as typed
  std::string ars = {};      ///< as given; wins over the place
  bool literal = false;
  bool english = false;
  std::string address = "/";  ///< of the request: path and query, lang left out
  /// Filters of the search as in docs/api.md: {"topic", "umwelt"}, {"online", "true"}.
  Parameters filters;

  std::string filter(std::string_view name) const { return value_of(filters, name); }
};

/// Words and place to type, the two doors and the topics with what there is at the place. `audience` among
/// the filters shows one door's.
std::string start_page(const PageInput& input, const TopicsAnswer& answer, const Site& site);
std::string result_page(const PageInput& input, const SearchAnswer& answer, const Site& site);
/// A service at a place, whole.
std::string service_page(const PageInput& input, const ServiceAnswer& answer, const Site& site);
/// The description of the API, /openapi.json, for people.
std::string api_page(bool english, const Site& site);
/// The search page with what went wrong.
std::string error_page(const PageInput& input, const RequestError& error, const Site& site);

/// Markdown as HTML; HTML in it is left out.
std::string markdown_html(const std::string& text);

/// A page that is written in Markdown: "impressum", "datenschutz" ... Its text is the site's own where its
/// folder has one, else that of server/web/notes. HTML in it is left out. Nothing for another name.
std::optional<std::string> note_page(std::string_view name, bool english, const Site& site);

}  // namespace vsm
