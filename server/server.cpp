#include "server/server.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <thread>

#include "server/connection.h"
#include "server/page.h"
#include "server/request.h"
#include "server/routes.h"

namespace vsm {
namespace {

using httplib::Request;
using httplib::Response;

/// A request whose address was never understood has no path; a program is told as well as a person.
bool is_api(const Request& request) {
  return request.path.empty() || request.path == "/healthz" || request.path.starts_with("/api/");
}

void send_error(const Request& request, Response& response, const RequestError& error) {
  if (is_api(request))
    send_problem(response, error);
  else
    send(response, error_page({}, error), html_type, error.status);
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
bool refuse(const Request& request, Response& response) {
  if (!only_reads(request))
    refuse_method(response);
  else if (has_body(request))
    send_problem(response, {413, "Anfrage mit Inhalt", "Eine Anfrage hat hier keinen Inhalt (Body)."});
  else if (!is_text(request))
    send_error(request, response, {400, "Ungültige Zeichen", "Die Anfrage ist kein gültiges UTF-8."});
  else
    return false;
  return true;
}

}  // namespace

struct Server::State {
  State(SearchEngine& with, ServerSettings chosen) : engine(with), settings(std::move(chosen)) {}
  SearchEngine& engine;
  ServerSettings settings;
  HttpServer http;
  int port = 0;
  std::atomic<bool> started = false, stopping = false, finished = false;
};

Server::Server(SearchEngine& engine, ServerSettings settings)
    : state_(std::make_unique<State>(engine, std::move(settings))) {
  HttpServer& http = state_->http;
  const int threads = state_->settings.threads > 0
                          ? state_->settings.threads
                          : std::max(8, 2 * static_cast<int>(std::thread::hardware_concurrency()));
  http.new_task_queue = [threads] { return new httplib::ThreadPool(static_cast<std::size_t>(threads)); };
  http.set_tcp_nodelay(true);
  http.set_keep_alive_max_count(1'000);
  http.set_keep_alive_timeout(2);
  // SO_REUSEPORT, the library's default, would let two servers share a port in silence.
  http.set_socket_options([](socket_t socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  http.set_default_headers({{"X-Content-Type-Options", "nosniff"},
                            {"Referrer-Policy", "no-referrer"},
                            {"Content-Security-Policy",
                             "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
                             "frame-ancestors 'none'"}});
  http.set_exception_handler([](const Request& request, Response& response, std::exception_ptr caught) {
    RequestError error{500, "Interner Fehler", "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal."};
    try {
      std::rethrow_exception(caught);
    } catch (const IndexError& problem) {
      error = {503, "Vorübergehend nicht verfügbar",
               "Der Suchindex ist gerade nicht lesbar. Bitte versuchen Sie es gleich noch einmal."};
      spdlog::error("{}", problem.what());
    } catch (const std::exception& problem) {
      spdlog::error("{}", problem.what());
    }
    send_error(request, response, error);
  });
  http.set_pre_routing_handler([](const Request& request, Response& response) {
    using Outcome = HttpServer::HandlerResponse;
    return refuse(request, response) ? Outcome::Handled : Outcome::Unhandled;
  });
  http.set_error_handler([](const Request& request, Response& response) {
    if (!response.body.empty()) return;
    // A method that the library has never heard of.
    if (response.status == 400 && request.path.empty() && request.version.starts_with("HTTP/1.") &&
        !only_reads(request))
      return refuse_method(response);
    RequestError error{response.status, "Fehlerhafte Anfrage", "Diese Anfrage versteht der Server nicht."};
    if (response.status == 404) error = {404, "Nicht gefunden", "Diese Adresse gibt es hier nicht."};
    if (response.status == 414) error = {414, "Zu lange Anfrage", "Die Anfrage ist zu lang."};
    send_error(request, response, error);
  });
  add_api_v1(http, engine);
  add_pages(http, engine);
  http.Get("/healthz", [&engine](const Request&, Response& response) {
    const std::string revision = std::to_string(engine.index().check());
    const std::string status = engine.index().trouble().empty() ? "ok" : "degraded";
    send(response, "{\"status\":\"" + status + "\",\"revision\":" + revision + "}", json_type);
  });
  engine.index().on_trouble([](const std::string& problem) {
    if (problem.empty())
      spdlog::info("the newest index is served again");
    else
      spdlog::error("a newer index cannot be loaded, the last good one goes on serving: {}", problem);
  });
}

Server::~Server() { state_->engine.index().on_trouble({}); }

bool Server::bind() {
  const auto& settings = state_->settings;
  HttpServer& http = state_->http;
  state_->port = settings.port;
  if (settings.port == 0)
    state_->port = http.bind_to_any_port(settings.host.c_str());
  else if (!http.bind_to_port(settings.host.c_str(), settings.port))
    return false;
  if (state_->port <= 0) return false;
  http.lengthen_queue();
  return true;
}

int Server::port() const { return state_->port; }

void Server::run() {
  state_->started = true;
  if (!state_->stopping) state_->http.listen_after_bind();
  state_->finished = true;
}

void Server::stop() {
  // The library forgets a stop that comes before it listens, so it is said until it is heard.
  state_->stopping = true;
  while (state_->started && !state_->finished) {
    state_->http.stop();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace vsm
