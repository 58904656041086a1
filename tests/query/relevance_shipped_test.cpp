// The gate: figures of the search over the shipped index, and the floors that they may not fall under.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "indexer/build.h"
#include "language/fold.h"
#include "query/evaluation.h"
#include "tests/fixture.h"
#include "tests/shipped.h"

namespace vsm {
namespace {

std::string evaluation(const std::string& file) { return VSM_DATA_FOLDER "/evaluation/" + file; }

const Catalogue& catalogue() {
  static const IndexReader reader = shipped_engine().reader();
  return reader.snapshot().catalogue;
}

struct Measured {
  Scores all;
  std::map<std::string, Scores> categories;
};

Measured measure(SearchEngine& engine, const std::string& file, const std::string& ars = {}) {
  Measured measured;
  for (const GradedQuery& query : read_graded_queries(evaluation(file))) {
    const QueryScore score = score_query(query, first_results(engine, query.words, ars), catalogue());
    measured.all.add(score);
    measured.categories[query.category].add(score);
  }
  measured.all.average();
  for (auto& [name, scores] : measured.categories) scores.average();
  std::cout << file << ": nDCG@10 " << measured.all.ndcg << ", success@1 " << measured.all.success1 << ", @3 "
            << measured.all.success3 << ", @10 " << measured.all.success10 << ", nothing found "
            << measured.all.empty << '\n';
  return measured;
}

std::vector<std::string> lines_of(const std::string& file) {
  const std::string path = evaluation(file), text = read_file(path);
  TableReader rows(path, text, {"query"});
  std::vector<std::string> lines;
  while (rows.next()) lines.emplace_back(rows[0]);
  return lines;
}

SearchAnswer answer_to(SearchEngine& engine, const std::string& words, std::int64_t size = 10) {
  SearchRequest request;
  request.words = words;
  request.size = size;
  auto answer = engine.search(request);
  if (auto* found = std::get_if<SearchAnswer>(&answer)) return std::move(*found);
  throw std::runtime_error(words + ": " + std::get<RequestError>(answer).detail);
}

TEST(Relevance, GradedQueriesAndThoseFrozenBeforeTuning) {
  const Measured graded = measure(shipped_engine(), "judgements.tsv");
  EXPECT_EQ(graded.all.queries, 262U);
  EXPECT_GE(graded.all.ndcg, 0.85);
  EXPECT_GE(graded.all.success1, 0.82);
  EXPECT_GE(graded.all.success3, 0.93);
  EXPECT_GE(graded.all.success10, 0.98);
  EXPECT_EQ(graded.all.empty, 0);
  for (const auto& [name, scores] : graded.categories) EXPECT_GE(scores.ndcg, 0.70) << name;

  const Measured own = measure(shipped_engine(), "own-queries.tsv");
  EXPECT_EQ(own.all.queries, 200U);
  EXPECT_GE(own.all.ndcg, graded.all.ndcg - 0.05);
  EXPECT_GE(own.all.success1, graded.all.success1 - 0.05);
  EXPECT_GE(own.all.success3, graded.all.success3 - 0.05);
  EXPECT_GE(own.all.success10, graded.all.success10 - 0.05);
}

TEST(Relevance, MustHits) {
  const std::string path = evaluation("must-hit.tsv"), text = read_file(path);
  TableReader rows(path, text, {"query", "key"});
  std::size_t pairs = 0;
  while (rows.next()) {
    ++pairs;
    const SearchAnswer answer = answer_to(shipped_engine(), std::string(rows[0]), 1);
    const std::string key = answer.results.empty() ? "nothing" : answer.results[0].key.text();
    const auto keys = split(rows[1], '|');
    EXPECT_TRUE(std::any_of(keys.begin(), keys.end(),
                            [&](std::string_view prefix) { return key.starts_with(prefix); }))
        << rows[0] << ": " << key << ' ' << (answer.results.empty() ? "" : answer.results[0].text.title);
  }
  EXPECT_EQ(pairs, 300U);
}

TEST(Relevance, ForeignLanguages) {
  for (const char* language : {"en", "tr", "uk", "ru", "ar", "pl", "fr"}) {
    const Measured measured = measure(shipped_engine(), std::string("foreign-") + language + ".tsv");
    EXPECT_EQ(measured.all.queries, 40U);
    EXPECT_GE(measured.all.success3, 0.90) << language;
  }
}

TEST(Relevance, SenselessQueriesGiveTheEmptyPage) {
  std::size_t empty = 0;
  const auto lines = lines_of("senseless.tsv");
  EXPECT_EQ(lines.size(), 40U);
  for (const std::string& line : lines) {
    const SearchAnswer answer = answer_to(shipped_engine(), line, 1);
    empty += answer.results.empty();
    if (!answer.results.empty()) std::cout << "  " << line << " -> " << answer.results[0].text.title << '\n';
  }
  std::cout << empty << " of 40 empty\n";
  EXPECT_GE(empty, 36U);
}

/// A city's pages that come without keys, and the words by which their editors would have them found.
TEST(Relevance, RichTextsWithoutKeywords) {
  const TempFolder folder;
  build_index(folder / "city", read_build_tables(VSM_DATA_FOLDER), find_sources(evaluation("city")),
              [](const auto&) {});
  SearchEngine engine(folder / "city");
  const Measured measured = measure(engine, "city-queries.tsv");
  EXPECT_GE(measured.all.success10, 0.85);
}

/// The own texts as a town publishes them, without key and without the everyday words; those are the queries.
TEST(Relevance, OwnTextsWithTheirWordsTakenOut) {
  TableTexts tables = read_build_tables(VSM_DATA_FOLDER);
  std::string bare = "key\ttitle\tteaser\twords\n", transfer;
  std::vector<std::pair<std::string, std::string>> queries;
  for (const CatalogueEntry& entry : catalogue().entries()) {
    if (entry.teaser.empty()) continue;
    bare += entry.key.text() + '\t' + entry.title + '\t' + entry.teaser + "\t\n";
    for (const std::string& word : entry.words)
      if (std::count(word.begin(), word.end(), ' ') < 2) queries.emplace_back(word, entry.key.text());
  }
  tables["texts.tsv"] = bare;
  tables["words.tsv"] = "prefix\twords\n";
  const TempFolder folder;
  build_index(folder / "bare", tables, {}, [](const auto&) {});
  SearchEngine engine(folder / "bare");
  std::size_t found = 0;
  for (const auto& [words, key] : queries) {
    const auto results = first_results(engine, words);
    found += std::any_of(results.begin(), results.end(), [&](const RankedResult& result) {
      return result.key.group() == ServiceKey::parse(key)->group();
    });
  }
  const double share = static_cast<double>(found) / static_cast<double>(queries.size());
  std::cout << queries.size() << " everyday words that no text has, success@10 " << share << '\n';
  EXPECT_GE(share, 0.70);
}

// Variants of titles that people type.

struct Title {
  std::string words;
  std::uint64_t group = 0;
};

/// Titles of one to three words with a word of six letters or more, each of one service only.
std::vector<Title> short_titles() {
  std::map<std::string, std::set<std::uint64_t>> groups;
  for (const CatalogueEntry& entry : catalogue().entries())
    if (!entry.heading && entry.status != "retired") groups[entry.title].insert(entry.key.group());
  std::vector<Title> titles;
  for (const auto& [title, owners] : groups) {
    const auto words = language::fold_words(title);
    const bool long_word =
        std::any_of(words.begin(), words.end(), [](const auto& w) { return w.size() >= 6; });
    if (owners.size() == 1 && words.size() <= 3 && long_word) titles.push_back({title, *owners.begin()});
  }
  return titles;
}

bool found_in_three(const std::string& words, std::uint64_t group) {
  const SearchAnswer answer = answer_to(shipped_engine(), words, 3);
  return std::any_of(answer.results.begin(), answer.results.end(),
                     [&](const SearchResult& result) { return result.key.group() == group; });
}

/// One letter left out, doubled, exchanged with its neighbour or replaced, not at the beginning, in the
/// longest word.
std::string with_typo(const std::string& title, std::minstd_rand& random) {
  std::size_t begin = 0, length = 0;
  for (std::size_t at = 0; at < title.size();) {
    const std::size_t end = std::min(title.find_first_of(" -", at), title.size());
    if (end - at > length) begin = at, length = end - at;
    at = end + 1;
  }
  std::string text = title;
  for (;;) {
    const std::size_t at = begin + 1 + random() % (length - 2);
    const auto is_letter = [&](std::size_t i) {
      return (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z');
    };
    if (!is_letter(at) || !is_letter(at + 1)) {
      if (random() % 16 == 0) return text;  // a word of umlauts alone
      continue;
    }
    switch (random() % 4) {
      case 0:
        text.erase(at, 1);
        break;
      case 1:
        text.insert(at, 1, text[at]);
        break;
      case 2:
        std::swap(text[at], text[at + 1]);
        break;
      default:
        text[at] = static_cast<char>('a' + random() % 26);
        break;
    }
    if (text != title) return text;
  }
}

std::string without_umlauts(std::string text) {
  static constexpr std::pair<std::string_view, std::string_view> spellings[] = {
      {"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}, {"ß", "ss"}, {"Ä", "Ae"}, {"Ö", "Oe"}, {"Ü", "Ue"}};
  for (const auto& [from, to] : spellings)
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos;)
      text.replace(at, from.size(), to);
  return text;
}

TEST(Relevance, TyposInTitles) {
  const auto titles = short_titles();
  std::minstd_rand random(2026);
  std::size_t found = 0;
  for (int i = 0; i < 1'000; ++i) {
    const Title& title = titles[random() % titles.size()];
    const std::string typed = with_typo(title.words, random);
    const bool hit = found_in_three(typed, title.group);
    found += hit;
    if (!hit && i - static_cast<int>(found) < 40) std::cout << "  " << title.words << " / " << typed << '\n';
  }
  std::cout << found << " of 1000 titles with a typo found in the first 3 (" << titles.size() << " titles)\n";
  EXPECT_GE(found, 950U);
}

TEST(Relevance, AsciiUmlautsCostNothing) {
  std::size_t with = 0, without = 0, titles = 0;
  for (const Title& title : short_titles()) {
    const std::string typed = without_umlauts(title.words);
    if (typed == title.words) continue;
    ++titles;
    with += found_in_three(title.words, title.group);
    without += found_in_three(typed, title.group);
  }
  std::cout << titles << " titles with umlauts: " << with << " found as written, " << without
            << " in ASCII\n";
  EXPECT_GE(without, with);
}

TEST(Relevance, CompoundsWrittenApart) {
  const IndexReader reader = shipped_engine().reader();
  const language::Model model(reader.snapshot().tables->words);
  std::size_t titles = 0, found = 0;
  for (const Title& title : short_titles()) {
    std::string apart, hyphenated;
    bool compound = false;
    for (const std::string& word : language::fold_words(title.words)) {
      const auto parts = model.splitter().split(word);
      compound |= parts.size() > 1;
      for (const language::WordPart& part : parts) {
        apart += (apart.empty() ? "" : " ") + std::string(part.written);
        hyphenated += (&part != &parts.front() ? "-"
                       : hyphenated.empty()    ? ""
                                               : " ") +
                      std::string(part.written);
      }
    }
    if (!compound) continue;
    titles += 2;
    found += found_in_three(apart, title.group);
    found += found_in_three(hyphenated, title.group);
  }
  std::cout << found << " of " << titles << " titles with compounds in pieces found in the first 3\n";
  EXPECT_GE(static_cast<double>(found), 0.90 * static_cast<double>(titles));
}

// Places.

TEST(Relevance, NoPlaceWhereNoneIsMeant) {
  std::size_t places = 0;
  auto queries = lines_of("no-place.tsv");
  EXPECT_EQ(queries.size(), 200U);
  for (const GradedQuery& query : read_graded_queries(evaluation("judgements.tsv")))
    queries.push_back(query.words);
  for (const std::string& query : queries) {
    const SearchAnswer answer = answer_to(shipped_engine(), query, 1);
    if (!answer.place && answer.places.empty()) continue;
    ++places;
    ADD_FAILURE() << query << ": " << (answer.place ? answer.place_label : answer.place_labels[0]);
  }
  EXPECT_EQ(places, 0U);
}

TEST(Relevance, ServiceAndMunicipality) {
  const IndexReader reader = shipped_engine().reader();
  const AreaTable& areas = reader.snapshot().areas;
  const AreaIndex nrw = *areas.find("050000000000");
  static constexpr const char* services[] = {"Hundesteuer", "Personalausweis beantragen", "Sperrmüll",
                                             "Wohnsitz anmelden"};
  std::size_t asked = 0, right = 0, number = 0;
  for (MunicipalityIndex municipality : areas.municipalities_in(nrw)) {
    const Area& area = areas[areas.municipality(municipality)];
    const std::string official = area.name.substr(0, area.name.find(','));
    for (const std::string& name : {area.short_name, official}) {
      const std::string query = std::string(services[number++ % std::size(services)]) + ' ' + name;
      const SearchAnswer answer = answer_to(shipped_engine(), query, 1);
      ++asked;
      const bool hit = answer.place && areas[*answer.place].code == area.code;
      right += hit;
      if (!hit)
        std::cout << "  " << query << " -> " << (answer.place ? answer.place_label : "no place") << '\n';
    }
  }
  std::cout << right << " of " << asked << " places right\n";
  EXPECT_EQ(asked, 792U);
  EXPECT_GE(static_cast<double>(right), 0.99 * static_cast<double>(asked));
}

TEST(Relevance, HostileQueriesAreAnsweredSanely) {
  std::string many;
  for (int i = 0; i < 1'000; ++i) many += "hund ";
  const std::vector<std::string> queries = {many,
                                            "der die das und oder",
                                            "\"personalausweis",
                                            "personalausweis AND NOT OR NEAR/3 (",
                                            "perso* ?ausweis ***",
                                            "\u202Epersonalausweis\u202C \u200F\u200E",
                                            "🐶 anmelden 🚗",
                                            std::string("personal\0ausweis", 16),
                                            "%27; DROP TABLE--",
                                            std::string(5'000, 'a')};
  for (const std::string& query : queries) {
    SearchRequest request;
    request.words = query;
    EXPECT_NO_THROW(shipped_engine().search(request)) << query.substr(0, 40);
  }
  EXPECT_EQ(answer_to(shipped_engine(), "\"personalausweis", 1).results.at(0).key.object(), 99008001U);
  EXPECT_EQ(answer_to(shipped_engine(), "🐶 hund anmelden 🚗", 1).results.at(0).key.object(), 99110009U);
  EXPECT_EQ(answer_to(shipped_engine(), "\u202Epersonalausweis\u202C \u200F", 1).results.at(0).key.object(),
            99008001U);
}

}  // namespace
}  // namespace vsm
