// Tables for indexes that are built in no time, and builds with them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "indexer/build.h"
#include "language/model.h"
#include "tests/fixture.h"

namespace vsm {

/// Leaves nothing but the group of animals of the catalogue.
inline void keep_animals(TableTexts& tables) {
  for (auto& [name, text] : tables) {
    if (!text.starts_with("key\t") && !text.starts_with("prefix\t")) continue;
    std::string kept;
    for (std::string_view line : split(text, '\n'))
      if (kept.empty() || line.starts_with("99110")) (kept += line) += '\n';
    text = kept;
  }
}

/// The project's tables and word lists with the catalogue's group of animals alone, which makes builds quick.
inline const TableTexts& few_tables() {
  static const TableTexts tables = [] {
    TableTexts all = read_build_tables(VSM_DATA_FOLDER, "");
    keep_animals(all);
    return all;
  }();
  return tables;
}

/// Fewer still: the areas of Nordrhein-Westfalen, no word lists, and a vocabulary of next to nothing. A build
/// takes a few hundredths of a second.
inline const TableTexts& tiny_tables() {
  static const TableTexts tables = [] {
    TableTexts all = project_tables();
    keep_animals(all);
    const auto cut = [&](const char* name, auto keep) {
      std::string kept;
      for (std::string_view line : split(all.at(name), '\n'))
        if (kept.empty() || keep(line)) (kept += line) += '\n';
      all[name] = kept;
    };
    cut("areas/areas.tsv", [](std::string_view line) {
      return line.starts_with("bund") || split(line, '\t')[1].starts_with("05");
    });
    cut("areas/postcodes.tsv", [](std::string_view line) { return split(line, '\t')[1].starts_with("05"); });
    language::VocabularyBuilder words;
    words.add_text("Hund anmelden und abmelden");
    all.emplace(language::vocabulary_table, words.text());
    return all;
  }();
  return tables;
}

/// Builds the index below `folder` from the feeds in its folder "f".
inline void build_from_feeds(const TempFolder& folder) {
  const auto report =
      build_index(folder / "index", few_tables(), find_sources(folder / "f"), [](const BuildProgress&) {});
  for (const Problem* problem : report.all_problems())
    ASSERT_EQ(problem->severity, Severity::warning) << problem->message;
}

}  // namespace vsm
