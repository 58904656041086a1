// Records of the index as bytes. Private to this room.
#pragma once

#include <cereal/archives/portable_binary.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>
#include <cstdint>
#include <sstream>
#include <string>

#include "catalog/area_table.h"
#include "catalog/objects.h"
#include "store/index_reader.h"
#include "store/sheet.h"

// Bitmap is not of namespace vsm, so cereal has to find these in its own.
namespace cereal {

template <class Archive>
void save(Archive& archive, const vsm::Bitmap& bitmap) {
  std::string bytes(bitmap.getSizeInBytes(), '\0');
  bitmap.write(bytes.data());
  archive(bytes);
}
template <class Archive>
void load(Archive& archive, vsm::Bitmap& bitmap) {
  std::string bytes;
  archive(bytes);
  bitmap = vsm::Bitmap::readSafe(bytes.data(), bytes.size());
}
}  // namespace cereal

namespace vsm {

template <class Archive>
std::uint64_t save_minimal(const Archive&, const ServiceKey& key) {
  return key.number();
}
template <class Archive>
void load_minimal(const Archive&, ServiceKey& key, const std::uint64_t& number) {
  key = ServiceKey(number);
}
template <class Archive>
void serialize(Archive& archive, ObjectId& id) {
  archive(id.agency, id.id);
}
template <class Archive>
void serialize(Archive& archive, Period& period) {
  archive(period.from, period.to);
}
template <class Archive>
void save(Archive& archive, const Validity& validity) {
  archive(validity.periods());
}
template <class Archive>
void load(Archive& archive, Validity& validity) {
  std::vector<Period> periods;
  archive(periods);
  validity = Validity(std::move(periods));
}
template <class Archive>
void serialize(Archive& archive, Link& link) {
  archive(link.url, link.title);
}
template <class Archive>
void serialize(Archive& archive, TextModule& module) {
  archive(module.code, module.text, module.html, module.title, module.links);
}
template <class Archive>
void serialize(Archive& archive, Translation& translation) {
  archive(translation.language, translation.title, translation.teaser, translation.modules);
}
template <class Archive>
void serialize(Archive& archive, UrlParameter& parameter) {
  archive(parameter.type, parameter.name);
}
template <class Archive>
void serialize(Archive& archive, ServiceText& text) {
  archive(text.id, text.keys, text.kin, text.areas, text.title, text.official_title, text.teaser,
          text.title_of_catalogue, text.modules, text.words, text.translations, text.base, text.keys_of_base,
          text.types, text.addressees, text.situations, text.sdg, text.trust_level, text.validity,
          text.changed, text.changed_at, text.source, text.sample);
}
template <class Archive>
void serialize(Archive& archive, OnlineService& service) {
  archive(service.id, service.title, service.url, service.provider, service.trust_level, service.maturity,
          service.maturity_scale, service.efa, service.form, service.parameters, service.broken,
          service.validity, service.changed, service.changed_at, service.source, service.sample);
}
template <class Archive>
void serialize(Archive& archive, Responsibility& responsibility) {
  archive(responsibility.id, responsibility.subject, responsibility.services, responsibility.areas,
          responsibility.role, responsibility.changed, responsibility.changed_at, responsibility.source);
}
template <class Archive>
void serialize(Archive& archive, Office& office) {
  archive(office.id, office.name, office.street, office.postcode, office.city, office.phone, office.email,
          office.url, office.hours, office.validity, office.changed, office.changed_at, office.source,
          office.sample, office.responsibilities);
}
template <class Archive>
void serialize(Archive& archive, SheetText& text) {
  archive(text.key, text.doc, text.validity);
}
template <class Archive>
void serialize(Archive& archive, SheetKin& kin) {
  archive(kin.key, kin.doc);
}
template <class Archive>
void serialize(Archive& archive, SheetJoin& join) {
  archive(join.key, join.index);
}
template <class Archive>
void serialize(Archive& archive, Sheet& sheet) {
  archive(sheet.texts, sheet.kin_of, sheet.online_services, sheet.online_joins, sheet.offices,
          sheet.office_joins);
}

/// Where one service is available online, by what contributes to it: so one sheet's part can be replaced.
struct AvailabilityRecord {
  struct Own {  ///< of municipalities, from their own sheets
    Period validity;
    bool own = false;  ///< an online service of the municipality itself
    OfferTraits traits;
    Bitmap municipalities;
  };
  struct Above {  ///< from the sheet of any other area
    AreaIndex area = 0;
    Period validity;
    OfferTraits traits;
  };
  std::vector<Own> own;
  std::vector<Above> above;
};
template <class Archive>
void serialize(Archive& archive, OfferTraits& traits) {
  archive(traits.trust_level, traits.maturity, traits.scale);
}
template <class Archive>
void serialize(Archive& archive, AvailabilityRecord::Own& own) {
  archive(own.validity, own.own, own.traits, own.municipalities);
}
template <class Archive>
void serialize(Archive& archive, AvailabilityRecord::Above& above) {
  archive(above.area, above.validity, above.traits);
}
template <class Archive>
void serialize(Archive& archive, AvailabilityRecord& availability) {
  archive(availability.own, availability.above);
}

Availability availability_from(const AvailabilityRecord& record, const AreaTable& areas);

/// What a commit changed of what readers keep in memory.
struct Touched {
  std::vector<AreaIndex> areas;
  std::vector<ServiceKey> keys;
  std::vector<std::string> sources;
  bool unlisted = false;
};
template <class Archive>
void serialize(Archive& archive, Touched& touched) {
  archive(touched.areas, touched.keys, touched.sources, touched.unlisted);
}

template <class Archive>
void serialize(Archive& archive, JournalEntry& entry) {
  archive(entry.kind, entry.id, entry.source, entry.title, entry.before, entry.after);
}
template <class Archive>
void serialize(Archive& archive, Coverage& coverage) {
  archive(coverage.somewhere, coverage.everywhere, coverage.own, coverage.inherited, coverage.covered);
}
template <class Archive>
void serialize(Archive& archive, CommitInfo& commit) {
  archive(commit.revision, commit.time, commit.source, commit.added, commit.changed, commit.deleted,
          commit.coverage);
}
template <class Archive>
void serialize(Archive& archive, SourceInfo& source) {
  archive(source.id, source.name, source.area, source.format, source.sample, source.trust, source.texts,
          source.online_services, source.offices, source.responsibilities, source.rejected, source.warnings,
          source.tried, source.read, source.error, source.latest, source.whole, source.memo);
}

template <class Record>
std::string to_bytes(const Record& record) {
  std::ostringstream out;
  cereal::PortableBinaryOutputArchive archive(out);
  archive(record);
  return std::move(out).str();
}

/// Throws IndexError where the bytes are no such record.
template <class Record>
Record from_bytes(const std::string& bytes, const char* what) {
  try {
    std::istringstream in(bytes);
    cereal::PortableBinaryInputArchive archive(in);
    Record record;
    archive(record);
    return record;
  } catch (const std::exception&) {
    throw IndexError(std::string("the index is damaged: ") + what + " cannot be read");
  }
}

/// A record that stands in the metadata of a database; an empty one where there is none.
template <class Record, class Database>
Record from_metadata(const Database& db, const std::string& key) {
  const std::string bytes = db.get_metadata(key);
  return bytes.empty() ? Record() : from_bytes<Record>(bytes, "a record");
}

/// What stands before the object in the data of a document: one version of an object, as its source
/// published it.
struct Version {
  ObjectKind kind = ObjectKind::text;
  std::uint64_t hash = 0;       ///< of what the source delivered; never 0
  std::int64_t time = 0;        ///< of the delivery, seconds since 1970
  std::int64_t changed_at = 0;  ///< of the object, as its source says
  std::string source;
};

inline std::string version_bytes(const Version& version) {
  std::string bytes;
  const auto put = [&](std::uint64_t value) {
    for (unsigned i = 0; i < 8; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFFU);
  };
  bytes += static_cast<char>(version.kind);
  put(version.hash);
  put(static_cast<std::uint64_t>(version.time));
  put(static_cast<std::uint64_t>(version.changed_at));
  bytes += static_cast<char>(version.source.size() & 0xFFU);
  bytes += static_cast<char>(version.source.size() >> 8U & 0xFFU);
  return bytes + version.source;
}

/// Takes the version off the front of a document's data; what is left is the object.
inline Version take_version(std::string_view& data) {
  const auto damaged = [] { return IndexError("the index is damaged: an object cannot be read"); };
  const auto byte = [&](std::size_t at) {
    return static_cast<std::uint64_t>(static_cast<unsigned char>(data[at]));
  };
  const auto number = [&](std::size_t at) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) value |= byte(at + i) << (8 * i);
    return value;
  };
  constexpr std::size_t fixed = 27;
  if (data.size() < fixed) throw damaged();
  Version version;
  version.kind = static_cast<ObjectKind>(data[0]);
  version.hash = number(1);
  version.time = static_cast<std::int64_t>(number(9));
  version.changed_at = static_cast<std::int64_t>(number(17));
  const std::size_t length = byte(25) | byte(26) << 8U;
  if (version.kind > ObjectKind::responsibility || data.size() < fixed + length) throw damaged();
  version.source = data.substr(fixed, length);
  data.remove_prefix(fixed + length);
  return version;
}

/// The object of a document.
template <class Object>
Object object_of(std::string_view data, const char* what) {
  take_version(data);
  return from_bytes<Object>(std::string(data), what);
}

}  // namespace vsm
