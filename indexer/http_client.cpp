#include "indexer/http_client.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <system_error>

namespace vsm {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// What is read at most of an answer that nobody wants.
constexpr std::int64_t discard_limit = 16 << 10;
constexpr std::int64_t token_answer_limit = 64 << 10;

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

void append(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (!longer) throw std::bad_alloc();
  (void)list.release();
  list.reset(longer);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

bool has_controls(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK || !text) return {};
  std::string copy = text;
  curl_free(text);
  return copy;
}

/// Letters beyond ASCII behind the host as browsers send them.
std::string percent_encoded(std::string_view url) {
  const std::size_t slashes = url.find("://");
  const std::size_t path = slashes == std::string_view::npos ? 0 : url.find_first_of("/?#", slashes + 3);
  std::string encoded;
  for (std::size_t i = 0; i < url.size(); ++i) {
    const auto c = static_cast<unsigned char>(url[i]);
    if (c < 0x80 || i < path) {
      encoded += url[i];
      continue;
    }
    constexpr std::string_view digits = "0123456789ABCDEF";
    encoded += '%';
    encoded += digits[c >> 4U];
    encoded += digits[c & 15U];
  }
  return encoded;
}

bool usable(CURLU* url) {
  const std::string scheme = part(url, CURLUPART_SCHEME);
  return (scheme == "http" || scheme == "https") && !part(url, CURLUPART_HOST).empty() &&
         part(url, CURLUPART_USER).empty() && part(url, CURLUPART_PASSWORD).empty();
}

Url parsed(std::string_view text) {
  Url url(curl_url());
  if (!url) throw std::bad_alloc();
  if (text.find('\0') != std::string_view::npos ||
      curl_url_set(url.get(), CURLUPART_URL, percent_encoded(text).c_str(), 0) != CURLUE_OK ||
      !usable(url.get()))
    return nullptr;
  return url;
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

/// Secrets travel encrypted or not at all; on this machine itself nobody can listen.
bool may_carry_secrets(std::string_view url) {
  const auto parts = url_parts(url);
  return parts && (parts->scheme == "https" || is_loopback(parts->host));
}

std::string form_encoded(CURL* handle, const std::string& text) {
  char* escaped = curl_easy_escape(handle, text.c_str(), static_cast<int>(text.size()));
  if (!escaped) throw std::bad_alloc();
  std::string copy = escaped;
  curl_free(escaped);
  return copy;
}

/// The sentence for a status that is no success.
std::string sentence_of(int status) {
  const char* meaning = "";
  switch (status) {
    case 401:
      meaning = " (Anmeldung nötig)";
      break;
    case 403:
      meaning = " (Zugriff verweigert)";
      break;
    case 404:
      meaning = " (nicht gefunden)";
      break;
    case 410:
      meaning = " (gibt es nicht mehr)";
      break;
    case 429:
      meaning = " (zu viele Anfragen)";
      break;
    case 500:
      meaning = " (Fehler im Server)";
      break;
    case 502:
      meaning = " (der Server dahinter antwortet falsch)";
      break;
    case 503:
      meaning = " (zurzeit nicht verfügbar)";
      break;
    case 504:
      meaning = " (der Server dahinter antwortet nicht)";
      break;
    default:
      break;
  }
  return "Der Server antwortet mit " + std::to_string(status) + meaning + ".";
}

/// `verified` is OpenSSL's result for the chain (X509_V_ERR_...); 0 or 1: the chain holds, the name does not.
std::string sentence_of_certificate(long verified) {
  switch (verified) {
    case 0:
    case 1:
      return "Das Zertifikat des Servers gilt nicht für diesen Rechnernamen.";
    case 9:
      return "Das Zertifikat des Servers gilt noch nicht.";
    case 10:
      return "Das Zertifikat des Servers ist abgelaufen.";
    case 18:
    case 19:
    case 20:
    case 21:
      return "Das Zertifikat des Servers stammt von keiner bekannten Stelle.";
    default:
      return "Das Zertifikat des Servers ist nicht gültig (" + std::to_string(verified) + ").";
  }
}

/// A new file; removed again unless it was kept.
class NewFile {
 public:
  explicit NewFile(std::string path)
      : path_(std::move(path)),
        fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644)),
        error_(fd_ < 0 ? errno : 0) {}
  ~NewFile() {
    if (fd_ < 0) return;
    ::close(fd_);
    if (!kept_) ::unlink(path_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  bool write(std::string_view bytes) {
    while (!bytes.empty() && !error_) {
      const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
      if (count >= 0)
        bytes.remove_prefix(static_cast<std::size_t>(count));
      else if (errno != EINTR)
        error_ = errno;
    }
    return !error_;
  }
  bool keep() {
    if (!error_ && ::fsync(fd_) != 0) error_ = errno;
    return kept_ = !error_;
  }
  int error() const { return error_; }

 private:
  std::string path_;
  int fd_;
  int error_;
  bool kept_ = false;
};

struct Token {
  std::string text;
  SteadyClock::time_point until;
};

}  // namespace

class HttpClient::Session {
 public:
  explicit Session(HttpOptions options) : options_(std::move(options)) {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (initialised != CURLE_OK) throw std::runtime_error("libcurl cannot be initialised");
    handle_.reset(curl_easy_init());
    if (!handle_) throw std::bad_alloc();
    for (const std::string& line : options_.resolve) append(resolve_, line);
    agent_ = "vsm/" VSM_VERSION;
    if (!options_.contact.empty() && !has_controls(options_.contact))
      agent_ += " (+" + options_.contact + ")";
  }

  HttpResult fetch(const HttpRequest& request) {
    std::string authorization;
    if (const auto failed = authorize(request, authorization)) return *failed;
    HttpResult result = follow(request, authorization);
    if (result.status == 401 && request.auth && request.auth->kind == Auth::Kind::client_credentials) {
      tokens_.erase(token_key(*request.auth));
      if (const auto failed = authorize(request, authorization)) return *failed;
      result = follow(request, authorization);
    }
    return result;
  }

 private:
  struct FreeHandle {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };

  /// What happens while one request is under way.
  struct Transfer {
    const HttpOptions* options = nullptr;
    CURL* handle = nullptr;
    NewFile* file = nullptr;
    std::string* body = nullptr;
    bool discard = false;
    std::int64_t limit = 0, taken = 0, discarded = 0;
    bool too_large = false, enough = false, unwritable = false, refused = false;
  };

  HttpOptions options_;
  std::unique_ptr<CURL, FreeHandle> handle_;
  List resolve_;
  std::string agent_;
  std::map<std::string, Token> tokens_;

  static HttpResult failed(HttpFailure failure, std::string sentence) {
    HttpResult result;
    result.failure = failure;
    result.error = std::move(sentence);
    return result;
  }

  static std::string token_key(const Auth& auth) {
    return auth.token_url + '\n' + auth.id_variable + '\n' + auth.secret_variable + '\n' + auth.scope;
  }

  /// The value of a variable; a failure where it is not set or cannot stand in a header.
  static std::optional<HttpResult> secret(const std::string& variable, std::string& value) {
    const char* text = variable.empty() ? nullptr : std::getenv(variable.c_str());
    value = text ? text : "";
    if (value.empty())
      return failed(HttpFailure::login,
                    "Die Umgebungsvariable „" + variable + "“ mit den Zugangsdaten ist nicht gesetzt.");
    if (has_controls(value))
      return failed(HttpFailure::login,
                    "Die Umgebungsvariable „" + variable + "“ enthält unzulässige Steuerzeichen.");
    return std::nullopt;
  }

  /// Fills in the header line of a request; a failure where there is no token.
  std::optional<HttpResult> authorize(const HttpRequest& request, std::string& authorization) {
    authorization.clear();
    if (!request.auth || request.auth->kind == Auth::Kind::none) return std::nullopt;
    if (!may_carry_secrets(request.url))
      return failed(HttpFailure::login, "Zugangsdaten werden nur über https gesendet; die Adresse ist http.");
    std::string token;
    auto problem = request.auth->kind == Auth::Kind::bearer ? secret(request.auth->token_variable, token)
                                                            : granted_token(*request.auth, token);
    if (problem) return problem;
    authorization = "Authorization: Bearer " + token;
    return std::nullopt;
  }

  std::optional<HttpResult> granted_token(const Auth& auth, std::string& token) {
    const auto known = tokens_.find(token_key(auth));
    if (known != tokens_.end() && SteadyClock::now() < known->second.until) {
      token = known->second.text;
      return std::nullopt;
    }
    if (!may_carry_secrets(auth.token_url))
      return failed(HttpFailure::login, "Die Adresse für das Zugangstoken muss mit https beginnen.");
    std::string id;
    std::string password;
    if (auto problem = secret(auth.id_variable, id)) return problem;
    if (auto problem = secret(auth.secret_variable, password)) return problem;
    std::string form = "grant_type=client_credentials&client_id=" + form_encoded(handle_.get(), id) +
                       "&client_secret=" + form_encoded(handle_.get(), password);
    if (!auth.scope.empty()) form += "&scope=" + form_encoded(handle_.get(), auth.scope);

    HttpRequest request;
    request.url = auth.token_url;
    request.max_bytes = token_answer_limit;
    const HttpResult answer = once(request, {}, &form);
    if (answer.failure == HttpFailure::stopped) return answer;
    const auto refused = [&](const std::string& reason) {
      HttpResult result =
          failed(HttpFailure::login, "Die Anmeldung für das Zugangstoken ist gescheitert: " + reason);
      result.status = answer.status;
      result.retry_after = answer.retry_after;
      return result;
    };
    if (!answer.error.empty()) return refused(answer.error);
    if (!answer.ok()) return refused(sentence_of(answer.status));

    simdjson::dom::parser parser;
    simdjson::dom::element document;
    std::string_view text;
    if (parser.parse(answer.body).get(document) != simdjson::SUCCESS ||
        document["access_token"].get(text) != simdjson::SUCCESS || text.empty() ||
        std::any_of(text.begin(), text.end(), [](unsigned char c) { return c <= 0x20 || c >= 0x7f; }))
      return refused("Die Antwort enthält kein Token.");
    double seconds = 0;
    if (document["expires_in"].get(seconds) != simdjson::SUCCESS || !(seconds > 0)) seconds = 60;
    seconds = std::min(seconds, 86'400.0);
    // Old enough to be refused on its way is too old.
    const double margin = std::min(30.0, seconds / 4);
    token = text;
    tokens_[token_key(auth)] = {token,
                                SteadyClock::now() + std::chrono::duration_cast<SteadyClock::duration>(
                                                         std::chrono::duration<double>(seconds - margin))};
    return std::nullopt;
  }

  HttpResult follow(const HttpRequest& request, const std::string& authorization) {
    HttpRequest hop = request;
    for (int hops = 0;; ++hops) {
      HttpResult result = once(hop, same_origin(hop.url, request.url) ? authorization : "", nullptr);
      if (!request.follow || result.failure != HttpFailure::none || result.location.empty()) return result;
      const auto end = [&](std::string sentence) {
        result.failure = HttpFailure::redirects;
        result.error = std::move(sentence);
        return result;
      };
      if (hops == options_.max_redirects) return end("Der Server leitet zu oft weiter.");
      const auto from = url_parts(hop.url);
      const auto to = url_parts(result.location);
      if (!to) return end("Der Server leitet auf eine Adresse weiter, die keine Web-Adresse ist.");
      if (from && from->scheme == "https" && to->scheme == "http" && !options_.allow_downgrade)
        return end("Der Server leitet von https auf unverschlüsseltes http weiter.");
      hop.url = result.location;
    }
  }

  /// One request, no redirects. `form` makes it a POST.
  HttpResult once(const HttpRequest& request, const std::string& authorization, const std::string* form) {
    HttpResult result;
    result.url = request.url;
    const Url url = parsed(request.url);
    if (!url) {
      result.failure = HttpFailure::address;
      result.error = "Die Adresse ist keine gültige Web-Adresse (http oder https, ohne Benutzernamen).";
      return result;
    }
    std::optional<NewFile> file;
    if (!request.file.empty()) {
      file.emplace(request.file);
      if (file->error()) return unwritable(std::move(result), file->error());
    }

    CURL* curl = handle_.get();
    curl_easy_reset(curl);
    Transfer transfer;
    transfer.options = &options_;
    transfer.handle = curl;
    transfer.file = file ? &*file : nullptr;
    transfer.body = &result.body;
    transfer.discard = request.ignore_content;
    transfer.limit = request.max_bytes > 0 ? request.max_bytes : options_.max_bytes;

    List headers;
    if (!authorization.empty()) append(headers, authorization);
    if (!request.etag.empty() && !has_controls(request.etag))
      append(headers, "If-None-Match: " + request.etag);
    if (!request.last_modified.empty() && !has_controls(request.last_modified))
      append(headers, "If-Modified-Since: " + request.last_modified);
    set_options(transfer, url.get(), headers.get());
    if (request.head) curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    if (form) {
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(form->size()));
      curl_easy_setopt(curl, CURLOPT_POSTFIELDS, form->c_str());
    }
    if (request.cookies) {
      curl_easy_setopt(curl, CURLOPT_COOKIEFILE, "");
      curl_easy_setopt(curl, CURLOPT_COOKIELIST, "ALL");
      for (const std::string& cookie : *request.cookies)
        curl_easy_setopt(curl, CURLOPT_COOKIELIST, cookie.c_str());
    }

    const CURLcode code = curl_easy_perform(curl);
    read_answer(result);
    result.bytes = transfer.taken;
    if (request.cookies) take_cookies(*request.cookies);
    judge(code, transfer, result);
    if (result.failure == HttpFailure::file) return unwritable(std::move(result), file ? file->error() : EIO);
    if (result.ok() && file && !file->keep()) return unwritable(std::move(result), file->error());
    if (!result.ok()) result.body.clear();
    return result;
  }

  void set_options(Transfer& transfer, CURLU* url, curl_slist* headers) {
    CURL* curl = handle_.get();
    curl_easy_setopt(curl, CURLOPT_CURLU, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, agent_.c_str());
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.total_timeout.count()));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(options_.low_speed));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.low_speed_time.count()));
    curl_easy_setopt(curl, CURLOPT_RESOLVE, resolve_.get());
    if (!options_.ca_file.empty()) {
      curl_easy_setopt(curl, CURLOPT_CAINFO, options_.ca_file.c_str());
      curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
    }
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Session::on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &Session::on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
    if (options_.refuse_address || is_loopback(lower(part(url, CURLUPART_HOST))))
      curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (options_.refuse_address) {
      curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &Session::on_socket);
      curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &transfer);
    }
  }

  static std::size_t on_bytes(char* data, std::size_t, std::size_t count, void* pointer) {
    Transfer& transfer = *static_cast<Transfer*>(pointer);
    const auto size = static_cast<std::int64_t>(count);
    long status = 0;
    curl_easy_getinfo(transfer.handle, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200 || transfer.discard) {
      transfer.discarded += size;
      transfer.enough = transfer.discarded > discard_limit;
      return transfer.enough ? CURL_WRITEFUNC_ERROR : count;
    }
    if (transfer.taken + size > transfer.limit) {
      transfer.too_large = true;
      return CURL_WRITEFUNC_ERROR;
    }
    if (!transfer.file) {
      transfer.body->append(data, count);
    } else if (!transfer.file->write({data, count})) {
      transfer.unwritable = true;
      return CURL_WRITEFUNC_ERROR;
    }
    transfer.taken += size;
    return count;
  }

  static int on_progress(void* pointer, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(pointer)->options->stop.stop_requested() ? 1 : 0;
  }

  static curl_socket_t on_socket(void* pointer, curlsocktype, curl_sockaddr* address) {
    Transfer& transfer = *static_cast<Transfer*>(pointer);
    std::array<char, INET6_ADDRSTRLEN> text{};
    int port = 0;
    if (address->family == AF_INET) {
      sockaddr_in v4{};
      std::memcpy(&v4, &address->addr, sizeof v4);
      port = ntohs(v4.sin_port);
      ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    } else if (address->family == AF_INET6) {
      sockaddr_in6 v6{};
      std::memcpy(&v6, &address->addr, sizeof v6);
      port = ntohs(v6.sin6_port);
      ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    }
    if (transfer.options->refuse_address(text.data(), port)) {
      transfer.refused = true;
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  std::string header(const char* name) const {
    curl_header* found = nullptr;
    if (curl_easy_header(handle_.get(), name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK) return {};
    // Kept for later requests and in files, so nothing may break a line of either.
    const std::string_view value = found->value;
    return value.size() > 1'024 || has_controls(value) ? std::string() : std::string(value);
  }

  void read_answer(HttpResult& result) const {
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    result.status = static_cast<int>(status);
    result.etag = header("etag");
    result.last_modified = header("last-modified");
    result.content_type = lower(header("content-type"));
    curl_off_t seconds = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RETRY_AFTER, &seconds);
    result.retry_after = std::max<std::int64_t>(0, seconds);
    char* location = nullptr;
    curl_easy_getinfo(handle_.get(), CURLINFO_REDIRECT_URL, &location);
    if (location && status >= 300 && status < 400 && status != 304) result.location = location;
  }

  void take_cookies(std::vector<std::string>& cookies) const {
    curl_slist* list = nullptr;
    curl_easy_getinfo(handle_.get(), CURLINFO_COOKIELIST, &list);
    const List owner(list);
    cookies.clear();
    for (; list; list = list->next) cookies.emplace_back(list->data);
    curl_easy_setopt(handle_.get(), CURLOPT_COOKIEFILE, nullptr);  // curl_easy_reset() would leak its list
    curl_easy_setopt(handle_.get(), CURLOPT_COOKIELIST, "ALL");
  }

  void judge(CURLcode code, const Transfer& transfer, HttpResult& result) const {
    const auto fail = [&](HttpFailure failure, std::string sentence) {
      result.failure = failure;
      result.error = std::move(sentence);
    };
    if (code != CURLE_OK && !transfer.enough) {
      if (transfer.too_large)
        return fail(HttpFailure::too_large,
                    "Die Antwort ist größer als erlaubt (" + std::to_string(transfer.limit) + " Bytes).");
      if (transfer.unwritable) return fail(HttpFailure::file, {});
      switch (code) {
        case CURLE_URL_MALFORMAT:
          return fail(HttpFailure::address, "Die Adresse ist keine gültige Web-Adresse.");
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
          return fail(HttpFailure::name, "Der Rechnername lässt sich nicht auflösen.");
        case CURLE_COULDNT_CONNECT:
          return transfer.refused ? fail(HttpFailure::internal,
                                         "Die Adresse führt in ein internes Netz und wird nicht abgerufen.")
                                  : fail(HttpFailure::connect, "Der Server nimmt keine Verbindung an.");
        case CURLE_OPERATION_TIMEDOUT:
          return fail(HttpFailure::timeout, "Der Server antwortet nicht oder zu langsam.");
        case CURLE_PEER_FAILED_VERIFICATION: {
          long verified = 0;
          curl_easy_getinfo(handle_.get(), CURLINFO_SSL_VERIFYRESULT, &verified);
          return fail(HttpFailure::tls, sentence_of_certificate(verified));
        }
        case CURLE_SSL_CONNECT_ERROR:
          return fail(HttpFailure::tls, "Eine verschlüsselte Verbindung kommt nicht zustande.");
        case CURLE_SSL_CACERT_BADFILE:
          return fail(HttpFailure::tls,
                      "Die Datei mit den Zertifikaten der Zertifizierungsstellen lässt sich nicht lesen.");
        case CURLE_ABORTED_BY_CALLBACK:
          return fail(HttpFailure::stopped, "Der Abruf wurde abgebrochen.");
        case CURLE_PARTIAL_FILE:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
        case CURLE_GOT_NOTHING:
          return fail(HttpFailure::cut_off, "Der Server hat die Verbindung vorzeitig beendet.");
        default:
          return fail(HttpFailure::cut_off, std::string("Die Antwort des Servers ist fehlerhaft (") +
                                                curl_easy_strerror(code) + ").");
      }
    }
    if (result.status >= 400) result.error = sentence_of(result.status);
  }

  static HttpResult unwritable(HttpResult result, int error) {
    result.failure = HttpFailure::file;
    result.error =
        "Die Antwort lässt sich hier nicht speichern (" + std::generic_category().message(error) + ").";
    return result;
  }
};

HttpClient::HttpClient(HttpOptions options) : session_(std::make_unique<Session>(std::move(options))) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

HttpResult HttpClient::fetch(const HttpRequest& request) { return session_->fetch(request); }

HttpOptions options_for_links(std::string contact) {
  HttpOptions options;
  options.contact = std::move(contact);
  options.total_timeout = std::chrono::seconds(30);
  options.low_speed_time = std::chrono::seconds(20);
  options.max_bytes = 1'000'000;
  options.allow_downgrade = true;
  options.refuse_address = [](const std::string& address, int) { return is_internal_address(address); };
  return options;
}

std::optional<UrlParts> url_parts(std::string_view url) {
  const Url split = parsed(url);
  if (!split) return std::nullopt;
  return UrlParts{part(split.get(), CURLUPART_SCHEME), lower(part(split.get(), CURLUPART_HOST)),
                  part(split.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT), part(split.get(), CURLUPART_PATH)};
}

std::string host_of(std::string_view url) {
  const auto parts = url_parts(url);
  return parts ? parts->host : std::string();
}

bool same_origin(std::string_view a, std::string_view b) {
  const auto first = url_parts(a);
  const auto second = url_parts(b);
  return first && second && first->scheme == second->scheme && first->host == second->host &&
         first->port == second->port;
}

std::string resolved_url(std::string_view base, std::string_view relative) {
  const Url url = parsed(base);
  if (!url || relative.find('\0') != std::string_view::npos ||
      curl_url_set(url.get(), CURLUPART_URL, percent_encoded(relative).c_str(), 0) != CURLUE_OK ||
      !usable(url.get()))
    return {};
  return part(url.get(), CURLUPART_URL);
}

bool is_internal_address(const std::string& address) {
  struct Range4 {
    std::uint32_t first;
    unsigned bits;
  };
  static constexpr std::array<Range4, 15> ranges = {{{0x00000000, 8},    // this network
                                                     {0x0a000000, 8},    // private
                                                     {0x64400000, 10},   // carrier-grade NAT
                                                     {0x7f000000, 8},    // loopback
                                                     {0xa9fe0000, 16},   // link-local
                                                     {0xac100000, 12},   // private
                                                     {0xc0000000, 24},   // protocol assignments
                                                     {0xc0000200, 24},   // documentation
                                                     {0xc0586300, 24},   // 6to4 relays, given up
                                                     {0xc0a80000, 16},   // private
                                                     {0xc6120000, 15},   // benchmarks
                                                     {0xc6336400, 24},   // documentation
                                                     {0xcb007100, 24},   // documentation
                                                     {0xe0000000, 4},    // multicast
                                                     {0xf0000000, 4}}};  // reserved, broadcast
  const auto internal4 = [](std::uint32_t number) {
    return std::any_of(ranges.begin(), ranges.end(), [number](const Range4& range) {
      return number >> (32 - range.bits) == range.first >> (32 - range.bits);
    });
  };
  in_addr v4{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) return internal4(ntohl(v4.s_addr));

  in6_addr v6{};
  if (::inet_pton(AF_INET6, address.c_str(), &v6) != 1) return true;
  const auto& bytes = v6.s6_addr;
  const auto inside = [&](std::size_t at) {
    return internal4(std::uint32_t{bytes[at]} << 24U | std::uint32_t{bytes[at + 1]} << 16U |
                     std::uint32_t{bytes[at + 2]} << 8U | bytes[at + 3]);
  };
  const auto zeros = [&](std::size_t from, std::size_t to) {
    return std::all_of(bytes + from, bytes + to, [](std::uint8_t byte) { return byte == 0; });
  };
  if (zeros(0, 10) && bytes[10] == 0xff && bytes[11] == 0xff) return inside(12);                  // mapped
  if (bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == 0xff && bytes[3] == 0x9b && zeros(4, 12))  // NAT64
    return inside(12);
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return inside(2);  // 6to4
  // What is given out to be reached from everywhere is 2000::/3; in it, Teredo and documentation are not.
  if ((bytes[0] & 0xe0U) != 0x20) return true;
  if (bytes[0] == 0x20 && bytes[1] == 0x01)
    return (bytes[2] == 0 && bytes[3] == 0) || (bytes[2] == 0x0d && bytes[3] == 0xb8);
  return false;
}

}  // namespace vsm
