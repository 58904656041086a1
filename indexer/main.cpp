// vsm-index: what editors and operators do with an index.
#include <CLI/CLI.hpp>
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

int build(const std::string& index, const std::string& data, const std::string& synonyms,
          const std::vector<std::string>& paths, bool quiet) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<Source> sources;
  for (const std::string& path : paths) {
    const auto found = find_sources(path);
    sources.insert(sources.end(), found.begin(), found.end());
  }
  const TableTexts tables = read_build_tables(data, default_dictionary, synonyms);
  BuildReport report;
  {
    Progress progress;
    report = build_index(index, tables, sources, [&](const BuildProgress& state) {
      if (!quiet) progress.show(state.source, state.sources, state.name);
    });
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(20, report.problems.size()); ++i) {
    const Problem& problem = report.problems[i];
    std::string place = problem.file;
    if (problem.line > 0) place += ":" + std::to_string(problem.line);
    if (!problem.object.empty()) place += " " + problem.object;
    std::cerr << place << (place.empty() ? "" : ": ") << problem.message << '\n';
  }
  if (report.problem_count > 20)
    std::cerr << "... und " << report.problem_count - 20 << " weitere Hinweise\n";
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
  if (report.broken_sources > 0) {
    std::cout << report.broken_sources << " Quellen ließen sich nicht ganz lesen.\n";
    return 1;
  }
  return 0;
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
  std::string index, data = VSM_DATA_FOLDER, synonyms;
  std::vector<std::string> sources;
  bool quiet = false, all = false;
  SampleRequest request;

  auto* build_command = app.add_subcommand("build", "Liest alle Quellen und baut den Index neu");
  build_command->add_option("--index", index, "Ordner des Index")->required();
  build_command->add_option("--source", sources,
                            "sources.tsv, Ordner mit XZuFi-Dateien oder eine XZuFi-Datei");
  build_command->add_option("--data", data, "Ordner mit Gebieten, Themen und Katalog")->capture_default_str();
  build_command->add_option("--synonyms", synonyms,
                            "Ordner mit den Wortlisten; sonst synonyms neben dem Ordner von --data");
  build_command->add_flag("--quiet", quiet, "ohne Fortschritt");

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
    if (*build_command) return build(index, data, synonyms, sources, quiet);
    if (*status_command) return status(index, all);
    if (*check_command) return check_synonyms(index, synonyms, graded, hints);
    request.data_folder = data;
    return sample(request);
  } catch (const std::exception& error) {
    std::cerr << "vsm-index: " << error.what() << '\n';
    return 1;
  }
}
