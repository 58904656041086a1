// Everything about words that an index carries: vocabulary, word parts, editors' rules and known spellings.
#pragma once

#include <map>
#include <string>

#include "language/analyzer.h"
#include "language/similar.h"
#include "language/spelling.h"
#include "language/splitter.h"
#include "language/vocabulary.h"
#include "language/word_rules.h"

namespace vsm::language {

/// Names of the tables in an index: this one and "synonyms/*.txt" before texts are analysed, the other after.
inline constexpr const char* vocabulary_table = "language/vocabulary";
inline constexpr const char* words_table = "language/words";

/// What cuts texts into terms: the part of a model that writing an index needs. Immutable; safe to use from
/// many threads.
class TextModel {
 public:
  /// Tables that are missing count as empty.
  explicit TextModel(const std::map<std::string, std::string, std::less<>>& tables);

  const Vocabulary& vocabulary() const { return vocabulary_; }
  const Splitter& splitter() const { return splitter_; }
  const WordRules& rules() const { return rules_; }

 private:
  Vocabulary vocabulary_;
  Splitter splitter_;
  WordRules rules_;
};

/// Immutable; safe to use from many threads.
class Model {
 public:
  /// Tables that are missing count as empty.
  explicit Model(const std::map<std::string, std::string, std::less<>>& tables);

  const Splitter& splitter() const { return text_.splitter(); }
  const WordRules& rules() const { return text_.rules(); }
  const Spelling& spelling() const { return spelling_; }
  const Similar& similar() const { return similar_; }
  /// Whether the word stands in the index or in a rule: such a word is never corrected.
  bool knows(const std::string& folded) const {
    return words_.find(folded) != nullptr || rules().left_words().contains(folded) ||
           rules().is_stopword(folded) || rules().is_generic(folded);
  }
  /// Written small in a dictionary, or named so by editors: no place's name by itself.
  bool is_common_word(const std::string& folded) const {
    const VocabularyWord* word = vocabulary().find(folded);
    return (word && word->other) || rules().is_stopword(folded) || rules().is_generic(folded) ||
           rules().is_place_word(folded);
  }
  /// A verb, an adjective ...: says less about what is asked than a noun.
  bool is_no_noun(const std::string& folded) const {
    const VocabularyWord* word = vocabulary().find(folded);
    return word && word->other && !word->noun;
  }
  /// As people write it; as it is where that is not known.
  std::string written(const std::string& folded) const {
    std::string text = vocabulary().written(folded);
    if (text.empty()) text = words_.written(folded);
    return text.empty() ? folded : text;
  }
  /// Whether a text of the index uses it.
  bool is_indexed(const std::string& folded) const { return words_.find(folded) != nullptr; }
  bool is_dictionary_word(const std::string& folded) const { return vocabulary().find(folded) != nullptr; }
  /// In a German dictionary, or a compound.
  bool is_german(const std::string& folded) const {
    const VocabularyWord* word = vocabulary().find(folded);
    return (word && (word->noun || word->other)) || splitter().split(folded).size() > 1;
  }
  /// Whether the catalogue or a rule uses it.
  bool is_catalogue_word(const std::string& folded) const {
    const VocabularyWord* word = vocabulary().find(folded);
    return (word && word->count > 0) || rules().left_words().contains(folded);
  }

 private:
  const Vocabulary& vocabulary() const { return text_.vocabulary(); }

  TextModel text_;
  Vocabulary words_;
  Spelling spelling_;
  Similar similar_;
};

}  // namespace vsm::language
