#include "indexer/http_client.h"

#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>

#include "tests/fixture.h"
#include "tests/indexer/local_http.h"

namespace vsm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Request = httplib::Request;
using Response = httplib::Response;

/// For 127.0.0.1, until 2120; made for this test.
constexpr const char* test_key = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgyKAsbEYWRmkwqZ9a
Sse9+21cwY93JWQEwgK4F02Mr/KhRANCAAQxCbp7ky3H86KkdwoZ38Z046c6A+PC
tXTS5bjIK5u2ZNR3iBzYuBLAYoF4H8AbHX0Br85LW/Nt8EhLxMQwwtb0
-----END PRIVATE KEY-----
)";
constexpr const char* test_certificate = R"(-----BEGIN CERTIFICATE-----
MIIBWjCCAQCgAwIBAgIBATAKBggqhkjOPQQDAjATMREwDwYDVQQDDAh2c20gdGVz
dDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowEzERMA8GA1UEAwwI
dnNtIHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQxCbp7ky3H86KkdwoZ
38Z046c6A+PCtXTS5bjIK5u2ZNR3iBzYuBLAYoF4H8AbHX0Br85LW/Nt8EhLxMQw
wtb0o0MwQTAPBgNVHREECDAGhwR/AAABMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0O
BBYEFBRygRgcaOx/BizTklMDS2z//d7mMAoGCCqGSM49BAMCA0gAMEUCIQDSkxyE
GbS6AAANOc+IE0RugbUNtZaEtq7/eE7RbFgc4AIgbto9NDNWWkC1cUpoBoz3XTA0
8l2UQ9bPuQmY7F2zH+Q=
-----END CERTIFICATE-----
)";

class HttpClientTest : public ::testing::Test {
 protected:
  HttpClientTest() { options_.contact = "betrieb@stadt.example"; }

  HttpResult get(const std::string& url) {
    HttpRequest request;
    request.url = url;
    return HttpClient(options_).fetch(request);
  }

  TempFolder folder_;
  HttpOptions options_;
  LocalServer<> server_;
};

TEST_F(HttpClientTest, SaysWhoAsks) {
  server_->Get("/", [](const Request& request, Response& response) {
    response.set_content(request.get_header_value("User-Agent"), "text/plain");
  });
  server_.start();
  const HttpResult result = get(server_.url("/"));
  EXPECT_EQ(result.status, 200);
  EXPECT_THAT(result.body, ::testing::StartsWith("vsm/"));
  EXPECT_THAT(result.body, HasSubstr(" (+betrieb@stadt.example)"));
}

TEST_F(HttpClientTest, UnpacksIntoAFile) {
  const std::string text(300'000, 'x');
  server_->Get("/feed.xml", [&](const Request&, Response& response) {
    response.set_content(text, "application/xml");
    response.set_header("ETag", "\"v1\"");
  });
  server_.start();
  HttpRequest request;
  request.url = server_.url("/feed.xml");
  request.file = folder_ / "got.xml";
  const HttpResult result = HttpClient(options_).fetch(request);
  ASSERT_TRUE(result.ok()) << result.error;
  EXPECT_EQ(result.bytes, 300'000);
  EXPECT_EQ(result.etag, "\"v1\"");
  EXPECT_EQ(read_file(request.file), text);
}

TEST_F(HttpClientTest, ABombIsStoppedAtItsUnpackedSize) {
  server_->Get("/feed.xml", [&](const Request&, Response& response) {
    response.set_content(std::string(5'000'000, 'x'), "application/xml");
  });
  server_.start();
  HttpRequest request;
  request.url = server_.url("/feed.xml");
  request.file = folder_ / "got.xml";
  request.max_bytes = 100'000;
  const HttpResult result = HttpClient(options_).fetch(request);
  EXPECT_EQ(result.failure, HttpFailure::too_large);
  EXPECT_FALSE(std::filesystem::exists(request.file));
}

TEST_F(HttpClientTest, NeverWritesOverAFile) {
  server_->Get("/", [](const Request&, Response& response) { response.set_content("new", "text/plain"); });
  server_.start();
  HttpRequest request;
  request.url = server_.url("/");
  request.file = folder_.write("there", "old");
  EXPECT_EQ(HttpClient(options_).fetch(request).failure, HttpFailure::file);
  EXPECT_EQ(read_file(request.file), "old");
}

TEST_F(HttpClientTest, FollowsFiveRedirectsAndNoMore) {
  server_->Get(R"(/(\d))", [](const Request& request, Response& response) {
    const int left = std::stoi(request.matches[1]);
    if (left == 0)
      response.set_content("there", "text/plain");
    else
      response.set_redirect("/" + std::to_string(left - 1));
  });
  server_->Get("/loop", [](const Request&, Response& response) { response.set_redirect("/loop"); });
  server_->Get("/ftp",
               [](const Request&, Response& response) { response.set_redirect("ftp://127.0.0.1/x"); });
  server_->Get("/disk",
               [](const Request&, Response& response) { response.set_redirect("file:///etc/passwd"); });
  server_.start();
  EXPECT_EQ(get(server_.url("/5")).body, "there");
  EXPECT_EQ(get(server_.url("/5")).url, server_.url("/0"));
  EXPECT_EQ(get(server_.url("/6")).failure, HttpFailure::redirects);
  EXPECT_EQ(get(server_.url("/loop")).failure, HttpFailure::redirects);
  EXPECT_EQ(get(server_.url("/ftp")).failure, HttpFailure::redirects);
  EXPECT_EQ(get(server_.url("/disk")).failure, HttpFailure::redirects);
}

TEST_F(HttpClientTest, RefusesWhatIsNoWebAddress) {
  for (const char* url : {"", "feed.xml", "ftp://example.org/", "file:///etc/passwd", "http://",
                          "http://a b/", "https://user:secret@example.org/", "http://example.org/\r\nX: y"}) {
    const HttpResult result = get(url);
    EXPECT_EQ(result.failure, HttpFailure::address) << url;
    EXPECT_THAT(result.error, Not(HasSubstr("secret")));
  }
}

TEST_F(HttpClientTest, TellsHowAServerFails) {
  EXPECT_EQ(get("http://127.0.0.1:1/").failure, HttpFailure::connect);
  EXPECT_EQ(get(RawServer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort").url("/")).failure,
            HttpFailure::cut_off);
  EXPECT_EQ(
      get(RawServer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n").url("/")).failure,
      HttpFailure::cut_off);
  EXPECT_EQ(get(RawServer("").url("/")).failure, HttpFailure::cut_off);
  EXPECT_EQ(get(RawServer("nonsense\r\n\r\n").url("/")).failure, HttpFailure::cut_off);
}

TEST_F(HttpClientTest, GivesUpOnASlowServer) {
  options_.total_timeout = std::chrono::milliseconds(100);
  RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", 400);
  const HttpResult result = get(server.url("/"));
  EXPECT_EQ(result.failure, HttpFailure::timeout);
  EXPECT_EQ(result.error, "Der Server antwortet nicht oder zu langsam.");
}

TEST_F(HttpClientTest, StopsWhenAskedTo) {
  std::stop_source stop;
  options_.stop = stop.get_token();
  RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", 1'500);
  std::thread soon([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop.request_stop();
  });
  EXPECT_EQ(get(server.url("/")).failure, HttpFailure::stopped);
  soon.join();
}

TEST_F(HttpClientTest, ReadsHowLongToWait) {
  server_->Get("/", [](const Request&, Response& response) {
    response.status = 429;
    response.set_header("Retry-After", "120");
  });
  server_.start();
  const HttpResult result = get(server_.url("/"));
  EXPECT_EQ(result.status, 429);
  EXPECT_EQ(result.retry_after, 120);
  EXPECT_EQ(result.error, "Der Server antwortet mit 429 (zu viele Anfragen).");
}

TEST_F(HttpClientTest, RefusesAddressesAlsoBehindARedirect) {
  LocalServer<> inner;
  std::atomic<int> reached = 0;
  inner->Get("/", [&](const Request&, Response&) { ++reached; });
  inner.start();
  server_->Get("/", [&](const Request&, Response& response) { response.set_redirect(inner.url("/")); });
  server_.start();
  options_.refuse_address = [&](const std::string& address, int port) {
    EXPECT_EQ(address, "127.0.0.1");
    return port == inner.port();
  };
  const HttpResult result = get(server_.url("/"));
  EXPECT_EQ(result.failure, HttpFailure::internal);
  EXPECT_EQ(reached, 0);
}

TEST_F(HttpClientTest, LinksReachNothingInside) {
  std::atomic<int> reached = 0;
  server_->Get("/", [&](const Request&, Response&) { ++reached; });
  server_.start();
  options_ = options_for_links({});
  options_.resolve = {"www.stadt.example:" + std::to_string(server_.port()) + ":127.0.0.1"};
  const std::string port = std::to_string(server_.port());
  for (const std::string host :
       {"127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "www.stadt.example"})
    EXPECT_EQ(get("http://" + host + ":" + port + "/").failure, HttpFailure::internal) << host;
  EXPECT_EQ(reached, 0);
}

TEST(InternalAddress, KnowsTheSpecialRanges) {
  for (const char* address : {"0.0.0.0",
                              "10.1.2.3",
                              "100.64.0.1",
                              "127.0.0.1",
                              "127.255.255.255",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.0.1",
                              "198.18.0.1",
                              "224.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "fc00::1",
                              "fd12::1",
                              "fe80::1",
                              "ff02::1",
                              "::ffff:10.0.0.1",
                              "64:ff9b::10.0.0.1",
                              "2002:0a00:0001::1",
                              "2001::1",
                              "2001:db8::1",
                              "",
                              "nonsense"})
    EXPECT_TRUE(is_internal_address(address)) << address;
  for (const char* address :
       {"9.255.255.255", "11.0.0.0", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.167.1.1", "8.8.8.8",
        "223.255.255.255", "2a00:1450::1", "2001:4860::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"})
    EXPECT_FALSE(is_internal_address(address)) << address;
}

class SecureTest : public HttpClientTest {
 protected:
  SecureTest()
      : secure_(folder_.write("cert.pem", test_certificate).c_str(),
                folder_.write("key.pem", test_key).c_str()) {}
  LocalServer<httplib::SSLServer> secure_;
};

TEST_F(SecureTest, ChecksCertificates) {
  secure_->Get("/", [](const Request&, Response& response) { response.set_content("safe", "text/plain"); });
  secure_.start();
  const HttpResult unknown = get(secure_.url("/", "127.0.0.1", "https"));
  EXPECT_EQ(unknown.failure, HttpFailure::tls);
  EXPECT_EQ(unknown.error, "Das Zertifikat des Servers stammt von keiner bekannten Stelle.");
  options_.ca_file = folder_ / "cert.pem";
  EXPECT_EQ(get(secure_.url("/", "127.0.0.1", "https")).body, "safe");
  options_.resolve = {"andere.example:" + std::to_string(secure_.port()) + ":127.0.0.1"};
  const HttpResult other = get(secure_.url("/", "andere.example", "https"));
  EXPECT_EQ(other.error, "Das Zertifikat des Servers gilt nicht für diesen Rechnernamen.");
}

TEST_F(SecureTest, GoesUpToHttpsButNotDown) {
  server_->Get("/up", [&](const Request&, Response& response) {
    response.set_redirect(secure_.url("/", "127.0.0.1", "https"));
  });
  server_->Get("/", [](const Request&, Response& response) { response.set_content("open", "text/plain"); });
  secure_->Get("/", [](const Request&, Response& response) { response.set_content("safe", "text/plain"); });
  secure_->Get("/down", [&](const Request&, Response& response) { response.set_redirect(server_.url("/")); });
  server_.start();
  secure_.start();
  options_.ca_file = folder_ / "cert.pem";
  EXPECT_EQ(get(server_.url("/up")).body, "safe");
  EXPECT_EQ(get(secure_.url("/down", "127.0.0.1", "https")).failure, HttpFailure::redirects);
}

/// Sets variables for one test.
class LoginTest : public HttpClientTest {
 protected:
  LoginTest() {
    ::setenv("VSM_TEST_ID", "klient", 1);
    ::setenv("VSM_TEST_SECRET", "ge&heim+1", 1);
    auth_.kind = Auth::Kind::client_credentials;
    auth_.id_variable = "VSM_TEST_ID";
    auth_.secret_variable = "VSM_TEST_SECRET";
    auth_.token_url = server_.url("/token");
    server_->Post("/token", [this](const Request& request, Response& response) {
      EXPECT_EQ(request.get_param_value("grant_type"), "client_credentials");
      EXPECT_EQ(request.get_param_value("client_id"), "klient");
      EXPECT_EQ(request.get_param_value("client_secret"), "ge&heim+1");
      response.set_content(
          "{\"access_token\":\"t" + std::to_string(++granted_) + "\",\"expires_in\":" + lifetime_ + "}",
          "application/json");
    });
    server_->Get("/feed", [this](const Request& request, Response& response) {
      seen_.push_back(request.get_header_value("Authorization"));
      if (seen_.back() != "Bearer " + accepted_) response.status = 401;
    });
  }
  ~LoginTest() override {
    ::unsetenv("VSM_TEST_ID");
    ::unsetenv("VSM_TEST_SECRET");
  }
  HttpResult get_feed(HttpClient& client, const std::string& path = "/feed") {
    HttpRequest request;
    request.url = server_.url(path);
    request.auth = &auth_;
    return client.fetch(request);
  }

  Auth auth_;
  std::string accepted_ = "t1", lifetime_ = "300";
  int granted_ = 0;
  std::vector<std::string> seen_;
};

TEST_F(LoginTest, ATokenServesManyRequests) {
  server_.start();
  HttpClient client(options_);
  EXPECT_EQ(get_feed(client).status, 200);
  EXPECT_EQ(get_feed(client).status, 200);
  EXPECT_THAT(seen_, ElementsAre("Bearer t1", "Bearer t1"));
}

TEST_F(LoginTest, ATokenIsNotUsedUntilItsLastMoment) {
  lifetime_ = "0.001";
  server_.start();
  HttpClient client(options_);
  EXPECT_EQ(get_feed(client).status, 200);
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  accepted_ = "t2";
  EXPECT_EQ(get_feed(client).status, 200);
  EXPECT_THAT(seen_, ElementsAre("Bearer t1", "Bearer t2"));
}

TEST_F(LoginTest, ARefusedTokenIsRenewedOnce) {
  accepted_ = "t2";
  server_.start();
  HttpClient client(options_);
  EXPECT_EQ(get_feed(client).status, 200);
  EXPECT_THAT(seen_, ElementsAre("Bearer t1", "Bearer t2"));
  accepted_ = "never";
  EXPECT_EQ(get_feed(client).status, 401);
  EXPECT_EQ(granted_, 3);
}

TEST_F(LoginTest, SecretsGoToTheirOriginOnly) {
  LocalServer<> other;
  std::string carried = "not asked";
  other->Get("/",
             [&](const Request& request, Response&) { carried = request.get_header_value("Authorization"); });
  other.start();
  server_->Get("/away", [&](const Request&, Response& response) { response.set_redirect(other.url("/")); });
  server_.start();
  HttpClient client(options_);
  EXPECT_EQ(get_feed(client, "/away").status, 200);
  EXPECT_EQ(carried, "");
}

TEST_F(LoginTest, SecretsAreNotSentInTheOpenNorTold) {
  server_.start();
  HttpClient client(options_);
  HttpRequest request;
  request.url = "http://stadt.example/feed";
  request.auth = &auth_;
  EXPECT_EQ(client.fetch(request).error,
            "Zugangsdaten werden nur über https gesendet; die Adresse ist http.");
  auth_.token_url = "http://stadt.example/token";
  EXPECT_EQ(get_feed(client).failure, HttpFailure::login);
  auth_.token_url = server_.url("/nowhere");
  const HttpResult result = get_feed(client);
  EXPECT_EQ(
      result.error,
      "Die Anmeldung für das Zugangstoken ist gescheitert: Der Server antwortet mit 404 (nicht gefunden).");
  EXPECT_EQ(granted_, 0);
}

TEST_F(LoginTest, SaysWhichVariableIsMissing) {
  ::unsetenv("VSM_TEST_SECRET");
  server_.start();
  HttpClient client(options_);
  EXPECT_THAT(get_feed(client).error, HasSubstr("„VSM_TEST_SECRET“"));
  auth_ = {};
  auth_.kind = Auth::Kind::bearer;
  auth_.token_variable = "VSM_TEST_ID";
  accepted_ = "klient";
  EXPECT_EQ(get_feed(client).status, 200);
}

TEST_F(LoginTest, ATokenThatWouldBreakTheHeaderIsNone) {
  server_->Post("/evil", [](const Request&, Response& response) {
    response.set_content(R"({"access_token":"a\r\nX-Evil: 1"})", "application/json");
  });
  auth_.token_url = server_.url("/evil");
  server_.start();
  HttpClient client(options_);
  EXPECT_THAT(get_feed(client).error, HasSubstr("enthält kein Token"));
  EXPECT_TRUE(seen_.empty());
}

}  // namespace
}  // namespace vsm
