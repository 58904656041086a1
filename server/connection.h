// The HTTP library's server with connections of our own: a request's head is bounded in bytes and time, a
// body is never read, and Range and Expect are taken for not sent, for nothing here has parts.
#pragma once

#include <httplib.h>

namespace vsm {

/// Whether a request announces a body.
bool has_body(const httplib::Request& request);
/// GET or HEAD; the library answers others too.
bool only_reads(const httplib::Request& request);

/// After a request that is no plain GET or HEAD, or that was not understood, the connection is closed. A line
/// above 8,192 bytes reaches the library cut, which answers it by 414 or 400. Who does not send a head or
/// take an answer in time is cut off. Times are bounded for a whole head and a whole answer, not from byte to
/// byte.
class HttpServer : public httplib::Server {
 public:
  /// Lets more connections wait to be taken than the library's five. After binding.
  void lengthen_queue();

 private:
  bool process_and_close_socket(socket_t socket) override;
};

}  // namespace vsm
