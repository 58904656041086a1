#include "store/layout.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
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

std::string bounded(const std::string& id) {
  constexpr std::size_t limit = 200;
  if (id.size() <= limit && id.find('\0') == std::string::npos) return id;
  std::string result = id.substr(0, limit);
  std::replace(result.begin(), result.end(), '\0', '?');
  result.resize(limit, '?');
  return result + '#' + number(XXH3_64bits(id.data(), id.size()));
}

}  // namespace vsm::layout
