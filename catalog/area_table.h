// Areas: Bund, Land, Regierungsbezirk, Kreis, Gemeindeverband, Gemeinde, and areas beyond that tree
// (Landschaftsverbände, Kammern, Zweckverbände), which are sets of municipalities with a level of their own.
// Source of the keys: Destatis GV-ISys (ARS, 12 digits; AGS, 8 digits).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/tables.h"

namespace vsm {

/// Nearest to the citizen first: the order is the rule "nearest level wins". `katalog` is the national
/// catalogue of services, which knows a service's name though nobody published a text.
enum class Level : std::uint8_t {
  gemeinde,
  verband,
  kreis,
  zweckverband,
  kammer,
  regierungsbezirk,
  landschaftsverband,
  land,
  bund,
  katalog
};
inline constexpr std::size_t level_count = 10;

std::string_view level_name(Level level);
std::optional<Level> parse_level(std::string_view name);

/// Position in the area table; stable only within one table.
using AreaIndex = std::uint32_t;
/// Position among the inhabited municipalities: the bit number in availability bitmaps.
using MunicipalityIndex = std::uint32_t;

struct Area {
  Level level = Level::gemeinde;
  std::string code;  ///< 12-digit ARS, or the id of a set ("lv-rheinland"). Identity is (level, code).
  std::string ags;
  std::string name;        ///< official: "Düsseldorf, Stadt"
  std::string short_name;  ///< what people say: "Düsseldorf"
  std::string kind;        ///< "kreisfreie Stadt", "Landkreis" ...
  std::uint32_t population = 0;
  float latitude = 0, longitude = 0;
  std::optional<AreaIndex> parent;

  /// "gemeinde:053150000000", unique in the table and stable between tables.
  std::string id() const;
};

/// Immutable after construction; safe to read from many threads.
class AreaTable {
 public:
  /// Reads areas/areas.tsv, sets.tsv, changed_keys.tsv and postcodes.tsv. Throws TableError.
  explicit AreaTable(const TableTexts& texts);

  std::size_t size() const { return areas_.size(); }
  const Area& operator[](AreaIndex index) const { return areas_[index]; }

  /// An ARS of 2 to 12 digits (short ones name the levels above and are filled with zeros), an ARS that has
  /// since changed, or the id of a set. Where several levels share the key the one nearest to the citizen.
  std::optional<AreaIndex> find(std::string_view code) const;
  std::optional<AreaIndex> find_id(std::string_view id) const;
  std::optional<AreaIndex> find_ags(std::string_view ags) const;
  AreaIndex bund() const { return bund_; }
  AreaIndex katalog() const { return katalog_; }
  /// The Land that an area lies in; nothing for the Bund, the catalogue and sets across Länder.
  std::optional<AreaIndex> land_of(AreaIndex index) const;

  /// The areas whose offers are valid in all of `index`, nearest level first: itself, what is above it in
  /// the tree, the sets that contain it, the Bund, the catalogue.
  std::vector<AreaIndex> chain(AreaIndex index) const;

  std::size_t municipality_count() const { return municipalities_.size(); }
  AreaIndex municipality(MunicipalityIndex number) const { return municipalities_[number]; }
  /// Sorted numbers of the inhabited municipalities in an area.
  std::span<const MunicipalityIndex> municipalities_in(AreaIndex index) const { return members_[index]; }

  /// Municipalities of a postcode, sorted by ARS; several where towns share it, empty where unknown.
  std::span<const AreaIndex> with_postcode(std::string_view postcode) const;
  /// Those of a municipality, sorted; empty where none is known, and for larger areas.
  std::span<const std::string> postcodes_of(AreaIndex index) const;

 private:
  void add(Area area);
  void read_tree(std::string_view text);
  void read_sets(std::string_view text);
  void read_changed(std::string_view text);
  void read_postcodes(std::string_view text);

  std::vector<Area> areas_;
  std::unordered_map<std::string, AreaIndex> by_id_, by_code_, by_ags_;
  std::unordered_map<std::string, std::vector<AreaIndex>> by_postcode_;
  std::unordered_map<AreaIndex, std::vector<std::string>> postcodes_;
  std::vector<AreaIndex> municipalities_, sets_;
  std::vector<std::vector<MunicipalityIndex>> members_;
  AreaIndex bund_ = 0, katalog_ = 0;
};

}  // namespace vsm
