// What is suggested while somebody types, on a small index with a few towns.
#include "query/suggest.h"

#include <gmock/gmock.h>

#include <set>

#include "query/json.h"
#include "query/search.h"
#include "tests/few_tables.h"

namespace vsm {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* bochum = "059110000000";

class SuggestTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    folder_->write(
        "f/bochum.xml",
        xzufi::file(xzufi::service("BO", "1", "99110009104000", "Hund in Bochum anmelden", bochum) +
                    xzufi::online("BO", "O1", "Hund online", "https://bochum.example/hund") +
                    xzufi::responsible("BO", "O1", "BO", "1", bochum) +
                    xzufi::service("BO", "2", "", "Sprottenausweis", bochum) +
                    xzufi::service("BO", "3", "", "Sprottenfest im März", bochum,
                                   xzufi::valid("2026-03-01", "2026-03-31"))));
    folder_->write("f/hagen.xml",
                   xzufi::file(xzufi::service("HA", "3", "", "SPROTTENAUSWEIS", "059140000000")));
    folder_->write("f/sources.tsv",
                   "id\tformat\tpath\tarea\tname\tsample\tside\n"
                   "bochum\txzufi\tbochum.xml\tgemeinde:059110000000\tBochum\tyes\t\n"
                   "hagen\txzufi\thagen.xml\tgemeinde:059140000000\tHagen\tno\t\n");
    build_from_feeds(*folder_);
    engine_ = new SearchEngine(*folder_ / "index");
  }
  static void TearDownTestSuite() {
    delete engine_;
    delete folder_;
  }

  static Result<SuggestAnswer> try_ask(SuggestRequest request) {
    if (!request.day) request.day = parse_day("2026-06-01");
    return engine_->suggest(request);
  }
  static std::vector<Suggestion> ask(const std::string& words, const std::string& ars = {},
                                     std::int64_t size = 20) {
    SuggestRequest request;
    request.words = words;
    request.ars = ars;
    request.size = size;
    return std::get<SuggestAnswer>(try_ask(request)).suggestions;
  }
  static std::vector<std::string> texts(const std::vector<Suggestion>& suggestions) {
    std::vector<std::string> list;
    for (const Suggestion& one : suggestions) list.push_back(one.text);
    return list;
  }
  /// "[Hund] anmelden"
  static std::string marked(const Suggestion& suggestion) {
    std::string text;
    for (const SuggestedPiece& piece : suggestion.pieces)
      text += piece.match ? "[" + piece.text + "]" : piece.text;
    return text;
  }
  static std::vector<std::string> marked(const std::vector<Suggestion>& suggestions) {
    std::vector<std::string> list;
    for (const Suggestion& one : suggestions) list.push_back(marked(one));
    return list;
  }

  static inline TempFolder* folder_ = nullptr;
  static inline SearchEngine* engine_ = nullptr;
};

TEST_F(SuggestTest, AServiceBringsItsKeyAndWhatIsTypedIsMarked) {
  const auto found = ask("hund an", bochum);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].kind, SuggestionKind::service);
  EXPECT_EQ(found[0].key.text(), "99110009104000");
  EXPECT_EQ(found[0].id, "99110009104000");
  EXPECT_TRUE(found[0].online);
  EXPECT_EQ(marked(found[0]), "[Hund] [an]melden");
  EXPECT_FALSE(ask("hund an", "059140000000").at(0).online) << "Bochum's link is not Hagen's";
}

TEST_F(SuggestTest, WordsStandInAnyOrder) {
  EXPECT_THAT(marked(ask("anmelden hu")), Contains("[Hu]nd [anmelden]"));
  EXPECT_THAT(texts(ask("hund katze elefant")), IsEmpty());
}

TEST_F(SuggestTest, WhatPeopleCallItIsAWord) {
  const auto found = ask("hundemar");
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].kind, SuggestionKind::word);
  EXPECT_EQ(marked(found[0]), "[hundemar]ke");
}

TEST_F(SuggestTest, TopicsAndSituationsBringTheirIds) {
  const auto topics = ask("bauen & w");
  ASSERT_FALSE(topics.empty());
  EXPECT_EQ(topics[0].kind, SuggestionKind::topic);
  EXPECT_EQ(topics[0].topic, "bauen_wohnen");
  EXPECT_EQ(topics[0].situation, "");
  EXPECT_EQ(marked(topics[0]), "[Bauen] & [W]ohnen");
  const auto situations = ask("kfz-bes");
  ASSERT_FALSE(situations.empty());
  EXPECT_EQ(situations[0].situation, "kfz_besitz");
  EXPECT_EQ(situations[0].topic, "mobilitaet_reisen");
}

TEST_F(SuggestTest, TopicsHaveEnglishNames) {
  SuggestRequest request;
  request.words = "mobil";
  request.english = true;
  const auto found = std::get<SuggestAnswer>(try_ask(request)).suggestions;
  EXPECT_THAT(texts(found), Contains("Mobility & travel"));
  EXPECT_THAT(texts(ask("mobil")), Contains("Mobilität & Reisen"));
}

TEST_F(SuggestTest, PlacesBringTheirKey) {
  for (const char* typed : {"köln", "koeln", "KOLN", "kölm", "Kö"}) {
    const auto found = ask(typed);
    const auto place = std::find_if(found.begin(), found.end(),
                                    [](const Suggestion& one) { return one.kind == SuggestionKind::place; });
    ASSERT_NE(place, found.end()) << typed;
    EXPECT_EQ(place->text, "Köln") << typed;
    EXPECT_EQ(engine_->reader().snapshot().areas[*place->area].code, "053150000000");
  }
  EXPECT_EQ(ask("nrw").at(0).text, "Nordrhein-Westfalen");
  EXPECT_EQ(ask("44787").at(0).text, "44787 Bochum");
  EXPECT_EQ(marked(ask("44787").at(0)), "[44787] Bochum");
  EXPECT_THAT(ask("99999"), IsEmpty());
}

TEST_F(SuggestTest, EverySpellingOfAnUmlautFits) {
  for (const char* typed : {"gefähr", "gefaehr", "gefahr", "GEFÄHR", "gefa\xCC\x88hr"})
    EXPECT_THAT(marked(ask(typed)), Contains(HasSubstr("[Gefähr]lich"))) << typed;
}

TEST_F(SuggestTest, OneTypoIsForgiven) {
  for (const char* typed :
       {"hundemakre", "hundmarke", "hundemarrke", "hundenarke", "hunde marke", "hundemar k"})
    EXPECT_THAT(texts(ask(typed)), Contains("hundemarke")) << typed;
  for (const char* typed : {"hund anmedlen", "hundanmelden", "hun danmelden", "hundd anmelden"})
    EXPECT_THAT(texts(ask(typed)), Contains("Hund anmelden")) << typed;
  EXPECT_THAT(texts(ask("hundenakre")), Not(Contains("hundemarke"))) << "two";
}

TEST_F(SuggestTest, QuestionWordsMayBeMissing) {
  EXPECT_THAT(texts(ask("wie kann ich meinen hund anm")), Contains("Hund anmelden"));
}

TEST_F(SuggestTest, ATownsOwnServiceIsSuggestedThereAndWithoutAPlace) {
  const auto here = ask("sprotten", bochum);
  ASSERT_THAT(here, SizeIs(1)) << "what is over is not suggested";
  EXPECT_EQ(marked(here[0]), "[Sprotten]ausweis");
  EXPECT_EQ(here[0].id, "BO.2");
  EXPECT_FALSE(here[0].key);
  EXPECT_EQ(ask("sprotten", "05914").at(0).id, "HA.3");
  EXPECT_EQ(ask("sprotten", "05914").at(0).text, "SPROTTENAUSWEIS");
  EXPECT_THAT(ask("sprotten"), SizeIs(1));
  EXPECT_THAT(ask("sprotten", "055150000000"), IsEmpty());
  EXPECT_EQ(ask("sprotenau", bochum).at(0).id, "BO.2");
}

TEST_F(SuggestTest, NothingIsThereTwiceAndNoKindTakesItAll) {
  for (const char* typed : {"h", "hu", "hund", "ti", "tier", "b", "anmelden"}) {
    const auto found = ask(typed, "", 8);
    EXPECT_THAT(found, SizeIs(8)) << typed;
    std::set<std::string> folded;
    std::set<std::string> kinds;
    for (const Suggestion& one : found) {
      EXPECT_TRUE(folded.insert(one.text).second) << one.text;
      kinds.insert(std::string(suggestion_kind_name(one.kind)));
    }
    EXPECT_GT(kinds.size(), 1U) << typed;
  }
}

TEST_F(SuggestTest, AnythingMayBeTyped) {
  using namespace std::string_literals;
  for (const std::string& typed :
       {""s, " "s, "h"s, "%"s, "\0"s, "hu\0nd"s, "😀"s, "😀😀😀 hund"s, "مرحبا"s, "\n\t"s, "<b>hund</b>"s,
        "паспорт"s, "ǅ"s, "½"s, "ﬁsch"s, std::string(10'000, 'h'), std::string(10'000, ' '),
        "a b c d e f g h i j k l m n o p q r s t u v w x y z"s}) {
    const auto answer = try_ask({typed, "", "", 8, false, {}});
    ASSERT_TRUE(std::holds_alternative<SuggestAnswer>(answer)) << typed;
    for (const Suggestion& one : std::get<SuggestAnswer>(answer).suggestions) {
      std::string text;
      for (const SuggestedPiece& piece : one.pieces) text += piece.text;
      EXPECT_EQ(text, one.text);
    }
  }
  for (const std::string& typed : {"\xFF"s, "hun\xC3"s, "\xED\xA0\x80"s}) {
    const auto answer = try_ask({typed, "", "", 8, false, {}});
    ASSERT_TRUE(std::holds_alternative<RequestError>(answer));
    EXPECT_EQ(std::get<RequestError>(answer).status, 400);
  }
}

TEST_F(SuggestTest, WrongRequestsAreTold) {
  const auto status = [](const SuggestRequest& request) {
    const auto answer = try_ask(request);
    const auto* error = std::get_if<RequestError>(&answer);
    return error ? error->status : 200;
  };
  EXPECT_EQ(status({"hund", "", "", 0, false, {}}), 400);
  EXPECT_EQ(status({"hund", "", "", 21, false, {}}), 400);
  EXPECT_EQ(status({"hund", "1", "", 8, false, {}}), 400);
  EXPECT_EQ(status({"hund", "", "Entenhausen", 8, false, {}}), 404);
  EXPECT_EQ(status({"hund", "", "Bochum", 1, false, {}}), 200);
  EXPECT_THAT(ask("hund", "", 1), SizeIs(1));
}

TEST_F(SuggestTest, EditorsDenyWordsAndPhrases) {
  SearchSettings settings;
  settings.word_lists = few_tables();
  std::erase_if(*settings.word_lists,
                [](const auto& table) { return !table.first.starts_with("synonyms/"); });
  (*settings.word_lists)["synonyms/suggest_deny.txt"] =
      "# nobody wants to read this\nHUNDEMARKE\nhund anmelden\nSprottenausweis\nKöln\nBauen & Wohnen\n";
  SearchEngine strict(*folder_ / "index", settings);
  for (const char* typed : {"hundemarke", "hund anmelden", "sprottenausweis", "köln", "bauen wohnen"}) {
    ASSERT_FALSE(ask(typed).empty()) << typed;
    SuggestRequest request;
    request.words = typed;
    request.day = parse_day("2026-06-01");
    const auto found = std::get<SuggestAnswer>(strict.suggest(request)).suggestions;
    EXPECT_THAT(texts(found), Not(Contains(texts(ask(typed)).at(0)))) << typed;
  }
  SuggestRequest request;
  request.words = "hund ab";
  EXPECT_THAT(texts(std::get<SuggestAnswer>(strict.suggest(request)).suggestions), Contains("Hund abmelden"));
}

TEST_F(SuggestTest, JsonSaysWhatToDoWithEach) {
  const auto json = to_json(std::get<SuggestAnswer>(try_ask({"hund anm", bochum, "", 1, false, {}})));
  EXPECT_THAT(json, HasSubstr(R"({"query":"hund anm","place":{"ars":"059110000000")"));
  EXPECT_THAT(
      json,
      HasSubstr(
          R"("suggestions":[{"type":"service","text":"Hund anmelden","pieces":[{"text":"Hund","match":true},)"
          R"({"text":" ","match":false},{"text":"anm","match":true},{"text":"elden","match":false}],"q":null,)"
          R"("id":"99110009104000","key":"99110009104000","online":true,"topic":null,"situation":null,"ars":null}]})"));
}

}  // namespace
}  // namespace vsm
