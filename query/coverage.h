// Coverage: how much of the catalogue is online in an area, where from, and how that grew.
//
// A service counts as online in a municipality where an online service with a link that is not dead does it
// on the day: its own, or an inherited one (of an area above it, or run by another town for it). Counted are
// the catalogue's services, headings left out, in the terms of the Bund's dashboard:
//   somewhere   in at least one municipality of the area
//   everywhere  in every municipality of the area ("flächendeckend"); 99 % is not everywhere. Uninhabited
//   ground
//               that belongs to no municipality is not in the area table and never counts.
// Own and inherited are always told apart. Beside each count stands what it is out of: the services, the
// municipalities of the area, and those of them that a source of their own delivers for (covered). An area
// with none of these has no data, and that is no 0.
//
// All comes from the bitmaps of Snapshot::availability(), as coverage_table.h has them: one pass over them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/search.h"

namespace vsm {

struct CoverageRequest {
  std::string ars, place;      ///< as of SearchRequest; neither: the home Land
  std::string topic;           ///< id; empty: all
  std::optional<Level> level;  ///< also each area of this level inside
  std::optional<Day> day;      ///< default: today
};

/// Of one set of services in one area. own + inherited = somewhere.
struct CoverageCount {
  std::uint32_t services = 0;    ///< that there are
  std::uint32_t somewhere = 0;   ///< online in at least one municipality
  std::uint32_t everywhere = 0;  ///< online in every municipality
  std::uint32_t own = 0;         ///< somewhere, and in one of them by an offer of its own
  std::uint32_t inherited = 0;   ///< somewhere, and nowhere by an own offer
  /// Pairs of a service and a covered municipality in which it is online: by its own offer, or only by an
  /// inherited one. Out of services × covered.
  std::uint64_t own_pairs = 0, inherited_pairs = 0;
};

/// Of one area.
struct AreaCoverage {
  AreaIndex area = 0;
  std::uint32_t municipalities = 0, covered = 0;
  CoverageCount all;
  std::vector<CoverageCount> topics;  ///< in the order of the catalogue; a service may be in several

  /// Services that are online somewhere in the area by an online service of these traits; a service may have
  /// several.
  struct OfTrait {
    int value = -1;  ///< -1: not stated
    int scale = 0;   ///< of a maturity: 4 or 7; 0: unknown
    std::uint32_t somewhere = 0;
  };
  std::vector<OfTrait> trust_levels, maturities;

  struct Part {
    AreaIndex area = 0;
    std::uint32_t municipalities = 0, covered = 0;
    CoverageCount count;
  };
  std::vector<Part> parts;  ///< where a level was asked for, in the order of the area table
};

struct CoverageAnswer : AreaCoverage {
  std::optional<AreaIndex> place;  ///< nothing where towns share a postcode; then the home Land is counted
  std::vector<AreaIndex> places;
  Day day = 0;
  std::vector<CommitInfo> history;  ///< of the whole index, a commit for each day on which it changed
  IndexReader reader;
};

/// `topic`: into Catalogue::topics(); nothing: all services. `level`: fills in the parts. The reader is one
/// of a SearchEngine.
AreaCoverage count_area(const IndexReader& reader, AreaIndex area, std::optional<std::size_t> topic,
                        std::optional<Level> level, Day day);

/// What a request names, found in the tables.
struct CoverageQuestion {
  PlaceFinder::Reading place;
  AreaIndex area = 0;                ///< to be counted
  std::optional<std::size_t> topic;  ///< as of count_area()
  Day day = 0;
};
Result<CoverageQuestion> read_question(const IndexReader& reader, const CoverageRequest& request);

/// Both throw IndexError. `level`: as of count_area().
CoverageAnswer count_coverage(IndexReader reader, CoverageQuestion question, std::optional<Level> level);
Result<CoverageAnswer> count_coverage(IndexReader reader, const CoverageRequest& request);

}  // namespace vsm
