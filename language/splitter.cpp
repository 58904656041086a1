#include "language/splitter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "language/fold.h"

namespace vsm::language {
namespace {

constexpr std::size_t shortest_word = 7, longest_word = 60, shortest_modifier = 3, shortest_head = 4;
constexpr std::size_t most_parts = 5;
constexpr std::array<std::string_view, 9> links = {"", "s", "es", "n", "en", "er", "e", "ens", "ns"};
/// A dictionary word that stands nowhere in the index weighs as much as this count.
constexpr double dictionary_count = 0.4;
/// How much dearer than the whole a split may be when all its parts are nouns, and otherwise. Compounds are
/// often counted as often as their parts, so the bare mean keeps too many whole.
constexpr double sure_of_nouns = 1.55, sure = 1.1;

}  // namespace

Splitter::Splitter(const Vocabulary& vocabulary, std::string_view word_parts) : vocabulary_(vocabulary) {
  while (!word_parts.empty()) {
    const std::string_view line = word_parts.substr(0, word_parts.find('\n'));
    word_parts.remove_prefix(std::min(word_parts.size(), line.size() + 1));
    auto* list = line.starts_with("bound:") ? &bound_ : line.starts_with("never:") ? &never_ : nullptr;
    if (!list) continue;
    for (std::string& word : fold_words(line.substr(6))) list->insert(std::move(word));
  }
}

double Splitter::cost(std::uint32_t count) const {
  const double weight = count > 0 ? count + dictionary_count : dictionary_count;
  return std::log(vocabulary_.total() / weight);
}

bool Splitter::is_noun(std::string_view base) const {
  const VocabularyWord* word = vocabulary_.find(base);
  // Without a dictionary every word of the index may be a noun.
  const bool noun = word && (word->noun || (!vocabulary_.has_dictionary() && word->count > 0));
  return noun || bound_.contains(std::string(base));
}

bool Splitter::head(std::string_view text, Part& part) const {
  if (text.size() < shortest_head) return false;
  const VocabularyWord* word = vocabulary_.find(text);
  if (!word || never_.contains(std::string(text))) return false;
  if (text.size() == shortest_head && word->count < 2) return false;
  if (!word->noun && !word->other && word->count < 3) return false;
  part = {cost(word->count), std::string(text)};
  return true;
}

bool Splitter::modifier(std::string_view text, Part& part) const {
  if (text.size() < shortest_modifier) return false;
  bool found = false;
  const auto offer = [&](std::string_view base, double extra) {
    const VocabularyWord* word = vocabulary_.find(base);
    if (!word || base.size() < shortest_modifier) return;
    if (base.size() == shortest_modifier && word->count < 8) return;
    if (never_.contains(std::string(base))) return;
    const double its_cost = cost(word->count) + extra;
    if (found && part.cost <= its_cost) return;
    part = {its_cost, std::string(base)};
    found = true;
  };
  if (bound_.contains(std::string(text))) {
    const VocabularyWord* word = vocabulary_.find(text);
    part = {cost(std::max<std::uint32_t>(word ? word->count : 0, 20)), std::string(text)};
    found = true;
  }
  if (never_.contains(std::string(text))) return found;
  for (std::string_view link : links) {
    if (!text.ends_with(link) || text.size() < link.size() + shortest_modifier) continue;
    const std::string_view base = text.substr(0, text.size() - link.size());
    const VocabularyWord* word = vocabulary_.find(base);
    // Linking letters follow a noun; without a dictionary any word of the index may be one.
    if (word && (link.empty() || word->noun || word->count > 0)) offer(base, link.empty() ? 0 : 0.1);
  }
  if (text.size() >= 4) {
    offer(std::string(text) + "e", 0.2);                           // Schul(e)
    offer(std::string(text) + "en", 0.4);                          // fahr(en)
    if (text.ends_with('e')) offer(std::string(text) + "n", 0.4);  // melde(n)
  }
  return found;
}

std::vector<WordPart> Splitter::split(std::string_view word) const {
  std::vector<WordPart> parts = split_once(word);
  if (parts.size() == 1) return parts;
  // A part may be a compound that the mean preferred to keep.
  std::vector<WordPart> all;
  for (WordPart& part : parts) {
    const std::size_t stretch = std::min(part.base.size(), part.written.size());
    auto inner = part.written.starts_with(part.base) ? split_once(part.written.substr(0, stretch))
                                                     : std::vector<WordPart>();
    if (inner.size() < 2) {
      all.push_back(std::move(part));
      continue;
    }
    // The linking letters behind the part stay with its last piece.
    const std::size_t before = static_cast<std::size_t>(inner.back().written.data() - part.written.data());
    inner.back().written = part.written.substr(before);
    all.insert(all.end(), inner.begin(), inner.end());
  }
  return all;
}

std::vector<WordPart> Splitter::split_once(std::string_view word) const {
  std::vector<WordPart> whole{{word, std::string(word)}};
  if (word.size() < shortest_word || word.size() > longest_word) return whole;
  if (!std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; })) return whole;

  // best[end][parts]: the cheapest way to cover the first `end` letters with modifiers.
  struct Way {
    double cost = std::numeric_limits<double>::infinity();
    std::size_t from = 0;
    std::string base;
  };
  std::vector<std::array<Way, most_parts>> best(word.size() + 1);
  best[0][0].cost = 0;
  Part part;
  double cheapest = std::numeric_limits<double>::infinity();
  std::size_t cut = 0, cut_parts = 0;
  std::string head_base;
  for (std::size_t at = 0; at < word.size(); ++at) {
    bool reached = false;
    for (const Way& way : best[at]) reached |= std::isfinite(way.cost);
    if (!reached) continue;
    if (at > 0 && head(word.substr(at), part)) {
      for (std::size_t parts = 1; parts < most_parts; ++parts) {
        if (!std::isfinite(best[at][parts].cost)) continue;
        const double mean = (best[at][parts].cost + part.cost) / static_cast<double>(parts + 1);
        if (mean >= cheapest) continue;
        cheapest = mean;
        cut = at;
        cut_parts = parts;
        head_base = part.base;
      }
    }
    for (std::size_t end = at + shortest_modifier; end + shortest_head <= word.size(); ++end) {
      if (!modifier(word.substr(at, end - at), part)) continue;
      for (std::size_t parts = 0; parts + 1 < most_parts; ++parts) {
        const double total = best[at][parts].cost + part.cost;
        if (total < best[end][parts + 1].cost) best[end][parts + 1] = {total, at, part.base};
      }
    }
  }
  if (!std::isfinite(cheapest)) return whole;
  bool nouns = is_noun(head_base);
  for (std::size_t end = cut, n = cut_parts; end > 0; end = best[end][n--].from)
    nouns &= is_noun(best[end][n].base);
  if (const VocabularyWord* known = vocabulary_.find(word)) {
    if (cheapest >= cost(known->count) * (nouns ? sure_of_nouns : sure)) return whole;
  }

  std::vector<WordPart> parts{{word.substr(cut), head_base}};
  for (; cut > 0; --cut_parts) {
    const Way& way = best[cut][cut_parts];
    parts.insert(parts.begin(), {word.substr(way.from, cut - way.from), way.base});
    cut = way.from;
  }
  return parts;
}

}  // namespace vsm::language
