// vsm-index: what editors and operators do with an index.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <map>
#include <thread>

#include "indexer/build.h"
#include "indexer/commands.h"
#include "indexer/sample_feeds.h"
#include "query/rule_check.h"

#ifndef VSM_DATA_FOLDER
#define VSM_DATA_FOLDER "data"
#endif

namespace {

using namespace vsm;

/// Searches go first: writing an index leaves them the processor.
void step_back() { static_cast<void>(::nice(10)); }

/// Runs a command that lasts until somebody stops it (SIGINT, SIGTERM).
template <class Command>
int until_stopped(Command command) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::stop_source stop;
  std::thread([signals, stop]() mutable {
    int which = 0;
    sigwait(&signals, &which);
    stop.request_stop();
    sigwait(&signals, &which);  // who asks twice does not want to wait
    std::_Exit(130);
  }).detach();
  return command(stop.get_token());
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
  CLI::App app{"Baut, aktualisiert und prüft einen vsm-Index."};
  app.require_subcommand(1);
  commands::Common common;
  IntakeOptions options;
  std::string data = VSM_DATA_FOLDER, synonyms, dictionary = default_dictionary;
  bool all = false, json = false, again = false, list = false;
  int wait = 60;

  const auto with_index = [&](CLI::App* command) {
    command->add_option("--index", common.index, "Ordner des Index")->required();
  };
  const auto with_sources = [&](CLI::App* command, bool required) {
    auto* option = command->add_option("--source", common.sources,
                                       "sources.tsv, Ordner mit XZuFi-Dateien oder eine XZuFi-Datei");
    if (required) option->required();
    command->add_option("--only", common.only, "nur diese Quellen, nach ihrer id")->delimiter(',');
    command->add_option("--copies", common.copies,
                        "Ordner für abgerufene Dateien; sonst copies neben sources.tsv");
    command->add_flag("--quiet", common.quiet, "ohne Fortschritt");
  };
  const auto with_contact = [&](CLI::App* command) {
    command->add_option("--contact", common.contact, "Ihre Adresse, die fremde Server beim Abruf sehen");
  };
  const auto with_wait = [&](CLI::App* command) {
    command
        ->add_option("--wait", wait,
                     "so viele Sekunden auf eine andere Aktualisierung warten, die gerade läuft")
        ->capture_default_str();
  };
  const auto with_data = [&](CLI::App* command) {
    command->add_option("--data", data, "Ordner mit Gebieten, Themen und Katalog")->capture_default_str();
  };
  const auto with_json = [&](CLI::App* command) { command->add_flag("--json", json, "als JSON"); };

  auto* build_command = app.add_subcommand("build", "Liest alle Quellen und baut den Index neu");
  with_index(build_command);
  with_sources(build_command, false);
  with_data(build_command);
  with_contact(build_command);
  build_command->add_option("--synonyms", synonyms,
                            "Ordner mit den Wortlisten; sonst synonyms neben dem Ordner von --data");
  build_command
      ->add_option("--dictionary", dictionary,
                   "deutsches Wörterbuch, ein Wort je Zeile; ohne die Datei nur die Wörter des Katalogs")
      ->capture_default_str();
  build_command->add_flag("--force", options.force, "nimmt auch Lieferungen, die sehr viel löschen");

  auto* update_command =
      app.add_subcommand("update", "Übernimmt, was sich in den Quellen geändert hat, in den Index");
  with_index(update_command);
  with_sources(update_command, true);
  with_contact(update_command);
  with_wait(update_command);
  update_command->add_flag("--force", options.force, "nimmt auch Lieferungen, die sehr viel löschen");
  update_command->add_flag("--again", options.read_again,
                           "liest auch Dateien, die sich nicht geändert haben");

  auto* watch_command = app.add_subcommand(
      "watch", "Ruft Quellen regelmäßig ab und aktualisiert den Index, bis Sie es beenden");
  with_index(watch_command);
  with_sources(watch_command, true);
  with_contact(watch_command);
  with_wait(watch_command);

  auto form = commands::Form::text;
  auto* validate_command = app.add_subcommand(
      "validate", "Prüft Lieferungen, ohne etwas zu schreiben (0 gut, 1 Hinweise, 2 Fehler)");
  validate_command->add_option("SOURCE", common.sources, "sources.tsv, Ordner oder XZuFi-Datei")->required();
  validate_command->add_option("--only", common.only, "nur diese Quellen, nach ihrer id")->delimiter(',');
  validate_command->add_option("--format", form, "text, json oder html")
      ->transform(CLI::CheckedTransformer(std::map<std::string, commands::Form>{
          {"text", commands::Form::text}, {"json", commands::Form::json}, {"html", commands::Form::html}}));
  with_data(validate_command);
  validate_command->add_flag("--quiet", common.quiet, "ohne Fortschritt");

  auto* sources_command = app.add_subcommand("sources", "Nennt alle Quellen und wie es um sie steht");
  with_index(sources_command);
  with_json(sources_command);

  auto* status_command = app.add_subcommand("status", "Sagt, was im Index steht");
  with_index(status_command);
  status_command->add_flag("--all", all, "jede Quelle einzeln");

  std::uint64_t from = 0, to = 0;
  auto* diff_command = app.add_subcommand("diff", "Sagt, was sich zwischen zwei Revisionen geändert hat");
  with_index(diff_command);
  diff_command->add_option("FROM", from, "nach dieser Revision; sonst der letzte Schritt");
  diff_command->add_option("TO", to, "bis zu dieser; sonst bis zur letzten");
  diff_command->add_flag("--all", all, "alles, nicht nur 20 Zeilen je Quelle");
  with_json(diff_command);

  auto* links_command =
      app.add_subcommand("check-links", "Prüft die Links der Online-Dienste, die fällig sind");
  with_index(links_command);
  with_contact(links_command);
  with_wait(links_command);
  links_command->add_flag("--list", list, "prüft nicht, nennt nur die defekten");
  links_command->add_flag("--again", again, "prüft alle, auch die, die nicht fällig sind");
  links_command->add_flag("--quiet", common.quiet, "ohne Fortschritt");

  std::string key_list;
  auto* catalogue_command = app.add_subcommand("catalogue", "Leistungskatalog");
  catalogue_command->require_subcommand(1);
  auto* release_command = catalogue_command->add_subcommand(
      "diff", "Sagt, was eine neue Liste der Leistungsschlüssel ändern würde und welche Texte das trifft");
  release_command->add_option("LIST", key_list, "neue Liste: key, official_name ...")->required();
  release_command->add_option("--index", common.index, "Ordner des Index, dessen Texte gemeint sind");
  with_data(release_command);
  release_command->add_flag("--all", all, "alle Texte, nicht nur fünf je Änderung");
  with_json(release_command);

  SampleRequest request;
  auto* sample_command = app.add_subcommand("sample", "Schreibt Beispieldaten als XZuFi-Dateien");
  sample_command->add_option("--out", request.output, "Ordner für die Dateien")->required();
  sample_command->add_option("--seed", request.seed, "gleiche Zahl, gleiche Daten")->capture_default_str();
  sample_command->add_option("--ars", request.areas, "Regionalschlüssel: Kommunen, Kreise oder Länder")
      ->delimiter(',')
      ->capture_default_str();
  with_data(sample_command);

  std::vector<std::string> graded;
  bool hints = false;
  auto* synonyms_command = app.add_subcommand("synonyms", "Wortlisten");
  synonyms_command->require_subcommand(1);
  auto* check_command =
      synonyms_command->add_subcommand("check", "Prüft die Wortlisten vor dem nächsten Bau");
  check_command->add_option("--index", common.index, "Ordner des Index, dessen Wörter gelten")->required();
  check_command->add_option("--synonyms", synonyms, "Ordner mit den Wortlisten; sonst die des Projekts");
  check_command->add_option("--graded", graded,
                            "bewertete Anfragen, an denen sich zeigt, ob ein Eintrag schadet");
  check_command->add_flag("--duplicates", hints, "nennt auch, was doppelt steht");
  CLI11_PARSE(app, argc, argv);

  common.wait = std::chrono::seconds(wait);
  try {
    if (*build_command || *update_command || *watch_command || *links_command) step_back();
    if (*build_command) return commands::build(common, {data, synonyms, dictionary}, options);
    if (*update_command) return commands::update(common, options);
    if (*watch_command)
      return until_stopped([&](std::stop_token stop) { return commands::watch(common, std::move(stop)); });
    if (*validate_command) return commands::validate(common, data, form);
    if (*sources_command) return commands::sources(common.index, json);
    if (*status_command) return commands::status(common.index, all);
    if (*diff_command) return commands::diff(common.index, from, to, all, json);
    if (*links_command)
      return until_stopped(
          [&](std::stop_token stop) { return commands::check_links(common, list, again, std::move(stop)); });
    if (*release_command) return commands::catalogue_diff(common.index, data, key_list, all, json);
    if (*check_command) return check_synonyms(common.index, synonyms, graded, hints);
    request.data_folder = data;
    return sample(request);
  } catch (const std::exception& error) {
    std::cerr << "vsm-index: " << error.what() << '\n';
    return 1;
  }
}
