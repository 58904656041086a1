#include "catalog/catalogue.h"

#include <gmock/gmock.h>

#include <set>

#include "catalog/objects.h"
#include "tests/fixture.h"

namespace vsm {
namespace {

const Catalogue& catalogue() {
  static const Catalogue catalogue(project_tables());
  return catalogue;
}

TEST(ServiceKey, IsFourteenDigits) {
  const auto key = ServiceKey::parse("99008001012003");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->text(), "99008001012003");
  EXPECT_EQ(key->object(), 99008001U);
  EXPECT_EQ(key->group(), 99008001012U);
  EXPECT_EQ(key->verrichtung(), 12U);
  EXPECT_EQ(key->detail(), 3U);
  EXPECT_EQ(ServiceKey::parse("00000000000316")->text(), "00000000000316");
  for (const char* bad : {"", "9900800101200", "990080010120033", "9900800101200a", "99 008001012003"})
    EXPECT_FALSE(ServiceKey::parse(bad)) << bad;
}

TEST(ServiceKey, LocalKeysAreNeverShownAndDependOnTheTitleAlone) {
  const ServiceKey one = ServiceKey::local("stadtbucherei ausweis");
  EXPECT_TRUE(one.is_local());
  EXPECT_EQ(one.text(), "");
  EXPECT_EQ(one, ServiceKey::local("stadtbucherei ausweis"));
  EXPECT_NE(one.group(), ServiceKey::local("stadtbucherei").group());
}

TEST(Days, OnlyDatesThatExist) {
  EXPECT_EQ(parse_day("1970-01-02"), 1);
  EXPECT_EQ(parse_day("2024-02-29T10:00:00+01:00"), parse_day("2024-02-29"));
  for (const char* bad : {"2023-02-29", "2024-13-01", "24-01-01", "2024/01/01", "2024-01-01x", ""})
    EXPECT_FALSE(parse_day(bad)) << bad;
}

TEST(Days, PeriodsThatMeetAreOneAndWrongOnesNone) {
  EXPECT_TRUE(Validity().always());
  EXPECT_TRUE(Validity({{day_min, 3}, {4, day_max}}).always());
  const Validity validity({{30, day_max}, {10, 19}, {12, 15}, {20, 22}, {40, 50}, {9, 8}});
  EXPECT_THAT(validity.periods(), ::testing::ElementsAre(Period{10, 22}, Period{30, day_max}));
  EXPECT_TRUE(validity.holds(10));
  EXPECT_FALSE(validity.holds(23));
  EXPECT_FALSE(Validity({{9, 8}}).holds(9));
}

TEST(Catalogue, HoldsEveryKeyWithItsOrder) {
  EXPECT_EQ(catalogue().entries().size(), 5'577U);
  EXPECT_EQ(catalogue().topics().size(), 14U);
  EXPECT_EQ(catalogue().situations().size(), 55U);
  std::size_t headings = 0, own = 0;
  for (const CatalogueEntry& entry : catalogue().entries()) {
    headings += entry.heading;
    own += !entry.words.empty();
    EXPECT_FALSE(entry.title.empty()) << entry.key.text();
    EXPECT_NE(entry.audience, 0) << entry.key.text();
    EXPECT_THAT(entry.status, ::testing::AnyOf("current", "unconfirmed", "retired"));
  }
  EXPECT_EQ(headings, 1'626U);
  EXPECT_GE(own, 400U);
}

TEST(Catalogue, OwnTextsCoverAllTopicsAndAreShort) {
  std::set<std::size_t> topics;
  std::set<std::string> titles;
  for (const CatalogueEntry& entry : catalogue().entries()) {
    if (entry.teaser.empty()) continue;
    EXPECT_FALSE(entry.heading) << entry.key.text();
    EXPECT_FALSE(entry.words.empty()) << entry.key.text();
    EXPECT_LE(entry.teaser.size(), 300U) << entry.key.text();
    EXPECT_TRUE(titles.insert(entry.title).second) << entry.title;
    for (std::size_t situation : entry.situations) topics.insert(catalogue().situations()[situation].topic);
  }
  EXPECT_EQ(topics.size(), 14U);
}

TEST(Catalogue, AHeadingHasServices) {
  const auto key = *ServiceKey::parse("99008001000000");
  EXPECT_TRUE(catalogue().is_heading(key));
  const auto services = catalogue().services_of_object(key.object());
  EXPECT_GT(services.size(), 5U);
  for (const CatalogueEntry* service : services) EXPECT_NE(service->key.verrichtung(), 0U);
  EXPECT_FALSE(catalogue().is_heading(*ServiceKey::parse("99008001012000")));
}

TEST(Tables, LinesAndColumnsAreNamedInErrors) {
  EXPECT_THROW(TableReader("t", "a\tb\n", {"c"}), TableError);
  EXPECT_THROW(TableReader("t", "", {"c"}), TableError);
  const std::string text = "b\ta\r\n# note\n\n1\t2\r\n3\n";
  TableReader rows("t", text, {"a", "b"});
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows[0], "2");
  EXPECT_EQ(rows[1], "1");
  try {
    rows.next();
    FAIL();
  } catch (const TableError& error) {
    EXPECT_THAT(error.what(), ::testing::StartsWith("t:5: "));
  }
}

std::string complaint_about(const TableTexts& texts) {
  try {
    const Catalogue read(texts);
    return {};
  } catch (const TableError& error) {
    return error.what();
  }
}

TEST(Tables, ErrorsOfJoinedTablesNameTheFileThatAnEditorWrote) {
  const TempFolder folder;
  std::filesystem::copy(VSM_DATA_FOLDER, folder / "data", std::filesystem::copy_options::recursive);
  folder.write("data/words/part3.tsv", "prefix\twords\n# note\n\n99110009\thund\n123\tkatze\n");
  EXPECT_THAT(complaint_about(read_tables(folder / "data")), ::testing::StartsWith("words/part3.tsv:5: "));
  folder.write("data/words/part3.tsv", "prefix\twords\n99110009\n");
  EXPECT_THAT([&] { read_tables(folder / "data"); },
              ::testing::ThrowsMessage<TableError>(::testing::StartsWith("words/part3.tsv:2: ")));
  folder.write("data/words/part3.tsv", "prefix\twords\n");
  folder.write("data/texts/umwelt.tsv", "words\tkey\ttitle\tteaser\nhund\t99999999999999\tHund\tEin Hund.\n");
  EXPECT_THAT(complaint_about(read_tables(folder / "data")), ::testing::StartsWith("texts/umwelt.tsv:2: "));
}

TEST(Catalogue, MoreTopicsOrSituationsThanSearchCanTellApartAreRefused) {
  const auto with_rows = [](const std::string& table, std::size_t rows, const std::string& rest) {
    TableTexts texts = project_tables();
    std::string& text = texts.at(table);
    const TableTexts& whole = project_tables();
    std::size_t present = 0;
    TableReader known(table, whole.at(table), {});
    while (known.next()) ++present;
    for (std::size_t i = present; i < rows; ++i) text += "more" + std::to_string(i) + rest;
    return texts;
  };
  const std::string topic = "\tName\tName\n", situation = "\tumwelt\tName\tcitizen\n";
  EXPECT_EQ(complaint_about(with_rows("topics/topics.tsv", 32, topic)), "");
  EXPECT_THAT(complaint_about(with_rows("topics/topics.tsv", 33, topic)),
              ::testing::StartsWith("topics/topics.tsv:"));
  EXPECT_EQ(complaint_about(with_rows("topics/situations.tsv", 64, situation)), "");
  EXPECT_THAT(complaint_about(with_rows("topics/situations.tsv", 65, situation)),
              ::testing::StartsWith("topics/situations.tsv:"));
}

TEST(Tables, EveryListedLinkIsAWebAddress) {
  const std::string online = read_file(VSM_DATA_FOLDER "/catalogue/bund/online_services.tsv");
  TableReader rows("online_services.tsv", online, {"id", "name", "url", "services"});
  std::size_t links = 0;
  while (rows.next()) {
    EXPECT_TRUE(rows[2].starts_with("https://") || rows[2].starts_with("http://")) << rows[2];
    ++links;
  }
  EXPECT_GE(links, 200U);
  const std::string sites = read_file(VSM_DATA_FOLDER "/areas/websites.tsv");
  TableReader towns("websites.tsv", sites, {"ars", "url"});
  while (towns.next()) EXPECT_TRUE(towns[1].starts_with("https://")) << towns[1];
}

}  // namespace
}  // namespace vsm
