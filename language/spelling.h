// What a misspelt word may have meant: known words at one edit (letter missing, added, changed or two
// exchanged), and at two edits for long words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vsm::language {

/// Immutable; safe to use from many threads.
class Spelling {
 public:
  /// Folded words, the most frequent first. Views must stay valid.
  explicit Spelling(std::vector<std::string_view> words);

  /// The nearest known word, the more frequent of equals; nothing for words of under 5 letters, with digits,
  /// or without a near one. Meant for unknown words only.
  std::optional<std::string_view> correct(std::string_view folded, std::size_t edits = 2) const;

 private:
  std::vector<std::string_view> words_;
  /// Hash of a word with one letter left out, to positions in words_.
  std::unordered_multimap<std::size_t, std::uint32_t> shortened_;
};

/// Edits between two words (Damerau, neighbours exchanged count one), or more than `limit`.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

}  // namespace vsm::language
