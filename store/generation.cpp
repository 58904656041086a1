#include "store/generation.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iomanip>
#include <limits>
#include <random>
#include <sstream>
#include <thread>

#include "store/index_reader.h"
#include "store/layout.h"

namespace vsm::generation {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::milliseconds lock_interval(20);

[[noreturn]] void fail_to_write(const fs::path& path, int error) {
  throw IndexError("cannot write " + path.string() + ": " + std::strerror(error));
}

void sync_path(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail_to_write(path, errno);
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (error != 0) fail_to_write(path, error);
}

/// Writes a file beside its name and renames it, so that it is there whole or not at all.
void replace_file(const fs::path& path, const std::string& content) {
  const fs::path fresh = path.string() + ".new";
  {
    std::ofstream out(fresh, std::ios::trunc | std::ios::binary);
    if (!(out << content).flush()) {
      const int error = errno;
      std::error_code ignored;
      fs::remove(fresh, ignored);
      fail_to_write(fresh, error);
    }
  }
  sync_path(fresh);
  fs::rename(fresh, path);
  sync_path(path.parent_path());
}

/// Xapian's version file has any size; it is written anew with each commit.
bool is_fixed(const std::string& file) {
  return file != "iamglass" && !file.starts_with(layout::sizes) && !file.ends_with(".tmp");
}

std::uint64_t number_of(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with("gen-") ? std::strtoull(name.c_str() + 4, nullptr, 10) : 0;
}

}  // namespace

Lock::Lock(const fs::path& file, std::chrono::milliseconds wait, const std::string& refusal)
    : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
  if (fd_ < 0) throw IndexError("cannot write to " + file.parent_path().string());
  const auto end = std::chrono::steady_clock::now() + wait;
  while (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= end) {
      ::close(fd_);
      throw IndexError(refusal);
    }
    std::this_thread::sleep_for(lock_interval);
  }
}

Lock::~Lock() { ::close(fd_); }

void prepare(const fs::path& directory) try {
  // The first build may have been stopped between its two locks.
  if (fs::exists(directory) && !fs::is_empty(directory) && !fs::exists(directory / layout::lock) &&
      !fs::exists(directory / layout::build_lock))
    throw IndexError(directory.string() + " holds other files; name an empty or a new folder for the index");
  fs::create_directories(directory);
} catch (const fs::filesystem_error& error) {
  throw IndexError(std::string("cannot write the index: ") + error.what());
}

std::string name(std::uint64_t number) { return "gen-" + std::to_string(number); }

std::uint64_t current(const fs::path& directory) {
  const std::string found = layout::read_stub(directory.string()).generation;
  return found.empty() ? 0 : number_of(found);
}

void remove(const fs::path& directory, std::uint64_t first, std::uint64_t last) {
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::uint64_t number = number_of(entry.path());
    if (number > 0 && first <= number && number <= last) fs::remove_all(entry.path());
  }
}

void write_sizes(const fs::path& folder) {
  std::ostringstream list;
  std::size_t files = 0;
  for (const auto& file : fs::directory_iterator(folder)) {
    if (!is_fixed(file.path().filename().string()) || file.file_size() == 0) continue;
    ++files;
    list << file.path().filename().string() << '\t' << file.file_size() << '\n';
  }
  replace_file(folder / layout::sizes, std::to_string(files) + '\n' + list.str() + "end\n");
}

void check_sizes(const fs::path& folder) {
  const auto damaged = [&](const std::string& file, const std::string& how) {
    return IndexError("the index is damaged: " + (folder / file).string() + " " + how + "; " +
                      layout::build_again);
  };
  std::ifstream list(folder / layout::sizes);
  std::size_t files = 0;
  if (!(list >> files)) throw damaged(layout::sizes, "cannot be read");
  for (; files > 0; --files) {
    std::string file;
    std::uintmax_t size = 0;
    if (!(list >> file >> size)) throw damaged(layout::sizes, "is cut short");
    std::error_code error;
    const std::uintmax_t found = fs::file_size(folder / file, error);
    if (error) throw damaged(file, "is missing");
    if (found < size)
      throw damaged(file, "has " + std::to_string(found) + " bytes instead of " + std::to_string(size));
  }
  std::string end;
  if (!(list >> end) || end != "end") throw damaged(layout::sizes, "is cut short");
}

void publish(const fs::path& directory, std::uint64_t number, const std::string& build) {
  const fs::path folder = directory / name(number);
  write_sizes(folder);
  for (const auto& file : fs::directory_iterator(folder)) sync_path(file.path());
  sync_path(folder);
  replace_file(directory / layout::stub, layout::stub_build + build + "\nglass " + name(number) + '\n');
}

std::string random_build_id() {
  std::random_device random;
  std::ostringstream id;
  for (int i = 0; i < 4; ++i) id << std::hex << std::setw(8) << std::setfill('0') << random();
  return id.str();
}

}  // namespace vsm::generation
