#include "query/coverage_table.h"

#include <algorithm>

namespace vsm {

CoverageTable::CoverageTable(const Snapshot& snapshot, Day day)
    : day_(day), width_((snapshot.areas.municipality_count() + 63) / 64) {
  const auto entries = snapshot.catalogue.entries();
  auto availability = snapshot.availability().begin();
  const auto end = snapshot.availability().end();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    while (availability != end && availability->first < entries[i].key) ++availability;
    if (availability == end) break;
    if (availability->first != entries[i].key || entries[i].heading) continue;
    const Availability& its = availability->second;
    const Bitmap online = its.online(day);
    if (online.isEmpty()) continue;
    Row row{i, add(online), add(its.online_by_itself(day)), {}};
    std::vector<std::pair<OfferTraits, Bitmap>> kinds;
    for (const Availability::Kind& kind : its.kinds) {
      if (!kind.validity.holds(day)) continue;
      const auto same = std::find_if(kinds.begin(), kinds.end(),
                                     [&](const auto& known) { return known.first == kind.traits; });
      if (same != kinds.end())
        same->second |= kind.municipalities;
      else
        kinds.emplace_back(kind.traits, kind.municipalities);
    }
    for (const auto& kind : kinds) row.kinds.emplace_back(kind.first, add(kind.second));
    rows_.push_back(std::move(row));
  }
}

std::vector<std::uint64_t> CoverageTable::bits_of(const Bitmap& municipalities) const {
  std::vector<std::uint32_t> numbers(municipalities.cardinality());
  municipalities.toUint32Array(numbers.data());
  std::vector<std::uint64_t> words(width_);
  for (MunicipalityIndex number : numbers)
    if (number / 64 < width_) words[number / 64] |= std::uint64_t{1} << (number % 64);
  return words;
}

std::size_t CoverageTable::add(const Bitmap& municipalities) {
  const auto words = bits_of(municipalities);
  words_.insert(words_.end(), words.begin(), words.end());
  return words_.size() / width_ - 1;
}

std::shared_ptr<const CoverageTable> CoverageTables::on(Day day, const Snapshot& snapshot) const {
  const std::lock_guard hold(mutex_);
  if (!last_ || last_->day() != day) last_ = std::make_shared<const CoverageTable>(snapshot, day);
  return last_;
}

}  // namespace vsm
