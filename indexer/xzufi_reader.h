// Reads XZuFi transfer files (2.1 to 2.3.1): what `schreibe` holds as objects, `loesche` as deletions, the
// nachrichtenkopf as head of the delivery. Streaming: one object is in memory at a time.
// Elements are known by their local name; root name and namespace may be any (XZuFi, BMI; see
// docs/format-feeds.md, also for the rules that problems name).
#pragma once

#include <cstddef>
#include <istream>
#include <string>

#include "catalog/area_table.h"
#include "indexer/problem.h"

namespace vsm {

/// Bytes that one object may take in memory, its markup included; a larger one is refused and skipped.
inline constexpr std::size_t xzufi_object_limit = 16U << 20U;
/// Levels of elements in a file, and bytes of a single tag, comment or declaration; beyond, reading ends.
inline constexpr std::size_t xzufi_depth_limit = 200;
inline constexpr std::size_t xzufi_token_limit = 1U << 20U;

/// `name` stands in problems; `in` may also be a string (std::istringstream). A file that is not well-formed,
/// cut off, or holds a document type declaration (so entity tricks have no ground) ends there with a broken
/// problem; what came before it has been handed on. False when that happened. What the sink throws comes
/// through. Several threads may read, each its own stream.
bool read_xzufi(std::istream& in, const std::string& name, const AreaTable& areas, const ChangeSink& sink);

/// Reads the file at `path`.
bool read_xzufi(const std::string& path, const AreaTable& areas, const ChangeSink& sink);

}  // namespace vsm
