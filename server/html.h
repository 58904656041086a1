// Pages out of the templates in server/web/pages. Everything from outside is escaped by the template library.
//
// A template may take in another whole: {{>name}} is name.html. Besides its content it may name
//   {{t.search}}           a phrase of server/web/phrases.tsv in the language of the page
//   {{asset.portal_css}}   the address of a style or script, "_" for what is no letter
//   {{page.title}}         what the frame says: pages/head.html, form.html and foot.html show it
#pragma once

#include <initializer_list>
#include <kainjow/mustache.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/site.h"

namespace vsm {

using HtmlData = kainjow::mustache::data;

HtmlData flag(bool on);
/// Sets what there is to show: to the template library an empty text is as true as any.
void set_known(HtmlData& item, const std::string& name, const std::string& text);
/// A list and whether it has anything: name and has_name.
void set_list(HtmlData& item, const std::string& name, HtmlData list);

/// What every page has around its content.
struct PageFrame {
  std::string title;  ///< without the name of the site
  bool english = false;
  std::string address = "/";           ///< of this page: path and query, lang left out
  std::string words = {}, place = {};  ///< as the search form shows them
  std::vector<std::pair<std::string, std::string>> kept = {};  ///< parameters that the search form keeps
  bool listed = false;                                         ///< search engines may list it
  std::string canonical = {};
  std::string json_ld = {};
};

/// A phrase of server/web/phrases.tsv, {1}, {2} ... replaced by values. Throws std::out_of_range for an
/// unknown one.
std::string phrase(std::string_view id, bool english, std::initializer_list<std::string_view> values = {});
/// "12.345" and "12,345".
std::string number_text(std::uint64_t number, bool english);

/// `name`: of a file in server/web/pages. Thread-safe.
std::string render_page(std::string_view name, HtmlData content, const PageFrame& frame, const Site& site);

/// An address with more behind it: "?lang=en" or "&lang=en".
std::string with_language(std::string address, bool english);

}  // namespace vsm
