#include "query/suggest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "language/fold.h"
#include "query/view.h"

namespace vsm {
namespace {

using Entry = SuggestionTable::Entry;

// How much sooner one is suggested than another that fits as well; beside these, PhraseTable has what counts
// for how it fits.
constexpr int service_weight = 90;
constexpr int asked_often = 60;  ///< the project has a text of its own on it
constexpr int general_variant = 10;
constexpr int retired_weight = 20;
constexpr int online_bonus = 30, published_bonus = 25;
constexpr int topic_weight = 140, situation_weight = 120;
constexpr int place_weight = 40;  ///< and by population
constexpr int home_bonus = 15;
/// By how many words a phrase has: long ones are whole questions, and rare.
constexpr int word_weights[] = {120, 85, 65, 50, 25};
constexpr int other_name_cost = 50;  ///< found by a name that is not the one shown
constexpr int misspelt_cost = 400;
constexpr int elsewhere_cost = 60;  ///< of places, where the place is known already

constexpr std::size_t few = 3;              ///< where no more fit, something may be misspelt
constexpr std::size_t most_looked_at = 32;  ///< of each kind
constexpr std::size_t most_bytes = 1'000;   ///< nothing that long is suggested

bool holds(const std::vector<std::string>& words, const std::vector<std::string>& phrase) {
  return std::search(words.begin(), words.end(), phrase.begin(), phrase.end()) != words.end();
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) (text += text.empty() ? "" : " ") += word;
  return text;
}

std::vector<Entry> service_entries(const Catalogue& catalogue) {
  std::vector<Entry> entries;
  for (const CatalogueEntry& service : catalogue.entries()) {
    if (service.heading) continue;
    Entry entry;
    entry.text = service.title;
    entry.other_text = service.official_name;
    entry.key = service.key;
    entry.weight = service.status == "retired" ? retired_weight : service_weight;
    if (!service.teaser.empty()) entry.weight += asked_often;
    if (service.key.detail() == 0) entry.weight += general_variant;
    entries.push_back(std::move(entry));
  }
  return entries;
}

/// Everyday words, and the names of headings, which are no services.
std::vector<Entry> word_entries(const Catalogue& catalogue) {
  std::vector<Entry> entries;
  std::unordered_map<std::string_view, std::size_t> known;
  const auto add = [&](const std::string& text, bool often) {
    const auto words = static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '));
    const int weight =
        word_weights[std::min(words, std::size(word_weights) - 1)] + (often ? asked_often / 3 : 0);
    const auto added = known.emplace(text, entries.size());
    if (added.second) {
      entries.emplace_back();
      entries.back().text = text;
    }
    Entry& entry = entries[added.first->second];
    entry.weight = std::max(entry.weight, weight);
  };
  for (const CatalogueEntry& service : catalogue.entries()) {
    const bool often = !service.teaser.empty();
    if (service.heading) add(service.title, often);
    for (const auto* list : {&service.words, &service.group_words, &service.object_words})
      for (const std::string& text : *list) add(text, often);
  }
  return entries;
}

std::vector<Entry> topic_entries(const Catalogue& catalogue) {
  std::vector<Entry> entries;
  for (std::size_t topic = 0; topic < catalogue.topics().size(); ++topic) {
    Entry entry;
    entry.text = catalogue.topics()[topic].name;
    entry.other_text = catalogue.topics()[topic].name_en;
    entry.topic = topic;
    entry.weight = topic_weight;
    entries.push_back(std::move(entry));
  }
  for (std::size_t situation = 0; situation < catalogue.situations().size(); ++situation) {
    Entry entry;
    entry.text = catalogue.situations()[situation].name;
    entry.topic = catalogue.situations()[situation].topic;
    entry.situation = situation;
    entry.weight = situation_weight;
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<Entry> place_entries(const AreaTable& areas, const PlaceFinder& places) {
  std::vector<Entry> entries;
  for (AreaIndex index = 0; index < areas.size(); ++index) {
    const Area& area = areas[index];
    if (area.level != Level::gemeinde && area.level != Level::kreis && area.level != Level::land) continue;
    // A city that is its own Kreis, or its own Land, is there as a municipality.
    if (areas.find(area.code) != index) continue;
    Entry entry;
    entry.text = places.label(index);
    entry.other_text = area.short_name;
    if (entry.text.starts_with("Sankt ")) entry.other_text = "St. " + entry.text.substr(6);
    if (area.level == Level::land && areas.find("05") == index) entry.other_text = "NRW";
    entry.area = index;
    entry.weight = place_weight + static_cast<int>(18 * std::log10(1.0 + area.population));
    if (areas.land_of(index) == places.home_land()) entry.weight += home_bonus;
    entries.push_back(std::move(entry));
  }
  return entries;
}

/// The text in pieces, the beginnings of its words that were typed marked.
std::vector<SuggestedPiece> pieces_of(const std::string& text, const std::vector<std::string>& beginnings) {
  const std::vector<language::WrittenWord> words = language::written_words(text);
  std::vector<std::size_t> marked(words.size());  // bytes of each word
  for (const std::string& beginning : beginnings) {
    std::size_t best = words.size();
    for (std::size_t i = words.size(); i-- > 0;) {
      if (marked[i] > 0 || !words[i].folded.starts_with(beginning)) continue;
      if (best == words.size() || words[i].folded == beginning || words[best].folded != beginning) best = i;
    }
    if (best == words.size()) continue;
    const auto& word = words[best];
    marked[best] =
        language::written_size(std::string_view(text).substr(word.at, word.size), beginning.size());
  }
  std::vector<SuggestedPiece> pieces;
  std::size_t done = 0;
  const auto add = [&](std::size_t until, bool match) {
    if (until > done) pieces.push_back({text.substr(done, until - done), match});
    done = std::max(done, until);
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (marked[i] == 0) continue;
    add(words[i].at, false);
    add(words[i].at + marked[i], true);
  }
  add(text.size(), false);
  return pieces;
}

/// Whether anybody but the catalogue has a text on a service at the place.
bool is_published(const View& view, ServiceKey key) {
  const ServiceKey heading = view.heading_of(key);
  for (const Step& step : view.steps()) {
    if (step.area && step.level == Level::katalog) continue;
    for (ServiceKey one : {key, heading}) {
      if (!one) continue;
      for (const SheetText& text : step.sheet->texts_for(one))
        if (text.validity.holds(view.day())) return true;
    }
  }
  return false;
}

bool is_online(const View& view, ServiceKey key) {
  for (const Step& step : view.steps()) {
    for (const SheetJoin& join : step.sheet->online_in_group(key.group())) {
      if (join.key != key) continue;
      const OnlineService& service = step.sheet->online_services[join.index];
      if (service.is_online() && service.validity.holds(view.day())) return true;
    }
  }
  return false;
}

Suggestion of_place(AreaIndex area, std::string text, const std::vector<std::string>& typed) {
  Suggestion suggestion;
  suggestion.kind = SuggestionKind::place;
  suggestion.area = area;
  suggestion.pieces = pieces_of(text, typed);
  suggestion.text = std::move(text);
  return suggestion;
}

struct Choice {
  SuggestionTable::Found found;
  SuggestionKind kind = SuggestionKind::word;
  bool unlisted = false, online = false;
};

/// Of one kind at most so many, as long as others have something to say.
std::size_t share(SuggestionKind kind, std::size_t size) {
  switch (kind) {
    case SuggestionKind::service:
      return size - size / 4;
    case SuggestionKind::word:
      return (size + 1) / 2;
    case SuggestionKind::topic:
      return std::max<std::size_t>(1, size / 4);
    case SuggestionKind::place:
      return std::max<std::size_t>(1, size * 3 / 8);
  }
  return size;
}

}  // namespace

std::string_view suggestion_kind_name(SuggestionKind kind) {
  static constexpr std::string_view names[] = {"service", "word", "topic", "place"};
  return names[static_cast<std::size_t>(kind)];
}

SuggestionTable::SuggestionTable(std::vector<Entry> entries, const language::WordRules& rules) {
  std::vector<PhraseTable::Phrase> phrases;
  for (Entry& entry : entries) {
    std::vector<std::string> words = language::fold_words(entry.text);
    const auto is_in = [&](const auto& phrase) { return holds(words, phrase); };
    const auto& never = rules.never_suggested();
    if (std::any_of(never.begin(), never.end(), is_in)) continue;
    const auto number = static_cast<std::uint32_t>(entries_.size());
    std::vector<std::string> others = language::fold_words(entry.other_text);
    if (!others.empty() && others != words) {
      phrases.push_back({std::move(others), entry.weight - other_name_cost});
      entry_of_.push_back(number);
    }
    phrases.push_back({std::move(words), entry.weight});
    entry_of_.push_back(number);
    entries_.push_back(std::move(entry));
  }
  phrases_ = PhraseTable(phrases);
}

std::vector<SuggestionTable::Found> SuggestionTable::find(std::span<const std::string> typed, bool misspelt,
                                                          std::size_t most) const {
  auto phrases = misspelt ? phrases_.find_misspelt(typed, most) : phrases_.find(typed, most);
  std::vector<Found> found;
  for (PhraseTable::Found& phrase : phrases)
    found.push_back({&entries_[entry_of_[phrase.phrase]], phrase.score, std::move(phrase.beginnings)});
  return found;
}

Suggestions::Suggestions(const AreaTable& areas, const Catalogue& catalogue, const PlaceFinder& places,
                         const language::WordRules& rules)
    : catalogue_(catalogue),
      places_(places),
      rules_(rules),
      services_(service_entries(catalogue), rules),
      words_(word_entries(catalogue), rules),
      topics_(topic_entries(catalogue), rules),
      areas_by_name_(place_entries(areas, places), rules) {}

std::shared_ptr<const SuggestionTable> Suggestions::unlisted(
    const IndexReader& reader, std::shared_ptr<const SuggestionTable> before) const {
  std::unordered_map<ServiceKey, const std::string*> known;
  if (before)
    for (const Entry& entry : before->entries()) known.emplace(entry.key, &entry.text);
  std::vector<Entry> entries;
  ServiceKey last;
  for (const SheetText& text : reader.snapshot().unlisted().texts) {
    if (text.key == last) continue;
    last = text.key;
    Entry entry;
    entry.key = text.key;
    // A local key is made of the title, so it goes with it for ever.
    const auto same = text.key.is_local() ? known.find(text.key) : known.end();
    entry.text = same != known.end() ? *same->second : reader.text(text.doc).title;
    entry.weight = service_weight;
    entries.push_back(std::move(entry));
  }
  return std::make_shared<const SuggestionTable>(std::move(entries), rules_);
}

std::vector<Suggestion> Suggestions::find(const SuggestRequest& request, const IndexReader& reader,
                                          const View& view, const SuggestionTable& unlisted) const {
  std::vector<Suggestion> suggestions;
  if (request.words.size() > most_bytes) return suggestions;
  const std::vector<std::string> typed = language::fold_words(request.words);
  if (typed.empty()) return suggestions;
  const auto size = static_cast<std::size_t>(request.size);
  if (typed.size() == 1 && is_postcode(typed[0])) {
    for (AreaIndex area : places_.beginning_with(typed[0], size))
      suggestions.push_back(of_place(area, typed[0] + " " + places_.label(area), typed));
    return suggestions;
  }

  // Words that questions are made of may be missing, but for the one that is being typed.
  std::vector<std::string> asked;
  for (std::size_t i = 0; i < typed.size(); ++i)
    if (i + 1 == typed.size() || !rules_.is_stopword(typed[i])) asked.push_back(typed[i]);

  std::vector<Choice> choices;
  const auto look = [&](const std::vector<std::string>& words, bool misspelt) {
    const std::tuple<const SuggestionTable*, SuggestionKind, bool> tables[] = {
        {&services_, SuggestionKind::service, false},
        {&unlisted, SuggestionKind::service, true},
        {&words_, SuggestionKind::word, false},
        {&topics_, SuggestionKind::topic, false},
        {&areas_by_name_, SuggestionKind::place, false}};
    for (const auto& table : tables) {
      auto all = std::get<0>(table)->find(words, misspelt, most_looked_at);
      // What stands so far behind gets no further by being published or online.
      if (std::get<1>(table) == SuggestionKind::service && all.size() > size) {
        const int least = all[size - 1].score - published_bonus - online_bonus;
        std::erase_if(all, [&](const auto& found) { return found.score < least; });
      }
      for (auto& found : all) {
        Choice choice{std::move(found), std::get<1>(table), std::get<2>(table)};
        if (misspelt) choice.found.score -= misspelt_cost;
        if (choice.kind == SuggestionKind::place && view.has_place()) choice.found.score -= elsewhere_cost;
        if (choice.kind == SuggestionKind::service) {
          const ServiceKey key = choice.found.entry->key;
          const bool published = is_published(view, key);
          if (choice.unlisted && !published) continue;
          choice.online = is_online(view, key);
          choice.found.score += (published ? published_bonus : 0) + (choice.online ? online_bonus : 0);
        }
        choices.push_back(std::move(choice));
      }
    }
  };
  look(typed, false);
  if (choices.size() < size && asked.size() < typed.size()) look(asked, false);
  if (choices.size() < few) look(typed, true);
  if (choices.size() < few && asked.size() < typed.size()) look(asked, true);
  std::stable_sort(choices.begin(), choices.end(),
                   [](const Choice& a, const Choice& b) { return a.found.score > b.found.score; });

  // Distinct, and of no kind too many while there are others; then the others, all in their order.
  std::unordered_map<std::string, Choice*> by_text;
  std::unordered_set<ServiceKey> keys;
  std::array<std::size_t, suggestion_kinds> of_kind{};
  std::vector<const Choice*> taken, left;
  for (Choice& choice : choices) {
    if (taken.size() == size) break;
    if (choice.kind == SuggestionKind::service && !keys.insert(choice.found.entry->key).second) continue;
    std::vector<std::string> words = language::fold_words(choice.found.entry->text);
    std::sort(words.begin(), words.end());
    Choice*& first = by_text[joined(words)];
    if (first) {
      // Of a word and a service of one name the service is shown, where the word would be.
      if (choice.kind == SuggestionKind::service && first->kind == SuggestionKind::word) *first = choice;
      continue;
    }
    first = &choice;
    std::size_t& count = of_kind[static_cast<std::size_t>(choice.kind)];
    if (count == share(choice.kind, size)) {
      left.push_back(&choice);
    } else {
      ++count;
      taken.push_back(&choice);
    }
  }
  left.resize(std::min(left.size(), size - taken.size()));
  taken.insert(taken.end(), left.begin(), left.end());
  std::sort(taken.begin(), taken.end());
  for (const Choice* choice : taken) {
    const Entry& entry = *choice->found.entry;
    Suggestion suggestion;
    suggestion.kind = choice->kind;
    suggestion.text = entry.text;
    switch (choice->kind) {
      case SuggestionKind::service:
        suggestion.online = choice->online;
        if (choice->unlisted) {
          const ServiceText text = reader.text(view.nearest(entry.key).docs.front());
          suggestion.text = text.title;
          suggestion.id = text.id.text();
        } else {
          suggestion.key = entry.key;
          suggestion.id = entry.key.text();
        }
        break;
      case SuggestionKind::word:
        break;
      case SuggestionKind::topic:
        suggestion.topic = catalogue_.topics()[entry.topic].id;
        if (entry.situation) suggestion.situation = catalogue_.situations()[*entry.situation].id;
        if (request.english && !entry.other_text.empty()) suggestion.text = entry.other_text;
        break;
      case SuggestionKind::place:
        suggestion.area = entry.area;
        break;
    }
    suggestion.pieces = pieces_of(suggestion.text, choice->found.beginnings);
    suggestions.push_back(std::move(suggestion));
  }
  return suggestions;
}

}  // namespace vsm
