#include "language/vocabulary.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>

#include "language/fold.h"

namespace vsm::language {

namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
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
  while (!text.empty()) {
    const std::string_view token = text.substr(0, text.find_first_of(" \t\n"));
    text.remove_prefix(std::min(text.size(), token.size() + 1));
    std::vector<std::string> words = fold_words(token);
    if (words.size() == 1) keep_spelling(words.front(), token);
    for (std::string& word : words) words_[std::move(word)].count += times;
  }
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
  words_.reserve(text_.size() / 14);
  for (std::string_view rest = text_; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::size_t first = line.find('\t'),
                      second = first == std::string_view::npos ? first : line.find('\t', first + 1);
    if (second == std::string_view::npos || second + 1 >= line.size()) continue;
    VocabularyWord word;
    std::from_chars(line.data() + first + 1, line.data() + second, word.count);
    const int flags = line[second + 1] - '0';
    word.noun = (flags & 1) != 0;
    word.other = (flags & 2) != 0;
    words_.emplace(line.substr(0, first), word);
    total_ += word.count;
    has_dictionary_ |= flags != 0;
    if (word.count > 0) indexed_.push_back(line.substr(0, first));
    if (line.size() > second + 3 && line[second + 2] == '\t')
      written_.emplace(line.substr(0, first), line.substr(second + 3));
  }
  std::stable_sort(indexed_.begin(), indexed_.end(), [this](std::string_view a, std::string_view b) {
    return words_.at(a).count > words_.at(b).count;
  });
}

std::string Vocabulary::written(std::string_view folded) const {
  if (const auto written = written_.find(folded); written != written_.end())
    return std::string(written->second);
  const VocabularyWord* word = find(folded);
  std::string text(word ? folded : "");
  if (word && word->noun && !word->other && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

const VocabularyWord* Vocabulary::find(std::string_view folded) const {
  const auto found = words_.find(folded);
  return found == words_.end() ? nullptr : &found->second;
}

}  // namespace vsm::language
