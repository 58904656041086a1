// Every figure of the dashboard against a straight-line count: the feeds are read into plain lists, and
// counted by loops over maps. Nothing of the index, of its bitmaps or of query/ takes part in that count.
#include <gmock/gmock.h>
#include <simdjson.h>

#include <map>
#include <regex>
#include <set>

#include "indexer/delivery.h"
#include "indexer/side_table.h"
#include "indexer/sources.h"
#include "tests/server/running.h"
#include "tests/shipped.h"

namespace vsm {
namespace {

using simdjson::dom::element;
using List = std::vector<AreaIndex>;
using Towns = std::vector<char>;  ///< for each area of the table, whether it is a town that belongs to it

/// What the feeds say, as they say it.
struct Feeds {
  std::map<ObjectId, std::vector<ServiceKey>> keys_of_text;
  struct Online {
    OnlineService service;
    std::string source_area;
  };
  std::map<ObjectId, Online> online;
  struct Duty {
    ObjectId subject;
    std::vector<ObjectId> texts;
    std::vector<std::string> areas;  ///< ids
  };
  std::vector<Duty> duties;
  Towns covered;
};

const TableTexts& tables() { return project_tables(); }
const AreaTable& areas() {
  static const AreaTable table(tables());
  return table;
}
const Catalogue& catalogue() {
  static const Catalogue read(tables());
  return read;
}

Feeds read_feeds() {
  Feeds feeds;
  feeds.covered.resize(areas().size());
  for (const char* folder : {VSM_DATA_FOLDER "/catalogue", VSM_SHIPPED_FOLDER "/feeds"}) {
    for (const Source& source : find_sources(folder)) {
      const SideTable side = source.side.empty() ? SideTable() : SideTable(source.side);
      if (source.area.starts_with("gemeinde:")) feeds.covered.at(*areas().find_id(source.area)) = 1;
      ChangeSink sink;
      sink.head = [](const DeliveryHead&) {};
      sink.problem = [](const Problem& problem) { ADD_FAILURE() << problem.message; };
      sink.change = [&](Change change, const Problem&) {
        if (const auto* text = std::get_if<ServiceText>(&change)) {
          feeds.keys_of_text[text->id] = text->keys;
        } else if (auto* service = std::get_if<OnlineService>(&change)) {
          side.complete(*service);
          feeds.online[service->id] = {*service, source.area};
        } else if (const auto* duty = std::get_if<Responsibility>(&change)) {
          feeds.duties.push_back({duty->subject, duty->services, duty->areas});
          if (duty->areas.empty()) feeds.duties.back().areas = {source.area};
        }
      };
      EXPECT_TRUE(Delivery(source).read(areas(), {}, sink));
    }
  }
  return feeds;
}

/// All municipalities in an area, by walking up from each.
List towns_in(const std::string& area_id) {
  const AreaIndex area = *areas().find_id(area_id);
  List towns;
  for (AreaIndex i = 0; i < areas().size(); ++i) {
    if (areas()[i].level != Level::gemeinde) continue;
    for (std::optional<AreaIndex> up = i; up; up = areas()[*up].parent)
      if (*up == area) towns.push_back(i);
  }
  return towns;
}

std::size_t common(const List& list, const Towns& towns) {
  std::size_t count = 0;
  for (AreaIndex town : list) count += towns[town];
  return count;
}

void join(Towns& towns, const List& more) {
  towns.resize(areas().size());
  for (AreaIndex town : more) towns[town] = 1;
}

/// Where each service is online today, and by whom.
struct World {
  Feeds feeds = read_feeds();
  struct Spread {
    Towns online, own;
    std::map<int, Towns> trust;                             ///< by level; -1: not stated
    std::map<std::pair<std::string, int>, Towns> maturity;  ///< by scale and value; -1: not stated
  };
  std::map<ServiceKey, Spread> spread;
  std::map<std::string, Towns> reuse;  ///< by id of the online service
  std::map<std::string, List> towns_of;

  const List& towns(const std::string& area_id) {
    const auto known = towns_of.find(area_id);
    return known != towns_of.end() ? known->second : towns_of[area_id] = towns_in(area_id);
  }

  World() {
    for (const Feeds::Duty& duty : feeds.duties) {
      const auto found = feeds.online.find(duty.subject);
      if (found == feeds.online.end()) continue;
      const auto& [service, source_area] = found->second;
      if (service.url.empty() || service.form || !service.validity.holds(today())) continue;
      std::set<ServiceKey> keys;
      for (const ObjectId& text : duty.texts)
        keys.insert(feeds.keys_of_text[text].begin(), feeds.keys_of_text[text].end());
      if (keys.empty()) continue;
      for (const std::string& area : duty.areas) {
        const List& here = towns(area);
        if (service.efa) join(reuse[service.id.text()], here);
        for (ServiceKey key : keys) {
          Spread& its = spread[key];
          join(its.online, here);
          its.own.resize(areas().size());
          if (area.starts_with("gemeinde:") && area == source_area) join(its.own, here);
          join(its.trust[service.trust_level == 0 ? -1 : service.trust_level], here);
          join(its.maturity[{service.maturity_scale, service.maturity.value_or(-1)}], here);
        }
      }
    }
  }
};

World& world() {
  static World made;
  return made;
}

struct Count {
  std::uint64_t services = 0, somewhere = 0, everywhere = 0, own = 0, inherited = 0, own_pairs = 0,
                inherited_pairs = 0;
  std::map<int, std::uint64_t> trust;
  std::map<std::pair<std::string, int>, std::uint64_t> maturity;
};

bool has_topic(const CatalogueEntry& entry, const std::string& topic) {
  for (std::size_t situation : entry.situations)
    if (catalogue().topics()[catalogue().situations()[situation].topic].id == topic) return true;
  return topic.empty();
}

Count count(const std::string& area_id, const std::string& topic) {
  World& all = world();
  const List& inside = all.towns(area_id);
  Count result;
  for (const CatalogueEntry& entry : catalogue().entries()) {
    if (entry.heading || !has_topic(entry, topic)) continue;
    ++result.services;
    const auto found = all.spread.find(entry.key);
    if (found == all.spread.end()) continue;
    const World::Spread& its = found->second;
    std::size_t online = 0, own = 0;
    for (AreaIndex town : inside) {
      const bool here = its.online[town], itself = its.own[town];
      online += here;
      own += itself;
      if (!all.feeds.covered[town]) continue;
      result.own_pairs += itself;
      result.inherited_pairs += here && !itself;
    }
    if (online == 0) continue;
    ++result.somewhere;
    result.everywhere += online == inside.size();
    ++(own > 0 ? result.own : result.inherited);
    for (const auto& [level, towns] : its.trust) result.trust[level] += common(inside, towns) > 0;
    for (const auto& [maturity, towns] : its.maturity) result.maturity[maturity] += common(inside, towns) > 0;
  }
  std::erase_if(result.trust, [](const auto& entry) { return entry.second == 0; });
  std::erase_if(result.maturity, [](const auto& entry) { return entry.second == 0; });
  return result;
}

class DashboardFigures : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { running_ = new RunningServer(shipped_engine(), 2); }
  static void TearDownTestSuite() { delete running_; }

  static std::string get(const std::string& path) {
    const auto answer = running_->get(path);
    if (!answer || answer->status != 200) ADD_FAILURE() << path;
    return answer ? answer->body : std::string();
  }
  element json(const std::string& path) {
    body_ = get(path);
    return parser_.parse(body_);
  }

  static inline RunningServer* running_ = nullptr;
  simdjson::dom::parser parser_;
  std::string body_;
};

std::uint64_t number(const element& value) { return value.get_uint64().value(); }

void expect_counts(const element& counts, const Count& expected) {
  EXPECT_EQ(number(counts["services"]), expected.services);
  EXPECT_EQ(number(counts["somewhere"]), expected.somewhere);
  EXPECT_EQ(number(counts["everywhere"]), expected.everywhere);
  EXPECT_EQ(number(counts["own"]), expected.own);
  EXPECT_EQ(number(counts["inherited"]), expected.inherited);
  EXPECT_EQ(number(counts["ownPairs"]), expected.own_pairs);
  EXPECT_EQ(number(counts["inheritedPairs"]), expected.inherited_pairs);
}

struct Case {
  const char* id;
  std::string ars() const { return std::string(id).substr(std::string(id).find(':') + 1); }
  std::size_t covered() const { return common(world().towns(id), world().feeds.covered); }
};

/// Bund, Land, Regierungsbezirk, Kreis, kreisfreie Stadt, two Kommunen; a Land and a Kommune without a
/// source.
const Case cases[] = {{"bund:000000000000"},     {"land:050000000000"},     {"regierungsbezirk:053000000000"},
                      {"kreis:053340000000"},    {"gemeinde:053150000000"}, {"gemeinde:051540016016"},
                      {"gemeinde:055660028028"}, {"land:090000000000"},     {"gemeinde:097610000000"}};
const char* const topics[] = {"", "mobilitaet_reisen", "familie_kind"};

TEST_F(DashboardFigures, TheApiCountsAsTheFeedsSay) {
  for (const Case& one : cases) {
    for (const std::string topic : topics) {
      SCOPED_TRACE(std::string(one.id) + " " + topic);
      const element answer = json("/api/v1/coverage?ars=" + one.ars() + "&topic=" + topic);
      const Count expected = count(one.id, topic);
      EXPECT_EQ(number(answer["municipalities"]), world().towns(one.id).size());
      EXPECT_EQ(number(answer["covered"]), one.covered());
      if (one.covered() == 0) {
        EXPECT_TRUE(answer["counts"].is_null());
        EXPECT_EQ(answer["trustLevels"].get_array().size(), 0U);
        continue;
      }
      expect_counts(answer["counts"].value(), expected);
      std::map<int, std::uint64_t> trust;
      for (const element entry : answer["trustLevels"].get_array())
        trust[entry["trustLevel"].is_null() ? -1 : static_cast<int>(number(entry["trustLevel"]))] =
            number(entry["somewhere"]);
      EXPECT_EQ(trust, expected.trust);
      std::map<std::pair<std::string, int>, std::uint64_t> maturity;
      for (const element entry : answer["maturities"].get_array())
        maturity[{
            entry["maturityScale"].is_null() ? "" : std::string(entry["maturityScale"].get_string().value()),
            entry["maturity"].is_null() ? -1 : static_cast<int>(number(entry["maturity"]))}] =
            number(entry["somewhere"]);
      EXPECT_EQ(maturity, expected.maturity);
      if (topic.empty())
        for (const element entry : answer["topics"].get_array())
          expect_counts(entry, count(one.id, std::string(entry["id"].get_string().value())));
    }
  }
}

TEST_F(DashboardFigures, EachPartCountsAsTheFeedsSay) {
  for (const char* query : {"ars=05&level=kreis", "ars=05&level=regierungsbezirk", "ars=053&level=gemeinde",
                            "ars=00&level=land"}) {
    SCOPED_TRACE(query);
    std::size_t with_data = 0;
    const element answer = json(std::string("/dashboard/export.json?table=areas&") + query);
    for (const element row : answer["rows"].get_array()) {
      const std::string id(row["area"].get_string().value());
      const std::size_t covered = Case{id.c_str()}.covered();
      EXPECT_EQ(number(row["municipalities"]), world().towns(id).size());
      EXPECT_EQ(number(row["covered"]), covered);
      if (covered == 0) {
        EXPECT_TRUE(row["somewhere"].is_null()) << id;
        continue;
      }
      ++with_data;
      SCOPED_TRACE(id);
      expect_counts(row, count(id, ""));
    }
    EXPECT_GT(with_data, 0U);
  }
}

/// The large figures of a page, without their points.
std::vector<std::string> figures_of(const std::string& page) {
  static const std::regex figure("class=\"db-figure\"><strong>([0-9.]+)</strong>");
  std::vector<std::string> figures;
  for (auto match = std::sregex_iterator(page.begin(), page.end(), figure); match != std::sregex_iterator();
       ++match) {
    std::string digits = (*match)[1];
    std::erase(digits, '.');
    figures.push_back(digits);
  }
  return figures;
}

/// By the share of own pairs. All of these areas have data.
std::uint64_t rank_among(const std::string& id, const std::vector<std::string>& all) {
  static std::map<std::string, double> shares;
  const auto share = [&](const std::string& area) {
    if (const auto known = shares.find(area); known != shares.end()) return known->second;
    const Count counted = count(area, "");
    return shares[area] =
               static_cast<double>(counted.own_pairs) /
               (static_cast<double>(counted.services) * static_cast<double>(Case{area.c_str()}.covered()));
  };
  const double its = share(id);
  std::uint64_t rank = 1;
  for (const std::string& other : all) rank += share(other) > its + 1e-12;
  return rank;
}

TEST_F(DashboardFigures, ThePageSaysWhatTheFeedsSay) {
  for (const Case& one : cases) {
    for (const std::string topic : topics) {
      SCOPED_TRACE(std::string(one.id) + " " + topic);
      const std::string page = get("/dashboard?ars=" + one.ars() + "&topic=" + topic);
      if (one.covered() == 0) {
        EXPECT_THAT(page, ::testing::HasSubstr("keine Daten"));
        EXPECT_THAT(figures_of(page), ::testing::IsEmpty());
        continue;
      }
      const Count expected = count(one.id, topic);
      const bool town = std::string(one.id).starts_with("gemeinde");
      std::vector<std::uint64_t> numbers{expected.somewhere};
      if (!town) numbers.push_back(expected.everywhere);
      numbers.insert(numbers.end(), {expected.own, expected.inherited});
      if (!town)
        numbers.push_back((expected.own_pairs + expected.inherited_pairs + one.covered() / 2) /
                          one.covered());
      std::vector<std::string> figures = figures_of(page);
      ASSERT_GE(figures.size(), numbers.size());
      for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(figures[i], std::to_string(numbers[i])) << i;
    }
  }
}

TEST_F(DashboardFigures, RanksAreThoseOfTheFeeds) {
  std::vector<std::string> kreise, bezirke, towns;
  for (AreaIndex i = 0; i < areas().size(); ++i) {
    if (!areas()[i].code.starts_with("05")) continue;
    if (areas()[i].level == Level::kreis) kreise.push_back(areas()[i].id());
    if (areas()[i].level == Level::regierungsbezirk) bezirke.push_back(areas()[i].id());
    if (areas()[i].level == Level::gemeinde) towns.push_back(areas()[i].id());
  }
  const auto expect_rank = [&](const std::string& id, const std::vector<std::string>& all) {
    const element row =
        json("/dashboard/export.json?table=figures&ars=" + Case{id.c_str()}.ars())["rows"].at(0);
    EXPECT_EQ(number(row["rank"]), rank_among(id, all)) << id;
    EXPECT_EQ(number(row["rankOf"]), all.size()) << id;
  };
  expect_rank("kreis:053340000000", kreise);
  expect_rank("kreis:051540000000", kreise);
  expect_rank("regierungsbezirk:053000000000", bezirke);
  expect_rank("gemeinde:053150000000", towns);
  EXPECT_TRUE(json("/dashboard/export.json?table=figures&ars=05")["rows"].at(0)["rank"].is_null());  // alone
}

TEST_F(DashboardFigures, OneForAllRunsWhereTheFeedsSay) {
  for (const Case& one : cases) {
    SCOPED_TRACE(one.id);
    List covered;
    for (AreaIndex town : world().towns(one.id))
      if (world().feeds.covered[town]) covered.push_back(town);
    std::map<std::string, std::uint64_t> expected, said;
    for (const auto& [id, towns] : world().reuse)
      if (const std::size_t here = common(covered, towns)) expected[id] = here;
    const element answer = json("/dashboard/export.json?table=reuse&ars=" + one.ars());
    for (const element row : answer["rows"].get_array()) {
      said[std::string(row["id"].get_string().value())] = number(row["online"]);
      EXPECT_EQ(number(row["covered"]), covered.size());
    }
    EXPECT_EQ(said, expected);
    EXPECT_EQ(expected.empty(), one.covered() == 0);
  }
}

TEST_F(DashboardFigures, ServicesAreOnlineWhereTheFeedsSay) {
  for (const Case& one : cases) {
    SCOPED_TRACE(one.id);
    const List& inside = world().towns(one.id);
    std::map<std::string, std::vector<std::uint64_t>> expected, said;
    for (const CatalogueEntry& entry : catalogue().entries()) {
      const auto found = world().spread.find(entry.key);
      if (entry.heading || one.covered() == 0 || found == world().spread.end()) continue;
      std::uint64_t online = 0, own = 0, everywhere = 0;
      for (AreaIndex town : inside) {
        const bool counts = world().feeds.covered[town];
        online += counts && found->second.online[town];
        own += counts && found->second.own[town];
        everywhere += found->second.online[town];
      }
      if (everywhere > 0) expected[entry.key.text()] = {online, own, everywhere == inside.size()};
    }
    const element answer = json("/dashboard/export.json?table=services&ars=" + one.ars());
    for (const element row : answer["rows"].get_array())
      said[std::string(row["key"].get_string().value())] = {number(row["online"]), number(row["own"]),
                                                            row["everywhere"].get_string().value() == "yes"};
    EXPECT_EQ(said, expected);
  }
}

}  // namespace
}  // namespace vsm
