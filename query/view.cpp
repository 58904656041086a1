#include "query/view.h"

#include <algorithm>

namespace vsm {

View::View(const IndexReader& reader, std::optional<AreaIndex> place, AreaIndex home, Day day)
    : catalogue_(reader.snapshot().catalogue), has_place_(place.has_value()), day_(day) {
  const AreaTable& areas = reader.snapshot().areas;
  for (AreaIndex area : areas.chain(place.value_or(home)))
    steps_.push_back({&reader.sheet(area), area, areas[area].level});
  if (!place) steps_.push_back({&reader.snapshot().unlisted(), std::nullopt, Level::katalog});
}

Bitmap View::docs() const {
  std::vector<const Bitmap*> parts;
  for (const Step& step : steps_) parts.push_back(&step.sheet->docs);
  return Bitmap::fastunion(parts.size(), parts.data());
}

View::Found View::nearest(ServiceKey key, std::size_t from, bool with_heading) const {
  Found found;
  const ServiceKey heading = with_heading ? heading_of(key) : ServiceKey();
  for (std::size_t at = from; at < steps_.size(); ++at) {
    const Step& step = steps_[at];
    if (!found.docs.empty() && steps_[found.step].level != step.level) break;
    const std::size_t before = found.docs.size();
    collect(*step.sheet, key, found.docs);
    if (found.docs.size() == before && heading) collect(*step.sheet, heading, found.docs);
    if (before == 0 && !found.docs.empty()) {
      found.area = step.area;
      found.step = at;
    }
  }
  return found;
}

ServiceKey View::heading_of(ServiceKey key) const {
  const ServiceKey heading(key.object() * 1'000'000);
  return !key.is_local() && heading != key && catalogue_.is_heading(heading) ? heading : ServiceKey();
}

std::vector<ServiceKey> View::keys_of_group(std::uint64_t group) const {
  std::vector<ServiceKey> keys;
  for (const Step& step : steps_)
    for (const SheetText& entry : step.sheet->texts_in_group(group))
      if (entry.validity.holds(day_)) keys.push_back(entry.key);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

void View::collect(const Sheet& sheet, ServiceKey key, std::vector<DocId>& docs) const {
  for (const SheetText& entry : sheet.texts_for(key))
    if (entry.validity.holds(day_)) docs.push_back(entry.doc);
}

AreaIndex area_of(const ServiceText& text, const AreaTable& areas) {
  if (!text.areas.empty())
    if (const auto area = areas.find_id(text.areas.front())) return *area;
  return areas.bund();
}

}  // namespace vsm
