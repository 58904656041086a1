// What a large delivery costs, against plain Xapian on the same texts in the same run:
//   delivery_bench FOLDER OBJECTS
// Writes one XZuFi file of so many made-up objects into FOLDER, builds an index from it, delivers it again,
// and prints times, ratios and memory. Exit status 1 where memory is above what one small machine has to
// spare.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xapian.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "catalog/area_table.h"
#include "catalog/catalogue.h"

namespace {

using namespace vsm;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr double memory_limit_mb = 1'500;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else
      out += c;
  }
  return out;
}

/// Object after object: of ten, eight texts, an online service and who is responsible for it. Every fiftieth
/// text brings an office.
class Objects {
 public:
  explicit Objects(const TableTexts& tables) : areas_(tables), catalogue_(tables) {
    for (const CatalogueEntry& entry : catalogue_.entries())
      if (!entry.heading && !entry.teaser.empty()) entries_.push_back(&entry);
    for (const CatalogueEntry& entry : catalogue_.entries())
      if (!entry.heading && entry.teaser.empty() && entries_.size() < 900) entries_.push_back(&entry);
  }

  struct Text {
    std::string title, body;
  };
  Text text(std::size_t number) const {
    const CatalogueEntry& entry = *entries_[number / towns() % entries_.size()];
    const std::string& town = area(number).short_name;
    return {entry.title,
            entry.official_name + ". " + entry.teaser + " Beispieltext: So könnte " + town +
                " die Leistung „" + entry.title + "“ beschreiben. Wer in " + town +
                " wohnt, stellt den Antrag online, schriftlich oder persönlich bei der Stadtverwaltung. "
                "Beispieltext: Bringen Sie einen Ausweis mit, und was Ihnen vorher geschrieben wurde. Die "
                "Bearbeitung dauert etwa " +
                std::to_string(1 + number % 9) +
                " Wochen. Fragen beantwortet die zuständige Stelle, gern auch am Telefon. Die Kosten richten "
                "sich nach der Gebührensatzung von " +
                town + ", die im Amtsblatt veröffentlicht ist."};
  }

  std::string xml(std::size_t number) const {
    const std::string id = std::to_string(number);
    const std::string scheme = "<id schemeAgencyID=\"BENCH\">";
    if (number % 10 == 8)
      return "<schreibe><onlinedienst>" + scheme + "OD." + id +
             "</id><bezeichnung languageCode=\"de\">Antrag (Beispiel)</bezeichnung><link "
             "languageCode=\"de\"><link>"
             "https://example.org/" +
             id + "</link></link></onlinedienst></schreibe>\n";
    if (number % 10 == 9)
      return "<schreibe><zustaendigkeitTransferObjekt><uebergeordnetesObjektID schemeAgencyID=\"BENCH\">OD." +
             std::to_string(number - 1) + "</uebergeordnetesObjektID><zustaendigkeit>" + scheme + "ZU." + id +
             "</id><leistungID schemeAgencyID=\"BENCH\">LB." + std::to_string(number - 2) +
             "</leistungID><gebietID>" + area(number - 2).code +
             "</gebietID></zustaendigkeit></zustaendigkeitTransferObjekt></schreibe>\n";
    if (number % 50 == 0)
      return "<schreibe><organisationseinheit>" + scheme + "OE." + id +
             "</id><name><name languageCode=\"de\">Amt (Beispiel)</name></name><zustaendigkeit><leistungID "
             "schemeAgencyID=\"BENCH\">LB." +
             std::to_string(number + 1) + "</leistungID><gebietID>" + area(number + 1).code +
             "</gebietID></zustaendigkeit></organisationseinheit></schreibe>\n";
    const CatalogueEntry& entry = *entries_[number / towns() % entries_.size()];
    const Text words = text(number);
    const auto module = [](const char* code, const std::string& content) {
      return std::string("<modulText><leikaTextmodul><code>") + code +
             "</code></leikaTextmodul><inhalt languageCode=\"de\">" + escaped(content) +
             "</inhalt></modulText>";
    };
    return "<schreibe><leistung>" + scheme + "LB." + id + "</id><referenzLeiKa><code>" + entry.key.text() +
           "</code></referenzLeiKa>" + module("02", entry.official_name) + module("03", words.title) +
           module("06", words.body) + "<gueltigkeitGebietID>" + area(number).code +
           "</gueltigkeitGebietID><versionsinformation><geaendertDatumZeit>2026-10-01T08:00:00</"
           "geaendertDatumZeit>"
           "</versionsinformation></leistung></schreibe>\n";
  }

  bool is_text(std::size_t number) const { return number % 10 < 8 && number % 50 != 0; }

 private:
  std::size_t towns() const { return areas_.municipality_count(); }
  const Area& area(std::size_t number) const {
    return areas_[areas_.municipality(static_cast<MunicipalityIndex>(number % towns()))];
  }

  AreaTable areas_;
  Catalogue catalogue_;
  std::vector<const CatalogueEntry*> entries_;
};

/// Texts a second: one database, TermGenerator with the German stemmer, positions, a flush each 1,000.
double reference(const fs::path& folder, const Objects& objects, std::size_t texts) {
  fs::remove_all(folder);
  Xapian::WritableDatabase db(folder.string(), Xapian::DB_CREATE_OR_OVERWRITE);
  Xapian::TermGenerator terms;
  terms.set_stemmer(Xapian::Stem("german"));
  const auto start = Clock::now();
  std::size_t done = 0;
  for (std::size_t number = 0; done < texts; ++number) {
    if (!objects.is_text(number)) continue;
    const auto text = objects.text(number);
    Xapian::Document document;
    terms.set_document(document);
    terms.index_text(text.title);
    terms.increase_termpos();
    terms.index_text(text.body);
    document.set_data(text.title + '\n' + text.body);
    db.add_document(document);
    ++done;
  }
  db.commit();
  return static_cast<double>(done) / seconds_since(start);
}

struct Run {
  double seconds = 0, megabytes = 0;
};

/// Runs vsm-index and measures it.
Run run(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  std::string program = VSM_INDEX_PROGRAM;
  argv.push_back(program.data());
  std::vector<std::string> copies = arguments;
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const auto start = Clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    ::execv(program.c_str(), argv.data());
    std::_Exit(127);
  }
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::cerr << "vsm-index failed\n";
    std::exit(1);
  }
  return {seconds_since(start), static_cast<double>(usage.ru_maxrss) / 1'024};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: delivery_bench FOLDER OBJECTS\n";
    return 2;
  }
  ::setenv("XAPIAN_FLUSH_THRESHOLD", "1000", 1);
  const fs::path folder = argv[1];
  const std::size_t count = std::strtoull(argv[2], nullptr, 10);
  fs::create_directories(folder / "feed");
  const Objects objects(read_tables(VSM_DATA_FOLDER));
  std::size_t texts = 0;
  {
    std::ofstream out(folder / "feed/feed.xml", std::ios::trunc);
    out << "<transfer xmlns=\"http://xoev.de/schemata/xzufi/2_2_0\">\n"
           "<!-- Beispieldaten von vsm: erfunden, um Geschwindigkeit zu messen. -->\n";
    for (std::size_t number = 0; number < count; ++number) {
      out << objects.xml(number);
      texts += objects.is_text(number);
    }
    out << "</transfer>\n";
    std::ofstream(folder / "feed/sources.tsv", std::ios::trunc)
        << "id\tformat\tpath\tarea\tname\tsample\nbench\txzufi\tfeed.xml\tbund:000000000000\tBench\tyes\n";
  }
  std::cout << count << " objects, " << texts << " of them texts, "
            << fs::file_size(folder / "feed/feed.xml") / 1'000'000 << " MB\n";

  const double usual = reference(folder / "reference", objects, std::min<std::size_t>(texts, count / 10));
  std::printf("reference (plain Xapian)   %8.0f texts/s\n", usual);

  const std::string index = (folder / "index").string(), source = (folder / "feed").string();
  fs::remove_all(index);
  const Run first = run({"build", "--index", index, "--source", source, "--quiet"});
  const double speed = static_cast<double>(texts) / first.seconds;
  std::printf("first delivery             %8.0f texts/s, %.2f of the reference, %.1f s, %.0f MB of memory\n",
              speed, speed / usual, first.seconds, first.megabytes);

  fs::last_write_time(folder / "feed/feed.xml", fs::file_time_type::clock::now());
  const Run same = run({"update", "--index", index, "--source", source, "--quiet"});
  std::printf("the same file again        %8.3f of the first, %.1f s\n", same.seconds / first.seconds,
              same.seconds);
  const Run again = run({"update", "--index", index, "--source", source, "--again", "--quiet"});
  std::printf("every object compared      %8.3f of the first, %.1f s, %.0f MB of memory\n",
              again.seconds / first.seconds, again.seconds, again.megabytes);
  return std::max(first.megabytes, again.megabytes) > memory_limit_mb ? 1 : 0;
}
