// What people ask for, counted without keeping what one of them said: words are kept from the fifth time on,
// and not at all where they look personal.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vsm {

/// Blanks and case made alike; empty where the words look personal: numbers of three digits and more, mail
/// addresses, a name behind a title or a salutation ("Frau Müller", "Dr. Özdemir"), or far too many words. A
/// service key of 14 digits alone is none of that.
std::string without_personal(std::string_view words);

/// In memory only: gone with the process. Thread-safe.
class QueryCounts {
 public:
  static constexpr std::uint32_t threshold = 5;
  static constexpr std::size_t most = 50'000;  ///< queries at once; then those asked once are forgotten

  void count(std::string_view words, bool found);
  struct Entry {
    std::string words;
    std::uint32_t asked = 0;
    std::uint32_t without_result = 0;
  };
  /// Those that were asked at least `threshold` times, the most asked first.
  std::vector<Entry> entries(std::size_t limit) const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, Entry> by_hash_;  ///< words are empty below the threshold
};

}  // namespace vsm
