// An index small enough to be written hundreds of times, with three sources whose objects all carry the
// number of the delivery that they come from: so whoever reads it can tell a mixture of two deliveries from
// one.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "indexer/build.h"
#include "store/index_reader.h"
#include "tests/e2e/program.h"
#include "tests/fixture.h"

namespace vsm {

class SmallWorld {
 public:
  static constexpr std::size_t source_count = 3;
  /// The number of each source's delivery.
  using Numbers = std::array<int, source_count>;

  struct Place {
    const char *id, *area;
  };
  static constexpr Place places[source_count] = {{"bochum", "gemeinde:059110000000"},
                                                 {"muenster", "gemeinde:055150000000"},
                                                 {"land", "land:050000000000"}};
  static constexpr const char* keys[] = {"99001001001000", "99002001001000", "99003001001000",
                                         "99004001001000"};

  /// Tables, word lists, and feeds with the number 1.
  SmallWorld() {
    folder.write(
        "data/areas/areas.tsv",
        "level\tars\tags\tparent\tname\tshort\tkind\tpopulation\tlat\tlon\n"
        "bund\t000000000000\t\t\tBundesrepublik Deutschland\tBund\tBund\t\t\t\n"
        "land\t050000000000\t05\tbund:000000000000\tNordrhein-Westfalen\tNRW\tLand\t\t\t\n"
        "gemeinde\t055150000000\t05515000\tland:050000000000\tMünster\tMünster\tStadt\t1\t51.9\t7.6\n"
        "gemeinde\t059110000000\t05911000\tland:050000000000\tBochum\tBochum\tStadt\t1\t51.5\t7.2\n");
    folder.write("data/areas/postcodes.tsv", "postcode\tars\n44787\t059110000000\n");
    folder.write("data/areas/changed_keys.tsv", "old\tnew\n");
    folder.write("data/areas/sets.tsv", "id\tlevel\tname\tshort\tmembers\n");
    folder.write("data/topics/topics.tsv", "topic\tname\tname_en\nwohnen\tWohnen\tHousing\n");
    folder.write("data/topics/situations.tsv",
                 "situation\ttopic\tname\taudience\numzug\twohnen\tUmzug\tcitizen\n");
    folder.write("data/topics/services.tsv", "key\tsituation\tozg\n");
    folder.write("data/topics/ozg.tsv", "ozg\tname\n");
    std::string services = "key\tname\tname2\ttype\tstatus\n";
    for (const char* key : keys) services += std::string(key) + "\tDienst " + key + "\t\t5\tcurrent\n";
    folder.write("data/catalogue/services.tsv", services);
    folder.write("data/texts/texts.tsv", "key\ttitle\tteaser\twords\n");
    folder.write("data/words/words.tsv", "prefix\twords\n");
    folder.write("words/words.txt", "wauwau => hund\n");
    folder.write("no-dictionary", "");
    write_sources("feeds", false, {});
    for (std::size_t source = 0; source < source_count; ++source) deliver(source, 1);
  }

  /// A sources.tsv in a folder of its own, with one more line before or behind those of the three sources.
  void write_sources(const std::string& name, bool before, const std::string& line) const {
    std::string text = "id\tformat\tpath\tarea\tname\tsample\tside\n";
    if (before) text += line;
    for (const Place& place : places)
      text += std::string(place.id) + "\txzufi\t../feeds/" + place.id + ".xml\t" + place.area + "\t" +
              place.id + "\tno\t\n";
    folder.write(name + "/sources.tsv", before ? text : text + line);
  }

  /// Replaces the feed of a source, in one step.
  void deliver(std::size_t source, int number) {
    const std::string file = std::string("feeds/") + places[source].id + ".xml";
    std::filesystem::rename(folder.write(file + ".new", feed(places[source], number)), folder / file);
    delivered[source] = number;
  }

  std::string index() const { return folder / "index"; }

  Running start(const std::string& command, const std::vector<std::string>& more = {},
                const std::vector<std::string>& environment = {}, const std::string& index_folder = {},
                const std::string& sources = "feeds") {
    std::vector<std::string> arguments = {VSM_INDEX_PROGRAM,
                                          command,
                                          "--quiet",
                                          "--index",
                                          index_folder.empty() ? index() : index_folder,
                                          "--source",
                                          folder / sources};
    if (command == "build")
      for (const char* argument : {"--data", "--synonyms", "--dictionary"}) {
        arguments.emplace_back(argument);
        const std::string name = argument;
        arguments.push_back(folder / (name == "--data"       ? "data"
                                      : name == "--synonyms" ? "words"
                                                             : "no-dictionary"));
      }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Running(std::move(arguments), environment, folder / ("output-" + std::to_string(++programs_)));
  }

  /// The environment of a program whose writing below an index fails (fault_shim.cpp).
  static std::vector<std::string> faults(const std::string& index_folder, std::vector<std::string> which) {
    which.push_back("VSM_FAULT_FOLDER=" + index_folder);
    which.emplace_back("LD_PRELOAD=" VSM_FAULT_SHIM);
    return which;
  }

  /// Runs a command that has to succeed.
  void run(const std::string& command, const std::vector<std::string>& more = {}) {
    Running program = start(command, more);
    ASSERT_EQ(program.end(), 0) << program.output();
  }

  /// What a delivery holds.
  static std::set<std::string> texts_of(const Place& place, int number) {
    const std::string agency = std::string(place.id) + ".";
    std::set<std::string> ids = {agency + "T0", agency + "T1", agency + "T2",
                                 agency + "X" + std::to_string(number)};
    if (number % 3 != 0) ids.insert(agency + "T3");
    return ids;
  }
  static bool has_second_service(int number) { return number % 2 == 0; }
  static std::string mark(int number) { return "z" + std::to_string(number); }
  static std::int64_t time_of(int number) { return 1'735'689'600 + std::int64_t{60} * number; }

  TempFolder folder;
  Numbers delivered = {};

 private:
  static std::string feed(const Place& place, int number) {
    const std::string agency = place.id, title = std::string(place.id) + " " + mark(number);
    const auto minutes = [](int of) { return (of < 10 ? "0" : "") + std::to_string(of); };
    std::string body;
    for (const std::string& id : texts_of(place, number)) {
      const std::string own = id.substr(agency.size() + 1);
      body += xzufi::service(agency, own, own[0] == 'T' ? keys[own[1] - '0'] : "",
                             (own[0] == 'T' ? "Hund " : "Katze ") + title, "");
    }
    for (int service = 0; service < (has_second_service(number) ? 2 : 1); ++service) {
      const std::string id = "O" + std::to_string(service);
      body += xzufi::online(agency, id, id + " " + title, "https://example.org/" + mark(number));
      body += xzufi::responsible(agency, id, agency, "T" + std::to_string(service), "");
    }
    body += xzufi::office(agency, "F", "Amt " + title) + xzufi::responsible(agency, "F", agency, "T2", "");
    std::string file = xzufi::file(body);
    const std::string head = "<x:nachrichtenkopf/>";
    const int hours = number / 60;
    return file.replace(file.find(head), head.size(),
                        "<x:nachrichtenkopf><x:erstelltDatumZeit>2025-01-" + minutes(1 + hours / 24) + "T" +
                            minutes(hours % 24) + ":" + minutes(number % 60) +
                            ":00Z</x:erstelltDatumZeit></x:nachrichtenkopf>");
  }

  std::atomic<int> programs_ = 0;
};

/// What a reader sees of the small world.
struct View {
  std::uint64_t revision = 0;
  SmallWorld::Numbers numbers = {};  ///< 0: nothing of the source
};

/// The index holds parts of two deliveries, or parts of it say different things.
class TornView : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// Reads everything. Throws TornView, and IndexError as the reader does.
inline View view_of(const IndexReader& reader) {
  View view;
  const Snapshot& snapshot = reader.snapshot();
  view.revision = snapshot.revision;
  std::set<std::string> unlisted;
  for (std::size_t source = 0; source < SmallWorld::source_count; ++source) {
    const SmallWorld::Place& place = SmallWorld::places[source];
    int& number = view.numbers[source];
    const auto want = [&](bool right, const std::string& what) {
      if (!right)
        throw TornView(std::string(place.id) + " in revision " + std::to_string(view.revision) + ", " +
                       SmallWorld::mark(number) + ": " + what);
    };
    const auto info = std::find_if(snapshot.sources.begin(), snapshot.sources.end(),
                                   [&](const SourceInfo& known) { return known.id == place.id; });
    const AreaIndex area = *snapshot.areas.find_id(place.area);
    const Sheet& sheet = reader.sheet(area);
    if (info == snapshot.sources.end()) {
      want(sheet.empty(), "a sheet without its source");
      continue;
    }
    number = static_cast<int>((info->latest - SmallWorld::time_of(0)) / 60);
    const std::string end = " " + SmallWorld::mark(number);
    const auto ends = [&](const std::string& text) { return text.ends_with(end); };

    const std::set<std::string> wanted = SmallWorld::texts_of(place, number);
    std::set<std::string> ids;
    for (DocId doc : sheet.docs) {
      const ServiceText text = reader.text(doc);
      want(ends(text.title), "the title " + text.title);
      want(text.source == place.id, "the text's source " + text.source);
      want(reader.find_text(text.id.text()) == doc, text.id.text() + " is another document");
      ids.insert(text.id.text());
      if (text.id.id[0] == 'X') unlisted.insert(text.id.text());
    }
    want(ids == wanted, std::to_string(ids.size()) + " texts in its sheet");
    want(info->texts == wanted.size(), std::to_string(info->texts) + " texts counted");
    std::vector<Posting> found;
    reader.postings(TermKind::word, SmallWorld::mark(number), sheet.docs, found);
    want(found.size() == wanted.size(), std::to_string(found.size()) + " postings of its mark");
    found.clear();
    reader.postings(TermKind::word, SmallWorld::mark(number - 1), sheet.docs, found);
    want(found.empty(), "postings of the mark before");

    const bool second = SmallWorld::has_second_service(number);
    want(sheet.online_services.size() == (second ? 2U : 1U) &&
             info->online_services == sheet.online_services.size(),
         std::to_string(sheet.online_services.size()) + " online services");
    for (const OnlineService& service : sheet.online_services)
      want(ends(service.title) && service.url.ends_with(SmallWorld::mark(number)),
           "the service " + service.title);
    want(sheet.online_joins.size() == sheet.online_services.size(), "joins of online services");
    want(sheet.offices.size() == 1 && ends(sheet.offices[0].name) && sheet.office_joins.size() == 1,
         "the office");
    want(info->responsibilities == (second ? 3U : 2U), "responsibilities");

    const ServiceKey key = *ServiceKey::parse(SmallWorld::keys[1]);
    bool is_online = false;
    for (const auto& [its, availability] : snapshot.availability_in_group(key.group())) {
      if (its != key) continue;
      is_online = snapshot.areas[area].level == Level::gemeinde
                      ? availability.own.contains(snapshot.areas.municipalities_in(area).front())
                      : availability.inherited.cardinality() == snapshot.areas.municipality_count();
    }
    want(is_online == second, "the bitmap of its second service");
  }
  std::set<std::string> listed;
  for (DocId doc : snapshot.unlisted().docs) listed.insert(reader.text(doc).id.text());
  if (listed != unlisted) throw TornView("texts without key in revision " + std::to_string(view.revision));
  return view;
}

/// Asks again where a writer overtook the reader, as SearchEngine does.
inline View view_of(Index& index) {
  for (int tries = 3;; --tries) {
    try {
      return view_of(index.reader());
    } catch (const IndexOutdated&) {
      if (tries == 1) throw;
    }
  }
}

inline View view_of(const std::string& directory) {
  Index index(directory);
  return view_of(index);
}

/// Everything that an index says, by names and not by numbers of documents, to be compared.
inline std::string contents(const std::string& directory) {
  Index index(directory);
  const IndexReader reader = index.reader();
  const Snapshot& snapshot = reader.snapshot();
  std::ostringstream out;
  for (const SourceInfo& source : snapshot.sources)
    out << source.id << ' ' << source.texts << ' ' << source.online_services << ' ' << source.offices << ' '
        << source.responsibilities << ' ' << source.rejected << ' ' << source.latest << ' ' << source.whole
        << '\n';
  const auto write = [&](const std::string& name, const Sheet& sheet) {
    std::multiset<std::string> texts;
    for (const SheetText& entry : sheet.texts) {
      const ServiceText text = reader.text(entry.doc);
      texts.insert(entry.key.text() + ' ' + text.id.text() + ' ' + text.title + ' ' + text.source);
    }
    for (const SheetKin& kin : sheet.kin_of)
      texts.insert("kin " + kin.key.text() + ' ' + reader.text(kin.doc).id.text());
    for (const std::string& text : texts) out << name << ' ' << text << '\n';
    for (const SheetJoin& join : sheet.online_joins) {
      const OnlineService& service = sheet.online_services[join.index];
      out << name << ' ' << join.key.text() << ' ' << service.id.text() << ' ' << service.title << ' '
          << service.url << '\n';
    }
    for (const SheetJoin& join : sheet.office_joins)
      out << name << ' ' << join.key.text() << ' ' << sheet.offices[join.index].name << '\n';
  };
  for (AreaIndex area = 0; area < snapshot.areas.size(); ++area)
    write(snapshot.areas[area].id(), reader.sheet(area));
  write("unlisted", snapshot.unlisted());
  for (const auto& [key, availability] : snapshot.availability())
    out << key.text() << ' ' << availability.own.toString() << ' ' << availability.inherited.toString()
        << '\n';
  return out.str();
}

/// Reads all the time, in a thread of its own, what others write, and remembers the first thing that is
/// wrong.
class Watch {
 public:
  explicit Watch(const std::string& directory) : index_(directory), thread_([this] { read(); }) {}
  ~Watch() { stop(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// What was wrong; empty where nothing was.
  std::string stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return wrong_;
  }
  std::size_t views() const { return views_; }
  std::size_t revisions() const { return revisions_; }

 private:
  void read() {
    View before;
    while (!stopping_ && wrong_.empty()) {
      try {
        const View view = view_of(index_);
        if (view.revision < before.revision) wrong_ = "an older revision came after a newer one";
        for (std::size_t source = 0; source < SmallWorld::source_count; ++source)
          if (view.numbers[source] < before.numbers[source]) wrong_ = "a delivery was lost";
        revisions_ += view.revision != before.revision;
        before = view;
        ++views_;
      } catch (const std::exception& error) {
        wrong_ = error.what();
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  Index index_;
  std::string wrong_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> views_ = 0, revisions_ = 0;
  std::thread thread_;
};

}  // namespace vsm
