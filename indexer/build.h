// The two ways to bring sources into an index: a build makes a new generation from everything, an update
// changes the current one.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "indexer/intake.h"
#include "indexer/problem.h"
#include "indexer/sources.h"
#include "store/index_writer.h"

namespace vsm {

struct BuildProgress {
  std::size_t source = 0, sources = 0;   ///< sources done, and in all
  std::size_t bytes = 0, all_bytes = 0;  ///< of their files
  std::string name;                      ///< the source at work, empty at the end
  IntakeState state;                     ///< ... and how far it is

  std::size_t done() const { return bytes + state.bytes; }
  std::size_t total() const { return all_bytes; }
  /// For people: which source, how many objects.
  std::string note() const { return name.empty() ? "Index" : state.note(name); }
};

struct BuildReport {
  IndexWriter::Summary summary;       ///< of an update: the revision only
  std::vector<SourceResult> sources;  ///< in the order given
  std::vector<Problem> problems;      ///< of the word lists
  std::size_t broken_sources = 0;     ///< sources whose delivery was not taken as a whole
  std::size_t word_rules = 0;         ///< entries of the word lists
  bool has_dictionary = false;        ///< words are split with a dictionary too

  /// Of word lists and sources, as many as were kept, and how many there were in all.
  std::vector<const Problem*> all_problems() const;
  std::size_t problem_count() const;
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
                        const std::function<void(const BuildProgress&)>& on_progress,
                        const IntakeOptions& options = {});

/// Brings the sources whose files changed into the current generation, each in a transaction of its own.
/// Sources that are not named stay as they are. Waits at most `wait` for other updates to end. Throws
/// IndexError.
BuildReport update_index(const std::string& directory, const std::vector<Source>& sources,
                         const IntakeOptions& options, std::chrono::milliseconds wait,
                         const std::function<void(const BuildProgress&)>& on_progress);

}  // namespace vsm
