// Searching for long while everything changes: a full build and updates go on beside it, and nothing is lost,
// on neither side. The long form takes ten minutes and all shipped feeds.
#include <gmock/gmock.h>

#include "tests/e2e/served.h"

namespace vsm {
namespace {

namespace fs = std::filesystem;

constexpr int objects = 20;

class Soak : public ::testing::Test {
 protected:
  const bool is_long_ = rounds(0, 1) > 0;
  const TempFolder folder_;
  std::vector<int> numbers_ = std::vector<int>(objects, 0);

  std::vector<std::string> sources() const {
    std::vector<std::string> list{"--source", VSM_PROJECT_FOLDER "/data/catalogue", "--source",
                                  folder_ / "town"};
    if (is_long_) list.insert(list.end(), {"--source", VSM_SHIPPED_FOLDER "/feeds"});
    return list;
  }
  static std::string title(int object, int number) {
    return "Zauberei " + std::to_string(object) + " Ausgabe " + std::to_string(number);
  }
  void write_town() const {
    std::ofstream out(folder_ / "town/new");
    out << "<transfer><!-- Beispieldaten von vsm: erfunden. -->\n";
    for (int i = 0; i < objects; ++i)
      out << xzufi::service("SOAK", std::to_string(i), "99110009104000",
                            title(i, numbers_[static_cast<std::size_t>(i)]), "059110000000");
    out << "</transfer>\n";
    out.close();
    fs::rename(folder_ / "town/new", folder_ / "town/town.xml");
  }
  Running index(const std::string& command, const std::string& log,
                const std::vector<std::string>& more) const {
    std::vector<std::string> all{VSM_INDEX_PROGRAM, command, "--index", folder_ / "index", "--quiet"};
    all.insert(all.end(), more.begin(), more.end());
    return Running(all, {}, folder_ / log);
  }
};

TEST_F(Soak, NothingFailsAndNothingIsLostWhileAllChanges) {
  folder_.write("town/sources.tsv",
                "id\tformat\tpath\tarea\tname\tsample\n"
                "soak\txzufi\ttown.xml\tgemeinde:059110000000\tBochum\tyes\n");
  write_town();
  {
    Running build = index("build", "first.log", sources());
    ASSERT_LE(build.end(), 1) << build.output();
  }
  const ServedIndex server(folder_ / "index", folder_, "server");
  std::vector<std::string> requests = real_requests();
  const std::size_t searches = requests.size();
  for (std::size_t i = 0; i < searches / 8; ++i)
    for (const char* path :
         {"/api/v1/places?q=bo", "/api/v1/topics?ars=05911", "/api/v1/suggest?q=hun&ars=05911",
          "/api/v1/coverage?ars=05", "/api/v1/online-services?place=Bochum", "/?q=hund&place=Bochum",
          "/leistung/99110009104000?ars=05911", "/api/v1/services/99110009104000?place=Bochum"})
      requests.push_back(load::get(path));
  std::shuffle(requests.begin(), requests.end(), std::mt19937(1));

  constexpr int connections = 8;
  const double most = load::ask(server.port, requests, connections, 0, load::for_seconds(3)).rate();
  std::atomic<bool> over = false;
  load::Load load;
  std::thread asking([&] {
    load = load::ask(server.port, requests, connections, 0.7 * most, [&](double) { return over.load(); });
  });

  const auto begin = load::Clock::now();
  const auto passed = [&] { return load::Seconds(load::Clock::now() - begin).count(); };
  const double seconds = rounds(15, 600);
  const int updates = rounds(6, 100);
  std::vector<std::pair<double, std::size_t>> memory;
  std::unique_ptr<Running> build;
  int written = 0, builds = 0;
  while (passed() < seconds || written < updates || (build && !build->is_over())) {
    if (!build && passed() > seconds / 5) {
      std::vector<std::string> all{VSM_INDEX_PROGRAM, "build", "--index", folder_ / "index", "--quiet"};
      for (const std::string& argument : sources()) all.push_back(argument);
      build = std::make_unique<Running>(all, std::vector<std::string>{}, folder_ / "build.log");
      ++builds;
    }
    if (written < updates && passed() > seconds * written / updates) {
      const int object = written % objects;
      numbers_[static_cast<std::size_t>(object)] = ++written;
      write_town();
      Running update = index("update", "update.log", {"--source", folder_ / "town"});
      EXPECT_EQ(update.end(), 0) << update.output();
    }
    memory.emplace_back(passed(), server.kilobytes());
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
  EXPECT_LE(build->end(), 1) << build->output();
  std::this_thread::sleep_for(std::chrono::seconds(1));
  over = true;
  asking.join();
  EXPECT_EQ(load.failed, 0U);
  EXPECT_EQ(builds, 1);

  load::Client client(server.port);
  for (int i = 0; i < objects; ++i) {
    EXPECT_EQ(client.ask(load::get("/api/v1/services/SOAK." + std::to_string(i))), 200);
    EXPECT_NE(client.body().find("\"" + title(i, numbers_[static_cast<std::size_t>(i)]) + "\""),
              std::string_view::npos)
        << client.body().substr(0, 400);
  }
  std::size_t early = 0, late = 0;
  for (const auto& [time, kilobytes] : memory) {
    if (time < seconds / 5) early = std::max(early, kilobytes);
    late = std::max(late, kilobytes);
  }
  std::printf(
      "%zu requests at %.0f a second (70 %% of %.0f), p50 %.2f ms, p99 %.2f ms, %zu failed; %d updates and "
      "a build; memory %zu kB in the first fifth at most, %zu kB in all, %zu kB at the end\n",
      load.milliseconds.size(), load.rate(), most, load.quantile(0.5), load.quantile(0.99), load.failed,
      written, early, late, server.kilobytes());
  if (is_long_) {
    EXPECT_LE(server.kilobytes(), early + early / 20);
  }
}

}  // namespace
}  // namespace vsm
