// The analysis chain, the same for index and query: fold, split into words, stem.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sb_stemmer;

namespace vsm::language {

/// Stored in every index. Raise it whenever the chain gives another term for the same text.
inline constexpr int chain_version = 1;

struct Word {
  std::string folded;  ///< as written, folded
  std::string stem;    ///< what is indexed and searched
};

/// Not thread-safe: one per thread.
class Analyzer {
 public:
  Analyzer();
  std::vector<Word> words(std::string_view text) const;

 private:
  struct Delete {
    void operator()(sb_stemmer* stemmer) const;
  };
  std::unique_ptr<sb_stemmer, Delete> stemmer_;
};

}  // namespace vsm::language
