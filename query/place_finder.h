// From what people type for a place to areas: names as they are said and written officially, and postcodes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "catalog/area_table.h"

namespace vsm {

/// Whether a text has the form of a German postcode, five digits; that some place has it is not asked.
bool is_postcode(std::string_view text);

/// Immutable after construction; safe to read from many threads. Keeps a reference to the table.
class PlaceFinder {
 public:
  /// Among places of one name those of `home_land` come first.
  PlaceFinder(const AreaTable& areas, std::optional<AreaIndex> home_land);

  /// All readings of a whole name, best first: the home Land, there the exact name; then the level nearest to
  /// the citizen, then population. "Heinsberg" is the town before the Kreis, "Halle" rather Halle (Saale)
  /// than a village. Empty where nothing has the name.
  std::vector<AreaIndex> named(std::string_view name) const;

  std::optional<AreaIndex> home_land() const { return home_land_; }

  struct Reading {
    std::optional<AreaIndex> chosen;
    std::vector<AreaIndex> others;  ///< offered instead
  };
  /// A name or a postcode of five digits. A postcode that towns share offers them and chooses none.
  Reading read(std::string_view text) const;

  /// A name that read() turns back into this area: the short one, or with its Kreis where others share it.
  std::string label(AreaIndex area) const;

  /// Places whose name begins like this, or that have this postcode; at most `limit`.
  std::vector<AreaIndex> beginning_with(std::string_view text, std::size_t limit) const;

 private:
  struct Entry {
    AreaIndex area;
    bool exact;  ///< a whole name, not one shortened by its addition ("am Rhein")
  };
  void add(const std::string& name, AreaIndex area, bool exact);
  std::string with_kreis(AreaIndex index) const;
  bool better(const Entry& a, const Entry& b) const;

  const AreaTable& areas_;
  std::optional<AreaIndex> home_land_;
  std::unordered_map<std::string, std::vector<Entry>> by_name_;
  std::vector<std::pair<std::string, AreaIndex>> sorted_names_;
};

}  // namespace vsm
