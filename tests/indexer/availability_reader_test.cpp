#include "indexer/availability_reader.h"

#include <gmock/gmock.h>

#include <sstream>

#include "tests/indexer/collected.h"

namespace vsm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Collected read(const std::string& content) {
  Collected all;
  std::istringstream in(content);
  all.whole = read_availability(in, "liste.csv", all_areas(), "musterstadt", all.sink());
  return all;
}

std::vector<std::string> ids(const Collected& all) {
  std::vector<std::string> result;
  for (const ServiceText& text : all.texts) result.push_back(text.id.id);
  return result;
}

const std::string head =
    "schluessel;link;titel;stelle;telefon;email;strasse;plz;ort;gueltig_ab;gueltig_bis\n";

TEST(Availability, ARowBecomesTextOnlineServiceAndOffice) {
  const auto all =
      read(head +
           "99110009104000;https://a.example/hund;Hund anmelden;Steueramt;0234 1;a@a.example;Markt "
           "2;44787;Bochum;1.2.2026;2026-12-31\n");
  ASSERT_TRUE(all.whole);
  EXPECT_THAT(all.problems, IsEmpty());
  ASSERT_EQ(all.texts.size(), 1U);
  EXPECT_EQ(all.texts[0].id, (ObjectId{"musterstadt", "V.99110009104000"}));
  EXPECT_THAT(all.texts[0].keys, ElementsAre(*ServiceKey::parse("99110009104000")));
  EXPECT_EQ(all.texts[0].title, "Hund anmelden");
  const Period period{*parse_day("2026-02-01"), *parse_day("2026-12-31")};
  EXPECT_THAT(all.texts[0].validity.periods(), ElementsAre(period));
  ASSERT_EQ(all.online.size(), 1U);
  EXPECT_EQ(all.online[0].id, (ObjectId{"musterstadt", "VO.99110009104000"}));
  EXPECT_EQ(all.online[0].url, "https://a.example/hund");
  EXPECT_THAT(all.online[0].validity.periods(), ElementsAre(period));
  ASSERT_EQ(all.offices.size(), 1U);
  EXPECT_EQ(all.offices[0].name, "Steueramt");
  EXPECT_EQ(all.offices[0].phone, "0234 1");
  EXPECT_EQ(all.offices[0].email, "a@a.example");
  EXPECT_EQ(all.offices[0].street, "Markt 2");
  EXPECT_EQ(all.offices[0].postcode, "44787");
  EXPECT_EQ(all.offices[0].city, "Bochum");
  ASSERT_EQ(all.responsibilities.size(), 2U);
  EXPECT_EQ(all.responsibilities[0].subject, all.online[0].id);
  EXPECT_EQ(all.responsibilities[1].subject, all.offices[0].id);
  for (const Responsibility& one : all.responsibilities)
    EXPECT_THAT(one.services, ElementsAre(all.texts[0].id));
  EXPECT_NE(all.responsibilities[0].id, all.responsibilities[1].id);
}

TEST(Availability, WhatIsEmptyIsLeftOut) {
  const auto all = read("titel;schluessel;link\n;99110009104000;\nNur ein Titel;;https://a.example\n;;\n\n");
  EXPECT_TRUE(all.whole);
  EXPECT_THAT(all.problems, IsEmpty());
  ASSERT_EQ(all.texts.size(), 2U);
  EXPECT_EQ(all.texts[0].title, "");
  EXPECT_EQ(all.texts[0].official_title, "");
  EXPECT_THAT(all.texts[1].keys, IsEmpty());
  EXPECT_THAT(all.offices, IsEmpty());
  ASSERT_EQ(all.online.size(), 1U);
  EXPECT_EQ(all.online[0].id.id, "VO" + all.texts[1].id.id.substr(1));
  EXPECT_EQ(all.responsibilities.size(), 1U);
}

TEST(Availability, IdsAreOnePerRowAndStayTheSame) {
  const std::string rows =
      "99110009104000;https://a.example/1;Erste;Amt;1;;;;;;\n"
      "99110009104000;https://a.example/2;Zweite;Amt;;x@a.example;;;;;\n"
      ";https://a.example/3;Mängel melden;AMT;;;;;;;\n"
      ";https://a.example/4;Anderes;;;;;;;;\n";
  const auto all = read(head + rows);
  ASSERT_EQ(all.texts.size(), 4U);
  EXPECT_EQ(all.texts[0].id.id, "V.99110009104000");
  EXPECT_EQ(all.texts[1].id.id, "V.99110009104000.2");
  EXPECT_EQ(all.online[1].id.id, "VO.99110009104000.2");
  EXPECT_NE(all.texts[2].id, all.texts[3].id);
  EXPECT_EQ(ids(all), ids(read(head + rows)));
  EXPECT_EQ(all.texts[2].id, read(head + ";;Maengel melden;;;;;;;;\n").texts[0].id);
  ASSERT_EQ(all.offices.size(), 1U) << "one for each name";
  EXPECT_EQ(all.offices[0].phone, "1");
  EXPECT_EQ(all.offices[0].email, "x@a.example") << "what any of its rows says";
  EXPECT_EQ(all.responsibilities.size(), 7U);
}

TEST(Availability, AnOfficeThatSaysTwoThingsIsTold) {
  const auto all = read(head + ";;A;Amt;1;;;;;;\n;;B;Amt;2;;;;;;\n");
  ASSERT_EQ(all.offices.size(), 1U);
  EXPECT_EQ(all.offices[0].phone, "1");
  EXPECT_THAT(all.rules(Severity::warning), ElementsAre("stelle"));
  EXPECT_EQ(all.problems[0].line, 3U);
  EXPECT_THAT(all.problems[0].message, HasSubstr("Zeile 2"));
}

TEST(Availability, EveryFormOfTheFileIsUnderstood) {
  const std::string row = "99110009104000;https://a.example;Hund";
  const auto with = [](std::string text, const std::string& separator) {
    for (std::size_t at = 0; (at = text.find(';', at)) != std::string::npos; at += separator.size())
      text.replace(at, 1, separator);
    return text;
  };
  for (const std::string& file : std::vector<std::string>{
           "schluessel;link;titel\n" + row + "\n",
           "\xEF\xBB\xBFschluessel;link;titel\r\n" + row + "\r\n",
           "\r\n\r\nschluessel;link;titel\r" + row,
           "sep=;\nschluessel;link;titel\n" + row,
           with("schluessel;link;titel\n" + row, ","),
           with("schluessel;link;titel\n" + row, "\t"),
           "Leistungsschlüssel ;URL;\"Title\";Bemerkung\n" + row + ";egal;;\n",
           "KEY; \"link\" ;TITEL\n 99110009104000 ;\"https://a.example\";\"Hund\"\n",
           std::string(
               R"([{"schluessel":"99110009104000","link":"https://a.example","titel":"Hund","x":[1]}])"),
           std::string(R"({"key":99110009104000,"url":"https://a.example","title":"Hund","plz":null})"),
           std::string(R"([{"Schlüssel":99110009104000.0,"link":"https://a.example","titel":"Hund"}])"),
       }) {
    const auto all = read(file);
    EXPECT_TRUE(all.whole) << file;
    EXPECT_THAT(all.problems, IsEmpty()) << file << all.problems[0].message;
    ASSERT_EQ(all.texts.size(), 1U) << file;
    EXPECT_EQ(all.texts[0].id.id, "V.99110009104000") << file;
    EXPECT_EQ(all.texts[0].title, "Hund") << file;
    EXPECT_EQ(all.online.at(0).url, "https://a.example") << file;
  }
}

TEST(Availability, QuotedCellsMayHoldSeparatorsAndQuotes) {
  const auto all =
      read("schluessel;link;titel\n;\"https://a.example/?a;b\";\"Der \"\"neue\"\" Pass; schnell\"\n");
  ASSERT_EQ(all.texts.size(), 1U);
  EXPECT_EQ(all.texts[0].title, "Der \"neue\" Pass; schnell");
  EXPECT_EQ(all.online.at(0).url, "https://a.example/?a;b");
}

TEST(Availability, RowsAreNumberedAsTheSpreadsheetDoes) {
  const auto all = read(
      "bemerkung;schluessel;link;titel\r\n"
      "\"zwei\r\nZeilen\";123;;\r\n"  // row 2
      "\r\n"                          // row 3
      ";;;\r\n"                       // row 4
      ";4;;\r\n"                      // row 5
      ";;;Gut\r\n");                  // row 6
  ASSERT_EQ(all.problems.size(), 2U);
  EXPECT_EQ(all.problems[0].line, 2U);
  EXPECT_EQ(all.problems[1].line, 5U);
  EXPECT_THAT(all.rules(Severity::refused), ElementsAre("schluessel", "schluessel"));
  EXPECT_THAT(all.lines, ElementsAre(6U));
}

TEST(Availability, ARowThatFailsIsRefusedAndTheOthersGoOn) {
  const auto all = read(
      "schluessel;link;titel;gebiet\n"
      "99110009104000;https://a.example\n"
      "9911;https://b.example;Zu kurz;\n"
      ";https://c.example;;\n"
      ";https://d.example;Titel;mit;fremden;Trennzeichen\n"
      ";;Irgendwo;999999999999\n"
      ";;\"Zwei\nZeilen\";\n"
      ";;Bochum;059110000000\n");
  EXPECT_TRUE(all.whole);
  EXPECT_THAT(all.rules(Severity::refused),
              ElementsAre("schluessel", "titel-fehlt", "format", "gebiet", "format"));
  EXPECT_EQ(all.problems.back().line, 7U);
  ASSERT_EQ(all.texts.size(), 2U);
  EXPECT_THAT(all.texts[0].areas, IsEmpty());
  EXPECT_THAT(all.texts[1].areas, ElementsAre("gemeinde:059110000000"));
}

TEST(Availability, AMissingColumnIsNamedWithThoseFound) {
  const auto all = read("Schluessel;Adresse\n99110009104000;x\n");
  EXPECT_FALSE(all.whole);
  EXPECT_THAT(all.texts, IsEmpty());
  ASSERT_THAT(all.rules(Severity::broken), ElementsAre("feld-fehlt"));
  for (const char* part : {"„link“, „titel“", "„Schluessel“, „Adresse“", "gueltig_bis"})
    EXPECT_THAT(all.problems[0].message, HasSubstr(part));
  EXPECT_EQ(all.problems[0].line, 1U);
  EXPECT_THAT(read("").rules(Severity::broken), ElementsAre("feld-fehlt"));
  EXPECT_THAT(read("\n\n").rules(Severity::broken), ElementsAre("feld-fehlt"));
}

TEST(Availability, AnotherEncodingIsRefusedWithAdvice) {
  const std::string bad = head + ";;Gut;;;;;;;;\n;;Stra\xDF" + "e;;;;;;;;\n";
  for (const std::string& file : {bad, std::string("\xFF\xFEs\0c\0", 6), std::string("s\0c\0h\0", 6)}) {
    const auto all = read(file);
    EXPECT_FALSE(all.whole);
    EXPECT_THAT(all.texts, IsEmpty());
    EXPECT_THAT(all.rules(Severity::broken), ElementsAre("utf-8"));
    EXPECT_THAT(all.problems[0].message, HasSubstr("CSV UTF-8"));
  }
  EXPECT_THAT(read(bad).problems[0].message, HasSubstr("In Zeile 3"));
  EXPECT_THAT(read("PK\x03\x04xlsx").rules(Severity::broken), ElementsAre("format"));
}

TEST(Availability, AQuoteThatNeverClosesIsTold) {
  const auto all = read("schluessel;link;titel\n;;Gut\n;;\"offen\n;;Rest\n");
  EXPECT_FALSE(all.whole);
  EXPECT_EQ(all.texts.size(), 1U);
  EXPECT_THAT(all.rules(Severity::broken), ElementsAre("format"));
  EXPECT_EQ(all.problems[0].line, 3U);
  EXPECT_FALSE(read("schluessel;link;titel\n;;\"" + std::string(2U << 20U, 'x') + "\"\n").whole);
}

TEST(Availability, ADateThatDoesNotExistStaysOpen) {
  const auto all = read(head + ";;A;;;;;;;31.2.2026;45000\n");
  ASSERT_EQ(all.texts.size(), 1U);
  EXPECT_TRUE(all.texts[0].validity.always());
  EXPECT_THAT(all.rules(Severity::warning), ElementsAre("datum", "datum"));
}

TEST(Availability, APostcodeGetsItsZeroBack) {
  const auto all = read(head + ";;A;Amt;;;;1067;Dresden;;\n");
  EXPECT_EQ(all.offices.at(0).postcode, "01067");
}

TEST(Availability, BrokenJsonIsToldWithItsLine) {
  const auto all = read("[{\"titel\":\"A\"},\n{\"titel\":},\n7,\n{\"titel\":\"B\"}");
  EXPECT_FALSE(all.whole);
  EXPECT_EQ(all.texts.size(), 2U);
  ASSERT_EQ(all.problems.size(), 3U);
  EXPECT_EQ(all.problems[0].line, 2U);
  EXPECT_EQ(all.problems[1].line, 3U);
  EXPECT_THAT(all.rules(Severity::broken), ElementsAre("nicht-wohlgeformt"));
}

TEST(RepairKey, MendsWhatIsCertain) {
  for (const char* cell :
       {"99108001001000", " 99108001001000 ", "99108001001000.0", "99108001001000,00", "99108001001000.000",
        "99 108 001 001 000", "99.108.001.001.000", "99-108-001-001-000", "'99108001001000",
        "=\"99108001001000\"",
        "99108001001\xC2\xA0"
        "000",
        "9,9108001001000E+13", "9.9108001001000e13", "99,108,001,001,000", "99.108.001.001.000,00"}) {
    std::string problem;
    const auto key = repair_key(cell, problem);
    ASSERT_TRUE(key) << cell << problem;
    EXPECT_EQ(key->text(), "99108001001000") << cell;
  }
}

TEST(RepairKey, RefusesTheRestAndSaysWhatHappened) {
  const std::pair<const char*, const char*> cases[] = {{"9,9108E+13", "gerundet"},
                                                       {"9,9108001001E+13", "gerundet"},
                                                       {"9E13", "gerundet"},
                                                       {"9910800100100", "13 statt 14"},
                                                       {"9910800100100,0", "13 statt"},
                                                       {"99108001001000 99108001002000", "mehrere Schlüssel"},
                                                       {"991080010010001", "15 statt"},
                                                       {"#NV", "14 Ziffern"},
                                                       {"Hund", "14 Ziffern"},
                                                       {"00000000000000", "Nullen"},
                                                       {"9,9108001001000E-13", "verloren"},
                                                       {".", "0 statt"}};
  for (const auto& [cell, part] : cases) {
    std::string problem;
    EXPECT_FALSE(repair_key(cell, problem)) << cell;
    EXPECT_THAT(problem, HasSubstr(part)) << cell;
  }
}

TEST(RepairKey, ALongCellCostsLittle) {
  std::string cell, problem;
  for (int i = 0; i < 500'000; ++i) cell += "\xC2\xA0";
  EXPECT_FALSE(repair_key(cell + "99108001001000", problem));
  EXPECT_LT(problem.size(), 300U);
}

TEST(Availability, TheExampleOfTheDocumentationIsWhole) {
  Collected all;
  EXPECT_TRUE(read_availability(VSM_DATA_FOLDER "/../docs/examples/verfuegbarkeit.csv", all_areas(),
                                "musterstadt", all.sink()));
  EXPECT_THAT(all.problems, IsEmpty());
  EXPECT_EQ(all.texts.size(), 4U);
  EXPECT_EQ(all.online.size(), 3U);
  EXPECT_EQ(all.offices.size(), 2U);
  for (const ServiceText& text : all.texts)
    EXPECT_TRUE(text.title.empty() || text.title.ends_with("(Beispiel)")) << text.title;
}

TEST(Availability, AFileThatIsNotThereIsBroken) {
  Collected all;
  EXPECT_FALSE(read_availability("/nowhere.csv", all_areas(), "x", all.sink()));
  EXPECT_THAT(all.rules(Severity::broken), ElementsAre("datei"));
}

}  // namespace
}  // namespace vsm
