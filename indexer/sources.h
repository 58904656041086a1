// Where feeds come from: sources.tsv, one source a line, tab-separated with a header line. Columns are found
// by name. docs/format-feeds.md has each with its values.
//   id       unique, appears in results as their source
//   format   xzufi, list, pvog-json, pvog-csv, bereitstelldienst or verfuegbarkeit
//   path     a file or folder relative to the folder of sources.tsv, or an address (http, https)
//   area     id of the area it delivers for, for example gemeinde:053150000000
//   name     what people call it
//   sample   yes: every object is a sample and says so
// and, where wanted:
//   side         table for what XZuFi has no field for (see side_table.h), relative path
//   agencies     editorial systems (schemeAgencyID) whose objects it may write, by blanks; empty: any
//   writes       areas that its objects may name, by blanks; empty: its own and what lies in it
//   trust        number; of two sources with the same object the more trusted one is shown. Default 0
//   delivery     whole (the default): what is missing is deleted; delta: it is not
//   max_deleted  per cent of its objects that a whole delivery may delete. Default 30
//   auth         for addresses: "bearer VARIABLE", or "oauth2 TOKEN-ADDRESS ID-VARIABLE SECRET-VARIABLE
//   [SCOPE]"
//                with the names of environment variables, never with secrets
//   interval     for vsm-index watch: 15m, 6h, 1d. Default 1d
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "indexer/harvest.h"
#include "indexer/http_client.h"

namespace vsm {

struct Source {
  std::string id, format, path, area, name, side;
  bool sample = false;
  std::vector<std::string> agencies = {}, writes = {};
  int trust = 0;
  bool delta = false;
  int max_deleted = 30;
  std::string address = {};  ///< where it is fetched from; `path` is then the local copy
  Auth auth = {};
  std::chrono::seconds interval = std::chrono::hours(24);
};

/// `path` is a sources.tsv, a folder with one, a folder of XZuFi files (each file is one source for the whole
/// country unless its texts name an area), or one XZuFi file. Copies of what is fetched lie below `copies`,
/// one folder a source; empty: in "copies" beside sources.tsv. Throws TableError where it is none of these,
/// or where two sources have the same id.
std::vector<Source> find_sources(const std::string& path, const std::string& copies = {});

/// How a source with an address is fetched; nothing for one that lies in a folder.
std::optional<Feed> feed_of(const Source& source);

/// "15m", "6h", "1d", "90s"; throws TableError for anything else.
std::chrono::seconds parse_interval(std::string_view text);

}  // namespace vsm
