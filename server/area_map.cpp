#include "server/area_map.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vsm {
namespace {

constexpr std::size_t class_count = 5, labels = 14;
constexpr double margin = 34, least_radius = 2.6, greatest_radius = 32;
constexpr double filled = 0.14;  ///< share of the drawing that dots take
constexpr double letter_width = 7.4, line_height = 15;

struct Point {
  double x = 0, y = 0;
};

/// Degrees, with eastward ones as long as northward ones in the middle of Germany.
Point place_of(const AreaTable& areas, AreaIndex area) {
  const double squeeze = std::cos(51.0 * std::numbers::pi / 180);
  double people = 0;
  Point sum;
  for (MunicipalityIndex number : areas.municipalities_in(area)) {
    const Area& town = areas[areas.municipality(number)];
    const double weight = std::max(1.0, double{town.latitude == 0 ? 0.0F : 1.0F} * town.population);
    people += weight;
    sum.x += weight * double{town.longitude} * squeeze;
    sum.y -= weight * double{town.latitude};
  }
  return people > 0 ? Point{sum.x / people, sum.y / people} : sum;
}

std::vector<MapClass> classes_of(const std::vector<MapValue>& values) {
  std::vector<std::uint64_t> numbers;
  for (const MapValue& value : values)
    if (value.number) numbers.push_back(*value.number);
  if (numbers.empty()) return {};
  const auto [least, greatest] = std::minmax_element(numbers.begin(), numbers.end());
  const std::uint64_t width = (*greatest - *least) / class_count + 1;
  std::vector<MapClass> classes(class_count);
  for (std::size_t i = 0; i < class_count; ++i) {
    classes[i].from = *least + i * width;
    classes[i].to = classes[i].from + width - 1;
  }
  for (std::uint64_t number : numbers) ++classes[(number - *least) / width].areas;
  return classes;
}

struct Box {
  double left, top, right, bottom;
  bool meets(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

/// Names for the largest dots: above, below or beside the dot, where no other name and no other large dot is.
void label(AreaMap& map, const AreaTable& areas, const std::vector<MapValue>& values) {
  const std::size_t large = std::min(map.dots.size(), 2 * labels);
  std::vector<Box> taken;
  for (std::size_t i = 0; i < large; ++i) {
    const MapDot& dot = map.dots[i];
    const double inside = dot.radius * 0.7;
    taken.push_back({dot.x - inside, dot.y - inside, dot.x + inside, dot.y + inside});
  }
  std::size_t made = 0;
  for (std::size_t i = 0; i < large && made < labels; ++i) {
    MapDot& dot = map.dots[i];
    const double wide = letter_width * static_cast<double>(areas[values[dot.value].area].short_name.size());
    const double far = dot.radius + 3;
    const Point middles[] = {{dot.x, dot.y - far - line_height / 2},
                             {dot.x, dot.y + far + line_height / 2},
                             {dot.x + far + wide / 2, dot.y},
                             {dot.x - far - wide / 2, dot.y},
                             {dot.x, dot.y}};
    for (const Point& middle : middles) {
      const Box box{middle.x - wide / 2, middle.y - line_height / 2, middle.x + wide / 2,
                    middle.y + line_height / 2};
      // Inside of a dot it is only where it covers little of it.
      const bool in_dot = middle.x == dot.x && middle.y == dot.y;
      const auto meets = [&](const Box& other) { return &other != &taken[i] && box.meets(other); };
      if ((in_dot && wide > 4 * dot.radius) || box.left < 0 || box.right > map.width || box.top < 0 ||
          box.bottom > map.height || std::any_of(taken.begin(), taken.end(), meets))
        continue;
      dot.name_at = MapDot::Place{middle.x, middle.y + line_height * 0.3};
      taken.push_back(box);
      ++made;
      break;
    }
  }
}

}  // namespace

AreaMap draw_map(const AreaTable& areas, const std::vector<MapValue>& values) {
  AreaMap map;
  map.classes = classes_of(values);
  if (values.empty()) return map;
  std::vector<Point> places;
  Point from{1e9, 1e9}, to{-1e9, -1e9};
  std::uint64_t greatest = 1, people = 0;
  for (const MapValue& value : values) {
    const Point at = places.emplace_back(place_of(areas, value.area));
    from = {std::min(from.x, at.x), std::min(from.y, at.y)};
    to = {std::max(to.x, at.x), std::max(to.y, at.y)};
    greatest = std::max<std::uint64_t>(greatest, areas[value.area].population);
    people += areas[value.area].population;
  }
  const double wide = std::max(to.x - from.x, 0.01), high = std::max(to.y - from.y, 0.01);
  const double inner = map.width - 2 * margin;
  // A high country is drawn narrower, so that it can be seen at a glance.
  const double scale = std::min(inner / wide, 1.15 * inner / high);
  map.height = high * scale + 2 * margin;
  const double left = (map.width - wide * scale) / 2;
  const double all = static_cast<double>(people) / static_cast<double>(greatest);
  const double radius = std::min(
      greatest_radius, std::sqrt(filled * map.width * map.height / std::numbers::pi / std::max(all, 1e-3)));
  for (std::size_t i = 0; i < values.size(); ++i) {
    MapDot dot;
    dot.value = i;
    dot.x = left + (places[i].x - from.x) * scale;
    dot.y = margin + (places[i].y - from.y) * scale;
    dot.radius = std::max(least_radius, radius * std::sqrt(double{areas[values[i].area].population * 1.0} /
                                                           static_cast<double>(greatest)));
    if (values[i].number)
      dot.in_class =
          (*values[i].number - map.classes[0].from) / (map.classes[0].to - map.classes[0].from + 1);
    map.dots.push_back(dot);
  }
  std::stable_sort(map.dots.begin(), map.dots.end(),
                   [](const MapDot& a, const MapDot& b) { return a.radius > b.radius; });
  label(map, areas, values);
  return map;
}

}  // namespace vsm
