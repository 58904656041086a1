#include "indexer/diff_report.h"

#include <gmock/gmock.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <sstream>
#include <vector>

namespace vsm {
namespace {

using What = ObjectChange::What;
constexpr std::int64_t late_evening = 1'795'476'600;  // 2026-11-23T23:30:00Z: in Germany it is the 24th

std::vector<ObjectChange> three() {
  return {{ObjectKind::text, "L2.LB.1", "stadt-y", "Hund anmelden", What::changed, 7, late_evening},
          {ObjectKind::office, "L1.OE.1", "stadt-x", "", What::deleted, 8, 0},
          {ObjectKind::online_service, "L2.OD.1", "stadt-y", "Antrag\x1b[2J", What::added, 8, 0}};
}

TEST(DiffReport, TextCountsFirstAndGroupsBySource) {
  std::ostringstream out;
  write_diff_text(out, three());
  EXPECT_EQ(out.str(),
            "3 Änderungen: 1 neu, 1 geändert, 1 gelöscht\n"
            "\n"
            "stadt-x: 1 Änderung: 1 gelöscht\n"
            "  gelöscht: Stelle L1.OE.1 (Revision 8)\n"
            "\n"
            "stadt-y: 2 Änderungen: 1 neu, 1 geändert\n"
            "  geändert: Leistungstext L2.LB.1 „Hund anmelden“ (Revision 7, 24.11.2026)\n"
            "  neu: Onlinedienst L2.OD.1 „Antrag�[2J“ (Revision 8)\n");
}

TEST(DiffReport, TextCutsLongListsUnlessAllIsAskedFor) {
  const std::vector<ObjectChange> many(1'200, {ObjectKind::responsibility, "Z", "s", "", What::added, 1, 0});
  const auto lines_of = [&](std::size_t lines) {
    std::ostringstream out;
    write_diff_text(out, many, lines);
    const std::string text = out.str();
    return std::pair(std::count(text.begin(), text.end(), '\n'), text);
  };
  const auto [cut, text] = lines_of(2);
  EXPECT_EQ(cut, 6);
  EXPECT_THAT(text, ::testing::EndsWith("  … und 1.198 weitere\n"));
  EXPECT_THAT(lines_of(1'200).second, ::testing::Not(::testing::HasSubstr("weitere")));
  EXPECT_EQ(lines_of(0).first, 1'203);
}

TEST(DiffReport, NothingIsSaidToo) {
  std::ostringstream out;
  write_diff_text(out, {});
  EXPECT_EQ(out.str(), "Es hat sich nichts geändert.\n");
}

TEST(DiffReport, JsonHasTheFieldsThatItsHeaderPromises) {
  std::ostringstream out;
  write_diff_json(out, three());
  rapidjson::Document json;
  json.Parse(out.str().c_str());
  ASSERT_FALSE(json.HasParseError()) << out.str();
  EXPECT_EQ(json["counts"]["added"].GetInt(), 1);
  EXPECT_EQ(json["counts"]["changed"].GetInt(), 1);
  EXPECT_EQ(json["counts"]["deleted"].GetInt(), 1);
  ASSERT_EQ(json["changes"].Size(), 3U);
  const auto& first = json["changes"][0];
  EXPECT_STREQ(first["what"].GetString(), "changed");
  EXPECT_STREQ(first["kind"].GetString(), "text");
  EXPECT_STREQ(first["id"].GetString(), "L2.LB.1");
  EXPECT_STREQ(first["source"].GetString(), "stadt-y");
  EXPECT_STREQ(first["title"].GetString(), "Hund anmelden");
  EXPECT_EQ(first["revision"].GetInt(), 7);
  EXPECT_STREQ(first["time"].GetString(), "2026-11-23T23:30:00Z");
  EXPECT_TRUE(json["changes"][1]["title"].IsNull());
  EXPECT_TRUE(json["changes"][1]["time"].IsNull());
  EXPECT_STREQ(json["changes"][2]["kind"].GetString(), "onlineService");
}

}  // namespace
}  // namespace vsm
