// The addresses that the server answers, by what they are for.
#pragma once

#include "query/query_counts.h"
#include "query/search.h"
#include "server/connection.h"

namespace vsm {

/// JSON under /api/v1, docs/api.md. The engine and the counts must outlive the server.
/// `suggest`: whether suggestions are given; without it there are none, whatever is typed.
void add_api_v1(HttpServer& http, SearchEngine& engine, QueryCounts& queries, bool suggest);
/// What people see.
void add_pages(HttpServer& http, SearchEngine& engine, QueryCounts& queries);

}  // namespace vsm
