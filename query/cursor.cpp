#include "query/cursor.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

namespace vsm {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 for addresses (RFC 4648, section 5), without padding.
std::string to_word(std::string_view bytes) {
  std::string word;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (char c : bytes) {
    bits = bits << 8U | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) word += letters[bits >> (count - 6) & 63U];
  }
  if (count > 0) word += letters[bits << (6 - count) & 63U];
  return word;
}

std::optional<std::string> from_word(std::string_view word) {
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (char c : word) {
    const std::size_t value = letters.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6U | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 255U);
  }
  return bytes;
}

constexpr char list_kind = 'l', seen_kind = 's';

std::string head(char kind, std::uint32_t question) {
  std::string bytes(1, kind);
  for (unsigned i = 0; i < 4; ++i) bytes += static_cast<char>(question >> (8 * i) & 255U);
  return bytes;
}

/// What stands behind the head; nothing where it is another one.
std::optional<std::string> behind_head(std::string_view word, char kind, std::uint32_t question) {
  const auto bytes = from_word(word);
  const std::string expected = head(kind, question);
  if (!bytes || !bytes->starts_with(expected)) return std::nullopt;
  return bytes->substr(expected.size());
}

/// Groups of local keys are large and far apart; 32 bits of them keep cursors short. That two of a thousand
/// results share them happens once in ten thousand times, and then hides one.
std::uint64_t short_number(std::uint64_t group) {
  constexpr std::uint64_t first_local = 100'000'000'000U;
  return group < first_local ? group : first_local + (group - first_local) % (std::uint64_t{1} << 32U);
}

}  // namespace

std::uint32_t question_number(const std::vector<std::string_view>& parts) {
  std::string all;
  for (std::string_view part : parts) (all += part) += '\xFF';  // no UTF-8 has it
  return static_cast<std::uint32_t>(XXH3_64bits(all.data(), all.size()));
}

std::string list_cursor(std::uint32_t question, const std::vector<std::string>& position) {
  std::string bytes = head(list_kind, question);
  for (const std::string& part : position) (bytes += part) += '\n';
  return to_word(bytes);
}

std::optional<std::vector<std::string>> read_list_cursor(std::string_view word, std::uint32_t question,
                                                         std::size_t parts) {
  const auto bytes = behind_head(word, list_kind, question);
  if (!bytes) return std::nullopt;
  std::vector<std::string> position;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = bytes->find('\n', begin)) != std::string::npos; begin = end + 1)
    position.push_back(bytes->substr(begin, end - begin));
  if (begin != bytes->size() || position.size() != parts) return std::nullopt;
  return position;
}

std::string seen_cursor(std::uint32_t question, std::vector<std::uint64_t> groups) {
  for (std::uint64_t& group : groups) group = short_number(group);
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  std::string bytes = head(seen_kind, question);
  std::uint64_t before = 0;
  for (std::uint64_t group : groups) {
    std::uint64_t step = group - before;
    for (; step >= 128; step >>= 7U) bytes += static_cast<char>(128U | (step & 127U));
    bytes += static_cast<char>(step);
    before = group;
  }
  return to_word(bytes);
}

std::optional<Seen> Seen::read(std::string_view word, std::uint32_t question) {
  const auto bytes = behind_head(word, seen_kind, question);
  if (!bytes) return std::nullopt;
  Seen seen;
  std::uint64_t number = 0, step = 0;
  unsigned shift = 0;
  for (char c : *bytes) {
    if (shift > 56) return std::nullopt;
    step |= (static_cast<std::uint64_t>(c) & 127U) << shift;
    shift += 7;
    if ((static_cast<unsigned char>(c) & 128U) != 0) continue;
    seen.numbers_.push_back(number += step);
    step = 0;
    shift = 0;
  }
  if (shift != 0 || !std::is_sorted(seen.numbers_.begin(), seen.numbers_.end())) return std::nullopt;
  return seen;
}

bool Seen::has(std::uint64_t group) const {
  return std::binary_search(numbers_.begin(), numbers_.end(), short_number(group));
}

}  // namespace vsm
