#include "indexer/text_terms.h"

#include <map>

#include "language/fold.h"

namespace vsm {
namespace {

class Collector {
 public:
  explicit Collector(const language::Analyzer& analyzer) : analyzer_(analyzer) {}

  void add(Field field, std::string_view text) {
    for (auto& word : analyzer_.words(text)) ++counts_[{field, std::move(word.stem)}];
  }
  void add_title(std::string_view title) {
    add(Field::title, title);
    if (std::string name = language::fold_name(title); !name.empty()) counts_[{Field::exact_title, std::move(name)}] = 1;
  }
  std::vector<FieldTerm> take() {
    std::vector<FieldTerm> terms;
    terms.reserve(counts_.size());
    for (auto& [term, count] : counts_) terms.push_back({term.first, term.second, count});
    return terms;
  }

 private:
  const language::Analyzer& analyzer_;
  std::map<std::pair<Field, std::string>, unsigned> counts_;
};

}  // namespace

std::vector<FieldTerm> text_terms(const language::Analyzer& analyzer, const ServiceText& text) {
  Collector terms(analyzer);
  terms.add_title(text.title);
  if (text.official_title != text.title) terms.add_title(text.official_title);
  for (const std::string& word : text.words) terms.add(Field::words, word);
  terms.add(Field::body, text.teaser);
  for (const TextModule& module : text.modules) terms.add(Field::body, module.text);
  return terms.take();
}

std::vector<FieldTerm> catalogue_terms(const language::Analyzer& analyzer, const CatalogueEntry& entry,
                                       const Catalogue& catalogue) {
  Collector terms(analyzer);
  terms.add_title(entry.title);
  for (const std::string* name : {&entry.official_name, &entry.friendly_name})
    if (!name->empty() && *name != entry.title) terms.add_title(*name);
  for (const std::string& word : entry.words) terms.add(Field::words, word);
  terms.add(Field::body, entry.teaser);
  for (std::size_t situation : entry.situations) terms.add(Field::body, catalogue.situations()[situation].name);
  terms.add(Field::body, entry.ozg);
  if (const auto* heading = catalogue.find(ServiceKey(entry.key.object() * 1'000'000)); heading && heading->heading)
    terms.add(Field::body, heading->official_name);
  return terms.take();
}

}  // namespace vsm
