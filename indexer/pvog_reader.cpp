#include "indexer/pvog_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <unordered_set>

#include "indexer/html.h"
#include "indexer/in_quotes.h"
#include "indexer/json_objects.h"
#include "indexer/moment.h"
#include "indexer/plain_text.h"
#include "indexer/xzufi_reader.h"
#include "language/fold.h"

namespace vsm {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// Ids that were met, as hashes. Full, it says of every further one that it is new.
class SeenIds {
 public:
  /// Whether it was not met before.
  bool add(std::string_view kind, const ObjectId& id, const ObjectId& other = {}) {
    std::uint64_t hash = 14'695'981'039'346'656'037U;
    for (std::string_view part : {kind, std::string_view(id.id), std::string_view(other.id)}) {
      for (char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
      hash = (hash ^ 0xFFU) * 1'099'511'628'211U;
    }
    if (seen_.size() < 2'000'000) return seen_.insert(hash).second;
    return !seen_.contains(hash);
  }

 private:
  std::unordered_set<std::uint64_t> seen_;
};

/// "B100019.LB.574711": the part before the first dot is the editorial system.
ObjectId id_of(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return {{}, std::string(text)};
  return {std::string(text.substr(0, dot)), std::string(text)};
}

/// Of the responsibility that joins two objects: the same whenever the same two are joined.
ObjectId joint_id(const ObjectId& subject, const ObjectId& service) {
  return {subject.agency, subject.id + ":" + service.id};
}

/// What was left out of an object or corrected in it, for the one who looks after it.
struct Complaints {
  struct Entry {
    std::string rule, message;
  };
  std::vector<Entry> entries;
  void add(std::string rule, std::string message) {
    if (entries.size() < 20) entries.push_back({std::move(rule), std::move(message)});
  }
};

/// Hands objects and problems of one file on.
class Outlet {
 public:
  Outlet(std::string file, const ChangeSink& sink) : file_(std::move(file)), sink_(sink) {}

  void hand_on(Change change, std::size_t line, const std::string& id) const {
    sink_.change(std::move(change), {file_, line, id, {}, {}});
  }
  void warn(const Complaints& complaints, std::size_t line, const std::string& id) const {
    for (const auto& entry : complaints.entries)
      sink_.problem({file_, line, id, entry.message, entry.rule, Severity::warning});
  }
  void refuse(std::size_t line, std::string id, std::string rule, std::string message) const {
    sink_.problem({file_, line, std::move(id), std::move(message), std::move(rule), Severity::refused});
  }
  bool broken(std::size_t line, std::string rule, std::string message) const {
    sink_.problem({file_, line, {}, std::move(message), std::move(rule), Severity::broken});
    return false;
  }

 private:
  std::string file_;
  const ChangeSink& sink_;
};

void add_key(std::string_view digits, std::vector<ServiceKey>& keys, Complaints& complaints) {
  if (const auto key = ServiceKey::parse(digits))
    keys.push_back(*key);
  else
    complaints.add("schluessel", in_quotes(digits) + " ist kein Leistungsschlüssel aus 14 Ziffern.");
}

// --- JSON

/// The text of a field, a number as its digits, the code of a code object; empty for anything else.
std::string text_of(const element& value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return trimmed(text);
  std::int64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) return std::to_string(number);
  object inner;
  if (value.get(inner) != simdjson::SUCCESS) return {};
  for (const char* name : {"code", "name"}) {
    element part;
    if (inner[name].get(part) == simdjson::SUCCESS && part.get(text) == simdjson::SUCCESS)
      return trimmed(text);
  }
  return {};
}

/// The first of these fields that has a text.
std::string text_at(const object& parent, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    element value;
    if (parent[name].get(value) != simdjson::SUCCESS) continue;
    std::string text = text_of(value);
    if (!text.empty()) return text;
  }
  return {};
}

bool is_true(const object& parent, std::string_view name) {
  bool value = false;
  return parent[name].get(value) == simdjson::SUCCESS && value;
}

bool has(const object& parent, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return parent[name].error() == simdjson::SUCCESS; });
}

template <class Visit>
void each(const object& parent, std::string_view name, Visit visit) {
  array list;
  if (parent[name].get(list) != simdjson::SUCCESS) return;
  for (const element value : list) visit(value);
}

template <class Visit>
void each_object(const object& parent, std::string_view name, Visit visit) {
  each(parent, name, [&](const element& value) {
    object inner;
    if (value.get(inner) == simdjson::SUCCESS) visit(inner);
  });
}

Period period_of(const object& parent, Complaints& complaints) {
  Period period;
  const auto bound = [&](std::string_view name, Day& day) {
    const std::string text = text_at(parent, {name});
    if (text.empty() || text.starts_with("1970-01-01") || text.starts_with("2999-12-31")) return;
    if (const auto moment = moment_of(text))
      day = moment->day;
    else
      complaints.add("datum", "Das Datum " + in_quotes(text) + " im Feld " + std::string(name) +
                                  " gibt es nicht; es bleibt offen.");
  };
  bound("validFrom", period.from);
  bound("validTo", period.to);
  if (period.from > period.to)
    complaints.add("zeitraum", "Eine Gültigkeit endet, bevor sie beginnt; sie zählt nicht.");
  return period;
}

Validity validity_of(const object& parent, Complaints& complaints) {
  std::vector<Period> periods;
  each_object(parent, "validityPeriods",
              [&](const object& entry) { periods.push_back(period_of(entry, complaints)); });
  if (periods.empty() && has(parent, {"validFrom", "validTo"}))
    periods.push_back(period_of(parent, complaints));
  return periods.empty() ? Validity() : Validity(std::move(periods));
}

/// Date of the last change: as the editors' system says, else as the PVOG does.
template <class Object>
void read_changed(const object& from, Object& to, Complaints& complaints) {
  const std::string text = text_at(from, {"externalLastUpdate", "lastUpdate", "timestamp"});
  if (text.empty()) return;
  if (const auto moment = moment_of(text)) {
    to.changed = moment->date();
    to.changed_at = moment->seconds;
  } else {
    complaints.add("datum", "Das Änderungsdatum " + in_quotes(text) + " gibt es nicht; es bleibt leer.");
  }
}

int trust_level_of(const object& parent) {
  const std::string text = text_at(parent, {"levelOfConfidence"});
  int level = 0;
  std::from_chars(text.data(), text.data() + text.size(), level);
  return level >= 0 && level < 100 ? level : 0;
}

std::vector<UrlParameter> parameters_of(const object& parent) {
  std::vector<UrlParameter> parameters;
  each_object(parent, "dynamicParameters", [&](const object& entry) {
    UrlParameter parameter{text_at(entry, {"type", "typ", "code"}),
                           text_at(entry, {"parameterName", "name"})};
    if (!parameter.name.empty()) parameters.push_back(std::move(parameter));
  });
  return parameters;
}

std::string escaped(std::string_view text) {
  std::string html;
  for (char c : text) {
    if (c == '&')
      html += "&amp;";
    else if (c == '<')
      html += "&lt;";
    else
      html += c;
  }
  return html;
}

/// What editors gave as HTML becomes a module: the one place where that is decided.
TextModule module_of(std::string code, std::string title, std::string_view html) {
  // The titles that the PVOG gives a module where its editors chose none.
  static constexpr std::pair<std::string_view, std::string_view> usual[] = {
      {"07", "Rechtsgrundlage(n)"}, {"15", "weiterführende Informationen"}};
  const bool is_usual =
      title == module_title(code) ||
      std::find(std::begin(usual), std::end(usual),
                std::pair<std::string_view, std::string_view>(code, title)) != std::end(usual);
  TextModule module;
  Html reduced = reduce_html(html);
  module.text = std::move(reduced.text);
  module.html = std::move(reduced.html);
  module.code = std::move(code);
  if (!is_usual) module.title = std::move(title);
  return module;
}

/// The HTML of a module with that of the parts that it lists: single fees, periods of time.
std::string html_of(const object& entry, const std::string& title, int depth = 0) {
  std::string html = text_at(entry, {"text"});
  if (depth == 3) return html;
  each_object(entry, "details", [&](const object& part) {
    const std::string name = text_at(part, {"title"});
    const std::string inner = html_of(part, name, depth + 1);
    const bool is_named = !name.empty() && name != title && name != inner;
    if (inner.find('<') != std::string::npos)
      html += (is_named ? "<p>" + escaped(name) + "</p>" : "") + inner;
    else if (is_named || !inner.empty())
      html +=
          "<p>" + (is_named ? escaped(name) : "") + (is_named && !inner.empty() ? ": " : "") + inner + "</p>";
  });
  return html;
}

/// Leistungsadressat: the PVOG gives names, XZuFi codes.
std::string addressee_code(const std::string& name) {
  const std::string lower = lower_ascii(name);
  if (lower == "001" || lower.starts_with("bürger")) return "001";
  if (lower == "002" || lower.starts_with("unternehm") || lower.starts_with("wirtschaft")) return "002";
  if (lower == "003" || lower.starts_with("verwaltung")) return "003";
  return {};
}

/// Codes of the tree's leaves: its branches only say where they belong.
void add_leaves(const object& node, std::set<std::string>& codes, int depth = 0) {
  bool is_leaf = true;
  if (depth < 16)
    each_object(node, "children", [&](const object& child) {
      is_leaf = false;
      add_leaves(child, codes, depth + 1);
    });
  if (!is_leaf) return;
  std::string code = text_at(node, {"code"});
  if (!code.empty()) codes.insert(std::move(code));
}

enum class Kind { text, online_service, office, unknown };

Kind kind_of(std::string_view id, const object& entry) {
  if (id.find(".LB.") != std::string_view::npos) return Kind::text;
  if (id.find(".OD.") != std::string_view::npos) return Kind::online_service;
  if (id.find(".OE.") != std::string_view::npos) return Kind::office;
  if (has(entry, {"leikakeys", "details", "onlineServiceLinks"})) return Kind::text;
  if (has(entry, {"communicationSystems", "bankAccounts", "location"})) return Kind::office;
  if (has(entry, {"levelOfConfidence", "serviceDescriptions", "links", "uri"})) return Kind::online_service;
  return Kind::unknown;
}

class JsonReader {
 public:
  JsonReader(std::istream& in, const std::string& name, const AreaTable& areas, const ChangeSink& sink)
      : pieces_(in), areas_(areas), out_(name, sink) {}

  bool run() {
    while (pieces_.next()) piece();
    if (pieces_.broken().empty()) return true;
    return out_.broken(pieces_.end_line(), "nicht-wohlgeformt",
                       pieces_.broken() + " Ab hier wurde sie nicht gelesen.");
  }

 private:
  void piece() {
    line_ = pieces_.line();
    const std::string which = "Der " + std::to_string(pieces_.number()) + ". Eintrag";
    if (pieces_.too_large())
      return out_.refuse(line_, {}, "zu-gross", which + " ist größer als 16 MB und wurde nicht übernommen.");
    element root;
    const auto error = parser_.parse(pieces_.text().data(), pieces_.text().size(), false).get(root);
    if (error == simdjson::UTF8_ERROR)
      return out_.refuse(line_, {}, "utf-8", which + " ist kein UTF-8 und wurde nicht übernommen.");
    if (error != simdjson::SUCCESS)
      return out_.refuse(line_, {}, "nicht-wohlgeformt",
                         which + " ist kein gültiges JSON und wurde nicht übernommen.");
    object entry;
    if (root.get(entry) != simdjson::SUCCESS)
      return out_.refuse(line_, {}, "format", which + " ist kein Objekt und wurde nicht übernommen.");
    id_ = id_of(text_at(entry, {"id"}));
    const Kind kind = kind_of(id_.id, entry);
    if (kind == Kind::unknown)
      return out_.refuse(
          line_, id_.id, "format",
          which + " ist weder Leistungsbeschreibung noch Onlinedienst noch Organisationseinheit.");
    if (id_.id.empty())
      return out_.refuse(line_, {}, "id-fehlt", which + " hat keine ID und wurde nicht übernommen.");
    complaints_ = {};
    if (kind == Kind::text)
      text(entry);
    else if (kind == Kind::online_service)
      online_service(entry);
    else
      office(entry);
  }

  void hand_on(Change change) const { out_.hand_on(std::move(change), line_, id_.id); }

  /// Ids of areas; nothing where some are named and none is known: that must not become "everywhere".
  std::optional<std::vector<std::string>> areas_of(const object& parent) {
    std::vector<std::string> ids;
    std::set<AreaIndex> met;
    bool named = false;
    each(parent, "ars", [&](const element& value) {
      const std::string code = text_of(value);
      if (code.empty()) return;
      named = true;
      const auto area = areas_.find(code);
      if (!area)
        complaints_.add("gebiet", "Das Gebiet " + in_quotes(code) + " ist nicht bekannt.");
      else if (met.insert(*area).second)
        ids.push_back(areas_[*area].id());
    });
    if (named && ids.empty()) return std::nullopt;
    return ids;
  }

  void responsibility(const ObjectId& subject, const ObjectId& service, std::vector<std::string> areas) {
    Responsibility joint;
    joint.id = joint_id(subject, service);
    joint.subject = subject;
    joint.services.push_back(service);
    joint.areas = std::move(areas);
    hand_on(std::move(joint));
  }

  void text(const object& entry) {
    const std::string language = text_at(entry, {"languageCode"});
    if (!language.empty() && !lower_ascii(language).starts_with("de"))
      return out_.refuse(line_, id_.id, "sprache",
                         "Die Leistungsbeschreibung ist in der Sprache " + in_quotes(language) +
                             "; gelesen werden nur deutsche.");
    const auto areas = areas_of(entry);
    if (!areas) {
      out_.warn(complaints_, line_, id_.id);
      return out_.refuse(
          line_, id_.id, "gebiet",
          "Keines ihrer Gebiete ist bekannt; die Leistungsbeschreibung wurde nicht übernommen.");
    }
    ServiceText text;
    text.id = id_;
    text.areas = *areas;
    each(entry, "leikakeys", [&](const element& key) { add_key(text_of(key), text.keys, complaints_); });
    each_object(entry, "details", [&](const object& detail) { module(detail, text); });
    if (text.title.empty()) text.title = plain_text(text_at(entry, {"name", "title"}));
    if (text.title.empty()) text.title = text.official_title;
    if (text.teaser.empty()) text.teaser = plain_text(text_at(entry, {"description"}));
    each(entry, "synonyms", [&](const element& word) {
      std::string plain = plain_text(text_of(word));
      if (!plain.empty()) text.words.push_back(std::move(plain));
    });
    each(entry, "typing", [&](const element& type) {
      std::string code = text_of(type);
      if (!code.empty()) text.types.push_back(std::move(code));
    });
    each(entry, "addressees", [&](const element& addressee) {
      const std::string name = text_of(addressee);
      std::string code = addressee_code(name);
      if (!code.empty())
        text.addressees.push_back(std::move(code));
      else if (!name.empty())
        complaints_.add("adressat", "Der Adressat " + in_quotes(name) + " ist nicht bekannt; er bleibt weg.");
    });
    std::set<std::string> situations;
    each_object(entry, "personalMatters", [&](const object& tree) { add_leaves(tree, situations); });
    text.situations.assign(situations.begin(), situations.end());
    each(entry, "sdgInformation", [&](const element& area) {
      std::string code = text_of(area);
      if (!code.empty()) text.sdg.push_back(std::move(code));
    });
    text.validity = validity_of(entry, complaints_);
    read_changed(entry, text, complaints_);
    hand_on(std::move(text));
    joined(entry, *areas);
    out_.warn(complaints_, line_, id_.id);
  }

  void module(const object& detail, ServiceText& text) {
    const std::string code = text_at(detail, {"code"});
    // 93 and 94, and the two states, are notes among editors.
    if (is_true(detail, "placeholder") || code == "93" || code == "94" || code.starts_with("STATUS")) return;
    const std::string title = text_at(detail, {"title"});
    TextModule module = module_of(code, title, html_of(detail, title));
    each_object(detail, "links", [&](const object& link) {
      Link further{text_at(link, {"uri", "url"}), plain_text(text_at(link, {"title"}))};
      if (!further.url.empty()) module.links.push_back(std::move(further));
    });
    if (code == "02")
      text.official_title = std::move(module.text);
    else if (code == "03")
      text.title = std::move(module.text);
    else if (code == "24")
      text.teaser = std::move(module.text);
    else if (!module.text.empty() || !module.links.empty())
      text.modules.push_back(std::move(module));
  }

  /// The online services and organisation units of a description, and that they are responsible for it.
  void joined(const object& entry, const std::vector<std::string>& areas) {
    const ObjectId service = id_;
    each_object(entry, "onlineServiceLinks", [&](const object& link) {
      const ObjectId subject = id_of(text_at(link, {"id"}));
      if (subject.id.empty()) {
        complaints_.add("id-fehlt",
                        "Ein Onlinedienst der Leistungsbeschreibung hat keine ID; er bleibt weg.");
        return;
      }
      if (seen_.add("OD", subject)) {
        OnlineService online;
        online.id = subject;
        online.title = plain_text(text_at(link, {"title"}));
        online.url = text_at(link, {"uri"});
        online.trust_level = trust_level_of(link);
        online.parameters = parameters_of(link);
        online.validity = validity_of(link, complaints_);
        hand_on(std::move(online));
      }
      if (seen_.add("OD-LB", subject, service)) responsibility(subject, service, areas);
    });
    each(entry, "organisationIds", [&](const element& value) {
      const ObjectId subject = id_of(text_of(value));
      if (!subject.id.empty() && seen_.add("OE-LB", subject, service))
        responsibility(subject, service, areas);
    });
  }

  void online_service(const object& entry) {
    OnlineService online;
    online.id = id_;
    online.title = plain_text(text_at(entry, {"title", "name"}));
    online.url = text_at(entry, {"uri", "url"});
    each_object(entry, "links", [&](const object& link) {
      if (online.url.empty()) online.url = text_at(link, {"uri", "url", "link"});
      if (online.parameters.empty()) online.parameters = parameters_of(link);
    });
    if (online.parameters.empty()) online.parameters = parameters_of(entry);
    online.trust_level = trust_level_of(entry);
    online.validity = validity_of(entry, complaints_);
    read_changed(entry, online, complaints_);
    seen_.add("OD", id_);
    hand_on(std::move(online));
    each_object(entry, "serviceDescriptions", [&](const object& description) {
      const ObjectId service = id_of(text_at(description, {"id"}));
      if (service.id.empty()) return;
      auto areas = areas_of(description);
      if (areas && seen_.add("OD-LB", id_, service)) responsibility(id_, service, std::move(*areas));
    });
    out_.warn(complaints_, line_, id_.id);
  }

  void office(const object& entry) {
    Office office;
    office.id = id_;
    office.name = plain_text(text_at(entry, {"title", "name"}));
    object place;
    if (entry["location"].get(place) == simdjson::SUCCESS) address(place, office);
    each_object(entry, "location", [&](const object& first) { address(first, office); });
    each_object(entry, "communicationSystems", [&](const object& channel) { contact(channel, office); });
    office.validity = validity_of(entry, complaints_);
    read_changed(entry, office, complaints_);
    hand_on(std::move(office));
    out_.warn(complaints_, line_, id_.id);
  }

  /// The first address that is there. How the PVOG names its parts is not documented: what it might be.
  static void address(const object& place, Office& office) {
    object inner = place;
    if (place["address"].get(inner) != simdjson::SUCCESS) inner = place;
    if (!office.street.empty() || !office.city.empty()) return;
    office.street = plain_text(text_at(inner, {"street", "streetName", "strasse"}));
    const std::string number = plain_text(text_at(inner, {"houseNumber", "streetNumber", "hausnummer"}));
    if (!number.empty()) office.street += (office.street.empty() ? "" : " ") + number;
    office.postcode = text_at(inner, {"zip", "zipCode", "postalCode", "postcode", "postleitzahl"});
    office.city = plain_text(text_at(inner, {"city", "town", "place", "ort"}));
  }

  /// The first of each kind. Codes of urn:de:xzufi:codeliste:erreichbarkeit, or names.
  static void contact(const object& channel, Office& office) {
    const std::string value = text_at(channel, {"value", "kennung", "identifier", "uri"});
    const std::string kind =
        lower_ascii(text_at(channel, {"type", "channel", "kanal", "code", "name", "title"}));
    const auto is = [&](std::initializer_list<std::string_view> names) {
      return std::any_of(names.begin(), names.end(),
                         [&](std::string_view name) { return kind.starts_with(name); });
    };
    if (office.phone.empty() && is({"02", "03", "telefon", "phone", "mobil"})) office.phone = value;
    if (office.email.empty() && is({"01", "e-mail", "email", "mail"})) office.email = value;
    if (office.url.empty() && is({"09", "internet", "web", "url"})) office.url = value;
  }

  JsonObjects pieces_;
  const AreaTable& areas_;
  Outlet out_;
  simdjson::dom::parser parser_;
  SeenIds seen_;
  std::size_t line_ = 0;
  ObjectId id_;
  Complaints complaints_;
};

// --- CSV

/// Lines of a stream, without their ends, the first without byte order mark. One that is longer than the
/// limit is empty and says so.
class Lines {
 public:
  static constexpr std::size_t limit = 1U << 20U;
  explicit Lines(std::istream& in) : in_(in), chunk_(1U << 16U) {}

  bool next() {
    line_.clear();
    too_long_ = false;
    bool any = false;
    while (true) {
      if (at_ == end_) {
        in_.read(chunk_.data(), static_cast<std::streamsize>(chunk_.size()));
        at_ = 0;
        end_ = static_cast<std::size_t>(in_.gcount());
        if (end_ == 0) break;
      }
      any = true;
      const char* const begin = chunk_.data() + at_;
      const char* const stop = std::find(begin, static_cast<const char*>(chunk_.data()) + end_, '\n');
      const auto length = static_cast<std::size_t>(stop - begin);
      too_long_ = too_long_ || line_.size() + length > limit;
      if (!too_long_) line_.append(begin, length);
      at_ += length;
      if (at_ == end_) continue;
      ++at_;
      break;
    }
    if (!any) return false;
    if (too_long_) line_.clear();
    if (line_.ends_with('\r')) line_.pop_back();
    if (++number_ == 1 && line_.starts_with("\xEF\xBB\xBF")) line_.erase(0, 3);
    return true;
  }
  const std::string& line() const { return line_; }
  std::size_t number() const { return number_; }
  bool too_long() const { return too_long_; }

 private:
  std::istream& in_;
  std::vector<char> chunk_;
  std::size_t at_ = 0, end_ = 0, number_ = 0;
  std::string line_;
  bool too_long_ = false;
};

/// Takes a cell that is enclosed in quotes as usual, with its separator; nothing where it is none.
std::optional<std::string> take_enclosed(std::string_view& rest, char separator) {
  if (!rest.starts_with('"')) return std::nullopt;
  std::string cell;
  for (std::size_t at = 1; at < rest.size(); ++at) {
    if (rest[at] != '"') {
      cell += rest[at];
    } else if (at + 1 < rest.size() && rest[at + 1] == '"') {
      cell += '"';
      ++at;
    } else {
      if (at + 1 < rest.size() && rest[at + 1] != separator) return std::nullopt;
      rest.remove_prefix(at + 1);
      return cell;
    }
  }
  return std::nullopt;
}

/// Each pair of quotes becomes one.
std::string with_single_quotes(std::string_view cell) {
  std::string text;
  for (std::size_t at = 0; at < cell.size(); ++at) {
    text += cell[at];
    if (cell.substr(at).starts_with("\"\"")) ++at;
  }
  return text;
}

std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells;
  for (std::string_view rest = line;;) {
    if (auto enclosed = take_enclosed(rest, '|')) {
      cells.push_back(trimmed(*enclosed));
    } else {
      const std::size_t end = std::min(rest.find('|'), rest.size());
      const std::string cell = trimmed(rest.substr(0, end));
      cells.push_back(with_single_quotes(cell));
      rest.remove_prefix(end);
    }
    if (rest.empty() || cells.size() > 64) return cells;
    rest.remove_prefix(1);
  }
}

class CsvReader {
 public:
  CsvReader(std::istream& in, const std::string& file, const ChangeSink& sink)
      : in_(in), lines_(in), out_(file, sink) {}

  bool run() {
    if (!header()) return false;
    while (lines_.next()) row();
    if (in_.bad()) return out_.broken(lines_.number(), "datei", "Die Datei lässt sich nicht zu Ende lesen.");
    return true;
  }

 private:
  enum Column { id, keys, name, name2, changed, online_id, online_name, links, column_count };

  bool header() {
    static constexpr std::string_view names[column_count] = {
        "ID-LB", "Leikaschlüssel", "Name", "Name2", "Updatedatum", "ID-OD", "Bezeichnung OD", "Links"};
    bool any = true;
    while ((any = lines_.next()) && lines_.line().empty() && !lines_.too_long()) {
    }
    if (!any) return out_.broken(0, "feld-fehlt", "Die Datei ist leer; es fehlt schon ihre Kopfzeile.");
    const auto found = cells_of(lines_.line());
    width_ = found.size();
    for (std::size_t column = 0; column < column_count; ++column) {
      const std::string wanted = language::fold_name(names[column]);
      for (std::size_t at = 0; at < found.size() && !positions_[column]; ++at)
        if (language::fold_name(found[at]) == wanted) positions_[column] = at;
      if (positions_[column] || column > name) continue;
      std::string all;
      for (const std::string& cell : found) all += (all.empty() ? "" : ", ") + in_quotes(cell);
      return out_.broken(lines_.number(), "feld-fehlt",
                         "Die Spalte " + in_quotes(names[column]) + " fehlt. Gefunden wurden: " +
                             all.substr(0, 1'000) + ". Spalten sind durch | getrennt.");
    }
    return true;
  }

  std::string_view cell(Column column) const {
    const auto position = positions_[column];
    return position && *position < cells_.size() ? std::string_view(cells_[*position]) : std::string_view();
  }

  void row() {
    const std::size_t line = lines_.number();
    if (lines_.too_long())
      return out_.refuse(line, {}, "zu-gross", "Die Zeile ist länger als 1 MB und wurde nicht übernommen.");
    if (trimmed(lines_.line()).empty()) return;
    cells_ = cells_of(lines_.line());
    const ObjectId service = id_of(cell(id));
    if (!language::is_utf8(lines_.line()))
      return out_.refuse(line, language::is_utf8(service.id) ? service.id : std::string(), "utf-8",
                         "Die Zeile ist kein UTF-8 und wurde nicht übernommen.");
    if (cells_.size() != width_)
      return out_.refuse(line, service.id, "format",
                         "Die Zeile hat " + std::to_string(cells_.size()) + " Spalten, die Kopfzeile " +
                             std::to_string(width_) + "; sie wurde nicht übernommen.");
    if (service.id.empty())
      return out_.refuse(line, {}, "id-fehlt", "Die Zeile hat keine ID-LB und wurde nicht übernommen.");
    if (seen_.add("LB", service)) text(service, line);
    const ObjectId subject = id_of(cell(online_id));
    if (subject.id.empty()) return;
    if (seen_.add("OD", subject)) {
      OnlineService online;
      online.id = subject;
      online.title = cell(online_name);
      online.url = cell(links).substr(0, cell(links).find(' '));
      out_.hand_on(std::move(online), line, subject.id);
    }
    if (!seen_.add("OD-LB", subject, service)) return;
    Responsibility joint;
    joint.id = joint_id(subject, service);
    joint.subject = subject;
    joint.services.push_back(service);
    out_.hand_on(std::move(joint), line, subject.id);
  }

  void text(const ObjectId& service, std::size_t line) {
    ServiceText text;
    Complaints complaints;
    text.id = service;
    text.official_title = cell(name);
    text.title = cell(cell(name2).empty() ? name : name2);
    std::string digits(cell(keys));
    std::replace(digits.begin(), digits.end(), ',', ' ');
    for (std::string_view key : split(digits, ' ')) add_key(key, text.keys, complaints);
    if (const auto moment = moment_of(cell(changed))) {
      text.changed = moment->date();
      text.changed_at = moment->seconds;
    } else if (!cell(changed).empty()) {
      complaints.add("datum", "Das Datum " + in_quotes(cell(changed)) +
                                  " in der Spalte Updatedatum gibt es nicht; es bleibt leer.");
    }
    out_.hand_on(std::move(text), line, service.id);
    out_.warn(complaints, line, service.id);
  }

  std::istream& in_;
  Lines lines_;
  Outlet out_;
  std::optional<std::size_t> positions_[column_count];
  std::size_t width_ = 0;
  std::vector<std::string> cells_;
  SeenIds seen_;
};

// --- Bereitstelldienst

/// The content of a page's file; nothing where it cannot be read or is too large, then `problem` says so.
std::optional<std::string> read_page(const std::string& path, std::string& problem) {
  std::ifstream in(path, std::ios::binary);
  std::string content;
  std::vector<char> chunk(1U << 20U);
  while (in) {
    in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    content.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
    if (content.size() > bereitstelldienst_page_limit) {
      problem = "Die Seite ist größer als 256 MB.";
      return std::nullopt;
    }
  }
  if (in.eof()) return content;
  problem = "Die Seite lässt sich nicht lesen.";
  return std::nullopt;
}

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

std::string page_path(const std::string& folder, int number) {
  const std::string digits = std::to_string(number);
  return folder + "/page-" + std::string(6 - std::min<std::size_t>(6, digits.size()), '0') + digits + ".json";
}

bool unreadable(const std::string& path, const ChangeSink& sink) {
  return Outlet(path, sink).broken(0, "datei", "Die Datei lässt sich nicht lesen.");
}

}  // namespace

bool read_pvog_json(std::istream& in, const std::string& name, const AreaTable& areas,
                    const ChangeSink& sink) {
  return JsonReader(in, name, areas, sink).run();
}

bool read_pvog_json(const std::string& path, const AreaTable& areas, const ChangeSink& sink) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return unreadable(path, sink);
  return read_pvog_json(in, path, areas, sink);
}

bool read_pvog_csv(std::istream& in, const std::string& name, const ChangeSink& sink) {
  return CsvReader(in, name, sink).run();
}

bool read_pvog_csv(const std::string& path, const AreaTable&, const ChangeSink& sink) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return unreadable(path, sink);
  return read_pvog_csv(in, path, sink);
}

std::optional<BereitstelldienstPage> parse_bereitstelldienst_page(std::string_view json,
                                                                  std::string& problem) {
  if (json.starts_with("\xEF\xBB\xBF")) json.remove_prefix(3);
  simdjson::dom::parser parser;
  element root;
  object page;
  const auto error = parser.parse(json.data(), json.size(), true).get(root);
  if (error == simdjson::MEMALLOC || error == simdjson::CAPACITY) {
    problem = "Die Seite ist zu groß.";
    return std::nullopt;
  }
  if (error != simdjson::SUCCESS) {
    problem = "Die Seite ist kein gültiges JSON.";
    return std::nullopt;
  }
  BereitstelldienstPage result;
  if (root.get(page) != simdjson::SUCCESS || page["vollstaendig"].get(result.complete) != simdjson::SUCCESS) {
    problem =
        "Die Seite sagt nicht, ob sie die letzte ist (Feld vollstaendig); sie ist keine Antwort des "
        "Bereitstelldienstes.";
    return std::nullopt;
  }
  element objects;
  std::string_view text;
  if (page["xzufiObjekte"].get(objects) == simdjson::SUCCESS && !objects.is_null()) {
    if (objects.get(text) != simdjson::SUCCESS) {
      problem = "Das Feld xzufiObjekte der Seite ist kein Text.";
      return std::nullopt;
    }
    if (!trimmed(text).empty()) result.xml = text;
  }
  result.next_url = text_at(page, {"naechsteAnfrageUrl"});
  if (page["naechsterIndex"].get(result.next_index) != simdjson::SUCCESS) result.next_index = 0;
  return result;
}

bool read_bereitstelldienst(const std::string& folder, const AreaTable& areas, const ChangeSink& sink,
                            const std::function<bool(const std::string&)>& is_known) {
  const Outlet whole(folder, sink);
  bool good = true, complete = false;
  int number = 1;
  for (std::string path; exists(path = page_path(folder, number)); ++number) {
    std::string problem;
    std::optional<BereitstelldienstPage> page;
    if (const auto content = read_page(path, problem)) page = parse_bereitstelldienst_page(*content, problem);
    if (!page)
      return Outlet(path, sink).broken(0, "seite", problem + " Ab hier wurde die Lieferung nicht gelesen.");
    complete = page->complete;
    if (page->xml.empty() || (is_known && is_known(path))) continue;
    std::istringstream xml(page->xml);
    good &= read_xzufi(xml, path, areas, sink);
  }
  if (number == 1) return whole.broken(0, "datei", "Im Ordner liegt keine Seite page-000001.json.");
  if (!complete)
    return whole.broken(0, "unvollstaendig",
                        "Die Lieferung ist unvollständig: Auf die Seite " + std::to_string(number - 1) +
                            " müsste noch eine folgen. Bitte holen Sie die Lieferung noch einmal.");
  return good;
}

}  // namespace vsm
