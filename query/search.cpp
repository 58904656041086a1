#include "query/search.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "language/fold.h"
#include "query/assembly.h"
#include "query/candidate.h"
#include "query/coverage.h"
#include "query/cursor.h"
#include "query/dashboard.h"
#include "query/filter.h"
#include "query/lens.h"
#include "query/matching.h"
#include "query/offers.h"
#include "query/place_request.h"
#include "query/retry.h"
#include "query/understanding.h"
#include "query/view.h"

namespace vsm {
namespace {

RequestError bad(std::string title, std::string detail, int status = 400) {
  return {status, std::move(title), std::move(detail)};
}

/// Names that find the places again.
std::vector<std::string> labels_of(const PlaceFinder& finder, const std::vector<AreaIndex>& places) {
  std::vector<std::string> labels;
  for (AreaIndex place : places) labels.push_back(finder.label(place));
  return labels;
}

std::string label_of(const PlaceFinder& finder, std::optional<AreaIndex> place) {
  return place ? finder.label(*place) : std::string();
}

}  // namespace

SearchEngine::SearchEngine(std::string index_directory, SearchSettings settings)
    : index_(std::move(index_directory),
             [settings = std::move(settings)](const IndexReader& reader,
                                              const std::shared_ptr<const void>& before) {
               if (reader.snapshot().tables->chain_version != language::chain_version)
                 throw IndexError(
                     "the index was made with another analysis of words; build it again: vsm-index build");
               return std::make_shared<const RevisionLens>(reader, settings.home_land, settings.word_lists,
                                                           static_cast<const RevisionLens*>(before.get()));
             }) {}

Result<SearchAnswer> SearchEngine::search(const SearchRequest& request) {
  return settled([&] { return search_once(request); });
}
Result<ServiceAnswer> SearchEngine::service(std::string_view id, std::string_view ars, std::string_view place,
                                            std::optional<Day> day, std::string_view language) {
  return settled([&] { return service_once(id, ars, place, day, language); });
}
Result<TopicsAnswer> SearchEngine::topics(std::string_view ars, std::string_view place) {
  return settled([&] { return topics_once(ars, place); });
}

Result<OfficeAnswer> SearchEngine::office(std::string_view id) {
  return settled([&] { return find_office(reader(), id, today()); });
}
Result<OfficesAnswer> SearchEngine::offices(const OffersRequest& request) {
  return settled([&] { return list_offices(reader(), request); });
}
Result<OnlineServiceAnswer> SearchEngine::online_service(std::string_view id) {
  return settled([&] { return find_online_service(reader(), id, today()); });
}
Result<OnlineServicesAnswer> SearchEngine::online_services(const OffersRequest& request) {
  return settled([&] { return list_online_services(reader(), request); });
}
Result<CoverageAnswer> SearchEngine::coverage(const CoverageRequest& request) {
  return settled([&] { return count_coverage(reader(), request); });
}
Result<DashboardAnswer> SearchEngine::dashboard(const CoverageRequest& request) {
  return settled([&] { return make_dashboard(reader(), request); });
}

std::string SearchEngine::state() {
  const IndexReader lent = reader();
  const Snapshot& snapshot = lent.snapshot();
  return snapshot.build + "/" + std::to_string(snapshot.revision) + "/" +
         snapshot.areas[lens_of(lent)->home].id();
}

Result<SuggestAnswer> SearchEngine::suggest(const SuggestRequest& request) {
  return settled([&] { return suggest_once(request); });
}

bool SearchEngine::is_text(std::string_view bytes) { return language::is_utf8(bytes); }

Result<SearchAnswer> SearchEngine::search_once(const SearchRequest& request) {
  if (request.page < 1) return bad("Ungültige Seite", "Die Seite (page) beginnt bei 1.");
  if (request.size < 1 || request.size > 100)
    return bad("Ungültige Seitengröße", "Die Zahl der Treffer je Seite (size) liegt zwischen 1 und 100.");
  if (request.trust_level &&
      std::find(trust_levels.begin(), trust_levels.end(), *request.trust_level) == trust_levels.end())
    return bad("Ungültiges Vertrauensniveau", "Das Vertrauensniveau (trust) ist 10, 15, 20, 30 oder 40.");
  if (request.words.size() > 8'192)
    return bad("Zu lange Anfrage", "Eine Suchanfrage hat höchstens 8.192 Bytes.", 413);
  if (!is_text(request.words) || !is_text(request.place))
    return bad("Ungültige Zeichen", "Die Anfrage ist kein gültiges UTF-8.");
  IndexReader reader = index_.reader();
  const Snapshot& snapshot = reader.snapshot();
  if (!request.topic.empty() && !snapshot.catalogue.find_topic(request.topic))
    return bad("Unbekanntes Themenfeld", "Die Themenfelder nennt /api/v1/topics.");
  if (!request.situation.empty() && !snapshot.catalogue.find_situation(request.situation))
    return bad("Unbekannte Lage", "Die Lagen nennt /api/v1/topics.");
  if (language::fold_words(request.words).empty() && request.topic.empty() && request.situation.empty())
    return bad("Leere Anfrage", "Bitte geben Sie ein, was Sie suchen.");

  const auto lens = lens_of(reader);
  auto reading = read_place(snapshot.areas, lens->places, request.ars, request.place);
  if (auto* error = std::get_if<RequestError>(&reading)) return *error;
  auto& place = std::get<PlaceFinder::Reading>(reading);

  // Making one costs half a microsecond.
  const language::Analyzer analyzer(&lens->model.splitter());
  const bool names_place = !request.ars.empty() || !request.place.empty();
  Understood understood = understand(request.words, !names_place && !request.literal, reader, lens->model,
                                     lens->places, analyzer, !request.literal);
  if (!understood.place_words.empty()) place = std::move(understood.place);

  const std::string where = place.chosen ? snapshot.areas[*place.chosen].id() : std::string();
  const std::uint32_t question = question_number(
      {request.words, where, request.topic, request.situation, std::to_string(request.audience),
       std::to_string(request.trust_level.value_or(0)), request.online_only ? "online" : "",
       request.literal ? "literal" : "", request.level ? std::string(level_name(*request.level)) : ""});
  Seen seen;
  if (!request.cursor.empty()) {
    const auto read = Seen::read(request.cursor, question);
    if (!read || request.page != 1)
      return bad("Ungültiger Cursor",
                 "Dieser Cursor gehört nicht zu dieser Anfrage, oder page ist auch angegeben. Beginnen Sie "
                 "ohne cursor von vorn.");
    seen = *read;
  }

  const View view(reader, place.chosen, lens->home, request.day.value_or(today()));
  std::vector<Candidate> found = Matching(reader, *lens, analyzer, view, request, understood).find();
  if (request.only_here)
    std::erase_if(found, [&](const Candidate& c) { return !place.chosen || c.shown.area != place.chosen; });
  Filter filter(snapshot.catalogue, request);
  std::erase_if(found, [&](const Candidate& c) { return !filter.take(traits_of(c, reader, view)); });

  std::vector<std::string> labels = labels_of(lens->places, place.others);
  SearchAnswer answer{request.words,
                      place.chosen,
                      label_of(lens->places, place.chosen),
                      std::move(place.others),
                      std::move(labels),
                      request.english,
                      understood.place_words.empty() ? request.words : understood.without_place,
                      !understood.place_words.empty(),
                      std::move(understood.corrected),
                      lens->topics.find(understood),
                      found.size(),
                      request.page,
                      request.size,
                      {},
                      {},
                      filter.facets(),
                      std::move(reader)};
  const Assembly assembly(answer.reader, view, place.chosen, lens->home_land);
  // A result that took up the text of one that was seen shows nothing new.
  std::erase_if(found, [&](const Candidate& c) {
    return seen.has(c.group) || std::any_of(c.merged.begin(), c.merged.end(),
                                            [&](std::uint64_t group) { return seen.has(group); });
  });
  const auto pages_before = static_cast<std::uint64_t>(request.page - 1);
  if (pages_before <= found.size() / static_cast<std::uint64_t>(request.size)) {
    const std::size_t first = pages_before * static_cast<std::uint64_t>(request.size);
    const std::size_t last = std::min(found.size(), first + static_cast<std::size_t>(request.size));
    for (std::size_t i = first; i < last; ++i) answer.results.push_back(assembly.result(found[i]));
    if (last < found.size()) {
      std::vector<std::uint64_t> given = seen.numbers();
      for (std::size_t i = 0; i < last; ++i) given.push_back(found[i].group);
      answer.next_cursor = seen_cursor(question, std::move(given));
    }
  }
  return answer;
}

namespace {

/// Title, teaser and modules as the text has them in a language, what it does not say there left as it is;
/// false where it speaks German only.
bool speak(ServiceText& text, std::string_view language) {
  for (Translation& translation : text.translations) {
    if (translation.language != language) continue;
    if (!translation.title.empty()) text.title = std::move(translation.title);
    if (!translation.teaser.empty()) text.teaser = std::move(translation.teaser);
    if (!translation.modules.empty()) text.modules = std::move(translation.modules);
    return true;
  }
  return false;
}

}  // namespace

Result<ServiceAnswer> SearchEngine::service_once(std::string_view id, std::string_view ars,
                                                 std::string_view place_text, std::optional<Day> day,
                                                 std::string_view language) {
  IndexReader reader = index_.reader();
  const Snapshot& snapshot = reader.snapshot();
  const auto lens = lens_of(reader);
  auto reading = read_place(snapshot.areas, lens->places, ars, place_text);
  if (auto* error = std::get_if<RequestError>(&reading)) return *error;
  auto place = std::get<PlaceFinder::Reading>(reading);

  std::optional<ServiceText> wanted;
  std::optional<DocId> wanted_doc;
  ServiceKey key = ServiceKey::parse(id).value_or(ServiceKey());
  if (!key) {
    wanted_doc = reader.find_text(id);
    if (!wanted_doc) return bad("Unbekannte Leistung", "Zu dieser Kennung gibt es keine Leistung.", 404);
    wanted = reader.text(*wanted_doc);
    key = wanted->keys.front();
    // A town's own text belongs to that town, whoever asks for it.
    if (!place.chosen && !wanted->areas.empty()) {
      const auto area = snapshot.areas.find_id(wanted->areas.front());
      if (area && snapshot.areas[*area].level < Level::land) place.chosen = area;
    }
  }
  const Day when = day.value_or(today());
  const View view(reader, place.chosen, lens->home, when);
  Candidate candidate;
  if (snapshot.catalogue.is_heading(key) && !wanted) {
    const auto services = snapshot.catalogue.services_of_object(key.object());
    key = services.front()->key;
  }
  candidate.group = key.group();
  candidate.keys = {{key, {}}};
  candidate.lead = key;
  candidate.shown = view.nearest(key);
  // A text of another town is not this place's service; what the place has for its key is.
  bool in_view = false;
  if (wanted) view.each_key(*wanted_doc, [&](const SheetText&) { in_view = true; });
  if (in_view) {
    auto& docs = candidate.shown.docs;
    const auto known = std::find(docs.begin(), docs.end(), *wanted_doc);
    if (known != docs.end()) {
      std::iter_swap(docs.begin(), known);
    } else {
      docs.assign(1, *wanted_doc);
      candidate.shown.area = snapshot.areas.find_id(wanted->areas.empty() ? "" : wanted->areas.front());
      const auto step = std::find_if(view.steps().begin(), view.steps().end(),
                                     [&](const Step& s) { return s.area == candidate.shown.area; });
      if (step != view.steps().end())
        candidate.shown.step = static_cast<std::size_t>(step - view.steps().begin());
    }
  }
  if (candidate.shown.docs.empty()) {
    if (!reader.texts_with_key(key, 1).empty())
      return bad("Keine Leistung an diesem Ort", "Diese Leistung wird hier nicht angeboten.", 404);
    return bad("Unbekannte Leistung", "Zu diesem Leistungsschlüssel gibt es keine Leistung.", 404);
  }

  const Assembly assembly(reader, view, place.chosen, lens->home_land);
  ServiceAnswer answer{assembly.result(candidate),
                       {},
                       {},
                       {},
                       "de",
                       place.chosen,
                       label_of(lens->places, place.chosen),
                       std::move(place.others),
                       std::move(reader)};
  answer.languages = {"de"};
  for (const Translation& translation : answer.result.text.translations)
    answer.languages.push_back(translation.language);
  if (speak(answer.result.text, language)) answer.language = language;
  for (std::size_t i = 1; i < candidate.shown.docs.size(); ++i)
    answer.same_level.push_back(answer.reader.text(candidate.shown.docs[i]));
  const auto fill_from = [&](const ServiceText& text, AreaIndex area) {
    const auto fill = [&](const TextModule& module) {
      const auto same = [&](const FilledModule& known) { return known.module.code == module.code; };
      if (!module.text.empty() && std::none_of(answer.modules.begin(), answer.modules.end(), same))
        answer.modules.push_back({module, area, text.source});
    };
    fill({"24", text.teaser});
    for (const TextModule& module : text.modules) fill(module);
  };
  fill_from(answer.result.text, answer.result.area);
  for (std::size_t at = candidate.shown.step + 1; at < view.steps().size();) {
    const View::Found above = view.nearest(key, at);
    if (above.docs.empty()) break;
    if (above.area) fill_from(answer.reader.text(above.docs.front()), *above.area);
    at = above.step + 1;
  }
  return answer;
}

Result<TopicsAnswer> SearchEngine::topics_once(std::string_view ars, std::string_view place_text) {
  IndexReader reader = index_.reader();
  const auto lens = lens_of(reader);
  const Snapshot& snapshot = reader.snapshot();
  auto reading = read_place(snapshot.areas, lens->places, ars, place_text);
  if (auto* error = std::get_if<RequestError>(&reading)) return *error;
  auto& read = std::get<PlaceFinder::Reading>(reading);
  const auto place = read.chosen;
  const Catalogue& catalogue = snapshot.catalogue;
  std::vector<std::string> labels = labels_of(lens->places, read.others);
  TopicsAnswer answer{place,
                      label_of(lens->places, place),
                      std::move(read.others),
                      std::move(labels),
                      std::vector<TopicCount>(catalogue.topics().size()),
                      std::vector<TopicCount>(catalogue.situations().size()),
                      std::move(reader)};
  const View view(answer.reader, place, lens->home, today());
  std::unordered_set<ServiceKey> online;
  for (const Step& step : view.steps()) {
    for (const SheetJoin& join : step.sheet->online_joins) {
      const OnlineService& service = step.sheet->online_services[join.index];
      if (service.is_online() && service.validity.holds(view.day())) online.insert(join.key);
    }
  }
  for (const CatalogueEntry& entry : catalogue.entries()) {
    if (entry.heading) continue;
    const bool is_online = online.contains(entry.key);
    std::uint32_t topics = 0;
    for (std::size_t situation : entry.situations) {
      ++answer.situations[situation].services;
      answer.situations[situation].online += is_online;
      topics |= 1U << catalogue.situations()[situation].topic;
    }
    for (std::size_t topic = 0; topic < answer.topics.size(); ++topic) {
      if ((topics >> topic & 1U) == 0) continue;
      ++answer.topics[topic].services;
      answer.topics[topic].online += is_online;
    }
  }
  return answer;
}

Result<SuggestAnswer> SearchEngine::suggest_once(const SuggestRequest& request) {
  if (request.size < 1 || request.size > 20)
    return bad("Ungültige Zahl der Vorschläge", "Die Zahl der Vorschläge (size) liegt zwischen 1 und 20.");
  if (!is_text(request.words) || !is_text(request.place))
    return bad("Ungültige Zeichen", "Die Anfrage ist kein gültiges UTF-8.");
  IndexReader reader = index_.reader();
  const auto lens = lens_of(reader);
  auto reading = read_place(reader.snapshot().areas, lens->places, request.ars, request.place);
  if (auto* error = std::get_if<RequestError>(&reading)) return *error;
  const auto place = std::get<PlaceFinder::Reading>(reading).chosen;
  const View view(reader, place, lens->home, request.day.value_or(today()));
  auto suggestions = lens->suggestions.find(request, reader, view, *lens->unlisted_suggestions);
  return SuggestAnswer{request.words, place, std::move(suggestions), std::move(reader)};
}

PlacesAnswer SearchEngine::places(std::string_view text, std::size_t limit) {
  IndexReader reader = index_.reader();
  const auto lens = lens_of(reader);
  auto places = lens->places.beginning_with(text, limit);
  std::vector<std::string> labels = labels_of(lens->places, places);
  return {std::move(places), std::move(labels), std::move(reader)};
}

}  // namespace vsm
