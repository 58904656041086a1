#include "catalog/objects.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace vsm {
namespace {

Day german_day(std::chrono::sys_days day, int hour, int minute) {
  return day_in_germany(day + std::chrono::hours(hour) + std::chrono::minutes(minute));
}

TEST(DayInGermany, BeginsAtMidnightThere) {
  using namespace std::chrono_literals;
  const std::chrono::sys_days winter = 2026y / 1 / 15, summer = 2026y / 7 / 15;
  EXPECT_EQ(german_day(winter, 22, 59), parse_day("2026-01-15"));
  EXPECT_EQ(german_day(winter, 23, 0), parse_day("2026-01-16"));
  EXPECT_EQ(german_day(summer, 21, 59), parse_day("2026-07-15"));
  EXPECT_EQ(german_day(summer, 22, 0), parse_day("2026-07-16"));
}

TEST(DayInGermany, KnowsWhenSummerTimeChanges) {
  using namespace std::chrono_literals;
  EXPECT_EQ(german_day(2026y / 3 / 28, 22, 30), parse_day("2026-03-28"));
  EXPECT_EQ(german_day(2026y / 3 / 29, 22, 30), parse_day("2026-03-30"));
  EXPECT_EQ(german_day(2026y / 10 / 24, 22, 30), parse_day("2026-10-25"));
  EXPECT_EQ(german_day(2026y / 10 / 25, 22, 30), parse_day("2026-10-25"));
}

TEST(DayInGermany, HoldsBefore1970) { EXPECT_EQ(german_day(std::chrono::sys_days(), -1, 0), 0); }

TEST(DayInGermany, IsThatOfGermanyInEveryTimeZone) {
  const char* before = std::getenv("TZ");
  const std::string old = before ? before : "";
  const auto moment = std::chrono::sys_days(std::chrono::days(20'000)) + std::chrono::hours(23);
  for (const char* zone : {"UTC", "America/Los_Angeles", "Pacific/Auckland"}) {
    ::setenv("TZ", zone, 1);
    EXPECT_EQ(day_in_germany(moment), 20'001) << zone;
  }
  before ? ::setenv("TZ", old.c_str(), 1) : ::unsetenv("TZ");
}

}  // namespace
}  // namespace vsm
