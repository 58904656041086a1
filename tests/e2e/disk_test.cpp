// vsm-index on a disk that is full, fails, or loses power: what was committed stays, and the next run
// completes the rest.
#include <gmock/gmock.h>

#include "tests/e2e/small_world.h"

namespace vsm {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Disk : public ::testing::Test {
 protected:
  /// An index with two generations, and deliveries that it does not have yet. `left` has copies of it.
  Disk() {
    world.run("build");
    world.run("build");
    before = world.delivered;
    world.deliver(0, 2);
    world.deliver(2, 2);
  }

  std::string copy(const std::string& name) {
    const std::string target = world.folder / name;
    fs::remove_all(target);
    fs::copy(world.index(), target, fs::copy_options::recursive);
    return target;
  }
  Running start(const std::string& command, const std::string& index, std::vector<std::string> faults = {}) {
    return world.start(command, {}, SmallWorld::faults(index, std::move(faults)), index);
  }
  void complete(const std::string& command, const std::string& index) {
    Running program = start(command, index);
    ASSERT_EQ(program.end(), 0) << program.output();
  }
  /// What an index holds in the end when nothing goes wrong.
  std::string wanted(const std::string& command) {
    const std::string index = copy("undisturbed");
    complete(command, index);
    return contents(index);
  }
  void expect_between(const View& view) const {
    for (std::size_t source = 0; source < SmallWorld::source_count; ++source)
      EXPECT_THAT(view.numbers[source], ::testing::AnyOf(before[source], world.delivered[source]));
  }
  static std::uintmax_t size_of(const std::string& folder) {
    std::uintmax_t size = 0;
    for (const auto& file : fs::recursive_directory_iterator(folder))
      if (file.is_regular_file()) size += file.file_size();
    return size;
  }

  /// Ever more room on the disk, until the command goes through.
  void fill_up(const std::string& command, int step) {
    const std::string wanted_in_the_end = wanted(command);
    std::size_t refused = 0;
    for (int room = 0; !HasFailure(); room += 1 + random_below(2 * step)) {
      SCOPED_TRACE(std::to_string(room) + " bytes left");
      const std::string index = copy("full");
      const auto size = size_of(index);
      Running program = start(command, index, {"VSM_FAULT_SPACE=" + std::to_string(room)});
      const int status = program.end();
      if (status == 0) break;
      ++refused;
      EXPECT_EQ(status, 1);
      EXPECT_THAT(program.output(), HasSubstr("cannot write"));
      EXPECT_THAT(program.output(), HasSubstr("No space left on device"));
      expect_between(view_of(index));
      // What it could not finish must not stay on the full disk.
      if (command == "build") {
        EXPECT_EQ(size_of(index), size);
      }
      complete(command, index);
      EXPECT_EQ(contents(index), wanted_in_the_end);
    }
    EXPECT_GT(refused, 2U);
  }

  /// Each sync fails once.
  void fail_each_sync(const std::string& command) {
    const std::string wanted_in_the_end = wanted(command);
    for (int sync = 1; !HasFailure(); ++sync) {
      SCOPED_TRACE("sync " + std::to_string(sync));
      const std::string index = copy("failing");
      Running program = start(command, index, {"VSM_FAULT_SYNC=" + std::to_string(sync)});
      const int status = program.end();
      if (status == 0) {
        EXPECT_GT(sync, 4);
        break;
      }
      EXPECT_EQ(status, 1);
      EXPECT_THAT(program.output(), HasSubstr("cannot write"));
      expect_between(view_of(index));
      complete(command, index);
      EXPECT_EQ(contents(index), wanted_in_the_end);
    }
  }

  /// Power goes at each sync, and the disk then holds all or only what was synced.
  void cut_power(const std::string& command, const std::string& index, bool is_first) {
    const std::string copies = world.folder / "copies";
    fs::create_directory(copies);
    Running program = start(command, index, {"VSM_FAULT_COPIES=" + copies});
    ASSERT_EQ(program.end(), 0) << program.output();
    const std::string wanted_in_the_end = contents(index);
    std::set<std::string> left;
    for (const auto& entry : fs::directory_iterator(copies)) left.insert(entry.path().string());
    EXPECT_GT(left.size(), 8U);
    // What it reports is on the disk.
    EXPECT_EQ(view_of(*left.rbegin()).numbers, world.delivered);
    for (const std::string& name : left) {
      SCOPED_TRACE(fs::path(name).filename().string());
      if (!is_first || fs::exists(name + "/XAPIANDB")) expect_between(view_of(name));
      complete(command, name);
      ASSERT_EQ(contents(name), wanted_in_the_end);
    }
  }

  SmallWorld world;
  SmallWorld::Numbers before = {};
};

TEST_F(Disk, AFullDiskIsSaidAndAnUpdateThenIsCompleted) { fill_up("update", rounds(12'000, 500)); }
TEST_F(Disk, AFullDiskIsSaidAndABuildThenIsCompleted) { fill_up("build", rounds(12'000, 500)); }
TEST_F(Disk, AFailingSyncIsSaidAndAnUpdateThenIsCompleted) { fail_each_sync("update"); }
TEST_F(Disk, AFailingSyncIsSaidAndABuildThenIsCompleted) { fail_each_sync("build"); }
TEST_F(Disk, APowerCutLeavesEachSourceBeforeOrAfterAnUpdate) { cut_power("update", copy("cut"), false); }
TEST_F(Disk, APowerCutLeavesTheIndexBeforeOrAfterABuild) { cut_power("build", copy("cut"), false); }
TEST_F(Disk, APowerCutDuringTheFirstBuildNeedsNoRepair) { cut_power("build", world.folder / "first", true); }

}  // namespace
}  // namespace vsm
