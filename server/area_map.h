// A map of areas as dots: where they lie, how many people live there, and in which of five classes they are.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "catalog/area_table.h"

namespace vsm {

/// What is said of one area: a number, or nothing where there are no data.
struct MapValue {
  AreaIndex area = 0;
  std::optional<std::uint64_t> number;
};

/// Five classes of equal width between the least and the greatest number. Where the numbers are few, the last
/// classes are empty.
struct MapClass {
  std::uint64_t from = 0, to = 0;
  std::size_t areas = 0;
};

/// Lengths are in units of the drawing.
struct MapDot {
  std::size_t value = 0;                ///< into the values
  std::optional<std::size_t> in_class;  ///< 0 to 4
  double x = 0, y = 0, radius = 0;      ///< the area of the dot is in proportion to the population
  struct Place {
    double x = 0, y = 0;
  };
  std::optional<Place> name_at;  ///< middle of the line of its name; of the largest, where there is room
};

struct AreaMap {
  double width = 640, height = 0;
  std::vector<MapClass> classes;  ///< empty without data
  std::vector<MapDot> dots;       ///< the largest first, so that small ones lie above
};

/// A larger area stands where its people live: at the mean of its municipalities, by population.
AreaMap draw_map(const AreaTable& areas, const std::vector<MapValue>& values);

}  // namespace vsm
