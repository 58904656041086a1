// Search, place filter, nearest level and index build on the shipped data. Run by script/bench.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "indexer/build.h"
#include "indexer/sample_feeds.h"
#include "query/evaluation.h"
#include "query/json.h"
#include "query/search.h"

namespace vsm {
namespace {

constexpr const char* project = VSM_PROJECT_FOLDER;

SearchEngine& engine() {
  static SearchEngine engine(std::string(project) + "/var/index");
  return engine;
}

/// Real questions: the graded queries.
const std::vector<GradedQuery>& queries() {
  static const auto list = read_graded_queries(std::string(project) + "/data/evaluation/judgements.tsv");
  return list;
}

/// Runs every query in turn and reports median and 99th percentile of single searches beside the mean.
template <class Ask>
void measure(benchmark::State& state, Ask ask) {
  std::vector<double> micros;
  std::size_t next = 0;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    ask(queries()[next++ % queries().size()]);
    micros.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(micros.begin(), micros.end());
  state.counters["median_us"] = micros[micros.size() / 2];
  state.counters["p99_us"] = micros[micros.size() * 99 / 100];
}

void Search(benchmark::State& state) {
  measure(state, [](const GradedQuery& query) {
    SearchRequest request;
    request.words = query.words;
    benchmark::DoNotOptimize(engine().search(request));
  });
}
BENCHMARK(Search)->Unit(benchmark::kMicrosecond)->MinTime(3);

void SearchAtAPlace(benchmark::State& state) {
  const IndexReader reader = engine().reader();
  const AreaTable& areas = reader.snapshot().areas;
  const auto towns = areas.municipalities_in(*areas.find("05"));
  std::size_t town = 0;
  measure(state, [&](const GradedQuery& query) {
    SearchRequest request;
    request.words = query.words;
    request.ars = areas[areas.municipality(towns[town++ % towns.size()])].code;
    benchmark::DoNotOptimize(engine().search(request));
  });
}
BENCHMARK(SearchAtAPlace)->Unit(benchmark::kMicrosecond)->MinTime(3);

void SearchToJson(benchmark::State& state) {
  measure(state, [](const GradedQuery& query) {
    SearchRequest request;
    request.words = query.words;
    request.ars = "059110000000";
    const auto answer = engine().search(request);
    if (const auto* found = std::get_if<SearchAnswer>(&answer)) benchmark::DoNotOptimize(to_json(*found));
  });
}
BENCHMARK(SearchToJson)->Unit(benchmark::kMicrosecond)->MinTime(3);

/// One service at one place: nothing but nearest level, join and module fill.
void NearestLevel(benchmark::State& state) {
  const IndexReader reader = engine().reader();
  const AreaTable& areas = reader.snapshot().areas;
  const auto towns = areas.municipalities_in(*areas.find("05"));
  std::size_t town = 0;
  for (auto _ : state) {
    const std::string& ars = areas[areas.municipality(towns[town++ % towns.size()])].code;
    benchmark::DoNotOptimize(engine().service("99008001012000", ars, ""));
  }
}
BENCHMARK(NearestLevel)->Unit(benchmark::kMicrosecond);

void BuildIndex(benchmark::State& state) {
  const std::string data = std::string(project) + "/data";
  const auto folder = std::filesystem::temp_directory_path() / ("vsm-bench-" + std::to_string(::getpid()));
  for (auto _ : state) {
    auto sources = find_sources(data + "/catalogue");
    const auto feeds = find_sources(std::string(project) + "/var/feeds");
    sources.insert(sources.end(), feeds.begin(), feeds.end());
    const auto report =
        build_index(folder.string(), read_build_tables(data), sources, [](const BuildProgress&) {});
    state.counters["texts"] = report.summary.texts;
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(BuildIndex)->Unit(benchmark::kSecond)->Iterations(1);

}  // namespace
}  // namespace vsm

BENCHMARK_MAIN();
