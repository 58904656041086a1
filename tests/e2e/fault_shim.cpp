// Faults for a program that writes an index: loaded by LD_PRELOAD, it stands between the program and the
// system calls that write. Everything is set by the environment:
//   VSM_FAULT_FOLDER=path  the folder of the index, absolute; calls elsewhere pass untouched
//   VSM_FAULT_SPACE=n      the disk takes n more bytes; then every write below the folder fails with ENOSPC
//   VSM_FAULT_SYNC=n       the n-th fsync or fdatasync below the folder fails with EIO
//   VSM_FAULT_KILL=n       the program dies (SIGKILL) instead of its n-th call that changes the folder
//   VSM_FAULT_COPIES=path  at every fsync and fdatasync the folder is copied as a power cut could leave it:
//                          before it as NNNN-all with everything that was written, after it as NNNN-synced
//                          with only what was synced; a name (new, renamed, removed) counts as synced once
//                          its folder was
// Sleeping takes no time: nobody reads such an index, so nothing has to be waited for.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

long number_in(const char* variable) {
  const char* value = std::getenv(variable);
  return value ? std::atol(value) : -1;
}

std::string text_in(const char* variable) {
  const char* value = std::getenv(variable);
  return value ? value : "";
}

std::string path_of(int fd) {
  char path[4'096];
  const ssize_t size = ::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path, sizeof path);
  return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : std::string();
}

/// What a power cut would leave of the folder if nothing but what was synced came to the disk.
class Synced {
 public:
  explicit Synced(const std::string& root) : root_(root) {
    if (fs::exists(root)) take(root);
  }

  void sync(const std::string& path) {
    if (fs::is_directory(path))
      take_names(path);
    else
      take_content(path);
  }
  void write_to(const fs::path& target) const { write(root_, target); }

 private:
  /// A file that is held open, so that no other gets its number.
  struct Content {
    int fd = -1;
    std::string bytes;
  };

  static ino_t number_of(const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 ? info.st_ino : 0;
  }
  void take(const std::string& path) {
    if (!fs::is_directory(path)) return take_content(path);
    take_names(path);
    for (const auto& entry : fs::directory_iterator(path)) take(entry.path().string());
  }
  void take_names(const std::string& path) {
    auto& names = names_[number_of(path)];
    names.clear();
    for (const auto& entry : fs::directory_iterator(path)) {
      const std::string file = entry.path().string();
      names[entry.path().filename().string()] = {number_of(file), entry.is_directory()};
      hold(file);
    }
    hold(path);
  }
  Content& hold(const std::string& path) {
    Content& content = files_[number_of(path)];
    if (content.fd < 0) content.fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    return content;
  }
  void take_content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    hold(path).bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  void write(const std::string& path, const fs::path& target) const { write(number_of(path), target); }
  void write(ino_t folder, const fs::path& target) const {
    fs::create_directories(target);
    const auto names = names_.find(folder);
    if (names == names_.end()) return;
    for (const auto& [name, entry] : names->second) {
      if (entry.second) {
        write(entry.first, target / name);
        continue;
      }
      const auto content = files_.find(entry.first);
      std::ofstream(target / name, std::ios::binary)
          << (content == files_.end() ? std::string() : content->second.bytes);
    }
  }

  std::string root_;
  std::map<ino_t, std::map<std::string, std::pair<ino_t, bool>>> names_;
  std::map<ino_t, Content> files_;
};

/// The shim's own calls pass.
thread_local bool inside = false;

class Inside {
 public:
  Inside() { inside = true; }
  ~Inside() { inside = false; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
};

class Faults {
 public:
  Faults() {
    const Inside own;
    if (!copies_.empty()) synced_.emplace(folder_);
  }

  bool concern(const std::string& path) const {
    return !folder_.empty() && path.starts_with(folder_) &&
           (path.size() == folder_.size() || path[folder_.size()] == '/');
  }

  void count_change() {
    if (kill_ > 0 && --kill_ == 0) ::raise(SIGKILL);
  }
  /// How many of these bytes the disk still takes.
  std::size_t take_space(std::size_t wanted) {
    if (space_ < 0) return wanted;
    const std::size_t taken = std::min(wanted, static_cast<std::size_t>(space_));
    space_ -= static_cast<long>(taken);
    return taken;
  }
  /// Whether the call goes through.
  bool begin_sync() {
    if (synced_) {
      const Inside own;
      ++copy_;
      fs::copy(folder_, copy_name("-all"), fs::copy_options::recursive);
    }
    return sync_ <= 0 || --sync_ != 0;
  }
  void end_sync(const std::string& path) {
    if (!synced_) return;
    const Inside own;
    synced_->sync(path);
    synced_->write_to(copy_name("-synced"));
  }

  std::mutex mutex;

 private:
  std::string copy_name(const char* kind) const {
    char number[16];
    std::snprintf(number, sizeof number, "/%04d", copy_);
    return copies_ + number + kind;
  }

  const std::string folder_ = text_in("VSM_FAULT_FOLDER"), copies_ = text_in("VSM_FAULT_COPIES");
  long space_ = number_in("VSM_FAULT_SPACE"), sync_ = number_in("VSM_FAULT_SYNC"),
       kill_ = number_in("VSM_FAULT_KILL");
  int copy_ = 0;
  std::optional<Synced> synced_;
};

Faults& faults() {
  static Faults all;
  return all;
}

/// Before the program changes anything.
[[maybe_unused]] const Faults& loaded = faults();

std::string absolute(const char* path) {
  std::error_code ignored;
  return fs::absolute(path, ignored).string();
}

template <class Write>
ssize_t write_some(int fd, std::size_t size, Write write) {
  if (inside) return write(size);
  Faults& all = faults();
  const std::lock_guard hold(all.mutex);
  if (!all.concern(path_of(fd))) return write(size);
  all.count_change();
  const std::size_t taken = all.take_space(size);
  if (taken == 0 && size > 0) {
    errno = ENOSPC;
    return -1;
  }
  return write(taken);
}

template <class Sync>
int sync_one(int fd, Sync sync) {
  if (inside) return sync(fd);
  Faults& all = faults();
  const std::lock_guard hold(all.mutex);
  const std::string path = path_of(fd);
  if (!all.concern(path)) return sync(fd);
  all.count_change();
  if (!all.begin_sync()) {
    errno = EIO;
    return -1;
  }
  const int result = sync(fd);
  all.end_sync(path);
  return result;
}

template <class Change>
auto change_name(const char* path, Change change) {
  if (inside) return change();
  Faults& all = faults();
  const std::lock_guard hold(all.mutex);
  if (all.concern(absolute(path))) all.count_change();
  return change();
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  static const auto real = next<ssize_t(int, const void*, size_t)>("write");
  return write_some(fd, size, [&](std::size_t taken) { return real(fd, bytes, taken); });
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  static const auto real = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return write_some(fd, size, [&](std::size_t taken) { return real(fd, bytes, taken, offset); });
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) {
  static const auto real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return write_some(fd, size, [&](std::size_t taken) { return real(fd, bytes, taken, offset); });
}

ssize_t writev(int fd, const iovec* parts, int count) {
  static const auto real = next<ssize_t(int, const iovec*, int)>("writev");
  std::size_t size = 0;
  for (int i = 0; i < count; ++i) size += parts[i].iov_len;
  return write_some(fd, size, [&](std::size_t taken) {
    std::vector<iovec> left(parts, parts + count);
    for (iovec& part : left) {
      part.iov_len = std::min(part.iov_len, taken);
      taken -= part.iov_len;
    }
    return real(fd, left.data(), count);
  });
}

int fsync(int fd) {
  static const auto real = next<int(int)>("fsync");
  return sync_one(fd, real);
}

int fdatasync(int fd) {
  static const auto real = next<int(int)>("fdatasync");
  return sync_one(fd, real);
}

int open(const char* path, int flags, ...) {
  static const auto real = next<int(const char*, int, ...)>("open");
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if ((flags & (O_CREAT | O_TRUNC)) == 0) return real(path, flags, mode);
  return change_name(path, [&] { return real(path, flags, mode); });
}

FILE* fopen64(const char* path, const char* mode) {
  static const auto real = next<FILE*(const char*, const char*)>("fopen64");
  if (*mode == 'r') return real(path, mode);
  return change_name(path, [&] { return real(path, mode); });
}

int mkdir(const char* path, mode_t mode) {
  static const auto real = next<int(const char*, mode_t)>("mkdir");
  return change_name(path, [&] { return real(path, mode); });
}

int rename(const char* from, const char* to) {
  static const auto real = next<int(const char*, const char*)>("rename");
  return change_name(to, [&] { return real(from, to); });
}

int unlink(const char* path) {
  static const auto real = next<int(const char*)>("unlink");
  return change_name(path, [&] { return real(path); });
}

int unlinkat(int folder, const char* path, int flags) {
  static const auto real = next<int(int, const char*, int)>("unlinkat");
  const std::string whole = folder == AT_FDCWD ? std::string(path) : path_of(folder) + "/" + path;
  return change_name(whole.c_str(), [&] { return real(folder, path, flags); });
}

int ftruncate(int fd, off_t size) {
  static const auto real = next<int(int, off_t)>("ftruncate");
  return change_name(path_of(fd).c_str(), [&] { return real(fd, size); });
}

int nanosleep(const timespec*, timespec*) { return 0; }

}  // extern "C"
