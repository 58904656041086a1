// Offices and online services for themselves: one whole, with the areas and services that it is for, and all
// of a place, its own and those of the areas above it, in an order that no reindex changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/search.h"

namespace vsm {

/// What an office or online service does in one area.
struct Duty {
  AreaIndex area = 0;
  std::vector<ServiceKey> keys;  ///< sorted
};

/// Areas that one answer lists; an online service for all of Germany may stand in 11,000.
inline constexpr std::size_t duties_listed = 100;

struct OfficeAnswer {
  Office office;
  std::vector<Duty> duties;      ///< nearest level first, at most `duties_listed`
  std::size_t duties_total = 0;  ///< areas
  IndexReader reader;
};

struct OnlineServiceAnswer {
  OnlineService service;
  std::string url;  ///< its link; what it asks for of a place is left out
  std::vector<Duty> duties;
  std::size_t duties_total = 0;
  IndexReader reader;
};

struct OffersRequest {
  std::string ars, place;  ///< as of SearchRequest
  std::string key;         ///< 14 digits; empty: all services
  std::string topic;       ///< id; empty: all
  std::string cursor;      ///< of the answer before
  std::int64_t size = 20;  ///< 1 to 100
  std::optional<Day> day;  ///< default: today
};

/// One entry for each area and office.
struct OfficesAnswer {
  struct Entry {
    const Office* office = nullptr;
    AreaIndex area = 0;
    std::vector<ServiceKey> keys;  ///< that fit the request, sorted
  };
  std::optional<AreaIndex> place;
  std::vector<AreaIndex> places;  ///< other readings of the place
  std::size_t total = 0;
  std::vector<Entry> entries;
  std::string next_cursor;  ///< empty behind the last entry
  IndexReader reader;
};

/// One entry for each area, service key and online service.
struct OnlineServicesAnswer {
  std::optional<AreaIndex> place;
  std::vector<AreaIndex> places;
  std::size_t total = 0;
  std::vector<OnlineOffer> entries;
  std::string next_cursor;
  IndexReader reader;
};

/// By ObjectId::text(). Valid on the day, or a RequestError of status 404. Throw IndexError.
Result<OfficeAnswer> find_office(IndexReader reader, std::string_view id, Day day);
Result<OnlineServiceAnswer> find_online_service(IndexReader reader, std::string_view id, Day day);

/// What holds at a place, nearest level first, then by area, key and id. Throw IndexError.
Result<OfficesAnswer> list_offices(IndexReader reader, const OffersRequest& request);
Result<OnlineServicesAnswer> list_online_services(IndexReader reader, const OffersRequest& request);

}  // namespace vsm
