#include "indexer/text_terms.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "language/fold.h"

namespace vsm {
namespace {

/// The head of a compound says more about it than what stands before.
constexpr double head_share = 0.75, modifier_share = 0.55;
constexpr double usual_title_words = 2.5;
/// Words of a phrase say less each than a single word.
constexpr double phrase_share = 0.8;
/// BM25 of running text: how fast repetition saturates, how much length counts, and a usual length in words.
constexpr double k1 = 1.2, b = 0.4, usual_body_words = 120;

using Words = std::vector<language::Word>;

class Collector {
 public:
  Collector(const language::Analyzer& analyzer, const language::WordRules& rules)
      : analyzer_(analyzer), rules_(rules) {}

  void add_title(std::string_view title) {
    const Words words = analyzer_.words(title);
    // A word of a short name says more than one of many.
    double length = 0;
    for (const language::Word& word : words)
      length += rules_.is_stopword(word.folded) ? 0 : rules_.is_generic(word.folded) ? 0.4 : 1;
    add(words, 1 / std::max(0.8, 0.55 + 0.45 * length / usual_title_words), &Strength::title);
    phrases_[language::fold_name(title)].title = 100;
  }
  void add_words(std::string_view phrase, bool shared = false) {
    const Words words = analyzer_.words(phrase);
    const auto asked = std::count_if(words.begin(), words.end(), [&](const language::Word& word) {
      return !rules_.is_stopword(word.folded);
    });
    add(words, asked > 1 ? phrase_share : 1, shared ? &Strength::shared : &Strength::words);
    Impacts& impacts = phrases_[language::fold_name(phrase)];
    (shared ? impacts.shared : impacts.words) = 100;
  }
  void add_body(std::string_view text) {
    for (const language::Word& word : analyzer_.words(text)) {
      ++body_length_;
      body_[word.stem] += 1;
      for (std::size_t i = 0; i < word.parts.size(); ++i) body_[word.parts[i]] += share_of_part(word, i);
    }
  }

  std::vector<TextTerm> take() {
    for (const auto& [term, count] : body_) {
      const double length = 1 - b + b * static_cast<double>(body_length_) / usual_body_words;
      best_[term].body = count / (count + k1 * length);
    }
    std::vector<TextTerm> terms;
    terms.reserve(best_.size() + phrases_.size());
    const auto hundredths = [](double strength) {
      return static_cast<std::uint8_t>(std::clamp(std::lround(strength * 100), 0L, 127L));
    };
    for (const auto& [term, strength] : best_)
      terms.push_back({TermKind::word,
                       term,
                       {hundredths(strength.title), hundredths(strength.words), hundredths(strength.shared),
                        hundredths(strength.body)}});
    for (const auto& [phrase, impacts] : phrases_)
      if (!phrase.empty()) terms.push_back({TermKind::phrase, phrase, impacts});
    return terms;
  }

 private:
  struct Strength {
    double title = 0, words = 0, shared = 0, body = 0;
  };

  static double share_of_part(const language::Word& word, std::size_t part) {
    return part + 1 == word.parts.size() ? head_share : modifier_share;
  }
  void add(const Words& words, double strength, double Strength::*field) {
    const auto keep = [&](const std::string& term, double its) {
      double& best = best_[term].*field;
      best = std::max(best, its);
    };
    for (const language::Word& word : words) {
      keep(word.stem, strength);
      for (std::size_t i = 0; i < word.parts.size(); ++i)
        keep(word.parts[i], strength * share_of_part(word, i));
    }
  }

  const language::Analyzer& analyzer_;
  const language::WordRules& rules_;
  std::map<std::string, Strength> best_;
  std::map<std::string, double> body_;
  std::map<std::string, Impacts> phrases_;
  std::size_t body_length_ = 0;
};

}  // namespace

std::vector<TextTerm> TextTerms::of(const ServiceText& text) const {
  Collector terms(analyzer_, rules_);
  terms.add_title(text.title);
  if (text.official_title != text.title) terms.add_title(text.official_title);
  for (const std::string& word : text.words) terms.add_words(word);
  terms.add_body(text.teaser);
  for (const TextModule& module : text.modules) terms.add_body(module.text);
  for (const Translation& translation : text.translations) {
    if (!translation.title.empty()) terms.add_words(translation.title);
    terms.add_body(translation.teaser);
    for (const TextModule& module : translation.modules) terms.add_body(module.text);
  }
  return terms.take();
}

std::vector<TextTerm> TextTerms::of(const CatalogueEntry& entry, const Catalogue& catalogue) const {
  Collector terms(analyzer_, rules_);
  terms.add_title(entry.title);
  for (const std::string* name : {&entry.official_name, &entry.friendly_name})
    if (!name->empty() && *name != entry.title) terms.add_title(*name);
  for (const std::string& word : entry.words) terms.add_words(word);
  for (const auto* list : {&entry.group_words, &entry.object_words})
    for (const std::string& word : *list) terms.add_words(word, true);
  terms.add_body(entry.teaser);
  for (std::size_t situation : entry.situations) terms.add_body(catalogue.situations()[situation].name);
  terms.add_body(entry.ozg);
  if (const auto* heading = catalogue.find(ServiceKey(entry.key.object() * 1'000'000));
      heading && heading->heading)
    terms.add_body(heading->official_name);
  return terms.take();
}

}  // namespace vsm
