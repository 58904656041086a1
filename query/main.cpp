// vsm-query: the search on the command line, as the server answers it.
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "query/evaluation.h"
#include "query/json.h"
#include "query/search.h"

namespace {

using namespace vsm;

void print(const SearchAnswer& answer) {
  const AreaTable& areas = answer.reader.snapshot().areas;
  if (!answer.corrected.empty()) std::cout << "Ergebnisse für: " << answer.corrected << '\n';
  if (answer.place) std::cout << "Ort: " << areas[*answer.place].name << '\n';
  for (AreaIndex other : answer.places)
    std::cout << (answer.place ? "  auch: " : "  möglich: ") << areas[other].name << " (" << areas[other].code
              << ")\n";
  std::cout << answer.total << (answer.total == 1 ? " Leistung" : " Leistungen") << '\n';
  std::size_t number = 0;
  for (const SearchResult& result : answer.results) {
    std::cout << '\n'
              << ++number << ". " << result.text.title << "  [" << result.key.text() << ", "
              << level_name(areas[result.area].level) << ' ' << areas[result.area].short_name << "]\n";
    for (const OnlineOffer& offer : result.online) {
      if (!offer.service->is_online()) continue;
      std::cout << "   " << offer.url << "  (" << level_name(areas[offer.area].level)
                << (offer.service->sample ? ", Beispiel" : "") << ")\n";
    }
    for (const OfficeOffer& offer : result.offices)
      std::cout << "   " << offer.office->name << ", " << offer.office->street << ", "
                << offer.office->postcode << ' ' << offer.office->city
                << (offer.office->sample ? " (Beispiel)" : "") << '\n';
    for (const Evidence& evidence : result.evidence)
      std::printf("   %7.2f  %s  (%s)\n", evidence.points, evidence.word.c_str(), evidence.rule.c_str());
    std::cout.flush();
    if (result.availability.municipalities > 0)
      std::cout << "   online in " << result.availability.online << " von "
                << result.availability.municipalities << " Kommunen\n";
    else
      std::cout << "   online in Kommunen: keine Daten\n";
  }
}

int print_suggestions(SearchEngine& engine, const SearchRequest& typed, bool json) {
  SuggestRequest request;
  request.words = typed.words;
  request.ars = typed.ars;
  request.place = typed.place;
  request.size = std::min<std::int64_t>(typed.size, 20);
  const auto answer = engine.suggest(request);
  if (const auto* error = std::get_if<RequestError>(&answer)) {
    std::cerr << error->title << ": " << error->detail << '\n';
    return 2;
  }
  const auto& found = std::get<SuggestAnswer>(answer);
  if (json) {
    std::cout << to_json(found) << '\n';
    return 0;
  }
  for (const Suggestion& suggestion : found.suggestions) {
    for (const SuggestedPiece& piece : suggestion.pieces)
      std::cout << (piece.match ? "[" : "") << piece.text << (piece.match ? "]" : "");
    std::cout << "  (" << suggestion_kind_name(suggestion.kind) << (suggestion.online ? ", online" : "")
              << ")\n";
  }
  return 0;
}

void print_row(const std::string& name, Scores scores, const std::vector<double>& ndcg) {
  scores.average();
  const auto [low, high] = bootstrap_interval(ndcg);
  std::printf("%-13s %4zu  %.3f (%.3f-%.3f)  %.3f  %.3f  %.3f  %.3f  %.3f\n", name.c_str(), scores.queries,
              scores.ndcg, low, high, scores.success1, scores.success3, scores.success10,
              scores.reciprocal_rank, scores.empty);
}

/// One line a query: nDCG and the query, to be compared with later.
std::map<std::string, double> read_run(const std::string& path) {
  std::map<std::string, double> run;
  const std::string text = read_file(path);
  TableReader rows(path, text, {"ndcg", "query"});
  while (rows.next()) run[std::string(rows[1])] = std::strtod(std::string(rows[0]).c_str(), nullptr);
  return run;
}

int evaluate(const std::string& index, const std::string& file, const std::string& ars,
             const std::string& save, const std::string& against, bool misses) {
  SearchEngine engine(index);
  const IndexReader reader = engine.reader();
  const Catalogue& catalogue = reader.snapshot().catalogue;
  std::map<std::string, std::pair<Scores, std::vector<double>>> categories;
  std::pair<Scores, std::vector<double>> all;
  std::ostringstream run;
  run << "ndcg\tquery\n";
  std::map<std::string, double> before;
  if (!against.empty()) before = read_run(against);
  for (const GradedQuery& query : read_graded_queries(file)) {
    const auto results = first_results(engine, query.words, ars);
    const QueryScore score = score_query(query, results, catalogue);
    for (auto* group : {&categories[query.category], &all}) {
      group->first.add(score);
      group->second.push_back(score.ndcg);
    }
    run << score.ndcg << '\t' << query.words << '\n';
    if (const auto known = before.find(query.words);
        known != before.end() && std::abs(known->second - score.ndcg) > 0.005)
      std::printf("%+.3f  %s\n", score.ndcg - known->second, query.words.c_str());
    if (misses && !score.success3) {
      std::cout << query.words << "  [" << query.category << "]\n";
      for (std::size_t i = 0; i < std::min<std::size_t>(3, results.size()); ++i)
        std::cout << "    " << results[i].key.text() << ' ' << results[i].title << '\n';
    }
  }
  std::printf("category         n  nDCG@10 (95 %%)       s@1    s@3   s@10    MRR  empty\n");
  for (const auto& [name, group] : categories) print_row(name, group.first, group.second);
  print_row("all", all.first, all.second);
  if (!save.empty() && !(std::ofstream(save) << run.str())) {
    std::cerr << "cannot write " << save << '\n';
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Sucht Verwaltungsleistungen in einem vsm-Index."};
  std::string index;
  vsm::SearchRequest request;
  std::vector<std::string> words;
  bool json = false, suggest = false;
  app.add_option("--index", index, "Ordner des Index")->required();
  app.add_option("--ars", request.ars, "Regionalschlüssel des Ortes, 2 bis 12 Ziffern");
  app.add_option("--place", request.place, "Name oder Postleitzahl des Ortes");
  app.add_option("--page", request.page, "Seite, ab 1");
  app.add_option("--size", request.size, "Treffer je Seite, 1 bis 100");
  app.add_flag("--online", request.online_only, "nur Leistungen mit Online-Dienst");
  app.add_flag("--exact", request.literal,
               "sucht die Wörter, wie sie dastehen: ohne Korrektur, ohne Ort daraus");
  app.add_flag("--explain", request.explain,
               "sagt zu jedem Treffer, welche Wörter nach welcher Regel wie viel zählten");
  app.add_flag("--suggest", suggest, "zeigt Vorschläge zu dem, was so weit getippt ist; sucht nicht");
  app.add_flag("--json", json, "Antwort als JSON, wie /api/v1/search");
  app.add_option("words", words, "was gesucht wird");
  std::string graded, save, against;
  bool misses = false;
  auto* evaluation = app.add_subcommand("evaluate", "Misst die Suche an bewerteten Anfragen");
  evaluation->add_option("file", graded, "Datei mit bewerteten Anfragen")->required();
  evaluation->add_option("--save", save, "Ergebnis je Anfrage in diese Datei");
  evaluation->add_option("--against", against, "zeigt, was sich gegenüber so einer Datei ändert");
  evaluation->add_flag("--misses", misses, "zeigt Anfragen ohne rechten Treffer unter den ersten drei");
  CLI11_PARSE(app, argc, argv);
  for (const std::string& word : words) request.words += (request.words.empty() ? "" : " ") + word;
  try {
    if (*evaluation) return evaluate(index, graded, request.ars, save, against, misses);
    vsm::SearchEngine engine(index);
    if (suggest) return print_suggestions(engine, request, json);
    const auto answer = engine.search(request);
    if (const auto* error = std::get_if<vsm::RequestError>(&answer)) {
      std::cerr << error->title << ": " << error->detail << '\n';
      return 2;
    }
    const auto& found = std::get<vsm::SearchAnswer>(answer);
    if (json)
      std::cout << to_json(found) << '\n';
    else
      print(found);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "vsm-query: " << error.what() << '\n';
    return 1;
  }
}
