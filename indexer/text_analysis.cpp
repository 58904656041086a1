#include "indexer/text_analysis.h"

#include "language/fold.h"

namespace vsm {

TableTexts texts_need(const TableTexts& tables) {
  TableTexts needed;
  for (const char* name : {language::vocabulary_table, "synonyms/word_parts.txt", "synonyms/stopwords.txt",
                           "synonyms/generic.txt"})
    if (const auto table = tables.find(name); table != tables.end()) needed.insert(*table);
  return needed;
}

TextAnalysis::TextAnalysis(const TableTexts& tables, const Catalogue& catalogue, bool counts_words)
    : catalogue_(catalogue),
      model_(tables),
      analyzer_(&model_.splitter()),
      terms_(analyzer_, model_.rules()),
      counts_words_(counts_words) {}

std::vector<TextTerm> TextAnalysis::complete(ServiceText& text) {
  if (text.source == catalogue_source && !text.keys.empty()) {
    if (const CatalogueEntry* entry = catalogue_.find(text.keys.front())) {
      if (counts_words_) {
        count_words(entry->official_name);
        count_words(entry->friendly_name);
        for (const auto* list : {&entry->object_words, &entry->group_words})
          for (const std::string& word : *list) count_words(word);
        count_words(text);
      }
      return terms_.of(*entry, catalogue_);
    }
  }
  std::erase_if(text.keys, [](ServiceKey key) { return key.is_local(); });
  text.kin.clear();
  use_friendly_title(text);
  auto terms = terms_.of(text);
  if (text.keys.empty()) {
    text.keys.push_back(ServiceKey::local(language::fold_name(text.title)));
    text.kin = kinship().inherit(analyzer_.words(text.title), terms);
  }
  if (counts_words_) count_words(text);
  return terms;
}

/// A text that has nothing but the catalogue's official name takes our citizen-friendly title.
void TextAnalysis::use_friendly_title(ServiceText& text) const {
  if (text.title_of_catalogue) text.title = text.official_title;
  text.title_of_catalogue = false;
  if (text.keys.size() != 1 || text.title != text.official_title) return;
  const CatalogueEntry* entry = catalogue_.find(text.keys.front());
  if (!entry || language::fold_name(entry->official_name) != language::fold_name(text.title)) return;
  text.title = entry->title;
  text.title_of_catalogue = true;
}

void TextAnalysis::count_words(std::string_view text) {
  words_.add_text(text);
  words_.add_joined(text);
}

void TextAnalysis::count_words(const ServiceText& text) {
  for (const std::string* part : {&text.title, &text.official_title, &text.teaser}) count_words(*part);
  for (const std::string& word : text.words) count_words(word);
  for (const TextModule& module : text.modules) count_words(module.text);
  for (const Translation& translation : text.translations) {
    count_words(translation.title);
    count_words(translation.teaser);
    for (const TextModule& module : translation.modules) count_words(module.text);
  }
}

Kinship& TextAnalysis::kinship() {
  if (!kinship_) {
    kinship_ = std::make_unique<Kinship>(model_.rules());
    for (const CatalogueEntry& entry : catalogue_.entries())
      if (!entry.heading) kinship_->add(entry.key, terms_.of(entry, catalogue_));
  }
  return *kinship_;
}

}  // namespace vsm
