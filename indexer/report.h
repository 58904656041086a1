// What a check of one source has found, for editors (text, HTML) and for machines (JSON).
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "indexer/problem.h"

namespace vsm {

/// Collect problems by add(): it counts all of them and keeps some of each kind, so that memory stays bounded
/// however broken a delivery is.
struct SourceReport {
  std::string source, name;  ///< id of the source, and what people call it
  /// Objects that were read.
  std::size_t texts = 0, online_services = 0, offices = 0, responsibilities = 0, deletions = 0;
  std::vector<Problem> problems = {};                 ///< those that were kept, in the order they came
  std::size_t warnings = 0, refused = 0, broken = 0;  ///< of all problems
  /// How many of each severity every rule has, of all problems; indexed by Severity.
  std::map<std::string, std::array<std::size_t, 3>, std::less<>> by_rule = {};

  /// Keeps at most `keep` of one rule and severity.
  void add(Problem problem, std::size_t keep = 100);
  /// Counts an object that was read.
  void count(const Change& change);
};

/// 0: nothing to say; 1: warnings; 2: errors, something was refused or reading ended early.
int exit_status(const SourceReport& report);

/// Plain German, one finding a line as compilers write them, worst first, then a summary:
///   feed.xml:120 L100.LB.1: Die Adresse „www.x.de“ ist kein Link. [link-adresse]
void write_report_text(std::ostream& out, const SourceReport& report, bool colour);

/// One JSON document on one line. Its fields are stable; new ones may be added:
///   source, name     text
///   verdict          "good", "warnings" or "errors"
///   exitStatus       0, 1 or 2
///   summary          the verdict as a German sentence
///   objects          {texts, onlineServices, offices, responsibilities, deletions}
///   findings         {warnings, refused, broken}: of all problems
///   rules            [{id, title, advice, warnings, refused, broken}]: title and advice are null for a rule
///                    that docs/rules.md does not know; the rules with the worst findings first
///   problems         [{severity, rule, file, line, object, message}]: severity is "warning", "refused" or
///                    "broken"; line is null where the format has none, other fields where they are empty
///   problemsLeftOut  findings that are counted but not listed
void write_report_json(std::ostream& out, const SourceReport& report);

/// One page that needs nothing else: no script, no other file.
void write_report_html(std::ostream& out, const SourceReport& report);

}  // namespace vsm
