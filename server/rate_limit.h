// How often somebody may ask: a token bucket a client. Clients are random numbers, drawn anew with each
// start; no address is kept.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace vsm {

/// Thread-safe.
class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;

  /// `rate` requests a second in the long run, `burst` more at once. A rate of 0: no limit.
  RateLimit(double rate, double burst);
  /// The number of a client for as long as this lives; of an IPv6 address the network counts (64 bits).
  std::uint64_t client(std::string_view address) const;
  /// 0 where the request may pass, else the seconds to wait, rounded up.
  int wait(std::uint64_t client, Clock::time_point now = Clock::now());
  std::size_t size() const;

 private:
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::uint64_t, Clock::time_point> full;  ///< when each bucket is full again
    std::size_t sweep_at = 1'024;
  };
  Clock::duration interval_{}, burst_{};
  std::uint64_t seed_;
  std::array<Shard, 16> shards_;
};

}  // namespace vsm
