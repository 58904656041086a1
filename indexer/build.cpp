#include "indexer/build.h"

#include <filesystem>
#include <map>

#include "indexer/kinship.h"
#include "indexer/list_reader.h"
#include "indexer/plain_text.h"
#include "indexer/side_table.h"
#include "indexer/text_terms.h"
#include "indexer/xzufi_reader.h"
#include "language/analyzer.h"
#include "language/fold.h"
#include "language/model.h"

namespace vsm {
namespace {

bool has_dictionary(const TableTexts& tables) {
  const auto words = tables.find(language::vocabulary_table);
  return words != tables.end() && language::Vocabulary(words->second).has_dictionary();
}

class Build {
 public:
  Build(const std::string& directory, const TableTexts& tables, const std::vector<Source>& sources,
        const std::function<void(const BuildProgress&)>& on_progress)
      : model_(tables),
        writer_(directory, tables, language::chain_version),
        analyzer_(&model_.splitter()),
        terms_(analyzer_, model_.rules()),
        kinship_(model_.rules()),
        sources_(sources),
        on_progress_(on_progress) {
    report_.word_rules = model_.rules().rules().size();
    report_.has_dictionary = has_dictionary(tables);
    for (const std::string& complaint : model_.rules().complaints())
      complain({"", 0, {}, complaint, "wortliste"});
    sink_.change = [this](Change object, const Problem& place) {
      place_ = &place;
      std::visit([this](auto& published) { take(std::move(published)); }, object);
      ++progress_.objects;
      if (progress_.objects % 256 == 0) on_progress_(progress_);
    };
    sink_.problem = [this](Problem problem) { complain(std::move(problem)); };
  }

  BuildReport run() {
    progress_.sources = sources_.size() + 1;
    add_catalogue();
    for (const Source& source : sources_) {
      ++progress_.source;
      progress_.name = source.name;
      on_progress_(progress_);
      add_source(source);
    }
    progress_.source = progress_.sources;
    progress_.name.clear();
    on_progress_(progress_);
    writer_.put_table(language::words_table, words_.text());
    report_.summary = writer_.finish();
    return std::move(report_);
  }

 private:
  void complain(Problem problem) {
    if (problem.severity == Severity::refused) writer_.count_rejected();
    ++report_.problem_count;
    if (report_.problems.size() < 1'000) report_.problems.push_back(std::move(problem));
  }

  void refuse(const char* reason) {
    Problem problem = *place_;
    problem.message = reason;
    problem.severity = Severity::refused;
    complain(std::move(problem));
  }

  /// The catalogue itself as texts of the outermost level: name, our own title, teaser and everyday words.
  void add_catalogue() {
    progress_.name = "Leistungskatalog";
    on_progress_(progress_);
    const std::string area = writer_.areas()[writer_.areas().katalog()].id();
    writer_.begin_source({"katalog", "Leistungskatalog", area, "catalogue", false, 0, 0, 0, 0});
    for (const CatalogueEntry& entry : writer_.catalogue().entries()) {
      if (entry.heading) continue;
      ServiceText text;
      text.id = {"katalog", entry.key.text()};
      text.keys = {entry.key};
      text.areas = {area};
      text.title = entry.title;
      text.official_title = entry.official_name;
      text.teaser = entry.teaser;
      text.words = entry.words;
      const auto terms = terms_.of(entry, writer_.catalogue());
      kinship_.add(entry.key, terms);
      count_words(entry.official_name);
      count_words(entry.friendly_name);
      for (const auto* list : {&entry.object_words, &entry.group_words})
        for (const std::string& word : *list) count_words(word);
      count_words(text);
      writer_.put(std::move(text), terms);
      ++progress_.objects;
    }
  }

  void add_source(const Source& source) {
    source_ = &source;
    side_ = SideTable();
    writer_.begin_source({source.id, source.name, source.area, source.format, source.sample, 0, 0, 0, 0});
    try {
      if (!writer_.areas().find_id(source.area))
        throw TableError("the area " + source.area + " is not known");
      if (!source.side.empty()) side_ = SideTable(source.side);
      bool whole = true;
      if (source.format == "list") {
        whole = read_list(source.path, sink_);
      } else if (std::filesystem::is_directory(source.path)) {
        std::vector<std::filesystem::path> files(std::filesystem::directory_iterator(source.path), {});
        std::sort(files.begin(), files.end());
        for (const auto& file : files)
          if (file.extension() == ".xml") whole &= read_xzufi(file.string(), writer_.areas(), sink_);
      } else {
        whole = read_xzufi(source.path, writer_.areas(), sink_);
      }
      if (!whole) ++report_.broken_sources;
    } catch (const TableError& error) {
      ++report_.broken_sources;
      complain({source.path, 0, source.id, std::string("Die Quelle lässt sich nicht lesen: ") + error.what(),
                "datei", Severity::broken});
    } catch (const std::filesystem::filesystem_error& error) {
      ++report_.broken_sources;
      complain({source.path, 0, source.id, std::string("Die Quelle lässt sich nicht lesen: ") + error.what(),
                "datei", Severity::broken});
    }
  }

  void count_words(std::string_view text) {
    words_.add_text(text);
    words_.add_joined(text);
  }
  void count_words(const ServiceText& text) {
    for (const std::string* part : {&text.title, &text.official_title, &text.teaser}) count_words(*part);
    for (const std::string& word : text.words) count_words(word);
    for (const TextModule& module : text.modules) count_words(module.text);
  }

  /// A text that has nothing but the catalogue's official name takes our citizen-friendly title.
  void use_friendly_title(ServiceText& text) const {
    if (text.keys.size() != 1 || text.title != text.official_title) return;
    const CatalogueEntry* entry = writer_.catalogue().find(text.keys.front());
    if (entry && language::fold_name(entry->official_name) == language::fold_name(text.title))
      text.title = entry->title;
  }

  void take(ServiceText text) {
    if (text.id.id.empty()) return refuse("Der Leistung fehlt die id.");
    if (text.title.empty()) return refuse("Der Leistung fehlt die Bezeichnung (Textmodul 02 oder 03).");
    text.sample = source_->sample;
    use_friendly_title(text);
    auto terms = terms_.of(text);
    if (text.keys.empty()) {
      text.keys.push_back(ServiceKey::local(language::fold_name(text.title)));
      text.kin = kinship_.inherit(analyzer_.words(text.title), terms);
    }
    count_words(text);
    if (!writer_.put(std::move(text), terms))
      refuse("Eine Leistung mit dieser id gab es schon; die erste gilt.");
  }

  void take(OnlineService service) {
    if (service.id.id.empty()) return refuse("Dem Onlinedienst fehlt die id.");
    if (!service.url.empty() && !is_web_address(service.url))
      return refuse("Der Link ist keine Adresse, die mit http:// oder https:// beginnt.");
    service.sample = source_->sample;
    service.provider = source_->name;
    side_.complete(service);
    if (!writer_.put(std::move(service)))
      refuse("Einen Onlinedienst mit dieser id gab es schon; der erste gilt.");
  }

  void take(Office office) {
    if (office.id.id.empty()) return refuse("Der Organisationseinheit fehlt die id.");
    if (office.name.empty()) return refuse("Der Organisationseinheit fehlt der Name.");
    office.sample = source_->sample;
    if (!office.url.empty() && !is_web_address(office.url)) office.url.clear();
    if (!writer_.put(std::move(office)))
      refuse("Eine Organisationseinheit mit dieser id gab es schon; die erste gilt.");
  }

  void take(Deletion) {}
  void take(Responsibility responsibility) { writer_.put(std::move(responsibility)); }

  language::Model model_;
  IndexWriter writer_;
  language::Analyzer analyzer_;
  TextTerms terms_;
  Kinship kinship_;
  language::VocabularyBuilder words_;
  const std::vector<Source>& sources_;
  const std::function<void(const BuildProgress&)>& on_progress_;
  BuildProgress progress_;
  BuildReport report_;
  ChangeSink sink_;
  const Source* source_ = nullptr;
  const Problem* place_ = nullptr;
  SideTable side_;
};

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

BuildReport build_index(const std::string& directory, const TableTexts& tables,
                        const std::vector<Source>& sources,
                        const std::function<void(const BuildProgress&)>& on_progress) {
  return Build(directory, tables, sources, on_progress).run();
}

}  // namespace vsm
