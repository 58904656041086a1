// What the server counts of itself, for Prometheus. Of people nothing: routes, states and times.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "server/connection.h"

namespace vsm {

/// Thread-safe.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  void count(const Answered& answered);
  struct Gauges {
    ConnectionCounts connections;
    std::uint64_t revision = 0;
    std::uint32_t texts = 0;
    double built = 0;  ///< seconds since 1970
    bool trouble = false;
  };
  /// In Prometheus' text format 0.0.4.
  std::string text(const Gauges& now) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vsm
