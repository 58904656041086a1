// Suggestions over the whole catalogue and all places.
#include <gmock/gmock.h>

#include <random>
#include <set>

#include "language/fold.h"
#include "query/suggest.h"
#include "tests/shipped.h"

namespace vsm {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<Suggestion> suggest(const std::string& words, std::int64_t size = 8,
                                const std::string& place = {}) {
  SuggestRequest request;
  request.words = words;
  request.place = place;
  request.size = size;
  return std::get<SuggestAnswer>(shipped_engine().suggest(request)).suggestions;
}

std::vector<std::string> texts(const std::string& words) {
  std::vector<std::string> list;
  for (const Suggestion& one : suggest(words)) list.push_back(one.text);
  return list;
}

std::vector<const CatalogueEntry*> services(const Catalogue& catalogue) {
  std::vector<const CatalogueEntry*> list;
  for (const CatalogueEntry& entry : catalogue.entries())
    if (!entry.heading) list.push_back(&entry);
  return list;
}

TEST(SuggestShipped, PersoIsTheIdentityCard) {
  std::size_t cards = 0;
  for (const Suggestion& one : suggest("perso"))
    cards += one.kind == SuggestionKind::service && one.text.find("Personalausweis") != std::string::npos;
  EXPECT_GE(cards, 4U);
}

TEST(SuggestShipped, EverySpellingFindsTheDrivingLicence) {
  for (const char* typed :
       {"fuhrer", "führer", "fuehrer", "fürher", "Führrersch", "füherersch", "fuehrrerschein"})
    EXPECT_THAT(texts(typed), Contains("Führerschein erstmals beantragen")) << typed;
}

TEST(SuggestShipped, WhatPeopleType) {
  EXPECT_THAT(texts("anwohnerpark"), Contains("anwohnerparkausweis"));
  EXPECT_THAT(texts("hund"), Contains("Hund anmelden"));
  EXPECT_THAT(texts("koeln"), Contains("Köln"));
  EXPECT_THAT(texts("bauen"), Contains("Bauen & Wohnen"));
  EXPECT_THAT(texts("müll"), Contains(HasSubstr("müll")));
  EXPECT_THAT(texts("geburtsurk"), Contains(HasSubstr("Geburtsurkunde")));
  EXPECT_THAT(texts("strasse"), Contains(HasSubstr("Straße")));
  EXPECT_THAT(texts("wohnung anm"), Contains(HasSubstr("anmelden")));
}

TEST(SuggestShipped, EveryTitleTypedToItsEndIsSuggested) {
  const IndexReader reader = shipped_engine().reader();
  for (const CatalogueEntry* entry : services(reader.snapshot().catalogue)) {
    EXPECT_THAT(suggest(language::fold(entry->title).substr(0, 6)), ::testing::Not(::testing::IsEmpty()))
        << entry->title;
    const std::string folded = language::fold_name(entry->title);
    bool found = false;
    for (const Suggestion& one : suggest(entry->title))
      found |= one.kind == SuggestionKind::service && language::fold_name(one.text) == folded;
    EXPECT_TRUE(found) << entry->title;
  }
}

TEST(SuggestShipped, OneEditFromTheThirdLetterOnIsForgiven) {
  const IndexReader reader = shipped_engine().reader();
  const auto all = services(reader.snapshot().catalogue);
  std::mt19937 random(1);
  constexpr std::size_t tries = 1'000;
  std::size_t found = 0;
  std::string missed;
  for (std::size_t i = 0; i < tries; ++i) {
    const CatalogueEntry& entry = *all[random() % all.size()];
    std::string title = language::fold_name(entry.title);
    const std::size_t at = 2 + random() % (title.size() - 3);
    const char letter = static_cast<char>('a' + random() % 26);
    switch (random() % 4) {
      case 0:
        title.erase(at, 1);
        break;
      case 1:
        title.insert(at, 1, letter);
        break;
      case 2:
        title[at] = letter;
        break;
      case 3:
        std::swap(title[at], title[at + 1]);
        break;
    }
    bool is_there = false;
    for (const Suggestion& one : suggest(title))
      is_there |= language::fold_name(one.text) == language::fold_name(entry.title);
    found += is_there;
    if (!is_there) missed += '\n' + title;
  }
  EXPECT_GE(found, tries * 95 / 100) << missed;
}

TEST(SuggestShipped, PiecesAreTheTextAndNothingIsThereTwice) {
  const IndexReader reader = shipped_engine().reader();
  std::mt19937 random(2);
  const auto all = services(reader.snapshot().catalogue);
  for (int i = 0; i < 300; ++i) {
    const std::string title = language::fold_name(all[random() % all.size()]->title);
    const std::string typed = title.substr(0, 1 + random() % title.size());
    const auto found = suggest(typed, 20, i % 2 == 0 ? "Münster" : "");
    std::set<std::string> texts, ids;
    for (const Suggestion& one : found) {
      std::string text;
      for (const SuggestedPiece& piece : one.pieces) {
        text += piece.text;
        EXPECT_TRUE(SearchEngine::is_text(piece.text)) << one.text;
      }
      EXPECT_EQ(text, one.text);
      EXPECT_TRUE(texts.insert(language::fold_name(one.text)).second) << typed << ": " << one.text;
      EXPECT_TRUE(one.id.empty() || ids.insert(one.id).second) << typed << ": " << one.id;
    }
  }
}

TEST(SuggestShipped, WhatIsOnlineAtThePlaceComesFirst) {
  const auto found = suggest("hundest", 8, "Münster");
  ASSERT_THAT(found, SizeIs(8));
  EXPECT_TRUE(found[0].online);
}

}  // namespace
}  // namespace vsm
