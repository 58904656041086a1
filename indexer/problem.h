// What a reader or a check has to say about one place in a delivery, in a sentence an editor understands.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "catalog/objects.h"

namespace vsm {

struct Problem {
  std::string file;
  std::size_t line = 0;  ///< 0 where the format has no lines
  std::string object;    ///< id of the object, empty where it has none
  std::string message;   ///< plain German
  bool refused = false;  ///< the object is left out for it
};

/// Where readers hand on what they read. `object` may refuse by adding to `problem` itself.
struct ObjectSink {
  std::function<void(PublishedObject, const Problem& place)> object;
  std::function<void(Problem)> problem;
};

}  // namespace vsm
