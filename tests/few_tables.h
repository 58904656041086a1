// Tables for indexes that are built in no time, and builds with them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "indexer/build.h"
#include "tests/fixture.h"

namespace vsm {

/// The project's tables with the catalogue's group of animals alone, which makes builds quick.
inline const TableTexts& few_tables() {
  static const TableTexts tables = [] {
    TableTexts all = read_build_tables(VSM_DATA_FOLDER, "");
    for (auto& [name, text] : all) {
      if (!text.starts_with("key\t")) continue;
      std::string kept;
      for (std::string_view line : split(text, '\n'))
        if (kept.empty() || line.starts_with("99110")) (kept += line) += '\n';
      text = kept;
    }
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
