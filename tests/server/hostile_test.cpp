// What no browser sends: over a plain socket, each wait bounded.
#include <gmock/gmock.h>

#include "tests/server/running.h"

namespace vsm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class HostileTest : public ServerTest {
 protected:
  static std::string answer_to(const std::string& request) {
    const RawClient client(port());
    client.send(request);
    return client.until_closed();
  }
  static std::size_t answers_in(const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = text.find("HTTP/1.1 "); at != std::string::npos;
         at = text.find("HTTP/1.1 ", at + 1))
      ++count;
    return count;
  }
  static std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }
  static void expect_problem(const std::string& answer, const std::string& status,
                             const std::string& request) {
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + status + " ")) << request;
    EXPECT_THAT(answer, HasSubstr("Content-Type: application/problem+json; charset=utf-8\r\n")) << request;
    EXPECT_THAT(body_of(answer), HasSubstr("\"status\":" + status)) << request;
    EXPECT_EQ(answers_in(answer), 1U) << request;
  }
};

TEST_F(HostileTest, RangesAreIgnored) {
  std::string list = "bytes=0-";
  while (list.size() < 8'000) list += ",0-";
  for (const char* path : {"/api/v1/search?q=hund", "/", "/robots.txt", "/api/v1/nothing", "/nothing"}) {
    const std::string head = std::string("GET ") + path + " HTTP/1.1\r\nConnection: close\r\n";
    const std::string plain = answer_to(head + "\r\n");
    EXPECT_GT(plain.size(), 100U);
    for (const std::string& range :
         {list, std::string("bytes=5-9"), list + ",9-1", std::string("furlongs=1")}) {
      EXPECT_EQ(answer_to(head + "Range: " + range + "\r\n\r\n"), plain) << path;
      EXPECT_EQ(answer_to(head + "rAnGe:" + range + "\r\n\r\n"), plain) << path;
    }
  }
}

TEST_F(HostileTest, OtherMethodsAreRefusedWithoutWaitingForABody) {
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PRI", "BREW"}) {
    for (const char* body :
         {"", "Content-Length: 10\r\n", "Transfer-Encoding: chunked\r\n",
          "Content-Length: 10\r\nExpect: 100-continue\r\n", "Content-Length: 99999999999\r\n",
          "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 10\r\n"}) {
      const std::string request = std::string(method) + " /api/v1/search?q=hund HTTP/1.1\r\n" + body + "\r\n";
      const std::string answer = answer_to(request);
      expect_problem(answer, "405", request);
      EXPECT_THAT(answer, HasSubstr("Allow: GET, HEAD\r\n")) << request;
    }
  }
}

TEST_F(HostileTest, UnfinishedPostsHoldNobodyUp) {
  RunningServer narrow(*engine_, 1);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<RawClient>(narrow.port()));
    clients.back()->send("POST /api/v1/search HTTP/1.1\r\n\r\n");
  }
  const auto health = narrow.manage("/healthz");
  ASSERT_TRUE(health);
  EXPECT_EQ(health->status, 200);
  for (const auto& client : clients) expect_problem(client->until_closed(), "405", "POST");
}

TEST_F(HostileTest, ABodyIsRefusedUnread) {
  for (const char* body :
       {"Content-Length: 10\r\n", "Transfer-Encoding: chunked\r\n",
        "Content-Length: 0\r\nContent-Length: 5\r\n", "Content-Length: 0\r\nTransfer-Encoding: gzip\r\n"})
    for (const char* path : {"/api/v1/search?q=hund", "/"}) {
      const std::string request = std::string("GET ") + path + " HTTP/1.1\r\n" + body + "\r\n";
      expect_problem(answer_to(request), "413", request);
    }
  EXPECT_THAT(answer_to("GET /robots.txt HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 200 "));
}

TEST_F(HostileTest, AChunkedBodyWithoutEndIsNotTaken) {
  const RawClient client(port());
  client.send("POST /api/v1/search HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string chunk = "10000\r\n" + std::string(0x10000, 'a') + "\r\n";
  std::thread sending([&] {
    for (int i = 0; i < 64; ++i)
      if (client.send(chunk) < chunk.size()) break;
  });
  const std::string answer = client.until_closed();
  sending.join();
  expect_problem(answer, "405", "chunked");
  EXPECT_EQ(manage("/healthz")->status, 200);
}

TEST_F(HostileTest, ABodyIsNoSecondRequest) {
  const std::string inner = "GET /robots.txt HTTP/1.1\r\n\r\n";
  for (const char* method : {"GET", "POST"}) {
    const std::string answer =
        answer_to(std::string(method) + " / HTTP/1.1\r\nContent-Length: " + std::to_string(inner.size()) +
                  "\r\n\r\n" + inner);
    EXPECT_EQ(answers_in(answer), 1U) << answer;
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(answer, Not(HasSubstr("Keep-Alive")));
  }
}

TEST_F(HostileTest, RequestsSentAtOnceAreAllAnswered) {
  const std::string one = "GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string answer = answer_to(one + one + "GET /robots.txt HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(answers_in(answer), 3U) << answer;
}

TEST_F(HostileTest, TooLongAHeadIsRefused) {
  std::string headers;
  for (int i = 0; headers.size() < 1'000'000; ++i)
    headers += "X-" + std::to_string(i) + ": " + std::string(1'000, 'a') + "\r\n";
  std::string many;
  for (int i = 0; i < 101; ++i) many += "X-" + std::to_string(i) + ": a\r\n";
  for (const std::string& more :
       {headers, "X: " + std::string(1'000'000, 'a') + "\r\n", std::string(1'000'000, 'a'), many})
    expect_problem(answer_to("GET /api/v1/topics HTTP/1.1\r\n" + more + "\r\n"), "431", more.substr(0, 10));
  expect_problem(answer_to("GET /?q=" + std::string(1'000'000, 'a') + " HTTP/1.1\r\n\r\n"), "414", "address");
  expect_problem(answer_to(std::string(1'000'000, 'a')), "414", "no line at all");
  EXPECT_THAT(answer_to("GET /robots.txt HTTP/1.1\r\nX: " + std::string(8'000, 'a') +
                        "\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 200 "));
}

TEST_F(HostileTest, WhatIsNoHttpIsSaid) {
  for (const char* request :
       {"\r\n", "hello\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/3.0\r\n\r\n", "Range: bytes=0-\r\n\r\n"})
    expect_problem(answer_to(request), "400", request);
}

TEST_F(HostileTest, HeadHasNoBody) {
  const std::string answer = answer_to("HEAD /api/v1/search?q=hund HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(body_of(answer), "");
}

TEST_F(HostileTest, WhatIsNoUtf8IsRefused) {
  for (const char* path :
       {"/api/v1/search?q=%FF", "/api/v1/search?q=hund&ars=%C3", "/api/v1/search?q=hund&place=%ED%A0%80",
        "/api/v1/search?q=hund&topic=%80", "/api/v1/search?q=hund&x=%FF", "/api/v1/search?q=hund&%FF=x",
        "/api/v1/topics?place=%FF", "/api/v1/topics?ars=%FF", "/api/v1/places?q=%C0%AF",
        "/api/v1/services/%FF", "/api/v1/services/99110009104000?ars=%FF",
        "/api/v1/services/99110009104000?place=%FF", "/api/v1/topics?x=%FF"}) {
    const auto response = get(path);
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->status, 400) << path;
    EXPECT_EQ(response->get_header_value("Content-Type"), "application/problem+json; charset=utf-8") << path;
    EXPECT_THAT(response->body, HasSubstr("UTF-8")) << path;
  }
  for (const char* path :
       {"/?q=%FF", "/?q=hund&place=%FF", "/leistung/%FF", "/leistung/99110009104000?place=%FF", "/%FF"}) {
    const auto response = get(path);
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->status, 400) << path;
    EXPECT_EQ(response->get_header_value("Content-Type"), "text/html; charset=utf-8") << path;
    EXPECT_THAT(response->body, HasSubstr("UTF-8")) << path;
  }
}

}  // namespace
}  // namespace vsm
