// The analysis chain, the same for index and query: fold, split into words, stem, and split compounds.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "language/splitter.h"

struct sb_stemmer;

namespace vsm::language {

/// Stored in every index. Raise it whenever the chain gives another term for the same text.
inline constexpr int chain_version = 3;

struct Word {
  std::string folded;              ///< as written, folded
  std::string stem;                ///< what is indexed and searched
  std::vector<std::string> parts;  ///< stems of the parts of a compound, the head last; empty for other words
};

/// The Snowball stemmer "german". Not thread-safe: one per thread.
class Stemmer {
 public:
  Stemmer();
  std::string operator()(const std::string& folded) const;

 private:
  struct Delete {
    void operator()(sb_stemmer* stemmer) const;
  };
  std::unique_ptr<sb_stemmer, Delete> stemmer_;
};

/// Not thread-safe: one per thread.
class Analyzer {
 public:
  /// `splitter` may be null: then words stay whole. It must outlive the analyzer.
  explicit Analyzer(const Splitter* splitter = nullptr) : splitter_(splitter) {}
  /// The words of a text in order. "Mutter-Kind-Kur" gives its words and, behind them, what they are in one
  /// word.
  std::vector<Word> words(std::string_view text) const;
  Word word(std::string folded) const;

 private:
  Stemmer stemmer_;
  const Splitter* splitter_;
};

}  // namespace vsm::language
