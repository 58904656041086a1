// Whether a query is the name of a topic (Themenfeld) or a situation (Lage): then its services can be browsed.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalogue.h"
#include "language/analyzer.h"
#include "query/understanding.h"

namespace vsm {

struct NamedTopic {
  std::string topic;      ///< id
  std::string situation;  ///< id; empty where the whole topic is meant
  std::string name, name_en;
};

/// Immutable after construction; safe to read from many threads.
class TopicFinder {
 public:
  explicit TopicFinder(const Catalogue& catalogue);

  /// Names that hold all words of the query, which must make up half of the name at least; topics first, at
  /// most three.
  std::vector<NamedTopic> find(const Understood& query) const;

 private:
  struct Name {
    NamedTopic named;
    std::vector<std::string> stems;
  };
  std::vector<Name> names_;
};

}  // namespace vsm
