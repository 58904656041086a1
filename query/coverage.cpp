#include "query/coverage.h"

#include <algorithm>
#include <bit>
#include <map>
#include <utility>

#include "query/coverage_table.h"
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

using Bits = CoverageTable::Bits;

/// How many municipalities of a set are in an area. Counts the bits of each byte, as processors without an
/// instruction for that do it best, and adds up the bytes only before one could overflow.
std::uint64_t count_in(Bits set, Bits area) {
  constexpr std::uint64_t pairs = 0x5555'5555'5555'5555, nibbles = 0x3333'3333'3333'3333,
                          low_nibbles = 0x0F0F'0F0F'0F0F'0F0F, low_bytes = 0x00FF'00FF'00FF'00FF,
                          sum_of_four = 0x0001'0001'0001'0001;
  constexpr std::size_t words_a_byte = 31;  // of at most 8 bits each
  std::uint64_t count = 0;
  for (std::size_t begin = 0; begin < set.size(); begin += words_a_byte) {
    const std::size_t end = std::min(set.size(), begin + words_a_byte);
    std::uint64_t bytes = 0;
    for (std::size_t i = begin; i < end; ++i) {
      std::uint64_t bits = set[i] & area[i];
      bits -= bits >> 1U & pairs;
      bits = (bits & nibbles) + (bits >> 2U & nibbles);
      bytes += (bits + (bits >> 4U)) & low_nibbles;
    }
    count += ((bytes & low_bytes) + (bytes >> 8U & low_bytes)) * sum_of_four >> 48U;
  }
  return count;
}

bool meets(Bits set, Bits area) {
  std::uint64_t common = 0;
  for (std::size_t i = 0; i < set.size(); ++i) common |= set[i] & area[i];
  return common != 0;
}

/// Counts the areas of one level side by side: each online municipality adds to the part that it lies in.
class Parts {
 public:
  Parts(const Snapshot& snapshot, Level level, const Bitmap& inside, Bits covered,
        std::vector<CoverageAnswer::Part>& parts)
      : covered_(covered), parts_(parts), part_of_(snapshot.areas.municipality_count(), nowhere) {
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

  void add_service(Bits online, Bits own) {
    std::fill(towns_.begin(), towns_.end(), Towns());
    each(online, [](Towns& towns, bool covered) {
      ++towns.all;
      towns.covered += covered;
    });
    each(own, [](Towns& towns, bool covered) {
      ++towns.own;
      towns.own_covered += covered;
    });
    for (std::size_t i = 0; i < parts_.size(); ++i) add(parts_[i].count, towns_[i], parts_[i].municipalities);
  }

 private:
  static constexpr std::uint32_t nowhere = ~std::uint32_t{0};

  template <class Visit>
  void each(Bits municipalities, Visit visit) {
    for (std::size_t word = 0; word < municipalities.size(); ++word) {
      for (std::uint64_t left = municipalities[word]; left != 0; left &= left - 1) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(left));
        const std::uint32_t part = part_of_[word * 64 + bit];
        if (part != nowhere) visit(towns_[part], (covered_[word] >> bit & 1U) != 0);
      }
    }
  }

  Bits covered_;
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
  const auto table = lens->coverage.on(answer.day, snapshot);
  const auto inside_bits = table->bits_of(inside), covered_bits = table->bits_of(covered);
  std::optional<Parts> parts;
  if (request.level) parts.emplace(snapshot, *request.level, inside, covered_bits, answer.parts);

  std::map<int, std::uint32_t> trust_levels;
  std::map<std::pair<int, int>, std::uint32_t> maturities;
  auto row = table->rows().begin();
  const auto entries = catalogue.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].heading) continue;
    const std::uint32_t topics = topics_of(entries[i], catalogue);
    if (!request.topic.empty() && (topics & wanted) == 0) continue;
    const auto each_count = [&](auto visit) {
      visit(answer.all);
      for (std::size_t topic = 0; topic < answer.topics.size(); ++topic)
        if ((topics >> topic & 1U) != 0) visit(answer.topics[topic]);
    };
    each_count([](CoverageCount& count) { ++count.services; });
    while (row != table->rows().end() && row->entry < i) ++row;
    if (row == table->rows().end() || row->entry != i) continue;

    const Bits online = table->bits(row->online), own = table->bits(row->own);
    Towns towns;
    towns.all = count_in(online, inside_bits);
    if (towns.all == 0) continue;
    towns.own = count_in(own, inside_bits);
    towns.covered = count_in(online, covered_bits);
    towns.own_covered = count_in(own, covered_bits);
    each_count([&](CoverageCount& count) { add(count, towns, answer.municipalities); });
    if (parts) parts->add_service(online, own);

    std::vector<int> its_levels;
    std::vector<std::pair<int, int>> its_maturities;
    const auto note = [](auto& list, const auto& value) {
      if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
    };
    for (const auto& [traits, set] : row->kinds) {
      if (!meets(table->bits(set), inside_bits)) continue;
      note(its_levels, traits.trust_level == 0 ? -1 : int{traits.trust_level});
      note(its_maturities, std::pair(int{traits.scale}, int{traits.maturity}));
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
