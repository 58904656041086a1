#include "query/records.h"

#include <algorithm>
#include <map>
#include <unordered_set>
#include <utility>

#include "language/analyzer.h"
#include "query/assembly.h"
#include "query/lens.h"

namespace vsm {
namespace {

bool is_among(std::span<const ServiceKey> keys, ServiceKey key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// The offices of one sheet for a key, but those that are there already.
void add_offices(const Sheet& sheet, ServiceKey key, AreaIndex area, Day day,
                 std::vector<OfficeOffer>& offers) {
  for (const SheetJoin& join : sheet.offices_in_group(key.group())) {
    const Office& office = sheet.offices[join.index];
    const auto same = [&](const OfficeOffer& known) { return known.office->id == office.id; };
    if (join.key == key && office.validity.holds(day) && std::none_of(offers.begin(), offers.end(), same))
      offers.push_back({&office, key, area});
  }
}

}  // namespace

Records::Records(const IndexReader& reader, AreaIndex place, Day day)
    : reader_(reader), place_(place), view_(reader, place, place, day) {}

std::vector<TextRecord> Records::texts(bool inherited) const {
  std::vector<TextRecord> found;
  std::unordered_set<DocId> seen;
  for (std::size_t at = 0; at < view_.steps().size(); ++at) {
    const Step& step = view_.steps()[at];
    if (step.level == Level::katalog || (!inherited && step.area != place_)) continue;
    for (const SheetText& entry : step.sheet->texts)
      if (entry.validity.holds(view_.day()) && seen.insert(entry.doc).second)
        found.push_back({entry.doc, *step.area, at});
  }
  return found;
}

std::vector<TextRecord> Records::texts(std::span<const ServiceKey> keys) const {
  std::vector<TextRecord> found;
  std::unordered_set<DocId> seen;
  for (std::size_t at = 0; at < view_.steps().size(); ++at) {
    const Step& step = view_.steps()[at];
    if (step.level == Level::katalog) continue;
    for (ServiceKey key : keys)
      for (const SheetText& entry : step.sheet->texts_for(key))
        if (entry.validity.holds(view_.day()) && seen.insert(entry.doc).second)
          found.push_back({entry.doc, *step.area, at});
  }
  return found;
}

std::vector<TextRecord> Records::nearest(ServiceKey key) const {
  const View::Found found = view_.nearest(key);
  std::vector<TextRecord> records;
  for (DocId doc : found.docs) {
    const TextRecord record{doc, found.area.value_or(place_), found.step};
    if (std::find(records.begin(), records.end(), record) == records.end()) records.push_back(record);
  }
  return records;
}

std::optional<TextRecord> Records::find_text(std::string_view id) const {
  const auto doc = reader_.find_text(id);
  if (!doc) return std::nullopt;
  for (std::size_t at = 0; at < view_.steps().size(); ++at) {
    const Sheet& sheet = *view_.steps()[at].sheet;
    for (std::uint32_t entry : sheet.entries_of(*doc))
      if (sheet.texts[entry].validity.holds(view_.day()))
        return TextRecord{*doc, *view_.steps()[at].area, at};
  }
  return std::nullopt;
}

ServiceText Records::filled(const TextRecord& record, ServiceKey key) const {
  ServiceText text = reader_.text(record.doc);
  for (std::size_t at = record.step + 1; at < view_.steps().size();) {
    const View::Found above = view_.nearest(key, at);
    if (above.docs.empty()) break;
    const ServiceText general = reader_.text(above.docs.front());
    if (text.teaser.empty()) text.teaser = general.teaser;
    for (const TextModule& module : general.modules) {
      const auto same = [&](const TextModule& known) { return known.code == module.code; };
      if (std::none_of(text.modules.begin(), text.modules.end(), same)) text.modules.push_back(module);
    }
    at = above.step + 1;
  }
  return text;
}

std::vector<OnlineOffer> Records::online(std::span<const ServiceKey> keys, bool forms) const {
  const Area& place = reader_.snapshot().areas[place_];
  std::vector<OnlineOffer> offers;
  for (const Step& step : view_.steps()) {
    for (ServiceKey key : keys) {
      for (const SheetJoin& join : step.sheet->online_in_group(key.group())) {
        const OnlineService& service = step.sheet->online_services[join.index];
        const bool wanted = forms ? service.form && !service.url.empty() : service.is_online();
        const auto same = [&](const OnlineOffer& known) { return known.service->id == service.id; };
        if (join.key == key && wanted && service.validity.holds(view_.day()) &&
            std::none_of(offers.begin(), offers.end(), same))
          offers.push_back({&service, key, *step.area, filled_link(service, key, &place)});
      }
    }
  }
  return offers;
}

std::vector<OfficeOffer> Records::offices(std::span<const ServiceKey> keys) const {
  std::vector<OfficeOffer> offers;
  for (const Step& step : view_.steps())
    for (ServiceKey key : keys) add_offices(*step.sheet, key, *step.area, view_.day(), offers);
  return offers;
}

OnlineRecords Records::online_page(std::span<const ServiceKey> keys, std::string_view after,
                                   std::size_t limit) const {
  std::map<std::string, OnlineRecord> by_id;
  for (const Step& step : view_.steps()) {
    std::vector<std::string> ids;
    for (const OnlineService& service : step.sheet->online_services) ids.push_back(service.id.text());
    for (const SheetJoin& join : step.sheet->online_joins) {
      const OnlineService& service = step.sheet->online_services[join.index];
      if (!service.is_online() || !service.validity.holds(view_.day()) ||
          (!keys.empty() && !is_among(keys, join.key)))
        continue;
      OnlineRecord& record = by_id[ids[join.index]];
      if (!record.service) record.service = &service;
      record.joins.push_back({join.key, *step.area});
    }
  }
  OnlineRecords page;
  page.total = by_id.size();
  auto next = by_id.upper_bound(std::string(after));
  for (; next != by_id.end() && page.services.size() < limit; ++next)
    page.services.push_back(std::move(next->second));
  page.more = next != by_id.end();
  return page;
}

AreaIndex home_area(const IndexReader& reader) { return lens_of(reader)->home; }

std::optional<OnlineRecord> find_online(const IndexReader& reader, std::string_view id, Day day) {
  OnlineRecord record;
  std::vector<AreaIndex> areas = reader.areas_of(ObjectKind::online_service, id);
  if (areas.size() > areas_listed) areas.resize(areas_listed);
  for (AreaIndex area : areas) {
    const Sheet& sheet = reader.sheet(area);
    const auto found = std::find_if(sheet.online_services.begin(), sheet.online_services.end(),
                                    [&](const OnlineService& service) { return service.id.text() == id; });
    if (found == sheet.online_services.end() || !found->validity.holds(day)) continue;
    record.service = &*found;
    for (const SheetJoin& join : sheet.online_joins)
      if (&sheet.online_services[join.index] == record.service) record.joins.push_back({join.key, area});
  }
  if (!record.service) return std::nullopt;
  return record;
}

std::vector<OfficeOffer> offices_beside(const IndexReader& reader, const OnlineRecord& online, Day day) {
  std::vector<OfficeOffer> offers;
  for (const OnlineRecord::Join& place : online.joins)
    add_offices(reader.sheet(place.area), place.key, place.area, day, offers);
  return offers;
}

std::vector<TextRecord> texts_anywhere(const IndexReader& reader, std::span<const ServiceKey> keys, Day day,
                                       std::size_t limit) {
  const AreaTable& areas = reader.snapshot().areas;
  std::vector<TextRecord> found;
  std::unordered_set<DocId> seen;
  for (ServiceKey key : keys) {
    for (DocId doc : reader.texts_with_key(key, limit)) {
      if (seen.size() == limit) return found;
      if (!seen.insert(doc).second) continue;
      const ServiceText text = reader.text(doc);
      const AreaIndex area = area_of(text, areas);
      if (areas[area].level != Level::katalog && text.validity.holds(day)) found.push_back({doc, area, 0});
    }
  }
  return found;
}

std::vector<std::string> suggestions_for(const IndexReader& reader, const ServiceText& text) {
  const auto lens = lens_of(reader);
  const language::Analyzer analyzer(&lens->model.splitter());
  std::vector<std::string> found;
  const auto add = [&](std::string word) {
    if (!word.empty() && std::find(found.begin(), found.end(), word) == found.end())
      found.push_back(std::move(word));
  };
  add(text.title);
  add(text.official_title);
  const auto add_words = [&](std::string_view words) {
    for (const language::Word& word : analyzer.words(words))
      if (!lens->model.rules().is_stopword(word.folded)) add(word.folded);
  };
  add_words(text.title);
  add_words(text.official_title);
  for (const std::string& word : text.words) add_words(word);
  return found;
}

}  // namespace vsm
