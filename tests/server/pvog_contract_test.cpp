// The PVOG Suchdienst as its programs know it: names and types of each answer, and what the endpoints mean.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "tests/server/contract.h"

namespace vsm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

const std::string api = "/suchdienst/api";
const std::string register_dog = "99110009104000", deregister_dog = "99110009070000";

const std::string location_shape =
    "{ars: text, ags: text?, name: text, gemeinde: text?, zip: text?, zipCodeCount: number}";
const std::string sort_shape = "{empty: bool, sorted: bool, unsorted: bool}";
const std::string envelope_shape = "pageable: {sort: " + sort_shape +
                                   ", offset: number, pageNumber: number, pageSize: number, paged: bool, "
                                   "unpaged: bool}, totalElements: number, "
                                   "totalPages: number, last: bool, size: number, number: number, sort: " +
                                   sort_shape + ", numberOfElements: number, first: bool, empty: bool";
std::string page_of(const std::string& entry) { return "content: [" + entry + "], " + envelope_shape; }

const std::string summary_shape =
    "{id: text, name: text, description: text, leikakeys: [text], ars: [text], languageCode: text, "
    "lastUpdate: text?, "
    "validFrom: text, validTo: text, sample?: true}";
const std::string role_shape = "{code: text, name: text}";
const std::string office_title_shape = "{id: text, title: text, role: " + role_shape + ", sample?: true}";
const std::string validity_shape =
    "validFrom: text, validTo: text, validityPeriods: [{validFrom: text, validTo: text}]";
const std::string online_facts =
    validity_shape +
    ", executionLanguages: [], executionNationalities: [], levelOfConfidence: text?, "
    "identificationMethods: [], paymentMethods: [], helpLinks: []";
const std::string parameters_shape = "dynamicParameters: [{type: text?, parameterName: text}]";
const std::string module_fields =
    "filled: bool, placeholder: bool, title: text, text: text, links: [{uri: text, title: text, description: "
    "text?, "
    "replace: bool, dynamicParameters: []}], replace: bool, code: text, xZufiCategory: text";
std::string detail_with(const std::string& more) {
  return "{name: text, description: text, leikakeys: [text], sdgInformation: [{id: text?, uri: text, "
         "version: text?, "
         "code: text, key: {uri: text, version: text?, code: text}, texts: {de: text?, en_GB: text?}, "
         "comments: {}, "
         "values: [{key: text, value: text, locale: text}]}], id: text, languageCode: text, timestamp: "
         "text?, "
         "ars: [text], sourcePortals: [{title: text, uri: text, replace: bool}], languageComplete: {en: "
         "bool}, "
         "availableLanguages: [text], organisationIds: [text], " +
         more +
         "lastUpdate: text?, externalLastUpdate: text?, addressees: [text], arsFederalstate: [text], " +
         validity_shape +
         ", synonyms: [text], details: [{@type: text, additionalInformation?: [], details?: [], " +
         module_fields +
         "}], typing: [{code: text, name: text?, listURI: text, listVersionID: text?}], onlineServiceLinks: "
         "[{uri: "
         "text, title: text, replace: bool, " +
         parameters_shape + ", id: text, " + online_facts +
         ", sample?: true}], personalMatters: [{code: text, name: text?, children: [{code: text, name: "
         "text?, "
         "children: [{code: text, name: text?, children: []}]}]}], forms: [{id: text, title: text, uri: "
         "text, sample?: "
         "true}], suggest: [text], sample?: true}";
}
/// The older form of the endpoint, then the newer one.
const std::string old_detail_shape = detail_with("");
const std::string detail_shape = detail_with("organisations: [" + office_title_shape + "], ");
const std::string office_shape =
    "{id: text, languages: [text], lastUpdate: text?, languageComplete: {en: bool}, title: text, forms: [], "
    "employees: "
    "[], additionalInformation: [{title: text, text: text}], bankAccounts: [], location: {addresses: [{type: "
    "text?, "
    "street: text?, zip: text?, city: text?}], communications: [{code: text, value: text}]}, "
    "communicationSystems: [], "
    "internetAddresses: [{uri: text}], role: " +
    role_shape + ", sample?: true}";
const std::string online_fields =
    "id: text, name: text, links: [{uri: text, title: text}], serviceDescriptions: [{id: text?, leikakeys: "
    "[text], ars: "
    "[text]}], sample?: true";
const std::string online_list_shape =
    "{totalHits: number, nextPageToken: text?, onlineservices: [{" + online_fields + "}]}";
const std::string online_whole_shape = "{" + online_fields + ", languageCode: text, lastUpdate: text?, " +
                                       parameters_shape + ", " + online_facts + "}";

std::string text_in(const std::string& language, const std::string& code, const std::string& text) {
  return "<x:modulText><x:leikaTextmodul><code>" + code +
         "</code></x:leikaTextmodul><x:inhalt languageCode=\"" + language + "\">" + text +
         "</x:inhalt></x:modulText>";
}

/// A dog in a town, in its Land and in the Bund; more online services than a page holds; and what is hostile.
class PvogContract : public ContractTest {
 protected:
  static void SetUpTestSuite() {
    auto folder = std::make_unique<TempFolder>();
    const std::string whole =
        text_in("de", "02", "Hundehaltung Anmeldung") + text_in("de", "24", "Kurz &amp;lt; knapp") +
        "<x:modulText><x:leikaTextmodul><code>08</code></x:leikaTextmodul><x:inhalt "
        "languageCode=\"de\">&lt;p&gt;Ein &lt;b&gt;Impfpass&lt;/b&gt;&lt;/p&gt;</x:inhalt><x:inhalt "
        "languageCode=\"en\">Vaccination card</x:inhalt></x:modulText>"
        "<x:modulText><x:leikaTextmodul><code>07</code></x:leikaTextmodul><x:inhalt "
        "languageCode=\"de\">Satzung</x:inhalt><x:weiterfuehrenderLink "
        "languageCode=\"de\"><x:uri>https://bochum.example/satzung</x:uri><x:titel>Satzung</x:titel></"
        "x:weiterfuehrenderLink></x:modulText>"
        "<x:modulKosten><x:beschreibung languageCode=\"de\">Nichts</x:beschreibung></x:modulKosten>"
        "<x:modulBegriffImKontext><x:begriffImKontext><x:begriff "
        "languageCode=\"de\">Hundemarke</x:begriff></x:begriffImKontext></x:modulBegriffImKontext>"
        "<x:typisierung><code>5</code></x:typisierung><x:leistungsadressat><code>001</code></"
        "x:leistungsadressat>"
        "<x:klassifizierung "
        "listURI=\"urn:xoev-de:fim:codeliste:pvlagen\"><code>1030200</code></x:klassifizierung>"
        "<x:informationsbereichSDG><code>1020200</code></x:informationsbereichSDG>"
        "<x:versionsinformation><x:geaendertDatumZeit>2026-05-04T10:30:00Z</x:geaendertDatumZeit></"
        "x:versionsinformation>";
    const std::string english_title =
        "<x:modulText><x:leikaTextmodul><code>03</code></x:leikaTextmodul><x:inhalt "
        "languageCode=\"de\">Hund in Bochum anmelden</x:inhalt><x:inhalt languageCode=\"en\">Register a "
        "dog</x:inhalt></x:modulText>";
    std::string town =
        xzufi::write("<x:leistung>" + xzufi::id("BO", "BO.LB.1") + "<x:referenzLeiKa><code>" + register_dog +
                     "</code></x:referenzLeiKa>" + english_title +
                     "<x:gueltigkeitGebietID>059110000000</x:gueltigkeitGebietID>" + whole + "</x:leistung>");
    town += xzufi::online("BO", "BO.OD.1", "Hund | online", "https://bochum.example/a|b",
                          "<x:dynamischeParameter><x:typ><code>001</code></x:typ><x:parameterName>ars</"
                          "x:parameterName></x:dynamischeParameter>") +
            xzufi::responsible("BO", "BO.OD.1", "BO", "BO.LB.1", "059110000000") +
            xzufi::office("BO", "BO.OE.1", "Steueramt") +
            xzufi::responsible("BO", "BO.OE.1", "BO", "BO.LB.1", "059110000000") +
            xzufi::write(
                "<x:formular>" + xzufi::id("BO", "BO.FO.1") +
                "<x:bezeichnung languageCode=\"de\">Antrag</x:bezeichnung><x:link "
                "languageCode=\"de\"><x:uri>https://bochum.example/a.pdf</x:uri></x:link></x:formular>") +
            xzufi::responsible("BO", "BO.FO.1", "BO", "BO.LB.1", "059110000000") +
            xzufi::service("BO", "BO.LB.2", deregister_dog, "Hund | \"abmelden\"\nund fort", "059110000000") +
            xzufi::service("BO", "BO.LB.3", deregister_dog, "Hund bald abmelden", "059110000000",
                           xzufi::valid("2999-01-01", "2999-12-30"));
    for (int i = 0; i < 230; ++i) {
      const std::string id = "BO.OD.X" + std::to_string(i);
      town += xzufi::online("BO", id, "Dienst", "https://bochum.example/" + std::to_string(i)) +
              xzufi::responsible("BO", id, "BO", "BO.LB.2", "059110000000");
    }
    folder->write("f/bochum.xml", xzufi::file(town));
    folder->write("f/land.xml",
                  xzufi::file(xzufi::service("L", "L.LB.1", register_dog, "Hund im Land anmelden",
                                             "050000000000", xzufi::module("11", "Erst dies, dann das")) +
                              xzufi::online("L", "L.OD.1", "Hund im Land", "https://land.example/hund") +
                              xzufi::responsible("L", "L.OD.1", "L", "L.LB.1", "050000000000")));
    folder->write(
        "f/bund.xml",
        xzufi::file(xzufi::service("B", "B.LB.1", register_dog, "Hund im Bund anmelden", "000000000000") +
                    xzufi::online("B", "B.OD.1", "Hund im Bund", "https://bund.example/hund") +
                    xzufi::responsible("B", "B.OD.1", "B", "B.LB.1", "000000000000")));
    write_sources(*folder, false);
    serve(folder.release());
  }
  static void TearDownTestSuite() { stop_serving(); }

  static void write_sources(const TempFolder& folder, bool one_more) {
    folder.write(
        "f/sources.tsv",
        "id\tformat\tpath\tarea\tname\tsample\tside\n"
        "bochum\txzufi\tbochum.xml\tgemeinde:059110000000\tBochum\tyes\t\n"
        "land\txzufi\tland.xml\tland:050000000000\tLand\tno\t\n"
        "bund\txzufi\tbund.xml\tbund:000000000000\tBund\tno\t\n" +
            std::string(one_more ? "bund2\txzufi\tone_more.xml\tbund:000000000000\tBund\tno\t\n" : ""));
  }
  static void rebuild(bool one_more) {
    folder_->write("f/one_more.xml",
                   xzufi::file(xzufi::service("A", "A.LB.1", register_dog, "Hund", "000000000000") +
                               xzufi::online("A", "A.OD.1", "Der erste", "https://bund.example/1") +
                               xzufi::responsible("A", "A.OD.1", "A", "A.LB.1", "000000000000")));
    write_sources(*folder_, one_more);
    build_from_feeds(*folder_);
    engine_->index().look();
  }

  /// Below the address of the API.
  element ask(const std::string& path, const std::string& shape, const httplib::Headers& headers = {}) {
    return ContractTest::ask(api + path, shape, headers);
  }
  void refuse(const std::string& path, int status) { ContractTest::refuse(api + path, status); }
  static std::string body(const std::string& path) { return ContractTest::body(api + path); }
};

TEST_F(PvogContract, Locations) {
  for (const char* path : {"/v2/locations", "/v3/locations", "/v2/locations/suggestions"}) {
    const element found = ask(path + std::string("?q=Bochum"), "[" + location_shape + "]");
    EXPECT_EQ(text(found.at(0)["ars"]), "059110000000");
    EXPECT_EQ(text(found.at(0)["ags"]), "05911000");
    EXPECT_EQ(text(found.at(0)["gemeinde"]), "Bochum");
    EXPECT_GT(number(found.at(0)["zipCodeCount"]), 10U);
    EXPECT_EQ(text(ask(path + std::string("?q=44789"), "[" + location_shape + "]").at(0)["zip"]), "44789");
    EXPECT_THAT(each(ask(path + std::string("?q=neuenk&limit=3"), "[" + location_shape + "]"), "name"),
                SizeIs(3));
    ask(path + std::string("?q=nirgendwo"), "[]");
    refuse(path, 400);
    refuse(path + std::string("?q=B"), 400);
    refuse(path + std::string("?q=%C3%84"), 400);
    refuse(path + std::string("?q=Bochum&limit=0"), 400);
    refuse(path + std::string("?q=Bochum&limit=x"), 400);
  }
  const auto level = [&](const std::string& more) {
    return each(ask("/v3/locations?q=Heinsberg" + more, "[" + location_shape + "]"), "ars");
  };
  EXPECT_THAT(level(""), ElementsAre("053700016016", "053700000000"));
  EXPECT_THAT(level("&filterBy=ORT"), ElementsAre("053700016016"));
  EXPECT_EQ(text(ask("/v3/locations/ars?ars=05911", "[" + location_shape + "]").at(0)["name"]), "Bochum");
  refuse("/v3/locations/ars", 400);
}

TEST_F(PvogContract, ServicesByWords) {
  const std::string both =
      "{" + page_of(summary_shape) + ", serviceDescriptions: {" + page_of(summary_shape) + "}}";
  const element found = ask("/v7/servicedescriptions/059110000000?q=hund%20anmelden&page=0&size=5", both);
  EXPECT_EQ(text(found["content"].at(0)["id"]), "BO.LB.1");
  EXPECT_EQ(text(found["serviceDescriptions"]["content"].at(0)["id"]), "BO.LB.1");
  EXPECT_THAT(texts(found["content"].at(0)["leikakeys"]), ElementsAre(register_dog));
  EXPECT_TRUE(truth(found["first"]));
  EXPECT_EQ(number(found["size"]), 5U);
  EXPECT_EQ(number(found["numberOfElements"]), found["content"].get_array().size());
  EXPECT_EQ(number(found["totalPages"]), (number(found["totalElements"]) + 4) / 5);

  const std::string nested = "{serviceDescriptions: {" + page_of(summary_shape) + "}}";
  const element newer =
      ask("/v8beta1/servicedescriptions?ars=05911&q=hund&size=5&useArsHierarchy=true", nested);
  EXPECT_GT(number(newer["serviceDescriptions"]["totalElements"]), 1U);
  const element own = ask("/v8beta1/servicedescriptions?ars=05911&q=hund&useArsHierarchy=false", nested);
  for (const element entry : own["serviceDescriptions"]["content"].get_array())
    EXPECT_THAT(texts(entry["ars"]), ElementsAre("059110000000"));
  const element none = ask("/v8beta1/servicedescriptions?ars=05911&q=spaghetti%20carbonara", nested);
  EXPECT_TRUE(truth(none["serviceDescriptions"]["empty"]));
  EXPECT_TRUE(truth(none["serviceDescriptions"]["last"]));
  EXPECT_EQ(number(none["serviceDescriptions"]["totalPages"]), 0U);
}

TEST_F(PvogContract, WithoutWordsAllTextsOfAPlaceEachOnce) {
  const std::string nested = "{serviceDescriptions: {" + page_of(summary_shape) + "}}";
  Texts ids;
  for (int page = 0;; ++page) {
    const element answer =
        ask("/v8beta1/servicedescriptions?ars=059110000000&size=5&page=" + std::to_string(page), nested);
    for (std::string& id : each(answer["serviceDescriptions"]["content"], "id")) ids.push_back(std::move(id));
    EXPECT_EQ(number(answer["serviceDescriptions"]["number"]), static_cast<std::uint64_t>(page));
    if (truth(answer["serviceDescriptions"]["last"])) break;
    ASSERT_LT(page, 10);
  }
  EXPECT_THAT(ids, ::testing::UnorderedElementsAre("BO.LB.1", "BO.LB.2", "L.LB.1", "B.LB.1"));
  const auto own = ask("/v8beta1/servicedescriptions?ars=059110000000&useArsHierarchy=false", nested);
  EXPECT_THAT(each(own["serviceDescriptions"]["content"], "id"), ElementsAre("BO.LB.2", "BO.LB.1"));
  const auto behind = ask("/v8beta1/servicedescriptions?ars=059110000000&page=1000000000&size=100", nested);
  EXPECT_TRUE(truth(behind["serviceDescriptions"]["empty"]));
}

TEST_F(PvogContract, ServicesByKeyUpTheHierarchy) {
  const std::string page = "{" + page_of(detail_shape) + "}";
  const std::string path = "/v3/servicedescriptions/leikaid?ars=059110000000&leikaIds=";
  EXPECT_THAT(each(ask(path + register_dog, page)["content"], "id"),
              ElementsAre("BO.LB.1", "L.LB.1", "B.LB.1"));
  EXPECT_THAT(each(ask(path + register_dog + "&leikaIds=" + deregister_dog, page)["content"], "id"),
              ElementsAre("BO.LB.1", "BO.LB.2", "L.LB.1", "B.LB.1"));
  EXPECT_THAT(each(ask(path + register_dog + "," + deregister_dog, page)["content"], "id"), SizeIs(4));
  EXPECT_THAT(
      each(ask("/v3/servicedescriptions/leikaid?ars=05&leikaIds=" + register_dog, page)["content"], "id"),
      ElementsAre("L.LB.1", "B.LB.1"));
  EXPECT_THAT(
      each(ask("/v3/servicedescriptions/leikaid?ars=00&leikaIds=" + register_dog, page)["content"], "id"),
      ElementsAre("B.LB.1"));
  EXPECT_THAT(each(ask("/v3/servicedescriptions/leikaid?leikaIds=" + register_dog, page)["content"], "id"),
              ::testing::UnorderedElementsAre("BO.LB.1", "L.LB.1", "B.LB.1"));
  EXPECT_THAT(each(ask(path + "11111111111111", page)["content"], "id"), IsEmpty());
  EXPECT_THAT(each(ask(path + deregister_dog + "&validDate=2999-06-01", page)["content"], "id"),
              ElementsAre("BO.LB.2", "BO.LB.3"));
}

TEST_F(PvogContract, TheBestTextWithAllModules) {
  const std::string page = "{" + page_of(detail_shape) + "}";
  const auto codes = [&](const std::string& ars) {
    const element found = ask("/v2/servicedescriptions/leikahierarchy?ars=" + ars +
                                  "&leikaIds=" + register_dog + "&leikaIds=" + register_dog,
                              page);
    EXPECT_EQ(number(found["totalElements"]), 1U);
    Texts list{text(found["content"].at(0)["id"])};
    for (std::string& code : each(found["content"].at(0)["details"], "code")) list.push_back(std::move(code));
    return list;
  };
  EXPECT_THAT(codes("059110000000"),
              ::testing::IsSupersetOf({"BO.LB.1", "24", "08", "07", "98", "11", "02", "03"}));
  EXPECT_THAT(codes("059130000000"), ::testing::IsSupersetOf({"L.LB.1", "11"}));
  EXPECT_EQ(codes("090000000000").front(), "B.LB.1");
  // What nobody publishes is known from the catalogue.
  const element known = ask("/v2/servicedescriptions/leikahierarchy?ars=00&leikaIds=" + deregister_dog, page);
  EXPECT_THAT(texts(known["content"].at(0)["ars"]), ElementsAre("000000000000"));
  EXPECT_TRUE(
      truth(ask("/v2/servicedescriptions/leikahierarchy?ars=00&leikaIds=11111111111111", page)["empty"]));
}

TEST_F(PvogContract, DetailInBothForms) {
  for (const bool older : {false, true}) {
    const std::string path = older ? "/v5/servicedescriptions/059110000000/detail?q=BO.LB.1"
                                   : "/v6/servicedescriptions/BO.LB.1/detail?ars=059110000000";
    const element found = ask(path, older ? old_detail_shape : detail_shape);
    EXPECT_EQ(text(found["id"]), "BO.LB.1");
    EXPECT_EQ(text(found["name"]), "Hund in Bochum anmelden");
    EXPECT_EQ(text(found["description"]), "<p>Kurz &lt; knapp</p>");
    EXPECT_EQ(text(found["languageCode"]), "de");
    EXPECT_THAT(texts(found["availableLanguages"]), ElementsAre("de", "en"));
    EXPECT_FALSE(truth(found["languageComplete"]["en"]));
    EXPECT_THAT(texts(found["organisationIds"]), ElementsAre("BO.OE.1"));
    EXPECT_THAT(texts(found["addressees"]), ElementsAre("Bürger"));
    EXPECT_THAT(texts(found["arsFederalstate"]), ElementsAre("05"));
    EXPECT_THAT(texts(found["synonyms"]), ElementsAre("Hundemarke"));
    EXPECT_EQ(text(found["lastUpdate"]), "2026-05-04T10:30:00Z");
    EXPECT_EQ(text(found["validFrom"]), "1970-01-01");
    EXPECT_EQ(text(found["validTo"]), "2999-12-31");
    EXPECT_TRUE(truth(found["sample"]));
    EXPECT_EQ(text(found["sdgInformation"].at(0)["code"]), "1020200");
    EXPECT_EQ(text(found["typing"].at(0)["code"]), "5");
    EXPECT_THAT(texts(found["suggest"]), ::testing::IsSupersetOf({"hund", "anmelden", "hundemarke"}));
    const element leaf = found["personalMatters"].at(0)["children"].at(0)["children"].at(0);
    EXPECT_EQ(text(leaf["code"]), "1030200");
    EXPECT_EQ(text(leaf["name"]), "Berufsausbildung");
    EXPECT_THAT(each(found["forms"], "uri"), ElementsAre("https://bochum.example/a.pdf"));
    // The nearest first; those of Land and Bund are inherited.
    EXPECT_THAT(each(found["onlineServiceLinks"], "id"), ElementsAre("BO.OD.1", "L.OD.1", "B.OD.1"));
    EXPECT_EQ(text(found["onlineServiceLinks"].at(0)["levelOfConfidence"]), "20");
    for (const element entry : found["details"].get_array()) {
      const std::string code = text(entry["code"]);
      const bool detailed = code == "98";
      EXPECT_EQ(text(entry["@type"]), detailed ? "_moduleDetail" : "_module") << code;
      EXPECT_EQ(entry["details"].error() == simdjson::SUCCESS, detailed) << code;
      EXPECT_EQ(entry["additionalInformation"].error() == simdjson::SUCCESS, !detailed) << code;
      if (code == "08") {
        EXPECT_EQ(text(entry["text"]), "<p>Ein <b>Impfpass</b></p>");
      }
      if (code == "07") {
        EXPECT_THAT(each(entry["links"], "uri"), ElementsAre("https://bochum.example/satzung"));
      }
      if (code == "98") {
        EXPECT_EQ(text(entry["title"]), "Kosten & Gebühren");
      }
    }
    if (!older) {
      EXPECT_EQ(text(found["organisations"].at(0)["role"]["name"]), "Zuständige Stelle");
    }
  }
  // Without a place the text's own.
  EXPECT_EQ(text(ask("/v6/servicedescriptions/BO.LB.1/detail", detail_shape)["id"]), "BO.LB.1");
  EXPECT_EQ(text(ask("/v6/servicedescriptions/L.LB.1/detail?ars=059110000000", detail_shape)["id"]),
            "L.LB.1");
}

TEST_F(PvogContract, LinksAreFilledWhereAskedFor) {
  const std::string path = "/v6/servicedescriptions/BO.LB.1/detail?ars=059110000000";
  EXPECT_EQ(text(ask(path, detail_shape)["onlineServiceLinks"].at(0)["uri"]), "https://bochum.example/a|b");
  EXPECT_EQ(text(ask(path + "&applyDynamicParams=true", detail_shape)["onlineServiceLinks"].at(0)["uri"]),
            "https://bochum.example/a|b?ars=059110000000");
}

TEST_F(PvogContract, InEnglishWhereItIsTranslated) {
  const httplib::Headers english{{"Accept-Language", "en-GB,en;q=0.9,de;q=0.5"},
                                 {"pvog-sud-api-client-id", "6d1e0c8e-0000-4000-8000-000000000000"}};
  const element found = ask("/v6/servicedescriptions/BO.LB.1/detail", detail_shape, english);
  EXPECT_EQ(text(found["name"]), "Register a dog");
  EXPECT_EQ(text(found["languageCode"]), "en");
  for (const element entry : found["details"].get_array())
    if (text(entry["code"]) == "08") {
      EXPECT_EQ(text(entry["text"]), "<p>Vaccination card</p>");
    }
  EXPECT_EQ(text(ask("/v6/servicedescriptions/L.LB.1/detail", detail_shape, english)["languageCode"]), "de");
}

TEST_F(PvogContract, ValidDate) {
  refuse("/v6/servicedescriptions/BO.LB.3/detail", 404);
  const element later = ask("/v6/servicedescriptions/BO.LB.3/detail?validDate=2999-06-01", detail_shape);
  EXPECT_EQ(text(later["validFrom"]), "2999-01-01");
  EXPECT_EQ(text(later["validTo"]), "2999-12-30");
  for (const char* wrong : {"gestern", "2026-02-30", "2026-1-1", "2026-01-01T00:00:00Z", "20260101"})
    refuse("/v6/servicedescriptions/BO.LB.1/detail?validDate=" + std::string(wrong), 400);
}

TEST_F(PvogContract, ACsvThatTheSeparatorAloneCuts) {
  const auto response = server_->get(api + "/v5/servicedescriptions/csv?ars=059110000000");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->get_header_value("Content-Type"), "text/csv; charset=utf-8");
  const auto lines = split(response->body, '\n');
  ASSERT_GT(lines.size(), 5U);
  EXPECT_EQ(lines[0], "ID-LB|Leikaschlüssel|Name|Name2|Updatedatum|ID-OD|Bezeichnung OD|Links");
  for (std::string_view line : lines) EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 7) << line;
  EXPECT_THAT(response->body,
              HasSubstr("BO.LB.1|99110009104000|Hundehaltung Anmeldung|Hund in Bochum anmelden "
                        "(Beispiel)|04.05.2026 10:30|BO.OD.1|Hund   online|"
                        "https://bochum.example/a%7Cb\n"));
  EXPECT_THAT(response->body, HasSubstr("\"Hund   \"\"abmelden\"\""));
  EXPECT_THAT(response->body, HasSubstr("|B.OD.1|"));
  EXPECT_EQ(std::count(response->body.begin(), response->body.end(), '\n'), 1 + 230 + 3 * 3);
  const std::string bund = body("/v5/servicedescriptions/csv?ars=00");
  EXPECT_EQ(split(bund, '\n').size(), 2U) << bund;
  EXPECT_THAT(bund, HasSubstr("\nB.LB.1|"));
  EXPECT_EQ(split(body("/v5/servicedescriptions/csv?ars=059110000000&useArsHierarchy=false"), '\n').size(),
            234U);
  refuse("/v5/servicedescriptions/csv", 400);
  refuse("/v5/servicedescriptions/csv?ars=99", 404);
}

TEST_F(PvogContract, Offices) {
  element titles =
      ask("/v2/organisationunits/titles?ars=059110000000&lbId=BO.LB.1", "[" + office_title_shape + "]");
  EXPECT_THAT(each(titles, "id"), ElementsAre("BO.OE.1"));
  EXPECT_EQ(text(titles.at(0)["role"]["name"]), "Zuständige Stelle");
  // A general text has the offices of the place.
  EXPECT_THAT(
      each(ask("/v2/organisationunits/titles?ars=059110000000&lbId=L.LB.1", "[" + office_title_shape + "]"),
           "id"),
      ElementsAre("BO.OE.1"));
  ask("/v2/organisationunits/titles?ars=059110000000&lbId=BO.LB.2", "[]");

  const element found = ask("/v5/organisationunits/detail?q=BO.OE.1", office_shape);
  EXPECT_EQ(text(found["title"]), "Steueramt");
  EXPECT_EQ(text(found["role"]["name"]), "Ansprechpunkt");
  const element address = found["location"]["addresses"].at(0);
  EXPECT_EQ(text(address["street"]), "Markt 2");
  EXPECT_EQ(text(address["zip"]), "44787");
  EXPECT_EQ(text(found["location"]["communications"].at(0)["code"]), "02");
  const std::string asked = "/v5/organisationunits/detail?q=BO.OE.1&ars=05911&lbId=";
  EXPECT_EQ(text(ask(asked + "BO.LB.1", office_shape)["role"]["name"]), "Zuständige Stelle");
  EXPECT_EQ(text(ask(asked + "BO.LB.2", office_shape)["role"]["name"]), "Ansprechpunkt");
  refuse("/v5/organisationunits/detail", 400);
  refuse("/v5/organisationunits/detail?q=x", 400);
  refuse("/v5/organisationunits/detail?q=BO.OE.9", 404);
  refuse("/v5/organisationunits/detail?q=BO.OE.1&ars=5", 400);
  refuse("/v5/organisationunits/detail?q=BO.OE.1&ars=0591100000000", 400);
  refuse("/v2/organisationunits/titles?ars=05911", 400);
  refuse("/v2/organisationunits/titles?ars=05911&lbId=BO.LB.9", 404);
}

TEST_F(PvogContract, OnlineServices) {
  const element found = ask("/v2/onlineservices/detail?q=BO.OD.1", online_whole_shape);
  EXPECT_EQ(text(found["name"]), "Hund | online");
  EXPECT_THAT(each(found["links"], "uri"), ElementsAre("https://bochum.example/a|b"));
  EXPECT_THAT(each(found["serviceDescriptions"], "id"), ElementsAre("BO.LB.1"));
  EXPECT_EQ(text(found["dynamicParameters"].at(0)["parameterName"]), "ars");
  EXPECT_THAT(
      each(ask("/v1beta2/onlineservices/BO.OD.1/organisations", "[" + office_title_shape + "]"), "id"),
      ElementsAre("BO.OE.1"));
  ask("/v1beta2/onlineservices/L.OD.1/organisations", "[]");
  refuse("/v2/onlineservices/detail?q=BO.OD.9", 404);
  refuse("/v2/onlineservices/detail", 400);
  refuse("/v1beta2/onlineservices/BO.OD.9/organisations", 404);
}

TEST_F(PvogContract, OnlineServicesOfAPlaceWithThoseOfLandAndBund) {
  const std::string path = "/v1beta2/onlineservices?ars=059110000000&leikaIds=" + register_dog;
  const element found = ask(path, online_list_shape);
  EXPECT_EQ(number(found["totalHits"]), 3U);
  EXPECT_TRUE(found["nextPageToken"].is_null());
  EXPECT_THAT(each(found["onlineservices"], "id"), ElementsAre("B.OD.1", "BO.OD.1", "L.OD.1"));
  Texts ars;
  for (const element service : found["onlineservices"].get_array())
    ars.push_back(texts(service["serviceDescriptions"].at(0)["ars"]).front());
  EXPECT_THAT(ars, ElementsAre("000000000000", "059110000000", "050000000000"));
  EXPECT_EQ(number(ask("/v1beta2/onlineservices?ars=00", online_list_shape)["totalHits"]), 1U);
  EXPECT_EQ(number(ask("/v1beta2/onlineservices?ars=05911&leikaIds=11111111111111",
                       online_list_shape)["totalHits"]),
            0U);
  EXPECT_EQ(number(ask("/v1beta2/onlineservices?ars=05911", online_list_shape)["totalHits"]), 233U);
}

TEST_F(PvogContract, PagesOfOnlineServicesGiveEachOnceAlsoOverAReindex) {
  std::set<std::string> seen;
  std::string token;
  std::size_t given = 0, pages = 0;
  do {
    const element page =
        ask("/v1beta2/onlineservices?ars=059110000000&nextPageToken=" + token, online_list_shape);
    for (const std::string& id : each(page["onlineservices"], "id")) {
      seen.insert(id);
      ++given;
    }
    token = page["nextPageToken"].is_null() ? "" : text(page["nextPageToken"]);
    // Another build, with one more that stands before all others.
    if (++pages == 1) rebuild(true);
  } while (!token.empty() && pages < 10);
  EXPECT_EQ(number(ask("/v1beta2/onlineservices?ars=059110000000", online_list_shape)["totalHits"]), 234U);
  rebuild(false);
  EXPECT_EQ(pages, 3U);
  EXPECT_EQ(given, 233U);
  EXPECT_EQ(seen.size(), 233U);
}

TEST_F(PvogContract, WrongParametersAreRefused) {
  const std::string keys = "/v3/servicedescriptions/leikaid?ars=05911&leikaIds=";
  for (const char* end : {"size=4", "size=0", "size=-5", "size=x", "page=-1", "page=x", "page=1000000001",
                          "page=9223372036854775807", "size=99999999999999999999"}) {
    refuse("/v7/servicedescriptions/05911?" + std::string(end), 400);
    refuse(keys + register_dog + "&" + end, 400);
  }
  EXPECT_EQ(
      number(ask("/v8beta1/servicedescriptions?ars=05911&size=5000",
                 "{serviceDescriptions: {" + page_of(summary_shape) + "}}")["serviceDescriptions"]["size"]),
      100U);
  refuse("/v3/servicedescriptions/leikaid?ars=05911", 400);
  for (const char* key : {"1", "9911000910400x", "991100091040000", "%00"}) refuse(keys + key, 400);
  std::string many = keys + register_dog;
  for (int i = 0; i < 101; ++i) many += "," + std::to_string(10'000'000'000'000 + i);
  refuse(many, 400);
  for (const char* ars : {"5", "0591100000000", "bochum", "lv-rheinland", "-5", "%C3%A4%C3%A4", "05%00"})
    refuse("/v7/servicedescriptions/" + std::string(ars), 400);
  refuse("/v7/servicedescriptions/99", 404);
  refuse("/v7/servicedescriptions/05911?q=x", 400);
  refuse("/v7/servicedescriptions/05911?q=%21%21", 400);
  refuse("/v8beta1/servicedescriptions?q=hund", 400);
  refuse("/v8beta1/servicedescriptions?ars=05911&useArsHierarchy=maybe", 400);
  for (const char* token : {"x", "1", "zz", "6", "%00%00", "4f4G"})
    refuse("/v1beta2/onlineservices?ars=05911&nextPageToken=" + std::string(token), 400);
  ask("/v1beta2/onlineservices?ars=05911&nextPageToken=ffffff", online_list_shape);
  refuse("/v1beta2/onlineservices", 400);
}

TEST_F(PvogContract, UnknownAddressesAndOddIds) {
  for (const char* path :
       {"", "/", "/v1/locations", "/v9/servicedescriptions/05911", "/v2/servicedescriptions/leikaid",
        "/v1/relations/jzufi-2-3", "/v6/servicedescriptions/BO.LB.9/detail",
        "/v6/servicedescriptions//detail", "/v6/servicedescriptions/../detail",
        "/v6/servicedescriptions/..%2F..%2Fetc%2Fpasswd/detail", "/v6/servicedescriptions/%00/detail",
        "/v6/servicedescriptions/%27%22%3Cscript%3E/detail",
        "/v5/servicedescriptions/05911/detail?q=../../etc/passwd",
        "/v1beta2/onlineservices/..%2F/organisations"})
    refuse(path, 404);
  refuse("/v6/servicedescriptions/" + std::string(290, 'x') + "/detail", 404);
  refuse("/v6/servicedescriptions/" + std::string(5'000, 'x') + "/detail", 404);
  EXPECT_THAT(body("/v6/servicedescriptions/%3Cscript%3E/detail"), Not(HasSubstr("<script>")));
}

TEST_F(PvogContract, PagesOfOtherOriginsMayAsk) {
  httplib::Client client("127.0.0.1", server_->port());
  for (const char* path :
       {"/v2/locations?q=Bochum", "/v2/locations", "/v5/servicedescriptions/csv?ars=00", "/v9"}) {
    const auto response = client.Get((api + path).c_str());
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->get_header_value("Access-Control-Allow-Origin"), "*") << path;
  }
  const auto preflight = client.Options((api + "/v2/locations").c_str(),
                                        {{"Origin", "https://stadt.example"},
                                         {"Access-Control-Request-Method", "GET"},
                                         {"Access-Control-Request-Headers", "pvog-sud-api-client-id"}});
  ASSERT_TRUE(preflight);
  EXPECT_EQ(preflight->status, 204);
  EXPECT_THAT(preflight->get_header_value("Access-Control-Allow-Headers"),
              HasSubstr("pvog-sud-api-client-id"));
}

}  // namespace
}  // namespace vsm
