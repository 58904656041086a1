// From what a request says of a place, by key or by name, to an area, or to a sentence that says what is
// wrong with it.
#pragma once

#include <string_view>

#include "catalog/area_table.h"
#include "query/place_finder.h"
#include "query/search.h"

namespace vsm {

/// An area key (`ars`: 2 to 12 digits or the id of a set) wins over `place`, a name or a postcode. Both
/// empty: a reading that chooses nothing and offers nothing. A RequestError of status 400 where the key is
/// none, and of 404 where nothing has it. `finder` is made of `areas`. Thread-safe.
Result<PlaceFinder::Reading> read_place(const AreaTable& areas, const PlaceFinder& finder,
                                        std::string_view ars, std::string_view place);

}  // namespace vsm
