// Any bytes are an XZuFi file; what a reader promises of its problems holds.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "catalog/tables.h"
#include "indexer/xzufi_reader.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const vsm::AreaTable areas(vsm::read_tables(VSM_DATA_FOLDER));
  std::size_t broken = 0, changes = 0, heads = 0;
  const vsm::ChangeSink sink{[&](const vsm::DeliveryHead&) { require(changes == 0 && ++heads == 1); },
                             [&](const vsm::Change&, const vsm::Problem& place) {
                               require(place.line > 0 && place.object.size() <= 401);
                               ++changes;
                             },
                             [&](const vsm::Problem& problem) {
                               require(!problem.rule.empty() && problem.message.size() < 2'000 &&
                                       problem.message.ends_with('.') && problem.object.size() <= 401);
                               broken += problem.severity == vsm::Severity::broken;
                             }};
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  const bool whole = vsm::read_xzufi(in, "feed.xml", areas, sink);
  require(whole ? broken == 0 : broken == 1);
  return 0;
}
