#include "language/model.h"

namespace vsm::language {
namespace {

using Tables = std::map<std::string, std::string, std::less<>>;

std::string text_of(const Tables& tables, std::string_view name) {
  const auto found = tables.find(name);
  return found == tables.end() ? std::string() : found->second;
}

Tables rules_of(const Tables& tables) {
  Tables rules;
  for (auto table = tables.lower_bound("synonyms/");
       table != tables.end() && table->first.starts_with("synonyms/"); ++table)
    rules.insert(*table);
  return rules;
}

std::vector<std::string_view> spellings(const Vocabulary& words, const WordRules& rules) {
  std::vector<std::string_view> known = words.indexed();
  for (const std::string& word : rules.left_words())
    if (!words.find(word)) known.push_back(word);
  return known;
}

}  // namespace

TextModel::TextModel(const Tables& tables)
    : vocabulary_(text_of(tables, vocabulary_table)),
      splitter_(vocabulary_, text_of(tables, "synonyms/word_parts.txt")),
      rules_(rules_of(tables),
             [stemmer = std::make_shared<Stemmer>()](const std::string& word) { return (*stemmer)(word); }) {}

Model::Model(const Tables& tables)
    : text_(tables),
      words_(text_of(tables, words_table)),
      spelling_(spellings(words_, rules())),
      similar_(spellings(words_, rules())) {}

}  // namespace vsm::language
