#include "language/vocabulary.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <fstream>
#include <map>

#include "language/fold.h"

namespace vsm::language {

namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Calls visit(token, its folded words) for what stands between blanks.
template <class Visit>
void each_token(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::string_view token = text.substr(0, text.find_first_of(" \t\n"));
    text.remove_prefix(std::min(text.size(), token.size() + 1));
    visit(token, fold_words(token));
  }
}

}  // namespace

void VocabularyBuilder::keep_spelling(const std::string& folded, std::string_view written) {
  if (is_ascii(written)) return;
  while (!written.empty() && std::string_view(".,;:!?()\"'").find(written.back()) != std::string_view::npos)
    written.remove_suffix(1);
  // What begins with a capital is the noun as it stands in names and dictionaries.
  const auto is_small = [](std::string_view word) { return word[0] >= 'a' && word[0] <= 'z'; };
  const auto [known, is_new] = written_.emplace(folded, written);
  if (!is_new && is_small(known->second) && !is_small(written)) known->second = written;
}

void VocabularyBuilder::add_text(std::string_view text, std::uint32_t times) {
  each_token(text, [&](std::string_view token, std::vector<std::string> words) {
    if (words.size() == 1) keep_spelling(words.front(), token);
    for (std::string& word : words) words_[std::move(word)].count += times;
  });
}

void VocabularyBuilder::add_joined(std::string_view text) {
  each_token(text, [&](std::string_view token, const std::vector<std::string>& words) {
    if (words.size() < 2 || token.find('-') == std::string_view::npos) return;
    std::string joined;
    for (const std::string& word : words) joined += word;
    ++words_[std::move(joined)].count;
  });
}

void VocabularyBuilder::add_dictionary(const std::string& path) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (line.size() < 3) continue;
    const auto words = fold_words(line);
    if (words.size() != 1) continue;
    const auto first = static_cast<unsigned char>(line[0]);
    // Ä, Ö and Ü are C3 84, C3 96 and C3 9C.
    const bool capital =
        (first >= 'A' && first <= 'Z') || (first == 0xC3 && static_cast<unsigned char>(line[1]) < 0x9F);
    auto& word = words_[words.front()];
    (capital ? word.noun : word.other) = true;
    keep_spelling(words.front(), line);
  }
}

std::string VocabularyBuilder::text() const {
  const std::map<std::string_view, VocabularyWord> sorted(words_.begin(), words_.end());
  std::string text;
  for (const auto& [word, facts] : sorted) {
    text += word;
    text += '\t';
    text += std::to_string(facts.count);
    text += '\t';
    text += static_cast<char>('0' + facts.noun + 2 * facts.other);
    if (const auto written = written_.find(std::string(word)); written != written_.end())
      text += '\t' + written->second;
    text += '\n';
  }
  return text;
}

Vocabulary::Vocabulary(std::string text) : text_(std::move(text)) {
  entries_.reserve(text_.size() / 14);
  for (std::string_view rest = text_; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::size_t first = line.find('\t'),
                      second = first == std::string_view::npos ? first : line.find('\t', first + 1);
    if (second == std::string_view::npos || second + 1 >= line.size()) continue;
    Entry entry;
    entry.word = line.substr(0, first);
    std::from_chars(line.data() + first + 1, line.data() + second, entry.facts.count);
    const int flags = line[second + 1] - '0';
    entry.facts.noun = (flags & 1) != 0;
    entry.facts.other = (flags & 2) != 0;
    if (line.size() > second + 3 && line[second + 2] == '\t') entry.written = line.substr(second + 3);
    total_ += entry.facts.count;
    has_dictionary_ |= flags != 0;
    entries_.push_back(entry);
  }

  slots_.resize(std::bit_ceil(2 * entries_.size() + 1));
  std::vector<std::pair<std::uint32_t, std::string_view>> indexed;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    std::size_t slot = std::hash<std::string_view>()(entry.word) & (slots_.size() - 1);
    while (slots_[slot] != 0 && entries_[slots_[slot] - 1].word != entry.word)
      slot = (slot + 1) & (slots_.size() - 1);
    if (slots_[slot] != 0) continue;
    slots_[slot] = static_cast<std::uint32_t>(i + 1);
    if (entry.facts.count > 0) indexed.emplace_back(entry.facts.count, entry.word);
  }
  std::stable_sort(indexed.begin(), indexed.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  indexed_.reserve(indexed.size());
  for (const auto& [count, word] : indexed) indexed_.push_back(word);
}

const Vocabulary::Entry* Vocabulary::entry(std::string_view folded) const {
  if (slots_.empty()) return nullptr;
  std::size_t slot = std::hash<std::string_view>()(folded) & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1))
    if (const Entry& found = entries_[slots_[slot] - 1]; found.word == folded) return &found;
  return nullptr;
}

std::string Vocabulary::written(std::string_view folded) const {
  const Entry* known = entry(folded);
  if (known && !known->written.empty()) return std::string(known->written);
  std::string text(known ? folded : "");
  if (known && known->facts.noun && !known->facts.other && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

const VocabularyWord* Vocabulary::find(std::string_view folded) const {
  const Entry* known = entry(folded);
  return known ? &known->facts : nullptr;
}

}  // namespace vsm::language
