// What the public may do to a server, alone and behind nginx with the shipped configuration. The short form
// has a fraction of the clients and seconds. Times are told, not judged; failures are.
#include <gmock/gmock.h>
#include <poll.h>

#include "tests/e2e/served.h"

namespace vsm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* shipped_index = VSM_SHIPPED_FOLDER "/index";
/// Attackers ask from 127.1.0.0 on, so many connections an address; citizens from 127.2.0.1 on.
constexpr std::uint32_t attackers = 0x7F010001, citizens = 0x7F020001, greedy = 0x7F030001;

int open_connection(int port, std::uint32_t from) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in own{}, address{};
  own.sin_family = address.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(from);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(socket, reinterpret_cast<sockaddr*>(&own), sizeof own);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return socket;
  ::close(socket);
  return -1;
}

void say(int socket, std::string_view bytes) {
  static_cast<void>(::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
}

/// All attacks at once, for as long as it lives: connections that say nothing, heads sent byte by byte, many
/// requests sent at once, chunked bodies without end, and one client at twenty times its limit.
class Attack {
 public:
  Attack(int port, int idle, int slow) : port_(port) {
    threads_.emplace_back([this, idle] { hold(idle); });
    threads_.emplace_back([this, slow] { drip(slow); });
    threads_.emplace_back([this] { pipeline(); });
    threads_.emplace_back([this] { bomb(); });
    threads_.emplace_back([this] { ask_too_often(); });
  }
  ~Attack() {
    over_ = true;
    for (std::thread& thread : threads_) thread.join();
  }
  std::size_t refused() const { return refused_; }

 private:
  static constexpr std::uint32_t a_client = 40;  // connections of one address
  static void pause() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

  void hold(int count) {
    std::vector<int> sockets(static_cast<std::size_t>(count), -1);
    while (!over_) {
      for (std::size_t i = 0; i < sockets.size() && !over_; ++i) {
        pollfd ended{sockets[i], POLLIN, 0};
        if (sockets[i] >= 0 && ::poll(&ended, 1, 0) == 0) continue;
        if (sockets[i] >= 0) ::close(sockets[i]);
        sockets[i] = open_connection(port_, attackers + static_cast<std::uint32_t>(i) / a_client);
      }
      pause();
    }
    for (const int socket : sockets) ::close(socket);
  }
  void drip(int count) {
    static constexpr std::string_view head = "GET /api/v1/search?q=hund HTTP/1.1\r\nHost: localhost\r\nX: ";
    struct Slow {
      int socket = -1;
      std::size_t sent = 0;
    };
    std::vector<Slow> all(static_cast<std::size_t>(count));
    for (std::size_t round = 0; !over_; ++round) {
      for (std::size_t i = 0; i < all.size(); ++i) {
        Slow& one = all[i];
        if (one.socket < 0)
          one = {open_connection(port_, attackers + 0x1000 + static_cast<std::uint32_t>(i) / a_client), 0};
        const char byte = one.sent < head.size() ? head[one.sent] : 'x';
        ++one.sent;
        if (::send(one.socket, &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1 || errno == EAGAIN) continue;
        ::close(one.socket);
        one.socket = -1;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    for (const Slow& one : all) ::close(one.socket);
  }
  void pipeline() {
    std::string many;
    for (int i = 0; i < 100; ++i) many += load::get("/api/v1/topics");
    for (std::uint32_t round = 0; !over_; ++round) {
      const int socket = open_connection(port_, attackers + 0x2000 + round % 4);
      say(socket, many);
      pause();
      pause();
      ::close(socket);
    }
  }
  void bomb() {
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'a') + "\r\n";
    for (std::uint32_t round = 0; !over_; ++round) {
      const int socket = open_connection(port_, attackers + 0x3000 + round % 4);
      say(socket,
          "GET /api/v1/search?q=hund HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (int i = 0; i < 16 && !over_; ++i) {
        say(socket, chunk);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
      ::close(socket);
    }
  }
  /// The limit is 20 a second.
  void ask_too_often() {
    load::Client client(port_, greedy);
    const std::string request = load::get("/api/v1/search?q=hund");
    const auto begin = load::Clock::now();
    for (int count = 0; !over_; ++count) {
      std::this_thread::sleep_until(begin + count * std::chrono::microseconds(2'500));
      refused_ += client.ask(request) == 429;
    }
  }

  int port_;
  std::atomic<bool> over_ = false;
  std::atomic<std::size_t> refused_ = 0;
  std::vector<std::thread> threads_;
};

void tell(const char* what, const load::Load& load) {
  std::printf("%-36s %5.0f a second, p50 %.2f ms, p99 %.2f ms, %zu failed\n", what, load.rate(),
              load.quantile(0.5), load.quantile(0.99), load.failed);
}

/// Ten people, each below the limit of one.
load::Load ask_as_citizens(int port, double seconds) {
  return load::ask(port, real_requests(), 10, 100, load::for_seconds(seconds), citizens);
}

TEST(Flood, BehindNginxOthersDoNotNotice) {
  const TempFolder folder;
  const ServedIndex one(shipped_index, folder, "one");
  const Nginx nginx(folder, one.port, one.port);
  const double seconds = rounds(4, 30);
  tell("citizens behind nginx, quiet", ask_as_citizens(nginx.port(), seconds));
  load::Load busy;
  std::size_t refused = 0;
  {
    const Attack attack(nginx.port(), rounds(400, 2'000), rounds(50, 200));
    std::this_thread::sleep_for(std::chrono::seconds(1));
    busy = ask_as_citizens(nginx.port(), seconds);
    refused = attack.refused();
  }
  tell("citizens behind nginx, attacked", busy);
  EXPECT_EQ(busy.failed, 0U);
  EXPECT_GT(refused, 0U) << "who asks too often is told so";
  EXPECT_LT(one.kilobytes(), 400U * 1024U);
  const std::string log = read_file(folder / "access.log") + read_file(folder / "error.log");
  EXPECT_THAT(log, Not(HasSubstr("127.")));
  EXPECT_THAT(log, Not(HasSubstr("hund")));
}

TEST(Flood, TheBareServerLivesAndRecovers) {
  const TempFolder folder;
  const ServedIndex one(shipped_index, folder, "one");
  {
    const Attack attack(one.port, rounds(400, 2'000), rounds(50, 200));
    std::this_thread::sleep_for(std::chrono::seconds(1));
    tell("citizens at the bare server, attacked", ask_as_citizens(one.port, rounds(4, 30)));
    EXPECT_LT(one.kilobytes(), 400U * 1024U);
  }
  EXPECT_FALSE(one.program->is_over());
  const auto ended = load::Clock::now();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const load::Load after = ask_as_citizens(one.port, 3);
  tell("citizens at the bare server, afterwards", after);
  EXPECT_EQ(after.failed, 0U);
  EXPECT_LT(load::Clock::now() - ended, std::chrono::seconds(10));
  EXPECT_LT(one.kilobytes(), 400U * 1024U);
}

TEST(Flood, OneOfTwoServersMayDie) {
  const TempFolder folder;
  const ServedIndex one(shipped_index, folder, "one"), other(shipped_index, folder, "other");
  const Nginx nginx(folder, one.port, other.port);
  std::thread killing([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
    one.program->kill();
  });
  const load::Load load = ask_as_citizens(nginx.port(), rounds(4, 20));
  killing.join();
  tell("two servers, one killed", load);
  EXPECT_EQ(load.failed, 0U);
}

TEST(Flood, NginxAddsWhatThePublicNeeds) {
  const TempFolder folder;
  const ServedIndex one(shipped_index, folder, "one");
  const Nginx nginx(folder, one.port, one.port);
  const auto curl = [&](std::vector<std::string> arguments) {
    std::vector<std::string> command{"/usr/bin/curl", "-sS", "-k", "-i", "--max-time", "10"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    Running program(command, {}, folder / "curl.out");
    EXPECT_EQ(program.end(), 0);
    return program.output();
  };
  const std::string secure = "https://127.0.0.1:" + std::to_string(nginx.encrypted());
  const std::string page = curl({secure + "/"});
  for (const char* header :
       {"HTTP/2 200", "strict-transport-security: max-age=31536000", "content-security-policy: "})
    EXPECT_THAT(page, HasSubstr(header));
  EXPECT_THAT(page, Not(HasSubstr("nginx/")));
  const std::string packed = curl({"-H", "Accept-Encoding: gzip", secure + "/api/v1/topics"});
  EXPECT_THAT(packed, HasSubstr("content-encoding: gzip"));
  EXPECT_THAT(curl({"-X", "POST", "-d", "x", secure + "/"}), HasSubstr("HTTP/2 405"));
  EXPECT_THAT(curl({"http://127.0.0.1:" + std::to_string(nginx.redirecting()) + "/?q=x"}),
              HasSubstr("Location: https://127.0.0.1/?q=x"));
}

}  // namespace
}  // namespace vsm
