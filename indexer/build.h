// A full build: the catalogue and every source, read, checked, analysed and written as a new generation.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "indexer/problem.h"
#include "indexer/sources.h"
#include "store/index_writer.h"

namespace vsm {

struct BuildProgress {
  std::size_t source = 0, sources = 0;  ///< sources done, and in all
  std::size_t objects = 0;              ///< objects read so far
  std::string name;                     ///< the source at work
};

struct BuildReport {
  IndexWriter::Summary summary;
  std::vector<Problem> problems;  ///< the first 1,000
  std::size_t problem_count = 0;
  std::size_t broken_sources = 0;  ///< sources that could not be read to their end
};

/// Reads what a build needs besides sources: the tables of data/ and the word lists of synonyms/ beside it, and makes
/// the vocabulary from them and from the dictionary of the Debian package wngerman where that is installed.
TableTexts read_build_tables(const std::string& data_folder,
                             const std::string& dictionary = "/usr/share/dict/ngerman");

/// Throws IndexError when the index cannot be written, TableError when the tables cannot be read. A broken source
/// never stops the others. `on_progress` is called often and must be quick.
BuildReport build_index(const std::string& directory, const TableTexts& tables, const std::vector<Source>& sources,
                        const std::function<void(const BuildProgress&)>& on_progress);

}  // namespace vsm
