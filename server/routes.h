// The addresses that the server answers, by what they are for.
#pragma once

#include "query/search.h"
#include "server/connection.h"

namespace vsm {

/// JSON under /api/v1, docs/api.md. The engine must outlive the server.
void add_api_v1(HttpServer& http, SearchEngine& engine);
/// What people see.
void add_pages(HttpServer& http, SearchEngine& engine);

}  // namespace vsm
