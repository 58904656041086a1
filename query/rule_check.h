// Checks the word lists of synonyms/ for editors: duplicates, loops, entries that lead to nothing, and
// entries without which graded queries would be answered better.
#pragma once

#include <string>
#include <vector>

#include "catalog/tables.h"

namespace vsm {

struct RuleFinding {
  enum class Kind { unreadable, duplicate, loop, nothing, hurts };
  Kind kind = Kind::nothing;
  std::string rule;     ///< file and line
  std::string message;  ///< a German sentence
};

/// `lists` are the files of synonyms/ as read_texts gives them; words are looked up in the index in
/// `index_directory`. `graded` are files of graded queries, may be empty. Ordered by file and line. Throws
/// IndexError and TableError.
std::vector<RuleFinding> check_rules(const std::string& index_directory, const TableTexts& lists,
                                     const std::vector<std::string>& graded);

}  // namespace vsm
