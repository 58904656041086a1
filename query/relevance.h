// How well each service fits the words of a query. Every word adds at most once, by the best of: the word
// itself, the parts of a compound, and what editors' rules say it means; rules may span several words.
// Services are scored by all texts that are visible at a place, whatever level they are of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "language/model.h"
#include "query/understanding.h"
#include "store/index_reader.h"

namespace vsm {

/// The services that texts may speak for, numbered. Built once a revision for the texts of Land, Bund and
/// catalogue; extended per request by the texts of the place.
struct Units {
  std::vector<ServiceKey> keys;                          ///< by number
  std::unordered_map<ServiceKey, std::uint32_t> number;  ///< by key
  /// The number of a key, which gets the next one where it has none. Not thread-safe.
  std::uint32_t of(ServiceKey key);
};

/// Calls each(doc, unit) for the services that a document speaks for.
using UnitsOfDoc = std::function<void(DocId, const std::function<void(std::uint32_t)>&)>;

/// How well a service fits. `own` counts only its own names and words, not those it shares with its siblings:
/// it decides which variant leads.
struct Fit {
  double score = 0, own = 0;
};

/// One matching word, for explanations.
struct Evidence {
  std::string word, rule;
  double points = 0;
};

/// Scores one query, in one thread. Keeps references to reader, model, analyzer and docs, which must live as
/// long, as must all that `units_of_doc` refers to.
class Relevance {
 public:
  /// Only texts among `docs` count. `units` is how many there are: `units_of_doc` gives numbers below it.
  Relevance(const IndexReader& reader, const language::Model& model, const language::Analyzer& analyzer,
            const Bitmap& docs, std::size_t units, UnitsOfDoc units_of_doc);

  /// The fit of every unit: 0 for those that do not fit. Rules of `without_rule` ("synonyms/bildung.txt:12")
  /// do not count. Call it once. Throws IndexError.
  std::vector<Fit> score(const Understood& query, std::string_view without_rule = {});
  /// How well a name fits the scored query, for choosing among texts of one service.
  double fit_of_name(std::string_view name) const;
  /// Why a unit got its score in the scored query: every word and rule that fits, those that the score
  /// leaves out for better ones as well.
  std::vector<Evidence> explain(std::uint32_t unit) const;

 private:
  struct Strength {
    float all = 0, own = 0;  ///< 0 to about 1.5
  };
  struct Column {
    double idf = 0;
    std::vector<Strength> strength;  ///< by unit; empty where no text has the term
  };
  struct WordValue {
    std::size_t whole = 0;
    std::vector<std::size_t> parts;
    double weight = 1, idf = 0;
    std::string shown;
    bool known = false;  ///< some text has it or a part of it
  };
  struct Meaning {
    std::vector<WordValue> words;
    double weight = 1;
    double most = 0;  ///< reached where all words stand in a name
    std::string rule;
  };
  /// A rule that fits some words of the query, from the first of them to behind the last.
  struct Span {
    std::size_t from = 0, end = 0;
    std::vector<std::size_t> between;  ///< words inside that the rule does not speak of
    std::vector<Meaning> meanings;
    double most = 0;
    bool foreign = false;  ///< of a list of another language
  };

  std::size_t column(const std::string& term);
  void read_words(const Understood& query);
  void read_rules(const Understood& query, std::string_view without_rule);
  /// The most that the words of a query could reach.
  double potential_of(const Understood& query) const;
  WordValue value_of(const language::Word& word, double weight);
  static Strength strength_of(const Impacts& impacts);
  double worth_of_word(std::size_t at, std::uint32_t unit, float Strength::*of) const;
  double worth(const WordValue& word, std::uint32_t unit, float Strength::*of) const;
  double worth(const Meaning& meaning, std::uint32_t unit, float Strength::*of) const;

  const IndexReader& reader_;
  const language::Model& model_;
  const language::Analyzer& analyzer_;
  const Bitmap& docs_;
  std::size_t unit_count_;
  UnitsOfDoc units_of_doc_;
  std::unordered_map<std::string, std::size_t> known_;
  std::vector<Column> columns_;
  std::vector<WordValue> words_;
  std::vector<std::vector<WordValue>> similar_;  ///< by word
  std::vector<Span> spans_;
  std::vector<std::uint32_t> touched_;
  double potential_ = 0;
};

}  // namespace vsm
