// Collects what changes in the sheets of areas and in the availability of services, and writes it once, at
// the end of a transaction. Private to this room.
#pragma once

#include <xapian.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "catalog/area_table.h"
#include "store/records.h"
#include "store/sheet.h"

namespace vsm {

class SheetEditor {
 public:
  /// `is_new`: the database holds no sheets yet, so none need be read. Both must outlive this.
  SheetEditor(Xapian::WritableDatabase& db, const AreaTable& areas, bool is_new)
      : db_(db), areas_(areas), is_new_(is_new) {}

  /// A text no longer stands in these sheets (nor, if `unlisted`, among the unlisted ones).
  void remove_text(DocId doc, const std::vector<AreaIndex>& from, bool unlisted);
  /// It stands there with its keys, periods and kin. After remove_text() where it stood there before.
  void add_text(DocId doc, const ServiceText& text, const std::vector<AreaIndex>& in, bool unlisted);

  using Subject = std::variant<OnlineService, Office>;
  /// Numbers an online service or office for place(). It stays in memory until write(). Of one that is gone
  /// nothing but the type is looked at.
  std::uint32_t subject(const std::string& id, Subject subject);
  /// The only entries of a subject in this area are now these; none: it is not in this sheet. An online
  /// service and an office may have the same id.
  void place(std::uint32_t subject, AreaIndex area, std::vector<ServiceKey> keys);

  /// Writes all sheets and availabilities that changed and forgets them. `area_of_source` gives the area
  /// index that a source delivers for. Throws IndexError, Xapian::Error.
  void write(const std::unordered_map<std::string, AreaIndex>& area_of_source, Touched& touched);

 private:
  struct Placement {
    std::uint32_t subject = 0;
    std::vector<ServiceKey> keys;
  };
  struct Draft {
    std::vector<DocId> removed;
    std::vector<SheetText> texts;
    std::vector<SheetKin> kin;
    std::vector<Placement> placements;
  };
  /// What one sheet says of the availability of a key.
  struct Contribution {
    Period validity;
    bool own = false;  ///< the town itself offers it
    OfferTraits traits;
    auto operator<=>(const Contribution&) const = default;
  };
  using Contributions = std::map<ServiceKey, std::vector<Contribution>>;

  Sheet read(const std::string& key) const;
  static void apply_texts(Sheet& sheet, Draft& draft);
  template <class Object>
  void apply_placements(std::vector<Object>& objects, std::vector<SheetJoin>& joins,
                        const std::vector<Placement>& placements) const;
  Contributions contributions(const Sheet& sheet, AreaIndex area,
                              const std::unordered_map<std::string, AreaIndex>& area_of_source) const;
  void update_availability(AreaIndex area, const Contributions& before, const Contributions& after);

  Xapian::WritableDatabase& db_;
  const AreaTable& areas_;
  bool is_new_;
  std::map<AreaIndex, Draft> drafts_;
  Draft unlisted_;
  Bitmap drafted_;  // texts added since the last write()
  std::vector<std::pair<std::string, Subject>> subjects_;
  std::map<ServiceKey, AvailabilityRecord> availability_;
};

}  // namespace vsm
