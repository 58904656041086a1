// What the entries of an XZuFi delivery mean: one element, as a tree, becomes objects of the catalogue.
// Reading the file is the part of xzufi_reader.h. Which element becomes what: docs/format-feeds.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "catalog/area_table.h"
#include "catalog/objects.h"
#include "indexer/problem.h"
#include "indexer/xml_tree.h"

namespace vsm {

/// What one entry became. An entry with a refused problem gave no change, or (where it holds several
/// responsibilities) not the one that the problem names.
struct XzufiEntry {
  std::vector<Change> changes;
  std::vector<Problem> problems;  ///< without file and line
};

/// `entry` is the element inside of `schreibe` (leistung, onlinedienst ...), or `loesche` itself.
XzufiEntry read_xzufi_entry(XmlElement entry, const AreaTable& areas);

/// "2026-05-04T10:00:00+02:00" as seconds since 1970 (UTC). Without a zone it is taken as UTC, without a time
/// as the day's beginning. Nothing for dates and times that do not exist, and for the year 0.
std::optional<std::int64_t> parse_moment(std::string_view text);

}  // namespace vsm
