// Words: split, stemmed, corrected, made similar.
#include <gmock/gmock.h>

#include "language/analyzer.h"
#include "language/fold.h"
#include "language/model.h"

namespace vsm::language {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// A vocabulary as the indexer makes it: words of a catalogue and of a dictionary.
std::string vocabulary() {
  VocabularyBuilder builder;
  for (const char* text :
       {"Personalausweis Ausweis beantragen", "Hund anmelden", "Steuer Hundesteuer", "Fahrzeug Zulassung",
        "Straße Sondernutzung Straße", "Land Haupt Stadt", "Kind Kur Mutter"})
    builder.add_text(text, 10);
  std::string text = builder.text();
  // Flags: 1 noun, 2 other. What a dictionary adds.
  std::string flagged;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    const bool verb = line.starts_with("beantragen") || line.starts_with("anmelden");
    flagged += std::string(line.substr(0, line.size() - 1)) + (verb ? "2" : "1") + "\n";
  }
  return flagged;
}

std::vector<std::string> parts_of(const Splitter& splitter, const std::string& word) {
  std::vector<std::string> parts;
  for (const WordPart& part : splitter.split(word)) parts.emplace_back(part.written);
  return parts;
}

TEST(Splitter, SplitsWhatItsVocabularyKnows) {
  const Vocabulary words(vocabulary());
  const Splitter splitter(words, "never: ung\nbound: personal");
  EXPECT_THAT(parts_of(splitter, "hundesteuer"), ElementsAre("hunde", "steuer"));
  EXPECT_THAT(parts_of(splitter, "personalausweis"), ElementsAre("personal", "ausweis"));
  EXPECT_THAT(parts_of(splitter, "landeshauptstadt"), ElementsAre("landes", "haupt", "stadt"));
  EXPECT_EQ(splitter.split("hundesteuer")[0].base, "hund");
}

TEST(Splitter, LeavesWholeWhatItDoesNotKnow) {
  const Vocabulary words(vocabulary());
  const Splitter splitter(words, "");
  for (const char* word : {"", "hund", "xylophonist", "steuerxyz", "personal2ausweis", "ausweis"})
    EXPECT_THAT(parts_of(splitter, word), ElementsAre(word));
  EXPECT_EQ(splitter.split(std::string(10'000, 'a')).size(), 1U);
}

TEST(Vocabulary, KnowsHowPeopleWriteAWord) {
  VocabularyBuilder builder;
  builder.add_text("Führerschein (Straße) ändern, Personalausweis");
  const Vocabulary words(builder.text());
  EXPECT_EQ(words.written("fuhrerschein"), "Führerschein");
  EXPECT_EQ(words.written("andern"), "ändern");
  EXPECT_EQ(words.written("personalausweis"), "personalausweis");
  EXPECT_EQ(words.written("quarkstrudel"), "");
  ASSERT_NE(words.find("fuhrerschein"), nullptr);
  EXPECT_EQ(words.find("fuhrerschein")->count, 1U);
}

TEST(Analyzer, AHyphenatedWordIsAlsoOneWord) {
  const Analyzer analyzer;
  std::vector<std::string> words;
  for (const Word& word : analyzer.words("Mutter-Kind-Kur, e-Bike")) words.push_back(word.folded);
  EXPECT_THAT(words, ElementsAre("mutter", "kind", "kur", "mutterkindkur", "e", "bike", "ebike"));
}

TEST(Participles, HaveTheirInfinitive) {
  EXPECT_EQ(infinitive_of_participle("abgemeldet"), "abmelden");
  EXPECT_EQ(infinitive_of_participle("geimpft"), "impfen");
  EXPECT_EQ(infinitive_of_participle("eingeburgert"), "einburgern");
  EXPECT_EQ(infinitive_of_participle("registriert"), "registrieren");
  for (const char* other : {"", "gehen", "personalausweis", "gut", "markt", "gestohlen"})
    EXPECT_EQ(infinitive_of_participle(other), "") << other;
}

TEST(SeparableVerbs, AreJoinedWithTheirPrefix) {
  EXPECT_EQ(joined_verb("ziehe", "um"), "umziehen");
  EXPECT_EQ(joined_verb("melde", "ab"), "abmelden");
  EXPECT_EQ(joined_verb("ziehe", "der"), "");
  EXPECT_EQ(joined_verb("e", "um"), "");
  EXPECT_EQ(joined_verb("", "um"), "");
}

TEST(Spelling, MendsOneEditAndPrefersTheFrequentWord) {
  const Spelling spelling({"fuhrerschein", "personalausweis", "steuer", "steuern"});
  EXPECT_EQ(spelling.correct("furerschein"), "fuhrerschein");
  EXPECT_EQ(spelling.correct("fuhrershcein"), "fuhrerschein");
  EXPECT_EQ(spelling.correct("steuerr"), "steuer");
  EXPECT_EQ(spelling.correct("persnalausweiss"), "personalausweis");
  EXPECT_EQ(spelling.correct("persnalausweiss", 1), std::nullopt);
}

TEST(Spelling, LeavesShortAndForeignWordsAlone) {
  const Spelling spelling({"hund", "steuer"});
  for (const char* word : {"", "hunt", "steuer1", "собака", "xxxxxxxxxxxxxxxxxxxx"})
    EXPECT_EQ(spelling.correct(word), std::nullopt) << word;
}

TEST(EditDistance, CountsNeighboursExchangedAsOne) {
  EXPECT_EQ(edit_distance("hund", "hund", 2), 0U);
  EXPECT_EQ(edit_distance("hund", "hnud", 2), 1U);
  EXPECT_EQ(edit_distance("hund", "hunde", 2), 1U);
  EXPECT_EQ(edit_distance("hund", "katze", 2), 3U);
}

TEST(Similar, FindsInflectionsAndCommonParts) {
  const Similar similar({"fernbus", "buslinie", "садок", "kaydı", "katze"});
  const auto words = [&](std::string_view word) {
    std::vector<std::string_view> found;
    for (const auto& one : similar.find(word, 0.4, 3)) found.push_back(one.word);
    return found;
  };
  EXPECT_THAT(words("fernbuslinie"), testing::UnorderedElementsAre("fernbus", "buslinie"));
  EXPECT_THAT(words("садку"), ElementsAre("садок"));
  EXPECT_THAT(words("kaydını"), ElementsAre("kaydı"));
  EXPECT_THAT(words("hund"), IsEmpty());
  EXPECT_THAT(words(""), IsEmpty());
}

std::string folded_stem(const std::string& word) { return word; }

WordRules rules(const std::string& entries) {
  return WordRules({{"synonyms/a.txt", entries},
                    {"synonyms/stopwords.txt", "ich ein der"},
                    {"synonyms/fr.txt", "chien => Hund"}},
                   folded_stem);
}

std::vector<std::string> matching(const WordRules& rules, const std::vector<std::string>& words) {
  std::vector<WordStems> stems;
  for (const std::string& word : words) stems.push_back({{word, 1.0}});
  std::vector<std::string> names;
  for (const RuleMatch& match : rules.match(stems)) names.push_back(match.rule->name);
  return names;
}

TEST(WordRules, ARuleFitsInAnyOrderAndWithOthersBetween) {
  const WordRules list = rules("# comment\nhund anmelden => Hundehaltung Anzeige | Hundesteuer @0.5\n");
  EXPECT_THAT(matching(list, {"anmelden", "mein", "hund"}), ElementsAre("synonyms/a.txt:2"));
  EXPECT_THAT(matching(list, {"hund"}), IsEmpty());
  EXPECT_THAT(matching(list, {"hund", "hund"}), IsEmpty());
  EXPECT_THAT(matching(list, {"hund", "a", "b", "c", "d", "e", "f", "anmelden"}), IsEmpty());
  ASSERT_EQ(list.rules()[0].expansions.size(), 2U);
  EXPECT_EQ(list.rules()[0].expansions[1].words, "Hundesteuer");
  EXPECT_EQ(list.rules()[0].expansions[1].weight, 0.5);
}

TEST(WordRules, OfThreeWordsOneMayBeMissingAndCosts) {
  const WordRules list = rules("wohin mit mull => Entsorgung");
  const std::vector<WordStems> two = {{{"mit", 1}}, {{"mull", 1}}};
  const auto matches = list.match(two);
  ASSERT_EQ(matches.size(), 1U);
  EXPECT_LT(matches[0].share, 1);
  EXPECT_THAT(matching(list, {"mull"}), IsEmpty());
}

TEST(WordRules, AWordLeftAloneByStopWordsDoesNotStandForAll) {
  const WordRules list = rules("ich ein kind => Geburt");
  EXPECT_THAT(matching(list, {"kind"}), IsEmpty());
  EXPECT_THAT(matching(list, {"ich", "ein", "kind"}), ElementsAre("synonyms/a.txt:1"));
}

TEST(WordRules, WhatIsNeverSuggestedIsNoRule) {
  const WordRules list({{"synonyms/suggest_deny.txt", "# comment\nPuff aufmachen\n\nNazi\n"}},
                       [](const std::string& word) { return word; });
  EXPECT_TRUE(list.complaints().empty());
  EXPECT_TRUE(list.rules().empty());
  const std::vector<std::vector<std::string>> expected = {{"puff", "aufmachen"}, {"nazi"}};
  EXPECT_EQ(list.never_suggested(), expected);
}

TEST(WordRules, SaysWhatIsWrong) {
  const WordRules list = rules("ohne pfeil\nhund => Hund @2\nder => Hund\nkatze => \n");
  ASSERT_EQ(list.complaints().size(), 5U);
  EXPECT_THAT(list.complaints()[0], testing::StartsWith("synonyms/a.txt:1: "));
  EXPECT_THAT(list.complaints(), Contains(testing::HasSubstr("a.txt:3: ")));
}

TEST(WordRules, KnowsTheListsOfOtherLanguages) {
  const WordRules list = rules("hund => Tier");
  for (const Rule& rule : list.rules())
    EXPECT_EQ(rule.foreign, rule.name.starts_with("synonyms/fr.txt")) << rule.name;
}

}  // namespace
}  // namespace vsm::language
