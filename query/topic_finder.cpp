#include "query/topic_finder.h"

#include <algorithm>

namespace vsm {
namespace {

constexpr std::size_t most_named = 3;

}  // namespace

TopicFinder::TopicFinder(const Catalogue& catalogue) {
  const language::Analyzer analyzer;
  const auto add = [&](NamedTopic named) {
    std::vector<std::string> stems;
    for (const language::Word& word : analyzer.words(named.name)) stems.push_back(word.stem);
    names_.push_back({std::move(named), std::move(stems)});
  };
  for (const Topic& topic : catalogue.topics()) add({topic.id, "", topic.name, topic.name_en});
  for (const Situation& situation : catalogue.situations())
    add({catalogue.topics()[situation.topic].id, situation.id, situation.name, situation.name});
}

std::vector<NamedTopic> TopicFinder::find(const Understood& query) const {
  std::vector<NamedTopic> found;
  std::size_t asked = 0;
  for (const QueryWord& word : query.words) asked += !word.stop;
  if (asked == 0) return found;
  for (const Name& name : names_) {
    const bool all = std::all_of(query.words.begin(), query.words.end(), [&](const QueryWord& word) {
      return word.stop || std::find(name.stems.begin(), name.stems.end(), word.word.stem) != name.stems.end();
    });
    if (all && 2 * asked >= name.stems.size() && found.size() < most_named) found.push_back(name.named);
  }
  return found;
}

}  // namespace vsm
