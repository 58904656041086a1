// Character references of HTML: "&auml;", "&#228;", "&#xE4;".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vsm {

/// The length of the reference that `text` begins with, whose letter is appended to `out` as UTF-8; 0 where
/// it begins with none. Known are the 252 names of HTML 4 and `apos`; numbers from 128 to 159 are read as
/// Windows-1252, as browsers do.
std::size_t take_entity(std::string_view text, std::string& out);

}  // namespace vsm
