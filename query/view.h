// What holds at a place on one day: the sheets of its chain, nearest first. That the nearest level wins
// is decided here, for texts; links and offices of all levels are shown, in this order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "catalog/area_table.h"
#include "catalog/catalogue.h"
#include "catalog/objects.h"
#include "store/bitmap.h"
#include "store/index_reader.h"
#include "store/sheet.h"

namespace vsm {

/// One area of a chain and what is published for it.
struct Step {
  const Sheet* sheet = nullptr;
  std::optional<AreaIndex> area;  ///< nothing for the texts found only elsewhere
  Level level = Level::katalog;
};

/// Immutable after construction; safe to read from many threads. Refers to the snapshot of the reader's
/// revision, which must live as long; the reader itself may go or move.
class View {
 public:
  /// Without a place `home` speaks, and the texts found only elsewhere come last. Throws IndexError.
  View(const IndexReader& reader, std::optional<AreaIndex> place, AreaIndex home, Day day);

  bool has_place() const { return has_place_; }
  Day day() const { return day_; }
  /// Nearest first; never empty.
  const std::vector<Step>& steps() const { return steps_; }
  /// All documents of the sheets, whatever their validity.
  Bitmap docs() const;

  /// Calls visit(entry) for every key under which the nearest sheet with a document shows it. An entry lives
  /// as long as the snapshot.
  template <class Visit>
  void each_key(DocId doc, Visit visit) const {
    for (const Step& step : steps_) {
      const auto entries = step.sheet->entries_of(doc);
      for (std::uint32_t at : entries) {
        const SheetText& entry = step.sheet->texts[at];
        if (entry.validity.holds(day_)) visit(entry);
      }
      if (!entries.empty()) return;
    }
  }

  struct Found {
    std::vector<DocId> docs;        ///< all texts of the nearest level that has one; empty where none has
    std::optional<AreaIndex> area;  ///< of the first text; nothing for a text found only elsewhere
    std::size_t step = 0;           ///< into steps()
  };
  /// The nearest texts for a key at or after a step. A text under the object's heading counts for each of its
  /// services that has none of its own there.
  Found nearest(ServiceKey key, std::size_t from = 0, bool with_heading = true) const;

  /// The heading of a key's object; none where there is none, or where the key is one.
  ServiceKey heading_of(ServiceKey key) const;

  /// Keys of a group with a text in view, sorted.
  std::vector<ServiceKey> keys_of_group(std::uint64_t group) const;

 private:
  void collect(const Sheet& sheet, ServiceKey key, std::vector<DocId>& docs) const;

  const Catalogue& catalogue_;
  bool has_place_;
  Day day_;
  std::vector<Step> steps_;
};

/// The first area that a text is valid in; the Bund where it names none that is known.
AreaIndex area_of(const ServiceText& text, const AreaTable& areas);

}  // namespace vsm
