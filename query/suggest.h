// Suggestions while somebody types: services, what people call them, topics and places that may be meant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/area_table.h"
#include "catalog/catalogue.h"
#include "catalog/objects.h"
#include "language/word_rules.h"
#include "query/phrase_table.h"
#include "query/place_finder.h"
#include "store/index_reader.h"

namespace vsm {

class View;

struct SuggestRequest {
  std::string words;       ///< as far as typed
  std::string ars, place;  ///< as in SearchRequest: services that exist there come first
  std::int64_t size = 8;   ///< 1 to 20
  bool english = false;    ///< names of topics in English
  std::optional<Day> day;  ///< default: today
};

/// A stretch of a suggestion; all of them in order are its text.
struct SuggestedPiece {
  std::string text;
  bool match = false;  ///< what was typed
};

enum class SuggestionKind : std::uint8_t { service, word, topic, place };
inline constexpr std::size_t suggestion_kinds = 4;
std::string_view suggestion_kind_name(SuggestionKind kind);

/// Of the fields behind `pieces` those of its kind are set.
struct Suggestion {
  SuggestionKind kind = SuggestionKind::word;
  std::string text;
  std::vector<SuggestedPiece> pieces;
  ServiceKey key;                 ///< of a service of the catalogue
  std::string id;                 ///< of a service: what SearchEngine::service takes
  bool online = false;            ///< the service, at the place
  std::string topic, situation;   ///< ids; a topic without situation is meant as a whole
  std::optional<AreaIndex> area;  ///< a place
};

struct SuggestAnswer {
  std::string words;
  std::optional<AreaIndex> place;
  std::vector<Suggestion> suggestions;  ///< the likeliest first; no service and no text is there twice
  IndexReader reader;
};

/// What can be suggested of one kind, found by what is typed. Immutable; safe to read from many threads.
class SuggestionTable {
 public:
  struct Entry {
    std::string text;
    ServiceKey key;                        ///< a service
    std::size_t topic = 0;                 ///< into Catalogue::topics()
    std::optional<std::size_t> situation;  ///< into Catalogue::situations(); nothing: the whole topic
    AreaIndex area = 0;
    std::string other_text;  ///< another name that it is found by; a topic's English one
    int weight = 0;
  };
  /// Without entries that hold what the rules never suggest.
  SuggestionTable(std::vector<Entry> entries, const language::WordRules& rules);

  struct Found {
    const Entry* entry = nullptr;
    int score = 0;
    std::vector<std::string> beginnings;  ///< see PhraseTable::Found
  };
  std::vector<Found> find(std::span<const std::string> typed, bool misspelt, std::size_t most) const;
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> entry_of_;  ///< by phrase
  PhraseTable phrases_;
};

/// What the tables of a build suggest, for all its revisions: services and words of the catalogue, topics and
/// places. Immutable; safe to read from many threads. Keeps references to catalogue, places and rules.
class Suggestions {
 public:
  Suggestions(const AreaTable& areas, const Catalogue& catalogue, const PlaceFinder& places,
              const language::WordRules& rules);

  /// The services with no key of the catalogue that some area publishes, by their titles. What `before` has
  /// of the same ones is taken from there; it may be null. Throws IndexError.
  std::shared_ptr<const SuggestionTable> unlisted(const IndexReader& reader,
                                                  std::shared_ptr<const SuggestionTable> before) const;

  /// At most `request.size` of them. `unlisted` and `view` are of the reader's revision. Throws IndexError.
  std::vector<Suggestion> find(const SuggestRequest& request, const IndexReader& reader, const View& view,
                               const SuggestionTable& unlisted) const;

 private:
  const Catalogue& catalogue_;
  const PlaceFinder& places_;
  const language::WordRules& rules_;
  SuggestionTable services_, words_, topics_, areas_by_name_;
};

}  // namespace vsm
