#include "indexer/xzufi_reader.h"

#include <gmock/gmock.h>

#include <chrono>

#include "tests/fixture.h"

namespace vsm {
namespace {

struct Delivery {
  std::vector<ServiceText> texts;
  std::vector<OnlineService> online;
  std::vector<Office> offices;
  std::vector<Responsibility> responsibilities;
  std::vector<Deletion> deletions;
  std::vector<Problem> problems;
  bool whole = false;
};

Delivery read(const std::string& content) {
  static const AreaTable areas(project_tables());
  const TempFolder folder;
  Delivery delivery;
  struct Sort {
    Delivery& into;
    void operator()(ServiceText& o) const { into.texts.push_back(o); }
    void operator()(OnlineService& o) const { into.online.push_back(o); }
    void operator()(Office& o) const { into.offices.push_back(o); }
    void operator()(Responsibility& o) const { into.responsibilities.push_back(o); }
    void operator()(Deletion& o) const { into.deletions.push_back(o); }
  };
  const ChangeSink sink{{},
                        [&](Change object, const Problem&) { std::visit(Sort{delivery}, object); },
                        [&](Problem problem) { delivery.problems.push_back(std::move(problem)); }};
  delivery.whole = read_xzufi(folder.write("feed.xml", content), areas, sink);
  return delivery;
}

TEST(Xzufi, ReadsAServiceWithItsParts) {
  const std::string more =
      xzufi::module("02", "Hundehaltung Anmeldung") +
      xzufi::module("24", "&lt;p&gt;Für &lt;b&gt;Hunde&lt;/b&gt;&lt;/p&gt;") +
      xzufi::module("08", "<![CDATA[<ul><li>Ausweis</li><li>Chip &amp; Marke</li></ul>]]>") +
      "<x:modulBegriffImKontext><x:begriffImKontext><x:begriff languageCode=\"de\">Hundesteuer</x:begriff>"
      "</x:begriffImKontext></"
      "x:modulBegriffImKontext><x:versionsinformation><x:geaendertDatumZeit>2026-05-04T10:00:00"
      "</x:geaendertDatumZeit></x:versionsinformation>" +
      xzufi::valid("2026-01-01", "2999-12-31");
  const auto delivery = read(
      xzufi::file(xzufi::service("S1", "LB.1", "99110009104000", "Hund anmelden", "059110000000", more)));
  ASSERT_TRUE(delivery.whole);
  ASSERT_EQ(delivery.texts.size(), 1U);
  const ServiceText& text = delivery.texts[0];
  EXPECT_EQ(text.id.text(), "S1.LB.1");
  EXPECT_THAT(text.keys, ::testing::ElementsAre(*ServiceKey::parse("99110009104000")));
  EXPECT_EQ(text.title, "Hund anmelden");
  EXPECT_EQ(text.official_title, "Hundehaltung Anmeldung");
  EXPECT_EQ(text.teaser, "Für Hunde");
  ASSERT_EQ(text.modules.size(), 1U);
  EXPECT_EQ(text.modules[0].text, "Ausweis\nChip & Marke");
  EXPECT_THAT(text.words, ::testing::ElementsAre("Hundesteuer"));
  EXPECT_THAT(text.areas, ::testing::ElementsAre("gemeinde:059110000000"));
  EXPECT_EQ(text.changed, "2026-05-04");
  EXPECT_THAT(text.validity.periods(), ::testing::ElementsAre(Period{*parse_day("2026-01-01"), day_max}));
}

TEST(Xzufi, ReadsLinksOfficesAndResponsibilities) {
  const auto delivery =
      read(xzufi::file(xzufi::online("S1", "OD.1", "Online", "https://example.org/a?b=1&amp;c=2") +
                       xzufi::office("S1", "OE.1", "Bürgerbüro") +
                       xzufi::responsible("S1", "OD.1", "S2", "LB.7", "059110000000 059130000000")));
  ASSERT_EQ(delivery.online.size(), 1U);
  EXPECT_EQ(delivery.online[0].url, "https://example.org/a?b=1&c=2");
  EXPECT_EQ(delivery.online[0].trust_level, 20);
  ASSERT_EQ(delivery.offices.size(), 1U);
  EXPECT_EQ(delivery.offices[0].street, "Markt 2");
  EXPECT_EQ(delivery.offices[0].phone, "0234 1");
  ASSERT_EQ(delivery.responsibilities.size(), 1U);
  EXPECT_EQ(delivery.responsibilities[0].services.at(0).text(), "S2.LB.7");
  EXPECT_THAT(delivery.responsibilities[0].areas,
              ::testing::ElementsAre("gemeinde:059110000000", "gemeinde:059130000000"));
}

TEST(Xzufi, AnyRootAnyNamespaceAndTheNewerKeyElement) {
  const auto delivery = read(
      "<root xmlns=\"urn:xoev-de:fim:standard:xzufi_2.3.1\"><schreibe><leistung><id "
      "schemeAgencyID=\"A\">1</id>"
      "<referenzLeistungsschluessel><code>99110009104000</code></referenzLeistungsschluessel>"
      "<modulText><leikaTextmodul><code>02</code></leikaTextmodul><inhalt languageCode=\"en\">Dog</inhalt>"
      "<inhalt languageCode=\"de\">Hund</inhalt></modulText></leistung></schreibe></root>");
  ASSERT_EQ(delivery.texts.size(), 1U);
  EXPECT_EQ(delivery.texts[0].title, "Hund");
  EXPECT_EQ(delivery.texts[0].keys.size(), 1U);
}

TEST(Xzufi, WhatIsWrongIsSaidWithItsLine) {
  const auto delivery = read(xzufi::file(
      "\n\n" + xzufi::service("A", "1", "9911", "Hund", "", xzufi::valid("2026-02-30", "2026-03-01"))));
  ASSERT_EQ(delivery.problems.size(), 2U);
  EXPECT_EQ(delivery.problems[0].line, 3U);
  EXPECT_EQ(delivery.problems[0].object, "A.1");
  EXPECT_EQ(delivery.texts.size(), 1U);
}

TEST(Xzufi, EveryPeriodCounts) {
  const auto delivery = read(xzufi::file(
      xzufi::service("A", "1", "99110009104000", "Hund", "",
                     xzufi::valid("2024-01-01", "2999-12-31") + xzufi::valid("2019-01-01", "2020-12-31")) +
      xzufi::online("A", "2", "Hund", "https://example.org/",
                    xzufi::valid("2019-01-01", "2019-06-30") + xzufi::valid("2019-07-01", "2019-12-31")) +
      xzufi::service("A", "3", "99110009104000", "Hund", "", xzufi::valid("2024-02-01", "2024-01-01"))));
  ASSERT_EQ(delivery.texts.size(), 2U);
  EXPECT_TRUE(delivery.texts[0].validity.holds(*parse_day("2020-06-01")));
  EXPECT_FALSE(delivery.texts[0].validity.holds(*parse_day("2022-06-01")));
  EXPECT_TRUE(delivery.texts[0].validity.holds(*parse_day("2026-06-01")));
  ASSERT_EQ(delivery.online.size(), 1U);
  EXPECT_THAT(delivery.online[0].validity.periods(),
              ::testing::ElementsAre(Period{*parse_day("2019-01-01"), *parse_day("2019-12-31")}));
  EXPECT_FALSE(delivery.texts[1].validity.holds(*parse_day("2024-01-15")));
  ASSERT_EQ(delivery.problems.size(), 1U);
  EXPECT_THAT(delivery.problems[0].message, ::testing::HasSubstr("endet, bevor sie beginnt"));
}

TEST(Xzufi, ADateOfChangeThatIsNoneIsLeftOutWhole) {
  const auto changed = [](const std::string& date) {
    return "<x:versionsinformation><x:geaendertDatumZeit>" + date +
           "</x:geaendertDatumZeit></x:versionsinformation>";
  };
  const auto delivery =
      read(xzufi::file(xzufi::service("A", "1", "99110009104000", "Hund", "", changed("am 4. März 2026")) +
                       xzufi::online("A", "2", "Hund", "https://example.org/", changed("2026-02-31"))));
  ASSERT_EQ(delivery.texts.size(), 1U);
  EXPECT_EQ(delivery.texts[0].changed, "");
  ASSERT_EQ(delivery.online.size(), 1U);
  EXPECT_EQ(delivery.online[0].changed, "");
  EXPECT_EQ(delivery.problems.size(), 2U);
}

TEST(Xzufi, ATextWhoseAreasAreAllUnknownIsNotTaken) {
  const auto delivery = read(xzufi::file(xzufi::service("A", "1", "99110009104000", "Hund", "999999999999")));
  EXPECT_TRUE(delivery.texts.empty());
  EXPECT_EQ(delivery.problems.size(), 2U);
}

TEST(Xzufi, AResponsibilityForUnknownAreasIsNotOneForEverywhere) {
  const auto delivery = read(xzufi::file(xzufi::responsible("A", "OD.1", "A", "1", "999999999999")));
  EXPECT_TRUE(delivery.responsibilities.empty());
  EXPECT_EQ(delivery.problems.size(), 1U);
}

TEST(Xzufi, ACutFileKeepsWhatCameBefore) {
  const std::string whole = xzufi::file(xzufi::service("A", "1", "99110009104000", "Hund", "") +
                                        xzufi::service("A", "2", "99110009070000", "Hund ab", ""));
  const auto delivery = read(whole.substr(0, whole.size() - 60));
  EXPECT_FALSE(delivery.whole);
  EXPECT_EQ(delivery.texts.size(), 1U);
  ASSERT_FALSE(delivery.problems.empty());
}

TEST(Xzufi, EntityBombsAndForeignEntitiesAreRefused) {
  std::string bomb = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY e0 \"boom\">";
  for (int i = 1; i < 30; ++i)
    bomb += "<!ENTITY e" + std::to_string(i) + " \"&e" + std::to_string(i - 1) + ";&e" +
            std::to_string(i - 1) + ";\">";
  bomb += "]><a><schreibe><leistung><id>&e29;</id></leistung></schreibe></a>";
  for (const std::string& content :
       {bomb,
        std::string(
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a><schreibe><leistung><id>&x;</id>"
            "</leistung></schreibe></a>")}) {
    const auto delivery = read(content);
    EXPECT_FALSE(delivery.whole);
    EXPECT_TRUE(delivery.texts.empty());
    ASSERT_EQ(delivery.problems.size(), 1U);
    EXPECT_THAT(delivery.problems[0].message, ::testing::HasSubstr("DOCTYPE"));
  }
}

TEST(Xzufi, AnObjectThatIsTooLargeIsSkippedAndTheNextIsRead) {
  const auto delivery = read(xzufi::file(xzufi::service("A", "1", "", std::string(17U << 20U, 'x'), "") +
                                         xzufi::service("A", "2", "99110009104000", "Hund", "")));
  EXPECT_TRUE(delivery.whole);
  ASSERT_EQ(delivery.texts.size(), 1U);
  EXPECT_EQ(delivery.texts[0].title, "Hund");
  EXPECT_EQ(delivery.problems.size(), 1U);
}

}  // namespace
}  // namespace vsm
