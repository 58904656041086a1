// One for all (EfA): online services that one authority runs for others, and where each of them runs.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "catalog/objects.h"
#include "catalog/service_key.h"
#include "store/bitmap.h"
#include "store/index_reader.h"

namespace vsm {

/// Of one revision. Immutable.
class ReuseTable {
 public:
  struct Service {
    OnlineService service;
    std::vector<ServiceKey> keys;  ///< sorted: all that it does somewhere
    Bitmap municipalities;         ///< where it stands in the sheet, or in that of an area above
  };

  /// Reads the sheets of all areas, but for those that `before`, a table of an earlier revision, has read as
  /// they still are. Throws IndexError.
  ReuseTable(const IndexReader& reader, const ReuseTable* before);

  /// Sorted by id; also those that are not valid today or have no link.
  const std::vector<Service>& services() const { return services_; }

 private:
  struct Offer {
    std::shared_ptr<const OnlineService> service;
    std::vector<ServiceKey> keys;
  };
  using Offers = std::shared_ptr<const std::vector<Offer>>;

  /// What an area's sheet has of them; null: nothing.
  struct Read {
    std::shared_ptr<const void> mark;
    Offers offers;
  };

  std::vector<Read> by_area_;
  std::vector<Service> services_;
};

/// Makes the table of a revision when it is first asked for: that reads every sheet, 0.1 ms each.
/// Thread-safe.
class ReuseTables {
 public:
  /// `before`: of the revision before, to go on from where that one was asked.
  void go_on_from(const ReuseTables& before);
  /// `reader`: of the revision that this goes with. Throws IndexError.
  std::shared_ptr<const ReuseTable> of(const IndexReader& reader) const;

 private:
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const ReuseTable> table_, before_;
};

}  // namespace vsm
