// Connections: many, slow, too often, at the end. Each wait is bounded; no times are judged.
#include "server/connection.h"

#include <gmock/gmock.h>
#include <netinet/tcp.h>
#include <zlib.h>

#include <filesystem>

#include "server/rate_limit.h"
#include "tests/server/running.h"

namespace vsm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ConnectionTest : public ServerTest {
 protected:
  static ServerSettings strict() {
    ServerSettings settings;
    settings.limits.threads = 1;
    settings.limits.proxies = {};
    settings.limits.client_connections = 0;
    settings.limits.client_rate = 0;
    return settings;
  }
  static constexpr const char* request = "GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n";
  static constexpr const char* last_request = "GET /robots.txt HTTP/1.1\r\nConnection: close\r\n\r\n";
};

TEST_F(ConnectionTest, SlowAndSilentClientsHoldNoThread) {
  const RunningServer server(*engine_, 1);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 300; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    if (i % 2 == 0) clients.back()->send("GET /robots.txt HTTP/1.1\r\nHost: ");
  }
  EXPECT_EQ(server.get("/robots.txt")->status, 200);
  // What was begun can still be finished.
  clients[0]->send("x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(clients[0]->until_closed(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ConnectionTest, HeadsThatNeverEndAreCutOff) {
  ServerSettings settings = strict();
  settings.limits.head_time = std::chrono::milliseconds(200);
  const RunningServer server(*engine_, settings);
  const RawClient slow(server.port()), silent(server.port());
  slow.send("GET / HTTP/1.1\r\nHost: x");
  EXPECT_EQ(slow.until_closed(), "");
  EXPECT_THAT(server.manage("/metrics")->body, HasSubstr("vsm_connections_timed_out 1\n"));
  silent.send(last_request);
  EXPECT_THAT(silent.until_closed(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ConnectionTest, WhoDoesNotTakeAnAnswerIsCutOff) {
  ServerSettings settings = strict();
  settings.limits.answer_time = std::chrono::milliseconds(200);
  const RunningServer server(*engine_, settings);
  std::string many;
  for (int i = 0; i < 4'000; ++i) many += request;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    std::thread([socket = clients.back().get(), many] { socket->send(many); }).join();
  }
  EXPECT_EQ(server.get("/robots.txt")->status, 200);
}

TEST_F(ConnectionTest, SocketsAreSetForShortAnswers) {
  RunningServer server(*engine_, 1);
  tcp_info info{};
  socklen_t size = sizeof info;
  ASSERT_EQ(::getsockopt(server.server().listening_socket(), IPPROTO_TCP, TCP_INFO, &info, &size), 0);
  EXPECT_GE(info.tcpi_sacked, 1'000U) << "of a socket that listens: its backlog";

  // The server's end of the connection is in this process too.
  httplib::Client client("127.0.0.1", server.port());
  client.set_keep_alive(true);
  ASSERT_EQ(client.Get("/robots.txt")->status, 200);
  sockaddr_in own{};
  size = sizeof own;
  ASSERT_EQ(::getsockname(static_cast<int>(client.socket()), reinterpret_cast<sockaddr*>(&own), &size), 0);
  int found = 0;
  for (const auto& file : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int socket = std::stoi(file.path().filename());
    sockaddr_in peer{};
    size = sizeof peer;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0 ||
        peer.sin_port != own.sin_port)
      continue;
    int on = 0;
    size = sizeof on;
    ASSERT_EQ(::getsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
    EXPECT_NE(on, 0);
    ++found;
  }
  EXPECT_EQ(found, 1);
}

TEST_F(ConnectionTest, ManyRequestsSentAtOnceAreAnsweredInOrder) {
  const RunningServer server(*engine_, 2);
  const RawClient client(server.port());
  std::string all;
  for (int i = 0; i < 200; ++i)
    all += "GET /api/v1/search?q=hund&page=" + std::to_string(i + 1) + " HTTP/1.1\r\n\r\n";
  std::thread sending([&] { client.send(all + last_request); });
  const std::string answers = client.until_closed();
  sending.join();
  std::size_t at = 0;
  for (int i = 0; i < 200; ++i) {
    at = answers.find("\"page\":" + std::to_string(i + 1) + ",", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST_F(ConnectionTest, WhoAsksTooOftenIsToldWhenToComeBack) {
  ServerSettings settings = strict();
  settings.limits.client_rate = 0.01;
  settings.limits.client_burst = 3;
  const RunningServer server(*engine_, settings);
  int refused = 0;
  for (int i = 0; i < 6; ++i) {
    const auto response = server.get("/api/v1/search?q=hund");
    if (response->status == 200) continue;
    ++refused;
    EXPECT_EQ(response->status, 429);
    EXPECT_GT(std::stoi(response->get_header_value("Retry-After")), 50);
    EXPECT_EQ(response->get_header_value("Content-Type"), "application/problem+json; charset=utf-8");
  }
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(server.manage("/healthz")->status, 200) << "management is not limited";
}

TEST_F(ConnectionTest, BehindAProxyEachClientHasItsOwnLimit) {
  ServerSettings settings = strict();
  settings.limits.client_rate = 0.01;
  settings.limits.client_burst = 1;
  settings.limits.proxies = {"127.0.0.1"};
  const RunningServer server(*engine_, settings);
  const auto status = [&](const char* client) {
    return httplib::Client("127.0.0.1", server.port())
        .Get("/robots.txt", httplib::Headers{{"X-Real-IP", client}})
        ->status;
  };
  for (const char* client : {"192.0.2.1", "192.0.2.2", "2001:db8:1::1", "2001:db8:2::1"})
    EXPECT_EQ(status(client), 200) << client;
  EXPECT_EQ(status("192.0.2.1"), 200);
  EXPECT_EQ(status("192.0.2.1"), 429);
  EXPECT_EQ(status("2001:db8:1::2"), 200);
  EXPECT_EQ(status("2001:db8:1:0:ffff::3"), 429) << "a network is one client";
  EXPECT_EQ(server.get("/robots.txt")->status, 200) << "the proxy itself";
}

TEST_F(ConnectionTest, AnAddressHasSoManyConnections) {
  ServerSettings settings = strict();
  settings.limits.client_connections = 5;
  const RunningServer server(*engine_, settings);
  {
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 5; ++i) {
      clients.push_back(std::make_unique<RawClient>(server.port()));
      clients.back()->send("GET");
    }
    EXPECT_FALSE(server.get("/robots.txt"));
  }
  bool again = false;
  for (int i = 0; i < 100 && !again; ++i) {
    again = static_cast<bool>(server.get("/robots.txt"));
    if (!again) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_TRUE(again) << "once they have gone";
}

TEST_F(ConnectionTest, SilentConnectionsMakeRoomForOthers) {
  ServerSettings settings = strict();
  settings.limits.connections = 40;
  const RunningServer server(*engine_, settings);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 60; ++i) clients.push_back(std::make_unique<RawClient>(server.port()));
  bool answered = false;
  for (int i = 0; i < 100 && !answered; ++i) {
    answered = static_cast<bool>(server.get("/robots.txt"));
    if (!answered) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_TRUE(answered);
}

TEST_F(ConnectionTest, StoppingAnswersWhatWasAsked) {
  auto server = std::make_unique<RunningServer>(*engine_, 2);
  std::atomic<int> answered = 0, cut = 0;
  std::atomic<bool> over = false;
  std::vector<std::thread> asking;
  for (int i = 0; i < 4; ++i)
    asking.emplace_back([&, port = server->port()] {
      httplib::Client client("127.0.0.1", port);
      client.set_keep_alive(true);
      while (!over) {
        const auto response = client.Get("/api/v1/search?q=hund");
        if (response) {
          EXPECT_EQ(response->status, 200);
          ++answered;
        } else {
          // Refused or closed before an answer began: nothing was taken on.
          EXPECT_THAT(response.error(), ::testing::AnyOf(httplib::Error::Connection, httplib::Error::Read,
                                                         httplib::Error::Write));
          ++cut;
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
      }
    });
  while (answered < 100) std::this_thread::yield();
  server.reset();
  over = true;
  for (std::thread& one : asking) one.join();
  EXPECT_GE(answered, 100);
}

std::string unpacked(const std::string& packed) {
  z_stream stream{};
  EXPECT_EQ(::inflateInit2(&stream, 15 + 16), Z_OK);
  std::string text(1'000'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  ::inflateEnd(&stream);
  return text;
}

TEST_F(ConnectionTest, AnswersAreCompressedForWhomThatSuits) {
  const std::string path = "/api/v1/topics";
  const std::string plain = get(path)->body;
  httplib::Client client("127.0.0.1", port());
  client.set_decompress(false);
  for (const char* codings : {"gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8, *;q=0.1"}) {
    const auto response = client.Get(path.c_str(), httplib::Headers{{"Accept-Encoding", codings}});
    EXPECT_EQ(response->get_header_value("Content-Encoding"), "gzip") << codings;
    EXPECT_EQ(response->get_header_value("Vary"), "Accept-Encoding");
    EXPECT_LT(response->body.size(), plain.size() / 2);
    EXPECT_EQ(unpacked(response->body), plain);
  }
  for (const char* codings : {"", "br", "identity", "gzip;q=0", "xgzip"}) {
    const auto response = client.Get(path.c_str(), httplib::Headers{{"Accept-Encoding", codings}});
    EXPECT_FALSE(response->has_header("Content-Encoding")) << codings;
    EXPECT_EQ(response->body, plain);
  }
}

TEST_F(ConnectionTest, MetricsNameRoutesAndNothingOfPeople) {
  const RunningServer server(*engine_, 2);
  for (int i = 0; i < 3; ++i) server.get("/api/v1/search?q=geheimnisvoll&place=Bochum");
  server.get("/api/v1/services/99110009104000");
  server.get("/nirgends");
  const std::string metrics = server.manage("/metrics")->body;
  EXPECT_THAT(metrics, HasSubstr("vsm_requests_total{route=\"/api/v1/search\",status=\"200\"} 3"));
  EXPECT_THAT(metrics, HasSubstr("status=\"404\""));
  EXPECT_THAT(metrics, HasSubstr("vsm_request_seconds_count{route=\"/api/v1/search\"} 3"));
  EXPECT_THAT(metrics, HasSubstr("vsm_index_revision 1"));
  EXPECT_THAT(metrics, Not(HasSubstr("geheimnisvoll")));
  EXPECT_THAT(metrics, Not(HasSubstr("nirgends")));
  EXPECT_THAT(metrics, Not(HasSubstr("99110009104000")));
  EXPECT_EQ(server.get("/metrics")->status, 404) << "not for the public";
  EXPECT_EQ(server.get("/readyz")->status, 404);
  EXPECT_EQ(server.manage("/readyz")->status, 200);
}

TEST_F(ConnectionTest, WhatIsAskedOftenIsCountedAndTheRestForgotten) {
  const RunningServer server(*engine_, 2);
  for (int i = 0; i < 5; ++i) server.get("/api/v1/search?q=Hund%20Anmelden");
  for (int i = 0; i < 4; ++i) server.get("/api/v1/search?q=selten");
  for (int i = 0; i < 9; ++i) server.get("/api/v1/search?q=Frau%20Mustermann");
  EXPECT_EQ(server.manage("/queries")->body,
            "{\"threshold\":5,\"queries\":[{\"query\":\"hund anmelden\",\"asked\":5,\"withoutResult\":0}]}");
}

TEST(RateLimit, LetsABurstThroughAndThenTheRate) {
  RateLimit limit(2, 3);
  const auto begin = RateLimit::Clock::now();
  const auto at = [&](int milliseconds) { return begin + std::chrono::milliseconds(milliseconds); };
  for (int i = 0; i < 4; ++i) EXPECT_EQ(limit.wait(7, at(0)), 0) << i;
  EXPECT_EQ(limit.wait(7, at(0)), 1);
  EXPECT_EQ(limit.wait(8, at(0)), 0);
  EXPECT_EQ(limit.wait(7, at(600)), 0);
  EXPECT_EQ(limit.wait(7, at(600)), 1);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(limit.wait(7, at(10'000)), 0) << i;
}

TEST(RateLimit, ForgetsWhoHasBeenQuiet) {
  RateLimit limit(1, 1);
  const auto begin = RateLimit::Clock::now();
  for (std::uint64_t client = 0; client < 200'000; ++client)
    limit.wait(client, begin + std::chrono::milliseconds(client));
  EXPECT_LT(limit.size(), 50'000U);
}

}  // namespace
}  // namespace vsm
