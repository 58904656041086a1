// The meaning of results on a small index with a few towns.
#include "query/search.h"

#include <gmock/gmock.h>

#include "indexer/build.h"
#include "tests/fixture.h"

namespace vsm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* dog = "99110009104000";

class SearchTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    const std::string dated = xzufi::valid("2026-03-01", "2026-03-31");
    folder_->write(
        "f/bochum.xml",
        xzufi::file(
            xzufi::service("BO", "1", dog, "Hund in Bochum anmelden", "059110000000",
                           xzufi::module("08", "Impfpass")) +
            xzufi::online("BO", "O1", "Hund online", "https://bochum.example/hund") +
            xzufi::responsible("BO", "O1", "BO", "1", "059110000000") +
            xzufi::office("BO", "E1", "Steueramt") +
            xzufi::responsible("BO", "E1", "BO", "1", "059110000000") +
            xzufi::online("BO", "O2", "Nur im März", "https://bochum.example/maerz", dated) +
            xzufi::responsible("BO", "O2", "BO", "1", "059110000000") +
            xzufi::service("BO", "2", "99110009070000", "Hund im März abmelden", "059110000000", dated) +
            xzufi::service(
                "BO", "6", "99110002001000", "Schnabelpass früher und jetzt", "059110000000",
                xzufi::valid("2019-01-01", "2019-12-31") + xzufi::valid("2026-05-01", "2999-12-31")) +
            xzufi::service("BO", "3", "", "Sprottenausweis", "059110000000") +
            xzufi::service("BO", "4", "99008001000000", "Ausweis in Bochum", "059110000000") +
            xzufi::service("BO", "5", "99115005104000 99115005070000", "Wohnung an- und abmelden",
                           "059110000000")));
    folder_->write("f/hagen.xml",
                   xzufi::file(xzufi::service("HA", "3", "", "Sprottenausweis", "059140000000")));
    folder_->write(
        "f/land.xml",
        xzufi::file(
            xzufi::service("L", "1", dog, "Hundehaltung anmelden", "050000000000",
                           xzufi::module("08", "Nachweis") + xzufi::module("09", "Ein Hund")) +
            xzufi::online("L", "O1", "Hund im Land", "https://land.example/hund") +
            xzufi::responsible("L", "O1", "L", "1", "050000000000") +
            xzufi::service("L", "2", "99110009104001", "Gefährlichen Hund anmelden", "050000000000")));
    folder_->write("f/lvr.xml", xzufi::file(xzufi::service("LVR", "1", "99015005001000",
                                                           "Hilfe vom Landschaftsverband", "lv-rheinland")));
    folder_->write("f/sources.tsv",
                   "id\tformat\tpath\tarea\tname\tsample\tside\n"
                   "bochum\txzufi\tbochum.xml\tgemeinde:059110000000\tBochum\tyes\t\n"
                   "hagen\txzufi\thagen.xml\tgemeinde:059140000000\tHagen\tno\t\n"
                   "land\txzufi\tland.xml\tland:050000000000\tLand\tno\t\n"
                   "lvr\txzufi\tlvr.xml\tlandschaftsverband:lv-rheinland\tLVR\tno\t\n");
    const auto report = build_index(*folder_ / "index", read_build_tables(VSM_DATA_FOLDER, ""),
                                    find_sources(*folder_ / "f"), [](const BuildProgress&) {});
    ASSERT_EQ(report.problem_count(), 0U) << report.all_problems().at(0)->message;
    engine_ = new SearchEngine(*folder_ / "index");
  }
  static void TearDownTestSuite() {
    delete engine_;
    delete folder_;
  }

  static Result<SearchAnswer> try_ask(SearchRequest request) {
    if (!request.day) request.day = parse_day("2026-06-01");
    return engine_->search(request);
  }
  static SearchAnswer ask(const std::string& words, const std::string& ars = {},
                          const std::string& place = {}) {
    SearchRequest request;
    request.words = words;
    request.ars = ars;
    request.place = place;
    return std::get<SearchAnswer>(try_ask(request));
  }
  static int status(const SearchRequest& request) {
    const auto answer = try_ask(request);
    const auto* error = std::get_if<RequestError>(&answer);
    return error ? error->status : 200;
  }
  static std::vector<std::string> urls(const SearchResult& result) {
    std::vector<std::string> list;
    for (const OnlineOffer& offer : result.online) list.push_back(offer.service->url);
    return list;
  }

  static TempFolder* folder_;
  static SearchEngine* engine_;
};

TempFolder* SearchTest::folder_ = nullptr;
SearchEngine* SearchTest::engine_ = nullptr;

TEST_F(SearchTest, TheTownsOwnTextAndLinkComeFirst) {
  const auto answer = ask("hund anmelden", "05911");
  ASSERT_FALSE(answer.results.empty());
  const SearchResult& result = answer.results[0];
  EXPECT_EQ(result.text.title, "Hund in Bochum anmelden");
  EXPECT_TRUE(result.text.sample);
  EXPECT_EQ(result.key.text(), dog);
  EXPECT_THAT(urls(result), ElementsAre("https://bochum.example/hund", "https://land.example/hund"));
  ASSERT_EQ(result.offices.size(), 1U);
  EXPECT_EQ(result.offices[0].office->phone, "0234 1");
  EXPECT_EQ(result.availability.online, 2U) << "the Land's link covers both towns";
  EXPECT_EQ(result.availability.municipalities, 2U);
}

TEST_F(SearchTest, AnotherTownSeesTheLandAndNeverItsNeighbour) {
  const SearchResult result = ask("hund anmelden", "05914").results.at(0);
  EXPECT_EQ(result.text.title, "Hundehaltung anmelden");
  EXPECT_THAT(urls(result), ElementsAre("https://land.example/hund"));
  EXPECT_THAT(result.offices, IsEmpty());
}

TEST_F(SearchTest, WithoutAPlaceTheLandSpeaks) {
  const SearchResult result = ask("hund anmelden").results.at(0);
  EXPECT_EQ(result.text.title, "Hundehaltung anmelden");
  EXPECT_THAT(urls(result), ElementsAre("https://land.example/hund"));
}

TEST_F(SearchTest, VariantsStandBelowTheirService) {
  const auto answer = ask("hund anmelden");
  ASSERT_FALSE(answer.results.empty());
  std::vector<std::string> titles;
  for (const Variant& variant : answer.results[0].variants) titles.push_back(variant.title);
  EXPECT_THAT(titles, ::testing::Contains("Gefährlichen Hund anmelden"));
  EXPECT_EQ(ask("gefährlichen hund anmelden").results.at(0).key.text(), "99110009104001");
}

TEST_F(SearchTest, DatesAreHonoured) {
  SearchRequest request;
  request.words = dog;
  request.ars = "05911";
  request.day = parse_day("2026-03-31");
  EXPECT_THAT(urls(std::get<SearchAnswer>(try_ask(request)).results.at(0)),
              ElementsAre("https://bochum.example/hund", "https://bochum.example/maerz",
                          "https://land.example/hund"));
  request.words = "99110009070000";
  EXPECT_EQ(std::get<SearchAnswer>(try_ask(request)).results.at(0).text.title, "Hund im März abmelden");
  request.day = parse_day("2026-04-01");
  EXPECT_NE(std::get<SearchAnswer>(try_ask(request)).results.at(0).text.title, "Hund im März abmelden");
}

TEST_F(SearchTest, ATextWithAnOldAndACurrentPeriodIsFoundToday) {
  const auto title_on = [](const char* day) {
    SearchRequest request;
    request.words = "schnabelpass früher und jetzt";
    request.ars = "05911";
    request.day = parse_day(day);
    const auto answer = std::get<SearchAnswer>(try_ask(request));
    return answer.results.empty() ? std::string() : answer.results[0].text.title;
  };
  EXPECT_EQ(title_on("2026-06-01"), "Schnabelpass früher und jetzt");
  EXPECT_EQ(title_on("2019-06-01"), "Schnabelpass früher und jetzt");
  EXPECT_NE(title_on("2022-06-01"), "Schnabelpass früher und jetzt");
}

TEST_F(SearchTest, AHeadingIsFoldedIntoItsServices) {
  const auto answer = ask("99008001000000", "05911");
  ASSERT_GT(answer.results.size(), 3U);
  for (const SearchResult& result : answer.results) {
    EXPECT_EQ(result.key.object(), 99008001U);
    EXPECT_NE(result.key.verrichtung(), 0U);
  }
  EXPECT_EQ(answer.results[0].text.title, "Ausweis in Bochum")
      << "the town's text under the heading speaks for it";
}

TEST_F(SearchTest, ATextWithSeveralKeysIsOneResult) {
  const auto answer = ask("wohnung an- und abmelden", "05911");
  ASSERT_FALSE(answer.results.empty());
  EXPECT_EQ(answer.results[0].text.id.text(), "BO.5");
  for (std::size_t i = 1; i < answer.results.size(); ++i) EXPECT_NE(answer.results[i].text.id.text(), "BO.5");
  for (const char* key : {"99115005104000", "99115005070000"})
    EXPECT_EQ(ask(key, "05911").results.at(0).text.id.text(), "BO.5");
}

TEST_F(SearchTest, WhatOnlySomeTownsOfferShowsThemOnce) {
  const auto answer = ask("sprottenausweis");
  ASSERT_EQ(answer.results.at(0).text.title, "Sprottenausweis");
  EXPECT_EQ(answer.results[0].only_in_total, 2U);
  EXPECT_EQ(answer.results[0].key.text(), "");
  EXPECT_EQ(ask("sprottenausweis", "05914").results.at(0).text.id.text(), "HA.3");
  for (const SearchResult& result : ask("sprottenausweis", "05913").results)
    EXPECT_NE(result.text.title, "Sprottenausweis");
}

TEST_F(SearchTest, AnAreaBeyondTheTreeServesItsMunicipalities) {
  EXPECT_EQ(ask("99015005001000", "05315").results.at(0).text.id.text(), "LVR.1")
      << "Köln lies in the Rheinland";
  EXPECT_NE(ask("99015005001000", "05911").results.at(0).text.id.text(), "LVR.1") << "Bochum does not";
}

TEST_F(SearchTest, EqualNamesPreferTheHomeLandAndOfferTheOthers) {
  const auto answer = ask("hund", "", "Neuenkirchen");
  const AreaTable& areas = answer.reader.snapshot().areas;
  EXPECT_EQ(areas[*answer.place].code, "055660060060");
  EXPECT_GE(answer.places.size(), 8U);
  for (const char* name : {"halle", "Halle (Westf.)", "Halle Westfalen", "HALLE (WESTF.), STADT"})
    EXPECT_EQ(areas[*ask("hund", "", name).place].code, "057540012012") << name;
  EXPECT_EQ(areas[*ask("hund", "", "Mülheim").place].short_name, "Mülheim an der Ruhr");
  EXPECT_EQ(areas[*ask("hund", "", "koeln").place].short_name, "Köln");
  EXPECT_EQ(areas[*ask("hund", "", "50667 Köln").place].short_name, "Köln");
  EXPECT_EQ(areas[*ask("hund", "", "Kreis Steinfurt").place].level, Level::kreis);
}

TEST_F(SearchTest, AmongEqualNamesElsewherePopulationDecides) {
  const auto answer = ask("hund", "", "Halle");
  ASSERT_FALSE(answer.places.empty());
  EXPECT_EQ(answer.place_labels[0], "Halle (Saale)") << "before the villages named just Halle";
  const auto reader = engine_->reader();
  const AreaTable& areas = reader.snapshot().areas;
  const PlaceFinder elsewhere(areas, areas.find("12"));
  for (const auto& [name, code] : {std::pair("Halle", "150020000000"), std::pair("Offenbach", "064130000000"),
                                   std::pair("Freiburg", "083110000000")})
    EXPECT_EQ(areas[*elsewhere.read(name).chosen].code, code) << name;
}

TEST_F(SearchTest, LiteralWordsAreNeitherMendedNorReadAsAPlace) {
  SearchRequest request;
  request.words = "hunt anmelden bochum";
  const auto helped = std::get<SearchAnswer>(try_ask(request));
  EXPECT_TRUE(helped.place);
  request.words = "perosnalausweis bochum";
  EXPECT_EQ(std::get<SearchAnswer>(try_ask(request)).corrected, "personalausweis");
  request.literal = true;
  const auto literal = std::get<SearchAnswer>(try_ask(request));
  EXPECT_EQ(literal.corrected, "");
  EXPECT_FALSE(literal.place);
  for (const SearchResult& result : literal.results)
    EXPECT_EQ(result.text.title.find("Personalausweis"), std::string::npos) << result.text.title;
}

TEST_F(SearchTest, ASharedPostcodeChoosesNone) {
  const auto answer = ask("hund", "", "52538");
  EXPECT_FALSE(answer.place);
  EXPECT_EQ(answer.places.size(), 2U);
}

TEST_F(SearchTest, FiltersLeaveWhatTheyName) {
  SearchRequest request;
  request.words = "hund";
  request.ars = "05911";
  request.online_only = true;
  auto answer = std::get<SearchAnswer>(try_ask(request));
  ASSERT_EQ(answer.total, 1U);
  EXPECT_EQ(answer.results[0].key.text(), dog);
  request.trust_level = 40;
  EXPECT_EQ(std::get<SearchAnswer>(try_ask(request)).total, 0U);
  request.trust_level = 20;
  EXPECT_EQ(std::get<SearchAnswer>(try_ask(request)).total, 1U);
  request = {};
  request.topic = "engagement_hobby";
  answer = std::get<SearchAnswer>(try_ask(request));
  EXPECT_GT(answer.total, 100U) << "a topic alone lists its services";
  for (const SearchResult& result : answer.results)
    EXPECT_EQ(answer.reader.snapshot().catalogue.topics()[result.topics.at(0)].id, "engagement_hobby");
}

TEST_F(SearchTest, FacetsCountTheResults) {
  const auto answer = ask("hund", "05911");
  std::size_t online = 0;
  for (const FacetValue& value : answer.facets.online) online += value.count;
  EXPECT_EQ(online, answer.total);
  std::size_t levels = 0;
  for (const FacetValue& value : answer.facets.levels) levels += value.count;
  EXPECT_EQ(levels, answer.total);
}

TEST_F(SearchTest, PagesDoNotOverlap) {
  SearchRequest request;
  request.topic = "bauen_wohnen";
  request.size = 7;
  std::set<std::string> ids;
  std::size_t total = 0;
  for (request.page = 1;; ++request.page) {
    const auto answer = std::get<SearchAnswer>(try_ask(request));
    total = answer.total;
    if (answer.results.empty()) break;
    for (const SearchResult& result : answer.results) EXPECT_TRUE(ids.insert(result.text.id.text()).second);
  }
  EXPECT_EQ(ids.size(), total);
}

TEST_F(SearchTest, MissingModulesAreFilledFromTheNextLevel) {
  const auto answer = std::get<ServiceAnswer>(engine_->service(dog, "05911", ""));
  const AreaTable& areas = answer.reader.snapshot().areas;
  std::map<std::string, std::pair<std::string, Level>> modules;
  for (const FilledModule& filled : answer.modules)
    modules[filled.module.code] = {filled.module.text, areas[filled.area].level};
  EXPECT_EQ(modules["08"], std::pair(std::string("Impfpass"), Level::gemeinde));
  EXPECT_EQ(modules["09"], std::pair(std::string("Ein Hund"), Level::land));
  EXPECT_EQ(modules["24"].second, Level::katalog);
}

TEST_F(SearchTest, AServiceByItsTextBelongsToItsTown) {
  const auto answer = std::get<ServiceAnswer>(engine_->service("BO.1", "", ""));
  EXPECT_EQ(answer.reader.snapshot().areas[*answer.place].code, "059110000000");
  const auto elsewhere = std::get<ServiceAnswer>(engine_->service("BO.1", "05914", ""));
  EXPECT_EQ(elsewhere.result.text.id.text(), "L.1") << "never another town's service";
  EXPECT_EQ(std::get<RequestError>(engine_->service("BO.3", "05913", "")).status, 404);
  EXPECT_EQ(std::get<RequestError>(engine_->service("BO.99", "", "")).status, 404);
  EXPECT_EQ(std::get<RequestError>(engine_->service("99999999999999", "", "")).status, 404);
}

TEST_F(SearchTest, WhatIsAskedWronglyIsSaid) {
  SearchRequest good;
  good.words = "hund";
  EXPECT_EQ(status(good), 200);
  const auto with = [&](auto change) {
    SearchRequest request = good;
    change(request);
    return status(request);
  };
  EXPECT_EQ(with([](auto& r) { r.page = -1; }), 400);
  EXPECT_EQ(with([](auto& r) { r.page = 0; }), 400);
  EXPECT_EQ(with([](auto& r) { r.page = std::numeric_limits<std::int64_t>::max(); }), 200);
  EXPECT_EQ(with([](auto& r) { r.size = 1'000'000'000; }), 400);
  EXPECT_EQ(with([](auto& r) { r.size = 0; }), 400);
  EXPECT_EQ(with([](auto& r) { r.words = std::string(1'000'000, 'a'); }), 413);
  EXPECT_EQ(with([](auto& r) { r.words = "hund\xFF"; }), 400);
  EXPECT_EQ(with([](auto& r) { r.words = " ?! "; }), 400);
  EXPECT_EQ(with([](auto& r) { r.ars = "x"; }), 404);
  EXPECT_EQ(with([](auto& r) { r.ars = "1"; }), 400);
  EXPECT_EQ(with([](auto& r) { r.ars = "999999999999"; }), 404);
  EXPECT_EQ(with([](auto& r) { r.ars = "katalog"; }), 404);
  EXPECT_EQ(with([](auto& r) { r.place = "Entenhausen"; }), 404);
  EXPECT_EQ(with([](auto& r) { r.place = "00000"; }), 404);
  EXPECT_EQ(with([](auto& r) { r.topic = "nichts"; }), 400);
  EXPECT_EQ(with([](auto& r) { r.trust_level = -5; }), 400);
  EXPECT_EQ(with([](auto& r) { r.trust_level = 12; }), 400);
}

TEST_F(SearchTest, ALabelFindsItsPlaceAgain) {
  const auto reader = engine_->reader();
  const AreaTable& areas = reader.snapshot().areas;
  const PlaceFinder finder(areas, areas.find("05"));
  std::size_t lost = 0;
  for (MunicipalityIndex number = 0; number < areas.municipality_count(); ++number)
    lost += finder.read(finder.label(areas.municipality(number))).chosen != areas.municipality(number);
  EXPECT_LE(lost, 12U) << "a few Kreise have two municipalities of one name";
  for (const char* kreis : {"05358", "05370", "05566"})
    EXPECT_EQ(finder.read(finder.label(*areas.find(kreis))).chosen, areas.find(kreis));
}

TEST_F(SearchTest, PlacesAreFoundByTheirBeginning) {
  const auto answer = engine_->places("boch", 20);
  ASSERT_FALSE(answer.places.empty());
  EXPECT_EQ(answer.reader.snapshot().areas[answer.places[0]].short_name, "Bochum");
  EXPECT_THAT(engine_->places("", 20).places, IsEmpty());
  EXPECT_EQ(engine_->places("52538", 20).places.size(), 2U);
}

}  // namespace
}  // namespace vsm
