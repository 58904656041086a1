// vsm-server: serves one index.
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <thread>

#include "server/server.h"

int main(int argc, char** argv) {
  CLI::App app{"Beantwortet Suchanfragen über HTTP."};
  std::string index;
  vsm::ServerSettings settings;
  vsm::SearchSettings search;
  app.add_option("--index", index, "Ordner des Index")->required();
  app.add_option("--port", settings.port, "Port; 0 nimmt einen freien")
      ->capture_default_str()
      ->check(CLI::Range(0, 65'535));
  app.add_option("--host", settings.host, "Adresse, auf der der Server hört")->capture_default_str();
  app.add_option("--threads", settings.threads, "Threads; 0 wählt nach der Maschine")
      ->check(CLI::Range(0, 1'024));
  app.add_option("--home-land", search.home_land, "Regionalschlüssel des Landes, dessen Orte zuerst kommen")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  // Signals go to the thread that waits for them, so blocked before any other thread begins.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    vsm::SearchEngine engine(index, search);
    vsm::Server server(engine, settings);
    if (!server.bind()) {
      std::cerr << "vsm-server: port " << settings.port << " on " << settings.host
                << " is taken; choose another one with --port\n";
      return 1;
    }
    if (settings.host != "127.0.0.1" && settings.host != "localhost" && settings.host != "::1")
      spdlog::warn("listening on {}: put a reverse proxy in front before facing the public", settings.host);
    std::thread waiter([&] {
      int signal = 0;
      sigwait(&stop_signals, &signal);
      server.stop();
    });
    spdlog::info("serving {} on http://{}:{}", index, settings.host, server.port());
    server.run();
    pthread_kill(waiter.native_handle(), SIGTERM);
    waiter.join();
    spdlog::info("stopped");
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "vsm-server: " << error.what() << '\n';
    return 1;
  }
}
