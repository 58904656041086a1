// One result in the making: a service that a query found, on its way from matching to a whole result.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "catalog/service_key.h"
#include "query/relevance.h"
#include "query/view.h"

namespace vsm {

/// One service (object and Verrichtung) that matched.
struct Candidate {
  std::uint64_t group = 0;
  double score = 0;
  std::vector<std::pair<ServiceKey, Fit>> keys;  ///< that matched, the best one first once resolved
  std::vector<Evidence> evidence;                ///< where asked for
  // Filled when resolved.
  ServiceKey lead;
  View::Found shown;                  ///< the texts for the lead key; not empty
  std::vector<std::uint64_t> merged;  ///< further groups of the same text
};

/// Whose links and offices a result shows: its own, those of groups folded into it, and the heading's, for
/// what a town publishes under the heading holds for its services. Of a resolved candidate.
std::vector<std::uint64_t> groups_of(const Candidate& candidate, const View& view);

}  // namespace vsm
