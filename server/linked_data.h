// What other programs read to find their way: addresses of all services, the search as a search engine of the
// browser, and whom to tell of a weakness.
#pragma once

#include <string>

#include "query/search.h"
#include "server/connection.h"
#include "server/server.h"

namespace vsm {

/// /sitemap.xml and /opensearch.xml where there is a public address, /robots.txt, /.well-known/security.txt
/// where there is a contact. The engine must outlive the server.
void add_linked_data(HttpServer& http, SearchEngine& engine, const ServerSettings& settings);

/// Empty, or what is wrong with a setting, as CLI11 has it.
std::string is_public_url(const std::string& url);
std::string is_contact(const std::string& contact);

}  // namespace vsm
