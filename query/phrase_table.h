// Phrases found by how their words begin, while somebody types: "best persona" is "Personalausweis
// bestellen". A sorted list of words and, for each, the phrases that have it; nothing is looked up on disk.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vsm {

/// Immutable after construction; safe to read from many threads.
class PhraseTable {
 public:
  struct Phrase {
    std::vector<std::string> words;  ///< as language::fold_words gives them
    int weight = 0;                  ///< from 0 to 1,000: how much sooner than others it is found
  };
  PhraseTable() = default;
  explicit PhraseTable(const std::vector<Phrase>& phrases);

  struct Found {
    std::uint32_t phrase = 0;  ///< its position among those given
    int score = 0;
    /// What was typed, one beginning for each word of the phrase that it stands for; folded, and mended where
    /// something was misspelt.
    std::vector<std::string> beginnings;
  };
  /// Phrases in which every typed word begins a word of its own; at most `most`, the best first. The words
  /// are folded and of any order; phrases that begin as they do come first, the sooner the less is missing.
  std::vector<Found> find(std::span<const std::string> typed, std::size_t most) const;
  /// The same where one edit in all is put right: a letter missing, added, changed or exchanged with its
  /// neighbour in a word of three letters or more, a blank too many or too few.
  std::vector<Found> find_misspelt(std::span<const std::string> typed, std::size_t most) const;

 private:
  /// Words with a common beginning: first to last, last not included.
  struct Range {
    std::uint32_t first = 0, last = 0;
    bool operator==(const Range&) const = default;
  };
  struct Beginning {
    Range words;
    std::string text;
  };
  /// A way to read what was typed: for each word the beginnings that it may stand for.
  using Reading = std::vector<std::vector<Beginning>>;
  struct Candidate {
    int score = 0;
    std::uint32_t phrase = 0, reading = 0;
  };
  struct PhraseWords {
    std::uint32_t first = 0;  ///< into words_of_
    std::uint16_t count = 0, weight = 0;
  };

  std::string_view word(std::uint32_t number) const {
    return std::string_view(letters_).substr(word_at_[number], word_at_[number + 1] - word_at_[number]);
  }
  std::uint32_t postings(Range words) const { return posting_at_[words.last] - posting_at_[words.first]; }
  Range all_words() const { return {0, static_cast<std::uint32_t>(word_at_.size() - 1)}; }
  /// Of words with a common beginning of `depth` bytes those that go on like this.
  Range narrow(Range words, std::size_t depth, std::string_view more) const;
  Beginning beginning(std::string_view text) const {
    return {narrow(all_words(), 0, text), std::string(text)};
  }
  Reading as_typed(std::span<const std::string> typed) const;
  /// Beginnings at one edit. More of them are taken for meant where a word stands among others that fit.
  std::vector<Beginning> near(std::string_view typed, bool among_others) const;
  /// The score of a phrase that has all that is read, with the beginnings that it has; else nothing.
  std::optional<int> score(const PhraseWords& phrase, const Reading& reading,
                           std::vector<std::string>* beginnings = nullptr) const;
  void collect(const Reading& reading, std::uint32_t number, std::vector<Candidate>& found) const;
  /// Fills of_many_ for words that begin with `text`.
  void prepare(Range words, const std::string& text);
  std::vector<Found> best(const std::vector<Reading>& readings, std::size_t most) const;

  std::string letters_;                       ///< all words, sorted, one behind the other
  std::vector<std::uint32_t> word_at_{0};     ///< into letters_, and its end
  std::vector<std::uint32_t> posting_at_{0};  ///< by word, into postings_, and its end
  std::vector<std::uint32_t> postings_;       ///< phrases of each word, ascending, each once
  std::vector<std::uint32_t> words_of_;       ///< by phrase
  std::vector<PhraseWords> phrases_;
  std::unordered_map<std::string, std::vector<Found>>
      of_many_;  ///< the best for beginnings that very many have
};

}  // namespace vsm
