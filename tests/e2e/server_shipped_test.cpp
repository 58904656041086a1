// The real server program on the real shipped index, driven over HTTP and ended by a signal.
#include <gmock/gmock.h>
#include <httplib.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

extern char** environ;

namespace {

using ::testing::HasSubstr;

class Program {
 public:
  explicit Program(std::vector<std::string> arguments) {
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    if (posix_spawn(&pid_, argv[0], nullptr, nullptr, argv.data(), environ) != 0) pid_ = -1;
  }
  ~Program() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      end_of();
    }
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  void signal(int number) const {
    if (pid_ > 0) ::kill(pid_, number);  // a negative one would mean every process there is
  }
  int end_of() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

/// A port that was free a moment ago.
int free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(probe, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(probe);
  return ntohs(address.sin_port);
}

std::size_t resident_kilobytes(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
  return 0;
}

TEST(Server, ServesTheShippedDataAndEndsOnASignal) {
  const int port = free_port();
  Program server({VSM_SERVER_PROGRAM, "--index", VSM_SHIPPED_FOLDER "/index", "--port", std::to_string(port),
                  "--management-port", "0"});
  httplib::Client client("127.0.0.1", port);
  client.set_keep_alive(true);
  client.set_read_timeout(5);
  bool up = false;
  for (int i = 0; i < 100 && !up; ++i) {
    const auto health = client.Get("/style.css");
    up = health && health->status == 200;
    if (!up) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ASSERT_TRUE(up);

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
  EXPECT_LT(resident_kilobytes(server.pid()), 300U * 1024U);

  server.signal(SIGTERM);
  EXPECT_EQ(server.end_of(), 0);
}

TEST(Server, AMissingIndexIsSaidAtOnce) {
  Program server({VSM_SERVER_PROGRAM, "--index", VSM_SHIPPED_FOLDER "/nothing", "--port", "0"});
  EXPECT_EQ(server.end_of(), 1);
}

}  // namespace
