#include "indexer/text_terms.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "language/fold.h"

namespace vsm {
namespace {

/// Impacts in hundredths of a title word: see Posting.
constexpr double keyword_impact = 90, body_impact = 30;
/// The head of a compound says more about it than what stands before.
constexpr double head_share = 0.75, modifier_share = 0.55;
constexpr double usual_title_words = 3;
/// Words for a whole object say less about each of its services.
constexpr double object_share = 0.85;

class Collector {
 public:
  explicit Collector(const language::Analyzer& analyzer) : analyzer_(analyzer) {}

  void add_title(std::string_view title) {
    const auto words = analyzer_.words(title);
    // A word of a short title says more than one of many.
    const double length = 0.55 + 0.45 * static_cast<double>(words.size()) / usual_title_words;
    add(Field::title, words, 100 / std::max(0.7, length));
    add_phrase(Field::title, title);
  }
  void add_keyword(std::string_view phrase, double share = 1) {
    const auto words = analyzer_.words(phrase);
    add(Field::words, words, share * (words.size() == 1 ? keyword_impact : keyword_impact * 0.75));
    add_phrase(Field::words, phrase);
  }
  void add_body(std::string_view text) { add(Field::body, analyzer_.words(text), body_impact); }

  std::vector<TextTerm> take() const {
    std::vector<TextTerm> terms;
    terms.reserve(best_.size() + phrases_.size());
    for (const auto& [term, how] : best_)
      terms.push_back({TermKind::word, term, how.field, static_cast<unsigned>(std::lround(how.impact))});
    for (const auto& [phrase, field] : phrases_) terms.push_back({TermKind::phrase, phrase, field, 100});
    return terms;
  }

 private:
  struct How {
    Field field = Field::body;
    double impact = 0;
  };

  void add(Field field, const std::vector<language::Word>& words, double impact) {
    for (const language::Word& word : words) {
      keep(word.stem, field, impact);
      for (std::size_t i = 0; i < word.parts.size(); ++i)
        keep(word.parts[i], field, impact * (i + 1 == word.parts.size() ? head_share : modifier_share));
    }
  }
  void keep(const std::string& term, Field field, double impact) {
    How& how = best_[term];
    if (impact > how.impact) how = {field, impact};
  }
  void add_phrase(Field field, std::string_view phrase) {
    if (std::string name = language::fold_name(phrase); !name.empty()) phrases_.try_emplace(std::move(name), field);
  }

  const language::Analyzer& analyzer_;
  std::map<std::string, How> best_;
  std::map<std::string, Field> phrases_;
};

}  // namespace

std::vector<TextTerm> text_terms(const language::Analyzer& analyzer, const ServiceText& text) {
  Collector terms(analyzer);
  terms.add_title(text.title);
  if (text.official_title != text.title) terms.add_title(text.official_title);
  for (const std::string& word : text.words) terms.add_keyword(word);
  terms.add_body(text.teaser);
  for (const TextModule& module : text.modules) terms.add_body(module.text);
  return terms.take();
}

std::vector<TextTerm> catalogue_terms(const language::Analyzer& analyzer, const CatalogueEntry& entry,
                                      const Catalogue& catalogue) {
  Collector terms(analyzer);
  terms.add_title(entry.title);
  for (const std::string* name : {&entry.official_name, &entry.friendly_name})
    if (!name->empty() && *name != entry.title) terms.add_title(*name);
  for (const std::string& word : entry.words) terms.add_keyword(word);
  for (const std::string& word : entry.group_words) terms.add_keyword(word);
  for (const std::string& word : entry.object_words) terms.add_keyword(word, object_share);
  terms.add_body(entry.teaser);
  for (std::size_t situation : entry.situations) terms.add_body(catalogue.situations()[situation].name);
  terms.add_body(entry.ozg);
  if (const auto* heading = catalogue.find(ServiceKey(entry.key.object() * 1'000'000)); heading && heading->heading)
    terms.add_body(heading->official_name);
  return terms.take();
}

}  // namespace vsm
