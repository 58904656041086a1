#include "query/place_finder.h"

#include <algorithm>
#include <tuple>

#include "language/fold.h"

namespace vsm {
namespace {

/// "Halle (Westf.)" to "Halle", "Mülheim an der Ruhr" to "Mülheim"; unchanged where there is no addition.
std::string without_addition(std::string_view name) {
  std::size_t end = std::min(name.find(" ("), name.find('/'));
  for (std::string_view link : {" an der ", " am ", " in ", " im ", " bei ", " ob der ", " vor der ", " auf ",
                                " a.d.", " i.d.", " b."})
    end = std::min(end, name.find(link));
  return std::string(name.substr(0, end));
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  if (const std::size_t at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

bool is_city_as_kreis(const Area& area) {
  return area.level == Level::kreis && (area.kind == "kreisfreie Stadt" || area.kind == "Stadtkreis");
}

}  // namespace

bool is_postcode(std::string_view text) {
  return text.size() == 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

PlaceFinder::PlaceFinder(const AreaTable& areas, std::optional<AreaIndex> home_land)
    : areas_(areas), home_land_(home_land) {
  for (AreaIndex index = 0; index < areas.size(); ++index) {
    const Area& area = areas[index];
    if (area.level == Level::katalog || is_city_as_kreis(area)) continue;
    add(area.name, index, true);
    if (area.level == Level::regierungsbezirk || area.level == Level::verband) continue;
    add(area.short_name, index, true);
    if (area.level != Level::gemeinde) continue;
    add("Stadt " + area.short_name, index, true);
    add("Gemeinde " + area.short_name, index, true);
    const std::string official = area.name.substr(0, area.name.find(','));
    add(official, index, true);
    add(replaced(replaced(official, "Westf.", "Westfalen"), "Rhld.", "Rheinland"), index, true);
    add(replaced(area.short_name, "Sankt ", "St. "), index, true);
    add(without_addition(area.short_name), index, false);
    add(with_kreis(index), index, true);
  }
  if (const auto nrw = areas.find("050000000000")) add("NRW", *nrw, true);
  for (auto& [name, entries] : by_name_) {
    std::sort(entries.begin(), entries.end(),
              [this](const Entry& a, const Entry& b) { return better(a, b); });
    for (const Entry& entry : entries) sorted_names_.emplace_back(name, entry.area);
  }
  std::sort(sorted_names_.begin(), sorted_names_.end());
}

void PlaceFinder::add(const std::string& name, AreaIndex area, bool exact) {
  std::string folded = language::fold_name(name);
  if (folded.empty()) return;
  auto& entries = by_name_[std::move(folded)];
  const auto known =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.area == area; });
  if (known == entries.end())
    entries.push_back({area, exact});
  else
    known->exact |= exact;
}

bool PlaceFinder::better(const Entry& a, const Entry& b) const {
  const auto rank = [this](const Entry& entry) {
    const Area& area = areas_[entry.area];
    const bool home = home_land_ && areas_.land_of(entry.area) == home_land_;
    return std::tuple(!home, home && !entry.exact, area.level, ~area.population, entry.area);
  };
  return rank(a) < rank(b);
}

std::string PlaceFinder::with_kreis(AreaIndex index) const {
  std::optional<AreaIndex> up = areas_[index].parent;
  while (up && areas_[*up].level != Level::kreis) up = areas_[*up].parent;
  return up ? areas_[index].short_name + " (" + areas_[*up].name + ")" : areas_[index].name;
}

std::string PlaceFinder::label(AreaIndex index) const {
  const Area& area = areas_[index];
  for (const std::string& name : {area.short_name, area.name})
    if (const auto readings = named(name); !readings.empty() && readings.front() == index) return name;
  return area.level == Level::gemeinde ? with_kreis(index) : area.name;
}

std::vector<AreaIndex> PlaceFinder::named(std::string_view name) const {
  const auto found = by_name_.find(language::fold_name(name));
  std::vector<AreaIndex> result;
  if (found == by_name_.end()) return result;
  for (const Entry& entry : found->second) result.push_back(entry.area);
  return result;
}

PlaceFinder::Reading PlaceFinder::read(std::string_view text) const {
  Reading reading;
  const std::string folded = language::fold_name(text);
  if (is_postcode(folded)) {
    const auto places = areas_.with_postcode(folded);
    if (places.size() == 1)
      reading.chosen = places.front();
    else
      reading.others.assign(places.begin(), places.end());
    return reading;
  }
  reading.others = named(folded);
  if (reading.others.empty() && folded.size() > 6 && is_postcode(folded.substr(0, 5)) && folded[5] == ' ') {
    // "46117 Oberhausen": the postcode and the name agree, or the postcode alone decides.
    const auto places = areas_.with_postcode(folded.substr(0, 5));
    const auto names = named(folded.substr(6));
    for (AreaIndex place : places)
      if (std::find(names.begin(), names.end(), place) != names.end()) reading.others.push_back(place);
    if (reading.others.empty()) return read(folded.substr(0, 5));
  }
  if (reading.others.empty()) return reading;
  reading.chosen = reading.others.front();
  reading.others.erase(reading.others.begin());
  return reading;
}

std::vector<AreaIndex> PlaceFinder::beginning_with(std::string_view text, std::size_t limit) const {
  std::vector<AreaIndex> result;
  const auto take = [&](AreaIndex area) {
    if (std::find(result.begin(), result.end(), area) == result.end()) result.push_back(area);
  };
  const std::string folded = language::fold_name(text);
  if (folded.empty()) return result;
  if (is_postcode(folded)) {
    for (AreaIndex place :
         areas_.with_postcode(folded).first(std::min(limit, areas_.with_postcode(folded).size())))
      take(place);
    return result;
  }
  for (AreaIndex area : named(folded)) take(area);
  std::vector<Entry> longer;
  for (auto name =
           std::lower_bound(sorted_names_.begin(), sorted_names_.end(), std::pair(folded, AreaIndex{0}));
       name != sorted_names_.end() && name->first.starts_with(folded); ++name)
    longer.push_back({name->second, name->first == folded});
  std::sort(longer.begin(), longer.end(), [this](const Entry& a, const Entry& b) { return better(a, b); });
  for (const Entry& entry : longer) {
    if (result.size() >= limit) break;
    take(entry.area);
  }
  if (result.size() > limit) result.resize(limit);
  return result;
}

}  // namespace vsm
