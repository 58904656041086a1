// Files of server/web, compiled in.
#pragma once

#include <string_view>

namespace vsm {

/// The bytes of a file in server/web by its name; empty where there is none.
std::string_view web_file(std::string_view name);

}  // namespace vsm
