#include "indexer/link_check.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

#include "tests/indexer/local_http.h"

namespace vsm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Request = httplib::Request;
using Response = httplib::Response;

constexpr std::int64_t start = 1'800'000'000;
constexpr std::int64_t hour = 3'600, day = 24 * hour;

LinkAnswer status(int number) {
  LinkAnswer answer;
  answer.status = number;
  return answer;
}
LinkAnswer failure(HttpFailure kind) {
  LinkAnswer answer;
  answer.failure = kind;
  answer.error = "Es geht nicht.";
  return answer;
}
LinkState link(const std::string& url) {
  LinkState state;
  state.url = url;
  return state;
}

TEST(LinkVerdict, OfStatus) {
  const std::string url = "https://stadt.example/dienst";
  for (const int good : {200, 204, 300, 304, 401, 403})
    EXPECT_EQ(verdict_on(url, status(good)), LinkVerdict::good) << good;
  for (const int bad : {404, 410, 500, 502, 504})
    EXPECT_EQ(verdict_on(url, status(bad)), LinkVerdict::bad) << bad;
  for (const int none : {429, 503, 400, 405, 451})
    EXPECT_EQ(verdict_on(url, status(none)), LinkVerdict::none) << none;
}

TEST(LinkVerdict, OfFailures) {
  const std::string url = "https://stadt.example/dienst";
  for (const auto bad : {HttpFailure::name, HttpFailure::connect, HttpFailure::tls, HttpFailure::timeout,
                         HttpFailure::redirects, HttpFailure::cut_off, HttpFailure::address})
    EXPECT_EQ(verdict_on(url, failure(bad)), LinkVerdict::bad);
  EXPECT_EQ(verdict_on(url, failure(HttpFailure::stopped)), LinkVerdict::none);
}

TEST(LinkVerdict, ANameMayLeadElsewhereForOthersButAnInternalAddressNot) {
  const auto inside = [](const std::string& url) { return verdict_on(url, failure(HttpFailure::internal)); };
  EXPECT_EQ(inside("https://dienst.stadt.example/"), LinkVerdict::none);
  for (const char* url :
       {"http://10.0.0.1/", "http://localhost:8080/x", "http://[fd00::1]/", "http://intranet/",
        "http://2130706433/", "http://drucker.local/", "http://x.internal./"})
    EXPECT_EQ(inside(url), LinkVerdict::bad) << url;
  EXPECT_EQ(verdict_on("https://bürgerbüro.example/", failure(HttpFailure::name)), LinkVerdict::none);
}

TEST(LinkState, IsBrokenOnlyAfterThreeFailuresOnSeveralDays) {
  LinkState state = link("https://stadt.example/");
  std::int64_t now = start;
  state = after_check(state, status(404), now);
  for (int i = 0; i < 10; ++i) state = after_check(state, status(404), now += hour);
  EXPECT_EQ(state.failures, 1);
  std::vector<bool> broken;
  for (int i = 0; i < 3; ++i) {
    now = state.due;
    state = after_check(state, failure(HttpFailure::connect), now);
    broken.push_back(state.broken());
  }
  EXPECT_THAT(broken, ElementsAre(false, true, true));
  EXPECT_GE(now - start, day);
  EXPECT_EQ(state.last_good, 0);
  EXPECT_EQ(state.error, "Es geht nicht.");
}

TEST(LinkState, OneGoodCheckHeals) {
  LinkState state = link("https://stadt.example/");
  std::int64_t now = start;
  while (!state.broken()) state = after_check(state, status(500), now += day);
  state = after_check(state, status(401), now += day);
  EXPECT_FALSE(state.broken());
  EXPECT_EQ(state.failures, 0);
  EXPECT_EQ(state.last_good, now);
  EXPECT_EQ(state.error, "");
  state = after_check(state, status(500), now + hour);
  EXPECT_EQ(state.failures, 1);
}

TEST(LinkState, ABusyServerChangesNoVerdict) {
  LinkState state = link("https://stadt.example/");
  state = after_check(state, status(404), start);
  LinkAnswer busy = status(503);
  busy.retry_after = 3 * day;
  state = after_check(state, busy, start + day);
  EXPECT_EQ(state.failures, 1);
  EXPECT_EQ(state.checked, start + day);
  EXPECT_EQ(state.due, start + day + 3 * day);
  busy.retry_after = 1'000 * day;
  EXPECT_LE(after_check(state, busy, start).due, start + 8 * day);
}

TEST(LinkState, GoodLinksRestAWeekAndOthersHalfADay) {
  std::set<std::int64_t> waits;
  for (int i = 0; i < 50; ++i) {
    const LinkState state = link("https://stadt.example/" + std::to_string(i));
    const std::int64_t good = after_check(state, status(200), start).due - start;
    EXPECT_GE(good, 7 * day);
    EXPECT_LE(good, 7 * day + 17 * hour);
    const std::int64_t bad = after_check(state, status(404), start).due - start;
    EXPECT_GE(bad, 12 * hour);
    EXPECT_LE(bad, 14 * hour);
    waits.insert(good / hour);
  }
  EXPECT_GT(waits.size(), 8U);
}

TEST(LinkStates, SurviveAsText) {
  LinkState first = link("https://a.example/");
  first.status = 404;
  first.error = "Der Server antwortet mit 404 (nicht gefunden).";
  first.checked = start;
  first.last_good = start - day;
  first.failed = start;
  first.failures = 2;
  first.due = start + day;
  first.redirected_to = "https://a.example/start";
  const LinkState second = link("https://b.example/");
  const std::vector<LinkState> states = {second, first};
  EXPECT_THAT(read_link_states(write_link_states(states)), ElementsAre(first, second));
}

TEST(LinkStates, NoTextBreaksALine) {
  LinkState evil = link("https://a.example/");
  evil.redirected_to = "https://b.example/\nhttps://c.example/\t200";
  const std::vector<LinkState> states = {evil, link("https://x.example/\n"), link("")};
  const auto read = read_link_states(write_link_states(states));
  ASSERT_THAT(read, SizeIs(1));
  EXPECT_EQ(read[0].redirected_to, "https://b.example/ https://c.example/ 200");
  EXPECT_THAT(
      read_link_states("url\na\tb\n\t\t\t\t\t\t\t\t\nu\t-1\t0\t0\t0\t0\t0\t\t\nu\t1\t0\t0\t0\t0\t0\t\t\t"),
      IsEmpty());
}

class LinkCheckerTest : public ::testing::Test {
 protected:
  LinkCheckerTest() {
    options_.http.refuse_address = nullptr;
    options_.pause = std::chrono::milliseconds(0);
  }
  std::map<std::string, LinkState> check(const std::vector<std::string>& urls) {
    std::vector<LinkState> states;
    for (const std::string& url : urls) states.push_back(link(url));
    std::map<std::string, LinkState> results;
    LinkChecker(options_).run(states, start, [&](LinkState state) {
      EXPECT_FALSE(results.contains(state.url)) << state.url;
      results[state.url] = std::move(state);
    });
    return results;
  }
  LinkState check_one(const std::string& path) { return check({server_.url(path)})[server_.url(path)]; }

  LinkCheckOptions options_;
  std::mutex mutex_;
  std::vector<std::string> seen_;
  LocalServer<> server_;

  /// Notes each request: "HEAD /x".
  void note(const Request& request) {
    const std::lock_guard guard(mutex_);
    seen_.push_back(request.method + " " + request.path);
  }
};

TEST_F(LinkCheckerTest, AsksForTheHeadAlone) {
  server_->Get("/x", [this](const Request& request, Response&) { note(request); });
  server_.start();
  const LinkState state = check_one("/x");
  EXPECT_EQ(state.status, 200);
  EXPECT_EQ(state.last_good, state.checked);
  EXPECT_GE(state.checked, start);
  EXPECT_EQ(state.redirected_to, "");
  EXPECT_THAT(seen_, ElementsAre("HEAD /x"));
}

TEST_F(LinkCheckerTest, AsksAgainWhereTheHeadIsRefused) {
  server_->Get("/(.*)", [this](const Request& request, Response& response) {
    note(request);
    if (request.method == "HEAD")
      response.status = std::stoi(request.matches[1]);
    else
      response.set_content(std::string(3'000'000, 'x'), "text/html");
  });
  server_.start();
  for (const std::string code : {"403", "404", "405", "500", "501"}) {
    seen_.clear();
    EXPECT_EQ(check_one("/" + code).status, 200);
    EXPECT_THAT(seen_, ElementsAre("HEAD /" + code, "GET /" + code));
  }
  seen_.clear();
  EXPECT_EQ(check_one("/503").status, 503);
  EXPECT_THAT(seen_, SizeIs(1));
}

TEST_F(LinkCheckerTest, SaysWhereItWasSent) {
  server_->Get("/old", [](const Request&, Response& response) { response.set_redirect("/"); });
  server_->Get("/", [](const Request&, Response&) {});
  server_->Get("/loop", [](const Request&, Response& response) { response.set_redirect("/loop"); });
  server_->Get("/app", [](const Request&, Response& response) { response.set_redirect("app://open"); });
  server_.start();
  const LinkState state = check_one("/old");
  EXPECT_EQ(state.failures, 0);
  EXPECT_EQ(state.redirected_to, server_.url("/"));
  EXPECT_EQ(check_one("/loop").failures, 1);
  EXPECT_EQ(check_one("/app").failures, 1);
}

TEST_F(LinkCheckerTest, KeepsCookiesOnTheWay) {
  server_->Get("/", [](const Request& request, Response& response) {
    if (request.has_header("Cookie")) return;
    response.set_header("Set-Cookie", "seen=1");
    response.set_redirect("/");
  });
  server_.start();
  EXPECT_EQ(check_one("/").failures, 0);
  EXPECT_EQ(check_one("/").redirected_to, "") << "back where it began";
}

TEST_F(LinkCheckerTest, AsksOnceForAddressesThatDifferBehindTheHash) {
  server_->Get("/x", [this](const Request& request, Response&) { note(request); });
  server_.start();
  const auto results = check({server_.url("/x"), server_.url("/x#a"), server_.url("/x#b")});
  EXPECT_THAT(results, SizeIs(3));
  EXPECT_EQ(results.at(server_.url("/x#b")).status, 200);
  EXPECT_THAT(seen_, SizeIs(1));
}

TEST_F(LinkCheckerTest, OneRequestAtATimeToAHost) {
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
  std::atomic<int> all = 0;
  server_->Get("/.*", [&](const Request&, Response&) {
    const int here = ++now;
    int before = most;
    while (before < here && !most.compare_exchange_weak(before, here)) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    --now;
    ++all;
  });
  server_.start();
  std::vector<std::string> urls;
  for (int i = 0; i < 12; ++i) urls.push_back(server_.url("/" + std::to_string(i)));
  check(urls);
  EXPECT_EQ(all, 12);
  EXPECT_EQ(most, 1);

  for (int i = 0; i < 12; ++i) {
    const std::string host = "host" + std::to_string(i % 3) + ".example";
    urls[static_cast<std::size_t>(i)] = server_.url("/" + std::to_string(i), host);
    options_.http.resolve.push_back(host + ":" + std::to_string(server_.port()) + ":127.0.0.1");
  }
  most = 0;
  check(urls);
  EXPECT_GT(most, 1);
  EXPECT_LE(most, 3);
}

TEST_F(LinkCheckerTest, RestsBetweenRequestsToAHost) {
  std::vector<std::chrono::steady_clock::time_point> moments;
  server_->Get("/.*", [&](const Request& request, Response& response) {
    const std::lock_guard guard(mutex_);
    moments.push_back(std::chrono::steady_clock::now());
    if (request.path == "/0") response.set_redirect("/z");
  });
  server_.start();
  options_.pause = std::chrono::milliseconds(30);
  check({server_.url("/0"), server_.url("/1")});
  ASSERT_THAT(moments, SizeIs(3));
  for (std::size_t i = 1; i < moments.size(); ++i)
    EXPECT_GE(moments[i] - moments[i - 1], std::chrono::milliseconds(30));
}

TEST_F(LinkCheckerTest, OneDeadHostKeepsNoOtherWaiting) {
  server_->Get("/x", [](const Request&, Response&) {});
  server_.start();
  const auto results = check({"http://127.0.0.1:1/", "nonsense", server_.url("/x")});
  EXPECT_EQ(results.at("http://127.0.0.1:1/").error, "Der Server nimmt keine Verbindung an.");
  EXPECT_EQ(results.at("nonsense").failures, 1);
  EXPECT_EQ(results.at(server_.url("/x")).status, 200);
}

TEST_F(LinkCheckerTest, ReachesNothingInside) {
  server_->Get("/x", [this](const Request& request, Response&) { note(request); });
  server_.start();
  options_.http.refuse_address = options_for_links({}).refuse_address;
  const LinkState state = check_one("/x");
  EXPECT_EQ(state.status, 0);
  EXPECT_THAT(state.error, HasSubstr("internes Netz"));
  EXPECT_EQ(state.failures, 1);
  EXPECT_THAT(seen_, IsEmpty());
}

TEST_F(LinkCheckerTest, StopsWhenAskedTo) {
  std::stop_source stop;
  options_.stop = stop.get_token();
  options_.pause = std::chrono::seconds(60);
  server_->Get("/.*", [&](const Request&, Response&) {});
  server_.start();
  int results = 0;
  LinkChecker(options_).run({link(server_.url("/1")), link(server_.url("/2"))}, start, [&](const LinkState&) {
    ++results;
    stop.request_stop();
  });
  EXPECT_EQ(results, 1);
}

TEST_F(LinkCheckerTest, NothingToDo) { EXPECT_THAT(check({}), IsEmpty()); }

}  // namespace
}  // namespace vsm
