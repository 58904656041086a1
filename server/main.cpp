// vsm-server: serves one index.
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <thread>

#include "server/linked_data.h"
#include "server/log.h"
#include "server/server.h"

namespace {

bool is_loopback(const std::string& host) {
  return host == "127.0.0.1" || host == "localhost" || host == "::1";
}

/// Empty too: settings as --check-config prints them name what is not set.
auto or_none(std::string (*check)(const std::string&)) {
  return [check](const std::string& value) { return value.empty() ? std::string() : check(value); };
}

/// Each option is a flag, a line of the file given with --config ("port = 8080") and a variable of the
/// environment (VSM_PORT); a flag wins over the file, that over the environment.
void add_options(CLI::App& app, std::string& index, vsm::ServerSettings& settings,
                 vsm::SearchSettings& search) {
  const auto named = [](CLI::Option* option) {
    std::string variable = "VSM_";
    for (const char c : option->get_single_name())
      variable += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return option->envname(variable)->capture_default_str();
  };
  named(app.add_option("--index", index, "Ordner des Index")->required());
  named(app.add_option("--port", settings.port, "Port; 0 nimmt einen freien")->check(CLI::Range(0, 65'535)));
  named(app.add_option("--host", settings.host, "Adresse, auf der der Server hört"));
  named(app.add_option("--management-port", settings.management_port,
                       "Port für Messwerte und Zustand; 0 nimmt einen freien, -1 keinen")
            ->check(CLI::Range(-1, 65'535)));
  named(app.add_option("--management-host", settings.management_host, "Adresse dafür"));
  named(app.add_option("--threads", settings.limits.threads, "Threads; 0 wählt nach der Maschine")
            ->check(CLI::Range(0, 1'024)));
  named(app.add_option("--connections", settings.limits.connections, "Verbindungen zugleich, höchstens")
            ->check(CLI::Range(10, 1'000'000)));
  named(app.add_option("--client-connections", settings.limits.client_connections,
                       "Verbindungen zugleich von einer Adresse; 0: unbegrenzt"));
  named(app.add_option("--client-rate", settings.limits.client_rate,
                       "Anfragen in der Sekunde von einer Adresse auf Dauer; 0: unbegrenzt")
            ->check(CLI::Range(0.0, 1e6)));
  named(app.add_option("--client-burst", settings.limits.client_burst, "... und so viele mehr auf einmal")
            ->check(CLI::Range(0.0, 1e6)));
  named(app.add_option("--proxy", settings.limits.proxies,
                       "Adressen eigener Proxys: Grenzen gelten für die Adresse in X-Real-IP"));
  named(app.add_option("--public-url", settings.site.public_url,
                       "Adresse, unter der Menschen den Server erreichen, etwa https://suche.example.de")
            ->check(or_none(vsm::is_public_url)));
  named(app.add_option("--site-name", settings.site.name, "Name der Suche, wie ihn die Seiten zeigen"));
  named(app.add_option("--contact", settings.site.contact,
                       "Kontakt für Hinweise zu Barrieren: mailto:... oder https://...")
            ->check(or_none(vsm::is_contact)));
  named(app.add_option("--report-contact", settings.site.report_contact,
                       "Wohin Menschen tote Links melden: mailto:... oder https://...")
            ->check(or_none(vsm::is_contact)));
  named(app.add_option("--notes", settings.site.notes,
                       "Ordner mit eigenen Seiten in Markdown: impressum.de.md, datenschutz.de.md ...")
            ->check(or_none([](const std::string& folder) { return CLI::ExistingDirectory(folder); })));
  named(app.add_option("--security-contact", settings.security_contact,
                       "Kontakt für Meldungen zur Sicherheit: mailto:... oder https://...")
            ->check(or_none(vsm::is_contact)));
  named(app.add_option("--home-land", search.home_land,
                       "Regionalschlüssel des Landes, dessen Orte zuerst kommen"));
  app.add_flag(
         "--log-requests", settings.log_requests,
         "Schreibt je Anfrage eine Zeile: Adresse der Schnittstelle, Status, Dauer; nichts von Personen")
      ->envname("VSM_LOG_REQUESTS");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Beantwortet Suchanfragen über HTTP."};
  std::string index;
  vsm::ServerSettings settings;
  vsm::SearchSettings search;
  bool only_check = false, no_suggest = false;
  add_options(app, index, settings, search);
  app.add_flag("--no-suggest", no_suggest, "Macht keine Vorschläge beim Tippen")->envname("VSM_NO_SUGGEST");
  app.set_config("--config", "", "Datei mit diesen Angaben, eine je Zeile: port = 8080");
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.add_flag("--check-config", only_check, "Prüft die Angaben und den Index, zeigt, was gilt, und endet")
      ->configurable(false);
  CLI11_PARSE(app, argc, argv);
  settings.suggest = !no_suggest;

  // Signals go to the thread that waits for them, so blocked before any other thread begins.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  spdlog::set_formatter(vsm::log_formatter());
  try {
    vsm::SearchEngine engine(index, search);
    if (only_check) {
      std::cout << app.config_to_str(true);
      return 0;
    }
    vsm::Server server(engine, settings);
    if (const std::string problem = server.bind(); !problem.empty()) {
      std::cerr << "vsm-server: " << problem << '\n';
      return 1;
    }
    if (!is_loopback(settings.host))
      spdlog::warn("listening on {}: put a reverse proxy in front before facing the public, see docs/deploy",
                   settings.host);
    if (settings.management_port >= 0 && !is_loopback(settings.management_host))
      spdlog::warn("management listens on {}: it is not for the public", settings.management_host);
    std::thread waiter([&] {
      int signal = 0;
      sigwait(&stop_signals, &signal);
      server.stop();
    });
    spdlog::info("serving {} on http://{}:{}", index, settings.host, server.port());
    if (server.management_port() > 0)
      spdlog::info("management on http://{}:{}", settings.management_host, server.management_port());
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
