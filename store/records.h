// Records of the index as bytes. Private to this room.
#pragma once

#include <cereal/archives/portable_binary.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>
#include <sstream>
#include <string>

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
          text.modules, text.words, text.translations, text.base, text.types, text.addressees,
          text.situations, text.sdg, text.trust_level, text.validity, text.changed, text.changed_at,
          text.source, text.sample);
}
template <class Archive>
void serialize(Archive& archive, OnlineService& service) {
  archive(service.id, service.title, service.url, service.provider, service.trust_level, service.maturity,
          service.maturity_scale, service.efa, service.form, service.parameters, service.validity,
          service.changed, service.changed_at, service.source, service.sample);
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
void serialize(Archive& archive, SheetJoin& join) {
  archive(join.key, join.index);
}
template <class Archive>
void serialize(Archive& archive, Sheet& sheet) {
  archive(sheet.texts, sheet.kin, sheet.online_services, sheet.online_joins, sheet.offices,
          sheet.office_joins);
}
template <class Archive>
void serialize(Archive& archive, Availability::Dated& dated) {
  archive(dated.validity, dated.own, dated.municipalities);
}
template <class Archive>
void serialize(Archive& archive, Availability& availability) {
  archive(availability.own, availability.inherited, availability.dated);
}
template <class Archive>
void serialize(Archive& archive, SourceInfo& source) {
  archive(source.id, source.name, source.area, source.format, source.sample, source.texts,
          source.online_services, source.offices, source.rejected);
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

}  // namespace vsm
