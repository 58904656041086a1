#include "server/server.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include "query/json.h"
#include "server/connection.h"
#include "server/page.h"
#include "server/web_files.h"

namespace vsm {
namespace {

using httplib::Request;
using httplib::Response;

constexpr const char* json_type = "application/json; charset=utf-8";
constexpr const char* problem_type = "application/problem+json; charset=utf-8";
constexpr const char* html_type = "text/html; charset=utf-8";

void send(Response& response, std::string body, const char* type, int status = 200) {
  response.status = status;
  response.set_content(std::move(body), type);
}

void send_problem(Response& response, const RequestError& error) {
  send(response, to_json(error), problem_type, error.status);
}

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

std::string param(const Request& request, const char* name) {
  return request.has_param(name) ? request.get_param_value(name) : std::string();
}

bool is_true(std::string_view value) { return value == "true" || value == "1"; }

/// Nothing when absent; an error when it is no whole number.
Result<std::optional<std::int64_t>> number_param(const Request& request, const char* name) {
  const std::string text = param(request, name);
  if (text.empty()) return std::optional<std::int64_t>();
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, value).ptr != end)
    return RequestError{400, "Ungültige Zahl",
                        std::string("Der Wert von ") + name + " ist keine ganze Zahl."};
  return std::optional<std::int64_t>(value);
}

Result<SearchRequest> search_request(const Request& request) {
  SearchRequest search;
  search.words = param(request, "q");
  search.ars = param(request, "ars");
  search.place = param(request, "place");
  search.topic = param(request, "topic");
  search.situation = param(request, "situation");
  for (const char* name : {"page", "size", "trust"}) {
    const auto number = number_param(request, name);
    if (const auto* error = std::get_if<RequestError>(&number)) return *error;
    const auto value = std::get<std::optional<std::int64_t>>(number);
    if (!value) continue;
    const std::string_view which = name;
    if (which == "page") search.page = *value;
    if (which == "size") search.size = *value;
    if (which == "trust") search.trust_level = static_cast<int>(std::clamp<std::int64_t>(*value, -1, 1'000));
  }
  const std::string audience = param(request, "audience");
  if (audience == "citizen")
    search.audience = audience_citizen;
  else if (audience == "business")
    search.audience = audience_business;
  else if (!audience.empty())
    return RequestError{400, "Unbekannte Zielgruppe", "audience ist citizen oder business."};
  for (const auto& [name, value] :
       {std::pair("online", &search.online_only), std::pair("exact", &search.literal)}) {
    const std::string text = param(request, name);
    if (!text.empty() && text != "true" && text != "false" && text != "1" && text != "0")
      return RequestError{400, "Ungültiger Wert", std::string(name) + " ist true oder false."};
    *value = is_true(text);
  }
  const std::string language = param(request, "lang");
  if (!language.empty() && language != "de" && language != "en")
    return RequestError{400, "Unbekannte Sprache", "lang ist de oder en."};
  search.english = language == "en";
  return search;
}

template <class Answer>
void send_answer(Response& response, const Result<Answer>& answer) {
  if (const auto* error = std::get_if<RequestError>(&answer))
    send_problem(response, *error);
  else
    send(response, to_json(std::get<Answer>(answer)), json_type);
}

}  // namespace

struct Server::State {
  State(SearchEngine& with, ServerSettings chosen) : engine(with), settings(std::move(chosen)) {}
  SearchEngine& engine;
  ServerSettings settings;
  HttpServer http;
  int port = 0;
  std::atomic<bool> started = false, stopping = false, finished = false;

  void routes();
  void search_page(const Request& request, Response& response) const;
  void service_page(const Request& request, Response& response) const;
};

void Server::State::search_page(const Request& request, Response& response) const {
  PageInput input;
  input.words = param(request, "q");
  input.place = param(request, "place");
  input.online_only = is_true(param(request, "online"));
  input.literal = is_true(param(request, "exact"));
  input.english = param(request, "lang") == "en";
  input.topic = param(request, "topic");
  for (const char* name : {"topic", "situation", "audience", "trust"})
    if (const std::string value = param(request, name); !value.empty())
      input.filters += std::string("&") + name + "=" + url_encoded(value);
  if (input.words.find_first_not_of(" \t") == std::string::npos && input.filters.empty())
    return send(response, start_page(input), html_type);
  const auto search = search_request(request);
  if (const auto* error = std::get_if<RequestError>(&search))
    return send(response, error_page(input, *error), html_type, error->status);
  const auto answer = engine.search(std::get<SearchRequest>(search));
  if (const auto* error = std::get_if<RequestError>(&answer))
    return send(response, error_page(input, *error), html_type, error->status);
  send(response, result_page(input, std::get<SearchAnswer>(answer)), html_type);
}

void Server::State::service_page(const Request& request, Response& response) const {
  PageInput input;
  input.place = param(request, "place");
  const auto answer =
      engine.service(request.matches[1].str(), param(request, "ars"), param(request, "place"));
  if (const auto* error = std::get_if<RequestError>(&answer))
    return send(response, error_page(input, *error), html_type, error->status);
  send(response, vsm::service_page(input, std::get<ServiceAnswer>(answer)), html_type);
}

void Server::State::routes() {
  http.Get("/api/v1/search", [this](const Request& request, Response& response) {
    const auto search = search_request(request);
    if (const auto* error = std::get_if<RequestError>(&search)) return send_problem(response, *error);
    send_answer(response, engine.search(std::get<SearchRequest>(search)));
  });
  http.Get(R"(/api/v1/services/([^/]{1,300}))", [this](const Request& request, Response& response) {
    send_answer(response,
                engine.service(request.matches[1].str(), param(request, "ars"), param(request, "place")));
  });
  http.Get("/api/v1/places", [this](const Request& request, Response& response) {
    const std::string words = param(request, "q");
    if (words.empty() || words.size() > 200)
      return send_problem(response,
                          {400, "Kein Ort", "Bitte geben Sie mit q einen Namen oder eine Postleitzahl an."});
    send(response, to_json(engine.places(words, 20)), json_type);
  });
  http.Get("/api/v1/topics", [this](const Request& request, Response& response) {
    send_answer(response, engine.topics(param(request, "ars"), param(request, "place")));
  });
  http.Get("/healthz", [this](const Request&, Response& response) {
    const std::string revision = std::to_string(engine.index().check());
    const std::string status = engine.index().trouble().empty() ? "ok" : "degraded";
    send(response, "{\"status\":\"" + status + "\",\"revision\":" + revision + "}", json_type);
  });
  http.Get("/", [this](const Request& request, Response& response) { search_page(request, response); });
  http.Get(R"(/leistung/([^/]{1,300}))",
           [this](const Request& request, Response& response) { service_page(request, response); });
  http.Get("/style.css", [](const Request&, Response& response) {
    const std::string_view css = web_file("style.css");
    response.set_header("Cache-Control", "public, max-age=3600");
    response.set_content(css.data(), css.size(), "text/css; charset=utf-8");
  });
}

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
  state_->routes();
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
