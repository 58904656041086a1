// What the fuzzers of readers share.
#pragma once

#include <cstdlib>
#include <string>

#include "catalog/area_table.h"
#include "catalog/tables.h"
#include "indexer/problem.h"

namespace vsm {

/// The areas of the project.
inline const AreaTable& all_areas() {
  static const AreaTable areas(read_tables(VSM_DATA_FOLDER));
  return areas;
}

/// Ends the program where a reader reports something that nobody could act on.
inline ChangeSink strict_sink() {
  return {{},
          [](Change, const Problem&) {},
          [](const Problem& problem) {
            if (problem.rule.empty() || problem.message.empty() || problem.message.size() > 10'000)
              std::abort();
          }};
}

}  // namespace vsm
