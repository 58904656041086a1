// Brings the local copy of a feed up to date over the network. Formats are read elsewhere; here a feed is a
// few files in a folder, which changes as a whole or not at all: a harvest that is killed at any moment
// leaves the old copy or the new one. docs/harvesting.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "indexer/http_client.h"
#include "indexer/problem.h"

namespace vsm {

enum class Layout : std::uint8_t {
  file,   ///< one file; kept as feed.xml, feed.json or feed.csv, as the address ends (else .xml)
  index,  ///< <url>/index.txt names XML files beside it, one a line, as for the Sammlerdienst of PVOG
  bereitstelldienst  ///< pages of the Bereitstelldienst of PVOG, kept as page-000001.json ...
};

struct HarvestLimits {
  std::int64_t bytes = 20'000'000'000;    ///< of all that one harvest takes
  std::int64_t page_bytes = 256'000'000;  ///< of one page of the Bereitstelldienst, which is read in memory
  std::size_t files = 100'000;            ///< that an index may name
  std::size_t pages = 100'000;            ///< that one harvest takes
};

struct Feed {
  std::string id;
  std::string url;
  /// Of the local copy, which owns all that is in it; FOLDER.new and FOLDER.lock beside it belong to it too.
  std::string folder;
  Auth auth = {};
  Layout layout = Layout::file;
  std::string extension = {};  ///< of a file's copy, ".json"; empty: as the address ends
  /// bereitstelldienst: from its first page on again, so that the pages of years become few.
  bool anew = false;
  HarvestLimits limits = {};
};

struct HarvestResult {
  enum class Outcome : std::uint8_t {
    unchanged,
    changed,
    failed  ///< the local copy is as it was
  };
  Outcome outcome = Outcome::failed;
  std::string message;            ///< why it failed, a German sentence; else empty
  int status = 0;                 ///< of the last answer; 0: none
  std::int64_t bytes = 0;         ///< taken, unpacked
  std::size_t files = 0;          ///< in the local copy, after success
  std::int64_t retry_after = 0;   ///< seconds that the server asks to wait; 0: not stated
  std::vector<Problem> problems;  ///< what was left out without making all fail
};

/// Never throws for what a server or the file system does. One harvest of a folder at a time: a second one
/// fails, also from another process. A harvest of the Bereitstelldienst that failed in the middle goes on
/// behind its last complete page the next time, and one that was complete where the server said it would.
HarvestResult harvest(const Feed& feed, HttpClient& client);

/// What an index.txt names, in its order, each once. Names that could leave the folder, or that are no XML
/// file, become problems.
std::vector<std::string> read_feed_index(std::string_view text, const std::string& file,
                                         std::vector<Problem>& problems);

}  // namespace vsm
