#include "server/page.h"

#include <cmark.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "catalog/tables.h"
#include "query/linked_data.h"
#include "server/html.h"
#include "server/web_files.h"

namespace vsm {

namespace {

using List = HtmlData::type;

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t") == std::string::npos; }

/// Filters as parameters of an address, `name` with another value; an empty one takes it off.
std::string filters_with(const PageInput& input, std::string_view name = {}, std::string_view value = {}) {
  std::string text;
  for (const auto& [known, its] : input.filters)
    if (known != name) text += "&" + known + "=" + url_encoded(its);
  if (!value.empty()) text += "&" + std::string(name) + "=" + url_encoded(value);
  return text;
}

std::string search_address(const PageInput& input, const std::string& words, const std::string& place,
                           const std::string& more) {
  return with_language("/?q=" + url_encoded(words) + "&place=" + url_encoded(place) + more, input.english);
}

/// How the words were meant, as a parameter of an address.
std::string manner(const PageInput& input) { return input.literal ? "&exact=true" : ""; }

/// The place as links name it: a key wins over a name, and stands there by the name that finds it again.
PageInput with_place(PageInput input, std::optional<AreaIndex> place, const std::string& label) {
  if (place && (input.place.empty() || !input.ars.empty())) input.place = label;
  return input;
}

PageFrame frame_of(const PageInput& input, const std::string& title) {
  PageFrame frame;
  frame.title = title;
  frame.english = input.english;
  frame.address = input.address;
  frame.words = input.words;
  frame.place = input.place;
  // Who went through one of the doors stays behind it.
  if (const std::string audience = input.filter("audience"); !audience.empty())
    frame.kept.emplace_back("audience", audience);
  return frame;
}

/// Level and name of who speaks: "Kommune Köln", "Kreis Kleve", "Bund".
std::string level_phrase(const Area& area, bool english) {
  const std::string level = phrase("level_" + std::string(level_name(area.level)), english);
  switch (area.level) {
    case Level::gemeinde:
    case Level::verband:
    case Level::land:
      return level + " " + area.short_name;
    case Level::bund:
    case Level::katalog:
      return level;
    default:
      return area.name;
  }
}

/// What people call the service of a key; empty where the catalogue does not know it.
std::string service_title(ServiceKey key, const Catalogue& catalogue) {
  const CatalogueEntry* entry = catalogue.find(key);
  return entry ? entry->title : std::string();
}

/// Where people say that a link is dead; empty where nobody wants to hear of it.
std::string report_address(const std::string& title, const std::string& url, const Site& site) {
  const std::string& contact = site.report_contact;
  if (contact.empty() || contact.starts_with("tel:")) return contact;
  const std::string text =
      contact.starts_with("mailto:")
          ? "subject=" + url_encoded("Link melden: " + title) + "&body=" + url_encoded(url)
          : "title=" + url_encoded(title) + "&url=" + url_encoded(url);
  return contact + (contact.find('?') == std::string::npos ? "?" : "&") + text;
}

/// Everything that the parts of a result or service need to be shown.
struct Showing {
  const Snapshot& snapshot;
  std::optional<AreaIndex> place;
  bool english;
  const Site& site;
};

/// `title`: of the service that it does, for an online service without a name of its own.
HtmlData offer_data(const OnlineOffer& offer, const std::string& title, const Showing& show) {
  const OnlineService& service = *offer.service;
  const std::string& shown = service.title.empty() ? title : service.title;
  HtmlData item;
  item.set("title", shown);
  item.set("url", offer.url);
  item.set("level", level_phrase(show.snapshot.areas[offer.area], show.english));
  item.set("sample", flag(service.sample));
  set_known(item, "needs", trust_phrase(service.trust_level, show.english));
  set_known(item, "report", report_address(shown, offer.url, show.site));
  if (service.efa) set_known(item, "provider", service.provider);
  return item;
}

HtmlData office_data(const OfficeOffer& offer, const std::string& responsible_for, bool whole) {
  const Office& office = *offer.office;
  HtmlData item;
  item.set("name", office.name);
  set_known(item, "responsible_for", responsible_for);
  std::string postal = office.street;
  if (!office.city.empty()) {
    if (!postal.empty()) postal += ", ";
    if (!office.postcode.empty()) postal += office.postcode + " ";
    postal += office.city;
  }
  set_known(item, "postal", postal);
  set_known(item, "phone", office.phone);
  set_known(item, "dial", number_to_dial(office.phone));
  item.set("sample", flag(office.sample));
  if (whole) {
    set_known(item, "email", office.email);
    set_known(item, "hours", office.hours);
    set_known(item, "url", office.url);
  }
  return item;
}

/// Whether an offer does what the result's title says: it is for the lead key, or for the heading under which
/// the text itself stands. Offers for other keys are for special cases.
bool is_for_title(ServiceKey key, const SearchResult& result, const Catalogue& catalogue) {
  if (key == result.key) return true;
  const auto& keys = result.text.keys;
  return key.object() == result.key.object() && catalogue.is_heading(key) &&
         std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::string at_place(std::string address, const Showing& show) {
  if (show.place) address += "?ars=" + show.snapshot.areas[*show.place].code;
  return with_language(address, show.english);
}

/// A special case of a result: its title, its page where it has one, its online services.
struct Case {
  ServiceKey key;
  std::string title, address;
  HtmlData online{List::list};
};

constexpr std::size_t links_listed = 6, offices_listed = 3;

/// Links for the service itself: the first, and the others in the order of their levels.
struct Links {
  std::optional<OnlineOffer> main;
  std::vector<OnlineOffer> more;
};

/// Links and special cases for people: each once, though several keys may share it.
Links add_links(HtmlData& item, const SearchResult& result, const Showing& show) {
  const Catalogue& catalogue = show.snapshot.catalogue;
  std::vector<Case> cases;
  for (const Variant& variant : result.variants) {
    // A second text of the same key is found by its id alone.
    const bool by_id = variant.key.text().empty() || variant.key == result.key;
    const std::string address = "/leistung/" + (by_id ? url_encoded(variant.id) : variant.key.text());
    cases.push_back({by_id ? ServiceKey() : variant.key, variant.title, at_place(address, show)});
  }
  std::size_t cases_total = std::max(result.variants_total, cases.size());
  const auto case_of = [&](const OnlineOffer& offer) -> Case& {
    const auto known =
        std::find_if(cases.begin(), cases.end(), [&](const Case& one) { return one.key == offer.key; });
    if (known != cases.end()) return *known;
    // The variants of the result's own group are counted in its total already.
    if (offer.key.group() != result.key.group()) ++cases_total;
    std::string title = service_title(offer.key, catalogue), address;
    if (!title.empty()) address = at_place("/leistung/" + offer.key.text(), show);
    if (title.empty()) title = offer.service->title.empty() ? offer.url : offer.service->title;
    return cases.emplace_back(Case{offer.key, title, address});
  };

  Links links;
  std::vector<const OnlineService*> seen;
  for (const bool for_title : {true, false}) {
    for (const OnlineOffer& offer : result.online) {
      if (!offer.service->is_online() || is_for_title(offer.key, result, catalogue) != for_title) continue;
      if (std::find(seen.begin(), seen.end(), offer.service) != seen.end()) continue;
      if (seen.size() == links_listed) break;
      seen.push_back(offer.service);
      if (!for_title) {
        Case& one = case_of(offer);
        one.online.push_back(offer_data(offer, one.title, show));
      } else if (!links.main) {
        item.set("main_link", offer_data(offer, result.text.title, show));
        links.main = offer;
      } else {
        links.more.push_back(offer);
      }
    }
  }
  HtmlData case_list(List::list);
  for (Case& one : cases) {
    HtmlData entry;
    entry.set("case_title", one.title);
    set_known(entry, "case_address", one.address);
    entry.set("online", one.online);
    case_list.push_back(entry);
  }
  item.set("cases_total", std::to_string(std::max(cases_total, cases.size())));
  set_list(item, "cases", std::move(case_list));
  return links;
}

/// Offices, each once. One for special cases alone says so, and only where nobody else is named. The first
/// one for the service itself is the answer.
const Office* add_offices(HtmlData& item, const SearchResult& result, const Showing& show, bool whole) {
  std::vector<const Office*> offices;
  const Office* first = nullptr;
  HtmlData list(List::list);
  for (const bool for_title : {true, false}) {
    if (!for_title && !offices.empty()) break;
    for (const OfficeOffer& offer : result.offices) {
      if (is_for_title(offer.key, result, show.snapshot.catalogue) != for_title) continue;
      if (std::find(offices.begin(), offices.end(), offer.office) != offices.end()) continue;
      if (offices.size() == offices_listed) break;
      offices.push_back(offer.office);
      if (for_title && first == nullptr) first = offer.office;
      list.push_back(
          office_data(offer, for_title ? "" : service_title(offer.key, show.snapshot.catalogue), whole));
    }
  }
  if (!offices.empty() && !show.place)
    item.set("not_online", phrase("not_online_anywhere", show.english));
  else if (!offices.empty())
    item.set("not_online", phrase("not_online", show.english, {show.snapshot.areas[*show.place].short_name}));
  set_list(item, "offices", std::move(list));
  return first;
}

void add_fact(HtmlData& facts, const std::string& name, const std::string& value) {
  if (value.empty()) return;
  HtmlData fact;
  fact.set("fact", name);
  fact.set("value", value);
  facts.push_back(fact);
}

/// The beginning of a text module, for a line: whole where it is short, else up to a word.
std::string short_module(const std::vector<TextModule>& modules, std::string_view code) {
  constexpr std::size_t longest = 110;
  const auto found = std::find_if(modules.begin(), modules.end(),
                                  [&](const TextModule& module) { return module.code == code; });
  if (found == modules.end()) return {};
  const std::string line = found->text.substr(0, found->text.find('\n'));
  if (line.size() <= longest) return line;
  const std::size_t blank = line.rfind(' ', longest);
  return line.substr(0, blank == std::string::npos ? 0 : blank) + " …";
}

/// What it needs, costs and takes, where known.
void add_facts(HtmlData& item, const std::vector<TextModule>& modules, const std::optional<OnlineOffer>& main,
               const Office* office, bool english) {
  HtmlData facts(List::list);
  if (main) add_fact(facts, phrase("fact_login", english), trust_phrase(main->service->trust_level, english));
  add_fact(facts, phrase("fact_cost", english), short_module(modules, "98"));
  add_fact(facts, phrase("fact_duration", english), short_module(modules, "95"));
  // Where there is no link, the office is told in full.
  if (main && office != nullptr) add_fact(facts, phrase("office", english), office->name);
  set_list(item, "facts", std::move(facts));
}

std::string online_count(const OnlineCount& count, bool english) {
  if (count.municipalities == 0) return phrase("online_no_data", english);
  return phrase("online_count", english,
                {number_text(count.online, english), number_text(count.municipalities, english)});
}

/// Where a text has no teaser of its own, ours of the catalogue.
std::string teaser_of(const SearchResult& result, const Snapshot& snapshot) {
  if (!result.text.teaser.empty()) return result.text.teaser;
  const CatalogueEntry* entry = snapshot.catalogue.find(result.key);
  return entry ? entry->teaser : std::string();
}

HtmlData links_data(const std::vector<OnlineOffer>& offers, const std::string& title, const Showing& show) {
  HtmlData list(List::list);
  for (const OnlineOffer& offer : offers) list.push_back(offer_data(offer, title, show));
  return list;
}

HtmlData result_data(const SearchResult& result, const Showing& show) {
  const AreaTable& areas = show.snapshot.areas;
  HtmlData item;
  item.set("title", result.text.title);
  item.set("address", with_language(service_address(result, show.place, areas), show.english));
  set_known(item, "teaser", teaser_of(result, show.snapshot));
  item.set("level", level_phrase(areas[result.area], show.english));
  item.set("sample", flag(result.text.sample));
  const Links links = add_links(item, result, show);
  set_list(item, "links", links_data(links.more, result.text.title, show));
  const Office* office = add_offices(item, result, show, false);
  add_facts(item, result.text.modules, links.main, office, show.english);
  item.set("online_count", online_count(result.availability, show.english));
  if (result.only_in_total > 0) {
    std::string names;
    for (AreaIndex area : result.only_in) names += (names.empty() ? "" : ", ") + areas[area].short_name;
    if (result.only_in_total > result.only_in.size())
      names += " " + phrase("and_more", show.english,
                            {std::to_string(result.only_in_total - result.only_in.size())});
    item.set("only_in", phrase("only_in", show.english, {names}));
  }
  return item;
}

/// The other readings of the place; the words lose the place that they named.
HtmlData places_data(const SearchAnswer& answer, const PageInput& input) {
  HtmlData list(List::list);
  for (std::size_t i = 0; i < std::min<std::size_t>(12, answer.places.size()); ++i) {
    const std::string& label = answer.place_labels[i];
    list.push_back(link_data(label, search_address(input, answer.words_without_place, label,
                                                   filters_with(input) + manner(input))));
  }
  return list;
}

/// How words and place were understood, with a way back to each.
void add_understanding(HtmlData& page, const SearchAnswer& answer, const PageInput& input,
                       const std::string& place) {
  const AreaTable& areas = answer.reader.snapshot().areas;
  const std::string exact = filters_with(input) + "&exact=true";
  if (!answer.corrected.empty()) {
    page.set("corrected", answer.corrected);
    page.set("instead", phrase("instead", input.english, {answer.words_without_place}));
    page.set("as_typed", search_address(input, answer.words_without_place,
                                        answer.place_from_words ? answer.place_label : place, exact));
  }
  page.set("literal", flag(input.literal));
  page.set("with_help", search_address(input, input.words, place, filters_with(input)));
  if (answer.place) {
    const Area& area = areas[*answer.place];
    page.set("place_name", area.level == Level::gemeinde ? area.short_name : area.name);
    const std::string all_words = search_address(input, input.words, "", exact);
    if (answer.place_from_words) page.set("all_words", all_words);
    page.set("without_place", answer.place_from_words && is_blank(answer.words_without_place)
                                  ? all_words
                                  : search_address(input, answer.words_without_place, "",
                                                   input.literal ? exact : filters_with(input)));
  }
}

/// Topics that the words name, to browse their services.
void add_topics_named(HtmlData& page, const SearchAnswer& answer, const PageInput& input,
                      const std::string& place) {
  HtmlData list(List::list);
  for (const NamedTopic& named : answer.topics) {
    HtmlData entry;
    entry.set("topic", input.english ? named.name_en : named.name);
    const std::string filter = named.situation.empty() ? "&topic=" + url_encoded(named.topic)
                                                       : "&situation=" + url_encoded(named.situation);
    entry.set("topic_address", search_address(input, "", place, filter));
    list.push_back(entry);
  }
  set_list(page, "topics_named", std::move(list));
}

/// Next steps where nothing was found.
void add_empty(HtmlData& page, const SearchAnswer& answer, const PageInput& input, const std::string& place) {
  page.set("empty", flag(true));
  HtmlData topics(List::list);
  for (const Topic& topic : answer.reader.snapshot().catalogue.topics()) {
    HtmlData entry;
    entry.set("topic", input.english ? topic.name_en : topic.name);
    entry.set("topic_address", search_address(input, "", place, "&topic=" + url_encoded(topic.id)));
    topics.push_back(entry);
  }
  page.set("topics", topics);
}

/// One facet: each value a link that sets the filter, or takes it off where it is set.
void add_facet(HtmlData& facets, const PageInput& input, const std::string& place, const std::string& title,
               std::string_view filter, std::vector<FacetValue> values, std::size_t total) {
  constexpr std::size_t listed = 5;
  const std::string chosen = input.filter(filter);
  // A choice that leaves everything as it is helps nobody.
  if (chosen.empty()) std::erase_if(values, [&](const FacetValue& value) { return value.count == total; });
  if (values.empty()) return;
  std::vector<const FacetValue*> order;
  for (const FacetValue& value : values) order.push_back(&value);
  if (filter == "topic")
    std::stable_sort(order.begin(), order.end(), [](auto a, auto b) { return a->count > b->count; });
  std::stable_partition(order.begin(), order.end(), [&](auto value) { return value->id == chosen; });
  HtmlData first(List::list), rest(List::list);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const FacetValue& value = *order[i];
    HtmlData entry = link_data(
        value.name,
        search_address(input, input.words, place,
                       filters_with(input, filter, value.id == chosen ? "" : value.id) + manner(input)));
    entry.set("count", number_text(value.count, input.english));
    entry.set("chosen", flag(value.id == chosen));
    (i < listed ? first : rest).push_back(entry);
  }
  HtmlData facet;
  facet.set("facet", title);
  facet.set("values", first);
  if (order.size() > listed) {
    HtmlData more;
    more.set("values", rest);
    facet.set("more", more);
  }
  facets.push_back(facet);
}

void add_facets(HtmlData& page, const SearchAnswer& answer, const PageInput& input,
                const std::string& place) {
  const bool english = input.english;
  HtmlData facets(List::list);
  const auto named = [&](std::vector<FacetValue> values, const std::string& prefix) {
    for (FacetValue& value : values) value.name = phrase(prefix + value.id, english);
    return values;
  };
  std::vector<FacetValue> trust = answer.facets.trust;
  for (FacetValue& value : trust)
    value.name = value.id == "30" || value.id == "40"
                     ? phrase("trust_" + value.id, english)
                     : phrase("trust_facet", english, {phrase("trust_" + value.id, english), value.id});
  std::vector<FacetValue> online = named(answer.facets.online, "online_");
  std::erase_if(online, [](const FacetValue& value) { return value.id != "true"; });
  const auto add = [&](const char* title, std::string_view filter, std::vector<FacetValue> values) {
    add_facet(facets, input, place, phrase(title, english), filter, std::move(values), answer.total);
  };
  add("facet_online", "online", std::move(online));
  add("facet_audience", "audience", named(answer.facets.audience, "audience_"));
  add("facet_topic", "topic", answer.facets.topics);
  add("facet_level", "level", named(answer.facets.levels, "level_"));
  add("facet_trust", "trust", std::move(trust));
  set_list(page, "facets", std::move(facets));
}

/// Whether anything shown is made up.
bool has_sample(const SearchResult& result) {
  const auto of_sample = [](const auto& offer) {
    if constexpr (requires { offer.service; })
      return offer.service->sample;
    else
      return offer.office->sample;
  };
  return result.text.sample || std::any_of(result.online.begin(), result.online.end(), of_sample) ||
         std::any_of(result.offices.begin(), result.offices.end(), of_sample);
}

HtmlData topic_entry(const std::string& name, const std::string& address, const TopicCount& count,
                     bool english) {
  HtmlData entry = link_data(name, address);
  entry.set("count", phrase("topic_count", english,
                            {number_text(count.services, english), number_text(count.online, english)}));
  return entry;
}

struct Door {
  std::uint8_t audience;
  const char* id;
};
constexpr std::array<Door, 2> the_doors = {{{audience_citizen, "citizen"}, {audience_business, "business"}}};

}  // namespace

std::string start_page(const PageInput& given, const TopicsAnswer& answer, const Site& site) {
  const PageInput input = with_place(given, answer.place, answer.place_label);
  const Snapshot& snapshot = answer.reader.snapshot();
  const Catalogue& catalogue = snapshot.catalogue;
  const bool english = input.english;
  const std::string chosen = input.filter("audience");
  const std::string place = "&place=" + url_encoded(input.place);
  HtmlData page;
  HtmlData doors(List::list);
  std::uint8_t audience = audience_citizen | audience_business;
  std::string title = phrase("topics", english);
  for (const Door& door : the_doors) {
    const std::string name = phrase(std::string("door_") + door.id, english);
    HtmlData entry =
        link_data(name, with_language(std::string("/?audience=") + door.id + place, english) + "#topics");
    entry.set("text", phrase(std::string("door_") + door.id + "_text", english));
    entry.set("chosen", flag(chosen == door.id));
    doors.push_back(entry);
    if (chosen != door.id) continue;
    audience = door.audience;
    title = phrase("topics_for", english, {name});
    page.set("all_topics", with_language("/?place=" + url_encoded(input.place), english) + "#topics");
  }
  page.set("doors", doors);
  page.set("topics_title", title);
  page.set("topics_text", answer.place
                              ? phrase("topics_at", english, {snapshot.areas[*answer.place].short_name})
                              : phrase("topics_anywhere", english));
  HtmlData places(List::list);
  for (const std::string& label : answer.place_labels)
    places.push_back(
        link_data(label, with_language("/?place=" + url_encoded(label) + filters_with(input), english)));
  set_list(page, "places", std::move(places));
  page.set("choose_place", flag(!answer.place));
  const std::string more = place + filters_with(input);
  HtmlData topics(List::list);
  for (std::size_t i = 0; i < catalogue.topics().size(); ++i) {
    const Topic& topic = catalogue.topics()[i];
    HtmlData situations(List::list);
    for (std::size_t j = 0; j < catalogue.situations().size(); ++j) {
      const Situation& situation = catalogue.situations()[j];
      if (situation.topic != i || (situation.audience & audience) == 0) continue;
      situations.push_back(topic_entry(
          situation.name, with_language("/?situation=" + url_encoded(situation.id) + more, english),
          answer.situations[j], english));
    }
    if (situations.list_value().empty()) continue;
    HtmlData entry = topic_entry(english ? topic.name_en : topic.name,
                                 with_language("/?topic=" + url_encoded(topic.id) + more, english),
                                 answer.topics[i], english);
    entry.set("situations", situations);
    topics.push_back(entry);
  }
  page.set("topics", topics);
  PageFrame frame = frame_of(input, "");
  frame.listed = input.address == "/";
  if (!site.public_url.empty()) frame.canonical = site.public_url + "/";
  return render_page("start", std::move(page), frame, site);
}

std::string error_page(const PageInput& input, const RequestError& error, const Site& site) {
  const std::string headline = input.english ? phrase("error", true) : error.title;
  HtmlData page;
  page.set("headline", headline);
  page.set("detail", error.detail);
  return render_page("message", std::move(page), frame_of(input, headline), site);
}

std::string result_page(const PageInput& input, const SearchAnswer& answer, const Site& site) {
  const Snapshot& snapshot = answer.reader.snapshot();
  const Catalogue& catalogue = snapshot.catalogue;
  const bool english = input.english;
  const PageInput shown =
      answer.place_from_words ? input : with_place(input, answer.place, answer.place_label);
  const auto topic = catalogue.find_topic(input.filter("topic"));
  const auto situation = catalogue.find_situation(input.filter("situation"));
  std::string topic_name;
  if (situation)
    topic_name = catalogue.situations()[*situation].name;
  else if (topic)
    topic_name = english ? catalogue.topics()[*topic].name_en : catalogue.topics()[*topic].name;

  HtmlData page;
  std::string headline = answer.total == 1
                             ? phrase("results_one", english)
                             : phrase("results_many", english, {number_text(answer.total, english)});
  if (!is_blank(input.words)) headline = phrase("for_words", english, {headline, input.words});
  if (!topic_name.empty()) headline = phrase("in_topic", english, {headline, topic_name});
  if (answer.place)
    headline = phrase("for_place", english, {headline, snapshot.areas[*answer.place].short_name});
  page.set("headline", headline);
  add_understanding(page, answer, input, shown.place);
  add_topics_named(page, answer, input, shown.place);
  if (!is_blank(input.words) && !input.filters.empty())
    page.set("without_filters", search_address(input, input.words, shown.place, ""));
  if (!input.filters.empty()) page.set("filters_on", std::to_string(input.filters.size()));
  if (answer.total == 0)
    add_empty(page, answer, input, shown.place);
  else
    page.set("beyond", flag(answer.results.empty()));
  if (answer.total > 0 || !input.filters.empty()) add_facets(page, answer, input, shown.place);
  set_list(page, "places", places_data(answer, input));
  page.set("choose_place", flag(!answer.place && !answer.places.empty()));
  HtmlData results(List::list);
  bool sample = false;
  const Showing show{snapshot, answer.place, english, site};
  for (const SearchResult& result : answer.results) {
    results.push_back(result_data(result, show));
    sample |= has_sample(result);
  }
  set_list(page, "results", std::move(results));
  page.set("has_sample", flag(sample));
  const auto page_address = [&](std::int64_t number) {
    return search_address(input, input.words, shown.place,
                          "&size=" + std::to_string(answer.size) + filters_with(input) + manner(input) +
                              "&page=" + std::to_string(number));
  };
  page.set("first_page", page_address(1));
  const auto size = static_cast<std::uint64_t>(answer.size);
  const std::uint64_t pages = (answer.total + size - 1) / size;
  if (answer.page > 1) page.set("previous", page_address(answer.page - 1));
  if (static_cast<std::uint64_t>(answer.page) < pages) page.set("next", page_address(answer.page + 1));
  page.set("has_pages", flag(answer.page > 1 || pages > 1));
  page.set("page_text", phrase("page_of", english,
                               {number_text(static_cast<std::uint64_t>(answer.page), english),
                                number_text(pages, english)}));
  return render_page("results", std::move(page),
                     frame_of(shown, is_blank(input.words) ? topic_name : input.words), site);
}

std::string service_page(const PageInput& input, const ServiceAnswer& answer, const Site& site) {
  const Snapshot& snapshot = answer.reader.snapshot();
  const AreaTable& areas = snapshot.areas;
  const bool english = input.english;
  const SearchResult& result = answer.result;
  const PageInput shown = with_place(input, answer.place, answer.place_label);
  const Showing show{snapshot, answer.place, english, site};
  HtmlData page;
  page.set("name", result.text.title);
  set_known(page, "text_language", english && answer.language != "en" ? "de" : "");
  set_known(page, "teaser", teaser_of(result, snapshot));
  page.set("level", level_phrase(areas[result.area], english));
  page.set("sample", flag(result.text.sample));
  const Links links = add_links(page, result, show);
  page.set("has_links", flag(!links.more.empty()));
  HtmlData by_level(List::list);
  for (std::size_t i = 0; i < links.more.size();) {
    const AreaIndex area = links.more[i].area;
    std::vector<OnlineOffer> same;
    for (; i < links.more.size() && links.more[i].area == area; ++i) same.push_back(links.more[i]);
    HtmlData entry;
    entry.set("level", level_phrase(areas[area], english));
    entry.set("links", links_data(same, result.text.title, show));
    by_level.push_back(entry);
  }
  page.set("links_by_level", by_level);
  add_offices(page, result, show, true);
  std::vector<TextModule> filled;
  for (const FilledModule& module : answer.modules) filled.push_back(module.module);
  add_facts(page, filled, links.main, nullptr, english);

  HtmlData modules(List::list);
  for (const FilledModule& one : answer.modules) {
    const TextModule& module = one.module;
    const std::string title = module.title.empty() ? std::string(module_title(module.code)) : module.title;
    if (module.code == "24" || title.empty()) continue;
    HtmlData entry;
    entry.set("title", title);
    if (english && (answer.language != "en" || one.area != result.area)) entry.set("language", "de");
    HtmlData paragraphs(List::list);
    if (module.html.empty())
      for (std::string_view line : split(module.text, '\n')) paragraphs.push_back(std::string(line));
    else
      entry.set("html", module.html);  // made of escaped text by the indexer, indexer/html.h
    entry.set("paragraphs", paragraphs);
    HtmlData further(List::list);
    for (const Link& link : module.links) {
      HtmlData target;
      target.set("url", link.url);
      target.set("title", link.title.empty() ? link.url : link.title);
      further.push_back(target);
    }
    set_list(entry, "further", std::move(further));
    if (one.area != result.area) entry.set("from", level_phrase(areas[one.area], english));
    modules.push_back(entry);
  }
  page.set("modules", modules);

  const std::string own = service_address(result, answer.place, areas);
  HtmlData languages(List::list);
  for (const std::string& language : answer.languages) {
    if (language == answer.language) continue;
    const bool easy = language == "de-LS";
    if (!easy && language != "de" && language != "en") continue;
    const std::string mark = own.find('?') == std::string::npos ? "?" : "&";
    HtmlData entry = link_data(phrase(easy ? "language_ls" : "language_" + language, english),
                               language == "de" ? own : own + mark + "lang=" + (easy ? "ls" : "en"));
    entry.set("code", easy ? "de" : language);
    languages.push_back(entry);
  }
  set_list(page, "languages", std::move(languages));

  HtmlData about(List::list);
  if (result.text.official_title != result.text.title)
    add_fact(about, phrase("about_official", english), result.text.official_title);
  add_fact(about, phrase("about_key", english), result.key.text());
  add_fact(about, phrase("about_online", english), online_count(result.availability, english));
  const auto source = [&](const std::string& id, const std::string& changed) {
    const auto known = std::find_if(snapshot.sources.begin(), snapshot.sources.end(),
                                    [&](const SourceInfo& one) { return one.id == id; });
    const std::string& name = known == snapshot.sources.end() ? id : known->name;
    if (name.empty()) return;
    add_fact(
        about, phrase("about_source", english),
        changed.empty() ? name : phrase("about_dates", english, {name, date_for_people(changed, english)}));
  };
  source(result.text.source, result.text.changed);
  std::vector<std::string> named = {result.text.source};
  for (const FilledModule& module : answer.modules)
    if (std::find(named.begin(), named.end(), module.source) == named.end())
      source(named.emplace_back(module.source), {});
  page.set("about", about);

  if (answer.place) {
    page.set("place_name", areas[*answer.place].short_name);
    if (!result.key.text().empty())
      page.set("without_place", with_language("/leistung/" + result.key.text(), english));
  }
  HtmlData places(List::list);
  for (AreaIndex other : answer.places) {
    if (answer.place || result.key.text().empty()) break;
    places.push_back(
        link_data(areas[other].short_name,
                  with_language("/leistung/" + result.key.text() + "?ars=" + areas[other].code, english)));
  }
  set_list(page, "places", std::move(places));
  page.set("has_sample", flag(has_sample(result)));
  PageFrame frame = frame_of(shown, result.text.title);
  frame.words.clear();
  frame.listed = true;
  frame.json_ld = to_json_ld(answer, site.public_url);
  if (!site.public_url.empty() && !result.key.text().empty())
    frame.canonical = site.public_url + "/leistung/" + result.key.text();
  return render_page("service", std::move(page), frame, site);
}

std::string markdown_html(const std::string& text) {
  const std::unique_ptr<char, decltype(&std::free)> html(
      cmark_markdown_to_html(text.data(), text.size(), CMARK_OPT_DEFAULT), &std::free);
  return html.get();
}

std::optional<std::string> note_page(std::string_view name, bool english, const Site& site) {
  const std::string file = std::string(name) + (english ? ".en.md" : ".de.md");
  std::string text(web_file(file));
  if (text.empty()) return std::nullopt;
  if (!site.notes.empty())
    if (const auto own = std::filesystem::path(site.notes) / file; std::filesystem::is_regular_file(own))
      text = read_file(own.string());
  // What a note may say of the site: {{contact}}.
  replace_all(text, "{{contact}}", site.contact.empty() ? "/impressum" : site.contact);
  const std::string title = text.starts_with("# ") ? text.substr(2, text.find('\n') - 2) : std::string(name);
  HtmlData page;
  page.set("text", markdown_html(text));
  PageFrame frame;
  frame.title = title;
  frame.english = english;
  frame.address = "/" + std::string(name);
  frame.listed = true;
  return render_page("note", std::move(page), frame, site);
}

}  // namespace vsm
