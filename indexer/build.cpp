#include "indexer/build.h"

#include <filesystem>
#include <memory>

#include "indexer/delivery.h"
#include "indexer/text_analysis.h"
#include "language/analyzer.h"
#include "language/model.h"

namespace vsm {
namespace {

bool has_dictionary(const TableTexts& tables) {
  const auto words = tables.find(language::vocabulary_table);
  return words != tables.end() && language::Vocabulary(words->second).has_dictionary();
}

/// The catalogue itself as texts of the outermost level: name, our own title, teaser and everyday words.
void add_catalogue(IndexWriter& writer) {
  const std::string area = writer.areas()[writer.areas().katalog()].id();
  SourceInfo info;
  info.id = catalogue_source;
  info.name = "Leistungskatalog";
  info.area = area;
  info.format = "catalogue";
  writer.begin_source(info);
  writer.begin_delivery(true, 0);
  for (const CatalogueEntry& entry : writer.catalogue().entries()) {
    if (entry.heading) continue;
    ServiceText text;
    text.id = {catalogue_source, entry.key.text()};
    text.keys = {entry.key};
    text.areas = {area};
    text.title = entry.title;
    text.official_title = entry.official_name;
    text.teaser = entry.teaser;
    text.words = entry.words;
    writer.put(std::move(text));
  }
  writer.end_delivery();
}

/// Hands each source to `take` and tells the progress by the size of their files.
template <class Take>
void take_all(const std::vector<Source>& sources, BuildProgress& progress,
              const std::function<void(const BuildProgress&)>& on_progress, BuildReport& report, Take take) {
  std::vector<std::size_t> sizes;
  for (const Source& source : sources) {
    try {
      sizes.push_back(Delivery(source).bytes());
    } catch (const std::exception&) {  // told when it is read
      sizes.push_back(0);
    }
    progress.all_bytes += sizes.back();
  }
  progress.sources = sources.size();
  for (std::size_t i = 0; i < sources.size(); ++i) {
    progress.name = sources[i].name;
    progress.state = {};
    on_progress(progress);
    report.sources.push_back(take(sources[i], [&](const IntakeState& state) {
      progress.state = state;
      on_progress(progress);
    }));
    report.broken_sources += !report.sources.back().refusal.empty();
    progress.state = {};
    progress.bytes += sizes[i];
    ++progress.source;
  }
  progress.name.clear();
  on_progress(progress);
}

}  // namespace

TableTexts read_build_tables(const std::string& data_folder, const std::string& dictionary,
                             const std::string& synonyms) {
  TableTexts tables = read_tables(data_folder);
  const Catalogue catalogue(tables);
  language::VocabularyBuilder vocabulary;
  for (const CatalogueEntry& entry : catalogue.entries()) {
    for (const std::string* text : {&entry.official_name, &entry.friendly_name, &entry.title, &entry.teaser})
      vocabulary.add_text(*text);
    for (const auto* list : {&entry.words, &entry.object_words, &entry.group_words})
      for (const std::string& word : *list) vocabulary.add_text(word);
  }
  vocabulary.add_dictionary(dictionary);
  tables.emplace(language::vocabulary_table, vocabulary.text());
  const std::string beside =
      (std::filesystem::path(data_folder) / ".." / "synonyms").lexically_normal().string();
  tables.merge(read_texts(synonyms.empty() ? beside : synonyms, "synonyms"));
  return tables;
}

std::vector<const Problem*> BuildReport::all_problems() const {
  std::vector<const Problem*> all;
  for (const Problem& problem : problems) all.push_back(&problem);
  for (const SourceResult& source : sources)
    for (const Problem& problem : source.report.problems) all.push_back(&problem);
  return all;
}

std::size_t BuildReport::problem_count() const {
  std::size_t count = problems.size();
  for (const SourceResult& source : sources)
    count += source.report.warnings + source.report.refused + source.report.broken;
  return count;
}

BuildReport build_index(const std::string& directory, const TableTexts& tables,
                        const std::vector<Source>& sources,
                        const std::function<void(const BuildProgress&)>& on_progress,
                        const IntakeOptions& options) {
  IndexWriter writer = IndexWriter::build(directory, tables, language::chain_version);
  TextAnalysis analysis(tables, writer.catalogue(), true);
  writer.analyse_with([&](ServiceText& text) { return analysis.complete(text); });
  BuildReport report;
  report.word_rules = analysis.model().rules().rules().size();
  report.has_dictionary = has_dictionary(tables);
  for (const std::string& complaint : analysis.model().rules().complaints())
    report.problems.push_back({"", 0, {}, complaint, "wortliste", Severity::warning});

  BuildProgress progress;
  progress.name = "Leistungskatalog";
  on_progress(progress);
  add_catalogue(writer);
  take_all(sources, progress, on_progress, report, [&](const Source& source, const IntakeProgress& read) {
    return take_into_build(writer, source, options, read);
  });
  writer.put_table(language::words_table, analysis.words());
  report.summary = writer.finish();
  return report;
}

BuildReport update_index(const std::string& directory, const std::vector<Source>& sources,
                         const IntakeOptions& options, std::chrono::milliseconds wait,
                         const std::function<void(const BuildProgress&)>& on_progress) {
  IndexWriter writer = IndexWriter::update(directory, wait);
  if (writer.chain_version() != language::chain_version)
    throw IndexError("the index was made with another analysis of words; build it again: vsm-index build");
  std::unique_ptr<TextAnalysis> analysis;
  writer.analyse_with([&](ServiceText& text) {
    if (!analysis)
      analysis = std::make_unique<TextAnalysis>(texts_need(writer.tables()), writer.catalogue(), false);
    return analysis->complete(text);
  });
  BuildReport report;
  BuildProgress progress;
  take_all(sources, progress, on_progress, report, [&](const Source& source, const IntakeProgress& read) {
    return take_update(writer, source, options, read);
  });
  writer.commit_states();
  report.summary.revision = writer.revision();
  return report;
}

}  // namespace vsm
