// What all answers of the public API have in common: a page of any origin may read them (CORS), and who has
// an answer already is told so before it is computed again (ETag).
#pragma once

#include "query/search.h"
#include "server/connection.h"

namespace vsm {

/// Access-Control-Allow-Origin for everybody: there are no cookies and no keys that a page could misuse.
void allow_any_origin(httplib::Response& response);

/// Whether a browser asks what a page of another origin may send here.
bool is_preflight(const httplib::Request& request);
void answer_preflight(httplib::Response& response);

/// Whether who asks has an answer of this tag already: `"..."`, without W/.
bool holds_on_to(const httplib::Request& request, const std::string& tag);

/// A route whose answers depend on the request, the index and the day alone. Its answers of status 200 get an
/// ETag of these, and `no-cache`: keep them, and ask each time whether they still hold. Such a question is a
/// 304 without a call of `answer`. `setting`: what answers depend on besides. The engine must outlive the
/// server.
HttpServer::Handler revalidated(SearchEngine& engine, std::string setting, HttpServer::Handler answer);

}  // namespace vsm
