// Do the links of online services still lead anywhere? Links come from feeds, so they are hostile: internal
// addresses are not reached, and little is taken of each answer. A link is called broken only after three
// failures, each at least twelve hours after the one before. docs/harvesting.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/http_client.h"

namespace vsm {

/// What is known of one link. Times are seconds since 1970 (UTC); 0: never.
struct LinkState {
  std::string url = {};
  int status = 0;              ///< of the last check; 0: no answer
  std::string error = {};      ///< why the last check was not good, a German sentence; else empty
  std::int64_t checked = 0;    ///< last check, whatever came of it
  std::int64_t last_good = 0;  ///< last check that was good
  std::int64_t failed = 0;     ///< last failure that was counted
  int failures = 0;            ///< counted, in a row
  std::int64_t due = 0;        ///< not to be checked before
  /// Where the last check ended if not at `url`. For editors to look at: nobody can tell for sure whether the
  /// home page or a page "not found" with status 200 is meant.
  std::string redirected_to = {};

  bool broken() const { return failures >= 3; }
  auto operator<=>(const LinkState&) const = default;
};

/// What a check found.
struct LinkAnswer {
  int status = 0;  ///< of the last address
  HttpFailure failure = HttpFailure::none;
  std::string error = {};
  std::string redirected_to = {};
  std::int64_t retry_after = 0;
};

enum class LinkVerdict : std::uint8_t {
  good,
  bad,
  none  ///< says nothing about the link: the server was busy, or only we cannot reach it
};
/// `url` is the link itself: an internal address that stands in it is bad; a name that leads to one here may
/// lead elsewhere for others.
LinkVerdict verdict_on(std::string_view url, const LinkAnswer& answer);

/// The state after a check at `now`. The same input gives the same output: the jitter of `due` is made from
/// the address.
LinkState after_check(LinkState before, const LinkAnswer& answer, std::int64_t now);

struct LinkCheckOptions {
  HttpOptions http = options_for_links({});
  std::size_t threads = 8;
  std::chrono::milliseconds pause{1'000};  ///< between the end of a request to a host and the next one to it
  std::stop_token stop = {};
};

/// Checks links, one request at a time to each host.
class LinkChecker {
 public:
  explicit LinkChecker(LinkCheckOptions options);

  /// Checks all that are handed in, without looking at their `due`; addresses that differ only behind # are
  /// asked for once. `now` is the moment of the call; states get the moment of their check. `on_result` is
  /// called once for each state, from several threads but one at a time; after a stop not for those that were
  /// not checked.
  void run(std::vector<LinkState> due, std::int64_t now,
           const std::function<void(LinkState)>& on_result) const;

 private:
  LinkCheckOptions options_;
};

/// A line each, tab-separated with a header, sorted by address.
std::string write_link_states(std::span<const LinkState> states);
/// What write_link_states() wrote. Lines that are none are passed over; of several of one address the last
/// counts.
std::vector<LinkState> read_link_states(std::string_view text);

}  // namespace vsm
