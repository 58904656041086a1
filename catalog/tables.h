// The tables of data/: tab-separated text with a header line. The index keeps a copy of each,
// so a server needs no data folder.
#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace vsm {

/// A table that cannot be read: names file and line ("words/bildung.tsv:17") and what was expected.
class TableError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Whole tables by their path below data/, for example "areas/areas.tsv".
using TableTexts = std::map<std::string, std::string, std::less<>>;

/// Reads the tables that an index carries (areas, topics, catalogue, own texts) from the folder data/.
/// Throws TableError when one is missing.
TableTexts read_tables(const std::string& data_folder);
/// The files *.txt of a folder as "NAME/file.txt". Throws TableError where there is no such folder.
TableTexts read_texts(const std::string& folder, const std::string& name);

/// Column of tables that were put together from several files: file and line that a row comes from.
inline constexpr std::string_view origin_column = "read from";

/// Walks the lines of one table. Columns are found by name; their order is free, unknown ones are ignored.
/// Views point into the text handed in, which must outlive the reader.
class TableReader {
 public:
  /// Throws TableError when a wanted column is missing. `name` is used in messages only. Columns of
  /// `optional` follow those of `columns`; where the table or a line has none, they are empty.
  TableReader(std::string_view name, std::string_view text, std::vector<std::string_view> columns,
              std::vector<std::string_view> optional = {});

  /// The next line's wanted columns in the order asked for; false at the end. Empty lines and lines that
  /// begin with # are skipped. Throws TableError on a line with too few columns.
  bool next();
  std::string_view operator[](std::size_t column) const { return cells_[column]; }
  std::size_t size() const { return cells_.size(); }
  std::size_t line() const { return line_; }
  /// An error about the line that was read last; names the file and line that it stems from.
  TableError error(std::string_view what) const;

 private:
  std::string_view name_, rest_;
  std::vector<std::size_t> positions_;
  std::vector<std::optional<std::size_t>> optional_;
  std::optional<std::size_t> origin_;
  std::vector<std::string_view> line_cells_, cells_;
  std::size_t line_ = 0;

  bool take_line(std::string_view& line);
};

/// Non-empty parts of a text between separators, blanks around them removed.
std::vector<std::string_view> split(std::string_view text, char separator);

/// The whole file; throws TableError when it cannot be read.
std::string read_file(const std::string& path);

}  // namespace vsm
