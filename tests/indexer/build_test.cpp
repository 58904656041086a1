#include "indexer/build.h"

#include <gmock/gmock.h>

#include "indexer/side_table.h"
#include "tests/fixture.h"

namespace vsm {
namespace {

TEST(Build, ALineOfAListThatIsNoUtf8IsRefusedWithItsReason) {
  const TempFolder folder;
  folder.write("list/services.tsv",
               "id\tkeys\tname\tname2\tchanged\n"
               "L.1\t99110009104000\tHundehaltung Anmeldung\t\t2025-01-20\n"
               "L.2\t99110009070000\tGeb\xFChr f\xFCr Hunde\t\t\n"
               "L.3\t99110009070000\tHund abmelden\t\tim M\xC3\xA4rz 2025\n");
  folder.write("list/online_services.tsv",
               "id\tname\turl\tservices\n"
               "L.9\tHund online\thttps://example.org/\tL.1\n"
               "L.\xFC\tHund online\thttps://example.org/\tL.1\n");
  folder.write("sources.tsv",
               "id\tformat\tpath\tarea\tname\tsample\tside\n"
               "l\tlist\tlist\tland:050000000000\tLand\tno\t\n");
  const auto report = build_index(folder / "index", project_tables(), find_sources(folder / "sources.tsv"),
                                  [](const BuildProgress&) {});
  EXPECT_EQ(report.broken_sources, 0U);
  ASSERT_EQ(report.problem_count(), 3U);
  EXPECT_TRUE(report.all_problems()[0]->file.ends_with("services.tsv"));
  EXPECT_EQ(report.all_problems()[0]->line, 3U);
  EXPECT_EQ(report.all_problems()[0]->object, "L.2");
  EXPECT_THAT(report.all_problems()[0]->message, ::testing::HasSubstr("UTF-8"));
  EXPECT_THAT(report.all_problems()[1]->message, ::testing::HasSubstr("im März 2025"));
  EXPECT_EQ(report.all_problems()[2]->line, 3U);
  Index index(folder / "index");
  const IndexReader reader = index.reader();
  EXPECT_TRUE(reader.find_text("L.1"));
  EXPECT_FALSE(reader.find_text("L.2"));
  EXPECT_EQ(reader.text(*reader.find_text("L.1")).changed, "2025-01-20");
  EXPECT_EQ(reader.text(*reader.find_text("L.3")).changed, "");
  EXPECT_EQ(reader.snapshot().sources.back().rejected, 2U);
  EXPECT_EQ(reader.snapshot().sources.back().online_services, 1U);
}

TEST(Sources, TablesThatAreNoUtf8AreRefused) {
  const TempFolder folder;
  const std::string head = "id\tformat\tpath\tarea\tname\tsample\tside\n";
  folder.write("odd/sources.tsv", head + "x\txzufi\tx\tbund:000000000000\tM\xFCnster\tno\t\n");
  EXPECT_THROW(find_sources(folder / "odd"), TableError);
  EXPECT_THROW(
      SideTable(folder.write("side.tsv", "id\tmaturity\tscale\tefa\tprovider\nA.1\t\t\tno\tM\xFCnster\n")),
      TableError);
}

TEST(Build, SaysHowManyWordRulesItHasAndWhetherThereIsADictionary) {
  const TempFolder folder;
  folder.write("words/pets.txt", "# Haustiere\nwauwau => hund\nmiez => katze\nkein pfeil\n");
  const auto nothing = [](const BuildProgress&) {};
  const auto with = [&](const std::string& dictionary) {
    return build_index(folder / "index", read_build_tables(VSM_DATA_FOLDER, dictionary, folder / "words"), {},
                       nothing);
  };
  const BuildReport without = with("");
  EXPECT_EQ(without.word_rules, 2U);
  EXPECT_FALSE(without.has_dictionary);
  ASSERT_EQ(without.problem_count(), 1U) << "a line that is no rule is told";
  EXPECT_THAT(without.problems[0].message, ::testing::StartsWith("synonyms/pets.txt:4: "));
  EXPECT_TRUE(with(folder.write("dictionary", "Hund\nbellen\n")).has_dictionary);
  EXPECT_GT(build_index(folder / "index", read_build_tables(VSM_DATA_FOLDER, ""), {}, nothing).word_rules,
            1'000U);
  EXPECT_THROW(read_build_tables(VSM_DATA_FOLDER, "", folder / "nowhere"), TableError);
}

}  // namespace
}  // namespace vsm
