#include "query/dashboard.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "query/assembly.h"
#include "query/lens.h"
#include "query/view.h"

namespace vsm {
namespace {

using Starts = std::vector<DashboardAnswer::Service::Start>;

bool has_topic(const CatalogueEntry& entry, const Catalogue& catalogue, std::optional<std::size_t> topic) {
  return !topic || (catalogue.topics_of(entry) >> *topic & 1U) != 0;
}

/// Where people of a municipality start each service.
std::unordered_map<ServiceKey, Starts> starts_in(const IndexReader& reader, AreaIndex town, Day day) {
  const Snapshot& snapshot = reader.snapshot();
  const std::string id = snapshot.areas[town].id();
  std::set<std::string> own_sources;
  for (const SourceInfo& source : snapshot.sources)
    if (source.area == id) own_sources.insert(source.id);
  std::unordered_map<ServiceKey, Starts> starts;
  const View view(reader, town, lens_of(reader)->home, day);
  for (const Step& step : view.steps()) {
    if (!step.area) continue;
    for (const SheetJoin& join : step.sheet->online_joins) {
      const OnlineService& service = step.sheet->online_services[join.index];
      if (!service.is_online() || !service.validity.holds(day)) continue;
      starts[join.key].push_back(
          {{&service, join.key, *step.area, filled_link(service, join.key, &snapshot.areas[town])},
           *step.area == town && own_sources.contains(service.source)});
    }
  }
  for (auto& [key, list] : starts)
    std::stable_partition(list.begin(), list.end(), [](const auto& start) { return start.own; });
  return starts;
}

std::vector<Level> levels_in(const AreaTable& areas, AreaIndex area) {
  std::vector<Level> levels;
  const auto inside = areas.municipalities_in(area);
  for (Level level : {Level::land, Level::regierungsbezirk, Level::kreis, Level::gemeinde}) {
    if (level >= areas[area].level) continue;
    for (AreaIndex part = 0; part < areas.size(); ++part) {
      if (areas[part].level != level) continue;
      const auto its = areas.municipalities_in(part);
      if (its.empty() || !std::includes(inside.begin(), inside.end(), its.begin(), its.end())) continue;
      levels.push_back(level);
      break;
    }
  }
  return levels;
}

/// Of what people look at first: Länder of the Bund, and towns where a page can hold them.
std::optional<Level> usual_level(const AreaTable& areas, AreaIndex area, const std::vector<Level>& levels) {
  constexpr std::size_t towns_on_a_page = 1'000;
  if (levels.empty()) return std::nullopt;
  if (areas.municipalities_in(area).size() <= towns_on_a_page) return levels.back();
  const bool has_kreise = std::find(levels.begin(), levels.end(), Level::kreis) != levels.end();
  return levels.front() != Level::land && has_kreise ? Level::kreis : levels.front();
}

std::vector<DashboardAnswer::Service> services_in(const CoverageAnswer& coverage,
                                                  std::optional<std::size_t> topic) {
  const Snapshot& snapshot = coverage.reader.snapshot();
  const auto table = lens_of(coverage.reader)->coverage.on(coverage.day, snapshot);
  const auto members = snapshot.areas.municipalities_in(coverage.area);
  std::vector<MunicipalityIndex> covered;
  std::copy_if(members.begin(), members.end(), std::back_inserter(covered),
               [&](MunicipalityIndex town) { return snapshot.covered.contains(town); });
  const auto count = [](CoverageTable::Bits set, std::span<const MunicipalityIndex> towns) {
    return static_cast<std::uint32_t>(
        std::count_if(towns.begin(), towns.end(), [&](auto town) { return CoverageTable::has(set, town); }));
  };
  std::vector<DashboardAnswer::Service> services;
  for (const CoverageTable::Row& row : table->rows()) {
    if (!has_topic(snapshot.catalogue.entries()[row.entry], snapshot.catalogue, topic)) continue;
    const auto online = table->bits(row.online), own = table->bits(row.own);
    const std::uint32_t somewhere = count(online, members);
    if (somewhere == 0) continue;
    services.push_back({row.entry,
                        count(online, covered),
                        count(own, covered),
                        somewhere == members.size(),
                        count(own, members) > 0,
                        {}});
  }
  if (snapshot.areas[coverage.area].level == Level::gemeinde) {
    auto starts = starts_in(coverage.reader, coverage.area, coverage.day);
    for (DashboardAnswer::Service& service : services)
      service.starts = std::move(starts[snapshot.catalogue.entries()[service.entry].key]);
  }
  return services;
}

std::vector<DashboardAnswer::Reuse> reuse_in(const CoverageAnswer& coverage, const ReuseTable& table,
                                             std::optional<std::size_t> topic) {
  const Snapshot& snapshot = coverage.reader.snapshot();
  const Catalogue& catalogue = snapshot.catalogue;
  const Bitmap covered = snapshot.municipalities_in(coverage.area) & snapshot.covered;
  std::vector<DashboardAnswer::Reuse> reuse;
  for (const ReuseTable::Service& shared : table.services()) {
    if (!shared.service.is_online() || !shared.service.validity.holds(coverage.day)) continue;
    const bool fits = !topic || std::any_of(shared.keys.begin(), shared.keys.end(), [&](ServiceKey key) {
      const CatalogueEntry* entry = catalogue.find(key);
      return entry && has_topic(*entry, catalogue, topic);
    });
    const auto online = static_cast<std::uint32_t>(shared.municipalities.and_cardinality(covered));
    if (fits && online > 0) reuse.push_back({&shared, online});
  }
  std::stable_sort(reuse.begin(), reuse.end(),
                   [](const auto& a, const auto& b) { return a.online > b.online; });
  return reuse;
}

std::optional<DashboardAnswer::Rank> rank_of(const CoverageAnswer& coverage,
                                             std::optional<std::size_t> topic) {
  const AreaTable& areas = coverage.reader.snapshot().areas;
  const Level level = areas[coverage.area].level;
  if (coverage.covered == 0 || level >= Level::bund) return std::nullopt;
  const auto land = areas.land_of(coverage.area);
  const AreaIndex within = land && level < Level::land ? *land : areas.bund();
  const AreaCoverage all = count_area(coverage.reader, within, topic, level, coverage.day);
  DashboardAnswer::Rank rank{within, 1, 0};
  for (const AreaCoverage::Part& part : all.parts) {
    if (part.covered == 0) continue;
    ++rank.of;
    rank.place += part.count.own_pairs * coverage.covered > coverage.all.own_pairs * part.covered;
  }
  if (rank.of < 2) return std::nullopt;
  return rank;
}

/// Whether any source that speaks for the area or a part of it delivers samples.
bool has_sample(const CoverageAnswer& coverage, const std::vector<DashboardAnswer::Reuse>& reuse) {
  const Snapshot& snapshot = coverage.reader.snapshot();
  const Bitmap inside = snapshot.municipalities_in(coverage.area);
  const auto speaks_here = [&](const SourceInfo& source) {
    const auto area = snapshot.areas.find_id(source.area);
    if (!area) return false;
    const auto towns = snapshot.areas.municipalities_in(*area);
    return std::any_of(towns.begin(), towns.end(), [&](auto town) { return inside.contains(town); });
  };
  return std::any_of(snapshot.sources.begin(), snapshot.sources.end(),
                     [&](const SourceInfo& source) { return source.sample && speaks_here(source); }) ||
         std::any_of(reuse.begin(), reuse.end(),
                     [](const auto& entry) { return entry.service->service.sample; });
}

}  // namespace

Result<DashboardAnswer> make_dashboard(IndexReader reader, const CoverageRequest& request) {
  auto read = read_question(reader, request);
  if (auto* error = std::get_if<RequestError>(&read)) return *error;
  auto& question = std::get<CoverageQuestion>(read);
  const auto topic = question.topic;
  const AreaTable& areas = reader.snapshot().areas;
  auto levels = levels_in(areas, question.area);
  auto level = request.level;
  if (level && std::find(levels.begin(), levels.end(), *level) == levels.end()) level.reset();
  if (!level) level = usual_level(areas, question.area, levels);
  CoverageAnswer coverage = count_coverage(std::move(reader), std::move(question), level);
  auto services = services_in(coverage, topic);
  auto table = lens_of(coverage.reader)->reuse.of(coverage.reader);
  auto reuse = reuse_in(coverage, *table, topic);
  const auto rank = rank_of(coverage, topic);
  const bool sample = has_sample(coverage, reuse);
  std::string label =
      coverage.area == areas.bund() ? std::string() : lens_of(coverage.reader)->places.label(coverage.area);
  return DashboardAnswer{std::move(levels),
                         level,
                         std::move(label),
                         std::move(coverage),
                         std::move(services),
                         std::move(table),
                         std::move(reuse),
                         rank,
                         sample};
}

}  // namespace vsm
