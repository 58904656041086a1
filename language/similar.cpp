#include "language/similar.h"

#include <algorithm>
#include <unordered_map>

namespace vsm::language {
namespace {

constexpr std::size_t gram_letters = 4, longest = 60;

/// Endings of at most so many letters are taken for inflection.
constexpr std::size_t longest_ending = 3, shortest_stem = 3;

using Letters = std::vector<std::string_view>;

Letters letters_of(std::string_view word) {
  Letters letters;
  for (std::size_t at = 0; at < word.size();) {
    std::size_t end = at + 1;
    while (end < word.size() && (static_cast<unsigned char>(word[end]) & 0xC0U) == 0x80U) ++end;
    letters.push_back(word.substr(at, end - at));
    at = end;
  }
  return letters;
}

/// The share of the longer word that both begin with, where no more than an ending differs; else 0.
double common_stem(const Letters& a, const Letters& b) {
  const auto differ = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto common = static_cast<std::size_t>(differ.first - a.begin());
  const std::size_t longer = std::max(a.size(), b.size());
  if (common < shortest_stem || longer - common > longest_ending) return 0;
  return static_cast<double>(common) / static_cast<double>(longer);
}

/// Hashes of the 4-grams of a word with its beginning marked, each once.
std::vector<std::uint32_t> grams_of(std::string_view word) {
  Letters letters = letters_of(word);
  letters.insert(letters.begin(), "^");
  std::vector<std::uint32_t> grams;
  if (letters.size() > longest) return grams;
  for (std::size_t i = 0; i + gram_letters <= letters.size(); ++i) {
    std::uint32_t hash = 2'166'136'261U;  // FNV-1a
    for (std::size_t j = i; j < i + gram_letters; ++j)
      for (char c : letters[j]) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
    grams.push_back(hash);
  }
  std::sort(grams.begin(), grams.end());
  grams.erase(std::unique(grams.begin(), grams.end()), grams.end());
  return grams;
}

}  // namespace

Similar::Similar(std::vector<std::string_view> words) : words_(std::move(words)) {
  gram_counts_.reserve(words_.size());
  for (std::uint32_t i = 0; i < words_.size(); ++i) {
    const auto grams = grams_of(words_[i]);
    gram_counts_.push_back(static_cast<std::uint16_t>(grams.size()));
    for (std::uint32_t gram : grams) entries_.push_back({gram, i});
  }
  std::sort(entries_.begin(), entries_.end());
}

std::vector<Similar::Found> Similar::find(std::string_view folded, double least, std::size_t most) const {
  const auto grams = grams_of(folded);
  std::unordered_map<std::uint32_t, std::size_t> shared;
  for (std::uint32_t gram : grams)
    for (auto entry = std::lower_bound(entries_.begin(), entries_.end(), Entry{gram, 0});
         entry != entries_.end() && entry->gram == gram; ++entry)
      ++shared[entry->word];
  std::vector<Found> found;
  const Letters letters = letters_of(folded);
  for (const auto& [word, count] : shared) {
    const auto longer = static_cast<double>(std::max<std::size_t>(grams.size(), gram_counts_[word]));
    const double similarity =
        std::max(static_cast<double>(count) / longer, common_stem(letters, letters_of(words_[word])));
    if (similarity >= least && words_[word] != folded) found.push_back({words_[word], similarity});
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return a.similarity != b.similarity ? a.similarity > b.similarity : a.word < b.word;
  });
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace vsm::language
