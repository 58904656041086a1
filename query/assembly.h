// Makes results whole: the text, links, offices, counts and variants. Costly, so only for what is shown.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "catalog/area_table.h"
#include "query/candidate.h"
#include "query/search.h"
#include "query/view.h"
#include "store/index_reader.h"

namespace vsm {

/// The link of an online service with place and key filled in where it asks for them; `place` may be null.
std::string filled_link(const OnlineService& service, ServiceKey key, const Area* place);

/// For one request, in one thread. Keeps references to reader and view, which must live as long. Results
/// point into the reader's snapshot, see OnlineOffer.
class Assembly {
 public:
  /// `reader` and `view` are of one revision; `place` is the one that the view is of.
  Assembly(const IndexReader& reader, const View& view, std::optional<AreaIndex> place,
           std::optional<AreaIndex> home_land);

  /// `candidate` is resolved. Throws IndexError.
  SearchResult result(const Candidate& candidate) const;

 private:
  /// In how many municipalities the service (any of its variants) is online: of the place's Land, or of the
  /// area itself where the place is larger than a municipality.
  OnlineCount online_count(const std::vector<std::uint64_t>& groups) const;
  /// Without a place a service that only some towns offer is shown once, with them.
  void elsewhere(SearchResult& result) const;
  void add_topics(SearchResult& result, const std::vector<std::uint64_t>& groups) const;
  /// The union over the keys: the lead key first, then by key; per key the nearest level first.
  void add_offers(SearchResult& result, const std::vector<std::uint64_t>& groups) const;
  void add_variants(SearchResult& result, const Candidate& candidate) const;

  const IndexReader& reader_;
  const Snapshot& snapshot_;
  const View& view_;
  std::optional<AreaIndex> place_, home_land_;
};

}  // namespace vsm
