// Reads XZuFi transfer files (2.1 to 2.3): the `schreibe` entries with leistung, organisationseinheit,
// onlinedienst and zustaendigkeitTransferObjekt. Streaming: one object is in memory at a time.
// Elements are known by their local name; root name and namespace may be any (XZuFi, BMI; see
// docs/format-feeds.md).
#pragma once

#include <string>

#include "catalog/area_table.h"
#include "indexer/problem.h"

namespace vsm {

/// Bytes of one object that are kept at most; a larger one is reported and skipped.
inline constexpr std::size_t xzufi_object_limit = 16U << 20U;

/// A file that is not well-formed, cut off, or holds a document type declaration (so entity tricks have no
/// ground) ends there with a problem; what came before it has been handed on. False when that happened.
bool read_xzufi(const std::string& path, const AreaTable& areas, const ChangeSink& sink);

}  // namespace vsm
