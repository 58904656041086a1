// Which terms stand for a text, and how much each says about it. The query side asks for the same terms.
#pragma once

#include <vector>

#include "catalog/catalogue.h"
#include "catalog/objects.h"
#include "language/analyzer.h"
#include "language/word_rules.h"
#include "store/index_writer.h"

namespace vsm {

/// Thread-safe as long as the analyzer is not shared.
class TextTerms {
 public:
  /// Both must outlive this. `rules` say which words of a name count towards its length.
  TextTerms(const language::Analyzer& analyzer, const language::WordRules& rules)
      : analyzer_(analyzer), rules_(rules) {}

  std::vector<TextTerm> of(const ServiceText& text) const;
  /// A catalogue entry is also found by the names of its situations, its OZG-Leistung and its heading.
  std::vector<TextTerm> of(const CatalogueEntry& entry, const Catalogue& catalogue) const;

 private:
  const language::Analyzer& analyzer_;
  const language::WordRules& rules_;
};

}  // namespace vsm
