// From what somebody typed to words worth searching: a place and a service key are taken out, question words
// dropped, misspelt words mended.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/area_table.h"
#include "language/model.h"
#include "query/place_finder.h"
#include "store/index_reader.h"

namespace vsm {

struct QueryWord {
  language::Word word;
  /// For a word that no text has known ones that share letters with it, and for a participle its infinitive;
  /// with what they count.
  std::vector<std::pair<language::Word, double>> similar;
  bool stop = false;       ///< a word that questions are made of: counts only within a rule
  bool generic = false;    ///< fits very many services: counts little
  bool corrected = false;  ///< mended from something else
};

struct Understood {
  ServiceKey key;                ///< the query is a service key
  std::vector<QueryWord> words;  ///< in order
  std::string phrase;            ///< all words folded, for comparing with whole names
  std::string corrected;         ///< what was searched instead; empty where nothing was mended
  PlaceFinder::Reading place;    ///< a place named in the query
  std::string place_words;       ///< how it was named there, folded
  std::string without_place;     ///< the query as typed, less the place
};

/// `look_for_place`: a place in the words becomes the filter. `mend_words`: words that nothing knows become
/// known ones or count as similar to some. Words beyond the 32nd are ignored. Odd input is no failure. Uses
/// the reader in the calling thread. Throws IndexError.
Understood understand(std::string_view text, bool look_for_place, const IndexReader& reader,
                      const language::Model& model, const PlaceFinder& places,
                      const language::Analyzer& analyzer, bool mend_words = true);

}  // namespace vsm
