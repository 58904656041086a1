// Programs that tests start, and how often tests try.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "catalog/tables.h"

namespace vsm {

/// How often something is tried: VSM_LONG_TESTS=n asks for n times the long form.
inline int rounds(int in_short, int in_long) {
  const char* asked = std::getenv("VSM_LONG_TESTS");
  return asked ? std::max(1, std::atoi(asked)) * in_long : in_short;
}

/// Different in each run of the long form, the same in each of the short one.
inline std::mt19937& random_numbers() {
  static std::mt19937 numbers(std::getenv("VSM_LONG_TESTS") ? std::random_device()() : 4'711);
  return numbers;
}
inline int random_below(int limit) {
  return std::uniform_int_distribution<int>(0, limit - 1)(random_numbers());
}

/// A program that was started. It is killed with its object.
class Running {
 public:
  Running(std::vector<std::string> arguments, const std::vector<std::string>& environment,
          const std::string& output)
      : output_(output) {
    std::vector<std::string> variables = environment;
    for (char** variable = environ; *variable; ++variable) variables.emplace_back(*variable);
    const auto pointers = [](std::vector<std::string>& texts) {
      std::vector<char*> list;
      for (std::string& text : texts) list.push_back(text.data());
      list.push_back(nullptr);
      return list;
    };
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    const int error = posix_spawn(&pid_, arguments.front().c_str(), &files, nullptr,
                                  pointers(arguments).data(), pointers(variables).data());
    posix_spawn_file_actions_destroy(&files);
    if (error != 0) throw std::runtime_error("cannot start " + arguments.front());
  }
  ~Running() {
    if (pid_ <= 0) return;
    kill();
    end();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  void signal(int number) const {
    if (pid_ > 0) ::kill(pid_, number);  // a negative one would mean every process there is
  }
  void kill() const { signal(SIGKILL); }
  pid_t pid() const { return pid_; }
  bool is_over() {
    if (pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = -1;
    return pid_ <= 0;
  }
  /// Waits for its end. Its exit status; -1 where a signal ended it.
  int end() {
    if (pid_ > 0) ::waitpid(pid_, &status_, 0);
    pid_ = -1;
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;
  }
  /// Both streams.
  std::string output() const { return read_file(output_); }

 private:
  pid_t pid_ = -1;
  int status_ = -1;
  std::string output_;
};

}  // namespace vsm
