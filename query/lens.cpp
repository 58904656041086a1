#include "query/lens.h"

#include <algorithm>

namespace vsm {
namespace {

/// The one municipality that all feeds are of, else the home Land.
AreaIndex home_of(const Snapshot& snapshot, std::optional<AreaIndex> home_land) {
  if (snapshot.covered.cardinality() == 1) return snapshot.areas.municipality(snapshot.covered.minimum());
  return home_land.value_or(snapshot.areas.bund());
}

}  // namespace

std::vector<CommitInfo> one_a_day(std::vector<CommitInfo> before, std::vector<CommitInfo> commits) {
  const auto day_of = [](const CommitInfo& commit) {
    return day_in_germany(std::chrono::system_clock::from_time_t(commit.time));
  };
  for (CommitInfo& commit : commits) {
    if (!before.empty() && day_of(before.back()) == day_of(commit))
      before.back() = std::move(commit);
    else
      before.push_back(std::move(commit));
  }
  return before;
}

TableTexts with_word_lists(const TableTexts& tables, const std::optional<TableTexts>& lists) {
  if (!lists) return tables;
  TableTexts changed = tables;
  std::erase_if(changed, [](const auto& table) { return table.first.starts_with("synonyms/"); });
  changed.insert(lists->begin(), lists->end());
  return changed;
}

RevisionLens::OfTables::OfTables(std::shared_ptr<const IndexTables> its_tables, const std::string& land,
                                 const std::optional<TableTexts>& word_lists)
    : tables(std::move(its_tables)),
      home_land(tables->areas.find(land)),
      places(tables->areas, home_land),
      topics(tables->catalogue),
      model(with_word_lists(tables->words, word_lists)),
      suggestions(tables->areas, tables->catalogue, places, model.rules()) {}

RevisionLens::RevisionLens(const IndexReader& reader, const std::string& land,
                           const std::optional<TableTexts>& word_lists, const RevisionLens* before)
    : snapshot(reader.shared_snapshot()),
      of_tables(before && before->of_tables->tables == snapshot->tables
                    ? before->of_tables
                    : std::make_shared<const OfTables>(snapshot->tables, land, word_lists)),
      home_land(of_tables->home_land),
      home(home_of(*snapshot, home_land)),
      places(of_tables->places),
      topics(of_tables->topics),
      model(of_tables->model),
      suggestions(of_tables->suggestions) {
  const bool goes_on = before && before->snapshot->build == snapshot->build &&
                       before->snapshot->revision <= snapshot->revision;
  history = one_a_day(goes_on ? before->history : std::vector<CommitInfo>(),
                      reader.commits(goes_on ? before->snapshot->revision : 0));
  const bool same_tables = before && before->of_tables == of_tables;
  unlisted_suggestions =
      same_tables && &before->snapshot->unlisted() == &snapshot->unlisted()
          ? before->unlisted_suggestions
          : suggestions.unlisted(reader, same_tables ? before->unlisted_suggestions : nullptr);
  const AreaTable& areas = snapshot->areas;
  std::vector<const Sheet*> sheets{&snapshot->unlisted()};
  for (AreaIndex area = 0; area < areas.size(); ++area)
    if (areas[area].level >= Level::land) sheets.push_back(&reader.sheet(area));
  std::vector<std::pair<DocId, std::uint32_t>> of_docs;
  for (const Sheet* sheet : sheets) {
    for (const SheetText& text : sheet->texts) {
      if (text.validity.always())
        each_service(text.key, [&](ServiceKey key) { of_docs.emplace_back(text.doc, units.of(key)); });
    }
  }
  std::sort(of_docs.begin(), of_docs.end());
  of_docs.erase(std::unique(of_docs.begin(), of_docs.end()), of_docs.end());
  first.resize(std::size_t{snapshot->last_doc} + 2);
  unit_list.reserve(of_docs.size());
  std::size_t at = 0;
  for (std::size_t doc = 0; doc < first.size(); ++doc) {
    first[doc] = static_cast<std::uint32_t>(unit_list.size());
    for (; at < of_docs.size() && of_docs[at].first == doc; ++at) unit_list.push_back(of_docs[at].second);
  }
  coverage.on(today(), *snapshot);
  if (goes_on) reuse.go_on_from(before->reuse);
}

std::shared_ptr<const RevisionLens> lens_of(const IndexReader& reader) {
  return std::static_pointer_cast<const RevisionLens>(reader.derived());
}

}  // namespace vsm
