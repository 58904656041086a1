#include "query/relevance.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "language/fold.h"

namespace vsm {
namespace {

// All weights were tuned with vsm-query evaluate on data/evaluation; the figures are flat around them.

/// What a compound is worth by its parts alone: this much where all are there, less by this power of what is
/// missing.
constexpr double parts_share = 0.8, parts_power = 0.64;
/// How much a word counts by what it is; all others count 1.
constexpr double generic_weight = 0.5, verb_weight = 0.9, corrected_weight = 0.9, similar_weight = 0.7;
/// What a word is worth by where it stands; a name counts 1. Further places add a little.
constexpr double words_weight = 0.85, shared_weight = 0.9, body_weight = 0.8, further_places = 0.1;
constexpr double idf_power = 0.9;
/// Half of what a rule means is worth less than half: this power more.
constexpr double half_meaning_power = 0.6;
/// What a rule says is worth at most this much of the words that it explains, where texts have those words.
constexpr double rule_cap = 1.05;
/// A foreign word that is a German one too, in a query that is German otherwise: "pension", "bar", "test".
constexpr double false_friend_weight = 0.3;
/// What a word that nothing knows asks for at most.
constexpr double unknown_idf = 7.8;
/// A whole name or everyday phrase of a service adds this much of all that could be reached; a single
/// everyday word less.
constexpr double title_phrase_bonus = 0.54, words_phrase_bonus = 0.45, shared_phrase_bonus = 0.4,
                 single_word_share = 0.3;
/// A service must reach this share of what the words could reach.
constexpr double least_share = 0.15;
/// Where no service reaches this share, the query asks for something else. Less is asked of other languages,
/// whose small words the lists do not all know.
constexpr double least_best_share = 0.38, least_best_share_foreign = 0.34;

}  // namespace

std::uint32_t Units::of(ServiceKey key) {
  const auto [entry, is_new] = number.emplace(key, static_cast<std::uint32_t>(keys.size()));
  if (is_new) keys.push_back(key);
  return entry->second;
}

Relevance::Relevance(const IndexReader& reader, const language::Model& model,
                     const language::Analyzer& analyzer, const Bitmap& docs, std::size_t units,
                     UnitsOfDoc units_of_doc)
    : reader_(reader),
      model_(model),
      analyzer_(analyzer),
      docs_(docs),
      unit_count_(units),
      units_of_doc_(std::move(units_of_doc)) {}

std::size_t Relevance::column(const std::string& term) {
  const auto [entry, is_new] = known_.emplace(term, columns_.size());
  if (!is_new) return entry->second;
  Column column;
  std::vector<Posting> postings;
  reader_.postings(TermKind::word, term, docs_, postings);
  std::size_t services = 0;
  if (!postings.empty()) {
    column.strength.assign(unit_count_, {});
    for (const Posting& posting : postings) {
      const Strength strength = strength_of(posting.impacts);
      units_of_doc_(posting.doc, [&](std::uint32_t unit) {
        Strength& best = column.strength[unit];
        if (best.all == 0) {
          ++services;
          touched_.push_back(unit);
        }
        best.all = std::max(best.all, strength.all);
        best.own = std::max(best.own, strength.own);
      });
    }
  }
  const auto all = static_cast<double>(unit_count_), with = static_cast<double>(services);
  column.idf = std::pow(std::log(1 + (all - with + 0.5) / (with + 0.5)), idf_power);
  columns_.push_back(std::move(column));
  return entry->second;
}

Relevance::WordValue Relevance::value_of(const language::Word& word, double weight) {
  WordValue value;
  value.whole = column(word.stem);
  value.weight = weight;
  value.shown = word.folded;
  value.idf = columns_[value.whole].idf;
  value.known = !columns_[value.whole].strength.empty();
  bool all_parts_known = !word.parts.empty();
  double best_part = 0;
  for (const std::string& part : word.parts) {
    value.parts.push_back(column(part));
    const Column& its = columns_[value.parts.back()];
    all_parts_known &= !its.strength.empty();
    value.known |= !its.strength.empty();
    best_part = std::max(best_part, its.idf);
  }
  // A new compound of known words is no rarer than they are together.
  if (columns_[value.whole].strength.empty() && all_parts_known)
    value.idf = std::min(value.idf, best_part * 1.25);
  return value;
}

Relevance::Strength Relevance::strength_of(const Impacts& impacts) {
  const std::array<double, 4> fields = {impacts.title / 100.0, words_weight * impacts.words / 100,
                                        shared_weight * impacts.shared / 100,
                                        body_weight * impacts.body / 100};
  double best = 0, sum = 0;
  for (double field : fields) {
    best = std::max(best, field);
    sum += field;
  }
  return {static_cast<float>(best + further_places * (sum - best)),
          static_cast<float>(std::max(fields[0], fields[1]))};
}

double Relevance::worth(const WordValue& word, std::uint32_t unit, float Strength::*of) const {
  const auto strength = [&](std::size_t column) {
    const auto& all = columns_[column].strength;
    return all.empty() ? 0.0 : static_cast<double>(all[unit].*of);
  };
  double best = strength(word.whole);
  if (!word.parts.empty()) {
    double sum = 0, most = 0;
    for (std::size_t part : word.parts) {
      sum += columns_[part].idf * std::min(1.2, strength(part));
      most += columns_[part].idf;
    }
    if (most > 0) best = std::max(best, parts_share * std::pow(sum / most, parts_power));
  }
  return word.weight * word.idf * best;
}

double Relevance::worth(const Meaning& meaning, std::uint32_t unit, float Strength::*of) const {
  double sum = 0;
  for (const WordValue& word : meaning.words) sum += worth(word, unit, of);
  // Half a meaning is less than half as good.
  if (meaning.words.size() > 1) sum *= std::pow(std::min(1.0, sum / meaning.most), half_meaning_power);
  return meaning.weight * sum;
}

double Relevance::worth_of_word(std::size_t at, std::uint32_t unit, float Strength::*of) const {
  double best = words_[at].idf > 0 ? worth(words_[at], unit, of) : 0;
  for (const WordValue& similar : similar_[at]) best = std::max(best, worth(similar, unit, of));
  return best;
}

void Relevance::read_words(const Understood& query) {
  words_.clear();
  similar_.assign(query.words.size(), {});
  for (std::size_t at = 0; at < query.words.size(); ++at) {
    const QueryWord& word = query.words[at];
    if (word.stop) {
      words_.emplace_back();
      continue;
    }
    const double weight = (word.generic                          ? generic_weight
                           : model_.is_no_noun(word.word.folded) ? verb_weight
                                                                 : 1) *
                          (word.corrected ? corrected_weight : 1);
    words_.push_back(value_of(word.word, weight));
    for (const auto& [other, similarity] : word.similar)
      similar_[at].push_back(value_of(other, weight * similar_weight * similarity));
  }
}

void Relevance::read_rules(const Understood& query, std::string_view without_rule) {
  spans_.clear();
  std::vector<language::WordStems> stems;
  for (const QueryWord& word : query.words) {
    stems.push_back({{word.word.stem, 1}});
    for (const auto& [other, similarity] : word.similar) stems.back().emplace_back(other.stem, similarity);
  }
  const bool german = std::all_of(query.words.begin(), query.words.end(), [&](const QueryWord& word) {
    return word.stop || model_.is_german(word.word.folded);
  });
  for (const language::RuleMatch& match : model_.rules().match(stems)) {
    if (match.rule->name == without_rule) continue;
    Span span;
    span.from = static_cast<std::size_t>(std::countr_zero(match.positions));
    span.end = 64 - static_cast<std::size_t>(std::countl_zero(match.positions));
    const bool false_friend = match.rule->foreign && match.rule->stems.size() == 1 &&
                              (german || model_.is_indexed(query.words[span.from].word.folded));
    span.foreign = match.rule->foreign && !false_friend;
    bool generic = true, all_known = true;
    double covered = 0;
    for (std::size_t at = span.from; at < span.end; ++at) {
      if ((match.positions >> at & 1U) != 0) {
        generic &= query.words[at].generic;
        all_known &= words_[at].known;
        covered += words_[at].idf;
      } else if (!query.words[at].stop) {
        span.between.push_back(at);
      }
    }
    for (const language::Expansion& expansion : match.rule->expansions) {
      Meaning meaning;
      meaning.weight = expansion.weight * match.share * (false_friend ? false_friend_weight : 1) *
                       (generic ? generic_weight : 1);
      meaning.rule = match.rule->name;
      for (const language::Word& word : analyzer_.words(expansion.words)) {
        if (model_.rules().is_stopword(word.folded)) continue;
        meaning.words.push_back(value_of(word, 1));
        meaning.most += meaning.words.back().idf;
      }
      span.most = std::max(span.most, meaning.weight * meaning.most);
      if (!meaning.words.empty()) span.meanings.push_back(std::move(meaning));
    }
    for (Meaning& meaning : span.meanings)
      if (all_known && meaning.most > covered * rule_cap) meaning.weight *= covered * rule_cap / meaning.most;
    if (!span.meanings.empty()) spans_.push_back(std::move(span));
  }
  std::sort(spans_.begin(), spans_.end(), [](const Span& a, const Span& b) { return a.end < b.end; });
}

double Relevance::potential_of(const Understood& query) const {
  double sum = 0;
  for (std::size_t at = 0; at < query.words.size(); ++at) {
    if (query.words[at].stop) continue;
    const WordValue& word = words_[at];
    double most = word.weight * word.idf;
    if (!word.known) {
      // A word that no text has asks for what rules say it means; where none does it stays an open question.
      double by_rule = 0;
      for (const Span& span : spans_)
        if (span.from <= at && at < span.end &&
            std::find(span.between.begin(), span.between.end(), at) == span.between.end())
          by_rule =
              std::max(by_rule, span.most / static_cast<double>(span.end - span.from - span.between.size()));
      most = by_rule > 0 ? std::min(most, by_rule) : word.weight * std::min(word.idf, unknown_idf);
    }
    sum += most;
  }
  return sum;
}

std::vector<Fit> Relevance::score(const Understood& query, std::string_view without_rule) {
  touched_.clear();
  read_words(query);
  read_rules(query, without_rule);
  potential_ = potential_of(query);
  std::sort(touched_.begin(), touched_.end());
  touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());

  // The best cover of the words by themselves and by rules, word by word.
  const std::size_t count = query.words.size();
  std::vector<std::vector<const Span*>> ending(count + 1);
  for (const Span& span : spans_) ending[span.end].push_back(&span);
  std::vector<double> best(count + 1), single(count);
  const auto cover = [&](std::uint32_t unit, float Strength::*of) {
    for (std::size_t end = 1; end <= count; ++end) {
      single[end - 1] = worth_of_word(end - 1, unit, of);
      best[end] = best[end - 1] + single[end - 1];
      for (const Span* span : ending[end]) {
        double with = best[span->from];
        for (std::size_t at : span->between) with += single[at];
        for (const Meaning& meaning : span->meanings)
          best[end] = std::max(best[end], with + worth(meaning, unit, of));
      }
    }
    return best[count];
  };
  std::vector<Fit> scores(unit_count_);
  for (std::uint32_t unit : touched_) {
    const double reached = cover(unit, &Strength::all);
    if (reached < least_share * potential_) continue;
    scores[unit] = {reached, cover(unit, &Strength::own)};
  }

  double most = 0;
  for (const Fit& fit : scores) most = std::max(most, fit.score);
  const bool foreign =
      std::any_of(spans_.begin(), spans_.end(), [](const Span& span) { return span.foreign; });
  if (most < (foreign ? least_best_share_foreign : least_best_share) * potential_)
    std::fill(scores.begin(), scores.end(), Fit());
  if (!query.phrase.empty()) {
    std::vector<Posting> postings;
    reader_.postings(TermKind::phrase, query.phrase, docs_, postings);
    for (const Posting& posting : postings)
      units_of_doc_(posting.doc, [&](std::uint32_t unit) {
        const Impacts& at = posting.impacts;
        const double of_words = (at.words > 0 ? words_phrase_bonus : shared_phrase_bonus) *
                                (query.words.size() > 1 ? 1 : single_word_share);
        const double bonus = at.title > 0 ? title_phrase_bonus : of_words;
        Fit& fit = scores[unit];
        // Nothing fits better than the very name.
        const double least = at.title > 0 ? std::max(most, potential_ / 2) : potential_ / 2;
        fit.score = std::max(fit.score, least) + potential_ * bonus;
        if (at.title > 0 || at.words > 0) fit.own += potential_ * bonus;
      });
  }
  return scores;
}

double Relevance::fit_of_name(std::string_view name) const {
  double sum = 0;
  std::size_t length = 0;
  for (const language::Word& word : analyzer_.words(name)) {
    if (model_.rules().is_stopword(word.folded)) continue;
    ++length;
    const auto is_asked = [&](const std::string& stem) {
      const auto column = known_.find(stem);
      if (column == known_.end()) return 0.0;
      for (const WordValue& asked : words_) {
        if (asked.whole == column->second) return asked.idf;
        if (std::find(asked.parts.begin(), asked.parts.end(), column->second) != asked.parts.end())
          return asked.idf / 2;
      }
      return 0.0;
    };
    double best = is_asked(word.stem);
    for (const std::string& part : word.parts) best = std::max(best, is_asked(part) * parts_share);
    sum += best;
  }
  // Of names that say as much of what is asked the shortest fits best.
  return sum > 0 ? sum - 0.01 * static_cast<double>(length) : 0;
}

std::vector<Evidence> Relevance::explain(std::uint32_t unit) const {
  std::vector<Evidence> evidence;
  for (std::size_t at = 0; at < words_.size(); ++at) {
    if (words_[at].idf == 0) continue;
    if (const double points = worth(words_[at], unit, &Strength::all); points > 0)
      evidence.push_back({words_[at].shown, "word", points});
    for (const WordValue& similar : similar_[at])
      if (const double points = worth(similar, unit, &Strength::all); points > 0)
        evidence.push_back({similar.shown, "similar to " + words_[at].shown, points});
  }
  for (const Span& span : spans_) {
    for (const Meaning& meaning : span.meanings) {
      const double points = worth(meaning, unit, &Strength::all);
      if (points <= 0) continue;
      std::string shown;
      for (const WordValue& word : meaning.words) shown += (shown.empty() ? "" : " ") + word.shown;
      evidence.push_back({shown, meaning.rule, points});
    }
  }
  return evidence;
}

}  // namespace vsm
