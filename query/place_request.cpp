#include "query/place_request.h"

#include <algorithm>

namespace vsm {

Result<PlaceFinder::Reading> read_place(const AreaTable& areas, const PlaceFinder& finder,
                                        std::string_view ars, std::string_view place) {
  PlaceFinder::Reading reading;
  if (!ars.empty()) {
    const bool digits = std::all_of(ars.begin(), ars.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits && (ars.size() < 2 || ars.size() > 12))
      return RequestError{400, "Ungültiger Regionalschlüssel",
                          "Ein Regionalschlüssel (ARS) hat 2 bis 12 Ziffern."};
    reading.chosen = areas.find(ars);
    if (!reading.chosen || areas[*reading.chosen].level == Level::katalog)
      return RequestError{404, "Unbekannter Regionalschlüssel",
                          "Zu diesem Regionalschlüssel (ARS) gibt es kein Gebiet."};
    return reading;
  }
  if (place.empty()) return reading;
  reading = finder.read(place);
  if (!reading.chosen && reading.others.empty())
    return RequestError{404, "Unbekannter Ort",
                        "Zu diesem Namen oder dieser Postleitzahl ist kein Ort bekannt."};
  return reading;
}

}  // namespace vsm
