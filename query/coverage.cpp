#include "query/coverage.h"

#include <algorithm>
#include <map>
#include <utility>

#include "query/lens.h"
#include "query/place_request.h"

namespace vsm {
namespace {

Bitmap members_of(const AreaTable& areas, AreaIndex area) {
  const auto members = areas.municipalities_in(area);
  Bitmap bits;
  bits.addMany(members.size(), members.data());
  bits.runOptimize();
  return bits;
}

/// The topics of a catalogue entry as bits.
std::uint32_t topics_of(const CatalogueEntry& entry, const Catalogue& catalogue) {
  std::uint32_t topics = 0;
  for (std::size_t situation : entry.situations) topics |= 1U << catalogue.situations()[situation].topic;
  return topics;
}

/// One service in one area: in how many municipalities it is online.
struct Towns {
  std::uint64_t all = 0, own = 0;              ///< of the area
  std::uint64_t covered = 0, own_covered = 0;  ///< of the covered ones
};

void add(CoverageCount& count, const Towns& towns, std::uint64_t municipalities) {
  if (towns.all == 0) return;
  ++count.somewhere;
  count.everywhere += towns.all == municipalities;
  ++(towns.own > 0 ? count.own : count.inherited);
  count.own_pairs += towns.own_covered;
  count.inherited_pairs += towns.covered - towns.own_covered;
}

/// Counts the areas of one level side by side: each online municipality adds to the part that it lies in.
class Parts {
 public:
  Parts(const Snapshot& snapshot, Level level, const Bitmap& inside, std::vector<CoverageAnswer::Part>& parts)
      : snapshot_(snapshot), parts_(parts), part_of_(snapshot.areas.municipality_count(), nowhere) {
    const AreaTable& areas = snapshot.areas;
    for (AreaIndex area = 0; area < areas.size(); ++area) {
      if (areas[area].level != level) continue;
      const Bitmap members = members_of(areas, area);
      if (members.isEmpty() || !members.isSubset(inside)) continue;
      const auto number = static_cast<std::uint32_t>(parts.size());
      for (MunicipalityIndex municipality : members) part_of_[municipality] = number;
      parts.push_back({area,
                       static_cast<std::uint32_t>(members.cardinality()),
                       static_cast<std::uint32_t>(members.and_cardinality(snapshot.covered)),
                       {}});
    }
    towns_.resize(parts.size());
  }

  /// `online` and `own` lie inside.
  void add_service(const Bitmap& online, const Bitmap& own) {
    std::fill(towns_.begin(), towns_.end(), Towns());
    each(online, [&](Towns& towns, bool covered) {
      ++towns.all;
      towns.covered += covered;
    });
    each(own, [&](Towns& towns, bool covered) {
      ++towns.own;
      towns.own_covered += covered;
    });
    for (std::size_t i = 0; i < parts_.size(); ++i) add(parts_[i].count, towns_[i], parts_[i].municipalities);
  }

 private:
  static constexpr std::uint32_t nowhere = ~std::uint32_t{0};

  template <class Visit>
  void each(const Bitmap& municipalities, Visit visit) {
    for (MunicipalityIndex municipality : municipalities)
      if (const std::uint32_t part = part_of_[municipality]; part != nowhere)
        visit(towns_[part], snapshot_.covered.contains(municipality));
  }

  const Snapshot& snapshot_;
  std::vector<CoverageAnswer::Part>& parts_;
  std::vector<std::uint32_t> part_of_;  // by municipality
  std::vector<Towns> towns_;            // by part
};

}  // namespace

Result<CoverageAnswer> count_coverage(IndexReader reader, const CoverageRequest& request) {
  const Snapshot& snapshot = reader.snapshot();
  const AreaTable& areas = snapshot.areas;
  const Catalogue& catalogue = snapshot.catalogue;
  const auto lens = lens_of(reader);
  auto read = read_place(areas, lens->places, request.ars, request.place);
  if (auto* error = std::get_if<RequestError>(&read)) return *error;
  auto& reading = std::get<PlaceFinder::Reading>(read);
  std::uint32_t wanted = ~std::uint32_t{0};
  if (!request.topic.empty()) {
    const auto topic = catalogue.find_topic(request.topic);
    if (!topic) return RequestError{400, "Unbekanntes Themenfeld", "Die Themenfelder nennt /api/v1/topics."};
    wanted = 1U << *topic;
  }

  CoverageAnswer answer{reading.chosen,
                        std::move(reading.others),
                        reading.chosen.value_or(lens->home),
                        request.day.value_or(today()),
                        0,
                        0,
                        {},
                        std::vector<CoverageCount>(catalogue.topics().size()),
                        {},
                        {},
                        {},
                        lens->history,
                        std::move(reader)};
  const Bitmap inside = members_of(areas, answer.area), covered = inside & snapshot.covered;
  answer.municipalities = static_cast<std::uint32_t>(inside.cardinality());
  answer.covered = static_cast<std::uint32_t>(covered.cardinality());
  std::optional<Parts> parts;
  if (request.level) parts.emplace(snapshot, *request.level, inside, answer.parts);

  std::map<int, std::uint32_t> trust_levels;
  std::map<std::pair<int, int>, std::uint32_t> maturities;
  auto availability = snapshot.availability().begin();
  const auto end = snapshot.availability().end();
  for (const CatalogueEntry& entry : catalogue.entries()) {
    if (entry.heading) continue;
    const std::uint32_t topics = topics_of(entry, catalogue);
    if (!request.topic.empty() && (topics & wanted) == 0) continue;
    const auto each_count = [&](auto visit) {
      visit(answer.all);
      for (std::size_t topic = 0; topic < answer.topics.size(); ++topic)
        if ((topics >> topic & 1U) != 0) visit(answer.topics[topic]);
    };
    each_count([](CoverageCount& count) { ++count.services; });
    while (availability != end && availability->first < entry.key) ++availability;
    if (availability == end || availability->first != entry.key) continue;

    const Availability& its = availability->second;
    const Bitmap online = its.online(answer.day) & inside;
    if (online.isEmpty()) continue;
    const Bitmap own = its.online_by_itself(answer.day) & inside;
    const Towns towns{online.cardinality(), own.cardinality(), online.and_cardinality(covered),
                      own.and_cardinality(covered)};
    each_count([&](CoverageCount& count) { add(count, towns, answer.municipalities); });
    if (parts) parts->add_service(online, own);

    std::vector<int> its_levels;
    std::vector<std::pair<int, int>> its_maturities;
    const auto note = [](auto& list, const auto& value) {
      if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
    };
    for (const Availability::Kind& kind : its.kinds) {
      if (!kind.validity.holds(answer.day) || !kind.municipalities.intersect(inside)) continue;
      note(its_levels, kind.traits.trust_level == 0 ? -1 : int{kind.traits.trust_level});
      note(its_maturities, std::pair(int{kind.traits.scale}, int{kind.traits.maturity}));
    }
    for (int level : its_levels) ++trust_levels[level];
    for (const auto& maturity : its_maturities) ++maturities[maturity];
  }
  for (CoverageAnswer::Part& part : answer.parts) part.count.services = answer.all.services;
  for (const auto& [level, count] : trust_levels) answer.trust_levels.push_back({level, 0, count});
  for (const auto& [maturity, count] : maturities)
    answer.maturities.push_back({maturity.second, maturity.first, count});
  return answer;
}

}  // namespace vsm
