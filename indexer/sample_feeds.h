// Writes sample feeds: no public data set says what real municipalities offer online, so the shipped index is
// filled with made-up availability that says `sample` everywhere. Real are only the areas, the services, the
// home pages and the postcodes. Deterministic: the same seed gives the same bytes on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/tables.h"

namespace vsm {

struct SampleRequest {
  std::string data_folder;  ///< the project's data/
  std::string output;       ///< a folder; gets sources.tsv and one folder a source
  std::uint64_t seed = 1;
  /// ARS of municipalities, Kreise or Länder; a Kreis or Land stands for itself and all within it.
  std::vector<std::string> areas{"05"};
};

struct SampleSummary {
  std::size_t sources = 0, municipalities = 0, texts = 0, online_services = 0, offices = 0;
};

/// Throws TableError when facts are missing or an area is unknown, std::runtime_error when writing fails.
SampleSummary write_sample_feeds(const SampleRequest& request);

}  // namespace vsm
