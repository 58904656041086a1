// What editorial systems publish: service texts, online services, offices and who is responsible for what
// where. Names after XZuFi (Leistung, Onlinedienst, Organisationseinheit, Zuständigkeit); docs/glossary.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "catalog/service_key.h"

namespace vsm {

/// Unique only as a pair: the editorial system (schemeAgencyID) numbers its objects alone.
struct ObjectId {
  std::string agency, id;
  auto operator<=>(const ObjectId&) const = default;
  /// One word for addresses and JSON: "L100002.LB.121300542"; the agency is not repeated where the id has it.
  std::string text() const;
};

/// Days since 1970-01-01.
using Day = std::int32_t;
inline constexpr Day day_min = std::numeric_limits<Day>::min();
inline constexpr Day day_max = std::numeric_limits<Day>::max();

/// "2026-11-23", also with a time behind it; nothing for other text and for dates that do not exist.
std::optional<Day> parse_day(std::string_view text);
/// The day in Germany (Europe/Berlin) at a moment, whatever the time zone of the machine. Thread-safe.
Day day_in_germany(std::chrono::system_clock::time_point moment);
Day today();

/// Both ends count. An absent end is open.
struct Period {
  Day from = day_min, to = day_max;
  bool holds(Day day) const { return from <= day && day <= to; }
  bool always() const { return from == day_min && to == day_max; }
  auto operator<=>(const Period&) const = default;
};

/// The days on which something holds: always, unless periods are given.
class Validity {
 public:
  Validity() = default;
  /// In any order; they may overlap. One that ends before it begins counts for nothing; if none is left, it
  /// never holds.
  explicit Validity(std::vector<Period> periods);

  bool holds(Day day) const;
  bool always() const { return periods_.size() == 1 && periods_.front().always(); }
  /// In order, with days between them, so that at most one holds on a day.
  const std::vector<Period>& periods() const { return periods_; }

 private:
  std::vector<Period> periods_{Period{}};
};

struct Link {
  std::string url, title;
};

/// Codes of urn:de:xzufi:codeliste:leistungstextmodulleika, and those of the PVOG (95 Bearbeitungsdauer,
/// 97 Fristen, 98 Kosten): 24 Teaser, 06 Volltext, 08 Erforderliche
/// Unterlagen, 09 Voraussetzungen, 11 Verfahrensablauf, 23 Ansprechpunkt ...
struct TextModule {
  std::string code;
  std::string text;              ///< plain text, paragraphs separated by a line break
  std::string html = {};         ///< the same with the allowed tags; empty where it has none
  std::string title = {};        ///< of the editors; empty: module_title(code)
  std::vector<Link> links = {};  ///< for further reading
};

/// What a service text says in another language.
struct Translation {
  std::string language;  ///< "en"; "de-LS" is German in Leichte Sprache
  std::string title, teaser;
  std::vector<TextModule> modules;
};

/// The German title of a module code; empty for an unknown one.
std::string_view module_title(std::string_view code);

struct ServiceText {
  ObjectId id;
  std::vector<ServiceKey> keys;  ///< never empty in the index: see ServiceKey::local
  std::vector<ServiceKey>
      kin;  ///< of a text without key: services that its name speaks of, as far as we can tell
  std::vector<std::string> areas;  ///< area ids (Area::id) it is valid in; empty: the area of its source
  std::string title, official_title, teaser;
  /// The title is the catalogue's for citizens, because the editors gave nothing but the official one.
  bool title_of_catalogue = false;
  std::vector<TextModule> modules;
  std::vector<std::string> words;  ///< Begriffe im Kontext: what people call it
  std::vector<Translation> translations;
  /// The text of which this is a local variant (LeistungSpezialisierung); without id where it is none. Its
  /// keys are those of that text where it names none itself.
  ObjectId base;
  bool keys_of_base = false;
  std::vector<std::string> types;       ///< Typisierung: "2/3", "5" ...
  std::vector<std::string> addressees;  ///< Leistungsadressat: "001", "002", "003"
  std::vector<std::string> situations;  ///< urn:xoev-de:fim:codeliste:pvlagen: "1030200"
  std::vector<std::string> sdg;         ///< urn:xoev-de:fim:codeliste:sdginformationsbereich: "1020200"
  int trust_level = 0;                  ///< see OnlineService
  Validity validity;
  std::string changed;          ///< date of the last change as published, may be empty
  std::int64_t changed_at = 0;  ///< the same as seconds since 1970 (UTC); 0: not stated
  std::string source;
  bool sample = false;
};

/// A part of a link that is filled with the citizen's place (XZuFi dynamischeParameter).
struct UrlParameter {
  std::string type;  ///< DynamischerParameterTyp: "001" ... "009", "100"
  std::string name;  ///< of the parameter in the address
};

struct OnlineService {
  ObjectId id;
  std::string title;
  std::string url;  ///< https or http; empty where no link is known
  std::string provider;
  int trust_level = 0;          ///< urn:xoev-de:fim:codeliste:vertrauensniveau; 0: not stated
  std::optional<int> maturity;  ///< Reifegrad on the scale below; scales are never converted
  std::string maturity_scale;   ///< "0-4" (model 1.1) or "0-7" (model 2.0), empty where unknown
  bool efa = false;             ///< one for all: run by one municipality for others
  bool form = false;            ///< a form to download (Formular): no online service, never counted as one
  std::vector<UrlParameter> parameters;
  bool broken = false;  ///< the link was found dead, several times
  Validity validity;
  std::string changed;          ///< date of the last change as published, may be empty
  std::int64_t changed_at = 0;  ///< the same as seconds since 1970 (UTC); 0: not stated
  std::string source;
  bool sample = false;

  /// Whether people can do the service there now. What is not is listed all the same.
  bool is_online() const { return !url.empty() && !form && !broken; }
};

/// Says that an office or an online service does services in some areas (Zuständigkeit).
struct Responsibility {
  ObjectId id;                     ///< its own; of one that came inside an office that of the office
  ObjectId subject;                ///< the office or the online service
  std::vector<ObjectId> services;  ///< the service texts it is for
  std::vector<std::string> areas;  ///< area ids; empty: the area of its source
  std::string role;                ///< code of urn:de:fim:codeliste:rolle..., may be empty
  std::string changed;             ///< as of a service text
  std::int64_t changed_at = 0;
  std::string source;
};

struct Office {
  ObjectId id;
  std::string name, street, postcode, city, phone, email, url;
  std::string hours;  ///< opening hours as published, plain text
  Validity validity;
  std::string changed;  ///< date of the last change as published, may be empty
  std::int64_t changed_at = 0;
  std::string source;
  bool sample = false;
  /// Those that came inside the office and go with it; each has the office as subject.
  std::vector<Responsibility> responsibilities;
};

enum class ObjectKind : std::uint8_t { text, online_service, office, responsibility };

/// Says that an object is no longer published (XZuFi loesche).
struct Deletion {
  ObjectKind kind = ObjectKind::text;
  ObjectId id;
};

/// What a reader hands on, one at a time: write this object, or delete that one.
using Change = std::variant<ServiceText, OnlineService, Office, Responsibility, Deletion>;

}  // namespace vsm
