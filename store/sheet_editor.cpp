#include "store/sheet_editor.h"

#include <algorithm>
#include <set>

#include "store/layout.h"

namespace vsm {

void SheetEditor::remove_text(DocId doc, const std::vector<AreaIndex>& from, bool unlisted) {
  const bool drafted = drafted_.contains(doc);
  const auto take_out = [&](Draft& draft) {
    draft.removed.push_back(doc);
    if (!drafted) return;
    const auto its = [&](const auto& entry) { return entry.doc == doc; };
    std::erase_if(draft.texts, its);
    std::erase_if(draft.kin, its);
  };
  for (AreaIndex area : from) take_out(drafts_[area]);
  if (unlisted) take_out(unlisted_);
}

void SheetEditor::add_text(DocId doc, const ServiceText& text, const std::vector<AreaIndex>& in,
                           bool unlisted) {
  drafted_.add(doc);
  for (AreaIndex area : in) {
    Draft& draft = drafts_[area];
    for (ServiceKey key : text.kin) draft.kin.push_back({key, doc});
  }
  for (ServiceKey key : text.keys) {
    for (const Period& period : text.validity.periods()) {
      const SheetText entry{key, doc, period};
      for (AreaIndex area : in) drafts_[area].texts.push_back(entry);
      if (unlisted) unlisted_.texts.push_back(entry);
    }
  }
}

std::uint32_t SheetEditor::subject(const std::string& id, Subject subject) {
  subjects_.emplace_back(id, std::move(subject));
  return static_cast<std::uint32_t>(subjects_.size() - 1);
}

void SheetEditor::place(std::uint32_t subject, AreaIndex area, std::vector<ServiceKey> keys) {
  drafts_[area].placements.push_back({subject, std::move(keys)});
}

Sheet SheetEditor::read(const std::string& key) const {
  if (is_new_) return {};
  const std::string bytes = db_.get_metadata(key);
  return bytes.empty() ? Sheet() : from_bytes<Sheet>(bytes, "a sheet");
}

void SheetEditor::apply_texts(Sheet& sheet, Draft& draft) {
  if (!draft.removed.empty()) {
    std::sort(draft.removed.begin(), draft.removed.end());
    const auto gone = [&](const auto& entry) {
      return std::binary_search(draft.removed.begin(), draft.removed.end(), entry.doc);
    };
    std::erase_if(sheet.texts, gone);
    std::erase_if(sheet.kin_of, gone);
  }
  sheet.texts.insert(sheet.texts.end(), draft.texts.begin(), draft.texts.end());
  std::sort(sheet.texts.begin(), sheet.texts.end(), [](const SheetText& a, const SheetText& b) {
    return std::tie(a.key, a.doc, a.validity) < std::tie(b.key, b.doc, b.validity);
  });
  sheet.kin_of.insert(sheet.kin_of.end(), draft.kin.begin(), draft.kin.end());
  std::sort(sheet.kin_of.begin(), sheet.kin_of.end());
  sheet.kin_of.erase(std::unique(sheet.kin_of.begin(), sheet.kin_of.end()), sheet.kin_of.end());
}

/// Replaces the entries of the placed subjects of this type and leaves all others as they are.
template <class Object>
void SheetEditor::apply_placements(std::vector<Object>& objects, std::vector<SheetJoin>& joins,
                                   const std::vector<Placement>& placements) const {
  struct Entry {
    Object object;
    std::vector<ServiceKey> keys;
  };
  std::map<std::string, Entry> entries;
  std::vector<Entry*> by_index;
  for (Object& object : objects) {
    const std::string id = object.id.text();
    Entry& entry = entries[id];
    entry.object = std::move(object);
    by_index.push_back(&entry);
  }
  for (const SheetJoin& join : joins) by_index[join.index]->keys.push_back(join.key);
  for (const Placement& placement : placements) {
    const auto& [id, subject] = subjects_[placement.subject];
    const auto* object = std::get_if<Object>(&subject);
    if (!object) continue;
    if (placement.keys.empty())
      entries.erase(id);
    else
      entries[id] = {*object, placement.keys};
  }
  objects.clear();
  joins.clear();
  for (auto& [id, entry] : entries) {
    std::sort(entry.keys.begin(), entry.keys.end());
    entry.keys.erase(std::unique(entry.keys.begin(), entry.keys.end()), entry.keys.end());
    for (ServiceKey key : entry.keys) joins.push_back({key, static_cast<std::uint32_t>(objects.size())});
    objects.push_back(std::move(entry.object));
  }
  // Objects stand by id, so the position is their rank.
  std::sort(joins.begin(), joins.end(), [](const SheetJoin& a, const SheetJoin& b) {
    return std::tie(a.key, a.index) < std::tie(b.key, b.index);
  });
}

SheetEditor::Contributions SheetEditor::contributions(
    const Sheet& sheet, AreaIndex area,
    const std::unordered_map<std::string, AreaIndex>& area_of_source) const {
  Contributions result;
  const bool is_municipality = areas_[area].level == Level::gemeinde;
  for (const SheetJoin& join : sheet.online_joins) {
    const OnlineService& service = sheet.online_services[join.index];
    if (!service.is_online()) continue;
    // What another town runs for this one (EfA) is not the town's own.
    const auto source = area_of_source.find(service.source);
    const bool own = is_municipality && source != area_of_source.end() && source->second == area;
    for (const Period& period : service.validity.periods()) {
      auto& list = result[join.key];
      const Contribution entry{period, own, traits_of(service)};
      if (std::find(list.begin(), list.end(), entry) == list.end()) list.push_back(entry);
    }
  }
  for (auto& [key, list] : result) std::sort(list.begin(), list.end());
  return result;
}

void SheetEditor::update_availability(AreaIndex area, const Contributions& before,
                                      const Contributions& after) {
  std::set<ServiceKey> keys;
  for (const auto& [key, list] : before) keys.insert(key);
  for (const auto& [key, list] : after) keys.insert(key);
  const bool is_municipality = areas_[area].level == Level::gemeinde;
  const auto members = areas_.municipalities_in(area);
  for (ServiceKey key : keys) {
    const auto old = before.find(key), now = after.find(key);
    if (old != before.end() && now != after.end() && old->second == now->second) continue;
    auto known = availability_.find(key);
    if (known == availability_.end()) {
      const std::string bytes =
          is_new_ ? std::string() : db_.get_metadata(layout::online_prefix + std::to_string(key.number()));
      known = availability_
                  .emplace(key, bytes.empty() ? AvailabilityRecord()
                                              : from_bytes<AvailabilityRecord>(bytes, "an availability"))
                  .first;
    }
    AvailabilityRecord& record = known->second;
    if (!is_municipality) {
      std::erase_if(record.above, [&](const auto& part) { return part.area == area; });
      if (now != after.end())
        for (const Contribution& part : now->second)
          record.above.push_back({area, part.validity, part.traits});
      continue;
    }
    for (MunicipalityIndex municipality : members) {
      for (auto& part : record.own) part.municipalities.remove(municipality);
      if (now == after.end()) continue;
      for (const Contribution& contribution : now->second) {
        const auto same = std::find_if(record.own.begin(), record.own.end(), [&](const auto& part) {
          return part.validity == contribution.validity && part.own == contribution.own &&
                 part.traits == contribution.traits;
        });
        if (same != record.own.end()) {
          same->municipalities.add(municipality);
        } else {
          record.own.push_back({contribution.validity, contribution.own, contribution.traits, {}});
          record.own.back().municipalities.add(municipality);
        }
      }
    }
  }
}

void SheetEditor::write(const std::unordered_map<std::string, AreaIndex>& area_of_source, Touched& touched) {
  for (auto& [area, draft] : drafts_) {
    const std::string key = layout::sheet_prefix + areas_[area].id();
    Sheet sheet = read(key);
    apply_texts(sheet, draft);
    if (!draft.placements.empty()) {
      const auto before = contributions(sheet, area, area_of_source);
      apply_placements(sheet.online_services, sheet.online_joins, draft.placements);
      apply_placements(sheet.offices, sheet.office_joins, draft.placements);
      update_availability(area, before, contributions(sheet, area, area_of_source));
    }
    db_.set_metadata(key, sheet.empty() ? std::string() : to_bytes(sheet));
    touched.areas.push_back(area);
    draft = Draft();
  }
  drafts_.clear();
  subjects_.clear();
  if (!unlisted_.removed.empty() || !unlisted_.texts.empty() || is_new_) {
    Sheet sheet = read(layout::unlisted_key);
    apply_texts(sheet, unlisted_);
    db_.set_metadata(layout::unlisted_key, to_bytes(sheet));
    touched.unlisted = true;
    unlisted_ = Draft();
  }
  for (auto& [key, record] : availability_) {
    std::erase_if(record.own, [](const auto& part) { return part.municipalities.isEmpty(); });
    for (auto& part : record.own) part.municipalities.runOptimize();
    const bool is_empty = record.own.empty() && record.above.empty();
    db_.set_metadata(layout::online_prefix + std::to_string(key.number()),
                     is_empty ? std::string() : to_bytes(record));
    touched.keys.push_back(key);
  }
  availability_.clear();
  drafted_ = Bitmap();
  is_new_ = false;
}

}  // namespace vsm
