// The search page as HTML. Everything from outside is escaped by the template library.
#pragma once

#include <string>

#include "query/search.h"

namespace vsm {

struct PageInput {
  std::string words, place;  ///< as typed
  bool online_only = false;
  bool literal = false;
  bool english = false;
  std::string topic;    ///< its id
  std::string filters;  ///< filters but online_only, encoded for an address: "&topic=umwelt"
};

/// The start page.
std::string start_page(const PageInput& input);
std::string result_page(const PageInput& input, const SearchAnswer& answer);
/// A service at a place, whole.
std::string service_page(const PageInput& input, const ServiceAnswer& answer);
/// The search page with what went wrong.
std::string error_page(const PageInput& input, const RequestError& error);

/// Percent-encoded for the query part of an address.
std::string url_encoded(std::string_view text);

}  // namespace vsm
