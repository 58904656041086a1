#include "language/analyzer.h"

#include <libstemmer.h>

#include <stdexcept>

#include "language/fold.h"

namespace vsm::language {

void Analyzer::Delete::operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }

Analyzer::Analyzer() : stemmer_(sb_stemmer_new("german", "UTF_8")) {
  if (!stemmer_) throw std::runtime_error("the Snowball stemmer \"german\" is not available");
}

std::vector<Word> Analyzer::words(std::string_view text) const {
  std::vector<Word> words;
  for (std::string& folded : fold_words(text)) {
    const sb_symbol* stem = sb_stemmer_stem(stemmer_.get(), reinterpret_cast<const sb_symbol*>(folded.data()),
                                            static_cast<int>(folded.size()));
    if (!stem) throw std::bad_alloc();
    std::string stemmed(reinterpret_cast<const char*>(stem),
                        static_cast<std::size_t>(sb_stemmer_length(stemmer_.get())));
    words.push_back({std::move(folded), std::move(stemmed)});
  }
  return words;
}

}  // namespace vsm::language
