#include "language/word_rules.h"

#include <algorithm>
#include <cstdlib>

#include "language/fold.h"

namespace vsm::language {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
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

std::string key_of(std::vector<std::string> stems) {
  std::sort(stems.begin(), stems.end());
  std::string key;
  for (const std::string& stem : stems) key += stem + ' ';
  return key;
}

}  // namespace

WordRules::WordRules(const std::map<std::string, std::string, std::less<>>& files, const Stem& stem) {
  for (const auto& [name, text] : files) {
    if (name.ends_with("stopwords.txt")) read_words(text, stopwords_);
    if (name.ends_with("generic.txt")) read_words(text, generic_);
    if (name.ends_with("place_words.txt")) read_words(text, place_words_);
  }
  static constexpr std::string_view others[] = {"stopwords.txt", "generic.txt", "place_words.txt", "word_parts.txt"};
  for (const auto& file : files) {
    const auto is_file = [&](std::string_view other) { return file.first.ends_with(other); };
    if (std::none_of(std::begin(others), std::end(others), is_file)) read_entries(file.first, file.second, stem);
  }
}

void WordRules::read_words(std::string_view text, std::unordered_set<std::string>& words) {
  each_line(text, [&](std::string_view line, std::size_t) {
    for (std::string& word : fold_words(line)) words.insert(std::move(word));
  });
}

void WordRules::read_entries(const std::string& file, std::string_view text, const Stem& stem) {
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
      folded_left_.insert(word);
      stems.push_back(all.back());
    }
    // "Kind bekommen" must not become a rule for "Kind": where one word would be left the others stay.
    const bool keep_all = stems.size() < 2 && words.size() > 1;
    if (keep_all && !stems.empty()) stems = std::move(all);
    if (stems.empty()) {
      complaints_.push_back(rule + ": links steht kein Wort, nach dem jemand sucht.");
      return;
    }
    for (const std::string& word : stems) left_words_.insert(word);
    longest_ = std::max(longest_, stems.size());
    auto& expansions = by_left_[key_of(std::move(stems))];
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
      if (expansion.words.empty()) continue;
      expansion.rule = rule;
      expansions.push_back(std::move(expansion));
      ++entries_;
    }
  });
}

std::span<const Expansion> WordRules::expansions(std::span<const std::string> stems) const {
  const auto found = by_left_.find(key_of({stems.begin(), stems.end()}));
  if (found == by_left_.end()) return {};
  return found->second;
}

}  // namespace vsm::language
