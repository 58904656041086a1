// Search, place filter, nearest level and index build on the shipped data. Run by script/bench.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <random>

#include "indexer/build.h"
#include "indexer/sample_feeds.h"
#include "query/coverage.h"
#include "query/coverage_table.h"
#include "query/dashboard.h"
#include "query/evaluation.h"
#include "query/json.h"
#include "query/search.h"

namespace vsm {
namespace {

constexpr const char* project = VSM_PROJECT_FOLDER;

/// The index of the shipped data, or the one that VSM_BENCH_INDEX names.
SearchEngine& engine() {
  const char* other = std::getenv("VSM_BENCH_INDEX");
  static SearchEngine engine(other ? other : std::string(project) + "/var/index");
  return engine;
}

/// Real questions: the graded queries.
const std::vector<GradedQuery>& queries() {
  static const auto list = read_graded_queries(std::string(project) + "/data/evaluation/judgements.tsv");
  return list;
}

double thread_micros() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

/// Runs every query in turn and reports median and 99th percentile of single searches beside the mean; the
/// latter also in time of the processor, which others at work on the machine do not lengthen.
template <class Query, class Ask>
void measure(benchmark::State& state, const std::vector<Query>& list, Ask ask) {
  std::vector<double> micros, cpu_micros;
  std::size_t next = 0;
  for (auto _ : state) {
    const double cpu_start = thread_micros();
    const auto start = std::chrono::steady_clock::now();
    ask(list[next++ % list.size()]);
    micros.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
    cpu_micros.push_back(thread_micros() - cpu_start);
  }
  std::sort(micros.begin(), micros.end());
  std::sort(cpu_micros.begin(), cpu_micros.end());
  state.counters["p99_cpu_us"] = cpu_micros[cpu_micros.size() * 99 / 100];
  state.counters["median_us"] = micros[micros.size() / 2];
  state.counters["p99_us"] = micros[micros.size() * 99 / 100];
}

void Search(benchmark::State& state) {
  measure(state, queries(), [](const GradedQuery& query) {
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
  measure(state, queries(), [&](const GradedQuery& query) {
    SearchRequest request;
    request.words = query.words;
    request.ars = areas[areas.municipality(towns[town++ % towns.size()])].code;
    benchmark::DoNotOptimize(engine().search(request));
  });
}
BENCHMARK(SearchAtAPlace)->Unit(benchmark::kMicrosecond)->MinTime(3);

void SearchToJson(benchmark::State& state) {
  measure(state, queries(), [](const GradedQuery& query) {
    SearchRequest request;
    request.words = query.words;
    request.ars = "059110000000";
    const auto answer = engine().search(request);
    if (const auto* found = std::get_if<SearchAnswer>(&answer)) benchmark::DoNotOptimize(to_json(*found));
  });
}
BENCHMARK(SearchToJson)->Unit(benchmark::kMicrosecond)->MinTime(3);

/// The first letters of a text, whole ones.
std::string beginning(const std::string& text, std::size_t letters) {
  std::size_t at = 0;
  for (; at < text.size() && letters > 0; --letters) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return text.substr(0, at);
}

/// What a field sends while the graded queries are typed into it, shuffled. `misspelt`: each with a letter
/// missing, from the third on.
std::vector<std::string> keystrokes(bool misspelt) {
  std::vector<std::string> list;
  std::mt19937 random(1);
  for (const GradedQuery& query : queries()) {
    std::string words = query.words;
    if (misspelt && words.size() > 4)
      words.erase(2 + random() % std::min<std::size_t>(words.size() - 2, 10), 1);
    if (!SearchEngine::is_text(words)) continue;
    for (std::size_t letters = 1;; ++letters) {
      list.push_back(beginning(words, letters));
      if (list.back().size() == words.size()) break;
    }
  }
  std::shuffle(list.begin(), list.end(), random);
  return list;
}

void Suggest(benchmark::State& state, bool misspelt, bool at_a_place) {
  const IndexReader reader = engine().reader();
  const AreaTable& areas = reader.snapshot().areas;
  const auto towns = areas.municipalities_in(*areas.find("05"));
  std::size_t town = 0;
  measure(state, keystrokes(misspelt), [&](const std::string& typed) {
    SuggestRequest request;
    request.words = typed;
    if (at_a_place) request.ars = areas[areas.municipality(towns[town++ % towns.size()])].code;
    benchmark::DoNotOptimize(engine().suggest(request));
  });
}
BENCHMARK_CAPTURE(Suggest, as_typed, false, false)->Unit(benchmark::kMicrosecond)->MinTime(3);
BENCHMARK_CAPTURE(Suggest, at_a_place, false, true)->Unit(benchmark::kMicrosecond)->MinTime(3);
BENCHMARK_CAPTURE(Suggest, misspelt, true, false)->Unit(benchmark::kMicrosecond)->MinTime(3);

/// After so many letters of each query.
void SuggestAfterLetters(benchmark::State& state) {
  std::vector<std::string> list;
  for (const GradedQuery& query : queries())
    list.push_back(beginning(query.words, static_cast<std::size_t>(state.range(0))));
  measure(state, list, [](const std::string& typed) {
    SuggestRequest request;
    request.words = typed;
    benchmark::DoNotOptimize(engine().suggest(request));
  });
}
BENCHMARK(SuggestAfterLetters)
    ->DenseRange(1, 6)
    ->Arg(8)
    ->Arg(12)
    ->Arg(20)
    ->Arg(40)
    ->Unit(benchmark::kMicrosecond);

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

/// Coverage of an area of each kind in turn: every Kommune, Kreis, Regierungsbezirk and Land, and the Bund,
/// shuffled.
void Coverage(benchmark::State& state, bool of_a_topic) {
  const IndexReader reader = engine().reader();
  const AreaTable& areas = reader.snapshot().areas;
  std::vector<CoverageRequest> list;
  for (AreaIndex area = 0; area < areas.size(); ++area) {
    if (areas[area].level == Level::katalog) continue;
    CoverageRequest request;
    request.ars = areas[area].code;
    if (of_a_topic) request.topic = reader.snapshot().catalogue.topics()[area % 14].id;
    list.push_back(std::move(request));
  }
  std::shuffle(list.begin(), list.end(), std::mt19937(1));
  measure(state, list,
          [](const CoverageRequest& request) { benchmark::DoNotOptimize(engine().coverage(request)); });
}
BENCHMARK_CAPTURE(Coverage, any_area, false)->Unit(benchmark::kMicrosecond)->MinTime(2);
BENCHMARK_CAPTURE(Coverage, any_area_of_a_topic, true)->Unit(benchmark::kMicrosecond)->MinTime(2);

/// An area with all its parts of a level; as the API answers, with `to_json`.
void CoverageOfParts(benchmark::State& state, const char* ars, Level level, bool with_json) {
  const std::vector<std::string> list{ars};
  measure(state, list, [&](const std::string& code) {
    CoverageRequest request;
    request.ars = code;
    request.level = level;
    const auto answer = engine().coverage(request);
    if (with_json) benchmark::DoNotOptimize(to_json(std::get<CoverageAnswer>(answer), false));
  });
}
BENCHMARK_CAPTURE(CoverageOfParts, land_kreise, "05", Level::kreis, false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(CoverageOfParts, land_gemeinden, "05", Level::gemeinde, false)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(CoverageOfParts, germany_kreise, "00", Level::kreis, false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(CoverageOfParts, germany_gemeinden, "00", Level::gemeinde, false)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(CoverageOfParts, germany_gemeinden_json, "00", Level::gemeinde, true)
    ->Unit(benchmark::kMicrosecond);

/// Everything that a page of the dashboard shows.
void Dashboard(benchmark::State& state, const char* ars, std::optional<Level> level) {
  const std::vector<std::string> list{ars};
  measure(state, list, [&](const std::string& code) {
    CoverageRequest request;
    request.ars = code;
    request.level = level;
    benchmark::DoNotOptimize(engine().dashboard(request));
  });
}
BENCHMARK_CAPTURE(Dashboard, germany, "00", Level::land)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Dashboard, land, "05", Level::gemeinde)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Dashboard, gemeinde, "053150000000", std::nullopt)->Unit(benchmark::kMicrosecond);

/// Who runs what for others, of a revision that was not asked before.
void ReuseTableOfARevision(benchmark::State& state) {
  const IndexReader reader = engine().reader();
  for (auto _ : state) benchmark::DoNotOptimize(ReuseTable(reader, nullptr));
}
BENCHMARK(ReuseTableOfARevision)->Unit(benchmark::kMicrosecond);

/// What a new revision costs before its coverage can be asked for.
void CoverageTableOfARevision(benchmark::State& state) {
  const IndexReader reader = engine().reader();
  for (auto _ : state) benchmark::DoNotOptimize(CoverageTable(reader.snapshot(), today()));
}
BENCHMARK(CoverageTableOfARevision)->Unit(benchmark::kMicrosecond);

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
