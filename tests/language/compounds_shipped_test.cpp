// Splitting compounds with the vocabulary of the shipped index, against words split by hand.
#include <gtest/gtest.h>

#include <iostream>
#include <set>

#include "catalog/tables.h"
#include "language/fold.h"
#include "language/model.h"
#include "tests/shipped.h"

namespace vsm {
namespace {

struct Cuts {
  std::set<std::size_t> must, may;
};

/// "Kurz:arbeiter|geld": positions in the folded word.
Cuts cuts_of(std::string_view parts) {
  Cuts cuts;
  std::size_t at = 0;
  while (!parts.empty()) {
    const std::size_t end = parts.find_first_of("|:");
    at += language::fold(parts.substr(0, end)).size();
    if (end == std::string_view::npos) break;
    (parts[end] == '|' ? cuts.must : cuts.may).insert(at);
    parts.remove_prefix(end + 1);
  }
  return cuts;
}

TEST(Compounds, AreSplitWherePeopleSplitThem) {
  const language::Model model(shipped_engine().reader().snapshot().tables->words);
  const std::string path = VSM_DATA_FOLDER "/evaluation/compounds.tsv";
  const std::string text = read_file(path);
  TableReader rows(path, text, {"word", "parts"});
  double right = 0, wrong = 0, missed = 0, whole = 0, wrongly_split = 0;
  std::size_t words = 0;
  while (rows.next()) {
    ++words;
    const std::string folded = language::fold(rows[0]);
    const Cuts cuts = cuts_of(rows[1]);
    std::size_t at = 0, found = 0, extra = 0;
    const auto parts = model.splitter().split(folded);
    std::string shown;
    for (const language::WordPart& part : parts) {
      shown += (shown.empty() ? "" : "|") + std::string(part.written);
      at += part.written.size();
      if (at == folded.size()) break;
      if (cuts.must.contains(at))
        ++found;
      else if (!cuts.may.contains(at))
        ++extra;
    }
    right += static_cast<double>(found);
    wrong += static_cast<double>(extra);
    missed += static_cast<double>(cuts.must.size() - found);
    const bool is_whole = cuts.must.empty() && cuts.may.empty();
    whole += is_whole;
    wrongly_split += is_whole && parts.size() > 1;
    if (extra > 0 || found < cuts.must.size()) std::cout << "  " << rows[1] << " -> " << shown << '\n';
  }
  const double f1 = 2 * right / (2 * right + wrong + missed);
  std::cout << words << " words, F1 " << f1 << ", wrongly split " << wrongly_split << " of " << whole << '\n';
  EXPECT_EQ(words, 345U);
  EXPECT_GE(f1, 0.95);
  EXPECT_LE(wrongly_split, 0.02 * whole);
}

}  // namespace
}  // namespace vsm
