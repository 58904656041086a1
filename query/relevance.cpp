#include "query/relevance.h"

#include <algorithm>
#include <cmath>

#include "language/fold.h"

namespace vsm {
namespace {

/// What parts of a compound are worth when the whole word is not there.
constexpr double parts_share = 0.8;
constexpr double generic_weight = 0.4;
constexpr double corrected_weight = 0.9;
/// Above these a whole name or an everyday phrase of a service counts this much of all that could be reached.
constexpr double title_phrase_bonus = 0.5, keyword_phrase_bonus = 0.45;
/// A service must reach this share of what the words could reach.
constexpr double least_share = 0.22;
constexpr std::size_t longest_span = 6;

}  // namespace

std::uint32_t Units::of(ServiceKey key) {
  const auto [entry, is_new] = number.emplace(key, static_cast<std::uint32_t>(keys.size()));
  if (is_new) keys.push_back(key);
  return entry->second;
}

Relevance::Relevance(const IndexReader& reader, const language::Model& model, const language::Analyzer& analyzer,
                     const Bitmap& docs, std::size_t units, UnitsOfDoc units_of_doc)
    : reader_(reader), model_(model), analyzer_(analyzer), docs_(docs), unit_count_(units), units_of_doc_(std::move(units_of_doc)) {}

std::size_t Relevance::column(const std::string& term) {
  const auto [entry, is_new] = known_.emplace(term, columns_.size());
  if (!is_new) return entry->second;
  Column column;
  std::vector<Posting> postings;
  reader_.postings(TermKind::word, term, docs_, postings);
  std::size_t services = 0;
  if (!postings.empty()) {
    column.strength.assign(unit_count_, 0);
    for (const Posting& posting : postings) {
      const auto strength = static_cast<float>(posting.impact) / 100;
      units_of_doc_(posting.doc, [&](std::uint32_t unit) {
        float& best = column.strength[unit];
        if (best == 0) {
          ++services;
          touched_.push_back(unit);
        }
        best = std::max(best, strength);
      });
    }
  }
  const auto all = static_cast<double>(unit_count_), with = static_cast<double>(services);
  column.idf = std::log(1 + (all - with + 0.5) / (with + 0.5));
  columns_.push_back(std::move(column));
  return entry->second;
}

Relevance::WordValue Relevance::value_of(const language::Word& word, double weight) {
  WordValue value;
  value.whole = column(word.stem);
  value.weight = weight;
  value.shown = word.folded;
  value.idf = columns_[value.whole].idf;
  bool all_parts_known = !word.parts.empty();
  double best_part = 0;
  for (const std::string& part : word.parts) {
    value.parts.push_back(column(part));
    const Column& its = columns_[value.parts.back()];
    all_parts_known &= !its.strength.empty();
    best_part = std::max(best_part, its.idf);
  }
  // A new compound of known words is no rarer than they are together.
  if (columns_[value.whole].strength.empty() && all_parts_known) value.idf = std::min(value.idf, best_part * 1.25);
  return value;
}

double Relevance::worth(const WordValue& word, std::uint32_t unit) const {
  const auto strength = [&](std::size_t column) {
    const auto& all = columns_[column].strength;
    return all.empty() ? 0.0 : static_cast<double>(all[unit]);
  };
  double best = strength(word.whole);
  if (!word.parts.empty()) {
    double sum = 0, most = 0;
    for (std::size_t part : word.parts) {
      sum += columns_[part].idf * std::min(1.2, strength(part));
      most += columns_[part].idf;
    }
    if (most > 0) best = std::max(best, parts_share * (sum / most) * (sum / most));
  }
  return word.weight * word.idf * best;
}

double Relevance::worth(const Meaning& meaning, std::uint32_t unit) const {
  double sum = 0;
  for (const WordValue& word : meaning.words) sum += worth(word, unit);
  // Half a meaning is less than half as good.
  if (meaning.words.size() > 1) sum *= std::min(1.0, sum / meaning.most);
  return meaning.weight * sum;
}

std::vector<double> Relevance::score(const Understood& query) {
  touched_.clear();
  words_.clear();
  spans_.clear();
  const std::size_t count = query.words.size();
  for (const QueryWord& word : query.words)
    words_.push_back(word.stop ? WordValue()
                               : value_of(word.word, (word.generic ? generic_weight : 1) *
                                                         (word.corrected ? corrected_weight : 1)));

  std::vector<std::string> all, asked;
  for (std::size_t from = 0; from < count; ++from) {
    all.clear();
    asked.clear();
    for (std::size_t length = 1; length <= std::min(longest_span, count - from); ++length) {
      const QueryWord& last = query.words[from + length - 1];
      all.push_back(last.word.stem);
      if (!last.stop) asked.push_back(last.word.stem);
      auto expansions = model_.rules().expansions(all);
      if (expansions.empty() && !last.stop && !query.words[from].stop && asked.size() > 1)
        expansions = model_.rules().expansions(asked);
      if (expansions.empty()) continue;
      Span span{from, length, {}};
      for (const language::Expansion& expansion : expansions) {
        Meaning meaning;
        meaning.weight = expansion.weight;
        if (length == 1 && query.words[from].generic) meaning.weight *= generic_weight;
        meaning.rule = expansion.rule;
        for (const language::Word& word : analyzer_.words(expansion.words)) {
          if (model_.rules().is_stopword(word.folded)) continue;
          meaning.words.push_back(value_of(word, 1));
          meaning.most += meaning.words.back().idf;
        }
        if (!meaning.words.empty()) span.meanings.push_back(std::move(meaning));
      }
      spans_.push_back(std::move(span));
    }
  }

  // The best cover of the words by themselves and by rules, for all services at once by the same recurrence.
  std::sort(touched_.begin(), touched_.end());
  touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
  std::vector<std::vector<const Span*>> ending(count + 1);
  for (const Span& span : spans_) ending[span.from + span.count].push_back(&span);
  std::vector<double> most(count + 1), best(count + 1);
  for (std::size_t end = 1; end <= count; ++end) {
    const WordValue& word = words_[end - 1];
    if (query.words[end - 1].stop) {
      most[end] = most[end - 1];
      continue;
    }
    const bool has_rule = std::any_of(ending[end].begin(), ending[end].end(), [](const Span* s) { return s->count == 1; });
    // A word that the texts do not have but a rule explains asks for what the rule says.
    most[end] = most[end - 1] +
                (columns_[word.whole].strength.empty() && word.parts.empty() && has_rule ? 0 : word.weight * word.idf);
    for (const Span* span : ending[end]) {
      double strongest = 0;
      for (const Meaning& meaning : span->meanings) strongest = std::max(strongest, meaning.weight * meaning.most);
      if (span->count == 1 && most[end] == most[end - 1]) most[end] = most[span->from] + strongest;
    }
  }
  potential_ = most[count];

  std::vector<double> scores(unit_count_, 0);
  for (std::uint32_t unit : touched_) {
    for (std::size_t end = 1; end <= count; ++end) {
      best[end] = best[end - 1] + (query.words[end - 1].stop ? 0 : worth(words_[end - 1], unit));
      for (const Span* span : ending[end])
        for (const Meaning& meaning : span->meanings)
          best[end] = std::max(best[end], best[span->from] + worth(meaning, unit));
    }
    if (best[count] >= least_share * potential_) scores[unit] = best[count];
  }

  if (!query.phrase.empty()) {
    std::vector<Posting> postings;
    reader_.postings(TermKind::phrase, query.phrase, docs_, postings);
    for (const Posting& posting : postings)
      units_of_doc_(posting.doc, [&](std::uint32_t unit) {
        const double bonus = posting.field == Field::title ? title_phrase_bonus : keyword_phrase_bonus;
        scores[unit] = std::max(scores[unit], potential_ * 0.5) + potential_ * bonus;
      });
  }
  return scores;
}

std::vector<Evidence> Relevance::explain(std::uint32_t unit) const {
  std::vector<Evidence> evidence;
  for (const WordValue& word : words_)
    if (const double points = word.idf > 0 ? worth(word, unit) : 0; points > 0) evidence.push_back({word.shown, "word", points});
  for (const Span& span : spans_) {
    for (const Meaning& meaning : span.meanings) {
      const double points = worth(meaning, unit);
      if (points <= 0) continue;
      std::string shown;
      for (const WordValue& word : meaning.words) shown += (shown.empty() ? "" : " ") + word.shown;
      evidence.push_back({shown, meaning.rule, points});
    }
  }
  return evidence;
}

}  // namespace vsm
