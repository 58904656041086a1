#include "indexer/sources.h"

#include <algorithm>
#include <filesystem>

#include "catalog/tables.h"
#include "language/fold.h"

namespace vsm {
namespace fs = std::filesystem;
namespace {

Source loose_file(const fs::path& path) {
  return {path.stem().string(), "xzufi", path.string(), "bund:000000000000", path.stem().string(), {}, false};
}

std::vector<Source> read_sources(const fs::path& file) {
  const std::string text = read_file(file.string());
  TableReader rows(file.native(), text, {"id", "format", "path", "area", "name", "sample", "side"});
  std::vector<Source> sources;
  while (rows.next()) {
    for (std::size_t i = 0; i < 7; ++i)
      if (!language::is_utf8(rows[i])) throw rows.error("the line is not UTF-8");
    const auto beside = [&](std::string_view relative) {
      return relative.empty() ? std::string() : (file.parent_path() / relative).lexically_normal().string();
    };
    Source source{std::string(rows[0]), std::string(rows[1]), beside(rows[2]), std::string(rows[3]),
                  std::string(rows[4]), beside(rows[6]),      rows[5] == "yes"};
    if (source.format != "xzufi" && source.format != "list")
      throw rows.error("unknown format \"" + source.format + "\"");
    sources.push_back(std::move(source));
  }
  return sources;
}

}  // namespace

std::vector<Source> find_sources(const std::string& path) {
  if (fs::is_regular_file(path)) {
    if (fs::path(path).extension() == ".tsv") return read_sources(path);
    return {loose_file(path)};
  }
  if (!fs::is_directory(path)) throw TableError(path + " does not exist");
  if (fs::exists(fs::path(path) / "sources.tsv")) return read_sources(fs::path(path) / "sources.tsv");
  std::vector<Source> sources;
  for (const auto& entry : fs::directory_iterator(path))
    if (entry.path().extension() == ".xml") sources.push_back(loose_file(entry.path()));
  if (sources.empty()) throw TableError(path + " holds neither sources.tsv nor XZuFi files (.xml)");
  std::sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) { return a.id < b.id; });
  return sources;
}

}  // namespace vsm
