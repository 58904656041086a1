// Reads what the PVOG (Portalverbund-Onlinegateway of the FITKO) gives out: answers of its Suchdienst as
// JSON, its list of services as CSV, and the pages of its Bereitstelldienst, which carry XZuFi. Field by
// field: docs/format-feeds.md. Memory does not grow with the file, but for 16 bytes or so an id that must be
// known again, of two million ids at most.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

#include "catalog/area_table.h"
#include "indexer/problem.h"

namespace vsm {

/// Service descriptions, online services and organisation units in detail; in one file one object, a page of
/// the API, an array, or one a line (see JsonObjects). They are told apart by their ids (.LB., .OD., .OE.),
/// else by their fields. A description's online services and organisation units become responsibilities for
/// its areas; the online services themselves are handed on once each, where they are first named. An object
/// that is no JSON, is in another language than German, or is larger than 16 MB is refused. False where the
/// file could not be read to its end; what came before has been handed on.
bool read_pvog_json(const std::string& path, const AreaTable& areas, const ChangeSink& sink);
/// The same from a stream; `name` stands in problems.
bool read_pvog_json(std::istream& in, const std::string& name, const AreaTable& areas,
                    const ChangeSink& sink);

/// The list of services: one row for each pair of description and online service, columns parted by |.
/// Cells are taken as the PVOG writes them, with quotes doubled and not enclosed, or enclosed as usual.
/// A cell has no line breaks, so a broken line costs itself alone.
bool read_pvog_csv(const std::string& path, const AreaTable& areas, const ChangeSink& sink);
bool read_pvog_csv(std::istream& in, const std::string& name, const ChangeSink& sink);

/// One answer of the Bereitstelldienst.
struct BereitstelldienstPage {
  std::string xml;        ///< a whole XZuFi transfer file; empty where the page has no objects
  bool complete = false;  ///< it is the last one
  std::string next_url;   ///< where the next one is, empty where none is named
  std::int64_t next_index = 0;
};

/// Bytes of one page that are read at most.
inline constexpr std::size_t bereitstelldienst_page_limit = 256U << 20U;

/// Nothing where it is no such page; then `problem` is a German sentence that says why.
std::optional<BereitstelldienstPage> parse_bereitstelldienst_page(std::string_view json,
                                                                  std::string& problem);

/// Pages stored as page-000001.json, page-000002.json ... in a folder: a log of changes, of which each page
/// is a message with a time of its own, to be applied in order. Pages for which `is_known(path)` is true are
/// passed over. False where one cannot be read to its end, or where the last one does not say that it is the
/// last. Lines in problems are those of the XML.
bool read_bereitstelldienst(const std::string& folder, const AreaTable& areas, const ChangeSink& sink,
                            const std::function<bool(const std::string& path)>& is_known = {});

}  // namespace vsm
