// The query server: the JSON API under /api/v1 and a search page that works without JavaScript.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "query/search.h"

namespace vsm {

struct ServerSettings {
  std::string host = "127.0.0.1";
  int port = 8080;  ///< 0: any free one
  int threads = 0;  ///< 0: twice the cores, at least 8, for a kept-alive connection holds one
};

class Server {
 public:
  /// Keeps a reference to the engine, which must outlive the server.
  Server(SearchEngine& engine, ServerSettings settings);
  ~Server();

  /// Takes the port. False when another program has it.
  bool bind();
  int port() const;
  /// Serves until stop(); returns when the last request is answered.
  void run();
  /// From any thread, also from a signal watcher.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vsm
