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

TableTexts with_word_lists(const TableTexts& tables, const std::optional<TableTexts>& lists) {
  if (!lists) return tables;
  TableTexts changed = tables;
  std::erase_if(changed, [](const auto& table) { return table.first.starts_with("synonyms/"); });
  changed.insert(lists->begin(), lists->end());
  return changed;
}

RevisionLens::RevisionLens(const IndexReader& reader, const std::string& land,
                           const std::optional<TableTexts>& word_lists)
    : snapshot(reader.shared_snapshot()),
      home_land(snapshot->areas.find(land)),
      home(home_of(*snapshot, home_land)),
      places(snapshot->areas, home_land),
      topics(snapshot->catalogue),
      model(with_word_lists(snapshot->word_tables, word_lists)) {
  const AreaTable& areas = snapshot->areas;
  std::vector<const Sheet*> sheets{&snapshot->unlisted};
  for (AreaIndex area = 0; area < areas.size(); ++area)
    if (areas[area].level >= Level::land) sheets.push_back(&reader.sheet(area));
  std::vector<std::vector<std::uint32_t>> of_doc(snapshot->text_count + 1);
  for (const Sheet* sheet : sheets) {
    for (const SheetText& text : sheet->texts) {
      if (text.validity.always())
        each_service(text.key, [&](ServiceKey key) { of_doc[text.doc].push_back(units.of(key)); });
    }
  }
  for (std::vector<std::uint32_t>& list : of_doc) {
    first.push_back(static_cast<std::uint32_t>(unit_list.size()));
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    unit_list.insert(unit_list.end(), list.begin(), list.end());
  }
  first.push_back(static_cast<std::uint32_t>(unit_list.size()));
}

std::shared_ptr<const RevisionLens> lens_of(const IndexReader& reader) {
  return std::static_pointer_cast<const RevisionLens>(reader.derived());
}

}  // namespace vsm
