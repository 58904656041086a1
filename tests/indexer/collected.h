// What a reader hands on, sorted, for tests.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "catalog/area_table.h"
#include "indexer/problem.h"
#include "tests/fixture.h"

namespace vsm {

struct Collected {
  std::vector<ServiceText> texts;
  std::vector<OnlineService> online;
  std::vector<Office> offices;
  std::vector<Responsibility> responsibilities;
  std::vector<Deletion> deletions;
  std::vector<Problem> problems;
  std::vector<std::size_t> lines;  ///< of each change
  bool whole = false;

  ChangeSink sink() {
    return {{},
            [this](Change change, const Problem& place) {
              lines.push_back(place.line);
              std::visit(Sort{*this}, change);
            },
            [this](Problem problem) { problems.push_back(std::move(problem)); }};
  }

  /// Rules of the problems of a severity, in order.
  std::vector<std::string> rules(Severity severity) const {
    std::vector<std::string> result;
    for (const Problem& problem : problems)
      if (problem.severity == severity) result.push_back(problem.rule);
    return result;
  }

 private:
  struct Sort {
    Collected& into;
    void operator()(ServiceText& o) const { into.texts.push_back(std::move(o)); }
    void operator()(OnlineService& o) const { into.online.push_back(std::move(o)); }
    void operator()(Office& o) const { into.offices.push_back(std::move(o)); }
    void operator()(Responsibility& o) const { into.responsibilities.push_back(std::move(o)); }
    void operator()(Deletion& o) const { into.deletions.push_back(std::move(o)); }
  };
};

inline const AreaTable& all_areas() {
  static const AreaTable areas(project_tables());
  return areas;
}

}  // namespace vsm
