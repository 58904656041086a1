#include "query/assembly.h"

#include <algorithm>
#include <utility>

namespace vsm {
namespace {

constexpr std::size_t variants_listed = 5;  ///< and as many municipalities that alone offer a service

}  // namespace

/// What a part of a link asks for is told by its name: no public source says what the codes of its type mean.
/// One that asks for something else, or for a place where there is none, stays out.
std::string filled_link(const OnlineService& service, ServiceKey key, const Area* place) {
  std::string url = service.url;
  for (const UrlParameter& parameter : service.parameters) {
    std::string name;
    for (char c : parameter.name)
      if (c != '_' && c != '-') name += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    std::string value;
    if (name == "ars" || name == "rs" || name == "regionalschluessel")
      value = place ? place->code : std::string();
    else if (name == "ags" || name == "gemeindeschluessel")
      value = place ? place->ags : std::string();
    else if (name == "leika" || name == "leikaid" || name == "leikakey" || name == "leistungsschluessel")
      value = key.text();
    const std::string gap = "{" + parameter.name + "}";
    if (const std::size_t at = url.find(gap); at != std::string::npos) {
      url.replace(at, gap.size(), value);
    } else if (!value.empty() && !url.empty()) {
      const std::size_t fragment = std::min(url.find('#'), url.size());
      const char joint = url.find('?') < fragment ? '&' : '?';
      url.insert(fragment, joint + parameter.name + "=" + value);
    }
  }
  return url;
}

Assembly::Assembly(const IndexReader& reader, const View& view, std::optional<AreaIndex> place,
                   std::optional<AreaIndex> home_land)
    : reader_(reader), snapshot_(reader.snapshot()), view_(view), place_(place), home_land_(home_land) {}

SearchResult Assembly::result(const Candidate& candidate) const {
  SearchResult result;
  result.text = reader_.text(candidate.shown.docs.front());
  result.key = candidate.lead;
  result.score = candidate.score;
  result.evidence = candidate.evidence;
  if (candidate.shown.area) {
    result.area = *candidate.shown.area;
  } else {
    result.area = area_of(result.text, snapshot_.areas);
    elsewhere(result);
  }

  std::vector<std::uint64_t> groups = groups_of(candidate, view_);
  for (ServiceKey key : result.text.keys)
    if (!snapshot_.catalogue.is_heading(key)) groups.push_back(key.group());
  std::vector<std::uint64_t> distinct;
  for (std::uint64_t group : groups)
    if (std::find(distinct.begin(), distinct.end(), group) == distinct.end()) distinct.push_back(group);

  add_topics(result, distinct);
  add_offers(result, distinct);
  add_variants(result, candidate);
  result.availability = online_count(distinct);
  return result;
}

OnlineCount Assembly::online_count(const std::vector<std::uint64_t>& groups) const {
  const AreaTable& areas = snapshot_.areas;
  std::optional<AreaIndex> within = place_ ? place_ : home_land_;
  if (within && areas[*within].level == Level::gemeinde) within = areas.land_of(*within);
  Bitmap covered = snapshot_.covered;
  if (within) covered &= snapshot_.municipalities_in(*within);
  OnlineCount count;
  count.municipalities = static_cast<std::uint32_t>(covered.cardinality());
  Bitmap online;
  for (std::uint64_t group : groups)
    for (const auto& [key, availability] : snapshot_.availability_in_group(group))
      online |= availability.online(view_.day());
  count.online = static_cast<std::uint32_t>(online.and_cardinality(covered));
  return count;
}

void Assembly::elsewhere(SearchResult& result) const {
  for (const SheetText& entry : snapshot_.unlisted().texts_for(result.key)) {
    if (!entry.validity.holds(view_.day())) continue;
    ++result.only_in_total;
    if (result.only_in.size() < variants_listed)
      result.only_in.push_back(area_of(reader_.text(entry.doc), snapshot_.areas));
  }
}

void Assembly::add_topics(SearchResult& result, const std::vector<std::uint64_t>& groups) const {
  for (std::uint64_t group : groups) {
    for (const CatalogueEntry& entry : snapshot_.catalogue.entries_of_group(group)) {
      for (std::size_t situation : entry.situations) {
        const std::size_t topic = snapshot_.catalogue.situations()[situation].topic;
        if (std::find(result.topics.begin(), result.topics.end(), topic) == result.topics.end())
          result.topics.push_back(topic);
      }
    }
  }
}

void Assembly::add_offers(SearchResult& result, const std::vector<std::uint64_t>& groups) const {
  const Area* place = place_ ? &snapshot_.areas[*place_] : nullptr;
  const auto add = [&](std::uint64_t group) {
    const std::size_t first_online = result.online.size(), first_office = result.offices.size();
    for (const Step& step : view_.steps()) {
      if (!step.area) continue;
      for (const SheetJoin& join : step.sheet->online_in_group(group)) {
        const OnlineService& service = step.sheet->online_services[join.index];
        if (service.validity.holds(view_.day()))
          result.online.push_back({&service, join.key, *step.area, filled_link(service, join.key, place)});
      }
      for (const SheetJoin& join : step.sheet->offices_in_group(group)) {
        const Office& office = step.sheet->offices[join.index];
        if (office.validity.holds(view_.day())) result.offices.push_back({&office, join.key, *step.area});
      }
    }
    const auto by_key = [&](const auto& a, const auto& b) {
      return std::pair(a.key != result.key, a.key) < std::pair(b.key != result.key, b.key);
    };
    std::stable_sort(result.online.begin() + static_cast<std::ptrdiff_t>(first_online), result.online.end(),
                     by_key);
    std::stable_sort(result.offices.begin() + static_cast<std::ptrdiff_t>(first_office), result.offices.end(),
                     by_key);
  };
  for (std::uint64_t group : groups) add(group);
}

void Assembly::add_variants(SearchResult& result, const Candidate& candidate) const {
  std::vector<std::pair<ServiceKey, Fit>> others(candidate.keys.begin() + 1, candidate.keys.end());
  for (ServiceKey key : view_.keys_of_group(candidate.group)) {
    const auto known = [&](const auto& k) { return k.first == key; };
    if (std::none_of(candidate.keys.begin(), candidate.keys.end(), known)) others.emplace_back(key, Fit{});
  }
  result.variants_total = others.size() + candidate.shown.docs.size() - 1;
  for (std::size_t i = 1; i < candidate.shown.docs.size() && result.variants.size() < variants_listed; ++i) {
    const ServiceText text = reader_.text(candidate.shown.docs[i]);
    result.variants.push_back({text.id.text(), result.key, text.title});
  }
  for (const auto& [key, fit] : others) {
    if (result.variants.size() == variants_listed) break;
    const auto found = view_.nearest(key);
    if (found.docs.empty()) continue;
    const ServiceText text = reader_.text(found.docs.front());
    result.variants.push_back({text.id.text(), key, text.title});
  }
}

}  // namespace vsm
