// Reads plain lists of services and online services (tab-separated), the form in which facts about the Bund
// and the Land are shipped. Columns: docs/format-feeds.md.
#pragma once

#include <string>

#include "indexer/problem.h"

namespace vsm {

/// `folder` holds services.tsv (id, keys, name, name2, changed) and may hold online_services.tsv (id, name,
/// url, services). False when a file cannot be read to its end.
bool read_list(const std::string& folder, const ChangeSink& sink);

}  // namespace vsm
