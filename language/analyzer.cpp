#include "language/analyzer.h"

#include <libstemmer.h>

#include <algorithm>
#include <stdexcept>

#include "language/fold.h"

namespace vsm::language {

void Stemmer::Delete::operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }

Stemmer::Stemmer() : stemmer_(sb_stemmer_new("german", "UTF_8")) {
  if (!stemmer_) throw std::runtime_error("the Snowball stemmer \"german\" is not available");
}

std::string Stemmer::operator()(const std::string& folded) const {
  const sb_symbol* stem = sb_stemmer_stem(stemmer_.get(), reinterpret_cast<const sb_symbol*>(folded.data()),
                                          static_cast<int>(folded.size()));
  if (!stem) throw std::bad_alloc();
  return {reinterpret_cast<const char*>(stem), static_cast<std::size_t>(sb_stemmer_length(stemmer_.get()))};
}

Word Analyzer::word(std::string folded) const {
  Word word;
  word.stem = stemmer_(folded);
  if (splitter_) {
    const auto parts = splitter_->split(folded);
    if (parts.size() > 1)
      for (const WordPart& part : parts) word.parts.push_back(stemmer_(part.base));
  }
  word.folded = std::move(folded);
  return word;
}

std::vector<Word> Analyzer::words(std::string_view text) const {
  std::vector<Word> words;
  while (!text.empty()) {
    const std::string_view token = text.substr(0, text.find_first_of(" \t\n"));
    text.remove_prefix(std::min(text.size(), token.size() + 1));
    std::string joined;
    std::vector<std::string> folded = fold_words(token);
    const bool hyphenated = folded.size() > 1 && token.find('-') != std::string_view::npos;
    for (std::string& one : folded) {
      joined += one;
      words.push_back(word(std::move(one)));
    }
    if (hyphenated) words.push_back(word(std::move(joined)));
  }
  return words;
}

}  // namespace vsm::language
