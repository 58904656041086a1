// HTTP as this server speaks it: connections of our own around the HTTP library, which parses requests,
// writes answers and knows no more of the network than a head that is complete.
//
// All threads wait for all connections at once (epoll, one event at a time for each), so a connection that
// says nothing, or says it slowly, costs some memory and no thread. docs/decisions/0013-own-connections.md
#pragma once

#include <httplib.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vsm {

/// Bounds on what clients may do. Times are for a whole head and a whole answer, not from byte to byte.
struct ConnectionLimits {
  int threads = 0;                      ///< 0: twice the cores, at least 4
  std::size_t connections = 4'000;      ///< near it those that wait longest are closed
  std::size_t client_connections = 64;  ///< of one address; 0: no limit
  double client_rate = 20;              ///< requests a second of one client in the long run; 0: no limit
  double client_burst = 100;            ///< so many more at once
  /// Addresses of proxies of our own: limits are not for them, but for whom they name in X-Real-IP.
  std::vector<std::string> proxies = {"127.0.0.1", "::1"};
  std::chrono::milliseconds head_time{5'000};     ///< from the first byte of a request to the end of its head
  std::chrono::milliseconds idle_time{60'000};    ///< between requests
  std::chrono::milliseconds answer_time{10'000};  ///< to take an answer
  std::chrono::milliseconds drain_time{5'000};    ///< for all that is answered when the server stops
};

/// A request that was answered, without anything of who asked or what.
struct Answered {
  std::string_view route;  ///< the pattern that matched; empty where none did
  int status = 0;
  std::chrono::nanoseconds time{};  ///< from the complete head to the answer in the socket's hands
  std::size_t bytes = 0;
};

/// What the connections do right now.
struct ConnectionCounts {
  std::size_t open = 0;                                 ///< connections
  std::uint64_t taken = 0, refused = 0, timed_out = 0;  ///< connections since the start
};

/// Whether a request announces a body.
bool has_body(const httplib::Request& request);
/// GET or HEAD.
bool only_reads(const httplib::Request& request);

/// A server that only reads: bodies are refused unread, and Range and Expect taken for not sent, for nothing
/// here has parts. After a request that is no plain GET or HEAD, or that was not understood, the connection
/// is closed. Routes, settings and handlers are set before run(); stop() is for any thread.
class HttpServer : private httplib::Server {
 public:
  explicit HttpServer(ConnectionLimits limits);
  ~HttpServer() override;

  using httplib::Server::Handler;
  /// A path, or a regular expression that begins with one: "/leistung/([^/]{1,300})". In the order of adding.
  void Get(const std::string& pattern, Handler handler);
  /// Looks at a request before its route. True: it has made the answer.
  void before_routes(std::function<bool(const httplib::Request&, httplib::Response&)> look);
  /// Is told of each request from the thread that answered it.
  void on_answered(std::function<void(const Answered&)> told);
  /// Makes the answer to what went wrong: `status` with an empty body, or an exception of a handler.
  void on_error(std::function<void(const httplib::Request&, httplib::Response&)> answer);
  void on_exception(httplib::Server::ExceptionHandler answer);
  void set_headers(httplib::Headers headers);

  /// Takes a port, 0 any free one, and gives its number; 0 where it cannot be had.
  int bind(const std::string& host, int port);
  /// The socket that listens; for tests.
  int listening_socket() const;
  /// Serves until stop(); then no connection is taken any more, requests that are there are answered, and it
  /// returns when all are, or after `drain_time`.
  void run();
  void stop();

  ConnectionCounts counts() const;

 private:
  struct Loop;
  class Router;
  friend struct Loop;
  std::unique_ptr<Router> router_;
  std::unique_ptr<Loop> loop_;
};

}  // namespace vsm
