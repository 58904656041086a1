// Lists of service keys with their names, as a new release of the catalogue comes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/service_key.h"
#include "indexer/problem.h"

namespace vsm {

struct ListedKey {
  ServiceKey key;
  std::string official_name,
      friendly_name;     ///< official_name is empty where the line has none that can be used
  bool retired = false;  ///< its status says that it holds no more
};

struct KeyList {
  std::string name;                 ///< of its file
  std::vector<ListedKey> keys;      ///< sorted, each once
  bool has_status = false;          ///< the list has a column that says which keys hold
  std::vector<Problem> problems{};  ///< by line
};

/// Reads a list with a header line, whose separator (tab, semicolon, comma or "|") shows in the header; with
/// semicolon or comma, cells may be quoted with ". Columns are found by name, others are ignored:
///   key (leika, schluessel, leistungsschluessel, leikaschluessel)
///                                                 14 digits
///   official_name (name, bezeichnung)             Leistungsbezeichnung
///   friendly_name (name2, bezeichnung2)           Leistungsbezeichnung II; may be missing
///   status                                        "retired" counts as gone; may be missing
/// So data/catalogue/services.tsv is such a list. Empty lines and those that begin with # are skipped. Lines
/// that cannot be used are problems; a key whose name alone is unusable still counts as listed, so that it
/// does not seem to be gone. Of lines with one key the first counts. A list that cannot be read, is no UTF-8
/// in its header, lacks a column, does not close a quote or has no key is broken.
KeyList read_key_list(const std::string& path);
/// The same from text in memory.
KeyList parse_key_list(std::string name, std::string_view content);

}  // namespace vsm
