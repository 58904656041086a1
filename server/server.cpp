#include "server/server.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "server/connection.h"
#include "server/linked_data.h"
#include "server/metrics.h"
#include "server/page.h"
#include "server/public_api.h"
#include "server/request.h"
#include "server/routes.h"

namespace vsm {
namespace {

using httplib::Request;
using httplib::Response;

/// A request whose address was never understood has no path; a program is told as well as a person.
bool is_api(const Request& request) {
  return request.path.empty() || request.path.starts_with("/api/") || is_compatible_path(request.path);
}

void send_error(const Request& request, Response& response, const RequestError& error, const Site& site,
                bool for_programs = false) {
  if (request.path.starts_with("/api/v1/") || is_compatible_path(request.path)) allow_any_origin(response);
  if (for_programs || is_api(request))
    send_problem(response, error);
  else
    send(response, error_page({}, error, site), html_type, error.status);
}

void refuse_method(Response& response) {
  response.set_header("Allow", "GET, HEAD");
  send_problem(response, {405, "Methode nicht erlaubt", "Hier sind nur GET und HEAD möglich."});
}

bool is_text(const Request& request) {
  return SearchEngine::is_text(request.path) &&
         std::all_of(request.params.begin(), request.params.end(), [](const auto& param) {
           return SearchEngine::is_text(param.first) && SearchEngine::is_text(param.second);
         });
}

/// What no address answers, refused before a body is read. True where the answer is made.
bool refuse(const Request& request, Response& response, const Site& site) {
  if (is_preflight(request))
    answer_preflight(response);
  else if (!only_reads(request))
    refuse_method(response);
  else if (has_body(request))
    send_problem(response, {413, "Anfrage mit Inhalt", "Eine Anfrage hat hier keinen Inhalt (Body)."});
  else if (!is_text(request))
    send_error(request, response, {400, "Ungültige Zeichen", "Die Anfrage ist kein gültiges UTF-8."}, site);
  else
    return false;
  return true;
}

}  // namespace

struct Server::State {
  State(SearchEngine& with, ServerSettings chosen)
      : engine(with), settings(std::move(chosen)), http(settings.limits), management(few_threads()) {}

  /// For those who run it: no search waits for them, and they wait for no search.
  static ConnectionLimits few_threads() {
    ConnectionLimits limits;
    limits.threads = 1;
    limits.connections = 100;
    return limits;
  }

  SearchEngine& engine;
  ServerSettings settings;
  QueryCounts queries;
  Metrics metrics;
  HttpServer http, management;
  int port = 0, management_port = 0;
  std::atomic<bool> stopping = false;

  /// `for_programs`: no page says what went wrong.
  void set_up(HttpServer& server, bool for_programs) const;
  void add_management();
};

void Server::State::set_up(HttpServer& server, bool for_programs) const {
  const Site& site = settings.site;
  server.set_headers(
      {{"X-Content-Type-Options", "nosniff"},
       {"Referrer-Policy", "no-referrer"},
       {"Cross-Origin-Opener-Policy", "same-origin"},
       {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
       {"Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; connect-src "
        "'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors "
        "'none'"}});
  server.on_exception([for_programs, &site](const Request& request, Response& response,
                                            std::exception_ptr caught) {
    RequestError error{500, "Interner Fehler", "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal."};
    try {
      std::rethrow_exception(caught);
    } catch (const IndexError& problem) {
      error = {503, "Vorübergehend nicht verfügbar",
               "Der Suchindex ist gerade nicht lesbar. Bitte versuchen Sie es gleich noch einmal."};
      response.set_header("Retry-After", "1");
      spdlog::error("{}", problem.what());
    } catch (const std::exception& problem) {
      spdlog::error("{}", problem.what());
    }
    send_error(request, response, error, site, for_programs);
  });
  server.before_routes(
      [&site](const Request& request, Response& response) { return refuse(request, response, site); });
  server.on_error([for_programs, &site](const Request& request, Response& response) {
    if (!response.body.empty()) return;
    // A method that the library has never heard of.
    if (response.status == 400 && request.path.empty() && request.version.starts_with("HTTP/1.") &&
        !only_reads(request))
      return refuse_method(response);
    RequestError error{response.status, "Fehlerhafte Anfrage", "Diese Anfrage versteht der Server nicht."};
    if (response.status == 404) error = {404, "Nicht gefunden", "Diese Adresse gibt es hier nicht."};
    if (response.status == 414) error = {414, "Zu lange Anfrage", "Die Anfrage ist zu lang."};
    if (response.status == 429)
      error = {429, "Zu viele Anfragen", "Bitte warten Sie einen Moment und fragen Sie dann noch einmal."};
    if (response.status == 431) error = {431, "Zu lange Anfrage", "Der Kopf der Anfrage ist zu lang."};
    send_error(request, response, error, site, for_programs);
  });
}

void Server::State::add_management() {
  management.Get("/healthz", [this](const Request&, Response& response) {
    const std::string revision = std::to_string(engine.index().check());
    const std::string status = engine.index().trouble().empty() ? "ok" : "degraded";
    send(response, "{\"status\":\"" + status + "\",\"revision\":" + revision + "}", json_type);
  });
  management.Get("/readyz", [this](const Request&, Response& response) {
    if (stopping)
      return send_problem(response, {503, "Hört auf", "Der Server nimmt keine neuen Anfragen mehr an."});
    engine.reader();
    send(response, "{\"status\":\"ready\"}", json_type);
  });
  management.Get("/metrics", [this](const Request&, Response& response) {
    const IndexReader reader = engine.reader();
    const Snapshot& snapshot = reader.snapshot();
    send(response,
         metrics.text({http.counts(), snapshot.revision, snapshot.text_count,
                       static_cast<double>(snapshot.built), !engine.index().trouble().empty()}),
         "text/plain; version=0.0.4; charset=utf-8");
  });
  management.Get("/queries", [this](const Request&, Response& response) {
    send(response, to_json(queries.entries(1'000)), json_type);
  });
}

Server::Server(SearchEngine& engine, ServerSettings settings)
    : state_(std::make_unique<State>(engine, std::move(settings))) {
  State& state = *state_;
  state.set_up(state.http, false);
  state.set_up(state.management, true);
  add_api_v1(state.http, engine, state.queries, state.settings);
  add_pvog(state.http, engine, state.queries);
  add_vsm_nrw(state.http, engine, state.queries);
  add_embed_pages(state.http, engine, state.settings);
  add_pages(state.http, engine, state.queries, state.settings);
  add_dashboard_pages(state.http, engine, state.settings);
  add_linked_data(state.http, engine, state.settings);
  state.add_management();
  const bool logs = state.settings.log_requests;
  state.http.on_answered([&metrics = state.metrics, logs](const Answered& answered) {
    metrics.count(answered);
    if (logs)
      spdlog::info(R"({{"name":"request","route":"{}","status":{},"ms":{:.3f},"bytes":{}}})", answered.route,
                   answered.status, std::chrono::duration<double, std::milli>(answered.time).count(),
                   answered.bytes);
  });
  engine.index().on_trouble([](const std::string& problem) {
    if (problem.empty())
      spdlog::info("the newest index is served again");
    else
      spdlog::error("a newer index cannot be loaded, the last good one goes on serving: {}", problem);
  });
}

Server::~Server() { state_->engine.index().on_trouble({}); }

std::string Server::bind() {
  State& state = *state_;
  const auto taken = [](const std::string& host, int port) {
    return "port " + std::to_string(port) + " on " + host + " is taken";
  };
  const ServerSettings& settings = state.settings;
  state.port = state.http.bind(settings.host, settings.port);
  if (state.port == 0) return taken(settings.host, settings.port) + "; choose another one with --port";
  if (settings.management_port < 0) return {};
  state.management_port = state.management.bind(settings.management_host, settings.management_port);
  if (state.management_port == 0)
    return taken(settings.management_host, settings.management_port) +
           "; choose another one with --management-port";
  return {};
}

int Server::port() const { return state_->port; }
int Server::management_port() const { return state_->management_port; }
int Server::listening_socket() const { return state_->http.listening_socket(); }

void Server::run() {
  State& state = *state_;
  std::thread management;
  if (state.management_port != 0) management = std::thread([&state] { state.management.run(); });
  state.http.run();
  state.management.stop();
  if (management.joinable()) management.join();
}

void Server::stop() {
  state_->stopping = true;
  state_->http.stop();
}

}  // namespace vsm
