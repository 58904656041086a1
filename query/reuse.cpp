#include "query/reuse.h"

#include <algorithm>
#include <map>

namespace vsm {
namespace {

std::vector<ServiceKey> keys_of(const Sheet& sheet, std::uint32_t service) {
  std::vector<ServiceKey> keys;
  for (const SheetJoin& join : sheet.online_joins)
    if (join.index == service) keys.push_back(join.key);
  return keys;
}

}  // namespace

ReuseTable::ReuseTable(const IndexReader& reader, const ReuseTable* before)
    : by_area_(reader.snapshot().areas.size()) {
  const AreaTable& areas = reader.snapshot().areas;
  std::map<std::string, Service> by_id;
  for (AreaIndex area = 0; area < areas.size(); ++area) {
    if (areas[area].level == Level::katalog) continue;
    Read& read = by_area_[area];
    read.mark = reader.snapshot().mark_of_sheet(area);
    if (before && area < before->by_area_.size() && before->by_area_[area].mark == read.mark) {
      read.offers = before->by_area_[area].offers;
    } else {
      const Sheet sheet = reader.read_sheet(area);
      std::vector<Offer> offers;
      for (std::uint32_t i = 0; i < sheet.online_services.size(); ++i)
        if (sheet.online_services[i].efa)
          offers.push_back(
              {std::make_shared<const OnlineService>(sheet.online_services[i]), keys_of(sheet, i)});
      if (!offers.empty()) read.offers = std::make_shared<const std::vector<Offer>>(std::move(offers));
    }
    if (!read.offers) continue;
    const auto members = areas.municipalities_in(area);
    for (const Offer& offer : *read.offers) {
      Service& its =
          by_id.try_emplace(offer.service->id.text(), Service{*offer.service, {}, {}}).first->second;
      its.keys.insert(its.keys.end(), offer.keys.begin(), offer.keys.end());
      its.municipalities.addMany(members.size(), members.data());
    }
  }
  for (auto& [id, service] : by_id) {
    std::sort(service.keys.begin(), service.keys.end());
    service.keys.erase(std::unique(service.keys.begin(), service.keys.end()), service.keys.end());
    services_.push_back(std::move(service));
  }
}

void ReuseTables::go_on_from(const ReuseTables& before) {
  const std::scoped_lock hold(mutex_, before.mutex_);
  before_ = before.table_ ? before.table_ : before.before_;
}

std::shared_ptr<const ReuseTable> ReuseTables::of(const IndexReader& reader) const {
  const std::lock_guard hold(mutex_);
  if (!table_) {
    table_ = std::make_shared<const ReuseTable>(reader, before_.get());
    before_.reset();
  }
  return table_;
}

}  // namespace vsm
