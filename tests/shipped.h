// The index of the shipped data, opened once a test program.
#pragma once

#include "query/search.h"

namespace vsm {

inline SearchEngine& shipped_engine() {
  static SearchEngine engine(VSM_SHIPPED_FOLDER "/index");
  return engine;
}

}  // namespace vsm
