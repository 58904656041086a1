// What XZuFi has no field for, beside a feed: maturity (Reifegrad) with its scale, whether an online service
// is one for all (EfA) and who runs it. Columns: id, maturity, scale, efa, provider. docs/format-feeds.md.
#pragma once

#include <string>
#include <unordered_map>

#include "catalog/objects.h"

namespace vsm {

class SideTable {
 public:
  SideTable() = default;
  /// Throws TableError.
  explicit SideTable(const std::string& path);
  /// Fills in what the table says of this online service.
  void complete(OnlineService& service) const;

 private:
  struct Row {
    std::optional<int> maturity;
    std::string scale, provider;
    bool efa = false;
  };
  std::unordered_map<std::string, Row> rows_;
};

}  // namespace vsm
