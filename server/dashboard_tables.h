// The tables of the dashboard to take away; docs/dashboard.md says what each column counts.
#pragma once

#include <optional>
#include <string_view>

#include "query/dashboard.h"
#include "server/export_table.h"

namespace vsm {

/// "figures", "areas", "topics", "maturity", "trust", "reuse", "services" or "history"; "compare" where there
/// is another area. Nothing for another name.
std::optional<ExportTable> dashboard_table(std::string_view name, const DashboardAnswer& answer,
                                           const DashboardAnswer* other, bool english);

}  // namespace vsm
