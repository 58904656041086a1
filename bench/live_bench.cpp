// Whether searches stay quick while an index changes under them:
//   live_bench FOLDER
// FOLDER is one that delivery_bench has filled. Serves its index, asks at half of what the server can do,
// changes a title in the feed of one town, runs vsm-index update, and prints how long until the title is
// found over HTTP and what the searches meanwhile took.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "bench/load.h"
#include "catalog/tables.h"

namespace {

namespace fs = std::filesystem;
using namespace vsm::load;

constexpr int port = 18'471, connections = 6;

pid_t start(std::vector<std::string> command) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  std::vector<char*> argv;
  for (std::string& part : command) argv.push_back(part.data());
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  std::_Exit(127);
}

int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

std::vector<std::string> questions() {
  const std::string text = vsm::read_file(VSM_PROJECT_FOLDER "/data/evaluation/own-queries.tsv");
  std::vector<std::string> paths;
  vsm::TableReader rows("own-queries.tsv", text, {"query"});
  const std::vector<std::string> places{"", "&place=Bochum", "&place=K%C3%B6ln", "&place=Aachen"};
  while (rows.next())
    paths.push_back(get("/api/v1/search?q=" + encoded(rows[0]) + places[paths.size() % places.size()]));
  return paths;
}

void write_town(const fs::path& folder, const std::string& title) {
  std::ofstream out(folder / "town.xml.new", std::ios::trunc);
  out << "<transfer><!-- Beispieldaten von vsm: erfunden, um Geschwindigkeit zu messen. -->\n";
  for (int i = 0; i < 100; ++i)
    out << "<schreibe><leistung><id schemeAgencyID=\"TOWN\">LB." << i
        << "</id><referenzLeiKa><code>99110009104000</code></"
           "referenzLeiKa><modulText><leikaTextmodul><code>03</code>"
           "</leikaTextmodul><inhalt languageCode=\"de\">"
        << (i == 7 ? title : "Beispiel " + std::to_string(i))
        << "</inhalt></modulText></leistung></schreibe>\n";
  out << "</transfer>\n";
  out.close();
  fs::rename(folder / "town.xml.new", folder / "town.xml");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: live_bench FOLDER\n";
    return 2;
  }
  const fs::path folder = argv[1];
  const std::string index = (folder / "index").string(), town = (folder / "town").string();
  fs::create_directories(town);
  write_town(town, "Beispiel");
  std::ofstream(fs::path(town) / "sources.tsv")
      << "id\tformat\tpath\tarea\tname\tsample\ntown\txzufi\ttown.xml\tgemeinde:059110000000\tBochum\tyes\n";
  const std::vector<std::string> update{VSM_INDEX_PROGRAM, "update", "--index", index,
                                        "--source",        town,     "--quiet"};
  if (wait_for(start(update)) != 0) return 1;

  const pid_t server =
      start({VSM_SERVER_PROGRAM, "--index", index, "--port", std::to_string(port), "--management-port", "0"});
  const auto started = Clock::now();
  for (Client http(port); http.ask(get("/robots.txt")) != 200;) {
    if (Seconds(Clock::now() - started).count() > 120) return 1;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  std::printf("server ready after         %8.2f s\n", Seconds(Clock::now() - started).count());

  const auto paths = questions();
  ask(port, paths, connections, 0, for_seconds(3));
  const Load most = ask(port, paths, connections, 0, for_seconds(5));
  const double half = most.rate() / 2;
  const Load quiet = ask(port, paths, connections, half, for_seconds(10));
  std::printf("searches at most           %8.0f a second\n", most.rate());
  std::printf("quiet, at half of that     p50 %6.2f ms, p99 %6.2f ms, %zu failed\n", quiet.quantile(0.5),
              quiet.quantile(0.99), quiet.failed);

  std::vector<double> visible;
  Load busy;
  for (int round = 0; round < 5; ++round) {
    const std::string title = "Zauberbeispiel " + std::to_string(round);
    write_town(town, title);
    std::atomic<bool> over = false;
    double found_after = 0;
    std::thread editor([&] {
      std::this_thread::sleep_for(std::chrono::seconds(1));
      const auto begin = Clock::now();
      const pid_t child = start(update);
      Client http(port);
      const std::string request = get("/api/v1/search?ars=059110000000&q=" + encoded(title));
      while (Seconds(Clock::now() - begin).count() < 60) {
        if (http.ask(request) == 200 && http.body().find("\"title\":\"" + title) != std::string_view::npos)
          break;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
      found_after = Seconds(Clock::now() - begin).count();
      wait_for(child);
      std::this_thread::sleep_for(std::chrono::seconds(1));
      over = true;
    });
    const Load load = ask(port, paths, connections, half, [&](double) { return over.load(); });
    editor.join();
    visible.push_back(found_after);
    busy.milliseconds.insert(busy.milliseconds.end(), load.milliseconds.begin(), load.milliseconds.end());
    busy.failed += load.failed;
  }
  ::kill(server, SIGTERM);
  wait_for(server);
  std::printf("while updates run          p50 %6.2f ms, p99 %6.2f ms, %zu failed\n", busy.quantile(0.5),
              busy.quantile(0.99), busy.failed);
  std::printf("a changed title is found   after %.2f s at most, %.2f s at best\n",
              *std::max_element(visible.begin(), visible.end()),
              *std::min_element(visible.begin(), visible.end()));
  return busy.failed > 0 ? 1 : 0;
}
