// What a new release of the catalogue would change, before it is applied: keys that come, go, move or get
// another name, and the texts that stand under them.
//   vsm-index catalogue diff neu.tsv
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalogue.h"
#include "indexer/problem.h"

namespace vsm {

struct ListedKey {
  ServiceKey key;
  std::string official_name,
      friendly_name;     ///< official_name is empty where the line had none that is usable
  bool retired = false;  ///< its status says that it holds no more
};

/// A new key list as its file has it.
struct KeyList {
  std::vector<ListedKey> keys;  ///< sorted, each once
  bool has_status = false;      ///< the list has a column that says which keys hold
  std::vector<Problem> problems;
};

/// Reads a list with a header line, whose separator (tab, semicolon, comma or "|") shows in the header; all
/// but tabs may quote their cells with ". Columns are found by name, others are ignored:
///   key (leika, schluessel, leistungsschluessel)  14 digits
///   official_name (name, bezeichnung)             Leistungsbezeichnung
///   friendly_name (name2, bezeichnung2)           Leistungsbezeichnung II; may be missing
///   status                                        "retired" counts as gone; may be missing
/// So data/catalogue/services.tsv is such a list. Empty lines and those that begin with # are skipped. Lines
/// that cannot be used are problems; a key whose name alone is unusable still counts as listed, so that it
/// does not seem to be gone. A list that is not UTF-8, has no such columns or no key at all is broken.
KeyList read_key_list(const std::string& path);
/// The same from text in memory; `name` is used in problems.
KeyList parse_key_list(const std::string& name, std::string_view content);

/// A text under a key, as the index has it.
struct Touched {
  std::string text_id, source, area, title;
  std::vector<std::string> links;  ///< of the online services that are joined to it
};
using TouchedBy = std::function<std::vector<Touched>(ServiceKey)>;

struct ReleaseChange {
  /// In the order in which they are reported: what loses its key comes first.
  enum class Kind { retired, split, merged, moved, renamed, revived, added };
  Kind kind = Kind::added;
  std::vector<ServiceKey> from, to;  ///< present and new keys; both sorted
  std::string old_name, new_name;    ///< of the first of each; empty where there is none
  std::string reason;                ///< a German sentence: why it is taken for this, and what to check
  std::vector<Touched> texts;        ///< what stands under the keys of `from`
};
inline constexpr std::size_t release_kinds = 7;

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
///   problems  [{severity, rule, file, line, message}]
void write_release_json(std::ostream& out, const CatalogueRelease& release);

}  // namespace vsm
