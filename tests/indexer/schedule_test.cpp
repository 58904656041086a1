#include "indexer/schedule.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace vsm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t start = 1'800'000'000;
constexpr std::int64_t minute = 60, hour = 3'600, day = 24 * hour;

/// Runs a fetch that takes no time; when the source is due then.
std::int64_t fetch(Schedule& schedule, const std::string& id, std::int64_t now, bool good,
                   std::int64_t retry_after = 0) {
  schedule.started(id, now);
  schedule.ended(id, now, good, retry_after);
  return schedule.next().value();
}

Schedule one(std::int64_t interval, double jitter = 0) {
  ScheduleOptions options;
  options.jitter = jitter;
  Schedule schedule(options);
  schedule.add("a", "host", interval);
  return schedule;
}

TEST(Schedule, ANewSourceIsDueAtOnceAndThenAtItsInterval) {
  Schedule schedule = one(hour);
  EXPECT_THAT(schedule.due(start), ElementsAre("a"));
  schedule.started("a", start);
  EXPECT_THAT(schedule.due(start + 9 * hour), IsEmpty());
  EXPECT_EQ(schedule.next(), std::nullopt);
  schedule.ended("a", start + 10 * minute, true);
  EXPECT_THAT(schedule.due(start + hour - 1), IsEmpty());
  EXPECT_THAT(schedule.due(start + hour), ElementsAre("a"));
}

TEST(Schedule, JitterSpreadsWithinItsBounds) {
  Schedule schedule = one(hour, 0.1);
  std::int64_t earliest = day;
  std::int64_t latest = 0;
  for (int i = 0; i < 200; ++i) {
    const std::int64_t wait = fetch(schedule, "a", start, true) - start;
    earliest = std::min(earliest, wait);
    latest = std::max(latest, wait);
  }
  EXPECT_GE(earliest, hour - 6 * minute);
  EXPECT_LT(earliest, hour - 4 * minute);
  EXPECT_LE(latest, hour + 6 * minute);
  EXPECT_GT(latest, hour + 4 * minute);
}

TEST(Schedule, TheSameSeedGivesTheSameTimes) {
  Schedule first = one(day, 0.1);
  Schedule second = one(day, 0.1);
  EXPECT_EQ(fetch(first, "a", start, true), fetch(second, "a", start, true));
}

TEST(Schedule, FailuresWaitLongerAndLongerAndOneSuccessForgetsThem) {
  Schedule schedule = one(hour);
  for (const std::int64_t wait : {minute, 2 * minute, 4 * minute, 8 * minute, 16 * minute, 32 * minute,
                                  64 * minute, 128 * minute, 4 * hour, 4 * hour})
    EXPECT_EQ(fetch(schedule, "a", start, false), start + wait);
  EXPECT_EQ(fetch(schedule, "a", start, true), start + hour);
  EXPECT_EQ(fetch(schedule, "a", start, false), start + minute);
}

TEST(Schedule, JitterNeverExceedsTheLongestPause) {
  Schedule schedule = one(10, 0.1);
  for (int i = 0; i < 50; ++i) EXPECT_LE(fetch(schedule, "a", start, false), start + 40);
}

TEST(Schedule, TheServersWishHoldsWithinReason) {
  Schedule schedule = one(hour, 0.1);
  EXPECT_EQ(fetch(schedule, "a", start, false, 2 * hour), start + 2 * hour);
  EXPECT_EQ(fetch(schedule, "a", start, false, 365 * day), start + day);
  EXPECT_GT(fetch(schedule, "a", start, false, 1), start + minute);
}

TEST(Schedule, KeepsTheLimits) {
  Schedule schedule;
  for (int i = 0; i < 5; ++i) schedule.add("one" + std::to_string(i), "one.example", hour);
  for (int i = 0; i < 9; ++i)
    schedule.add("x" + std::to_string(i), "x" + std::to_string(i) + ".example", hour);
  auto due = schedule.due(start);
  EXPECT_THAT(due, SizeIs(8));
  EXPECT_EQ(std::count_if(due.begin(), due.end(), [](const auto& id) { return id.starts_with("one"); }), 2);
  for (const std::string& id : due) schedule.started(id, start);
  EXPECT_THAT(schedule.due(start), IsEmpty());
  schedule.ended("one0", start, true);
  due = schedule.due(start);
  EXPECT_THAT(due, ElementsAre("one2"));
}

TEST(Schedule, TheMostOverdueComesFirst) {
  ScheduleOptions options;
  options.in_all = 1;
  Schedule schedule(options);
  schedule.add("a", "a", hour);
  schedule.add("b", "b", hour);
  fetch(schedule, "b", start, true);
  fetch(schedule, "a", start + hour, true);
  EXPECT_THAT(schedule.due(start + 9 * hour), ElementsAre("b"));
}

TEST(Schedule, ARestartFetchesOnlyWhatIsDue) {
  Schedule before = one(day);
  before.add("b", "b", hour);
  before.add("gone", "b", hour);
  fetch(before, "a", start, true);
  fetch(before, "b", start, false);
  fetch(before, "b", start, false);
  fetch(before, "gone", start, true);
  before.started("a", start + day);  // under way when the program ended

  Schedule after = one(day);
  after.add("b", "b", hour);
  after.add("new", "c", hour);
  after.read(before.text(), start + 60);
  EXPECT_THAT(after.due(start + 60), ElementsAre("new"));
  EXPECT_THAT(after.due(start + day), ElementsAre("new", "b", "a"));
  fetch(after, "new", start, true);
  EXPECT_EQ(fetch(after, "b", start, false), start + 4 * minute);
}

TEST(Schedule, AShorterIntervalHoldsAtOnce) {
  Schedule before = one(7 * day);
  fetch(before, "a", start, true);
  Schedule after = one(hour);
  after.read(before.text(), start + minute);
  EXPECT_EQ(after.next(), start + hour);
  before.add("a", "host", hour);
  EXPECT_EQ(before.next(), start + hour);
}

TEST(Schedule, AClockThatWasWrongDoesNotStopASource) {
  Schedule before = one(hour);
  fetch(before, "a", start + 3'000 * day, false);
  Schedule after = one(hour);
  after.read(before.text(), start);
  EXPECT_LE(after.next().value(), start + 2 * day);
}

TEST(Schedule, DamagedTextIsPassedOver) {
  Schedule schedule = one(hour);
  schedule.read(
      "id\tdue\tlast_start\tfailures\na\t1\na\tx\t1\t1\na\t-5\t1\t1\na\t1\t1\t1e9\n\n\t\t\t\n\xff\t1\t1\t1\n",
      start);
  EXPECT_THAT(schedule.due(1), ElementsAre("a"));
  EXPECT_EQ(schedule.text(), "id\tdue\tlast_start\tfailures\n");
}

TEST(Schedule, WhatIsRemovedEndsQuietly) {
  Schedule schedule = one(hour);
  schedule.started("a", start);
  schedule.remove("a");
  schedule.ended("a", start, true);
  schedule.ended("never", start, true);
  EXPECT_THAT(schedule.due(start + 9 * day), IsEmpty());
}

}  // namespace
}  // namespace vsm
