// For each of the 396 municipalities of North Rhine-Westphalia, what search shows is what its feeds say. The
// feeds are read here once more, by other means: straight through the text, no code shared with the readers
// or the index.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "query/search.h"
#include "tests/shipped.h"

namespace vsm {
namespace {

std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::vector<std::string>> lines(const std::string& path) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream text(slurp(path));
  for (std::string line; std::getline(text, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> cells;
    std::istringstream cut(line);
    for (std::string cell; std::getline(cut, cell, '\t');) cells.push_back(cell);
    rows.push_back(cells);
  }
  rows.erase(rows.begin());
  return rows;
}

/// Texts between <xzufi:NAME ...> and the next <, all of them.
std::vector<std::string> all(const std::string& block, const std::string& name) {
  std::vector<std::string> found;
  for (std::size_t at = 0; (at = block.find("<xzufi:" + name, at)) != std::string::npos;) {
    const char after = block[at + 7 + name.size()];
    const std::size_t open = block.find('>', at);
    if (after == '>' || after == ' ')
      found.push_back(block.substr(open + 1, block.find('<', open) - open - 1));
    at = open;
  }
  return found;
}

std::string first(const std::string& block, const std::string& name) {
  const auto found = all(block, name);
  return found.empty() ? std::string() : found.front();
}

std::string agency_of(const std::string& block, const std::string& name) {
  const std::size_t at = block.find("<xzufi:" + name + " ");
  const std::size_t value = block.find("schemeAgencyID=\"", at) + 16;
  return block.substr(value, block.find('"', value) - value);
}

std::string full_id(const std::string& agency, const std::string& id) {
  return id.rfind(agency + ".", 0) == 0 ? id : agency + "." + id;
}

struct Straight {
  std::map<std::string, std::string> key_of_text;
  std::set<std::string> online, offices;                      ///< valid ones
  std::map<std::string, std::set<std::string>> keys_carried;  ///< by ARS of the municipality
  std::size_t carried_for_the_land = 0;                       ///< of these, without a text of their own
  /// (ARS, key) to ids
  std::map<std::pair<std::string, std::string>, std::set<std::string>> links, places;

  Straight() {
    for (const auto& row : lines(VSM_DATA_FOLDER "/catalogue/bund/services.tsv"))
      key_of_text[row[0]] = row[1];
    for (const auto& row : lines(VSM_DATA_FOLDER "/catalogue/nrw/services.tsv")) key_of_text[row[0]] = row[1];
    for (const auto& row : lines(VSM_DATA_FOLDER "/catalogue/bund/online_services.tsv")) {
      std::istringstream ids(row[3]);
      for (std::string id; ids >> id;) links[{"000000000000", key_of_text[id]}].insert(row[0]);
    }
    std::vector<std::string> feeds;
    for (const auto& entry : std::filesystem::directory_iterator(VSM_SHIPPED_FOLDER "/feeds"))
      if (entry.is_directory()) feeds.push_back(slurp(entry.path() / "feed.xml"));
    for (const std::string& feed : feeds) blocks(feed, [&](const std::string& block) { objects(block); });
    for (const std::string& feed : feeds) blocks(feed, [&](const std::string& block) { join(block); });
  }

  template <class Visit>
  static void blocks(const std::string& feed, Visit visit) {
    for (std::size_t at = 0; (at = feed.find("<xzufi:schreibe>", at)) != std::string::npos;) {
      const std::size_t end = feed.find("</xzufi:schreibe>", at);
      visit(feed.substr(at, end - at));
      at = end;
    }
  }

  static bool is_valid(const std::string& block) {
    // The sample knows one date that is over and one that is to come.
    return block.find("<xzufi:beginn>2999") == std::string::npos &&
           block.find("<xzufi:ende>2025") == std::string::npos;
  }

  void objects(const std::string& block) {
    const std::string id = full_id(agency_of(block, "id"), first(block, "id"));
    if (block.find("<xzufi:leistung>") != std::string::npos) {
      const std::size_t code = block.find("<code>", block.find("<xzufi:referenzLeiKa")) + 6;
      key_of_text[id] = block.substr(code, 14);
      keys_carried[first(block, "gueltigkeitGebietID")].insert(block.substr(code, 14));
    }
    if (block.find("<xzufi:onlinedienst>") != std::string::npos && is_valid(block)) online.insert(id);
    if (block.find("<xzufi:organisationseinheit>") != std::string::npos) offices.insert(id);
  }

  void join(const std::string& block) {
    if (block.find("<xzufi:zustaendigkeitTransferObjekt>") == std::string::npos) return;
    const std::string subject =
        full_id(agency_of(block, "uebergeordnetesObjektID"), first(block, "uebergeordnetesObjektID"));
    const std::string key =
        key_of_text.at(full_id(agency_of(block, "leistungID"), first(block, "leistungID")));
    for (const std::string& area : all(block, "gebietID")) {
      // A feed may carry a service without a text of its own, by being responsible for the Land's.
      carried_for_the_land += keys_carried[area].insert(key).second;
      if (online.contains(subject)) links[{area, key}].insert(subject);
      if (offices.contains(subject)) places[{area, key}].insert(subject);
    }
  }

  /// Own first, then Kreis, Land, Bund: the expected order of levels with the ids of each.
  static std::vector<std::pair<std::string, std::set<std::string>>> expected(
      const std::map<std::pair<std::string, std::string>, std::set<std::string>>& joins,
      const std::string& ars, const std::string& key) {
    std::vector<std::pair<std::string, std::set<std::string>>> result;
    const std::string kreis = ars.substr(0, 5) + "0000000";
    const auto add = [&](const char* level, const std::string& area) {
      const auto found = joins.find({area, key});
      if (found != joins.end()) result.emplace_back(level, found->second);
    };
    add("gemeinde", ars);
    if (kreis != ars) add("kreis", kreis);
    add("land", "050000000000");
    add("bund", "000000000000");
    return result;
  }
};

template <class Offers, class IdOf>
std::vector<std::pair<std::string, std::set<std::string>>> shown(const Offers& offers, const std::string& key,
                                                                 const AreaTable& areas, IdOf id_of) {
  std::vector<std::pair<std::string, std::set<std::string>>> result;
  for (const auto& offer : offers) {
    if (offer.key.text() != key) continue;
    const std::string level(level_name(areas[offer.area].level));
    if (result.empty() || result.back().first != level) result.emplace_back(level, std::set<std::string>());
    result.back().second.insert(id_of(offer));
  }
  return result;
}

class Places : public ::testing::Test {
 protected:
  static const Straight& straight() {
    static const Straight straight;
    return straight;
  }
  static std::vector<std::vector<std::string>> towns() {
    auto rows = lines(VSM_DATA_FOLDER "/areas/areas.tsv");
    std::erase_if(rows, [](const auto& row) { return row[0] != "gemeinde" || row[1].substr(0, 2) != "05"; });
    return rows;
  }
  static SearchAnswer ask(const std::string& words, const std::string& ars, const std::string& place) {
    SearchRequest request;
    request.words = words;
    request.ars = ars;
    request.place = place;
    auto answer = shipped_engine().search(request);
    if (const auto* error = std::get_if<RequestError>(&answer))
      throw std::runtime_error(place + ars + ": " + error->detail);
    return std::get<SearchAnswer>(std::move(answer));
  }
  static void expect_as_published(const SearchAnswer& answer, const std::string& ars,
                                  const std::string& key) {
    ASSERT_FALSE(answer.results.empty()) << ars << ' ' << key;
    const SearchResult& result = answer.results[0];
    EXPECT_EQ(result.key.text(), key);
    const AreaTable& areas = answer.reader.snapshot().areas;
    EXPECT_EQ(shown(result.online, key, areas, [](const auto& o) { return o.service->id.text(); }),
              Straight::expected(straight().links, ars, key))
        << ars << ' ' << key;
    EXPECT_EQ(shown(result.offices, key, areas, [](const auto& o) { return o.office->id.text(); }),
              Straight::expected(straight().places, ars, key))
        << ars << ' ' << key;
  }
};

TEST_F(Places, EveryKeyOfEveryFeedShowsItsLinksAndOffices) {
  const auto all_towns = towns();
  ASSERT_EQ(all_towns.size(), 396U);
  std::size_t checked = 0;
  for (const auto& town : all_towns) {
    const auto keys = straight().keys_carried.find(town[1]);
    ASSERT_NE(keys, straight().keys_carried.end()) << town[4];
    for (const std::string& key : keys->second) {
      expect_as_published(ask(key, town[1], ""), town[1], key);
      ++checked;
    }
    if (HasFailure()) FAIL() << "first failing town: " << town[4];
  }
  EXPECT_GT(checked, 396U * 60U);
  EXPECT_GT(straight().carried_for_the_land, 396U);
}

TEST_F(Places, NamesAndPostcodesChooseTheTown) {
  std::map<std::string, std::set<std::string>> towns_of_postcode;
  for (const auto& row : lines(VSM_DATA_FOLDER "/areas/postcodes.tsv"))
    towns_of_postcode[row[0]].insert(row[1]);
  std::set<std::string> nrw;
  for (const auto& town : towns()) {
    nrw.insert(town[1]);
    const std::string& key = *straight().keys_carried.at(town[1]).begin();
    for (const std::string& name : {town[4], town[5]}) {
      const SearchAnswer answer = ask(key, "", name);
      ASSERT_TRUE(answer.place.has_value()) << name;
      EXPECT_EQ(answer.reader.snapshot().areas[*answer.place].code, town[1]) << name;
      expect_as_published(answer, town[1], key);
    }
  }
  std::size_t shared = 0;
  for (const auto& [postcode, codes] : towns_of_postcode) {
    const bool here =
        std::any_of(codes.begin(), codes.end(), [&](const std::string& ars) { return nrw.contains(ars); });
    if (!here) continue;
    const std::string& key = *straight().keys_carried.begin()->second.begin();
    const SearchAnswer answer = ask(key, "", postcode);
    const AreaTable& areas = answer.reader.snapshot().areas;
    if (codes.size() == 1) {
      ASSERT_TRUE(answer.place.has_value()) << postcode;
      EXPECT_EQ(areas[*answer.place].code, *codes.begin()) << postcode;
      EXPECT_TRUE(answer.places.empty());
      const auto& own = straight().keys_carried.at(*codes.begin());
      expect_as_published(ask(*own.rbegin(), "", postcode), *codes.begin(), *own.rbegin());
    } else {
      ++shared;
      EXPECT_FALSE(answer.place.has_value()) << postcode;
      std::set<std::string> offered;
      for (AreaIndex place : answer.places) offered.insert(areas[place].code);
      EXPECT_EQ(offered, codes) << postcode;
    }
  }
  EXPECT_GE(shared, 7U);
}

TEST_F(Places, SampleFeedsAreAsRichAsPromised) {
  const IndexReader reader = shipped_engine().reader();
  std::size_t texts = 0, online = 0, offices = 0, municipalities = 0;
  for (const SourceInfo& source : reader.snapshot().sources) {
    if (!source.area.starts_with("gemeinde:")) continue;
    EXPECT_TRUE(source.sample) << source.id;
    EXPECT_EQ(source.rejected, 0U) << source.id;
    EXPECT_GT(source.offices, 0U) << source.id;
    ++municipalities;
    texts += source.texts;
    online += source.online_services;
    offices += source.offices;
  }
  EXPECT_EQ(municipalities, 396U);
  EXPECT_GE(texts, 396U * 60U);
  EXPECT_GE(online, 396U * 15U);
  EXPECT_GE(offices, 396U * 5U);
}

TEST_F(Places, OnlineCountsAreThoseOfTheFeeds) {
  std::set<std::string> with_url;  // a link counts where its feed has an address
  for (const auto& entry : std::filesystem::directory_iterator(VSM_SHIPPED_FOLDER "/feeds")) {
    if (!entry.is_directory()) continue;
    Straight::blocks(slurp(entry.path() / "feed.xml"), [&](const std::string& block) {
      if (block.find("<xzufi:onlinedienst>") != std::string::npos &&
          block.find("https://") != std::string::npos)
        with_url.insert(full_id(agency_of(block, "id"), first(block, "id")));
    });
  }
  for (const auto& row : lines(VSM_DATA_FOLDER "/catalogue/bund/online_services.tsv"))
    with_url.insert(row[0]);
  // By group of 11 digits: towns with a link of any level.
  std::map<std::string, std::map<std::string, bool>> link_at;
  for (const auto& [place, ids] : straight().links)
    for (const std::string& id : ids)
      if (with_url.contains(id)) link_at[place.second.substr(0, 11)][place.first] = true;
  std::size_t checked = 0;
  for (const auto& [group, areas_with_link] : link_at) {
    std::size_t count = 0;
    for (const auto& town : towns()) {
      bool online = false;
      for (const std::string& area : {town[1], town[1].substr(0, 5) + "0000000", std::string("050000000000"),
                                      std::string("000000000000")})
        online |= areas_with_link.contains(area);
      count += online;
    }
    SearchRequest request;
    const IndexReader reader = shipped_engine().reader();
    const auto entries = reader.snapshot().catalogue.entries_of_group(std::stoull(group));
    if (entries.empty()) continue;
    request.words = entries.front().key.text();
    const auto answer = std::get<SearchAnswer>(shipped_engine().search(request));
    EXPECT_EQ(answer.results.at(0).availability.online, count) << request.words;
    EXPECT_EQ(answer.results[0].availability.municipalities, 396U);
    ++checked;
  }
  EXPECT_GT(checked, 200U);
}

}  // namespace
}  // namespace vsm
