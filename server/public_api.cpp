#include "server/public_api.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdio>
#include <initializer_list>
#include <utility>

#include "server/request.h"
#include "server/routes.h"
#include "server/web_files.h"

namespace vsm {

using httplib::Request;
using httplib::Response;

namespace {

/// 16 hexadecimal digits for texts, told apart by a byte that no UTF-8 has.
std::string hash_of(std::initializer_list<std::string_view> texts) {
  std::string all;
  for (std::string_view text : texts) (all += text) += '\xFF';
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx",
                static_cast<unsigned long long>(XXH3_64bits(all.data(), all.size())));
  return digits;
}

/// Another program may answer otherwise: its number, and the description of its answers.
std::string program() {
  static const std::string known = hash_of({VSM_VERSION, web_file("openapi.json")});
  return known;
}

}  // namespace

void allow_any_origin(Response& response) {
  response.set_header("Access-Control-Allow-Origin", "*");
  response.set_header("Access-Control-Expose-Headers", "ETag");
}

bool is_preflight(const Request& request) {
  return request.method == "OPTIONS" && request.has_header("Origin") &&
         request.has_header("Access-Control-Request-Method") && !has_body(request) &&
         (request.path.starts_with("/api/v1/") || is_compatible_path(request.path));
}

void answer_preflight(Response& response) {
  allow_any_origin(response);
  response.set_header("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
  response.set_header("Access-Control-Allow-Headers", "Accept, If-None-Match, pvog-sud-api-client-id");
  response.set_header("Access-Control-Max-Age", "86400");
  response.status = 204;
}

bool holds_on_to(const Request& request, const std::string& tag) {
  return request.get_header_value("If-None-Match").find(tag) != std::string::npos;
}

HttpServer::Handler revalidated(SearchEngine& engine, std::string setting, HttpServer::Handler answer) {
  return [&engine, setting = std::move(setting), answer = std::move(answer)](const Request& request,
                                                                             Response& response) {
    allow_any_origin(response);
    // Weak: it speaks of the content, however it is packed.
    const std::string tag =
        "\"" + hash_of({program(), setting, engine.state(), date_text(today()), request.target}) + "\"";
    const auto send_tag = [&] {
      response.set_header("ETag", "W/" + tag);
      response.set_header("Cache-Control", "public, no-cache");
    };
    if (holds_on_to(request, tag)) {
      response.status = 304;
      return send_tag();
    }
    answer(request, response);
    if (response.status == 200) send_tag();
  };
}

}  // namespace vsm
