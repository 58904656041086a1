// What a new release of the catalogue would change, before it is applied: keys that come, go, move or get
// another name, and the texts that stand under them.
//   vsm-index catalogue diff neu.tsv
#pragma once

#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalogue.h"
#include "indexer/key_list.h"

namespace vsm {

/// A text under a key, as the index has it.
struct TouchedText {
  std::string text_id, source, area, title;
  std::vector<std::string> links;  ///< of the online services that are joined to it
};
using TouchedBy = std::function<std::vector<TouchedText>(ServiceKey)>;

struct ReleaseChange {
  /// In the order in which they are reported: what loses its key comes first.
  enum class Kind { retired, split, merged, moved, renamed, revived, added };
  Kind kind = Kind::added;
  std::vector<ServiceKey> from, to;  ///< present and new keys; both sorted
  std::string old_name, new_name;    ///< of the first of each; empty where there is none
  std::string reason;                ///< a German sentence: why it is taken for this, and what to check
  std::vector<TouchedText> texts;    ///< what stands under the keys of `from`
};

struct CatalogueRelease {
  std::size_t present = 0, listed = 0;  ///< keys that hold, in the catalogue and in the new list
  std::size_t spelling = 0;  ///< names that differ in case, blanks or punctuation only; not reported
  std::vector<ReleaseChange> changes;  ///< by kind, then by key
  std::vector<Problem> problems;       ///< those of the list, and what makes the comparison doubtful
};

/// Careful: what is not sure is told as retired and added, and `reason` names what resembles it.
///   renamed  the same key, another name
///   moved    a key is gone, and exactly one new key has its name, or the same words in other form or order
///   split    a key is gone, or became a heading, and its object has several new keys that fit it
///   merged   several keys are gone, and their names all lead to one new key
/// Retired keys that stay away and new ones that are retired already are no change.
/// `touched` is asked for each key of `from`; it may be empty.
CatalogueRelease compare_release(const Catalogue& present, const KeyList& list,
                                 const TouchedBy& touched = {});

/// 0: no change; 1: changes or warnings; 2: the list is broken or has lines that were not taken.
int exit_status(const CatalogueRelease& release);

/// Plain German for a terminal: problems, counts, then the changes by kind. Of each change at most
/// `texts_shown` texts are named; 0 means all.
void write_release_text(std::ostream& out, const CatalogueRelease& release, bool colour,
                        std::size_t texts_shown = 5);

/// One JSON document on one line:
///   present, listed, spelling  numbers as above
///   counts    {retired, split, merged, moved, renamed, revived, added}
///   changes   [{kind, from: [key], to: [key], oldName, newName, reason,
///             texts: [{id, source, area, title, links: [url]}]}]: names are null where there is none
///   problems  [{severity, rule, file, line, object, message}]: line and object may be null
void write_release_json(std::ostream& out, const CatalogueRelease& release);

}  // namespace vsm
