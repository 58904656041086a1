#include "language/vocabulary.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>

#include "language/fold.h"

namespace vsm::language {

void VocabularyBuilder::add_text(std::string_view text, std::uint32_t times) {
  for (std::string& word : fold_words(text)) words_[std::move(word)].count += times;
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
    text += '\n';
  }
  return text;
}

Vocabulary::Vocabulary(std::string text) : text_(std::move(text)) {
  words_.reserve(text_.size() / 14);
  for (std::string_view rest = text_; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::size_t first = line.find('\t'), second = line.rfind('\t');
    if (first == std::string_view::npos || second == first || second + 1 >= line.size()) continue;
    VocabularyWord word;
    std::from_chars(line.data() + first + 1, line.data() + second, word.count);
    const int flags = line[second + 1] - '0';
    word.noun = (flags & 1) != 0;
    word.other = (flags & 2) != 0;
    words_.emplace(line.substr(0, first), word);
    total_ += word.count;
    has_dictionary_ |= flags != 0;
    if (word.count > 0) indexed_.push_back(line.substr(0, first));
  }
  std::stable_sort(indexed_.begin(), indexed_.end(), [this](std::string_view a, std::string_view b) {
    return words_.at(a).count > words_.at(b).count;
  });
}

const VocabularyWord* Vocabulary::find(std::string_view folded) const {
  const auto found = words_.find(folded);
  return found == words_.end() ? nullptr : &found->second;
}

}  // namespace vsm::language
