#include "indexer/availability_reader.h"

#include <csv.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <unordered_map>

#include "indexer/in_quotes.h"
#include "indexer/json_objects.h"
#include "indexer/moment.h"
#include "indexer/plain_text.h"
#include "language/fold.h"

namespace vsm {
namespace {

enum Field : std::size_t {
  key,
  link,
  title,
  office,
  phone,
  email,
  street,
  postcode,
  city,
  valid_from,
  valid_to,
  area,
  field_count
};
using Row = std::array<std::string, field_count>;

/// Names of a field, the first the one that documentation and messages use.
constexpr std::string_view field_names[field_count][4] = {
    {"schluessel", "leistungsschluessel", "key", "leikaschluessel"},
    {"link", "url"},
    {"titel", "title"},
    {"stelle", "office"},
    {"telefon", "phone"},
    {"email"},
    {"strasse", "street"},
    {"plz", "postcode"},
    {"ort", "city"},
    {"gueltig_ab", "valid_from"},
    {"gueltig_bis", "valid_to"},
    {"gebiet", "area", "ars"}};

/// "Gültig ab", "gueltig_ab" and "GÜLTIG-AB" are one column.
std::string column_word(std::string_view name) {
  std::string word;
  for (const std::string& part : language::fold_words(name)) word += part;
  return word;
}

std::optional<Field> field_of(std::string_view name) {
  static const auto known = [] {
    std::unordered_map<std::string, Field> fields;
    for (std::size_t field = 0; field < field_count; ++field)
      for (std::string_view one : field_names[field])
        if (!one.empty()) fields.emplace(column_word(one), static_cast<Field>(field));
    return fields;
  }();
  const auto found = known.find(column_word(name));
  return found == known.end() ? std::nullopt : std::optional(found->second);
}

/// A number that stays the same as long as a name does, whatever its spelling of umlauts and case.
std::string number_of(std::string_view name) {
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (char c : language::fold_name(name)) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  std::string digits;
  for (int nibble = 0; nibble < 12; ++nibble, hash >>= 4U) digits += "0123456789abcdef"[hash & 0xFU];
  return digits;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Makes objects of rows, whatever file they come from.
class Rows {
 public:
  Rows(std::string file, const AreaTable& areas, std::string agency, const ChangeSink& sink)
      : file_(std::move(file)), areas_(areas), agency_(std::move(agency)), sink_(sink) {}

  void add(Row row, std::size_t line) {
    line_ = line;
    for (std::string& cell : row) cell = trimmed(cell);
    for (std::size_t field = 0; field < field_count; ++field) {
      if (row[field].find_first_of("\r\n") == std::string::npos) continue;
      return refuse(
          "format",
          "In der Spalte " + std::string(field_names[field][0]) +
              " steht ein Zeilenumbruch, oder es fehlt ein schließendes Anführungszeichen. Die Zeile "
              "wurde nicht übernommen.");
    }
    // Spreadsheets take the zero in front of a postcode for nothing.
    if (row[postcode].size() == 4 && std::all_of(row[postcode].begin(), row[postcode].end(), is_digit))
      row[postcode].insert(0, 1, '0');
    row[title] = plain_text(row[title]);
    std::optional<ServiceKey> parsed;
    if (!row[key].empty()) {
      std::string problem;
      parsed = repair_key(row[key], problem);
      if (!parsed) return refuse("schluessel", problem + " Die Zeile wurde nicht übernommen.");
    } else if (row[title].empty()) {
      return refuse("titel-fehlt", "Die Zeile hat weder Schlüssel noch Titel; sie wurde nicht übernommen.");
    }
    ServiceText text;
    if (parsed) text.keys.push_back(*parsed);
    text.title = row[title];
    if (!row[area].empty()) {
      const auto found = areas_.find(row[area]);
      if (!found)
        return refuse("gebiet", "Das Gebiet " + in_quotes(row[area]) +
                                    " ist nicht bekannt; die Zeile wurde nicht übernommen.");
      text.areas.push_back(areas_[*found].id());
    }
    text.validity = validity_of(row);
    const std::string word = parsed ? parsed->text() : number_of(row[title]);
    const std::size_t times = ++times_[word];
    const std::string number = times == 1 ? word : word + "." + std::to_string(times);
    text.id = {agency_, "V." + number};
    const ObjectId service = text.id;
    const std::vector<std::string> where = text.areas;
    const Validity validity = text.validity;
    const std::string name = text.title;
    hand_on(std::move(text), service);
    if (!row[link].empty()) {
      OnlineService online;
      online.id = {agency_, "VO." + number};
      online.title = name;
      online.url = row[link];
      online.validity = validity;
      const ObjectId subject = online.id;
      hand_on(std::move(online), subject);
      join(subject, service, where);
    }
    if (!row[office].empty()) join(office_of(row), service, where);
  }

  /// Hands on the offices: all rows that name one say something of it.
  void finish() {
    for (auto& [name, one] : offices_) {
      const ObjectId id = one.office.id;
      line_ = one.line;
      hand_on(std::move(one.office), id);
    }
    offices_.clear();
  }

  void refuse(std::string rule, std::string message) const {
    report(line_, Severity::refused, std::move(rule), std::move(message));
  }
  void refuse_at(std::size_t line, std::string rule, std::string message) const {
    report(line, Severity::refused, std::move(rule), std::move(message));
  }
  void warn(std::size_t line, std::string rule, std::string message) const {
    report(line, Severity::warning, std::move(rule), std::move(message));
  }
  bool broken(std::size_t line, std::string rule, std::string message) const {
    report(line, Severity::broken, std::move(rule), std::move(message));
    return false;
  }

 private:
  struct Named {
    Office office;
    std::size_t line = 0;
  };

  void report(std::size_t line, Severity severity, std::string rule, std::string message) const {
    sink_.problem({file_, line, {}, std::move(message), std::move(rule), severity});
  }
  void hand_on(Change change, const ObjectId& id) const {
    sink_.change(std::move(change), {file_, line_, id.text(), {}, {}});
  }

  void join(const ObjectId& subject, const ObjectId& service, const std::vector<std::string>& where) const {
    Responsibility joint;
    joint.id = {agency_, subject.id + ":" + service.id};
    joint.subject = subject;
    joint.services.push_back(service);
    joint.areas = where;
    hand_on(std::move(joint), subject);
  }

  Validity validity_of(const Row& row) const {
    Period period;
    const auto bound = [&](Field field, Day& day) {
      if (row[field].empty()) return;
      if (const auto moment = moment_of(row[field]))
        day = moment->day;
      else
        warn(line_, "datum",
             "Das Datum " + in_quotes(row[field]) + " in der Spalte " + std::string(field_names[field][0]) +
                 " gibt es nicht; es bleibt offen. Geschrieben wird es so: 31.12.2026 oder 2026-12-31.");
    };
    bound(valid_from, period.from);
    bound(valid_to, period.to);
    if (period.from > period.to)
      warn(line_, "zeitraum", "Die Gültigkeit endet, bevor sie beginnt; die Zeile wird nie gezeigt.");
    return Validity({period});
  }

  ObjectId office_of(const Row& row) {
    const std::string name = plain_text(row[office]);
    Named& one = offices_[number_of(name)];
    if (one.line == 0) {
      one.line = line_;
      one.office.name = name;
      one.office.id = {agency_, "VS." + number_of(name)};
    }
    const auto fill = [&](Field field, std::string& value) {
      if (value.empty()) {
        value = row[field];
      } else if (!row[field].empty() && row[field] != value) {
        warn(line_, "stelle",
             "Die Stelle " + in_quotes(name) + " hat in Zeile " + std::to_string(one.line) +
                 " in der Spalte " + std::string(field_names[field][0]) + " etwas anderes (" +
                 in_quotes(value) + "); das erste gilt.");
      }
    };
    fill(phone, one.office.phone);
    fill(email, one.office.email);
    fill(street, one.office.street);
    fill(postcode, one.office.postcode);
    fill(city, one.office.city);
    return one.office.id;
  }

  std::string file_;
  const AreaTable& areas_;
  std::string agency_;
  const ChangeSink& sink_;
  std::size_t line_ = 0;
  std::unordered_map<std::string, std::size_t> times_;
  std::map<std::string, Named> offices_;
};

// --- CSV

/// Rows of a CSV text as a spreadsheet counts them, by libcsv.
class CsvRows {
 public:
  static constexpr std::size_t cell_limit = 1'000, byte_limit = 1U << 20U;

  CsvRows(std::string_view text, char separator) : rest_(text) {
    csv_init(&parser_, 0);
    csv_set_delim(&parser_, static_cast<unsigned char>(separator));
    csv_set_blk_size(&parser_, 4'096);
  }
  ~CsvRows() { csv_free(&parser_); }
  CsvRows(const CsvRows&) = delete;
  CsvRows& operator=(const CsvRows&) = delete;

  /// The next row that is not empty. False at the end and where a row does not end.
  bool next() {
    cells_.clear();
    ended_ = false;
    std::size_t bytes = 0;
    while (!rest_.empty() && !ended_) {
      const std::size_t line_end = std::min(rest_.find_first_of("\r\n"), rest_.size() - 1);
      const std::size_t length = line_end + (rest_.substr(line_end).starts_with("\r\n") ? 2 : 1);
      if (!is_open()) ++number_;
      if ((bytes += length) > byte_limit || cells_.size() > cell_limit) return fail();
      if (csv_parse(&parser_, rest_.data(), length, &CsvRows::take_cell, &CsvRows::take_row, this) != length)
        return fail();
      rest_.remove_prefix(length);
    }
    if (!ended_ && is_open()) {
      if (in_quotes_still()) return fail();
      csv_fini(&parser_, &CsvRows::take_cell, &CsvRows::take_row, this);
    }
    return ended_;
  }

  const std::vector<std::string>& cells() const { return cells_; }
  std::size_t number() const { return number_; }
  /// Whether the row that began at number() does not end within a megabyte or not at all.
  bool failed() const { return failed_; }

 private:
  // libcsv has no call that tells its state: 0 is between rows, 2 inside of a field.
  bool is_open() const { return parser_.pstate != 0; }
  bool in_quotes_still() const { return parser_.quoted != 0 && parser_.pstate == 2; }

  bool fail() {
    failed_ = true;
    rest_ = {};
    return false;
  }
  static void take_cell(void* text, std::size_t size, void* self) {
    static_cast<CsvRows*>(self)->cells_.emplace_back(static_cast<const char*>(text), size);
  }
  static void take_row(int, void* self) { static_cast<CsvRows*>(self)->ended_ = true; }

  csv_parser parser_{};
  std::string_view rest_;
  std::vector<std::string> cells_;
  std::size_t number_ = 0;
  bool ended_ = false, failed_ = false;
};

/// What parts the cells of a header: of the usual ones that which is there most often.
char separator_of(std::string_view header) {
  char best = ';';
  std::ptrdiff_t most = 0;
  for (char candidate : {';', '\t', ','}) {
    const auto times = std::count(header.begin(), header.end(), candidate);
    if (times > most) {
      best = candidate;
      most = times;
    }
  }
  return best;
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + in_quotes(name);
  if (list.size() <= 1'000) return list;
  return list.substr(0, list.rfind(',', 1'000)) + " …";
}

bool read_csv(std::string_view text, Rows& rows) {
  const std::size_t start = std::min(text.find_first_not_of("\r\n"), text.size());
  const std::string_view first = text.substr(start, text.find_first_of("\r\n", start) - start);
  char separator = separator_of(first);
  // Excel's own first line, which tells it the separator.
  const bool is_told = first.size() == 5 && lower_ascii(first.substr(0, 4)) == "sep=";
  if (is_told) separator = first[4];
  if (separator == '"' || separator == '\r' || separator == '\n') separator = ';';
  CsvRows csv(text, separator);
  bool any = csv.next();
  if (any && is_told) any = csv.next();
  if (!any) return rows.broken(0, "feld-fehlt", "Die Datei ist leer; es fehlt schon ihre Kopfzeile.");

  std::vector<std::optional<Field>> fields;
  bool found[field_count] = {};
  for (const std::string& name : csv.cells()) {
    auto field = field_of(name);
    if (field && found[*field]) {
      rows.warn(csv.number(), "format",
                "Die Spalte " + in_quotes(name) + " gibt es schon; die erste von ihnen gilt.");
      field.reset();
    }
    if (field) found[*field] = true;
    fields.push_back(field);
  }
  std::vector<std::string> missing;
  for (Field needed : {key, link, title})
    if (!found[needed]) missing.emplace_back(field_names[needed][0]);
  if (!missing.empty())
    return rows.broken(csv.number(), "feld-fehlt",
                       "In der Kopfzeile fehlt: " + listed(missing) +
                           ". Gefunden wurden: " + listed(csv.cells()) +
                           ". Gebraucht werden schluessel, link und titel; stelle, telefon, email, strasse, "
                           "plz, ort, gueltig_ab, gueltig_bis und gebiet sind freiwillig.");

  while (csv.next()) {
    Row row;
    std::size_t surplus = 0;
    for (std::size_t at = 0; at < csv.cells().size(); ++at) {
      if (at >= fields.size())
        surplus += csv.cells()[at].empty() ? 0 : 1;
      else if (fields[at])
        row[*fields[at]] = csv.cells()[at];
    }
    if (surplus > 0)
      rows.refuse_at(csv.number(), "format",
                     "Die Zeile hat mehr Zellen als die Kopfzeile; sie wurde nicht übernommen. Enthält eine "
                     "Zelle das Trennzeichen, muss sie in Anführungszeichen stehen.");
    else if (std::any_of(csv.cells().begin(), csv.cells().end(),
                         [](const std::string& cell) { return !cell.empty(); }))
      rows.add(std::move(row), csv.number());
  }
  if (!csv.failed()) return true;
  return rows.broken(csv.number(), "format",
                     "Diese Zeile endet nicht; vermutlich fehlt ein schließendes Anführungszeichen. Ab hier "
                     "wurde die Datei nicht gelesen.");
}

// --- JSON

/// Texts and numbers as one would write them into a cell.
std::string cell_of(const simdjson::dom::element& value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  std::int64_t whole = 0;
  if (value.get(whole) == simdjson::SUCCESS) return std::to_string(whole);
  double number = 0;
  if (value.get(number) != simdjson::SUCCESS) return {};
  // Some programs write every number with decimals. Of one with many zeros nobody knows what it was.
  if (number == std::floor(number) && number > 0 && number < 1e15 && std::fmod(number, 1e6) != 0)
    return std::to_string(static_cast<std::int64_t>(number));
  std::ostringstream written;
  written << number;
  return written.str();
}

bool read_json(const std::string& text, Rows& rows) {
  std::istringstream in(text);
  JsonObjects pieces(in);
  simdjson::dom::parser parser;
  while (pieces.next()) {
    const std::string which = "Der " + std::to_string(pieces.number()) + ". Eintrag";
    simdjson::dom::element root;
    simdjson::dom::object entry;
    if (pieces.too_large()) {
      rows.refuse_at(pieces.line(), "zu-gross", which + " ist größer als 16 MB und wurde nicht übernommen.");
    } else if (parser.parse(pieces.text().data(), pieces.text().size(), false).get(root) !=
               simdjson::SUCCESS) {
      rows.refuse_at(pieces.line(), "nicht-wohlgeformt",
                     which + " ist kein gültiges JSON und wurde nicht übernommen.");
    } else if (root.get(entry) != simdjson::SUCCESS) {
      rows.refuse_at(pieces.line(), "format", which + " ist kein Objekt und wurde nicht übernommen.");
    } else {
      Row row;
      for (const auto [name, value] : entry)
        if (const auto field = field_of(name); field && row[*field].empty()) row[*field] = cell_of(value);
      rows.add(std::move(row), pieces.line());
    }
  }
  if (pieces.broken().empty()) return true;
  return rows.broken(pieces.end_line(), "nicht-wohlgeformt",
                     pieces.broken() + " Ab hier wurde sie nicht gelesen.");
}

/// A sentence where the bytes are no text that is read here; empty where they are. `line`: where that shows.
std::string encoding_problem(std::string_view text, std::size_t& line) {
  static constexpr std::string_view advice =
      " Bitte speichern Sie die Tabelle als „CSV UTF-8“; in Excel steht das im Fenster „Speichern unter“ als "
      "Dateityp.";
  if (text.starts_with("PK\x03\x04"))
    return "Das ist eine Tabelle im Format der Tabellenkalkulation, kein CSV." + std::string(advice);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
      text.find('\0') != std::string_view::npos)
    return "Die Datei ist in UTF-16 gespeichert oder kein Text." + std::string(advice);
  if (language::is_utf8(text)) return {};
  line = 1;
  for (std::string_view rest = text; !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    if (!language::is_utf8(rest.substr(0, end))) break;
    rest.remove_prefix(end);
  }
  return "Die Datei ist nicht in UTF-8 gespeichert, vermutlich in Windows-1252: In Zeile " +
         std::to_string(line) + " steht ein Zeichen, das es in UTF-8 so nicht gibt." + std::string(advice);
}

}  // namespace

std::optional<ServiceKey> repair_key(std::string_view cell, std::string& problem) {
  if (cell.size() > 200) {
    problem = in_quotes(cell) + " ist kein Leistungsschlüssel: Er besteht aus 14 Ziffern.";
    return std::nullopt;
  }
  std::string written = trimmed(cell);
  // Blanks that do not break, of no width, and dashes count as the plain ones.
  for (std::string_view odd :
       {"\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x8B", "\xE2\x80\x93", "\xE2\x80\x99", "\xEF\xBB\xBF"})
    for (std::size_t at = 0; (at = written.find(odd, at)) != std::string::npos;)
      written.replace(at, odd.size(), " ");
  written = trimmed(written);

  const auto digits_in = [](std::string_view text) {
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), is_digit);
    return digits;
  };
  const auto is_any = [](std::string_view text, std::string_view allowed) {
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return is_digit(c) || allowed.find(c) != std::string_view::npos; });
  };
  const auto fail = [&](std::string message) {
    problem = std::move(message);
    return std::optional<ServiceKey>();
  };

  const std::size_t exponent = written.find_first_of("eE");
  if (exponent != std::string::npos && exponent > 0 && exponent + 1 < written.size() &&
      is_any(written.substr(0, exponent), ".,") && is_any(written.substr(exponent + 1), "+-")) {
    const std::string mantissa = digits_in(written.substr(0, exponent));
    if (mantissa.size() == 14 && (written[1] == ',' || written[1] == '.') &&
        digits_in(written.substr(exponent + 1)) == "13" && written.find('-') == std::string::npos)
      return ServiceKey::parse(mantissa);
    return fail(
        "Die Tabellenkalkulation hat den Schlüssel als Zahl gerundet und zeigt nur noch " +
        in_quotes(written) +
        "; die letzten Ziffern sind verloren. Bitte stellen Sie die Spalte auf Text um und tragen Sie "
        "den Schlüssel neu ein.");
  }
  if (!is_any(written, " \t.,-_/'\"="))
    return fail(in_quotes(written) + " ist kein Leistungsschlüssel: Er besteht aus 14 Ziffern.");

  std::string digits = digits_in(written);
  const std::size_t point = written.find_last_of(".,");
  if (point != std::string::npos) {
    const std::string decimals = written.substr(point + 1), before = digits_in(written.substr(0, point));
    const bool are_zeros = !decimals.empty() && decimals.find_first_not_of('0') == std::string::npos;
    // Groups of a key have three digits: one or two zeros behind a point are decimals of a number.
    if (are_zeros && (decimals.size() < 3 || before.size() == 14)) digits = before;
  }
  if (digits.size() == 14) {
    const auto key = ServiceKey::parse(digits);
    if (key && *key) return key;
    return fail(in_quotes(written) + " ist kein Leistungsschlüssel: Er besteht nur aus Nullen.");
  }
  if (digits.size() >= 28 && digits.size() % 14 == 0)
    return fail("In der Zelle stehen mehrere Schlüssel; bitte schreiben Sie jeden in eine eigene Zeile.");
  return fail(in_quotes(written) + " ist kein Leistungsschlüssel: Er hat " + std::to_string(digits.size()) +
              " statt 14 Ziffern.");
}

bool read_availability(std::istream& in, const std::string& name, const AreaTable& areas,
                       const std::string& agency, const ChangeSink& sink) {
  Rows rows(name, areas, agency, sink);
  std::string text;
  std::vector<char> chunk(1U << 16U);
  while (in) {
    in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    text.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > availability_limit)
      return rows.broken(0, "zu-gross", "Die Datei ist größer als 64 MB und wurde nicht gelesen.");
  }
  if (!in.eof()) return rows.broken(0, "datei", "Die Datei lässt sich nicht zu Ende lesen.");
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::size_t line = 0;
  if (const std::string problem = encoding_problem(text, line); !problem.empty())
    return rows.broken(line, text.starts_with("PK") ? "format" : "utf-8", problem);
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  const bool is_json = start != std::string::npos && (text[start] == '[' || text[start] == '{');
  const bool whole = is_json ? read_json(text, rows) : read_csv(text, rows);
  rows.finish();
  return whole;
}

bool read_availability(const std::string& path, const AreaTable& areas, const std::string& agency,
                       const ChangeSink& sink) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Rows(path, areas, agency, sink).broken(0, "datei", "Die Datei lässt sich nicht lesen.");
  return read_availability(in, path, areas, agency, sink);
}

}  // namespace vsm
