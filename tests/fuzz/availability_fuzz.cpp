#include <sstream>

#include "indexer/availability_reader.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  vsm::read_availability(in, "fuzz.csv", vsm::all_areas(), "fuzz", vsm::strict_sink());
  return 0;
}
