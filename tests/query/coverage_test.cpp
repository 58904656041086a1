// Coverage counted by hand: two towns of the Land Nordrhein-Westfalen deliver, and the Land itself.
#include "query/coverage.h"

#include <gtest/gtest.h>

#include "tests/few_tables.h"

namespace vsm {
namespace {

const char* const sign_on = "99110009104000";
const char* const sign_off = "99110009070000";
const char* const tax = "99110009104001";

class CoverageTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    folder_->write("f/sources.tsv",
                   "id\tformat\tpath\tarea\tname\tsample\tside\n"
                   "bochum\txzufi\tbochum.xml\tgemeinde:059110000000\tBochum\tno\t\n"
                   "hagen\txzufi\thagen.xml\tgemeinde:059140000000\tHagen\tno\t\n"
                   "land\txzufi\tland.xml\tland:050000000000\tLand\tno\t\n");
    folder_->write("f/bochum.xml",
                   xzufi::file(xzufi::service("BO", "1", sign_on, "Hund anmelden", "059110000000") +
                               xzufi::online("BO", "O1", "An", "https://bochum.example/an") +
                               xzufi::responsible("BO", "O1", "BO", "1", "059110000000") +
                               xzufi::service("BO", "2", tax, "Gefährlichen Hund anmelden", "059110000000") +
                               xzufi::online("BO", "O2", "Steuer", "https://bochum.example/steuer",
                                             xzufi::valid("2020-01-01", "2020-12-31")) +
                               xzufi::responsible("BO", "O2", "BO", "2", "059110000000")));
    folder_->write("f/hagen.xml",
                   xzufi::file(xzufi::service("HA", "1", sign_on, "Hund anmelden", "059140000000") +
                               xzufi::online("HA", "O1", "An", "https://hagen.example/an") +
                               xzufi::responsible("HA", "O1", "HA", "1", "059140000000") +
                               xzufi::service("HA", "2", sign_off, "Hund abmelden", "059140000000") +
                               xzufi::online("HA", "O2", "Ab", "https://hagen.example/ab") +
                               xzufi::responsible("HA", "O2", "HA", "2", "059140000000")));
    folder_->write("f/land.xml",
                   xzufi::file(xzufi::service("L", "1", sign_off, "Hund abmelden", "050000000000") +
                               xzufi::online("L", "O1", "Ab", "https://land.example/ab") +
                               xzufi::responsible("L", "O1", "L", "1", "050000000000")));
    build_from_feeds(*folder_);
    engine_ = new SearchEngine(*folder_ / "index");
  }
  static void TearDownTestSuite() {
    delete engine_;
    delete folder_;
  }
  static CoverageAnswer count(CoverageRequest request) {
    auto answer = engine_->coverage(request);
    if (const auto* error = std::get_if<RequestError>(&answer)) ADD_FAILURE() << error->detail;
    return std::get<CoverageAnswer>(std::move(answer));
  }
  static CoverageAnswer of(const std::string& ars) {
    CoverageRequest request;
    request.ars = ars;
    return count(request);
  }

  static inline TempFolder* folder_ = nullptr;
  static inline SearchEngine* engine_ = nullptr;
};

void expect_count(const CoverageCount& count, std::uint32_t somewhere, std::uint32_t everywhere,
                  std::uint32_t own, std::uint64_t own_pairs, std::uint64_t inherited_pairs) {
  EXPECT_EQ(count.somewhere, somewhere);
  EXPECT_EQ(count.everywhere, everywhere);
  EXPECT_EQ(count.own, own);
  EXPECT_EQ(count.inherited, somewhere - own);
  EXPECT_EQ(count.own_pairs, own_pairs);
  EXPECT_EQ(count.inherited_pairs, inherited_pairs);
}

TEST_F(CoverageTest, OfATown) {
  const auto bochum = of("05911");
  EXPECT_EQ(bochum.municipalities, 1U);
  EXPECT_EQ(bochum.covered, 1U);
  expect_count(bochum.all, 2, 2, 1, 1, 1);  // signing on is its own, signing off the Land's
  expect_count(of("05914").all, 2, 2, 2, 2, 0);
}

TEST_F(CoverageTest, OfALand) {
  const auto land = of("05");
  EXPECT_EQ(land.municipalities, 396U);
  EXPECT_EQ(land.covered, 2U);
  // Signing on: two towns. Signing off: everywhere, in Hagen its own.
  expect_count(land.all, 2, 1, 2, 3, 1);
  ASSERT_EQ(land.trust_levels.size(), 1U);
  EXPECT_EQ(land.trust_levels[0].value, 20);
  EXPECT_EQ(land.trust_levels[0].somewhere, 2U);
  ASSERT_EQ(land.maturities.size(), 1U);
  EXPECT_EQ(land.maturities[0].value, -1);
  ASSERT_EQ(land.history.size(), 1U);
  EXPECT_EQ(land.history[0].coverage.covered, 2U);
}

TEST_F(CoverageTest, OfTheBund) {
  const auto bund = of("00");
  EXPECT_GT(bund.municipalities, 10'000U);
  expect_count(bund.all, 2, 0, 2, 3, 1);  // one Land is not everywhere
}

TEST_F(CoverageTest, WithoutASourceThereAreNoData) {
  const auto augsburg = of("09761");
  EXPECT_EQ(augsburg.municipalities, 1U);
  EXPECT_EQ(augsburg.covered, 0U);
}

TEST_F(CoverageTest, OfEachPart) {
  for (const auto& [level, count_of] : {std::pair(Level::regierungsbezirk, 5U), std::pair(Level::kreis, 53U),
                                        std::pair(Level::gemeinde, 396U)}) {
    CoverageRequest request;
    request.ars = "05";
    request.level = level;
    const auto land = count(request);
    EXPECT_EQ(land.parts.size(), count_of);
    std::uint32_t municipalities = 0, covered = 0;
    for (const AreaCoverage::Part& part : land.parts) {
      municipalities += part.municipalities;
      covered += part.covered;
      if (part.covered == 0) expect_count(part.count, 1, 1, 0, 0, 0);
      const auto alone = of(land.reader.snapshot().areas[part.area].code);
      EXPECT_EQ(alone.covered, part.covered);
      expect_count(part.count, alone.all.somewhere, alone.all.everywhere, alone.all.own, alone.all.own_pairs,
                   alone.all.inherited_pairs);
    }
    EXPECT_EQ(municipalities, land.municipalities);
    EXPECT_EQ(covered, land.covered);
  }
}

/// Parts that share municipalities, and such that are scattered.
TEST_F(CoverageTest, OfSets) {
  CoverageRequest request;
  request.ars = "05";
  request.level = Level::landschaftsverband;
  const auto land = count(request);
  ASSERT_EQ(land.parts.size(), 2U);
  expect_count(land.parts[0].count, 1, 1, 0, 0, 0);  // Rheinland, without a source
  expect_count(land.parts[1].count, 2, 1, 2, 3, 1);
}

TEST_F(CoverageTest, OnTheDayOfAValidity) {
  CoverageRequest request;
  request.ars = "05911";
  request.day = parse_day("2020-12-31");
  expect_count(count(request).all, 3, 3, 2, 2, 1);
  request.day = parse_day("2021-01-01");
  expect_count(count(request).all, 2, 2, 1, 1, 1);
}

TEST_F(CoverageTest, OfATopic) {
  const auto all = of("05");
  const Catalogue& catalogue = all.reader.snapshot().catalogue;
  for (std::size_t i = 0; i < catalogue.topics().size(); ++i) {
    CoverageRequest request;
    request.ars = "05";
    request.topic = catalogue.topics()[i].id;
    const auto one = count(request);
    EXPECT_EQ(one.all.services, all.topics[i].services);
    EXPECT_EQ(one.all.somewhere, all.topics[i].somewhere);
  }
}

}  // namespace
}  // namespace vsm
