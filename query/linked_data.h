// Services as linked data, for search engines and for the single digital gateway: JSON-LD that says each fact
// twice, in the words of schema.org (GovernmentService) and in those of CPSV-AP 3.2 (cpsv:PublicService).
// Areas are named by the addresses of DCAT-AP.de, so that data of other publishers meet them.
#pragma once

#include <string>

#include "query/search.h"

namespace vsm {

/// `base` stands before all own addresses: "https://suche.example.de", or nothing, then they are relative.
std::string to_json_ld(const ServiceAnswer& answer, const std::string& base);
/// The results as one graph, best first.
std::string to_json_ld(const SearchAnswer& answer, const std::string& base);

/// The address of the page of a service, with its place.
std::string service_address(const SearchResult& result, std::optional<AreaIndex> place,
                            const AreaTable& areas);
/// Percent-encoded for an address.
std::string url_encoded(std::string_view text);

}  // namespace vsm
