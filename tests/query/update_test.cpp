// What people see of an index while its sources change.
#include <gmock/gmock.h>

#include "indexer/build.h"
#include "query/search.h"
#include "store/index_writer.h"
#include "tests/few_tables.h"

namespace vsm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* dog = "99110009104000";
constexpr const char* bochum = "059110000000";

/// A town and the Land, served by one engine all the time.
class UpdateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    town(dog_service("Hund in Bochum anmelden"));
    folder_.write("f/land.xml",
                  xzufi::file(xzufi::service("L", "1", dog, "Hundehaltung anmelden", "050000000000")));
    folder_.write("f/sources.tsv",
                  "id\tformat\tpath\tarea\tname\tsample\ttrust\twrites\tagencies\n"
                  "bochum\txzufi\tbochum.xml\tgemeinde:059110000000\tBochum\tno\t5\t\t\n"
                  "land\txzufi\tland.xml\tland:050000000000\tLand\tno\t0\t\t\n");
    const auto report = build_index(folder_ / "index", few_tables(), find_sources(folder_ / "f"),
                                    [](const BuildProgress&) {});
    ASSERT_EQ(report.problem_count(), 0U) << report.all_problems().at(0)->message;
    engine_ = std::make_unique<SearchEngine>(folder_ / "index");
  }

  static std::string dog_service(const std::string& title, const std::string& more = {}) {
    return xzufi::service("B", "1", dog, title, bochum, more);
  }
  void town(const std::string& objects) { folder_.write("f/bochum.xml", xzufi::file(objects)); }

  BuildReport update(IntakeOptions options = {}) {
    options.read_again = true;  // a test writes twice within the tick of a clock
    auto report = update_index(folder_ / "index", find_sources(folder_ / "f"), options,
                               std::chrono::seconds(10), [](const BuildProgress&) {});
    engine_->index().look();
    return report;
  }

  SearchAnswer ask(const std::string& words) {
    SearchRequest request;
    request.words = words;
    request.ars = bochum;
    return std::get<SearchAnswer>(engine_->search(request));
  }
  std::vector<std::string> titles(const std::string& words) {
    std::vector<std::string> list;
    for (const SearchResult& result : ask(words).results) list.push_back(result.text.title);
    return list;
  }
  bool is_online(const std::string& words) {
    SearchRequest request;
    request.words = words;
    request.ars = bochum;
    request.online_only = true;
    return !std::get<SearchAnswer>(engine_->search(request)).results.empty();
  }

  TempFolder folder_;
  std::unique_ptr<SearchEngine> engine_;
};

TEST_F(UpdateTest, AChangedTitleIsFoundAndTheOldOneIsNot) {
  EXPECT_EQ(titles("hund anmelden").at(0), "Hund in Bochum anmelden");
  town(dog_service("Vierbeiner in Bochum anmelden"));
  update();
  EXPECT_EQ(titles("hund anmelden").at(0), "Vierbeiner in Bochum anmelden");
  EXPECT_EQ(titles("vierbeiner bochum").at(0), "Vierbeiner in Bochum anmelden")
      << "a word that no text had when the index was built";
}

TEST_F(UpdateTest, WhatTheTownTakesBackTheLandSays) {
  town(xzufi::service("B", "2", "99110013104000", "Anderes", bochum));
  const auto report = update();
  EXPECT_EQ(report.sources.at(0).changes.deleted, 1U);
  EXPECT_THAT(titles("hundehaltung anmelden"), ::testing::Contains("Hundehaltung anmelden"));
}

TEST_F(UpdateTest, NothingNewMakesNoRevision) {
  const std::uint64_t before = engine_->reader().snapshot().revision;
  const auto report = update();
  EXPECT_EQ(report.summary.revision, before);
  EXPECT_EQ(report.sources.at(0).changes.unchanged, 1U);
}

TEST_F(UpdateTest, AnEmptyDeliveryLeavesEverythingUntilItIsForced) {
  folder_.write("f/bochum.xml", xzufi::file(""));
  const auto report = update();
  EXPECT_THAT(report.sources.at(0).refusal, HasSubstr("keinen einzigen Eintrag"));
  EXPECT_EQ(titles("hund anmelden").at(0), "Hund in Bochum anmelden");
  EXPECT_THAT(engine_->reader().snapshot().sources.at(0).error, HasSubstr("keinen einzigen Eintrag"));
  IntakeOptions options;
  options.force = true;
  EXPECT_EQ(update(options).sources.at(0).changes.deleted, 1U);
  EXPECT_EQ(titles("hund anmelden").at(0), "Hundehaltung anmelden");
}

TEST_F(UpdateTest, FormsAreListedAndDoNotCountAsOnline) {
  const std::string form =
      xzufi::write("<x:formular>" + xzufi::id("B", "F1") +
                   "<x:bezeichnung languageCode=\"de\">Vordruck</x:bezeichnung><x:link languageCode=\"de\">"
                   "<x:link>https://bochum.example/vordruck.pdf</x:link></x:link></x:formular>");
  town(dog_service("Hund in Bochum anmelden") + form + xzufi::responsible("B", "F1", "B", "1", bochum));
  update();
  const auto result = ask("hund anmelden").results.at(0);
  ASSERT_EQ(result.online.size(), 1U);
  EXPECT_TRUE(result.online[0].service->form);
  EXPECT_EQ(result.availability.online, 0U);
  EXPECT_FALSE(is_online("hund anmelden"));
}

TEST_F(UpdateTest, ABrokenLinkStaysListedAndDoesNotCountAsOnline) {
  town(dog_service("Hund in Bochum anmelden") +
       xzufi::online("B", "O1", "Hund online", "https://bochum.example/hund") +
       xzufi::responsible("B", "O1", "B", "1", bochum));
  update();
  EXPECT_TRUE(is_online("hund anmelden"));
  const auto mark = [&](std::vector<std::string> urls) {
    IndexWriter writer = IndexWriter::update(folder_ / "index", std::chrono::seconds(10));
    EXPECT_THAT(writer.links(), ElementsAre("https://bochum.example/hund"));
    writer.mark_broken(std::move(urls));
    writer.commit();
    engine_->index().look();
  };
  mark({"https://bochum.example/hund"});
  EXPECT_FALSE(is_online("hund anmelden"));
  const auto result = ask("hund anmelden").results.at(0);
  ASSERT_EQ(result.online.size(), 1U);
  EXPECT_TRUE(result.online[0].service->broken);
  EXPECT_EQ(result.availability.online, 0U);
  mark({});
  EXPECT_TRUE(is_online("hund anmelden"));
}

TEST_F(UpdateTest, ALinkThatAsksForThePlaceGetsIt) {
  const auto parameter = [](const std::string& name) {
    return "<x:dynamischeParameter><x:typ><code>001</code></x:typ><x:parameterName>" + name +
           "</x:parameterName></x:dynamischeParameter>";
  };
  town(dog_service("Hund in Bochum anmelden") +
       xzufi::online("B", "O1", "Hund online", "https://bochum.example/hund#antrag",
                     parameter("ars") + parameter("leikaId") + parameter("kundennummer")) +
       xzufi::responsible("B", "O1", "B", "1", bochum));
  update();
  EXPECT_EQ(ask("hund anmelden").results.at(0).online.at(0).url,
            "https://bochum.example/hund?ars=059110000000&leikaId=99110009104000#antrag");
}

TEST_F(UpdateTest, EnglishTitlesAreFound) {
  town(dog_service("Hund in Bochum anmelden",
                   "<x:modulText><x:leikaTextmodul><code>03</code></x:leikaTextmodul>"
                   "<x:inhalt languageCode=\"en\">Register a quadruped</x:inhalt></x:modulText>"));
  update();
  EXPECT_EQ(titles("quadruped").at(0), "Hund in Bochum anmelden");
}

TEST_F(UpdateTest, TheMoreTrustedSourceIsShown) {
  folder_.write("f/land.xml",
                xzufi::file(xzufi::service("L", "1", dog, "Hundehaltung anmelden", "050000000000") +
                            xzufi::service("B", "1", dog, "Hund laut Land", bochum)));
  update();
  EXPECT_EQ(titles("hund anmelden").at(0), "Hund in Bochum anmelden");
  town(xzufi::service("B", "2", "99110013104000", "Anderes", bochum));
  update();
  EXPECT_THAT(titles("hund laut land"), ::testing::Contains("Hund laut Land")) << "what is left of it";
}

TEST_F(UpdateTest, ASourceThatChangesItsAreaWaitsForABuild) {
  folder_.write("f/sources.tsv",
                "id\tformat\tpath\tarea\tname\tsample\n"
                "bochum\txzufi\tbochum.xml\tgemeinde:059140000000\tHagen\tno\n"
                "land\txzufi\tland.xml\tland:050000000000\tLand\tno\n");
  folder_.write("f/land.xml", xzufi::file(xzufi::service("L", "1", dog, "Hund neu", "050000000000")));
  const auto report = update();
  EXPECT_THAT(report.sources.at(0).refusal, HasSubstr("vsm-index build"));
  EXPECT_EQ(report.sources.at(1).changes.changed, 1U) << "the others go on";
}

}  // namespace
}  // namespace vsm
