// When which source is fetched. Pure logic: the time is handed in (seconds since 1970, UTC) and nothing waits
// here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace vsm {

struct ScheduleOptions {
  std::size_t per_host = 2;  ///< fetches at the same time from one host
  std::size_t in_all = 8;
  std::int64_t first_pause = 60;   ///< seconds after a first failure; doubled by each further one ...
  std::int64_t longest_pause = 4;  ///< ... up to this many intervals
  double jitter = 0.1;             ///< share by which waits are shorter or longer, so that sources spread
  std::uint64_t seed = 1;
};

/// Not thread-safe.
class Schedule {
 public:
  explicit Schedule(ScheduleOptions options = {});

  /// A source that is new here is due at once; of one that is known, host and interval (seconds, at least 1)
  /// change.
  void add(const std::string& id, const std::string& host, std::int64_t interval);
  /// One that is running is forgotten when it ends.
  void remove(const std::string& id);

  /// What may start now, most overdue first: as many as the limits leave beside those that run.
  std::vector<std::string> due(std::int64_t now) const;
  /// The earliest moment at which a source that does not run is due, whatever the limits say; nothing where
  /// all run.
  std::optional<std::int64_t> next() const;

  void started(const std::string& id, std::int64_t now);
  /// `retry_after`: seconds that the server asked to wait, 0 where it did not. Followed up to the
  /// longest pause, or up to a day where that is longer.
  void ended(const std::string& id, std::int64_t now, bool good, std::int64_t retry_after = 0);

  /// For a restart: what is known of each source, a line each. A fetch that is under way counts as not begun.
  std::string text() const;
  /// Takes up what text() wrote, for sources that were added before; lines that are none are passed over.
  void read(std::string_view text, std::int64_t now);

 private:
  struct Entry {
    std::string host;
    std::int64_t interval = 0;
    std::int64_t due = 0;         ///< 0: never fetched
    std::int64_t last_start = 0;  ///< of the last fetch that ended
    std::int64_t begun = 0;       ///< of the one under way
    int failures = 0;
    bool running = false, removed = false;
  };

  ScheduleOptions options_;
  std::mt19937_64 random_;
  std::map<std::string, Entry, std::less<>> entries_;

  double share();
  std::int64_t longest_wait(const Entry& entry) const;
};

}  // namespace vsm
