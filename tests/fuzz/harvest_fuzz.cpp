// What servers and old files say, read by the parts that fetch: index.txt, states of links, the schedule.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "indexer/harvest.h"
#include "indexer/link_check.h"
#include "indexer/schedule.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  std::vector<vsm::Problem> problems;
  for (const std::string& name : vsm::read_feed_index(text, "index.txt", problems))
    require(!name.empty() && name.front() != '.' && name.find_first_of("/\\\r\n") == std::string::npos);

  const auto states = vsm::read_link_states(text);
  require(vsm::read_link_states(vsm::write_link_states(states)) == states);

  vsm::Schedule schedule;
  schedule.add("a", "host", 3'600);
  schedule.read(text, 1'800'000'000);
  require(schedule.next().value() <= 1'800'000'000 + 2 * 86'400);

  const std::string resolved = vsm::resolved_url("https://stadt.example/a/b?c", text);
  require(resolved.empty() || vsm::url_parts(resolved));
  return 0;
}
