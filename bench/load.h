// A client that costs next to nothing, for measuring a server beside it: requests made beforehand, one
// connection a thread, answers read to their announced end and looked at no further than their state.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace vsm::load {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

inline std::string get(const std::string& path, const std::string& headers = {}) {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

/// Percent-encoded.
inline std::string encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      result += c;
    } else {
      result += '%';
      result += "0123456789ABCDEF"[byte >> 4U];
      result += "0123456789ABCDEF"[byte & 15U];
    }
  }
  return result;
}

class Client {
 public:
  /// `from`: an address of this machine to ask from, all of 127.0.0.0/8 are; 0: any.
  explicit Client(int port, std::uint32_t from = 0) : port_(port), from_(from) {}
  ~Client() { close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// The status of the answer; 0 where there was none. A connection that has ended is made anew, once.
  int ask(const std::string& request) {
    for (int tries = 0; tries < 2; ++tries) {
      const bool fresh = socket_ < 0;
      if (fresh && !connect()) return 0;
      const int status = exchange(request);
      if (status != 0) return status;
      close();
      if (fresh) return 0;
    }
    return 0;
  }
  std::string_view body() const { return std::string_view(buffer_).substr(body_at_, body_size_); }

 private:
  bool connect() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval limit{30, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (from_ != 0) {
      sockaddr_in own{};
      own.sin_family = AF_INET;
      own.sin_addr.s_addr = htonl(from_);
      ::bind(socket_, reinterpret_cast<sockaddr*>(&own), sizeof own);
    }
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return true;
    close();
    return false;
  }
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  int exchange(const std::string& request) {
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
      return 0;
    std::size_t have = 0, head = std::string::npos;
    body_at_ = body_size_ = 0;
    while (true) {
      if (buffer_.size() < have + 65'536) buffer_.resize(have + 65'536);
      const ssize_t count = ::recv(socket_, buffer_.data() + have, buffer_.size() - have, 0);
      if (count <= 0) return 0;
      have += static_cast<std::size_t>(count);
      if (head == std::string::npos) {
        head = std::string_view(buffer_).substr(0, have).find("\r\n\r\n");
        if (head == std::string::npos) continue;
        const std::size_t length = buffer_.find("Content-Length: ");
        body_at_ = head + 4;
        body_size_ = length < head ? std::strtoul(buffer_.c_str() + length + 16, nullptr, 10) : 0;
      }
      if (have >= body_at_ + body_size_) return std::atoi(buffer_.c_str() + 9);
    }
  }

  int port_;
  std::uint32_t from_;
  int socket_ = -1;
  std::string buffer_;
  std::size_t body_at_ = 0, body_size_ = 0;
};

struct Load {
  std::vector<double> milliseconds;
  std::size_t failed = 0;  ///< no answer, or a state other than 200
  double seconds = 0;
  double rate() const { return static_cast<double>(milliseconds.size()) / seconds; }
  double quantile(double share) const {
    if (milliseconds.empty()) return 0;
    std::vector<double> sorted = milliseconds;
    std::sort(sorted.begin(), sorted.end());
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
  }
};

/// Asks over `connections` until `done` says so: `per_second` requests in all, or as fast as answers come
/// (0). Times count from when a request was due.
inline Load ask(int port, const std::vector<std::string>& requests, int connections, double per_second,
                const std::function<bool(double)>& done, std::uint32_t from = 0) {
  Load load;
  std::mutex mutex;
  std::atomic<std::size_t> next = 0;
  const auto begin = Clock::now();
  std::vector<std::thread> workers;
  for (int i = 0; i < connections; ++i) {
    workers.emplace_back([&, i] {
      Client client(port, from == 0 ? 0 : from + static_cast<std::uint32_t>(i));
      std::vector<double> took;
      std::size_t failed = 0;
      while (!done(Seconds(Clock::now() - begin).count())) {
        const std::size_t number = next++;
        auto due = Clock::now();
        if (per_second > 0) {
          due = begin + std::chrono::duration_cast<Clock::duration>(
                            Seconds(static_cast<double>(number) / per_second));
          std::this_thread::sleep_until(due);
        }
        failed += client.ask(requests[number % requests.size()]) != 200;
        took.push_back(Seconds(Clock::now() - due).count() * 1'000);
      }
      const std::lock_guard hold(mutex);
      load.milliseconds.insert(load.milliseconds.end(), took.begin(), took.end());
      load.failed += failed;
    });
  }
  for (std::thread& worker : workers) worker.join();
  load.seconds = Seconds(Clock::now() - begin).count();
  return load;
}

inline std::function<bool(double)> for_seconds(double limit) {
  return [limit](double now) { return now > limit; };
}

}  // namespace vsm::load
