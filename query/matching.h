// Which services a query means and in which order: found by key, by words or by topic, then each resolved to
// the text that a place shows for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "language/analyzer.h"
#include "query/candidate.h"
#include "query/lens.h"
#include "query/relevance.h"
#include "query/search.h"
#include "query/understanding.h"
#include "query/view.h"
#include "store/bitmap.h"
#include "store/index_reader.h"

namespace vsm {

/// For one request, in one thread. Keeps references to all that it is given, which must live as long.
class Matching {
 public:
  /// `lens` and `view` are of the reader's revision, `understood` is made of the request's words.
  Matching(const IndexReader& reader, const RevisionLens& lens, const language::Analyzer& analyzer,
           const View& view, const SearchRequest& request, const Understood& understood);

  /// All candidates, resolved, best first, at most 1,000; no two show the same text. Call it once. Throws
  /// IndexError.
  std::vector<Candidate> find();

 private:
  Candidate& candidate(std::uint64_t group);
  void by_key(ServiceKey key);
  void by_words();
  void by_topic();

  /// Keys of the place's own texts that no text of Land, Bund and catalogue has.
  Units local_units() const;
  /// The number of a service: of the lens, or behind those a local one.
  std::uint32_t unit_of(ServiceKey key, Units& local) const;
  /// What a service has over another that fits as well, as a share of its score.
  double prior(ServiceKey key) const;
  /// What somebody publishes comes before what only the catalogue knows: by much where a text without key
  /// speaks of the same, and somewhat at a place.
  void prefer_published();
  /// Whether a text without key, of an area nearer than step `before` of the view, speaks of the key's
  /// object.
  bool is_spoken_for(ServiceKey key, std::size_t before) const;
  void drop_weak();

  /// Orders, chooses each result's lead and shown text, and folds results that would show the same text.
  std::vector<Candidate> resolve();
  void lead_with_best_name(std::vector<DocId>& docs) const;

  const IndexReader& reader_;
  const RevisionLens& lens_;
  const language::Analyzer& analyzer_;
  const Catalogue& catalogue_;
  const View& view_;
  const SearchRequest& request_;
  const Understood& understood_;
  bool at_town_;
  Bitmap view_docs_;
  std::optional<Relevance> relevance_;  ///< of words only
  std::vector<Candidate> candidates_;
  std::unordered_map<std::uint64_t, std::size_t> position_;  ///< of a group in candidates_
};

}  // namespace vsm
