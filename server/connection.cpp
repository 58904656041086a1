#include "server/connection.h"

#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <string>

namespace vsm {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t longest_line = CPPHTTPLIB_REQUEST_URI_MAX_LENGTH, longest_head = 1U << 16U;
constexpr milliseconds head_time(5'000), answer_time(10'000), drain_time(5'000), drain_silence(1'000),
    slice(100);

/// Waits until the socket is ready or closed; false when the time is over.
bool wait(socket_t socket, short events, Clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
    pollfd poll{socket, events, 0};
    const int ready = ::poll(&poll, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

bool begins_with(const std::string& line, const char* name) {
  return ::strncasecmp(line.c_str(), name, std::strlen(name)) == 0;
}

/// One connection. The library reads requests from it, a head at a time and never more.
class Connection : public httplib::Stream {
 public:
  explicit Connection(socket_t socket) : socket_(socket) {}
  ~Connection() override { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Whether another request has begun before the time is over or `serving` has become false.
  template <class Serving>
  bool begin_request(milliseconds idle_time, Serving serving) {
    const auto until = Clock::now() + idle_time;
    while (at_ == end_ && !wait(socket_, POLLIN, std::min(until, Clock::now() + slice)))
      if (!serving() || Clock::now() >= until) return false;
    line_.clear();
    line_at_ = head_size_ = 0;
    head_ended_ = false;
    head_until_ = Clock::now() + head_time;
    answer_until_ = head_until_ + answer_time;
    return true;
  }

  /// Takes what is still sent for a while: a socket closed with bytes unread would take the answer back.
  void drain() {
    ::shutdown(socket_, SHUT_WR);
    const auto until = Clock::now() + drain_time;
    std::array<char, 16'384> ignored;
    while (wait(socket_, POLLIN, std::min(until, Clock::now() + drain_silence)) && Clock::now() < until)
      if (::recv(socket_, ignored.data(), ignored.size(), MSG_DONTWAIT) <= 0) break;
  }

  ssize_t read(char* to, std::size_t size) override {
    if (line_at_ == line_.size() && !next_line()) return -1;
    size = std::min(size, line_.size() - line_at_);
    std::memcpy(to, line_.data() + line_at_, size);
    line_at_ += size;
    return static_cast<ssize_t>(size);
  }

  ssize_t write(const char* from, std::size_t size) override {
    if (!wait(socket_, POLLOUT, answer_until_)) return -1;
    return ::send(socket_, from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  bool is_readable() const override { return line_at_ < line_.size() || at_ < end_; }
  bool is_writable() const override { return wait(socket_, POLLOUT, Clock::now()); }
  // Nothing here asks who somebody is.
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return socket_; }

 private:
  bool next_line() {
    const bool first = head_size_ == 0;
    do {
      if (head_ended_) return false;
      line_.clear();
      line_at_ = 0;
      while (line_.empty() || line_.back() != '\n') {
        if (line_.size() > longest_line) {
          line_ += "\r\n\r\n";
          head_ended_ = true;
          return first;
        }
        if (at_ == end_ && !receive()) return false;
        const char* begin = buffer_.data() + at_;
        const void* newline = std::memchr(begin, '\n', end_ - at_);
        const std::size_t count = newline ? static_cast<const char*>(newline) - begin + 1 : end_ - at_;
        line_.append(begin, count);
        at_ += count;
      }
      head_size_ += line_.size();
      if (head_size_ > longest_head) return false;
      head_ended_ = line_ == "\r\n";
    } while (!first && (begins_with(line_, "Range:") || begins_with(line_, "Expect:")));
    return true;
  }

  bool receive() {
    if (!wait(socket_, POLLIN, head_until_)) return false;
    const ssize_t count = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    at_ = 0;
    end_ = count > 0 ? static_cast<std::size_t>(count) : 0;
    return count > 0;
  }

  socket_t socket_;
  std::array<char, 4'096> buffer_;  ///< received and not yet looked at: from at_ to end_
  std::size_t at_ = 0, end_ = 0;
  std::string line_;  ///< the line that the library reads
  std::size_t line_at_ = 0, head_size_ = 0;
  bool head_ended_ = false;
  Clock::time_point head_until_, answer_until_;
};

}  // namespace

bool has_body(const httplib::Request& request) {
  if (request.has_header("Transfer-Encoding")) return true;
  const auto [begin, end] = request.headers.equal_range("Content-Length");
  return std::any_of(begin, end, [](const auto& header) { return header.second != "0"; });
}

bool only_reads(const httplib::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

void HttpServer::lengthen_queue() { ::listen(svr_sock_, 1'024); }

bool HttpServer::process_and_close_socket(socket_t socket) {
  Connection connection(socket);
  const auto serving = [this] { return svr_sock_ != INVALID_SOCKET; };
  for (std::size_t left = keep_alive_max_count_; left > 0 && serving(); --left) {
    if (!connection.begin_request(std::chrono::seconds(keep_alive_timeout_sec_), serving)) return true;
    bool understood = false, expects_more = false, closing = false;
    const std::function<void(httplib::Request&)> look = [&](httplib::Request& request) {
      understood = true;
      expects_more = has_body(request);
      if (only_reads(request) && !expects_more) return;
      closing = true;
      request.headers.erase("Connection");
      request.headers.emplace("Connection", "close");
    };
    const auto process = [&](auto& server, bool& closed) {
      if constexpr (requires { server.process_request(connection, "", 0, "", 0, left == 1, closed, look); })
        return server.process_request(connection, "", 0, "", 0, left == 1, closed, look);
      else
        return server.process_request(connection, left == 1, closed, look);
    };
    bool closed = false;
    const bool answered = process(*this, closed);
    if (answered && (!understood || expects_more)) connection.drain();
    if (!answered || !understood || closed || closing) return answered;
  }
  return true;
}

}  // namespace vsm
