#include "indexer/build.h"

#include <gmock/gmock.h>

#include "tests/fixture.h"

namespace vsm {
namespace {

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
  ASSERT_EQ(without.problem_count, 1U) << "a line that is no rule is told";
  EXPECT_THAT(without.problems[0].message, ::testing::StartsWith("synonyms/pets.txt:4: "));
  EXPECT_TRUE(with(folder.write("dictionary", "Hund\nbellen\n")).has_dictionary);
  EXPECT_GT(build_index(folder / "index", read_build_tables(VSM_DATA_FOLDER, ""), {}, nothing).word_rules,
            1'000U);
  EXPECT_THROW(read_build_tables(VSM_DATA_FOLDER, "", folder / "nowhere"), TableError);
}

}  // namespace
}  // namespace vsm
