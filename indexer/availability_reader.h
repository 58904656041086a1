// Reads a town's own list of what it offers online: a spreadsheet as CSV, or the same as JSON, for towns
// whose editorial system delivers nothing. Columns: docs/format-feeds.md, docs/examples/verfuegbarkeit.csv.
#pragma once

#include <istream>
#include <optional>
#include <string>
#include <string_view>

#include "catalog/area_table.h"
#include "catalog/service_key.h"
#include "indexer/problem.h"

namespace vsm {

/// Bytes of a list that are read at most; a town's list has some hundred kilobytes.
inline constexpr std::size_t availability_limit = 64U << 20U;

/// Each row becomes a ServiceText {agency, "V." + key}, with a link an OnlineService {agency, "VO." + key},
/// with an office an Office {agency, "VS." + a number made from its name}, and the Responsibilities that join
/// them. The second row of a key has ".2" behind it, and so on; a row without key has a number made from its
/// title in place of the key. So ids stay the same as long as key, title and order do.
///
/// The title of a text may be empty where it has a key: then the caller fills title and official_title from
/// the catalogue.
///
/// A row that fails is refused and the others go on. Lines are rows as a spreadsheet numbers them (a cell
/// with line breaks makes no new one); of JSON, lines of the file. False where nothing or not all was read:
/// the file has no columns that fit, is no UTF-8 (then nothing is handed on), or is too large.
bool read_availability(const std::string& path, const AreaTable& areas, const std::string& agency,
                       const ChangeSink& sink);
/// The same from a stream; `name` stands in problems.
bool read_availability(std::istream& in, const std::string& name, const AreaTable& areas,
                       const std::string& agency, const ChangeSink& sink);

/// A service key as a spreadsheet may have left it: with blanks, dots, hyphens or an apostrophe, or as a
/// number with decimals of nothing ("99108001001000,0"). Only what is certain is mended; nothing where it is
/// not, then `problem` is a German sentence that says what happened to it.
std::optional<ServiceKey> repair_key(std::string_view cell, std::string& problem);

}  // namespace vsm
