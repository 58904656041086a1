#include "language/spelling.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <limits>

namespace vsm::language {
namespace {

constexpr std::size_t shortest = 5, longest = 48, shortest_for_two_edits = 7;

bool is_plain(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

template <class Visit>
void each_shortened(std::string_view word, Visit visit) {
  const std::hash<std::string_view> hash;
  visit(hash(word));
  std::string shorter;
  for (std::size_t i = 0; i < word.size(); ++i) {
    shorter.assign(word.substr(0, i));
    shorter += word.substr(i + 1);
    visit(hash(shorter));
  }
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t more = limit + 1;
  if (a.size() > longest || b.size() > longest) return more;
  if (a.size() > b.size() + limit || b.size() > a.size() + limit) return more;
  std::array<std::array<std::size_t, longest + 1>, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    row[0] = i;
    std::size_t least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], rows[(i + 1) % 3][j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least > limit) return more;
  }
  return std::min(rows[a.size() % 3][b.size()], more);
}

Spelling::Spelling(std::vector<std::string_view> words) : words_(std::move(words)) {
  std::erase_if(words_,
                [](std::string_view w) { return w.size() < shortest || w.size() > longest || !is_plain(w); });
  for (std::uint32_t i = 0; i < words_.size(); ++i)
    each_shortened(words_[i], [&](std::size_t hash) { shortened_.emplace(hash, i); });
}

std::optional<std::string_view> Spelling::correct(std::string_view folded, std::size_t edits) const {
  if (folded.size() < shortest || folded.size() > longest || !is_plain(folded)) return std::nullopt;
  std::uint32_t best = std::numeric_limits<std::uint32_t>::max();
  each_shortened(folded, [&](std::size_t hash) {
    const auto [first, last] = shortened_.equal_range(hash);
    for (auto entry = first; entry != last; ++entry)
      if (entry->second < best && edit_distance(folded, words_[entry->second], 1) == 1) best = entry->second;
  });
  if (best == std::numeric_limits<std::uint32_t>::max() && edits > 1 &&
      folded.size() >= shortest_for_two_edits) {
    for (std::uint32_t i = 0; i < words_.size() && best > i; ++i)
      if (words_[i][0] == folded[0] && edit_distance(folded, words_[i], 2) <= 2) best = i;
  }
  if (best == std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return words_[best];
}

}  // namespace vsm::language
