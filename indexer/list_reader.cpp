#include "indexer/list_reader.h"

#include <filesystem>

#include "catalog/tables.h"
#include "language/fold.h"

namespace vsm {
namespace {

/// "L100002.LB.121300542": the part before the first dot is the editorial system.
ObjectId id_of(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return {{}, std::string(text)};
  return {std::string(text.substr(0, dot)), std::string(text)};
}

/// Whether a line is UTF-8; says so where it is not.
bool is_readable(const TableReader& rows, std::size_t columns, const std::string& path,
                 const ChangeSink& sink) {
  for (std::size_t i = 0; i < columns; ++i) {
    if (language::is_utf8(rows[i])) continue;
    sink.problem(
        {path, rows.line(), std::string(language::is_utf8(rows[0]) ? rows[0] : std::string_view()),
         "Die Zeile ist kein UTF-8 und wurde nicht übernommen. Bitte speichern Sie die Datei als UTF-8.",
         "utf-8", Severity::refused});
    return false;
  }
  return true;
}

void read_services(const std::string& path, const ChangeSink& sink) {
  const std::string content = read_file(path);
  TableReader rows(path, content, {"id", "keys", "name", "name2", "changed"});
  while (rows.next()) {
    if (!is_readable(rows, 5, path, sink)) continue;
    ServiceText text;
    text.id = id_of(rows[0]);
    text.official_title = rows[2];
    text.title = rows[3].empty() ? rows[2] : rows[3];
    if (parse_day(rows[4]))
      text.changed = rows[4].substr(0, 10);
    else if (!rows[4].empty())
      sink.problem(
          {path, rows.line(), std::string(rows[0]),
           "Das Datum „" + std::string(rows[4]) + "“ in der Spalte changed gibt es nicht; es bleibt leer.",
           "datum"});
    for (std::string_view digits : split(rows[1], ' ')) {
      if (const auto key = ServiceKey::parse(digits))
        text.keys.push_back(*key);
      else
        sink.problem({path, rows.line(), std::string(rows[0]),
                      "„" + std::string(digits) + "“ ist kein Leistungsschlüssel aus 14 Ziffern.",
                      "schluessel"});
    }
    sink.change(std::move(text), {path, rows.line(), std::string(rows[0]), {}, {}});
  }
}

void read_online_services(const std::string& path, const ChangeSink& sink) {
  const std::string content = read_file(path);
  TableReader rows(path, content, {"id", "name", "url", "services"});
  while (rows.next()) {
    if (!is_readable(rows, 4, path, sink)) continue;
    const Problem place{path, rows.line(), std::string(rows[0]), {}, {}};
    OnlineService service;
    service.id = id_of(rows[0]);
    service.title = rows[1];
    service.url = rows[2];
    const ObjectId subject = service.id;
    sink.change(std::move(service), place);
    for (std::string_view id : split(rows[3], ' ')) {
      Responsibility responsibility;
      responsibility.subject = subject;
      responsibility.services.push_back(id_of(id));
      sink.change(std::move(responsibility), place);
    }
  }
}

}  // namespace

bool read_list(const std::string& folder, const ChangeSink& sink) try {
  read_services(folder + "/services.tsv", sink);
  if (std::filesystem::exists(folder + "/online_services.tsv"))
    read_online_services(folder + "/online_services.tsv", sink);
  return true;
} catch (const TableError& error) {
  sink.problem({folder,
                0,
                {},
                std::string("Die Liste lässt sich nicht lesen: ") + error.what() + ".",
                "datei",
                Severity::broken});
  return false;
}

}  // namespace vsm
