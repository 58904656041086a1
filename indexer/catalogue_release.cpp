#include "indexer/catalogue_release.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "indexer/json_out.h"
#include "indexer/wording.h"
#include "language/analyzer.h"
#include "language/fold.h"

namespace vsm {
namespace {

using Kind = ReleaseChange::Kind;
using Stems = std::vector<std::string>;

/// Whether two words that stand side by side may as well be written as one: "online ausweis", and not
/// "Klasse C E" or "§ 3 4".
bool may_join(const std::string& left, const std::string& right) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return left.size() > 1 && right.size() > 1 && !(is_digit(left.back()) && is_digit(right.front()));
}

/// Names that differ in case, punctuation, blanks and hyphens only have the same.
std::string spelled(std::string_view name) {
  std::string out, last;
  for (std::string& word : language::fold_words(name)) {
    if (!last.empty() && !may_join(last, word)) out += ' ';
    out += word;
    last = std::move(word);
  }
  return out.empty() ? std::string(name) : out;
}

/// The stems of a name without articles, sorted: what it has in common with the same words in another form or
/// order.
Stems stems_of(const language::Analyzer& analyzer, std::string_view name) {
  static const std::set<std::string_view> articles = {"der", "die",  "das",   "des",   "dem",   "den",
                                                      "ein", "eine", "einer", "eines", "einem", "einen"};
  Stems stems;
  for (std::string& word : language::fold_words(name))
    if (!articles.contains(word)) stems.push_back(analyzer.word(std::move(word)).stem);
  std::sort(stems.begin(), stems.end());
  return stems;
}

bool has_all(const Stems& whole, const Stems& part) {
  return std::includes(whole.begin(), whole.end(), part.begin(), part.end());
}

std::size_t shared(const Stems& a, const Stems& b) {
  Stems both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both.size();
}

double likeness(const Stems& a, const Stems& b) {
  const std::size_t both = shared(a, b), all = a.size() + b.size() - both;
  return all == 0 ? 0 : static_cast<double>(both) / static_cast<double>(all);
}

/// A key that is gone or new, until a change explains it.
struct Item {
  ServiceKey key;
  std::string name, spelling;
  Stems stems;
  bool listed = false;  ///< of a gone key: the list has it, as retired
  bool explained = false;
  ServiceKey heading = {};  ///< of a new key: the present one that becomes a heading by it alone
};
using Items = std::vector<Item*>;

Items open_of(const Items& items) {
  Items open;
  std::copy_if(items.begin(), items.end(), std::back_inserter(open),
               [](const Item* i) { return !i->explained; });
  return open;
}

std::string in_quotes(const Item& item) { return item.key.text() + " „" + printable(item.name) + "“"; }

template <class List>
std::string quoted_all(const List& items) {
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, items.size()); ++i)
    text += (i == 0 ? "" : ", ") + in_quotes(*items[i]);
  return text + (items.size() > 3 ? " …" : "");
}

class Comparison {
 public:
  Comparison(const Catalogue& present, const KeyList& list) : present_(present), list_(list) {}

  CatalogueRelease run() {
    release_.problems = list_.problems;
    for (const CatalogueEntry& entry : present_.entries()) release_.present += !is_retired(entry);
    for (const ListedKey& listed : list_.keys) release_.listed += !listed.retired;
    const bool broken = std::any_of(list_.problems.begin(), list_.problems.end(),
                                    [](const Problem& p) { return p.severity == Severity::broken; });
    if (broken || list_.keys.empty()) return std::move(release_);
    sort_keys();
    warn_of_short_list();
    match_names(
        [&](const Item& item) { return staying_.contains(item.spelling) ? std::string() : item.spelling; },
        "Der Name ist gleich geblieben; in der neuen Liste hat ihn nur dieser neue Schlüssel.",
        "Alle hatten denselben Namen; in der neuen Liste hat ihn nur dieser neue Schlüssel.");
    match_names(
        [&](const Item& item) {
          std::string words;
          if (item.stems.size() > 1 && !staying_.contains(item.spelling))
            for (const std::string& stem : item.stems) (words += stem) += ' ';
          return words;
        },
        "Der neue Name hat dieselben Wörter in anderer Form oder Folge. Bitte prüfen Sie, ob es dieselbe "
        "Leistung ist.",
        "Die Namen haben dieselben Wörter wie der neue Name. Bitte prüfen Sie, ob es dieselbe Leistung ist.");
    for (auto& [object, items] : gone_of_) split_gone(object, items);
    for (auto& [object, items] : added_of_) split_into_heading(object, items);
    for (auto& [object, items] : gone_of_) merge_by_words(object, items);
    report_rest();
    std::stable_sort(
        release_.changes.begin(), release_.changes.end(), [](const ReleaseChange& a, const ReleaseChange& b) {
          const auto key = [](const ReleaseChange& c) { return c.from.empty() ? c.to[0] : c.from[0]; };
          return a.kind != b.kind ? a.kind < b.kind : key(a) < key(b);
        });
    return std::move(release_);
  }

 private:
  static bool is_retired(const CatalogueEntry& entry) { return entry.status == "retired"; }

  const ListedKey* find_listed(ServiceKey key) const {
    const auto found = std::lower_bound(list_.keys.begin(), list_.keys.end(), key,
                                        [](const ListedKey& l, ServiceKey k) { return l.key < k; });
    return found != list_.keys.end() && found->key == key ? &*found : nullptr;
  }
  bool holds_in_list(ServiceKey key) const {
    const ListedKey* listed = find_listed(key);
    return listed && !listed->retired;
  }
  bool holds_at_present(ServiceKey key) const {
    const CatalogueEntry* entry = present_.find(key);
    return entry && !is_retired(*entry);
  }

  Item item_of(ServiceKey key, const std::string& name) const {
    Item item;
    item.key = key;
    item.name = name;
    item.spelling = spelled(name);
    item.stems = stems_of(analyzer_, name);
    return item;
  }

  void sort_keys() {
    for (const CatalogueEntry& entry : present_.entries()) {
      const ListedKey* listed = find_listed(entry.key);
      const bool holds = listed && !listed->retired;
      if (!is_retired(entry)) {
        present_verrichtungen_[entry.key.object()] += entry.key.verrichtung() != 0;
        ++present_in_group_[entry.key.group()];
        if (holds) {
          compare_names(entry, *listed);
        } else {
          gone_.push_back(item_of(entry.key, entry.official_name));
          gone_.back().listed = listed != nullptr;
        }
      } else if (holds && list_.has_status) {
        const std::string reason =
            "Der Schlüssel galt als weggefallen; die neue Liste führt ihn wieder als gültig.";
        add(Kind::revived, {entry.key}, {entry.key}, entry.official_name, listed->official_name, reason);
      }
    }
    for (const ListedKey& listed : list_.keys) {
      if (listed.retired) continue;
      listed_verrichtungen_[listed.key.object()] += listed.key.verrichtung() != 0;
      if (!present_.find(listed.key))
        added_.push_back(item_of(listed.key, listed.official_name));
      else if (!listed.official_name.empty())
        staying_.emplace(spelled(listed.official_name), listed.key);
    }
    for (Item& item : gone_) gone_of_[item.key.object()].push_back(&item);
    for (Item& item : added_) added_of_[item.key.object()].push_back(&item);
  }

  /// What a name says beside those of its object and of its general variant.
  Stems own_stems(ServiceKey key, std::string_view name) const {
    Stems own = stems_of(analyzer_, name);
    for (const std::uint64_t above : {key.object() * 1'000'000, key.group() * 1'000}) {
      const CatalogueEntry* entry = above == key.number() ? nullptr : present_.find(ServiceKey(above));
      if (!entry) continue;
      const Stems common = stems_of(analyzer_, entry->official_name);
      std::erase_if(own, [&](const std::string& stem) {
        return std::binary_search(common.begin(), common.end(), stem);
      });
    }
    std::erase_if(own, [](const std::string& stem) { return stem.size() <= 3; });
    return own;
  }

  void compare_names(const CatalogueEntry& entry, const ListedKey& listed) {
    const auto differs = [&](const std::string& before, const std::string& after) {
      if (before.empty() || after.empty() || before == after) return false;
      if (spelled(before) != spelled(after)) return true;
      ++release_.spelling;
      return false;
    };
    if (differs(entry.official_name, listed.official_name)) {
      std::string reason = "Der Schlüssel bleibt, der Name ist neu.";
      const Stems before = own_stems(entry.key, entry.official_name);
      const Stems after = own_stems(entry.key, listed.official_name);
      if (!before.empty() && !after.empty() && shared(before, after) == 0)
        reason += " Er sagt jetzt etwas anderes. Bitte prüfen Sie, ob es noch dieselbe Leistung ist.";
      add(Kind::renamed, {entry.key}, {entry.key}, entry.official_name, listed.official_name, reason);
    } else if (differs(entry.friendly_name, listed.friendly_name)) {
      add(Kind::renamed, {entry.key}, {entry.key}, entry.friendly_name, listed.friendly_name,
          "Der Schlüssel bleibt, die Leistungsbezeichnung II ist neu.");
    }
  }

  void warn_of_short_list() {
    const std::size_t gone = gone_.size();
    if (gone <= 20 || gone * 10 <= release_.present) return;
    const std::string sentence = "Von " + grouped_digits(release_.present) + " Schlüsseln fehlen " +
                                 grouped_digits(gone) +
                                 " in der neuen Liste. Bitte prüfen Sie, ob sie vollständig ist.";
    release_.problems.push_back({list_.name, 0, {}, sentence, "unvollstaendig", Severity::warning});
  }

  void add(Kind kind, std::vector<ServiceKey> from, std::vector<ServiceKey> to, std::string old_name,
           std::string new_name, std::string reason) {
    release_.changes.push_back({kind,
                                std::move(from),
                                std::move(to),
                                std::move(old_name),
                                std::move(new_name),
                                std::move(reason),
                                {}});
  }
  void explain(Kind kind, const Items& from, const Items& to, std::string reason) {
    std::vector<ServiceKey> old_keys, new_keys;
    for (Item* item : from) old_keys.push_back(item->key), item->explained = true;
    for (Item* item : to) new_keys.push_back(item->key), item->explained = true;
    add(kind, std::move(old_keys), std::move(new_keys), from.empty() ? std::string() : from[0]->name,
        to.empty() ? std::string() : to[0]->name, std::move(reason));
  }

  /// Gone keys and the only new one for which `trait` is the same; an empty trait says nothing.
  template <class Trait>
  void match_names(Trait trait, const std::string& moved, const std::string& merged) {
    std::map<std::string, std::pair<Items, Items>> by_trait;
    for (Item& item : gone_)
      if (!item.explained) by_trait[trait(item)].first.push_back(&item);
    for (Item& item : added_)
      if (!item.explained) by_trait[trait(item)].second.push_back(&item);
    for (auto& [value, items] : by_trait) {
      if (value.empty() || items.first.empty() || items.second.size() != 1) continue;
      const bool one = items.first.size() == 1;
      explain(one ? Kind::moved : Kind::merged, items.first, items.second, one ? moved : merged);
    }
  }

  /// A key of this object that is gone and in whose place several new ones come.
  void split_gone(std::uint64_t object, const Items& items) {
    const Items gone = open_of(items);
    for (Item* item : gone) {
      if (item->explained || item->key.verrichtung() == 0) continue;
      const auto of_group = [&](const Item* other) { return other->key.group() == item->key.group(); };
      if (std::count_if(gone.begin(), gone.end(), of_group) != 1) continue;
      const bool alone = item->key.detail() == 0 && present_in_group_[item->key.group()] == 1;
      Items parts;
      for (Item* part : open_of(added_of_[object]))
        if (of_group(part) && (alone || (!item->stems.empty() && has_all(part->stems, item->stems))))
          parts.push_back(part);
      if (parts.size() >= 2)
        explain(
            Kind::split, {item}, parts,
            "Der Schlüssel ist weggefallen; zur selben Verrichtung gibt es dafür mehrere neue Schlüssel.");
    }
    const Items left = open_of(gone);
    if (left.size() != 1 || gone.size() != 1) return;
    Item* item = left[0];
    Items parts;
    for (Item* part : open_of(added_of_[object])) {
      const bool fits = item->key.verrichtung() == 0
                            ? present_verrichtungen_[object] == 0 && part->key.verrichtung() != 0
                            : continues(*item, *part);
      if (fits) parts.push_back(part);
    }
    if (parts.size() < 2) return;
    explain(Kind::split, {item}, parts,
            item->key.verrichtung() == 0
                ? "Der Schlüssel für das ganze Leistungsobjekt ist weggefallen; dafür gibt es mehrere neue "
                  "Verrichtungen."
                : "Der Schlüssel ist weggefallen; zum selben Leistungsobjekt gibt es mehrere neue Schlüssel, "
                  "deren Namen dazu passen. Bitte prüfen Sie die Zuordnung.");
  }

  /// Whether a new name says what the old one says beside the name of its object: "Gewerbe Meldung" and
  /// "Gewerbe Anmeldung".
  bool continues(const Item& old, const Item& part) const {
    const ServiceKey heading(old.key.object() * 1'000'000);
    const CatalogueEntry* entry = present_.find(heading);
    if (!entry) return false;
    // Whole words: the stemmer cuts "Abmeldung" and leaves "Meldung".
    const auto common = language::fold_words(entry->official_name);
    const auto words = language::fold_words(part.name);
    for (const std::string& word : language::fold_words(old.name)) {
      if (word.size() < 5 || std::find(common.begin(), common.end(), word) != common.end()) continue;
      if (std::any_of(words.begin(), words.end(), [&](const auto& other) { return other.ends_with(word); }))
        return true;
    }
    return false;
  }

  /// The key of an object that stays and now has Verrichtungen below it.
  void split_into_heading(std::uint64_t object, const Items& items) {
    const ServiceKey key(object * 1'000'000);
    if (!holds_at_present(key) || !holds_in_list(key) || present_verrichtungen_[object] > 0) return;
    Items parts;
    for (Item* part : open_of(items))
      if (part->key.verrichtung() != 0) parts.push_back(part);
    if (parts.size() == 1) parts[0]->heading = key;
    if (parts.size() < 2) return;
    Item heading = item_of(key, present_.find(key)->official_name);
    explain(Kind::split, {&heading}, parts,
            "Der Schlüssel bleibt, ist jetzt aber die Überschrift über mehrere neue Verrichtungen.");
  }

  /// Several gone keys of this object whose names lead to one new key.
  void merge_by_words(std::uint64_t object, const Items& items) {
    std::map<Item*, Items> into;
    for (Item* gone : open_of(items)) {
      if (gone->stems.empty() || (gone->key.verrichtung() == 0 && present_verrichtungen_[object] > 0))
        continue;
      Items targets;
      for (Item* added : open_of(added_of_[object])) {
        const bool heading = added->key.verrichtung() == 0 && listed_verrichtungen_[object] > 0;
        if (!heading && !added->stems.empty() &&
            (has_all(added->stems, gone->stems) || has_all(gone->stems, added->stems)))
          targets.push_back(added);
      }
      if (targets.size() == 1) into[targets[0]].push_back(gone);
    }
    for (auto& [added, gone] : into)
      if (gone.size() >= 2)
        explain(Kind::merged, gone, {added},
                "Mehrere Schlüssel sind weggefallen; ihre Namen führen alle zu diesem neuen Schlüssel. Bitte "
                "prüfen Sie die Zuordnung.");
  }

  /// The open item that shares the most words, at least half of all; null where there is none.
  static const Item* most_like(const Item& item,
                               const std::unordered_multimap<std::string, const Item*>& others) {
    const Item* best = nullptr;
    double most = 0.5;
    std::set<const Item*> seen;
    for (const std::string& stem : item.stems) {
      const auto [first, last] = others.equal_range(stem);
      for (auto other = first; other != last; ++other) {
        if (!seen.insert(other->second).second) continue;
        const double like = likeness(item.stems, other->second->stems);
        if (like > most || (like == most && (!best || other->second->key < best->key))) {
          most = like;
          best = other->second;
        }
      }
    }
    return best;
  }

  void report_rest() {
    std::unordered_multimap<std::string, const Item*> gone_by_stem, added_by_stem;
    const auto index = [](std::vector<Item>& items, auto& by_stem) {
      for (const Item& item : items)
        if (!item.explained)
          for (const std::string& stem : item.stems) by_stem.emplace(stem, &item);
    };
    index(gone_, gone_by_stem);
    index(added_, added_by_stem);
    // What resembles what is asked for while all of it is still open.
    std::vector<std::pair<Item*, std::string>> retired, added;
    for (Item& item : gone_)
      if (!item.explained) retired.emplace_back(&item, hint_for_gone(item, added_by_stem));
    for (Item& item : added_)
      if (!item.explained) added.emplace_back(&item, hint_for_added(item, gone_by_stem));
    for (const auto& [item, hint] : retired) {
      const std::string reason = item->listed ? "Die neue Liste führt den Schlüssel als nicht mehr gültig."
                                              : "Der Schlüssel fehlt in der neuen Liste.";
      explain(Kind::retired, {item}, {}, reason + hint);
    }
    for (const auto& [item, hint] : added) {
      explain(Kind::added, {}, {item}, "Diesen Schlüssel gab es bisher nicht." + hint);
      if (!item->heading) continue;
      release_.changes.back().from = {item->heading};
      release_.changes.back().old_name = present_.find(item->heading)->official_name;
    }
  }

  std::string hint_for_gone(const Item& item,
                            const std::unordered_multimap<std::string, const Item*>& added_by_stem) const {
    std::vector<const Item*> same;
    for (const Item& added : added_)
      if (!added.explained && !item.name.empty() && added.spelling == item.spelling) same.push_back(&added);
    const auto staying = staying_.find(item.spelling);
    if (!same.empty())
      return " Denselben Namen haben jetzt: " +
             (staying == staying_.end() ? std::string() : staying->second.text() + ", ") + quoted_all(same) +
             ". Bitte entscheiden Sie, welcher Schlüssel gemeint ist.";
    if (staying != staying_.end()) return " Denselben Namen hat jetzt " + staying->second.text() + ".";
    if (const Item* like = most_like(item, added_by_stem))
      return " Ähnlich heißt neu: " + in_quotes(*like) + ". Bitte prüfen Sie, ob das dieselbe Leistung ist.";
    const ListedKey* general = find_listed(ServiceKey(item.key.group() * 1'000));
    if (item.key.detail() != 0 && general && !general->retired)
      return " Der allgemeine Schlüssel " + general->key.text() + " „" + printable(general->official_name) +
             "“ gilt weiter.";
    return {};
  }

  std::string hint_for_added(const Item& item,
                             const std::unordered_multimap<std::string, const Item*>& gone_by_stem) const {
    std::string hint;
    if (item.heading)
      hint = " " + item.heading.text() + " „" + printable(present_.find(item.heading)->official_name) +
             "“ ist damit nur noch Überschrift.";
    if (const Item* like = most_like(item, gone_by_stem))
      hint += " Ähnlich hieß bisher: " + in_quotes(*like) + ".";
    return hint;
  }

  const Catalogue& present_;
  const KeyList& list_;
  language::Analyzer analyzer_;
  CatalogueRelease release_;
  std::vector<Item> gone_, added_;
  std::map<std::uint64_t, Items> gone_of_, added_of_;    ///< by object
  std::unordered_map<std::string, ServiceKey> staying_;  ///< names in the list of keys that are not new
  /// Keys that hold: with a Verrichtung by object, and all by group.
  std::unordered_map<std::uint64_t, std::size_t> present_verrichtungen_, listed_verrichtungen_,
      present_in_group_;
};

/// In the order of Kind.
struct KindWords {
  std::string_view id, heading;
};
constexpr KindWords kinds[] = {
    {"retired", "Weggefallen"},
    {"split", "Aufgeteilt"},
    {"merged", "Zusammengelegt"},
    {"moved", "Mit neuem Schlüssel"},
    {"renamed", "Mit neuem Namen"},
    {"revived", "Wieder gültig"},
    {"added", "Neu"},
};
constexpr std::string_view severity_ids[] = {"warning", "refused", "broken"};

std::size_t index_of(Kind kind) { return static_cast<std::size_t>(kind); }

std::size_t count_of(const CatalogueRelease& release, Kind kind) {
  return static_cast<std::size_t>(
      std::count_if(release.changes.begin(), release.changes.end(),
                    [&](const ReleaseChange& change) { return change.kind == kind; }));
}

std::string keys_of(const std::vector<ServiceKey>& keys) {
  std::string text;
  for (const ServiceKey key : keys) text += (text.empty() ? "" : ", ") + key.text();
  return text;
}

/// "99… „Name“", and where it goes.
std::string headline(const ReleaseChange& change) {
  const auto name = [](const std::string& text) { return text.empty() ? "" : " „" + printable(text) + "“"; };
  switch (change.kind) {
    case Kind::retired:
      return keys_of(change.from) + name(change.old_name);
    case Kind::added:
      return keys_of(change.to) + name(change.new_name);
    case Kind::renamed:
      return keys_of(change.from) + name(change.old_name) + " → " + name(change.new_name).substr(1);
    case Kind::revived:
      return keys_of(change.to) + name(change.new_name.empty() ? change.old_name : change.new_name);
    default:
      return keys_of(change.from) + name(change.old_name) + " → " + keys_of(change.to) +
             name(change.new_name);
  }
}

void write_texts(std::ostream& out, const std::vector<TouchedText>& texts, std::size_t most) {
  if (texts.empty()) return;
  std::set<std::string_view> links;
  for (const TouchedText& text : texts) links.insert(text.links.begin(), text.links.end());
  out << "    Betroffen: " << counted(texts.size(), "Text", "Texte");
  if (!links.empty()) out << " mit " << counted(links.size(), "Link", "Links");
  out << '\n';
  const std::size_t shown = most == 0 ? texts.size() : std::min(most, texts.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const TouchedText& text = texts[i];
    out << "      " << printable(text.text_id) << " „" << printable(text.title) << "“ ("
        << printable(text.source) << ", " << printable(text.area) << ")\n";
  }
  if (shown < texts.size()) out << "      … und " << grouped_digits(texts.size() - shown) << " weitere\n";
}

}  // namespace

CatalogueRelease compare_release(const Catalogue& present, const KeyList& list, const TouchedBy& touched) {
  CatalogueRelease release = Comparison(present, list).run();
  if (!touched) return release;
  for (ReleaseChange& change : release.changes) {
    std::set<std::string> known;
    for (const ServiceKey key : change.from)
      for (TouchedText& text : touched(key))
        if (known.insert(text.text_id).second) change.texts.push_back(std::move(text));
  }
  return release;
}

int exit_status(const CatalogueRelease& release) {
  const bool refused = std::any_of(release.problems.begin(), release.problems.end(),
                                   [](const Problem& p) { return p.severity != Severity::warning; });
  if (refused) return 2;
  return release.changes.empty() && release.problems.empty() ? 0 : 1;
}

void write_release_text(std::ostream& out, const CatalogueRelease& release, bool colour,
                        std::size_t texts_shown) {
  const Ink ink(colour);
  for (const Problem& problem : release.problems) {
    out << ink.bold << printable(problem.file);
    if (problem.line > 0) out << ':' << problem.line;
    out << ink.off;
    if (!problem.object.empty()) out << ' ' << problem.object;
    out << ": " << printable(problem.message) << " [" << problem.rule << "]\n";
  }
  const auto has = [&](Severity severity) {
    return std::any_of(release.problems.begin(), release.problems.end(),
                       [&](const Problem& problem) { return problem.severity == severity; });
  };
  if (has(Severity::broken)) {
    out << ink.red << "Die Liste lässt sich nicht vergleichen. Bitte beheben Sie zuerst diese Fehler.\n"
        << ink.off;
    return;
  }
  if (has(Severity::refused))
    out << ink.red
        << "Die Liste hat Fehler. Schlüssel aus diesen Zeilen können unten zu Unrecht als weggefallen "
           "stehen.\n"
        << ink.off;
  if (!release.problems.empty()) out << '\n';

  out << "Bisher: " << counted(release.present, "gültiger Schlüssel", "gültige Schlüssel")
      << ". Neue Liste: " << grouped_digits(release.listed) << ".\n";
  if (release.changes.empty()) out << "Es ändert sich nichts.\n";
  for (std::size_t i = 0; i < std::size(kinds); ++i)
    if (const std::size_t number = count_of(release, static_cast<Kind>(i)))
      out << "  " << kinds[i].heading << ": " << grouped_digits(number) << '\n';
  if (release.spelling > 0)
    out << "Nur anders geschrieben und unten nicht genannt: " << counted(release.spelling, "Name", "Namen")
        << ".\n";
  std::set<std::string_view> texts;
  for (const ReleaseChange& change : release.changes)
    for (const TouchedText& text : change.texts) texts.insert(text.text_id);
  if (!texts.empty()) out << "Betroffen: " << counted(texts.size(), "Text", "Texte") << ".\n";

  const ReleaseChange* last = nullptr;
  for (const ReleaseChange& change : release.changes) {
    if (!last || last->kind != change.kind)
      out << '\n'
          << ink.bold << kinds[index_of(change.kind)].heading << " ("
          << grouped_digits(count_of(release, change.kind)) << ')' << ink.off << '\n';
    last = &change;
    out << "  " << headline(change) << "\n    " << change.reason << '\n';
    write_texts(out, change.texts, texts_shown);
  }
}

void write_release_json(std::ostream& out, const CatalogueRelease& release) {
  JsonOut json(out);
  const auto keys = [&](std::string_view name, const std::vector<ServiceKey>& list) {
    json.array(name, list, [&](ServiceKey key) { json.value(std::string_view(key.text())); });
  };
  json.object([&] {
    json.field("present", std::uint64_t{release.present});
    json.field("listed", std::uint64_t{release.listed});
    json.field("spelling", std::uint64_t{release.spelling});
    json.key("counts");
    json.object([&] {
      for (std::size_t i = 0; i < std::size(kinds); ++i)
        json.field(kinds[i].id, std::uint64_t{count_of(release, static_cast<Kind>(i))});
    });
    json.array("changes", release.changes, [&](const ReleaseChange& change) {
      json.object([&] {
        json.field("kind", kinds[index_of(change.kind)].id);
        keys("from", change.from);
        keys("to", change.to);
        json.known("oldName", change.old_name);
        json.known("newName", change.new_name);
        json.field("reason", change.reason);
        json.array("texts", change.texts, [&](const TouchedText& text) {
          json.object([&] {
            json.field("id", text.text_id);
            json.field("source", text.source);
            json.field("area", text.area);
            json.field("title", text.title);
            json.array("links", text.links,
                       [&](const std::string& link) { json.value(std::string_view(link)); });
          });
        });
      });
    });
    json.array("problems", release.problems, [&](const Problem& problem) {
      json.object([&] {
        json.field("severity", severity_ids[static_cast<std::size_t>(problem.severity)]);
        json.field("rule", problem.rule);
        json.field("file", problem.file);
        json.key("line");
        problem.line > 0 ? json.value(std::uint64_t{problem.line}) : json.null();
        json.known("object", problem.object);
        json.field("message", problem.message);
      });
    });
  });
}

}  // namespace vsm
