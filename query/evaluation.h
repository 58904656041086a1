// Scores the search against graded queries. The rules are those of data/evaluation/README.md:
// gain 2^grade - 1, nDCG over the first ten, one result per object and Verrichtung (11 digits), headings earn
// nothing.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "query/search.h"

namespace vsm {

struct GradedQuery {
  std::string words, category;
  /// (key prefix of 8, 11 or 14 digits, grade 1 to 3)
  std::vector<std::pair<std::string, int>> grades;
  /// Instead of grades: ids of texts, each a full answer.
  std::vector<std::string> ids;
};

struct RankedResult {
  ServiceKey key;
  std::string title;
  std::vector<std::string> ids;  ///< of the text and its variants, as their source numbers them
};

/// The first ten results of an answer.
std::vector<RankedResult> ranked_results(const SearchAnswer& answer);
/// Those of a search as a caller at `ars` sees them, or without a place where that is empty.
std::vector<RankedResult> first_results(SearchEngine& engine, const std::string& words,
                                        const std::string& ars = {});

/// Columns query, category, grade3, grade2, grade1; or query, ids. Throws TableError.
std::vector<GradedQuery> read_graded_queries(const std::string& path);

struct QueryScore {
  double ndcg = 0, reciprocal_rank = 0;
  bool success1 = false, success3 = false, success10 = false, empty = false;
};

/// Scores the first ten results of one query.
QueryScore score_query(const GradedQuery& query, const std::vector<RankedResult>& results,
                       const Catalogue& catalogue);

struct Scores {
  std::size_t queries = 0;
  double ndcg = 0, success1 = 0, success3 = 0, success10 = 0, reciprocal_rank = 0, empty = 0;
  void add(const QueryScore& score);
  /// Sums become means.
  void average();
};

/// The middle 95 % of the mean over 1,000 resamples with replacement, the same on every run.
std::pair<double, double> bootstrap_interval(const std::vector<double>& values);

}  // namespace vsm
