// The national catalogue of services (LeiKa) with its order by topic: what can be asked for at all,
// before anybody publishes a text or a link.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/service_key.h"
#include "catalog/tables.h"

namespace vsm {

/// One bit per reader a service is for. Derived from its situations (Lagen); both when unknown.
enum Audience : std::uint8_t { audience_citizen = 1, audience_business = 2 };

struct Topic {
  std::string id, name, name_en;
};

struct Situation {
  std::string id, name;
  std::size_t topic = 0;
  std::uint8_t audience = 0;
};

struct CatalogueEntry {
  ServiceKey key;
  std::string official_name;       ///< Leistungsbezeichnung
  std::string friendly_name;       ///< Leistungsbezeichnung II, empty where the catalogue has none
  std::string title;               ///< our own title, else the friendly, else the official name
  std::string teaser;              ///< our own, may be empty
  std::vector<std::string> words;  ///< everyday words people use for it
  /// More of them, shared with its whole object (8 digits) or its Verrichtung (11 digits).
  std::vector<std::string> object_words, group_words;
  std::string type;    ///< Typisierung, who regulates and who executes ("2/3", "5" ...)
  std::string status;  ///< current, unconfirmed, retired
  std::vector<std::size_t> situations;
  std::string ozg;  ///< name of its OZG-Leistung, may be empty
  std::uint8_t audience = audience_citizen | audience_business;
  bool heading = false;  ///< Verrichtung 000 of an object with other Verrichtungen: folded into those
};

/// So many there may be: search keeps them as the bits of one number.
inline constexpr std::size_t topics_limit = 32, situations_limit = 64;

/// Immutable after construction; safe to read from many threads.
class Catalogue {
 public:
  /// Reads topics/*.tsv, catalogue/services.tsv, texts.tsv and words.tsv. Throws TableError, also for too
  /// many topics.
  explicit Catalogue(const TableTexts& texts);

  std::span<const Topic> topics() const { return topics_; }
  std::span<const Situation> situations() const { return situations_; }
  /// Sorted by key.
  std::span<const CatalogueEntry> entries() const { return entries_; }
  const CatalogueEntry* find(ServiceKey key) const;
  bool is_heading(ServiceKey key) const;
  /// Entries of one object (8 digits) without its heading.
  std::vector<const CatalogueEntry*> services_of_object(std::uint64_t object) const;
  /// Entries of one group (11 digits).
  std::span<const CatalogueEntry> entries_of_group(std::uint64_t group) const;
  /// The topics of an entry's situations, as bits by their number.
  std::uint32_t topics_of(const CatalogueEntry& entry) const;
  std::optional<std::size_t> find_topic(std::string_view id) const;
  std::optional<std::size_t> find_situation(std::string_view id) const;

 private:
  std::vector<Topic> topics_;
  std::vector<Situation> situations_;
  std::vector<CatalogueEntry> entries_;
};

}  // namespace vsm
