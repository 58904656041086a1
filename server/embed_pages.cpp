#include <algorithm>
#include <array>

#include "server/html.h"
#include "server/page.h"
#include "server/public_api.h"
#include "server/request.h"
#include "server/routes.h"
#include "server/web_files.h"

namespace vsm {
namespace {

using httplib::Request;
using httplib::Response;
using List = HtmlData::type;

/// Stands for the server's address where it does not know its own; the builder's script puts in the one that
/// the browser has.
constexpr const char* unknown_address = "https://suche.example.de";
/// As scripts/widget/colours.js has it for light pages: to choose it is to choose none.
constexpr const char* usual_accent = "#1a3da5";

/// What somebody chose in the builder. Only what the server knows: nothing here is as somebody typed it.
struct Choice {
  std::string ars, topic, audience, language, results, theme, accent;
  bool english = false;  ///< the language of the fallback
  bool form = false;     ///< a whole form as the fallback, not just a link
  bool pinned = false;
};

template <std::size_t N>
std::string one_of(const Request& request, const char* name, const std::array<const char*, N>& values) {
  const std::string value = param(request, name);
  return std::find(values.begin(), values.end(), value) == values.end() ? std::string() : value;
}

std::string colour_param(const Request& request) {
  const std::string colour = param(request, "accent");
  const bool is_colour = colour.size() == 7 && colour[0] == '#' &&
                         colour.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos;
  return is_colour && colour != usual_accent ? colour : std::string();
}

Choice choice_of(const Request& request, bool english) {
  Choice choice;
  choice.audience = one_of(request, "audience", std::array{"citizen", "business"});
  choice.language = one_of(request, "language", std::array{"de", "en"});
  choice.results = one_of(request, "results", std::array{"portal"});
  choice.theme = one_of(request, "theme", std::array{"auto", "light", "dark"});
  choice.accent = colour_param(request);
  choice.english = choice.language.empty() ? english : choice.language == "en";
  choice.pinned = is_true(param(request, "pinned"));
  // A browser that refuses another release's script has nothing but the fallback.
  choice.form = choice.pinned || is_true(param(request, "form"));
  return choice;
}

Parameters attributes_of(const Choice& choice) {
  Parameters attributes;
  for (const auto& [name, value] :
       {std::pair("ars", &choice.ars), std::pair("topic", &choice.topic),
        std::pair("audience", &choice.audience), std::pair("lang", &choice.language),
        std::pair("results", &choice.results), std::pair("theme", &choice.theme),
        std::pair("accent", &choice.accent)})
    if (!value->empty()) attributes.emplace_back(name, *value);
  return attributes;
}

/// What the portal is asked besides words.
Parameters portal_parameters(const Choice& choice) {
  Parameters parameters;
  for (const auto& [name, value] : {std::pair("ars", &choice.ars), std::pair("topic", &choice.topic),
                                    std::pair("audience", &choice.audience)})
    if (!value->empty()) parameters.emplace_back(name, *value);
  if (choice.english) parameters.emplace_back("lang", "en");
  return parameters;
}

/// What a page shows where the script does not run, as HTML.
std::string fallback(const Choice& choice, const std::string& base, const char* line) {
  const Parameters parameters = portal_parameters(choice);
  if (!choice.form) {
    std::string address = base + "/";
    for (const auto& [name, value] : parameters)
      address += (address.ends_with('/') ? "?" : "&amp;") + name + "=" + value;
    return "<a href=\"" + address + "\">" + phrase("search_services", choice.english) + "</a>";
  }
  std::string html = std::string(line) + "<form action=\"" + base + "/\" method=\"get\">" + line +
                     "  <label>" + phrase("what", choice.english) +
                     " <input type=\"search\" name=\"q\"></label>";
  if (choice.ars.empty())
    html += std::string(line) + "  <label>" + phrase("where", choice.english) +
            " <input type=\"text\" name=\"place\"></label>";
  for (const auto& [name, value] : parameters)
    html += std::string(line) + "  <input type=\"hidden\" name=\"" + name + "\" value=\"" + value + "\">";
  return html + line + "  <button type=\"submit\">" + phrase("search", choice.english) + "</button>" + line +
         "</form>" + std::string(line).substr(0, 1);
}

/// The lines to copy.
std::string embed_code(const Choice& choice, const std::string& base) {
  const Asset& script = asset("widget_js");
  std::string code = "<script type=\"module\" src=\"" + base;
  code += choice.pinned
              ? "/assets/" + script.file + "\" integrity=\"" + script.integrity + "\" crossorigin=\"anonymous"
              : "/widget.js";
  code += "\"></script>\n<vsm-search";
  for (const auto& [name, value] : attributes_of(choice)) code += " " + name + "=\"" + value + "\"";
  return code + ">" + fallback(choice, base, "\n  ") + "</vsm-search>";
}

HtmlData option(const std::string& value, const std::string& name, const std::string& chosen) {
  HtmlData item;
  item.set("value", value);
  item.set("name", name);
  item.set("chosen", flag(value == chosen));
  return item;
}

HtmlData choices(const char* prefix, std::initializer_list<const char*> values, const std::string& chosen,
                 bool english) {
  HtmlData list(List::list);
  for (const char* value : values)
    list.push_back(option(value, phrase(std::string(prefix) + (*value ? value : "any"), english), chosen));
  return list;
}

std::string guide(bool english, const std::string& base) {
  std::string text(web_file(english ? "einbinden.en.md" : "einbinden.de.md"));
  replace_all(text, "{{base}}", base);
  replace_all(text, "{{file}}", asset("widget_js").file);
  return markdown_html(text);
}

void show_guide(SearchEngine& engine, const Request& request, Response& response, const Site& site) {
  const bool english = speaks_english(request);
  Choice choice = choice_of(request, english);
  const std::string place = param(request, "place");
  HtmlData page;
  page.set("place", place);
  auto answer = engine.topics(param(request, "ars"), place);
  if (const auto* error = std::get_if<RequestError>(&answer)) {
    page.set("place_error", phrase("embed_unknown_place", english));
    answer = engine.topics("", "");
    if (std::holds_alternative<RequestError>(answer)) return send_problem(response, *error);
  }
  const TopicsAnswer& topics = std::get<TopicsAnswer>(answer);
  const Snapshot& snapshot = topics.reader.snapshot();
  if (topics.place) {
    const Area& area = snapshot.areas[*topics.place];
    choice.ars = area.code;
    page.set("chosen", phrase("embed_chosen", english, {area.name, area.code}));
    if (place.empty() || !param(request, "ars").empty()) page.set("place", topics.place_label);
  } else if (!place.empty()) {
    HtmlData places(List::list);
    const PlacesAnswer named = engine.places(place, 12);
    for (const std::string& label : named.labels)
      places.push_back(link_data(label, with_language("/einbinden?place=" + url_encoded(label), english)));
    set_list(page, "places", std::move(places));
  }
  if (const std::string topic = param(request, "topic"); snapshot.catalogue.find_topic(topic))
    choice.topic = topic;
  HtmlData topic_options(List::list);
  topic_options.push_back(option("", phrase("embed_topic_any", english), choice.topic));
  for (const Topic& topic : snapshot.catalogue.topics())
    topic_options.push_back(option(topic.id, english ? topic.name_en : topic.name, choice.topic));
  page.set("topics", topic_options);
  page.set("audiences", choices("embed_audience_", {"", "citizen", "business"}, choice.audience, english));
  page.set("languages", choices("embed_language_", {"", "de", "en"}, choice.language, english));
  page.set("results", choices("embed_results_", {"", "portal"}, choice.results, english));
  page.set("themes", choices("embed_theme_", {"", "auto", "light", "dark"}, choice.theme, english));
  page.set("accent", choice.accent.empty() ? usual_accent : choice.accent);
  page.set("form", flag(choice.form));
  page.set("pinned", flag(choice.pinned));

  const std::string base = site.public_url.empty() ? unknown_address : site.public_url;
  page.set("code", embed_code(choice, base));
  page.set("lines", phrase(choice.form ? "embed_lines_form" : "embed_lines", english));
  if (site.public_url.empty()) page.set("unknown_address", unknown_address);
  HtmlData attributes(List::list);
  for (const auto& [name, value] : attributes_of(choice)) {
    HtmlData item;
    item.set("attribute", name);
    item.set("value", value);
    attributes.push_back(item);
  }
  page.set("attributes", attributes);
  page.set("fallback", fallback(choice, "", "\n"));
  page.set("guide", guide(english, base));
  PageFrame frame;
  frame.title = phrase("embed", english);
  frame.english = english;
  frame.address = address_without_language(request);
  frame.listed = frame.address == "/einbinden";
  send(response, render_page("embed", std::move(page), frame, site), html_type);
}

/// The script by the name that pages of others know. They ask seldom whether it still holds, and go on with
/// what they have while this server is away.
void send_widget(const Request& request, Response& response) {
  const Asset& script = asset("widget_js");
  response.set_header("Access-Control-Allow-Origin", "*");
  response.set_header("Cross-Origin-Resource-Policy", "cross-origin");
  response.set_header("Cache-Control",
                      "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800");
  const std::string tag = "\"" + script.file + "\"";
  response.set_header("ETag", "W/" + tag);
  if (holds_on_to(request, tag))
    response.status = 304;
  else
    send_web_file(response, script.file);
}

/// The same by the name of its content. One of another release is not here: whoever does not hold on to its
/// checksum gets what this one has.
void send_pinned_widget(const Request& request, Response& response) {
  const Asset& script = asset("widget_js");
  response.set_header("Access-Control-Allow-Origin", "*");
  response.set_header("Cross-Origin-Resource-Policy", "cross-origin");
  if (request.matches[1].str() != script.file) {
    response.set_header("Cache-Control", "no-cache");
    return response.set_redirect("/widget.js");
  }
  response.set_header("Cache-Control", kept_for_ever);
  send_web_file(response, script.file);
}

}  // namespace

void add_embed_pages(HttpServer& http, SearchEngine& engine, const ServerSettings& settings) {
  http.Get("/widget.js", send_widget);
  http.Get(R"(/assets/(widget-[0-9a-f]{10}\.js))", send_pinned_widget);
  http.Get("/einbinden", [&engine, site = settings.site](const Request& request, Response& response) {
    show_guide(engine, request, response, site);
  });
}

}  // namespace vsm
