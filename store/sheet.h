// An area's sheet: everything that is published for exactly this area, joined by service key. A place's
// answer is the sheets of its chain (AreaTable::chain) read nearest first, so no request ever joins anything
// else.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "catalog/objects.h"
#include "catalog/service_key.h"
#include "store/bitmap.h"

namespace vsm {

/// Xapian's number of a document: one service text.
using DocId = std::uint32_t;

/// Of a text that is valid in several periods there is one entry a period; they never overlap.
struct SheetText {
  ServiceKey key;
  DocId doc = 0;
  Period validity;
};

/// A service that a text without key speaks of.
struct SheetKin {
  ServiceKey key;
  DocId doc = 0;
  auto operator<=>(const SheetKin&) const = default;
};

/// One key of an online service or office; `index` points into Sheet::online_services or Sheet::offices.
struct SheetJoin {
  ServiceKey key;
  std::uint32_t index = 0;
};

struct Sheet {
  std::vector<SheetText> texts;  ///< sorted by key, doc, period; a text with several keys has several entries
  std::vector<SheetKin> kin_of;  ///< sorted
  std::vector<OnlineService> online_services;  ///< sorted by id
  std::vector<SheetJoin> online_joins;         ///< sorted by key, then id of the service
  std::vector<Office> offices;                 ///< sorted by id
  std::vector<SheetJoin> office_joins;         ///< sorted by key, then id of the office

  // Derived on reading.
  Bitmap docs;
  std::vector<ServiceKey> kin;        ///< sorted: services that texts without key speak of, each once
  std::vector<std::uint32_t> by_doc;  ///< positions in texts, sorted by doc

  void derive();
  bool empty() const { return texts.empty() && kin_of.empty() && online_services.empty() && offices.empty(); }

  std::span<const SheetText> texts_for(ServiceKey key) const;
  std::span<const SheetText> texts_in_group(std::uint64_t group) const;
  std::span<const SheetJoin> online_in_group(std::uint64_t group) const;
  std::span<const SheetJoin> offices_in_group(std::uint64_t group) const;
  /// The entries of one document as positions in texts.
  std::span<const std::uint32_t> entries_of(DocId doc) const;
};

/// What an online service asks of people and how digital it is, as coverage tells them apart.
struct OfferTraits {
  std::uint8_t trust_level = 0;  ///< 0: not stated
  std::int8_t maturity = -1;     ///< on the scale below; -1: not stated
  std::uint8_t scale = 0;        ///< the highest value of the scale: 4 or 7; 0: unknown
  auto operator<=>(const OfferTraits&) const = default;
};
OfferTraits traits_of(const OnlineService& service);

/// Where one service is available online. Bits are municipality numbers (AreaTable::municipality).
struct Availability {
  Bitmap own;        ///< an online service of the municipality itself, valid without end
  Bitmap inherited;  ///< one of an area above it
  struct Dated {     ///< the same for services with validity dates
    Period validity;
    bool own = false;
    Bitmap municipalities;
  };
  std::vector<Dated> dated;
  struct Kind {  ///< the same once more, own and inherited alike, by the traits of the online services
    OfferTraits traits;
    Period validity;
    Bitmap municipalities;
  };
  std::vector<Kind> kinds;

  bool is_online(Day day) const;
  /// Municipalities where it is online on that day, own or inherited.
  Bitmap online(Day day) const;
  /// Municipalities with an online service of their own on that day.
  Bitmap online_by_itself(Day day) const;
};

}  // namespace vsm
