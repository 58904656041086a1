// Filters and facets: which results pass, and how many each choice of a filter would leave.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "catalog/catalogue.h"
#include "query/candidate.h"
#include "query/search.h"
#include "query/view.h"
#include "store/index_reader.h"

namespace vsm {

/// The trust levels that can be asked for.
inline constexpr std::array<int, 5> trust_levels = {10, 15, 20, 30, 40};

/// What filters and facets look at, as sets of bits.
struct Traits {
  std::uint32_t topics = 0;      ///< bit per topic of the catalogue
  std::uint64_t situations = 0;  ///< bit per situation of the catalogue
  std::uint8_t audience = 0;     ///< of Audience
  std::uint32_t levels = 0;      ///< bit per Level
  std::uint32_t trust = 0;       ///< bit per trust level / 5
  bool online = false;
};

/// The traits of a resolved candidate at the place of a view. Throws IndexError.
Traits traits_of(const Candidate& candidate, const IndexReader& reader, const View& view);

/// Counts while it filters: a facet counts what the other filters leave. For one request, in one thread.
/// Keeps references to catalogue and request, which must live as long.
class Filter {
 public:
  Filter(const Catalogue& catalogue, const SearchRequest& request);

  /// Whether a result passes; counts it either way. Call it once for each result.
  bool take(const Traits& traits);
  /// Of all results taken so far; values that no result has are left out.
  Facets facets() const;

  using Counts = std::array<std::size_t, 64>;  ///< by bit

 private:
  const Catalogue& catalogue_;
  const SearchRequest& request_;
  std::optional<std::size_t> topic_, situation_;
  Counts topics_{}, situations_{}, levels_{}, audience_{}, trust_{};
  std::array<std::size_t, 2> online_{};  ///< not online, online
};

}  // namespace vsm
