// Long work on the command line: a bar on a terminal, now and then a line elsewhere.
#pragma once

#include <chrono>
#include <string>

namespace vsm {

class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of `total` steps; `note` says what is at work.
  void show(std::size_t done, std::size_t total, const std::string& note);

 private:
  using Clock = std::chrono::steady_clock;
  bool terminal_;
  Clock::time_point start_, last_;
  bool drawn_ = false;
};

}  // namespace vsm
