// What HTTP and JSON cost beside the search itself:
//   server_bench [INDEX]
// Asks 2,000 different questions in the process, from understanding to result structures, and over HTTP of a
// server in the same process, with as many threads, in turns, so that both meet the same machine: requests a
// second, and processor time of the process (getrusage) for each. Who asks over HTTP is a process of its own.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>

#include "bench/load.h"
#include "catalog/tables.h"
#include "query/search.h"
#include "server/server.h"

namespace {

namespace fs = std::filesystem;
using namespace vsm;

constexpr int threads = 2, rounds = 5;
constexpr double seconds = 4;

std::vector<std::string> questions() {
  std::set<std::string> all;
  for (const auto& file : fs::directory_iterator(VSM_PROJECT_FOLDER "/data/evaluation")) {
    if (file.path().extension() != ".tsv" || file.path().filename() == "compounds.tsv") continue;
    const std::string text = read_file(file.path());
    TableReader rows("queries", text, {"query"});
    while (rows.next()) all.emplace(rows[0]);
  }
  std::vector<std::string> some(all.begin(), all.end());
  some.resize(std::min<std::size_t>(some.size(), 2'000));
  return some;
}

/// What somebody typed so far, at every length from the third letter on.
std::vector<std::string> keystrokes() {
  std::set<std::string> typed;
  for (const std::string& word : questions())
    for (std::size_t length = 3; length <= word.size() && length < 20; ++length)
      if (length == word.size() || (static_cast<unsigned char>(word[length]) & 0xC0U) != 0x80U)
        typed.insert(word.substr(0, length));
  return {typed.begin(), typed.end()};
}

double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto sum = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return sum(usage.ru_utime) + sum(usage.ru_stime);
}

/// Answers in a stretch of time.
struct Stretch {
  std::size_t answers = 0, failed = 0;
  double time = 0, cpu = 0, p50 = 0, p99 = 0;  ///< seconds, of this process; milliseconds
  double rate() const { return static_cast<double>(answers) / time; }
  double cost() const { return cpu / static_cast<double>(answers) * 1e6; }
};

template <class Ask>
Stretch in_process(const std::vector<std::string>& words, Ask ask) {
  std::atomic<std::size_t> next = 0;
  Stretch stretch;
  const double cpu = processor_seconds();
  const auto begin = load::Clock::now();
  const auto until = begin + std::chrono::duration_cast<load::Clock::duration>(load::Seconds(seconds));
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i)
    workers.emplace_back([&] {
      while (load::Clock::now() < until) ask(words[next++ % words.size()]);
    });
  for (std::thread& worker : workers) worker.join();
  stretch.answers = next;
  stretch.time = load::Seconds(load::Clock::now() - begin).count();
  stretch.cpu = processor_seconds() - cpu;
  return stretch;
}

std::vector<std::string> requests_of(const std::string& kind) {
  std::vector<std::string> requests;
  for (const std::string& word : kind == "search" ? questions() : keystrokes())
    requests.push_back(load::get("/api/v1/" + kind + "?q=" + load::encoded(word)));
  return requests;
}

/// Asks from a process of its own: this program with --ask, which prints what it met.
Stretch over_http(int port, const std::string& kind, int connections, double per_second) {
  Stretch stretch;
  const double cpu = processor_seconds();
  const std::string command = std::filesystem::read_symlink("/proc/self/exe").string() + " --ask " +
                              std::to_string(port) + " " + kind + " " + std::to_string(connections) + " " +
                              std::to_string(per_second);
  FILE* asking = ::popen(command.c_str(), "r");
  if (asking == nullptr || std::fscanf(asking, "%zu %zu %lf %lf %lf", &stretch.answers, &stretch.failed,
                                       &stretch.time, &stretch.p50, &stretch.p99) != 5)
    std::abort();
  ::pclose(asking);
  stretch.cpu = processor_seconds() - cpu;
  return stretch;
}

int ask(int port, const std::string& kind, int connections, double per_second) {
  const load::Load load =
      load::ask(port, requests_of(kind), connections, per_second, load::for_seconds(seconds));
  std::printf("%zu %zu %f %f %f\n", load.milliseconds.size(), load.failed, load.seconds, load.quantile(0.5),
              load.quantile(0.99));
  return 0;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// `ask` asks the engine in the process; the server beside it has the same engine.
template <class Ask>
void compare(const std::string& kind, SearchEngine& engine, const std::vector<std::string>& words, Ask ask) {
  ServerSettings settings;
  settings.port = 0;
  settings.management_port = -1;
  settings.limits.threads = threads;
  Server server(engine, settings);
  if (!server.bind().empty()) std::abort();
  std::thread serving([&] { server.run(); });
  in_process(words, ask);  // what is read for the first time is not compared
  over_http(server.port(), kind, threads, 0);
  std::vector<double> rates, shares, costs, extra;
  for (int round = 0; round < rounds; ++round) {
    const Stretch own = in_process(words, ask), http = over_http(server.port(), kind, threads, 0);
    std::printf(
        "%-8s in process %6.0f a second, %5.0f us of processor time each; over HTTP %6.0f (%.2f), %5.0f us: "
        "HTTP "
        "and JSON %4.0f us; p50 %.2f ms, p99 %.2f ms, %zu failed\n",
        kind.c_str(), own.rate(), own.cost(), http.rate(), http.rate() / own.rate(), http.cost(),
        http.cost() - own.cost(), http.p50, http.p99, http.failed);
    rates.push_back(http.rate());
    shares.push_back(http.rate() / own.rate());
    extra.push_back(http.cost() - own.cost());
  }
  std::printf("%-8s medians of %d rounds: %.2f of the rate in process; HTTP and JSON %.0f us each\n",
              kind.c_str(), rounds, median(shares), median(extra));
  for (const double share : {0.5, 0.8}) {
    const Stretch many = over_http(server.port(), kind, 64, median(rates) * share);
    std::printf("%-8s over 64 connections at %.0f a second: p50 %.2f ms, p99 %.2f ms, %zu failed\n",
                kind.c_str(), median(rates) * share, many.p50, many.p99, many.failed);
  }
  server.stop();
  serving.join();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 6 && std::string_view(argv[1]) == "--ask")
    return ask(std::atoi(argv[2]), argv[3], std::atoi(argv[4]), std::atof(argv[5]));
  SearchEngine engine(argc > 1 ? argv[1] : VSM_PROJECT_FOLDER "/var/index");
  const auto words = questions();
  std::printf("%zu different questions, %d threads\n", words.size(), threads);
  compare("search", engine, words, [&](const std::string& text) {
    SearchRequest request;
    request.words = text;
    const auto answer = engine.search(request);
    if (answer.valueless_by_exception()) std::abort();
  });
  compare("suggest", engine, keystrokes(), [&](const std::string& text) {
    SuggestRequest request;
    request.words = text;
    const auto answer = engine.suggest(request);
    if (answer.valueless_by_exception()) std::abort();
  });
}
