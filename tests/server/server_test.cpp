#include "server/server.h"

#include <gmock/gmock.h>

#include "query/linked_data.h"
#include "tests/server/running.h"

namespace vsm {
namespace {

using ::testing::HasSubstr;

TEST_F(ServerTest, SearchAnswersJson) {
  const auto response = get("/api/v1/search?q=hund+anmelden&place=Bochum");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->get_header_value("Content-Type"), "application/json; charset=utf-8");
  EXPECT_THAT(response->body, HasSubstr("\"url\":\"https://bochum.example/?a=1&b='2'\""));
}

TEST_F(ServerTest, EveryRouteAnswers) {
  for (const char* path :
       {"/", "/robots.txt", "/api/v1/suggest", "/api/v1/suggest?q=hu&ars=05911", "/api/v1/topics",
        "/api/v1/topics?ars=05911", "/api/v1/places?q=boch", "/api/v1/services/99110009104000?ars=05911",
        "/api/v1/services/BO.1", "/leistung/99110009104000", "/?q=hund&place=44787", "/?q=&topic=umwelt",
        "/api", "/openapi.json", "/robots.txt"}) {
    const auto response = get(path);
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->status, 200) << path;
    EXPECT_FALSE(response->body.empty()) << path;
  }
}

TEST_F(ServerTest, SuggestionsCanBeSwitchedOff) {
  EXPECT_THAT(get("/api/v1/suggest?q=hund&size=1")->body, HasSubstr("\"type\":\"service\""));
  ServerSettings settings;
  settings.suggest = false;
  const RunningServer quiet(*engine_, settings);
  for (const char* path : {"/api/v1/suggest?q=hund", "/api/v1/suggest?q=hund&size=x"}) {
    const auto response = quiet.get(path);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, R"({"query":"","place":null,"suggestions":[]})");
  }
}

TEST_F(ServerTest, WrongRequestsGetTheRightStatusAndASentence) {
  const std::pair<const char*, int> cases[] = {
      {"/api/v1/search", 400},
      {"/api/v1/search?q=hund&page=-1", 400},
      {"/api/v1/search?q=hund&page=zwei", 400},
      {"/api/v1/search?q=hund&page=99999999999999999999", 400},
      {"/api/v1/search?q=hund&size=1000000000", 400},
      {"/api/v1/search?q=hund&ars=987654321", 404},
      {"/api/v1/search?q=hund&place=Entenhausen", 404},
      {"/api/v1/search?q=%FF%FE", 400},
      {"/api/v1/search?q=hund&audience=alien", 400},
      {"/api/v1/search?q=hund&online=ja", 400},
      {"/api/v1/search?q=hund&exact=ja", 400},
      {"/api/v1/search?q=hund&lang=xx", 400},
      {"/api/v1/search?q=hund&trust=12", 400},
      {"/api/v1/suggest?q=hund&size=21", 400},
      {"/api/v1/suggest?q=hund&size=x", 400},
      {"/api/v1/suggest?q=hund&lang=xx", 400},
      {"/api/v1/suggest?q=%FF", 400},
      {"/api/v1/suggest?q=hund&place=Entenhausen", 404},
      {"/api/v1/services/1", 404},
      {"/api/v1/places", 400},
      {"/api/v1/nothing", 404},
  };
  for (const auto& [path, status] : cases) {
    const auto response = get(path);
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->status, status) << path;
    EXPECT_EQ(response->get_header_value("Content-Type"), "application/problem+json; charset=utf-8") << path;
    EXPECT_THAT(response->body, HasSubstr("\"detail\":\"")) << path;
  }
  const auto page = get("/?q=hund&place=Entenhausen");
  EXPECT_EQ(page->status, 404);
  EXPECT_THAT(page->body, HasSubstr("Unbekannter Ort"));
}

TEST_F(ServerTest, AQueryOfAMegabyteIsRefusedAndTheServerLives) {
  for (const char* address : {"/api/v1/search?q=", "/?q="}) {
    const auto response = get(address + std::string(1'000'000, 'a'));
    ASSERT_TRUE(response) << address;
    EXPECT_EQ(response->status, 414) << address;
    EXPECT_EQ(response->get_header_value("Content-Type"), "application/problem+json; charset=utf-8");
  }
  EXPECT_EQ(manage("/healthz")->status, 200);
}

TEST_F(ServerTest, PagesEscapeWhatTheyShow) {
  const auto results = get("/?q=hund+anmelden&place=Bochum");
  EXPECT_THAT(results->body, HasSubstr("https://bochum.example/?a=1&amp;b=&apos;2&apos;"));
  EXPECT_THAT(results->body, HasSubstr("Online erledigen"));
  EXPECT_THAT(results->body, HasSubstr("Hund &lt;online&gt;"));
  EXPECT_THAT(results->body, Not(HasSubstr("<online>")));
  const auto echo = get("/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&place=%22%3E%3Cb%3E");
  EXPECT_THAT(echo->body, Not(HasSubstr("<script>")));
  EXPECT_THAT(echo->body, Not(HasSubstr("\"><b>")));
}

/// The part of a page between two marks, the second after the first; empty where one is missing.
std::string between(const std::string& page, const std::string& from, const std::string& to) {
  const std::size_t begin = page.find(from);
  const std::size_t end = begin == std::string::npos ? begin : page.find(to, begin);
  return end == std::string::npos ? std::string() : page.substr(begin, end - begin);
}

TEST_F(ServerTest, WhatIsNotThereLeavesNoTrace) {
  const std::string page = get("/?q=hund%20abmelden&place=Bochum")->body;
  EXPECT_THAT(page, HasSubstr("Steueramt Bochum"));
  for (const char* trace :
       {"Ergebnisse für", "href=\"tel:\"", "<p></p>", "· </span>", "</strong>, <", "Themenfeld"})
    EXPECT_THAT(page, Not(HasSubstr(trace))) << trace;
  const std::string service = get("/leistung/99110009070000?ars=05911")->body;
  EXPECT_THAT(service, HasSubstr("Steueramt Bochum"));
  for (const char* trace : {"href=\"tel:\"", "<p></p>", "</strong>, <", "Amtliche Bezeichnung: <"})
    EXPECT_THAT(service, Not(HasSubstr(trace))) << trace;
}

TEST_F(ServerTest, TheButtonDoesWhatTheTitleSaysAndNothingElse) {
  for (const char* path : {"/?q=99110009070000&place=Bochum", "/leistung/99110009070000?ars=05911"}) {
    const std::string page = get(path)->body;
    const bool is_list = page.find("<article") == std::string::npos;
    const std::string result =
        between(page, is_list ? "class=\"result\"" : "<article", is_list ? "</li>\n    <li" : "</article>");
    ASSERT_THAT(result, HasSubstr("Hund abmelden")) << path;
    EXPECT_THAT(result, Not(HasSubstr("Online erledigen"))) << path;
    EXPECT_THAT(result, HasSubstr("Steueramt Bochum")) << path;
    EXPECT_THAT(result, Not(HasSubstr("Tierheim"))) << "it does the special case only: " << path;
    const std::string cases = between(result, "Besondere Fälle", "</ul>");
    EXPECT_THAT(cases, HasSubstr("Verstorbenen Hund abmelden</a>")) << path;
    EXPECT_THAT(
        cases,
        HasSubstr("href=\"https://bochum.example/tot\" rel=\"noreferrer\">Verstorbenen Hund abmelden</a>"))
        << path;
  }
  const std::string own = between(get("/?q=99110009070001&place=Bochum")->body, "class=\"result\"", "</ol>");
  EXPECT_THAT(own, HasSubstr("<a class=\"kern-btn kern-btn--primary\" href=\"https://bochum.example/tot\""));
}

TEST_F(ServerTest, APlaceInTheWordsCanBeTakenOutOrMeantAsAWord) {
  const std::string page = get("/?q=hund%20anmelden%20bochum&online=true")->body;
  EXPECT_THAT(page, HasSubstr("Gesucht für <strong>Bochum</strong>"));
  EXPECT_THAT(page, HasSubstr("href=\"/?q=hund%20anmelden&amp;place=&amp;online=true\">Ohne Ort suchen"));
  EXPECT_THAT(page,
              HasSubstr("href=\"/?q=hund%20anmelden%20bochum&amp;place=&amp;online=true&amp;exact=true\""));
  const std::string literal = get("/?q=hund%20anmelden%20bochum&exact=true")->body;
  EXPECT_THAT(literal, Not(HasSubstr("Gesucht für")));
  EXPECT_THAT(literal, HasSubstr("Gesucht genau nach <strong>hund anmelden bochum</strong>"));
  EXPECT_THAT(literal, HasSubstr("href=\"/?q=hund%20anmelden%20bochum&amp;place=\">Mit Korrektur"));
}

TEST_F(ServerTest, ACorrectionIsSaidAndCanBeUndone) {
  const std::string page = get("/?q=hundestuer%20zahlen&place=Bochum")->body;
  EXPECT_THAT(page, HasSubstr("Ergebnisse für <strong>hundesteuer zahlen</strong>"));
  EXPECT_THAT(page, HasSubstr("href=\"/?q=hundestuer%20zahlen&amp;place=Bochum&amp;exact=true\">"
                              "Stattdessen nach „hundestuer zahlen“ suchen"));
  const std::string exact = get("/?q=hundestuer%20zahlen&place=Bochum&exact=1")->body;
  EXPECT_THAT(exact, Not(HasSubstr("Ergebnisse für")));
  EXPECT_THAT(exact, Not(HasSubstr("<strong>hundesteuer zahlen")));
  // The place of the words stays when the correction goes.
  EXPECT_THAT(get("/?q=hundestuer%20bochum")->body,
              HasSubstr("href=\"/?q=hundestuer&amp;place=Bochum&amp;exact=true\""));
}

TEST_F(ServerTest, NothingFoundIsSaidWithNextSteps) {
  const std::string page = get("/?q=qxqxqxqx&place=Bochum&online=true&exact=true")->body;
  EXPECT_THAT(page, HasSubstr("0 Leistungen"));
  EXPECT_THAT(page, HasSubstr("Prüfen Sie die Schreibweise"));
  EXPECT_THAT(page, HasSubstr("href=\"tel:115\""));
  EXPECT_THAT(page, HasSubstr("Suchen Sie ohne Ort"));
  EXPECT_THAT(page, HasSubstr("href=\"/?q=qxqxqxqx&amp;place=Bochum\">Suchen Sie ohne Filter"));
  std::size_t topics = 0;
  for (std::size_t at = 0;
       (at = page.find("href=\"/?q=&amp;place=Bochum&amp;topic=", at)) != std::string::npos; ++at)
    ++topics;
  EXPECT_EQ(topics, 14U);
  EXPECT_EQ(get("/?q=&place=Bochum&topic=umwelt")->status, 200);
  EXPECT_THAT(get("/?q=&place=Bochum&topic=umwelt")->body, HasSubstr("im Themenfeld Umwelt"));

  const std::string english = get("/?q=qxqxqxqx&lang=en&exact=true")->body;
  EXPECT_THAT(english, HasSubstr("<html lang=\"en\">"));
  EXPECT_THAT(english, HasSubstr("&amp;topic=bildung&amp;lang=en\">Education</a>"));
  EXPECT_THAT(english, Not(HasSubstr("Search without a place"))) << "there was none";
  EXPECT_THAT(english, Not(HasSubstr("Search without filters"))) << "there were none";
}

TEST_F(ServerTest, APageBehindTheLastIsNotAnEmptySearch) {
  const std::string page = get("/?q=hund&page=500")->body;
  EXPECT_THAT(page, HasSubstr("Zur ersten Seite"));
  EXPECT_THAT(page, Not(HasSubstr("Prüfen Sie die Schreibweise")));
}

TEST_F(ServerTest, WithoutASourceThereAreNoDataInsteadOfACount) {
  EXPECT_THAT(get("/?q=hund%20anmelden&place=Augsburg")->body, HasSubstr("keine Daten"));
  EXPECT_THAT(get("/leistung/99110009104000?ars=09761")->body, HasSubstr("keine Daten"));
}

TEST_F(ServerTest, HeadersAreStrict) {
  const auto response = get("/");
  EXPECT_THAT(response->get_header_value("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(response->get_header_value("X-Content-Type-Options"), "nosniff");
  EXPECT_FALSE(response->has_header("Set-Cookie"));
}

TEST_F(ServerTest, APortThatIsTakenIsSaid) {
  ServerSettings settings;
  settings.port = port();
  settings.management_port = 0;
  EXPECT_THAT(Server(*engine_, settings).bind(), HasSubstr("--port"));
  settings.port = 0;
  settings.management_port = port();
  EXPECT_THAT(Server(*engine_, settings).bind(), HasSubstr("--management-port"));
}

TEST(UrlEncoded, KeepsLettersAndEscapesTheRest) { EXPECT_EQ(url_encoded("a b&ü/"), "a%20b%26%C3%BC%2F"); }

}  // namespace
}  // namespace vsm
