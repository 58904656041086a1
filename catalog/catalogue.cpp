#include "catalog/catalogue.h"

#include <algorithm>
#include <map>
#include <unordered_set>

namespace vsm {
namespace {

template <class Range>
std::optional<std::size_t> position(const Range& range, std::string_view id) {
  const auto found =
      std::find_if(range.begin(), range.end(), [&](const auto& item) { return item.id == id; });
  if (found == range.end()) return std::nullopt;
  return static_cast<std::size_t>(found - range.begin());
}

ServiceKey key_in(const TableReader& rows, std::string_view text) {
  const auto key = ServiceKey::parse(text);
  if (!key) throw rows.error("\"" + std::string(text) + "\" is no service key of 14 digits");
  return *key;
}

}  // namespace

Catalogue::Catalogue(const TableTexts& texts) {
  TableReader topics("topics/topics.tsv", texts.at("topics/topics.tsv"), {"topic", "name", "name_en"});
  while (topics.next()) {
    if (topics_.size() == topics_limit)
      throw topics.error("at most " + std::to_string(topics_limit) + " topics");
    topics_.push_back({std::string(topics[0]), std::string(topics[1]), std::string(topics[2])});
  }

  TableReader situations("topics/situations.tsv", texts.at("topics/situations.tsv"),
                         {"situation", "topic", "name", "audience"});
  while (situations.next()) {
    const auto topic = find_topic(situations[1]);
    if (!topic) throw situations.error("unknown topic " + std::string(situations[1]));
    if (situations_.size() == situations_limit)
      throw situations.error("at most " + std::to_string(situations_limit) + " situations");
    std::uint8_t audience = 0;
    for (std::string_view who : split(situations[3], ','))
      audience |= static_cast<std::uint8_t>(who == "business" ? audience_business : audience_citizen);
    situations_.push_back({std::string(situations[0]), std::string(situations[2]), *topic, audience});
  }

  TableReader services("catalogue/services.tsv", texts.at("catalogue/services.tsv"),
                       {"key", "name", "name2", "type", "status"});
  std::unordered_set<ServiceKey> known;
  while (services.next()) {
    CatalogueEntry entry;
    entry.key = key_in(services, services[0]);
    if (!known.insert(entry.key).second) throw services.error(entry.key.text() + " stands twice");
    entry.official_name = services[1];
    entry.friendly_name = services[2];
    entry.title = entry.friendly_name.empty() ? entry.official_name : entry.friendly_name;
    entry.type = services[3];
    entry.status = services[4];
    entries_.push_back(std::move(entry));
  }
  std::sort(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  for (auto& entry : entries_) {
    const auto above = [](const CatalogueEntry& e, std::uint64_t object) { return e.key.object() < object; };
    auto first = std::lower_bound(entries_.begin(), entries_.end(), entry.key.object(), above);
    for (; first != entries_.end() && first->key.object() == entry.key.object(); ++first)
      if (entry.key.verrichtung() == 0 && first->key.verrichtung() != 0) entry.heading = true;
  }

  const auto entry_of = [&](ServiceKey key) { return const_cast<CatalogueEntry*>(find(key)); };
  std::map<std::string, std::string, std::less<>> ozg_names;
  TableReader ozg("topics/ozg.tsv", texts.at("topics/ozg.tsv"), {"ozg", "name"});
  while (ozg.next()) ozg_names.emplace(ozg[0], ozg[1]);
  TableReader order("topics/services.tsv", texts.at("topics/services.tsv"), {"key", "situation", "ozg"});
  while (order.next()) {
    CatalogueEntry* entry = entry_of(key_in(order, order[0]));
    const auto situation = find_situation(order[1]);
    if (!entry || !situation) throw order.error("unknown key or situation");
    if (entry->situations.empty()) entry->audience = 0;
    entry->situations.push_back(*situation);
    entry->audience |= situations_[*situation].audience;
    if (const auto name = ozg_names.find(order[2]); name != ozg_names.end()) entry->ozg = name->second;
  }

  TableReader own("texts.tsv", texts.at("texts.tsv"), {"key", "title", "teaser", "words"});
  while (own.next()) {
    CatalogueEntry* entry = entry_of(key_in(own, own[0]));
    if (!entry) throw own.error(std::string(own[0]) + " is not in the catalogue");
    entry->title = own[1];
    entry->teaser = own[2];
    for (std::string_view word : split(own[3], ';')) entry->words.emplace_back(word);
  }

  TableReader everyday("words.tsv", texts.at("words.tsv"), {"prefix", "words"});
  while (everyday.next()) {
    const std::string_view prefix = everyday[0];
    const bool fits = prefix.size() == 8 || prefix.size() == 11 || prefix.size() == 14;
    const auto first =
        fits ? ServiceKey::parse(std::string(prefix) + std::string(14 - prefix.size(), '0')) : std::nullopt;
    if (!first) throw everyday.error("\"" + std::string(prefix) + "\" is no prefix of 8, 11 or 14 digits");
    const auto belongs = [&](ServiceKey key) {
      if (prefix.size() == 8) return key.object() == first->object();
      return prefix.size() == 11 ? key.group() == first->group() : key == *first;
    };
    for (auto entry = std::lower_bound(entries_.begin(), entries_.end(), *first,
                                       [](const CatalogueEntry&e, ServiceKey k) { return e.key < k; });
         entry != entries_.end() && belongs(entry->key); ++entry) {
      auto& words = prefix.size() == 8    ? entry->object_words
                    : prefix.size() == 11 ? entry->group_words
                                          : entry->words;
      for (std::string_view word : split(everyday[1], ';')) words.emplace_back(word);
    }
  }
}

const CatalogueEntry* Catalogue::find(ServiceKey key) const {
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), key,
                                      [](const CatalogueEntry& e, ServiceKey k) { return e.key < k; });
  return found != entries_.end() && found->key == key ? &*found : nullptr;
}

bool Catalogue::is_heading(ServiceKey key) const {
  const CatalogueEntry* entry = find(key);
  return entry && entry->heading;
}

std::vector<const CatalogueEntry*> Catalogue::services_of_object(std::uint64_t object) const {
  std::vector<const CatalogueEntry*> services;
  auto entry = std::lower_bound(entries_.begin(), entries_.end(), object,
                                [](const CatalogueEntry& e, std::uint64_t o) { return e.key.object() < o; });
  for (; entry != entries_.end() && entry->key.object() == object; ++entry)
    if (!entry->heading) services.push_back(&*entry);
  return services;
}

std::span<const CatalogueEntry> Catalogue::entries_of_group(std::uint64_t group) const {
  const auto first =
      std::lower_bound(entries_.begin(), entries_.end(), group,
                       [](const CatalogueEntry& e, std::uint64_t g) { return e.key.group() < g; });
  auto last = first;
  while (last != entries_.end() && last->key.group() == group) ++last;
  return {first, last};
}

std::uint32_t Catalogue::topics_of(const CatalogueEntry& entry) const {
  std::uint32_t topics = 0;
  for (std::size_t situation : entry.situations) topics |= 1U << situations_[situation].topic;
  return topics;
}

std::optional<std::size_t> Catalogue::find_topic(std::string_view id) const { return position(topics_, id); }

std::optional<std::size_t> Catalogue::find_situation(std::string_view id) const {
  return position(situations_, id);
}

}  // namespace vsm
