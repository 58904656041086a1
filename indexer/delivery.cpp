#include "indexer/delivery.h"

#include <sys/stat.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "catalog/tables.h"
#include "indexer/availability_reader.h"
#include "indexer/list_reader.h"
#include "indexer/pvog_reader.h"
#include "indexer/xzufi_reader.h"

namespace vsm {
namespace fs = std::filesystem;
namespace {

/// Raised when a reader takes more or other things from the same file, so that all are read again.
constexpr int readers_version = 1;
/// A file that was changed so shortly before it was read may change again within the same tick.
constexpr std::int64_t settled = 2'000'000'000;

std::string hex(std::uint64_t number) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
  return text;
}

std::string hash_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  const std::unique_ptr<XXH3_state_t, Free> state(XXH3_createState());
  XXH3_64bits_reset(state.get());
  std::vector<char> buffer(1U << 20U);
  while (in) {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    XXH3_64bits_update(state.get(), buffer.data(), static_cast<std::size_t>(in.gcount()));
  }
  return hex(XXH3_64bits_digest(state.get()));
}

/// The extension of the files that a format reads from a folder.
std::string_view extension(std::string_view format) {
  if (format == "xzufi") return ".xml";
  if (format == "pvog-csv") return ".csv";
  if (format == "list") return ".tsv";
  return ".json";
}

/// Size and time of change in nanoseconds since 1970.
std::pair<std::uintmax_t, std::int64_t> look_at(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0)
    throw TableError("die Datei „" + path + "“ gibt es nicht, oder sie darf nicht gelesen werden");
  return {static_cast<std::uintmax_t>(info.st_size),
          std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
}

std::int64_t now_in_nanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Delivery::Delivery(const Source& source) : source_(source) {
  std::vector<std::string> paths;
  std::error_code error;
  if (fs::is_directory(source.path, error)) {
    for (const auto& entry : fs::directory_iterator(source.path)) {
      const auto& path = entry.path();
      if (path.filename().string().starts_with('.')) continue;
      const bool table = source.format == "verfuegbarkeit" && path.extension() == ".csv";
      if (path.extension() == extension(source.format) || table) paths.push_back(path.string());
    }
    std::sort(paths.begin(), paths.end());
  } else {
    paths.push_back(source.path);
  }
  if (!source.side.empty()) paths.push_back(source.side);
  for (const std::string& path : paths) {
    const auto found = look_at(path);
    files_.push_back({path, found.first, found.second});
  }
  hashes_.resize(files_.size());
}

std::size_t Delivery::bytes() const {
  std::size_t sum = 0;
  for (const File& file : files_) sum += file.size;
  return sum;
}

std::size_t Delivery::position() const {
  const auto at = reading_ ? static_cast<std::streamoff>(reading_->tellg()) : 0;
  return finished_ + static_cast<std::size_t>(std::max<std::streamoff>(0, at));
}

std::string Delivery::glance() const {
  std::string text;
  for (const File& file : files_)
    text += file.path + '\t' + std::to_string(file.size) + '\t' + std::to_string(file.changed) + '\n';
  return text;
}

std::string Delivery::settings() const {
  std::string all = std::to_string(readers_version);
  const auto add = [&](const std::string& part) { (all += '\x1f') += part; };
  for (const std::string* part : {&source_.format, &source_.area, &source_.name}) add(*part);
  add(source_.sample ? "sample" : "");
  add(source_.delta ? "delta" : "");
  add(std::to_string(source_.trust));
  for (const auto* list : {&source_.agencies, &source_.writes})
    for (const std::string& part : *list) add(part);
  return hex(XXH3_64bits(all.data(), all.size()));
}

bool Delivery::remembers(std::string_view memo, const File& file) const {
  for (std::string_view line : split(memo, '\n')) {
    const auto cells = split(line, '\t');
    if (cells.size() != 4 || cells[0] != file.path) continue;
    if (cells[1] != std::to_string(file.size)) return false;
    if (cells[2] == std::to_string(file.changed)) return true;
    std::string& hash = hashes_[static_cast<std::size_t>(&file - files_.data())];
    if (hash.empty()) hash = hash_of_file(file.path);
    return cells[3] == hash;
  }
  return false;
}

bool Delivery::is_same_as(std::string_view memo) const {
  const auto lines = split(memo, '\n');
  if (lines.empty() || lines.front() != settings()) return false;
  if (!source_.delta && lines.size() != files_.size() + 1) return false;
  return std::all_of(files_.begin(), files_.end(), [&](const File& file) { return remembers(memo, file); });
}

std::string Delivery::memo() const {
  std::string text = settings() + '\n';
  const std::int64_t now = now_in_nanoseconds();
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const File& file = files_[i];
    if (hashes_[i].empty()) hashes_[i] = hash_of_file(file.path);
    // One that changed while it was read counts as changed next time.
    if (look_at(file.path) != std::pair(file.size, file.changed)) hashes_[i] = "?";
    const bool trusted = file.changed + settled < now && hashes_[i] != "?";
    text += file.path + '\t' + std::to_string(file.size) + '\t' + std::to_string(trusted ? file.changed : 0) +
            '\t' + hashes_[i] + '\n';
  }
  return text;
}

bool Delivery::read_file(const File& file, const AreaTable& areas, const ChangeSink& sink) const {
  std::ifstream in(file.path, std::ios::binary);
  if (!in) throw TableError("cannot read " + file.path);
  reading_ = &in;
  const auto read = [&] {
    if (source_.format == "xzufi") return read_xzufi(in, file.path, areas, sink);
    if (source_.format == "pvog-json") return read_pvog_json(in, file.path, areas, sink);
    if (source_.format == "pvog-csv") return read_pvog_csv(in, file.path, sink);
    const std::string& agency = source_.agencies.empty() ? source_.id : source_.agencies.front();
    return read_availability(in, file.path, areas, agency, sink);
  };
  const bool whole = read();
  reading_ = nullptr;
  finished_ += file.size;
  return whole;
}

bool Delivery::read(const AreaTable& areas, std::string_view memo, const ChangeSink& sink) const {
  if (source_.format == "list") return read_list(source_.path, sink);
  const bool same_settings = memo.starts_with(settings() + '\n');
  const auto is_known = [&](const std::string& path) {
    return source_.delta && same_settings && std::any_of(files_.begin(), files_.end(), [&](const File& file) {
             return file.path == path && remembers(memo, file);
           });
  };
  if (source_.format == "bereitstelldienst")
    return read_bereitstelldienst(source_.path, areas, sink, is_known);
  bool whole = true;
  for (const File& file : files_) {
    if (file.path == source_.side) continue;
    if (is_known(file.path)) continue;
    whole &= read_file(file, areas, sink);
  }
  return whole;
}

}  // namespace vsm
