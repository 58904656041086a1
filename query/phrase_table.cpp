#include "query/phrase_table.h"

#include <algorithm>
#include <numeric>

namespace vsm {
namespace {

// How much sooner a phrase is found, beside its weight.
constexpr int begins_with_first = 100;  ///< its first word is the first that was typed
constexpr int begins_with_all = 60;     ///< its words are those that were typed, in their order
constexpr int whole_last = 30;          ///< the last word typed is a word of it, not a beginning only
constexpr int whole = 200;              ///< nothing is missing
constexpr int each_missing = 4, most_missing = 10;

/// What begins more words in phrases than this is looked up once for all.
constexpr std::uint32_t very_many = 300;
constexpr std::size_t most_prepared = 32;
constexpr std::size_t most_words = 64;  ///< of a phrase; the bits of one number
constexpr std::size_t shortest_misspelt = 3, longest_misspelt = 48;
/// Of shorter words the first letter is taken to be right.
constexpr std::size_t shortest_with_wrong_first = 5;
/// Both are less where words beside it say what is meant.
constexpr std::size_t less_among_others = 1, less_for_first = 2;

std::size_t letter_size(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// Where each letter begins, and the end.
std::vector<std::size_t> letters_of(std::string_view word) {
  std::vector<std::size_t> at;
  for (std::size_t i = 0; i < word.size(); i += letter_size(word[i])) at.push_back(i);
  at.push_back(word.size());
  return at;
}

bool has_digit(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

PhraseTable::PhraseTable(const std::vector<Phrase>& phrases) {
  const auto words_of = [](const Phrase& phrase) {
    return std::span(phrase.words).first(std::min(phrase.words.size(), most_words));
  };
  std::vector<std::string_view> words;
  for (const Phrase& phrase : phrases)
    for (const std::string& one : words_of(phrase)) words.push_back(one);
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  word_at_.clear();
  for (std::string_view one : words) {
    word_at_.push_back(static_cast<std::uint32_t>(letters_.size()));
    letters_ += one;
  }
  word_at_.push_back(static_cast<std::uint32_t>(letters_.size()));

  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (std::uint32_t number = 0; number < phrases.size(); ++number) {
    const auto own = words_of(phrases[number]);
    phrases_.push_back({static_cast<std::uint32_t>(words_of_.size()), static_cast<std::uint16_t>(own.size()),
                        static_cast<std::uint16_t>(std::clamp(phrases[number].weight, 0, 1'000))});
    for (const std::string& one : own) {
      const auto found = std::lower_bound(words.begin(), words.end(), one);
      words_of_.push_back(static_cast<std::uint32_t>(found - words.begin()));
      pairs.emplace_back(words_of_.back(), number);
    }
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  posting_at_.resize(words.size() + 1);
  for (const auto& pair : pairs) {
    ++posting_at_[pair.first + 1];
    postings_.push_back(pair.second);
  }
  std::partial_sum(posting_at_.begin(), posting_at_.end(), posting_at_.begin());
  prepare(all_words(), "");
}

void PhraseTable::prepare(Range words, const std::string& text) {
  if (postings(words) < very_many) return;
  if (!text.empty()) of_many_.emplace(text, best({{{{words, text}}}}, most_prepared));
  while (words.first < words.last) {
    const std::string_view next = word(words.first).substr(text.size());
    if (next.empty()) {
      ++words.first;
      continue;
    }
    const std::string longer = text + std::string(next.substr(0, letter_size(next[0])));
    const Range with_it = narrow(words, 0, longer);
    prepare(with_it, longer);
    words.first = with_it.last;
  }
}

PhraseTable::Range PhraseTable::narrow(Range words, std::size_t depth, std::string_view more) const {
  if (more.empty()) return words;
  const auto rest = [&](std::uint32_t number) { return word(number).substr(depth, more.size()); };
  const auto bound = [&](std::uint32_t first, std::uint32_t last, auto before) {
    while (first < last) {
      const std::uint32_t middle = first + (last - first) / 2;
      if (before(rest(middle)))
        first = middle + 1;
      else
        last = middle;
    }
    return first;
  };
  if (words.last - words.first == 1) {
    words.last -= rest(words.first) != more;
    return words;
  }
  words.first = bound(words.first, words.last, [&](std::string_view other) { return other < more; });
  words.last = bound(words.first, words.last, [&](std::string_view other) { return other == more; });
  return words;
}

std::vector<PhraseTable::Beginning> PhraseTable::near(std::string_view typed, bool among_others) const {
  std::vector<Beginning> found;
  const std::vector<std::size_t> at = letters_of(typed);
  const std::size_t letters = at.size() - 1;
  const std::size_t shortest = shortest_misspelt - (among_others ? less_among_others : 0);
  const std::size_t with_first = shortest_with_wrong_first - (among_others ? less_for_first : 0);
  if (letters < shortest || letters > longest_misspelt || has_digit(typed)) return found;
  const auto letter = [&](std::size_t i) { return typed.substr(at[i], at[i + 1] - at[i]); };
  // `words` begin with `start`, which is where the rest of what was typed goes on.
  const auto take = [&](Range words, const std::string& start, std::string_view rest) {
    words = narrow(words, start.size(), rest);
    if (words.first < words.last) found.push_back({words, start + std::string(rest)});
  };
  Range words = all_words();  // that begin with the letters before i
  for (std::size_t i = 0; i < letters && words.first < words.last; ++i) {
    if (i > 0 || letters >= with_first) {
      const std::string start(typed.substr(0, at[i]));
      const std::string_view behind = typed.substr(at[i + 1]);
      take(words, start, behind);
      for (Range left = words; left.first < left.last;) {
        const std::string_view next = word(left.first).substr(at[i]);
        if (next.empty()) {
          ++left.first;
          continue;
        }
        const std::string other(next.substr(0, letter_size(next[0])));
        const Range with_other = narrow(left, at[i], other);
        left.first = with_other.last;
        if (other == letter(i)) continue;
        if (!behind.empty()) take(with_other, start + other, behind);
        take(with_other, start + other, typed.substr(at[i]));
        if (i + 1 < letters && other == letter(i + 1))
          take(with_other, start + other, std::string(letter(i)) + std::string(typed.substr(at[i + 2])));
      }
    }
    words = narrow(words, at[i], letter(i));
  }
  return found;
}

std::optional<int> PhraseTable::score(const PhraseWords& phrase, const Reading& reading,
                                      std::vector<std::string>* beginnings) const {
  if (phrase.count < reading.size()) return std::nullopt;
  const std::span<const std::uint32_t> words(words_of_.data() + phrase.first, phrase.count);
  std::uint64_t used = 0;
  std::size_t in_order = 0, whole_words = 0;
  bool last_is_whole = false, first_is_first = false;
  for (std::size_t typed = 0; typed < reading.size(); ++typed) {
    const Beginning* taken = nullptr;
    std::size_t position = 0;
    last_is_whole = false;
    for (const Beginning& beginning : reading[typed]) {
      for (std::size_t i = 0; i < words.size() && !last_is_whole; ++i) {
        if (words[i] < beginning.words.first || words[i] >= beginning.words.last || (used >> i & 1U))
          continue;
        // The word that a beginning is itself is the first of its words.
        last_is_whole = words[i] == beginning.words.first && word(words[i]).size() == beginning.text.size();
        if (taken && !last_is_whole) continue;
        taken = &beginning;
        position = i;
      }
    }
    if (!taken) return std::nullopt;
    used |= std::uint64_t{1} << position;
    in_order += position == typed;
    whole_words += last_is_whole;
    if (typed == 0) first_is_first = position == 0;
    if (beginnings) beginnings->push_back(taken->text);
  }
  const auto missing = static_cast<int>(words.size() - reading.size());
  int score = phrase.weight - each_missing * std::min(missing, most_missing);
  if (first_is_first) score += begins_with_first;
  if (in_order == reading.size()) score += begins_with_all;
  if (last_is_whole) score += whole_last;
  if (whole_words == words.size()) score += whole;
  return score;
}

void PhraseTable::collect(const Reading& reading, std::uint32_t number, std::vector<Candidate>& found) const {
  const auto cost = [&](const std::vector<Beginning>& beginnings) {
    std::size_t sum = 0;
    for (const Beginning& beginning : beginnings) sum += postings(beginning.words);
    return sum;
  };
  const auto rarest = std::min_element(reading.begin(), reading.end(),
                                       [&](const auto& a, const auto& b) { return cost(a) < cost(b); });
  if (rarest == reading.end()) return;
  for (const Beginning& beginning : *rarest) {
    for (std::uint32_t at = posting_at_[beginning.words.first]; at < posting_at_[beginning.words.last]; ++at)
      if (const auto points = score(phrases_[postings_[at]], reading))
        found.push_back({*points, postings_[at], number});
  }
}

std::vector<PhraseTable::Found> PhraseTable::best(const std::vector<Reading>& readings,
                                                  std::size_t most) const {
  std::vector<Candidate> candidates;
  for (std::uint32_t number = 0; number < readings.size(); ++number)
    collect(readings[number], number, candidates);
  const auto before = [](const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score > b.score : a.phrase < b.phrase;
  };
  // A phrase may be there several times, by several words or readings.
  const std::size_t kept = std::min(candidates.size(), 4 * most);
  std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(kept),
                    candidates.end(), before);
  candidates.resize(kept);
  std::vector<Found> found;
  for (const Candidate& candidate : candidates) {
    if (found.size() == most) break;
    const auto same = [&](const Found& known) { return known.phrase == candidate.phrase; };
    if (std::any_of(found.begin(), found.end(), same)) continue;
    found.push_back({candidate.phrase, candidate.score, {}});
    score(phrases_[candidate.phrase], readings[candidate.reading], &found.back().beginnings);
  }
  return found;
}

PhraseTable::Reading PhraseTable::as_typed(std::span<const std::string> typed) const {
  Reading reading;
  for (const std::string& one : typed) reading.push_back({beginning(one)});
  return reading;
}

std::vector<PhraseTable::Found> PhraseTable::find(std::span<const std::string> typed,
                                                  std::size_t most) const {
  if (typed.empty() || typed.size() > most_words) return {};
  if (typed.size() == 1 && most <= most_prepared) {
    const auto prepared = of_many_.find(typed[0]);
    if (prepared != of_many_.end())
      return {prepared->second.begin(), prepared->second.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                       most, prepared->second.size()))};
  }
  return best({as_typed(typed)}, most);
}

std::vector<PhraseTable::Found> PhraseTable::find_misspelt(std::span<const std::string> typed,
                                                           std::size_t most) const {
  if (typed.empty() || typed.size() > most_words) return {};
  const Reading exact = as_typed(typed);
  const auto is_known = [&](std::size_t i) { return postings(exact[i][0].words) > 0; };
  std::vector<Reading> readings;
  // Others than these must be as they stand.
  const auto read = [&](std::size_t from, std::size_t count, const Reading& instead) {
    for (std::size_t i = 0; i < typed.size(); ++i)
      if ((i < from || i >= from + count) && !is_known(i)) return;
    for (const auto& beginnings : instead) {
      const auto is_empty = [&](const Beginning& one) { return postings(one.words) == 0; };
      if (std::all_of(beginnings.begin(), beginnings.end(), is_empty)) return;
    }
    Reading reading(exact.begin(), exact.begin() + static_cast<std::ptrdiff_t>(from));
    reading.insert(reading.end(), instead.begin(), instead.end());
    reading.insert(reading.end(), exact.begin() + static_cast<std::ptrdiff_t>(from + count), exact.end());
    readings.push_back(std::move(reading));
  };
  const auto unknown = static_cast<std::size_t>(std::count_if(
      exact.begin(), exact.end(), [&](const auto& one) { return postings(one[0].words) == 0; }));
  if (unknown > 2) return {};
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const std::string& one = typed[i];
    // Beside others, a word that is one is taken to be right.
    const bool is_right = typed.size() > 1 && is_known(i) && word(exact[i][0].words.first) == one;
    if (unknown == 0 ? !is_right : unknown == 1 && !is_known(i)) {
      read(i, 1, {near(one, typed.size() > 1 && !is_known(i))});
      for (std::size_t at : letters_of(one)) {
        if (at < 2 || at + 1 >= one.size()) continue;
        Beginning left = beginning(one.substr(0, at));
        if (postings(left.words) == 0) break;
        if (word(left.words.first).size() != at) continue;
        left.words.last = left.words.first + 1;
        read(i, 1, {{left}, {beginning(one.substr(at))}});
        // A letter in place of the blank.
        const std::size_t next = at + letter_size(one[at]);
        if (next < one.size()) read(i, 1, {{left}, {beginning(one.substr(next))}});
      }
    }
    if (i + 1 == typed.size()) continue;
    const std::string joined = one + typed[i + 1];
    read(i, 2, {{beginning(joined)}});
    const std::size_t last = letters_of(one)[letters_of(one).size() - 2];
    const std::size_t first = one.size() + letter_size(typed[i + 1][0]);
    for (std::size_t blank : {last, first})
      if (blank > 0 && blank < joined.size())
        read(i, 2, {{beginning(joined.substr(0, blank))}, {beginning(joined.substr(blank))}});
  }
  return best(readings, most);
}

}  // namespace vsm
