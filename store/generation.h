// The folder of an index: which generation is current, who may write, what is safely on disk. Private to
// this room; docs/format-index.md says how the files belong together.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace vsm::generation {

/// An exclusive flock on a file that is made where missing. Ends with the object or the process.
class Lock {
 public:
  /// Waits for it at most so long. Throws IndexError(`refusal`) when another program keeps it.
  Lock(const std::filesystem::path& file, std::chrono::milliseconds wait, const std::string& refusal);
  ~Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  int fd_ = -1;
};

/// Makes the folder where missing. Throws IndexError where it holds other files than those of an index.
void prepare(const std::filesystem::path& directory);

std::string name(std::uint64_t number);
/// The number of the generation that the stub names; 0 where there is none yet.
std::uint64_t current(const std::filesystem::path& directory);
/// Removes generations whose number lies between (both included).
void remove(const std::filesystem::path& directory, std::uint64_t first, std::uint64_t last);

/// Writes the list of files and sizes that a reader compares with what it finds. Replaces it in one step.
void write_sizes(const std::filesystem::path& folder);
/// Throws IndexError where a file is missing or shorter than the list says. Updates let files grow before the
/// list knows of it.
void check_sizes(const std::filesystem::path& folder);

/// Brings a generation to disk and makes it the current one by one rename.
void publish(const std::filesystem::path& directory, std::uint64_t number, const std::string& build);

/// Tells a build from every other one, also where folders and revisions are named alike.
std::string random_build_id();

}  // namespace vsm::generation
