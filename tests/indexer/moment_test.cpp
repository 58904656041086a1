#include "indexer/moment.h"

#include <gtest/gtest.h>

namespace vsm {
namespace {

TEST(Moment, IsReadAsFeedsAndSpreadsheetsWriteIt) {
  const std::pair<const char*, std::int64_t> cases[] = {{"2025-01-20", 1'737'331'200},
                                                        {"20.01.2025", 1'737'331'200},
                                                        {"20.1.2025", 1'737'331'200},
                                                        {"20.01.2025 00:48", 1'737'334'080},
                                                        {"2025-01-20T01:26:46.650442062Z", 1'737'336'406},
                                                        {"2025-01-20T02:26:46+01:00", 1'737'336'406},
                                                        {"2025-01-19T20:26:46-0500", 1'737'336'406},
                                                        {"2025-01-20T01:26", 1'737'336'360},
                                                        {"2025-01-20T99:99", 1'737'331'200}};
  for (const auto& [text, seconds] : cases) {
    const auto moment = moment_of(text);
    ASSERT_TRUE(moment) << text;
    EXPECT_EQ(moment->seconds, seconds) << text;
  }
  EXPECT_EQ(moment_of("5.3.1969")->date(), "1969-03-05");
  EXPECT_EQ(moment_of("2025-01-20T23:59:59-05:00")->date(), "2025-01-20") << "as it is written";
}

TEST(Moment, WhatIsNoDateIsNone) {
  for (const char* text : {"", "gestern", "2025", "45000", "31.02.2025", "1.1.25", "1.1.20255", "1.13.2025",
                           "2025-02-30", "20.01.2025x", "..", "1.1."})
    EXPECT_FALSE(moment_of(text)) << text;
}

}  // namespace
}  // namespace vsm
