#include "language/word_rules.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "language/fold.h"

namespace vsm::language {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

/// Calls visit(line, number) for every line that is no comment.
template <class Visit>
void each_line(std::string_view text, Visit visit) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::string_view content = trim(line);
    if (!content.empty() && content.front() != '#') visit(content, number);
  }
}

void sort_unique(std::vector<std::string>& stems) {
  std::sort(stems.begin(), stems.end());
  stems.erase(std::unique(stems.begin(), stems.end()), stems.end());
}

/// What a rule is worth when one of its three or more words is missing.
constexpr double one_missing_share = 0.6;
/// Other words that may stand between those of a rule.
constexpr int most_between = 4;

}  // namespace

WordRules::WordRules(const std::map<std::string, std::string, std::less<>>& files, const Stem& stem) {
  for (const auto& [name, text] : files) {
    if (name.ends_with("stopwords.txt")) read_words(text, stopwords_);
    if (name.ends_with("generic.txt")) read_words(text, generic_);
    if (name.ends_with("place_words.txt")) read_words(text, place_words_);
    if (name.ends_with("suggest_deny.txt")) read_phrases(text, never_suggested_);
  }
  static constexpr std::string_view others[] = {"stopwords.txt", "generic.txt", "place_words.txt",
                                                "suggest_deny.txt", "word_parts.txt"};
  for (const auto& file : files) {
    const auto is_file = [&](std::string_view other) { return file.first.ends_with(other); };
    if (std::none_of(std::begin(others), std::end(others), is_file))
      read_entries(file.first, file.second, stem);
  }
}

void WordRules::read_words(std::string_view text, std::unordered_set<std::string>& words) {
  each_line(text, [&](std::string_view line, std::size_t) {
    for (std::string& word : fold_words(line)) words.insert(std::move(word));
  });
}

void WordRules::read_phrases(std::string_view text, std::vector<std::vector<std::string>>& phrases) {
  each_line(text, [&](std::string_view line, std::size_t) {
    if (auto words = fold_words(line); !words.empty()) phrases.push_back(std::move(words));
  });
}

void WordRules::read_entries(const std::string& file, std::string_view text, const Stem& stem) {
  // Lists of other languages begin with the two letters of the language.
  const std::string_view base = std::string_view(file).substr(file.rfind('/') + 1);
  const bool foreign = base.size() > 3 && (base[2] == '.' || base[2] == '_');
  each_line(text, [&](std::string_view line, std::size_t number) {
    const std::string rule = file + ":" + std::to_string(number);
    const std::size_t arrow = line.find("=>");
    if (arrow == std::string_view::npos) {
      complaints_.push_back(rule + ": „=>“ fehlt.");
      return;
    }
    const std::vector<std::string> words = fold_words(line.substr(0, arrow));
    std::vector<std::string> all, stems;
    for (const std::string& word : words) {
      all.push_back(stem(word));
      if (is_stopword(word)) continue;
      left_words_.insert(word);
      stems.push_back(all.back());
    }
    // "Kind bekommen" must not become a rule for "Kind": where one word would be left the others stay.
    if (stems.size() == 1 && words.size() > 1) stems = std::move(all);
    if (stems.empty()) {
      complaints_.push_back(rule + ": links steht kein Wort, nach dem jemand sucht.");
      return;
    }
    sort_unique(stems);
    std::vector<Expansion> expansions;
    std::string_view right = line.substr(arrow + 2);
    while (!right.empty()) {
      std::string_view one = right.substr(0, right.find('|'));
      right.remove_prefix(std::min(right.size(), one.size() + 1));
      Expansion expansion;
      if (const std::size_t at = one.find('@'); at != std::string_view::npos) {
        expansion.weight = std::strtod(std::string(one.substr(at + 1)).c_str(), nullptr);
        one = one.substr(0, at);
        if (!(expansion.weight > 0) || expansion.weight > 1) {
          complaints_.push_back(rule + ": das Gewicht hinter @ liegt zwischen 0 und 1.");
          continue;
        }
      }
      expansion.words = trim(one);
      if (!expansion.words.empty()) expansions.push_back(std::move(expansion));
    }
    if (expansions.empty()) {
      complaints_.push_back(rule + ": rechts von „=>“ steht nichts.");
      return;
    }
    for (const std::string& one : stems) by_stem_[one].push_back(static_cast<std::uint32_t>(rules_.size()));
    rules_.push_back({std::move(stems), std::move(expansions), rule, foreign});
  });
}

std::vector<RuleMatch> WordRules::match(std::span<const WordStems> words) const {
  words = words.first(std::min<std::size_t>(words.size(), 64));
  // By rule, stem by stem: a stem is matched by the word that fits it best.
  std::unordered_map<std::uint32_t, std::unordered_map<std::string_view, std::pair<double, std::size_t>>>
      found;
  for (std::size_t at = 0; at < words.size(); ++at) {
    for (const auto& [stem, weight] : words[at]) {
      const auto rules = by_stem_.find(stem);
      if (rules == by_stem_.end()) continue;
      for (std::uint32_t rule : rules->second) {
        auto& best = found[rule][rules->first];
        if (weight > best.first) best = {weight, at};
      }
    }
  }
  std::vector<RuleMatch> matches;
  for (const auto& [number, stems] : found) {
    const Rule& rule = rules_[number];
    const std::size_t missing = rule.stems.size() - stems.size();
    if (missing > 1 || (missing == 1 && rule.stems.size() < 3)) continue;
    RuleMatch match{&rule, 0, missing == 1 ? one_missing_share : 1};
    for (const auto& [stem, how] : stems) {
      match.positions |= std::uint64_t{1} << how.second;
      match.share *= how.first;
    }
    const int covered = std::popcount(match.positions);
    const int window = 64 - std::countl_zero(match.positions) - std::countr_zero(match.positions);
    // Two words of a rule are two words of the query.
    if (static_cast<std::size_t>(covered) == stems.size() && window - covered <= most_between)
      matches.push_back(match);
  }
  std::sort(matches.begin(), matches.end(),
            [](const RuleMatch& a, const RuleMatch& b) { return a.rule < b.rule; });
  return matches;
}

bool WordRules::has_rule(std::vector<std::string> stems) const {
  sort_unique(stems);
  if (stems.empty()) return false;
  const auto rules = by_stem_.find(stems.front());
  return rules != by_stem_.end() &&
         std::any_of(rules->second.begin(), rules->second.end(),
                     [&](std::uint32_t number) { return rules_[number].stems == stems; });
}

}  // namespace vsm::language
