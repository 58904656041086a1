// A straight-line description of what an index says after some deliveries, to hold IndexWriter against: it
// keeps all that was ever said and works everything out anew each time it is asked. And what a reader says,
// in the same words.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/index_reader.h"
#include "store/index_writer.h"

namespace vsm::model {

/// Two Länder, a Kreis, four towns, a set; three keys of the catalogue. Loads in no time.
inline const TableTexts& tables() {
  static const TableTexts small = {
      {"areas/areas.tsv",
       "level\tars\tags\tparent\tname\tshort\tkind\tpopulation\tlat\tlon\n"
       "bund\t000000000000\t\t\tBund\tBund\tBund\t\t\t\n"
       "land\t050000000000\t05\tbund:000000000000\tLand\tLand\tLand\t\t\t\n"
       "land\t060000000000\t06\tbund:000000000000\tNachbarland\tNachbarland\tLand\t\t\t\n"
       "kreis\t055540000000\t05554\tland:050000000000\tKreis\tKreis\tKreis\t\t\t\n"
       "gemeinde\t055540001001\t05554001\tkreis:055540000000\tAdorf\tAdorf\tStadt\t10\t\t\n"
       "gemeinde\t055540002002\t05554002\tkreis:055540000000\tBedorf\tBedorf\tStadt\t10\t\t\n"
       "gemeinde\t055550000000\t05555000\tland:050000000000\tCestadt\tCestadt\tStadt\t10\t\t\n"
       "gemeinde\t060010000000\t06001000\tland:060000000000\tDestadt\tDestadt\tStadt\t10\t\t\n"},
      {"areas/sets.tsv",
       "id\tlevel\tname\tshort\tmembers\nlv\tlandschaftsverband\tVerband\tLV\t055540001 06001\n"},
      {"areas/changed_keys.tsv", "old\tnew\n"},
      {"areas/postcodes.tsv", "postcode\tars\n"},
      {"topics/topics.tsv", "topic\tname\tname_en\n"},
      {"topics/situations.tsv", "situation\ttopic\tname\taudience\n"},
      {"topics/ozg.tsv", "ozg\tname\n"},
      {"topics/services.tsv", "key\tsituation\tozg\n"},
      {"catalogue/services.tsv",
       "key\tname\tname2\ttype\tstatus\n99001001001000\tEins\t\t5\tcurrent\n"
       "99001001002000\tZwei\t\t5\tcurrent\n99002002002000\tDrei\t\t5\tcurrent\n"},
      {"texts.tsv", "key\ttitle\tteaser\twords\n"},
      {"words.tsv", "prefix\twords\n"}};
  return small;
}
inline const AreaTable& areas() {
  static const AreaTable table(tables());
  return table;
}
/// The last of them is not in the catalogue.
inline const std::vector<ServiceKey>& keys() {
  static const std::vector<ServiceKey> all = {ServiceKey(99'001'001'001'000), ServiceKey(99'001'001'002'000),
                                              ServiceKey(99'002'002'002'000), ServiceKey(99'009'009'009'000)};
  return all;
}
inline const std::vector<std::string> titles = {"alpha", "beta", "gamma", "delta"};

/// The four kinds count their ids each for itself, but for online services and offices: of those some are
/// named alike, as the editors of two systems would have it.
inline std::string id_of(ObjectKind kind, std::size_t number) {
  static const std::vector<std::string> subjects = {"s0", "s1", "s2", "s3"};
  switch (kind) {
    case ObjectKind::text:
      return "t" + std::to_string(number % 6);
    case ObjectKind::online_service:
      return subjects[number % 3];
    case ObjectKind::office:
      return subjects[1 + number % 3];
    case ObjectKind::responsibility:
      break;
  }
  return "r" + std::to_string(number % 6);
}

/// Stands for the indexer's analysis: a text without key gets a local one and speaks of a service.
inline std::vector<TextTerm> complete(ServiceText& text) {
  std::erase_if(text.keys, [](ServiceKey key) { return key.is_local(); });
  text.kin.clear();
  std::vector<TextTerm> terms = {{TermKind::word, text.title, {100, 0, 0, 1}},
                                 {TermKind::phrase, text.title, {100, 0, 0, 0}}};
  if (text.keys.empty()) {
    text.keys = {ServiceKey::local(text.title)};
    text.kin = {keys()[text.title.size() % 3]};
    terms.push_back({TermKind::word, "kin", {0, 0, 50, 0}});
  }
  return terms;
}

struct Key {
  ObjectKind kind = ObjectKind::text;
  std::string id;
  auto operator<=>(const Key&) const = default;
};
inline Key key_of(const Change& change) {
  const auto* deletion = std::get_if<Deletion>(&change);
  return {deletion ? deletion->kind : static_cast<ObjectKind>(change.index()),
          std::visit([](const auto& object) { return object.id.text(); }, change)};
}
inline ObjectId id_from(const std::string& text) { return {"A", text.substr(2)}; }

// In words.

inline std::string words_of(const Period& period) {
  return "[" + std::to_string(period.from) + "," + std::to_string(period.to) + "]";
}
inline std::string words_of(const Validity& validity) {
  std::string words;
  for (const Period& period : validity.periods()) words += words_of(period);
  return words;
}
inline std::string words_of(ServiceKey key) { return std::to_string(key.number()); }
inline std::string words_of(const std::string& text) { return text; }
inline std::string words_of(const ObjectId& id) { return id.text(); }
inline std::string words_of(const Responsibility& responsibility);
template <class Item>
std::string words_of(const std::vector<Item>& list) {
  std::string words = "(";
  for (const Item& item : list) words += words_of(item) + ' ';
  return words + ")";
}
inline std::string words_of(const Responsibility& o) {
  return o.id.text() + " for " + o.subject.text() + words_of(o.services) + words_of(o.areas) + " of " +
         o.source + " at " + std::to_string(o.changed_at);
}
inline std::string words_of(const ServiceText& o) {
  return o.id.text() + " '" + o.title + "' '" + o.teaser + "' " + words_of(o.keys) + words_of(o.kin) +
         words_of(o.areas) + " base " + o.base.text() + words_of(o.validity) + " of " + o.source + " at " +
         std::to_string(o.changed_at);
}
inline std::string words_of(const OnlineService& o) {
  return o.id.text() + " '" + o.title + "' " + o.url + (o.form ? " form " : " ") + words_of(o.validity) +
         " of " + o.source + " at " + std::to_string(o.changed_at);
}
inline std::string words_of(const Office& o) {
  return o.id.text() + " '" + o.name + "' " + words_of(o.validity) + words_of(o.responsibilities) + " of " +
         o.source + " at " + std::to_string(o.changed_at);
}
inline std::string words_of(const Deletion& o) { return "no " + o.id.text(); }
inline std::string words_of(const Change& change) {
  return std::visit([](const auto& object) { return words_of(object); }, change);
}
inline std::string words_of(const Bitmap& municipalities) {
  std::string words = "{";
  for (MunicipalityIndex number : municipalities)
    words += areas()[areas().municipality(number)].short_name + ' ';
  return words + "}";
}

/// What one list has and another has not, a line each; empty where they agree.
inline std::string difference(const std::vector<std::string>& expected,
                              const std::vector<std::string>& found) {
  std::multiset<std::string> missing(expected.begin(), expected.end()), more;
  for (const std::string& line : found) {
    const auto same = missing.find(line);
    if (same == missing.end())
      more.insert(line);
    else
      missing.erase(same);
  }
  std::string lines;
  for (const std::string& line : missing) lines += "\n  missing: " + line;
  for (const std::string& line : more) lines += "\n  too much: " + line;
  return lines;
}

/// What a source sends at one time.
struct Delivery {
  std::string source;
  bool whole = false;
  std::int64_t time = 0;
  std::vector<Change> changes;
  std::vector<Key> kept;  ///< delivered but not to be taken; of a whole delivery only
};

/// Everything that was said about the objects of one source.
class Said {
 public:
  void say(const Delivery& delivery) {
    static std::size_t order = 0;
    latest = std::max(latest, delivery.time);
    std::set<Key> first;  // of two with one id in a whole delivery the first counts
    Whole it;
    for (const Key& key : delivery.kept) {
      const auto now = known(key);
      if (!now) continue;
      it.named.insert(key);
      about_[key].push_back({delivery.time, ++order, now});
    }
    for (const Change& change : delivery.changes) {
      const Key key = key_of(change);
      if (std::holds_alternative<Deletion>(change)) {
        first.erase(key);
        about_[key].push_back({delivery.time, ++order, std::nullopt});
      } else if (!delivery.whole || first.insert(key).second) {
        it.named.insert(key);
        about_[key].push_back({delivery.time, ++order, change});
      }
    }
    if (!delivery.whole) return;
    whole = std::max(whole, delivery.time);
    it.time = delivery.time;
    it.order = ++order;
    wholes_.push_back(std::move(it));
  }

  /// The latest word on an object; nothing where it is not there.
  std::optional<Change> known(const Key& key) const {
    Statement last;
    const auto hear = [&](const Statement& statement) {
      if (std::pair(last.time, last.order) < std::pair(statement.time, statement.order)) last = statement;
    };
    if (const auto its = about_.find(key); its != about_.end())
      for (const Statement& statement : its->second) hear(statement);
    for (const Whole& it : wholes_)
      if (!it.named.contains(key)) hear({it.time, it.order, std::nullopt});
    return last.object;
  }

  std::map<Key, Change> objects() const {
    std::map<Key, Change> result;
    for (const auto& [key, statements] : about_)
      if (auto object = known(key)) result.emplace(key, *std::move(object));
    return result;
  }

  /// Adds what was said elsewhere.
  void join(const Said& other) {
    for (const auto& [key, statements] : other.about_)
      about_[key].insert(about_[key].end(), statements.begin(), statements.end());
    wholes_.insert(wholes_.end(), other.wholes_.begin(), other.wholes_.end());
    latest = std::max(latest, other.latest);
    whole = std::max(whole, other.whole);
  }

  std::string area;
  int trust = 0;
  std::int64_t latest = 0, whole = 0;

 private:
  struct Statement {
    std::int64_t time = -1;
    std::size_t order = 0;
    std::optional<Change> object;
  };
  struct Whole {
    std::int64_t time = 0;
    std::size_t order = 0;
    std::set<Key> named;
  };
  std::map<Key, std::vector<Statement>> about_;
  std::vector<Whole> wholes_;
};

class Model {
 public:
  std::map<std::string, Said> sources;

  /// Source, kind and id of every version there is, with its content.
  using Versions = std::map<std::pair<std::string, Key>, std::string>;
  Versions versions() const {
    Versions result;
    for (const auto& [id, said] : sources)
      for (const auto& [key, object] : said.objects()) result[{id, key}] = words_of(object);
    return result;
  }

  /// What a reader should say.
  std::vector<std::string> lines() const {
    shown_.clear();
    for (const auto& [id, said] : sources)
      for (auto& [key, object] : said.objects()) consider(id, said, key, object);
    std::vector<std::string> lines;
    source_lines(lines);
    text_lines(lines);
    join_lines(lines);
    return lines;
  }

 private:
  struct Shown {
    std::string source;
    Change object;
    int trust = 0;
    std::int64_t changed_at = 0;
  };

  template <class Type>
  std::optional<Type> shown(ObjectKind kind, const std::string& id) const {
    const auto found = shown_.find({kind, id});
    if (found == shown_.end()) return std::nullopt;
    return std::get<Type>(found->second.object);
  }

  void consider(const std::string& source, const Said& said, const Key& key, const Change& object) const {
    Shown candidate{source, object, said.trust, 0};
    std::visit(
        [&](auto& one) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(one)>, Deletion>) {
            one.source = source;
            candidate.changed_at = one.changed_at;
          }
        },
        candidate.object);
    const auto found = shown_.find(key);
    const bool wins = found == shown_.end() || candidate.trust > found->second.trust ||
                      (candidate.trust == found->second.trust &&
                       (candidate.changed_at > found->second.changed_at ||
                        (candidate.changed_at == found->second.changed_at && source < found->second.source)));
    if (wins) shown_.insert_or_assign(key, std::move(candidate));
  }

  std::vector<AreaIndex> places(const std::vector<std::string>& ids, const std::string& source) const {
    std::set<AreaIndex> result;
    for (const std::string& id : ids)
      if (const auto area = areas().find_id(id)) result.insert(*area);
    if (ids.empty()) result.insert(*areas().find_id(sources.at(source).area));
    return {result.begin(), result.end()};
  }

  /// Of a shown text, as it comes to be shown.
  ServiceText completed(ServiceText text, std::vector<TextTerm>* terms = nullptr) const {
    std::set<std::string> on_the_way = {text.id.text()};
    std::string base = text.base.id.empty() ? std::string() : text.base.text();
    while (text.keys.empty() && !base.empty() && on_the_way.insert(base).second) {
      const auto above = shown<ServiceText>(ObjectKind::text, base);
      if (!above) break;
      text.keys = above->keys;
      base = above->base.id.empty() ? std::string() : above->base.text();
    }
    std::set<ServiceKey> seen;
    std::erase_if(text.keys, [&](ServiceKey key) { return !seen.insert(key).second; });
    auto its = complete(text);
    if (terms) *terms = std::move(its);
    return text;
  }
  std::vector<ServiceKey> keys_of(const std::string& text) const {
    const auto its = shown<ServiceText>(ObjectKind::text, text);
    return its ? completed(*its).keys : std::vector<ServiceKey>();
  }

  void source_lines(std::vector<std::string>& lines) const {
    Bitmap covered;
    for (const auto& [id, said] : sources) {
      std::map<ObjectKind, int> counts;
      for (const auto& [key, object] : said.objects()) ++counts[key.kind];
      lines.push_back("source " + id + " " + std::to_string(counts[ObjectKind::text]) + " " +
                      std::to_string(counts[ObjectKind::online_service]) + " " +
                      std::to_string(counts[ObjectKind::office]) + " " +
                      std::to_string(counts[ObjectKind::responsibility]));
      const AreaIndex area = *areas().find_id(said.area);
      if (areas()[area].level == Level::gemeinde)
        for (MunicipalityIndex number : areas().municipalities_in(area)) covered.add(number);
    }
    lines.push_back("covered " + words_of(covered));
  }

  void text_lines(std::vector<std::string>& lines) const {
    for (const auto& [key, version] : shown_) {
      if (key.kind != ObjectKind::text) continue;
      std::vector<TextTerm> terms;
      const ServiceText text = completed(std::get<ServiceText>(version.object), &terms);
      lines.push_back("text " + words_of(text));
      for (const TextTerm& term : terms)
        lines.push_back("term " + term.term + (term.kind == TermKind::word ? " word " : " phrase ") + key.id +
                        " " + std::to_string(term.impacts.title) + " " + std::to_string(term.impacts.shared));
      for (ServiceKey its : std::set<ServiceKey>(text.keys.begin(), text.keys.end()))
        lines.push_back("key " + words_of(its) + " " + key.id);
      const bool unlisted = std::none_of(text.keys.begin(), text.keys.end(), [](ServiceKey its) {
        return std::find(keys().begin(), keys().end() - 1, its) != keys().end() - 1;
      });
      for (ServiceKey its : text.keys) {
        for (const Period& period : text.validity.periods()) {
          const std::string entry = words_of(its) + " " + key.id + " " + words_of(period);
          if (unlisted) lines.push_back("unlisted " + entry);
          for (AreaIndex area : places(text.areas, version.source))
            lines.push_back(areas()[area].id() + " text " + entry);
        }
      }
      for (AreaIndex area : places(text.areas, version.source))
        for (ServiceKey kin : text.kin)
          lines.push_back(areas()[area].id() + " kin " + words_of(kin) + " " + key.id);
    }
  }

  void join_lines(std::vector<std::string>& lines) const {
    std::map<ServiceKey, std::map<std::pair<Period, bool>, Bitmap>> online;
    for (const auto& [key, version] : shown_) {
      if (key.kind != ObjectKind::online_service && key.kind != ObjectKind::office) continue;
      std::map<AreaIndex, std::set<ServiceKey>> where;
      const auto add = [&](const Responsibility& part, const std::string& source) {
        for (const ObjectId& service : part.services)
          for (ServiceKey its : keys_of(service.text()))
            for (AreaIndex area : places(part.areas, source)) where[area].insert(its);
      };
      for (const auto& [other, part] : shown_)
        if (other.kind == ObjectKind::responsibility)
          if (const auto& one = std::get<Responsibility>(part.object); one.subject.text() == key.id)
            add(one, part.source);
      Change object = version.object;
      if (auto* office = std::get_if<Office>(&object)) {
        for (const Responsibility& part : office->responsibilities) add(part, version.source);
        office->responsibilities.clear();
      }
      for (const auto& [area, its] : where) {
        lines.push_back(areas()[area].id() + (key.kind == ObjectKind::office ? " office " : " online ") +
                        words_of(object) + " " + words_of(std::vector<ServiceKey>(its.begin(), its.end())));
        const auto* service = std::get_if<OnlineService>(&object);
        if (!service || service->url.empty() || service->form) continue;
        const bool is_town = areas()[area].level == Level::gemeinde;
        const bool own = is_town && *areas().find_id(sources.at(version.source).area) == area;
        for (ServiceKey one : its)
          for (const Period& period : service->validity.periods())
            for (MunicipalityIndex number : areas().municipalities_in(area))
              online[one][{period, own}].add(number);
      }
    }
    for (const auto& [key, parts] : online)
      for (const auto& [part, towns] : parts)
        if (!towns.isEmpty())
          lines.push_back("available " + words_of(key) + " " + words_of(part.first) +
                          (part.second ? " own " : " inherited ") + words_of(towns));
  }

  mutable std::map<Key, Shown> shown_;
};

/// What a reader says. Complains where its lists are not in their order.
inline std::vector<std::string> lines_of(const IndexReader& reader) {
  std::vector<std::string> lines;
  const Snapshot& snapshot = reader.snapshot();
  for (const SourceInfo& info : snapshot.sources)
    lines.push_back("source " + info.id + " " + std::to_string(info.texts) + " " +
                    std::to_string(info.online_services) + " " + std::to_string(info.offices) + " " +
                    std::to_string(info.responsibilities));
  lines.push_back("covered " + words_of(snapshot.covered));
  std::map<DocId, std::string> ids;
  Bitmap all;
  for (std::size_t number = 0; number < 6; ++number) {
    const std::string id = "A." + id_of(ObjectKind::text, number);
    const auto doc = reader.find_text(id);
    if (!doc) continue;
    ids[*doc] = id;
    all.add(*doc);
    lines.push_back("text " + words_of(reader.text(*doc)));
  }
  const auto in_order = [&](bool ordered) {
    if (!ordered) lines.push_back("a list that is not in its order");
  };
  const auto texts = [&](const Sheet& sheet, const std::string& name) {
    const auto less = [](const SheetText& a, const SheetText& b) {
      return std::tie(a.key, a.doc, a.validity) < std::tie(b.key, b.doc, b.validity);
    };
    in_order(std::is_sorted(sheet.texts.begin(), sheet.texts.end(), less));
    for (const SheetText& entry : sheet.texts)
      lines.push_back(name + words_of(entry.key) + " " + ids[entry.doc] + " " + words_of(entry.validity));
  };
  texts(snapshot.unlisted(), "unlisted ");
  for (AreaIndex area = 0; area < areas().size(); ++area) {
    const Sheet& sheet = reader.sheet(area);
    const std::string name = areas()[area].id();
    texts(sheet, name + " text ");
    for (const SheetKin& entry : sheet.kin_of)
      lines.push_back(name + " kin " + words_of(entry.key) + " " + ids[entry.doc]);
    in_order(std::is_sorted(sheet.kin_of.begin(), sheet.kin_of.end()));
    const auto joins = [&](const auto& objects, const std::vector<SheetJoin>& list, const char* what) {
      in_order(std::is_sorted(objects.begin(), objects.end(),
                              [](const auto& a, const auto& b) { return a.id.text() < b.id.text(); }));
      in_order(std::is_sorted(list.begin(), list.end(), [](const SheetJoin& a, const SheetJoin& b) {
        return std::tie(a.key, a.index) < std::tie(b.key, b.index);
      }));
      for (std::uint32_t i = 0; i < objects.size(); ++i) {
        std::vector<ServiceKey> its;
        for (const SheetJoin& join : list)
          if (join.index == i) its.push_back(join.key);
        lines.push_back(name + what + words_of(objects[i]) + " " + words_of(its));
      }
    };
    joins(sheet.online_services, sheet.online_joins, " online ");
    joins(sheet.offices, sheet.office_joins, " office ");
  }
  for (const auto& [key, availability] : snapshot.availability()) {
    const auto part = [&, service = key](const Period& period, bool own, const Bitmap& towns) {
      if (!towns.isEmpty())
        lines.push_back("available " + words_of(service) + " " + words_of(period) +
                        (own ? " own " : " inherited ") + words_of(towns));
    };
    part({}, true, availability.own);
    part({}, false, availability.inherited);
    for (const auto& dated : availability.dated) part(dated.validity, dated.own, dated.municipalities);
  }
  std::vector<ServiceKey> all_keys = keys();
  std::vector<std::string> words = titles;
  words.emplace_back("kin");
  for (const std::string& title : titles) all_keys.push_back(ServiceKey::local(title));
  for (ServiceKey key : all_keys)
    for (DocId doc : reader.texts_with_key(key, 1'000))
      lines.push_back("key " + words_of(key) + " " + ids[doc]);
  for (const std::string& word : words) {
    for (TermKind kind : {TermKind::word, TermKind::phrase}) {
      std::vector<Posting> found;
      reader.postings(kind, word, all, found);
      for (const Posting& posting : found)
        lines.push_back("term " + word + (kind == TermKind::word ? " word " : " phrase ") + ids[posting.doc] +
                        " " + std::to_string(posting.impacts.title) + " " +
                        std::to_string(posting.impacts.shared));
      if (reader.has_term(kind, word) != !found.empty()) lines.push_back("a term of no text: " + word);
    }
  }
  return lines;
}

/// Makes deliveries up.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool chance(std::size_t percent) { return below(100) < percent; }

  /// A time that this source did not use yet; mostly after all others.
  std::int64_t time(const std::string& source) {
    auto& used = times_[source];
    const std::int64_t last = used.empty() ? 0 : *used.rbegin();
    std::int64_t time = last + 1 + static_cast<std::int64_t>(below(20));
    if (chance(30)) {
      for (int tries = 0; tries < 10; ++tries) {
        const auto earlier = 1 + static_cast<std::int64_t>(below(static_cast<std::size_t>(last) + 1));
        if (used.contains(earlier)) continue;
        time = earlier;
        break;
      }
    }
    used.insert(time);
    return time;
  }
  /// One after all others.
  std::int64_t later_time(const std::string& source) {
    auto& used = times_[source];
    return *used.insert((used.empty() ? 0 : *used.rbegin()) + 1 + static_cast<std::int64_t>(below(20))).first;
  }

  /// Of new content, or, where the source has said something, of what it said, or one that it sent before.
  Delivery delivery(const std::string& source, const Said& said, bool whole) {
    auto& sent = sent_[source];
    if (!sent.empty() && chance(15)) {
      const Delivery& again = sent[below(sent.size())];
      if (again.whole == whole && again.kept.empty()) return again;
    }
    Delivery delivery{source, whole, time(source), {}, {}};
    fill(delivery, said);
    sent.push_back(delivery);
    return delivery;
  }
  void fill(Delivery& delivery, const Said& said) {
    const std::size_t count = below(delivery.whole ? 14 : 7);
    for (std::size_t i = 0; i < count; ++i) {
      const ObjectKind kind = this->kind();
      const std::string id = "A." + id_of(kind, below(6));
      if (chance(delivery.whole ? 3 : 30)) {
        delivery.changes.push_back(Deletion{kind, id_from(id)});
        continue;
      }
      const auto known = said.known({kind, id});
      delivery.changes.push_back(
          known && chance(delivery.whole ? 60 : 20) ? *known : object(kind, id, delivery.source));
    }
    if (!delivery.whole || !chance(25)) return;
    for (int i = 0; i < 3; ++i) {
      const ObjectKind kind = this->kind();
      const Key key{kind, "A." + id_of(kind, below(6))};
      if (std::none_of(delivery.changes.begin(), delivery.changes.end(),
                       [&](const Change& change) { return key_of(change) == key; }))
        delivery.kept.push_back(key);
    }
  }

  std::uint64_t operator()() { return random_(); }

 private:
  ObjectKind kind() { return static_cast<ObjectKind>(below(4)); }
  ObjectId text_id() { return {"A", id_of(ObjectKind::text, below(7))}; }

  std::vector<std::string> some_areas() {
    static const std::vector<std::string> ids = {
        "bund:000000000000",     "land:050000000000",     "kreis:055540000000",    "gemeinde:055540001001",
        "gemeinde:055540002002", "gemeinde:055550000000", "gemeinde:060010000000", "landschaftsverband:lv",
        "gemeinde:999999999999", "katalog:katalog"};
    std::vector<std::string> result;
    for (std::size_t n = below(4); n > 1; --n) result.push_back(ids[below(ids.size())]);
    return result;
  }
  Validity validity() {
    if (!chance(30)) return {};
    std::vector<Period> periods = {{10, 19}};
    if (chance(50)) periods.push_back({30, 39});
    if (chance(10)) periods = {{5, 4}};
    return Validity(periods);
  }
  std::vector<ServiceKey> some_keys() {
    std::set<ServiceKey> result;
    for (std::size_t n = below(4); n > 0; --n) result.insert(keys()[below(keys().size())]);
    std::vector<ServiceKey> list(result.begin(), result.end());
    if (!list.empty() && chance(10)) list.push_back(list.front());
    return list;
  }
  Responsibility responsibility(const std::string& id, const std::string& source) {
    Responsibility result;
    result.id = id_from(id);
    result.subject = {"A", id_of(chance(50) ? ObjectKind::office : ObjectKind::online_service, below(3))};
    for (std::size_t n = 1 + below(2); n > 0; --n) result.services.push_back(text_id());
    result.areas = some_areas();
    result.source = source;
    return result;
  }
  Change object(ObjectKind kind, const std::string& id, const std::string& source) {
    const auto changed_at = static_cast<std::int64_t>(below(4));
    if (kind == ObjectKind::text) {
      ServiceText text;
      text.id = id_from(id);
      text.title = titles[below(titles.size())];
      text.teaser = chance(50) ? "a" : "b";
      text.keys = chance(60) ? some_keys() : std::vector<ServiceKey>();
      if (chance(40)) text.base = text_id();
      text.areas = some_areas();
      text.validity = validity();
      text.changed_at = changed_at;
      text.source = source;
      return text;
    }
    if (kind == ObjectKind::online_service) {
      OnlineService service;
      service.id = id_from(id);
      service.title = titles[below(2)];
      if (chance(85)) service.url = "https://example.org/";
      service.form = chance(10);
      service.validity = validity();
      service.changed_at = changed_at;
      service.source = source;
      return service;
    }
    if (kind == ObjectKind::office) {
      Office office;
      office.id = id_from(id);
      office.name = titles[below(2)];
      office.validity = validity();
      office.changed_at = changed_at;
      office.source = source;
      for (std::size_t n = below(3); n > 0; --n) {
        office.responsibilities.push_back(responsibility(id, source));
        office.responsibilities.back().subject = office.id;
      }
      return office;
    }
    Responsibility result = responsibility(id, source);
    result.changed_at = changed_at;
    return result;
  }

  std::mt19937_64 random_;
  std::map<std::string, std::set<std::int64_t>> times_;
  std::map<std::string, std::vector<Delivery>> sent_;
};

}  // namespace vsm::model
