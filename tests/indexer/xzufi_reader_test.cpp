#include "indexer/xzufi_reader.h"

#include <gmock/gmock.h>

#include <chrono>
#include <sstream>
#include <stdexcept>

#include "tests/fixture.h"

namespace vsm {
namespace {

struct Delivery {
  std::vector<ServiceText> texts;
  std::vector<OnlineService> online;
  std::vector<Office> offices;
  std::vector<Responsibility> responsibilities;
  std::vector<Deletion> deletions;
  std::vector<Problem> problems, places;
  std::vector<std::int64_t> heads;
  bool whole = false;
};

const AreaTable& areas() {
  static const AreaTable table(project_tables());
  return table;
}

Delivery read(const std::string& content) {
  Delivery delivery;
  struct Sort {
    Delivery& into;
    void operator()(ServiceText& o) const { into.texts.push_back(o); }
    void operator()(OnlineService& o) const { into.online.push_back(o); }
    void operator()(Office& o) const { into.offices.push_back(o); }
    void operator()(Responsibility& o) const { into.responsibilities.push_back(o); }
    void operator()(Deletion& o) const { into.deletions.push_back(o); }
  };
  const ChangeSink sink{[&](const DeliveryHead& head) { delivery.heads.push_back(head.created); },
                        [&](Change object, const Problem& place) {
                          std::visit(Sort{delivery}, object);
                          delivery.places.push_back(place);
                        },
                        [&](Problem problem) { delivery.problems.push_back(std::move(problem)); }};
  std::istringstream in(content);
  delivery.whole = read_xzufi(in, "feed.xml", areas(), sink);
  return delivery;
}

std::vector<std::string> rules(const Delivery& delivery) {
  std::vector<std::string> found;
  for (const Problem& problem : delivery.problems) found.push_back(problem.rule);
  return found;
}

std::int64_t utc(const char* day, int hour, int minute = 0, int second = 0) {
  return std::int64_t{*parse_day(day)} * 86'400 + hour * 3'600 + minute * 60 + second;
}

std::string leistung(const std::string& content) {
  return xzufi::file(xzufi::write("<x:leistung>" + xzufi::id("A", "1") +
                                  xzufi::module("03", "Hund anmelden") + content + "</x:leistung>"));
}

std::string de(const std::string& name, const std::string& text, const std::string& language = "de") {
  return "<x:" + name + " languageCode=\"" + language + "\">" + text + "</x:" + name + ">";
}

std::string in_language(const std::string& code, const std::string& language, const std::string& text) {
  return "<x:modulText><x:leikaTextmodul><code>" + code + "</code></x:leikaTextmodul>" +
         de("inhalt", "deutsch") + de("inhalt", text, language) + "</x:modulText>";
}

const TextModule* module_of(const ServiceText& text, std::string_view code) {
  for (const TextModule& module : text.modules)
    if (module.code == code) return &module;
  return nullptr;
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
  ASSERT_EQ(delivery.problems.size(), 1U);
  EXPECT_EQ(delivery.problems[0].rule, "gebiet");
  EXPECT_EQ(delivery.problems[0].severity, Severity::refused);
  EXPECT_EQ(delivery.problems[0].object, "A.1");
}

TEST(Xzufi, AResponsibilityForUnknownAreasIsNotOneForEverywhere) {
  const auto delivery = read(xzufi::file(xzufi::responsible("A", "OD.1", "A", "1", "999999999999")));
  EXPECT_TRUE(delivery.responsibilities.empty());
  ASSERT_EQ(delivery.problems.size(), 1U);
  EXPECT_EQ(delivery.problems[0].rule, "gebiet");
  EXPECT_EQ(delivery.problems[0].severity, Severity::refused);
}

TEST(Xzufi, ACutFileKeepsWhatCameBefore) {
  const std::string whole = xzufi::file(xzufi::service("A", "1", "99110009104000", "Hund", "") +
                                        xzufi::service("A", "2", "99110009070000", "Hund ab", ""));
  const std::size_t between = whole.find("</x:schreibe>") + 13;
  for (const std::size_t length : {between, between + 5, between + 11, between + 40, whole.size() - 60}) {
    const auto delivery = read(whole.substr(0, length));
    EXPECT_FALSE(delivery.whole);
    EXPECT_EQ(delivery.texts.size(), 1U);
    ASSERT_EQ(delivery.problems.size(), 1U);
    EXPECT_EQ(delivery.problems[0].rule, "nicht-wohlgeformt");
    EXPECT_EQ(delivery.problems[0].severity, Severity::broken);
    EXPECT_THAT(delivery.problems[0].message, ::testing::HasSubstr("abgeschnitten"));
  }
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
    EXPECT_EQ(delivery.problems[0].rule, "doctype");
    EXPECT_EQ(delivery.problems[0].severity, Severity::broken);
  }
}

TEST(Xzufi, AnObjectThatIsTooLargeIsSkippedAndTheNextIsRead) {
  const auto delivery = read(xzufi::file(xzufi::service("A", "1", "", std::string(17U << 20U, 'x'), "") +
                                         xzufi::service("A", "2", "99110009104000", "Hund", "")));
  EXPECT_TRUE(delivery.whole);
  ASSERT_EQ(delivery.texts.size(), 1U);
  EXPECT_EQ(delivery.texts[0].title, "Hund");
  ASSERT_EQ(delivery.problems.size(), 1U);
  EXPECT_EQ(delivery.problems[0].rule, "zu-gross");
  EXPECT_EQ(delivery.problems[0].severity, Severity::refused);
  EXPECT_EQ(delivery.problems[0].object, "A.1");
}

TEST(Xzufi, TheHeadComesOnceBeforeTheFirstChange) {
  const auto delivery = read(
      "<a><nachrichtenkopf><erstelltDatumZeit>2026-05-04T10:00:00+02:00</erstelltDatumZeit></nachrichtenkopf>"
      "<schreibe><leistung><id>1</id></leistung></schreibe><nachrichtenkopf/></a>");
  EXPECT_THAT(delivery.heads, ::testing::ElementsAre(utc("2026-05-04", 8)));
  EXPECT_TRUE(delivery.problems.empty());
}

TEST(Xzufi, MomentsOfAllZones) {
  const auto changed_at = [](const std::string& moment) {
    const auto delivery = read(leistung("<x:versionsinformationen><x:geaendertDatumZeit>" + moment +
                                        "</x:geaendertDatumZeit></x:versionsinformationen>"));
    return delivery.texts.at(0).changed_at;
  };
  EXPECT_EQ(changed_at("2026-05-04T10:00:00Z"), utc("2026-05-04", 10));
  EXPECT_EQ(changed_at("2026-05-04T10:00:01.123456"), utc("2026-05-04", 10, 0, 1));
  EXPECT_EQ(changed_at("2026-05-04T00:30:00+02:00"), utc("2026-05-03", 22, 30));
  EXPECT_EQ(changed_at("2026-05-04T20:00:00-05:30"), utc("2026-05-05", 1, 30));
  EXPECT_EQ(changed_at("2026-05-04"), utc("2026-05-04", 0));
  EXPECT_EQ(changed_at("2026-05-04+02:00"), utc("2026-05-03", 22));
  for (const char* none : {"2026-05-04T25:00:00", "2026-05-04T10:00:00+99:00", "2026-05-04Tx", "0000-05-04",
                           "gestern", "2026-05-04T10:61", "2026-05-04T10:00:00 GMT", "2026-05-04T-1:00:00"})
    EXPECT_EQ(changed_at(none), 0) << none;
}

TEST(Xzufi, WhatWasNeverChangedCountsFromItsMaking) {
  const auto delivery =
      read(leistung("<x:versionsinformation><x:erstelltDatumZeit>2025-01-02T03:04:05Z"
                    "</x:erstelltDatumZeit></x:versionsinformation>"));
  EXPECT_EQ(delivery.texts.at(0).changed, "2025-01-02");
}

TEST(Xzufi, DeletionsOfEveryClass) {
  const auto gone = [](const std::string& kind) {
    return "<x:loesche klasse=\"" + kind + "\">" + xzufi::id("A", "1") + "</x:loesche>";
  };
  const auto delivery =
      read(xzufi::file(gone("Leistung") + gone("LeistungSpezialisierung") + gone("Organisationseinheit") +
                       gone("Onlinedienst") + gone("Formular") + gone("Zustaendigkeit") + gone("Gebiet") +
                       "<x:loesche klasse=\"Leistung\"/>"));
  std::vector<ObjectKind> kinds;
  for (const Deletion& deletion : delivery.deletions) {
    kinds.push_back(deletion.kind);
    EXPECT_EQ(deletion.id.text(), "A.1");
  }
  EXPECT_THAT(kinds, ::testing::ElementsAre(ObjectKind::text, ObjectKind::text, ObjectKind::office,
                                            ObjectKind::online_service, ObjectKind::online_service,
                                            ObjectKind::responsibility));
  EXPECT_THAT(rules(delivery), ::testing::ElementsAre("art", "id-fehlt"));
  EXPECT_EQ(delivery.problems[0].severity, Severity::refused);
}

TEST(Xzufi, ModulesKeepHtmlTitlesAndLinks) {
  const auto delivery = read(leistung(
      "<x:modulText><x:leikaTextmodul><x:code>08</x:code></x:leikaTextmodul>" +
      de("leikaTextmodulAbweichendeBezeichnung", "Was Sie brauchen") +
      de("inhalt", "&lt;ul&gt;&lt;li&gt;Ausweis&lt;/li&gt;&lt;/ul&gt;&lt;script&gt;x&lt;/script&gt;") +
      "<x:weiterfuehrenderLink languageCode=\"de\"><x:uri>https://example.org/</x:uri><x:titel>Mehr</x:titel>"
      "</x:weiterfuehrenderLink><x:weiterfuehrenderLink><x:uri>javascript:alert(1)</x:uri>"
      "</x:weiterfuehrenderLink></x:modulText><x:modulTextIndividuell><x:individuellesTextmodultyp><code>7</"
      "code>"
      "<name>Besonderheiten</name></x:individuellesTextmodultyp>" +
      de("inhalt", "Nur vormittags.") + "</x:modulTextIndividuell>"));
  ASSERT_EQ(delivery.texts.size(), 1U);
  ASSERT_EQ(delivery.texts[0].modules.size(), 2U);
  const TextModule& needed = delivery.texts[0].modules[0];
  EXPECT_EQ(needed.title, "Was Sie brauchen");
  EXPECT_EQ(needed.text, "Ausweis");
  EXPECT_EQ(needed.html, "<ul><li>Ausweis</li></ul>");
  ASSERT_EQ(needed.links.size(), 1U);
  EXPECT_EQ(needed.links[0].url, "https://example.org/");
  EXPECT_EQ(needed.links[0].title, "Mehr");
  EXPECT_EQ(delivery.texts[0].modules[1].code, "IND");
  EXPECT_EQ(delivery.texts[0].modules[1].title, "Besonderheiten");
  EXPECT_EQ(delivery.texts[0].modules[1].text, "Nur vormittags.");
  EXPECT_THAT(rules(delivery), ::testing::UnorderedElementsAre("link-adresse", "html"));
}

TEST(Xzufi, HtmlThatIsNotEscapedIsReadToo) {
  const auto delivery =
      read(leistung("<x:modulText><x:leikaTextmodul><code>08</code></x:leikaTextmodul>"
                    "<x:inhalt languageCode=\"de\">Bitte <b>beides</b>:<ul><li>1 &lt; 2</li>"
                    "</ul></x:inhalt></x:modulText>"));
  EXPECT_EQ(delivery.texts.at(0).modules.at(0).text, "Bitte beides:\n1 < 2");
  EXPECT_EQ(delivery.texts.at(0).modules.at(0).html, "Bitte <b>beides</b>:<ul><li>1 &lt; 2</li></ul>");
}

TEST(Xzufi, CostsAndTimeLimitsBecomeLines) {
  const auto delivery = read(leistung(
      "<x:modulKosten><x:kosten><x:typ><code>001</code></x:typ><x:kostenauswahl><x:kostenFix>"
      "<x:betrag "
      "currencyCode=\"EUR\">1250.5</x:betrag></x:kostenFix></x:kostenauswahl><x:vorkasse>true</x:vorkasse>"
      "</x:kosten><x:kosten><x:typ><code>002</code><name>Auslagen</name></x:typ><x:kostenauswahl>"
      "<x:betragUntergrenze>10</x:betragUntergrenze><x:betragObergrenze>50.00</x:betragObergrenze>"
      "</x:kostenauswahl></x:kosten><x:kosten><x:kostenauswahl type=\"x:KostenFrei\"/>" +
      de("beschreibung", "für Kinder") + "</x:kosten>" + de("beschreibung", "Bar oder mit Karte.") +
      "</x:modulKosten><x:modulFrist><x:frist><x:typ><code>001</code><name>Antragsfrist</name></x:typ>"
      "<x:fristauswahl><x:fristDauer><x:dauer>4</x:dauer><x:einheit><code>WOCHE</code></x:einheit></"
      "x:fristDauer>"
      "</x:fristauswahl></x:frist><x:frist><x:typ><code>009</code></x:typ><x:fristauswahl><x:fristStichtag>"
      "<x:von>--01-01</x:von><x:bis>2026-03-31</x:bis></x:fristStichtag></x:fristauswahl></x:frist></"
      "x:modulFrist>"
      "<x:modulBearbeitungsdauer><x:bearbeitungsdauer><x:fristauswahl><x:dauer>2</x:dauer><x:einheit>WOCHE</"
      "x:einheit>"
      "<x:dauerBis>6</x:dauerBis><x:einheitBis>WOCHE</x:einheitBis></x:fristauswahl></x:bearbeitungsdauer>"
      "<x:bearbeitungsdauer><x:fristauswahl><x:dauer>1</x:dauer><x:einheit>TAG</x:einheit><x:dauerBis>2</"
      "x:dauerBis>"
      "<x:einheitBis>MONAT</x:einheitBis></x:fristauswahl></x:bearbeitungsdauer></"
      "x:modulBearbeitungsdauer>"));
  ASSERT_EQ(delivery.texts.size(), 1U);
  const ServiceText& text = delivery.texts[0];
  ASSERT_TRUE(module_of(text, "98") && module_of(text, "97") && module_of(text, "95"));
  EXPECT_EQ(module_of(text, "98")->text,
            "Gebühr: 1.250,50 EUR (Vorkasse)\nAuslagen: 10,00 bis 50,00 EUR\ngebührenfrei\nfür Kinder\n"
            "Bar oder mit Karte.");
  EXPECT_EQ(module_of(text, "97")->text, "Antragsfrist: 4 Wochen\nFrist: 1. Januar bis 31.03.2026");
  EXPECT_EQ(module_of(text, "95")->text, "2 bis 6 Wochen\n1 Tag bis 2 Monate");
  EXPECT_TRUE(delivery.problems.empty());
}

TEST(Xzufi, WhatIsForAllChannelsComesFirst) {
  const auto module = [](const std::string& channel, const std::string& text) {
    return "<x:modulText><x:zugangskanal><code>" + channel +
           "</code></x:zugangskanal><x:leikaTextmodul><code>08</code></x:leikaTextmodul>" +
           de("inhalt", text) + "</x:modulText>";
  };
  const auto delivery = read(leistung(module("100", "eins") + module("200", "eins") + module("000", "zwei") +
                                      module("000", "drei")));
  ASSERT_EQ(delivery.texts.at(0).modules.size(), 1U);
  EXPECT_EQ(delivery.texts[0].modules[0].text, "zwei");
  EXPECT_THAT(rules(delivery), ::testing::ElementsAre("modul-mehrfach", "modul-mehrfach"));
  EXPECT_EQ(delivery.problems[0].severity, Severity::warning);
}

TEST(Xzufi, EnglishAndLeichteSpracheAreTranslations) {
  const auto delivery =
      read(leistung(in_language("02", "en", "Dog registration") + in_language("24", "en-GB", "In short") +
                    in_language("08", "de-LS", "leicht") + in_language("09", "de-x-leicht", "auch leicht") +
                    in_language("11", "fr", "chien") + in_language("16", "de-q1", "ganz leicht") +
                    "<x:sprachversion><x:languageCode>de-q1</"
                    "x:languageCode><x:sprachbezeichnungDeutsch>Deutsch (leichte Sprache)"
                    "</x:sprachbezeichnungDeutsch></x:sprachversion>"));
  ASSERT_EQ(delivery.texts.size(), 1U);
  EXPECT_EQ(delivery.texts[0].teaser, "deutsch");
  ASSERT_EQ(delivery.texts[0].translations.size(), 2U);
  const Translation& english = delivery.texts[0].translations[0];
  EXPECT_EQ(english.language, "en");
  EXPECT_EQ(english.title, "Dog registration");
  EXPECT_EQ(english.teaser, "In short");
  EXPECT_TRUE(english.modules.empty());
  const Translation& easy = delivery.texts[0].translations[1];
  EXPECT_EQ(easy.language, "de-LS");
  ASSERT_EQ(easy.modules.size(), 3U);
  EXPECT_EQ(easy.modules[0].text, "leicht");
  EXPECT_EQ(easy.modules[2].text, "ganz leicht");
}

TEST(Xzufi, CodesOfAService) {
  const auto delivery = read(leistung(
      "<x:typisierung><code>2/3</code></x:typisierung><x:leistungsadressat><code>001</code></"
      "x:leistungsadressat>"
      "<x:klassifizierung "
      "listURI=\"urn:xoev-de:fim:codeliste:pvlagen\"><code>1030200</code></x:klassifizierung>"
      "<x:klassifizierung listURI=\"urn:other\"><code>7</code></x:klassifizierung>"
      "<x:informationsbereichSDG><code>1020200</code></x:informationsbereichSDG><x:informationsbereichSDG>"
      "<code>0000000</code></x:informationsbereichSDG><x:informationsbereicheSDG><x:informationsbereichSDG1>"
      "<code>1030300</code></x:informationsbereichSDG1><x:informationsbereichSDG2><code>1010</code>"
      "</x:informationsbereichSDG2></x:informationsbereicheSDG><x:vertrauensniveau><code>30</code></"
      "x:vertrauensniveau>"
      "<x:modulBegriffImKontext><x:begriffImKontext>" +
      de("begriff", "Hundesteuer") +
      "<x:typ><code>002</code></x:typ></x:begriffImKontext><x:begriffImKontext>" + de("begriff", "Fiffi") +
      "<x:typ><code>999</code></x:typ></x:begriffImKontext></x:modulBegriffImKontext>"));
  const ServiceText& text = delivery.texts.at(0);
  EXPECT_THAT(text.types, ::testing::ElementsAre("2/3"));
  EXPECT_THAT(text.addressees, ::testing::ElementsAre("001"));
  EXPECT_THAT(text.situations, ::testing::ElementsAre("1030200"));
  EXPECT_THAT(text.sdg, ::testing::ElementsAre("1020200", "1030300", "1010"));
  EXPECT_THAT(text.words, ::testing::ElementsAre("Hundesteuer", "Fiffi"));
  EXPECT_EQ(text.trust_level, 30);
}

TEST(Xzufi, ASpecialisationNamesItsService) {
  for (const char* name : {"leistungID", "referenzLeistungID", "uebergeordneteLeistungID"}) {
    const std::string base = std::string("<x:") + name + " schemeAgencyID=\"L\">7</x:" + name + ">";
    const auto delivery = read(xzufi::file(
        xzufi::write("<x:spezialisierung>" + xzufi::id("A", "2") + base + xzufi::module("06", "Bei uns so.") +
                     "<x:gebietID>059110000000</x:gebietID>" + xzufi::valid("2026-01-01", "9999-12-31") +
                     "</x:spezialisierung>")));
    ASSERT_EQ(delivery.texts.size(), 1U);
    EXPECT_EQ(delivery.texts[0].base.text(), "L.7");
    EXPECT_THAT(delivery.texts[0].areas, ::testing::ElementsAre("gemeinde:059110000000"));
    EXPECT_EQ(delivery.texts[0].validity.periods().at(0).to, day_max);
    EXPECT_TRUE(delivery.problems.empty());
  }
}

TEST(Xzufi, AnOfficeKeepsItsHoursAndResponsibilitiesAndNoPersons) {
  const auto delivery = read(xzufi::file(xzufi::write(
      "<x:organisationseinheit>" + xzufi::id("A", "OE") +
      "<x:name>Bürgerbüro</x:name><x:kontaktperson><x:vorname>Erika</x:vorname>"
      "<x:sprechzeiten>nie</x:sprechzeiten></x:kontaktperson><x:oeffnungszeiten>" +
      de("text", "Mo &lt;b&gt;8 bis 12&lt;/b&gt; Uhr") + de("text", "Mon 8 to 12", "en") +
      "</x:oeffnungszeiten><x:zustaendigkeit>" + xzufi::id("A", "Z1") +
      "<x:leistungID>7</x:leistungID><x:rolle><code>02</code></x:rolle></x:zustaendigkeit><x:zustaendigkeit>"
      "<x:leistungID>8</x:leistungID><x:leistungID>9</x:leistungID></x:zustaendigkeit></"
      "x:organisationseinheit>")));
  ASSERT_EQ(delivery.offices.size(), 1U);
  const Office& office = delivery.offices[0];
  EXPECT_EQ(office.hours, "Mo 8 bis 12 Uhr");
  EXPECT_TRUE(delivery.responsibilities.empty());
  ASSERT_EQ(office.responsibilities.size(), 2U);
  EXPECT_EQ(office.responsibilities[0].id.text(), "A.Z1");
  EXPECT_EQ(office.responsibilities[0].role, "02");
  EXPECT_EQ(office.responsibilities[1].id.text(), "A.OE");
  EXPECT_EQ(office.responsibilities[1].subject.text(), "A.OE");
  EXPECT_EQ(office.responsibilities[1].services.size(), 2U);
}

TEST(Xzufi, TheFirstLinkOfTheBestLanguageWins) {
  const auto chosen = [](const std::string& links) {
    return read(xzufi::file(
                    xzufi::write("<x:onlinedienst>" + xzufi::id("A", "1") + links + "</x:onlinedienst>")))
        .online.at(0);
  };
  const auto link = [](const std::string& language, const std::string& url, const std::string& more = {}) {
    return "<x:link" + (language.empty() ? "" : " languageCode=\"" + language + "\"") + "><x:link>" + url +
           "</x:link>" + more + "</x:link>";
  };
  EXPECT_EQ(chosen(link("", "https://a.de") + link("", "https://b.de")).url, "https://a.de");
  EXPECT_EQ(chosen(link("de", "https://a.de") + link("de", "https://b.de")).url, "https://a.de");
  EXPECT_EQ(chosen(link("en", "https://a.de") + link("", "https://b.de") + link("de", "https://c.de")).url,
            "https://c.de");
  EXPECT_EQ(
      chosen(link("de", "https://a.de", "<x:typ><code>02</code></x:typ>") + link("en", "https://b.de")).url,
      "https://b.de");
  const std::string parameter =
      "<x:dynamischeParameter><x:typ><code>003</code></x:typ><x:parameterName>ars</x:parameterName>"
      "</x:dynamischeParameter>";
  for (const OnlineService& service :
       {chosen(link("de", "https://a.de", parameter)), chosen(link("de", "https://a.de") + parameter)}) {
    ASSERT_EQ(service.parameters.size(), 1U);
    EXPECT_EQ(service.parameters[0].type, "003");
    EXPECT_EQ(service.parameters[0].name, "ars");
  }
}

TEST(Xzufi, AFormIsAnOnlineServiceThatSaysSo) {
  const auto delivery = read(xzufi::file(
      xzufi::write(
          "<x:formular>" + xzufi::id("A", "F1") + de("bezeichnung", "Antrag auf Hundesteuer") +
          "<x:link languageCode=\"de\"><x:uri>https://example.org/a.pdf</x:uri></x:link></x:formular>") +
      xzufi::online("A", "O1", "Online", "https://example.org/")));
  ASSERT_EQ(delivery.online.size(), 2U);
  EXPECT_TRUE(delivery.online[0].form);
  EXPECT_EQ(delivery.online[0].title, "Antrag auf Hundesteuer");
  EXPECT_EQ(delivery.online[0].url, "https://example.org/a.pdf");
  EXPECT_FALSE(delivery.online[1].form);
}

TEST(Xzufi, EachResponsibilityOfATransferObjectIsOne) {
  const auto delivery = read(xzufi::file(xzufi::write(
      "<x:zustaendigkeitTransferObjekt><x:uebergeordnetesObjektID "
      "schemeAgencyID=\"A\">OE</x:uebergeordnetesObjektID>"
      "<x:zustaendigkeit>" +
      xzufi::id("A", "Z1") + "<x:leistungID>7</x:leistungID></x:zustaendigkeit><x:zustaendigkeit>" +
      xzufi::id("A", "Z2") +
      "<x:leistungID>7</x:leistungID><x:gebietID>999999999999</x:gebietID></x:zustaendigkeit>"
      "<x:zustaendigkeit>" +
      xzufi::id("A", "Z3") + "</x:zustaendigkeit></x:zustaendigkeitTransferObjekt>")));
  ASSERT_EQ(delivery.responsibilities.size(), 1U);
  EXPECT_EQ(delivery.responsibilities[0].id.text(), "A.Z1");
  EXPECT_EQ(delivery.places.at(0).object, "A.Z1");
  EXPECT_THAT(rules(delivery), ::testing::ElementsAre("gebiet", "feld-fehlt"));
  EXPECT_EQ(delivery.problems[0].object, "A.Z2");
}

TEST(Xzufi, TheYearZeroIsNoneAndTheYear9999IsOpen) {
  const auto delivery = read(leistung(xzufi::valid("0000-01-01", "9999-12-31T23:59:59")));
  EXPECT_TRUE(delivery.texts.at(0).validity.always());
  EXPECT_THAT(rules(delivery), ::testing::ElementsAre("datum"));
}

TEST(Xzufi, IdsThatAreTooLongAreRefused) {
  const auto delivery = read(xzufi::file(xzufi::service("A", std::string(201, '1'), "", "Hund", "") +
                                         "<x:loesche klasse=\"Leistung\">" +
                                         xzufi::id("A", std::string(201, '1')) + "</x:loesche>"));
  EXPECT_TRUE(delivery.texts.empty());
  EXPECT_TRUE(delivery.deletions.empty());
  EXPECT_THAT(rules(delivery), ::testing::ElementsAre("id-zu-lang", "id-zu-lang"));
  EXPECT_EQ(delivery.problems[0].severity, Severity::refused);
  EXPECT_LE(delivery.problems[0].object.size(), 200U);
}

TEST(Xzufi, FilesThatSayNothingAreToldApart) {
  for (const char* empty : {"", "<?xml version=\"1.0\"?>\n", "<html><leistung/></html>"}) {
    const auto delivery = read(empty);
    EXPECT_TRUE(delivery.whole) << empty;
    EXPECT_THAT(rules(delivery), ::testing::ElementsAre("leer")) << empty;
    EXPECT_EQ(delivery.problems[0].severity, Severity::warning);
  }
}

TEST(Xzufi, WhatCannotBeReadSaysWhy) {
  std::string deep;
  for (int i = 0; i < 1'000'000; ++i) deep += "<a>";
  const std::string title = "<a><schreibe><leistung><id>1</id><x>";
  const std::pair<std::string, const char*> broken[] = {
      {title + "\xC3(", "utf-8"},
      {"<?xml version=\"1.0\" encoding=\"x-unbekannt\"?><a/>", "kodierung"},
      {title + "&nbsp;", "nicht-wohlgeformt"},
      {title + std::string("a\0b", 3), "nicht-wohlgeformt"},
      {title + "\x01", "nicht-wohlgeformt"},
      {"<a><schreibe>" + deep, "zu-tief"},
      {deep, "zu-tief"},
      {"<a b=\"" + std::string(3U << 20U, 'x') + "\"/>", "zu-gross"},
      {"<!--" + std::string(3U << 20U, 'x') + "--><a/>", "zu-gross"}};
  for (const auto& [content, rule] : broken) {
    const auto delivery = read(content);
    EXPECT_FALSE(delivery.whole) << rule;
    ASSERT_EQ(delivery.problems.size(), 1U) << rule;
    EXPECT_EQ(delivery.problems[0].rule, rule) << delivery.problems[0].message;
    EXPECT_EQ(delivery.problems[0].severity, Severity::broken);
  }
}

TEST(Xzufi, OtherEncodingsAreRead) {
  const auto delivery = read(
      "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a><schreibe><onlinedienst><id>1</id><bezeichnung>"
      "B\xFCro</bezeichnung></onlinedienst></schreibe></a>");
  EXPECT_EQ(delivery.online.at(0).title, "Büro");
}

TEST(Xzufi, AModuleThatIsTooLargeRefusesItsObject) {
  const auto delivery = read(leistung(xzufi::module("06", std::string(2U << 20U, 'x'))));
  EXPECT_TRUE(delivery.texts.empty());
  EXPECT_THAT(rules(delivery), ::testing::ElementsAre("zu-gross"));
  EXPECT_EQ(delivery.problems[0].object, "A.1");
}

TEST(Xzufi, AnObjectOfVeryManyElementsIsSkipped) {
  std::string many;
  for (int i = 0; i < 1'000'000; ++i) many += "<a/>";
  const auto delivery = read(leistung(many));
  EXPECT_TRUE(delivery.texts.empty());
  EXPECT_THAT(rules(delivery), ::testing::ElementsAre("zu-gross"));
}

TEST(Xzufi, OneObjectComplainsOfEachKindOnlySoOften) {
  std::string keys;
  for (int i = 0; i < 1'000; ++i) keys += "<x:referenzLeiKa><code>1</code></x:referenzLeiKa>";
  EXPECT_LE(read(leistung(keys)).problems.size(), 20U);
}

TEST(Xzufi, WhatTheSinkThrowsComesThrough) {
  const ChangeSink sink{
      {}, [](const Change&, const Problem&) { throw std::runtime_error("voll"); }, [](const Problem&) {}};
  std::istringstream in(leistung(""));
  EXPECT_THROW(read_xzufi(in, "feed.xml", areas(), sink), std::runtime_error);
}

TEST(Xzufi, AFileIsReadByItsPath) {
  const TempFolder folder;
  std::vector<Problem> problems;
  int changes = 0;
  const ChangeSink sink{{},
                        [&](const Change&, const Problem&) { ++changes; },
                        [&](const Problem& problem) { problems.push_back(problem); }};
  EXPECT_TRUE(read_xzufi(folder.write("feed.xml", leistung("")), areas(), sink));
  EXPECT_EQ(changes, 1);
  EXPECT_FALSE(read_xzufi(folder / "keine.xml", areas(), sink));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].rule, "datei");
  EXPECT_EQ(problems[0].severity, Severity::broken);
}

}  // namespace
}  // namespace vsm
