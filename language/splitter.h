// Splits German compounds: Koehn and Knight's geometric mean of word counts ("Empirical Methods for Compound
// Splitting", EACL 2003), with constraints on what may be a modifier and what a head.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "language/vocabulary.h"

namespace vsm::language {

struct WordPart {
  std::string_view written;  ///< the stretch of the word, with its linking letters
  std::string base;          ///< as a word of its own: "landes" is "land"
};

/// Immutable; safe to use from many threads. Keeps a reference to the vocabulary.
class Splitter {
 public:
  /// `word_parts` is synonyms/word_parts.txt.
  Splitter(const Vocabulary& vocabulary, std::string_view word_parts);

  /// The parts of a folded word in order; one part where it is no compound. Views point into `word`.
  std::vector<WordPart> split(std::string_view word) const;

 private:
  struct Part {
    double cost = 0;
    std::string base;
  };
  std::vector<WordPart> split_once(std::string_view word) const;
  bool modifier(std::string_view text, Part& part) const;
  bool head(std::string_view text, Part& part) const;
  bool is_noun(std::string_view base) const;
  double cost(std::uint32_t count) const;

  const Vocabulary& vocabulary_;
  std::unordered_set<std::string> bound_, never_;
};

}  // namespace vsm::language
