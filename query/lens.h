// What the search derives once from a revision of the index and all requests share: names of places, words,
// and the services that texts of Land, Bund and catalogue speak for.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/area_table.h"
#include "catalog/catalogue.h"
#include "catalog/tables.h"
#include "language/model.h"
#include "query/coverage_table.h"
#include "query/place_finder.h"
#include "query/relevance.h"
#include "query/reuse.h"
#include "query/suggest.h"
#include "query/topic_finder.h"
#include "store/bitmap.h"
#include "store/index_reader.h"

namespace vsm {

/// The last commit of each day, in Germany. `commits` go on from those of `before`, the oldest first.
std::vector<CommitInfo> one_a_day(std::vector<CommitInfo> before, std::vector<CommitInfo> commits);

/// Tables of an index with its word lists replaced; without `lists` as they are.
TableTexts with_word_lists(const TableTexts& tables, const std::optional<TableTexts>& lists);

/// Immutable after construction; safe to read from many threads. Keeps its snapshot alive, to which `places`
/// refers.
struct RevisionLens {
  /// `land` is the ARS of the home Land; `word_lists` stand in for those of the index. Reads the sheets of
  /// all Länder, the Bund and the catalogue. What `before`, a lens of the same settings, has of the same
  /// tables is shared. Throws IndexError.
  RevisionLens(const IndexReader& reader, const std::string& land,
               const std::optional<TableTexts>& word_lists, const RevisionLens* before = nullptr);

  /// Calls visit(key) for each service that a text under a key speaks for: under a heading all of its object.
  template <class Visit>
  void each_service(ServiceKey key, Visit visit) const {
    if (!snapshot->catalogue.is_heading(key)) return visit(key);
    for (const CatalogueEntry* entry : snapshot->catalogue.services_of_object(key.object()))
      visit(entry->key);
  }

  /// What the tables of a build give, for all its revisions.
  struct OfTables {
    OfTables(std::shared_ptr<const IndexTables> tables, const std::string& land,
             const std::optional<TableTexts>& word_lists);
    std::shared_ptr<const IndexTables> tables;
    std::optional<AreaIndex> home_land;
    PlaceFinder places;
    TopicFinder topics;
    language::Model model;
    Suggestions suggestions;
  };

  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<const OfTables> of_tables;
  std::optional<AreaIndex> home_land;  ///< nothing where `land` is no area
  AreaIndex home;                      ///< speaks where nobody named a place
  const PlaceFinder& places;
  const TopicFinder& topics;
  const language::Model& model;
  const Suggestions& suggestions;
  std::shared_ptr<const SuggestionTable> unlisted_suggestions;
  Units units;
  /// Units of the texts of Länder, Bund and catalogue, and of those found only elsewhere:
  /// unit_list[first[doc]] to unit_list[first[doc + 1]]. Texts with dates are left out and looked up when
  /// asked.
  std::vector<std::uint32_t> first, unit_list;
  std::vector<CommitInfo> history;  ///< one_a_day()
  CoverageTables coverage;          ///< has today's table, so that nobody waits for it
  ReuseTables reuse;                ///< made when first asked for
};

/// The lens that goes with a reader's revision. The reader must come from an index that derives one, as
/// SearchEngine's does.
std::shared_ptr<const RevisionLens> lens_of(const IndexReader& reader);

}  // namespace vsm
