// What the pages say of a service, in which language, and what is written about the site itself.
#include <gmock/gmock.h>

#include "server/html.h"
#include "tests/server/running.h"

namespace vsm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string in_language(const std::string& code, const std::string& language, const std::string& text) {
  return "<x:modulText><x:leikaTextmodul><code>" + code +
         "</code></x:leikaTextmodul><x:inhalt languageCode=\"" + language + "\">" + text +
         "</x:inhalt></x:modulText>";
}

class PagesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    using namespace xzufi;
    folder_->write("f/sources.tsv",
                   "id\tformat\tpath\tarea\tname\tsample\tside\n"
                   "land\txzufi\tL1.xml\tland:050000000000\tLandestexte\tno\t\n"
                   "bochum\txzufi\tBO.xml\tgemeinde:059110000000\tStadt Bochum\tyes\t\n");
    folder_->write("f/L1.xml", file(service("L1", "1", "99110009104000", "Hund anmelden", "",
                                            module("09", "Der Hund ist älter als drei Monate."))));
    const std::string html =
        "&lt;p&gt;Bringen Sie mit:&lt;/p&gt;&lt;ul&gt;&lt;li&gt;Ausweis&lt;/li&gt;&lt;/ul&gt;"
        "&lt;script&gt;alert(1)&lt;/script&gt;";
    folder_->write("f/BO.xml",
                   file(service("BO", "1", "99110009104000", "Hund anmelden", "",
                                module("24", "Kurz gesagt") + module("98", "Die Anmeldung kostet nichts.") +
                                    module("08", html) + in_language("03", "en", "Register a dog") +
                                    in_language("08", "en", "An identity card") +
                                    in_language("08", "de-LS", "Sie brauchen Ihren Ausweis.")) +
                        online("BO", "2", "Hund online", "https://bochum.example/hund") +
                        office("BO", "3", "Steueramt Bochum") + responsible("BO", "2", "BO", "1", "") +
                        responsible("BO", "3", "BO", "1", "")));
    build_from_feeds(*folder_);
    engine_ = std::make_unique<SearchEngine>(*folder_ / "index");
  }
  static void TearDownTestSuite() {
    engine_.reset();
    delete folder_;
  }

  static std::string page(const std::string& path, const Site& site = {}) {
    ServerSettings settings;
    settings.site = site;
    const RunningServer server(*engine_, settings);
    const auto response = server.get(path);
    EXPECT_TRUE(response && response->status == 200) << path;
    return response ? response->body : std::string();
  }

  static inline TempFolder* folder_ = nullptr;
  static inline std::unique_ptr<SearchEngine> engine_;
};

TEST_F(PagesTest, AResultSaysWhatItNeedsCostsAndWhoDoesIt) {
  const std::string results = page("/?q=hund+anmelden&place=Bochum");
  for (const char* said :
       {"Hund anmelden", "Kommune Bochum", "https://bochum.example/hund", "Servicekonto",
        "Die Anmeldung kostet nichts.", "Steueramt Bochum", "In 1 von 1 Kommunen online", "Beispieldaten"})
    EXPECT_THAT(results, HasSubstr(said)) << said;
  EXPECT_THAT(results, Not(HasSubstr("Link melden"))) << "nobody wants to hear of it";
}

TEST_F(PagesTest, AServiceIsToldWholeFromAllLevels) {
  const std::string service = page("/leistung/99110009104000?ars=05911");
  for (const char* said :
       {"<h2 class=\"kern-heading-medium\">Erforderliche Unterlagen</h2>", "<li>Ausweis</li>",
        "Der Hund ist älter als drei Monate.", "Text von: Land Nordrhein-Westfalen", "Landestexte",
        "99110009104000", "Markt 2, 44787 Bochum", "tel:02341"})
    EXPECT_THAT(service, HasSubstr(said)) << said;
  EXPECT_THAT(service, Not(HasSubstr("alert(1)")));
}

TEST_F(PagesTest, AServiceSpeaksTheLanguagesOfItsText) {
  const std::string german = page("/leistung/99110009104000?ars=05911");
  EXPECT_THAT(german, HasSubstr("lang=en\" hreflang=\"en\">Englisch"));
  EXPECT_THAT(german, HasSubstr("lang=ls\" hreflang=\"de\">Leichte Sprache"));
  const std::string easy = page("/leistung/99110009104000?ars=05911&lang=ls");
  EXPECT_THAT(easy, HasSubstr("Sie brauchen Ihren Ausweis."));
  EXPECT_THAT(easy, Not(HasSubstr("<li>Ausweis</li>")));
  const std::string english = page("/leistung/99110009104000?ars=05911&lang=en");
  EXPECT_THAT(english, HasSubstr("<html lang=\"en\">"));
  EXPECT_THAT(english, HasSubstr("Register a dog"));
  EXPECT_THAT(english, HasSubstr("An identity card"));
  EXPECT_THAT(english, HasSubstr("lang=\"de\">\n    <h2 class=\"kern-heading-medium\">Voraussetzungen"))
      << "the Land's German text is marked as such";
}

TEST_F(PagesTest, ResultsAreNarrowedByLevel) {
  EXPECT_THAT(page("/?q=hund&place=Bochum&level=gemeinde"), HasSubstr("Hund anmelden"));
  EXPECT_THAT(page("/api/v1/search?q=hund+anmelden&place=Bochum&level=bund"), HasSubstr("\"total\":0"));
  EXPECT_THAT(page("/api/v1/search?q=hund+anmelden&place=Bochum&level=gemeinde"), HasSubstr("\"total\":1"));
}

TEST_F(PagesTest, TheStartCountsWhatIsOnlineAtAPlaceForEachDoor) {
  const std::string start = page("/?place=Bochum&audience=citizen");
  EXPECT_THAT(start, HasSubstr("Themenfelder: Digitales Bürgeramt"));
  EXPECT_THAT(start, HasSubstr(", online: 1<"));
  EXPECT_THAT(start, HasSubstr("Altersvorsorge"));
  EXPECT_THAT(page("/?audience=business"), Not(HasSubstr("Altersvorsorge")));
}

TEST_F(PagesTest, APlaceStaysHoweverItWasNamed) {
  EXPECT_THAT(page("/?ars=059110000000"), HasSubstr("place=Bochum"));
  const std::string results = page("/?q=hund+anmelden&ars=059110000000&place=Bonn");
  EXPECT_THAT(results, HasSubstr("name=\"place\" type=\"text\" value=\"Bochum\""));
  EXPECT_THAT(page("/?place=54597"), HasSubstr("Welchen Ort meinen Sie?"));
  EXPECT_THAT(page("/?q={2}&place=Bochum"), HasSubstr("zu „{2}“ für Bochum"));
}

TEST_F(PagesTest, AWrongFilterIsToldBeforeAnythingIsShown) {
  const RunningServer server(*engine_, 1);
  for (const char* path : {"/?audience=zz", "/?level=zz", "/?q=hund&trust=x"})
    EXPECT_EQ(server.get(path)->status, 400) << path;
}

TEST(WhatPeopleRead, NumbersToDialAndDays) {
  EXPECT_EQ(number_to_dial("0234 910-0"), "02349100");
  EXPECT_EQ(number_to_dial("+49 (0)221 221-0"), "+492212210");
  EXPECT_EQ(number_to_dial("0221 221-1; 0221 221-2"), "02212211");
  EXPECT_EQ(number_to_dial("0221 / 2210"), "02212210");
  EXPECT_EQ(number_to_dial("auf Anfrage"), "");
  EXPECT_EQ(date_for_people("2026-11-26T08:00:00", false), "26.11.2026");
  EXPECT_EQ(date_for_people("kürzlich", false), "kürzlich");
  EXPECT_EQ(trust_phrase(16, false), "") << "a level that the code list does not have";
  EXPECT_EQ(phrase("for_words", false, {"{2}", "x"}), "{2} zu „x“");
}

TEST_F(PagesTest, NotesAreTheSitesOwnWhereItHasThem) {
  EXPECT_THAT(page("/impressum"), HasSubstr("Dies ist ein Muster"));
  EXPECT_THAT(page("/impressum?lang=en"), HasSubstr("This is a template"));
  Site site;
  site.name = "Suche <von> Bochum";
  site.contact = "mailto:barriere@bochum.example";
  site.notes = *folder_ / "notes";
  folder_->write("notes/impressum.de.md", "# Impressum\n\nStadt **Bochum** <script>alert(1)</script>\n");
  const std::string own = page("/impressum", site);
  EXPECT_THAT(own, HasSubstr("Stadt <strong>Bochum</strong>"));
  EXPECT_THAT(own, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(own, HasSubstr("Suche &lt;von&gt; Bochum"));
  EXPECT_THAT(page("/barrierefreiheit", site), HasSubstr("href=\"mailto:barriere@bochum.example\""));
}

TEST_F(PagesTest, DeadLinksAreReportedWhereTheSiteWantsIt) {
  Site site;
  site.report_contact = "https://bochum.example/melden?from=suche";
  EXPECT_THAT(
      page("/?q=hund+anmelden&place=Bochum", site),
      HasSubstr("https://bochum.example/melden?from=suche&amp;title=Hund%20online&amp;url=https%3A%2F%2F"));
}

TEST_F(PagesTest, AssetsMayBeKeptForEver) {
  const std::string start = page("/");
  const std::size_t at = start.find("/assets/portal-");
  const std::string address = start.substr(at, start.find('"', at) - at);
  const RunningServer server(*engine_, 1);
  const auto css = server.get(address);
  ASSERT_EQ(css->status, 200) << address;
  EXPECT_THAT(css->get_header_value("Cache-Control"), HasSubstr("immutable"));
  EXPECT_EQ(css->get_header_value("Content-Type"), "text/css; charset=utf-8");
  for (const char* other :
       {"/assets/impressum.de.md", "/assets/openapi.json", "/assets/..%2Fmain.cpp", "/assets/start.html"})
    EXPECT_EQ(server.get(other)->status, 404) << other;
}

}  // namespace
}  // namespace vsm
