// What a reader or a check has to say about one place in a delivery, in a sentence an editor understands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "catalog/objects.h"

namespace vsm {

enum class Severity : std::uint8_t {
  warning,  ///< something of the object was left out or corrected
  refused,  ///< the object is in quarantine: it was not taken
  broken    ///< reading ended here: the rest of the file was not read
};

struct Problem {
  std::string file;
  std::size_t line = 0;  ///< 0 where the format has no lines
  std::string object;    ///< id of the object, empty where it has none
  std::string message;   ///< plain German, a whole sentence
  std::string rule;      ///< which check it is, the same in every language: "link-adresse"; docs/rules.md
  Severity severity = Severity::warning;
};

/// What a delivery says of itself before its objects.
struct DeliveryHead {
  std::int64_t created = 0;  ///< when the sender made it, seconds since 1970 (UTC); 0: not stated
};

/// Where readers hand on what they read. `head` may be called once before the objects of a file, or not at
/// all; the others as often as there is something.
struct ChangeSink {
  std::function<void(const DeliveryHead&)> head;
  std::function<void(Change, const Problem& place)> change;
  std::function<void(Problem)> problem;
};

}  // namespace vsm
