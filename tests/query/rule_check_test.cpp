// What vsm-index synonyms check tells an editor.
#include "query/rule_check.h"

#include <gmock/gmock.h>

#include <map>

#include "indexer/build.h"
#include "tests/fixture.h"

namespace vsm {
namespace {

class RuleCheck : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    build_index(*folder_ / "index", read_build_tables(VSM_DATA_FOLDER, ""), {}, [](const auto&) {});
  }
  static void TearDownTestSuite() { delete folder_; }

  static inline TempFolder* folder_ = nullptr;
};

TEST_F(RuleCheck, NamesWhatIsWrongWithFileAndLine) {
  const std::string graded = folder_->write(
      "graded.tsv", "query\tcategory\tgrade3\tgrade2\tgrade1\tnote\nbello\tplain\t99110009104\t\t\t\n");
  const TableTexts lists = {{"synonyms/stopwords.txt", "der die das\n"},
                            {"synonyms/a.txt",
                             "perso => Personalausweis\n"
                             "perso => Personalausweis\n"
                             "hund => Hund\n"
                             "knöllchen => Quarkstrudelverordnung\n"
                             "ohne pfeil\n"
                             "bello => Hundehaltung Anzeige @0.1\n"
                             "bello => Personalausweis Ausstellung\n"
                             "parken => Halten\nhalten => Parken\n"}};
  std::map<int, RuleFinding::Kind> kinds;
  for (const RuleFinding& finding : check_rules(*folder_ / "index", lists, {graded})) {
    ASSERT_TRUE(finding.rule.starts_with("synonyms/a.txt:")) << finding.rule;
    EXPECT_FALSE(finding.message.empty());
    kinds[std::atoi(finding.rule.c_str() + 15)] = finding.kind;
  }
  using Kind = RuleFinding::Kind;
  const std::map<int, Kind> expected = {{2, Kind::duplicate},  {3, Kind::loop},  {4, Kind::nothing},
                                        {5, Kind::unreadable}, {7, Kind::hurts}, {9, Kind::loop}};
  EXPECT_EQ(kinds, expected);
}

TEST_F(RuleCheck, TheShippedListsHaveNoErrors) {
  for (const RuleFinding& finding :
       check_rules(*folder_ / "index", read_texts(VSM_DATA_FOLDER "/../synonyms", "synonyms"), {}))
    EXPECT_TRUE(finding.kind == RuleFinding::Kind::duplicate || finding.kind == RuleFinding::Kind::nothing)
        << finding.rule << ": " << finding.message;
}

}  // namespace
}  // namespace vsm
