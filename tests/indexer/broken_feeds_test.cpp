// Every kind of broken feed: it is reported by the right rule, and it harms neither what the town had before
// nor any other source. An index of three good sources (town A, town B and the Land) gets a broken delivery
// of town B: as an update, as a new build beside it and over it, and as a validation. The next good delivery
// heals everything.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <streambuf>

#include "indexer/rules.h"
#include "indexer/xzufi_reader.h"
#include "language/fold.h"
#include "query/search.h"
#include "tests/few_tables.h"
#include "tests/fixture.h"

namespace vsm {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const std::string town_a = "059110000000", town_b = "059160000000", land = "050000000000";
const std::string area_a = "gemeinde:" + town_a, area_b = "gemeinde:" + town_b, area_land = "land:" + land;

// --- Good feeds. Every object says in its title of which delivery ("Stand") it is.

std::string stand(int number) { return ", Stand " + std::to_string(number); }

constexpr int text_count = 20;

/// Objects of town B by their names: T1 to T20, O1, O2, E1, E2, and who is responsible.
std::map<std::string, std::string> objects_of_b(int number) {
  static constexpr const char* keys[] = {"99110009104000", "99110009070000", "99110009029000",
                                         "99110009014000", "99110009104001"};
  std::map<std::string, std::string> objects;
  for (int i = 1; i <= text_count; ++i) {
    const std::string name = "T" + std::to_string(i);
    objects[name] = xzufi::service("B", name, keys[i % 5], "Hündin " + std::to_string(i) + stand(number), "",
                                   xzufi::module("08", "&lt;p&gt;Ausweis&lt;/p&gt;"));
  }
  for (const char* i : {"1", "2"}) {
    const std::string one = i;
    objects["O" + one] =
        xzufi::online("B", "O" + one, "Dienst " + one + stand(number), "https://b.example/" + one);
    objects["E" + one] = xzufi::office("B", "E" + one, "Amt " + one + stand(number));
    objects["RO" + one] = xzufi::responsible("B", "O" + one, "B", "T" + one, town_b);
    objects["RE" + one] = xzufi::responsible("B", "E" + one, "B", "T" + one, town_b);
  }
  return objects;
}

/// The content of a transfer file of B, with some objects replaced or added.
std::string body_of_b(int number, const std::map<std::string, std::string>& changed = {}) {
  auto objects = objects_of_b(number);
  for (const auto& [name, object] : changed) objects[name] = object;
  std::string body;
  for (const auto& [name, object] : objects) body += object + "\n";
  return body;
}

std::string feed_of_b(int number, const std::map<std::string, std::string>& changed = {}) {
  return xzufi::file(body_of_b(number, changed));
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (std::size_t at = text.find(from); at != std::string_view::npos; at = text.find(from)) {
    (out += text.substr(0, at)) += to;
    text.remove_prefix(at + from.size());
  }
  return out += text;
}

std::string times(int count, std::string_view piece) {
  std::string text;
  text.reserve(piece.size() * static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) text += piece;
  return text;
}

std::string json_text(const std::string& text) {
  return '"' + replaced(replaced(replaced(text, "\\", "\\\\"), "\"", "\\\""), "\n", "\\n") + '"';
}

std::string page(const std::string& xml, bool last) {
  return R"({"xzufiObjekte":)" + json_text(xml) + R"(,"vollstaendig":)" + (last ? "true" : "false") +
         R"(,"naechsterIndex":1})";
}

std::string list_of_b(int number, const std::string& more = {}) {
  std::string rows = "id\tkeys\tname\tname2\tchanged\n";
  for (int i = 1; i <= 12; ++i)
    rows += "B.T" + std::to_string(i) + "\t99110009104000\tHund\tHündin " + std::to_string(i) +
            stand(number) + "\t2025-01-20\n";
  return rows + more;
}

std::string links_of_b(int number, const std::string& more = {}) {
  return "id\tname\turl\tservices\nB.O1\tDienst" + stand(number) + "\thttps://b.example/\tB.T1\n" + more;
}

std::string csv_of_b(int number, const std::string& more = {}) {
  std::string rows = "schluessel;link;titel;stelle;telefon\n";
  for (const char* key : {"99110009104000", "99110009070000", "99110009029000", "99110009014000"})
    rows += std::string(key) + ";https://b.example/" + key + ";Hündin" + stand(number) + ";Amt;02323 1\n";
  return rows + more;
}

std::string json_of_b(int number, const std::string& more = {}) {
  std::string all = "[";
  for (int i = 1; i <= 12; ++i)
    all += std::string(i == 1 ? "\n" : ",\n") + R"({"id":"B.LB.)" + std::to_string(i) +
           R"(","leikakeys":["99110009104000"],"details":[{"code":"03","text":"Hündin)" + stand(number) +
           R"("}]})";
  return all + more + "\n]\n";
}

std::string pvog_csv_of_b(int number, const std::string& more = {}) {
  std::string rows = "ID-LB|Leikaschlüssel|Name|ID-OD|Bezeichnung OD|Links\n";
  for (int i = 1; i <= 12; ++i)
    rows += "B.LB." + std::to_string(i) + "|99110009104000|Hündin" + stand(number) + "|B.OD.1|Dienst" +
            stand(number) + "|https://b.example/\n";
  return rows + more;
}

void write_good_b(const TempFolder& folder, const std::string& format, int number) {
  if (format == "xzufi") {
    folder.write("b/feed.xml", feed_of_b(number));
    folder.write("side.tsv", "id\tmaturity\tscale\tefa\tprovider\nB.O1\t2\t0-4\tno\t\n");
  } else if (format == "list") {
    folder.write("b/services.tsv", list_of_b(number));
    folder.write("b/online_services.tsv", links_of_b(number));
  } else if (format == "verfuegbarkeit") {
    folder.write("b/links.csv", csv_of_b(number));
  } else if (format == "pvog-json") {
    folder.write("b/all.json", json_of_b(number));
  } else if (format == "pvog-csv") {
    folder.write("b/all.csv", pvog_csv_of_b(number));
  } else {
    folder.write("b/page-000001.json", page(feed_of_b(number), true));
  }
}

// --- What is in an index

/// Objects of a source by id, each with its title or, where that says so, its Stand.
using Published = std::map<std::string, std::string>;

std::string short_title(const std::string& title) {
  const std::size_t at = title.find(stand(0).substr(0, 8));
  return at == std::string::npos ? title : title.substr(at + 8);
}

template <class Visit>
void each_text(const IndexReader& reader, Visit visit) {
  for (DocId doc = 1; doc <= reader.snapshot().last_doc; ++doc) {
    std::optional<ServiceText> text;
    try {
      text = reader.text(doc);
    } catch (const IndexError&) {  // no text has this number
    }
    if (text) visit(*text);
  }
}

Published published(const IndexReader& reader, const std::string& source) {
  Published found;
  each_text(reader, [&](const ServiceText& text) {
    if (text.source == source) found[text.id.text()] = short_title(text.title);
  });
  const AreaTable& areas = reader.snapshot().areas;
  const Sheet& sheet = reader.sheet(*areas.find_id(area_b));
  for (const OnlineService& service : sheet.online_services)
    if (service.source == source) found[service.id.text()] = short_title(service.title);
  for (const Office& office : sheet.offices)
    if (office.source == source) found[office.id.text()] = short_title(office.name);
  return found;
}

class Dump {
 public:
  template <class... Parts>
  void line(const Parts&... parts) {
    ((out_ << parts << '|'), ...);
    out_ << '\n';
  }
  void validity(const Validity& validity) {
    for (const Period& period : validity.periods()) line("valid", period.from, period.to);
  }
  void modules(const std::vector<TextModule>& modules) {
    for (const TextModule& module : modules) {
      line("module", module.code, module.text, module.html, module.title);
      for (const Link& link : module.links) line("link", link.url, link.title);
    }
  }
  void text(const ServiceText& text) {
    line("text", text.id.text(), text.title, text.official_title, text.teaser, text.changed, text.changed_at,
         text.source, text.sample, text.trust_level, text.base.text());
    for (ServiceKey key : text.keys) line("key", key.number());
    for (ServiceKey key : text.kin) line("kin", key.number());
    for (const auto* list :
         {&text.areas, &text.words, &text.types, &text.addressees, &text.situations, &text.sdg})
      for (const std::string& each : *list) line("-", each);
    modules(text.modules);
    for (const Translation& translation : text.translations) {
      line("translation", translation.language, translation.title, translation.teaser);
      modules(translation.modules);
    }
    validity(text.validity);
  }
  void sheet(const IndexReader& reader, AreaIndex area) {
    const Sheet& sheet = reader.sheet(area);
    std::set<std::string> entries;
    for (const SheetText& entry : sheet.texts)
      entries.insert(std::to_string(entry.key.number()) + " " + reader.text(entry.doc).id.text() + " " +
                     std::to_string(entry.validity.from) + " " + std::to_string(entry.validity.to));
    for (const SheetKin& kin : sheet.kin_of)
      entries.insert("kin " + std::to_string(kin.key.number()) + " " + reader.text(kin.doc).id.text());
    line("sheet", reader.snapshot().areas[area].id());
    for (const std::string& entry : entries) line(entry);
    for (const OnlineService& service : sheet.online_services) {
      line("online", service.id.text(), service.title, service.url, service.provider, service.trust_level,
           service.maturity.value_or(-1), service.efa, service.form, service.changed, service.source);
      validity(service.validity);
    }
    for (const SheetJoin& join : sheet.online_joins) line("join", join.key.number(), join.index);
    for (const Office& office : sheet.offices) {
      line("office", office.id.text(), office.name, office.street, office.postcode, office.city, office.phone,
           office.email, office.url, office.hours, office.changed, office.source);
      validity(office.validity);
    }
    for (const SheetJoin& join : sheet.office_joins) line("join", join.key.number(), join.index);
  }
  std::string take() const { return out_.str(); }

 private:
  std::ostringstream out_;
};

/// All that is published by others than B: their texts, the sheets of their areas, where their services are
/// online, and how many objects they have.
std::string all_but_b(const IndexReader& reader) {
  const Snapshot& snapshot = reader.snapshot();
  std::map<std::string, std::string> texts;
  each_text(reader, [&](const ServiceText& text) {
    if (text.source == "b") return;
    Dump dump;
    dump.text(text);
    texts[text.id.text()] = dump.take();
  });
  Dump dump;
  for (const auto& [id, text] : texts) dump.line(text);
  for (const std::string& id : {area_a, area_land, std::string("bund:000000000000")})
    dump.sheet(reader, *snapshot.areas.find_id(id));
  const AreaIndex place = *snapshot.areas.find_id(area_a);
  const MunicipalityIndex municipality = snapshot.areas.municipalities_in(place).front();
  for (const auto& [key, availability] : snapshot.availability())
    if (availability.own.contains(municipality) || availability.inherited.contains(municipality))
      dump.line("available", key.number(), availability.own.contains(municipality));
  for (const SourceInfo& source : snapshot.sources)
    if (source.id != "b")
      dump.line("source", source.id, source.name, source.area, source.format, source.texts,
                source.online_services, source.offices, source.responsibilities, source.rejected,
                source.warnings, source.error);
  return dump.take();
}

SourceInfo source_info(const IndexReader& reader, const std::string& id) {
  for (const SourceInfo& source : reader.snapshot().sources)
    if (source.id == id) return source;
  return {};
}

bool is_safe_link(std::string_view url) {
  for (std::string_view start : {"https://", "http://"})
    if (url.starts_with(start)) return true;
  return false;
}

/// Nothing that a browser would run is in any text or behind any link.
void expect_harmless(const IndexReader& reader) {
  const auto modules_are_safe = [](const std::vector<TextModule>& modules) {
    for (const TextModule& module : modules) {
      for (const char* bad : {"<script", "<iframe", "onclick", "onerror", "javascript:", "data:", "style"})
        EXPECT_EQ(module.html.find(bad), std::string::npos) << module.html.substr(0, 500);
      for (const Link& link : module.links) EXPECT_TRUE(is_safe_link(link.url)) << link.url;
      EXPECT_TRUE(language::is_utf8(module.text) && language::is_utf8(module.html));
    }
  };
  each_text(reader, [&](const ServiceText& text) {
    EXPECT_TRUE(language::is_utf8(text.title + text.teaser));
    EXPECT_FALSE(text.title.empty() && text.base.id.empty()) << text.id.text();
    modules_are_safe(text.modules);
  });
  const Snapshot& snapshot = reader.snapshot();
  for (const std::string& id : {area_a, area_b, area_land})
    for (const OnlineService& service : reader.sheet(*snapshot.areas.find_id(id)).online_services)
      EXPECT_TRUE(service.url.empty() || is_safe_link(service.url)) << service.url;
}

/// A search in town A finds what A and the Land have.
void expect_others_are_found(SearchEngine& engine) {
  for (const auto& [words, id] : std::initializer_list<std::pair<const char*, const char*>>{
           {"Hundemarke", "A.T1"}, {"Rinderpass", "A.T2"}, {"Landeshundeprüfung", "L.1"}}) {
    SearchRequest request;
    request.words = words;
    request.ars = town_a;
    auto found = engine.search(request);
    ASSERT_TRUE(std::holds_alternative<SearchAnswer>(found)) << words;
    const auto& results = std::get<SearchAnswer>(found).results;
    EXPECT_TRUE(std::any_of(results.begin(), results.end(), [wanted = id](const SearchResult& result) {
      return result.text.id.text() == wanted;
    })) << words;
  }
}

// --- The index before

/// Three good sources, and the index that was built from them. Made once for each format of B.
class Base {
 public:
  static const Base& of(const std::string& format) {
    static std::map<std::string, std::unique_ptr<Base>> made;
    auto& one = made[format];
    if (!one) one.reset(new Base(format));
    return *one;
  }

  /// A row for each source; those of B lie below `folder`.
  std::string sources(const TempFolder& folder, const std::string& path, const std::string& agencies) const {
    return "id\tformat\tpath\tarea\tname\tsample\tside\tagencies\n"
           "a\txzufi\t" +
           folder_ / "a.xml" + "\t" + area_a + "\tStadt A\tno\t\t\nb\t" + format_ + "\t" + folder / path +
           "\t" + area_b + "\tStadt B\tno\t" + (format_ == "xzufi" ? "side.tsv" : "") + "\t" + agencies +
           "\nland\tlist\t" + folder_ / "land" + "\t" + area_land + "\tLand\tno\t\t\n";
  }

  void copy_index(const std::string& to) const {
    fs::copy(folder_ / "index", to, fs::copy_options::recursive);
  }

  const Published& b() const { return b_; }
  Published b(int number) const {
    Published all = b_;
    for (auto& [id, title] : all)
      if (title == "1") title = std::to_string(number);
    return all;
  }
  const std::string& others() const { return others_; }
  std::string memo(const std::string& source) const { return source == "a" ? memo_a_ : memo_land_; }

 private:
  explicit Base(std::string format) : format_(std::move(format)) {
    folder_.write("a.xml", xzufi::file(xzufi::service("A", "T1", "99110009104000", "Hundemarke", town_a,
                                                      xzufi::module("24", "Jeder Hund braucht eine Marke.") +
                                                          xzufi::module("06", "&lt;ul&gt;&lt;li&gt;rund")) +
                                       xzufi::service("A", "T2", "", "Rinderpass", "") +
                                       xzufi::online("A", "O1", "Hundemarke online", "https://a.example/") +
                                       xzufi::responsible("A", "O1", "A", "T1", town_a) +
                                       xzufi::office("A", "E1", "Tieramt") +
                                       xzufi::responsible("A", "E1", "A", "T2", town_a)));
    folder_.write("land/services.tsv",
                  "id\tkeys\tname\tname2\tchanged\nL.1\t99110009029000\tLandeshundeprüfung\t\t2025-01-20\n");
    folder_.write("land/online_services.tsv",
                  "id\tname\turl\tservices\nL.O1\tPrüfung\thttps://land.example/\tL.1\n");
    write_good_b(folder_, format_, 1);
    folder_.write("sources.tsv", sources(folder_, "b", "B"));
    const BuildReport report = build_index(
        folder_ / "index", tiny_tables(), find_sources(folder_ / "sources.tsv"), [](const BuildProgress&) {});
    EXPECT_EQ(report.problem_count(), 0U) << report.all_problems().front()->message;
    Index index(folder_ / "index");
    const IndexReader reader = index.reader();
    b_ = published(reader, "b");
    EXPECT_GE(b_.size(), 9U);
    others_ = all_but_b(reader);
    memo_a_ = source_info(reader, "a").memo;
    memo_land_ = source_info(reader, "land").memo;
  }

  std::string format_;
  TempFolder folder_;
  Published b_;
  std::string others_, memo_a_, memo_land_;
};

// --- The kinds

struct Finding {
  const char* rule;
  Severity severity;
  bool has_line = true;
};
Finding broken(const char* rule, bool has_line = true) { return {rule, Severity::broken, has_line}; }
Finding refused(const char* rule, bool has_line = true) { return {rule, Severity::refused, has_line}; }
Finding warning(const char* rule, bool has_line = true) { return {rule, Severity::warning, has_line}; }
constexpr bool no_line = false;

struct Kind {
  const char* name;
  /// Makes the feed of B, which is good and of Stand 2 before, a broken one.
  std::function<void(const TempFolder&)> write;
  /// All rules that find something. One that is broken says that nothing of the delivery is taken.
  std::vector<Finding> findings;
  /// Objects of B that are not of Stand 2 afterwards, though the delivery is taken; empty: gone.
  Published other = {};
  std::string format = "xzufi";
  std::string path = "b";
  std::string agencies = "B";
};

std::ostream& operator<<(std::ostream& out, const Kind& kind) { return out << kind.name; }

/// The whole file has another content.
Kind file(const char* name, std::function<std::string()> content, std::vector<Finding> findings) {
  return {name, [content](const TempFolder& folder) { folder.write("b/feed.xml", content()); },
          std::move(findings)};
}

/// One object is another.
Kind object(const char* name, const std::string& which, std::function<std::string()> content,
            std::vector<Finding> findings, Published other = {}) {
  return {name,
          [which, content](const TempFolder& folder) {
            folder.write("b/feed.xml", feed_of_b(2, {{which, content()}}));
          },
          std::move(findings), std::move(other)};
}

Kind object(const char* name, const std::string& which, const std::string& content,
            std::vector<Finding> findings, Published other = {}) {
  return object(
      name, which, [content] { return content; }, std::move(findings), std::move(other));
}

/// T3 with something in it.
std::string t3(const std::string& more, const std::string& key = "99110009104000") {
  return xzufi::service("B", "T3", key, "Hündin 3" + stand(2), "", more);
}

std::string o1(const std::string& url) { return xzufi::online("B", "O1", "Dienst 1" + stand(2), url); }

/// An entry in whatever element.
std::string entry(const std::string& element, const std::string& content) {
  return xzufi::write("<x:" + element + ">" + content + "</x:" + element + ">");
}

std::string cut_behind(const std::string& text, std::string_view piece, std::size_t more) {
  return text.substr(0, text.find(piece, text.size() / 2) + more);
}

std::string as_utf16(const std::string& text, bool big_endian) {
  std::string out = big_endian ? "\xFE\xFF" : "\xFF\xFE";
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto code = static_cast<unsigned char>(text[i]);
    if (code >= 0xC0) code = static_cast<unsigned char>((code & 3U) << 6U | (text[++i] & 0x3F));
    const char low = static_cast<char>(code);
    out += big_endian ? std::string{'\0', low} : std::string{low, '\0'};
  }
  return out;
}

std::string noise(std::size_t length) {
  std::mt19937 random(1);
  std::string bytes(length, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random() & 0xFFU);
  return bytes;
}

std::string dated(const std::string& when, int number,
                  const std::map<std::string, std::string>& changed = {}) {
  return replaced(
      feed_of_b(number, changed), "<x:nachrichtenkopf/>",
      "<x:nachrichtenkopf><x:erstelltDatumZeit>" + when + "</x:erstelltDatumZeit></x:nachrichtenkopf>");
}

std::string deletions(int count, const std::string& agency = "B") {
  std::string all;
  for (int i = 0; i < count; ++i)
    all += "<x:loesche klasse=\"Zustaendigkeit\">" + xzufi::id(agency, "nie-" + std::to_string(i)) +
           "</x:loesche>\n";
  return all;
}

bool runs_long() { return std::getenv("VSM_LONG_TESTS") != nullptr; }

void add_files(std::vector<Kind>& kinds) {
  const auto good = [] { return feed_of_b(2); };
  kinds.push_back(file("CutOffInATag", [=] { return cut_behind(good(), "<x:leistung", 7); },
                       {broken("nicht-wohlgeformt")}));
  kinds.push_back(file("CutOffInAnAttribute", [=] { return cut_behind(good(), "schemeAgencyID", 18); },
                       {broken("nicht-wohlgeformt")}));
  kinds.push_back(file("CutOffBetweenObjects", [=] { return cut_behind(good(), "</x:schreibe>", 13); },
                       {broken("nicht-wohlgeformt")}));
  kinds.push_back(
      file("CutOffInALetter", [=] { return cut_behind(good(), "ü", 1); }, {broken("nicht-wohlgeformt")}));
  kinds.push_back(
      file("EmptyFile", [] { return std::string(); }, {warning("leer"), broken("leer", no_line)}));
  kinds.push_back(file("OnlyBlanks", [] { return std::string(" \r\n\t \n"); },
                       {warning("leer"), broken("leer", no_line)}));
  kinds.push_back({"MissingFile",
                   [](const TempFolder& folder) { fs::remove(folder / "b/feed.xml"); },
                   {broken("datei", no_line)}});
  kinds.back().path = "b/feed.xml";
  kinds.push_back({"MissingFolder",
                   [](const TempFolder& folder) { fs::remove_all(folder / "b"); },
                   {broken("datei", no_line)}});
  kinds.push_back(
      {"FolderWithoutXml",
       [](const TempFolder& folder) { fs::rename(folder / "b/feed.xml", folder / "b/feed.xml.part"); },
       {broken("leer", no_line)}});
  kinds.push_back({"FolderInPlaceOfAFile",
                   [](const TempFolder& folder) {
                     fs::remove(folder / "b/feed.xml");
                     fs::create_directories(folder / "b/feed.xml");
                   },
                   {broken("datei")}});
  kinds.push_back(file("BinaryGarbage", [] { return noise(100'000); }, {broken("utf-8")}));
  kinds.push_back(
      file("GzipData", [] { return "\x1F\x8B\x08" + noise(1'000); }, {broken("nicht-wohlgeformt")}));
  kinds.push_back(file("ZipData", [] { return "PK\x03\x04" + noise(1'000); }, {broken("nicht-wohlgeformt")}));
  kinds.push_back(
      file("HtmlErrorPage",
           [] {
             return std::string(
                 "<!DOCTYPE html>\n<html><head><title>502</title></head><body>Bad Gateway</body></html>");
           },
           {broken("doctype")}));
  kinds.push_back(
      file("HtmlErrorPageWithoutDoctype",
           [] { return std::string("<html><head><meta charset=utf-8></head><body>Fehler<br></html>"); },
           {broken("nicht-wohlgeformt")}));
  kinds.push_back(
      file("WellFormedPageOfHtml",
           [] { return std::string("<html><head><title>x</title></head><body>Bitte warten</body></html>"); },
           {warning("leer"), broken("leer", no_line)}));
  kinds.push_back(file("JsonInPlaceOfXml", [] { return json_of_b(2); }, {broken("nicht-wohlgeformt")}));
  kinds.push_back(
      file("NoEntries", [] { return xzufi::file(""); }, {warning("leer"), broken("leer", no_line)}));
  kinds.push_back(
      file("ObjectsOutsideOfEntries",
           [] { return replaced(replaced(feed_of_b(2), "<x:schreibe>", ""), "</x:schreibe>", ""); },
           {warning("leer"), broken("leer", no_line)}));
  const auto declared = [](const std::string& encoding, const std::string& content) {
    return replaced(content, "<?xml version=\"1.0\"?>",
                    "<?xml version=\"1.0\" encoding=\"" + encoding + "\"?>");
  };
  kinds.push_back(file("UnknownEncodingDeclared", [=] { return declared("windows-1252", good()); },
                       {broken("kodierung")}));
  kinds.push_back(
      file("Utf16DeclaredButUtf8", [=] { return declared("UTF-16", good()); }, {broken("kodierung")}));
  kinds.push_back(
      file("Windows1252InUtf8", [=] { return replaced(good(), "ü", "\xFC"); }, {broken("utf-8")}));
  kinds.push_back(file("OverlongUtf8", [=] { return replaced(good(), "ü", "\xC0\xAF"); }, {broken("utf-8")}));
  kinds.push_back(
      file("SurrogatesInUtf8", [=] { return replaced(good(), "ü", "\xED\xA0\x80"); }, {broken("utf-8")}));
  kinds.push_back(file("NulBytes", [=] { return replaced(good(), "ü", std::string(1, '\0')); },
                       {broken("nicht-wohlgeformt")}));
  kinds.push_back(
      file("NulAsAReference", [=] { return replaced(good(), "ü", "&#0;"); }, {broken("nicht-wohlgeformt")}));
  kinds.push_back(file("UndefinedEntity", [=] { return replaced(good(), "ü", "&uuml;"); },
                       {broken("nicht-wohlgeformt")}));
  kinds.push_back(
      file("TagsClosedInTheWrongOrder",
           [=] { return replaced(good(), "</x:modulText></x:leistung>", "</x:leistung></x:modulText>"); },
           {broken("nicht-wohlgeformt")}));
  kinds.push_back(file("TwoFilesInOne", [=] { return good() + good(); }, {broken("nicht-wohlgeformt")}));
  const auto with_doctype = [](const std::string& doctype, const std::string& text) {
    return replaced(feed_of_b(2, {{"T3", t3(xzufi::module("06", text))}}), "?><x", "?>" + doctype + "<x");
  };
  kinds.push_back(
      file("Doctype", [=] { return with_doctype("<!DOCTYPE transfer>", ""); }, {broken("doctype")}));
  kinds.push_back(
      file("ExternalEntity",
           [=] { return with_doctype("<!DOCTYPE t [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>", "&x;"); },
           {broken("doctype")}));
  kinds.push_back(file("EntityBomb",
                       [=] {
                         std::string doctype = "<!DOCTYPE t [<!ENTITY e0 \"bumm bumm \">";
                         for (int i = 1; i <= 9; ++i)
                           doctype += "<!ENTITY e" + std::to_string(i) + " \"" +
                                      times(10, "&e" + std::to_string(i - 1) + ";") + "\">";
                         return with_doctype(doctype + "]>", "&e9;");
                       },
                       {broken("doctype")}));
  kinds.push_back(file("MillionNestedTags",
                       [] { return xzufi::file(times(1'000'000, "<a>") + times(1'000'000, "</a>")); },
                       {broken("zu-tief")}));
  kinds.push_back(file("MillionAttributes",
                       [] {
                         std::string attributes;
                         for (int i = 0; i < 1'000'000; ++i) attributes += " a" + std::to_string(i) + "=''";
                         return xzufi::file("<x:schreibe><x:leistung" + attributes + "/></x:schreibe>");
                       },
                       {broken("zu-gross")}));
  kinds.push_back(file("CommentOfMegabytes",
                       [] { return xzufi::file("<!--" + times(3'000'000, "x ") + "-->"); },
                       {broken("zu-gross")}));
  kinds.push_back({"TenGigabytesOfNul",
                   [](const TempFolder& folder) {
                     folder.write("b/feed.xml", cut_behind(feed_of_b(2), "</x:schreibe>", 13));
                     fs::resize_file(folder / "b/feed.xml", 10'000'000'000);  // takes no room
                   },
                   {broken("nicht-wohlgeformt")}});
  kinds.push_back({"OneOfTwoFilesCutOff",
                   [](const TempFolder& folder) { folder.write("b/more.xml", "<x><schreibe>"); },
                   {broken("nicht-wohlgeformt")}});
  kinds.push_back(file("DeletesFourFifths",
                       [] {
                         std::string body;
                         const auto objects = objects_of_b(2);
                         for (const char* name : {"T1", "T2", "T3", "T4", "O1"}) body += objects.at(name);
                         return xzufi::file(body);
                       },
                       {broken("loeschung-zu-viel", no_line)}));
  kinds.push_back(file("NothingButDeletions",
                       [] {
                         std::string body;
                         for (int i = 1; i <= text_count; ++i)
                           body += "<x:loesche klasse=\"Leistung\">" +
                                   xzufi::id("B", "T" + std::to_string(i)) + "</x:loesche>";
                         return xzufi::file(body);
                       },
                       {broken("loeschung-zu-viel", no_line)}));
  kinds.push_back(file("OlderThanTheLast", [] { return dated("2001-02-03T04:05:06Z", 2); },
                       {broken("veraltet", no_line)}));

  // What looks odd and is allowed.
  kinds.push_back(
      file("MadeInTheFuture", [] { return dated("2999-01-01T00:00:00Z", 2); }, {warning("datum", no_line)}));
  kinds.push_back(file("MadeOnADayThatDoesNotExist", [] { return dated("2026-02-30T00:00:00Z", 2); },
                       {warning("datum")}));
  kinds.push_back(file("LegalUtf16LittleEndian", [=] { return as_utf16(good(), false); }, {}));
  kinds.push_back(file("LegalUtf16BigEndian", [=] { return as_utf16(good(), true); }, {}));
  kinds.push_back(
      file("LegalLatin1", [=] { return declared("ISO-8859-1", replaced(good(), "ü", "\xFC")); }, {}));
  kinds.push_back(file("LegalByteOrderMark", [=] { return "\xEF\xBB\xBF" + good(); }, {}));
  kinds.push_back(file("LegalOtherNamespace",
                       [=] { return replaced(good(), "http://xoev.de/schemata/xzufi/2_2_0", "urn:wrong"); },
                       {}));
  kinds.push_back(file(
      "LegalNoNamespace",
      [=] { return replaced(replaced(replaced(good(), "<x:", "<"), "</x:", "</"), "xmlns:x=", "y="); }, {}));
  kinds.push_back(
      file("LegalOtherRoot", [=] { return replaced(good(), "x:transfer", "x:irgendwas.0401"); }, {}));
  kinds.push_back(file("LegalInstructionsAndComments",
                       [=] {
                         return replaced(good(), "<x:leistung>",
                                         "<?php evil() ?><!-- <x:leistung> --><x:leistung><?x y?><!-- - -->");
                       },
                       {}));
}

void add_objects(std::vector<Kind>& kinds) {
  const Published t3_kept = {{"B.T3", "1"}}, o1_kept = {{"B.O1", "1"}}, e1_kept = {{"B.E1", "1"}};
  kinds.push_back(object("UnknownObject", "Z", entry("hund", xzufi::id("B", "Z")), {refused("art")}));
  kinds.push_back(object("AreasThatFormACircle", "Z",
                         entry("gebiet", xzufi::id("B", town_b) + "<x:uebergeordnetesGebietID>" + land +
                                             "</x:uebergeordnetesGebietID>") +
                             entry("gebiet", xzufi::id("B", land) + "<x:uebergeordnetesGebietID>" + town_b +
                                                 "</x:uebergeordnetesGebietID>") +
                             entry("gebiet", xzufi::id("B", town_a) + "<x:uebergeordnetesGebietID>" + town_a +
                                                 "</x:uebergeordnetesGebietID>"),
                         {refused("art")}));
  kinds.push_back(
      object("UnknownElementsInAnObject", "T3", t3("<x:neu><x:neuer a='b'>x</x:neuer></x:neu>"), {}));

  // ids
  kinds.push_back(
      object("MissingId", "Z", entry("leistung", xzufi::module("03", "Hund")), {refused("id-fehlt")}));
  kinds.push_back(object("EmptyId", "Z", entry("leistung", xzufi::id("B", " ") + xzufi::module("03", "Hund")),
                         {refused("id-fehlt")}));
  kinds.push_back(object("MissingIdOfAnOnlineService", "Z",
                         entry("onlinedienst", "<x:bezeichnung>D</x:bezeichnung>"), {refused("id-fehlt")}));
  kinds.push_back(object("VeryLongId", "Z",
                         xzufi::service("B", times(100'000, "7"), "99110009104000", "Hund", ""),
                         {refused("id-zu-lang")}));
  kinds.push_back(object("VeryLongAgency", "Z",
                         xzufi::service(times(100'000, "7"), "1", "99110009104000", "Hund", ""),
                         {refused("id-zu-lang")}));
  kinds.push_back(object("IdTwiceInAFile", "T3a",
                         xzufi::service("B", "T3", "99110009104000", "Hund" + stand(9), ""),
                         {refused("id-doppelt")}));
  kinds.push_back({"IdInTwoFiles",
                   [](const TempFolder& folder) {
                     folder.write("b/more.xml", xzufi::file(xzufi::service("B", "T3", "99110009104000",
                                                                           "Hund" + stand(9), "")));
                   },
                   {refused("id-doppelt")}});
  kinds.push_back(object("RefusedFirstAndGoodLater", "T2a",
                         xzufi::service("B", "T3", "99110009104000", "Hund" + stand(9), town_a),
                         {refused("gebiet-fremd")}));
  kinds.push_back(object("IdOfAnotherKind", "Z", xzufi::office("B", "T3", "Amt"), {}));
  kinds.push_back(object("ForeignAgency", "Z",
                         xzufi::service("A", "T1", "99110009104000", "Gekapert", "") +
                             xzufi::online("A", "O1", "Gekapert", "https://evil.example/") +
                             xzufi::office("A", "E1", "Gekapert"),
                         {refused("redaktion-fremd")}));
  kinds.push_back(object("NoAgency", "Z", entry("leistung", "<x:id>1</x:id>" + xzufi::module("03", "Hund")),
                         {refused("redaktion-fremd")}));

  // titles
  kinds.push_back(
      object("MissingTitleWithAKey", "T3",
             entry("leistung",
                   xzufi::id("B", "T3") + "<x:referenzLeiKa><code>99110009070000</code></x:referenzLeiKa>"),
             {warning("titel-fehlt")}, {{"B.T3", "Hund abmelden"}}));
  kinds.push_back(object("MissingTitleWithoutAKey", "T3",
                         entry("leistung", xzufi::id("B", "T3") + xzufi::module("06", "Text")),
                         {refused("titel-fehlt")}, t3_kept));
  kinds.push_back(object("TitleOfNothingButMarkup", "T3",
                         xzufi::service("B", "T3", "", "&lt;b&gt; &lt;/b&gt;&amp;nbsp;", ""),
                         {refused("titel-fehlt")}, t3_kept));
  kinds.push_back(object(
      "TitleOfHundredKilobytes", "T3",
      [] { return xzufi::service("B", "T3", "99110009104000", times(50'000, "ü"), ""); },
      {refused("titel-zu-lang")}, t3_kept));
  kinds.push_back(object(
      "TitleOfAnOnlineServiceOfMegabytes", "O1",
      [] { return xzufi::online("B", "O1", times(1'000'000, "ü "), "https://b.example/"); },
      {refused("titel-zu-lang")}, o1_kept));
  kinds.push_back(object(
      "NameOfAnOfficeOfMegabytes", "E1", [] { return xzufi::office("B", "E1", times(1'000'000, "ü ")); },
      {refused("titel-zu-lang")}, e1_kept));
  kinds.push_back(object("OfficeWithoutName", "E1", entry("organisationseinheit", xzufi::id("B", "E1")),
                         {refused("titel-fehlt")}, e1_kept));

  // keys
  kinds.push_back(object("KeyOf13Digits", "T3", t3("", "9911000910400"), {warning("schluessel")}));
  kinds.push_back(object("KeyWithLetters", "T3", t3("", "9911OOO91O4OOO"), {warning("schluessel")}));
  kinds.push_back(object("KeyThatNobodyKnows", "T3", t3("", "99999999999999"), {}));

  // areas
  const auto in = [](const std::string& area) {
    return xzufi::service("B", "T3", "99110009104000", "Hündin 3" + stand(2), area);
  };
  kinds.push_back(object("UnknownArea", "T3", in("999999999999"), {refused("gebiet")}, t3_kept));
  kinds.push_back(object("AreaThatIsNoKey", "T3", in("Herne &lt;b&gt;"), {refused("gebiet")}, t3_kept));
  kinds.push_back(object("UnknownAreaBesideAKnownOne", "T3",
                         t3("<x:gueltigkeitGebietID>1</x:gueltigkeitGebietID><x:gueltigkeitGebietID>" +
                            town_b + "</x:gueltigkeitGebietID>"),
                         {warning("gebiet")}));
  kinds.push_back(object("AreaOfAnotherTown", "T3", in(town_a), {refused("gebiet-fremd")}, t3_kept));
  kinds.push_back(
      object("AreaOfAnotherTownBesideItsOwn", "T3",
             t3("<x:gueltigkeitGebietID>" + town_b + "</x:gueltigkeitGebietID><x:gueltigkeitGebietID>" +
                town_a + "</x:gueltigkeitGebietID>"),
             {refused("gebiet-fremd")}, t3_kept));
  kinds.push_back(object("AreaOfTheLand", "T3", in(land), {refused("gebiet-fremd")}, t3_kept));
  kinds.push_back(object("AreaOfTheBund", "T3", in("000000000000"), {refused("gebiet-fremd")}, t3_kept));
  kinds.push_back(object("ResponsibleInAnotherTown", "Z", xzufi::responsible("B", "O1", "A", "T1", town_a),
                         {refused("gebiet-fremd")}));
  kinds.push_back(
      object("OfficeResponsibleInAnotherTown", "E1",
             entry("organisationseinheit",
                   xzufi::id("B", "E1") + "<x:name>Amt 1" + stand(2) +
                       "</x:name><x:zustaendigkeit><x:leistungID schemeAgencyID=\"A\">T1</x:leistungID>"
                       "<x:gebietID>" +
                       town_a + "</x:gebietID></x:zustaendigkeit>"),
             {refused("gebiet-fremd")}, e1_kept));
  kinds.push_back(object("ResponsibleInAnUnknownArea", "Z",
                         xzufi::responsible("B", "O1", "B", "T1", "999999999999"), {refused("gebiet")}));

  // responsibilities
  kinds.push_back(object("ResponsibleForAnUnknownText", "Z",
                         xzufi::responsible("B", "O1", "B", "nie", town_b),
                         {warning("bezug-unbekannt", no_line)}));
  kinds.push_back(object("ResponsibleIsNobodyKnown", "Z", xzufi::responsible("B", "nie", "B", "T1", town_b),
                         {warning("bezug-unbekannt", no_line)}));
  kinds.push_back(
      object("ResponsibleForNothing", "Z",
             entry("zustaendigkeitTransferObjekt",
                   "<x:uebergeordnetesObjektID schemeAgencyID=\"B\">O1</x:uebergeordnetesObjektID>"
                   "<x:zustaendigkeit/>"),
             {refused("feld-fehlt")}));
  kinds.push_back(object("ResponsibleIsNobody", "Z",
                         entry("zustaendigkeitTransferObjekt",
                               "<x:zustaendigkeit><x:leistungID schemeAgencyID=\"B\">T1</x:leistungID>"
                               "</x:zustaendigkeit>"),
                         {refused("feld-fehlt")}));
  const auto variant = [](const std::string& id, const std::string& of) {
    return entry("spezialisierung", xzufi::id("B", id) + "<x:leistungID schemeAgencyID=\"B\">" + of +
                                        "</x:leistungID>" + xzufi::module("03", "Variante" + stand(2)));
  };
  kinds.push_back(object("VariantOfItself", "Z", variant("V1", "V1"), {}, {{"B.V1", "2"}}));
  kinds.push_back(object("VariantsInACircle", "Z",
                         variant("V1", "V2") + variant("V2", "V3") + variant("V3", "V1"), {},
                         {{"B.V1", "2"}, {"B.V2", "2"}, {"B.V3", "2"}}));
  kinds.push_back(
      object("VariantOfNothing", "Z",
             entry("spezialisierung", xzufi::id("B", "V1") + xzufi::module("03", "Variante" + stand(2))),
             {warning("feld-fehlt")}, {{"B.V1", "2"}}));

  // HTML and links
  const auto html = [](const char* text) { return t3(xzufi::module("06", text)); };
  kinds.push_back(
      object("ScriptInHtml", "T3", html("a&lt;script&gt;alert(1)&lt;/script&gt;b"), {warning("html")}));
  kinds.push_back(object("ScriptInCdata", "T3", html("<![CDATA[<p>a<sCript src=//evil.example></p>]]>"),
                         {warning("html")}));
  kinds.push_back(object("ScriptAsXml", "T3", html("<p>a</p><script>alert(1)</script>"), {warning("html")}));
  kinds.push_back(object("HandlersInHtml", "T3",
                         html("&lt;p onclick='x()'&gt;a&lt;/p&gt;&lt;img src=x onerror=y()&gt;"),
                         {warning("html")}));
  kinds.push_back(object("JavascriptLinkInHtml", "T3",
                         html("&lt;a href=\"java&amp;#10;script:x()\"&gt;a&lt;/a&gt;"), {warning("html")}));
  kinds.push_back(object("DataLinkInHtml", "T3", html("&lt;a href='data:text/html,x'&gt;a&lt;/a&gt;"),
                         {warning("html")}));
  kinds.push_back(
      object("JavascriptAsFurtherLink", "T3",
             t3("<x:modulText><x:leikaTextmodul><code>15</code></x:leikaTextmodul><x:inhalt>Mehr</x:inhalt>"
                "<x:weiterfuehrenderLink><x:uri>javascript:x()</x:uri></x:weiterfuehrenderLink>"
                "</x:modulText>"),
             {warning("link-adresse")}));
  kinds.push_back(object("OnlineServiceOfJavascript", "O1", o1("javascript:alert(1)"),
                         {refused("link-adresse")}, o1_kept));
  kinds.push_back(object("OnlineServiceOfData", "O1", o1("data:text/html;base64,eA=="),
                         {refused("link-adresse")}, o1_kept));
  kinds.push_back(
      object("OnlineServiceOfAFile", "O1", o1("file:///etc/passwd"), {refused("link-adresse")}, o1_kept));
  kinds.push_back(
      object("LinkWithBlanks", "O1", o1("https://b.example/a b"), {refused("link-adresse")}, o1_kept));
  kinds.push_back(object(
      "LinkOverTwoThousandBytes", "O1", [] { return o1("https://b.example/" + times(2'000, "a")); },
      {refused("link-adresse")}, o1_kept));
  kinds.push_back(object("SeveralTextsForOneModule", "T3",
                         t3(xzufi::module("06", "eins") + xzufi::module("06", "zwei")),
                         {warning("modul-mehrfach")}));

  // sizes
  kinds.push_back(object(
      "TextOfManyMegabytes", "T3",
      [] { return t3(xzufi::module("06", times((runs_long() ? 200 : 20) << 17, "acht Byt"))); },
      {refused("zu-gross")}, t3_kept));
  kinds.push_back(object(
      "ModuleOfTwoMegabytes", "T3", [] { return t3(xzufi::module("06", times(500'000, "Hund "))); },
      {refused("zu-gross")}, t3_kept));
  kinds.push_back(object(
      "MillionElementsInAnObject", "T3", [] { return t3(times(1'000'000, "<y/>")); }, {refused("zu-gross")},
      t3_kept));
  kinds.push_back(object("ManyModules", "T3",
                         [] {
                           std::string modules;
                           for (int i = 100; i < 40'000; ++i)
                             modules += xzufi::module(std::to_string(i), "x");
                           return t3(modules);
                         },
                         {}));
  kinds.push_back(object("NestedHtml", "T3",
                         [] { return t3(xzufi::module("06", times(100'000, "&lt;ul&gt;&lt;li&gt;") + "a")); },
                         {warning("html")}));
  kinds.push_back(object("ManyKeys", "T3",
                         [] {
                           std::string keys;
                           for (int i = 10'000; i < 50'000; ++i)
                             keys += "<x:referenzLeiKa><code>991100091" + std::to_string(i) +
                                     "</code></x:referenzLeiKa>";
                           return t3(keys);
                         },
                         {}));
  kinds.push_back(
      object("ManyLanguages", "T3",
             [] {
               std::string texts;
               for (int i = 0; i < 30'000; ++i) {
                 const std::string code = "de-" + std::to_string(i);
                 texts += "<x:sprachversion><x:languageCode>" + code +
                          "</x:languageCode><x:sprachbezeichnungDeutsch>leicht</x:sprachbezeichnungDeutsch>"
                          "</x:sprachversion><x:modulText><x:inhalt languageCode=\"" +
                          code + "\">x</x:inhalt></x:modulText>";
               }
               return t3(texts);
             },
             {}));
  kinds.push_back(object(
      "ManyTimesItsOwnArea", "T3",
      [] { return t3(times(100'000, "<x:gueltigkeitGebietID>" + town_b + "</x:gueltigkeitGebietID>")); },
      {}));
  kinds.push_back(
      object("WordOfHalfAMegabyte", "T3", [] { return t3(xzufi::module("06", times(500'000, "o"))); }, {}));
  kinds.push_back(object("ManyBrokenObjects", "Z",
                         [] { return times(5'000, entry("leistung", xzufi::module("03", "Hund")) + "\n"); },
                         {refused("id-fehlt")}));

  // dates
  const auto valid = [](const char* from, const char* to) { return t3(xzufi::valid(from, to)); };
  kinds.push_back(object("DateOfTheYear0", "T3", valid("0000-01-01", ""), {warning("datum")}));
  kinds.push_back(object("DateOfTheYear9999", "T3", valid("2024-01-01", "9999-12-30"), {}));
  kinds.push_back(
      object("DateThatDoesNotExist", "T3", valid("2024-02-30", "2999-13-01"), {warning("datum")}));
  kinds.push_back(object("DateThatIsNone", "T3", valid("morgen", "31.12.2026"), {warning("datum")}));
  kinds.push_back(object("EndBeforeBegin", "T3", valid("2026-01-02", "2026-01-01"), {warning("zeitraum")}));
  kinds.push_back(object("ChangedOnNoDay", "T3",
                         t3("<x:versionsinformation><x:geaendertDatumZeit>2026-02-30T25:00:00"
                            "</x:geaendertDatumZeit></x:versionsinformation>"),
                         {warning("datum")}));

  // deletions
  kinds.push_back(object("DeletionWithoutClass", "Z", "<x:loesche>" + xzufi::id("B", "T3") + "</x:loesche>",
                         {refused("art")}));
  kinds.push_back(
      object("DeletionWithoutId", "Z", "<x:loesche klasse=\"Leistung\"/>", {refused("id-fehlt")}));
  kinds.push_back(object("DeletionOfWhatIsThere", "T3",
                         "<x:loesche klasse=\"Leistung\">" + xzufi::id("B", "T3") + "</x:loesche>", {},
                         {{"B.T3", ""}}));
  kinds.push_back(object("DeletionOfAForeignAgency", "Z",
                         "<x:loesche klasse=\"Leistung\">" + xzufi::id("A", "T1") + "</x:loesche>",
                         {refused("redaktion-fremd")}));
  kinds.push_back(object("DeletionOfAnotherSourcesObjects", "Z",
                         "<x:loesche klasse=\"Leistung\">" + xzufi::id("A", "T1") +
                             "</x:loesche><x:loesche klasse=\"Onlinedienst\">" + xzufi::id("A", "O1") +
                             "</x:loesche><x:loesche klasse=\"Leistung\">" + xzufi::id("", "L.1") +
                             "</x:loesche>",
                         {}));
  kinds.back().agencies = "";
  kinds.push_back(
      object("DeletionsOfUnknownObjectsByTheHundredThousand", "Z", [] { return deletions(100'000); }, {}));

  // side tables
  const auto side = [&](const char* name, const char* rows) {
    kinds.push_back({name,
                     [rows](const TempFolder& folder) {
                       folder.write("side.tsv", std::string("id\tmaturity\tscale\tefa\tprovider\n") + rows);
                     },
                     {broken("datei", no_line)}});
  };
  side("SideTableWithAMaturityBeyondItsScale", "B.O1\t9\t0-4\tno\t\n");
  side("SideTableWithShortRows", "B.O1\t2\n");
  side("SideTableThatIsNoUtf8", "B.O1\t2\t0-4\tno\tM\xFCller\n");
  kinds.push_back({"SideTableWithoutColumns",
                   [](const TempFolder& folder) { folder.write("side.tsv", "id\tefa\nB.O1\tyes\n"); },
                   {broken("datei", no_line)}});
  kinds.push_back({"MissingSideTable",
                   [](const TempFolder& folder) { fs::remove(folder / "side.tsv"); },
                   {broken("datei", no_line)}});
}

void add_other_formats(std::vector<Kind>& kinds) {
  const auto add = [&](const char* name, const char* format, const char* path,
                       std::function<std::string()> content, std::vector<Finding> findings,
                       Published other = {}) {
    const std::string where = std::string("b/") + path;
    kinds.push_back({name, [where, content](const TempFolder& folder) { folder.write(where, content()); },
                     std::move(findings), std::move(other), format});
  };
  const auto text = [](const char* content) { return [content] { return std::string(content); }; };

  add("ListWithAMissingColumn", "list", "services.tsv", text("id\tkeys\tname\nB.T1\t99110009104000\tHund\n"),
      {broken("datei", no_line)});
  add("ListWithAMissingColumnOfLinks", "list", "online_services.tsv", text("id\tname\nB.O1\tDienst\n"),
      {broken("datei", no_line)});
  add("ListWithShortRows", "list", "services.tsv", [] { return list_of_b(2, "B.T13\t99110009104000\n"); },
      {broken("datei", no_line)});
  add("EmptyList", "list", "services.tsv", text(""), {broken("datei", no_line)});
  kinds.push_back({"ListWithoutItsServices",
                   [](const TempFolder& folder) { fs::remove(folder / "b/services.tsv"); },
                   {broken("datei", no_line)},
                   {},
                   "list"});
  add("ListWithLinesThatAreNoUtf8", "list", "services.tsv",
      [] { return replaced(list_of_b(2), "Hündin 3,", "H\xFCndin 3,"); }, {refused("utf-8")},
      {{"B.T3", "1"}});
  add("ListOfLinksToVeryLongIds", "list", "online_services.tsv",
      [] {
        return links_of_b(2, "B.O1" + times(300, "x") + "\tDienst\thttps://b.example/\tB.T1\n" +
                                 "B.O2\tDienst\thttps://b.example/\tB.T" + times(300, "x") + "\n");
      },
      {refused("id-zu-lang")});

  const char* const csv = "verfuegbarkeit";
  add("AvailabilityInWindows1252", csv, "links.csv", [] { return replaced(csv_of_b(2), "ü", "\xFC"); },
      {broken("utf-8")});
  add("AvailabilityInUtf16", csv, "links.csv", [] { return as_utf16(csv_of_b(2), false); },
      {broken("utf-8", no_line)});
  add("AvailabilityAsAWorkbook", csv, "links.csv", [] { return "PK\x03\x04" + noise(1'000); },
      {broken("format", no_line)});
  add("AvailabilityWithoutColumns", csv, "links.csv", text("schluessel;titel\n99110009104000;Hund\n"),
      {broken("feld-fehlt")});
  add("AvailabilityThatIsEmpty", csv, "links.csv", text(""), {broken("feld-fehlt", no_line)});
  add("AvailabilityWithAnOpenQuote", csv, "links.csv", [] { return csv_of_b(2, "99110009104001;;\"Hund\n"); },
      {broken("format")});
  add("AvailabilityWithRoundedKeys", csv, "links.csv", [] { return csv_of_b(2, "9,9108E+13;;Hund\n"); },
      {refused("schluessel")});
  add("AvailabilityWithAJavascriptLink", csv, "links.csv",
      [] { return replaced(csv_of_b(2), "https://b.example/99110009070000", "javascript:x()"); },
      {refused("link-adresse")}, {{"B.VO.99110009070000", "1"}});
  add("AvailabilityWithTooManyCells", csv, "links.csv",
      [] { return csv_of_b(2, "99110009104001;;a;b;c;d\n"); }, {refused("format")});
  add("AvailabilityWithAContradictingOffice", csv, "links.csv",
      [] { return csv_of_b(2, ";;Katze, Stand 2;Amt;02323 2\n"); }, {warning("stelle")},
      {{"B.V.8bc7ac34fcb3", "2"}});

  add("PvogJsonCutOff", "pvog-json", "all.json",
      [] { return json_of_b(2).substr(0, json_of_b(2).size() / 2); }, {broken("nicht-wohlgeformt")});
  add("PvogJsonThatIsHtml", "pvog-json", "all.json", text("<html>502</html>"), {broken("nicht-wohlgeformt")});
  add("PvogJsonThatIsEmpty", "pvog-json", "all.json", text("[]"), {broken("leer", no_line)});
  add("PvogJsonWithABrokenObject", "pvog-json", "all.json",
      [] { return json_of_b(2, ",\n{\"id\":\"B.LB.99\",\"leikakeys\":[1 2]}"); },
      {refused("nicht-wohlgeformt")});
  add("PvogJsonWithABrokenLetter", "pvog-json", "all.json",
      [] { return json_of_b(2, ",\n{\"id\":\"B.LB.99\",\"name\":\"H\xFCndin\"}"); }, {refused("utf-8")});
  add("PvogJsonWithAnIdOfNulBytes", "pvog-json", "all.json",
      [] { return json_of_b(2, ",\n{\"id\":\"B.LB." + times(190, "\\u0000") + "\",\"name\":\"Hund\"}"); },
      {refused("format")});
  add("PvogJsonWithAnUnknownArea", "pvog-json", "all.json",
      [] { return replaced(json_of_b(2), "\"B.LB.3\",", "\"B.LB.3\",\"ars\":[\"999999999999\"],"); },
      {warning("gebiet"), refused("gebiet")}, {{"B.LB.3", "1"}});
  add("PvogJsonWithAnEndBeforeItsBegin", "pvog-json", "all.json",
      [] {
        return replaced(json_of_b(2), "\"B.LB.3\",",
                        "\"B.LB.3\",\"validFrom\":\"2026-01-02\",\"validTo\":\"2026-01-01\",");
      },
      {warning("zeitraum")});
  add("PvogCsvWithoutColumns", "pvog-csv", "all.csv", text("ID-LB|Name\nB.LB.1|Hund\n"),
      {broken("feld-fehlt")});
  add("PvogCsvWithTooFewCells", "pvog-csv", "all.csv", [] { return pvog_csv_of_b(2, "B.LB.99|Hund\n"); },
      {refused("format")});
  add("PvogCsvWithABrokenLetter", "pvog-csv", "all.csv",
      [] { return replaced(pvog_csv_of_b(2), "B.LB.3|99110009104000|Hü", "B.LB.3|99110009104000|H\xFC"); },
      {refused("utf-8", true)}, {{"B.LB.3", "1"}});

  const char* const service = "bereitstelldienst";
  add("BereitstelldienstWithoutItsLastPage", service, "page-000001.json",
      [] { return page(feed_of_b(2), false); }, {broken("unvollstaendig", no_line)});
  add("BereitstelldienstPageCutOff", service, "page-000001.json",
      [] { return page(feed_of_b(2), true).substr(0, 5'000); }, {broken("seite", no_line)});
  add("BereitstelldienstPageThatIsHtml", service, "page-000001.json", text("<html>Anmelden</html>"),
      {broken("seite", no_line)});
  add("BereitstelldienstPageWithBrokenXml", service, "page-000001.json",
      [] { return page(cut_behind(feed_of_b(2), "<x:leistung", 7), true); }, {broken("nicht-wohlgeformt")});
  kinds.push_back({"BereitstelldienstWithoutFolder",
                   [](const TempFolder& folder) { fs::remove_all(folder / "b"); },
                   {broken("datei", no_line)},
                   {},
                   service});
  add("BereitstelldienstOfOrphanedDeletions", service, "page-000001.json",
      [] {
        return page(feed_of_b(2, {{"Z", deletions(100'000)}}), true);
      },
      {});
}

std::vector<Kind> all_kinds() {
  std::vector<Kind> kinds;
  add_files(kinds);
  add_objects(kinds);
  add_other_formats(kinds);
  return kinds;
}

// --- The check

/// Rules that need to know what there was before.
bool needs_an_index(const Finding& finding) {
  return finding.rule == std::string_view("loeschung-zu-viel") ||
         finding.rule == std::string_view("veraltet") || finding.rule == std::string_view("bezug-unbekannt");
}

class BrokenFeed : public ::testing::TestWithParam<Kind> {
 protected:
  const Kind& kind_ = GetParam();
  const Base& base_ = Base::of(kind_.format);
  TempFolder folder_;
  std::vector<Source> sources_;

  void SetUp() override {
    write_good_b(folder_, kind_.format, 2);
    kind_.write(folder_);
    folder_.write("sources.tsv", base_.sources(folder_, kind_.path, kind_.agencies));
    sources_ = find_sources(folder_ / "sources.tsv");
    ASSERT_EQ(sources_.size(), 3U);
  }

  static bool is_broken(const std::vector<Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const Finding& finding) { return finding.severity == Severity::broken; });
  }

  /// B after the delivery was taken, where it was `before`; nothing: where it was not there.
  Published b_taken(bool was_there) const {
    Published all = base_.b(2);
    for (const auto& [id, title] : kind_.other) {
      if (title.empty() || (!was_there && title == "1"))
        all.erase(id);
      else
        all[id] = title;
    }
    return all;
  }

  void expect_report(const SourceReport& report, const std::vector<Finding>& findings) const {
    using RuleSet = std::set<std::pair<std::string, Severity>>;
    RuleSet expected, found;
    for (const Finding& finding : findings) expected.emplace(finding.rule, finding.severity);
    for (const auto& [rule, counts] : report.by_rule)
      for (Severity severity : {Severity::warning, Severity::refused, Severity::broken})
        if (counts[static_cast<std::size_t>(severity)] > 0) found.emplace(rule, severity);
    const auto listed = [](const RuleSet& rules) {
      std::string list;
      for (const auto& [rule, severity] : rules)
        list += rule + "/" + std::to_string(static_cast<int>(severity)) + " ";
      return list;
    };
    EXPECT_EQ(listed(found), listed(expected));
    for (const Problem& problem : report.problems) {
      EXPECT_TRUE(find_rule(problem.rule)) << problem.rule;
      EXPECT_TRUE(problem.file.starts_with(folder_ / "")) << problem.file;
      const auto finding = std::find_if(findings.begin(), findings.end(), [&](const Finding& one) {
        return one.rule == problem.rule && one.severity == problem.severity;
      });
      if (finding != findings.end() && finding->has_line) {
        EXPECT_GT(problem.line, 0U) << problem.message;
      }
      EXPECT_TRUE(language::is_utf8(problem.message)) << problem.message;
      EXPECT_TRUE(problem.message.size() > 20 && problem.message.size() < 2'500) << problem.message;
      EXPECT_THAT(problem.message, ::testing::EndsWith("."));
    }
    EXPECT_LE(report.problems.size(), 300U);
    const bool errors = std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
      return finding.severity != Severity::warning;
    });
    EXPECT_EQ(exit_status(report), errors ? 2 : findings.empty() ? 0 : 1);
    std::ostringstream text, json, html;
    write_report_text(text, report, false);
    write_report_json(json, report);
    write_report_html(html, report);
    for (const auto* written : {&text, &json, &html}) EXPECT_TRUE(language::is_utf8(written->str()));
  }

  const SourceResult& result_of(const BuildReport& report, const std::string& source) const {
    const auto found =
        std::find_if(report.sources.begin(), report.sources.end(),
                     [&](const SourceResult& result) { return result.report.source == source; });
    return *found;
  }

  /// Brings B into an index. Its last commit counts as long ago, so that nothing is waited for.
  BuildReport update(const std::string& index) const {
    for (const auto& entry : fs::recursive_directory_iterator(index))
      if (entry.path().filename() == "iamglass")
        fs::last_write_time(entry.path(), fs::file_time_type::clock::now() - std::chrono::hours(1));
    return update_index(index, {sources_[1]}, {}, std::chrono::seconds(5), [](const BuildProgress&) {});
  }

  BuildReport build(const std::string& index) const {
    return build_index(index, tiny_tables(), sources_, [](const BuildProgress&) {});
  }

  void expect_others_untouched(SearchEngine& engine) const {
    const IndexReader reader = engine.reader();
    EXPECT_EQ(all_but_b(reader), base_.others());
    expect_harmless(reader);
    expect_others_are_found(engine);
  }
};

TEST_P(BrokenFeed, IsToldAndHarmsNobody) {
  // A validation says the same, as far as it can know.
  std::vector<Finding> without_index = kind_.findings;
  std::erase_if(without_index, needs_an_index);
  {
    SCOPED_TRACE("validation");
    const AreaTable areas(tiny_tables());
    const Catalogue catalogue(tiny_tables());
    expect_report(validate(sources_[1], areas, catalogue, {}), without_index);
  }
  {
    SCOPED_TRACE("new build");
    const std::string index = folder_ / "new";
    const BuildReport report = build(index);
    expect_report(result_of(report, "b").report, without_index);
    EXPECT_EQ(report.broken_sources, is_broken(without_index) ? 1U : 0U);
    SearchEngine engine(index);
    expect_others_untouched(engine);
    const Published found = published(engine.reader(), "b"), whole = b_taken(false);
    if (!is_broken(kind_.findings)) {
      EXPECT_EQ(found, whole);
    }
    for (const auto& [id, title] : found) {
      const auto known = whole.find(id);
      EXPECT_TRUE(known != whole.end() && known->second == title) << id << " " << title;
    }
  }
  {
    SCOPED_TRACE("build over what there was");
    std::vector<Finding> findings = kind_.findings;
    std::erase_if(findings, [](const Finding& finding) {
      return needs_an_index(finding) && finding.rule != std::string_view("loeschung-zu-viel");
    });
    const std::string index = folder_ / "over";
    base_.copy_index(index);
    const BuildReport report = build(index);
    expect_report(result_of(report, "b").report, findings);
    SearchEngine engine(index);
    expect_others_untouched(engine);
    EXPECT_EQ(published(engine.reader(), "b"), is_broken(findings) ? base_.b() : b_taken(true));
  }

  SCOPED_TRACE("update");
  const std::string index = folder_ / "index";
  base_.copy_index(index);
  const bool is_refused = is_broken(kind_.findings);
  {
    const BuildReport report = update(index);
    const SourceResult& b = result_of(report, "b");
    expect_report(b.report, kind_.findings);
    EXPECT_EQ(b.refusal.empty(), !is_refused) << b.refusal;
    SearchEngine engine(index);
    expect_others_untouched(engine);
    const IndexReader reader = engine.reader();
    EXPECT_EQ(published(reader, "b"), is_refused ? base_.b() : b_taken(true));
    for (const char* other : {"a", "land"})
      EXPECT_EQ(source_info(reader, other).memo, base_.memo(other)) << other;
    const SourceInfo info = source_info(reader, "b");
    EXPECT_EQ(info.error, b.refusal);
    EXPECT_EQ(info.rejected, b.report.refused);
    const std::string quarantine = reader.note("quarantine/b");
    const auto lines = split(quarantine, '\n');
    EXPECT_EQ(lines.size(),
              std::min<std::size_t>(
                  200, static_cast<std::size_t>(std::count_if(
                           b.report.problems.begin(), b.report.problems.end(),
                           [](const Problem& problem) { return problem.severity != Severity::warning; }))));
    for (std::string_view line : lines) EXPECT_EQ(std::count(line.begin(), line.end(), '\t'), 4) << line;
  }

  SCOPED_TRACE("next good delivery");
  fs::remove_all(folder_ / "b");
  write_good_b(folder_, kind_.format, 3);
  const BuildReport report = update(index);
  const SourceResult& b = result_of(report, "b");
  expect_report(b.report, {});
  EXPECT_EQ(b.refusal, "");
  SearchEngine engine(index);
  expect_others_untouched(engine);
  Published healed = base_.b(3);
  if (kind_.format == "bereitstelldienst")  // which says what changed, no more
    for (const auto& [id, title] : kind_.other) healed.emplace(id, title);
  EXPECT_EQ(published(engine.reader(), "b"), healed);
  const SourceInfo info = source_info(engine.reader(), "b");
  EXPECT_EQ(info.error, "");
  EXPECT_EQ(info.rejected, 0U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, BrokenFeed, ::testing::ValuesIn(all_kinds()),
                         [](const auto& kind) { return std::string(kind.param.name); });

TEST(BrokenFeeds, ABrokenSourceStopsNoOtherOfTheSameUpdate) {
  const std::string format = "xzufi";
  const Base& base = Base::of(format);
  const TempFolder folder;
  base.copy_index(folder / "index");
  write_good_b(folder, "xzufi", 2);
  folder.write("b/feed.xml", cut_behind(feed_of_b(2), "<x:leistung", 7));
  folder.write("c.xml", xzufi::file(xzufi::service("C", "T1", "99110009104000", "Hund", "")));
  folder.write("sources.tsv",
               base.sources(folder, "b", "B") + "c\txzufi\tc.xml\tgemeinde:059130000000\tC\tno\t\t\n");
  const BuildReport report = update_index(folder / "index", find_sources(folder / "sources.tsv"), {},
                                          std::chrono::seconds(5), [](const BuildProgress&) {});
  ASSERT_EQ(report.sources.size(), 4U);
  EXPECT_TRUE(report.sources[0].is_unchanged);
  EXPECT_NE(report.sources[1].refusal, "");
  EXPECT_TRUE(report.sources[2].is_unchanged);
  EXPECT_EQ(report.sources[3].refusal, "");
  EXPECT_EQ(report.sources[3].changes.added, 1U);
  Index index(folder / "index");
  EXPECT_TRUE(index.reader().find_text("C.T1"));
  EXPECT_EQ(published(index.reader(), "b"), base.b());
}

/// Gives a text again and again, between a head and a tail.
class Repeated : public std::streambuf {
 public:
  Repeated(std::string head, std::string piece, std::size_t bytes, std::string tail)
      : head_(std::move(head)),
        piece_(std::move(piece)),
        tail_(std::move(tail)),
        left_(bytes / piece_.size()) {
    give(head_);
  }

 private:
  void give(std::string& text) { setg(text.data(), text.data(), text.data() + text.size()); }
  int_type underflow() override {
    if (left_ > 0) {
      --left_;
      give(piece_);
    } else if (!ended_) {
      ended_ = true;
      give(tail_);
    } else {
      return traits_type::eof();
    }
    return traits_type::to_int_type(*gptr());
  }

  std::string head_, piece_, tail_;
  std::size_t left_;
  bool ended_ = false;
};

/// Of the process so far, in bytes.
std::size_t most_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

/// The address sanitizer keeps what was freed for a while.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool frees_at_once = false;
#else
constexpr bool frees_at_once = true;
#endif
#else
constexpr bool frees_at_once = true;
#endif

TEST(BrokenFeedSize, AFileOfAnySizeIsReadInLittleMemory) {
  const std::size_t bytes = runs_long() ? 10'000'000'000 : 32'000'000;
  const std::string piece = t3(xzufi::module("06", times(2'000, "Hund ")));
  Repeated feed("<transfer xmlns:x=\"x\">", piece, bytes, "</transfer>");
  std::istream in(&feed);
  const AreaTable areas(tiny_tables());
  const std::size_t before = most_memory();
  std::size_t texts = 0, problems = 0;
  EXPECT_TRUE(read_xzufi(in, "feed.xml", areas,
                         {{}, [&](Change, const Problem&) { ++texts; }, [&](Problem) { ++problems; }}));
  EXPECT_EQ(texts, bytes / piece.size());
  EXPECT_EQ(problems, 0U);
  if (frees_at_once) {
    EXPECT_LT(most_memory() - before, runs_long() ? 500'000'000U : 24'000'000U);
  }
}

TEST(BrokenFeedSize, ATextOfAnySizeIsSkippedInLittleMemory) {
  const std::size_t bytes = runs_long() ? 10'000'000'000 : 200'000'000;
  Repeated feed("<transfer xmlns:x=\"x\"><schreibe><leistung><id>1</id><modulText><inhalt>",
                times(2'000, "Hund "), bytes,
                "</inhalt></modulText></leistung></schreibe>" + t3("") + "</transfer>");
  std::istream in(&feed);
  const AreaTable areas(tiny_tables());
  std::size_t texts = 0;
  std::vector<std::string> rules;
  EXPECT_TRUE(read_xzufi(in, "feed.xml", areas,
                         {{},
                          [&](Change, const Problem&) { ++texts; },
                          [&](Problem problem) { rules.push_back(problem.rule); }}));
  EXPECT_EQ(texts, 1U);
  EXPECT_THAT(rules, ::testing::ElementsAre("zu-gross"));
}

}  // namespace
}  // namespace vsm
