// The commands of vsm-index, as its main() calls them: each prints for people (German) or machines and
// returns the exit status. What fails beyond a source's own trouble is thrown.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "indexer/intake.h"

namespace vsm::commands {

/// What several commands share.
struct Common {
  std::string index;                 ///< folder of the index
  std::vector<std::string> sources;  ///< paths, see find_sources()
  std::vector<std::string> only;     ///< ids; empty: all sources
  std::string copies;                ///< folder for what is fetched; empty: beside sources.tsv
  std::string contact;               ///< of the operator, told to the servers that are asked
  bool quiet = false;                ///< no progress
  std::chrono::seconds wait{60};     ///< for another update that is at work
};

/// What a build reads besides sources, see read_build_tables().
struct Tables {
  std::string data, synonyms, dictionary;
};
/// Exit status 1 where a source was not taken as a whole.
int build(const Common& common, const Tables& folders, IntakeOptions options);
int update(const Common& common, IntakeOptions options);

/// Fetches and updates for as long as it is not stopped.
int watch(const Common& common, std::stop_token stop);

enum class Form : std::uint8_t { text, json, html };
/// Reads and checks without writing. Exit status 0 good, 1 warnings, 2 errors.
int validate(const Common& common, const std::string& data, Form form);

int status(const std::string& index, bool all);
/// How each source stands.
int sources(const std::string& index, bool json);
/// What changed behind revision `from`, up to and with `to`; 0: the last commit.
int diff(const std::string& index, std::uint64_t from, std::uint64_t to, bool all, bool json);

/// Checks links that are due, all where `again`; `list` only tells which are broken.
int check_links(const Common& common, bool list, bool again, std::stop_token stop);

/// What a new list of keys would change. Exit status as of exit_status(CatalogueRelease).
int catalogue_diff(const std::string& index, const std::string& data, const std::string& list, bool all,
                   bool json);

}  // namespace vsm::commands
