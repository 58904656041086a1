// Cursors: words that a caller hands back to get what comes behind the last answer. A cursor says what the
// caller has, never how many, so that a reindex between two answers makes nothing come twice and skips
// nothing that stayed. The server keeps nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vsm {

/// A number for the question that a cursor belongs to; one of another question is refused.
std::uint32_t question_number(const std::vector<std::string_view>& parts);

/// Of a list in an order that no reindex changes: the sort position of the last entry that was given.
std::string list_cursor(std::uint32_t question, const std::vector<std::string>& position);
/// Its position, of `parts` texts; nothing where the word is no such cursor of this question.
std::optional<std::vector<std::string>> read_list_cursor(std::string_view word, std::uint32_t question,
                                                         std::size_t parts);

/// Of an order that a reindex may change, as scores do: all services that were given, by their group of 11
/// digits. Grows by 3 or 4 letters a service.
std::string seen_cursor(std::uint32_t question, std::vector<std::uint64_t> groups);

/// The services that a caller has.
class Seen {
 public:
  Seen() = default;
  /// Nothing where the word is no such cursor of this question.
  static std::optional<Seen> read(std::string_view word, std::uint32_t question);

  bool has(std::uint64_t group) const;
  /// As they were read, for the next cursor.
  const std::vector<std::uint64_t>& numbers() const { return numbers_; }

 private:
  std::vector<std::uint64_t> numbers_;  // sorted
};

}  // namespace vsm
