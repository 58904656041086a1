#include "indexer/side_table.h"

#include <charconv>

#include "catalog/tables.h"
#include "language/fold.h"

namespace vsm {

SideTable::SideTable(const std::string& path) {
  const std::string text = read_file(path);
  TableReader rows(path, text, {"id", "maturity", "scale", "efa", "provider"});
  while (rows.next()) {
    for (std::size_t i = 0; i < 5; ++i)
      if (!language::is_utf8(rows[i])) throw rows.error("the line is not UTF-8");
    Row row;
    if (!rows[1].empty()) {
      int maturity = 0;
      const char* end = rows[1].data() + rows[1].size();
      const int top = rows[2] == "0-4" ? 4 : rows[2] == "0-7" ? 7 : -1;
      if (std::from_chars(rows[1].data(), end, maturity).ptr != end || maturity < 0 || maturity > top)
        throw rows.error("maturity must lie on its scale 0-4 or 0-7");
      row.maturity = maturity;
      row.scale = rows[2];
    }
    row.efa = rows[3] == "yes";
    row.provider = rows[4];
    rows_.emplace(rows[0], std::move(row));
  }
}

void SideTable::complete(OnlineService& service) const {
  const auto found = rows_.find(service.id.text());
  if (found == rows_.end()) return;
  service.maturity = found->second.maturity;
  service.maturity_scale = found->second.scale;
  service.efa = found->second.efa;
  if (!found->second.provider.empty()) service.provider = found->second.provider;
}

}  // namespace vsm
