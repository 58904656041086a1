// Texts without key take over what people call the services that they speak of.
#include <gmock/gmock.h>

#include "indexer/build.h"
#include "query/search.h"
#include "tests/fixture.h"

namespace vsm {
namespace {

class KinshipTest : public testing::Test {
 protected:
  /// A town's pages: id, title.
  std::vector<SearchResult> search(const std::vector<std::pair<std::string, std::string>>& pages,
                                   const std::string& words) {
    std::string body;
    for (const auto& [id, title] : pages) body += xzufi::service("TOWN", id, "", title, "");
    folder_.write("feed/pages.xml", xzufi::file(body));
    folder_.write("feed/sources.tsv",
                  "id\tformat\tpath\tarea\tname\tsample\tside\ntown\txzufi\tpages.xml\tgemeinde:"
                  "059110000000\tBochum\tno\t\n");
    build_index(folder_ / "index", read_build_tables(VSM_DATA_FOLDER, ""), find_sources(folder_ / "feed"),
                [](const auto&) {});
    engine_.emplace(folder_ / "index");
    SearchRequest request;
    request.words = words;
    request.ars = "059110000000";
    answer_.emplace(std::get<SearchAnswer>(engine_->search(request)));
    return answer_->results;
  }

  TempFolder folder_;
  std::optional<SearchEngine> engine_;
  std::optional<SearchAnswer> answer_;
};

TEST_F(KinshipTest, APageWithoutKeyIsFoundByEverydayWordsAndLeads) {
  const auto results =
      search({{"1", "Personalausweis beantragen"}, {"2", "Friedhofsführung am Sonntag"}}, "perso");
  ASSERT_FALSE(results.empty());
  EXPECT_EQ(results[0].text.title, "Personalausweis beantragen");
  EXPECT_TRUE(results[0].key.is_local());
  EXPECT_THAT(results[0].text.kin, testing::Contains(*ServiceKey::parse("99008001012000")));
  for (const SearchResult& result : results) EXPECT_NE(result.text.title, "Friedhofsführung am Sonntag");
}

TEST_F(KinshipTest, ANameThatNoServiceHasTakesOverNothing) {
  const auto results = search({{"1", "Xylophonverleih Quarkstrudel"}}, "Xylophonverleih");
  ASSERT_FALSE(results.empty());
  EXPECT_EQ(results[0].text.title, "Xylophonverleih Quarkstrudel");
  EXPECT_TRUE(results[0].text.kin.empty());
}

}  // namespace
}  // namespace vsm
