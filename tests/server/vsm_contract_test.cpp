// The former Verwaltungssuchmaschine NRW as its programs know it: names and types of each answer, and what
// the endpoints mean.
#include <gmock/gmock.h>

#include <set>

#include "tests/server/contract.h"

namespace vsm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

const std::string dog = "99110009104000";

const std::string paging_shape =
    "paginierung: {start: number, anzahl: number, gesamt: number, aktuelleSeite: number}";
const std::string places_shape =
    "{" + paging_shape +
    ", daten: [{name: text, regionalschluessel: text?, gemeindeschluessel: text?, verbandsschluessel: text?, "
    "landesregierung: text?, collectionschluessel: text?, postleitzahlen: [text], durchsuchbar: bool}]}";
const std::string service_shape =
    "{Bezeichnung: text, Schluessel: text, Kurztext: text, Volltext: text, Verfahrensablauf: text, "
    "Erforderliche "
    "Unterlagen: text, Besondere Merkmale: text?, Synonyme: [text], confidence: number, Typisierung: text?, "
    "beispieldaten?: true}";
const std::string common_shape =
    "schluessel: text?, gruppierung: text?, kennung: text?, verrichtung: text?, verrichtungsdetail: text?, "
    "typisierung: "
    "text?, typ: text?, datum: text?, teaser: text, kurztext: text, volltext: text, rechtsgrundlage: text, "
    "rechtsgrundlageLinks: [{uri: text, titel: text}], voraussetzungen: text, kosten: text, "
    "bearbeitungsdauer: text, "
    "verfahrensablauf: text, fristen: text, formulare: text, ansprechpunkt: text, hinweise: text, "
    "urlOnlineDienst: "
    "text?, beispieldaten?: true";
const std::string general_text_shape = "{bezeichnung: text, bezeichnung2: text, " + common_shape +
                                       ", besondere_merkmale: [], synonyme: [text], "
                                       "erforderliche_unterlagen: text, weiterfuehrende_informationen: text, "
                                       "fachlich_freigegeben_am: text?, fachlich_freigegeben_durch: text?}";
const std::string entry_shape =
    "{leistung: {leistungsbezeichnung: text, leistungsbezeichnung2: text, " + common_shape +
    ", begriffeImKontext: [text], erforderlicheUnterlagen: text, weiterfuehrendeInformationen: text, "
    "fachlichFreigegebenAm: text?, fachlichFreigegebenDurch: text?, urheber: text, wspRelevanz: bool?, "
    "letzteAktualisierung: text?, urlInfo: text?}, organisationseinheit: [{name: text, identifikator: text, "
    "beschreibung: text?, mandant: text, anschrift: [{typ: text?, strasse: text?, hausnummer: text?, "
    "postleitzahl: "
    "text?, ort: text?, postfach: text?, zusatz: text?, geokodierung: text?, anfahrturl: text?}], "
    "kommunikation: "
    "[{kanal: text, kennung: text, kennungzusatz: text?, zusatz: text?}], kontaktperson: [], beispieldaten?: "
    "true}]}";
const std::string responsibilities_shape =
    "{" + paging_shape + ", leistungStammtext: " + general_text_shape + "?, daten: [" + entry_shape + "]}";
const std::string web_pages_shape = "{" + paging_shape + ", daten: []}";
const std::string combined_shape = "{daten: {leistungen: {" + paging_shape + ", daten: [" + entry_shape +
                                   "]}, webTreffer: " + web_pages_shape + "}}";

class VsmContract : public ContractTest {
 protected:
  static void SetUpTestSuite() {
    auto folder = std::make_unique<TempFolder>();
    folder->write("f/bochum.xml",
                  xzufi::file(xzufi::service("BO", "BO.LB.1", dog, "Hund in Bochum anmelden", "059110000000",
                                             xzufi::module("24", "Kurz &amp;lt; knapp") +
                                                 xzufi::module("08", "&lt;b&gt;Impfpass&lt;/b&gt;")) +
                              xzufi::online("BO", "BO.OD.1", "Hund online", "https://bochum.example/hund") +
                              xzufi::responsible("BO", "BO.OD.1", "BO", "BO.LB.1", "059110000000") +
                              xzufi::office("BO", "BO.OE.1", "Steueramt") +
                              xzufi::responsible("BO", "BO.OE.1", "BO", "BO.LB.1", "059110000000") +
                              xzufi::write("<x:organisationseinheit>" + xzufi::id("BO", "BO.OE.2") +
                                           "<x:name>Hundestelle</x:name></x:organisationseinheit>") +
                              xzufi::responsible("BO", "BO.OE.2", "BO", "BO.LB.1", "059110000000")));
    folder->write("f/land.xml",
                  xzufi::file(xzufi::service("L", "L.LB.1", dog, "Hund im Land anmelden", "050000000000",
                                             xzufi::module("11", "Erst dies"))));
    folder->write("f/hagen.xml", xzufi::file(xzufi::service("HA", "HA.LB.1", dog, "Hund in Hagen anmelden",
                                                            "059140000000")));
    folder->write("f/sources.tsv",
                  "id\tformat\tpath\tarea\tname\tsample\tside\n"
                  "bochum\txzufi\tbochum.xml\tgemeinde:059110000000\tBochum\tyes\t\n"
                  "hagen\txzufi\thagen.xml\tgemeinde:059140000000\tHagen\tno\t\n"
                  "land\txzufi\tland.xml\tland:050000000000\tLand\tno\t\n");
    serve(folder.release());
  }
  static void TearDownTestSuite() { stop_serving(); }
};

TEST_F(VsmContract, Places) {
  const element found = ask("/orte?suchbegriff=Bochum", places_shape);
  const element first = found["daten"].at(0);
  EXPECT_EQ(text(first["name"]), "Bochum");
  EXPECT_EQ(text(first["regionalschluessel"]), "059110000000");
  EXPECT_EQ(text(first["gemeindeschluessel"]), "05911000");
  EXPECT_EQ(text(first["landesregierung"]), "Nordrhein-Westfalen");
  EXPECT_GT(first["postleitzahlen"].get_array().size(), 10U);
  EXPECT_THAT(each(ask("/orte?suchbegriff=52538", places_shape)["daten"], "name"), SizeIs(2));
  EXPECT_THAT(each(ask("/orte?suchbegriff=lv-rheinland", places_shape)["daten"], "name"), IsEmpty());
  EXPECT_THAT(each(ask("/orte?suchbegriff=nirgendwo", places_shape)["daten"], "name"), IsEmpty());
  refuse("/orte", 400);
  refuse("/orte?suchbegriff=B", 400);
}

TEST_F(VsmContract, PlacesStretchByStretchEachOnce) {
  std::multiset<std::string> seen;
  std::uint64_t total = 0;
  for (int start = 0; start < 200; start += 7) {
    const element found = ask("/orte?suchbegriff=neu&anzahl=7&start=" + std::to_string(start), places_shape);
    total = number(found["paginierung"]["gesamt"]);
    EXPECT_EQ(number(found["paginierung"]["aktuelleSeite"]), static_cast<std::uint64_t>(start / 7 + 1));
    for (const element place : found["daten"].get_array())
      seen.insert(place["regionalschluessel"].is_null()
                      ? ""
                      : text(place["regionalschluessel"]) + text(place["name"]));
    if (static_cast<std::uint64_t>(start) >= total) break;
  }
  EXPECT_GT(total, 20U);
  EXPECT_EQ(seen.size(), std::min<std::uint64_t>(total, 203));
}

TEST_F(VsmContract, Services) {
  const element found = ask("/services?q=hund%20anmelden", "[" + service_shape + "]");
  EXPECT_EQ(text(found.at(0)["Schluessel"]), dog);
  EXPECT_EQ(text(found.at(0)["Verfahrensablauf"]), "<p>Erst dies</p>");
  EXPECT_DOUBLE_EQ(found.at(0)["confidence"].get_double(), 1.0);
  double before = 1;
  for (const element one : found.get_array()) {
    const double confidence = one["confidence"].get_double();
    EXPECT_GE(confidence, 0.0);
    EXPECT_LE(confidence, before);
    before = confidence;
  }
  ask("/services?q=spaghetti%20carbonara", "[]");
  refuse("/services", 400);
  refuse("/services?q=x", 400);

  EXPECT_EQ(text(ask("/services/" + dog, service_shape)["Schluessel"]), dog);
  refuse("/services/11111111111111", 404);
  refuse("/services/..%2F..", 404);
  for (const char* id : {"1", "..", "%00", "9911000910400x"}) refuse("/services/" + std::string(id), 400);
}

TEST_F(VsmContract, ServicesStretchByStretchAsInOne) {
  const Texts all = each(ask("/services?q=hund&anzahl=12", "[" + service_shape + "]"), "Schluessel");
  ASSERT_GT(all.size(), 4U);
  std::vector<double> confidences;
  for (const element one : ask("/services?q=hund&anzahl=12", "[" + service_shape + "]").get_array())
    confidences.push_back(one["confidence"].get_double());
  for (std::size_t start = 0; start < all.size(); ++start) {
    element some = ask("/services?q=hund&anzahl=3&start=" + std::to_string(start), "[" + service_shape + "]");
    const Texts keys = each(some, "Schluessel");
    ASSERT_GE(keys.size(), 1U) << start;
    for (std::size_t i = 0; i < keys.size() && start + i < all.size(); ++i)
      EXPECT_EQ(keys[i], all[start + i]);
    EXPECT_DOUBLE_EQ(some.at(0)["confidence"].get_double(), confidences[start]);
  }
  ask("/services?q=hund&start=100000", "[]");
}

TEST_F(VsmContract, Responsibilities) {
  const std::string path = "/zustaendigkeiten?leistungsSchluessel=" + dog;
  for (const char* place :
       {"&regionalSchluessel=059110000000", "&plz=44787", "&regionalSchluessel=0591100000000",
        "&regionalSchluessel=05911&sprache=DE", "&plz=44787&sprache=en"}) {
    const element found = ask(path + place, responsibilities_shape);
    const element general = found["leistungStammtext"];
    EXPECT_EQ(text(general["bezeichnung2"]), "Hund im Land anmelden");
    EXPECT_EQ(text(general["gruppierung"]), "110");
    EXPECT_EQ(text(general["kennung"]), "009");
    EXPECT_EQ(text(general["verrichtung"]), "104");
    EXPECT_EQ(text(general["verrichtungsdetail"]), "000");
    ASSERT_EQ(found["daten"].get_array().size(), 2U);
    // An entry for each office, as programs take the first of each.
    Texts offices;
    for (const element one : found["daten"].get_array()) {
      EXPECT_EQ(text(one["leistung"]["leistungsbezeichnung2"]), "Hund in Bochum anmelden");
      EXPECT_EQ(text(one["leistung"]["urlOnlineDienst"]), "https://bochum.example/hund");
      EXPECT_EQ(text(one["leistung"]["kurztext"]), "<p>Kurz &lt; knapp</p>");
      EXPECT_EQ(text(one["leistung"]["verfahrensablauf"]), "<p>Erst dies</p>");
      EXPECT_TRUE(truth(one["leistung"]["beispieldaten"]));
      ASSERT_EQ(one["organisationseinheit"].get_array().size(), 1U);
      ASSERT_EQ(one["organisationseinheit"].at(0)["anschrift"].get_array().size(), 1U);
      offices.push_back(text(one["organisationseinheit"].at(0)["identifikator"]));
    }
    EXPECT_THAT(offices, ElementsAre("BO.OE.1", "BO.OE.2"));
    const element office = found["daten"].at(0)["organisationseinheit"].at(0);
    EXPECT_EQ(text(office["mandant"]), "BO");
    EXPECT_EQ(text(office["anschrift"].at(0)["strasse"]), "Markt");
    EXPECT_EQ(text(office["anschrift"].at(0)["hausnummer"]), "2");
    EXPECT_EQ(text(office["kommunikation"].at(0)["kanal"]), "telefon");
  }
  EXPECT_EQ(ask(path + "&plz=44787&anzahl=1&start=1", responsibilities_shape)["daten"].get_array().size(),
            1U);
}

TEST_F(VsmContract, WhereNobodyIsResponsibleTheGeneralTextStands) {
  const element found = ask("/zustaendigkeiten?regionalSchluessel=059130000000&leistungsSchluessel=" + dog,
                            responsibilities_shape);
  ASSERT_EQ(found["daten"].get_array().size(), 1U);
  EXPECT_EQ(text(found["daten"].at(0)["leistung"]["leistungsbezeichnung2"]), "Hund im Land anmelden");
  EXPECT_THAT(each(found["daten"].at(0)["organisationseinheit"], "name"), IsEmpty());
  // A postcode of two towns answers for both.
  EXPECT_EQ(number(ask("/zustaendigkeiten?plz=52538&leistungsSchluessel=" + dog,
                       responsibilities_shape)["paginierung"]["gesamt"]),
            1U);
}

TEST_F(VsmContract, ResponsibilitiesRefused) {
  refuse("/zustaendigkeiten", 400);
  refuse("/zustaendigkeiten?leistungsSchluessel=" + dog, 400);
  refuse("/zustaendigkeiten?plz=44787", 400);
  refuse("/zustaendigkeiten?plz=44787&leistungsSchluessel=1x", 400);
  refuse("/zustaendigkeiten?plz=44787&leistungsSchluessel=11111111111111", 404);
  refuse("/zustaendigkeiten?plz=4478&leistungsSchluessel=" + dog, 400);
  refuse("/zustaendigkeiten?plz=00000&leistungsSchluessel=" + dog, 404);
  refuse("/zustaendigkeiten?regionalSchluessel=99&leistungsSchluessel=" + dog, 404);
  refuse("/zustaendigkeiten?regionalSchluessel=05x&leistungsSchluessel=" + dog, 400);
  refuse("/zustaendigkeiten?regionalSchluessel=05911&sprache=FR&leistungsSchluessel=" + dog, 400);
  for (const char* stretch : {"start=-1", "start=x", "anzahl=0", "anzahl=101", "start=99999999999999999999"})
    refuse("/zustaendigkeiten?plz=44787&leistungsSchluessel=" + dog + "&" + stretch, 400);
}

TEST_F(VsmContract, CombinedSearch) {
  const element found =
      ask("/suche?suchbegriff=hund%20anmelden&regionalSchluessel=059110000000&anzahlOE=30", combined_shape);
  const element first = found["daten"]["leistungen"]["daten"].at(0);
  EXPECT_EQ(text(first["leistung"]["leistungsbezeichnung2"]), "Hund in Bochum anmelden");
  EXPECT_EQ(text(first["organisationseinheit"].at(0)["name"]), "Steueramt");
  // With a key the words do not count.
  const element keyed =
      ask("/suche?suchbegriff=unsinn&leistungsSchluessel=" + dog + "&regionalSchluessel=05911&anzahlOE=1",
          combined_shape);
  EXPECT_EQ(keyed["daten"]["leistungen"]["daten"].get_array().size(), 1U);
  EXPECT_EQ(number(keyed["daten"]["leistungen"]["paginierung"]["gesamt"]), 2U);
  const element general = ask("/suche?suchbegriff=hund%20anmelden", combined_shape);
  EXPECT_EQ(text(general["daten"]["leistungen"]["daten"].at(0)["leistung"]["leistungsbezeichnung2"]),
            "Hund im Land anmelden");
  EXPECT_EQ(ask("/suche?suchbegriff=spaghetti%20carbonara", combined_shape)["daten"]["leistungen"]["daten"]
                .get_array()
                .size(),
            0U);
  refuse("/suche", 400);
  refuse("/suche?suchbegriff=hund&anzahlOE=0", 400);
  refuse("/suche?suchbegriff=hund&regionalSchluessel=99", 404);
  refuse("/suche?suchbegriff=%21%21", 400);
}

TEST_F(VsmContract, WebPagesAndHealth) {
  ask("/web-treffer?suchbegriff=Perso", web_pages_shape);
  refuse("/web-treffer", 400);
  EXPECT_EQ(text(ask("/health", "{status: text}")["status"]), "UP");
}

TEST_F(VsmContract, ErrorsBelowTheseAddressesAreJson) {
  refuse("/services/", 404);
  refuse("/services/1/2", 404);
  refuse("/suchdienst/api", 404);
  const auto page = server_->get("/orteX");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 404);
  EXPECT_THAT(page->get_header_value("Content-Type"), StartsWith("text/html"));
}

}  // namespace
}  // namespace vsm
