#include "catalog/area_table.h"

#include <gmock/gmock.h>

#include "tests/fixture.h"

namespace vsm {
namespace {

using ::testing::ElementsAre;

const AreaTable& areas() {
  static const AreaTable table(project_tables());
  return table;
}

std::vector<std::string> ids(const std::vector<AreaIndex>& list) {
  std::vector<std::string> result;
  for (AreaIndex index : list) result.push_back(areas()[index].id());
  return result;
}

TEST(AreaTable, HoldsAllInhabitedMunicipalities) {
  EXPECT_EQ(areas().municipality_count(), 10'754U);
  EXPECT_EQ(areas().municipalities_in(*areas().find("05")).size(), 396U);
  EXPECT_EQ(areas().municipalities_in(areas().bund()).size(), 10'754U);
  std::size_t laender = 0;
  for (AreaIndex i = 0; i < areas().size(); ++i) laender += areas()[i].level == Level::land;
  EXPECT_EQ(laender, 16U);
}

TEST(AreaTable, ChainGoesFromTheTownToTheCatalogue) {
  EXPECT_THAT(ids(areas().chain(*areas().find("055660060060"))),
              ElementsAre("gemeinde:055660060060", "kreis:055660000000", "kammer:ihk-nord-westfalen",
                          "regierungsbezirk:055000000000", "landschaftsverband:lv-westfalen-lippe",
                          "land:050000000000", "bund:000000000000", "katalog:katalog"));
}

TEST(AreaTable, AKreisfreieStadtIsTownAndKreis) {
  const AreaIndex town = *areas().find("059110000000");
  EXPECT_EQ(areas()[town].level, Level::gemeinde);
  EXPECT_EQ(areas()[*areas()[town].parent].id(), "kreis:059110000000");
  EXPECT_EQ(areas().find_id("kreis:059110000000"), areas()[town].parent);
}

TEST(AreaTable, ShortKeysNameTheLevelsAbove) {
  EXPECT_EQ(areas()[*areas().find("05")].name, "Nordrhein-Westfalen");
  EXPECT_EQ(areas()[*areas().find("05566")].name, "Kreis Steinfurt");
  EXPECT_EQ(areas()[*areas().find("00")].level, Level::bund);
  EXPECT_FALSE(areas().find("99"));
  EXPECT_FALSE(areas().find(""));
  EXPECT_FALSE(areas().find("0591100000000"));
}

TEST(AreaTable, ChangedKeysLeadToTheNewOnes) {
  EXPECT_EQ(areas().find("064350014014"), areas().find("064150000000"));
  EXPECT_EQ(areas()[*areas().find("064150000000")].short_name, "Hanau");
  EXPECT_EQ(areas().find_ags("06435014"), areas().find_ags("06415000"));
}

TEST(AreaTable, SetsAreMunicipalitiesWithALevelOfTheirOwn) {
  const AreaIndex lvr = *areas().find("lv-rheinland"), lwl = *areas().find("lv-westfalen-lippe");
  EXPECT_EQ(areas().municipalities_in(lvr).size() + areas().municipalities_in(lwl).size(), 396U);
  EXPECT_EQ(areas()[lvr].level, Level::landschaftsverband);
  EXPECT_EQ(areas().land_of(lvr), areas().find("05"));
  // A Kreis that chambers share lies in none of them.
  for (const std::string& id : ids(areas().chain(*areas().find("05954"))))
    EXPECT_NE(id.substr(0, 6), "kammer");
}

TEST(AreaTable, PostcodesMayBeShared) {
  EXPECT_EQ(areas().with_postcode("52538").size(), 2U);
  EXPECT_EQ(areas().with_postcode("44787").size(), 1U);
  EXPECT_TRUE(areas().with_postcode("00000").empty());
  for (const char* rare : {"33597", "48127", "44621"})
    EXPECT_EQ(areas().with_postcode(rare).size(), 1U) << rare;
}

TEST(AreaTable, PostcodesOfAMunicipality) {
  const auto bochum = areas().postcodes_of(*areas().find("059110000000"));
  EXPECT_GT(bochum.size(), 10U);
  EXPECT_TRUE(std::is_sorted(bochum.begin(), bochum.end()));
  EXPECT_EQ(std::count(bochum.begin(), bochum.end(), "44787"), 1);
  EXPECT_TRUE(areas().postcodes_of(*areas().find("05")).empty());
}

TEST(AreaTable, ABadTableSaysWhere) {
  TableTexts texts = project_tables();
  texts["areas/areas.tsv"] =
      "level\tars\tags\tparent\tname\tshort\tkind\tpopulation\tlat\tlon\nmond\t0\t\t\t\t\t\t\t\t\n";
  try {
    const AreaTable table(texts);
    FAIL();
  } catch (const TableError& error) {
    EXPECT_THAT(error.what(), ::testing::StartsWith("areas/areas.tsv:2: "));
  }
}

}  // namespace
}  // namespace vsm
