#include "indexer/report.h"

#include <gmock/gmock.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

#include "indexer/rules.h"
#include "indexer/wording.h"
#include "tests/fixture.h"

namespace vsm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Problem problem(Severity severity, const std::string& rule, std::size_t line = 120,
                const std::string& message = "Ein Satz.", const std::string& object = "L100.LB.1") {
  return {"feed.xml", line, object, message, rule, severity};
}

SourceReport mixed() {
  SourceReport report{"stadt-x", "Stadt X"};
  report.count(ServiceText());
  Office office;
  office.responsibilities.resize(2);
  report.count(office);
  report.count(Deletion());
  report.add(problem(Severity::warning, "datum"));
  report.add(problem(Severity::warning, "link-adresse"));
  report.add(problem(Severity::warning, "link-adresse"));
  report.add(problem(Severity::refused, "id-fehlt", 7, "Die Kennung fehlt.", ""));
  report.add(problem(Severity::broken, "nicht-wohlgeformt", 0, "Die Datei ist abgeschnitten.", ""));
  return report;
}

std::string as_text(const SourceReport& report, bool colour = false) {
  std::ostringstream out;
  write_report_text(out, report, colour);
  return out.str();
}

std::string as_html(const SourceReport& report) {
  std::ostringstream out;
  write_report_html(out, report);
  return out.str();
}

rapidjson::Document as_json(const SourceReport& report) {
  std::ostringstream out;
  write_report_json(out, report);
  EXPECT_THAT(out.str(), ::testing::EndsWith("}\n"));
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(out.str().c_str());
  EXPECT_FALSE(document.HasParseError()) << out.str();
  return document;
}

/// Where each part begins; they must all be there.
std::vector<std::size_t> places(const std::string& text, const std::vector<std::string>& parts) {
  std::vector<std::size_t> found;
  for (const std::string& part : parts) {
    found.push_back(text.find(part));
    EXPECT_NE(found.back(), std::string::npos) << part << " is not in\n" << text;
  }
  return found;
}

TEST(Report, ExitStatusSaysHowBadItIs) {
  SourceReport report{"s", "S"};
  EXPECT_EQ(exit_status(report), 0);
  report.add(problem(Severity::warning, "datum"));
  EXPECT_EQ(exit_status(report), 1);
  report.add(problem(Severity::refused, "id-fehlt"));
  EXPECT_EQ(exit_status(report), 2);
  SourceReport broken{"s", "S"};
  broken.add(problem(Severity::broken, "doctype"));
  EXPECT_EQ(exit_status(broken), 2);
}

TEST(Report, TextHasAFindingALineAndTheWorstFirst) {
  const std::string text = as_text(mixed());
  const auto order =
      places(text, {"Abbruch (1)\n", "feed.xml: Die Datei ist abgeschnitten. [nicht-wohlgeformt]\n",
                    "Nicht übernommen (1)\n", "feed.xml:7: Die Kennung fehlt. [id-fehlt]\n", "Hinweise (3)\n",
                    "feed.xml:120 L100.LB.1: Ein Satz. [datum]\n", "Stadt X\n"});
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_THAT(text, HasSubstr("Gelesen: 1 Leistungstext, 1 Stelle, 2 Zuständigkeiten, 1 Löschung\n"));
  EXPECT_THAT(text, HasSubstr("1 Abbruch und 1 Fehler. Dazu kommen 3 Hinweise.\n"));
  const auto rules = places(text, {"1 Abbruch: ", "1 Fehler: Kennung fehlt [id-fehlt]. Geben Sie",
                                   "2 Hinweise: Adresse", "1 Hinweis: Datum"});
  EXPECT_TRUE(std::is_sorted(rules.begin(), rules.end()));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(as_text(mixed(), true), HasSubstr("\x1b[31mAbbruch (1)"));
}

TEST(Report, NothingFoundIsSaidToo) {
  const SourceReport report{"s", "S"};
  EXPECT_EQ(as_text(report), "S\nGelesen: keine Objekte\nDie Prüfung hat nichts zu beanstanden.\n");
  EXPECT_STREQ(as_json(report)["verdict"].GetString(), "good");
  EXPECT_THAT(as_html(report), Not(HasSubstr("<table")));
}

TEST(Report, KeepsSomeOfEachKindAndCountsAll) {
  SourceReport report{"s", "S"};
  for (int i = 0; i < 1'500; ++i) report.add(problem(Severity::warning, "datum"), 2);
  report.add(problem(Severity::refused, "datum"), 2);
  report.add(problem(Severity::warning, "gebiet"), 2);
  EXPECT_EQ(report.problems.size(), 4U);
  EXPECT_EQ(report.warnings, 1'501U);
  EXPECT_THAT(as_text(report), HasSubstr("Hinweise (1.501)\n"));
  EXPECT_THAT(as_text(report), HasSubstr("… und 1.498 weitere\n"));
  EXPECT_THAT(as_text(report), HasSubstr("1 Fehler, 1.500 Hinweise: Datum"));
  EXPECT_THAT(as_html(report), HasSubstr("und 1.498 weitere"));
  EXPECT_EQ(as_json(report)["problemsLeftOut"].GetInt(), 1'498);
}

TEST(Report, JsonHasTheFieldsThatItsHeaderPromises) {
  SourceReport report = mixed();
  report.add(problem(Severity::warning, "eigene-regel"));
  const auto json = as_json(report);
  EXPECT_STREQ(json["source"].GetString(), "stadt-x");
  EXPECT_STREQ(json["name"].GetString(), "Stadt X");
  EXPECT_STREQ(json["verdict"].GetString(), "errors");
  EXPECT_EQ(json["exitStatus"].GetInt(), 2);
  EXPECT_GT(json["summary"].GetStringLength(), 0U);
  EXPECT_EQ(json["objects"]["texts"].GetInt(), 1);
  EXPECT_EQ(json["objects"]["onlineServices"].GetInt(), 0);
  EXPECT_EQ(json["objects"]["offices"].GetInt(), 1);
  EXPECT_EQ(json["objects"]["responsibilities"].GetInt(), 2);
  EXPECT_EQ(json["objects"]["deletions"].GetInt(), 1);
  EXPECT_EQ(json["findings"]["warnings"].GetInt(), 4);
  EXPECT_EQ(json["findings"]["refused"].GetInt(), 1);
  EXPECT_EQ(json["findings"]["broken"].GetInt(), 1);
  EXPECT_EQ(json["problemsLeftOut"].GetInt(), 0);

  ASSERT_EQ(json["rules"].Size(), 5U);
  EXPECT_STREQ(json["rules"][0]["id"].GetString(), "nicht-wohlgeformt");
  EXPECT_EQ(json["rules"][0]["broken"].GetInt(), 1);
  EXPECT_STREQ(json["rules"][2]["id"].GetString(), "link-adresse");
  EXPECT_EQ(json["rules"][2]["warnings"].GetInt(), 2);
  EXPECT_TRUE(json["rules"][2]["title"].IsString());
  EXPECT_STREQ(json["rules"][4]["id"].GetString(), "eigene-regel");
  EXPECT_TRUE(json["rules"][4]["title"].IsNull());
  EXPECT_TRUE(json["rules"][4]["advice"].IsNull());

  ASSERT_EQ(json["problems"].Size(), 6U);
  const auto& worst = json["problems"][0];
  EXPECT_STREQ(worst["severity"].GetString(), "broken");
  EXPECT_STREQ(worst["rule"].GetString(), "nicht-wohlgeformt");
  EXPECT_STREQ(worst["file"].GetString(), "feed.xml");
  EXPECT_TRUE(worst["line"].IsNull());
  EXPECT_TRUE(worst["object"].IsNull());
  EXPECT_STREQ(worst["message"].GetString(), "Die Datei ist abgeschnitten.");
  EXPECT_EQ(json["problems"][1]["line"].GetInt(), 7);
  EXPECT_STREQ(json["problems"][5]["severity"].GetString(), "warning");
  EXPECT_STREQ(json["problems"][5]["object"].GetString(), "L100.LB.1");
}

TEST(Report, HtmlIsOnePageWithATableForEachSeverity) {
  const std::string html = as_html(mixed());
  EXPECT_THAT(html, ::testing::StartsWith("<!doctype html>\n<html lang=\"de\">"));
  EXPECT_THAT(html, HasSubstr("<h1>Prüfbericht: Stadt X</h1>"));
  const auto order =
      places(html, {"Abbruch (1)", "Nicht übernommen (1)", "Hinweise (3)", "Befunde nach Regel"});
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  std::size_t tables = 0;
  for (std::size_t at = 0; (at = html.find("<table", at)) != std::string::npos; ++at) ++tables;
  EXPECT_EQ(tables, 4U);
  for (const char* outside : {"<script", "http://", "https:", "<img", "<link", "url("})
    EXPECT_THAT(html, Not(HasSubstr(outside == std::string("https:") ? "src=\"https:" : outside)));
  // Each finding leads to what its rule means.
  std::size_t at = html.find("href=\"#");
  ASSERT_NE(at, std::string::npos);
  const std::string anchor = html.substr(at + 7, html.find('"', at + 7) - at - 7);
  EXPECT_THAT(html, HasSubstr("id=\"" + anchor + "\""));
}

TEST(Report, NothingThatADeliverySaysIsTakenForMarkupOrForSteering) {
  SourceReport report{"s", "<b>S</b>"};
  report.add({"a&b.xml", 1, "\"><i>", "<script>alert(1)</script>", "<u>", Severity::warning});
  const std::string html = as_html(report);
  for (const char* markup : {"<script", "<b>", "<i>", "<u>", "a&b.xml"})
    EXPECT_THAT(html, Not(HasSubstr(markup)));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));

  report.add({"a.xml", 1, "x\x1b[2J", "eins\nzwei\xFF\xC2\x9B\xE2\x80\xAE", "datum", Severity::warning});
  EXPECT_THAT(as_text(report), HasSubstr("a.xml:1 x�[2J: eins zwei��� [datum]\n"));
  EXPECT_STREQ(as_json(report)["problems"][1]["message"].GetString(), "eins zwei���");
}

TEST(Report, NumbersAreWrittenAsInGerman) {
  EXPECT_EQ(grouped_digits(0), "0");
  EXPECT_EQ(grouped_digits(999), "999");
  EXPECT_EQ(grouped_digits(1'000), "1.000");
  EXPECT_EQ(grouped_digits(1'234'567), "1.234.567");
  EXPECT_EQ(counted(1, "Text", "Texte"), "1 Text");
  EXPECT_EQ(counted(0, "Text", "Texte"), "0 Texte");
}

TEST(Rules, AreKnownByTheirId) {
  std::set<std::string_view> ids;
  for (const Rule& rule : rules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_EQ(find_rule(rule.id), &rule);
    EXPECT_EQ(rule.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos);
    for (const std::string_view sentence : {rule.advice, rule.advice_en})
      EXPECT_TRUE(sentence.ends_with('.'));
    EXPECT_FALSE(rule.title.empty() || rule.title_en.empty());
  }
  EXPECT_EQ(find_rule("keine-regel"), nullptr);
  EXPECT_EQ(find_rule(""), nullptr);
}

/// Ids of rules in a piece of code: as the first plain word among the texts handed to what tells a problem,
/// before its severity, or behind its sentence.
std::set<std::string> rules_in(const std::string& code) {
  static const std::regex calls[] = {
      std::regex(
          R"re(\b(?:warn|refuse|refuse_at|broken|stop|report|add|refuse_piece)\((?:[^"();]|\([^"();]*\))*"([a-z][a-z0-9-]+)",\s)re"),
      std::regex(R"re("([a-z][a-z0-9-]+)",\s*Severity::)re"),
      std::regex(R"re(\brule = "([a-z][a-z0-9-]+)")re"),
      std::regex(R"re(\.",\s*"([a-z][a-z0-9-]+)")re"),
  };
  std::set<std::string> found;
  for (const std::regex& call : calls)
    for (std::sregex_iterator at(code.begin(), code.end(), call), end; at != end; ++at)
      found.insert((*at)[1]);
  return found;
}

TEST(Rules, EveryOneThatTheCodeNamesIsKnown) {
  std::set<std::string> named;
  for (const auto& file : std::filesystem::directory_iterator(VSM_DATA_FOLDER "/../indexer")) {
    if (file.path().extension() != ".cpp" || file.path().filename() == "rules.cpp") continue;
    for (const std::string& rule : rules_in(read_file(file.path().string()))) {
      named.insert(rule);
      EXPECT_TRUE(find_rule(rule)) << rule << " in " << file.path().filename();
    }
  }
  // One of each way to name a rule.
  for (const char* rule :
       {"art", "zu-tief", "feld-fehlt", "titel-zu-lang", "datei", "id-doppelt", "schluessel"})
    EXPECT_TRUE(named.contains(rule)) << rule;
  EXPECT_GT(named.size(), 25U);
}

TEST(Rules, TheirPageListsExactlyThemInTheirOrder) {
  std::istringstream page(read_file(VSM_DATA_FOLDER "/../docs/rules.md"));
  std::vector<std::string> listed, known;
  for (const Rule& rule : rules())
    known.push_back("| `" + std::string(rule.id) + "` | " + std::string(rule.title) + " | " +
                    std::string(rule.advice) + " | " + std::string(rule.title_en) + ". " +
                    std::string(rule.advice_en) + " |");
  bool of_rules = false;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with('|')) of_rules = false;
    if (line.starts_with("| rule |")) of_rules = true;
    if (of_rules && line.starts_with("| `")) listed.push_back(line);
  }
  EXPECT_EQ(listed, known);
}

}  // namespace
}  // namespace vsm
