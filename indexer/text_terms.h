// Which terms stand for a text, by field. The query side asks for the same fields.
#pragma once

#include <vector>

#include "catalog/catalogue.h"
#include "catalog/objects.h"
#include "language/analyzer.h"
#include "store/index_writer.h"

namespace vsm {

std::vector<TextTerm> text_terms(const language::Analyzer& analyzer, const ServiceText& text);

/// A catalogue entry is also found by its topic's and its heading's names.
std::vector<TextTerm> catalogue_terms(const language::Analyzer& analyzer, const CatalogueEntry& entry,
                                       const Catalogue& catalogue);

}  // namespace vsm
