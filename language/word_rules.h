// What editors say about words, from synonyms/*.txt: from everyday to official words, words that a question is made
// of, and words that fit almost everything.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace vsm::language {

/// One thing that an everyday expression may mean.
struct Expansion {
  std::string words;   ///< official words
  double weight = 1;   ///< above 0 to 1: how surely it means this
  std::string rule;    ///< file and line, for explanations
};

/// Entries read from text. Immutable after construction; safe to read from many threads.
///   everyday expression => official words | other words @0.8
/// Lines that begin with # are comments.
class WordRules {
 public:
  /// A stem for a folded word: entries are compared by their stems, whatever the order of words.
  using Stem = std::function<std::string(const std::string&)>;

  WordRules() = default;
  /// `files`: name to content. stopwords.txt, generic.txt and place_words.txt hold words, word_parts.txt is skipped, all others entries.
  WordRules(const std::map<std::string, std::string, std::less<>>& files, const Stem& stem);

  bool is_stopword(const std::string& folded) const { return stopwords_.contains(folded); }
  /// A name of a place that is an everyday word too.
  bool is_place_word(const std::string& folded) const { return place_words_.contains(folded); }
  bool is_generic(const std::string& folded) const { return generic_.contains(folded); }
  /// Whether some entry's left side has the word.
  bool knows(const std::string& stem) const { return left_words_.contains(stem); }
  /// Expansions of these stems taken together; empty where there is no such entry.
  std::span<const Expansion> expansions(std::span<const std::string> stems) const;
  std::size_t longest_left() const { return longest_; }
  std::size_t size() const { return entries_; }
  const std::unordered_set<std::string>& left_words() const { return folded_left_; }

  /// What is wrong with the files, in sentences with file and line.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  void read_words(std::string_view text, std::unordered_set<std::string>& words);
  void read_entries(const std::string& file, std::string_view text, const Stem& stem);

  std::unordered_map<std::string, std::vector<Expansion>> by_left_;
  std::unordered_set<std::string> stopwords_, generic_, place_words_, left_words_, folded_left_;
  std::vector<std::string> complaints_;
  std::size_t longest_ = 0, entries_ = 0;
};

}  // namespace vsm::language
