// What a source has delivered: its files, whether they changed since they were last read, and their objects
// as one stream, whatever the format.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/area_table.h"
#include "indexer/problem.h"
#include "indexer/sources.h"

namespace vsm {

/// The files of a source, and what they looked like when they were read: as git does, a file of the same size
/// and time of change counts as the same, unless it was changed at the very time of reading; then its content
/// decides.
class Delivery {
 public:
  /// Looks for the files; a folder may have none. Throws TableError where a file is missing.
  explicit Delivery(const Source& source);

  /// Whether files and settings are those that `memo` remembers.
  bool is_same_as(std::string_view memo) const;
  /// What to remember once they have been read.
  std::string memo() const;

  std::size_t bytes() const;
  /// So many of these have been read; may be asked while read() is at work.
  std::size_t position() const;
  /// Names, sizes and times of the files in one text: what is the same looks the same.
  std::string glance() const;

  /// Reads the files in the order of their names, of a delta only those that `memo` does not remember. False
  /// where one could not be read to its end; the problem is reported. Throws TableError.
  bool read(const AreaTable& areas, std::string_view memo, const ChangeSink& sink) const;

 private:
  struct File {
    std::string path;
    std::uintmax_t size = 0;
    std::int64_t changed = 0;  // nanoseconds since 1970; 0: not to be trusted
  };
  std::string settings() const;
  bool remembers(std::string_view memo, const File& file) const;
  bool read_file(const File& file, const AreaTable& areas, const ChangeSink& sink) const;

  const Source& source_;
  std::vector<File> files_;
  mutable std::size_t finished_ = 0;          // bytes of files that were read
  mutable std::ifstream* reading_ = nullptr;  // the file at work
  mutable std::vector<std::string> hashes_;   // by file, where they were needed
};

}  // namespace vsm
