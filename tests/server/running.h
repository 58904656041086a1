// A server on a small index of its own, and clients for it.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "server/server.h"
#include "tests/few_tables.h"
#include "tests/fixture.h"

namespace vsm {

/// Serves for as long as it lives.
class RunningServer {
 public:
  RunningServer(SearchEngine& engine, int threads) : RunningServer(engine, with_threads(threads)) {}
  RunningServer(SearchEngine& engine, ServerSettings settings)
      : server_(engine, on_free_ports(std::move(settings))),
        problem_(server_.bind()),
        thread_([this] { server_.run(); }) {
    EXPECT_EQ(problem_, "");
  }
  ~RunningServer() {
    server_.stop();
    thread_.join();
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  int port() const { return server_.port(); }
  Server& server() { return server_; }
  httplib::Result manage(const std::string& path) const {
    httplib::Client client("127.0.0.1", server_.management_port());
    return client.Get(path.c_str());
  }
  httplib::Result get(const std::string& path) const {
    httplib::Client client("127.0.0.1", port());
    return client.Get(path.c_str());
  }

 private:
  static ServerSettings with_threads(int threads) {
    ServerSettings settings;
    settings.limits.threads = threads;
    return settings;
  }
  static ServerSettings on_free_ports(ServerSettings settings) {
    settings.port = settings.management_port = 0;
    return settings;
  }

  Server server_;
  std::string problem_;
  std::thread thread_;
};

/// Sends bytes as they are. No wait is longer than 20 seconds.
class RawClient {
 public:
  explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// How much the server took.
  std::size_t send(std::string_view bytes) const {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) break;
      sent += static_cast<std::size_t>(count);
    }
    return sent;
  }

  /// What the server says until it closes the connection; a server that does not is a failure.
  std::string until_closed() const {
    std::string all;
    char buffer[4096];
    ssize_t count = 0;
    while ((count = ::recv(socket_, buffer, sizeof buffer, 0)) > 0)
      all.append(buffer, static_cast<std::size_t>(count));
    EXPECT_EQ(count, 0) << "not closed after: " << all.substr(0, 200);
    return all;
  }

 private:
  int socket_;
};

class ServerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    folder_->write(
        "f/bochum.xml",
        xzufi::file(
            xzufi::service("BO", "1", "99110009104000", "Hund &lt;i&gt;anmelden&lt;/i&gt; \"&amp;amp;\"",
                           "059110000000",
                           xzufi::module("24", "&lt;script&gt;x&lt;/script&gt;1 &amp;lt; 2")) +
            xzufi::online("BO", "O1", "Hund &amp;lt;online&amp;gt;",
                          "https://bochum.example/?a=1&amp;b='2'") +
            xzufi::responsible("BO", "O1", "BO", "1", "059110000000") +
            xzufi::write("<x:organisationseinheit>" + xzufi::id("BO", "E1") +
                         "<x:name>Steueramt Bochum</x:name></x:organisationseinheit>") +
            xzufi::responsible("BO", "E1", "BO", "1", "059110000000") +
            xzufi::service("BO", "2", "99110009070000", "Hund abmelden", "059110000000") +
            xzufi::responsible("BO", "E1", "BO", "2", "059110000000") +
            xzufi::service("BO", "3", "99110009070001", "Verstorbenen Hund abmelden", "059110000000") +
            xzufi::online("BO", "O3", "", "https://bochum.example/tot") +
            xzufi::responsible("BO", "O3", "BO", "3", "059110000000") +
            xzufi::office("BO", "E2", "Tierheim") +
            xzufi::responsible("BO", "E2", "BO", "3", "059110000000")));
    build_from_feeds(*folder_);
    engine_ = new SearchEngine(*folder_ / "index");
    running_ = new RunningServer(*engine_, 4);
  }
  static void TearDownTestSuite() {
    delete running_;
    delete engine_;
    delete folder_;
  }
  static httplib::Result get(const std::string& path) { return running_->get(path); }
  static httplib::Result manage(const std::string& path) { return running_->manage(path); }
  static int port() { return running_->port(); }

  static inline TempFolder* folder_ = nullptr;
  static inline SearchEngine* engine_ = nullptr;
  static inline RunningServer* running_ = nullptr;
};

}  // namespace vsm
