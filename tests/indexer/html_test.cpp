#include "indexer/html.h"

#include <gtest/gtest.h>

namespace vsm {
namespace {

TEST(ReduceHtml, PlainTextStaysPlain) {
  for (const char* plain :
       {"Ausweis mitbringen.", "Alter < 18", "3<4 und 5>4", "a <b", "Müller & Söhne", "x > y"}) {
    const Html html = reduce_html(plain);
    EXPECT_EQ(html.text, plain);
    EXPECT_EQ(html.html, "");
    EXPECT_FALSE(html.reduced);
  }
  EXPECT_EQ(reduce_html("  viel \n\n Platz  ").text, "viel\nPlatz");
  EXPECT_EQ(reduce_html("Gruß &amp; Kuss, 3&nbsp;&euro;&hellip;").text, "Gruß & Kuss, 3 €…");
  EXPECT_EQ(reduce_html("Ausweis &amp;\nFoto").text, "Ausweis &\nFoto");
  EXPECT_EQ(reduce_html("").text, "");
}

TEST(ReduceHtml, ParagraphsAloneNeedNoHtml) {
  const Html html = reduce_html("<p>Eins</p>\n<p class=\"x\">Zwei</p>");
  EXPECT_EQ(html.text, "Eins\nZwei");
  EXPECT_EQ(html.html, "");
  EXPECT_FALSE(html.reduced);
}

TEST(ReduceHtml, AllowedTagsStay) {
  const Html html = reduce_html(
      "<H2>Frist</H2><P>Bis <STRONG>heute</STRONG>,<br/>10 m<sup>2</sup>\n<ul><li>Ausweis<li>Foto &amp; "
      "Pass</ul><a href='https://example.org/?a=1&amp;b=2' target=_blank>mehr</a>");
  EXPECT_EQ(html.text, "Frist\nBis heute,\n10 m2\nAusweis\nFoto & Pass\nmehr");
  EXPECT_EQ(
      html.html,
      "<h2>Frist</h2><p>Bis <strong>heute</strong>,<br>10 m<sup>2</sup></p><ul><li>Ausweis</li><li>Foto "
      "&amp; Pass</li></ul><a href=\"https://example.org/?a=1&amp;b=2\">mehr</a>");
  EXPECT_FALSE(html.reduced);
}

TEST(ReduceHtml, WhatIsNotAllowedBecomesItsContent) {
  const Html html = reduce_html(
      "<div><span>Erst</span> <b>dies</b></div><div>dann "
      "das</div><table><tr><td>1</td><td>2</td></tr></table>");
  EXPECT_EQ(html.text, "Erst dies\ndann das\n1 2");
  EXPECT_EQ(html.html, "Erst <b>dies</b><br>dann das<br>1 2");
  EXPECT_TRUE(html.reduced);
}

TEST(ReduceHtml, ScriptsVanishWithTheirContent) {
  for (const char* hostile :
       {"<b>gut</b><script>alert(1)</script>", "<b>gut</b><style>b{}</style>",
        "<b>gut</b><iframe src=x>alt</iframe>", "<b>gut</b><object>alt</object>",
        "<b onclick=\"alert(1)\">gut</b>", "<b>gut</b><svg><script>alert(1)</script></svg>",
        "<b>gut</b><img src=x onerror=alert(1)>", "<b>gut<script>", "<b>gut</b><template>alt</template>"}) {
    const Html html = reduce_html(hostile);
    EXPECT_EQ(html.text, "gut") << hostile;
    EXPECT_EQ(html.html, "<b>gut</b>") << hostile;
    EXPECT_TRUE(html.reduced) << hostile;
  }
}

TEST(ReduceHtml, LinksThatLeadElsewhereBecomeTheirText) {
  for (const char* address :
       {"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java&#10;script:alert(1)", "/amt", "data:text/html,x",
        "ftp://example.org", "https://exa mple.org", "https://", "&#1;javascript:alert(1)"}) {
    const Html html = reduce_html("<a href=\"" + std::string(address) + "\">hier</a>");
    EXPECT_EQ(html.text, "hier") << address;
    EXPECT_EQ(html.html, "") << address;
    EXPECT_TRUE(html.reduced) << address;
  }
  for (const char* address : {"mailto:amt@example.org", "tel:+49234123", "http://example.org"})
    EXPECT_EQ(reduce_html("<a href=\"" + std::string(address) + "\">hier</a>").html,
              "<a href=\"" + std::string(address) + "\">hier</a>");
  EXPECT_EQ(reduce_html("<a name=oben>hier</a>").html, "");
  EXPECT_FALSE(reduce_html("<a name=oben>hier</a>").reduced);
}

TEST(ReduceHtml, WhatComesOutIsWellFormedAndStaysAsItIs) {
  for (const char* wild :
       {"<b><p>a</b>b</p>", "<p>a<ul><li>b<p>c<li>d</ul>e", "<li>a<li>b", "<p><table><td><p>a<li>b",
        "<h1><h2>a<p>b", "<a href=http://a.de>b<a href=http://c.de>d", "</p></b>x<i>", "<b><i>a</b>c</i>d",
        "<ul>a<li></ul><b></b>c", "&lt;b&gt;kein Tag&lt;/b&gt; <i>x</i>", "<b>\"x\" & 'y'</b>",
        "a <b> b </b> c"}) {
    const Html once = reduce_html(wild);
    const Html again = reduce_html(once.html);
    EXPECT_EQ(again.html, once.html) << wild;
    EXPECT_FALSE(again.reduced) << wild;
    EXPECT_EQ(again.text, once.html.empty() ? "" : once.text) << wild;
  }
}

TEST(ReduceHtml, HostileInputCostsLittle) {
  const auto many = [](std::string_view piece, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) all += piece;
    return all;
  };
  for (const char* piece :
       {"<div>", "<b><i>", "<ul><li>", "<p><b a=1>x", "<!--", "<a href=\"", "<a b='", "<script>", "<", "</",
        "&am", "&#1", "<b a b=c ", "<object></object>", "<ul>x</ol>", "<a href=https://a.de>x"}) {
    const std::string input = many(piece, 40'000);
    EXPECT_LE(reduce_html(input).html.size(), 20 * input.size());
    EXPECT_LE(reduce_html(input + "</b>tief>").text.size(), input.size() + 9);
  }
  EXPECT_EQ(reduce_html(many("<div>", 40'000) + "tief").text, "tief");
  EXPECT_EQ(reduce_html(many("<b><i>", 40'000) + "tief").html, "<b><i>tief</i></b>");
}

TEST(ReduceHtml, ControlCharactersAreLeftOut) {
  const Html html = reduce_html(
      "<b>a\x01&#2;\x7F"
      "b&#x85;\xC2\x85</b>");
  EXPECT_EQ(html.text.find_first_of("\x01\x02\x7F"), std::string::npos);
  EXPECT_EQ(html.html.find_first_of("\x01\x02\x7F"), std::string::npos);
}

}  // namespace
}  // namespace vsm
