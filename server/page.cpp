#include "server/page.h"

#include <algorithm>
#include <kainjow/mustache.hpp>

#include "query/linked_data.h"
#include "server/web_files.h"

namespace vsm {
namespace {

using kainjow::mustache::data;
using Template = kainjow::mustache::mustache;

std::string render(std::string_view name, const data& content) {
  Template body{std::string(web_file(name))};
  return body.render(content);
}

std::string search_address(const std::string& words, const std::string& place, const std::string& more = {}) {
  return "/?q=" + url_encoded(words) + "&place=" + url_encoded(place) + more;
}

std::string level_phrase(const Area& area) {
  switch (area.level) {
    case Level::gemeinde:
      return "Kommune: " + area.short_name;
    case Level::verband:
      return "Gemeindeverband: " + area.short_name;
    case Level::kreis:
      return area.name;
    case Level::land:
      return "Land " + area.short_name;
    case Level::bund:
      return "Bund";
    case Level::katalog:
      return "Leistungskatalog";
    default:
      return area.name;
  }
}

data flag(bool on) { return data(on ? data::type::bool_true : data::type::bool_false); }

/// Sets what there is to show: to the template library an empty text is as true as any.
void set_known(data& item, const std::string& name, const std::string& text) {
  if (!text.empty()) item.set(name, text);
}

data frame(const PageInput& input, const std::string& title) {
  data page;
  page.set("title", title);
  page.set("words", input.words);
  page.set("place", input.place);
  page.set("online_only", flag(input.online_only));
  page.set("has_search", flag(!input.public_url.empty()));
  for (const char* part : {"action", "links", "offices", "cases", "empty"}) {
    const kainjow::mustache::partial read = [part] {
      return std::string(web_file(std::string(part) + ".html"));
    };
    page.set(std::string("part_") + part, data(read));
  }
  return page;
}

std::string trust_phrase(int level) {
  switch (level) {
    case 10:
      return "mit Servicekonto oder ohne Anmeldung";
    case 15:
    case 20:
      return "mit Servicekonto";
    case 30:
    case 40:
      return "mit Online-Ausweis";
    default:
      return {};
  }
}

/// What people call the service of a key; empty where the catalogue does not know it.
std::string service_title(ServiceKey key, const Catalogue& catalogue) {
  const CatalogueEntry* entry = catalogue.find(key);
  return entry ? entry->title : std::string();
}

/// `title`: of the service that it does, for an online service without a name of its own.
data offer_data(const OnlineOffer& offer, const std::string& title, const AreaTable& areas) {
  const OnlineService& service = *offer.service;
  data item;
  item.set("title", service.title.empty() ? title : service.title);
  item.set("url", offer.url);
  item.set("level", level_phrase(areas[offer.area]));
  item.set("sample", flag(service.sample));
  set_known(item, "needs", trust_phrase(service.trust_level));
  if (service.efa) set_known(item, "provider", service.provider);
  return item;
}

data office_data(const OfficeOffer& offer, const std::string& responsible_for) {
  const Office& office = *offer.office;
  data item;
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
  item.set("sample", flag(office.sample));
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

std::string at_place(std::string address, std::optional<AreaIndex> place, const AreaTable& areas) {
  if (place) address += "?ars=" + areas[*place].code;
  return address;
}

/// A special case of a result: its title, its page where it has one, its online services.
struct Case {
  ServiceKey key;
  std::string title, address;
  data online{data::type::list};
};

constexpr std::size_t links_listed = 6, offices_listed = 3;

/// Links, offices and special cases for people: each once, though several keys may share it.
void add_offers(data& item, const SearchResult& result, const Snapshot& snapshot,
                std::optional<AreaIndex> place) {
  std::vector<Case> cases;
  for (const Variant& variant : result.variants) {
    // A second text of the same key is found by its id alone.
    const bool by_id = variant.key.text().empty() || variant.key == result.key;
    const std::string address = "/leistung/" + (by_id ? url_encoded(variant.id) : variant.key.text());
    cases.push_back(
        {by_id ? ServiceKey() : variant.key, variant.title, at_place(address, place, snapshot.areas)});
  }
  std::size_t cases_total = std::max(result.variants_total, cases.size());
  const auto case_of = [&](const OnlineOffer& offer) -> Case& {
    const auto known =
        std::find_if(cases.begin(), cases.end(), [&](const Case& one) { return one.key == offer.key; });
    if (known != cases.end()) return *known;
    // The variants of the result's own group are counted in its total already.
    if (offer.key.group() != result.key.group()) ++cases_total;
    std::string title = service_title(offer.key, snapshot.catalogue), address;
    if (!title.empty()) address = at_place("/leistung/" + offer.key.text(), place, snapshot.areas);
    if (title.empty()) title = offer.service->title.empty() ? offer.url : offer.service->title;
    return cases.emplace_back(Case{offer.key, title, address});
  };

  std::vector<const OnlineService*> seen;
  data links(data::type::list);
  bool has_main = false, has_links = false;
  for (const bool for_title : {true, false}) {
    for (const OnlineOffer& offer : result.online) {
      if (!offer.service->is_online() || is_for_title(offer.key, result, snapshot.catalogue) != for_title)
        continue;
      if (std::find(seen.begin(), seen.end(), offer.service) != seen.end()) continue;
      if (seen.size() == links_listed) break;
      seen.push_back(offer.service);
      if (!for_title) {
        Case& one = case_of(offer);
        one.online.push_back(offer_data(offer, one.title, snapshot.areas));
      } else if (!has_main) {
        item.set("main_link", offer_data(offer, result.text.title, snapshot.areas));
        has_main = true;
      } else {
        links.push_back(offer_data(offer, result.text.title, snapshot.areas));
        has_links = true;
      }
    }
  }
  item.set("has_links", flag(has_links));
  item.set("links", links);

  data case_list(data::type::list);
  for (Case& one : cases) {
    data entry;
    entry.set("case_title", one.title);
    set_known(entry, "case_address", one.address);
    entry.set("online", one.online);
    case_list.push_back(entry);
  }
  item.set("has_cases", flag(!cases.empty()));
  item.set("cases_total", std::to_string(std::max(cases_total, cases.size())));
  item.set("cases", case_list);

  // An office for special cases alone says so, and only where nobody else is named.
  std::vector<const Office*> offices;
  data office_list(data::type::list);
  for (const bool for_title : {true, false}) {
    if (!for_title && !offices.empty()) break;
    for (const OfficeOffer& offer : result.offices) {
      if (is_for_title(offer.key, result, snapshot.catalogue) != for_title) continue;
      if (std::find(offices.begin(), offices.end(), offer.office) != offices.end()) continue;
      if (offices.size() == offices_listed) break;
      offices.push_back(offer.office);
      office_list.push_back(
          office_data(offer, for_title ? "" : service_title(offer.key, snapshot.catalogue)));
    }
  }
  item.set("has_offices", flag(!offices.empty()));
  item.set("offices", office_list);
}

std::string online_count(const OnlineCount& count) {
  if (count.municipalities == 0) return "Online in Kommunen: keine Daten";
  return "Online in " + std::to_string(count.online) + " von " + std::to_string(count.municipalities) +
         " Kommunen";
}

/// Where a text has no teaser of its own, ours of the catalogue.
std::string teaser_of(const SearchResult& result, const Snapshot& snapshot) {
  if (!result.text.teaser.empty()) return result.text.teaser;
  const CatalogueEntry* entry = snapshot.catalogue.find(result.key);
  return entry ? entry->teaser : std::string();
}

data result_data(const SearchResult& result, const SearchAnswer& answer) {
  const Snapshot& snapshot = answer.reader.snapshot();
  const AreaTable& areas = snapshot.areas;
  data item;
  item.set("title", result.text.title);
  item.set("address", service_address(result, answer.place, areas));
  set_known(item, "teaser", teaser_of(result, snapshot));
  item.set("level", level_phrase(areas[result.area]));
  item.set("sample", flag(result.text.sample));
  add_offers(item, result, snapshot, answer.place);
  item.set("online_count", online_count(result.availability));
  if (result.only_in_total > 0) {
    std::string names;
    for (AreaIndex area : result.only_in) names += (names.empty() ? "" : ", ") + areas[area].short_name;
    if (result.only_in_total > result.only_in.size())
      names += " und " + std::to_string(result.only_in_total - result.only_in.size()) + " weiteren";
    item.set("only_in", names);
  }
  return item;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t") == std::string_view::npos; }

bool has_filters(const PageInput& input) { return input.online_only || !input.filters.empty(); }

std::string language(const PageInput& input) { return input.english ? "&lang=en" : ""; }

/// What stays when words or place change, encoded for an address.
std::string kept(const PageInput& input) {
  return (input.online_only ? "&online=true" : "") + input.filters + language(input);
}

/// The other readings of the place; the words lose the place that they named.
data places_data(const SearchAnswer& answer, const PageInput& input) {
  data list(data::type::list);
  for (std::size_t i = 0; i < std::min<std::size_t>(12, answer.places.size()); ++i) {
    data entry;
    entry.set("name", answer.place_labels[i]);
    entry.set("address", search_address(answer.words_without_place, answer.place_labels[i],
                                        kept(input) + (input.literal ? "&exact=true" : "")));
    list.push_back(entry);
  }
  return list;
}

/// How words and place were understood, with a way back to each.
void add_understanding(data& page, const SearchAnswer& answer, const PageInput& input,
                       const std::string& place) {
  const AreaTable& areas = answer.reader.snapshot().areas;
  const std::string exact = kept(input) + "&exact=true";
  if (!answer.corrected.empty()) {
    page.set("corrected", answer.corrected);
    page.set("typed", answer.words_without_place);
    page.set("as_typed", search_address(answer.words_without_place,
                                        answer.place_from_words ? answer.place_label : place, exact));
  }
  page.set("literal", flag(input.literal));
  page.set("with_help", search_address(input.words, place, kept(input)));
  if (answer.place) {
    const Area& area = areas[*answer.place];
    page.set("place_name", area.level == Level::gemeinde ? area.short_name : area.name);
    const std::string all_words = search_address(input.words, "", exact);
    if (answer.place_from_words) page.set("all_words", all_words);
    page.set("without_place",
             answer.place_from_words && is_blank(answer.words_without_place)
                 ? all_words
                 : search_address(answer.words_without_place, "", input.literal ? exact : kept(input)));
  }
}

/// Topics that the words name, to browse their services.
void add_topics_named(data& page, const SearchAnswer& answer, const PageInput& input,
                      const std::string& place) {
  data list(data::type::list);
  for (const NamedTopic& named : answer.topics) {
    data entry;
    entry.set("topic", input.english ? named.name_en : named.name);
    const std::string filter = named.situation.empty() ? "&topic=" + url_encoded(named.topic)
                                                       : "&situation=" + url_encoded(named.situation);
    entry.set("topic_address", search_address("", place, filter + language(input)));
    list.push_back(entry);
  }
  page.set("has_topics_named", flag(!answer.topics.empty()));
  page.set("topics_named", list);
}

/// Next steps where nothing was found.
void add_empty(data& page, const SearchAnswer& answer, const PageInput& input, const std::string& place) {
  page.set("empty", flag(true));
  page.set("english", flag(input.english));
  if (!is_blank(input.words) && has_filters(input))
    page.set("without_filters", search_address(input.words, place, language(input)));
  data topics(data::type::list);
  for (const Topic& topic : answer.reader.snapshot().catalogue.topics()) {
    data entry;
    entry.set("topic", input.english ? topic.name_en : topic.name);
    entry.set("topic_address",
              search_address("", place, "&topic=" + url_encoded(topic.id) + language(input)));
    topics.push_back(entry);
  }
  page.set("topics", topics);
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

}  // namespace

std::string start_page(const PageInput& input) {
  data page = frame(input, "Verwaltungssuchmaschine");
  page.set("is_start", flag(true));
  return render("search.html", page);
}

std::string error_page(const PageInput& input, const RequestError& error) {
  data page = frame(input, error.title);
  page.set("error_title", error.title);
  page.set("error_detail", error.detail);
  return render("search.html", page);
}

std::string result_page(const PageInput& input, const SearchAnswer& answer) {
  const Catalogue& catalogue = answer.reader.snapshot().catalogue;
  PageInput shown = input;
  if (answer.place && shown.place.empty() && !answer.place_from_words) shown.place = answer.place_label;
  const auto topic = catalogue.find_topic(input.topic);
  std::string topic_name;
  if (topic)
    topic_name = input.english ? catalogue.topics()[*topic].name_en : catalogue.topics()[*topic].name;
  data page = frame(shown, (is_blank(input.words) ? topic_name : input.words) + " – Verwaltungssuchmaschine");
  page.set("has_answer", flag(true));
  page.set("count", std::to_string(answer.total) + (answer.total == 1 ? " Leistung" : " Leistungen"));
  set_known(page, "topic_name", topic_name);
  add_understanding(page, answer, input, shown.place);
  add_topics_named(page, answer, input, shown.place);
  if (answer.total == 0)
    add_empty(page, answer, input, shown.place);
  else
    page.set("beyond", flag(answer.results.empty()));
  page.set("has_places", flag(!answer.places.empty()));
  page.set("choose_place", flag(!answer.place && !answer.places.empty()));
  page.set("places", places_data(answer, input));
  data results(data::type::list);
  bool sample = false;
  for (const SearchResult& result : answer.results) {
    results.push_back(result_data(result, answer));
    sample |= has_sample(result);
  }
  page.set("has_results", flag(!answer.results.empty()));
  page.set("results", results);
  page.set("has_sample", flag(sample));
  const auto page_address = [&](std::int64_t number) {
    return search_address(input.words, shown.place,
                          "&size=" + std::to_string(answer.size) + kept(input) +
                              (input.literal ? "&exact=true" : "") + "&page=" + std::to_string(number));
  };
  page.set("first_page", page_address(1));
  if (answer.page > 1) page.set("previous", page_address(answer.page - 1));
  if (static_cast<std::uint64_t>(answer.page) * static_cast<std::uint64_t>(answer.size) < answer.total)
    page.set("next", page_address(answer.page + 1));
  page.set("has_pages", flag(answer.page > 1 || answer.total > static_cast<std::size_t>(answer.size)));
  page.set("page", std::to_string(answer.page));
  return render("search.html", page);
}

std::string service_page(const PageInput& input, const ServiceAnswer& answer) {
  const Snapshot& snapshot = answer.reader.snapshot();
  const AreaTable& areas = snapshot.areas;
  PageInput shown = input;
  if (answer.place && shown.place.empty()) shown.place = answer.place_label;
  data page = frame(shown, answer.result.text.title + " – Verwaltungssuchmaschine");
  const SearchResult& result = answer.result;
  data service;
  service.set("name", result.text.title);
  if (result.text.official_title != result.text.title)
    set_known(service, "official", result.text.official_title);
  set_known(service, "key", result.key.text());
  set_known(service, "teaser", teaser_of(result, snapshot));
  service.set("level", level_phrase(areas[result.area]));
  service.set("sample", flag(result.text.sample));
  add_offers(service, result, snapshot, answer.place);
  service.set("online_count", online_count(result.availability));
  data modules(data::type::list);
  for (const FilledModule& filled : answer.modules) {
    const std::string_view title = module_title(filled.module.code);
    if (filled.module.code == "24" || title.empty()) continue;
    data entry;
    entry.set("title", std::string(title));
    data paragraphs(data::type::list);
    for (std::string_view line : split(filled.module.text, '\n')) paragraphs.push_back(std::string(line));
    entry.set("paragraphs", paragraphs);
    if (filled.area != result.area) entry.set("from", level_phrase(areas[filled.area]));
    modules.push_back(entry);
  }
  service.set("modules", modules);
  page.set("service", service);
  if (answer.place) {
    page.set("place_name", areas[*answer.place].short_name);
    if (!result.key.text().empty()) page.set("without_place", "/leistung/" + result.key.text());
  }
  page.set("has_sample", flag(has_sample(result)));
  page.set("json_ld", to_json_ld(answer, input.public_url));
  if (!input.public_url.empty() && !result.key.text().empty())
    page.set("canonical", input.public_url + "/leistung/" + result.key.text());
  return render("search.html", page);
}

}  // namespace vsm
