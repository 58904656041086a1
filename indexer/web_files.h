// Files of indexer/web, compiled in.
#pragma once

#include <string_view>

namespace vsm {

/// The bytes of a file in indexer/web by its name; empty where there is none.
std::string_view report_file(std::string_view name);

}  // namespace vsm
