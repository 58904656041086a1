// Takes the delivery of a source into an index: read, check, reconcile, report. The same way for a build, an
// update and, without an index, for a validation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "indexer/problem.h"
#include "indexer/report.h"
#include "indexer/sources.h"
#include "store/index_writer.h"

namespace vsm {

/// What came of one source.
struct SourceResult {
  SourceReport report;
  IndexWriter::Summary changes;  ///< of an update
  bool is_unchanged = false;     ///< files as they were: nothing was read
  std::string refusal;           ///< why the delivery as a whole was not taken; empty where it was
};

/// Brings the local copy of a source up to date before it is read. Returns a German sentence where it cannot;
/// then the source stays as it is.
using Fetch = std::function<std::string(const Source&)>;

struct IntakeOptions {
  bool force = false;       ///< take deliveries that delete more than the source may, and empty ones
  bool read_again = false;  ///< also files that did not change
  Fetch fetch = {};         ///< for sources with an address; empty: their local copy is read as it is
};

/// How far a source has been read.
struct IntakeState {
  std::size_t objects = 0, bytes = 0, all_bytes = 0;
  /// The name of the source with the count of objects.
  std::string note(const std::string& name) const;
};
/// Called often, must be quick.
using IntakeProgress = std::function<void(const IntakeState&)>;

/// Reads the delivery of a source into an index that is being built. One that is broken, empty or deletes too
/// much is completed by what the generation before has of the source. Never throws for what a source does.
SourceResult take_into_build(IndexWriter& writer, const Source& source, const IntakeOptions& options,
                             const IntakeProgress& progress);

/// Updates a source and commits, or leaves it as it was. Throws IndexError.
SourceResult take_update(IndexWriter& writer, const Source& source, const IntakeOptions& options,
                         const IntakeProgress& progress);

/// Reads and checks without writing anything.
SourceReport validate(const Source& source, const AreaTable& areas, const Catalogue& catalogue,
                      const IntakeProgress& progress);

}  // namespace vsm
