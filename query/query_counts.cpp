#include "query/query_counts.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <random>

#include "language/fold.h"

namespace vsm {
namespace {

/// By this a name that follows is somebody's.
constexpr std::array titles = {"frau", "herr", "herrn",  "familie",  "dr",   "prof", "professor", "mrs",
                               "mr",   "ms",   "madame", "monsieur", "pani", "pan",  "bay",       "bayan"};
constexpr std::size_t longest = 100, most_words = 10, long_number = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::uint64_t hash_of(std::string_view words) {
  static const std::uint64_t seed = std::random_device()();
  return XXH3_64bits_withSeed(words.data(), words.size(), seed);
}

}  // namespace

std::string without_personal(std::string_view words) {
  if (words.size() > longest || words.find('@') != std::string_view::npos) return {};
  std::string digits;
  std::size_t in_a_row = 0, longest_row = 0;
  bool only_key = true;
  for (const char c : words) {
    in_a_row = is_digit(c) ? in_a_row + 1 : c == ' ' || c == '-' || c == '/' || c == '.' ? in_a_row : 0;
    longest_row = std::max(longest_row, in_a_row);
    if (is_digit(c)) digits += c;
    only_key &= is_digit(c) || c == ' ' || c == '-' || c == '.';
  }
  if (longest_row >= long_number && !(only_key && digits.size() == 14)) return {};
  const std::vector<std::string> folded = language::fold_words(words);
  if (folded.size() > most_words) return {};
  std::string result;
  for (std::size_t i = 0; i < folded.size(); ++i) {
    if (i + 1 < folded.size() && std::find(titles.begin(), titles.end(), folded[i]) != titles.end())
      return {};
    if (i > 0) result += ' ';
    result += folded[i];
  }
  return result;
}

void QueryCounts::count(std::string_view words, bool found) {
  const std::string kept = without_personal(words);
  if (kept.empty()) return;
  const std::uint64_t hash = hash_of(kept);
  const std::lock_guard hold(mutex_);
  if (by_hash_.size() >= most) {
    std::erase_if(by_hash_, [](const auto& entry) { return entry.second.asked < 2; });
    if (by_hash_.size() >= most)
      std::erase_if(by_hash_, [](const auto& entry) { return entry.second.asked < threshold; });
    if (by_hash_.size() >= most && !by_hash_.contains(hash)) return;
  }
  Entry& entry = by_hash_[hash];
  ++entry.asked;
  entry.without_result += !found;
  if (entry.asked == threshold) entry.words = kept;
}

std::vector<QueryCounts::Entry> QueryCounts::entries(std::size_t limit) const {
  std::vector<Entry> all;
  {
    const std::lock_guard hold(mutex_);
    for (const auto& [hash, entry] : by_hash_)
      if (!entry.words.empty()) all.push_back(entry);
  }
  std::sort(all.begin(), all.end(), [](const Entry& a, const Entry& b) {
    return a.asked != b.asked ? a.asked > b.asked : a.words < b.words;
  });
  if (all.size() > limit) all.resize(limit);
  return all;
}

}  // namespace vsm
