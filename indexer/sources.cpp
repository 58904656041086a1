#include "indexer/sources.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <set>

#include "catalog/tables.h"
#include "language/fold.h"

namespace vsm {
namespace fs = std::filesystem;
namespace {

constexpr std::array formats{"xzufi", "list", "pvog-json", "pvog-csv", "bereitstelldienst", "verfuegbarkeit"};

Source loose_file(const fs::path& path) {
  return {path.stem().string(), "xzufi", path.string(), "bund:000000000000", path.stem().string(), {}, false};
}

bool is_address(std::string_view path) { return path.starts_with("http://") || path.starts_with("https://"); }

std::vector<std::string> words(std::string_view cell) {
  const auto parts = split(cell, ' ');
  return {parts.begin(), parts.end()};
}

int number(const TableReader& rows, std::string_view cell, std::string_view column, int low, int high,
           int absent) {
  if (cell.empty()) return absent;
  int value = 0;
  const auto parsed = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (parsed.ptr != cell.data() + cell.size() || parsed.ec != std::errc() || value < low || value > high)
    throw rows.error(std::string(column) + " must be a number from " + std::to_string(low) + " to " +
                     std::to_string(high));
  return value;
}

Auth read_auth(const TableReader& rows, std::string_view cell) {
  const auto parts = words(cell);
  Auth auth;
  if (parts.empty()) return auth;
  if (parts[0] == "bearer" && parts.size() == 2) {
    auth.kind = Auth::Kind::bearer;
    auth.token_variable = parts[1];
  } else if (parts[0] == "oauth2" && (parts.size() == 4 || parts.size() == 5) && is_address(parts[1])) {
    auth.kind = Auth::Kind::client_credentials;
    auth.token_url = parts[1];
    auth.id_variable = parts[2];
    auth.secret_variable = parts[3];
    if (parts.size() == 5) auth.scope = parts[4];
  } else {
    throw rows.error(
        "auth is \"bearer VARIABLE\" or \"oauth2 TOKEN-ADDRESS ID-VARIABLE SECRET-VARIABLE [SCOPE]\"");
  }
  return auth;
}

std::vector<Source> read_sources(const fs::path& file, const std::string& copies) {
  const std::string text = read_file(file.string());
  enum Column { id, format, path, area, name, sample, required };
  TableReader rows(file.native(), text, {"id", "format", "path", "area", "name", "sample"},
                   {"side", "agencies", "writes", "trust", "delivery", "max_deleted", "auth", "interval"});
  const fs::path copy_folder = copies.empty() ? file.parent_path() / "copies" : fs::path(copies);
  std::vector<Source> sources;
  std::set<std::string, std::less<>> ids;
  while (rows.next()) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (!language::is_utf8(rows[i])) throw rows.error("the line is not UTF-8");
    const auto beside = [&](std::string_view relative) {
      return relative.empty() ? std::string() : (file.parent_path() / relative).lexically_normal().string();
    };
    Source source{std::string(rows[id]),   std::string(rows[format]), {},
                  std::string(rows[area]), std::string(rows[name]),   beside(rows[required]),
                  rows[sample] == "yes"};
    if (std::find(formats.begin(), formats.end(), source.format) == formats.end())
      throw rows.error("unknown format \"" + source.format + "\"");
    if (source.id.empty() || source.id.find('/') != std::string::npos || source.id.size() > 200)
      throw rows.error("an id has 1 to 200 bytes and no slash");
    if (!ids.insert(source.id).second) throw rows.error("there are two sources \"" + source.id + "\"");
    if (is_address(rows[path])) {
      source.address = rows[path];
      source.path = (copy_folder / source.id).string();
    } else {
      source.path = beside(rows[path]);
    }
    source.agencies = words(rows[required + 1]);
    source.writes = words(rows[required + 2]);
    source.trust = number(rows, rows[required + 3], "trust", -1'000, 1'000, 0);
    const std::string_view delivery = rows[required + 4];
    if (!delivery.empty() && delivery != "whole" && delivery != "delta")
      throw rows.error("delivery is whole or delta");
    // The Bereitstelldienst tells changes only.
    source.delta = delivery == "delta" || (delivery.empty() && source.format == "bereitstelldienst");
    source.max_deleted = number(rows, rows[required + 5], "max_deleted", 0, 100, source.max_deleted);
    source.auth = read_auth(rows, rows[required + 6]);
    try {
      if (!rows[required + 7].empty()) source.interval = parse_interval(rows[required + 7]);
    } catch (const TableError& error) {
      throw rows.error(error.what());
    }
    sources.push_back(std::move(source));
  }
  return sources;
}

}  // namespace

std::optional<Feed> feed_of(const Source& source) {
  if (source.address.empty()) return std::nullopt;
  Feed feed;
  feed.id = source.id;
  feed.url = source.address;
  feed.folder = source.path;
  feed.auth = source.auth;
  if (source.format == "xzufi") feed.extension = ".xml";
  if (source.format == "pvog-json") feed.extension = ".json";
  if (source.format == "pvog-csv") feed.extension = ".csv";
  if (source.format == "verfuegbarkeit" && !feed.url.ends_with(".json")) feed.extension = ".csv";
  if (source.format == "bereitstelldienst") {
    feed.layout = Layout::bereitstelldienst;
  } else if (feed.url.ends_with("/index.txt") || feed.url.ends_with('/')) {
    feed.layout = Layout::index;
    feed.url.resize(feed.url.rfind('/'));
  }
  return feed;
}

std::chrono::seconds parse_interval(std::string_view text) {
  long count = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(parsed.ptr, static_cast<std::size_t>(text.data() + text.size() - parsed.ptr));
  const long seconds = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3'600 : unit == "d" ? 86'400 : 0;
  if (parsed.ec != std::errc() || seconds == 0 || count < 1 || count > 366 * 86'400 / seconds)
    throw TableError("an interval is a number with s, m, h or d: 15m, 6h, 1d");
  return std::chrono::seconds(count * seconds);
}

std::vector<Source> find_sources(const std::string& path, const std::string& copies) {
  if (fs::is_regular_file(path)) {
    if (fs::path(path).extension() == ".tsv") return read_sources(path, copies);
    return {loose_file(path)};
  }
  if (!fs::is_directory(path)) throw TableError(path + " does not exist");
  if (fs::exists(fs::path(path) / "sources.tsv")) return read_sources(fs::path(path) / "sources.tsv", copies);
  std::vector<Source> sources;
  for (const auto& entry : fs::directory_iterator(path))
    if (entry.path().extension() == ".xml") sources.push_back(loose_file(entry.path()));
  if (sources.empty()) throw TableError(path + " holds neither sources.tsv nor XZuFi files (.xml)");
  std::sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) { return a.id < b.id; });
  return sources;
}

}  // namespace vsm
