// Answers as JSON, the same for the HTTP API and for vsm-query --json. Field names: docs/api.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "query/coverage.h"
#include "query/offers.h"
#include "query/query_counts.h"
#include "query/search.h"

namespace vsm {

std::string to_json(const SearchAnswer& answer);
std::string to_json(const ServiceAnswer& answer);
std::string to_json(const PlacesAnswer& answer);
std::string to_json(const std::vector<QueryCounts::Entry>& queries);
std::string to_json(const OfficeAnswer& answer);
std::string to_json(const OfficesAnswer& answer);
std::string to_json(const OnlineServiceAnswer& answer);
std::string to_json(const OnlineServicesAnswer& answer);
/// `english`: names of topics in English.
std::string to_json(const TopicsAnswer& answer, bool english = false);
std::string to_json(const CoverageAnswer& answer, bool english = false);
/// "2026-11-23"
std::string date_text(Day day);
/// Seconds since 1970 as "2026-11-23T04:05:06Z".
std::string moment_text(std::int64_t seconds);
std::string to_json(const SuggestAnswer& answer);
/// RFC 9457 problem details.
std::string to_json(const RequestError& error);

}  // namespace vsm
