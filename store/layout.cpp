#include "store/layout.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdio>
#include <fstream>

namespace vsm::layout {

std::string link_term(const std::string& url) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx",
                static_cast<unsigned long long>(XXH3_64bits(url.data(), url.size())));
  return std::string("L") + digits;
}

Stub read_stub(const std::string& directory) {
  Stub found;
  std::ifstream file(directory + "/" + stub);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(stub_build)) {
      found.build = line.substr(std::string_view(stub_build).size());
    } else if (!line.empty() && line[0] != '#') {
      const std::string name = line.substr(line.find(' ') + 1);
      if (!line.starts_with("glass gen-") || name.find('/') != std::string::npos) return {};
      found.generation = name;
    }
  }
  return found;
}

}  // namespace vsm::layout
