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
  for (std::size_t i = 0; i < grades.size() && i < 10; ++i) sum += gain(grades[i]) / std::log2(static_cast<double>(i) + 2);
  return sum;
}

int grade_of(const GradedQuery& query, const std::string& key) {
  int best = 0;
  for (const auto& [prefix, grade] : query.grades)
    if (key.starts_with(prefix)) best = std::max(best, grade);
  return best;
}

}  // namespace

std::vector<ServiceKey> first_results(SearchEngine& engine, const std::string& words) {
  SearchRequest request;
  request.words = words;
  const auto answer = engine.search(request);
  std::vector<ServiceKey> keys;
  if (const auto* found = std::get_if<SearchAnswer>(&answer))
    for (const SearchResult& result : found->results) keys.push_back(result.key);
  return keys;
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
  TableReader rows(path, text, {"query", "category", "grade3", "grade2", "grade1"});
  std::vector<GradedQuery> queries;
  while (rows.next()) {
    GradedQuery query{std::string(rows[0]), std::string(rows[1]), {}};
    for (int column = 2; column < 5; ++column)
      for (std::string_view prefix : split(rows[static_cast<std::size_t>(column)], ','))
        query.grades.emplace_back(prefix, 5 - column);
    queries.push_back(std::move(query));
  }
  return queries;
}

QueryScore score_query(const GradedQuery& query, const std::vector<ServiceKey>& results, const Catalogue& catalogue) {
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
    const ServiceKey key = results[i];
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
  QueryScore score;
  score.empty = results.empty();
  const double best = discounted(ideal_grades);
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
