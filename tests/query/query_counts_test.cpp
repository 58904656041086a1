#include "query/query_counts.h"

#include <gmock/gmock.h>

namespace vsm {
namespace {

TEST(WithoutPersonal, KeepsWhatPeopleAskFor) {
  EXPECT_EQ(without_personal("  Hund   ANMELDEN "), "hund anmelden");
  EXPECT_EQ(without_personal("99110009104000"), "99110009104000");
  EXPECT_EQ(without_personal("99110009 104000"), "99110009 104000");
  EXPECT_EQ(without_personal("BAföG 2 Kinder"), without_personal("bafög 2 kinder"));
  EXPECT_EQ(without_personal("frau"), "frau");
  EXPECT_EQ(without_personal("umzug nach herne"), "umzug nach herne");
}

TEST(WithoutPersonal, DropsWhatLooksLikeAPerson) {
  for (const char* words :
       {"termin frau müller", "Dr. Özdemir", "prof schmidt sprechstunde", "herr yilmaz", "max@example.org",
        "0234 123456", "0234/12 34 56", "aktenzeichen 4711", "IBAN DE02120300000000202051", "44787",
        "geboren 01.02.1990", "MR SMITH", "99110009104000 frau meier"})
    EXPECT_EQ(without_personal(words), "") << words;
  EXPECT_EQ(without_personal(std::string(101, 'a')), "");
  EXPECT_EQ(without_personal("a b c d e f g h i j k"), "");
  EXPECT_EQ(without_personal(""), "");
}

TEST(QueryCounts, TellsWhatWasAskedFiveTimes) {
  QueryCounts counts;
  for (int i = 0; i < 7; ++i) counts.count("Wohngeld", true);
  for (int i = 0; i < 5; ++i) counts.count("einhorn  Anmelden", i % 2 == 0);
  for (int i = 0; i < 4; ++i) counts.count("selten", true);
  for (int i = 0; i < 9; ++i) counts.count("Frau Müller", true);
  const auto entries = counts.entries(10);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].words, "wohngeld");
  EXPECT_EQ(entries[0].asked, 7U);
  EXPECT_EQ(entries[1].words, "einhorn anmelden");
  EXPECT_EQ(entries[1].without_result, 2U);
  EXPECT_EQ(counts.entries(1).size(), 1U);
}

TEST(QueryCounts, IsBoundedWhateverIsAsked) {
  QueryCounts counts;
  for (int i = 0; i < 5; ++i) counts.count("wohngeld", true);
  std::string word = "aaaa";
  for (std::size_t i = 0; i < 3 * QueryCounts::most; ++i) {
    for (std::size_t at = 0; at < word.size() && ++word[at] > 'z'; ++at) word[at] = 'a';
    counts.count(word, true);
  }
  EXPECT_EQ(counts.entries(10).size(), 1U);
}

}  // namespace
}  // namespace vsm
