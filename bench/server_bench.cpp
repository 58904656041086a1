// What HTTP and JSON cost beside the search itself:
//   server_bench [INDEX]
// Asks 2,000 different questions in the process, from understanding to result structures, and then over HTTP
// of a server beside it, with as many threads: requests a second, and processor time of the server
// (getrusage) for each.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <set>

#include "bench/load.h"
#include "catalog/tables.h"
#include "query/search.h"

namespace {

namespace fs = std::filesystem;
using namespace vsm;

constexpr int port = 18'472, threads = 2;
constexpr double seconds = 8;

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

double processor_seconds(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  const auto sum = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return sum(usage.ru_utime) + sum(usage.ru_stime);
}

struct InProcess {
  double rate = 0, cpu = 0;  ///< a second; seconds of processor time for each
};

template <class Ask>
InProcess in_process(const std::vector<std::string>& words, Ask ask) {
  std::atomic<std::size_t> next = 0, asked = 0;
  const double cpu = processor_seconds(RUSAGE_SELF);
  const auto begin = load::Clock::now();
  const auto until = begin + std::chrono::duration_cast<load::Clock::duration>(load::Seconds(seconds));
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i)
    workers.emplace_back([&] {
      while (load::Clock::now() < until) {
        ask(words[next++ % words.size()]);
        ++asked;
      }
    });
  for (std::thread& worker : workers) worker.join();
  const double took = load::Seconds(load::Clock::now() - begin).count();
  const auto count = static_cast<double>(asked);
  return {count / took, (processor_seconds(RUSAGE_SELF) - cpu) / count};
}

/// Serves while it lives; knows the processor time of the server at its end.
class Served {
 public:
  explicit Served(const std::string& index) : before_(processor_seconds(RUSAGE_CHILDREN)), child_(::fork()) {
    if (child_ == 0) {
      ::execl(VSM_SERVER_PROGRAM, VSM_SERVER_PROGRAM, "--index", index.c_str(), "--port",
              std::to_string(port).c_str(), "--management-port", "-1", "--threads",
              std::to_string(threads).c_str(), nullptr);
      std::_Exit(127);
    }
    load::Client client(port);
    for (int i = 0; i < 400 && client.ask(load::get("/robots.txt")) != 200; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  double end() {
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
    return processor_seconds(RUSAGE_CHILDREN) - before_;
  }

 private:
  double before_;
  pid_t child_;
};

/// `ask` asks an engine for words.
template <class Ask>
void compare(const char* name, const std::string& index, const std::string& path,
             const std::vector<std::string>& words, Ask ask) {
  InProcess own;
  {
    SearchEngine engine(index);
    own = in_process(words, [&](const std::string& text) { ask(engine, text); });
  }
  std::vector<std::string> requests;
  for (const std::string& word : words) requests.push_back(load::get(path + load::encoded(word)));
  // What starting costs is taken off.
  const auto answered_in = [&](double time, load::Load& load) {
    Served served(index);
    load = load::ask(port, requests, threads, 0, load::for_seconds(time));
    return served.end();
  };
  load::Load little, much;
  const double start = answered_in(1, little), all = answered_in(seconds, much);
  const double cpu =
      (all - start) / static_cast<double>(much.milliseconds.size() - little.milliseconds.size());
  std::printf("%-8s in process %6.0f a second, %5.0f us of processor time each\n", name, own.rate,
              own.cpu * 1e6);
  std::printf(
      "%-8s over HTTP  %6.0f a second (%.2f), %5.0f us each, so HTTP and JSON %4.0f us; p50 %.2f ms, p99 "
      "%.2f ms, %zu failed\n",
      name, much.rate(), much.rate() / own.rate, cpu * 1e6, (cpu - own.cpu) * 1e6, much.quantile(0.5),
      much.quantile(0.99), much.failed);
  Served served(index);
  for (const double share : {0.5, 0.8}) {
    const load::Load many = load::ask(port, requests, 64, much.rate() * share, load::for_seconds(seconds));
    std::printf("%-8s over 64 connections at %.0f a second: p50 %.2f ms, p99 %.2f ms, %zu failed\n", name,
                much.rate() * share, many.quantile(0.5), many.quantile(0.99), many.failed);
  }
  served.end();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string index = argc > 1 ? argv[1] : VSM_PROJECT_FOLDER "/var/index";
  const auto words = questions();
  std::printf("%zu different questions, %d threads\n", words.size(), threads);
  compare("search", index, "/api/v1/search?q=", words, [](SearchEngine& engine, const std::string& text) {
    SearchRequest request;
    request.words = text;
    const auto answer = engine.search(request);
    if (answer.valueless_by_exception()) std::abort();
  });

  // What somebody typed so far, at every length from the third letter on.
  std::set<std::string> typed;
  for (const std::string& word : words)
    for (std::size_t length = 3; length <= word.size() && length < 20; ++length)
      if (length == word.size() || (static_cast<unsigned char>(word[length]) & 0xC0U) != 0x80U)
        typed.insert(word.substr(0, length));
  const std::vector<std::string> keystrokes(typed.begin(), typed.end());
  compare("suggest", index, "/api/v1/suggest?q=", keystrokes,
          [](SearchEngine& engine, const std::string& text) {
            SuggestRequest request;
            request.words = text;
            const auto answer = engine.suggest(request);
            if (answer.valueless_by_exception()) std::abort();
          });
}
