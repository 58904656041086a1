#include "catalog/area_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace vsm {
namespace {

constexpr std::array<std::string_view, level_count> level_names = {
    "gemeinde",           "verband", "kreis", "zweckverband", "kammer", "regierungsbezirk",
    "landschaftsverband", "land",    "bund",  "katalog"};

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string_view level_name(Level level) { return level_names[static_cast<std::size_t>(level)]; }

std::optional<Level> parse_level(std::string_view name) {
  const auto found = std::find(level_names.begin(), level_names.end(), name);
  if (found == level_names.end()) return std::nullopt;
  return static_cast<Level>(found - level_names.begin());
}

std::string Area::id() const { return std::string(level_name(level)) + ":" + code; }

AreaTable::AreaTable(const TableTexts& texts) {
  read_tree(texts.at("areas/areas.tsv"));
  Area catalogue;
  catalogue.level = Level::katalog;
  catalogue.code = "katalog";
  catalogue.name = catalogue.short_name = "Leistungskatalog";
  katalog_ = static_cast<AreaIndex>(areas_.size());
  add(std::move(catalogue));
  members_.resize(areas_.size());
  for (MunicipalityIndex number = 0; number < municipalities_.size(); ++number) {
    std::optional<AreaIndex> up = municipalities_[number];
    for (; up; up = areas_[*up].parent) members_[*up].push_back(number);
  }
  members_[katalog_] = members_[bund_];
  read_sets(texts.at("areas/sets.tsv"));
  read_changed(texts.at("areas/changed_keys.tsv"));
  read_postcodes(texts.at("areas/postcodes.tsv"));
}

void AreaTable::add(Area area) {
  const AreaIndex index = static_cast<AreaIndex>(areas_.size());
  by_id_.emplace(area.id(), index);
  // Rows come from the Bund down, so the level nearest to the citizen stays.
  by_code_[area.code] = index;
  if (area.ags.size() == 8) by_ags_[area.ags] = index;
  areas_.push_back(std::move(area));
}

void AreaTable::read_tree(std::string_view text) {
  TableReader rows("areas/areas.tsv", text,
                   {"level", "ars", "ags", "parent", "name", "short", "kind", "population", "lat", "lon"});
  while (rows.next()) {
    const auto fail = [&](const char* what) { throw rows.error(what); };
    Area area;
    const auto level = parse_level(rows[0]);
    if (!level) fail("unknown level");
    area.level = *level;
    area.code = rows[1];
    if (area.code.size() != 12 || !all_digits(area.code)) fail("an ARS of 12 digits was expected");
    area.ags = rows[2];
    if (!rows[3].empty()) {
      area.parent = find_id(rows[3]);
      if (!area.parent) fail("the parent must stand above its areas");
    }
    area.name = rows[4];
    area.short_name = rows[5];
    area.kind = rows[6];
    std::from_chars(rows[7].data(), rows[7].data() + rows[7].size(), area.population);
    area.latitude = std::strtof(std::string(rows[8]).c_str(), nullptr);
    area.longitude = std::strtof(std::string(rows[9]).c_str(), nullptr);
    if (find_id(area.id())) fail("the area stands twice");
    const auto index = static_cast<AreaIndex>(areas_.size());
    if (area.level == Level::bund) bund_ = index;
    if (area.level == Level::gemeinde) municipalities_.push_back(index);
    add(std::move(area));
  }
  for (AreaIndex place : municipalities_)
    for (std::optional<AreaIndex> up = areas_[place].parent; up; up = areas_[*up].parent)
      areas_[*up].population += areas_[place].population;
}

void AreaTable::read_sets(std::string_view text) {
  TableReader rows("areas/sets.tsv", text, {"id", "level", "name", "short", "members"});
  while (rows.next()) {
    const auto level = parse_level(rows[1]);
    if (!level) throw rows.error("unknown level");
    Area area;
    area.level = *level;
    area.code = rows[0];
    if (find_id(area.id())) throw rows.error("the area stands twice");
    area.name = rows[2];
    area.short_name = rows[3];
    area.kind = rows[1];
    const auto prefixes = split(rows[4], ' ');
    std::vector<MunicipalityIndex> members;
    for (MunicipalityIndex number = 0; number < municipalities_.size(); ++number) {
      const Area& place = areas_[municipalities_[number]];
      if (std::any_of(prefixes.begin(), prefixes.end(),
                      [&](std::string_view prefix) { return place.code.starts_with(prefix); })) {
        members.push_back(number);
        area.population += place.population;
      }
    }
    sets_.push_back(static_cast<AreaIndex>(areas_.size()));
    members_.push_back(std::move(members));
    add(std::move(area));
  }
}

void AreaTable::read_changed(std::string_view text) {
  TableReader rows("areas/changed_keys.tsv", text, {"old", "new"});
  while (rows.next()) {
    const std::string old_code(rows[0]), new_code(rows[1]);
    const auto found = by_code_.find(new_code);
    if (new_code.empty() || found == by_code_.end() || by_code_.contains(old_code)) continue;
    by_code_[old_code] = found->second;
    by_ags_.try_emplace(old_code.substr(0, 5) + old_code.substr(9), found->second);
  }
}

void AreaTable::read_postcodes(std::string_view text) {
  TableReader rows("areas/postcodes.tsv", text, {"postcode", "ars"});
  while (rows.next()) {
    const auto place = find(rows[1]);
    if (!place) throw rows.error("unknown ARS");
    auto& places = by_postcode_[std::string(rows[0])];
    if (std::find(places.begin(), places.end(), *place) != places.end()) continue;
    places.push_back(*place);
    postcodes_[*place].emplace_back(rows[0]);
  }
  for (auto& [place, postcodes] : postcodes_) std::sort(postcodes.begin(), postcodes.end());
}

std::optional<AreaIndex> AreaTable::find(std::string_view code) const {
  std::string full(code);
  if (code.size() >= 2 && code.size() < 12 && all_digits(code)) full.resize(12, '0');
  const auto found = by_code_.find(full);
  if (found == by_code_.end()) return std::nullopt;
  return found->second;
}

std::optional<AreaIndex> AreaTable::find_id(std::string_view id) const {
  const auto found = by_id_.find(std::string(id));
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

std::optional<AreaIndex> AreaTable::find_ags(std::string_view ags) const {
  const auto found = by_ags_.find(std::string(ags));
  if (found == by_ags_.end()) return std::nullopt;
  return found->second;
}

std::optional<AreaIndex> AreaTable::land_of(AreaIndex index) const {
  std::optional<AreaIndex> up = index;
  if (areas_[index].level != Level::gemeinde && !areas_[index].parent) {
    // A set lies in a Land when all its municipalities do.
    const auto& members = members_[index];
    if (members.empty() || index == bund_ || index == katalog_) return std::nullopt;
    const auto first = land_of(municipalities_[members.front()]);
    if (first != land_of(municipalities_[members.back()])) return std::nullopt;
    return first;
  }
  for (; up; up = areas_[*up].parent)
    if (areas_[*up].level == Level::land) return up;
  return std::nullopt;
}

std::vector<AreaIndex> AreaTable::chain(AreaIndex index) const {
  std::vector<AreaIndex> areas;
  for (std::optional<AreaIndex> up = index; up; up = areas_[*up].parent) areas.push_back(*up);
  const auto& inside = members_[index];
  if (!inside.empty())
    for (AreaIndex set : sets_)
      if (set != index &&
          std::includes(members_[set].begin(), members_[set].end(), inside.begin(), inside.end()))
        areas.push_back(set);
  if (areas_[index].level != Level::katalog) {
    if (std::find(areas.begin(), areas.end(), bund_) == areas.end()) {
      if (const auto land = land_of(index)) areas.push_back(*land);
      areas.push_back(bund_);
    }
    areas.push_back(katalog_);
  }
  std::stable_sort(areas.begin(), areas.end(),
                   [&](AreaIndex a, AreaIndex b) { return areas_[a].level < areas_[b].level; });
  return areas;
}

std::span<const AreaIndex> AreaTable::with_postcode(std::string_view postcode) const {
  const auto found = by_postcode_.find(std::string(postcode));
  if (found == by_postcode_.end()) return {};
  return found->second;
}

std::span<const std::string> AreaTable::postcodes_of(AreaIndex index) const {
  const auto found = postcodes_.find(index);
  if (found == postcodes_.end()) return {};
  return found->second;
}

}  // namespace vsm
