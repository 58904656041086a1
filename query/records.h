// What is published at a place, for programs that take records and do not search: texts, online services and
// offices, by id, by key, and one behind the other. Nothing is weighed here; the nearest level comes first.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/search.h"
#include "query/view.h"
#include "store/index_reader.h"

namespace vsm {

/// A text by its number, and the area in whose sheet it stands.
struct TextRecord {
  DocId doc = 0;
  AreaIndex area = 0;
  std::size_t step = 0;  ///< into View::steps()
  bool operator==(const TextRecord&) const = default;
};

/// An online service that holds at a place, with what joins it there.
struct OnlineRecord {
  struct Join {
    ServiceKey key;
    AreaIndex area = 0;
  };
  const OnlineService* service = nullptr;
  std::vector<Join> joins;  ///< nearest level first, then by key
};

struct OnlineRecords {
  std::vector<OnlineRecord> services;  ///< by id
  std::size_t total = 0;               ///< with those of other pages
  bool more = false;                   ///< there are some behind the last one
};

/// What holds at one place on one day, its own and that of the areas above it. For one request, in one
/// thread; keeps a reference to the reader, and what it gives lives as long as that. All calls throw
/// IndexError.
class Records {
 public:
  Records(const IndexReader& reader, AreaIndex place, Day day);

  AreaIndex place() const { return place_; }
  const View& view() const { return view_; }

  /// All texts but those of the catalogue, each once; without `inherited` only those of this very area.
  std::vector<TextRecord> texts(bool inherited) const;
  /// Those that carry one of the keys, of all levels.
  std::vector<TextRecord> texts(std::span<const ServiceKey> keys) const;
  /// The texts of the nearest level that has one for the key, the catalogue last.
  std::vector<TextRecord> nearest(ServiceKey key) const;
  /// The text with this ObjectId::text(), if it holds here.
  std::optional<TextRecord> find_text(std::string_view id) const;

  /// A text whole: what it lacks of teaser and modules is taken from the nearest texts of the key above it.
  ServiceText filled(const TextRecord& record, ServiceKey key) const;

  /// Online services that people can use now, each once, and forms where `forms` is said; with the link
  /// filled in.
  std::vector<OnlineOffer> online(std::span<const ServiceKey> keys, bool forms = false) const;
  /// Each once.
  std::vector<OfficeOffer> offices(std::span<const ServiceKey> keys) const;

  /// Online services that people can use now, by id: at most `limit` behind the one with the id `after`
  /// (ObjectId::text(), which need not exist; empty: from the first). Without keys: those of all.
  OnlineRecords online_page(std::span<const ServiceKey> keys, std::string_view after,
                            std::size_t limit) const;

 private:
  const IndexReader& reader_;
  AreaIndex place_;
  View view_;
};

/// The area that speaks where nobody named a place, as in a search.
AreaIndex home_area(const IndexReader& reader);

/// An online service by ObjectId::text(), with the areas and keys that it is for, of at most `areas_listed`
/// areas; nothing where there is none on that day.
inline constexpr std::size_t areas_listed = 100;
std::optional<OnlineRecord> find_online(const IndexReader& reader, std::string_view id, Day day);
/// Offices that stand in the areas of an online service under its keys, each once.
std::vector<OfficeOffer> offices_beside(const IndexReader& reader, const OnlineRecord& online, Day day);

/// Texts of all of Germany under these keys that hold on that day, but those of the catalogue; at most
/// `limit` are looked at.
std::vector<TextRecord> texts_anywhere(const IndexReader& reader, std::span<const ServiceKey> keys, Day day,
                                       std::size_t limit);

/// What a text may be found by, for programs that complete words themselves: its names, and the folded words
/// of these and of what people call it.
std::vector<std::string> suggestions_for(const IndexReader& reader, const ServiceText& text);

}  // namespace vsm
