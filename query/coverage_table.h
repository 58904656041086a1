// Availability as plain bits, for counting. Roaring keeps a few thousand scattered towns as a list, and to
// join two such lists takes 50 microseconds. All municipalities are 170 words, which takes a fifth of one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "store/index_reader.h"

namespace vsm {

/// Of one revision on one day. Immutable; it refers to nothing.
class CoverageTable {
 public:
  /// A set of municipalities: bit n is municipality n.
  using Bits = std::span<const std::uint64_t>;
  static bool has(Bits set, MunicipalityIndex town) { return (set[town / 64] >> town % 64 & 1U) != 0; }

  struct Row {
    std::size_t entry = 0;                                   ///< into Catalogue::entries()
    std::size_t online = 0, own = 0;                         ///< sets
    std::vector<std::pair<OfferTraits, std::size_t>> kinds;  ///< sets; each traits once
  };

  CoverageTable(const Snapshot& snapshot, Day day);

  Day day() const { return day_; }
  /// A row for each service of the catalogue, headings left out, that is online somewhere; in its order.
  const std::vector<Row>& rows() const { return rows_; }
  Bits bits(std::size_t set) const { return {words_.data() + set * width_, width_}; }
  /// As bits() has them.
  std::vector<std::uint64_t> bits_of(const Bitmap& municipalities) const;

 private:
  std::size_t add(const Bitmap& municipalities);

  Day day_;
  std::size_t width_;
  std::vector<Row> rows_;
  std::vector<std::uint64_t> words_;
};

/// Makes the table of a revision when it is first asked for, which takes 20 ms, and anew on another day.
/// Thread-safe.
class CoverageTables {
 public:
  std::shared_ptr<const CoverageTable> on(Day day, const Snapshot& snapshot) const;

 private:
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const CoverageTable> last_;
};

}  // namespace vsm
