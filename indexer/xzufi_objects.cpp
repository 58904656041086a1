#include "indexer/xzufi_objects.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <unordered_map>
#include <utility>

#include "indexer/html.h"
#include "indexer/plain_text.h"

namespace vsm {
namespace {

constexpr std::size_t longest_id = 200;            // bytes
constexpr std::size_t longest_module = 1U << 20U;  // bytes
constexpr std::size_t most_warnings = 20;          // of one entry
constexpr std::size_t most_languages = 20;         // codes that one entry says are Leichte Sprache

// ---- small values ----

/// The beginning, of at most so many bytes; no letter is cut in two.
std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

/// For sentences: „text“, cut where it is long.
std::string in_quotes(std::string_view text) {
  const std::string_view shown = cut(text, 80);
  return "„" + std::string(shown) + (shown.size() < text.size() ? "…“" : "“");
}

bool starts_like(std::string_view name, std::string_view start) {
  return name.size() >= start.size() && lower_ascii(name.substr(0, start.size())) == start;
}

/// Of a code list entry: its `code`, or what stands there itself.
std::string_view code_of(XmlElement element) {
  const XmlElement code = element.child("code");
  return code ? code.text() : element.text();
}

ObjectId id_of(XmlElement element) {
  return {std::string(element.attribute("schemeAgencyID")), std::string(element.text())};
}

bool is_too_long(const ObjectId& id) { return id.agency.size() + id.id.size() > longest_id; }

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

int trust_level_of(XmlElement object) {
  return std::max(0, number(code_of(object.child("vertrauensniveau"))).value_or(0));
}

/// The element below that has the value, also where another of the same name is around it.
XmlElement value_below(XmlElement element, std::initializer_list<std::string_view> names) {
  XmlElement found = element.below(names);
  while (found && found.first() && found.text().empty()) found = found.below(names);
  return found;
}

// ---- dates ----

/// The year 0 is none.
std::optional<Day> day_of(std::string_view text) {
  if (text.size() > 10 && std::string_view("T Z+-").find(text[10]) == std::string_view::npos)
    return std::nullopt;
  if (text.starts_with("0000")) return std::nullopt;
  return parse_day(text.substr(0, 10));
}

/// "2026-12-31" as "31.12.2026", "--12-31" (each year) as "31. Dezember".
std::string german_date(std::string_view text) {
  static constexpr std::array months{"Januar", "Februar", "März",      "April",   "Mai",      "Juni",
                                     "Juli",   "August",  "September", "Oktober", "November", "Dezember"};
  if (day_of(text)) {
    std::string date(text.substr(8, 2));
    return date.append(".").append(text.substr(5, 2)).append(".").append(text.substr(0, 4));
  }
  if (text.starts_with("--") && text.size() >= 7) {
    const auto month = number(text.substr(2, 2)), day = number(text.substr(5, 2));
    if (month && day && *month >= 1 && *month <= 12 && *day >= 1 && *day <= 31)
      return std::to_string(*day) + ". " + months[static_cast<std::size_t>(*month) - 1];
  }
  return tidy_text(cut(text, 100));
}

// ---- languages ----

enum class Tongue { german, unnamed, english, easy, other };

bool says_easy(std::string_view subtag) {
  return subtag == "ls" || subtag.starts_with("leicht") || subtag.starts_with("simple") ||
         subtag.starts_with("easy");
}

/// German in Leichte Sprache has no code of its own; seen are de-LS, de-x-ls, de-simple, de-leicht.
Tongue tongue_of(std::string_view code) {
  if (code.empty()) return Tongue::unnamed;
  const std::string lower = lower_ascii(code.substr(0, 40));
  if (lower.starts_with("en")) return Tongue::english;
  if (!lower.starts_with("de")) return Tongue::other;
  for (std::size_t at = lower.find_first_of("-_"); at != std::string::npos;
       at = lower.find_first_of("-_", at + 1))
    if (says_easy(std::string_view(lower).substr(at + 1, lower.find_first_of("-_", at + 1) - at - 1)))
      return Tongue::easy;
  return Tongue::german;
}

/// The languages of one object. Its `sprachversion` may say that a code means Leichte Sprache.
class Languages {
 public:
  explicit Languages(XmlElement object) {
    object.each("sprachversion", [&](XmlElement version) {
      const std::string_view code =
          version.child("languageCode") ? version.at({"languageCode"}) : version.attribute("languageCode");
      const std::string name = lower_ascii(version.at({"sprachbezeichnungDeutsch"}).substr(0, 100));
      // Plain "de" stays German: an object needs a text in German.
      if (code.size() > 2 && code.starts_with("de") && name.find("leicht") != std::string::npos &&
          easy_.size() < most_languages)
        easy_.push_back(code);
    });
  }

  Tongue of(XmlElement element) const {
    const std::string_view code = element.attribute("languageCode");
    if (!easy_.empty() && std::find(easy_.begin(), easy_.end(), code) != easy_.end()) return Tongue::easy;
    return tongue_of(code);
  }

  /// The first child of this name in a language; for German else the first that names none.
  XmlElement pick(XmlElement parent, std::string_view name, Tongue wanted = Tongue::german) const {
    XmlElement unnamed;
    for (XmlElement child = parent.first(); child; child = child.next()) {
      if (child.name() != name) continue;
      const Tongue tongue = of(child);
      if (tongue == wanted) return child;
      if (tongue == Tongue::unnamed && !unnamed) unnamed = child;
    }
    return wanted == Tongue::german ? unnamed : XmlElement();
  }

  std::string plain(XmlElement parent, std::string_view name, Tongue wanted = Tongue::german) const {
    return plain_text(pick(parent, name, wanted).text());
  }

 private:
  std::vector<std::string_view> easy_;
};

// ---- costs and time limits as lines of text ----

/// "12.5" as "12,50", "1250" as "1.250,00"; other text as it is.
std::string german_amount(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  std::string cents(text.substr(std::min(point + 1, text.size())));
  const auto digits = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (whole.empty() || whole.size() > 12 || cents.size() > 6 || !digits(whole) || !digits(cents))
    return tidy_text(cut(text, 40));
  while (cents.size() > 2 && cents.back() == '0') cents.pop_back();
  cents.resize(std::max<std::size_t>(cents.size(), 2), '0');
  std::string out;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (i > 0 && (whole.size() - i) % 3 == 0) out += '.';
    out += whole[i];
  }
  return out + "," + cents;
}

std::string currency_of(XmlElement amount) {
  for (const char* name : {"currencyCode", "currencyID"})
    if (const std::string_view code = amount.attribute(name); !code.empty()) return tidy_text(cut(code, 10));
  return "EUR";
}

/// What an entry of a code list is called, where it says so itself; the codes' meanings are not known here.
std::string label_of(XmlElement type, std::string_view otherwise) {
  std::string name = plain_text(type.at({"name"}));
  const std::string_view own = type.text();
  if (name.empty() && !own.empty() && !number(own)) name = plain_text(own);
  return name.empty() ? std::string(otherwise) : name;
}

bool is_of_type(XmlElement element, std::string_view type) {
  return element.attribute("type").ends_with(type);
}

/// "12,50 EUR", "10,00 bis 50,00 EUR", "gebührenfrei"; empty where nothing is stated.
std::string amount_of(XmlElement cost) {
  if (cost.below({"kostenFrei", "kostenfrei", "beschreibungKostenfreiheit"}) ||
      is_of_type(cost, "KostenFrei") || is_of_type(cost.child("kostenauswahl"), "KostenFrei"))
    return "gebührenfrei";
  const XmlElement fixed = value_below(cost, {"betrag"});
  const XmlElement low = value_below(cost, {"betragUntergrenze"}),
                   high = value_below(cost, {"betragObergrenze"});
  if (!fixed.text().empty()) return german_amount(fixed.text()) + " " + currency_of(fixed);
  if (low.text().empty() && high.text().empty()) return {};
  if (low.text().empty()) return "bis " + german_amount(high.text()) + " " + currency_of(high);
  if (high.text().empty()) return "ab " + german_amount(low.text()) + " " + currency_of(low);
  std::string from = german_amount(low.text());
  if (currency_of(low) != currency_of(high)) from += " " + currency_of(low);
  return from + " bis " + german_amount(high.text()) + " " + currency_of(high);
}

std::string unit_name(XmlElement unit, bool one) {
  struct Unit {
    std::string_view code, one, many;
  };
  static constexpr Unit units[] = {
      {"JAHR", "Jahr", "Jahre"},          {"MONAT", "Monat", "Monate"},
      {"WOCHE", "Woche", "Wochen"},       {"TAG", "Tag", "Tage"},
      {"WERKTAG", "Werktag", "Werktage"}, {"ARBEITSTAG", "Arbeitstag", "Arbeitstage"},
      {"STUNDE", "Stunde", "Stunden"},    {"MINUTE", "Minute", "Minuten"},
      {"SEKUNDE", "Sekunde", "Sekunden"}};
  const std::string_view code = code_of(unit);
  for (const Unit& known : units)
    if (known.code == code) return std::string(one ? known.one : known.many);
  return label_of(unit, cut(code, 40));
}

/// "4 Wochen", "2 bis 6 Wochen", "bis 31.12.2026", "1. Januar bis 31. März"; empty where nothing is stated.
std::string duration_of(XmlElement limit) {
  const XmlElement least = value_below(limit, {"dauer"}), most = value_below(limit, {"dauerBis"});
  if (!least.text().empty()) {
    const XmlElement unit = limit.below({"einheit"}), last_unit = limit.below({"einheitBis"});
    const std::string first = tidy_text(cut(least.text(), 20));
    if (most.text().empty()) return first + " " + unit_name(unit, first == "1");
    const std::string last = tidy_text(cut(most.text(), 20));
    const std::string name = unit_name(last_unit ? last_unit : unit, last == "1");
    const bool same = !last_unit || code_of(unit) == code_of(last_unit);
    return first + (same ? "" : " " + unit_name(unit, first == "1")) + " bis " + last + " " + name;
  }
  const std::string from = german_date(value_below(limit, {"von"}).text());
  const std::string to = german_date(value_below(limit, {"bis"}).text());
  if (from.empty()) return to.empty() ? to : "bis " + to;
  if (to.empty()) return "ab " + from;
  return from == to ? "am " + from : from + " bis " + to;
}

// ---- entries ----

/// Reads one entry; made for each.
class Maker {
 public:
  Maker(XmlElement entry, const AreaTable& areas) : entry_(entry), areas_(areas), languages_(entry) {}

  XzufiEntry run() {
    const std::string_view name = entry_.name();
    if (name == "loesche") {
      deletion();
      return std::move(result_);
    }
    id_ = id_of(entry_.child("id"));
    if (is_too_long(id_)) {
      id_ = {std::string(cut(id_.agency, 40)), std::string(cut(id_.id, 40))};
      refuse("id-zu-lang", "Die Kennung ist länger als 200 Bytes; der Eintrag wurde nicht übernommen.");
    } else if (name == "leistung" || name == "spezialisierung") {
      service(name == "spezialisierung");
    } else if (name == "onlinedienst" || name == "formular") {
      online_service(name == "formular");
    } else if (name == "organisationseinheit") {
      office();
    } else if (name == "zustaendigkeitTransferObjekt") {
      responsibilities();
    } else {
      refuse("art", in_quotes(name) + " ist kein bekannter Eintrag und wurde nicht übernommen.");
    }
    return std::move(result_);
  }

 private:
  void problem(std::string rule, std::string message, Severity severity, std::string object) {
    result_.problems.push_back({{}, 0, std::move(object), std::move(message), std::move(rule), severity});
  }
  void warn(std::string rule, std::string message) {
    if (result_.problems.size() < most_warnings)
      problem(std::move(rule), std::move(message), Severity::warning, id_.text());
  }
  void refuse(std::string rule, std::string message) {
    problem(std::move(rule), std::move(message), Severity::refused, id_.text());
  }

  void deletion() {
    const std::string_view kind =
        entry_.attribute("klasse").empty() ? code_of(entry_.child("klasse")) : entry_.attribute("klasse");
    static constexpr std::pair<std::string_view, ObjectKind> kinds[] = {
        {"leistung", ObjectKind::text},
        {"leistungspezialisierung", ObjectKind::text},
        {"spezialisierung", ObjectKind::text},
        {"organisationseinheit", ObjectKind::office},
        {"onlinedienst", ObjectKind::online_service},
        {"formular", ObjectKind::online_service}};
    const std::string lower = lower_ascii(kind.substr(0, 60));
    std::optional<ObjectKind> known;
    for (const auto& [name, value] : kinds)
      if (name == lower) known = value;
    if (lower.starts_with("zustaendigkeit")) known = ObjectKind::responsibility;
    bool any = false;
    entry_.each("id", [&](XmlElement element) {
      id_ = id_of(element);
      any |= !id_.id.empty();
      if (id_.id.empty()) return;
      if (is_too_long(id_)) {
        id_ = {};
        refuse("id-zu-lang",
               "Die Kennung ist länger als 200 Bytes; der Löschauftrag wurde nicht übernommen.");
      } else if (!known) {
        refuse("art",
               in_quotes(kind) + " ist keine bekannte Klasse; der Löschauftrag wurde nicht übernommen.");
      } else {
        result_.changes.emplace_back(Deletion{*known, id_});
      }
    });
    if (!any) refuse("id-fehlt", "Der Löschauftrag nennt keine Kennung und wurde nicht übernommen.");
  }

  /// Ids of areas; those that are not known are told. Nothing where areas are named and none is known: that
  /// must not become "everywhere".
  std::optional<std::vector<std::string>> areas_of(XmlElement parent, std::string_view what) {
    std::vector<std::string> known, unknown;
    std::size_t unknown_count = 0;
    for (XmlElement child = parent.first(); child; child = child.next()) {
      if (child.name() != "gueltigkeitGebietID" && child.name() != "gebietID") continue;
      const std::string_view code = child.text();
      auto area = areas_.find(code);
      if (code.size() == 8 && child.attribute("schemeID").find("ags") != std::string_view::npos)
        area = areas_.find_ags(code);
      if (area)
        known.push_back(areas_[*area].id());
      else if (++unknown_count <= 5)
        unknown.push_back(in_quotes(code));
    }
    if (unknown_count == 0) return known;
    std::string message;
    for (const std::string& code : unknown) message += (message.empty() ? "" : ", ") + code;
    if (unknown_count > unknown.size())
      message += " und " + std::to_string(unknown_count - unknown.size()) + " weitere";
    if (known.empty()) {
      refuse("gebiet",
             "Kein Gebiet ist bekannt (" + message + "); " + std::string(what) + " wurde nicht übernommen.");
      return std::nullopt;
    }
    warn("gebiet", unknown_count == 1 ? "Das Gebiet " + message + " ist nicht bekannt."
                                      : "Diese Gebiete sind nicht bekannt: " + message + ".");
    return known;
  }

  /// Every `gueltigkeit` is a period of its own.
  Validity validity() {
    std::vector<Period> periods;
    entry_.each("gueltigkeit", [&](XmlElement element) {
      Period period;
      const auto bound = [&](std::string_view name, std::initializer_list<std::string_view> open, Day& day) {
        const std::string_view text = element.at({name});
        if (text.empty() || std::find(open.begin(), open.end(), text.substr(0, 10)) != open.end()) return;
        if (const auto parsed = day_of(text))
          day = *parsed;
        else
          warn("datum", "Das Datum " + in_quotes(text) + " im Feld " + std::string(name) +
                            " gibt es nicht; es bleibt offen.");
      };
      bound("beginn", {"1970-01-01"}, period.from);
      bound("ende", {"2999-12-31", "9999-12-31"}, period.to);
      if (period.from > period.to)
        warn("zeitraum", "Eine Gültigkeit endet, bevor sie beginnt; sie zählt nicht.");
      periods.push_back(period);
    });
    return periods.empty() ? Validity() : Validity(std::move(periods));
  }

  /// When it was changed last, or else made.
  template <class Object>
  void set_changed(XmlElement parent, Object& object) {
    const XmlElement version = parent.child({"versionsinformation", "versionsinformationen"});
    for (std::string_view field : {"geaendertDatumZeit", "erstelltDatumZeit"}) {
      const std::string_view text = version.at({field});
      if (text.empty()) continue;
      if (const auto moment = parse_moment(text)) {
        object.changed = text.substr(0, 10);
        object.changed_at = *moment;
        return;
      }
      warn("datum", "Das Datum " + in_quotes(text) + " im Feld " + std::string(field) +
                        " gibt es nicht; es bleibt leer.");
      return;
    }
  }

  std::vector<std::string> codes(std::string_view name) const {
    std::vector<std::string> found;
    entry_.each(name, [&](XmlElement element) {
      if (const std::string_view code = code_of(element); !code.empty()) found.emplace_back(cut(code, 60));
    });
    return found;
  }

  // ---- texts ----

  struct Piece {
    TextModule module;
    bool general = true;  ///< for every channel (Zugangskanal)
  };
  struct Pieces {
    std::vector<Piece> list;
    std::unordered_map<std::string, std::size_t> at;  ///< by code, of an own module with its title
  };

  void service(bool special) {
    ServiceText text;
    text.id = id_;
    for (const char* reference : {"referenzLeiKa", "referenzLeistungsschluessel"}) {
      entry_.each(reference, [&](XmlElement key) {
        const std::string_view digits = code_of(key);
        if (const auto parsed = ServiceKey::parse(digits))
          text.keys.push_back(*parsed);
        else
          warn("schluessel", in_quotes(digits) + " ist kein Leistungsschlüssel aus 14 Ziffern.");
      });
    }
    if (special) {
      text.base = id_of(entry_.child({"leistungID", "referenzLeistungID", "uebergeordneteLeistungID"}));
      if (text.base.id.empty() || is_too_long(text.base)) {
        text.base = {};
        warn("feld-fehlt", "Die Spezialisierung nennt nicht, zu welcher Leistung sie gehört.");
      }
    }
    auto areas = areas_of(entry_, special ? "die Spezialisierung" : "die Leistung");
    if (!areas) return;
    text.areas = std::move(*areas);

    Translation german = texts(Tongue::german, &text.official_title);
    text.title = std::move(german.title);
    text.teaser = std::move(german.teaser);
    text.modules = std::move(german.modules);
    if (seen_english_) translate(text, Tongue::english, "en");
    if (seen_easy_) translate(text, Tongue::easy, "de-LS");
    if (too_large_) {
      refuse("zu-gross", "Ein Textmodul ist größer als 1 MB; der Eintrag wurde nicht übernommen.");
      return;
    }
    if (!reduced_.empty())
      warn("html", "Der Text enthält HTML, das nicht erlaubt ist; es wurde entfernt (" + reduced_ + ").");

    entry_.each("modulBegriffImKontext", [&](XmlElement module) {
      module.each("begriffImKontext", [&](XmlElement entry) {
        std::string word = languages_.plain(entry, "begriff");
        if (!word.empty()) text.words.push_back(std::move(word));
      });
    });
    text.types = codes("typisierung");
    text.addressees = codes("leistungsadressat");
    entry_.each("klassifizierung", [&](XmlElement element) {
      if (element.attribute("listURI").find("pvlagen") != std::string_view::npos && !code_of(element).empty())
        text.situations.emplace_back(cut(code_of(element), 60));
    });
    for (std::string_view name : {"informationsbereichSDG", "informationsbereicheSDG"})
      entry_.each(name, [&](XmlElement element) { take_sdg(element, text.sdg); });
    text.trust_level = trust_level_of(entry_);
    text.validity = validity();
    set_changed(entry_, text);
    result_.changes.emplace_back(std::move(text));
  }

  /// Codes of nothing but zeros mean "none".
  static void take_sdg(XmlElement element, std::vector<std::string>& into) {
    bool inner = false;
    for (XmlElement child = element.first(); child; child = child.next()) {
      if (!starts_like(child.name(), "informationsbereich")) continue;
      inner = true;
      if (const std::string_view code = code_of(child); code.find_first_not_of('0') != std::string_view::npos)
        into.emplace_back(cut(code, 60));
    }
    if (inner) return;
    if (const std::string_view code = code_of(element); code.find_first_not_of('0') != std::string_view::npos)
      into.emplace_back(cut(code, 60));
  }

  void translate(ServiceText& text, Tongue tongue, const char* code) {
    Translation translation = texts(tongue, nullptr);
    translation.language = code;
    if (!translation.title.empty() || !translation.teaser.empty() || !translation.modules.empty())
      text.translations.push_back(std::move(translation));
  }

  /// Title, teaser and modules in one language.
  Translation texts(Tongue tongue, std::string* official_title) {
    Pieces pieces;
    pieces.list.reserve(20);
    for (XmlElement child = entry_.first(); child; child = child.next()) {
      const std::string_view name = child.name();
      if (!name.starts_with("modul")) continue;
      if (name == "modulText")
        add(pieces, text_module(child, tongue), child);
      else if (name == "modulTextIndividuell")
        add(pieces, own_module(child, tongue), child);
      else if (name == "modulFrist")
        add(pieces, structured("97", child, "frist", tongue), child);
      else if (name == "modulKosten")
        add(pieces, structured("98", child, "kosten", tongue), child);
      else if (name == "modulBearbeitungsdauer")
        add(pieces, structured("95", child, "bearbeitungsdauer", tongue), child);
    }
    Translation result;
    std::string official;
    for (Piece& piece : pieces.list) {
      TextModule& module = piece.module;
      if (module.code == "02" || module.code == "03")
        std::replace(module.text.begin(), module.text.end(), '\n', ' ');
      if (module.code == "02")
        official = std::move(module.text);
      else if (module.code == "03")
        result.title = std::move(module.text);
      else if (module.code == "24")
        result.teaser = std::move(module.text);
      else
        result.modules.push_back(std::move(module));
    }
    if (result.title.empty()) result.title = official;
    if (official_title) *official_title = std::move(official);
    return result;
  }

  /// A code may come once for each channel: what holds for all comes first, then what came first.
  void add(Pieces& pieces, TextModule module, XmlElement element) {
    if (module.text.empty() && module.links.empty()) return;
    const std::string_view channel = code_of(element.child("zugangskanal"));
    Piece piece{std::move(module), channel.find_first_not_of('0') == std::string_view::npos};
    const std::string& code = piece.module.code;
    const auto known =
        pieces.at.emplace(code == "IND" ? code + '\n' + piece.module.title : code, pieces.list.size());
    if (known.second) {
      pieces.list.push_back(std::move(piece));
      return;
    }
    Piece* const same = &pieces.list[known.first->second];
    const bool alike = same->module.text == piece.module.text;
    if (!same->general && piece.general) std::swap(*same, piece);
    if (!alike)
      warn("modul-mehrfach",
           "Das Textmodul " + in_quotes(piece.module.code == "IND" ? piece.module.title : piece.module.code) +
               " kommt mehrfach mit verschiedenem Text vor; übernommen wurde nur einer.");
    else if (same->module.links.empty())
      same->module.links = std::move(piece.module.links);
  }

  TextModule text_module(XmlElement element, Tongue tongue) {
    TextModule module;
    module.code = cut(code_of(element.child("leikaTextmodul")), 20);
    module.title = languages_.plain(element, "leikaTextmodulAbweichendeBezeichnung", tongue);
    take_content(module, element, "inhalt", tongue);
    module.links = links_of(element, tongue);
    return module;
  }

  /// A module that an editorial system made up, with a heading of its own.
  TextModule own_module(XmlElement element, Tongue tongue) {
    TextModule module;
    module.code = "IND";
    for (std::string_view heading : {"bezeichnung", "titel", "ueberschrift"})
      if (module.title.empty()) module.title = languages_.plain(element, heading, tongue);
    if (module.title.empty())
      module.title = label_of(element.child({"individuellesTextmodultyp", "individuellesTextmodulTyp"}),
                              std::string_view());
    take_content(module, element, "inhalt", tongue);
    module.links = links_of(element, tongue);
    return module;
  }

  void take_content(TextModule& module, XmlElement parent, std::string_view name, Tongue tongue) {
    for (XmlElement child = parent.first(); child; child = child.next()) {
      if (child.name() != name) continue;
      const Tongue own = languages_.of(child);
      seen_english_ |= own == Tongue::english;
      seen_easy_ |= own == Tongue::easy;
    }
    const XmlElement chosen = languages_.pick(parent, name, tongue);
    if (!chosen) return;
    Html content = chosen.first() ? reduced(chosen.markup(), module) : reduced(chosen.text(), module);
    module.text = std::move(content.text);
    module.html = std::move(content.html);
  }

  Html reduced(std::string_view content, const TextModule& module) {
    if (content.size() > longest_module) {
      too_large_ = true;
      return {};
    }
    Html html = reduce_html(content);
    if (html.reduced && reduced_.size() < 100) {
      const std::string name =
          module.code == "IND" ? in_quotes(module.title) : "Textmodul " + in_quotes(module.code);
      if (reduced_.find(name) == std::string::npos) reduced_ += (reduced_.empty() ? "" : ", ") + name;
    }
    return html;
  }

  /// Time limits, costs and durations: a line for each value, then what the editors wrote.
  TextModule structured(const char* code, XmlElement element, std::string_view values, Tongue tongue) {
    TextModule module;
    module.code = code;
    std::vector<std::string> lines;
    const auto line = [&](std::string text) {
      if (!text.empty() && lines.size() < 1'000) lines.push_back(std::move(text));
    };
    if (tongue == Tongue::german) {
      element.each(values, [&](XmlElement value) {
        if (values == "kosten") {
          cost(value, line);
          value.each("linkKostenbildung", [&](XmlElement link) { add_link(module.links, link); });
        } else {
          const std::string duration = duration_of(value);
          const XmlElement type = value.child("typ");
          if (!duration.empty())
            line(values == "frist" ? label_of(type, "Frist") + ": " + duration : duration);
        }
        line(description(value, "beschreibung", module));
      });
    }
    take_content(module, element, "beschreibung", tongue);
    for (const Link& link : links_of(element, tongue)) module.links.push_back(link);
    if (lines.empty()) return module;
    std::string text, html;
    for (const std::string& each : lines) {
      text += (text.empty() ? "" : "\n") + each;
      html += "<p>" + escape_html(each) + "</p>";
    }
    if (!module.html.empty()) module.html = html + module.html;
    module.text = module.text.empty() ? text : text + "\n" + module.text;
    return module;
  }

  std::string description(XmlElement parent, std::string_view name, const TextModule& module) {
    const XmlElement chosen = languages_.pick(parent, name);
    return chosen ? reduced(chosen.first() ? chosen.markup() : std::string(chosen.text()), module).text
                  : std::string();
  }

  template <class Line>
  void cost(XmlElement value, Line line) {
    const std::string label = label_of(value.child("typ"), {});
    const std::string amount = amount_of(value);
    const std::string_view paid_first = value.at({"vorkasse"});
    const std::string note = paid_first == "true" || paid_first == "1" ? " (Vorkasse)" : "";
    if (amount == "gebührenfrei")
      line((label.empty() ? "" : label + ": ") + amount);
    else if (!amount.empty())
      line((label.empty() ? "Gebühr" : label) + ": " + amount + note);
    for (std::string_view name : {"beschreibungKostenfreiheit", "beschreibungVariabilitaet"}) {
      const XmlElement found = value.below({name});
      if (!found) continue;
      // They repeat by language; `below` finds the first, its neighbours are beside it.
      XmlElement chosen = found;
      for (XmlElement other = found; other; other = other.next())
        if (other.name() == name && languages_.of(other) == Tongue::german) {
          chosen = other;
          break;
        }
      line(plain_text(chosen.text()));
    }
  }

  std::vector<Link> links_of(XmlElement element, Tongue tongue) {
    std::vector<Link> links;
    element.each("weiterfuehrenderLink", [&](XmlElement link) {
      const Tongue own = languages_.of(link);
      if (own == tongue || (own == Tongue::unnamed && tongue == Tongue::german)) add_link(links, link);
    });
    return links;
  }

  void add_link(std::vector<Link>& links, XmlElement element) {
    const XmlElement inner = element.child({"uri", "url", "link"});
    const std::string_view address = inner ? inner.text() : element.text();
    if (address.empty()) return;
    if (!is_web_address(address)) {
      warn("link-adresse", "Der Link " + in_quotes(address) +
                               " beginnt nicht mit http:// oder https:// oder ist keine "
                               "Adresse; er wurde weggelassen.");
      return;
    }
    links.push_back({std::string(address), plain_text(element.at({"titel"}))});
  }

  // ---- online services and forms ----

  void online_service(bool form) {
    OnlineService service;
    service.id = id_;
    service.form = form;
    service.title = languages_.plain(entry_, "bezeichnung");
    if (service.title.empty() && form) service.title = languages_.plain(entry_, "name");
    // The first of the best language; links of other types lead to help and the like.
    const auto rank = [&](XmlElement link) {
      const Tongue tongue = languages_.of(link);
      return tongue == Tongue::german ? 0 : tongue == Tongue::unnamed ? 1 : 2;
    };
    XmlElement chosen;
    entry_.each("link", [&](XmlElement link) {
      const std::string_view type = code_of(link.child("typ"));
      if ((form || type.empty() || type == "01") && (!chosen || rank(link) < rank(chosen))) chosen = link;
    });
    if (!chosen) chosen = entry_.child({"uri", "url"});
    const XmlElement address = chosen.child({"link", "uri", "url"});
    service.url = address ? address.text() : chosen.text();
    take_parameters(chosen, service.parameters);
    if (service.parameters.empty()) take_parameters(entry_, service.parameters);
    service.trust_level = form ? 0 : trust_level_of(entry_);
    service.validity = validity();
    set_changed(entry_, service);
    result_.changes.emplace_back(std::move(service));
  }

  static void take_parameters(XmlElement parent, std::vector<UrlParameter>& into) {
    for (XmlElement child = parent.first(); child; child = child.next()) {
      if (!starts_like(child.name(), "dynamische")) continue;
      const std::string_view name = child.at({"parameterName"});
      if (!name.empty())
        into.push_back({std::string(cut(code_of(child.child("typ")), 20)), std::string(cut(name, 200))});
      else
        take_parameters(child, into);
    }
  }

  // ---- offices ----

  void office() {
    Office office;
    office.id = id_;
    for (std::string_view field : {"name", "bezeichnung"}) {
      const XmlElement name = entry_.child(field);
      if (!office.name.empty() || !name) continue;
      office.name = name.child(field) ? languages_.plain(name, field) : languages_.plain(entry_, field);
    }
    XmlElement address;
    entry_.each("anschrift", [&](XmlElement each) {
      if (!address || (address.at({"strasse"}).empty() && !each.at({"strasse"}).empty())) address = each;
    });
    office.street = tidy_text(address.at({"strasse"}));
    if (const std::string number = tidy_text(address.at({"hausnummer"})); !number.empty())
      office.street += (office.street.empty() ? "" : " ") + number;
    office.postcode = address.at({"postleitzahl"});
    office.city = tidy_text(address.at({"ort"}));
    entry_.each("kommunikation", [&](XmlElement channel) {
      // Codes of urn:de:xzufi:codeliste:erreichbarkeit.
      const XmlElement kind = channel.child("kanal");
      const std::string name = lower_ascii(kind.child("name") ? kind.at({"name"}) : kind.text());
      const std::string_view code = kind.at({"code"}), value = channel.at({"kennung"});
      const auto is = [&](std::initializer_list<std::string_view> names) {
        return std::any_of(names.begin(), names.end(),
                           [&](std::string_view known) { return code == known || name.starts_with(known); });
      };
      if (is({"02", "03", "telefon", "mobil"}) && office.phone.empty()) office.phone = value;
      if (is({"01", "e-mail", "email"}) && office.email.empty()) office.email = value;
      if (is({"09", "internet", "web"}) && office.url.empty()) office.url = value;
    });
    office.hours = hours();
    office.validity = validity();
    set_changed(entry_, office);
    entry_.each("zustaendigkeit", [&](XmlElement element) {
      if (auto made = responsibility(element, id_)) {
        if (made->id.id.empty()) made->id = id_;
        office.responsibilities.push_back(std::move(*made));
      }
    });
    result_.changes.emplace_back(std::move(office));
  }

  /// What stands in the elements for opening hours, a line for each of their parts.
  std::string hours() const {
    std::string text;
    for (XmlElement child = entry_.first(); child; child = child.next()) {
      if (!starts_like(child.name(), "sprechzeit") && !starts_like(child.name(), "oeffnungszeit")) continue;
      const Tongue tongue = languages_.of(child);
      if (tongue == Tongue::german || tongue == Tongue::unnamed) text += "\n" + letters_of(child, 0);
    }
    return tidy_text(text);
  }

  std::string letters_of(XmlElement element, int depth) const {
    if (!element.first()) return plain_text(element.text());
    std::string text;
    for (XmlElement child = element.first(); child; child = child.next()) {
      const Tongue tongue = languages_.of(child);
      if (tongue != Tongue::german && tongue != Tongue::unnamed) continue;
      text += depth == 0 ? "\n" : " ";
      text += letters_of(child, depth + 1);
    }
    return text;
  }

  // ---- responsibilities ----

  std::optional<Responsibility> responsibility(XmlElement element, const ObjectId& subject) {
    Responsibility made;
    made.id = id_of(element.child("id"));
    made.subject = subject;
    element.each("leistungID", [&](XmlElement service) {
      ObjectId id = id_of(service);
      if (is_too_long(id))
        warn("id-zu-lang", "Die Kennung einer Leistung ist länger als 200 Bytes; sie wurde weggelassen.");
      else if (!id.id.empty())
        made.services.push_back(std::move(id));
    });
    if (is_too_long(made.id)) {
      refuse("id-zu-lang", "Die Kennung ist länger als 200 Bytes; die Zuständigkeit wurde nicht übernommen.");
      return std::nullopt;
    }
    if (made.services.empty()) {
      refuse("feld-fehlt", "Die Zuständigkeit nennt keine Leistung und wurde nicht übernommen.");
      return std::nullopt;
    }
    auto areas = areas_of(element, "die Zuständigkeit");
    if (!areas) return std::nullopt;
    made.areas = std::move(*areas);
    made.role = cut(code_of(element.child("rolle")), 60);
    set_changed(element.child({"versionsinformation", "versionsinformationen"}) ? element : entry_, made);
    return made;
  }

  void responsibilities() {
    const ObjectId subject = id_of(entry_.child("uebergeordnetesObjektID"));
    if (subject.id.empty() || is_too_long(subject)) {
      refuse("feld-fehlt", "Die Zuständigkeit nennt nicht, wer zuständig ist, und wurde nicht übernommen.");
      return;
    }
    // Its own id is that of its one zustaendigkeit; several are told apart by what they say.
    std::size_t count = 0;
    entry_.each("zustaendigkeit", [&](XmlElement) { ++count; });
    const ObjectId own = count == 1 ? id_ : ObjectId();
    entry_.each("zustaendigkeit", [&](XmlElement element) {
      id_ = id_of(element.child("id"));
      if (id_.id.empty()) id_ = subject;
      if (is_too_long(id_)) id_ = subject;
      auto made = responsibility(element, subject);
      if (!made) return;
      if (made->id.id.empty()) made->id = own;
      result_.changes.emplace_back(std::move(*made));
    });
  }

  XmlElement entry_;
  const AreaTable& areas_;
  Languages languages_;
  XzufiEntry result_;
  ObjectId id_;          ///< of what is read now, for problems
  std::string reduced_;  ///< modules that lost HTML
  bool seen_english_ = false, seen_easy_ = false, too_large_ = false;
};

}  // namespace

XzufiEntry read_xzufi_entry(XmlElement entry, const AreaTable& areas) { return Maker(entry, areas).run(); }

std::optional<std::int64_t> parse_moment(std::string_view text) {
  const auto day = day_of(text);
  if (!day) return std::nullopt;
  std::int64_t seconds = std::int64_t{*day} * 86'400;
  std::string_view rest = text.substr(10);
  const auto take = [&](char before, int most) -> std::optional<int> {
    if (before != 0) {
      if (rest.empty() || rest[0] != before) return std::nullopt;
      rest.remove_prefix(1);
    }
    const auto value = number(rest.substr(0, 2));
    if (rest.size() < 2 || rest[0] < '0' || rest[0] > '9' || !value || *value > most) return std::nullopt;
    rest.remove_prefix(2);
    return value;
  };
  if (!rest.empty() && (rest[0] == 'T' || rest[0] == ' ')) {
    const auto hour = take(rest[0], 24);
    const auto minute = hour ? take(':', 59) : std::nullopt;
    if (!minute) return std::nullopt;
    seconds += *hour * 3'600 + *minute * 60;
    if (rest.starts_with(':')) {
      const auto second = take(':', 60);
      if (!second) return std::nullopt;
      seconds += *second;
    }
    if (rest.starts_with('.')) {
      rest.remove_prefix(1);
      while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') rest.remove_prefix(1);
    }
  }
  if (rest.empty() || rest == "Z") return seconds;
  const int sign = rest[0] == '+' ? -1 : rest[0] == '-' ? 1 : 0;
  if (sign == 0) return std::nullopt;
  const auto hours = take(rest[0], 14);
  if (!hours) return std::nullopt;
  const auto minutes = rest.empty() ? std::optional<int>(0) : take(rest[0] == ':' ? ':' : '\0', 59);
  if (!minutes || !rest.empty()) return std::nullopt;
  return seconds + std::int64_t{sign} * (*hours * 3'600 + *minutes * 60);
}

}  // namespace vsm
