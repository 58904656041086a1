#include "server/dashboard_tables.h"

#include <map>

#include "query/json.h"

namespace vsm {
namespace {

using Row = std::vector<ExportCell>;

Row operator+(Row row, const Row& more) {
  row.insert(row.end(), more.begin(), more.end());
  return row;
}

const std::vector<std::string> count_columns = {"services",  "somewhere", "everywhere",    "own",
                                                "inherited", "ownPairs",  "inheritedPairs"};

std::vector<std::string> and_counts(std::vector<std::string> columns) {
  columns.insert(columns.end(), count_columns.begin(), count_columns.end());
  return columns;
}

/// Of an area that no source delivers for there are no data.
Row counts(const CoverageCount& count, std::uint32_t covered) {
  if (covered == 0) return Row(count_columns.size());
  Row row;
  for (std::uint64_t number :
       {std::uint64_t{count.services}, std::uint64_t{count.somewhere}, std::uint64_t{count.everywhere},
        std::uint64_t{count.own}, std::uint64_t{count.inherited}, count.own_pairs, count.inherited_pairs})
    row.emplace_back(number);
  return row;
}

Row area_cells(const AreaTable& areas, AreaIndex area, std::uint32_t municipalities, std::uint32_t covered) {
  return {areas[area].id(), areas[area].short_name, std::uint64_t{areas[area].population},
          std::uint64_t{municipalities}, std::uint64_t{covered}};
}

const std::vector<std::string> area_columns = {"area", "name", "population", "municipalities", "covered"};

ExportTable figures(const DashboardAnswer& answer) {
  const CoverageAnswer& coverage = answer.coverage;
  ExportTable table{"figures", and_counts(area_columns), {}};
  table.columns.insert(table.columns.end(), {"rank", "rankOf"});
  Row rank(2);
  if (answer.rank) rank = {std::uint64_t{answer.rank->place}, std::uint64_t{answer.rank->of}};
  table.rows.push_back(
      area_cells(coverage.reader.snapshot().areas, coverage.area, coverage.municipalities, coverage.covered) +
      counts(coverage.all, coverage.covered) + rank);
  return table;
}

ExportTable parts(const DashboardAnswer& answer) {
  ExportTable table{"areas", and_counts(area_columns), {}};
  for (const AreaCoverage::Part& part : answer.coverage.parts)
    table.rows.push_back(
        area_cells(answer.coverage.reader.snapshot().areas, part.area, part.municipalities, part.covered) +
        counts(part.count, part.covered));
  return table;
}

ExportTable topics(const DashboardAnswer& answer, bool english) {
  const Catalogue& catalogue = answer.coverage.reader.snapshot().catalogue;
  ExportTable table{"topics", and_counts({"topic", "name"}), {}};
  for (std::size_t i = 0; i < answer.coverage.topics.size(); ++i) {
    const Topic& topic = catalogue.topics()[i];
    const CoverageCount& count = answer.coverage.topics[i];
    if (count.services > 0)
      table.rows.push_back(Row{topic.id, english ? topic.name_en : topic.name} +
                           counts(count, answer.coverage.covered));
  }
  return table;
}

ExportCell number_or_nothing(int number) {
  if (number < 0) return {};
  return static_cast<std::uint64_t>(number);
}

ExportTable traits(const DashboardAnswer& answer, bool maturity) {
  ExportTable table;
  table.name = maturity ? "maturity" : "trust";
  table.columns = maturity ? std::vector<std::string>{"scale", "maturity", "somewhere"}
                           : std::vector<std::string>{"trustLevel", "somewhere"};
  if (answer.coverage.covered == 0) return table;
  for (const auto& trait : maturity ? answer.coverage.maturities : answer.coverage.trust_levels) {
    Row row;
    if (maturity)
      row.push_back(trait.scale == 0 ? ExportCell() : ExportCell(trait.scale == 4 ? "0-4" : "0-7"));
    table.rows.push_back(row + Row{number_or_nothing(trait.value), std::uint64_t{trait.somewhere}});
  }
  return table;
}

ExportTable reuse(const DashboardAnswer& answer) {
  ExportTable table{"reuse", {"id", "title", "provider", "keys", "online", "covered", "url"}, {}};
  for (const DashboardAnswer::Reuse& entry : answer.reuse) {
    std::string keys;
    for (ServiceKey key : entry.service->keys)
      if (!key.is_local()) keys += (keys.empty() ? "" : " ") + key.text();
    const OnlineService& service = entry.service->service;
    table.rows.push_back({service.id.text(), service.title, service.provider, keys,
                          std::uint64_t{entry.online}, std::uint64_t{answer.coverage.covered}, service.url});
  }
  return table;
}

ExportTable services(const DashboardAnswer& answer) {
  const Catalogue& catalogue = answer.coverage.reader.snapshot().catalogue;
  ExportTable table{"services", {"key", "title", "online", "own", "covered", "everywhere", "url"}, {}};
  if (answer.coverage.covered == 0) return table;
  for (const DashboardAnswer::Service& service : answer.services) {
    const CatalogueEntry& entry = catalogue.entries()[service.entry];
    table.rows.push_back({entry.key.text(), entry.title, std::uint64_t{service.online},
                          std::uint64_t{service.own}, std::uint64_t{answer.coverage.covered},
                          service.everywhere ? "yes" : "no",
                          service.starts.empty() ? ExportCell() : ExportCell(service.starts[0].offer.url)});
  }
  return table;
}

ExportTable history(const DashboardAnswer& answer) {
  ExportTable table{"history",
                    {"revision", "time", "covered", "somewhere", "everywhere", "ownPairs", "inheritedPairs"},
                    {}};
  for (const CommitInfo& commit : answer.coverage.history)
    table.rows.push_back({commit.revision, moment_text(commit.time), std::uint64_t{commit.coverage.covered},
                          std::uint64_t{commit.coverage.somewhere}, std::uint64_t{commit.coverage.everywhere},
                          commit.coverage.own, commit.coverage.inherited});
  return table;
}

ExportTable comparison(const DashboardAnswer& answer, const DashboardAnswer& other) {
  const Catalogue& catalogue = answer.coverage.reader.snapshot().catalogue;
  ExportTable table{
      "compare", {"key", "title", "online", "own", "covered", "onlineThere", "ownThere", "coveredThere"}, {}};
  struct Both {
    const DashboardAnswer::Service *here = nullptr, *there = nullptr;
  };
  std::map<ServiceKey, Both> services;
  for (const auto& service : answer.services)
    services[catalogue.entries()[service.entry].key].here = &service;
  const Catalogue& other_catalogue = other.coverage.reader.snapshot().catalogue;
  for (const auto& service : other.services)
    services[other_catalogue.entries()[service.entry].key].there = &service;
  const auto cells = [](const DashboardAnswer::Service* service, const CoverageAnswer& coverage) {
    if (coverage.covered == 0) return Row{ExportCell(), ExportCell(), std::uint64_t{0}};
    return Row{std::uint64_t{service ? service->online : 0}, std::uint64_t{service ? service->own : 0},
               std::uint64_t{coverage.covered}};
  };
  for (const auto& [key, both] : services) {
    const CatalogueEntry* entry = catalogue.find(key);
    table.rows.push_back(Row{key.text(), entry ? entry->title : std::string()} +
                         cells(both.here, answer.coverage) + cells(both.there, other.coverage));
  }
  return table;
}

}  // namespace

std::optional<ExportTable> dashboard_table(std::string_view name, const DashboardAnswer& answer,
                                           const DashboardAnswer* other, bool english) {
  if (name == "figures") return figures(answer);
  if (name == "areas") return parts(answer);
  if (name == "topics") return topics(answer, english);
  if (name == "maturity" || name == "trust") return traits(answer, name == "maturity");
  if (name == "reuse") return reuse(answer);
  if (name == "services") return services(answer);
  if (name == "history") return history(answer);
  if (name == "compare" && other) return comparison(answer, *other);
  return std::nullopt;
}

}  // namespace vsm
