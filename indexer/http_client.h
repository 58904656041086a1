// Fetches over http and https: feeds into files, small answers into memory. Built on libcurl.
// Certificates are always checked. Redirects are followed by hand, so that each hop is checked like the first
// address: only http and https, never from https back to http, credentials only to the origin they are for.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace vsm {

/// How to log in to a feed. Secrets are named, never held: they stand in environment variables.
struct Auth {
  enum class Kind : std::uint8_t { none, bearer, client_credentials };
  Kind kind = Kind::none;
  std::string token_variable;                ///< bearer: the variable with the token
  std::string token_url;                     ///< client_credentials (RFC 6749, 4.4): where tokens are given
  std::string id_variable, secret_variable;  ///< ... the variables with client id and client secret
  std::string scope;                         ///< ... may be empty
};

struct HttpOptions {
  std::string contact;  ///< e-mail or web address of the operator; part of the User-Agent
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds total_timeout{6 * 3'600'000};  ///< for one request; 0: none
  /// A transfer that stays below this many bytes a second for that long is given up.
  std::int64_t low_speed = 1'024;
  std::chrono::seconds low_speed_time{120};
  std::int64_t max_bytes = 20'000'000'000;  ///< of one answer, unpacked
  int max_redirects = 5;
  /// Follow from https to http; only sensible where nothing is kept of the answer.
  bool allow_downgrade = false;
  std::string ca_file;  ///< PEM file of the authorities to trust in place of the system's; may be empty
  /// Asked before each connection with the address in numbers ("10.0.0.1", "fe80::1") and the port; true: no
  /// connection. Where it is set, no proxy is used, as behind one nobody could tell. Empty: all may be
  /// reached.
  std::function<bool(const std::string& address, int port)> refuse_address;
  std::vector<std::string> resolve;  ///< fixed addresses, "name:port:address", instead of asking the DNS
  std::stop_token stop;              ///< ends a transfer within about a second
};

/// Options for links that others wrote: internal addresses refused, 1 MB and 30 seconds at most, any redirect
/// between http and https.
HttpOptions options_for_links(std::string contact);

enum class HttpFailure : std::uint8_t {
  none,       ///< there is an answer, whatever its status
  address,    ///< the address cannot be used: no http or https, holds a password, malformed
  name,       ///< the DNS does not know the host
  connect,    ///< refused or unreachable
  internal,   ///< HttpOptions::refuse_address
  tls,        ///< no encrypted connection, certificate not valid
  timeout,    ///< too slow
  redirects,  ///< too many, or from https to http
  too_large,
  cut_off,  ///< the answer ended too early or was malformed
  login,    ///< no token to be had
  file,     ///< cannot be written here
  stopped
};

struct HttpRequest {
  std::string url;
  /// Where a 200 is written and brought to disk; must not exist yet. Empty: into HttpResult::body.
  std::string file = {};
  std::int64_t max_bytes = 0;      ///< 0: HttpOptions::max_bytes
  std::string etag = {};           ///< for If-None-Match
  std::string last_modified = {};  ///< for If-Modified-Since
  const Auth* auth = nullptr;
  bool head = false;                            ///< HEAD instead of GET
  bool ignore_content = false;                  ///< stop after its first bytes, keep nothing
  bool follow = true;                           ///< redirects; else HttpResult::location names the next
  std::vector<std::string>* cookies = nullptr;  ///< kept between requests of one chain, in and out
};

struct HttpResult {
  int status = 0;  ///< of the last answer; 0: none
  HttpFailure failure = HttpFailure::none;
  std::string error;  ///< a German sentence for every failure and for each status from 400 on; else empty
  std::string etag, last_modified, content_type;
  std::string url;               ///< that answered last
  std::string location;          ///< absolute address of a redirect that was not followed
  std::int64_t retry_after = 0;  ///< seconds from now; 0: not stated
  std::int64_t bytes = 0;        ///< of the content taken, unpacked
  std::string body;              ///< content of a 200 without HttpRequest::file

  bool ok() const { return failure == HttpFailure::none && status == 200; }
};

/// Keeps connections and tokens between requests. One thread at a time; a client for each thread.
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  /// Never throws for what a server does. After a failure, or a status other than 200, there is no file.
  HttpResult fetch(const HttpRequest& request);

 private:
  class Session;
  std::unique_ptr<Session> session_;
};

struct UrlParts {
  std::string scheme, host;  ///< in small letters
  std::string port, path;
  auto operator<=>(const UrlParts&) const = default;
};
/// The parts of an absolute http or https address; nothing for any other text and for one with a user name.
std::optional<UrlParts> url_parts(std::string_view url);
/// The host in small letters; empty where there is none.
std::string host_of(std::string_view url);
bool same_origin(std::string_view a, std::string_view b);
/// An address as it stands in a page of `base`, absolute; empty where it makes no http or https address.
std::string resolved_url(std::string_view base, std::string_view relative);

/// Loopback, private, link-local, unique-local, multicast and reserved addresses (IANA special-purpose
/// registries), also inside of IPv6 (mapped, NAT64, 6to4). True for what is no address in numbers.
bool is_internal_address(const std::string& address);

}  // namespace vsm
