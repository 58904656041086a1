#include "indexer/catalogue_release.h"

#include <gmock/gmock.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <sstream>
#include <tuple>

#include "tests/fixture.h"

namespace vsm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Kind = ReleaseChange::Kind;

ServiceKey key(std::string_view digits) { return *ServiceKey::parse(digits); }

/// Keys of the object 99001001: "" is its heading, others are Verrichtung and detail.
std::string digits(std::string_view rest) {
  return "99001001" + (rest.empty() ? std::string("000000") : std::string(rest));
}

/// A catalogue of lines "key, name, name2, status" with tabs between.
Catalogue catalogue_of(const std::string& lines) {
  TableTexts texts{{"topics/topics.tsv", "topic\tname\tname_en\n"},
                   {"topics/situations.tsv", "situation\ttopic\tname\taudience\n"},
                   {"topics/ozg.tsv", "ozg\tname\n"},
                   {"topics/services.tsv", "key\tsituation\tozg\n"},
                   {"texts.tsv", "key\ttitle\tteaser\twords\n"},
                   {"words.tsv", "prefix\twords\n"}};
  std::string& services = texts["catalogue/services.tsv"] = "key\tname\tname2\tstatus\ttype\n";
  for (std::string_view line : split(lines, '\n')) {
    services += line;
    for (auto tabs = std::count(line.begin(), line.end(), '\t'); tabs < 2; ++tabs) services += '\t';
    services += std::count(line.begin(), line.end(), '\t') < 3 ? "\tcurrent\t5\n" : "\t5\n";
  }
  return Catalogue(texts);
}

CatalogueRelease compare(const std::string& present, const std::string& next, const TouchedBy& touched = {}) {
  return compare_release(catalogue_of(present),
                         parse_key_list("neu.tsv", "key\tname\tname2\tstatus\n" + next), touched);
}

std::vector<Kind> kinds_of(const CatalogueRelease& release) {
  std::vector<Kind> kinds;
  for (const ReleaseChange& change : release.changes) kinds.push_back(change.kind);
  return kinds;
}

/// A line of a list or of a catalogue.
std::string line(std::string_view rest, const std::string& name, const std::string& friendly = "",
                 const std::string& status = "current") {
  return digits(rest) + "\t" + name + "\t" + friendly + "\t" + status + "\n";
}

const std::string object = line("", "Hundehaltung");
const std::string registration = line("104000", "Hundehaltung Anmeldung");

TEST(CatalogueRelease, TheSameListIsNoChange) {
  const auto release = compare(object + registration, object + registration);
  EXPECT_THAT(release.changes, IsEmpty());
  EXPECT_THAT(release.problems, IsEmpty());
  EXPECT_EQ(release.present, 2U);
  EXPECT_EQ(release.listed, 2U);
  EXPECT_EQ(exit_status(release), 0);
}

TEST(CatalogueRelease, AnotherNameIsRenamedAndAnotherSpellingIsNot) {
  const std::string before = object + registration + line("070000", "Online Ausweis Klasse C, E");
  auto release = compare(before, line("", "HUNDE-HALTUNG") + line("104000", "Hundehaltung   Anmeldung.") +
                                     line("070000", "Online-Ausweis: Klasse C E"));
  EXPECT_THAT(release.changes, IsEmpty());
  EXPECT_EQ(release.spelling, 3U);

  release = compare(before, object + line("104000", "Hundehaltung Anmeldung eines Hundes") +
                                line("070000", "Online Ausweis Klasse CE"));
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::renamed, Kind::renamed));
  EXPECT_EQ(release.changes[1].old_name, "Hundehaltung Anmeldung");
  EXPECT_EQ(release.changes[1].new_name, "Hundehaltung Anmeldung eines Hundes");
  EXPECT_THAT(release.changes[1].from, ElementsAre(key(digits("104000"))));
  EXPECT_THAT(release.changes[1].reason, Not(HasSubstr("dieselbe Leistung")));
  EXPECT_EQ(exit_status(release), 1);
}

TEST(CatalogueRelease, ANameThatSaysSomethingElseIsToBeChecked) {
  const auto release = compare(object + registration, object + line("104000", "Hundehaltung Untersagung"));
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::renamed));
  EXPECT_THAT(release.changes[0].reason, HasSubstr("ob es noch dieselbe Leistung ist"));
}

TEST(CatalogueRelease, TheNameForCitizensCountsWhereBothHaveOne) {
  const std::string before = object + line("104000", "Hundehaltung Anmeldung", "Hund anmelden");
  EXPECT_THAT(compare(before, object + registration).changes, IsEmpty());
  const auto release =
      compare(before, object + line("104000", "Hundehaltung Anmeldung", "Hundesteuer anmelden"));
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::renamed));
  EXPECT_EQ(release.changes[0].new_name, "Hundesteuer anmelden");
  EXPECT_THAT(release.changes[0].reason, HasSubstr("Leistungsbezeichnung II"));
}

TEST(CatalogueRelease, WhatIsGoneOrNewIsTold) {
  const std::string next = object + line("070000", "Hundehaltung Abmeldung");
  const auto release = compare(object + registration, next);
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::retired, Kind::added));
  EXPECT_THAT(release.changes[0].from, ElementsAre(key(digits("104000"))));
  EXPECT_THAT(release.changes[0].to, IsEmpty());
  EXPECT_EQ(release.changes[0].reason, "Der Schlüssel fehlt in der neuen Liste.");
  EXPECT_THAT(release.changes[1].from, IsEmpty());
  EXPECT_EQ(release.changes[1].new_name, "Hundehaltung Abmeldung");
}

TEST(CatalogueRelease, StatusRetiredCountsAsGoneAndMayEnd) {
  const std::string retired = line("104000", "Hundehaltung Anmeldung", "", "retired");
  auto release = compare(object + registration, object + retired);
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::retired));
  EXPECT_THAT(release.changes[0].reason, HasSubstr("nicht mehr gültig"));
  EXPECT_THAT(compare(object + retired, object + retired).changes, IsEmpty());
  EXPECT_THAT(compare(object + retired, object).changes, IsEmpty());
  EXPECT_THAT(compare(object, object + retired).changes, IsEmpty());

  release = compare(object + retired, object + registration);
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::revived));
  EXPECT_THAT(release.changes[0].to, ElementsAre(key(digits("104000"))));
  // A list that says nothing of status does not say that the key holds again.
  const auto silent = parse_key_list("neu.csv", "key,name\n" + digits("") + ",Hundehaltung\n" +
                                                    digits("104000") + ",Hundehaltung Anmeldung\n");
  EXPECT_THAT(compare_release(catalogue_of(object + retired), silent).changes, IsEmpty());
}

TEST(CatalogueRelease, TheSameNameUnderOneNewKeyIsMoved) {
  auto release = compare(object + registration, object + "99002002104000\tHundehaltung: Anmeldung\n");
  // Lines with too few cells are told, but this is about names.
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::moved));
  EXPECT_THAT(release.changes[0].from, ElementsAre(key(digits("104000"))));
  EXPECT_THAT(release.changes[0].to, ElementsAre(key("99002002104000")));

  release = compare(object + line("012001", "Ausweis Ausstellung erstmalig"),
                    object + "99002002012000\tErstmalige Ausstellung eines Ausweises\t\tcurrent\n");
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::moved));
  EXPECT_THAT(release.changes[0].reason, HasSubstr("Bitte prüfen Sie"));
}

TEST(CatalogueRelease, TheSameNameUnderSeveralNewKeysIsNotGuessed) {
  const auto release =
      compare(object + registration, object + "99002002104000\tHundehaltung Anmeldung\t\tcurrent\n" +
                                         "99003003104000\tHundehaltung Anmeldung\t\tcurrent\n");
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::retired, Kind::added, Kind::added));
  EXPECT_THAT(release.changes[0].reason, HasSubstr("99002002104000"));
  EXPECT_THAT(release.changes[0].reason, HasSubstr("99003003104000"));
}

TEST(CatalogueRelease, ANameThatAStayingKeyTakesOverIsNotGuessed) {
  const auto release = compare(object + registration + line("070000", "Hundehaltung Abmeldung"),
                               object + line("070000", "Hundehaltung Anmeldung") +
                                   "99002002104000\tHundehaltung Anmeldung\t\tcurrent\n");
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::retired, Kind::renamed, Kind::added));
  EXPECT_THAT(release.changes[0].reason, HasSubstr(digits("070000") + ", 99002002104000"));
}

TEST(CatalogueRelease, ASimilarNameIsAHintAndNoMove) {
  const auto release =
      compare(object + line("104000", "Hundehaltung Anmeldung gefährlicher Hunde"),
              object + "99002002104000\tHundehaltung Anmeldung gefährlicher Tiere\t\tcurrent\n");
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::retired, Kind::added));
  EXPECT_THAT(release.changes[0].reason, HasSubstr("Ähnlich heißt neu: 99002002104000"));
  EXPECT_THAT(release.changes[1].reason, HasSubstr("Ähnlich hieß bisher: " + digits("104000")));
}

TEST(CatalogueRelease, OneKeyThatGivesWayToItsDetailsIsSplit) {
  const auto release =
      compare(object + registration, object + line("104001", "Hundehaltung Anmeldung erstmalig") +
                                         line("104002", "Hundehaltung Anmeldung nach Umzug"));
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::split));
  EXPECT_THAT(release.changes[0].from, ElementsAre(key(digits("104000"))));
  EXPECT_THAT(release.changes[0].to, ElementsAre(key(digits("104001")), key(digits("104002"))));
  EXPECT_THAT(release.changes[0].reason, HasSubstr("Verrichtung"));
}

TEST(CatalogueRelease, OneKeyWhoseVerrichtungBecomesSeveralIsSplitWhereNamesFit) {
  const std::string before = object + line("060000", "Hundehaltung Meldung");
  auto release = compare(before, object + registration + line("070000", "Hundehaltung Abmeldung"));
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::split));
  EXPECT_THAT(release.changes[0].to, ElementsAre(key(digits("070000")), key(digits("104000"))));
  EXPECT_THAT(release.changes[0].reason, HasSubstr("Bitte prüfen Sie"));

  release = compare(
      before, object + line("001000", "Hundehaltung Erlaubnis") + line("163000", "Hundehaltung Untersagung"));
  EXPECT_THAT(kinds_of(release), ElementsAre(Kind::retired, Kind::added, Kind::added));
}

TEST(CatalogueRelease, AKeyThatBecomesAHeadingIsSplit) {
  auto release = compare(object, object + registration + line("070000", "Hundehaltung Abmeldung"));
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::split));
  EXPECT_THAT(release.changes[0].from, ElementsAre(key(digits(""))));
  EXPECT_THAT(release.changes[0].to, ElementsAre(key(digits("070000")), key(digits("104000"))));
  EXPECT_THAT(release.changes[0].reason, HasSubstr("Überschrift"));

  // By a single one it is no split, but texts under the heading are concerned.
  release = compare(object, object + registration);
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::added));
  EXPECT_THAT(release.changes[0].from, ElementsAre(key(digits(""))));
  EXPECT_THAT(release.changes[0].reason, HasSubstr("Überschrift"));

  // One that was a heading before stays what it is.
  release = compare(object + registration, object + registration + line("070000", "Hundehaltung Abmeldung") +
                                               line("011000", "Hundehaltung Änderung"));
  EXPECT_THAT(kinds_of(release), ElementsAre(Kind::added, Kind::added));
}

TEST(CatalogueRelease, SeveralKeysWhoseNamesLeadToOneAreMerged) {
  const std::string before = object + line("012003", "Ausweis Ausstellung wegen Verlust") +
                             line("012005", "Ausweis Ausstellung wegen Diebstahl");
  auto release = compare(before, object + line("012020", "Ausweis Ausstellung wegen Verlust oder Diebstahl"));
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::merged));
  EXPECT_THAT(release.changes[0].from, ElementsAre(key(digits("012003")), key(digits("012005"))));
  EXPECT_THAT(release.changes[0].to, ElementsAre(key(digits("012020"))));

  release = compare(before, object + line("012020", "Ausweis Ausgabe"));
  EXPECT_THAT(kinds_of(release), ElementsAre(Kind::retired, Kind::retired, Kind::added));
  // Several of one name go into the only one that has it now.
  release = compare(registration + "99002002104000\tHundehaltung Anmeldung\n",
                    "99003003104000\tHundehaltung Anmeldung\t\tcurrent\n");
  EXPECT_THAT(kinds_of(release), ElementsAre(Kind::merged));
}

TEST(CatalogueRelease, ADetailThatGoesLeavesItsGeneralKey) {
  const auto release =
      compare(registration + line("104001", "Hundehaltung Anmeldung erstmalig"), registration);
  ASSERT_THAT(kinds_of(release), ElementsAre(Kind::retired));
  EXPECT_THAT(release.changes[0].reason, HasSubstr(digits("104000")));
}

TEST(CatalogueRelease, TextsUnderTheKeysThatChangeAreNamedOnce) {
  std::vector<ServiceKey> asked;
  const auto touched = [&](ServiceKey asked_for) -> std::vector<TouchedText> {
    asked.push_back(asked_for);
    return {{"L1.LB.1", "stadt-x", "Bochum", "Hund anmelden", {"https://example.org/hund"}}};
  };
  const auto release =
      compare(object + line("012003", "Ausweis Ausstellung wegen Verlust") +
                  line("012005", "Ausweis Ausstellung wegen Diebstahl"),
              object + line("012020", "Ausweis Ausstellung wegen Verlust oder Diebstahl"), touched);
  EXPECT_THAT(asked, ElementsAre(key(digits("012003")), key(digits("012005"))));
  ASSERT_EQ(release.changes.size(), 1U);
  ASSERT_EQ(release.changes[0].texts.size(), 1U);
  EXPECT_EQ(release.changes[0].texts[0].text_id, "L1.LB.1");
}

TEST(CatalogueRelease, AListThatLacksMuchIsDoubted) {
  std::string many;
  for (int i = 100; i < 200; ++i) many += line(std::to_string(i) + "000", "Name " + std::to_string(i));
  const auto release = compare(many, line("100000", "Name 100"));
  EXPECT_EQ(release.changes.size(), 99U);
  ASSERT_EQ(release.problems.size(), 1U);
  EXPECT_EQ(release.problems[0].rule, "unvollstaendig");
  EXPECT_THAT(release.problems[0].message, StartsWith("Von 100 Schlüsseln fehlen 99 "));
}

TEST(CatalogueRelease, NothingIsSaidOfABrokenList) {
  for (const char* content :
       {"", "# nichts\n", "nummer\tname\n1\t2\n", "key\tname\n", "key,name\n\"99001001104000,x\n"}) {
    const auto release = compare_release(catalogue_of(object), parse_key_list("neu.tsv", content));
    EXPECT_THAT(release.changes, IsEmpty()) << content;
    ASSERT_FALSE(release.problems.empty()) << content;
    EXPECT_EQ(release.problems.back().severity, Severity::broken) << content;
    EXPECT_EQ(exit_status(release), 2) << content;
    std::ostringstream out;
    write_release_text(out, release, false);
    EXPECT_THAT(out.str(), HasSubstr("lässt sich nicht vergleichen")) << content;
  }
}

TEST(CatalogueRelease, TextSaysCountsFirstAndThenGroups) {
  const auto touched = [](ServiceKey) {
    std::vector<TouchedText> texts;
    for (int i = 1; i <= 3; ++i)
      texts.push_back(
          {"L1.LB." + std::to_string(i), "stadt-x", "Bochum", "Hund anmelden", {"https://example.org"}});
    return texts;
  };
  const auto release =
      compare(object + registration, object + line("070000", "Hundehaltung Abmeldung"), touched);
  const auto text = [&](std::size_t shown, bool colour = false) {
    std::ostringstream out;
    write_release_text(out, release, colour, shown);
    return out.str();
  };
  EXPECT_EQ(text(2),
            "Bisher: 2 gültige Schlüssel. Neue Liste: 2.\n"
            "  Weggefallen: 1\n"
            "  Neu: 1\n"
            "Betroffen: 3 Texte.\n"
            "\n"
            "Weggefallen (1)\n"
            "  99001001104000 „Hundehaltung Anmeldung“\n"
            "    Der Schlüssel fehlt in der neuen Liste.\n"
            "    Betroffen: 3 Texte mit 1 Link\n"
            "      L1.LB.1 „Hund anmelden“ (stadt-x, Bochum)\n"
            "      L1.LB.2 „Hund anmelden“ (stadt-x, Bochum)\n"
            "      … und 1 weitere\n"
            "\n"
            "Neu (1)\n"
            "  99001001070000 „Hundehaltung Abmeldung“\n"
            "    Diesen Schlüssel gab es bisher nicht.\n");
  EXPECT_THAT(text(0), HasSubstr("L1.LB.3"));
  EXPECT_THAT(text(0, true), HasSubstr("\x1b[1mNeu (1)"));
}

TEST(CatalogueRelease, JsonHasTheFieldsThatItsHeaderPromises) {
  const auto touched = [](ServiceKey) -> std::vector<TouchedText> {
    return {{"L1.LB.1", "stadt-x", "Bochum", "Hund anmelden", {"https://example.org"}}};
  };
  const auto release = compare(object + registration, object + "kein Schlüssel\tx\n", touched);
  std::ostringstream out;
  write_release_json(out, release);
  rapidjson::Document json;
  json.Parse(out.str().c_str());
  ASSERT_FALSE(json.HasParseError()) << out.str();
  EXPECT_EQ(json["present"].GetInt(), 2);
  EXPECT_EQ(json["listed"].GetInt(), 1);
  EXPECT_EQ(json["spelling"].GetInt(), 0);
  EXPECT_EQ(json["counts"]["retired"].GetInt(), 1);
  for (const char* kind : {"split", "merged", "moved", "renamed", "revived", "added"})
    EXPECT_EQ(json["counts"][kind].GetInt(), 0) << kind;
  ASSERT_EQ(json["changes"].Size(), 1U);
  const auto& change = json["changes"][0];
  EXPECT_STREQ(change["kind"].GetString(), "retired");
  EXPECT_STREQ(change["from"][0].GetString(), digits("104000").c_str());
  EXPECT_EQ(change["to"].Size(), 0U);
  EXPECT_STREQ(change["oldName"].GetString(), "Hundehaltung Anmeldung");
  EXPECT_TRUE(change["newName"].IsNull());
  EXPECT_TRUE(change["reason"].IsString());
  const auto& text = change["texts"][0];
  EXPECT_STREQ(text["id"].GetString(), "L1.LB.1");
  EXPECT_STREQ(text["source"].GetString(), "stadt-x");
  EXPECT_STREQ(text["area"].GetString(), "Bochum");
  EXPECT_STREQ(text["title"].GetString(), "Hund anmelden");
  EXPECT_STREQ(text["links"][0].GetString(), "https://example.org");
  const auto& problem = json["problems"][0];
  EXPECT_STREQ(problem["severity"].GetString(), "refused");
  EXPECT_STREQ(problem["rule"].GetString(), "schluessel");
  EXPECT_STREQ(problem["file"].GetString(), "neu.tsv");
  EXPECT_EQ(problem["line"].GetInt(), 3);
  EXPECT_TRUE(problem["object"].IsNull());
  EXPECT_TRUE(problem["message"].IsString());
}

TEST(CatalogueRelease, TheShippedCatalogueAgainstItselfAndAgainstAFewLines) {
  const Catalogue shipped(project_tables());
  std::string list = project_tables().at("catalogue/services.tsv");
  const auto same = compare_release(shipped, parse_key_list("services.tsv", list));
  EXPECT_THAT(same.changes, IsEmpty());
  EXPECT_THAT(same.problems, IsEmpty());
  EXPECT_EQ(same.spelling, 0U);
  EXPECT_EQ(same.present, same.listed);

  const auto take_out = [&](const std::string& digits_of_key) {
    const std::size_t at = list.find("\n" + digits_of_key) + 1;
    ASSERT_NE(at, 0U);
    list.erase(at, list.find('\n', at) + 1 - at);
  };
  take_out("99008001015000");  // Personalausweis Statusabfrage
  take_out("99107023017000");  // Wohngeld Bewilligung
  list += "99107099017000\tWohngeld Bewilligung\t\t2/3\tcurrent\n";
  list += "99999001000000\tDrohnenlandeplatz\t\t5\tcurrent\n";
  const auto other = compare_release(shipped, parse_key_list("services.tsv", list));
  EXPECT_THAT(other.problems, IsEmpty());
  ASSERT_THAT(kinds_of(other), ElementsAre(Kind::retired, Kind::moved, Kind::added));
  EXPECT_THAT(other.changes[0].from, ElementsAre(key("99008001015000")));
  EXPECT_THAT(other.changes[1].to, ElementsAre(key("99107099017000")));
  EXPECT_EQ(other.changes[2].new_name, "Drohnenlandeplatz");
}

TEST(KeyList, ColumnsAreFoundByNameAndSeparatorByHeader) {
  for (const char* content :
       {"name\tkey\n\"a\"; b\t99001001104000\n",
        "\xEF\xBB\xBFKey;Official_Name;x\r\n99001001104000;\"\"\"a\"\"; b\";y\r\n",
        "leika,name\n99001001104000,\"\"\"a\"\"; b\"",
        "# Stand 2026\n\nx|Leistungsschlüssel|Bezeichnung\n\n1|99001001104000|\"a\"; b\n"}) {
    const KeyList list = parse_key_list("liste", content);
    EXPECT_THAT(list.problems, IsEmpty()) << content;
    ASSERT_EQ(list.keys.size(), 1U) << content;
    EXPECT_EQ(list.keys[0].key, key("99001001104000"));
    EXPECT_EQ(list.keys[0].official_name, "\"a\"; b");
    EXPECT_FALSE(list.has_status);
  }
}

TEST(KeyList, LinesThatCannotBeUsedAreToldWithTheirNumber) {
  const KeyList list = parse_key_list("liste.csv",
                                      "key,name,status\n"                // 1
                                      "9900100110400,zu kurz,current\n"  // 2
                                      "99001001104000,\n"                // 3: no name
                                      "99001001104001,Gr\xFC\xDF"
                                      "e,current\n"                              // 4: Latin-1
                                      "99001001104002,\"über\nzwei\",current\n"  // 5 and 6
                                      "00000000000000,Null,current\n"            // 7
                                      "99001001104003,Eins,current\n"            // 8
                                      "99001001104003,Zwei,current\n"            // 9
                                      "99001001104004,Drei,neuartig\n"           // 10
                                      "99001001104004,Drei,neuartig\n"           // 11
                                      "\n"
                                      "99001001104005,Vier,Retired\n");
  std::vector<std::tuple<std::size_t, std::string, Severity>> found;
  for (const Problem& problem : list.problems) {
    found.emplace_back(problem.line, problem.rule, problem.severity);
    EXPECT_EQ(problem.file, "liste.csv");
    EXPECT_THAT(problem.message, ::testing::EndsWith("."));
  }
  using Found = std::tuple<std::size_t, std::string, Severity>;
  EXPECT_THAT(
      found,
      ElementsAre(Found{2, "schluessel", Severity::refused}, Found{3, "titel-fehlt", Severity::refused},
                  Found{4, "utf-8", Severity::refused}, Found{5, "format", Severity::refused},
                  Found{7, "schluessel", Severity::refused}, Found{9, "id-doppelt", Severity::refused},
                  Found{10, "format", Severity::warning}, Found{11, "id-doppelt", Severity::warning}));
  // Keys without a usable name are listed all the same, so that they do not seem to be gone.
  std::vector<std::string> names;
  for (const ListedKey& listed : list.keys) names.push_back(listed.official_name);
  EXPECT_THAT(names, ElementsAre("", "", "", "Eins", "Drei", "Vier"));
  EXPECT_TRUE(list.keys.back().retired);
  EXPECT_TRUE(list.has_status);
}

TEST(KeyList, AKeyWithoutUsableNameIsNeitherGoneNorRenamed) {
  EXPECT_THAT(compare(object + registration, object + digits("104000") + "\t\t\tcurrent\n").changes,
              IsEmpty());
}

TEST(KeyList, OneThatIsNotThereOrNoTextIsBroken) {
  EXPECT_EQ(read_key_list("/nicht/da.tsv").problems.at(0).rule, "datei");
  const std::string utf16("\xFF\xFEk\0e\0y\0\n\0", 10);
  EXPECT_EQ(parse_key_list("a", utf16).problems.at(0).rule, "kodierung");
  EXPECT_EQ(parse_key_list("a",
                           "key\tn\xFC"
                           "me\n")
                .problems.at(0)
                .rule,
            "kodierung");
  const TempFolder folder;
  EXPECT_EQ(read_key_list(folder.write("a.tsv", "key\tname\n99001001104000\tHund\n")).keys.size(), 1U);
}

}  // namespace
}  // namespace vsm
