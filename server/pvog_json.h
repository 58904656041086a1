// Objects of the PVOG Suchdienst as its programs know them: field names, ids, pages and codes of that API.
// docs/compatibility.md says what stands where and what is not known here.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "query/json_writer.h"
#include "query/records.h"

namespace vsm::pvog {

/// How an answer is told.
struct Manner {
  bool english = false;
  bool fill_links = false;  ///< place and key into links that ask for them
};

/// Zero-based, as Spring counts.
struct Page {
  std::int64_t number = 0, size = 10;
  std::size_t total = 0;

  std::size_t first() const { return std::min(total, static_cast<std::size_t>(number * size)); }
  std::size_t last() const { return std::min(total, first() + static_cast<std::size_t>(size)); }
};

/// The envelope of a page but for its content, of which `count` entries are on it.
void write_envelope(JsonWriter& json, const Page& page, std::size_t count);
template <class Range, class Body>
void write_page(JsonWriter& json, const Page& page, const Range& content, Body body) {
  json.array("content", content, body);
  write_envelope(json, page, content.size());
}

/// An entry of a search.
void write_summary(JsonWriter& json, const AreaTable& areas, const ServiceText& text, AreaIndex area,
                   Manner manner);
/// A text whole, with what its services have at the place of the records. `organisations`: their offices by
/// name too, which the older form of the endpoint did not have.
void write_detail(JsonWriter& json, const IndexReader& reader, const Records& records,
                  const ServiceText& text, AreaIndex area, Manner manner, bool organisations);
/// `responsible`: for the service that was asked about.
void write_office_title(JsonWriter& json, const Office& office, bool responsible);
void write_office(JsonWriter& json, const Office& office, bool responsible);
void write_online(JsonWriter& json, const IndexReader& reader, const Records& records,
                  const OnlineRecord& record);
void write_online_whole(JsonWriter& json, const IndexReader& reader, const Records& records,
                        const OnlineRecord& record);
void write_location(JsonWriter& json, const AreaTable& areas, AreaIndex area, const std::string& postcode);

}  // namespace vsm::pvog
