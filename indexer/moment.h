// Points in time as feeds and spreadsheets write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "catalog/objects.h"

namespace vsm {

struct Moment {
  Day day = 0;               ///< the date as written
  std::int64_t seconds = 0;  ///< since 1970 (UTC); of a date alone its first second
  /// "2025-01-20"
  std::string date() const;
};

/// "2025-01-20", "20.01.2025" or "20.1.2025", each also with a time behind it ("T01:26:46.65Z", " 00:48"). A
/// time without zone is taken as UTC. Nothing for other text and for dates that do not exist; what stands
/// behind the date and is no time is ignored, as parse_day() does.
std::optional<Moment> moment_of(std::string_view text);

}  // namespace vsm
