#include "server/html.h"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "catalog/objects.h"
#include "catalog/tables.h"
#include "server/web_files.h"

namespace vsm {
namespace {

using Template = kainjow::mustache::mustache;

/// What stands for {{t.id}} and {{asset.name}} in the templates.
struct Shared {
  std::unordered_map<std::string_view, std::array<std::string, 2>> phrases;  ///< German, English
  std::map<std::string, Asset, std::less<>> assets;

  Shared() {
    TableReader rows("phrases.tsv", web_file("phrases.tsv"), {"id", "de", "en"});
    while (rows.next()) phrases[rows[0]] = {std::string(rows[1]), std::string(rows[2])};
    TableReader files("assets.tsv", web_file("assets.tsv"), {"name", "file", "integrity"});
    while (files.next()) {
      std::string name(files[0]);
      for (char& c : name)
        if (c == '.' || c == '-') c = '_';
      assets[name] = {std::string(files[1]), std::string(files[2])};
    }
  }
};

const Shared& shared() {
  static const Shared made;
  return made;
}

/// The text of a template in a language: those that it takes in, phrases and addresses put in their places.
std::string whole_template(std::string_view name, bool english) {
  const std::string file(name);
  std::string text(web_file(file + ".html"));
  if (text.empty()) throw std::logic_error("no template " + file);
  const auto replace = [&](std::string_view mark, auto value) {
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos;) {
      const std::size_t end = text.find("}}", at);
      const std::string inner = value(text.substr(at + mark.size(), end - at - mark.size()));
      text.replace(at, end + 2 - at, inner);
      at += inner.size();
    }
  };
  replace("{{>", [&](const std::string& part) { return whole_template(part, english); });
  replace("{{t.", [&](const std::string& id) { return kainjow::mustache::html_escape(phrase(id, english)); });
  replace("{{asset.", [](const std::string& its) { return "/assets/" + asset(its).file; });
  return text;
}

/// Parsed once in each thread: rendering changes a template for a while.
Template& parsed(std::string_view name, bool english) {
  thread_local std::array<std::map<std::string, Template, std::less<>>, 2> languages;
  auto& known = languages[english ? 1 : 0];
  const auto found = known.find(name);
  if (found != known.end()) return found->second;
  Template made(whole_template(name, english));
  if (!made.is_valid()) throw std::logic_error(std::string(name) + ": " + made.error_message());
  return known.emplace(name, std::move(made)).first->second;
}

}  // namespace

HtmlData flag(bool on) { return {on}; }

void set_known(HtmlData& item, const std::string& name, const std::string& text) {
  item.set(name, text.empty() ? flag(false) : HtmlData(text));
}

void set_list(HtmlData& item, const std::string& name, HtmlData list) {
  item.set("has_" + name, flag(!list.list_value().empty()));
  item.set(name, std::move(list));
}

std::string value_of(const Parameters& parameters, std::string_view name) {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  return found == parameters.end() ? std::string() : found->second;
}

HtmlData link_data(const std::string& name, const std::string& address) {
  HtmlData item;
  item.set("name", name);
  item.set("address", address);
  return item;
}

void replace_all(std::string& text, std::string_view mark, std::string_view value) {
  for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += value.size())
    text.replace(at, mark.size(), value);
}

std::string phrase(std::string_view id, bool english, std::initializer_list<std::string_view> values) {
  const std::string& text = shared().phrases.at(id)[english ? 1 : 0];
  std::string whole;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_mark = text[at] == '{' && at + 2 < text.size() && text[at + 2] == '}';
    const std::size_t number = is_mark ? static_cast<std::size_t>(text[at + 1] - '1') : values.size();
    if (number < values.size()) {
      whole += values.begin()[number];
      at += 2;
    } else {
      whole += text[at];
    }
  }
  return whole;
}

std::optional<std::string> known_phrase(std::string_view id, bool english) {
  const auto found = shared().phrases.find(id);
  if (found == shared().phrases.end()) return std::nullopt;
  return found->second[english ? 1 : 0];
}

std::string trust_phrase(int level, bool english) {
  return known_phrase("trust_" + std::to_string(level), english).value_or("");
}

std::string date_for_people(const std::string& text, bool english) {
  if (!parse_day(text)) return text;
  return english ? text.substr(0, 10) : text.substr(8, 2) + "." + text.substr(5, 2) + "." + text.substr(0, 4);
}

std::string number_to_dial(std::string_view phone) {
  std::string dial;
  const bool abroad = phone.find('+') != std::string_view::npos;
  for (std::size_t at = 0; at < phone.size(); ++at) {
    if (abroad && phone.substr(at).starts_with("(0)")) {
      at += 2;
    } else if (phone[at] == '+' && dial.empty()) {
      dial += '+';
    } else if (phone[at] >= '0' && phone[at] <= '9') {
      dial += phone[at];
    } else if (dial.size() > 5 &&
               (phone[at] == ';' || phone[at] == ',' || phone.substr(at).starts_with(" /"))) {
      break;  // another number
    }
  }
  return dial == "+" ? std::string() : dial;
}

const Asset& asset(std::string_view name) {
  const auto found = shared().assets.find(name);
  if (found == shared().assets.end()) throw std::out_of_range("no asset " + std::string(name));
  return found->second;
}

std::string number_text(std::uint64_t number, bool english) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, english ? "," : ".");
  return digits;
}

std::string with_language(std::string address, bool english) {
  if (!english) return address;
  const char* mark = address.find('?') == std::string::npos ? "?" : "&";
  return address + mark + "lang=en";
}

std::string render_page(std::string_view name, HtmlData content, const PageFrame& frame, const Site& site) {
  HtmlData page;
  page.set("lang", frame.english ? "en" : "de");
  page.set("english", flag(frame.english));
  page.set("site", site.name);
  page.set("title", frame.title.empty() ? site.name : frame.title + " – " + site.name);
  page.set("words", frame.words);
  page.set("place", frame.place);
  page.set("home", with_language("/", frame.english));
  page.set("other_language", with_language(frame.address, !frame.english));
  page.set("suffix", frame.english ? "?lang=en" : "");
  page.set("listed", flag(frame.listed));
  page.set("has_search", flag(!site.public_url.empty()));
  set_known(page, "canonical", frame.canonical);
  set_known(page, "json_ld", frame.json_ld);
  HtmlData kept(HtmlData::type::list);
  for (const auto& [field_name, value] : frame.kept) {
    HtmlData field;
    field.set("name", field_name);
    field.set("value", value);
    kept.push_back(field);
  }
  page.set("kept", kept);
  content.set("page", page);
  return parsed(name, frame.english).render(content);
}

}  // namespace vsm
