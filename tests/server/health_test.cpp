// An index that changes or breaks under a server.
#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <barrier>
#include <filesystem>
#include <sstream>

#include "language/analyzer.h"
#include "store/index_writer.h"
#include "tests/server/running.h"

namespace vsm {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// Keeps what is logged.
class Log {
 public:
  Log() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)));
  }
  ~Log() { spdlog::set_default_logger(before_); }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  std::size_t count(const std::string& words) const {
    const std::string all = text_.str();
    std::size_t found = 0;
    for (std::size_t at = all.find(words); at != std::string::npos; at = all.find(words, at + 1)) ++found;
    return found;
  }

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_;
};

/// One text of one town and no catalogue: quick to build.
void build_small(const std::string& directory, const std::string& title) {
  IndexWriter writer = IndexWriter::build(directory, project_tables(), language::chain_version);
  writer.analyse_with([](ServiceText&) {
    return std::vector<TextTerm>{{TermKind::word, "hund", {100, 0, 0, 0}}};
  });
  SourceInfo source;
  source.id = "bochum";
  source.area = "gemeinde:059110000000";
  writer.begin_source(source);
  writer.begin_delivery(true, 1);
  ServiceText text;
  text.id = {"A", "1"};
  text.keys = {*ServiceKey::parse("99110009104000")};
  text.title = title;
  writer.put(std::move(text));
  writer.end_delivery();
  writer.finish();
}

std::string title_now(SearchEngine& engine) {
  const auto service = engine.service("A.1", "", "");
  const auto* answer = std::get_if<ServiceAnswer>(&service);
  return answer ? answer->result.text.title : std::string();
}

TEST(Health, ADamagedIndexIsA503AndNoCrash) {
  const TempFolder folder;
  folder.write("f/a.xml", xzufi::file(xzufi::service("A", "1", "99110009104000", "Hund", "059110000000")));
  build_from_feeds(folder);
  SearchEngine engine(folder / "index");
  const RunningServer server(engine, 2);
  EXPECT_EQ(server.manage("/healthz")->body, "{\"status\":\"ok\",\"revision\":1}");
  for (const char* file : {"postlist.glass", "docdata.glass"})
    fs::resize_file(folder / ("index/gen-1/" + std::string(file)), 0);
  for (const char* path : {"/api/v1/search?q=hund&ars=05911", "/healthz"}) {
    const auto response = std::string(path) == "/healthz" ? server.manage(path) : server.get(path);
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->status, 503) << path;
    EXPECT_EQ(response->get_header_value("Content-Type"), "application/problem+json; charset=utf-8") << path;
    EXPECT_THAT(response->body, HasSubstr("\"status\":503")) << path;
    EXPECT_FALSE(response->has_header("EXCEPTION_WHAT")) << path;
  }
}

TEST(Health, AnIndexCutShortIsNotServed) {
  const TempFolder folder;
  build_small(folder / "index", "alt");
  for (const std::string file : {"docdata.glass", "postlist.glass"}) {
    const std::string copy = folder / file;
    fs::copy(folder / "index", copy, fs::copy_options::recursive);
    const std::string victim = copy + "/gen-1/" + file;
    fs::resize_file(victim, fs::file_size(victim) - 1);
    EXPECT_THROW(SearchEngine engine(copy), IndexError) << file;
  }
}

TEST(Health, AFileCutWhileItServesIsA503) {
  const TempFolder folder;
  build_small(folder / "index", "alt");
  for (const std::string file : {"docdata.glass", "postlist.glass"}) {
    const std::string copy = folder / file;
    fs::copy(folder / "index", copy, fs::copy_options::recursive);
    SearchEngine engine(copy);
    const RunningServer server(engine, 2);
    EXPECT_EQ(server.manage("/healthz")->status, 200) << file;
    const std::string victim = copy + "/gen-1/" + file;
    fs::resize_file(victim, fs::file_size(victim) - 1);
    const auto health = server.manage("/healthz");
    EXPECT_EQ(health->status, 503) << file;
    EXPECT_THAT(health->body, HasSubstr("\"status\":503")) << file;
  }
}

TEST(Health, ANewIndexThatCannotBeLoadedIsSaid) {
  const TempFolder folder;
  build_small(folder / "index", "alt");
  const Log log;
  SearchEngine engine(folder / "index");
  const RunningServer server(engine, 2);
  fs::copy(folder / "index/XAPIANDB", folder / "stub");
  folder.write("index/XAPIANDB", "glass gen-2\n");
  for (int i = 0; i < 3; ++i) engine.index().look();
  const auto health = server.manage("/healthz");
  ASSERT_TRUE(health);
  EXPECT_EQ(health->status, 200);
  EXPECT_EQ(health->body, "{\"status\":\"degraded\",\"revision\":1}");
  EXPECT_EQ(server.get("/api/v1/services/99110009104000?ars=05911")->status, 200);
  EXPECT_EQ(log.count("a newer index cannot be loaded"), 1U);
  fs::copy(folder / "stub", folder / "index/XAPIANDB", fs::copy_options::overwrite_existing);
  engine.index().look();
  EXPECT_EQ(server.manage("/healthz")->body, "{\"status\":\"ok\",\"revision\":1}");
}

TEST(Swap, OldRevisionsLeaveNothingBehind) {
  const TempFolder folder;
  build_small(folder / "index", "alt");
  SearchEngine engine(folder / "index");
  constexpr int threads = 4;
  bool done = false;
  std::barrier turn(threads + 1);
  std::vector<std::thread> askers;
  for (int i = 0; i < threads; ++i) {
    askers.emplace_back([&] {
      for (;;) {
        turn.arrive_and_wait();
        if (done) return;
        SearchRequest request;
        request.words = "hund";
        request.ars = "05911";
        const auto found = engine.search(request);
        EXPECT_EQ(std::get<SearchAnswer>(found).total, 1U);
        turn.arrive_and_wait();
      }
    });
  }
  std::vector<std::weak_ptr<const Snapshot>> old;
  for (const char* title : {"neu", "neuer", "am neuesten"}) {
    turn.arrive_and_wait();
    turn.arrive_and_wait();
    old.push_back(engine.reader().shared_snapshot());
    build_small(folder / "index", title);
    engine.index().look();
    EXPECT_EQ(title_now(engine), title);
  }
  // The threads live on and have not asked since.
  engine.index().look();
  for (const auto& snapshot : old) EXPECT_TRUE(snapshot.expired());
  done = true;
  turn.arrive_and_wait();
  for (std::thread& asker : askers) asker.join();
}

TEST(Swap, SearchesGoOnMeanwhile) {
  const TempFolder folder;
  build_small(folder / "index", "alt");
  build_small(folder / "other", "anders");
  SearchEngine engine(folder / "index");
  std::atomic<bool> done = false;
  std::vector<std::thread> askers;
  for (int i = 0; i < 3; ++i) {
    askers.emplace_back([&] {
      while (!done) {
        EXPECT_THAT(title_now(engine), ::testing::AnyOf("alt", "neu", "anders"));
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    });
  }
  build_small(folder / "index", "neu");
  engine.index().look();
  EXPECT_EQ(title_now(engine), "neu");
  fs::rename(folder / "index", folder / "away");
  fs::rename(folder / "other", folder / "index");
  engine.index().look();
  EXPECT_EQ(title_now(engine), "anders");
  done = true;
  for (std::thread& asker : askers) asker.join();
}

}  // namespace
}  // namespace vsm
