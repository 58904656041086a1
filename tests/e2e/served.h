// Servers on the shipped index, alone and behind nginx with the configuration that docs/deploy ships.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <memory>

#include "bench/load.h"
#include "catalog/tables.h"
#include "tests/e2e/program.h"
#include "tests/fixture.h"

namespace vsm {

/// A port that was free a moment ago.
inline int free_port() {
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

inline bool answers(int port, const std::string& path = "/robots.txt") {
  for (int i = 0; i < 600; ++i) {
    if (load::Client(port).ask(load::get(path)) == 200) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

struct ServedIndex {
  ServedIndex(const std::string& index, const TempFolder& folder, const std::string& name,
              std::vector<std::string> more = {})
      : port(free_port()), log(folder / (name + ".log")) {
    std::vector<std::string> command{VSM_SERVER_PROGRAM,   "--index",           index, "--port",
                                     std::to_string(port), "--management-port", "-1"};
    command.insert(command.end(), more.begin(), more.end());
    program = std::make_unique<Running>(command, std::vector<std::string>{}, log);
    EXPECT_TRUE(answers(port)) << program->output();
  }
  std::size_t kilobytes() const {
    std::ifstream status("/proc/" + std::to_string(program->pid()) + "/status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
    return 0;
  }

  int port;
  std::string log;
  std::unique_ptr<Running> program;
};

/// nginx as docs/deploy/nginx.conf sets it up, with other ports and files, and one more port without
/// encryption.
class Nginx {
 public:
  Nginx(const TempFolder& folder, int one, int other)
      : port_(free_port()), encrypted_(free_port()), redirecting_(free_port()) {
    std::string text = read_file(VSM_PROJECT_FOLDER "/docs/deploy/nginx.conf");
    const auto replace = [&](const std::string& from, const std::string& to) {
      const std::size_t at = text.find(from);
      ASSERT_NE(at, std::string::npos) << from;
      text.replace(at, from.size(), to);
    };
    const auto on = [](int port) { return "127.0.0.1:" + std::to_string(port); };
    replace("user www-data;", ::geteuid() == 0 ? "user root;" : "");
    replace("/run/nginx.pid", folder / "nginx.pid");
    replace("/var/log/nginx/error.log", folder / "error.log");
    replace("/var/log/nginx/access.log", folder / "access.log");
    replace("127.0.0.1:8080", on(one));
    replace("127.0.0.1:8090", on(other));
    replace("listen 80 ", "listen " + on(redirecting_) + " ");
    replace(
        "listen 443 ssl http2 default_server;",
        "listen " + on(encrypted_) + " ssl http2 default_server; listen " + on(port_) + " default_server;");
    replace("/etc/nginx/vsm.crt", folder / "vsm.crt");
    replace("/etc/nginx/vsm.key", folder / "vsm.key");
    std::ofstream(folder / "nginx.conf") << text;
    Running key({"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout",
                 folder / "vsm.key", "-out", folder / "vsm.crt"},
                {}, folder / "openssl.log");
    EXPECT_EQ(key.end(), 0) << key.output();
    program_ =
        std::make_unique<Running>(std::vector<std::string>{"/usr/sbin/nginx", "-e", folder / "start.log",
                                                           "-c", folder / "nginx.conf", "-g", "daemon off;"},
                                  std::vector<std::string>{}, folder / "nginx.log");
    EXPECT_TRUE(answers(port_)) << program_->output();
  }
  ~Nginx() {
    program_->signal(SIGTERM);
    program_->end();
  }
  int port() const { return port_; }
  int encrypted() const { return encrypted_; }
  int redirecting() const { return redirecting_; }

 private:
  int port_, encrypted_, redirecting_;
  std::unique_ptr<Running> program_;
};

/// Requests for the graded questions of data/evaluation, some at a place.
inline std::vector<std::string> real_requests() {
  const std::string text = read_file(VSM_PROJECT_FOLDER "/data/evaluation/judgements.tsv");
  TableReader rows("judgements.tsv", text, {"query"});
  const char* places[] = {"", "&ars=05911", "&ars=05315", "&place=Detmold"};
  std::vector<std::string> requests;
  while (rows.next())
    requests.push_back(load::get("/api/v1/search?q=" + load::encoded(rows[0]) +
                                 places[requests.size() % std::size(places)]));
  return requests;
}

}  // namespace vsm
