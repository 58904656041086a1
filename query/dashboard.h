// What the dashboard shows of an area beside its coverage: which services are online and in how many
// municipalities, whom one authority serves for others (EfA), and how the area stands among its like.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "query/coverage.h"
#include "query/reuse.h"
#include "query/search.h"

namespace vsm {

struct DashboardAnswer {
  /// A service that is online somewhere in the area.
  struct Service {
    std::size_t entry = 0;              ///< into Catalogue::entries()
    std::uint32_t online = 0, own = 0;  ///< in so many covered municipalities; own among online
    bool everywhere = false;            ///< in every municipality
    bool by_itself = false;             ///< in one of them by an offer of its own
    /// Of a municipality: where to start it, its own offers first, then the nearest level's.
    struct Start {
      OnlineOffer offer;
      bool own = false;
    };
    std::vector<Start> starts;
  };

  /// An online service that is run for others, in the area.
  struct Reuse {
    const ReuseTable::Service* service = nullptr;  ///< lives as long as the answer
    std::uint32_t online = 0;                      ///< covered municipalities that have it
  };

  /// By the share of own pairs, among areas of the same level in the same Land (of Länder: in the Bund) that
  /// a source delivers for.
  struct Rank {
    AreaIndex within = 0;
    std::uint32_t place = 0, of = 0;  ///< areas of the same share have the same place
  };

  /// Levels of the tree that the area can be divided into, the largest areas first, and the one that the
  /// parts of the coverage are of.
  std::vector<Level> levels;
  std::optional<Level> level;
  std::string label;  ///< a name that finds the area again; empty for the Bund
  CoverageAnswer coverage;
  std::vector<Service> services;  ///< in the order of the catalogue
  std::shared_ptr<const ReuseTable> table;
  std::vector<Reuse> reuse;  ///< most municipalities first
  std::optional<Rank> rank;  ///< nothing without data, or without others
  bool sample = false;       ///< what is counted, or a part of it, is made up
};

/// Without a level in the request, or with one that the area has no parts of, the parts are of one that a
/// page can show. Throws IndexError.
Result<DashboardAnswer> make_dashboard(IndexReader reader, const CoverageRequest& request);

}  // namespace vsm
