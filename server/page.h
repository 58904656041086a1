// The pages as HTML. Everything from outside is escaped by the template library.
#pragma once

#include <string>

#include "query/search.h"

namespace vsm {

struct PageInput {
  std::string words, place;  ///< as typed
  bool online_only = false;
  bool literal = false;
  bool english = false;
  std::string topic;            ///< its id
  std::string public_url = {};  ///< as of ServerSettings
  std::string filters;          ///< filters but online_only, encoded for an address: "&topic=umwelt"
};

/// The start page.
std::string start_page(const PageInput& input);
std::string result_page(const PageInput& input, const SearchAnswer& answer);
/// A service at a place, whole.
std::string service_page(const PageInput& input, const ServiceAnswer& answer);
/// The description of the API, /openapi.json, for people.
std::string api_page();
/// The search page with what went wrong.
std::string error_page(const PageInput& input, const RequestError& error);

}  // namespace vsm
