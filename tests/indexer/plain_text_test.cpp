#include "indexer/plain_text.h"

#include <gtest/gtest.h>

namespace vsm {
namespace {

TEST(PlainText, TagsGoAndLettersStay) {
  EXPECT_EQ(plain_text("<p>Eins</p><p>Zwei <b>drei</b></p>"), "Eins\nZwei drei");
  EXPECT_EQ(plain_text("a &lt; b &amp;&nbsp;c &uuml; &#228; &#x20AC; &unknown; &"),
            "a < b & c ü ä € &unknown; &");
  EXPECT_EQ(plain_text("  viel \n\n Platz  "), "viel\nPlatz");
  EXPECT_EQ(plain_text("<script>alert(1)</script>"), "");
  EXPECT_EQ(plain_text("1 < 2"), "1 < 2");
  EXPECT_EQ(plain_text("1 < 2 und 4 > 3"), "1 < 2 und 4 > 3");
  EXPECT_EQ(plain_text("a\xC2\xA0\x01 b\xC2\xAD"
                       "c\x7F"),
            "a bc");
  EXPECT_EQ(plain_text(""), "");
}

TEST(PlainText, HostileInputCostsLittle) {
  EXPECT_EQ(plain_text(std::string(1U << 22U, '<')).size(), 1U << 22U);
  EXPECT_LE(plain_text(std::string(1U << 22U, '<') + "b>").size(), 1U << 22U);
}

TEST(WebAddress, HttpAndHttpsOnly) {
  for (const char* good : {"https://example.org", "http://example.org/a?b=c#d", "HTTPS://EXAMPLE.ORG/"})
    EXPECT_TRUE(is_web_address(good)) << good;
  for (const char* bad :
       {"", "example.org", "javascript:alert(1)", "https://", "https:///x", "ftp://example.org",
        "https://a b", "https://a\"b", "data:text/html,x", " https://a", "https://a\nb"})
    EXPECT_FALSE(is_web_address(bad)) << bad;
}

}  // namespace
}  // namespace vsm
