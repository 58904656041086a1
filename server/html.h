// Pages out of the templates in server/web/pages. Everything from outside is escaped by the template library.
//
// A template may take in another whole: {{>name}} is name.html. Besides its content it may name
//   {{t.search}}           a phrase of server/web/phrases.tsv in the language of the page
//   {{asset.portal_css}}   the address of a style or script, "_" for what is no letter
//   {{page.title}}         what the frame says: pages/head.html, form.html and foot.html show it
#pragma once

#include <initializer_list>
#include <kainjow/mustache.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/site.h"

namespace vsm {

using HtmlData = kainjow::mustache::data;

HtmlData flag(bool on);
/// Sets what there is to show; an empty text is set to false, so that it is neither shown nor looked up in an
/// outer item.
void set_known(HtmlData& item, const std::string& name, const std::string& text);
/// A list and whether it has anything: name and has_name.
void set_list(HtmlData& item, const std::string& name, HtmlData list);

/// Parameters of an address, in their order.
using Parameters = std::vector<std::pair<std::string, std::string>>;
/// The first value of a name; empty where it is absent.
std::string value_of(const Parameters& parameters, std::string_view name);

/// What every page has around its content.
struct PageFrame {
  std::string title;  ///< without the name of the site
  bool english = false;
  std::string address = "/";           ///< of this page: path and query, lang left out
  std::string words = {}, place = {};  ///< as the search form shows them
  Parameters kept = {};                ///< that the search form keeps
  bool listed = false;                 ///< search engines may list it
  std::string canonical = {};
  std::string json_ld = {};
};

/// A name that leads somewhere: name and address.
HtmlData link_data(const std::string& name, const std::string& address);

/// A phrase of server/web/phrases.tsv, {1}, {2} ... replaced by values. Throws std::out_of_range for an
/// unknown one.
std::string phrase(std::string_view id, bool english, std::initializer_list<std::string_view> values = {});
/// The same without values; nothing for an unknown one.
std::optional<std::string> known_phrase(std::string_view id, bool english);
/// What an online service of a trust level asks for; empty for a level that the code list does not have.
std::string trust_phrase(int level, bool english);
/// "26.11.2026", in English "2026-11-26", of a day or a moment as feeds write it; other text stays as it is.
std::string date_for_people(const std::string& text, bool english);
/// What a telephone dials: "+49 (0)221 1 / 2" is "+492211". Empty where there is nothing to dial.
std::string number_to_dial(std::string_view phone);
/// "12.345" and "12,345".
std::string number_text(std::uint64_t number, bool english);

/// A file that browsers load, by its name in templates: "widget_js".
struct Asset {
  std::string file;       ///< for web_file(), and below /assets/
  std::string integrity;  ///< "sha384-..."
};
/// Throws std::out_of_range for an unknown one.
const Asset& asset(std::string_view name);

/// Puts a value in all places of a mark.
void replace_all(std::string& text, std::string_view mark, std::string_view value);

/// `name`: of a file in server/web/pages. Thread-safe.
std::string render_page(std::string_view name, HtmlData content, const PageFrame& frame, const Site& site);

/// An address with more behind it: "?lang=en" or "&lang=en".
std::string with_language(std::string address, bool english);

}  // namespace vsm
