#include "store/sheet.h"

#include <algorithm>
#include <numeric>

#include "store/records.h"

namespace vsm {
namespace {

template <class Entry>
std::span<const Entry> key_range(const std::vector<Entry>& entries, std::uint64_t first, std::uint64_t last) {
  const auto begin =
      std::lower_bound(entries.begin(), entries.end(), first,
                       [](const Entry& entry, std::uint64_t n) { return entry.key.number() < n; });
  const auto end = std::upper_bound(
      begin, entries.end(), last, [](std::uint64_t n, const Entry& entry) { return n < entry.key.number(); });
  return {begin, end};
}

constexpr std::uint64_t first_of(std::uint64_t group) { return group * 1'000; }
constexpr std::uint64_t last_of(std::uint64_t group) { return group * 1'000 + 999; }

}  // namespace

void Sheet::derive() {
  by_doc.resize(texts.size());
  std::iota(by_doc.begin(), by_doc.end(), 0U);
  std::stable_sort(by_doc.begin(), by_doc.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return texts[a].doc < texts[b].doc; });
  docs = Bitmap();
  for (const SheetText& text : texts) docs.add(text.doc);
  docs.runOptimize();
  kin.clear();
  for (const SheetKin& entry : kin_of)
    if (kin.empty() || kin.back() != entry.key) kin.push_back(entry.key);
}

std::span<const SheetText> Sheet::texts_for(ServiceKey key) const {
  return key_range(texts, key.number(), key.number());
}

std::span<const SheetText> Sheet::texts_in_group(std::uint64_t group) const {
  return key_range(texts, first_of(group), last_of(group));
}

std::span<const SheetJoin> Sheet::online_in_group(std::uint64_t group) const {
  return key_range(online_joins, first_of(group), last_of(group));
}

std::span<const SheetJoin> Sheet::offices_in_group(std::uint64_t group) const {
  return key_range(office_joins, first_of(group), last_of(group));
}

std::span<const std::uint32_t> Sheet::entries_of(DocId doc) const {
  const auto begin = std::lower_bound(by_doc.begin(), by_doc.end(), doc,
                                      [&](std::uint32_t at, DocId d) { return texts[at].doc < d; });
  const auto end = std::upper_bound(begin, by_doc.end(), doc,
                                    [&](DocId d, std::uint32_t at) { return d < texts[at].doc; });
  return {begin, end};
}

OfferTraits traits_of(const OnlineService& service) {
  OfferTraits traits;
  traits.trust_level = static_cast<std::uint8_t>(std::clamp(service.trust_level, 0, 255));
  if (service.maturity && *service.maturity >= 0 && *service.maturity <= 7)
    traits.maturity = static_cast<std::int8_t>(*service.maturity);
  traits.scale = service.maturity_scale == "0-4" ? 4 : service.maturity_scale == "0-7" ? 7 : 0;
  return traits;
}

bool Availability::is_online(Day day) const {
  return !own.isEmpty() || !inherited.isEmpty() ||
         std::any_of(dated.begin(), dated.end(), [&](const Dated& part) { return part.validity.holds(day); });
}

Bitmap Availability::online(Day day) const {
  Bitmap result = own | inherited;
  for (const Dated& part : dated)
    if (part.validity.holds(day)) result |= part.municipalities;
  return result;
}

Bitmap Availability::online_by_itself(Day day) const {
  Bitmap result = own;
  for (const Dated& part : dated)
    if (part.own && part.validity.holds(day)) result |= part.municipalities;
  return result;
}

Availability availability_from(const AvailabilityRecord& record, const AreaTable& areas) {
  Availability result;
  const auto part_of = [&](const Period& validity, bool own) -> Bitmap& {
    if (validity.always()) return own ? result.own : result.inherited;
    const auto same = std::find_if(result.dated.begin(), result.dated.end(), [&](const auto& dated) {
      return dated.validity == validity && dated.own == own;
    });
    if (same != result.dated.end()) return same->municipalities;
    result.dated.push_back({validity, own, {}});
    return result.dated.back().municipalities;
  };
  const auto kind_of = [&](const Period& validity, const OfferTraits& traits) -> Bitmap& {
    const auto same = std::find_if(result.kinds.begin(), result.kinds.end(), [&](const auto& kind) {
      return kind.validity == validity && kind.traits == traits;
    });
    if (same != result.kinds.end()) return same->municipalities;
    result.kinds.push_back({traits, validity, {}});
    return result.kinds.back().municipalities;
  };
  for (const AvailabilityRecord::Own& part : record.own) {
    part_of(part.validity, part.own) |= part.municipalities;
    kind_of(part.validity, part.traits) |= part.municipalities;
  }
  for (const AvailabilityRecord::Above& part : record.above) {
    const auto members = areas.municipalities_in(part.area);
    part_of(part.validity, false).addMany(members.size(), members.data());
    kind_of(part.validity, part.traits).addMany(members.size(), members.data());
  }
  return result;
}

}  // namespace vsm
