// The widget's script and the page that makes its lines.
#include <gmock/gmock.h>

#include "tests/server/running.h"

namespace vsm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class EmbedTest : public ServerTest {
 protected:
  static std::string page(const std::string& query) {
    const auto response = get("/einbinden" + query);
    return response && response->status == 200 ? response->body : "no page";
  }
};

TEST_F(EmbedTest, ScriptMayBeLoadedByAnyPageAndIsAskedForAgain) {
  const auto script = get("/widget.js");
  ASSERT_TRUE(script);
  EXPECT_EQ(script->status, 200);
  EXPECT_EQ(script->get_header_value("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script->get_header_value("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(script->get_header_value("Cross-Origin-Resource-Policy"), "cross-origin");
  EXPECT_THAT(script->get_header_value("Cache-Control"), HasSubstr("max-age=300"));
  httplib::Client client("127.0.0.1", port());
  const auto again = client.Get("/widget.js", {{"If-None-Match", script->get_header_value("ETag")}});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->status, 304);
  EXPECT_EQ(again->body, "");
}

TEST_F(EmbedTest, PinnedScriptIsTheSameAndThatOfAnotherReleaseLeadsToIt) {
  const std::string shown = page("?pinned=true");
  const std::size_t at = shown.find("/assets/widget-", shown.find("data-code"));
  ASSERT_NE(at, std::string::npos);
  const std::string address = shown.substr(at, shown.find("&quot;", at) - at);
  const auto pinned = get(address);
  ASSERT_TRUE(pinned);
  EXPECT_EQ(pinned->status, 200);
  EXPECT_THAT(pinned->get_header_value("Cache-Control"), HasSubstr("immutable"));
  EXPECT_EQ(pinned->get_header_value("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(pinned->body, get("/widget.js")->body);
  const auto other = get("/assets/widget-0123456789.js");
  ASSERT_TRUE(other);
  EXPECT_EQ(other->status, 302);
  EXPECT_EQ(other->get_header_value("Location"), "/widget.js");
  EXPECT_EQ(other->get_header_value("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(get("/assets/widget-x.js")->status, 404);
}

TEST_F(EmbedTest, LinesNameThePublicAddressAndWhatWasChosen) {
  ServerSettings settings;
  settings.site.public_url = "https://suche.nrw.example";
  const RunningServer named(*engine_, settings);
  const auto shown = named.get("/einbinden?place=Bochum&audience=business&accent=%23aa0033&language=en");
  ASSERT_TRUE(shown);
  EXPECT_THAT(
      shown->body,
      AllOf(
          HasSubstr("src=&quot;https://suche.nrw.example/widget.js&quot;&gt;"),
          HasSubstr("&lt;vsm-search ars=&quot;059110000000&quot; audience=&quot;business&quot; "
                    "lang=&quot;en&quot; accent=&quot;#aa0033&quot;&gt;"),
          HasSubstr("https://suche.nrw.example/?ars=059110000000&amp;amp;audience=business&amp;amp;lang=en"),
          Not(HasSubstr("data-unknown"))));
}

TEST_F(EmbedTest, NothingThatWasTypedGetsIntoTheLines) {
  const std::string shown =
      page("?place=%22%3E%3Cb%3E&topic=%3Cb%3E&audience=x&theme=x&language=x&accent=%23aa003%22");
  EXPECT_THAT(shown, AllOf(HasSubstr("&lt;vsm-search&gt;"), HasSubstr("value=\"&quot;&gt;&lt;b&gt;\""),
                           Not(HasSubstr("<b>")), HasSubstr("Diesen Ort kennen wir nicht.")));
}

}  // namespace
}  // namespace vsm
