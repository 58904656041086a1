// The addresses that the server answers, by what they are for.
#pragma once

#include <string_view>

#include "query/query_counts.h"
#include "query/search.h"
#include "server/connection.h"
#include "server/server.h"

namespace vsm {

/// JSON under /api/v1, and its description as /openapi.json; docs/api.md. The engine and the counts must
/// outlive the server.
void add_api_v1(HttpServer& http, SearchEngine& engine, QueryCounts& queries, const ServerSettings& settings);
/// The PVOG Suchdienst under /suchdienst/api and the former Verwaltungssuchmaschine NRW at the root, for
/// programs written for those: docs/compatibility.md.
void add_pvog(HttpServer& http, SearchEngine& engine, QueryCounts& queries);
void add_vsm_nrw(HttpServer& http, SearchEngine& engine, QueryCounts& queries);
/// Whether programs ask for an address below these: errors are then told in JSON.
bool is_compatible_path(std::string_view path);
/// The widget for pages of others, /widget.js, and how to use it, /einbinden. Before add_pages(), whose
/// /assets/ knows this release's files alone.
void add_embed_pages(HttpServer& http, SearchEngine& engine, const ServerSettings& settings);
/// What people see.
void add_pages(HttpServer& http, SearchEngine& engine, QueryCounts& queries, const ServerSettings& settings);
/// /dashboard and its tables to take away; docs/dashboard.md.
void add_dashboard_pages(HttpServer& http, SearchEngine& engine, const ServerSettings& settings);

}  // namespace vsm
