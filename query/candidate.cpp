#include "query/candidate.h"

namespace vsm {

std::vector<std::uint64_t> groups_of(const Candidate& candidate, const View& view) {
  std::vector<std::uint64_t> groups{candidate.group};
  groups.insert(groups.end(), candidate.merged.begin(), candidate.merged.end());
  if (const ServiceKey heading = view.heading_of(candidate.lead)) groups.push_back(heading.group());
  return groups;
}

}  // namespace vsm
