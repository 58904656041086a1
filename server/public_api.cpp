#include "server/public_api.h"

#include <cstdint>
#include <utility>

#include "server/request.h"
#include "server/routes.h"
#include "server/web_files.h"

namespace vsm {

using httplib::Request;
using httplib::Response;

namespace {

/// FNV-1a, 64 bits.
class Hash {
 public:
  Hash& add(std::string_view text) {
    for (char c : text) add_byte(static_cast<unsigned char>(c));
    add_byte(0xFF);  // no UTF-8 has it: "a", "b" and "ab" differ
    return *this;
  }
  /// 16 hexadecimal digits.
  std::string text() const {
    std::string digits;
    for (unsigned shift = 64; shift > 0; shift -= 4)
      digits += "0123456789abcdef"[value_ >> (shift - 4) & 15U];
    return digits;
  }

 private:
  void add_byte(unsigned char byte) { value_ = (value_ ^ byte) * 1'099'511'628'211U; }
  std::uint64_t value_ = 14'695'981'039'346'656'037U;
};

/// Another program may answer otherwise: its number, and the description of its answers.
std::string program() {
  static const std::string known = Hash().add(VSM_VERSION).add(web_file("openapi.json")).text();
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

HttpServer::Handler revalidated(SearchEngine& engine, std::string setting, HttpServer::Handler answer) {
  return [&engine, setting = std::move(setting), answer = std::move(answer)](const Request& request,
                                                                             Response& response) {
    allow_any_origin(response);
    // Weak: it speaks of the content, however it is packed.
    const std::string tag = "\"" +
                            Hash()
                                .add(program())
                                .add(setting)
                                .add(engine.state())
                                .add(date_text(today()))
                                .add(request.target)
                                .text() +
                            "\"";
    const auto send_tag = [&] {
      response.set_header("ETag", "W/" + tag);
      response.set_header("Cache-Control", "public, no-cache");
    };
    if (request.get_header_value("If-None-Match").find(tag) != std::string::npos) {
      response.status = 304;
      return send_tag();
    }
    answer(request, response);
    if (response.status == 200) send_tag();
  };
}

}  // namespace vsm
