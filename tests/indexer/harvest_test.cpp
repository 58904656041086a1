#include "indexer/harvest.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>

#include <filesystem>
#include <map>
#include <mutex>

#include "tests/fixture.h"
#include "tests/indexer/local_http.h"

namespace vsm {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Outcome = HarvestResult::Outcome;

/// A file of the server: what it holds and how it is served.
struct Served {
  std::string content, etag = {}, last_modified = {}, type = "application/xml";
  int status = 200;
};

class HarvestTest : public ::testing::Test {
 protected:
  HarvestTest() {
    feed_.id = "stadt";
    feed_.folder = folder_ / "copy";
    feed_.url = server_.url("/export.xml");
    server_->Get(".*", [this](const httplib::Request& request, httplib::Response& response) {
      asked_.push_back(request.path);
      const auto found = files_.find(request.target);
      if (found == files_.end()) {
        response.status = 404;
        return;
      }
      const Served& served = found->second;
      if (!served.etag.empty()) response.set_header("ETag", served.etag);
      if (!served.last_modified.empty()) response.set_header("Last-Modified", served.last_modified);
      if ((!served.etag.empty() && request.get_header_value("If-None-Match") == served.etag) ||
          (!served.last_modified.empty() &&
           request.get_header_value("If-Modified-Since") == served.last_modified)) {
        response.status = 304;
        ++not_modified_;
        return;
      }
      response.status = served.status;
      response.set_content(served.content, served.type.c_str());
    });
    server_.start();
  }

  HarvestResult run() {
    asked_.clear();
    not_modified_ = 0;
    HttpClient client(options_);
    return harvest(feed_, client);
  }
  std::string copy(const std::string& name) const { return read_file(feed_.folder + "/" + name); }
  /// What readers see, without our own notes.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(feed_.folder))
      if (const std::string name = entry.path().filename(); !name.starts_with(".")) names.push_back(name);
    std::sort(names.begin(), names.end());
    return names;
  }
  bool left_behind() const { return fs::exists(feed_.folder + ".new"); }

  TempFolder folder_;
  Feed feed_;
  HttpOptions options_;
  std::map<std::string, Served> files_;
  std::vector<std::string> asked_;
  int not_modified_ = 0;
  LocalServer<> server_;
};

TEST_F(HarvestTest, AFileIsFetchedOnceAndThenOnlyWhenItChanges) {
  files_["/export.xml"] = {"<a/>", "\"1\""};
  HarvestResult result = run();
  EXPECT_EQ(result.outcome, Outcome::changed) << result.message;
  EXPECT_EQ(result.files, 1U);
  EXPECT_EQ(result.bytes, 4);
  EXPECT_EQ(copy("feed.xml"), "<a/>");
  result = run();
  EXPECT_EQ(result.outcome, Outcome::unchanged) << result.message;
  EXPECT_EQ(result.status, 304);
  EXPECT_EQ(result.bytes, 0);
  files_["/export.xml"] = {"<b/>", "\"2\""};
  EXPECT_EQ(run().outcome, Outcome::changed);
  EXPECT_EQ(copy("feed.xml"), "<b/>");
  EXPECT_FALSE(left_behind());
}

TEST_F(HarvestTest, ADateServesWhereThereIsNoTag) {
  files_["/export.xml"] = {"<a/>", "", "Mon, 23 Nov 2026 08:00:00 GMT"};
  EXPECT_EQ(run().outcome, Outcome::changed);
  EXPECT_EQ(run().outcome, Outcome::unchanged);
  EXPECT_EQ(not_modified_, 1);
}

TEST_F(HarvestTest, TheSameBytesAreNoChange) {
  files_["/export.xml"] = {"<a/>"};
  EXPECT_EQ(run().outcome, Outcome::changed);
  const HarvestResult result = run();
  EXPECT_EQ(result.outcome, Outcome::unchanged);
  EXPECT_EQ(result.bytes, 4);
}

TEST_F(HarvestTest, ACopyThatWasDamagedIsFetchedAgain) {
  files_["/export.xml"] = {"<a/>", "\"1\""};
  EXPECT_EQ(run().outcome, Outcome::changed);
  folder_.write("copy/feed.xml", "<a");
  EXPECT_EQ(run().outcome, Outcome::changed);
  EXPECT_EQ(copy("feed.xml"), "<a/>");
}

TEST_F(HarvestTest, AnotherAddressIsAnotherFeed) {
  files_["/export.xml"] = {"<a/>", "\"1\""};
  files_["/neu/export.JSON?x=1"] = {"[]", "\"1\"", "", "application/json"};
  EXPECT_EQ(run().outcome, Outcome::changed);
  feed_.url = server_.url("/neu/export.JSON?x=1");
  EXPECT_EQ(run().outcome, Outcome::changed);
  EXPECT_THAT(names(), ElementsAre("feed.json"));
}

TEST_F(HarvestTest, WhatIsNoFeedLeavesTheCopyAsItWas) {
  files_["/export.xml"] = {"<a/>"};
  EXPECT_EQ(run().outcome, Outcome::changed);
  for (const Served& wrong : {Served{"<html>Login</html>", "", "", "text/html; charset=utf-8"}, Served{""},
                              Served{"x", "", "", "a/b", 503}, Served{"x", "", "", "a/b", 206},
                              Served{"x", "", "", "a/b", 404}, Served{"x", "", "", "a/b", 304}}) {
    files_["/export.xml"] = wrong;
    const HarvestResult result = run();
    EXPECT_EQ(result.outcome, Outcome::failed);
    EXPECT_EQ(result.status, wrong.status);
    EXPECT_THAT(result.message, ::testing::EndsWith("."));
    EXPECT_EQ(copy("feed.xml"), "<a/>");
    EXPECT_FALSE(left_behind());
  }
}

TEST_F(HarvestTest, AnAnswerThatIsCutOffLeavesTheCopyAsItWas) {
  files_["/export.xml"] = {"<a/>"};
  EXPECT_EQ(run().outcome, Outcome::changed);
  for (const char* answer : {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<b/>",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<b/>\r\n"}) {
    RawServer server(answer);
    Feed feed = feed_;
    feed.url = server.url("/export.xml");
    HttpClient client(options_);
    EXPECT_EQ(harvest(feed, client).message, "Der Server hat die Verbindung vorzeitig beendet.");
    EXPECT_EQ(copy("feed.xml"), "<a/>");
  }
}

TEST_F(HarvestTest, TellsHowLongTheServerWantsToRest) {
  LocalServer<> busy;
  busy->Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.status = 429;
    response.set_header("Retry-After", "90");
  });
  busy.start();
  feed_.url = busy.url("/");
  const HarvestResult result = run();
  EXPECT_EQ(result.status, 429);
  EXPECT_EQ(result.retry_after, 90);
}

TEST_F(HarvestTest, ForeignFilesAreNeverRemoved) {
  folder_.write("copy/diary.txt", "dear");
  files_["/export.xml"] = {"<a/>"};
  const HarvestResult result = run();
  EXPECT_EQ(result.outcome, Outcome::failed);
  EXPECT_THAT(result.message, HasSubstr("Dateien anderer Herkunft"));
  EXPECT_EQ(copy("diary.txt"), "dear");
}

TEST_F(HarvestTest, AFolderThatCannotBeWrittenIsAFailure) {
  feed_.folder = folder_.write("a-file", "x") + "/copy";
  const HarvestResult result = run();
  EXPECT_EQ(result.outcome, Outcome::failed);
  EXPECT_THAT(result.message, HasSubstr("lässt sich nicht schreiben"));
}

TEST_F(HarvestTest, OneAtATime) {
  files_["/export.xml"] = {"<a/>"};
  const int lock = ::open((feed_.folder + ".lock").c_str(), O_RDWR | O_CREAT, 0644);
  ASSERT_EQ(::flock(lock, LOCK_EX), 0);
  EXPECT_EQ(run().message, "Diese Quelle wird gerade schon abgerufen.");
  ::close(lock);
  EXPECT_EQ(run().outcome, Outcome::changed);
}

class IndexTest : public HarvestTest {
 protected:
  IndexTest() {
    feed_.layout = Layout::index;
    feed_.url = server_.url("/feeds");
    index(
        "\xef\xbb\xbf"
        "a.xml\r\n\r\n  b.xml\r\na.xml\r\n");
    files_["/feeds/a.xml"] = {"<a/>", "\"a\""};
    files_["/feeds/b.xml"] = {"<b/>", "\"b\""};
  }
  void index(const std::string& text) { files_["/feeds/index.txt"] = {text, "", "", "text/plain"}; }
};

TEST_F(IndexTest, FetchesWhatTheIndexNames) {
  const HarvestResult result = run();
  EXPECT_EQ(result.outcome, Outcome::changed) << result.message;
  EXPECT_EQ(result.files, 2U);
  EXPECT_THAT(result.problems, IsEmpty());
  EXPECT_THAT(names(), ElementsAre("a.xml", "b.xml"));
  EXPECT_EQ(copy("b.xml"), "<b/>");
  EXPECT_THAT(asked_, ElementsAre("/feeds/index.txt", "/feeds/a.xml", "/feeds/b.xml"));
  feed_.url = server_.url("/feeds/index.txt");
  EXPECT_EQ(run().outcome, Outcome::changed);
  EXPECT_THAT(asked_, ElementsAre("/feeds/index.txt", "/feeds/a.xml", "/feeds/b.xml"));
}

TEST_F(IndexTest, FetchesOnlyWhatChangedAndDropsWhatIsGone) {
  run();
  EXPECT_EQ(run().outcome, Outcome::unchanged);
  EXPECT_EQ(not_modified_, 2);
  files_["/feeds/b.xml"] = {"<c/>", "\"c\""};
  HarvestResult result = run();
  EXPECT_EQ(result.outcome, Outcome::changed);
  EXPECT_EQ(not_modified_, 1);
  EXPECT_EQ(copy("a.xml"), "<a/>");
  EXPECT_EQ(copy("b.xml"), "<c/>");
  index("a.xml");
  result = run();
  EXPECT_EQ(result.outcome, Outcome::changed);
  EXPECT_EQ(result.files, 1U);
  EXPECT_THAT(names(), ElementsAre("a.xml"));
}

TEST_F(IndexTest, AnEmptyOrMissingIndexDeletesNothing) {
  run();
  for (const char* text : {"", "\r\n \n", "\xef\xbb\xbf", "../a.xml\n"}) {
    index(text);
    const HarvestResult result = run();
    EXPECT_EQ(result.outcome, Outcome::failed);
    EXPECT_THAT(result.message, HasSubstr("Der Index ist leer"));
    EXPECT_THAT(names(), ElementsAre("a.xml", "b.xml"));
  }
  files_["/feeds/index.txt"] = {"<p>a.xml</p>", "", "", "text/html"};
  EXPECT_EQ(run().outcome, Outcome::failed);
  files_.erase("/feeds/index.txt");
  EXPECT_THAT(run().message, HasSubstr("Den Index gibt es nicht"));
  EXPECT_THAT(names(), ElementsAre("a.xml", "b.xml"));
}

TEST_F(IndexTest, AHalfFetchedSetIsNeverSeen) {
  run();
  files_["/feeds/a.xml"] = {"<new/>"};
  files_["/feeds/b.xml"].status = 500;
  files_["/feeds/b.xml"].etag = "\"other\"";
  const HarvestResult result = run();
  EXPECT_EQ(result.outcome, Outcome::failed);
  EXPECT_EQ(result.message,
            "Die Datei „b.xml“ ließ sich nicht holen: Der Server antwortet mit 500 (Fehler im Server).");
  EXPECT_EQ(copy("a.xml"), "<a/>");
  EXPECT_FALSE(left_behind());
}

TEST_F(IndexTest, AFileThatTheIndexNamesInVainStopsNoOther) {
  run();
  files_.erase("/feeds/b.xml");
  files_["/feeds/a.xml"] = {"<new/>"};
  index("a.xml\nb.xml\nnever.xml\n");
  const HarvestResult result = run();
  EXPECT_EQ(result.outcome, Outcome::changed) << result.message;
  EXPECT_EQ(copy("a.xml"), "<new/>");
  EXPECT_EQ(copy("b.xml"), "<b/>");
  ASSERT_THAT(result.problems, SizeIs(2));
  EXPECT_EQ(result.problems[0].severity, Severity::warning);
  EXPECT_EQ(result.problems[1].severity, Severity::refused);
  EXPECT_EQ(result.problems[1].rule, "datei-fehlt");
}

TEST_F(IndexTest, ALoginThatFailsIsNoMissingFile) {
  // The token service is gone just when the token is refused, in the middle of a harvest.
  LocalServer<> guarded;
  bool granted = false;
  guarded->Post("/token", [&](const httplib::Request&, httplib::Response& response) {
    response.status = granted ? 404 : 200;
    if (!granted) response.set_content(R"({"access_token":"t"})", "application/json");
    granted = true;
  });
  guarded->Get("/index.txt", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("a.xml\nb.xml\n", "text/plain");
  });
  guarded->Get("/a.xml", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("<a/>", "application/xml");
  });
  guarded->Get("/b.xml", [](const httplib::Request&, httplib::Response& response) { response.status = 401; });
  guarded.start();
  ::setenv("VSM_TEST_SECRET", "geheim", 1);
  feed_.url = guarded.url("/");
  feed_.auth.kind = Auth::Kind::client_credentials;
  feed_.auth.token_url = guarded.url("/token");
  feed_.auth.id_variable = feed_.auth.secret_variable = "VSM_TEST_SECRET";
  const HarvestResult result = run();
  EXPECT_EQ(result.outcome, Outcome::failed);
  EXPECT_THAT(result.message, HasSubstr("„b.xml“ ließ sich nicht holen: Die Anmeldung"));
  EXPECT_FALSE(fs::exists(feed_.folder));
}

TEST_F(IndexTest, NamesCannotLeaveTheFolder) {
  index(
      "../secret.xml\n/etc/passwd.xml\na.xml\nhttp://evil.example/x.xml\nsub/x.xml\n..\\x.xml\n.hidden.xml\n"
      "x\x01.xml\nnotes.txt\n\xff.xml\n%2e%2e%2fz.xml\n");
  files_["/feeds/%252e%252e%252fz.xml"] = {"<z/>"};
  const HarvestResult result = run();
  EXPECT_EQ(result.outcome, Outcome::changed) << result.message;
  EXPECT_THAT(names(), ElementsAre("%2e%2e%2fz.xml", "a.xml"));
  EXPECT_THAT(result.problems, SizeIs(9));
  EXPECT_EQ(result.problems[0].line, 1U);
  EXPECT_EQ(result.problems[0].rule, "dateiname");
}

TEST_F(IndexTest, NamesOfEditorsBecomeAddresses) {
  index("Bürgerbüro & Co #1?.xml\n");
  files_["/feeds/B%C3%BCrgerb%C3%BCro%20%26%20Co%20%231%3F.xml"] = {"<a/>"};
  EXPECT_EQ(run().outcome, Outcome::changed);
  EXPECT_THAT(names(), ElementsAre("Bürgerbüro & Co #1?.xml"));
}

TEST_F(IndexTest, ABoundOnFilesAndBytes) {
  feed_.limits.files = 1;
  EXPECT_THAT(run().message, HasSubstr("mehr als 1 Dateien"));
  feed_.limits.files = 2;
  feed_.limits.bytes = static_cast<std::int64_t>(files_["/feeds/index.txt"].content.size()) + 4;
  EXPECT_THAT(run().message, HasSubstr("mehr als die erlaubten"));
  EXPECT_FALSE(fs::exists(feed_.folder));
}

TEST_F(IndexTest, WhatAKilledHarvestLeftIsNoHindrance) {
  run();
  // Killed while fetching.
  folder_.write("copy.new/.vsm-harvest.tsv", "url\t" + feed_.url + "\ncomplete\tno\n");
  folder_.write("copy.new/a.xml", "<half");
  folder_.write("copy.new/.part", "<half");
  EXPECT_EQ(run().outcome, Outcome::unchanged);
  EXPECT_EQ(copy("a.xml"), "<a/>");
  // Killed behind the switch: the old copy is still there.
  folder_.write("copy.new/.vsm-harvest.tsv", "url\t" + feed_.url + "\ncomplete\tyes\n");
  folder_.write("copy.new/old.xml", "<old/>");
  EXPECT_EQ(run().outcome, Outcome::unchanged);
  // Killed before anything was written, and while the mark was written.
  fs::create_directory(feed_.folder + ".new");
  EXPECT_EQ(run().outcome, Outcome::unchanged);
  folder_.write("copy.new/.vsm-harvest.tsv.new", "url");
  EXPECT_EQ(run().outcome, Outcome::unchanged);
  // Killed before the switch of a first copy.
  fs::rename(feed_.folder, feed_.folder + ".new");
  EXPECT_EQ(run().outcome, Outcome::changed);
  EXPECT_THAT(names(), ElementsAre("a.xml", "b.xml"));
  EXPECT_FALSE(left_behind());
}

TEST_F(IndexTest, ADamagedNoteFetchesAllAgain) {
  run();
  folder_.write("copy/.vsm-harvest.tsv", "file\ta.xml\n\t\t\t\nfile\ta.xml\tx\ty\tz\ncomplete\n\xff");
  index("a.xml");
  EXPECT_EQ(run().outcome, Outcome::changed);
  EXPECT_EQ(not_modified_, 0);
  EXPECT_THAT(names(), ElementsAre("a.xml"));
  EXPECT_EQ(run().outcome, Outcome::unchanged);
}

class PagesTest : public HarvestTest {
 protected:
  PagesTest() {
    feed_.layout = Layout::bereitstelldienst;
    feed_.url = server_.url("/objekte?index=0");
    page(0, "<x:schreibe>1", false, server_.url("/objekte?index=1"));
    page(1, "<x:schreibe>2", true, server_.url("/objekte?index=2"));
    page(2, "", true, server_.url("/objekte?index=2"));
  }
  static std::string text(const std::string& xml, bool complete, const std::string& next) {
    return "{\"xzufiObjekte\":\"" + xml + "\",\"vollstaendig\":" + (complete ? "true" : "false") +
           ",\"naechsterIndex\":7,\"naechsteAnfrageUrl\":\"" + next + "\"}";
  }
  void page(int index, const std::string& xml, bool complete, const std::string& next) {
    files_["/objekte?index=" + std::to_string(index)] = {text(xml, complete, next), "", "",
                                                         "application/json"};
  }
};

TEST_F(PagesTest, FetchesPagesUntilThereAreNoMore) {
  const HarvestResult result = run();
  EXPECT_EQ(result.outcome, Outcome::changed) << result.message;
  EXPECT_EQ(result.files, 2U);
  EXPECT_THAT(names(), ElementsAre("page-000001.json", "page-000002.json"));
  EXPECT_THAT(copy("page-000002.json"), HasSubstr("<x:schreibe>2"));
}

TEST_F(PagesTest, GoesOnWhereItStoodAndSeesThatNothingIsNew) {
  run();
  HarvestResult result = run();
  EXPECT_EQ(result.outcome, Outcome::unchanged) << result.message;
  EXPECT_THAT(asked_, SizeIs(1));
  page(2, "<x:loesche/>", true, "/objekte?index=3");
  result = run();
  EXPECT_EQ(result.outcome, Outcome::changed) << result.message;
  EXPECT_EQ(result.files, 3U);
  EXPECT_THAT(asked_, SizeIs(1));
  EXPECT_THAT(names(), ElementsAre("page-000001.json", "page-000002.json", "page-000003.json"));
  feed_.anew = true;
  EXPECT_EQ(run().outcome, Outcome::changed);
  EXPECT_THAT(asked_, SizeIs(2));
}

TEST_F(PagesTest, AStopInTheMiddleShowsNothingAndGoesOnLater) {
  const Served second = files_["/objekte?index=1"];
  files_["/objekte?index=1"] = {"", "", "", "a/b", 503};
  EXPECT_EQ(run().message,
            "Die Seite 2 ließ sich nicht holen: Der Server antwortet mit 503 (zurzeit nicht verfügbar).");
  EXPECT_FALSE(fs::exists(feed_.folder));
  files_["/objekte?index=1"] = {second.content.substr(0, 40), "", "", "a/b"};
  EXPECT_THAT(run().message, HasSubstr("ist keine Seite"));
  files_["/objekte?index=1"] = second;
  EXPECT_EQ(run().outcome, Outcome::changed);
  EXPECT_THAT(asked_, SizeIs(1));
  EXPECT_THAT(names(), ElementsAre("page-000001.json", "page-000002.json"));
  EXPECT_FALSE(left_behind());
}

TEST_F(PagesTest, StartsAnewWhereTheServerForgotTheOldPlace) {
  run();
  files_.erase("/objekte?index=2");
  page(0, "<x:schreibe>neu", true, "");
  const HarvestResult result = run();
  EXPECT_EQ(result.outcome, Outcome::changed) << result.message;
  EXPECT_THAT(names(), ElementsAre("page-000001.json"));
  EXPECT_THAT(copy("page-000001.json"), HasSubstr("neu"));
}

TEST_F(PagesTest, ReadersOfTheOldCopyKeepTheirBytes) {
  run();
  std::ifstream reading(feed_.folder + "/page-000001.json");
  page(0, "<x:schreibe>neu", true, "");
  feed_.anew = true;
  EXPECT_EQ(run().outcome, Outcome::changed);
  std::string line;
  std::getline(reading, line);
  EXPECT_THAT(line, HasSubstr("<x:schreibe>1"));
}

TEST_F(PagesTest, TheNextPageMustBeSound) {
  const auto refused = [&](const std::string& next, const std::string& why) {
    page(0, "<x:schreibe>1", false, next);
    const HarvestResult result = run();
    EXPECT_EQ(result.outcome, Outcome::failed) << next;
    EXPECT_THAT(result.message, HasSubstr(why)) << next;
    EXPECT_FALSE(fs::exists(feed_.folder));
  };
  refused("http://127.0.0.1:1/objekte", "bei einem anderen Server");
  refused("https://127.0.0.1:" + std::to_string(server_.port()) + "/", "bei einem anderen Server");
  refused("http://u:p@127.0.0.1:" + std::to_string(server_.port()) + "/", "bei einem anderen Server");
  refused("file:///etc/passwd", "bei einem anderen Server");
  refused("", "keine nächste Seite");
  refused("/objekte?index=0", "die es schon gab");
}

TEST_F(PagesTest, ABoundOnPages) {
  feed_.limits.pages = 1;
  EXPECT_THAT(run().message, HasSubstr("mehr als 1 Seiten"));
  EXPECT_EQ(run().outcome, Outcome::changed);
}

TEST_F(PagesTest, AServiceWithoutObjectsDeletesNothing) {
  run();
  feed_.anew = true;
  page(0, "", true, "");
  EXPECT_EQ(run().outcome, Outcome::failed);
  EXPECT_THAT(names(), SizeIs(2));
}

}  // namespace
}  // namespace vsm
