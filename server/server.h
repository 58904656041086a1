// The query server: the JSON API under /api/v1, those of others that it stands in for, and the pages, on one
// port; metrics and health for those who run it on another.
#pragma once

#include <memory>
#include <string>

#include "query/search.h"
#include "server/connection.h"
#include "server/site.h"

namespace vsm {

struct ServerSettings {
  std::string host = "127.0.0.1";
  int port = 8080;  ///< 0: any free one
  std::string management_host = "127.0.0.1";
  int management_port = 8081;  ///< 0: any free one; below 0: none
  ConnectionLimits limits;
  bool suggest = true;        ///< false: nothing is ever suggested
  bool log_requests = false;  ///< a line for each: route, status and time, nothing of who asked or what
  Site site;
  std::string security_contact =
      {};  ///< "mailto:..." or "https://...", for security.txt; empty: there is none
};

class Server {
 public:
  /// Keeps a reference to the engine, which must outlive the server.
  Server(SearchEngine& engine, ServerSettings settings);
  ~Server();

  /// Takes the ports. Empty, or a sentence that says which one another program has.
  std::string bind();
  int port() const;
  int management_port() const;
  /// The socket that listens on port(); for tests.
  int listening_socket() const;
  /// Serves until stop(); returns when the last request is answered.
  void run();
  /// From any thread, also from a signal watcher.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vsm
