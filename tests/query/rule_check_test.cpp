// What vsm-index synonyms check tells an editor.
#include <gmock/gmock.h>

#include "indexer/build.h"
#include "query/rule_check.h"
#include "tests/fixture.h"

namespace vsm {
namespace {

TEST(RuleCheck, NamesWhatIsWrongWithFileAndLine) {
  const TempFolder folder;
  build_index(folder / "index", read_build_tables(VSM_DATA_FOLDER), {}, [](const auto&) {});
  const std::string graded = folder.write(
      "graded.tsv", "query\tcategory\tgrade3\tgrade2\tgrade1\tnote\nhund anmelden\tplain\t99110009104\t\t\t\n");
  const TableTexts lists = {
      {"synonyms/stopwords.txt", "der die das\n"},
      {"synonyms/a.txt",
       "perso => Personalausweis\n"                   // good
       "perso => Personalausweis\n"                   // again
       "hund => Hund\n"                               // to itself
       "knöllchen => Quarkstrudelverordnung\n"        // to nothing
       "ohne pfeil\n"                                 // unreadable
       "hund anmelden => Personalausweis beantragen\n"  // hurts
       "parken => Halten\nhalten => Parken\n"}};      // in a circle
  std::map<int, RuleFinding::Kind> kinds;
  for (const RuleFinding& finding : check_rules(folder / "index", lists, {graded})) {
    ASSERT_TRUE(finding.rule.starts_with("synonyms/a.txt:")) << finding.rule;
    EXPECT_FALSE(finding.message.empty());
    kinds[std::atoi(finding.rule.c_str() + 15)] = finding.kind;
  }
  using Kind = RuleFinding::Kind;
  EXPECT_FALSE(kinds.contains(1));
  EXPECT_EQ(kinds.at(2), Kind::duplicate);
  EXPECT_EQ(kinds.at(3), Kind::loop);
  EXPECT_EQ(kinds.at(4), Kind::nothing);
  EXPECT_EQ(kinds.at(5), Kind::unreadable);
  EXPECT_EQ(kinds.at(6), Kind::hurts);
  EXPECT_TRUE(kinds.contains(7) || kinds.contains(8));
}

TEST(RuleCheck, TheShippedListsAreClean) {
  const TempFolder folder;
  build_index(folder / "index", read_build_tables(VSM_DATA_FOLDER), {}, [](const auto&) {});
  for (const RuleFinding& finding : check_rules(folder / "index", read_texts(VSM_DATA_FOLDER "/../synonyms", "synonyms"), {}))
    EXPECT_TRUE(finding.kind == RuleFinding::Kind::duplicate || finding.kind == RuleFinding::Kind::nothing)
        << finding.rule << ": " << finding.message;
}

}  // namespace
}  // namespace vsm
