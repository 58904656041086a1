#include "query/offers.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "query/assembly.h"
#include "query/cursor.h"
#include "query/lens.h"
#include "query/place_request.h"
#include "query/view.h"

namespace vsm {
namespace {

/// Position of an object in a list that is sorted by the text of its id; nothing where it is not there.
template <class Object>
std::optional<std::uint32_t> position_of(const std::vector<Object>& objects, std::string_view id) {
  const auto found =
      std::lower_bound(objects.begin(), objects.end(), id,
                       [](const Object& object, std::string_view text) { return object.id.text() < text; });
  if (found == objects.end() || found->id.text() != id) return std::nullopt;
  return static_cast<std::uint32_t>(found - objects.begin());
}

std::vector<ServiceKey> keys_of(const std::vector<SheetJoin>& joins, std::uint32_t position) {
  std::vector<ServiceKey> keys;
  for (const SheetJoin& join : joins)
    if (join.index == position) keys.push_back(join.key);
  return keys;
}

/// Fills in an answer's duties from the sheets; `take` is given the object of the first one, which knows more
/// than the record does: whether its link is dead.
template <class Answer, class Objects, class Take>
void add_duties(Answer& answer, ObjectKind kind, std::string_view id, Objects Sheet::*objects,
                std::vector<SheetJoin> Sheet::*joins, Take take) {
  const AreaTable& areas = answer.reader.snapshot().areas;
  std::vector<AreaIndex> in = answer.reader.areas_of(kind, id);
  std::stable_sort(in.begin(), in.end(),
                   [&](AreaIndex a, AreaIndex b) { return areas[a].level < areas[b].level; });
  answer.duties_total = in.size();
  for (AreaIndex area : in) {
    if (answer.duties.size() == duties_listed) break;
    const Sheet& sheet = answer.reader.sheet(area);
    const auto position = position_of(sheet.*objects, id);
    if (!position) continue;
    if (answer.duties.empty()) take((sheet.*objects)[*position]);
    answer.duties.push_back({area, keys_of(sheet.*joins, *position)});
  }
}

RequestError not_found(const char* title, const char* what) {
  return {404, title, std::string("Zu dieser Kennung gibt es ") + what + "."};
}

/// A checked request: the place, the view and what a key has to be.
struct Question {
  PlaceFinder::Reading place;
  View view;
  ServiceKey key, heading;
  std::optional<std::size_t> topic;
  std::uint32_t number = 0;  ///< for cursors

  bool takes(ServiceKey asked, const Catalogue& catalogue) const {
    if (key && asked != key && asked != heading) return false;
    if (!topic) return true;
    const CatalogueEntry* entry = catalogue.find(asked);
    return entry && std::any_of(entry->situations.begin(), entry->situations.end(),
                                [&](std::size_t own) { return catalogue.situations()[own].topic == *topic; });
  }
};

Result<Question> read_question(const IndexReader& reader, const OffersRequest& request) {
  if (request.size < 1 || request.size > 100)
    return RequestError{400, "Ungültige Seitengröße",
                        "Die Zahl der Einträge je Seite (size) liegt zwischen 1 und 100."};
  const Snapshot& snapshot = reader.snapshot();
  const auto lens = lens_of(reader);
  auto reading = read_place(snapshot.areas, lens->places, request.ars, request.place);
  if (auto* error = std::get_if<RequestError>(&reading)) return *error;
  auto place = std::get<PlaceFinder::Reading>(std::move(reading));
  ServiceKey key;
  if (!request.key.empty()) {
    const auto parsed = ServiceKey::parse(request.key);
    if (!parsed)
      return RequestError{400, "Ungültiger Leistungsschlüssel",
                          "Ein Leistungsschlüssel (key) hat 14 Ziffern."};
    key = *parsed;
  }
  std::optional<std::size_t> topic;
  if (!request.topic.empty()) {
    topic = snapshot.catalogue.find_topic(request.topic);
    if (!topic) return RequestError{400, "Unbekanntes Themenfeld", "Die Themenfelder nennt /api/v1/topics."};
  }
  const std::string where = place.chosen ? snapshot.areas[*place.chosen].id() : std::string();
  View view(reader, place.chosen, lens->home, request.day.value_or(today()));
  const ServiceKey heading = view.heading_of(key);
  const std::uint32_t number = question_number({where, key.text(), request.topic});
  return Question{std::move(place), std::move(view), key, heading, topic, number};
}

/// Where an entry stands in its list. Made of what identifies it, and so the same in every revision.
using Position = std::vector<std::string>;

std::string padded(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(20 - digits.size(), '0') + digits;
}

Position area_position(const Area& area) {
  return {std::string(1, static_cast<char>('a' + static_cast<int>(area.level))), area.code};
}

RequestError bad_cursor() {
  return {400, "Ungültiger Cursor",
          "Dieser Cursor gehört nicht zu dieser Anfrage. Beginnen Sie ohne cursor von vorn."};
}

/// Sorts, and cuts out what comes behind the cursor. False where that is none of this question.
template <class Entry, class Answer>
bool cut(std::vector<std::pair<Position, Entry>>& all, const OffersRequest& request, const Question& question,
         Answer& answer) {
  constexpr std::size_t parts = 4;
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  answer.total = all.size();
  auto first = all.begin();
  if (!request.cursor.empty()) {
    const auto last = read_list_cursor(request.cursor, question.number, parts);
    if (!last) return false;
    first = std::upper_bound(all.begin(), all.end(), *last, [](const Position& position, const auto& entry) {
      return position < entry.first;
    });
  }
  const auto end = first + std::min<std::ptrdiff_t>(all.end() - first, request.size);
  for (auto entry = first; entry != end; ++entry) answer.entries.push_back(std::move(entry->second));
  if (end != all.end() && end != first) answer.next_cursor = list_cursor(question.number, (end - 1)->first);
  return true;
}

}  // namespace

Result<OfficeAnswer> find_office(IndexReader reader, std::string_view id, Day day) {
  auto office = reader.office(id);
  if (!office || !office->validity.holds(day)) return not_found("Unbekannte Stelle", "keine Stelle");
  OfficeAnswer answer{std::move(*office), {}, 0, std::move(reader)};
  add_duties(answer, ObjectKind::office, id, &Sheet::offices, &Sheet::office_joins, [](const Office&) {});
  return answer;
}

Result<OnlineServiceAnswer> find_online_service(IndexReader reader, std::string_view id, Day day) {
  auto service = reader.online_service(id);
  if (!service || !service->validity.holds(day))
    return not_found("Unbekannter Online-Dienst", "keinen Online-Dienst");
  OnlineServiceAnswer answer{std::move(*service), {}, {}, 0, std::move(reader)};
  add_duties(answer, ObjectKind::online_service, id, &Sheet::online_services, &Sheet::online_joins,
             [&](const OnlineService& placed) { answer.service = placed; });
  ServiceKey key;
  if (!answer.duties.empty() && !answer.duties.front().keys.empty()) key = answer.duties.front().keys.front();
  answer.url = filled_link(answer.service, key, nullptr);
  return answer;
}

Result<OfficesAnswer> list_offices(IndexReader reader, const OffersRequest& request) {
  auto read = read_question(reader, request);
  if (auto* error = std::get_if<RequestError>(&read)) return *error;
  const auto& question = std::get<Question>(read);
  const Snapshot& snapshot = reader.snapshot();
  std::vector<std::pair<Position, OfficesAnswer::Entry>> all;
  for (const Step& step : question.view.steps()) {
    if (!step.area) continue;
    std::vector<std::vector<ServiceKey>> keys(step.sheet->offices.size());
    for (const SheetJoin& join : step.sheet->office_joins)
      if (question.takes(join.key, snapshot.catalogue)) keys[join.index].push_back(join.key);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const Office& office = step.sheet->offices[i];
      if (keys[i].empty() || !office.validity.holds(question.view.day())) continue;
      Position position = area_position(snapshot.areas[*step.area]);
      position.insert(position.end(), {office.id.agency, office.id.id});
      all.emplace_back(std::move(position), OfficesAnswer::Entry{&office, *step.area, std::move(keys[i])});
    }
  }
  OfficesAnswer answer{question.place.chosen, question.place.others, 0, {}, {}, std::move(reader)};
  if (!cut(all, request, question, answer)) return bad_cursor();
  return answer;
}

Result<OnlineServicesAnswer> list_online_services(IndexReader reader, const OffersRequest& request) {
  auto read = read_question(reader, request);
  if (auto* error = std::get_if<RequestError>(&read)) return *error;
  const auto& question = std::get<Question>(read);
  const Snapshot& snapshot = reader.snapshot();
  std::vector<std::pair<Position, OnlineOffer>> all;
  for (const Step& step : question.view.steps()) {
    if (!step.area) continue;
    for (const SheetJoin& join : step.sheet->online_joins) {
      const OnlineService& service = step.sheet->online_services[join.index];
      if (!service.validity.holds(question.view.day()) || !question.takes(join.key, snapshot.catalogue))
        continue;
      Position position = area_position(snapshot.areas[*step.area]);
      position.insert(position.end(), {padded(join.key.number()), service.id.text()});
      all.emplace_back(std::move(position), OnlineOffer{&service, join.key, *step.area, {}});
    }
  }
  OnlineServicesAnswer answer{question.place.chosen, question.place.others, 0, {}, {}, std::move(reader)};
  if (!cut(all, request, question, answer)) return bad_cursor();
  const Area* place = answer.place ? &snapshot.areas[*answer.place] : nullptr;
  for (OnlineOffer& offer : answer.entries) offer.url = filled_link(*offer.service, offer.key, place);
  return answer;
}

}  // namespace vsm
