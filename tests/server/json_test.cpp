// Every field that docs/api.md promises, with its type, and none that it does not name.
#include <gmock/gmock.h>
#include <simdjson.h>

#include <map>

#include "tests/server/running.h"
#include "tests/server/shape.h"

namespace vsm {
namespace {

using simdjson::dom::element;
/// Name and type; "?" behind a type: or null.
using Fields = std::map<std::string, std::string>;

void expect_fields(const element& object, const Fields& fields, const std::string& where) {
  ASSERT_EQ(type_of(object), "object") << where;
  for (const auto& [name, type] : fields) {
    const std::string path = where + "." + name;
    element value;
    ASSERT_EQ(object[name].get(value), simdjson::SUCCESS) << path << " is missing";
    const std::string found = type_of(value);
    if (type.back() == '?')
      EXPECT_TRUE(found + "?" == type || found == "null") << path << " is " << found;
    else
      EXPECT_EQ(found, type) << path;
  }
  for (const auto field : object.get_object())
    EXPECT_TRUE(fields.contains(std::string(field.key))) << where << "." << field.key << " is not documented";
}

const Fields area_fields = {{"ars", "text"}, {"name", "text"}};
const Fields place_fields = {{"ars", "text"},          {"name", "text"},  {"level", "text"},
                             {"officialName", "text"}, {"kind", "text?"}, {"parent", "text?"},
                             {"population", "number"}};
const Fields named = {{"id", "text"}, {"name", "text"}};
const Fields result_fields = {{"id", "text"},
                              {"key", "text?"},
                              {"title", "text"},
                              {"officialTitle", "text?"},
                              {"teaser", "text?"},
                              {"level", "text"},
                              {"area", "object"},
                              {"topics", "list"},
                              {"onlineServices", "list"},
                              {"offices", "list"},
                              {"availability", "object"},
                              {"variants", "list"},
                              {"variantsTotal", "number"},
                              {"onlyIn", "list"},
                              {"onlyInTotal", "number"},
                              {"changed", "text?"},
                              {"source", "text"},
                              {"sample", "bool"},
                              {"score", "number"}};
const Fields online_fields = {{"id", "text"},
                              {"key", "text?"},
                              {"title", "text"},
                              {"url", "text?"},
                              {"level", "text"},
                              {"area", "object"},
                              {"trustLevel", "number?"},
                              {"maturity", "number?"},
                              {"maturityScale", "text?"},
                              {"provider", "text?"},
                              {"efa", "bool"},
                              {"form", "bool"},
                              {"broken", "bool"},
                              {"changed", "text?"},
                              {"source", "text"},
                              {"sample", "bool"}};
const Fields office_fields = {
    {"id", "text"},      {"key", "text?"},      {"name", "text"},     {"level", "text"},  {"area", "object"},
    {"street", "text?"}, {"postcode", "text?"}, {"city", "text?"},    {"phone", "text?"}, {"email", "text?"},
    {"url", "text?"},    {"hours", "text?"},    {"changed", "text?"}, {"source", "text"}, {"sample", "bool"}};
const Fields facet_fields = {{"id", "text"}, {"name", "text"}, {"count", "number"}};
const Fields search_fields = {{"query", "text"},          {"place", "object?"},   {"places", "list"},
                              {"placeFromQuery", "bool"}, {"corrected", "text?"}, {"topicsNamed", "list"},
                              {"total", "number"},        {"page", "number"},     {"size", "number"},
                              {"nextCursor", "text?"},    {"results", "list"},    {"facets", "object"}};

/// How many entries a list has; each must have these fields.
std::size_t expect_each(const element& list, const Fields& fields, const std::string& where) {
  std::size_t count = 0;
  for (const element entry : list.get_array()) {
    expect_fields(entry, fields, where);
    ++count;
  }
  return count;
}

void expect_result(const element& result, const Fields& fields, const std::string& where) {
  expect_fields(result, fields, where);
  expect_fields(result["area"], area_fields, where + ".area");
  expect_fields(result["availability"], {{"online", "number"}, {"municipalities", "number"}},
                where + ".availability");
  expect_each(result["topics"], named, where + ".topics");
  expect_each(result["variants"], {{"id", "text"}, {"key", "text?"}, {"title", "text"}}, where + ".variants");
  expect_each(result["onlyIn"], {{"ars", "text"}, {"name", "text"}, {"level", "text"}}, where + ".onlyIn");
  for (const char* name : {"onlineServices", "offices"}) {
    expect_each(result[name], name[1] == 'n' ? online_fields : office_fields, where + "." + name);
    for (const element offer : result[name].get_array())
      expect_fields(offer["area"], area_fields, where + "." + name);
  }
}

class JsonTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    folder_->write(
        "f/bochum.xml",
        xzufi::file(
            xzufi::service("BO", "1", "99110009104000", "Hund in Bochum anmelden", "059110000000",
                           xzufi::module("24", "Kurz") + xzufi::module("08", "Impfpass")) +
            xzufi::service("BO", "2", "99110009104000", "Hund anmelden, zweiter Text", "059110000000") +
            xzufi::online("BO", "O1", "Hund online", "https://bochum.example/hund") +
            xzufi::responsible("BO", "O1", "BO", "1", "059110000000") +
            xzufi::office("BO", "E1", "Steueramt") +
            xzufi::responsible("BO", "E1", "BO", "1", "059110000000") +
            xzufi::service("BO", "3", "", "Sprottenausweis", "059110000000")));
    folder_->write("f/hagen.xml",
                   xzufi::file(xzufi::service("HA", "3", "", "Sprottenausweis", "059140000000")));
    folder_->write(
        "f/land.xml",
        xzufi::file(
            xzufi::service("L", "1", "99110009104000", "Hundehaltung anmelden", "050000000000") +
            xzufi::online("L", "O1", "Hund im Land", "https://land.example/hund") +
            xzufi::responsible("L", "O1", "L", "1", "050000000000") +
            xzufi::service("L", "2", "99110009104001", "Gefährlichen Hund anmelden", "050000000000")));
    folder_->write("f/sources.tsv",
                   "id\tformat\tpath\tarea\tname\tsample\tside\n"
                   "bochum\txzufi\tbochum.xml\tgemeinde:059110000000\tBochum\tyes\t\n"
                   "hagen\txzufi\thagen.xml\tgemeinde:059140000000\tHagen\tno\t\n"
                   "land\txzufi\tland.xml\tland:050000000000\tLand\tno\t\n");
    build_from_feeds(*folder_);
    engine_ = new SearchEngine(*folder_ / "index");
    server_ = new RunningServer(*engine_, 2);
  }
  static void TearDownTestSuite() {
    delete server_;
    delete engine_;
    delete folder_;
  }

  /// The answer, parsed; it lives until the next call.
  element ask(const std::string& path) {
    const auto response = server_->get(path);
    element parsed;
    if (!response || response->status != 200)
      ADD_FAILURE() << path;
    else
      EXPECT_EQ(parser_.parse(response->body).get(parsed), simdjson::SUCCESS) << path;
    return parsed;
  }
  element search(const std::string& query) {
    const element answer = ask("/api/v1/search?" + query);
    expect_fields(answer, search_fields, query);
    for (const element result : answer["results"].get_array())
      expect_result(result, result_fields, query + " results");
    expect_each(answer["places"], place_fields, query + " places");
    return answer;
  }
  static std::string text(const simdjson::simdjson_result<element>& value) {
    return std::string(value.get_string().value());
  }
  static std::uint64_t number(const simdjson::simdjson_result<element>& value) { return value.get_uint64(); }
  static bool truth(const simdjson::simdjson_result<element>& value) { return value.get_bool(); }
  static std::size_t length(const simdjson::simdjson_result<element>& value) {
    return value.get_array().size();
  }

  static inline TempFolder* folder_ = nullptr;
  static inline SearchEngine* engine_ = nullptr;
  static inline RunningServer* server_ = nullptr;
  simdjson::dom::parser parser_;
};

TEST_F(JsonTest, ASearchAtAPlace) {
  const element answer = search("q=hund%20anmelden&place=Bochum&size=5&page=1");
  EXPECT_EQ(text(answer["query"]), "hund anmelden");
  expect_fields(answer["place"], place_fields, "place");
  EXPECT_EQ(text(answer["place"]["ars"]), "059110000000");
  EXPECT_EQ(text(answer["place"]["name"]), "Bochum");
  EXPECT_EQ(text(answer["place"]["level"]), "gemeinde");
  EXPECT_GT(number(answer["place"]["population"]), 300'000U);
  EXPECT_EQ(number(answer["page"]), 1U);
  EXPECT_EQ(number(answer["size"]), 5U);
  ASSERT_GE(length(answer["results"]), 1U);
  EXPECT_LE(length(answer["results"]), 5U);

  const element first = answer["results"].at(0);
  EXPECT_EQ(text(first["key"]), "99110009104000");
  EXPECT_EQ(text(first["level"]), "gemeinde");
  EXPECT_EQ(text(first["area"]["ars"]), "059110000000");
  EXPECT_EQ(text(first["source"]), "bochum");
  EXPECT_TRUE(truth(first["sample"]));
  EXPECT_GT(length(first["topics"]), 0U);
  EXPECT_EQ(number(first["availability"]["online"]), 2U);
  EXPECT_EQ(number(first["availability"]["municipalities"]), 2U);
  EXPECT_GE(length(first["variants"]), 1U);
  EXPECT_GE(number(first["variantsTotal"]), length(first["variants"]));
  EXPECT_EQ(number(first["onlyInTotal"]), 0U);

  ASSERT_EQ(length(first["onlineServices"]), 2U);
  const element online = first["onlineServices"].at(0), inherited = first["onlineServices"].at(1);
  EXPECT_EQ(text(online["url"]), "https://bochum.example/hund");
  EXPECT_EQ(text(online["key"]), "99110009104000");
  EXPECT_EQ(text(online["area"]["name"]), "Bochum");
  EXPECT_EQ(number(online["trustLevel"]), 20U);
  EXPECT_TRUE(online["maturity"].is_null());
  EXPECT_TRUE(online["maturityScale"].is_null());
  EXPECT_FALSE(truth(online["efa"]));
  EXPECT_TRUE(truth(online["sample"]));
  EXPECT_EQ(text(inherited["level"]), "land");
  EXPECT_FALSE(truth(inherited["sample"]));

  ASSERT_EQ(length(first["offices"]), 1U);
  const element office = first["offices"].at(0);
  EXPECT_EQ(text(office["name"]), "Steueramt");
  EXPECT_EQ(text(office["street"]), "Markt 2");
  EXPECT_EQ(text(office["postcode"]), "44787");
  EXPECT_EQ(text(office["city"]), "Bochum");
  EXPECT_EQ(text(office["phone"]), "0234 1");
  EXPECT_TRUE(office["email"].is_null());
}

TEST_F(JsonTest, Facets) {
  const element facets = search("q=hund&place=Bochum")["facets"];
  expect_fields(facets,
                {{"topics", "list"},
                 {"situations", "list"},
                 {"levels", "list"},
                 {"audience", "list"},
                 {"online", "list"},
                 {"trust", "list"}},
                "facets");
  for (const char* name : {"topics", "situations", "levels", "audience", "online", "trust"}) {
    EXPECT_GT(expect_each(facets[name], facet_fields, name), 0U) << name;
    for (const element value : facets[name].get_array()) EXPECT_GT(number(value["count"]), 0U) << name;
  }
}

TEST_F(JsonTest, OtherReadingsOfAPlace) {
  const element answer = search("q=hund&place=Neuenkirchen");
  EXPECT_GE(length(answer["places"]), 8U);
  EXPECT_EQ(text(answer["place"]["kind"]), "kreisangehörige Gemeinde");
  EXPECT_EQ(text(answer["place"]["parent"]), "Kreis Steinfurt");
  const element shared = search("q=hund&place=52538");
  EXPECT_TRUE(shared["place"].is_null());
  EXPECT_EQ(length(shared["places"]), 2U);
}

TEST_F(JsonTest, WhatTheWordsSaidOfPlaceAndSpelling) {
  const element answer = search("q=hund%20in%20bochum");
  EXPECT_TRUE(truth(answer["placeFromQuery"]));
  EXPECT_EQ(text(answer["place"]["name"]), "Bochum");
  EXPECT_TRUE(answer["corrected"].is_null());
  EXPECT_FALSE(truth(search("q=hund&place=Bochum")["placeFromQuery"]));
  EXPECT_EQ(text(search("q=hundestuer")["corrected"]), "hundesteuer");
  const element topics = search("q=wohnen")["topicsNamed"];
  ASSERT_GE(expect_each(topics, {{"topic", "text"}, {"situation", "text?"}, {"name", "text"}}, "topicsNamed"),
            1U);
  EXPECT_EQ(text(topics.at(0)["name"]), "Bauen & Wohnen");
  EXPECT_EQ(search("q=hund")["topicsNamed"].get_array().size(), 0U);
}

TEST_F(JsonTest, AServiceOfSomeTownsOnly) {
  const element first = search("q=sprottenausweis")["results"].at(0);
  EXPECT_TRUE(first["key"].is_null());
  EXPECT_EQ(length(first["onlyIn"]), 2U);
  EXPECT_EQ(number(first["onlyInTotal"]), 2U);
}

TEST_F(JsonTest, NothingBehindTheLastPage) {
  const element answer = search("q=hund&page=1000");
  EXPECT_EQ(length(answer["results"]), 0U);
  EXPECT_GT(number(answer["total"]), 0U);
}

TEST_F(JsonTest, AServiceWhole) {
  const element answer = ask("/api/v1/services/99110009104000?ars=05911");
  Fields fields = result_fields;
  fields.insert({{"place", "object?"},
                 {"places", "list"},
                 {"language", "text"},
                 {"languages", "list"},
                 {"modules", "list"},
                 {"otherTexts", "list"}});
  expect_result(answer, fields, "service");
  expect_fields(answer["place"], place_fields, "place");
  EXPECT_GE(expect_each(answer["modules"],
                        {{"code", "text"},
                         {"title", "text"},
                         {"text", "text"},
                         {"level", "text"},
                         {"area", "object"},
                         {"source", "text"}},
                        "modules"),
            2U);
  EXPECT_EQ(
      expect_each(
          answer["otherTexts"],
          {{"id", "text"}, {"title", "text"}, {"teaser", "text?"}, {"source", "text"}, {"sample", "bool"}},
          "otherTexts"),
      1U);
}

TEST_F(JsonTest, PlacesAndTopics) {
  const element places = ask("/api/v1/places?q=neuenk");
  expect_fields(places, {{"places", "list"}}, "places");
  Fields found = place_fields;
  found["label"] = "text";
  EXPECT_GT(expect_each(places["places"], found, "places"), 1U);
  const element topics = ask("/api/v1/topics?place=Bochum");
  expect_fields(topics, {{"place", "object?"}, {"topics", "list"}}, "topics");
  EXPECT_EQ(expect_each(topics["topics"],
                        {{"id", "text"},
                         {"name", "text"},
                         {"nameEn", "text"},
                         {"services", "number"},
                         {"online", "number"},
                         {"situations", "list"}},
                        "topics"),
            14U);
  for (const element topic : topics["topics"].get_array())
    EXPECT_GT(expect_each(topic["situations"],
                          {{"id", "text"}, {"name", "text"}, {"services", "number"}, {"online", "number"}},
                          "situations"),
              0U);
}

TEST_F(JsonTest, Errors) {
  for (const char* path : {"/api/v1/search", "/api/v1/services/1", "/api/v1/places", "/api/v1/nothing"}) {
    const auto response = server_->get(path);
    ASSERT_TRUE(response) << path;
    element problem;
    ASSERT_EQ(parser_.parse(response->body).get(problem), simdjson::SUCCESS) << path;
    expect_fields(problem, {{"type", "text"}, {"title", "text"}, {"status", "number"}, {"detail", "text"}},
                  path);
    EXPECT_EQ(number(problem["status"]), static_cast<std::uint64_t>(response->status)) << path;
  }
}

}  // namespace
}  // namespace vsm
