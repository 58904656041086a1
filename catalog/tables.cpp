#include "catalog/tables.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace vsm {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw TableError("cannot read " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

namespace {

/// All tables of a folder below data/ as one, in the order of their names, with the origin of each row.
std::string joined_tables(const std::string& data_folder, const std::string& name,
                          const std::vector<std::string_view>& columns) {
  const std::filesystem::path folder = std::filesystem::path(data_folder) / name;
  if (!std::filesystem::is_directory(folder)) throw TableError("cannot read " + folder.string());
  std::vector<std::filesystem::path> files(std::filesystem::directory_iterator(folder), {});
  std::sort(files.begin(), files.end());
  std::string all;
  for (std::string_view column : columns) (all += column) += '\t';
  (all += origin_column) += '\n';
  for (const auto& file : files) {
    if (file.extension() != ".tsv") continue;
    const std::string text = read_file(file.string());
    const std::string file_name = name + "/" + file.filename().string();
    TableReader rows(file_name, text, columns);
    while (rows.next()) {
      for (std::size_t i = 0; i < columns.size(); ++i) (all += rows[i]) += '\t';
      ((all += file_name) += ':') += std::to_string(rows.line()) + '\n';
    }
  }
  return all;
}

}  // namespace

TableTexts read_tables(const std::string& data_folder) {
  static constexpr std::string_view names[] = {
      "areas/areas.tsv",     "areas/postcodes.tsv", "areas/changed_keys.tsv",
      "areas/sets.tsv",      "topics/topics.tsv",   "topics/situations.tsv",
      "topics/services.tsv", "topics/ozg.tsv",      "catalogue/services.tsv"};
  TableTexts texts;
  for (std::string_view name : names) texts.emplace(name, read_file(data_folder + "/" + std::string(name)));
  texts.emplace("texts.tsv", joined_tables(data_folder, "texts", {"key", "title", "teaser", "words"}));
  texts.emplace("words.tsv", joined_tables(data_folder, "words", {"prefix", "words"}));
  return texts;
}

TableTexts read_texts(const std::string& folder, const std::string& name) {
  TableTexts texts;
  if (!std::filesystem::is_directory(folder)) throw TableError("cannot read " + folder);
  for (const auto& file : std::filesystem::directory_iterator(folder))
    if (file.path().extension() == ".txt")
      texts.emplace(name + "/" + file.path().filename().string(), read_file(file.path().string()));
  return texts;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    std::string_view part = text.substr(0, end);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (!part.empty()) parts.push_back(part);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

namespace {

void cut(std::string_view line, std::vector<std::string_view>& cells) {
  cells.clear();
  while (true) {
    const std::size_t tab = line.find('\t');
    cells.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return;
    line.remove_prefix(tab + 1);
  }
}

}  // namespace

TableReader::TableReader(std::string_view name, std::string_view text, std::vector<std::string_view> columns,
                         std::vector<std::string_view> optional)
    : name_(name), rest_(text) {
  std::string_view header;
  if (!take_line(header)) throw TableError(std::string(name) + ": empty, a header line was expected");
  cut(header, line_cells_);
  for (std::string_view column : columns) {
    const auto found = std::find(line_cells_.begin(), line_cells_.end(), column);
    if (found == line_cells_.end())
      throw TableError(std::string(name) + ": column \"" + std::string(column) + "\" is missing");
    positions_.push_back(static_cast<std::size_t>(found - line_cells_.begin()));
  }
  for (std::string_view column : optional) {
    const auto found = std::find(line_cells_.begin(), line_cells_.end(), column);
    if (found == line_cells_.end())
      optional_.emplace_back();
    else
      optional_.emplace_back(static_cast<std::size_t>(found - line_cells_.begin()));
  }
  cells_.resize(columns.size() + optional.size());
  const auto origin = std::find(line_cells_.begin(), line_cells_.end(), origin_column);
  if (origin != line_cells_.end()) origin_ = static_cast<std::size_t>(origin - line_cells_.begin());
}

bool TableReader::take_line(std::string_view& line) {
  while (!rest_.empty()) {
    const std::size_t end = rest_.find('\n');
    line = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    ++line_;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!line.empty() && line.front() != '#') return true;
  }
  return false;
}

bool TableReader::next() {
  std::string_view line;
  if (!take_line(line)) return false;
  cut(line, line_cells_);
  for (std::size_t i = 0; i < positions_.size(); ++i) {
    if (positions_[i] >= line_cells_.size()) throw error("too few columns");
    cells_[i] = line_cells_[positions_[i]];
  }
  for (std::size_t i = 0; i < optional_.size(); ++i) {
    const bool there = optional_[i] && *optional_[i] < line_cells_.size();
    cells_[positions_.size() + i] = there ? line_cells_[*optional_[i]] : std::string_view();
  }
  return true;
}

TableError TableReader::error(std::string_view what) const {
  std::string place = std::string(name_) + ":" + std::to_string(line_);
  if (origin_ && *origin_ < line_cells_.size() && !line_cells_[*origin_].empty())
    place = line_cells_[*origin_];
  return TableError(place + ": " + std::string(what));
}

}  // namespace vsm
