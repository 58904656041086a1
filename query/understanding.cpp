#include "query/understanding.h"

#include <algorithm>

#include "language/fold.h"

namespace vsm {
namespace {

constexpr double participle_share = 0.95;
constexpr double least_similarity = 0.42;
constexpr std::size_t most_similar = 8;
constexpr std::size_t words_considered = 32, longest_place_name = 5;
/// So many people make a name a place even where the catalogue uses it too.
constexpr std::uint32_t well_known = 100'000;

ServiceKey key_in(std::string_view text) {
  std::string digits;
  for (char c : text) {
    if (c >= '0' && c <= '9')
      digits += c;
    else if (c != ' ' && c != '.' && c != '-' && c != '\t')
      return {};
  }
  return ServiceKey::parse(digits).value_or(ServiceKey());
}

std::string joined(const std::vector<std::string>& words, std::size_t from, std::size_t count) {
  std::string text;
  for (std::size_t i = from; i < from + count; ++i) text += (text.empty() ? "" : " ") + words[i];
  return text;
}

class PlaceSearch {
 public:
  PlaceSearch(const std::vector<std::string>& words, const IndexReader& reader, const language::Model& model,
              const PlaceFinder& places, const language::Analyzer& analyzer)
      : words_(words),
        reader_(reader),
        areas_(reader.snapshot().areas),
        model_(model),
        places_(places),
        analyzer_(analyzer) {}

  struct Found {
    std::size_t from = 0, count = 0;
    PlaceFinder::Reading reading;
  };
  std::optional<Found> find() const {
    for (std::size_t count = std::min(longest_place_name, words_.size()); count > 0; --count) {
      for (std::size_t from = words_.size() - count + 1; from-- > 0;) {
        // Where nothing else is asked it is no place to filter by.
        PlaceFinder::Reading reading = places_.read(joined(words_, from, count));
        if (!reading.chosen && reading.others.empty()) continue;
        if (!accepted(from, count, reading)) continue;
        Found found{from, count, std::move(reading)};
        widen(found);
        if (found.count < words_.size()) return found;
      }
    }
    return std::nullopt;
  }

 private:
  bool accepted(std::size_t from, std::size_t count, const PlaceFinder::Reading& reading) const {
    if (count == 1 && is_postcode(words_[from])) return true;
    if (!reading.chosen) return false;
    const Area& area = areas_[*reading.chosen];
    if (count > 1) return !everyday_phrase(from, count);
    if (words_[from].size() < 2) return false;
    if (!is_everyday(words_[from], area, at_home(*reading.chosen))) return true;
    if (is_cue(from)) return true;
    const bool last = from + 1 == words_.size();
    return last && from > 0 && !model_.rules().is_stopword(words_[from - 1]) && at_home(*reading.chosen) &&
           is_service(from);
  }

  bool everyday_phrase(std::size_t from, std::size_t count) const {
    const std::string name = joined(words_, from, count);
    std::vector<Posting> postings;
    reader_.postings(TermKind::phrase, name, reader_.sheet(areas_.katalog()).docs, postings);
    return !postings.empty();
  }

  /// Small places far away have names of all kinds: any word of a dictionary is rather that word.
  bool is_everyday(const std::string& word, const Area& area, bool home) const {
    if (model_.is_common_word(word)) return true;
    if (area.population >= well_known) return false;
    return model_.is_catalogue_word(word) || (!home && model_.is_dictionary_word(word));
  }

  bool is_cue(std::size_t from) const {
    if (from == 0) return false;
    static constexpr std::string_view cues[] = {"in", "stadt", "gemeinde", "kreis"};
    if (std::find(std::begin(cues), std::end(cues), words_[from - 1]) != std::end(cues)) return true;
    return is_postcode(words_[from - 1]);
  }

  bool at_home(AreaIndex area) const {
    return places_.home_land() && areas_.land_of(area) == places_.home_land();
  }

  /// Whether the words before `end` name a service as they stand.
  bool is_service(std::size_t end) const {
    std::vector<std::string> stems;
    std::string name;
    for (std::size_t i = 0; i < end; ++i) {
      if (model_.rules().is_stopword(words_[i])) continue;
      stems.push_back(analyzer_.word(words_[i]).stem);
      name += (name.empty() ? "" : " ") + words_[i];
    }
    if (stems.empty()) return false;
    if (model_.rules().has_rule(stems)) return true;
    std::vector<Posting> postings;
    const Bitmap& catalogue = reader_.sheet(areas_.katalog()).docs;
    reader_.postings(TermKind::phrase, name, catalogue, postings);
    if (postings.empty() && stems.size() == 1 && name.size() > 8)
      reader_.postings(TermKind::word, stems[0], catalogue, postings);
    return !postings.empty();
  }

  /// "in der Stadt Bochum", "46117 Oberhausen": what belongs to the place goes with it.
  void widen(Found& found) const {
    while (found.from > 0) {
      const std::string& before = words_[found.from - 1];
      const bool belongs = before == "in" || before == "stadt" || before == "gemeinde" || before == "der" ||
                           (is_postcode(before) && !areas_.with_postcode(before).empty());
      if (!belongs || (before == "der" && (found.from < 2 || words_[found.from - 2] != "in"))) break;
      --found.from;
      ++found.count;
    }
    while (found.from + found.count < words_.size() && is_postcode(words_[found.from + found.count]))
      ++found.count;
  }

  const std::vector<std::string>& words_;
  const IndexReader& reader_;
  const AreaTable& areas_;
  const language::Model& model_;
  const PlaceFinder& places_;
  const language::Analyzer& analyzer_;
};

/// The text as typed, less the words that name the place.
std::string remove_place(std::string_view text, const std::string& place_words) {
  std::vector<std::string> left = language::fold_words(place_words);
  std::string rest;
  for (std::string_view typed : split(text, ' ')) {
    const auto folded = language::fold_words(typed);
    const bool of_place =
        !folded.empty() && std::all_of(folded.begin(), folded.end(), [&](const std::string& word) {
          return std::find(left.begin(), left.end(), word) != left.end();
        });
    if (!of_place) (rest += rest.empty() ? "" : " ") += typed;
  }
  return rest;
}

/// How the words that fold_words finds in a text were typed, each in its place.
std::vector<std::string> typed_words(std::string_view text) {
  std::vector<std::string> typed;
  for (std::string_view token : split(text, ' ')) {
    std::vector<std::string> folded = language::fold_words(token);
    if (folded.size() == 1) folded.front() = token;
    typed.insert(typed.end(), folded.begin(), folded.end());
  }
  return typed;
}

/// Replaces a word that nothing knows by the word that was meant; false where it stays.
bool mend(std::string& folded, const language::Model& model, const IndexReader& reader,
          const language::Analyzer& analyzer) {
  if (model.knows(folded) || model.is_dictionary_word(folded)) return false;
  // A text may have brought the word since the index was built.
  if (reader.has_term(TermKind::word, analyzer.word(folded).stem)) return false;
  // A compound of known words is known, unless it is one letter off a word that stands in the index.
  const auto parts = model.splitter().split(folded);
  const bool compound =
      parts.size() > 1 && std::all_of(parts.begin(), parts.end(), [&](const auto& part) {
        return part.written.size() > 3 && (model.knows(part.base) || model.knows(std::string(part.written)));
      });
  const auto better = model.spelling().correct(folded, compound ? 1 : 2);
  if (!better) return false;
  folded = *better;
  return true;
}

/// "ich ziehe um" asks for "umziehen": a prefix that stands apart goes to the verb before it.
void join_verbs(std::vector<QueryWord>& words, const language::Model& model,
                const language::Analyzer& analyzer) {
  for (std::size_t at = 1; at < words.size(); ++at) {
    for (std::size_t verb = at; verb-- > 0;) {
      if (words[verb].stop || !model.is_no_noun(words[verb].word.folded)) continue;
      const std::string joined = language::joined_verb(words[verb].word.folded, words[at].word.folded);
      if (!joined.empty()) {
        words[verb].similar.emplace_back(analyzer.word(joined), participle_share);
        words[at].stop = true;
      }
      break;
    }
  }
}

}  // namespace

Understood understand(std::string_view text, bool look_for_place, const IndexReader& reader,
                      const language::Model& model, const PlaceFinder& places,
                      const language::Analyzer& analyzer, bool mend_words) {
  Understood understood;
  understood.key = key_in(text);
  if (understood.key) return understood;
  std::vector<std::string> words = language::fold_words(text), typed = typed_words(text);
  typed.resize(words.size());
  if (words.size() > words_considered) words.resize(words_considered);
  if (look_for_place) {
    if (auto found = PlaceSearch(words, reader, model, places, analyzer).find()) {
      understood.place_words = joined(words, found->from, found->count);
      understood.place = std::move(found->reading);
      understood.without_place = remove_place(text, understood.place_words);
      const auto first = words.begin() + static_cast<std::ptrdiff_t>(found->from);
      words.erase(first, first + static_cast<std::ptrdiff_t>(found->count));
      const auto first_typed = typed.begin() + static_cast<std::ptrdiff_t>(found->from);
      typed.erase(first_typed, first_typed + static_cast<std::ptrdiff_t>(found->count));
    }
  }
  bool mended = false;
  std::string shown;
  for (std::size_t at = 0; at < words.size(); ++at) {
    std::string& folded = words[at];
    const bool corrected = mend_words && mend(folded, model, reader, analyzer);
    mended |= corrected;
    shown += (shown.empty() ? "" : " ") + (corrected ? model.written(folded) : typed[at]);
    understood.phrase += (understood.phrase.empty() ? "" : " ") + folded;
    const bool stop = model.rules().is_stopword(folded);
    QueryWord word{analyzer.word(folded), {}, stop, model.rules().is_generic(folded), corrected};
    if (const std::string infinitive = language::infinitive_of_participle(folded);
        mend_words && !stop && !infinitive.empty())
      word.similar.emplace_back(analyzer.word(infinitive), participle_share);
    if (mend_words && !stop && !model.is_indexed(folded) && !model.is_dictionary_word(folded))
      for (const auto& [other, similarity] : model.similar().find(folded, least_similarity, most_similar))
        word.similar.emplace_back(analyzer.word(std::string(other)), similarity);
    const auto same = [&](const QueryWord& known) {
      return !known.stop && known.word.stem == word.word.stem;
    };
    // A word that is said twice counts once.
    word.stop |= std::any_of(understood.words.begin(), understood.words.end(), same);
    understood.words.push_back(std::move(word));
  }
  if (mended) understood.corrected = shown;
  if (mend_words) join_verbs(understood.words, model, analyzer);
  return understood;
}

}  // namespace vsm
