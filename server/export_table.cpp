#include "server/export_table.h"

#include "query/json_writer.h"

namespace vsm {
namespace {

/// Quoted where it has to be. Also a tab or line break at the beginning makes some programs see a formula.
std::string csv_text(const std::string& text) {
  const bool guarded =
      !text.empty() && std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos;
  std::string cell = guarded ? "'" + text : text;
  if (cell.find_first_of(";\"\r\n") == std::string::npos) return cell;
  for (std::size_t at = 0; (at = cell.find('"', at)) != std::string::npos; at += 2) cell.insert(at, 1, '"');
  return "\"" + cell + "\"";
}

std::string csv_cell(const ExportCell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return csv_text(*text);
  if (const auto* number = std::get_if<std::uint64_t>(&cell)) return std::to_string(*number);
  return {};
}

}  // namespace

std::string to_csv(const ExportTable& table) {
  std::string csv = "\xEF\xBB\xBF";
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    csv += (i == 0 ? "" : ";") + csv_text(table.columns[i]);
  csv += "\r\n";
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) csv += (i == 0 ? "" : ";") + csv_cell(row[i]);
    csv += "\r\n";
  }
  return csv;
}

std::string to_json(const ExportTable& table, const std::vector<std::pair<std::string, ExportCell>>& about) {
  JsonWriter json;
  const auto field = [&](const std::string& name, const ExportCell& cell) {
    json.key(name);
    if (const auto* text = std::get_if<std::string>(&cell))
      json.value(std::string_view(*text));
    else if (const auto* number = std::get_if<std::uint64_t>(&cell))
      json.value(*number);
    else
      json.null();
  };
  json.object([&] {
    json.field("table", std::string_view(table.name));
    for (const auto& [name, cell] : about) field(name, cell);
    json.array("rows", table.rows, [&](const std::vector<ExportCell>& row) {
      json.object([&] {
        for (std::size_t i = 0; i < row.size(); ++i) field(table.columns[i], row[i]);
      });
    });
  });
  return json.take();
}

}  // namespace vsm
