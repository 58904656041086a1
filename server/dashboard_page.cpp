#include "server/dashboard_page.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "query/json.h"
#include "query/linked_data.h"
#include "server/area_map.h"
#include "server/html.h"

namespace vsm {

namespace {

using List = HtmlData::type;
using Changes = std::vector<std::pair<std::string_view, std::string>>;
using Service = DashboardAnswer::Service;

constexpr std::size_t services_a_page = 50, days_listed = 30;

/// Parameters with some of them changed, as they stand in an address; an empty value takes one off.
std::string query_with(const DashboardInput& input, const Changes& changes) {
  std::string text;
  const auto put = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += (text.empty() ? "" : "&") + std::string(name) + "=" + url_encoded(value);
  };
  const auto change_of = [&](std::string_view name) {
    return std::find_if(changes.begin(), changes.end(), [&](const auto& one) { return one.first == name; });
  };
  for (const auto& [name, value] : input.parameters) {
    const auto changed = change_of(name);
    put(name, changed == changes.end() ? value : changed->second);
  }
  for (const auto& [name, value] : changes) {
    const std::string_view wanted = name;
    if (std::none_of(input.parameters.begin(), input.parameters.end(),
                     [&](const auto& own) { return own.first == wanted; }))
      put(name, value);
  }
  return text;
}

/// Of this page with something changed.
std::string address(const DashboardInput& input, const Changes& changes, const std::string& anchor = {}) {
  const std::string query = query_with(input, changes);
  return with_language(query.empty() ? "/dashboard" : "/dashboard?" + query, input.english) + anchor;
}

/// Of another area's page, with the topic that was chosen and nothing else.
std::string area_address(const DashboardInput& input, const std::string& code) {
  DashboardInput other;
  other.english = input.english;
  other.parameters = {{"ars", code}, {"topic", input.get("topic")}};
  return address(other, {});
}

std::string service_address(ServiceKey key, const std::string& code, bool english) {
  return with_language("/leistung/" + key.text() + "?ars=" + url_encoded(code), english);
}

/// "10,2 %". Rounded down, so that nothing short of all is 100 %, and nothing is 0 % that is there.
std::string percent_text(std::uint64_t part, std::uint64_t whole, bool english) {
  const std::uint64_t thousandths = whole == 0 ? 0 : part * 1'000 / whole;
  if (part > 0 && thousandths == 0) return phrase("db_least", english);
  return number_text(thousandths / 10, english) + (english ? "." : ",") + std::to_string(thousandths % 10) +
         (english ? "%" : "\u00A0%");
}

/// A length for a drawing.
std::string length(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::uint64_t pairs(const CoverageCount& count) { return count.own_pairs + count.inherited_pairs; }

/// Services online in an average town that has data, rounded to whole ones.
std::uint64_t for_each_town(std::uint64_t its_pairs, std::uint32_t covered) {
  return covered == 0 ? 0 : (its_pairs + covered / 2) / covered;
}

/// A bar of two stretches out of a whole.
HtmlData bar(double own, double more, double whole) {
  HtmlData item;
  item.set("plain", flag(false));
  const double scale = whole > 0 ? 100 / whole : 0;
  item.set("own_width", length(own * scale));
  item.set("more_width", length(more * scale));
  return item;
}

/// A bar of one stretch, where own and inherited are not told apart.
HtmlData plain_bar(double part, double whole) {
  HtmlData item = bar(part, 0, whole);
  item.set("plain", flag(true));
  return item;
}

/// Everything that the parts of a page share.
struct Page {
  const DashboardInput& input;
  const DashboardAnswer& answer;
  const AreaTable& areas;
  const Catalogue& catalogue;
  bool english;

  Page(const DashboardInput& its_input, const DashboardAnswer& its_answer)
      : input(its_input),
        answer(its_answer),
        areas(answer.coverage.reader.snapshot().areas),
        catalogue(answer.coverage.reader.snapshot().catalogue),
        english(input.english) {}

  const Area& area() const { return areas[answer.coverage.area]; }
  bool is_town() const { return area().level == Level::gemeinde; }
  std::string number(std::uint64_t value) const { return number_text(value, english); }
  std::string say(std::string_view id, std::initializer_list<std::string_view> values = {}) const {
    return phrase(id, english, values);
  }
};

/// "Kreis Kleve", "Regierungsbezirk Köln": as people tell areas of one name apart.
std::string name_of(const Area& area, bool english) {
  switch (area.level) {
    case Level::bund:
      return phrase("db_germany", english);
    case Level::regierungsbezirk:
    case Level::kreis:
    case Level::verband:
      return area.name;
    default:
      return area.short_name;
  }
}

HtmlData form_data(const DashboardInput& input, const Catalogue* catalogue, const std::string& place) {
  HtmlData form;
  form.set("place", place);
  form.set("ars", input.get("ars"));
  HtmlData topics(List::list);
  if (catalogue) {
    for (const Topic& topic : catalogue->topics()) {
      HtmlData option;
      option.set("id", topic.id);
      option.set("name", input.english ? topic.name_en : topic.name);
      option.set("chosen", flag(topic.id == input.get("topic")));
      topics.push_back(option);
    }
  }
  form.set("topics", topics);
  return form;
}

void add_take(HtmlData& section, const DashboardInput& input, const std::string& table) {
  const std::string query = query_with(
      input, {{"table", table}, {"show", ""}, {"areas", ""}, {"services", ""}, {"offer", ""}, {"page", ""}});
  section.set("take_csv", with_language("/dashboard/export.csv?" + query, input.english));
  section.set("take_json", with_language("/dashboard/export.json?" + query, input.english));
}

void define(HtmlData& item, const Page& page, const std::string& label, const std::string& definition) {
  item.set("label", label);
  item.set("definition", page.say(definition));
}

HtmlData path_data(const Page& page) {
  std::vector<HtmlData> links;
  std::set<std::string> codes{page.area().code};
  for (std::optional<AreaIndex> up = page.area().parent; up; up = page.areas[*up].parent) {
    const Area& area = page.areas[*up];
    // A kreisfreie Stadt is its own Kreis.
    if (!codes.insert(area.code).second) continue;
    links.push_back(link_data(name_of(area, page.english), area_address(page.input, area.code)));
  }
  HtmlData path(List::list);
  for (auto one = links.rbegin(); one != links.rend(); ++one) path.push_back(*one);
  return path;
}

HtmlData figures_data(const Page& page) {
  const CoverageAnswer& coverage = page.answer.coverage;
  const CoverageCount& all = coverage.all;
  HtmlData figures(List::list);
  const auto add = [&](const std::string& id, const std::string& value, const std::string& of,
                       std::optional<HtmlData> its_bar = {}) {
    HtmlData figure;
    figure.set("value", value);
    figure.set("of", of);
    define(figure, page, page.say("db_" + id), "db_" + id + "_def");
    if (its_bar)
      figure.set("bar", *its_bar);
    else
      figure.set("bar", flag(false));
    figures.push_back(figure);
  };
  const std::string services = page.say("db_of_services", {page.number(all.services)});
  if (page.is_town()) {
    add("online", page.number(all.somewhere), services, bar(all.own, all.inherited, all.services));
    add("town_own", page.number(all.own), page.say("db_of_online", {page.number(all.somewhere)}),
        bar(all.own, 0, all.somewhere));
    add("town_inherited", page.number(all.inherited), page.say("db_of_online", {page.number(all.somewhere)}),
        bar(0, all.inherited, all.somewhere));
  } else {
    add("somewhere", page.number(all.somewhere), services, bar(all.own, all.inherited, all.services));
    add("everywhere", page.number(all.everywhere), services, plain_bar(all.everywhere, all.services));
    add("own", page.number(all.own), page.say("db_of_online", {page.number(all.somewhere)}),
        bar(all.own, 0, all.somewhere));
    add("inherited", page.number(all.inherited), page.say("db_of_online", {page.number(all.somewhere)}),
        bar(0, all.inherited, all.somewhere));
    const std::uint64_t own = for_each_town(all.own_pairs, coverage.covered),
                        every = for_each_town(pairs(all), coverage.covered);
    add("average", page.number(every),
        page.say("db_average_of",
                 {page.number(own), page.number(every - own),
                  percent_text(pairs(all), std::uint64_t{all.services} * coverage.covered, page.english)}),
        bar(static_cast<double>(own), static_cast<double>(every - own), all.services));
  }
  if (page.answer.rank) {
    const DashboardAnswer::Rank& rank = *page.answer.rank;
    add("rank", page.number(rank.place),
        page.say("db_rank_of",
                 {page.number(rank.of), page.say("db_areas_" + std::string(level_name(page.area().level))),
                  name_of(page.areas[rank.within], page.english)}));
  }
  return figures;
}

HtmlData topics_data(const Page& page) {
  HtmlData rows(List::list);
  for (std::size_t i = 0; i < page.answer.coverage.topics.size(); ++i) {
    const CoverageCount& count = page.answer.coverage.topics[i];
    const Topic& topic = page.catalogue.topics()[i];
    if (count.services == 0) continue;
    HtmlData row;
    row.set("name", page.english ? topic.name_en : topic.name);
    row.set("address", address(page.input, {{"topic", topic.id}, {"page", ""}}));
    row.set("chosen", flag(topic.id == page.input.get("topic")));
    row.set("services", page.number(count.services));
    row.set("somewhere", page.number(count.somewhere));
    row.set("everywhere", page.number(count.everywhere));
    row.set("own", page.number(count.own));
    row.set("inherited", page.number(count.inherited));
    row.set("share", percent_text(count.somewhere, count.services, page.english));
    row.set("bar", bar(count.own, count.inherited, count.services));
    rows.push_back(row);
  }
  return rows;
}

/// Rows of a name and a number of services, each with a bar out of all that are online.
HtmlData trait_rows(const Page& page, const std::vector<AreaCoverage::OfTrait>& traits,
                    const std::function<std::optional<std::string>(const AreaCoverage::OfTrait&)>& name) {
  HtmlData rows(List::list);
  for (const AreaCoverage::OfTrait& trait : traits) {
    const auto its_name = name(trait);
    if (!its_name) continue;
    HtmlData row;
    row.set("name", *its_name);
    row.set("somewhere", page.number(trait.somewhere));
    row.set("share", percent_text(trait.somewhere, page.answer.coverage.all.somewhere, page.english));
    row.set("bar", plain_bar(trait.somewhere, page.answer.coverage.all.somewhere));
    rows.push_back(row);
  }
  return rows;
}

HtmlData maturities_data(const Page& page) {
  HtmlData tables(List::list);
  for (int scale : {4, 7, 0}) {
    HtmlData rows =
        trait_rows(page, page.answer.coverage.maturities,
                   [&](const AreaCoverage::OfTrait& trait) -> std::optional<std::string> {
                     if ((trait.value < 0 ? 0 : trait.scale) != scale) return std::nullopt;
                     if (trait.value < 0) return page.say("db_not_stated");
                     const std::string value = std::to_string(trait.value);
                     return scale == 4 ? page.say("db_maturity_" + value) : page.say("db_maturity", {value});
                   });
    if (rows.list_value().empty()) continue;
    HtmlData table;
    table.set("caption", page.say("db_scale_" + std::to_string(scale)));
    table.set("rows", rows);
    tables.push_back(table);
  }
  return tables;
}

HtmlData trust_data(const Page& page) {
  return trait_rows(page, page.answer.coverage.trust_levels,
                    [&](const AreaCoverage::OfTrait& trait) -> std::optional<std::string> {
                      const std::string value = std::to_string(trait.value);
                      const auto name = known_phrase("db_trust_" + value, page.english);
                      return name ? page.say("trust_facet", {*name, value}) : page.say("db_not_stated");
                    });
}

HtmlData reuse_data(const Page& page) {
  HtmlData rows(List::list);
  const std::uint32_t covered = page.answer.coverage.covered;
  for (const DashboardAnswer::Reuse& entry : page.answer.reuse) {
    const OnlineService& service = entry.service->service;
    HtmlData row;
    const auto& keys = entry.service->keys;
    const auto listed =
        std::find_if(keys.begin(), keys.end(), [](ServiceKey key) { return !key.text().empty(); });
    const CatalogueEntry* known = listed == keys.end() ? nullptr : page.catalogue.find(*listed);
    row.set("title", !service.title.empty() ? service.title : known ? known->title : service.url);
    set_known(row, "address",
              listed == keys.end() ? "" : service_address(*listed, page.area().code, page.english));
    row.set("provider", service.provider.empty() ? page.say("db_unknown") : service.provider);
    row.set("count", page.say("db_of", {page.number(entry.online), page.number(covered)}));
    row.set("share", percent_text(entry.online, covered, page.english));
    row.set("everywhere", flag(entry.online == covered));
    row.set("sample", flag(service.sample));
    row.set("bar", plain_bar(entry.online, covered));
    rows.push_back(row);
  }
  return rows;
}

/// The order that a table was asked in: a column, and by it the greatest first, but for names.
using PartOrder = std::function<bool(const AreaCoverage::Part&, const AreaCoverage::Part&)>;

PartOrder part_order(const Page& page, const std::string& by) {
  // Shares: areas differ in size.
  const auto more = [](std::uint64_t a, std::uint64_t of_a, std::uint64_t b, std::uint64_t of_b) {
    return of_b == 0 ? of_a != 0 : of_a != 0 && a * of_b > b * of_a;
  };
  const auto& areas = page.areas;
  if (by == "people")
    return [&areas](const auto& a, const auto& b) {
      return areas[a.area].population > areas[b.area].population;
    };
  if (by == "online")
    return [more](const auto& a, const auto& b) {
      return more(pairs(a.count), a.covered, pairs(b.count), b.covered);
    };
  if (by == "own")
    return [more](const auto& a, const auto& b) {
      return more(a.count.own_pairs, a.covered, b.count.own_pairs, b.covered);
    };
  if (by == "everywhere")
    return [](const auto& a, const auto& b) {
      return a.covered > 0 && (b.covered == 0 || a.count.everywhere > b.count.everywhere);
    };
  return
      [&areas](const auto& a, const auto& b) { return areas[a.area].short_name < areas[b.area].short_name; };
}

/// A head of a column: a link that sorts, and whether it does.
HtmlData column(const Page& page, const std::string& parameter, const std::string& id,
                const std::string& chosen, const std::string& anchor, bool numeric) {
  HtmlData head =
      link_data(page.say("db_column_" + id), address(page.input, {{parameter, id}, {"page", ""}}, anchor));
  head.set("sorts", id == chosen ? (numeric ? "descending" : "ascending") : "");
  head.set("sorted", flag(id == chosen));
  head.set("numeric", flag(numeric));
  return head;
}

void add_areas(HtmlData& page_data, const Page& page) {
  const CoverageAnswer& coverage = page.answer.coverage;
  page_data.set("has_areas", flag(!coverage.parts.empty()));
  if (coverage.parts.empty()) return;
  const std::string level(level_name(*page.answer.level));
  const bool towns = *page.answer.level == Level::gemeinde, only_own = page.input.get("show") == "own";
  HtmlData section;
  const std::string counted = page.say("db_areas_" + level);
  section.set("areas_title", page.say("db_areas_title", {counted}));
  HtmlData levels(List::list);
  for (Level other : page.answer.levels) {
    if (other == Level::gemeinde && page.area().level == Level::bund) continue;
    HtmlData choice = link_data(page.say("db_areas_" + std::string(level_name(other))),
                                address(page.input, {{"level", std::string(level_name(other))}}, "#gebiete"));
    choice.set("chosen", flag(other == *page.answer.level));
    levels.push_back(choice);
  }
  section.set("towns", flag(towns));
  section.set("choose_level", flag(levels.list_value().size() > 1));
  section.set("levels", levels);
  HtmlData shows(List::list);
  for (const bool own : {false, true}) {
    HtmlData choice = link_data(page.say(own ? "db_show_own" : "db_show_all"),
                                address(page.input, {{"show", own ? "own" : ""}}, "#gebiete"));
    choice.set("chosen", flag(own == only_own));
    shows.push_back(choice);
  }
  section.set("shows", shows);

  std::vector<AreaCoverage::Part> parts = coverage.parts;
  std::string by = page.input.get("areas");
  if (by != "people" && by != "online" && by != "own" && (by != "everywhere" || towns)) by = "name";
  std::stable_sort(parts.begin(), parts.end(), part_order(page, "name"));
  if (by != "name") std::stable_sort(parts.begin(), parts.end(), part_order(page, by));

  const auto number_of = [&](const AreaCoverage::Part& part) {
    return for_each_town(only_own ? part.count.own_pairs : pairs(part.count), part.covered);
  };
  std::vector<MapValue> values;
  std::uint64_t greatest = 1;
  for (const AreaCoverage::Part& part : parts) {
    values.push_back({part.area, std::nullopt});
    if (part.covered > 0) values.back().number = number_of(part);
    greatest = std::max(greatest, for_each_town(pairs(part.count), part.covered));
  }
  const AreaMap map = draw_map(page.areas, values);

  HtmlData columns(List::list);
  columns.push_back(column(page, "areas", "name", by, "#gebiete", false));
  columns.push_back(column(page, "areas", "people", by, "#gebiete", true));
  columns.push_back(column(page, "areas", "online", by, "#gebiete", true));
  columns.push_back(column(page, "areas", "own", by, "#gebiete", true));
  if (!towns) columns.push_back(column(page, "areas", "everywhere", by, "#gebiete", true));
  section.set("columns", columns);

  std::vector<std::string> titles;
  HtmlData rows(List::list);
  for (const AreaCoverage::Part& part : parts) {
    const Area& area = page.areas[part.area];
    HtmlData row = link_data(name_of(area, page.english), area_address(page.input, area.code));
    const std::uint64_t every = for_each_town(pairs(part.count), part.covered),
                        own = for_each_town(part.count.own_pairs, part.covered);
    row.set("sorts_as", area.short_name);
    row.set("people", page.number(area.population));
    row.set("people_value", std::to_string(area.population));
    row.set("has_data", flag(part.covered > 0));
    row.set("of_towns", flag(!towns));
    row.set("covered",
            towns ? std::string()
                  : page.say("db_covered", {page.number(part.covered), page.number(part.municipalities)}));
    row.set("online", page.number(every));
    row.set("online_value", part.covered > 0 ? std::to_string(every) : "-1");
    row.set("own", page.number(own));
    row.set("own_value", part.covered > 0 ? std::to_string(own) : "-1");
    row.set("everywhere", page.number(part.count.everywhere));
    row.set("everywhere_value", part.covered > 0 ? std::to_string(part.count.everywhere) : "-1");
    row.set("bar",
            bar(static_cast<double>(own), static_cast<double>(every - own), static_cast<double>(greatest)));
    rows.push_back(row);
    titles.push_back(part.covered == 0
                         ? page.say("db_dot_none", {name_of(area, page.english)})
                         : page.say(towns ? "db_dot" : "db_dot_average",
                                    {name_of(area, page.english), page.number(every), page.number(own),
                                     percent_text(every, coverage.all.services, page.english)}));
  }
  section.set("rows", rows);

  HtmlData dots(List::list), names(List::list), legend(List::list);
  static constexpr double filled[] = {0, 0.5, 0.7, 0.85, 1};
  for (const MapDot& dot : map.dots) {
    const Area& area = page.areas[values[dot.value].area];
    HtmlData item = link_data(titles[dot.value], area_address(page.input, area.code));
    item.set("x", length(dot.x));
    item.set("y", length(dot.y));
    item.set("r", length(dot.radius));
    item.set("kind", dot.in_class ? std::to_string(*dot.in_class + 1) : "none");
    item.set("inner", flag(false));
    if (dot.in_class && *dot.in_class > 0) item.set("inner", length(dot.radius * filled[*dot.in_class]));
    dots.push_back(item);
    if (!dot.name_at) continue;
    HtmlData label;
    label.set("name", area.short_name);
    label.set("x", length(dot.name_at->x));
    label.set("y", length(dot.name_at->y));
    names.push_back(label);
  }
  for (std::size_t i = 0; i < map.classes.size(); ++i) {
    const MapClass& one = map.classes[i];
    HtmlData item;
    item.set("kind", std::to_string(i + 1));
    item.set("inner", flag(false));
    if (i > 0) item.set("inner", length(9 * filled[i]));
    item.set("text", page.say(one.from == one.to ? "db_class_one" : "db_class",
                              {page.number(one.from), page.number(one.to), page.number(one.areas), counted}));
    if (one.areas > 0) legend.push_back(item);
  }
  const auto without =
      std::count_if(parts.begin(), parts.end(), [](const auto& p) { return p.covered == 0; });
  if (without > 0) {
    HtmlData item;
    item.set("kind", "none");
    item.set("inner", flag(false));
    item.set("text", page.say("db_class_none", {page.number(static_cast<std::uint64_t>(without)), counted}));
    legend.push_back(item);
  }
  section.set("map_width", length(map.width));
  section.set("map_height", length(map.height));
  section.set("dots", dots);
  section.set("names", names);
  section.set("legend", legend);
  section.set("legend_title", page.say(only_own ? "db_legend_own" : "db_legend_all"));
  define(section, page, page.say("db_areas_title", {counted}),
         towns ? "db_areas_def" : "db_areas_average_def");
  add_take(section, page.input, "areas");
  if (page.area().level == Level::bund) {
    section.set(
        "all_towns",
        with_language("/dashboard/export.csv?" +
                          query_with(page.input, {{"table", "areas"}, {"level", "gemeinde"}, {"show", ""}}),
                      page.english));
  }
  page_data.set("areas", section);
}

/// Where a service is started, as a button.
HtmlData start_data(const Service::Start& start, const std::string& title, const Page& page) {
  const OnlineService& service = *start.offer.service;
  HtmlData item;
  item.set("start", start.offer.url);
  item.set("start_title", service.title.empty() ? title : service.title);
  item.set("sample", flag(service.sample));
  const Area& from = page.areas[start.offer.area];
  if (start.own)
    item.set("origin", page.say("db_origin_own"));
  else if (from.level == Level::gemeinde)
    item.set("origin", page.say(service.efa ? "db_origin_efa" : "db_origin_other", {service.provider}));
  else
    item.set("origin",
             page.say("db_origin_above",
                      {from.level == Level::bund ? page.say("level_bund") : name_of(from, page.english)}));
  item.set("is_own", flag(start.own));
  set_known(item, "needs", trust_phrase(service.trust_level, page.english));
  return item;
}

void add_services(HtmlData& page_data, const Page& page) {
  const std::string offer = page.input.get("offer");
  std::vector<const Service*> services;
  std::size_t own = 0, inherited = 0;
  for (const Service& service : page.answer.services) {
    ++(service.by_itself ? own : inherited);
    if ((offer == "own" && !service.by_itself) || (offer == "inherited" && service.by_itself)) continue;
    services.push_back(&service);
  }
  const auto title_of = [&](const Service* service) -> const std::string& {
    return page.catalogue.entries()[service->entry].title;
  };
  std::string by = page.input.get("services");
  if (page.is_town() || (by != "online" && by != "own")) by = "name";
  std::stable_sort(services.begin(), services.end(),
                   [&](auto a, auto b) { return title_of(a) < title_of(b); });
  if (by == "online")
    std::stable_sort(services.begin(), services.end(), [](auto a, auto b) { return a->online > b->online; });
  if (by == "own")
    std::stable_sort(services.begin(), services.end(), [](auto a, auto b) { return a->own > b->own; });

  const std::size_t pages = (services.size() + services_a_page - 1) / services_a_page;
  const std::string asked = page.input.get("page");
  std::size_t at =
      asked.size() > 4 || asked.find_first_not_of("0123456789") != std::string::npos || asked.empty()
          ? 1
          : static_cast<std::size_t>(std::stoul(asked));
  at = std::clamp<std::size_t>(at, 1, std::max<std::size_t>(pages, 1));
  HtmlData section, rows(List::list);
  for (std::size_t i = (at - 1) * services_a_page; i < std::min(at * services_a_page, services.size()); ++i) {
    const Service& service = *services[i];
    const CatalogueEntry& entry = page.catalogue.entries()[service.entry];
    HtmlData row = link_data(entry.title, service_address(entry.key, page.area().code, page.english));
    row.set("count",
            page.say("db_of", {page.number(service.online), page.number(page.answer.coverage.covered)}));
    row.set("own", page.number(service.own));
    row.set("everywhere", flag(service.everywhere));
    row.set("bar", bar(service.own, service.online - service.own, page.answer.coverage.covered));
    if (!service.starts.empty())
      row.set("first", start_data(service.starts.front(), entry.title, page));
    else
      row.set("first", flag(false));
    set_known(row, "more_starts",
              service.starts.size() > 1 ? page.say("db_more_starts", {page.number(service.starts.size() - 1)})
                                        : "");
    rows.push_back(row);
  }
  set_list(section, "rows", std::move(rows));
  section.set("is_town", flag(page.is_town()));
  HtmlData columns(List::list);
  columns.push_back(column(page, "services", "name", by, "#leistungen", false));
  columns.push_back(column(page, "services", "online", by, "#leistungen", true));
  columns.push_back(column(page, "services", "own", by, "#leistungen", true));
  section.set("columns", columns);
  HtmlData offers(List::list);
  for (const auto& [id, count] :
       {std::pair("", own + inherited), std::pair("own", own), std::pair("inherited", inherited)}) {
    const std::string text = id;
    HtmlData choice =
        link_data(page.say(text.empty() ? "db_offer_all" : "db_offer_" + text, {page.number(count)}),
                  address(page.input, {{"offer", text}, {"page", ""}}, "#leistungen"));
    choice.set("chosen", flag(text == offer || (text.empty() && offer != "own" && offer != "inherited")));
    offers.push_back(choice);
  }
  section.set("offers", offers);
  section.set("has_pages", flag(pages > 1));
  section.set("page_text", page.say("page_of", {page.number(at), page.number(pages)}));
  const auto page_address = [&](std::size_t number) {
    return address(page.input, {{"page", number == 1 ? "" : std::to_string(number)}}, "#leistungen");
  };
  set_known(section, "previous", at > 1 ? page_address(at - 1) : "");
  set_known(section, "next", at < pages ? page_address(at + 1) : "");
  const std::string label = page.say(page.is_town() ? "db_services_town" : "db_services");
  section.set("services_title", label);
  define(section, page, label, page.is_town() ? "db_services_town_def" : "db_services_def");
  add_take(section, page.input, "services");
  page_data.set("services", section);
}

/// "+12", "±0", "−3": how a number changed since the one before.
std::string change_text(std::uint64_t now, std::uint64_t before, bool english) {
  if (now == before) return "±0";
  return now > before ? "+" + number_text(now - before, english)
                      : "\u2212" + number_text(before - now, english);
}

HtmlData history_data(const Page& page) {
  const auto& history = page.answer.coverage.history;
  HtmlData rows(List::list);
  for (std::size_t i = history.size(); i-- > 0 && rows.list_value().size() < days_listed;) {
    const Coverage& now = history[i].coverage;
    HtmlData row;
    row.set("day", date_for_people(
                       date_text(day_in_germany(std::chrono::system_clock::from_time_t(history[i].time))),
                       page.english));
    row.set("revision", page.number(history[i].revision));
    HtmlData cells(List::list);
    const auto add = [&](std::uint64_t value, std::optional<std::uint64_t> before) {
      HtmlData cell;
      cell.set("number", page.number(value));
      set_known(cell, "change", before ? change_text(value, *before, page.english) : "");
      cells.push_back(cell);
    };
    const auto before = [&](auto member) -> std::optional<std::uint64_t> {
      if (i == 0) return std::nullopt;
      return std::uint64_t{history[i - 1].coverage.*member};
    };
    add(now.somewhere, before(&Coverage::somewhere));
    add(now.everywhere, before(&Coverage::everywhere));
    add(now.own, before(&Coverage::own));
    add(now.inherited, before(&Coverage::inherited));
    add(now.covered, before(&Coverage::covered));
    row.set("cells", cells);
    rows.push_back(row);
  }
  return rows;
}

void add_section(HtmlData& page_data, const Page& page, const std::string& id, HtmlData rows) {
  HtmlData section;
  define(section, page, page.say("db_" + id + "_title"), "db_" + id + "_def");
  add_take(section, page.input, id);
  set_list(section, "rows", std::move(rows));
  page_data.set(id, section);
}

PageFrame frame_of(const DashboardInput& input, const std::string& title) {
  PageFrame frame;
  frame.title = title;
  frame.english = input.english;
  const std::string query = query_with(input, {});
  frame.address = query.empty() ? "/dashboard" : "/dashboard?" + query;
  return frame;
}

/// What stands above everything: the path, whose page it is, the date, and that samples were counted.
void add_head(HtmlData& page_data, const Page& page, bool sample) {
  const CoverageAnswer& coverage = page.answer.coverage;
  page_data.set("form", form_data(page.input, &page.catalogue, page.answer.label));
  set_list(page_data, "path", path_data(page));
  page_data.set("here", name_of(page.area(), page.english));
  page_data.set("stand", page.say("db_stand", {date_for_people(date_text(coverage.day), page.english),
                                               page.number(coverage.reader.snapshot().revision)}));
  page_data.set("out_of", page.is_town() ? std::string()
                                         : page.say("db_out_of", {page.number(coverage.covered),
                                                                  page.number(coverage.municipalities)}));
  page_data.set("has_sample", flag(sample));
  const std::string topic = page.input.get("topic");
  if (const auto found = page.catalogue.find_topic(topic); !topic.empty() && found) {
    const Topic& its = page.catalogue.topics()[*found];
    page_data.set("topic_name", page.english ? its.name_en : its.name);
    page_data.set("without_topic", address(page.input, {{"topic", ""}, {"page", ""}}));
  }
}

}  // namespace

std::string dashboard_page(const DashboardInput& input, const DashboardAnswer& answer, const Site& site) {
  const Page page(input, answer);
  const CoverageAnswer& coverage = answer.coverage;
  HtmlData data;
  add_head(data, page, answer.sample);
  const std::string headline = page.say("db_headline", {name_of(page.area(), input.english)});
  data.set("headline", headline);
  HtmlData choices(List::list);
  for (AreaIndex other : coverage.places)
    choices.push_back(link_data(page.areas[other].name, area_address(input, page.areas[other].code)));
  data.set("choose_place", flag(!coverage.place && !coverage.places.empty()));
  set_list(data, "choices", std::move(choices));
  const bool has_data = coverage.covered > 0;
  data.set("has_data", flag(has_data));
  add_areas(data, page);
  if (has_data) {
    data.set("figures", figures_data(page));
    HtmlData overview;
    overview.set("label", page.say("db_overview"));
    add_take(overview, input, "figures");
    data.set("overview", overview);
    add_section(data, page, "topics", topics_data(page));
    add_section(data, page, "trust", trust_data(page));
    add_section(data, page, "reuse", reuse_data(page));
    HtmlData maturity;
    define(maturity, page, page.say("db_maturity_title"), "db_maturity_def");
    add_take(maturity, input, "maturity");
    maturity.set("tables", maturities_data(page));
    data.set("maturity", maturity);
    add_services(data, page);
  }
  add_section(data, page, "history", history_data(page));
  data.set("several", flag(!page.is_town()));
  data.set("compare_with", page.say("db_compare_with", {name_of(page.area(), page.english)}));
  data.set("compare_ars", page.area().code);
  set_known(data, "compare_topic", input.get("topic"));
  PageFrame frame = frame_of(input, headline);
  frame.listed = true;
  return render_page("dashboard", std::move(data), frame, site);
}

std::string comparison_page(const DashboardInput& input, const DashboardAnswer& answer,
                            const DashboardAnswer& other, const Site& site) {
  const Page here(input, answer), there(input, other);
  HtmlData data;
  add_head(data, here, answer.sample || other.sample);
  const std::string name = name_of(here.area(), input.english),
                    other_name = name_of(there.area(), input.english);
  const std::string headline = here.say("db_compare_headline", {name, other_name});
  data.set("headline", headline);
  data.set("here_address", area_address(input, here.area().code));
  data.set("there", other_name);
  data.set("there_address", area_address(input, there.area().code));
  data.set("turned", address(input, {{"ars", there.area().code}, {"with", here.area().code}}));

  HtmlData rows(List::list);
  using Value = std::function<std::string(const Page&)>;
  const auto add = [&](const std::string& id, const Value& value) {
    HtmlData row;
    row.set("name", here.say(id));
    for (const auto& [side, page] : {std::pair("left", &here), std::pair("right", &there)})
      row.set(side, page->answer.coverage.covered == 0 ? page->say("db_no_data") : value(*page));
    rows.push_back(row);
  };
  add("db_column_people", [](const Page& page) { return page.number(page.area().population); });
  if (!here.is_town() || !there.is_town())
    add("db_towns", [](const Page& page) {
      return page.say("db_of", {page.number(page.answer.coverage.covered),
                                page.number(page.answer.coverage.municipalities)});
    });
  add("db_services_all", [](const Page& page) { return page.number(page.answer.coverage.all.services); });
  add("db_online", [](const Page& page) { return page.number(page.answer.coverage.all.somewhere); });
  if (!here.is_town() || !there.is_town())
    add("db_everywhere", [](const Page& page) { return page.number(page.answer.coverage.all.everywhere); });
  add("db_own", [](const Page& page) { return page.number(page.answer.coverage.all.own); });
  add("db_inherited", [](const Page& page) { return page.number(page.answer.coverage.all.inherited); });
  if (!here.is_town() || !there.is_town()) {
    add("db_average", [](const Page& page) {
      return page.number(for_each_town(pairs(page.answer.coverage.all), page.answer.coverage.covered));
    });
    add("db_average_own", [](const Page& page) {
      return page.number(for_each_town(page.answer.coverage.all.own_pairs, page.answer.coverage.covered));
    });
  }
  add("db_rank", [](const Page& page) {
    return page.answer.rank
               ? page.say("db_of", {page.number(page.answer.rank->place), page.number(page.answer.rank->of)})
               : page.say("db_unknown");
  });
  data.set("rows", rows);

  HtmlData topics(List::list);
  for (std::size_t i = 0; i < here.catalogue.topics().size(); ++i) {
    const CoverageCount &left = answer.coverage.topics[i], &right = other.coverage.topics[i];
    if (left.services == 0) continue;
    HtmlData row;
    const Topic& topic = here.catalogue.topics()[i];
    row.set("name", input.english ? topic.name_en : topic.name);
    row.set("address", address(input, {{"topic", topic.id}}));
    row.set("services", here.number(left.services));
    row.set("left", answer.coverage.covered == 0 ? here.say("db_no_data") : here.number(left.somewhere));
    row.set("right", other.coverage.covered == 0 ? here.say("db_no_data") : here.number(right.somewhere));
    topics.push_back(row);
  }
  data.set("topics", topics);

  const bool comparable = answer.coverage.covered > 0 && other.coverage.covered > 0;
  data.set("comparable", flag(comparable));
  if (comparable) {
    const auto keys_of = [](const Page& page) {
      std::set<ServiceKey> keys;
      for (const Service& service : page.answer.services)
        keys.insert(page.catalogue.entries()[service.entry].key);
      return keys;
    };
    const auto left = keys_of(here), right = keys_of(there);
    HtmlData lists(List::list);
    const auto list = [&](const std::string& title, const std::set<ServiceKey>& keys, const Page& page) {
      std::vector<std::pair<std::string, std::string>> services;
      for (ServiceKey key : keys)
        if (const CatalogueEntry* entry = page.catalogue.find(key))
          services.emplace_back(entry->title, service_address(key, page.area().code, input.english));
      std::sort(services.begin(), services.end());
      HtmlData item, links(List::list);
      for (const auto& [text, target] : services) links.push_back(link_data(text, target));
      item.set("title", title);
      set_list(item, "links", std::move(links));
      lists.push_back(item);
    };
    std::set<ServiceKey> only_here, only_there, both;
    std::set_difference(left.begin(), left.end(), right.begin(), right.end(),
                        std::inserter(only_here, only_here.end()));
    std::set_difference(right.begin(), right.end(), left.begin(), left.end(),
                        std::inserter(only_there, only_there.end()));
    std::set_intersection(left.begin(), left.end(), right.begin(), right.end(),
                          std::inserter(both, both.end()));
    list(here.say("db_only", {name, here.number(only_here.size())}), only_here, here);
    list(here.say("db_only", {other_name, here.number(only_there.size())}), only_there, there);
    data.set("lists", lists);
    data.set("both", here.say("db_both", {here.number(both.size())}));
  }
  data.set("label", headline);
  add_take(data, input, "compare");
  return render_page("dashboard_compare", std::move(data), frame_of(input, headline), site);
}

std::string dashboard_error_page(const DashboardInput& input, const RequestError& error, const Site& site) {
  HtmlData data;
  data.set("form", form_data(input, nullptr, input.place));
  const std::string headline = input.english ? phrase("error", true) : error.title;
  data.set("headline", headline);
  data.set("detail", error.detail);
  return render_page("dashboard_error", std::move(data), frame_of(input, headline), site);
}

}  // namespace vsm
