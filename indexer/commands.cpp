#include "indexer/commands.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "indexer/build.h"
#include "indexer/catalogue_release.h"
#include "indexer/delivery.h"
#include "indexer/diff_report.h"
#include "indexer/harvest.h"
#include "indexer/json_out.h"
#include "indexer/key_list.h"
#include "indexer/link_check.h"
#include "indexer/progress.h"
#include "indexer/report.h"
#include "indexer/schedule.h"
#include "store/index_reader.h"

namespace vsm::commands {
namespace {

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

/// The sources that are meant. Throws where one of `only` is none.
std::vector<Source> chosen_sources(const Common& common) {
  std::vector<Source> sources;
  for (const std::string& path : common.sources) {
    const auto found = find_sources(path, common.copies);
    sources.insert(sources.end(), found.begin(), found.end());
  }
  std::set<std::string> ids;
  for (const Source& source : sources)
    if (!ids.insert(source.id).second)
      throw std::runtime_error("Es gibt zwei Quellen „" + source.id + "“; jede braucht eine id für sich.");
  for (const std::string& id : common.only)
    if (std::none_of(sources.begin(), sources.end(), [&](const Source& s) { return s.id == id; }))
      throw std::runtime_error("Eine Quelle „" + id + "“ gibt es nicht.");
  if (!common.only.empty())
    std::erase_if(sources, [&](const Source& source) {
      return std::find(common.only.begin(), common.only.end(), source.id) == common.only.end();
    });
  return sources;
}

HttpOptions http_options(const Common& common) {
  HttpOptions options;
  options.contact = common.contact;
  return options;
}

/// Fetches one source after the other over one client, which keeps tokens and connections.
Fetch fetch_with(HttpClient& client) {
  return [&client](const Source& source) -> std::string {
    const auto feed = feed_of(source);
    if (!feed) return {};
    const HarvestResult result = harvest(*feed, client);
    return result.outcome == HarvestResult::Outcome::failed ? result.message : std::string();
  };
}

using Clock = std::chrono::steady_clock;

std::string seconds_since(Clock::time_point start) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << std::chrono::duration<double>(Clock::now() - start).count()
       << " s";
  return text.str();
}

std::string clock_time() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  std::ostringstream text;
  text << std::put_time(&local, "%d.%m.%Y %H:%M:%S");
  return text.str();
}

/// "vor 5 Minuten"; "nie" for 0.
std::string age_of(std::int64_t moment) {
  if (moment == 0) return "nie";
  const std::int64_t age = std::max<std::int64_t>(0, std::time(nullptr) - moment);
  if (age < 60) return "gerade";
  if (age < 3'600) return "vor " + std::to_string(age / 60) + " Min.";
  if (age < 172'800) return "vor " + std::to_string(age / 3'600) + " Std.";
  return "vor " + std::to_string(age / 86'400) + " Tagen";
}

void print_result(const SourceResult& result) {
  std::cout << result.report.source << ": ";
  if (!result.refusal.empty()) {
    std::cout << "nicht übernommen. " << result.refusal << '\n';
    return;
  }
  const IndexWriter::Summary& changes = result.changes;
  std::cout << changes.added << " neu, " << changes.changed << " geändert, " << changes.deleted
            << " gelöscht, " << changes.unchanged << " gleich";
  if (changes.stale > 0) std::cout << ", " << changes.stale << " veraltet";
  if (result.report.refused > 0) std::cout << ", " << result.report.refused << " in Quarantäne";
  if (result.report.warnings > 0) std::cout << ", " << result.report.warnings << " Hinweise";
  std::cout << '\n';
}

/// Letters on a terminal, not bytes.
std::string padded(const std::string& text, std::size_t width) {
  const auto letters = static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  return letters < width ? text + std::string(width - letters, ' ') : text;
}

}  // namespace

int build(const Common& common, const Tables& folders, IntakeOptions options) {
  const auto start = Clock::now();
  const std::vector<Source> sources = chosen_sources(common);
  const TableTexts tables = read_build_tables(folders.data, folders.dictionary, folders.synonyms);
  HttpClient client(http_options(common));
  options.fetch = fetch_with(client);
  BuildReport report;
  {
    Progress progress;
    report = build_index(
        common.index, tables, sources,
        [&](const BuildProgress& state) {
          if (!common.quiet) progress.show(state.done(), state.total(), state.note());
        },
        options);
  }
  print_problems(report.all_problems(), report.problem_count());
  const auto& summary = report.summary;
  std::cout << "Revision " << summary.revision << ": " << summary.texts << " Leistungstexte, "
            << summary.online_services << " Online-Dienste, " << summary.offices << " Stellen aus "
            << sources.size() + 1 << " Quellen in " << seconds_since(start) << '\n';
  std::cout << "Wortregeln: " << report.word_rules << " gelesen\n"
            << "Wörterbuch wngerman: "
            << (report.has_dictionary
                    ? "gelesen\n"
                    : "nicht installiert; Wörter werden nur mit den Wörtern des Katalogs zerlegt\n");
  if (summary.unresolved > 0)
    std::cout << summary.unresolved << " Zuständigkeiten nennen etwas, das es nicht gibt.\n";
  if (summary.replayed > 0)
    std::cout << summary.replayed << " Änderungen, die in der Zwischenzeit kamen, wurden übernommen.\n";
  for (const SourceResult& result : report.sources)
    if (!result.refusal.empty()) std::cout << result.report.source << ": " << result.refusal << '\n';
  if (report.broken_sources > 0) {
    std::cout << report.broken_sources << " Quellen ließen sich nicht ganz übernehmen.\n";
    return 1;
  }
  return 0;
}

int update(const Common& common, IntakeOptions options) {
  const auto start = Clock::now();
  const std::vector<Source> sources = chosen_sources(common);
  HttpClient client(http_options(common));
  options.fetch = fetch_with(client);
  BuildReport report;
  {
    Progress progress;
    report = update_index(common.index, sources, options, common.wait, [&](const BuildProgress& state) {
      if (!common.quiet) progress.show(state.done(), state.total(), state.note());
    });
  }
  print_problems(report.all_problems(), report.problem_count());
  std::size_t unchanged = 0;
  for (const SourceResult& result : report.sources) {
    unchanged += result.is_unchanged;
    if (!result.is_unchanged) print_result(result);
  }
  std::cout << "Revision " << report.summary.revision << ": " << report.sources.size() << " Quellen, davon "
            << unchanged << " unverändert, in " << seconds_since(start) << '\n';
  return report.broken_sources > 0 ? 1 : 0;
}

namespace {

/// Fetches sources with an address at their times, looks at the files of the others every few seconds, and
/// updates what changed.
class Watch {
 public:
  Watch(const Common& common, std::stop_token stop) : common_(common), stop_(std::move(stop)) {
    schedule_file_ = common.index + "/watch.tsv";
    read_sources();
    std::ifstream in(schedule_file_);
    schedule_.read(std::string(std::istreambuf_iterator<char>(in), {}), std::time(nullptr));
  }

  int run() {
    std::cout << clock_time() << " " << sources_.size() << " Quellen werden beobachtet.\n" << std::flush;
    const std::stop_callback wake(stop_, [this] { changed_.notify_all(); });
    while (!stop_.stop_requested()) {
      start_fetches();
      look_at_folders();
      take_in();
      std::unique_lock hold(mutex_);
      changed_.wait_for(hold, look_interval, [this] { return stop_.stop_requested() || !fetched_.empty(); });
    }
    fetches_.clear();  // joins them; a fetch that is cut short leaves the copy as it was
    save();
    return 0;
  }

 private:
  static constexpr std::chrono::seconds look_interval{2};

  void read_sources() {
    for (Source& source : chosen_sources(common_)) {
      if (!source.address.empty()) schedule_.add(source.id, host_of(source.address), source.interval.count());
      sources_.emplace(source.id, std::move(source));
    }
  }

  void start_fetches() {
    const std::int64_t now = std::time(nullptr);
    for (const std::string& id : schedule_.due(now)) {
      schedule_.started(id, now);
      fetches_[id] = std::jthread([this, &source = sources_.at(id)] {
        HttpOptions options = http_options(common_);
        options.stop = stop_;
        HttpClient client(options);
        HarvestResult result = harvest(*feed_of(source), client);
        const std::lock_guard hold(mutex_);
        fetched_[source.id] = std::move(result);
        changed_.notify_all();
      });
    }
  }

  void look_at_folders() {
    for (const auto& [id, source] : sources_) {
      if (!source.address.empty()) continue;
      std::string seen;
      try {
        seen = Delivery(source).glance();
      } catch (const std::exception& error) {
        seen = error.what();
      }
      std::string& before = glances_[id];
      if (seen == before) continue;
      before = std::move(seen);
      pending_.insert(id);
    }
  }

  void take_in() {
    std::map<std::string, HarvestResult> fetched;
    {
      const std::lock_guard hold(mutex_);
      fetched.swap(fetched_);
    }
    std::vector<Source> changed;
    for (const auto& [id, result] : fetched) changed.push_back(sources_.at(id));
    for (const std::string& id : pending_) changed.push_back(sources_.at(id));
    if (changed.empty()) return;
    IntakeOptions options;
    options.fetch = [&](const Source& source) {
      const auto result = fetched.find(source.id);
      const bool failed = result != fetched.end() && result->second.outcome == HarvestResult::Outcome::failed;
      return failed ? result->second.message : std::string();
    };
    std::set<std::string> refused;
    bool taken = true;
    try {
      const BuildReport report =
          update_index(common_.index, changed, options, common_.wait, [](const BuildProgress&) {});
      for (const SourceResult& result : report.sources) {
        if (!result.refusal.empty()) refused.insert(result.report.source);
        if (result.is_unchanged) continue;
        std::cout << clock_time() << " ";
        print_result(result);
      }
      pending_.clear();
    } catch (const IndexError& error) {  // another program is writing, perhaps: once more in a while
      std::cerr << clock_time() << " " << error.what() << '\n';
      taken = false;
    }
    const std::int64_t now = std::time(nullptr);
    for (const auto& [id, result] : fetched)
      schedule_.ended(id, now, taken && !refused.contains(id), result.retry_after);
    if (!fetched.empty()) save();
    std::cout << std::flush;
  }

  void save() const {
    const std::string fresh = schedule_file_ + ".new";
    std::ofstream(fresh, std::ios::trunc) << schedule_.text();
    std::error_code ignored;
    std::filesystem::rename(fresh, schedule_file_, ignored);
  }

  const Common& common_;
  std::stop_token stop_;
  std::string schedule_file_;
  std::map<std::string, Source> sources_;
  Schedule schedule_;
  std::map<std::string, std::string> glances_;
  std::set<std::string> pending_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, HarvestResult> fetched_;  // under the mutex
  std::map<std::string, std::jthread> fetches_;   // last, so that they end before what they use
};

}  // namespace

int watch(const Common& common, std::stop_token stop) { return Watch(common, std::move(stop)).run(); }

int validate(const Common& common, const std::string& data, Form form) {
  const TableTexts tables = read_tables(data);
  const AreaTable areas(tables);
  const Catalogue catalogue(tables);
  int worst = 0;
  for (const Source& source : chosen_sources(common)) {
    SourceReport report;
    {
      Progress progress;
      report = vsm::validate(source, areas, catalogue, [&](const IntakeState& state) {
        if (!common.quiet) progress.show(state.bytes, state.all_bytes, state.note(source.name));
      });
    }
    worst = std::max(worst, exit_status(report));
    if (form == Form::text)
      write_report_text(std::cout, report, isatty(STDOUT_FILENO) != 0);
    else if (form == Form::json)
      write_report_json(std::cout, report);
    else
      write_report_html(std::cout, report);
  }
  return worst;
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

int sources(const std::string& directory, bool json) {
  Index index(directory);
  const IndexReader reader = index.reader();
  const Snapshot& snapshot = reader.snapshot();
  const auto state_of = [](const SourceInfo& source) {
    return !source.error.empty() ? "Fehler" : source.rejected > 0 ? "Quarantäne" : "gut";
  };
  if (json) {
    JsonOut out(std::cout);
    out.list([&] {
      for (const SourceInfo& source : snapshot.sources) {
        out.object([&] {
          out.field("id", source.id);
          out.field("name", source.name);
          out.field("area", source.area);
          out.field("format", source.format);
          out.field("state", !source.error.empty() ? "error" : source.rejected > 0 ? "quarantine" : "good");
          out.known("error", source.error);
          out.field("read", static_cast<std::uint64_t>(source.read));
          out.field("tried", static_cast<std::uint64_t>(source.tried));
          out.field("texts", std::uint64_t{source.texts});
          out.field("onlineServices", std::uint64_t{source.online_services});
          out.field("offices", std::uint64_t{source.offices});
          out.field("responsibilities", std::uint64_t{source.responsibilities});
          out.field("refused", std::uint64_t{source.rejected});
          out.field("warnings", std::uint64_t{source.warnings});
        });
      }
    });
    return 0;
  }
  std::vector<const SourceInfo*> sorted;
  for (const SourceInfo& source : snapshot.sources) sorted.push_back(&source);
  // What needs somebody comes first.
  std::stable_sort(sorted.begin(), sorted.end(), [](const SourceInfo* a, const SourceInfo* b) {
    return std::tuple(a->error.empty(), a->rejected == 0) < std::tuple(b->error.empty(), b->rejected == 0);
  });
  std::size_t width = 10;
  for (const SourceInfo* source : sorted) width = std::max(width, source->id.size());
  width = std::min<std::size_t>(width, 44);
  std::cout << padded("Quelle", width)
            << "  Zustand     gelesen         Texte  Online  Stellen  Quarantäne\n";
  for (const SourceInfo* source : sorted) {
    std::cout << padded(source->id, width) << "  " << padded(state_of(*source), 10) << "  "
              << padded(age_of(source->read), 13) << std::right << std::setw(8) << source->texts
              << std::setw(8) << source->online_services << std::setw(9) << source->offices << std::setw(12)
              << source->rejected << '\n';
    if (!source->error.empty()) std::cout << "    " << source->error << '\n';
    std::istringstream quarantine(reader.note("quarantine/" + source->id));
    std::size_t shown = 0;
    for (std::string line; shown < 3 && std::getline(quarantine, line); ++shown) {
      const auto cells = split(line, '\t');
      if (cells.size() >= 3) std::cout << "    " << cells[2] << ": " << cells.back() << '\n';
    }
  }
  return 0;
}

int diff(const std::string& directory, std::uint64_t from, std::uint64_t to, bool all, bool json) {
  Index index(directory);
  const IndexReader reader = index.reader();
  const std::vector<CommitInfo> commits = reader.commits();
  if (to == 0) to = reader.snapshot().revision;
  if (from == 0 && to > 0) from = to - 1;
  // Of an object that changed several times the first state counts against the last.
  struct Net {
    std::uint64_t before = 0, after = 0;
    ObjectChange change;
  };
  std::map<std::tuple<std::string, ObjectKind, std::string>, Net> nets;
  for (const CommitInfo& commit : commits) {
    if (commit.revision <= from || commit.revision > to) continue;
    for (JournalEntry& entry : reader.journal(commit.revision)) {
      const auto [known, is_new] = nets.emplace(std::tuple(entry.source, entry.kind, entry.id), Net());
      Net& net = known->second;
      if (is_new) net.before = entry.before;
      net.after = entry.after;
      net.change = {entry.kind, entry.id, entry.source, entry.title, {}, commit.revision, commit.time};
    }
  }
  std::vector<ObjectChange> changes;
  for (auto& [key, net] : nets) {
    if (net.before == net.after) continue;
    net.change.what = net.before == 0  ? ObjectChange::What::added
                      : net.after == 0 ? ObjectChange::What::deleted
                                       : ObjectChange::What::changed;
    changes.push_back(std::move(net.change));
  }
  if (json) {
    write_diff_json(std::cout, changes);
    return 0;
  }
  std::cout << "Von Revision " << from << " bis " << to << ":\n";
  if (!commits.empty() && commits.front().revision > from + 1)
    std::cout << "Weiter zurück als bis Revision " << commits.front().revision - 1
              << " reicht das Änderungsbuch nicht.\n";
  write_diff_text(std::cout, changes, all ? 0 : 20);
  return 0;
}

namespace {

/// Online services with a broken link, with the areas in whose sheets they stand.
void print_broken(const IndexReader& reader, const std::map<std::string, LinkState>& states) {
  struct Place {
    std::string title, source, area;
    std::size_t more = 0;
  };
  std::map<std::pair<std::string, std::string>, Place> broken;  // by address and id
  const AreaTable& areas = reader.snapshot().areas;
  for (AreaIndex area = 0; area < areas.size(); ++area) {
    for (const OnlineService& service : reader.sheet(area).online_services) {
      if (!service.broken) continue;
      const auto [entry, is_new] = broken.emplace(std::pair(service.url, service.id.text()), Place());
      if (is_new)
        entry->second = {service.title, service.source, areas[area].short_name, 0};
      else
        ++entry->second.more;
    }
  }
  std::string last;
  for (const auto& [key, place] : broken) {
    if (key.first != last) {
      last = key.first;
      const auto state = states.find(last);
      std::cout << '\n' << last << '\n';
      if (state != states.end())
        std::cout << "  " << state->second.error << " Zuletzt erreichbar: " << age_of(state->second.last_good)
                  << ", geprüft: " << age_of(state->second.checked) << ".\n";
    }
    std::cout << "  " << place.title << " (" << key.second << ", Quelle " << place.source << ", "
              << place.area;
    if (place.more > 0) std::cout << " und " << place.more << " weitere Gebiete";
    std::cout << ")\n";
  }
  std::cout << (broken.empty() ? "Kein Link ist als defekt bekannt.\n" : "\n");
}

}  // namespace

int check_links(const Common& common, bool list, bool again, std::stop_token stop) {
  std::map<std::string, LinkState> states;
  std::vector<std::string> links;
  {
    const IndexWriter writer = IndexWriter::update(common.index, common.wait);
    for (LinkState& state : read_link_states(writer.note("links")))
      states.emplace(state.url, std::move(state));
    links = writer.links();
  }
  // Links that no source has any more are forgotten.
  std::erase_if(states, [&](const auto& state) {
    return !std::binary_search(links.begin(), links.end(), state.first);
  });
  if (!list) {
    const std::int64_t now = std::time(nullptr);
    std::vector<LinkState> due;
    for (const std::string& url : links) {
      LinkState& state = states[url];
      state.url = url;
      if (again || state.due <= now) due.push_back(state);
    }
    LinkCheckOptions options;
    options.http = options_for_links(common.contact);
    options.stop = stop;
    Progress progress;
    std::size_t done = 0;
    const std::size_t total = due.size();
    LinkChecker(options).run(std::move(due), now, [&](LinkState state) {
      ++done;
      if (!common.quiet) progress.show(done, total, state.url);
      states[state.url] = std::move(state);
    });
    std::vector<LinkState> known;
    std::vector<std::string> broken;
    for (const auto& [url, state] : states) {
      known.push_back(state);
      if (state.broken()) broken.push_back(url);
    }
    IndexWriter writer = IndexWriter::update(common.index, common.wait);
    writer.put_note("links", write_link_states(known));
    writer.mark_broken(broken);
    writer.commit();
    std::cout << total << " von " << links.size() << " Links geprüft, " << broken.size() << " defekt.\n";
  }
  Index index(common.index);
  const IndexReader reader = index.reader();
  print_broken(reader, states);
  return 0;
}

int catalogue_diff(const std::string& directory, const std::string& data, const std::string& list, bool all,
                   bool json) {
  const KeyList keys = read_key_list(list);
  CatalogueRelease release;
  if (directory.empty()) {
    release = compare_release(Catalogue(read_tables(data)), keys);
  } else {
    Index index(directory);
    const IndexReader reader = index.reader();
    const Snapshot& snapshot = reader.snapshot();
    release = compare_release(snapshot.catalogue, keys, [&](ServiceKey key) {
      std::vector<TouchedText> touched;
      for (DocId doc : reader.texts_with_key(key, SIZE_MAX)) {
        const ServiceText text = reader.text(doc);
        if (text.id.agency == "katalog") continue;
        TouchedText one{text.id.text(), text.source, {}, text.title, {}};
        for (const std::string& id : text.areas) {
          const auto area = snapshot.areas.find_id(id);
          if (!area) continue;
          if (one.area.empty()) one.area = snapshot.areas[*area].name;
          const Sheet& sheet = reader.sheet(*area);
          for (const SheetJoin& join : sheet.online_in_group(key.group()))
            if (join.key == key && !sheet.online_services[join.index].url.empty())
              one.links.push_back(sheet.online_services[join.index].url);
        }
        touched.push_back(std::move(one));
      }
      return touched;
    });
  }
  if (json)
    write_release_json(std::cout, release);
  else
    write_release_text(std::cout, release, isatty(STDOUT_FILENO) != 0, all ? 0 : 5);
  return exit_status(release);
}

}  // namespace vsm::commands
