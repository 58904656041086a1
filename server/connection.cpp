#include "server/connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "server/rate_limit.h"

namespace vsm {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t longest_line = CPPHTTPLIB_REQUEST_URI_MAX_LENGTH, longest_head = 1U << 16U,
                      most_fields = 100;
constexpr std::size_t worth_compressing = 1'000;
constexpr int turns = 8;  ///< requests sent at once that are answered before others get their turn
constexpr milliseconds look_interval(100);
constexpr milliseconds linger_time(5'000), linger_silence(1'000);

bool begins_with(std::string_view line, std::string_view name) {
  return line.size() >= name.size() && ::strncasecmp(line.data(), name.data(), name.size()) == 0;
}

/// What the library hears and says: one head, and the answer to it.
class Exchange : public httplib::Stream {
 public:
  Exchange(std::string_view head, std::string& answer) : head_(head), answer_(answer) {}
  ssize_t read(char* to, std::size_t size) override {
    size = std::min(size, head_.size());
    if (size == 0) return -1;
    std::memcpy(to, head_.data(), size);
    head_.remove_prefix(size);
    return static_cast<ssize_t>(size);
  }
  ssize_t write(const char* from, std::size_t size) override {
    answer_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  bool is_readable() const override { return !head_.empty(); }
  bool is_writable() const override { return true; }
  // Nothing here asks who somebody is.
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return INVALID_SOCKET; }

 private:
  std::string_view head_;
  std::string& answer_;
};

/// The request that this thread answers: what its handlers cannot be given by the library.
struct Current {
  bool fields_too_large = false;
  bool takes_gzip = false;
  int wait = 0;  ///< seconds, for a client that asks too often
  std::string_view route;
  int status = 0;
};
thread_local Current current;

/// Whether "gzip" is among the codings, and not refused by a weight of zero.
bool accepts_gzip(const std::string& codings) {
  std::string_view rest = codings;
  while (!rest.empty()) {
    std::string_view coding = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), coding.size() + 1));
    while (!coding.empty() && coding.front() == ' ') coding.remove_prefix(1);
    if (!begins_with(coding, "gzip")) continue;
    const std::size_t weight = coding.find("q=");
    return weight == std::string_view::npos || coding.substr(weight + 2).find_first_of("123456789") == 0 ||
           coding.substr(weight + 2).starts_with("0.");
  }
  return false;
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  if (::deflateInit2(&stream, 2, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string packed(::deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const bool whole = ::deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(whole ? stream.total_out : 0);
  ::deflateEnd(&stream);
  return packed;
}

void compress(httplib::Response& response) {
  if (response.body.size() < worth_compressing || response.status >= 300) return;
  const std::string type = response.get_header_value("Content-Type");
  if (type.starts_with("image/") && type.find("svg") == std::string::npos) return;
  response.set_header("Vary", "Accept-Encoding");
  if (!current.takes_gzip) return;
  std::string packed = gzip(response.body);
  if (packed.empty()) return;
  response.body.swap(packed);
  response.set_header("Content-Encoding", "gzip");
}

std::string address_of(const sockaddr_storage& peer) {
  char text[INET6_ADDRSTRLEN] = "";
  if (peer.ss_family == AF_INET)
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(peer).sin_addr, text, sizeof text);
  else if (peer.ss_family == AF_INET6)
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr, text, sizeof text);
  return text;
}

}  // namespace

bool has_body(const httplib::Request& request) {
  if (request.has_header("Transfer-Encoding")) return true;
  const auto [begin, end] = request.headers.equal_range("Content-Length");
  return std::any_of(begin, end, [](const auto& header) { return header.second != "0"; });
}

bool only_reads(const httplib::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

/// Paths in a table, patterns behind the text that they begin with: the library tries every one in turn.
class HttpServer::Router {
 public:
  void add(const std::string& pattern, Handler handler) {
    const std::size_t text = pattern.find_first_of("([*+?\\^$|{");  // the point of "/robots.txt" means itself
    if (text == std::string::npos) {
      exact_.emplace(pattern, std::move(handler));
    } else {
      patterns_.push_back({pattern, pattern.substr(0, text), std::regex(pattern), std::move(handler)});
    }
  }

  bool answer(httplib::Request& request, httplib::Response& response) const {
    if (const auto found = exact_.find(request.path); found != exact_.end()) {
      current.route = found->first;
      found->second(request, response);
      return true;
    }
    for (const Pattern& pattern : patterns_) {
      if (!request.path.starts_with(pattern.begin) ||
          !std::regex_match(request.path, request.matches, pattern.whole))
        continue;
      current.route = pattern.name;
      pattern.handler(request, response);
      return true;
    }
    return false;
  }

 private:
  struct Pattern {
    std::string name, begin;
    std::regex whole;
    Handler handler;
  };
  std::unordered_map<std::string, Handler> exact_;
  std::vector<Pattern> patterns_;
};

struct HttpServer::Loop {
  struct Connection {
    enum class Phase { reading, writing, lingering };
    int socket = -1;
    std::uint64_t client = 0;
    bool is_proxy = false;
    Phase phase = Phase::reading;
    std::string in;  ///< received and not yet answered
    std::size_t seen = 0, line = 0,
                fields = 0;  ///< of the head in it: looked at up to here, its last line, lines
    std::string out;
    std::size_t sent = 0;
    bool is_slow = false;               ///< to take the answer
    bool last = false, linger = false;  ///< after the answer that is being sent
    Clock::time_point linger_until;
    std::atomic<Clock::time_point::rep> deadline{0};
    std::atomic<bool> idle{true};  ///< between requests
    bool told_too_late = false;
  };

  Loop(HttpServer& with, ConnectionLimits chosen)
      : server(with), limits(std::move(chosen)), rate(limits.client_rate, limits.client_burst) {
    for (const std::string& proxy : limits.proxies) proxies.insert(rate.client(proxy));
    if (limits.threads <= 0)
      limits.threads = std::max(4, 2 * static_cast<int>(std::thread::hardware_concurrency()));
  }
  ~Loop() {
    for (const int fd : {epoll, wake})
      if (fd >= 0) ::close(fd);
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  HttpServer& server;
  ConnectionLimits limits;
  RateLimit rate;
  std::unordered_set<std::uint64_t> proxies;
  std::function<bool(const httplib::Request&, httplib::Response&)> look;
  std::function<void(const Answered&)> told;
  int epoll = ::epoll_create1(EPOLL_CLOEXEC), wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  std::atomic<bool> stopping = false;

  mutable std::mutex mutex;  // over what follows
  std::condition_variable changed;
  std::unordered_map<int, std::unique_ptr<Connection>> connections;
  std::unordered_map<std::uint64_t, std::size_t> by_client;
  std::uint64_t taken = 0, refused = 0, timed_out = 0;

  // ---- one thread of many
  void work() {
    epoll_event event{};
    while (true) {
      if (::epoll_wait(epoll, &event, 1, -1) < 1) continue;
      if (event.data.ptr == this) return;
      if (event.data.ptr == nullptr)
        accept_some();
      else
        serve(*static_cast<Connection*>(event.data.ptr));
    }
  }

  void accept_some() {
    for (int i = 0; i < 16 && !stopping; ++i) {
      sockaddr_storage peer{};
      socklen_t size = sizeof peer;
      const int socket = ::accept4(server.listening_socket(), reinterpret_cast<sockaddr*>(&peer), &size,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (socket < 0) return;
      const int on = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      auto connection = std::make_unique<Connection>();
      connection->socket = socket;
      connection->client = rate.client(address_of(peer));
      connection->is_proxy = proxies.contains(connection->client);
      Connection& fresh = *connection;
      wait_until(fresh, Clock::now() + limits.idle_time);
      {
        const std::lock_guard hold(mutex);
        std::size_t& same = by_client[fresh.client];
        const bool many =
            !fresh.is_proxy && limits.client_connections > 0 && same >= limits.client_connections;
        if (many || connections.size() >= limits.connections) {
          if (same == 0) by_client.erase(fresh.client);
          ++refused;
          ::close(socket);
          continue;
        }
        ++same;
        ++taken;
        connections.emplace(socket, std::move(connection));
      }
      epoll_event event{EPOLLIN | EPOLLONESHOT, {.ptr = &fresh}};
      ::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
    }
  }

  /// Does what the event is for. Behind arm() and close() the connection is another thread's, or nobody's.
  void serve(Connection& connection) {
    using Phase = Connection::Phase;
    if (connection.phase == Phase::writing && !went_on(connection)) return;
    if (connection.phase == Phase::lingering) return linger(connection);
    if (connection.in.size() <= longest_head && !receive(connection)) return close(connection);
    answer_all(connection);
  }

  /// False where the client has gone.
  bool receive(Connection& connection) {
    std::array<char, 16'384> buffer;
    const ssize_t count = ::recv(connection.socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    connection.in.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0;
  }

  /// Answers what is there, and leaves the connection waiting for more, or closed.
  void answer_all(Connection& connection) {
    for (int turn = 0; turn < turns; ++turn) {
      std::string head;
      bool is_whole = true;
      if (!take_head(connection, head, is_whole)) {
        const bool idle = connection.in.empty();
        if (idle || connection.idle)
          wait_until(connection, Clock::now() + (idle ? limits.idle_time : limits.head_time));
        connection.idle = idle;
        return arm(connection, EPOLLIN);
      }
      connection.idle = false;
      wait_until(connection, Clock::time_point::max());
      answer(connection, head, is_whole);
      connection.phase = Connection::Phase::writing;
      if (!went_on(connection)) return;
    }
    wait_until(connection, Clock::now() + limits.head_time);
    arm(connection, EPOLLIN | EPOLLOUT);  // at once, but behind the others
  }

  /// Moves a complete head out of what was received, without Range and Expect. Of one that is too large the
  /// first line; `is_whole` says so.
  bool take_head(Connection& connection, std::string& head, bool& is_whole) const {
    std::string& in = connection.in;
    while (true) {
      const std::size_t newline = in.find('\n', connection.seen);
      connection.seen = newline == std::string::npos ? in.size() : newline + 1;
      const std::size_t length = connection.seen - connection.line;
      const bool is_first = connection.line == 0;
      const bool is_end = newline != std::string::npos && length == 2 && in[connection.line] == '\r';
      is_whole =
          length <= longest_line && connection.seen <= longest_head && connection.fields <= most_fields + 1;
      if (!is_whole && is_first) {
        head = in.substr(0, longest_line + 1) + "\r\n\r\n";
        is_whole = true;  // the library says what is wrong
        connection.linger = true;
        in.clear();
        break;
      }
      if (!is_whole) {
        head += in.substr(0, in.find('\n') + 1) + "\r\n";
        in.clear();
        break;
      }
      if (newline == std::string::npos) return false;
      connection.line = connection.seen;
      ++connection.fields;
      if (!is_end) continue;
      std::string_view rest = std::string_view(in).substr(0, connection.seen);
      for (bool first = true; !rest.empty(); first = false) {
        const std::string_view one = rest.substr(0, rest.find('\n') + 1);
        rest.remove_prefix(one.size());
        if (first || !(begins_with(one, "Range:") || begins_with(one, "Expect:"))) head += one;
      }
      in.erase(0, connection.seen);
      break;
    }
    connection.seen = connection.line = connection.fields = 0;
    return true;
  }

  void answer(Connection& connection, const std::string& head, bool is_whole) {
    const auto begin = Clock::now();
    current = {};
    current.fields_too_large = !is_whole;
    bool understood = false, expects_more = !is_whole, closing = !is_whole || stopping;
    const std::function<void(httplib::Request&)> look_at = [&](httplib::Request& request) {
      understood = true;
      expects_more |= has_body(request);
      closing |= expects_more || !only_reads(request);
      if (closing) {
        request.headers.erase("Connection");
        request.headers.emplace("Connection", "close");
      }
      current.takes_gzip = accepts_gzip(request.get_header_value("Accept-Encoding"));
      request.headers.erase("Accept-Encoding");  // the library would compress by itself, at its slowest
      if (!connection.is_proxy)
        current.wait = rate.wait(connection.client);
      else if (request.has_header("X-Real-IP"))
        current.wait = rate.wait(rate.client(request.get_header_value("X-Real-IP")));
    };
    Exchange exchange(head, connection.out);
    const auto process = [&](auto& library, bool& closed) {
      if constexpr (requires { library.process_request(exchange, "", 0, "", 0, false, closed, look_at); })
        return library.process_request(exchange, "", 0, "", 0, false, closed, look_at);
      else
        return library.process_request(exchange, false, closed, look_at);
    };
    bool closed = false;
    const bool answered = process(server, closed);
    connection.last = !answered || !understood || closed || closing;
    connection.linger |= answered && (!understood || expects_more);
    if (told) told({current.route, current.status, Clock::now() - begin, connection.out.size()});
  }

  /// Sends what is to be sent. True where all is, and the next request may come; else the connection is armed
  /// or closed.
  bool went_on(Connection& connection) {
    while (connection.sent < connection.out.size()) {
      const ssize_t count = ::send(connection.socket, connection.out.data() + connection.sent,
                                   connection.out.size() - connection.sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count >= 0) {
        connection.sent += static_cast<std::size_t>(count);
      } else if (errno == EAGAIN) {
        if (!connection.is_slow) wait_until(connection, Clock::now() + limits.answer_time);
        connection.is_slow = true;
        arm(connection, EPOLLOUT);
        return false;
      } else if (errno != EINTR) {
        close(connection);
        return false;
      }
    }
    connection.out.clear();
    connection.sent = 0;
    connection.is_slow = false;
    connection.phase = Connection::Phase::reading;
    if (!connection.last) return true;
    if (!connection.linger) {
      close(connection);
      return false;
    }
    // A socket closed with bytes unread would take the answer back.
    ::shutdown(connection.socket, SHUT_WR);
    connection.phase = Connection::Phase::lingering;
    connection.in = {};
    connection.linger_until = Clock::now() + linger_time;
    linger(connection);
    return false;
  }

  /// Takes what is still sent, until its end.
  void linger(Connection& connection) {
    std::array<char, 16'384> ignored;
    for (int i = 0; i < turns; ++i) {
      const ssize_t count = ::recv(connection.socket, ignored.data(), ignored.size(), MSG_DONTWAIT);
      if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return close(connection);
      if (count < 0) break;
    }
    wait_until(connection, std::min(connection.linger_until, Clock::now() + linger_silence));
    arm(connection, EPOLLIN);
  }

  void arm(Connection& connection, std::uint32_t events) const {
    epoll_event event{events | EPOLLONESHOT, {.ptr = &connection}};
    ::epoll_ctl(epoll, EPOLL_CTL_MOD, connection.socket, &event);
  }

  static void wait_until(Connection& connection, Clock::time_point when) {
    connection.deadline = when.time_since_epoch().count();
  }

  void close(Connection& connection) {
    const std::lock_guard hold(mutex);
    const auto same = by_client.find(connection.client);
    if (--same->second == 0) by_client.erase(same);
    const int socket = connection.socket;
    connections.erase(socket);
    ::close(socket);
    if (stopping) changed.notify_all();
  }

  // ---- the thread that looks after all
  /// Connections whose time is over hear of it by an end of their socket, and the thread that gets that event
  /// closes them: only it may.
  void end_late(bool all_idle) {
    const auto now = Clock::now().time_since_epoch().count();
    std::vector<Connection*> waiting;
    const std::lock_guard hold(mutex);
    const bool is_crowded = connections.size() >= limits.connections - limits.connections / 10;
    for (const auto& [socket, connection] : connections) {
      const bool late = connection->deadline <= now;
      if (late || (all_idle && connection->idle)) {
        if (late && !connection->idle && !connection->told_too_late) {
          ++timed_out;
          connection->told_too_late = true;
        }
        ::shutdown(socket, SHUT_RDWR);
      } else if (is_crowded && connection->deadline != Clock::time_point::max().time_since_epoch().count()) {
        waiting.push_back(connection.get());
      }
    }
    if (waiting.size() < connections.size() / 2) return;
    // Most say nothing: of these the ones that have to wait least.
    const auto few = waiting.begin() + static_cast<std::ptrdiff_t>(waiting.size() / 5);
    std::nth_element(waiting.begin(), few, waiting.end(),
                     [](const Connection* a, const Connection* b) { return a->deadline < b->deadline; });
    for (auto one = waiting.begin(); one != few; ++one) ::shutdown((*one)->socket, SHUT_RDWR);
  }

  void run() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
      files.rlim_cur = files.rlim_max;
      ::setrlimit(RLIMIT_NOFILE, &files);
    }
    epoll_event event{EPOLLIN | EPOLLEXCLUSIVE, {.ptr = nullptr}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, server.listening_socket(), &event);
    std::vector<std::thread> threads;
    for (int i = 0; i < limits.threads; ++i) threads.emplace_back([this] { work(); });
    std::unique_lock hold(mutex);
    while (!stopping) {
      changed.wait_for(hold, look_interval);
      hold.unlock();
      end_late(false);
      hold.lock();
    }
    ::epoll_ctl(epoll, EPOLL_CTL_DEL, server.listening_socket(), nullptr);
    const auto until = Clock::now() + limits.drain_time;
    while (!connections.empty() && Clock::now() < until) {
      hold.unlock();
      end_late(true);
      hold.lock();
      if (!connections.empty()) changed.wait_for(hold, milliseconds(10));
    }
    hold.unlock();
    epoll_event over{EPOLLIN, {.ptr = this}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &over);
    const std::uint64_t one = 1;
    static_cast<void>(!::write(wake, &one, sizeof one));
    for (std::thread& thread : threads) thread.join();
    for (const auto& [socket, connection] : connections) ::close(socket);
    connections.clear();
    by_client.clear();
  }
};

HttpServer::HttpServer(ConnectionLimits limits) : router_(std::make_unique<Router>()) {
  set_tcp_nodelay(true);
  set_keep_alive_timeout(std::chrono::duration_cast<std::chrono::seconds>(limits.idle_time).count());
  set_keep_alive_max_count(100'000);
  // SO_REUSEPORT, the library's default, would let two servers share a port in silence.
  set_socket_options([](socket_t socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  loop_ = std::make_unique<Loop>(*this, std::move(limits));
  set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
    if (current.fields_too_large) {
      response.status = 431;
    } else if (current.wait > 0) {
      response.status = 429;
      response.set_header("Retry-After", std::to_string(current.wait));
    } else if (!loop_->look || !loop_->look(request, response)) {
      // The library fills in what its patterns matched in the same way.
      if (!router_->answer(const_cast<httplib::Request&>(request), response))
        return HandlerResponse::Unhandled;
      if (response.status == -1) response.status = 200;
      compress(response);
    }
    return HandlerResponse::Handled;
  });
  set_logger(
      [](const httplib::Request&, const httplib::Response& response) { current.status = response.status; });
}

HttpServer::~HttpServer() {
  if (svr_sock_ != INVALID_SOCKET) ::close(svr_sock_);
  svr_sock_ = INVALID_SOCKET;
}

void HttpServer::Get(const std::string& pattern, Handler handler) {
  router_->add(pattern, std::move(handler));
}

void HttpServer::before_routes(std::function<bool(const httplib::Request&, httplib::Response&)> look) {
  loop_->look = std::move(look);
}

void HttpServer::on_answered(std::function<void(const Answered&)> told) { loop_->told = std::move(told); }

void HttpServer::on_error(std::function<void(const httplib::Request&, httplib::Response&)> answer) {
  set_error_handler(Handler(std::move(answer)));
}

void HttpServer::on_exception(httplib::Server::ExceptionHandler answer) {
  set_exception_handler(std::move(answer));
}

void HttpServer::set_headers(httplib::Headers headers) { set_default_headers(std::move(headers)); }

int HttpServer::bind(const std::string& host, int port) {
  if (port == 0)
    port = bind_to_any_port(host);
  else if (!bind_to_port(host, port))
    return 0;
  if (port <= 0) return 0;
  // The library lets five connections wait.
  ::listen(svr_sock_, 1'024);
  ::fcntl(svr_sock_, F_SETFL, ::fcntl(svr_sock_, F_GETFL) | O_NONBLOCK);
  return port;
}

int HttpServer::listening_socket() const { return svr_sock_; }

void HttpServer::run() { loop_->run(); }

void HttpServer::stop() {
  loop_->stopping = true;
  loop_->changed.notify_all();
}

ConnectionCounts HttpServer::counts() const {
  const std::lock_guard hold(loop_->mutex);
  return {loop_->connections.size(), loop_->taken, loop_->refused, loop_->timed_out};
}

}  // namespace vsm
