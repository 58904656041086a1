#include "indexer/report.h"

#include <algorithm>
#include <kainjow/mustache.hpp>

#include "indexer/json_out.h"
#include "indexer/rules.h"
#include "indexer/web_files.h"
#include "indexer/wording.h"

namespace vsm {
namespace {

/// How each severity is spoken of, the worst first.
struct Words {
  Severity severity;
  std::string_view heading, meaning, one, many, id;
};
constexpr Words severities[] = {
    {Severity::broken, "Abbruch", "Hier endete das Lesen; der Rest der Datei wurde nicht geprüft.", "Abbruch",
     "Abbrüche", "broken"},
    {Severity::refused, "Nicht übernommen", "Diese Objekte oder Zeilen lassen sich nicht übernehmen.",
     "Fehler", "Fehler", "refused"},
    {Severity::warning, "Hinweise", "Das Objekt wird übernommen; etwas daran fehlt oder wurde berichtigt.",
     "Hinweis", "Hinweise", "warning"},
};

std::size_t index_of(Severity severity) { return static_cast<std::size_t>(severity); }

std::size_t total_of(const SourceReport& report, Severity severity) {
  switch (severity) {
    case Severity::broken:
      return report.broken;
    case Severity::refused:
      return report.refused;
    case Severity::warning:
      break;
  }
  return report.warnings;
}

std::vector<const Problem*> kept_of(const SourceReport& report, Severity severity) {
  std::vector<const Problem*> kept;
  for (const Problem& problem : report.problems)
    if (problem.severity == severity) kept.push_back(&problem);
  return kept;
}

std::string verdict(const SourceReport& report) {
  const std::size_t errors = report.broken + report.refused;
  if (errors == 0 && report.warnings == 0) return "Die Prüfung hat nichts zu beanstanden.";
  const std::string hints = counted(report.warnings, "Hinweis", "Hinweise");
  if (errors == 0) return "Alles lässt sich übernehmen. Es gibt " + hints + ".";
  const std::string also = report.warnings == 0 ? "" : " Dazu kommen " + hints + ".";
  if (report.broken == 0)
    return "Nicht alles lässt sich übernehmen: Es gibt " + counted(report.refused, "Fehler", "Fehler") + "." +
           also;
  return "Die Lieferung ließ sich nicht bis zum Ende lesen. Es gibt " +
         counted(report.broken, "Abbruch", "Abbrüche") +
         (report.refused == 0 ? "" : " und " + counted(report.refused, "Fehler", "Fehler")) + "." + also;
}

std::string objects_read(const SourceReport& report) {
  std::string text;
  const auto say = [&](std::size_t number, std::string_view one, std::string_view many) {
    if (number > 0) text += (text.empty() ? "" : ", ") + counted(number, one, many);
  };
  say(report.texts, "Leistungstext", "Leistungstexte");
  say(report.online_services, "Onlinedienst", "Onlinedienste");
  say(report.offices, "Stelle", "Stellen");
  say(report.responsibilities, "Zuständigkeit", "Zuständigkeiten");
  say(report.deletions, "Löschung", "Löschungen");
  return text.empty() ? "keine Objekte" : text;
}

std::string name_of(const SourceReport& report) {
  return printable(report.name.empty() ? report.source : report.name);
}

struct RuleCount {
  std::string_view id;
  const Rule* rule = nullptr;
  std::array<std::size_t, 3> counts = {};
};

/// The worst first; of equals the more frequent.
std::vector<RuleCount> counts_by_rule(const SourceReport& report) {
  std::vector<RuleCount> counts;
  for (const auto& [id, numbers] : report.by_rule) counts.push_back({id, find_rule(id), numbers});
  std::stable_sort(counts.begin(), counts.end(), [](const RuleCount& a, const RuleCount& b) {
    return std::lexicographical_compare(b.counts.rbegin(), b.counts.rend(), a.counts.rbegin(),
                                        a.counts.rend());
  });
  return counts;
}

std::string sentence_of(const std::array<std::size_t, 3>& counts) {
  std::string text;
  for (const Words& words : severities)
    if (const std::size_t number = counts[index_of(words.severity)])
      text += (text.empty() ? "" : ", ") + counted(number, words.one, words.many);
  return text;
}

kainjow::mustache::data flag(bool on) {
  using kainjow::mustache::data;
  return data(on ? data::type::bool_true : data::type::bool_false);
}

}  // namespace

void SourceReport::add(Problem problem, std::size_t keep) {
  (problem.severity == Severity::broken    ? broken
   : problem.severity == Severity::refused ? refused
                                           : warnings)++;
  const std::size_t seen = by_rule[problem.rule][index_of(problem.severity)]++;
  if (seen < keep) problems.push_back(std::move(problem));
}

void SourceReport::count(const Change& change) {
  struct Counter {
    SourceReport& report;
    void operator()(const ServiceText&) const { ++report.texts; }
    void operator()(const OnlineService&) const { ++report.online_services; }
    void operator()(const Office& office) const {
      ++report.offices;
      report.responsibilities += office.responsibilities.size();
    }
    void operator()(const Responsibility&) const { ++report.responsibilities; }
    void operator()(const Deletion&) const { ++report.deletions; }
  };
  std::visit(Counter{*this}, change);
}

int exit_status(const SourceReport& report) {
  if (report.broken + report.refused > 0) return 2;
  return report.warnings > 0 ? 1 : 0;
}

void write_report_text(std::ostream& out, const SourceReport& report, bool colour) {
  const Ink ink(colour);
  for (const Words& words : severities) {
    const std::size_t total = total_of(report, words.severity);
    if (total == 0) continue;
    const std::string_view shade = words.severity == Severity::warning ? ink.yellow : ink.red;
    out << ink.bold << shade << words.heading << " (" << grouped_digits(total) << ')' << ink.off << '\n';
    const auto kept = kept_of(report, words.severity);
    for (const Problem* problem : kept) {
      out << ink.bold << printable(problem->file.empty() ? report.source : problem->file);
      if (problem->line > 0) out << ':' << problem->line;
      out << ink.off;
      if (!problem->object.empty()) out << ' ' << printable(problem->object);
      out << ": " << printable(problem->message);
      if (!problem->rule.empty()) out << " [" << printable(problem->rule) << ']';
      out << '\n';
    }
    if (kept.size() < total) out << "… und " << grouped_digits(total - kept.size()) << " weitere\n";
    out << '\n';
  }

  const int status = exit_status(report);
  out << ink.bold << name_of(report) << ink.off << '\n';
  out << "Gelesen: " << objects_read(report) << '\n';
  out << (status == 0 ? ink.green : status == 1 ? ink.yellow : ink.red) << verdict(report) << ink.off << '\n';
  for (const RuleCount& count : counts_by_rule(report)) {
    out << "  " << sentence_of(count.counts) << ": ";
    if (count.rule)
      out << count.rule->title << " [" << count.rule->id << "]. " << count.rule->advice;
    else
      out << (count.id.empty() ? std::string("ohne Regel") : printable(count.id));
    out << '\n';
  }
}

void write_report_json(std::ostream& out, const SourceReport& report) {
  static constexpr std::string_view verdicts[] = {"good", "warnings", "errors"};
  const int status = exit_status(report);
  JsonOut json(out);
  const auto findings = [&](std::size_t warnings, std::size_t refused, std::size_t broken) {
    json.field("warnings", std::uint64_t{warnings});
    json.field("refused", std::uint64_t{refused});
    json.field("broken", std::uint64_t{broken});
  };
  json.object([&] {
    json.field("source", report.source);
    json.field("name", report.name);
    json.field("verdict", verdicts[status]);
    json.field("exitStatus", static_cast<std::uint64_t>(status));
    json.field("summary", verdict(report));
    json.key("objects");
    json.object([&] {
      json.field("texts", std::uint64_t{report.texts});
      json.field("onlineServices", std::uint64_t{report.online_services});
      json.field("offices", std::uint64_t{report.offices});
      json.field("responsibilities", std::uint64_t{report.responsibilities});
      json.field("deletions", std::uint64_t{report.deletions});
    });
    json.key("findings");
    json.object([&] { findings(report.warnings, report.refused, report.broken); });
    json.array("rules", counts_by_rule(report), [&](const RuleCount& count) {
      json.object([&] {
        json.field("id", count.id);
        json.known("title", count.rule ? count.rule->title : std::string_view());
        json.known("advice", count.rule ? count.rule->advice : std::string_view());
        findings(count.counts[index_of(Severity::warning)], count.counts[index_of(Severity::refused)],
                 count.counts[index_of(Severity::broken)]);
      });
    });
    json.key("problems");
    json.list([&] {
      for (const Words& words : severities)
        for (const Problem* problem : kept_of(report, words.severity))
          json.object([&] {
            json.field("severity", words.id);
            json.known("rule", problem->rule);
            json.known("file", problem->file);
            json.key("line");
            problem->line > 0 ? json.value(std::uint64_t{problem->line}) : json.null();
            json.known("object", problem->object);
            json.field("message", problem->message);
          });
    });
    json.field("problemsLeftOut",
               std::uint64_t{report.warnings + report.refused + report.broken - report.problems.size()});
  });
}

void write_report_html(std::ostream& out, const SourceReport& report) {
  using kainjow::mustache::data;
  static constexpr std::string_view marks[] = {"good", "warnings", "errors"};
  static constexpr std::string_view results[] = {"In Ordnung", "Hinweise", "Fehler"};
  const auto status = static_cast<std::size_t>(exit_status(report));
  const auto counts = counts_by_rule(report);
  const auto text = [](data& item, const std::string& name, std::string_view content) {
    if (!content.empty()) item.set(name, printable(content));
  };

  data page;
  page.set("name", name_of(report));
  text(page, "source", report.source);
  page.set("mark", std::string(marks[status]));
  page.set("result", std::string(results[status]));
  page.set("verdict", verdict(report));
  page.set("objects", objects_read(report));
  page.set("broken", grouped_digits(report.broken));
  page.set("refused", grouped_digits(report.refused));
  page.set("warnings", grouped_digits(report.warnings));

  data groups(data::type::list);
  for (const Words& words : severities) {
    const std::size_t total = total_of(report, words.severity);
    if (total == 0) continue;
    data group;
    group.set("id", std::string(words.id));
    group.set("heading", std::string(words.heading));
    group.set("meaning", std::string(words.meaning));
    group.set("count", grouped_digits(total));
    data rows(data::type::list);
    const auto kept = kept_of(report, words.severity);
    for (const Problem* problem : kept) {
      data row;
      text(row, "file", problem->file);
      if (problem->line > 0) row.set("line", std::to_string(problem->line));
      text(row, "object", problem->object);
      row.set("message", printable(problem->message));
      const auto found = std::find_if(counts.begin(), counts.end(),
                                      [&](const RuleCount& count) { return count.id == problem->rule; });
      if (found != counts.end() && !found->id.empty()) {
        text(row, "rule", problem->rule);
        row.set("rule_anchor", std::to_string(found - counts.begin()));
      }
      rows.push_back(row);
    }
    group.set("rows", rows);
    if (kept.size() < total) group.set("left_out", grouped_digits(total - kept.size()));
    groups.push_back(group);
  }
  page.set("groups", groups);

  data rule_rows(data::type::list);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    data row;
    row.set("rule_anchor", std::to_string(i));
    text(row, "rule", counts[i].id);
    row.set("title",
            std::string(counts[i].rule ? counts[i].rule->title : std::string_view("Ohne Beschreibung")));
    if (counts[i].rule) row.set("advice", std::string(counts[i].rule->advice));
    row.set("findings", sentence_of(counts[i].counts));
    rule_rows.push_back(row);
  }
  page.set("rules", rule_rows);
  page.set("has_findings", flag(!counts.empty()));

  kainjow::mustache::mustache body{std::string(report_file("report.html"))};
  out << body.render(page);
}

}  // namespace vsm
