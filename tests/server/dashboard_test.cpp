// The dashboard's pages and its tables to take away. Its figures are checked in tests/e2e.
#include <gmock/gmock.h>

#include "server/area_map.h"
#include "server/export_table.h"
#include "tests/server/running.h"

namespace vsm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ExportTable, IsWhatSpreadsheetsOpenByAClick) {
  const ExportTable table{
      "t", {"name", "n"}, {{"Köln; am \"Rhein\"", std::uint64_t{12'345}}, {"", ExportCell()}}};
  EXPECT_EQ(to_csv(table), "\xEF\xBB\xBFname;n\r\n\"Köln; am \"\"Rhein\"\"\";12345\r\n;\r\n");
}

TEST(ExportTable, NoTextIsAFormula) {
  for (const std::string formula : {"=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"}) {
    const std::string csv = to_csv({"t", {"c"}, {{formula}}});
    const std::string cell = csv.substr(csv.find("\r\n") + 2);
    EXPECT_TRUE(cell.starts_with("'") || cell.starts_with("\"'")) << formula;
  }
  EXPECT_EQ(to_csv({"t", {"c"}, {{"a=1"}}}),
            "\xEF\xBB\xBF"
            "c\r\na=1\r\n");
}

TEST(ExportTable, AsJsonNothingIsNull) {
  EXPECT_EQ(
      to_json({"t", {"a", "b", "c"}, {{"x\"", std::uint64_t{1}, ExportCell()}}}, {{"day", "2026-11-26"}}),
      R"({"table":"t","day":"2026-11-26","rows":[{"a":"x\"","b":1,"c":null}]})");
}

TEST(AreaMap, DotsLieWherePeopleLiveAndAreAsLargeAsTheyAreMany) {
  const AreaTable areas(project_tables());
  const auto at = [&](const char* ars) { return *areas.find(ars); };
  // Köln, Aachen, Münster, Bonn
  const AreaMap map = draw_map(areas, {{at("053150000000"), 500},
                                       {at("053340002002"), 400},
                                       {at("055150000000"), std::nullopt},
                                       {at("053140000000"), 404}});
  ASSERT_EQ(map.dots.size(), 4U);
  const auto dot = [&](std::size_t value) {
    return *std::find_if(map.dots.begin(), map.dots.end(), [&](const MapDot& d) { return d.value == value; });
  };
  EXPECT_EQ(map.dots[0].value, 0U);  // the largest lies lowest
  EXPECT_LT(dot(1).x, dot(0).x);     // Aachen is west of Köln
  EXPECT_LT(dot(2).y, dot(0).y);     // Münster is north
  EXPECT_GT(dot(3).y, dot(0).y);     // Bonn is south
  const double people = double(areas[at("053150000000")].population) / areas[at("053340002002")].population;
  EXPECT_NEAR(dot(0).radius * dot(0).radius / (dot(1).radius * dot(1).radius), people, 0.01);
  EXPECT_EQ(dot(0).in_class, std::optional<std::size_t>(4));
  EXPECT_EQ(dot(1).in_class, std::optional<std::size_t>(0));
  EXPECT_EQ(dot(3).in_class, std::optional<std::size_t>(0));
  EXPECT_FALSE(dot(2).in_class);
  ASSERT_EQ(map.classes.size(), 5U);
  EXPECT_EQ(map.classes[0].from, 400U);
  EXPECT_EQ(map.classes[0].areas, 2U);
  EXPECT_GE(map.classes[4].to, 500U);
}

TEST(AreaMap, OfOneAreaAndOfNone) {
  const AreaTable areas(project_tables());
  EXPECT_TRUE(draw_map(areas, {}).dots.empty());
  const AreaMap one = draw_map(areas, {{*areas.find("053150000000"), 7}});
  ASSERT_EQ(one.dots.size(), 1U);
  EXPECT_EQ(one.dots[0].in_class, std::optional<std::size_t>(0));
  EXPECT_GT(one.height, 0);
}

/// Bochum delivers, and the Land of which it is; whatever is online is one service of Bochum.
class DashboardTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    folder_->write("f/sources.tsv",
                   "id\tformat\tpath\tarea\tname\tsample\tside\n"
                   "bochum\txzufi\tbochum.xml\tgemeinde:059110000000\tBochum\tno\tside.tsv\n");
    folder_->write("f/side.tsv", "id\tmaturity\tscale\tefa\tprovider\nBO.O1\t3\t0-4\tyes\t=Bochum()\n");
    folder_->write("f/bochum.xml",
                   xzufi::file(xzufi::service("BO", "1", "99110009104000", "Hund", "059110000000") +
                               xzufi::online("BO", "O1", "Hund &amp;lt;online&amp;gt;",
                                             "https://bochum.example/?a=1&amp;b='2'") +
                               xzufi::responsible("BO", "O1", "BO", "1", "059110000000")));
    build_from_feeds(*folder_);
    engine_ = new SearchEngine(*folder_ / "index");
    running_ = new RunningServer(*engine_, 2);
  }
  static void TearDownTestSuite() {
    delete running_;
    delete engine_;
    delete folder_;
  }
  static httplib::Result get(const std::string& path) { return running_->get(path); }

  static inline TempFolder* folder_ = nullptr;
  static inline SearchEngine* engine_ = nullptr;
  static inline RunningServer* running_ = nullptr;
};

TEST_F(DashboardTest, ATownShowsItsServicesAndNothingOfThemIsMarkup) {
  const auto page = get("/dashboard?place=Bochum");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_THAT(page->body, HasSubstr("Was ist online? Bochum"));
  EXPECT_THAT(page->body, HasSubstr("href=\"https://bochum.example/?a=1&amp;b="));
  EXPECT_THAT(page->body, Not(HasSubstr("<online>")));
  EXPECT_THAT(page->body, Not(HasSubstr("style=\"")));
  EXPECT_THAT(page->body, Not(HasSubstr("sample-note\"")));
  EXPECT_THAT(page->body, HasSubstr("ars=059110000000"));  // links name the area by its key
  EXPECT_THAT(get("/dashboard?place=Bochum&lang=en")->body, HasSubstr("What is online? Bochum"));
}

TEST_F(DashboardTest, AnAreaWithoutASourceHasNoFigures) {
  const std::string page = get("/dashboard?ars=09")->body;
  EXPECT_THAT(page, HasSubstr("keine Daten"));
  EXPECT_THAT(page, Not(HasSubstr("db-figures")));
  EXPECT_THAT(get("/dashboard/export.csv?table=figures&ars=09")->body, HasSubstr(";0;;;;;;;;;\r\n"));
  EXPECT_THAT(get("/dashboard/export.json?table=figures&ars=09")->body, HasSubstr("\"somewhere\":null"));
}

TEST_F(DashboardTest, TheFormKeepsTheAreaUntilAnotherIsTyped) {
  const auto title = [](const std::string& query) {
    const std::string page = get("/dashboard?" + query)->body;
    const std::size_t from = page.find("<h1"), start = page.find('>', from) + 1;
    return page.substr(start, page.find('<', start) - start);
  };
  EXPECT_EQ(title("ars=059110000000&was=Bochum&place=Bochum"), "Was ist online? Bochum");
  EXPECT_EQ(title("ars=059110000000&was=Bochum&place=Hagen"), "Was ist online? Hagen");
  EXPECT_EQ(title("ars=000000000000&was=&place="), "Was ist online? Deutschland");
  EXPECT_EQ(title("ars=059110000000&was=Bochum&place="), "Was ist online? Bochum");  // all feeds are of it
}

TEST_F(DashboardTest, WrongRequestsAreTold) {
  const auto unknown = get("/dashboard?place=Xyzdorf");
  EXPECT_EQ(unknown->status, 404);
  EXPECT_THAT(unknown->body, HasSubstr("Unbekannter Ort"));
  EXPECT_THAT(unknown->body, HasSubstr("value=\"Xyzdorf\""));
  EXPECT_EQ(get("/dashboard?ars=1")->status, 400);
  EXPECT_EQ(get("/dashboard?topic=nichts")->status, 400);
  EXPECT_EQ(get("/dashboard?ars=05&with=Xyzdorf")->status, 404);
  EXPECT_EQ(get("/dashboard?ars=05&with=59581")->status, 200);
  EXPECT_EQ(get("/dashboard/export.csv?table=nichts")->status, 404);
  EXPECT_EQ(get("/dashboard/export.csv")->status, 404);
  EXPECT_EQ(get("/dashboard/export.csv?table=compare")->status, 404);
  for (const char* query : {"level=dorf", "level=katalog", "page=99999999999999999999", "page=-1", "page=x",
                            "areas=%22%3E%3Cscript%3E", "show=%22", "offer=%3Cb%3E", "services=x"}) {
    const auto page = get(std::string("/dashboard?ars=05911&") + query);
    EXPECT_EQ(page->status, 200) << query;
    EXPECT_THAT(page->body, Not(HasSubstr("\"><script>"))) << query;
    EXPECT_THAT(page->body, Not(HasSubstr("<b>"))) << query;
  }
}

TEST_F(DashboardTest, EveryTableIsThereInBothFormats) {
  for (const char* table :
       {"figures", "areas", "topics", "maturity", "trust", "reuse", "services", "history", "compare"}) {
    const std::string query = std::string("?table=") + table + "&ars=05&with=Bochum";
    const auto csv = get("/dashboard/export.csv" + query);
    EXPECT_EQ(csv->status, 200) << table;
    EXPECT_THAT(csv->body, StartsWith("\xEF\xBB\xBF")) << table;
    EXPECT_THAT(csv->get_header_value("Content-Type"), StartsWith("text/csv; charset=utf-8"));
    EXPECT_THAT(csv->get_header_value("Content-Disposition"),
                StartsWith(std::string("attachment; filename=\"vsm-") + table + "-050000000000-"));
    EXPECT_THAT(csv->get_header_value("Content-Disposition"), Not(HasSubstr("beispieldaten")));
    const auto json = get("/dashboard/export.json" + query);
    EXPECT_THAT(json->body,
                HasSubstr(std::string("\"table\":\"") + table + "\",\"area\":\"land:050000000000\""));
    EXPECT_THAT(json->body, HasSubstr("\"sample\":\"no\""));
    EXPECT_NE(json->get_header_value("ETag"), "");
  }
  EXPECT_THAT(get("/dashboard/export.csv?table=services&ars=05911")->body, HasSubstr("99110009104000;"));
  EXPECT_THAT(get("/dashboard/export.csv?table=reuse&ars=05911")->body,
              HasSubstr(";'=Bochum();99110009104000;1;1;"));
}

}  // namespace
}  // namespace vsm
