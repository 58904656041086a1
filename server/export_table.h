// A table to take away: as CSV, which spreadsheets open by a click, and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace vsm {

/// Nothing is "no data", which is no 0 and no empty text.
using ExportCell = std::variant<std::monostate, std::string, std::uint64_t>;

struct ExportTable {
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::vector<ExportCell>> rows;
};

/// UTF-8 with byte order mark, semicolons, CRLF: what Excel expects in Germany. A text that a spreadsheet
/// would take for a formula has an apostrophe before it. Nothing is an empty cell.
std::string to_csv(const ExportTable& table);

/// {"table": name, `about`..., "rows": [{column: cell}]}; nothing is null.
std::string to_json(const ExportTable& table, const std::vector<std::pair<std::string, ExportCell>>& about);

}  // namespace vsm
