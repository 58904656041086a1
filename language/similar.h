// Known words that share letters with an unknown one: its other inflections, and compounds with a common
// part. The character n-gram layer of the search, over the words of an index instead of over its texts, where
// it costs little.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace vsm::language {

/// Immutable; safe to use from many threads.
class Similar {
 public:
  /// Folded words of any script; they must stay valid.
  explicit Similar(std::vector<std::string_view> words);

  struct Found {
    std::string_view word;
    /// The share of the longer word's 4-grams that both have, or of its letters where only an ending differs;
    /// up to 1.
    double similarity = 0;
  };
  /// At most `most` words, the most similar first; none below `least`.
  std::vector<Found> find(std::string_view folded, double least, std::size_t most) const;

 private:
  std::vector<std::string_view> words_;
  std::vector<std::uint16_t> gram_counts_;  ///< by word
  struct Entry {
    std::uint32_t gram = 0, word = 0;
    auto operator<=>(const Entry&) const = default;
  };
  std::vector<Entry> entries_;  ///< sorted
};

}  // namespace vsm::language
