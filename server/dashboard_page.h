// The dashboard: what is online where, as pages. docs/dashboard.md says what each figure counts.
#pragma once

#include <string>

#include "query/dashboard.h"
#include "server/html.h"
#include "server/site.h"

namespace vsm {

struct DashboardInput {
  /// What an address carries, lang left out: ars, topic, level, with, show, areas, offer, services, page.
  Parameters parameters = {};
  std::string place = {};  ///< as typed, where nothing has that name
  bool english = false;

  std::string get(std::string_view name) const { return value_of(parameters, name); }
};

std::string dashboard_page(const DashboardInput& input, const DashboardAnswer& answer, const Site& site);
/// Two areas side by side.
std::string comparison_page(const DashboardInput& input, const DashboardAnswer& answer,
                            const DashboardAnswer& other, const Site& site);
/// What was wrong, with the form to ask again.
std::string dashboard_error_page(const DashboardInput& input, const RequestError& error, const Site& site);

}  // namespace vsm
