// vsm-index killed at any moment: an index is never half changed and needs no repair.
#include <gmock/gmock.h>

#include "tests/e2e/small_world.h"

namespace vsm {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Of each source the delivery before or the one after.
void expect_between(const View& view, const SmallWorld::Numbers& before, const SmallWorld::Numbers& after) {
  for (std::size_t source = 0; source < SmallWorld::source_count; ++source)
    EXPECT_THAT(view.numbers[source], ::testing::AnyOf(before[source], after[source]));
}

TEST(Kill, ARunThatIsKilledLeavesEachSourceBeforeOrAfter) {
  SmallWorld world;
  world.run("build");
  Watch watch(world.index());
  auto usual = Clock::duration::zero();  // of an update of all sources
  int number = 1, killed = 0;
  for (int round = rounds(25, 500); round > 0 && !HasFailure(); --round) {
    ++number;
    const int changed = 1 + random_below(7);  // bits
    for (std::size_t source = 0; source < SmallWorld::source_count; ++source)
      if ((changed >> source & 1) != 0) world.deliver(source, number);
    const View before = view_of(world.index());
    const bool whole = usual == Clock::duration::zero() || round % 8 == 0;
    const bool builds = round % 4 == 1;
    const auto start = Clock::now();
    Running program = world.start(builds ? "build" : "update");
    if (!whole) {
      const auto moment = std::chrono::duration_cast<std::chrono::microseconds>(usual).count();
      std::this_thread::sleep_for(std::chrono::microseconds(random_below(static_cast<int>(moment))));
      program.kill();
    }
    const int status = program.end();
    if (whole) usual = std::max(usual, Clock::now() - start);
    EXPECT_THAT(status, whole ? ::testing::Matcher<int>(0) : ::testing::AnyOf(0, -1)) << program.output();
    killed += status == -1;
    const View after = view_of(world.index());
    if (status == 0) {
      EXPECT_EQ(after.numbers, world.delivered) << program.output();
    } else {
      expect_between(after, before.numbers, world.delivered);
    }
  }
  world.run("update");
  EXPECT_EQ(view_of(world.index()).numbers, world.delivered);
  EXPECT_EQ(watch.stop(), "");
  EXPECT_GT(killed, 0);
  EXPECT_GT(watch.revisions(), 3U);
}

/// Kills a command at one call after another that writes; each time the same index lies before it.
void kill_at_each_call(SmallWorld& world, const std::string& command, int steps) {
  const View before = view_of(world.index());
  for (std::size_t source = 0; source < SmallWorld::source_count; ++source)
    if (source != 1) world.deliver(source, 2);
  fs::copy(world.index(), world.folder / "undisturbed", fs::copy_options::recursive);
  Running undisturbed =
      world.start(command, {}, world.faults(world.folder / "undisturbed", {}), world.folder / "undisturbed");
  ASSERT_EQ(undisturbed.end(), 0) << undisturbed.output();
  const std::string wanted = contents(world.folder / "undisturbed");
  for (int call = 1; !::testing::Test::HasFailure(); call += 1 + random_below(2 * steps - 1)) {
    SCOPED_TRACE("killed at call " + std::to_string(call));
    const std::string index = world.folder / "killed";
    fs::remove_all(index);
    fs::copy(world.index(), index, fs::copy_options::recursive);
    Running program =
        world.start(command, {}, world.faults(index, {"VSM_FAULT_KILL=" + std::to_string(call)}), index);
    const int status = program.end();
    if (status == 0) break;
    ASSERT_EQ(status, -1) << program.output();
    expect_between(view_of(index), before.numbers, world.delivered);
    Running again = world.start(command, {}, world.faults(index, {}), index);
    ASSERT_EQ(again.end(), 0) << again.output();
    ASSERT_EQ(contents(index), wanted);
  }
}

TEST(Kill, AnUpdateMayDieAtAnyCallThatWrites) {
  SmallWorld world;
  world.run("build");
  kill_at_each_call(world, "update", rounds(3, 1));
}

TEST(Kill, ABuildMayDieAtAnyCallThatWrites) {
  SmallWorld world;
  world.run("build");
  world.run("build");  // so that a generation goes
  kill_at_each_call(world, "build", rounds(4, 1));
}

TEST(Kill, TheFirstBuildMayDieAtAnyCallThatWrites) {
  SmallWorld world;
  for (int call = 1; !HasFailure(); call += 1 + random_below(rounds(8, 1))) {
    SCOPED_TRACE("killed at call " + std::to_string(call));
    fs::remove_all(world.index());
    Running program =
        world.start("build", {}, world.faults(world.index(), {"VSM_FAULT_KILL=" + std::to_string(call)}));
    if (program.end() == 0) break;
    if (fs::exists(world.index() + "/XAPIANDB")) {
      EXPECT_EQ(view_of(world.index()).numbers, world.delivered);
    }
    Running again = world.start("build", {}, world.faults(world.index(), {}));
    ASSERT_EQ(again.end(), 0) << again.output();
    EXPECT_EQ(view_of(world.index()).numbers, world.delivered);
  }
}

}  // namespace
}  // namespace vsm
