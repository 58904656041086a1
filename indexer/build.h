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
  std::size_t word_rules = 0;      ///< entries of the word lists
  bool has_dictionary = false;     ///< words are split with a dictionary too
};

/// Of the Debian package wngerman.
inline constexpr const char* default_dictionary = "/usr/share/dict/ngerman";

/// Reads what a build needs besides sources: the tables of data/ and the word lists of a folder (empty:
/// synonyms/ beside data/), and makes the vocabulary from them and from the dictionary where that is
/// installed. Throws TableError where tables or word lists are missing.
TableTexts read_build_tables(const std::string& data_folder,
                             const std::string& dictionary = default_dictionary,
                             const std::string& synonyms = {});

/// Throws IndexError when the index cannot be written, TableError when the tables cannot be read. A broken
/// source never stops the others. `on_progress` is called often and must be quick.
BuildReport build_index(const std::string& directory, const TableTexts& tables,
                        const std::vector<Source>& sources,
                        const std::function<void(const BuildProgress&)>& on_progress);

}  // namespace vsm
