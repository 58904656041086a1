#include "indexer/key_list.h"

#include <csv.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "catalog/tables.h"
#include "indexer/plain_text.h"
#include "indexer/wording.h"
#include "language/fold.h"

namespace vsm {
namespace {

/// Cuts lines into cells, one at a time; a quoted cell may go over several lines.
class Cells {
 public:
  explicit Cells(char separator) {
    csv_init(&parser_, 0);
    csv_set_delim(&parser_, static_cast<unsigned char>(separator));
    if (separator == '\t' || separator == '|') csv_set_quote(&parser_, 0);
  }
  ~Cells() { csv_free(&parser_); }
  Cells(const Cells&) = delete;
  Cells& operator=(const Cells&) = delete;

  /// With its line break. True when the line ends a row: `row` then holds its cells.
  bool add(std::string_view line, std::vector<std::string>& row) {
    ended_ = false;
    csv_parse(&parser_, line.data(), line.size(), take_cell, take_end, this);
    if (!ended_) return false;
    row = std::move(cells_);
    cells_.clear();
    return true;
  }

 private:
  static void take_cell(void* text, std::size_t size, void* self) {
    static_cast<Cells*>(self)->cells_.emplace_back(static_cast<const char*>(text), size);
  }
  static void take_end(int, void* self) { static_cast<Cells*>(self)->ended_ = true; }

  csv_parser parser_{};
  std::vector<std::string> cells_;
  bool ended_ = false;
};

char separator_of(std::string_view header) {
  char best = '\t';
  for (const char candidate : {';', ',', '|'})
    if (std::count(header.begin(), header.end(), candidate) > std::count(header.begin(), header.end(), best))
      best = candidate;
  return best;
}

/// "Official_Name" and "official name" are one column.
std::string column_name(std::string_view cell) {
  std::string name;
  for (const std::string& word : language::fold_words(cell)) name += word;
  return name;
}

struct Columns {
  std::optional<std::size_t> key, official, friendly, status;

  explicit Columns(const std::vector<std::string>& header) {
    const auto find = [&](std::initializer_list<std::string_view> names) -> std::optional<std::size_t> {
      for (const std::string_view name : names)
        for (std::size_t i = 0; i < header.size(); ++i)
          if (column_name(header[i]) == column_name(name)) return i;
      return std::nullopt;
    };
    key = find({"key", "leika", "schluessel", "leistungsschluessel", "leikaschluessel"});
    official = find({"official_name", "name", "bezeichnung"});
    friendly = find({"friendly_name", "name2", "bezeichnung2"});
    status = find({"status"});
  }
};

class ListReader {
 public:
  explicit ListReader(KeyList& list) : list_(list) {}

  void read(std::string_view content) {
    if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
    if (content.find('\0') != std::string_view::npos)
      return broken(0, "Die Datei ist keine Textdatei in UTF-8. Bitte speichern Sie die Liste als UTF-8.",
                    "kodierung");
    std::optional<Cells> cells;
    std::vector<std::string> row;
    bool inside = false;
    std::size_t line_number = 0, row_line = 0;
    while (!content.empty()) {
      const std::size_t end = std::min(content.find('\n'), content.size() - 1) + 1;
      const std::string_view line = content.substr(0, end);
      content.remove_prefix(end);
      ++line_number;
      if (!inside) {
        if (line.front() == '#' || line.find_first_not_of(" \t\r\n") == std::string_view::npos) continue;
        row_line = line_number;
        if (!cells) cells.emplace(separator_of(line));
      }
      inside = !cells->add(line, row);
      if (!inside && !take(row, row_line)) return;
    }
    if (inside && !cells->add("\n", row))
      return broken(row_line,
                    "Hier beginnt ein Anführungszeichen, das nirgends endet. Bitte ergänzen Sie es.",
                    "format");
    if (inside && !take(row, row_line)) return;
    if (!has_header_) return broken(0, "Die Liste ist leer.", "leer");
    finish();
  }

 private:
  void report(std::size_t line, std::string key, std::string sentence, std::string rule, Severity severity) {
    list_.problems.push_back(
        {list_.name, line, std::move(key), std::move(sentence), std::move(rule), severity});
  }
  void broken(std::size_t line, std::string sentence, std::string rule) {
    report(line, {}, std::move(sentence), std::move(rule), Severity::broken);
  }

  /// False where reading has to end.
  bool take(const std::vector<std::string>& row, std::size_t line) {
    if (has_header_) {
      take_key(row, line);
      return true;
    }
    has_header_ = true;
    if (std::any_of(row.begin(), row.end(),
                    [](const std::string& cell) { return !language::is_utf8(cell); })) {
      broken(line, "Die Spaltennamen sind kein UTF-8. Bitte speichern Sie die Liste als UTF-8.", "kodierung");
      return false;
    }
    columns_.emplace(row);
    list_.has_status = columns_->status.has_value();
    if (columns_->key && columns_->official) return true;
    broken(line,
           std::string("Die Spalte ") + (columns_->key ? "official_name" : "key") +
               " fehlt. Die erste Zeile muss die Spalten benennen.",
           "feld-fehlt");
    return false;
  }

  void take_key(const std::vector<std::string>& row, std::size_t line) {
    const auto cell = [&](std::optional<std::size_t> column) {
      return column && *column < row.size() ? trimmed(row[*column]) : std::string();
    };
    const std::string digits = cell(columns_->key);
    const auto key = ServiceKey::parse(digits);
    if (!key || !*key) {
      report(line, {}, "„" + printable(digits) + "“ ist kein Leistungsschlüssel aus 14 Ziffern.",
             "schluessel", Severity::refused);
      return;
    }
    ListedKey listed{*key, cell(columns_->official), cell(columns_->friendly), false};
    for (std::string* name : {&listed.official_name, &listed.friendly_name}) {
      if (!language::is_utf8(*name)) {
        report(line, digits,
               "Der Name ist kein UTF-8 und zählt nicht. Bitte speichern Sie die Liste als UTF-8.", "utf-8",
               Severity::refused);
      } else if (name->find('\n') != std::string::npos) {
        report(line, digits, "Der Name geht über mehrere Zeilen. Vielleicht fehlt ein Anführungszeichen.",
               "format", Severity::refused);
      } else {
        if (name == &listed.official_name && name->empty())
          report(line, digits, "Der Name fehlt.", "titel-fehlt", Severity::refused);
        continue;
      }
      name->clear();
    }
    take_status(listed, cell(columns_->status), line);
    lines_.push_back({std::move(listed), line});
  }

  void take_status(ListedKey& listed, const std::string& text, std::size_t line) {
    const std::string status = lower_ascii(text);
    listed.retired = status == "retired";
    if (listed.retired || status.empty() || status == "current" || status == "unconfirmed") return;
    if (unknown_.size() < 10 && unknown_.insert(status).second)
      report(line, listed.key.text(),
             "Der Status „" + printable(text) + "“ ist unbekannt; der Schlüssel zählt als gültig.", "format",
             Severity::warning);
  }

  void finish() {
    std::stable_sort(lines_.begin(), lines_.end(),
                     [](const Line& a, const Line& b) { return a.listed.key < b.listed.key; });
    const Line* first = nullptr;
    std::size_t repeated = 0, repeated_line = 0;
    for (const Line& line : lines_) {
      if (!first || line.listed.key != first->listed.key) {
        first = &line;
        list_.keys.push_back(line.listed);
      } else if (line.listed.official_name == first->listed.official_name &&
                 line.listed.retired == first->listed.retired) {
        repeated_line = ++repeated == 1 ? line.number : std::min(repeated_line, line.number);
      } else {
        report(line.number, line.listed.key.text(),
               "Der Schlüssel steht schon in Zeile " + std::to_string(first->number) +
                   ", dort mit anderen Angaben. Die erste Zeile gilt.",
               "id-doppelt", Severity::refused);
      }
    }
    if (repeated > 0)
      report(repeated_line, {},
             repeated == 1 ? "Die Zeile wiederholt einen Schlüssel mit denselben Angaben."
                           : "Ab hier wiederholen " + grouped_digits(repeated) +
                                 " Zeilen einen Schlüssel mit denselben Angaben.",
             "id-doppelt", Severity::warning);
    if (list_.keys.empty()) broken(0, "Die Liste enthält keinen Leistungsschlüssel.", "leer");
    std::stable_sort(list_.problems.begin(), list_.problems.end(),
                     [](const Problem& a, const Problem& b) { return a.line < b.line; });
  }

  struct Line {
    ListedKey listed;
    std::size_t number = 0;
  };
  KeyList& list_;
  bool has_header_ = false;
  std::optional<Columns> columns_;
  std::vector<Line> lines_;
  std::set<std::string> unknown_;
};

}  // namespace

KeyList parse_key_list(std::string name, std::string_view content) {
  KeyList list;
  list.name = std::move(name);
  ListReader(list).read(content);
  return list;
}

KeyList read_key_list(const std::string& path) try {
  return parse_key_list(path, read_file(path));
} catch (const TableError&) {
  KeyList list;
  list.name = path;
  list.problems.push_back({path, 0, {}, "Die Datei lässt sich nicht lesen.", "datei", Severity::broken});
  return list;
}

}  // namespace vsm
