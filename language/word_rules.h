// What editors say about words, from synonyms/*.txt: from everyday to official words, words that a question
// is made of, and words that fit almost everything.
#pragma once

#include <cstdint>
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
  std::string words;  ///< official words
  double weight = 1;  ///< above 0 to 1: how surely it means this
};

/// One line of a list.
struct Rule {
  std::vector<std::string> stems;  ///< of the left side, sorted, each once
  std::vector<Expansion> expansions;
  std::string name;      ///< file and line, for explanations
  bool foreign = false;  ///< from a list of another language: en.txt, fr_words.txt ...
};

/// The stems under which a word of a query may stand in a rule, with how surely it is meant (above 0 to 1).
using WordStems = std::vector<std::pair<std::string, double>>;

struct RuleMatch {
  const Rule* rule = nullptr;
  std::uint64_t positions = 0;  ///< bit per word of the query
  double share = 1;             ///< less where words are only similar or one of several is missing
};

/// Entries read from text. Immutable after construction; safe to read from many threads.
///   everyday expression => official words | other words @0.8
/// Lines that begin with # are comments.
class WordRules {
 public:
  /// A stem for a folded word: entries are compared by their stems, whatever the order of words.
  using Stem = std::function<std::string(const std::string&)>;

  WordRules() = default;
  /// `files`: name to content. stopwords.txt, generic.txt and place_words.txt hold words, suggest_deny.txt
  /// words or phrases, word_parts.txt is skipped, all others entries.
  WordRules(const std::map<std::string, std::string, std::less<>>& files, const Stem& stem);

  bool is_stopword(const std::string& folded) const { return stopwords_.contains(folded); }
  /// A name of a place that is an everyday word too.
  bool is_place_word(const std::string& folded) const { return place_words_.contains(folded); }
  bool is_generic(const std::string& folded) const { return generic_.contains(folded); }
  /// Words and phrases that nobody is to be shown unasked: the folded words of each line.
  const std::vector<std::vector<std::string>>& never_suggested() const { return never_suggested_; }
  /// Rules whose left side stands in a query of at most 64 words, in any order and with others between. Of a
  /// left side of three words or more one may be missing.
  std::vector<RuleMatch> match(std::span<const WordStems> words) const;
  /// Whether some rule's left side is exactly these stems.
  bool has_rule(std::vector<std::string> stems) const;
  std::span<const Rule> rules() const { return rules_; }
  /// Folded words of all left sides.
  const std::unordered_set<std::string>& left_words() const { return left_words_; }

  /// What is wrong with the files, in sentences with file and line.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  void read_words(std::string_view text, std::unordered_set<std::string>& words);
  void read_phrases(std::string_view text, std::vector<std::vector<std::string>>& phrases);
  void read_entries(const std::string& file, std::string_view text, const Stem& stem);

  std::vector<Rule> rules_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_stem_;  ///< positions in rules_
  std::unordered_set<std::string> stopwords_, generic_, place_words_, left_words_;
  std::vector<std::vector<std::string>> never_suggested_;
  std::vector<std::string> complaints_;
};

}  // namespace vsm::language
