#include "language/analyzer.h"

#include <libstemmer.h>

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
  for (std::string& folded : fold_words(text)) words.push_back(word(std::move(folded)));
  return words;
}

}  // namespace vsm::language
