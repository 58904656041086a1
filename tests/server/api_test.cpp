// The public API beyond search: offices, online services, coverage, cursors over a reindex, ETags, CORS and
// linked data. That answers are what openapi.json says is checked in tests/clients.
#include <gmock/gmock.h>
#include <simdjson.h>

#include <set>

#include "query/coverage.h"
#include "query/cursor.h"
#include "query/json.h"
#include "query/offers.h"
#include "server/linked_data.h"
#include "tests/server/running.h"

namespace vsm {
namespace {

using simdjson::dom::element;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const char* const sources =
    "id\tformat\tpath\tarea\tname\tsample\tside\n"
    "bochum\txzufi\tbochum.xml\tgemeinde:059110000000\tBochum\tno\t\n"
    "hagen\txzufi\thagen.xml\tgemeinde:059140000000\tHagen\tno\t\n"
    "land\txzufi\tland.xml\tland:050000000000\tLand\tno\t\n";

/// `name` of the first service, `more` objects of Bochum.
void write_feeds(const TempFolder& folder, const std::string& name, const std::string& more = {}) {
  folder.write("f/sources.tsv", sources);
  folder.write(
      "f/bochum.xml",
      xzufi::file(xzufi::service("BO", "1", "99110009104000", name, "059110000000",
                                 xzufi::module("24", "&amp;lt;/script&amp;gt; &amp;amp; mehr")) +
                  xzufi::service("BO", "2", "99110009070000", "Hund abmelden", "059110000000") +
                  xzufi::office("BO", "E1", "Steueramt") +
                  xzufi::responsible("BO", "E1", "BO", "1", "059110000000") +
                  xzufi::responsible("BO", "E1", "BO", "2", "059110000000") +
                  xzufi::online("BO", "O1", "Hund online", "https://bochum.example/hund?a=1&amp;b=2") +
                  xzufi::responsible("BO", "O1", "BO", "1", "059110000000") +
                  xzufi::online("BO", "O2", "Alt", "https://bochum.example/alt",
                                xzufi::valid("2020-01-01", "2020-12-31")) +
                  xzufi::responsible("BO", "O2", "BO", "1", "059110000000") + more));
  folder.write("f/hagen.xml",
               xzufi::file(xzufi::service("HA", "1", "99110009104000", "Hund anmelden", "059140000000")));
  folder.write("f/land.xml",
               xzufi::file(xzufi::service("L", "1", "99110009104000", "Hundehaltung", "050000000000") +
                           xzufi::online("L", "O1", "Hund im Land", "https://land.example/hund") +
                           xzufi::responsible("L", "O1", "L", "1", "050000000000") +
                           xzufi::office("L", "E1", "Landesamt") +
                           xzufi::responsible("L", "E1", "L", "1", "050000000000")));
}

class ApiTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    write_feeds(*folder_, "Hund in Bochum anmelden");
    build_from_feeds(*folder_);
    engine_ = new SearchEngine(*folder_ / "index");
    ServerSettings settings;
    settings.site.public_url = "https://suche.example.de";
    settings.security_contact = "mailto:sicherheit@example.de";
    server_ = new RunningServer(*engine_, settings);
    plain_ = new RunningServer(*engine_, ServerSettings());
  }
  static void TearDownTestSuite() {
    delete plain_;
    delete server_;
    delete engine_;
    delete folder_;
  }

  static httplib::Result get(const std::string& path, const httplib::Headers& headers = {}) {
    httplib::Client client("127.0.0.1", server_->port());
    return client.Get(path.c_str(), headers);
  }
  /// The answer, parsed; it lives until the next call.
  element ask(const std::string& path) {
    const auto response = get(path);
    element parsed;
    if (!response || response->status != 200)
      ADD_FAILURE() << path << (response ? response->body : "");
    else
      EXPECT_EQ(parser_.parse(response->body).get(parsed), simdjson::SUCCESS) << path;
    return parsed;
  }
  static std::string text(const simdjson::simdjson_result<element>& value) {
    return std::string(value.get_string().value());
  }
  static std::vector<std::string> texts(const simdjson::simdjson_result<element>& list) {
    std::vector<std::string> all;
    for (const element entry : list.get_array()) all.emplace_back(entry.get_string().value());
    return all;
  }
  static std::vector<std::string> ids(const simdjson::simdjson_result<element>& list) {
    std::vector<std::string> all;
    for (const element entry : list.get_array()) all.push_back(text(entry["id"]));
    return all;
  }
  static std::uint64_t number(const simdjson::simdjson_result<element>& value) { return value.get_uint64(); }

  static inline TempFolder* folder_ = nullptr;
  static inline SearchEngine* engine_ = nullptr;
  static inline RunningServer *server_ = nullptr, *plain_ = nullptr;
  simdjson::dom::parser parser_;
};

TEST_F(ApiTest, AnOfficeWhole) {
  const element office = ask("/api/v1/offices/BO.E1");
  EXPECT_EQ(text(office["name"]), "Steueramt");
  EXPECT_EQ(text(office["street"]), "Markt 2");
  EXPECT_EQ(text(office["phone"]), "0234 1");
  EXPECT_TRUE(office["hours"].is_null());
  EXPECT_EQ(number(office["areasTotal"]), 1U);
  const element duty = office["areas"].at(0);
  EXPECT_EQ(text(duty["level"]), "gemeinde");
  EXPECT_EQ(text(duty["area"]["name"]), "Bochum");
  EXPECT_THAT(texts(duty["keys"]), ElementsAre("99110009070000", "99110009104000"));
  EXPECT_EQ(get("/api/v1/offices/BO.E9")->status, 404);
  EXPECT_EQ(get("/api/v1/offices/BO.O1")->status, 404) << "that is an online service";
}

TEST_F(ApiTest, AnOnlineServiceWhole) {
  const element service = ask("/api/v1/online-services/L.O1");
  EXPECT_EQ(text(service["url"]), "https://land.example/hund");
  EXPECT_EQ(number(service["trustLevel"]), 20U);
  EXPECT_EQ(text(service["areas"].at(0)["level"]), "land");
  EXPECT_EQ(get("/api/v1/online-services/BO.O2")->status, 404) << "it ended in 2020";
}

TEST_F(ApiTest, OfficesOfAPlaceNearestFirst) {
  EXPECT_THAT(ids(ask("/api/v1/offices?place=Bochum")["offices"]), ElementsAre("BO.E1", "L.E1"));
  const element answer = ask("/api/v1/offices?ars=05911&key=99110009070000");
  EXPECT_THAT(ids(answer["offices"]), ElementsAre("BO.E1"));
  EXPECT_THAT(texts(answer["offices"].at(0)["keys"]), ElementsAre("99110009070000"));
  EXPECT_THAT(ids(ask("/api/v1/offices?place=Hagen")["offices"]), ElementsAre("L.E1"));
  EXPECT_EQ(text(ask("/api/v1/offices")["offices"].at(0)["id"]), "L.E1") << "the home Land speaks";
}

TEST_F(ApiTest, OnlineServicesOfAPlaceOwnAndInherited) {
  const element answer = ask("/api/v1/online-services?place=Bochum");
  EXPECT_THAT(ids(answer["onlineServices"]), ElementsAre("BO.O1", "L.O1"));
  EXPECT_EQ(text(answer["onlineServices"].at(1)["level"]), "land");
  EXPECT_EQ(text(answer["onlineServices"].at(1)["key"]), "99110009104000");
  EXPECT_EQ(number(ask("/api/v1/online-services?place=Bochum&topic=gesundheit")["total"]), 0U);
  EXPECT_EQ(get("/api/v1/online-services?topic=nichts")->status, 400);
  EXPECT_EQ(get("/api/v1/online-services?key=1")->status, 400);
  EXPECT_EQ(get("/api/v1/online-services?size=101")->status, 400);
}

TEST_F(ApiTest, ACursorBelongsToItsQuestion) {
  const std::string cursor = text(ask("/api/v1/online-services?place=Bochum&size=1")["nextCursor"]);
  const element rest = ask("/api/v1/online-services?place=Bochum&size=5&cursor=" + cursor);
  EXPECT_THAT(ids(rest["onlineServices"]), ElementsAre("L.O1"));
  EXPECT_TRUE(rest["nextCursor"].is_null());
  const std::string of_search = text(ask("/api/v1/search?q=hund&place=Bochum&size=1")["nextCursor"]);
  for (const std::string& path : {"/api/v1/online-services?place=Hagen&cursor=" + cursor,
                                  std::string("/api/v1/offices?place=Bochum&cursor=x"),
                                  "/api/v1/search?q=hund&place=Bochum&cursor=" + cursor,
                                  "/api/v1/search?q=katze&place=Bochum&cursor=" + of_search,
                                  "/api/v1/search?q=hund&place=Bochum&page=2&cursor=" + of_search}) {
    EXPECT_EQ(get(path)->status, 400) << path;
    EXPECT_THAT(get(path)->body, HasSubstr("Cursor")) << path;
  }
}

TEST_F(ApiTest, Coverage) {
  const element town = ask("/api/v1/coverage?place=Bochum");
  EXPECT_EQ(number(town["municipalities"]), 1U);
  EXPECT_EQ(number(town["covered"]), 1U);
  EXPECT_EQ(number(town["counts"]["own"]), 1U);
  EXPECT_EQ(number(town["counts"]["inherited"]), 0U) << "own comes before inherited";
  const element land = ask("/api/v1/coverage?ars=05&level=regierungsbezirk&lang=en");
  EXPECT_EQ(number(land["municipalities"]), 396U);
  EXPECT_EQ(number(land["counts"]["everywhere"]), 1U);
  EXPECT_EQ(number(land["counts"]["ownPairs"]), 1U);
  EXPECT_EQ(land["areas"].get_array().size(), 5U);
  EXPECT_EQ(land["history"].get_array().size(), 1U);
  const element none = ask("/api/v1/coverage?place=Augsburg");
  EXPECT_TRUE(none["counts"].is_null());
  EXPECT_EQ(none["topics"].get_array().size(), 0U);
  EXPECT_EQ(get("/api/v1/coverage?level=dorf")->status, 400);
  EXPECT_EQ(get("/api/v1/coverage?topic=nichts")->status, 400);
}

TEST_F(ApiTest, WhoHasAnAnswerIsToldSo) {
  for (const char* path :
       {"/api/v1/search?q=hund", "/api/v1/services/99110009104000", "/api/v1/places?q=boch", "/api/v1/topics",
        "/api/v1/offices", "/api/v1/offices/BO.E1", "/api/v1/online-services",
        "/api/v1/online-services/BO.O1", "/api/v1/coverage"}) {
    const auto first = get(path);
    const std::string tag = first->get_header_value("ETag");
    EXPECT_THAT(tag, StartsWith("W/\"")) << path;
    EXPECT_EQ(first->get_header_value("Cache-Control"), "public, no-cache") << path;
    for (const std::string& known : {tag, tag.substr(2), "\"x\", " + tag}) {
      const auto again = get(path, {{"If-None-Match", known}});
      EXPECT_EQ(again->status, 304) << path;
      EXPECT_EQ(again->get_header_value("ETag"), tag) << path;
      EXPECT_EQ(again->body, "") << path;
    }
    EXPECT_EQ(get(path, {{"If-None-Match", "W/\"0123456789abcdef\""}})->status, 200) << path;
  }
  EXPECT_NE(get("/api/v1/search?q=hund")->get_header_value("ETag"),
            get("/api/v1/search?q=hunde")->get_header_value("ETag"));
  const auto wrong = get("/api/v1/search");
  EXPECT_EQ(wrong->status, 400);
  EXPECT_FALSE(wrong->has_header("ETag"));
}

TEST_F(ApiTest, PagesOfAnyOriginMayAsk) {
  for (const char* path : {"/api/v1/topics", "/api/v1/search", "/api/v1/nothing", "/openapi.json"})
    EXPECT_EQ(get(path)->get_header_value("Access-Control-Allow-Origin"), "*") << path;
  EXPECT_FALSE(get("/")->has_header("Access-Control-Allow-Origin"));
  httplib::Client client("127.0.0.1", server_->port());
  const auto ask_first = [&](const char* path, const httplib::Headers& headers) {
    return client.Options(path, headers);
  };
  const httplib::Headers asking = {{"Origin", "https://stadt.example"},
                                   {"Access-Control-Request-Method", "GET"}};
  const auto preflight = ask_first("/api/v1/search?q=hund", asking);
  ASSERT_TRUE(preflight);
  EXPECT_EQ(preflight->status, 204);
  EXPECT_EQ(preflight->get_header_value("Access-Control-Allow-Origin"), "*");
  EXPECT_THAT(preflight->get_header_value("Access-Control-Allow-Headers"), HasSubstr("If-None-Match"));
  EXPECT_EQ(ask_first("/api/v1/search?q=hund", {})->status, 405);
  EXPECT_EQ(ask_first("/", asking)->status, 405);
}

TEST_F(ApiTest, LinkedDataByFormatAndByAccept) {
  const auto by_format = get("/api/v1/services/99110009104000?ars=05911&format=jsonld");
  EXPECT_EQ(by_format->get_header_value("Content-Type"), "application/ld+json");
  EXPECT_EQ(get("/leistung/99110009104000?ars=05911", {{"Accept", "application/ld+json"}})->body,
            by_format->body);
  EXPECT_EQ(get("/leistung/99110009104000?ars=05911&format=jsonld")->body, by_format->body);
  EXPECT_EQ(get("/api/v1/services/99110009104000?format=xml")->status, 400);

  const element service = ask("/leistung/99110009104000?ars=05911&format=jsonld");
  EXPECT_THAT(texts(service["@type"]), ElementsAre("GovernmentService", "cpsv:PublicService"));
  EXPECT_EQ(text(service["@id"]), "https://suche.example.de/leistung/99110009104000?ars=059110000000");
  EXPECT_EQ(text(service["name"]), "Hund in Bochum anmelden");
  EXPECT_EQ(text(service["description"]), text(service["dct:description"]["@value"]));
  EXPECT_EQ(text(service["dct:spatial"]["@id"]),
            "http://dcat-ap.de/def/politicalGeocoding/regionalKey/059110000000");
  EXPECT_EQ(text(service["provider"].at(0)["name"]), "Steueramt");
  EXPECT_EQ(text(service["availableChannel"].at(0)["serviceUrl"]), "https://bochum.example/hund?a=1&b=2");
  EXPECT_EQ(ask("/api/v1/search?q=hund&format=jsonld")["@graph"].get_array().size(), 10U);
}

TEST_F(ApiTest, APageCarriesItsLinkedDataAndNoMarkup) {
  const std::string page = get("/leistung/99110009104000?ars=05911")->body;
  const std::string open = "<script type=\"application/ld+json\">";
  const std::size_t begin = page.find(open);
  ASSERT_NE(begin, std::string::npos);
  const std::string block =
      page.substr(begin + open.size(), page.find("</script>", begin) - begin - open.size());
  EXPECT_THAT(block, Not(HasSubstr("<")));
  EXPECT_THAT(block, HasSubstr("\\u003c"));
  EXPECT_EQ(parser_.parse(block).error(), simdjson::SUCCESS);
  EXPECT_THAT(
      page, HasSubstr("<link rel=\"canonical\" href=\"https://suche.example.de/leistung/99110009104000\">"));
  EXPECT_THAT(page, Not(HasSubstr("noindex")));
  EXPECT_THAT(get("/?q=hund")->body, HasSubstr("noindex"));
}

TEST_F(ApiTest, FilesForOtherPrograms) {
  EXPECT_THAT(get("/sitemap.xml")->body, HasSubstr("<loc>https://suche.example.de/sitemap-1.xml</loc>"));
  EXPECT_THAT(get("/sitemap-1.xml")->body,
              HasSubstr("<loc>https://suche.example.de/leistung/99110009104000</loc>"));
  for (const char* path : {"/sitemap-0.xml", "/sitemap-2.xml", "/sitemap-9999.xml"})
    EXPECT_EQ(get(path)->status, 404) << path;
  EXPECT_THAT(get("/robots.txt")->body, HasSubstr("Sitemap: https://suche.example.de/sitemap.xml"));
  EXPECT_THAT(get("/opensearch.xml")->body, HasSubstr("https://suche.example.de/?q={searchTerms}"));
  const std::string security = get("/.well-known/security.txt")->body;
  EXPECT_THAT(security, HasSubstr("Contact: mailto:sicherheit@example.de\n"));
  EXPECT_THAT(security, HasSubstr("Expires: " + date_text(today() + 180) + "T00:00:00Z\n"));
}

TEST_F(ApiTest, WithoutAPublicAddressNobodysHostIsTrusted) {
  httplib::Client client("127.0.0.1", plain_->port());
  const httplib::Headers forged = {{"Host", "evil.example"}};
  for (const char* path : {"/sitemap.xml", "/sitemap-1.xml", "/opensearch.xml", "/.well-known/security.txt"})
    EXPECT_EQ(client.Get(path, forged)->status, 404) << path;
  for (const char* path :
       {"/robots.txt", "/leistung/99110009104000", "/api/v1/search?q=hund&format=jsonld"}) {
    const auto response = client.Get(path, forged);
    EXPECT_EQ(response->status, 200) << path;
    EXPECT_THAT(response->body, Not(HasSubstr("evil"))) << path;
  }
  EXPECT_THAT(client.Get("/leistung/99110009104000?format=jsonld")->body,
              HasSubstr("\"@id\":\"/leistung/99110009104000\""));
}

TEST_F(ApiTest, TheDescriptionIsThereForPeopleToo) {
  const std::string page = get("/api")->body;
  element description = ask("/openapi.json");
  for (const auto path : description["paths"].get_object())
    EXPECT_THAT(page, HasSubstr("<code>GET " + std::string(path.key) + "</code>"));
  EXPECT_THAT(page, HasSubstr("Münster"));
}

TEST(PublicUrl, IsOneOrSaysWhatIsWrong) {
  for (const char* url : {"https://suche.example.de", "http://127.0.0.1:8080", "https://example.de/suche"})
    EXPECT_EQ(is_public_url(url), "") << url;
  for (const char* url :
       {"", "https://", "suche.example.de", "https://example.de/", "https://a\"b", "ftp://a"})
    EXPECT_NE(is_public_url(url), "") << url;
  EXPECT_EQ(is_contact("mailto:a@example.de"), "");
  EXPECT_NE(is_contact("a@example.de\nExpires: never"), "");
}

/// Asks on, as `next` does for a cursor, and gives the ids of all entries.
template <class Next>
std::vector<std::string> all_of(std::string cursor, Next next) {
  std::vector<std::string> ids;
  do cursor = next(cursor, ids);
  while (!cursor.empty());
  return ids;
}

TEST(Cursor, OverAReindexNothingComesTwiceAndNothingThatStayedIsSkipped) {
  const TempFolder folder;
  write_feeds(folder, "Hund in Bochum anmelden");
  build_from_feeds(folder);
  SearchEngine engine(folder / "index");
  const auto search = [&](const std::string& cursor, std::vector<std::string>& keys) {
    SearchRequest request;
    request.words = "hund";
    request.place = "Bochum";
    request.size = 2;
    request.cursor = cursor;
    const auto answer = engine.search(request);
    for (const SearchResult& result : std::get<SearchAnswer>(answer).results)
      keys.push_back(std::to_string(result.key.group()));
    return std::get<SearchAnswer>(answer).next_cursor;
  };
  const auto list = [&](const std::string& cursor, std::vector<std::string>& ids) {
    OffersRequest request;
    request.place = "Bochum";
    request.size = 1;
    request.cursor = cursor;
    const auto answer = engine.online_services(request);
    for (const OnlineOffer& offer : std::get<OnlineServicesAnswer>(answer).entries)
      ids.push_back(offer.service->id.text());
    return std::get<OnlineServicesAnswer>(answer).next_cursor;
  };
  std::vector<std::string> found, listed;
  const std::string found_cursor = search(search("", found), found);
  const std::string listed_cursor = list("", listed);
  const auto before = all_of("", search);
  ASSERT_GT(before.size(), 5U);

  // What was best is called otherwise now, and other services have names that fit as well; there is an online
  // service before and one behind those that were given.
  std::string more = xzufi::online("AA", "1", "Davor", "https://bochum.example/davor") +
                     xzufi::responsible("AA", "1", "BO", "2", "059110000000") +
                     xzufi::online("ZZ", "1", "Danach", "https://bochum.example/danach") +
                     xzufi::responsible("ZZ", "1", "BO", "1", "059110000000");
  int number = 10;
  for (const std::string& group : before)
    if (++number % 2 == 0)
      more += xzufi::service("BO", std::to_string(number), group + "000", "Hund", "059110000000");
  write_feeds(folder, "Vierbeiner melden", more);
  build_from_feeds(folder);
  engine.index().look();

  const auto after = all_of("", search);
  for (const std::string& group : all_of(found_cursor, search)) found.push_back(group);
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(), found.size()) << "one came twice";
  EXPECT_NE(before, after) << "the order did not change";
  for (const std::string& group : after) {
    const bool stayed = std::find(before.begin(), before.end(), group) != before.end();
    EXPECT_TRUE(!stayed || std::find(found.begin(), found.end(), group) != found.end()) << "one was skipped";
  }
  for (const std::string& id : all_of(listed_cursor, list)) listed.push_back(id);
  EXPECT_THAT(listed, ElementsAre("BO.O1", "ZZ.1", "L.O1"));
}

TEST(Cursor, IsReadAsItWasWritten) {
  const std::vector<std::uint64_t> groups = {99'110'009'104, 1, 100'000'000'000'123'456, 99'110'009'070};
  const auto seen = Seen::read(seen_cursor(7, groups), 7);
  ASSERT_TRUE(seen);
  for (std::uint64_t group : groups) EXPECT_TRUE(seen->has(group)) << group;
  EXPECT_FALSE(seen->has(2));
  EXPECT_FALSE(seen->has(99'110'009'105));
  std::vector<std::uint64_t> thousand;
  for (std::uint64_t i = 0; i < 1'000; ++i) thousand.push_back(99'001'000'000 + i * 998'000);
  EXPECT_LT(seen_cursor(7, thousand).size(), 5'000U) << "an address has 8,192 bytes";
  EXPECT_EQ(seen_cursor(7, seen->numbers()), seen_cursor(7, groups));
  EXPECT_THAT(*read_list_cursor(list_cursor(7, {"a", "", "ü"}), 7, 3), ElementsAre("a", "", "ü"));
}

TEST(Cursor, IsRefusedWhereItIsNone) {
  const std::string list = list_cursor(7, {"a", "b"}), seen = seen_cursor(7, {1, 2, 3});
  EXPECT_FALSE(read_list_cursor(list, 8, 2));
  EXPECT_FALSE(read_list_cursor(list, 7, 3));
  EXPECT_FALSE(read_list_cursor(seen, 7, 2));
  EXPECT_FALSE(Seen::read(list, 7));
  EXPECT_FALSE(Seen::read(seen, 8));
  for (const char* word : {"", "x", "!", "AAAA", "\xC3\xBC", "cwcAAACAgICAgICAgICAgICAgICAgICAgA"}) {
    EXPECT_FALSE(Seen::read(word, 7)) << word;
    EXPECT_FALSE(read_list_cursor(word, 7, 2)) << word;
  }
}

}  // namespace
}  // namespace vsm
