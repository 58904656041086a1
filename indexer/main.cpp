// vsm-index: what editors and operators do with an index.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <map>

#include "indexer/build.h"
#include "indexer/progress.h"
#include "indexer/sample_feeds.h"
#include "query/rule_check.h"

#ifndef VSM_DATA_FOLDER
#define VSM_DATA_FOLDER "data"
#endif

namespace {

using namespace vsm;

std::string place_of(const Problem& problem) {
  std::string place = problem.file;
  if (problem.line > 0) place += ":" + std::to_string(problem.line);
  if (!problem.object.empty()) place += (place.empty() ? "" : " ") + problem.object;
  return place.empty() ? place : place + ": ";
}

constexpr std::size_t problems_shown = 20;

/// The worst first, then the rest is counted.
void print_problems(std::vector<const Problem*> problems, std::size_t count) {
  std::stable_sort(problems.begin(), problems.end(),
                   [](const Problem* a, const Problem* b) { return a->severity > b->severity; });
  for (std::size_t i = 0; i < std::min(problems_shown, problems.size()); ++i)
    std::cerr << place_of(*problems[i]) << problems[i]->message << '\n';
  if (count > problems_shown) std::cerr << "... und " << count - problems_shown << " weitere Hinweise\n";
}

std::vector<Source> find_all_sources(const std::vector<std::string>& paths) {
  std::vector<Source> sources;
  for (const std::string& path : paths) {
    const auto found = find_sources(path);
    sources.insert(sources.end(), found.begin(), found.end());
  }
  return sources;
}

int build(const std::string& index, const std::string& data, const std::string& synonyms,
          const std::string& dictionary, const std::vector<std::string>& paths, const IntakeOptions& options,
          bool quiet) {
  const auto start = std::chrono::steady_clock::now();
  const std::vector<Source> sources = find_all_sources(paths);
  const TableTexts tables = read_build_tables(data, dictionary, synonyms);
  BuildReport report;
  {
    Progress progress;
    report = build_index(
        index, tables, sources,
        [&](const BuildProgress& state) {
          if (!quiet) progress.show(state.source, state.sources, state.name);
        },
        options);
  }
  print_problems(report.all_problems(), report.problem_count());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto& summary = report.summary;
  std::cout << "Revision " << summary.revision << ": " << summary.texts << " Leistungstexte, "
            << summary.online_services << " Online-Dienste, " << summary.offices << " Stellen aus "
            << sources.size() + 1 << " Quellen in " << std::fixed << std::setprecision(1) << seconds
            << " s\n";
  std::cout << "Wortregeln: " << report.word_rules << " gelesen\n"
            << "Wörterbuch wngerman: "
            << (report.has_dictionary
                    ? "gelesen\n"
                    : "nicht installiert; Wörter werden nur mit den Wörtern des Katalogs zerlegt\n");
  if (summary.unresolved > 0)
    std::cout << summary.unresolved << " Zuständigkeiten nennen etwas, das es nicht gibt.\n";
  if (summary.replayed > 0)
    std::cout << summary.replayed << " Änderungen, die in der Zwischenzeit kamen, wurden übernommen.\n";
  if (report.broken_sources > 0) {
    std::cout << report.broken_sources << " Quellen ließen sich nicht ganz übernehmen.\n";
    return 1;
  }
  return 0;
}

int update(const std::string& index, const std::vector<std::string>& paths,
           const std::vector<std::string>& only, const IntakeOptions& options, int wait, bool quiet) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<Source> sources = find_all_sources(paths);
  if (!only.empty()) {
    for (const std::string& id : only)
      if (std::none_of(sources.begin(), sources.end(), [&](const Source& s) { return s.id == id; }))
        throw std::runtime_error("Eine Quelle „" + id + "“ gibt es nicht.");
    std::erase_if(sources, [&](const Source& source) {
      return std::find(only.begin(), only.end(), source.id) == only.end();
    });
  }
  BuildReport report;
  {
    Progress progress;
    report =
        update_index(index, sources, options, std::chrono::seconds(wait), [&](const BuildProgress& state) {
          if (!quiet) progress.show(state.source, state.sources, state.name);
        });
  }
  print_problems(report.all_problems(), report.problem_count());
  std::size_t unchanged = 0, refused = 0;
  for (const SourceResult& result : report.sources) {
    const auto& changes = result.changes;
    unchanged += result.is_unchanged;
    refused += !result.refusal.empty();
    if (result.is_unchanged) continue;
    std::cout << result.report.source << ": ";
    if (!result.refusal.empty()) {
      std::cout << "nicht übernommen\n";
      continue;
    }
    std::cout << changes.added << " neu, " << changes.changed << " geändert, " << changes.deleted
              << " gelöscht, " << changes.unchanged << " gleich, " << result.report.refused
              << " in Quarantäne, " << result.report.warnings << " Hinweise\n";
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::cout << "Revision " << report.summary.revision << ": " << report.sources.size() << " Quellen, davon "
            << unchanged << " unverändert, in " << std::fixed << std::setprecision(1) << seconds << " s\n";
  return refused > 0 ? 1 : 0;
}

int status(const std::string& directory, bool all) {
  Index index(directory);
  const IndexReader reader = index.reader();
  const Snapshot& snapshot = reader.snapshot();
  const auto built = static_cast<std::time_t>(snapshot.built);
  const auto age = std::max<std::time_t>(0, std::time(nullptr) - built);
  std::cout << "Revision " << snapshot.revision << " vom "
            << std::put_time(std::localtime(&built), "%d.%m.%Y %H:%M") << " (vor "
            << (age < 3'600     ? age / 60
                : age < 172'800 ? age / 3'600
                                : age / 86'400)
            << (age < 3'600     ? " Minuten"
                : age < 172'800 ? " Stunden"
                                : " Tagen")
            << ")\n\n";
  struct Count {
    std::size_t sources = 0, texts = 0, online = 0, offices = 0, rejected = 0, sample = 0;
  };
  std::map<Level, Count> levels;
  const auto row = [](const std::string& name, const Count& c) {
    std::cout << std::left << std::setw(20) << name << std::right << std::setw(9) << c.sources
              << std::setw(10) << c.texts << std::setw(16) << c.online << std::setw(9) << c.offices
              << std::setw(12) << c.rejected << '\n';
  };
  for (const SourceInfo& source : snapshot.sources) {
    const auto area = snapshot.areas.find_id(source.area);
    Count& count = levels[area ? snapshot.areas[*area].level : Level::bund];
    ++count.sources;
    count.texts += source.texts;
    count.online += source.online_services;
    count.offices += source.offices;
    count.rejected += source.rejected;
    count.sample += source.sample;
  }
  std::cout << "Ebene                 Quellen     Texte  Online-Dienste   Stellen  abgewiesen\n";
  for (const auto& [level, count] : levels) row(std::string(level_name(level)), count);
  std::size_t samples = 0;
  for (const auto& [level, count] : levels) samples += count.sample;
  if (samples > 0) std::cout << "\n" << samples << " Quellen liefern Beispieldaten.\n";
  if (!all) return 0;
  std::cout << "\nQuelle\n";
  for (const SourceInfo& source : snapshot.sources)
    row(source.id, {1, source.texts, source.online_services, source.offices, source.rejected, 0});
  return 0;
}

int check_synonyms(const std::string& index, const std::string& folder,
                   const std::vector<std::string>& graded, bool hints) {
  const TableTexts lists = read_texts(folder.empty() ? VSM_DATA_FOLDER "/../synonyms" : folder, "synonyms");
  std::size_t errors = 0, shown = 0;
  for (const RuleFinding& finding : check_rules(index, lists, graded)) {
    const bool is_error =
        finding.kind == RuleFinding::Kind::unreadable || finding.kind == RuleFinding::Kind::loop;
    errors += is_error;
    if (!is_error && finding.kind == RuleFinding::Kind::duplicate && !hints) continue;
    ++shown;
    std::cout << finding.rule << ": " << finding.message << '\n';
  }
  std::cout << lists.size() << " Listen geprüft, " << shown << " Hinweise, davon " << errors << " Fehler.\n";
  return errors > 0 ? 1 : 0;
}

int sample(const SampleRequest& request) {
  const SampleSummary summary = write_sample_feeds(request);
  std::cout << summary.sources << " Quellen (" << summary.municipalities << " Kommunen) mit " << summary.texts
            << " Leistungstexten, " << summary.online_services << " Online-Diensten, " << summary.offices
            << " Stellen: alles Beispieldaten\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Baut und prüft einen vsm-Index."};
  app.require_subcommand(1);
  std::string index, data = VSM_DATA_FOLDER, synonyms, dictionary = default_dictionary;
  std::vector<std::string> sources;
  std::vector<std::string> only;
  bool quiet = false, all = false;
  int wait = 60;
  IntakeOptions options;
  SampleRequest request;

  auto* build_command = app.add_subcommand("build", "Liest alle Quellen und baut den Index neu");
  build_command->add_option("--index", index, "Ordner des Index")->required();
  build_command->add_option("--source", sources,
                            "sources.tsv, Ordner mit XZuFi-Dateien oder eine XZuFi-Datei");
  build_command->add_option("--data", data, "Ordner mit Gebieten, Themen und Katalog")->capture_default_str();
  build_command->add_option("--synonyms", synonyms,
                            "Ordner mit den Wortlisten; sonst synonyms neben dem Ordner von --data");
  build_command
      ->add_option("--dictionary", dictionary,
                   "deutsches Wörterbuch, ein Wort je Zeile; ohne die Datei nur die Wörter des Katalogs")
      ->capture_default_str();
  build_command->add_flag("--quiet", quiet, "ohne Fortschritt");
  build_command->add_flag("--force", options.force, "nimmt auch Lieferungen, die sehr viel löschen");

  auto* update_command =
      app.add_subcommand("update", "Übernimmt, was sich in den Quellen geändert hat, in den Index");
  update_command->add_option("--index", index, "Ordner des Index")->required();
  update_command->add_option("--source", sources, "wie bei build")->required();
  update_command->add_option("--only", only, "nur diese Quellen, nach ihrer id")->delimiter(',');
  update_command->add_flag("--force", options.force, "nimmt auch Lieferungen, die sehr viel löschen");
  update_command->add_flag("--again", options.read_again,
                           "liest auch Dateien, die sich nicht geändert haben");
  update_command
      ->add_option("--wait", wait,
                   "so viele Sekunden auf eine andere Aktualisierung warten, die gerade läuft")
      ->capture_default_str();
  update_command->add_flag("--quiet", quiet, "ohne Fortschritt");

  auto* status_command = app.add_subcommand("status", "Sagt, was im Index steht");
  status_command->add_option("--index", index, "Ordner des Index")->required();
  status_command->add_flag("--all", all, "jede Quelle einzeln");

  auto* sample_command = app.add_subcommand("sample", "Schreibt Beispieldaten als XZuFi-Dateien");
  sample_command->add_option("--out", request.output, "Ordner für die Dateien")->required();
  sample_command->add_option("--seed", request.seed, "gleiche Zahl, gleiche Daten")->capture_default_str();
  sample_command->add_option("--ars", request.areas, "Regionalschlüssel: Kommunen, Kreise oder Länder")
      ->delimiter(',')
      ->capture_default_str();
  sample_command->add_option("--data", data, "Ordner mit Gebieten, Themen und Katalog")
      ->capture_default_str();

  std::vector<std::string> graded;
  bool hints = false;
  auto* synonyms_command = app.add_subcommand("synonyms", "Wortlisten");
  synonyms_command->require_subcommand(1);
  auto* check_command =
      synonyms_command->add_subcommand("check", "Prüft die Wortlisten vor dem nächsten Bau");
  check_command->add_option("--index", index, "Ordner des Index, dessen Wörter gelten")->required();
  check_command->add_option("--synonyms", synonyms, "Ordner mit den Wortlisten; sonst die des Projekts");
  check_command->add_option("--graded", graded,
                            "bewertete Anfragen, an denen sich zeigt, ob ein Eintrag schadet");
  check_command->add_flag("--duplicates", hints, "nennt auch, was doppelt steht");
  CLI11_PARSE(app, argc, argv);

  try {
    if (*build_command) return build(index, data, synonyms, dictionary, sources, options, quiet);
    if (*update_command) return update(index, sources, only, options, wait, quiet);
    if (*status_command) return status(index, all);
    if (*check_command) return check_synonyms(index, synonyms, graded, hints);
    request.data_folder = data;
    return sample(request);
  } catch (const std::exception& error) {
    std::cerr << "vsm-index: " << error.what() << '\n';
    return 1;
  }
}
