#include "indexer/pvog_reader.h"

#include <gmock/gmock.h>

#include <sstream>

#include "indexer/json_objects.h"
#include "tests/indexer/collected.h"

namespace vsm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Collected read_json(const std::string& content) {
  Collected all;
  std::istringstream in(content);
  all.whole = read_pvog_json(in, "pvog.json", all_areas(), all.sink());
  return all;
}

Collected read_csv(const std::string& content) {
  Collected all;
  std::istringstream in(content);
  all.whole = read_pvog_csv(in, "pvog.csv", all.sink());
  return all;
}

std::vector<std::string> ids(const Collected& all) {
  std::vector<std::string> result;
  for (const ServiceText& text : all.texts) result.push_back(text.id.id);
  return result;
}

std::string brief(const std::string& number) {
  return R"({"name":"Name )" + number + R"(","id":"L1.LB.)" + number + R"(","leikakeys":["99110009104000"]})";
}

constexpr const char* detail = R"~({"name":"Hund anmelden","description":"<p>Kurz.</p>",
 "leikakeys":["99110009104000","123"],"id":"L1.LB.7","languageCode":"de","timestamp":"2025-01-20T01:26:46.65Z",
 "sdgInformation":[{"uri":"urn:x","code":"1020200","values":[{"key":"eu-code","value":"B2"}]}],
 "ars":["059110000000","059130000000","999999999999"],"organisationIds":["L1.OE.3"],
 "externalLastUpdate":"2024-01-24T12:21:29Z","addressees":["Bürger","Unternehmen"],
 "validFrom":"1970-01-01","validTo":"2999-12-31",
 "validityPeriods":[{"validFrom":"2025-02-01","validTo":"2999-12-31"}],
 "synonyms":["Hundesteuer","Vierbeiner"],"suggest":["hund"],
 "details":[
  {"@type":"_module","title":"Kurzinfo","text":"<p>Jeder Hund zählt.</p>","code":"24","links":[]},
  {"@type":"_module","title":"Leistungsbezeichnung","text":"Hundehaltung Anmeldung","code":"02"},
  {"@type":"_module","title":"Leistungsbezeichnung II (Leistungsname)",
                     "text" : "Den Hund anmelden", "code" : "03"
},
  {"@type":"_module","title":"Erforderliche Unterlagen","text":"<ul><li>Ausweis</li><li>Chip</li></ul>","code":"08"},
  {"@type":"_moduleDetail","title":"Kosten & Gebühren","text":"","code":"98","details":[
    {"title":"Marke","text":"5 Euro","code":"1"},{"title":"Ersatz","text":"<p>3 Euro</p>","code":"2"}]},
  {"@type":"_module","title":"Rechtsgrundlage(n)","text":"","code":"07",
   "links":[{"uri":"https://example.org/satzung","title":"Satzung"}]},
  {"@type":"_module","title":"Urheber","text":"nicht angegeben","code":"18","placeholder":true},
  {"@type":"_module","title":"Status Bibliothekseintrag","text":"6","code":"STATUS"}],
 "typing":[{"code":"5","name":"kommunal","listURI":"urn:de:fim:leika:typisierung"}],
 "onlineServiceLinks":[{"uri":"https://example.org/hund","title":"Hund online","id":"L1.OD.9",
   "levelOfConfidence":"15","dynamicParameters":[{"type":"001","name":"ars"}],
   "validityPeriods":[{"validFrom":"1970-01-01","validTo":"2026-12-31"}]}],
 "personalMatters":[{"code":"1000000","children":[{"code":"1030000","children":[{"code":"1030200","children":[]}]},
   {"code":"1140000","children":[]}]}]
})~";

TEST(PvogJson, ReadsADescriptionWithItsParts) {
  const auto all = read_json(detail);
  ASSERT_TRUE(all.whole);
  ASSERT_EQ(all.texts.size(), 1U);
  const ServiceText& text = all.texts[0];
  EXPECT_EQ(text.id, (ObjectId{"L1", "L1.LB.7"}));
  EXPECT_THAT(text.keys, ElementsAre(*ServiceKey::parse("99110009104000")));
  EXPECT_EQ(text.title, "Den Hund anmelden");
  EXPECT_EQ(text.official_title, "Hundehaltung Anmeldung");
  EXPECT_EQ(text.teaser, "Jeder Hund zählt.");
  EXPECT_THAT(text.areas, ElementsAre("gemeinde:059110000000", "gemeinde:059130000000"));
  EXPECT_THAT(text.words, ElementsAre("Hundesteuer", "Vierbeiner"));
  EXPECT_THAT(text.types, ElementsAre("5"));
  EXPECT_THAT(text.addressees, ElementsAre("001", "002"));
  EXPECT_THAT(text.situations, ElementsAre("1030200", "1140000"));
  EXPECT_THAT(text.sdg, ElementsAre("1020200"));
  EXPECT_THAT(text.validity.periods(), ElementsAre(Period{*parse_day("2025-02-01"), day_max}));
  EXPECT_EQ(text.changed, "2024-01-24");
  EXPECT_EQ(text.changed_at, 1'706'098'889);
  EXPECT_THAT(all.rules(Severity::warning), ElementsAre("gebiet", "schluessel"));
  EXPECT_EQ(all.problems[0].object, "L1.LB.7");
}

TEST(PvogJson, ModulesKeepTextPartsAndLinks) {
  const auto all = read_json(detail);
  ASSERT_EQ(all.texts.size(), 1U);
  const auto& modules = all.texts[0].modules;
  ASSERT_EQ(modules.size(), 3U);
  EXPECT_EQ(modules[0].code, "08");
  EXPECT_EQ(modules[0].text, "Ausweis\nChip");
  EXPECT_EQ(modules[0].title, "") << "the usual one";
  EXPECT_EQ(modules[1].text, "Marke: 5 Euro\nErsatz\n3 Euro");
  EXPECT_EQ(modules[2].title, "");
  ASSERT_EQ(modules[2].links.size(), 1U);
  EXPECT_EQ(modules[2].links[0].url, "https://example.org/satzung");
  EXPECT_EQ(modules[2].links[0].title, "Satzung");
}

TEST(PvogJson, OnlineServicesAndOfficesAreJoinedToTheDescription) {
  const auto all = read_json(detail);
  ASSERT_EQ(all.online.size(), 1U);
  EXPECT_EQ(all.online[0].id, (ObjectId{"L1", "L1.OD.9"}));
  EXPECT_EQ(all.online[0].title, "Hund online");
  EXPECT_EQ(all.online[0].url, "https://example.org/hund");
  EXPECT_EQ(all.online[0].trust_level, 15);
  ASSERT_EQ(all.online[0].parameters.size(), 1U);
  EXPECT_EQ(all.online[0].parameters[0].name, "ars");
  EXPECT_TRUE(all.online[0].validity.holds(*parse_day("2026-12-31")));
  EXPECT_FALSE(all.online[0].validity.holds(*parse_day("2027-01-01")));
  ASSERT_EQ(all.responsibilities.size(), 2U);
  EXPECT_EQ(all.responsibilities[0].subject.id, "L1.OD.9");
  EXPECT_EQ(all.responsibilities[1].subject.id, "L1.OE.3");
  for (const Responsibility& one : all.responsibilities) {
    EXPECT_THAT(one.services, ElementsAre(ObjectId{"L1", "L1.LB.7"}));
    EXPECT_EQ(one.areas, all.texts[0].areas);
  }
  EXPECT_NE(all.responsibilities[0].id, all.responsibilities[1].id);
  EXPECT_EQ(all.responsibilities[0].id, read_json(detail).responsibilities[0].id);
}

TEST(PvogJson, AnOnlineServiceOfManyDescriptionsComesOnce) {
  const std::string link =
      R"("onlineServiceLinks":[{"id":"L1.OD.1","uri":"https://example.org","title":"T"}]})";
  const auto all =
      read_json(R"([{"id":"L1.LB.1","name":"A",)" + link + R"(,{"id":"L1.LB.2","name":"B",)" + link + "]");
  EXPECT_EQ(all.online.size(), 1U);
  ASSERT_EQ(all.responsibilities.size(), 2U);
  EXPECT_EQ(all.responsibilities[1].services[0].id, "L1.LB.2");
}

TEST(PvogJson, EveryWrappingIsUnderstood) {
  const std::string two = brief("1") + "," + brief("2");
  for (const std::string& file : {
           "[" + two + "]",
           "\xEF\xBB\xBF[" + two + "]",
           brief("1") + "\n" + brief("2") + "\n",
           brief("1") + "\r\n\r\n" + brief("2"),
           R"({"totalElements":2,"content":[)" + two + R"(],"pageable":{"sort":{"content":[1]}}})",
           R"({"serviceDescriptions":{"size":2,"content":[)" + two + R"(]},"x":[{}]})",
           R"([{"content":[)" + brief("1") + R"(]},{"content":[)" + brief("2") + "]}]",
           R"({"content":[)" + brief("1") + "],\n\"last\":false}\n{\"content\":\n [ " + brief("2") + " ]}",
           R"({"content":[)" + brief("1") + "]}\n{\"content\":[" + brief("2") + "]}\n",
       }) {
    const auto all = read_json(file);
    EXPECT_TRUE(all.whole) << file;
    EXPECT_THAT(ids(all), ElementsAre("L1.LB.1", "L1.LB.2")) << file;
    EXPECT_THAT(all.problems, IsEmpty()) << file << all.problems[0].message;
  }
}

TEST(PvogJson, AnEmptyPageIsAWholeFileAndAnEmptyFileIsNot) {
  EXPECT_TRUE(read_json(R"({"content":[],"totalElements":0})").whole);
  EXPECT_TRUE(read_json("[]").whole);
  for (const char* file : {"", "  \n", "\xEF\xBB\xBF", "<html>", "null"}) {
    const auto all = read_json(file);
    EXPECT_FALSE(all.whole) << file;
    EXPECT_THAT(all.rules(Severity::broken), ElementsAre("nicht-wohlgeformt")) << file;
  }
}

TEST(PvogJson, ABrokenObjectCostsItselfAlone) {
  for (const std::string& bad :
       {std::string(R"({"id":"L1.LB.5","name":})"), std::string(R"({"id":"L1.LB.5","ars":["05"})"),
        std::string("{\"id\":\"L1.LB.5\xFF\"}"), std::string(R"({"id":"L1.LB.5","name":"a\qb"})"),
        std::string("17"), std::string("\"{\""), std::string("[[]]"), std::string("{}"),
        std::string(R"({"status":404,"error":"Not Found"})")}) {
    for (const bool by_line : {false, true}) {
      const std::string gap = by_line ? "\n" : ",";
      const std::string file = brief("1") + gap + bad + gap + brief("2");
      const auto all = read_json(by_line ? file : "[" + file + "]");
      if (by_line && bad[0] == '[') continue;
      EXPECT_TRUE(all.whole) << file;
      EXPECT_THAT(ids(all), ElementsAre("L1.LB.1", "L1.LB.2")) << file;
      EXPECT_EQ(all.rules(Severity::refused).size(), 1U) << file;
      EXPECT_FALSE(all.problems.empty() || all.problems[0].rule.empty());
    }
  }
}

TEST(PvogJson, ALineThatIsCutOffCostsItselfAlone) {
  for (const std::string& bad :
       {std::string(R"({"id":"L1.LB.5","name":"abge)"), std::string(R"({"id":"L1.LB.5","ars":["05")"),
        std::string("{\"id\":\"x\\"), std::string(R"({"content":[)") + brief("3")}) {
    const auto all = read_json(brief("1") + "\n" + bad + "\n" + brief("2") + "\n");
    EXPECT_TRUE(all.whole) << bad;
    EXPECT_THAT(ids(all), ::testing::IsSupersetOf({"L1.LB.1", "L1.LB.2"})) << bad;
    ASSERT_EQ(all.rules(Severity::refused).size(), 1U) << bad;
    EXPECT_EQ(all.problems[0].line, 2U);
  }
  // The first line, when nothing says yet that the file goes by lines.
  for (const char* bad : {R"({"id":"L1.LB.5","name":"abge)", R"({"id":"L1.LB.5","n":3)"}) {
    const auto all = read_json(std::string(bad) + "\n" + brief("1") + "\n" + brief("2") + "\n");
    EXPECT_THAT(ids(all), ElementsAre("L1.LB.1", "L1.LB.2")) << bad;
    EXPECT_EQ(all.rules(Severity::refused).size(), 1U) << bad;
  }
}

TEST(PvogJson, BracketsThatDoNotFitCostAsLittleAsCanBe) {
  const std::string bad = R"({"id":"L1.LB.5",])";
  const auto list = read_json("[" + brief("1") + "," + bad + "," + brief("2") + "]");
  EXPECT_THAT(ids(list), ElementsAre("L1.LB.1", "L1.LB.2"));
  EXPECT_THAT(list.rules(Severity::refused), ::testing::Contains("nicht-wohlgeformt"));
  for (const std::string& line : {bad, std::string("}"), brief("3") + "}}", std::string("{\"content\":[}")}) {
    const auto lines = read_json(brief("1") + "\n" + line + "\n" + brief("2") + "\n");
    EXPECT_TRUE(lines.whole) << line;
    EXPECT_THAT(ids(lines), ::testing::IsSupersetOf({"L1.LB.1", "L1.LB.2"})) << line;
    EXPECT_EQ(lines.rules(Severity::refused).size(), 1U) << line;
  }
  EXPECT_FALSE(read_json(R"({"content":[{"id":"L1.LB.1","name":"A"}},{"id":"L1.LB.2","name":"B"}]})").whole);
}

TEST(PvogJson, AFileThatIsCutOffKeepsWhatCameBefore) {
  const std::string file = R"({"content":[)" + brief("1") + "," + brief("2") + "]}";
  for (std::size_t length = 1; length < file.size(); ++length) {
    const auto all = read_json(file.substr(0, length));
    EXPECT_FALSE(all.whole) << length;
    EXPECT_EQ(all.rules(Severity::broken).size(), 1U) << length;
    EXPECT_EQ(all.texts.size(), length < 12 + brief("1").size()       ? 0U
                                : length < 13 + 2 * brief("1").size() ? 1U
                                                                      : 2U)
        << length;
  }
}

TEST(PvogJson, WhatIsTooLargeOrTooDeepIsNotTaken) {
  const std::string large = R"({"id":"L1.LB.5","name":")" + std::string(json_object_limit, 'x') + "\"}";
  const auto all = read_json("[" + brief("1") + "," + large + "," + brief("2") + "]");
  EXPECT_TRUE(all.whole);
  EXPECT_THAT(ids(all), ElementsAre("L1.LB.1", "L1.LB.2"));
  EXPECT_THAT(all.rules(Severity::refused), ElementsAre("zu-gross"));
  const auto deep = read_json(std::string(100'000, '['));
  EXPECT_FALSE(deep.whole);
  EXPECT_EQ(deep.rules(Severity::broken).size(), 1U);
}

TEST(PvogJson, WhatMustNotBecomeATextIsRefused) {
  const auto rule = [](const std::string& object) {
    const auto all = read_json(object);
    EXPECT_THAT(all.texts, IsEmpty()) << object;
    const auto rules = all.rules(Severity::refused);
    return rules.size() == 1 ? rules[0] : "none";
  };
  EXPECT_EQ(rule(R"({"id":"L1.LB.1","name":"A","ars":["999999999999"]})"), "gebiet");
  EXPECT_EQ(rule(R"({"id":"L1.LB.1","name":"Dog","languageCode":"en"})"), "sprache");
  EXPECT_EQ(rule(R"({"name":"A","leikakeys":["99110009104000"]})"), "id-fehlt");
  EXPECT_EQ(rule(R"({"id":"x"})"), "format");
}

TEST(PvogJson, DatesThatDoNotExistStayOpen) {
  const auto all = read_json(
      R"({"id":"L1.LB.1","name":"A","validFrom":"2025-02-30","validTo":"2026-01-01","lastUpdate":"gestern"})");
  ASSERT_EQ(all.texts.size(), 1U);
  EXPECT_THAT(all.texts[0].validity.periods(), ElementsAre(Period{day_min, *parse_day("2026-01-01")}));
  EXPECT_EQ(all.texts[0].changed, "");
  EXPECT_THAT(all.rules(Severity::warning), ElementsAre("datum", "datum"));
}

TEST(PvogJson, FieldsOfAnotherTypeAreAsIfTheyWereNotThere) {
  const auto all = read_json(
      R"({"id":"L1.LB.1","name":["A"],"title":"B","leikakeys":"x","details":[7,{"code":8}],"ars":{},
      "synonyms":[null,"gut"],"onlineServiceLinks":[[],{"id":"L1.OD.1","levelOfConfidence":30}],
      "personalMatters":7,"typing":[{"code":["1"]}],"organisationIds":[null]})");
  ASSERT_EQ(all.texts.size(), 1U);
  EXPECT_EQ(all.texts[0].title, "B");
  EXPECT_THAT(all.texts[0].words, ElementsAre("gut"));
  EXPECT_THAT(all.texts[0].areas, IsEmpty());
  ASSERT_EQ(all.online.size(), 1U);
  EXPECT_EQ(all.online[0].trust_level, 30);
}

TEST(PvogJson, ReadsOfficesAndOnlineServicesOfTheirOwn) {
  const auto all = read_json(
      R"([{"id":"L1.OE.3","title":"Amt für Hunde","lastUpdate":"2025-03-01T00:00:00Z",
      "location":{"address":{"street":"Markt","houseNumber":"2","zip":"44787","city":"Bochum"}},
      "communicationSystems":[{"type":{"code":"02"},"value":"0234 1"},{"type":"E-Mail","value":"a@example.org"},
      {"type":"Fax","value":"0234 2"},{"type":"Internet","value":"https://example.org"}]},
      {"id":"L1.OD.9","name":"Hund online","links":[{"uri":"https://example.org/hund"}],"levelOfConfidence":"40",
      "serviceDescriptions":[{"id":"L1.LB.7","ars":["059110000000"]},{"ars":["05"]}]}])");
  ASSERT_EQ(all.offices.size(), 1U);
  const Office& office = all.offices[0];
  EXPECT_EQ(office.name, "Amt für Hunde");
  EXPECT_EQ(office.street, "Markt 2");
  EXPECT_EQ(office.postcode, "44787");
  EXPECT_EQ(office.city, "Bochum");
  EXPECT_EQ(office.phone, "0234 1");
  EXPECT_EQ(office.email, "a@example.org");
  EXPECT_EQ(office.url, "https://example.org");
  EXPECT_EQ(office.changed, "2025-03-01");
  ASSERT_EQ(all.online.size(), 1U);
  EXPECT_EQ(all.online[0].url, "https://example.org/hund");
  EXPECT_EQ(all.online[0].trust_level, 40);
  ASSERT_EQ(all.responsibilities.size(), 1U);
  EXPECT_THAT(all.responsibilities[0].areas, ElementsAre("gemeinde:059110000000"));
}

TEST(PvogJson, PiecesAreTheSameHoweverTheStreamIsCut) {
  // Strings with everything that could be taken for structure, over chunk borders.
  std::string file = "[";
  for (int i = 0; i < 3'000; ++i)
    file += (i ? ",\n" : "") + std::string(R"({"id":"L1.LB.)") + std::to_string(i) +
            R"(","name":"a\"]}{[,\\","description":"\\\" )" + std::string(i % 61, 'z') + "\"}";
  file += "]";
  const auto all = read_json(file);
  EXPECT_TRUE(all.whole);
  ASSERT_EQ(all.texts.size(), 3'000U);
  EXPECT_THAT(all.problems, IsEmpty());
  for (std::size_t i = 0; i < all.texts.size(); ++i) {
    EXPECT_EQ(all.texts[i].id.id, "L1.LB." + std::to_string(i));
    EXPECT_EQ(all.texts[i].title, "a\"]}{[,\\");
    EXPECT_EQ(all.lines[i], i + 1);
  }
}

constexpr const char* csv_head = "ID-LB|Leikaschlüssel|Name|Name2|Updatedatum|ID-OD|Bezeichnung OD|Links\n";

TEST(PvogCsv, TextsAndOnlineServicesComeOnceEach) {
  const auto all =
      read_csv(std::string("\xEF\xBB\xBF") + csv_head +
               "B1.LB.1|99110009104000|Hundehaltung Anmeldung|Hund anmelden|20.01.2025 "
               "00:48|B1.OD.1|Online|https://a.example\r\n"
               "B1.LB.2|99110009104000, 99110009104001|Zweite||2025-01-20|||\r\n"
               "\r\n"
               "B1.LB.1|99110009104000|Hundehaltung Anmeldung|Hund anmelden|20.01.2025 "
               "00:48|B1.OD.2|Noch|https://b.example\n"
               "B1.LB.2|99110009104000|Zweite||2025-01-20T10:00:00Z|B1.OD.1|Online|https://a.example");
  EXPECT_TRUE(all.whole);
  EXPECT_THAT(all.problems, IsEmpty());
  ASSERT_EQ(all.texts.size(), 2U);
  EXPECT_EQ(all.texts[0].id, (ObjectId{"B1", "B1.LB.1"}));
  EXPECT_EQ(all.texts[0].official_title, "Hundehaltung Anmeldung");
  EXPECT_EQ(all.texts[0].title, "Hund anmelden");
  EXPECT_EQ(all.texts[0].changed, "2025-01-20");
  EXPECT_EQ(all.texts[0].changed_at, 1'737'334'080);
  EXPECT_EQ(all.texts[1].title, "Zweite");
  EXPECT_EQ(all.texts[1].keys.size(), 2U);
  ASSERT_EQ(all.online.size(), 2U);
  EXPECT_EQ(all.online[1].url, "https://b.example");
  ASSERT_EQ(all.responsibilities.size(), 3U);
  EXPECT_EQ(all.responsibilities[2].subject.id, "B1.OD.1");
  EXPECT_EQ(all.responsibilities[2].services[0].id, "B1.LB.2");
  EXPECT_THAT(all.responsibilities[2].areas, IsEmpty());
}

TEST(PvogCsv, QuotesAreTakenAsTheyAreWritten) {
  const auto all = read_csv(std::string(csv_head) +
                            "B1.LB.1||Programm \"\"Haus\"\" Teil||||||\n"  // too many
                            "B1.LB.2||Programm \"\"Haus\"\" Teil|||||\n"
                            "B1.LB.3||\"\"Haus\"\" des Bundes|||||\n"
                            "B1.LB.4||\"Mit | \"\"Strich\"\"\"|||||\n"
                            "B1.LB.5||\"Offen|||||\n"
                            "B1.LB.6||Nach dem offenen|||||\n");
  std::vector<std::string> titles;
  for (const ServiceText& text : all.texts) titles.push_back(text.title);
  EXPECT_THAT(titles, ElementsAre("Programm \"Haus\" Teil", "\"Haus\" des Bundes", "Mit | \"Strich\"",
                                  "\"Offen", "Nach dem offenen"));
  EXPECT_THAT(all.rules(Severity::refused), ElementsAre("format"));
  EXPECT_EQ(all.problems[0].line, 2U);
  EXPECT_EQ(all.problems[0].object, "B1.LB.1");
}

TEST(PvogCsv, ColumnsAreFoundByName) {
  const auto all = read_csv("Name|Neu|Leikaschlüssel|ID-LB\nHund|x|99110009104000|B1.LB.1\n");
  ASSERT_EQ(all.texts.size(), 1U);
  EXPECT_EQ(all.texts[0].title, "Hund");
  EXPECT_EQ(all.texts[0].id.id, "B1.LB.1");
}

TEST(PvogCsv, SaysWhatIsWrongWithALineOrTheFile) {
  const auto all = read_csv(std::string(csv_head) +
                            "B1.LB.1|9911|Hund||32.01.2025|||\n"
                            "|99110009104000|Ohne ID|||||\n"
                            "B1.LB.3||Stra\xDF"
                            "e|||||\n"
                            "B1.LB.4\n" +
                            std::string(2U << 20U, 'x') + "\nB1.LB.6||Gut|||||\n");
  EXPECT_TRUE(all.whole);
  EXPECT_THAT(ids(all), ElementsAre("B1.LB.1", "B1.LB.6"));
  EXPECT_THAT(all.rules(Severity::warning), ElementsAre("schluessel", "datum"));
  EXPECT_THAT(all.rules(Severity::refused), ElementsAre("id-fehlt", "utf-8", "format", "zu-gross"));
  EXPECT_EQ(all.problems.back().line, 6U);

  const auto headless = read_csv("ID;Name\n1;2\n");
  EXPECT_FALSE(headless.whole);
  EXPECT_THAT(headless.rules(Severity::broken), ElementsAre("feld-fehlt"));
  EXPECT_THAT(headless.problems[0].message, HasSubstr("„ID-LB“"));
  EXPECT_THAT(headless.problems[0].message, HasSubstr("„ID;Name“"));
  EXPECT_THAT(read_csv("").rules(Severity::broken), ElementsAre("feld-fehlt"));
}

TEST(Pvog, HostileInputCostsLittle) {
  std::string leaves = R"({"id":"L1.LB.1","name":"A","personalMatters":[)";
  for (int i = 0; i < 100'000; ++i) leaves += "{\"code\":\"" + std::to_string(i) + "\"},";
  EXPECT_EQ(read_json(leaves + "{}]}").texts.at(0).situations.size(), 100'000U);
  const auto quotes =
      read_csv(std::string(csv_head) + "B1.LB.1||x" + std::string(1'000'000, '"') + "|||||\n");
  EXPECT_EQ(quotes.texts.at(0).title.size(), 500'001U);
}

TEST(Bereitstelldienst, ReadsAPage) {
  std::string problem;
  const auto page = parse_bereitstelldienst_page(
      R"({"xzufiObjekte":"<a b=\"c\"/>","vollstaendig":false,"naechsterIndex":500,
      "naechsteAnfrageUrl":"https://example.org/?index=500"})",
      problem);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->xml, "<a b=\"c\"/>");
  EXPECT_FALSE(page->complete);
  EXPECT_EQ(page->next_index, 500);
  EXPECT_EQ(page->next_url, "https://example.org/?index=500");
  const auto last = parse_bereitstelldienst_page(
      R"({"xzufiObjekte":null,"vollstaendig":true,"naechsterIndex":null})", problem);
  ASSERT_TRUE(last);
  EXPECT_TRUE(last->complete);
  EXPECT_EQ(last->xml, "");
  EXPECT_EQ(problem, "");
}

TEST(Bereitstelldienst, SaysWhyItIsNoPage) {
  for (const char* bad : {"", "{", "[]", "7", R"({"xzufiObjekte":"<a/>"})", R"({"vollstaendig":"ja"})",
                          R"({"vollstaendig":true,"xzufiObjekte":[]})"}) {
    std::string problem;
    EXPECT_FALSE(parse_bereitstelldienst_page(bad, problem)) << bad;
    EXPECT_THAT(problem, ::testing::EndsWith(".")) << bad;
  }
}

class Pages : public ::testing::Test {
 protected:
  void page(int number, const std::string& xml, bool complete) {
    std::string json;
    for (char c : xml) json += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
    folder.write(
        "page-00000" + std::to_string(number) + ".json",
        R"({"xzufiObjekte":")" + json + R"(","vollstaendig":)" + (complete ? "true" : "false") + "}");
  }
  Collected read() {
    Collected all;
    all.whole = read_bereitstelldienst(folder / "", all_areas(), all.sink());
    return all;
  }
  static std::string text(const std::string& number) {
    return xzufi::file(xzufi::service("S1", number, "99110009104000", "Hund", ""));
  }
  TempFolder folder;
};

TEST_F(Pages, AreReadInOrder) {
  page(2, text("2"), true);
  page(1, text("1"), false);
  const auto all = read();
  EXPECT_TRUE(all.whole);
  EXPECT_THAT(ids(all), ElementsAre("1", "2"));
  EXPECT_THAT(all.problems, IsEmpty());
}

TEST_F(Pages, WithoutALastOneAreIncomplete) {
  page(1, text("1"), false);
  page(2, text("2"), false);
  page(4, text("4"), true);
  const auto all = read();
  EXPECT_FALSE(all.whole);
  EXPECT_THAT(ids(all), ElementsAre("1", "2"));
  EXPECT_THAT(all.rules(Severity::broken), ElementsAre("unvollstaendig"));
  EXPECT_THAT(all.problems[0].message, HasSubstr("unvollständig"));
}

TEST_F(Pages, OfLaterHarvestsFollowTheLastOfTheFirst) {
  page(1, text("1"), true);
  page(2, text("2"), true);
  const auto all = read();
  EXPECT_TRUE(all.whole);
  EXPECT_THAT(ids(all), ElementsAre("1", "2"));
  EXPECT_TRUE(all.problems.empty());
}

TEST_F(Pages, ThatFailAreNamed) {
  page(1, "<kaputt", false);
  page(2, text("2"), true);
  const auto all = read();
  EXPECT_FALSE(all.whole);
  EXPECT_THAT(ids(all), ElementsAre("2")) << "the pages after it are whole files";
  ASSERT_EQ(all.problems.size(), 1U);
  EXPECT_THAT(all.problems[0].file, HasSubstr("page-000001.json"));

  folder.write("page-000001.json", "{}");
  EXPECT_THAT(read().rules(Severity::broken), ElementsAre("seite"));
}

TEST_F(Pages, OfAnEmptyFolderAreMissing) {
  EXPECT_THAT(read().rules(Severity::broken), ElementsAre("datei"));
}

TEST(Pvog, AFileThatIsNotThereIsBroken) {
  Collected all;
  EXPECT_FALSE(read_pvog_json("/nowhere.json", all_areas(), all.sink()));
  EXPECT_FALSE(read_pvog_csv("/nowhere.csv", all_areas(), all.sink()));
  EXPECT_THAT(all.rules(Severity::broken), ElementsAre("datei", "datei"));
}

}  // namespace
}  // namespace vsm
