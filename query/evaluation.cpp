#include "query/evaluation.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "catalog/tables.h"

namespace vsm {
namespace {

double gain(int grade) { return std::exp2(grade) - 1; }

double discounted(const std::vector<int>& grades) {
  double sum = 0;
  for (std::size_t i = 0; i < grades.size() && i < 10; ++i)
    sum += gain(grades[i]) / std::log2(static_cast<double>(i) + 2);
  return sum;
}

int grade_of(const GradedQuery& query, const std::string& key) {
  int best = 0;
  for (const auto& [prefix, grade] : query.grades)
    if (key.starts_with(prefix)) best = std::max(best, grade);
  return best;
}

}  // namespace

std::vector<RankedResult> first_results(SearchEngine& engine, const std::string& words,
                                        const std::string& ars) {
  SearchRequest request;
  request.words = words;
  request.ars = ars;
  const auto answer = engine.search(request);
  const auto* found = std::get_if<SearchAnswer>(&answer);
  return found ? ranked_results(*found) : std::vector<RankedResult>();
}

std::vector<RankedResult> ranked_results(const SearchAnswer& answer) {
  std::vector<RankedResult> ranked;
  for (const SearchResult& result : answer.results) {
    if (ranked.size() == 10) break;
    ranked.push_back({result.key, result.text.title, {result.text.id.text()}});
    for (const Variant& variant : result.variants) ranked.back().ids.push_back(variant.id);
  }
  return ranked;
}

std::pair<double, double> bootstrap_interval(const std::vector<double>& values) {
  if (values.empty()) return {0, 0};
  std::minstd_rand random(1);
  std::vector<double> means;
  for (int sample = 0; sample < 1'000; ++sample) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += values[random() % values.size()];
    means.push_back(sum / static_cast<double>(values.size()));
  }
  std::sort(means.begin(), means.end());
  return {means[25], means[974]};
}

std::vector<GradedQuery> read_graded_queries(const std::string& path) {
  const std::string text = read_file(path);
  std::vector<GradedQuery> queries;
  if (text.starts_with("query\tids")) {
    TableReader rows(path, text, {"query", "ids"});
    while (rows.next()) {
      queries.push_back({std::string(rows[0]), "ids", {}, {}});
      for (std::string_view id : split(rows[1], ',')) queries.back().ids.emplace_back(id);
    }
    return queries;
  }
  TableReader rows(path, text, {"query", "category", "grade3", "grade2", "grade1"});
  while (rows.next()) {
    GradedQuery query{std::string(rows[0]), std::string(rows[1]), {}, {}};
    for (int column = 2; column < 5; ++column)
      for (std::string_view prefix : split(rows[static_cast<std::size_t>(column)], ','))
        query.grades.emplace_back(prefix, 5 - column);
    queries.push_back(std::move(query));
  }
  return queries;
}

namespace {

QueryScore score_grades(const std::vector<int>& grades, const std::vector<int>& ideal, bool empty) {
  QueryScore score;
  score.empty = empty;
  const double best = discounted(ideal);
  score.ndcg = best > 0 ? discounted(grades) / best : 0;
  const auto first = std::find(grades.begin(), grades.end(), 3) - grades.begin();
  if (first < static_cast<std::ptrdiff_t>(grades.size())) {
    score.reciprocal_rank = 1.0 / static_cast<double>(first + 1);
    score.success1 = first < 1;
    score.success3 = first < 3;
    score.success10 = true;
  }
  return score;
}

QueryScore score_ids(const GradedQuery& query, const std::vector<RankedResult>& results) {
  std::vector<int> grades;
  const auto wanted = [&](const std::string& id) {
    return std::any_of(query.ids.begin(), query.ids.end(),
                       [&](const std::string& end) { return id.ends_with(end); });
  };
  for (const RankedResult& result : results)
    grades.push_back(std::any_of(result.ids.begin(), result.ids.end(), wanted) ? 3 : 0);
  return score_grades(grades, std::vector<int>(std::min<std::size_t>(10, query.ids.size()), 3),
                      results.empty());
}

}  // namespace

QueryScore score_query(const GradedQuery& query, const std::vector<RankedResult>& results,
                       const Catalogue& catalogue) {
  if (!query.ids.empty()) return score_ids(query, results);
  // The best grade of each object's Verrichtungen, and headings whose grade is higher than all of them.
  std::map<std::uint64_t, std::map<std::uint64_t, int>> ideal;
  for (const CatalogueEntry& entry : catalogue.entries()) {
    if (entry.heading) continue;
    int& grade = ideal[entry.key.object()][entry.key.group()];
    grade = std::max(grade, grade_of(query, entry.key.text()));
  }
  std::map<std::uint64_t, int> headings;
  for (const CatalogueEntry& entry : catalogue.entries()) {
    if (!entry.heading) continue;
    const int grade = grade_of(query, entry.key.text());
    auto& groups = ideal[entry.key.object()];
    const auto best = std::max_element(groups.begin(), groups.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    if (best == groups.end() || grade <= best->second) continue;
    headings[entry.key.object()] = grade;
    best->second = grade;
  }
  std::vector<int> ideal_grades;
  for (const auto& [object, groups] : ideal)
    for (const auto& [group, grade] : groups)
      if (grade > 0) ideal_grades.push_back(grade);
  std::sort(ideal_grades.rbegin(), ideal_grades.rend());

  std::set<std::uint64_t> seen;
  std::vector<int> grades;
  for (std::size_t i = 0; i < results.size() && i < 10; ++i) {
    const ServiceKey key = results[i].key;
    int grade = 0;
    if (!catalogue.is_heading(key) && seen.insert(key.group()).second) {
      grade = grade_of(query, key.text());
      const auto heading = headings.find(key.object());
      if (heading != headings.end() && heading->second > grade) {
        grade = heading->second;
        headings.erase(heading);
      }
    }
    grades.push_back(grade);
  }
  return score_grades(grades, ideal_grades, results.empty());
}

void Scores::add(const QueryScore& score) {
  ++queries;
  ndcg += score.ndcg;
  success1 += score.success1;
  success3 += score.success3;
  success10 += score.success10;
  reciprocal_rank += score.reciprocal_rank;
  empty += score.empty;
}

void Scores::average() {
  if (queries == 0) return;
  const auto count = static_cast<double>(queries);
  for (double* sum : {&ndcg, &success1, &success3, &success10, &reciprocal_rank, &empty}) *sum /= count;
}

}  // namespace vsm
