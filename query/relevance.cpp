#include "query/relevance.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>

#include "language/fold.h"

namespace vsm {
namespace {

double tune(const char* name, double value) {
  const char* set = std::getenv(name);
  return set ? std::atof(set) : value;
}
/// What parts of a compound are worth when the whole word is not there.
const double parts_share = tune("parts_share", 0.8);
const double parts_power = tune("parts_power", 1);
const double generic_weight = tune("generic_weight", 0.5);
const double verb_weight = tune("verb_weight", 0.9);
const double corrected_weight = 0.9;
const double words_weight = tune("words_weight", 0.85), shared_weight = tune("shared_weight", 0.9), body_weight = tune("body_weight", 0.8);
const double second_weight = tune("second_weight", 0.1);
const double idf_power = tune("idf_power", 0.9);
const double span_power = tune("span_power", 0.6);
const double cover_bonus = tune("cover_bonus", 0);
/// Above these a whole name or an everyday phrase of a service counts this much of all that could be reached.
const double title_phrase_bonus = tune("title_phrase", 0.5), keyword_phrase_bonus = tune("keyword_phrase", 0.45), shared_phrase_bonus = tune("shared_phrase", 0.4);
const double single_word_share = tune("single_word", 0.3);
/// A service must reach this share of what the words could reach.
const double least_share = tune("least_share", 0.2);
/// Where no service reaches this share, the query asks for something else.
const double least_best_share = tune("least_best", 0.35);
const double false_friend_weight = tune("false_friend", 0.3);
const double cap_rule = tune("cap_rule", 1.4);
const double similar_weight = tune("similar_weight", 0.7), unknown_idf = tune("unknown_idf", 6);

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
  if (columns_[value.whole].strength.empty() && all_parts_known) value.idf = std::min(value.idf, best_part * 1.25);
  return value;
}

Relevance::Strength Relevance::strength_of(const Impacts& impacts) {
  const std::array<double, 4> fields = {impacts.title / 100.0, words_weight * impacts.words / 100,
                                        shared_weight * impacts.shared / 100, body_weight * impacts.body / 100};
  double best = 0, sum = 0;
  for (double field : fields) {
    best = std::max(best, field);
    sum += field;
  }
  return {static_cast<float>(best + second_weight * (sum - best)), static_cast<float>(std::max(fields[0], fields[1]))};
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
  if (meaning.words.size() > 1) sum *= std::pow(std::min(1.0, sum / meaning.most), span_power);
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
    const double weight = (word.generic ? generic_weight : model_.is_no_noun(word.word.folded) ? verb_weight : 1) *
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
    // "pension", "bar", "test": in a German query rather the German word.
    const bool has_own_meaning = german || model_.is_indexed(query.words[static_cast<std::size_t>(std::countr_zero(match.positions))].word.folded);
    const double language_share = match.rule->foreign && match.rule->stems.size() == 1 && has_own_meaning ? false_friend_weight : 1;
    Span span;
    span.from = static_cast<std::size_t>(std::countr_zero(match.positions));
    span.end = 64 - static_cast<std::size_t>(std::countl_zero(match.positions));
    bool generic = true;
    for (std::size_t at = span.from; at < span.end; ++at) {
      const bool covered = (match.positions >> at & 1U) != 0;
      if (covered) generic &= query.words[at].generic;
      if (!covered && !query.words[at].stop) span.between.push_back(at);
    }
    for (const language::Expansion& expansion : match.rule->expansions) {
      Meaning meaning;
      meaning.weight = expansion.weight * match.share * language_share * (generic ? generic_weight : 1);
      meaning.rule = match.rule->name;
      for (const language::Word& word : analyzer_.words(expansion.words)) {
        if (model_.rules().is_stopword(word.folded)) continue;
        meaning.words.push_back(value_of(word, 1));
        meaning.most += meaning.words.back().idf;
      }
      span.most = std::max(span.most, meaning.weight * meaning.most);
      if (!meaning.words.empty()) span.meanings.push_back(std::move(meaning));
    }
    double covered_idf = 0;
    for (std::size_t at = span.from; at < span.end; ++at) {
      if ((match.positions >> at & 1U) == 0) continue;
      covered_idf += words_[at].known ? words_[at].idf : 100;
    }
    for (Meaning& meaning : span.meanings)
      if (meaning.most > covered_idf * cap_rule) meaning.weight *= covered_idf * cap_rule / meaning.most;
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
        if (span.from <= at && at < span.end && std::find(span.between.begin(), span.between.end(), at) == span.between.end())
          by_rule = std::max(by_rule, span.most / static_cast<double>(span.end - span.from - span.between.size()));
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
        for (const Meaning& meaning : span->meanings) best[end] = std::max(best[end], with + worth(meaning, unit, of));
      }
    }
    return best[count];
  };
  std::vector<Fit> scores(unit_count_);
  for (std::uint32_t unit : touched_) {
    const double reached = cover(unit, &Strength::all);
    if (reached < least_share * potential_) continue;
    scores[unit] = {reached * (1 + cover_bonus * reached / potential_), cover(unit, &Strength::own)};
  }

  double most = 0;
  for (const Fit& fit : scores) most = std::max(most, fit.score);
  if (most < least_best_share * potential_) std::fill(scores.begin(), scores.end(), Fit());
  if (std::getenv("show_share")) {
    std::fprintf(stderr, "share %.3f of %.1f  %s\n", most / potential_, potential_, query.phrase.c_str());
  }
  if (!query.phrase.empty()) {
    std::vector<Posting> postings;
    reader_.postings(TermKind::phrase, query.phrase, docs_, postings);
    for (const Posting& posting : postings)
      units_of_doc_(posting.doc, [&](std::uint32_t unit) {
        const Impacts& at = posting.impacts;
        const double bonus = at.title > 0 ? title_phrase_bonus : (at.words > 0 ? keyword_phrase_bonus : shared_phrase_bonus) * (query.words.size() > 1 ? 1 : single_word_share);
        Fit& fit = scores[unit];
        fit.score = std::max(fit.score, at.title > 0 ? std::max(most, potential_ * .5) : potential_ * 0.5) + potential_ * bonus;
        if (at.title > 0 || at.words > 0) fit.own += potential_ * bonus;
      });
  }
  return scores;
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
