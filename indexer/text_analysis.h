// What a text is found by, and what completes it: the store asks for it whenever a text comes to be shown.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalogue.h"
#include "catalog/tables.h"
#include "indexer/kinship.h"
#include "indexer/text_terms.h"
#include "language/model.h"
#include "store/index_writer.h"

namespace vsm {

/// The name of the source that the catalogue itself is: its texts have the level "katalog".
inline constexpr const char* catalogue_source = "katalog";

/// The few of these tables that texts are cut by: reading the many lists for queries takes longer than an
/// update.
TableTexts texts_need(const TableTexts& tables);

/// Not thread-safe. Making one takes some tenths of a second, for the words of all lists.
class TextAnalysis {
 public:
  /// `tables` with vocabulary and word lists, of which texts_need() are enough; `catalogue` must outlive
  /// this. `counts_words`: words() will be asked for.
  TextAnalysis(const TableTexts& tables, const Catalogue& catalogue, bool counts_words);

  /// Terms of a text. Gives it a local key and kin where it has no key, and the catalogue's title for
  /// citizens where it has none but the official one. A text that was completed before is completed anew.
  std::vector<TextTerm> complete(ServiceText& text);

  const language::TextModel& model() const { return model_; }
  /// The words of all texts so far, as the table language/words.
  std::string words() const { return words_.text(); }

 private:
  void use_friendly_title(ServiceText& text) const;
  void count_words(std::string_view text);
  void count_words(const ServiceText& text);
  Kinship& kinship();

  const Catalogue& catalogue_;
  language::TextModel model_;
  language::Analyzer analyzer_;
  TextTerms terms_;
  std::unique_ptr<Kinship> kinship_;  // made when a text without key comes
  bool counts_words_;
  language::VocabularyBuilder words_;
};

}  // namespace vsm
