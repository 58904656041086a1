#include "query/filter.h"

#include <algorithm>
#include <string>
#include <utility>

namespace vsm {
namespace {

void count_bits(Filter::Counts& counts, std::uint64_t bits) {
  for (; bits != 0; bits &= bits - 1) ++counts[static_cast<std::size_t>(__builtin_ctzll(bits))];
}

void add(std::vector<FacetValue>& values, std::string id, std::string name, std::size_t count) {
  if (count > 0) values.push_back({std::move(id), std::move(name), count});
}

}  // namespace

Traits traits_of(const Candidate& candidate, const IndexReader& reader, const View& view) {
  const Snapshot& snapshot = reader.snapshot();
  const Catalogue& catalogue = snapshot.catalogue;
  Traits traits;
  const auto take_group = [&](std::uint64_t group) {
    for (const CatalogueEntry& entry : catalogue.entries_of_group(group)) {
      traits.audience |= entry.audience;
      for (std::size_t situation : entry.situations) {
        traits.situations |= std::uint64_t{1} << situation;
        traits.topics |= 1U << catalogue.situations()[situation].topic;
      }
    }
    for (const Step& step : view.steps()) {
      for (const SheetJoin& join : step.sheet->online_in_group(group)) {
        const OnlineService& service = step.sheet->online_services[join.index];
        if (!service.is_online() || !service.validity.holds(view.day())) continue;
        traits.online = true;
        traits.trust |= 1U << static_cast<unsigned>(std::clamp(service.trust_level, 0, 155) / 5);
      }
    }
    if (!view.has_place())
      for (const auto& [key, availability] : snapshot.availability_in_group(group))
        traits.online |= availability.is_online(view.day());
  };
  for (std::uint64_t group : groups_of(candidate, view)) take_group(group);
  if (traits.audience == 0) traits.audience = audience_citizen | audience_business;
  Level level = view.steps()[candidate.shown.step].level;
  if (!candidate.shown.area)
    level = snapshot.areas[area_of(reader.text(candidate.shown.docs.front()), snapshot.areas)].level;
  traits.levels = 1U << static_cast<unsigned>(level);
  return traits;
}

Filter::Filter(const Catalogue& catalogue, const SearchRequest& request)
    : catalogue_(catalogue),
      request_(request),
      topic_(catalogue.find_topic(request.topic)),
      situation_(catalogue.find_situation(request.situation)) {}

bool Filter::take(const Traits& traits) {
  const std::array<bool, 6> passes = {
      !topic_ || (traits.topics >> *topic_ & 1U) != 0,
      !situation_ || (traits.situations >> *situation_ & 1U) != 0,
      request_.audience == 0 || (traits.audience & request_.audience) != 0,
      !request_.online_only || traits.online,
      !request_.trust_level || (traits.trust >> static_cast<unsigned>(*request_.trust_level / 5) & 1U) != 0,
      !request_.level || (traits.levels >> static_cast<unsigned>(*request_.level) & 1U) != 0};
  const auto others = [&](std::size_t own) {
    for (std::size_t i = 0; i < passes.size(); ++i)
      if (i != own && !passes[i]) return false;
    return true;
  };
  if (others(0)) count_bits(topics_, traits.topics);
  if (others(1)) count_bits(situations_, traits.situations);
  if (others(2)) count_bits(audience_, traits.audience);
  if (others(3)) ++online_[traits.online ? 1 : 0];
  if (others(4)) count_bits(trust_, traits.trust);
  if (others(5)) count_bits(levels_, traits.levels);
  return others(passes.size());
}

Facets Filter::facets() const {
  Facets facets;
  for (std::size_t i = 0; i < catalogue_.topics().size(); ++i)
    add(facets.topics, catalogue_.topics()[i].id,
        request_.english ? catalogue_.topics()[i].name_en : catalogue_.topics()[i].name, topics_[i]);
  for (std::size_t i = 0; i < catalogue_.situations().size(); ++i)
    add(facets.situations, catalogue_.situations()[i].id, catalogue_.situations()[i].name, situations_[i]);
  for (std::size_t i = 0; i < level_count; ++i) {
    const std::string name(level_name(static_cast<Level>(i)));
    add(facets.levels, name, name, levels_[i]);
  }
  add(facets.audience, "citizen", "Bürgerinnen und Bürger", audience_[0]);
  add(facets.audience, "business", "Unternehmen", audience_[1]);
  add(facets.online, "true", "online", online_[1]);
  add(facets.online, "false", "nicht online", online_[0]);
  for (int level : trust_levels)
    add(facets.trust, std::to_string(level), std::to_string(level),
        trust_[static_cast<std::size_t>(level / 5)]);
  return facets;
}

}  // namespace vsm
