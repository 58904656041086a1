// The real server program on the real shipped index: driven over HTTP, configured, and ended by a signal.
#include <gmock/gmock.h>
#include <httplib.h>

#include "tests/e2e/served.h"

namespace vsm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* shipped_index = VSM_SHIPPED_FOLDER "/index";

TEST(ServerProgram, ServesTheShippedDataAndEndsOnASignal) {
  const TempFolder folder;
  ServedIndex server(shipped_index, folder, "server", {"--log-requests"});
  httplib::Client client("127.0.0.1", server.port);
  client.set_keep_alive(true);
  client.set_read_timeout(5);

  auto answer = client.Get("/api/v1/search?q=personalausweis&place=Bochum");
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->body, HasSubstr("\"ars\":\"059110000000\""));
  EXPECT_THAT(answer->body, HasSubstr("\"url\":\"https://bochum.de/\""));
  EXPECT_THAT(answer->body, HasSubstr("\"sample\":true"));
  answer = client.Get("/?q=personalausweis&place=Bochum");
  EXPECT_THAT(answer->body, HasSubstr("href=\"https://bochum.de/\""));
  EXPECT_THAT(answer->body, HasSubstr("Beispieldaten"));
  answer = client.Get("/?q=kindergeld&place=44787");
  EXPECT_THAT(answer->body, HasSubstr("Online erledigen"));

  const char* words[] = {"hund", "auto", "heirat", "umzug", "gewerbe", "m%C3%BCll", "rente", "pass"};
  for (int i = 0; i < 400; ++i) {
    const auto found = client.Get(
        ("/api/v1/search?q=" + std::string(words[i % 8]) + "&ars=05" + std::to_string(100 + i % 8 * 2 + 11))
            .c_str());
    ASSERT_TRUE(found);
  }
  EXPECT_LT(server.kilobytes(), 300U * 1024U);

  server.program->signal(SIGTERM);
  EXPECT_EQ(server.program->end(), 0);
  const std::string log = server.program->output();
  EXPECT_THAT(log, HasSubstr("\"event\":{\"name\":\"request\",\"route\":\"/api/v1/search\",\"status\":200,"));
  EXPECT_THAT(log, HasSubstr("\"level\":\"info\",\"message\":\"stopped\"}"));
  for (const char* trace :
       {"personalausweis", "Bochum", "kindergeld", "127.0.0.1:" /* of a client */, "httplib"})
    EXPECT_THAT(log.substr(log.find("\"event\"")), Not(HasSubstr(trace))) << trace;
}

struct Ran {
  int status = 0;
  std::string output;
};

Ran run(const TempFolder& folder, std::vector<std::string> arguments,
        const std::vector<std::string>& environment = {}) {
  arguments.insert(arguments.begin(), VSM_SERVER_PROGRAM);
  Running program(arguments, environment, folder / "out");
  const int status = program.end();
  return {status, program.output()};
}

TEST(ServerProgram, AMissingIndexIsSaidAtOnce) {
  const TempFolder folder;
  const Ran ran = run(folder, {"--index", folder / "nothing", "--port", "0"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.output, HasSubstr("vsm-index build"));
}

TEST(ServerProgram, IsSetUpByFlagsFileAndEnvironmentInThisOrder) {
  const TempFolder folder;
  folder.write("vsm.conf", std::string("index = \"") + shipped_index +
                               "\"\nport = 1001\nclient-rate = 7\nthreads = 3\nlog-requests = true\n");
  const Ran ran = run(folder, {"--config", folder / "vsm.conf", "--threads", "5", "--check-config"},
                      {"VSM_PORT=1002", "VSM_THREADS=4", "VSM_CLIENT_BURST=9"});
  EXPECT_EQ(ran.status, 0) << ran.output;
  for (const char* line :
       {"port=1001\n", "client-rate=7\n", "client-burst=9\n", "threads=5\n", "log-requests=true\n",
        "management-port=8081\n", "management-host=\"127.0.0.1\"\n"})
    EXPECT_THAT(ran.output, HasSubstr(line));
  // What was shown can be used as it is.
  folder.write("shown.conf", ran.output);
  const Ran again = run(folder, {"--config", folder / "shown.conf", "--check-config"});
  EXPECT_EQ(again.status, 0) << again.output;
  folder.write("again.conf", again.output);
  EXPECT_EQ(run(folder, {"--config", folder / "again.conf", "--check-config"}).output, again.output);
}

TEST(ServerProgram, AWrongSettingIsNamed) {
  const TempFolder folder;
  folder.write("typo.conf", std::string("index = \"") + shipped_index + "\"\nprot = 8080\n");
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"--config", folder / "typo.conf"}, "prot"},
      {{"--config", folder / "missing.conf"}, "missing.conf"},
      {{"--index", shipped_index, "--port", "70000"}, "--port"},
      {{"--index", shipped_index, "--client-rate", "viel"}, "--client-rate"},
      {{"--port", "0"}, "--index"},
  };
  for (auto [arguments, named] : cases) {
    arguments.emplace_back("--check-config");
    const Ran ran = run(folder, arguments);
    EXPECT_NE(ran.status, 0) << named;
    EXPECT_THAT(ran.output, HasSubstr(named));
  }
}

}  // namespace
}  // namespace vsm
