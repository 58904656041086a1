// Several programs at one index: updates wait for each other, a build lets them pass and takes in what they
// did, and readers never notice.
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "query/search.h"
#include "tests/e2e/small_world.h"

namespace vsm {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// A build that stops at a source of its own, which is a pipe, until it is let through.
class GatedBuild {
 public:
  GatedBuild(SmallWorld& world, bool at_the_beginning)
      : pipe_(world.folder / "gate.xml"), program_(start(world, at_the_beginning)) {
    while (fd_ < 0 && !program_.is_over()) {
      fd_ = ::open(pipe_.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
      pause();
    }
  }
  ~GatedBuild() {
    if (fd_ >= 0) ::close(fd_);
  }
  GatedBuild(const GatedBuild&) = delete;
  GatedBuild& operator=(const GatedBuild&) = delete;

  bool is_at_the_gate() { return fd_ >= 0 && !program_.is_over(); }
  void let_through() {
    const std::string feed = xzufi::file(xzufi::service("gate", "1", SmallWorld::keys[0], "Tor", ""));
    EXPECT_EQ(::write(fd_, feed.data(), feed.size()), static_cast<ssize_t>(feed.size()));
    ::close(std::exchange(fd_, -1));
  }
  /// It reads the pipe once more, to know it again.
  int end() {
    while (!program_.is_over()) {
      const int fd = ::open(pipe_.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
      if (fd >= 0) ::close(fd);
      pause();
    }
    return program_.end();
  }
  /// Lets it go on for so long and kills it.
  int kill_after(std::chrono::microseconds time) {
    const auto end_of_time = std::chrono::steady_clock::now() + time;
    while (!program_.is_over() && std::chrono::steady_clock::now() < end_of_time) {
      const int fd = ::open(pipe_.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
      if (fd >= 0) ::close(fd);
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    program_.kill();
    return program_.end();
  }
  std::string output() const { return program_.output(); }

 private:
  static Running start(SmallWorld& world, bool at_the_beginning) {
    const std::string pipe = world.folder / "gate.xml";
    fs::remove(pipe);
    ::mkfifo(pipe.c_str(), 0600);
    world.write_sources("gated", at_the_beginning,
                        "gate\txzufi\t../gate.xml\tbund:000000000000\tTor\tno\t\n");
    return world.start("build", {}, {}, {}, "gated");
  }
  static void pause() { std::this_thread::sleep_for(std::chrono::milliseconds(2)); }

  std::string pipe_;
  int fd_ = -1;
  Running program_;
};

class Concurrent : public ::testing::Test {
 protected:
  Concurrent() { world.run("build"); }

  /// New deliveries of some sources.
  void deliver_some() {
    ++number;
    const int changed = 1 + random_below(7);  // bits
    for (std::size_t source = 0; source < SmallWorld::source_count; ++source)
      if ((changed >> source & 1) != 0) world.deliver(source, number);
  }
  SmallWorld::Numbers now() const { return view_of(world.index()).numbers; }
  void expect_found() const {
    SearchEngine engine(world.index());
    for (std::size_t source = 0; source < SmallWorld::source_count; ++source) {
      const SmallWorld::Place& place = SmallWorld::places[source];
      SearchRequest request;
      request.words = "hund " + SmallWorld::mark(world.delivered[source]);
      request.ars = std::string(place.area).substr(std::string(place.area).find(':') + 1);
      request.literal = true;
      const auto answer = engine.search(request);
      ASSERT_TRUE(std::holds_alternative<SearchAnswer>(answer));
      const auto& results = std::get<SearchAnswer>(answer).results;
      ASSERT_FALSE(results.empty()) << request.words;
      EXPECT_EQ(results[0].text.source, place.id);
      EXPECT_THAT(results[0].text.title, HasSubstr(SmallWorld::mark(world.delivered[source])));
    }
  }

  SmallWorld world;
  int number = 1;
};

TEST_F(Concurrent, OfTwoUpdatesTheSecondWaitsAndBothAreIn) {
  Watch watch(world.index());
  for (int round = rounds(2, 100); round > 0 && !HasFailure(); --round) {
    ++number;
    for (std::size_t source = 0; source < SmallWorld::source_count; ++source) world.deliver(source, number);
    Running first = world.start("update", {"--only", "bochum,land"});
    Running second = world.start("update", {"--only", "muenster"});
    EXPECT_EQ(first.end(), 0) << first.output();
    EXPECT_EQ(second.end(), 0) << second.output();
    EXPECT_EQ(now(), world.delivered);
  }
  EXPECT_EQ(watch.stop(), "");
}

TEST_F(Concurrent, WhoDoesNotWaitIsToldWhy) {
  world.deliver(0, 2);
  const int lock = ::open((world.index() + "/write.lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(lock, LOCK_EX | LOCK_NB), 0);
  const auto before = now();
  Running update = world.start("update", {"--wait", "0"});
  EXPECT_EQ(update.end(), 1);
  EXPECT_THAT(update.output(), HasSubstr("another program is writing"));
  EXPECT_THAT(update.output(), HasSubstr("try again"));
  EXPECT_EQ(now(), before);
  ::close(lock);
  world.run("update", {"--wait", "0"});
  EXPECT_EQ(now(), world.delivered);
}

TEST_F(Concurrent, OfTwoBuildsTheSecondIsToldAndTheFirstGoesOn) {
  GatedBuild build(world, false);
  ASSERT_TRUE(build.is_at_the_gate()) << build.output();
  Running second = world.start("build");
  EXPECT_EQ(second.end(), 1);
  EXPECT_THAT(second.output(), HasSubstr("another program builds"));
  build.let_through();
  EXPECT_EQ(build.end(), 0) << build.output();
}

TEST_F(Concurrent, UpdatesPassABuildAndItTakesInWhatTheyDid) {
  Watch watch(world.index());
  for (int round = rounds(6, 200); round > 0 && !HasFailure(); --round) {
    SCOPED_TRACE(std::to_string(round) + " rounds left");
    const bool at_the_beginning = round % 2 == 0;
    if (random_below(2) == 0) deliver_some();  // what only the build reads, or what it has not read
    GatedBuild build(world, at_the_beginning);
    ASSERT_TRUE(build.is_at_the_gate()) << build.output();
    for (int updates = 1 + random_below(3); updates > 0; --updates) {
      deliver_some();
      world.run("update");
      EXPECT_EQ(now(), world.delivered);
    }
    EXPECT_TRUE(build.is_at_the_gate());
    const SmallWorld::Numbers updated = world.delivered;
    if (random_below(2) == 0) deliver_some();
    build.let_through();
    EXPECT_EQ(build.end(), 0) << build.output();
    EXPECT_EQ(now(), at_the_beginning ? world.delivered : updated) << build.output();
    world.run("update");
    EXPECT_EQ(now(), world.delivered);
  }
  expect_found();
  EXPECT_EQ(watch.stop(), "");
}

TEST_F(Concurrent, ABuildTakesInMoreUpdatesThanTheJournalRemembers) {
  if (rounds(0, 1) == 0) GTEST_SKIP() << "takes a minute";
  GatedBuild build(world, false);
  ASSERT_TRUE(build.is_at_the_gate()) << build.output();
  for (int commits = 0; commits < 2'100 && !HasFailure(); commits += 3) {
    ++number;
    for (std::size_t source = 0; source < SmallWorld::source_count; ++source) world.deliver(source, number);
    Running update = world.start("update", {}, SmallWorld::faults(world.index(), {}));  // does not wait
    EXPECT_EQ(update.end(), 0) << update.output();
  }
  build.let_through();
  EXPECT_EQ(build.end(), 0) << build.output();
  EXPECT_EQ(now(), world.delivered);
}

TEST_F(Concurrent, BuildsAndUpdatesAtAnyMomentLoseNothing) {
  Watch watch(world.index());
  std::atomic<bool> stopping = false;
  int builds = 0;
  std::string failed;
  std::thread builder([&] {
    while (!stopping && failed.empty()) {
      Running build = world.start("build");
      if (build.end() != 0) failed = "a build failed: " + build.output();
      ++builds;
    }
  });
  for (int round = rounds(8, 500); round > 0 && !HasFailure(); --round) {
    deliver_some();
    world.run("update");
    EXPECT_EQ(now(), world.delivered);
    std::this_thread::sleep_for(std::chrono::milliseconds(random_below(50)));
  }
  stopping = true;
  builder.join();
  EXPECT_EQ(failed, "");
  EXPECT_GT(builds, 3);
  EXPECT_EQ(now(), world.delivered);
  expect_found();
  EXPECT_EQ(watch.stop(), "");
}

TEST_F(Concurrent, ABuildThatIsKilledWhileItTakesInUpdatesLosesNothing) {
  Watch watch(world.index());
  for (int round = rounds(6, 300); round > 0 && !HasFailure(); --round) {
    GatedBuild build(world, random_below(2) == 0);
    ASSERT_TRUE(build.is_at_the_gate()) << build.output();
    deliver_some();
    world.run("update");
    build.let_through();
    build.kill_after(std::chrono::microseconds(random_below(80'000)));
    EXPECT_EQ(now(), world.delivered);
  }
  world.run("build");
  EXPECT_EQ(now(), world.delivered);
  EXPECT_EQ(watch.stop(), "");
}

}  // namespace
}  // namespace vsm
