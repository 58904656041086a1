// What changed between two revisions of an index, told to people and to machines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <span>
#include <string>

#include "catalog/objects.h"

namespace vsm {

struct ObjectChange {
  enum class What : std::uint8_t { added, changed, deleted };
  ObjectKind kind = ObjectKind::text;
  std::string id, source, title;  ///< title may be empty
  What what = What::added;
  std::uint64_t revision = 0;
  std::int64_t time = 0;  ///< seconds since 1970 (UTC); 0: not known
};

/// Plain German: the counts, then a group for each source in the order of their ids, in it the changes in the
/// order handed in. Of each source at most `lines` are listed and the rest is counted; 0 lists everything.
///   geändert: Leistungstext L100.LB.1 „Hund anmelden“ (Revision 7, 23.11.2026)
void write_diff_text(std::ostream& out, std::span<const ObjectChange> changes, std::size_t lines = 20);

/// One JSON document on one line, with all changes in the order handed in:
///   counts   {added, changed, deleted}
///   changes  [{what, kind, id, source, title, revision, time}]: what is "added", "changed" or "deleted";
///   kind is
///            "text", "onlineService", "office" or "responsibility"; title is null where there is none; time
///            is UTC as "2026-11-23T09:00:00Z" or null
void write_diff_json(std::ostream& out, std::span<const ObjectChange> changes);

}  // namespace vsm
