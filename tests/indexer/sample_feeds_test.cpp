#include "indexer/sample_feeds.h"

#include <gtest/gtest.h>

#include "indexer/build.h"
#include "indexer/xzufi_reader.h"
#include "tests/fixture.h"

namespace vsm {
namespace {

SampleSummary sample(const std::string& folder, std::uint64_t seed, std::vector<std::string> areas) {
  return write_sample_feeds({VSM_DATA_FOLDER, folder, seed, std::move(areas)});
}

std::string feed(const std::string& folder, const std::string& source) {
  return read_file(folder + "/" + source + "/feed.xml") + read_file(folder + "/" + source + "/side.tsv");
}

TEST(SampleFeeds, TheSameSeedGivesTheSameBytesWhateverElseIsMade) {
  const TempFolder one, two, other;
  sample(one / "f", 7, {"05911", "05913"});
  sample(two / "f", 7, {"05911"});
  sample(other / "f", 8, {"05911"});
  const std::string source = "beispiel-gemeinde-059110000000";
  EXPECT_EQ(feed(one / "f", source), feed(two / "f", source));
  EXPECT_NE(feed(one / "f", source), feed(other / "f", source));
}

TEST(SampleFeeds, AKreisStandsForItsTowns) {
  const TempFolder folder;
  const auto summary = sample(folder / "f", 1, {"05966"});
  EXPECT_EQ(summary.municipalities, 7U);
  EXPECT_EQ(summary.sources, 8U);
  EXPECT_THROW(sample(folder / "f", 1, {"99"}), TableError);
}

TEST(SampleFeeds, EverythingIsASampleAndNothingIsInvented) {
  const TempFolder folder;
  sample(folder / "f", 1, {"05966"});
  const auto sources = find_sources(folder / "f");
  ASSERT_EQ(sources.size(), 8U);
  const AreaTable areas(project_tables());
  const std::string websites = read_file(VSM_DATA_FOLDER "/areas/websites.tsv");
  for (const Source& source : sources) {
    EXPECT_TRUE(source.sample) << source.id;
    std::size_t problems = 0;
    const ChangeSink sink{
        {},
        [&](Change object, const Problem&) {
          if (const auto* office = std::get_if<Office>(&object)) {
            EXPECT_EQ(office->street, "Musterstraße 1");
            EXPECT_EQ(office->postcode.size(), 5U);
            EXPECT_TRUE(office->phone.empty());
          }
          if (const auto* online = std::get_if<OnlineService>(&object)) {
            EXPECT_TRUE(online->url.empty() || websites.find(online->url) != std::string::npos);
          }
        },
        [&](const Problem&) { ++problems; }};
    EXPECT_TRUE(read_xzufi(source.path, areas, sink));
    EXPECT_EQ(problems, 0U);
  }
}

TEST(Sources, AFileAFolderOrAList) {
  const TempFolder folder;
  folder.write("feeds/b.xml", xzufi::file(""));
  folder.write("feeds/a.xml", xzufi::file(""));
  EXPECT_EQ(find_sources(folder / "feeds").size(), 2U);
  EXPECT_EQ(find_sources(folder / "feeds")[0].id, "a");
  EXPECT_EQ(find_sources(folder / "feeds/a.xml").size(), 1U);
  EXPECT_THROW(find_sources(folder / "nothing"), TableError);
  folder.write("odd/sources.tsv", "id\tformat\tpath\tarea\tname\tsample\tside\nx\tpdf\tx\tbund:0\tX\tno\t\n");
  EXPECT_THROW(find_sources(folder / "odd"), TableError);
}

TEST(Build, ABrokenSourceDoesNotTouchTheOthers) {
  const TempFolder folder;
  folder.write("feeds/a.xml", "<a><schreibe>");
  folder.write("feeds/b.xml", xzufi::file(xzufi::service("B", "1", "99110009104000", "Hund", "") +
                                          xzufi::service("B", "1", "99110009104000", "Hund", "") +
                                          xzufi::service("B", "2", "99110009104000", "", "") +
                                          xzufi::online("B", "3", "Böse", "javascript:alert(1)")));
  const auto report = build_index(folder / "index", project_tables(), find_sources(folder / "feeds"),
                                  [](const BuildProgress&) {});
  EXPECT_EQ(report.broken_sources, 1U);
  EXPECT_EQ(report.problem_count(), 4U);
  EXPECT_EQ(report.summary.online_services, 0U);
  Index index(folder / "index");
  EXPECT_TRUE(index.reader().find_text("B.1"));
}

}  // namespace
}  // namespace vsm
