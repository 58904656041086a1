// The words an index knows: how often each stands in the catalogue and in texts, and what a dictionary says
// it is. Built while indexing, stored in the index as text, and used as it is by the query side, so both
// split words alike.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vsm::language {

struct VocabularyWord {
  std::uint32_t count = 0;  ///< in names and texts of the index; 0: known from a dictionary alone
  bool noun = false;        ///< written with a capital in a dictionary
  bool other = false;       ///< verb, adjective ...: written small in a dictionary
};

/// Collects words while indexing. Not thread-safe.
class VocabularyBuilder {
 public:
  /// Counts the words of a text `times` times.
  void add_text(std::string_view text, std::uint32_t times = 1);
  /// Counts "Mutter-Kind-Kur" as the one word that it is too.
  void add_joined(std::string_view text);
  /// A word list, one word a line, for example /usr/share/dict/ngerman of the Debian package wngerman. A list
  /// that is not there is no error: splitting then knows the words of the index alone.
  void add_dictionary(const std::string& path);
  /// For Vocabulary: one word a line, sorted.
  std::string text() const;

 private:
  void keep_spelling(const std::string& folded, std::string_view written);

  std::unordered_map<std::string, VocabularyWord> words_;
  std::unordered_map<std::string, std::string> written_;  ///< where folding loses letters: "Führerschein"
};

/// Immutable; safe to read from many threads.
class Vocabulary {
 public:
  Vocabulary() = default;
  /// Lines that are no entry are skipped.
  explicit Vocabulary(std::string text);
  Vocabulary(const Vocabulary&) = delete;
  Vocabulary& operator=(const Vocabulary&) = delete;

  /// `folded` as fold_words gives it. Null for an unknown word.
  const VocabularyWord* find(std::string_view folded) const;
  /// As people write it: "Führerschein" for "fuhrerschein"; empty for an unknown word.
  std::string written(std::string_view folded) const;
  /// Words that stand in the index, by falling count: what a misspelt word may have meant.
  const std::vector<std::string_view>& indexed() const { return indexed_; }
  bool has_dictionary() const { return has_dictionary_; }
  double total() const { return total_; }

 private:
  struct Entry {
    std::string_view word, written;
    VocabularyWord facts;
  };
  const Entry* entry(std::string_view folded) const;

  std::string text_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t>
      slots_;  // a hash table of numbers of entries, from 1: a third of the time of a map
  std::vector<std::string_view> indexed_;
  double total_ = 1;
  bool has_dictionary_ = false;
};

}  // namespace vsm::language
