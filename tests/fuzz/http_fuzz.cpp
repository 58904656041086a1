// Bytes as they may come over a connection, to a whole server on a small index: no answer says that the
// server is at fault, and what is answered is HTTP.
#include <thread>

#include "bench/load.h"
#include "server/server.h"
#include "tests/few_tables.h"

namespace {

using namespace vsm;

class Served {
 public:
  Served() {
    folder_.write(
        "f/bochum.xml",
        xzufi::file(xzufi::service("BO", "1", "99110009104000", "Hund anmelden", "059110000000",
                                   xzufi::module("24", "Für Hunde &lt;b&gt;aller&lt;/b&gt; Art")) +
                    xzufi::online("BO", "O1", "Hund online", "https://bochum.example/?a=1&amp;b=2") +
                    xzufi::responsible("BO", "O1", "BO", "1", "059110000000") +
                    xzufi::office("BO", "E1", "Steueramt") +
                    xzufi::responsible("BO", "E1", "BO", "1", "059110000000")));
    build_from_feeds(folder_);
    engine_ = std::make_unique<SearchEngine>(folder_ / "index");
    ServerSettings settings;
    settings.port = 0;
    settings.management_port = -1;
    settings.limits.threads = 1;
    server_ = std::make_unique<Server>(*engine_, settings);
    if (!server_->bind().empty()) std::abort();
    thread_ = std::thread([this] { server_->run(); });
  }
  ~Served() {
    server_->stop();
    thread_.join();
  }
  int port() const { return server_->port(); }

 private:
  TempFolder folder_;
  std::unique_ptr<SearchEngine> engine_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

/// Sends bytes and an end, and gives what comes until the server's end.
std::string answer_to(int port, std::string_view bytes) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
  const linger at_once{1, 0};  // else a port each waits for minutes
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  static_cast<void>(::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  ::shutdown(socket, SHUT_WR);
  std::string all;
  char buffer[65'536];
  for (ssize_t count = 0; (count = ::recv(socket, buffer, sizeof buffer, 0)) > 0;)
    all.append(buffer, static_cast<std::size_t>(count));
  ::close(socket);
  return all;
}

}  // namespace

/// Input that begins with "GET" is sent as it is; any other is the path and query of a plain request.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Served served;
  std::string bytes(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 100'000));
  if (!bytes.starts_with("GET")) bytes = "GET /" + bytes + " HTTP/1.1\r\nConnection: close\r\n\r\n";
  const std::string answer = answer_to(served.port(), bytes);
  for (std::size_t at = 0; at < answer.size();) {
    if (!std::string_view(answer).substr(at).starts_with("HTTP/1.1 ")) std::abort();
    if (answer[at + 9] >= '5') {
      std::fputs(answer.substr(at, 2'000).c_str(), stderr);
      std::abort();
    }
    const std::size_t head = answer.find("\r\n\r\n", at), length = answer.find("Content-Length: ", at);
    if (head == std::string::npos) std::abort();
    at = head + 4 + (length < head ? std::strtoul(answer.c_str() + length + 16, nullptr, 10) : 0);
  }
  return 0;
}
