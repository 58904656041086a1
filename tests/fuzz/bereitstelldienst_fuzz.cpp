#include <cstdlib>

#include "indexer/pvog_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string problem;
  const auto page = vsm::parse_bereitstelldienst_page({reinterpret_cast<const char*>(data), size}, problem);
  if (page.has_value() != problem.empty()) std::abort();
  return 0;
}
