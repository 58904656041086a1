// Where things stand in the Xapian database. Private to this room; docs/format-index.md describes it.
#pragma once

#include <cstdint>
#include <string>

#include "catalog/area_table.h"
#include "store/index_reader.h"

namespace vsm::layout {

inline constexpr int format = 8;
inline constexpr const char* stub = "XAPIANDB";
inline constexpr const char* lock = "write.lock";        // held by an update, and by a build while it swaps
inline constexpr const char* build_lock = "build.lock";  // held by a build from its beginning
inline constexpr const char* build_again = "build it again with vsm-index build";
inline constexpr const char* sizes = "sizes.tsv";      // in a generation: its files and their sizes
inline constexpr const char* stub_build = "# build ";  // Xapian skips lines that begin with #

/// What a stub names; empty where there is none or it is not ours.
struct Stub {
  std::string generation, build;
  bool operator==(const Stub&) const = default;
};
Stub read_stub(const std::string& directory);

/// An id, of whatever length and bytes, as part of a term or key: Xapian bounds these to some 250 bytes and
/// counts a zero byte twice. What is shortened ends in a hash and is longer than what is not, so ids stay
/// apart.
std::string bounded(const std::string& id);

// Metadata.
inline constexpr const char* format_key = "format";
inline constexpr const char* build_key = "build";
inline constexpr const char* revision_key = "revision";
inline constexpr const char* built_key = "built";
inline constexpr const char* chain_key = "chain";
inline constexpr const char* covered_key = "covered";
inline constexpr const char* unlisted_key = "unlisted";
inline constexpr const char* table_prefix = "table/";
inline constexpr const char* sheet_prefix = "sheet/";          // + area id
inline constexpr const char* online_prefix = "online/";        // + key
inline constexpr const char* source_prefix = "source/";        // + id
inline constexpr const char* placed_prefix = "placed/";        // + id_term() of an online service or office
inline constexpr const char* deleted_prefix = "deleted/";      // + source + "/" + number(time)
inline constexpr const char* confirmed_prefix = "confirmed/";  // + source
inline constexpr const char* journal_prefix = "journal/";      // + number(revision) + "/" + number(chunk)
inline constexpr const char* commit_prefix = "commit/";        // + number(revision)
inline constexpr const char* touched_prefix = "touched/";      // + number(revision)
inline constexpr const char* broken_key = "broken";            // addresses
inline constexpr const char* note_prefix = "note/";            // + a name of the indexer's

/// Decimal with leading zeros, so that keys sort by number.
inline std::string number(std::uint64_t value) {
  std::string digits = std::to_string(value);
  return std::string(20 - digits.size(), '0') + digits;
}

// Terms. An upper-case letter stands before the word, which never begins with one.
inline std::string word_term(TermKind kind, const std::string& word) {
  // Xapian's glass bounds a term to 245 bytes.
  return (kind == TermKind::word ? 'T' : 'X') + word.substr(0, 240);
}
/// Impacts in Xapian's one number (wdf), 7 bits each. Running text has the lowest, so that most postings take
/// one byte.
inline std::uint32_t pack(const Impacts& impacts) {
  return static_cast<std::uint32_t>(impacts.title) << 21U | static_cast<std::uint32_t>(impacts.words) << 14U |
         static_cast<std::uint32_t>(impacts.shared) << 7U | impacts.body;
}
inline Impacts unpack(std::uint32_t packed) {
  const auto part = [packed](unsigned shift) { return static_cast<std::uint8_t>(packed >> shift & 127U); };
  return {part(21), part(14), part(7), part(0)};
}
/// Every version of an object has it; the frequency is 1 for the one that is shown, 0 for the others.
inline std::string id_term(ObjectKind kind, const std::string& id) {
  return std::string{'Q', "tofr"[static_cast<int>(kind)]} + bounded(id);
}
inline std::string source_term(const std::string& source) { return "S" + source; }
/// Of what says who is responsible: the online service or office, and the service texts that it names.
inline std::string subject_term(const std::string& id) { return "U" + bounded(id); }
inline std::string named_term(const std::string& id) { return "V" + bounded(id); }
/// Of an online service: its address, shortened to a hash of it.
std::string link_term(const std::string& url);
/// Of a local variant: the text that it is one of.
inline std::string base_term(const std::string& id) { return "B" + bounded(id); }
inline std::string key_term(ServiceKey key) { return "K" + std::to_string(key.number()); }

}  // namespace vsm::layout
