// The checks that a delivery goes through. Each has a short id that stands in every Problem, in reports and
// in docs/rules.md, and is never given another meaning.
#pragma once

#include <span>
#include <string_view>

namespace vsm {

struct Rule {
  std::string_view id;
  std::string_view title, advice;        ///< German: what it is called, and what an editor does about it
  std::string_view title_en, advice_en;  ///< the same in English
};

/// In the order in which docs/rules.md lists them.
std::span<const Rule> rules();
/// Null for an id that is none of them.
const Rule* find_rule(std::string_view id);

}  // namespace vsm
