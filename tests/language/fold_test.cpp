#include "language/fold.h"

#include <gmock/gmock.h>

#include "language/analyzer.h"

namespace vsm::language {
namespace {

using ::testing::ElementsAre;

TEST(Fold, OneFormForEverySpelling) {
  for (const char* spelling : {"Führerschein", "FUEHRERSCHEIN", "fuhrerschein", "Fu\xCC\x88hrerschein"})
    EXPECT_EQ(fold_name(spelling), "fuhrerschein") << spelling;
  EXPECT_EQ(fold_name("Straße"), fold_name("STRASSE"));
  EXPECT_EQ(fold_name("Müller-Lüdenscheidt"), "muller ludenscheidt");
}

TEST(Fold, UeStaysAfterVowelAndQ) {
  EXPECT_EQ(fold_name("neue Quelle bauen"), "neue quelle bauen");
  EXPECT_EQ(fold_name("Ärger äußern"), fold_name("Aerger aeussern"));
}

TEST(Fold, WordsAreLettersAndDigits) {
  EXPECT_THAT(fold_words("§ 34a GewO: Kfz-Schein (2/3)"),
              ElementsAre("34a", "gewo", "kfz", "schein", "2", "3"));
  EXPECT_THAT(fold_words(""), ElementsAre());
  EXPECT_THAT(fold_words("\xF0\x9F\x98\x80 !?"), ElementsAre());
  EXPECT_THAT(fold_words("паспорт"), ElementsAre("паспорт"));
}

TEST(Fold, BytesThatAreNoTextSeparate) {
  EXPECT_THAT(fold_words("hund\xFF\xFEkatze"), ElementsAre("hund", "katze"));
  EXPECT_FALSE(is_utf8("\xC3"));
  EXPECT_TRUE(is_utf8("größer"));
  using namespace std::string_view_literals;
  EXPECT_THAT(fold_words("hund\0katze"sv), ElementsAre("hund", "katze"));
}

TEST(Fold, WordsKnowWhereTheyStand) {
  const std::string text = "§ 5: Führerschein (Fu\xCC\x88rth)";
  const auto words = written_words(text);
  ASSERT_EQ(words.size(), 3U);
  EXPECT_EQ(words[1].folded, "fuhrerschein");
  EXPECT_EQ(text.substr(words[1].at, words[1].size), "Führerschein");
  EXPECT_EQ(text.substr(words[2].at, words[2].size), "Fu\xCC\x88rth");
  EXPECT_TRUE(written_words("").empty());
}

TEST(Fold, AFoldedBeginningIsSoMuchOfTheWrittenWord) {
  EXPECT_EQ(written_size("Führerschein", 4), std::string("Führ").size());
  EXPECT_EQ(written_size("Fuehrerschein", 4), std::string("Fuehr").size());
  EXPECT_EQ(written_size("Fu\xCC\x88hrer", 2), std::string("Fu\xCC\x88").size()) << "no mark is cut off";
  EXPECT_EQ(written_size("Straße", 5), std::string("Straß").size()) << "no letter is cut in two";
  EXPECT_EQ(written_size("Hund", 9), 4U);
}

TEST(Analyzer, StemsInflectedFormsToOne) {
  const Analyzer analyzer;
  const auto stem = [&](const char* word) { return analyzer.words(word).at(0).stem; };
  EXPECT_EQ(stem("Personalausweise"), stem("personalausweis"));
  EXPECT_EQ(stem("Gebühren"), stem("GEBUEHR"));
  EXPECT_NE(stem("Hund"), stem("Haus"));
}

}  // namespace
}  // namespace vsm::language
