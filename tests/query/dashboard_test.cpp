// What the dashboard has beside the counts, by hand, and over an update.
#include "query/dashboard.h"

#include <gmock/gmock.h>

#include "indexer/intake.h"
#include "tests/few_tables.h"

namespace vsm {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const char* const sign_on = "99110009104000";

/// Bochum runs a service for itself, Hagen and Unna, of which Unna has no source.
class DashboardTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("f/sources.tsv",
                  "id\tformat\tpath\tarea\tname\tsample\tside\twrites\n"
                  "bochum\txzufi\tbochum.xml\tgemeinde:059110000000\tBochum\tyes\tside.tsv\t"
                  "gemeinde:059110000000 land:050000000000\n"
                  "hagen\txzufi\thagen.xml\tgemeinde:059140000000\tHagen\tno\t\t\n");
    folder_.write("f/side.tsv", "id\tmaturity\tscale\tefa\tprovider\nBO.O1\t3\t0-4\tyes\tBochum\n");
    run_for("059110000000 059140000000 059780036036");
    folder_.write("f/hagen.xml",
                  xzufi::file(xzufi::service("HA", "1", sign_on, "Hund anmelden", "059140000000")));
    build_from_feeds(folder_);
    engine_ = std::make_unique<SearchEngine>(folder_ / "index");
  }
  void run_for(const std::string& towns) {
    folder_.write("f/bochum.xml",
                  xzufi::file(xzufi::service("BO", "1", sign_on, "Hund anmelden", "059110000000") +
                              xzufi::online("BO", "O1", "Hund", "https://bochum.example/hund") +
                              xzufi::responsible("BO", "O1", "BO", "1", towns)));
  }
  void update() {
    IntakeOptions options;
    options.read_again = true;
    update_index(folder_ / "index", find_sources(folder_ / "f"), options, std::chrono::seconds(10),
                 [](const BuildProgress&) {});
    engine_->index().look();
  }
  DashboardAnswer of(const std::string& ars, std::optional<Level> level = {}) {
    CoverageRequest request;
    request.ars = ars;
    request.level = level;
    return std::get<DashboardAnswer>(engine_->dashboard(request));
  }

  TempFolder folder_;
  std::unique_ptr<SearchEngine> engine_;
};

TEST_F(DashboardTest, OwnAndInheritedAreToldApart) {
  const auto bochum = of("05911"), hagen = of("05914");
  ASSERT_THAT(bochum.services, SizeIs(1));
  EXPECT_TRUE(bochum.services[0].by_itself);
  ASSERT_THAT(bochum.services[0].starts, SizeIs(1));
  EXPECT_TRUE(bochum.services[0].starts[0].own);
  EXPECT_EQ(bochum.services[0].starts[0].offer.url, "https://bochum.example/hund");
  ASSERT_THAT(hagen.services, SizeIs(1));
  EXPECT_FALSE(hagen.services[0].by_itself);
  ASSERT_THAT(hagen.services[0].starts, SizeIs(1));
  EXPECT_FALSE(hagen.services[0].starts[0].own);
  EXPECT_EQ(hagen.rank->place, 2U);
  EXPECT_EQ(bochum.rank->place, 1U);
  EXPECT_EQ(bochum.rank->of, 2U);
}

TEST_F(DashboardTest, ARollOutIsCountedAmongThoseWithData) {
  const auto land = of("05");
  ASSERT_THAT(land.reuse, SizeIs(1));
  EXPECT_EQ(land.reuse[0].online, 2U);
  EXPECT_EQ(land.reuse[0].service->municipalities.cardinality(), 3U);
  EXPECT_EQ(land.services[0].online, 2U);
  EXPECT_THAT(of("059780036036").reuse, IsEmpty());  // Unna delivers nothing, so there are no data of it
}

TEST_F(DashboardTest, AnUpdateChangesTheRollOut) {
  ASSERT_EQ(of("05").reuse.at(0).online, 2U);
  run_for("059110000000");
  update();
  EXPECT_EQ(of("05").reuse.at(0).online, 1U);
  EXPECT_THAT(of("05914").services, IsEmpty());
  run_for("059110000000 059140000000");
  update();
  EXPECT_EQ(of("05").reuse.at(0).online, 2U);
}

TEST_F(DashboardTest, WhereSamplesCountItSaysSo) {
  EXPECT_TRUE(of("05").sample);
  EXPECT_TRUE(of("05911").sample);
  EXPECT_TRUE(of("05914").sample);  // by what Bochum runs for it
  EXPECT_FALSE(of("09").sample);
  run_for("059110000000");
  update();
  EXPECT_FALSE(of("05914").sample);
}

TEST_F(DashboardTest, PartsAreOfTheLevelAskedForOrOfOneThatFits) {
  EXPECT_EQ(of("05").level, Level::gemeinde);
  EXPECT_EQ(of("05").coverage.parts.size(), 396U);
  EXPECT_EQ(of("05", Level::kreis).coverage.parts.size(), 53U);
  EXPECT_EQ(of("05", Level::land).level, Level::gemeinde);  // a Land is not divided into Länder
  EXPECT_EQ(of("00").level, Level::land);
  EXPECT_EQ(of("00").coverage.parts.size(), 16U);
  EXPECT_EQ(of("09").level, Level::kreis);  // 2,000 towns are too many for a page
  EXPECT_THAT(of("05911").coverage.parts, IsEmpty());
}

}  // namespace
}  // namespace vsm
