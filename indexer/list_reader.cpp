#include "indexer/list_reader.h"

#include <filesystem>

#include "catalog/tables.h"

namespace vsm {
namespace {

/// "L100002.LB.121300542": the part before the first dot is the editorial system.
ObjectId id_of(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return {{}, std::string(text)};
  return {std::string(text.substr(0, dot)), std::string(text)};
}

void read_services(const std::string& path, const ObjectSink& sink) {
  const std::string content = read_file(path);
  TableReader rows(path, content, {"id", "keys", "name", "name2", "changed"});
  while (rows.next()) {
    ServiceText text;
    text.id = id_of(rows[0]);
    text.official_title = rows[2];
    text.title = rows[3].empty() ? rows[2] : rows[3];
    text.changed = rows[4];
    for (std::string_view digits : split(rows[1], ' ')) {
      if (const auto key = ServiceKey::parse(digits))
        text.keys.push_back(*key);
      else
        sink.problem({path, rows.line(), std::string(rows[0]),
                      "„" + std::string(digits) + "“ ist kein Leistungsschlüssel aus 14 Ziffern."});
    }
    sink.object(std::move(text), {path, rows.line(), std::string(rows[0]), {}});
  }
}

void read_online_services(const std::string& path, const ObjectSink& sink) {
  const std::string content = read_file(path);
  TableReader rows(path, content, {"id", "name", "url", "services"});
  while (rows.next()) {
    const Problem place{path, rows.line(), std::string(rows[0]), {}};
    OnlineService service;
    service.id = id_of(rows[0]);
    service.title = rows[1];
    service.url = rows[2];
    const ObjectId subject = service.id;
    sink.object(std::move(service), place);
    for (std::string_view id : split(rows[3], ' ')) {
      Responsibility responsibility;
      responsibility.subject = subject;
      responsibility.service = id_of(id);
      sink.object(std::move(responsibility), place);
    }
  }
}

}  // namespace

bool read_list(const std::string& folder, const ObjectSink& sink) try {
  read_services(folder + "/services.tsv", sink);
  if (std::filesystem::exists(folder + "/online_services.tsv"))
    read_online_services(folder + "/online_services.tsv", sink);
  return true;
} catch (const TableError& error) {
  sink.problem({folder, 0, {}, std::string("Die Liste lässt sich nicht lesen: ") + error.what()});
  return false;
}

}  // namespace vsm
