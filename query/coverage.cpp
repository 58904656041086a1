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

/// For each municipality in how many sets it is. The sums of 64 municipalities stand side by side, a word for
/// each binary digit, so that a set is added by what carries over.
class TownCounts {
 public:
  explicit TownCounts(std::size_t words) : digits_(words * digits) {}

  void add(Bits set) {
    for (std::size_t word = 0; word < set.size(); ++word) {
      std::uint64_t* digit = &digits_[word * digits];
      for (std::uint64_t carried = set[word]; carried != 0; ++digit)
        carried = std::exchange(*digit, *digit ^ carried) & carried;
    }
  }

  std::uint32_t operator[](MunicipalityIndex municipality) const {
    std::uint32_t count = 0;
    for (std::size_t digit = 0; digit < digits; ++digit)
      count |=
          static_cast<std::uint32_t>(digits_[municipality / 64 * digits + digit] >> municipality % 64 & 1U)
          << digit;
    return count;
  }

 private:
  static constexpr std::size_t digits = 20;  // a million services
  std::vector<std::uint64_t> digits_;
};

/// Counts the areas of one level side by side.
class Parts {
 public:
  Parts(const Snapshot& snapshot, Level level, const Bitmap& inside, Bits covered,
        std::vector<AreaCoverage::Part>& parts)
      : covered_(covered), parts_(parts), online_(covered.size()), own_(covered.size()) {
    const AreaTable& areas = snapshot.areas;
    for (AreaIndex area = 0; area < areas.size(); ++area) {
      if (areas[area].level != level) continue;
      const auto members = areas.municipalities_in(area);
      if (members.empty() ||
          !std::all_of(members.begin(), members.end(), [&](auto town) { return inside.contains(town); }))
        continue;
      for (MunicipalityIndex town : members) {
        if (pieces_.empty() || pieces_.back().part != parts.size() || pieces_.back().word != town / 64)
          pieces_.push_back({parts.size(), town / 64, 0});
        pieces_.back().towns |= std::uint64_t{1} << town % 64;
      }
      parts.push_back(
          {area,
           static_cast<std::uint32_t>(members.size()),
           static_cast<std::uint32_t>(std::count_if(
               members.begin(), members.end(), [&](auto town) { return CoverageTable::has(covered, town); })),
           {}});
      all_towns_ &= members.size() == 1;
    }
  }

  void add_service(Bits online, Bits own) {
    if (all_towns_) {
      online_.add(online);
      own_.add(own);
      return;
    }
    for (auto piece = pieces_.begin(); piece != pieces_.end();) {
      const std::size_t part = piece->part;
      Towns towns;
      for (; piece != pieces_.end() && piece->part == part; ++piece) {
        const std::uint64_t here = online[piece->word] & piece->towns;
        if (here == 0) continue;
        const std::uint64_t its = own[piece->word] & piece->towns, covered = covered_[piece->word];
        towns.all += ones(here);
        towns.covered += ones(here & covered);
        towns.own += ones(its);
        towns.own_covered += ones(its & covered);
      }
      add(parts_[part].count, towns, parts_[part].municipalities);
    }
  }

  void finish() {
    if (!all_towns_) return;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const auto town = static_cast<MunicipalityIndex>(
          pieces_[i].word * 64 + static_cast<std::size_t>(std::countr_zero(pieces_[i].towns)));
      CoverageCount& count = parts_[i].count;
      count.somewhere = count.everywhere = online_[town];
      count.own = own_[town];
      count.inherited = count.somewhere - count.own;
      if (parts_[i].covered == 0) continue;
      count.own_pairs = count.own;
      count.inherited_pairs = count.inherited;
    }
  }

 private:
  static std::uint64_t ones(std::uint64_t bits) {
    return bits == 0 ? 0 : static_cast<std::uint64_t>(std::popcount(bits));
  }

  /// Municipalities of a part that stand in one word.
  struct Piece {
    std::size_t part, word;
    std::uint64_t towns;
  };

  Bits covered_;
  std::vector<AreaCoverage::Part>& parts_;
  std::vector<Piece> pieces_;  // by part
  bool all_towns_ = true;      // each part is one municipality
  TownCounts online_, own_;    // where that is so
};

/// The words that a set of municipalities has bits in; an area's lie close together.
class Window {
 public:
  explicit Window(Bits set) {
    while (begin_ < set.size() && set[begin_] == 0) ++begin_;
    end_ = set.size();
    while (end_ > begin_ && set[end_ - 1] == 0) --end_;
  }
  Bits of(Bits set) const { return set.subspan(begin_, end_ - begin_); }

 private:
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace

AreaCoverage count_area(const IndexReader& reader, AreaIndex area, std::optional<std::size_t> topic,
                        std::optional<Level> level, Day day) {
  const Snapshot& snapshot = reader.snapshot();
  const Catalogue& catalogue = snapshot.catalogue;
  AreaCoverage counted;
  counted.area = area;
  counted.topics.resize(catalogue.topics().size());
  const Bitmap inside = snapshot.municipalities_in(area), covered = inside & snapshot.covered;
  counted.municipalities = static_cast<std::uint32_t>(inside.cardinality());
  counted.covered = static_cast<std::uint32_t>(covered.cardinality());
  const auto table = lens_of(reader)->coverage.on(day, snapshot);
  const auto all_inside = table->bits_of(inside), all_covered = table->bits_of(covered);
  const Window window(all_inside);
  const Bits inside_bits = window.of(all_inside), covered_bits = window.of(all_covered);
  std::optional<Parts> parts;
  if (level) parts.emplace(snapshot, *level, inside, all_covered, counted.parts);

  std::map<int, std::uint32_t> trust_levels;
  std::map<std::pair<int, int>, std::uint32_t> maturities;
  auto row = table->rows().begin();
  const auto entries = catalogue.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].heading) continue;
    const std::uint32_t topics = catalogue.topics_of(entries[i]);
    if (topic && (topics >> *topic & 1U) == 0) continue;
    const auto each_count = [&](auto visit) {
      visit(counted.all);
      for (std::size_t its = 0; its < counted.topics.size(); ++its)
        if ((topics >> its & 1U) != 0) visit(counted.topics[its]);
    };
    each_count([](CoverageCount& count) { ++count.services; });
    while (row != table->rows().end() && row->entry < i) ++row;
    if (row == table->rows().end() || row->entry != i) continue;

    const Bits online = window.of(table->bits(row->online)), own = window.of(table->bits(row->own));
    Towns towns;
    towns.all = count_in(online, inside_bits);
    if (towns.all == 0) continue;
    towns.own = count_in(own, inside_bits);
    towns.covered = count_in(online, covered_bits);
    towns.own_covered = count_in(own, covered_bits);
    each_count([&](CoverageCount& count) { add(count, towns, counted.municipalities); });
    if (parts) parts->add_service(table->bits(row->online), table->bits(row->own));

    std::vector<int> its_levels;
    std::vector<std::pair<int, int>> its_maturities;
    const auto note = [](auto& list, const auto& value) {
      if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
    };
    for (const auto& [traits, set] : row->kinds) {
      if (!meets(window.of(table->bits(set)), inside_bits)) continue;
      note(its_levels, traits.trust_level == 0 ? -1 : int{traits.trust_level});
      note(its_maturities, std::pair(int{traits.scale}, int{traits.maturity}));
    }
    for (int its : its_levels) ++trust_levels[its];
    for (const auto& its : its_maturities) ++maturities[its];
  }
  if (parts) parts->finish();
  for (AreaCoverage::Part& part : counted.parts) part.count.services = counted.all.services;
  for (const auto& [value, count] : trust_levels) counted.trust_levels.push_back({value, 0, count});
  for (const auto& [value, count] : maturities)
    counted.maturities.push_back({value.second, value.first, count});
  return counted;
}

Result<CoverageQuestion> read_question(const IndexReader& reader, const CoverageRequest& request) {
  const Snapshot& snapshot = reader.snapshot();
  const auto lens = lens_of(reader);
  auto read = read_place(snapshot.areas, lens->places, request.ars, request.place);
  if (auto* error = std::get_if<RequestError>(&read)) return *error;
  auto& place = std::get<PlaceFinder::Reading>(read);
  std::optional<std::size_t> topic;
  if (!request.topic.empty()) {
    topic = snapshot.catalogue.find_topic(request.topic);
    if (!topic) return RequestError{400, "Unbekanntes Themenfeld", "Die Themenfelder nennt /api/v1/topics."};
  }
  const AreaIndex area = place.chosen.value_or(lens->home);
  return CoverageQuestion{std::move(place), area, topic, request.day.value_or(today())};
}

CoverageAnswer count_coverage(IndexReader reader, CoverageQuestion question, std::optional<Level> level) {
  AreaCoverage counted = count_area(reader, question.area, question.topic, level, question.day);
  auto history = lens_of(reader)->history;
  return CoverageAnswer{std::move(counted), question.place.chosen, std::move(question.place.others),
                        question.day,       std::move(history),    std::move(reader)};
}

Result<CoverageAnswer> count_coverage(IndexReader reader, const CoverageRequest& request) {
  auto question = read_question(reader, request);
  if (auto* error = std::get_if<RequestError>(&question)) return *error;
  return count_coverage(std::move(reader), std::get<CoverageQuestion>(std::move(question)), request.level);
}

}  // namespace vsm
