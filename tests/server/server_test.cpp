#include "server/server.h"

#include <gmock/gmock.h>

#include "server/page.h"
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
  for (const char* path : {"/", "/style.css", "/healthz", "/api/v1/topics", "/api/v1/topics?ars=05911",
                           "/api/v1/places?q=boch", "/api/v1/services/99110009104000?ars=05911", "/api/v1/services/BO.1",
                           "/leistung/99110009104000", "/?q=hund&place=44787", "/?q=&topic=umwelt"}) {
    const auto response = get(path);
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->status, 200) << path;
    EXPECT_FALSE(response->body.empty()) << path;
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
      {"/api/v1/search?q=hund&lang=xx", 400},
      {"/api/v1/search?q=hund&trust=12", 400},
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
  EXPECT_EQ(get("/healthz")->status, 200);
}

TEST_F(ServerTest, PagesEscapeWhatTheyShow) {
  const auto results = get("/?q=hund+anmelden&place=Bochum");
  EXPECT_THAT(results->body, HasSubstr("https://bochum.example/?a=1&amp;b=&apos;2&apos;"));
  EXPECT_THAT(results->body, HasSubstr("Online erledigen"));
  EXPECT_THAT(results->body, HasSubstr("Hund &lt;online&gt;"));
  EXPECT_THAT(results->body, Not(HasSubstr("<script")));
  const auto echo = get("/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&place=%22%3E%3Cb%3E");
  EXPECT_THAT(echo->body, Not(HasSubstr("<script")));
  EXPECT_THAT(echo->body, Not(HasSubstr("\"><b>")));
}

TEST_F(ServerTest, HeadersAreStrict) {
  const auto response = get("/");
  EXPECT_THAT(response->get_header_value("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(response->get_header_value("X-Content-Type-Options"), "nosniff");
  EXPECT_FALSE(response->has_header("Set-Cookie"));
}

TEST_F(ServerTest, APortThatIsTakenIsSaid) {
  Server second(*engine_, {"127.0.0.1", port(), 1});
  EXPECT_FALSE(second.bind());
}

TEST(UrlEncoded, KeepsLettersAndEscapesTheRest) { EXPECT_EQ(url_encoded("a b&ü/"), "a%20b%26%C3%BC%2F"); }

}  // namespace
}  // namespace vsm
