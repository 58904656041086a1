// Asking an index that may be written to meanwhile.
#pragma once

#include "store/index_reader.h"

namespace vsm {

/// Calls `ask`, which takes a new reader each time, again where a writer overtook it: three times in all.
template <class Ask>
auto settled(Ask ask) {
  for (int tries = 3;; --tries) {
    try {
      return ask();
    } catch (const IndexOutdated&) {
      if (tries == 1) throw;
    }
  }
}

}  // namespace vsm
