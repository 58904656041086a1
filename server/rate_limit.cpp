#include "server/rate_limit.h"

#include <arpa/inet.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <random>
#include <string>

namespace vsm {

RateLimit::RateLimit(double rate, double burst) {
  std::random_device random;
  seed_ = (std::uint64_t{random()} << 32U) | random();
  if (rate <= 0) return;
  interval_ = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / rate));
  burst_ = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(burst / rate));
}

std::uint64_t RateLimit::client(std::string_view address) const {
  std::array<unsigned char, 16> bytes{};
  const std::string text(address);
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) {
    static constexpr unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (!std::equal(std::begin(mapped), std::end(mapped), bytes.begin()))
      std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed_);
  }
  if (::inet_pton(AF_INET, text.c_str(), bytes.data() + 12) == 1) {
    bytes[10] = bytes[11] = 0xFF;
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed_);
  }
  return XXH3_64bits_withSeed(text.data(), text.size(), seed_);
}

int RateLimit::wait(std::uint64_t client, Clock::time_point now) {
  if (interval_ == Clock::duration()) return 0;
  Shard& shard = shards_[client % shards_.size()];
  const std::lock_guard hold(shard.mutex);
  if (shard.full.size() >= shard.sweep_at) {
    std::erase_if(shard.full, [now](const auto& bucket) { return bucket.second <= now; });
    shard.sweep_at = std::max<std::size_t>(1'024, 2 * shard.full.size());
  }
  auto& full = shard.full.try_emplace(client, now).first->second;
  full = std::max(full, now);
  const auto ahead = full - now - burst_;
  if (ahead > Clock::duration())
    return static_cast<int>(std::chrono::ceil<std::chrono::seconds>(ahead).count());
  full += interval_;
  return 0;
}

std::size_t RateLimit::size() const {
  std::size_t all = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard hold(shard.mutex);
    all += shard.full.size();
  }
  return all;
}

}  // namespace vsm
