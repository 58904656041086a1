// The addresses that the server answers, by what they are for.
#pragma once

#include "query/query_counts.h"
#include "query/search.h"
#include "server/connection.h"
#include "server/server.h"

namespace vsm {

/// JSON under /api/v1, and its description as /openapi.json; docs/api.md. The engine and the counts must
/// outlive the server.
void add_api_v1(HttpServer& http, SearchEngine& engine, QueryCounts& queries, const ServerSettings& settings);
/// What people see.
void add_pages(HttpServer& http, SearchEngine& engine, QueryCounts& queries, const ServerSettings& settings);

}  // namespace vsm
