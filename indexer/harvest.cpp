#include "indexer/harvest.h"

#include <fcntl.h>
#include <simdjson.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <system_error>

#include "language/fold.h"

namespace vsm {
namespace fs = std::filesystem;
namespace {

using Outcome = HarvestResult::Outcome;

/// Marks a folder as ours and says what its files were when they came. Being inside of the folder, it changes
/// with it.
constexpr const char* state_name = ".vsm-harvest.tsv";
constexpr const char* next_state_name = ".vsm-harvest.tsv.new";
constexpr const char* part_name = ".part";
constexpr std::int64_t index_limit = 16 << 20;

/// Ends a harvest; caught in harvest().
struct Failure {
  std::string message;
};

[[noreturn]] void fail_on_disk(const std::string& what, int error) {
  throw Failure{"Die lokale Kopie lässt sich nicht schreiben: " + what + " (" +
                std::generic_category().message(error) + ")."};
}

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

void sync(const fs::path& path) {
  const Descriptor file(path.string(), O_RDONLY);
  if (file.fd() < 0 || ::fsync(file.fd()) != 0) fail_on_disk(path.string(), errno);
}

std::int64_t number(std::string_view text) {
  std::int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

struct FileState {
  std::int64_t size = 0;
  std::string etag, last_modified;
};

struct State {
  std::string url;        ///< the feed's; another address makes the rest worthless
  bool complete = false;  ///< the folder is a whole copy
  std::map<std::string, FileState> files;
  std::string next;         ///< bereitstelldienst: where to go on
  std::int64_t pages = 0;   ///< ... how many there are
  std::int64_t linked = 0;  ///< ... how many of them are those of the copy before
};

/// What is missing or damaged counts as nothing known, so that all is fetched.
State read_state(const fs::path& folder) {
  std::ifstream in(folder / state_name, std::ios::binary);
  State state;
  std::string line;
  while (std::getline(in, line)) {
    std::vector<std::string> cells(1);
    for (char c : line)
      if (c == '\t')
        cells.emplace_back();
      else
        cells.back() += c;
    if (cells[0] == "file" && cells.size() == 5) {
      state.files[cells[1]] = {number(cells[2]), cells[3], cells[4]};
    } else if (cells.size() == 2) {
      if (cells[0] == "url") state.url = cells[1];
      if (cells[0] == "next") state.next = cells[1];
      if (cells[0] == "pages") state.pages = std::max<std::int64_t>(0, number(cells[1]));
      if (cells[0] == "linked") state.linked = std::max<std::int64_t>(0, number(cells[1]));
      if (cells[0] == "complete") state.complete = cells[1] == "yes";
    }
  }
  return state;
}

void write_state(const fs::path& folder, const State& state) {
  std::ostringstream text;
  text << "url\t" << state.url << '\n';
  for (const auto& [name, file] : state.files)
    text << "file\t" << name << '\t' << file.size << '\t' << file.etag << '\t' << file.last_modified << '\n';
  if (state.pages > 0)
    text << "next\t" << state.next << "\npages\t" << state.pages << "\nlinked\t" << state.linked << '\n';
  text << "complete\t" << (state.complete ? "yes" : "no") << '\n';

  const fs::path next = folder / next_state_name;
  {
    std::ofstream out(next, std::ios::binary | std::ios::trunc);
    out << text.str();
    if (!out.flush()) fail_on_disk(next.string(), EIO);
  }
  sync(next);
  fs::rename(next, folder / state_name);
}

/// Empty, absent, or with our mark, also where a kill left it half-written.
bool is_ours(const fs::path& folder) {
  if (!fs::exists(folder)) return true;
  return fs::is_directory(folder) &&
         (fs::exists(folder / state_name) || fs::exists(folder / next_state_name) || fs::is_empty(folder));
}

/// The mark goes last, so that what is left by a kill in the middle is still known as ours.
void remove_ours(const fs::path& folder) {
  if (!fs::exists(folder)) return;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().filename() != state_name) files.push_back(entry.path());
  for (const fs::path& file : files) fs::remove(file);
  fs::remove(folder / state_name);
  fs::remove(folder);
}

void link_or_copy(const fs::path& from, const fs::path& to) {
  std::error_code no_link;
  fs::create_hard_link(from, to, no_link);
  if (!no_link) return;
  fs::copy_file(from, to);
  sync(to);
}

bool same_content(const fs::path& a, const fs::path& b) {
  std::error_code error;
  if (!fs::exists(b, error) || fs::file_size(a) != fs::file_size(b, error) || error) return false;
  std::ifstream first(a, std::ios::binary);
  std::ifstream second(b, std::ios::binary);
  std::vector<char> left(1U << 16U);
  std::vector<char> right(left.size());
  while (first && second) {
    first.read(left.data(), static_cast<std::streamsize>(left.size()));
    second.read(right.data(), static_cast<std::streamsize>(right.size()));
    if (first.gcount() != second.gcount() ||
        std::memcmp(left.data(), right.data(), static_cast<std::size_t>(first.gcount())) != 0)
      return false;
  }
  return first.eof() && second.eof();
}

std::string page_name(std::int64_t page) {
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "page-%06lld.json", static_cast<long long>(page));
  return name.data();
}

/// What a page of the Bereitstelldienst says around its objects.
struct Page {
  bool complete = false;
  bool empty = false;  ///< writes and deletes nothing
  std::string next;
};

/// Nothing where the text is no such page.
std::optional<Page> read_page(const fs::path& file) {
  simdjson::padded_string text;
  if (simdjson::padded_string::load(file.string()).get(text) != simdjson::SUCCESS) return std::nullopt;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  Page page;
  if (parser.parse(text).get(root) != simdjson::SUCCESS ||
      root["vollstaendig"].get(page.complete) != simdjson::SUCCESS)
    return std::nullopt;
  simdjson::dom::element objects;
  std::string_view xml;
  if (root["xzufiObjekte"].get(objects) == simdjson::SUCCESS && !objects.is_null() &&
      objects.get(xml) != simdjson::SUCCESS)
    return std::nullopt;
  page.empty =
      xml.find("schreibe") == std::string_view::npos && xml.find("loesche") == std::string_view::npos;
  std::string_view next;
  if (root["naechsteAnfrageUrl"].get(next) == simdjson::SUCCESS) page.next = next;
  return page;
}

std::string extension_of(const std::string& url) {
  const auto parts = url_parts(url);
  if (!parts) return ".xml";
  std::string extension = fs::path(parts->path).extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return extension == ".json" || extension == ".csv" ? extension : ".xml";
}

/// One letter of a name in an address, where only what never has a meaning stands for itself.
std::string percent_encoded(std::string_view name) {
  std::string encoded;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded += c;
      continue;
    }
    constexpr std::string_view digits = "0123456789ABCDEF";
    encoded += '%';
    encoded += digits[byte >> 4U];
    encoded += digits[byte & 15U];
  }
  return encoded;
}

/// Why a line of index.txt cannot be taken as the name of a file; empty where it can.
std::string_view wrong_with(std::string_view name) {
  if (!language::is_utf8(name)) return "er ist kein UTF-8";
  if (std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    return "er enthält Steuerzeichen";
  if (name.find_first_of("/\\:") != std::string_view::npos || name.starts_with("."))
    return "erlaubt ist nur der Name einer Datei neben index.txt, ohne Pfad";
  if (name.size() > 200) return "er ist zu lang";
  const std::string_view end = name.size() > 4 ? name.substr(name.size() - 4) : std::string_view();
  if (end != ".xml" && end != ".XML") return "er endet nicht auf „.xml“";
  return {};
}

fs::path without_slash(std::string folder) {
  while (folder.size() > 1 && folder.ends_with("/")) folder.pop_back();
  return folder;
}

class Run {
 public:
  Run(const Feed& feed, HttpClient& client, HarvestResult& result)
      : feed_(feed),
        client_(client),
        result_(result),
        folder_(without_slash(feed.folder)),
        fresh_(folder_.string() + ".new") {
    if (folder_.has_parent_path()) fs::create_directories(folder_.parent_path());
    lock_.emplace(folder_.string() + ".lock", O_RDWR | O_CREAT);
    if (lock_->fd() < 0) fail_on_disk(folder_.string() + ".lock", errno);
    if (::flock(lock_->fd(), LOCK_EX | LOCK_NB) != 0)
      throw Failure{"Diese Quelle wird gerade schon abgerufen."};
    for (const fs::path& folder : {folder_, fresh_})
      if (!is_ours(folder))
        throw Failure{"Der Ordner „" + folder.string() +
                      "“ enthält Dateien anderer Herkunft; er wird nicht überschrieben."};
    old_ = read_state(folder_);
    if (old_.url != feed.url || !old_.complete) old_ = {};
  }

  void file() {
    const std::string name = "feed" + (feed_.extension.empty() ? extension_of(feed_.url) : feed_.extension);
    State state = begin();
    const FileState known = validators(name);
    const HttpResult answer = get(feed_.url, known, feed_.limits.bytes);
    if (is_unchanged(answer, known)) {
      state.files[name] = known;
      return finish(state, false);
    }
    expect_file(answer, "");
    bool changed = false;
    take(answer, name, state, changed);
    finish(state, changed);
  }

  void index() {
    State state = begin();
    const std::string base = index_url();
    const HttpResult answer = get(base, {}, index_limit, true);
    if (is_gone(answer))
      throw Failure{"Den Index gibt es nicht: " + answer.error + " Die lokale Kopie bleibt, wie sie ist."};
    expect_content(answer, "Der Index ließ sich nicht holen: ");
    const auto names = read_feed_index(answer.body, "index.txt", result_.problems);
    if (names.empty())
      throw Failure{
          "Der Index ist leer oder nennt keine brauchbare Datei. Die lokale Kopie bleibt, wie sie ist."};
    if (names.size() > feed_.limits.files)
      throw Failure{"Der Index nennt mehr als " + std::to_string(feed_.limits.files) + " Dateien."};
    bool changed = false;
    for (const std::string& name : names) indexed_file(base, name, state, changed);
    if (state.files.empty())
      throw Failure{"Keine der Dateien des Index ist abrufbar. Die lokale Kopie bleibt, wie sie ist."};
    for (const auto& [name, file] : old_.files) changed = changed || !state.files.contains(name);
    finish(state, changed);
  }

  void pages() {
    State state = begin_pages();
    std::int64_t start = state.pages;
    std::set<std::string> asked;
    for (std::size_t count = 0;; ++count) {
      if (count == feed_.limits.pages)
        throw Failure{"Der Bereitstelldienst liefert mehr als " + std::to_string(count) +
                      " Seiten; der nächste Abruf setzt hier fort."};
      const std::string address = state.next.empty() ? feed_.url : state.next;
      if (!asked.insert(address).second)
        throw Failure{"Der Bereitstelldienst nennt als nächste Seite eine, die es schon gab."};
      const HttpResult answer = get(address, {}, feed_.limits.page_bytes);
      if (start > 0 && asked.size() == 1 && is_gone(answer)) {
        // The server no longer knows where we stopped.
        state = begin();
        start = 0;
        asked.clear();
        continue;
      }
      expect_content(answer, "Die Seite " + std::to_string(state.pages + 1) + " ließ sich nicht holen: ");
      if (take_page(address, state)) break;
    }
    if (state.pages == 0)
      throw Failure{"Der Bereitstelldienst liefert keine Objekte. Die lokale Kopie bleibt, wie sie ist."};
    finish(state, state.pages != state.linked);
  }

  /// What a failed harvest leaves beside the copy: pages to go on from, else nothing.
  void clean_up() {
    if (read_state(fresh_).pages == 0) remove_ours(fresh_);
  }

 private:
  const Feed& feed_;
  HttpClient& client_;
  HarvestResult& result_;
  const fs::path folder_, fresh_;
  std::optional<Descriptor> lock_;
  State old_;

  /// An empty folder for the new copy, with our mark.
  State begin() {
    remove_ours(fresh_);
    fs::create_directory(fresh_);
    State state;
    state.url = feed_.url;
    write_state(fresh_, state);
    return state;
  }

  static bool has_pages(const fs::path& folder, const State& state) {
    for (std::int64_t page = 1; page <= state.pages; ++page)
      if (!fs::exists(folder / page_name(page))) return false;
    return state.pages > 0;
  }

  /// The pages that need not be fetched again: of a harvest that was stopped, or of the last copy.
  State begin_pages() {
    State half = read_state(fresh_);
    if (half.url == feed_.url && !half.complete && !(feed_.anew && half.linked > 0) &&
        has_pages(fresh_, half))
      return half;
    State state = begin();
    if (feed_.anew || old_.next.empty() || !has_pages(folder_, old_)) return state;
    for (std::int64_t page = 1; page <= old_.pages; ++page)
      link_or_copy(folder_ / page_name(page), fresh_ / page_name(page));
    state.next = old_.next;
    state.pages = state.linked = old_.pages;
    write_state(fresh_, state);
    return state;
  }

  /// Keeps the page just fetched and notes where it goes on; true when it was the last.
  bool take_page(const std::string& address, State& state) {
    const auto page = read_page(fresh_ / part_name);
    if (!page)
      throw Failure{
          "Die Antwort des Bereitstelldienstes ist keine Seite mit „vollstaendig“ und „xzufiObjekte“."};
    std::string next;
    if (!page->next.empty()) {
      next = resolved_url(address, page->next);
      if (!same_origin(next, feed_.url))
        throw Failure{"Der Bereitstelldienst nennt als nächste Seite eine Adresse bei einem anderen Server."};
    } else if (!page->complete) {
      throw Failure{
          "Der Bereitstelldienst nennt keine nächste Seite, obwohl seine Antwort nicht vollständig ist."};
    }
    if (!page->empty) fs::rename(fresh_ / part_name, fresh_ / page_name(++state.pages));
    state.next = next;
    write_state(fresh_, state);
    return page->complete;
  }

  HttpResult get(const std::string& url, const FileState& known, std::int64_t limit, bool in_memory = false) {
    fs::remove(fresh_ / part_name);
    HttpRequest request;
    request.url = url;
    if (!in_memory) request.file = (fresh_ / part_name).string();
    request.max_bytes = std::min(limit, feed_.limits.bytes - result_.bytes);
    if (request.max_bytes <= 0)
      throw Failure{"Die Quelle liefert mehr als die erlaubten " + std::to_string(feed_.limits.bytes) +
                    " Bytes."};
    request.etag = known.etag;
    request.last_modified = known.last_modified;
    request.auth = &feed_.auth;
    HttpResult answer = client_.fetch(request);
    result_.status = answer.status;
    result_.retry_after = answer.retry_after;
    result_.bytes += answer.bytes;
    return answer;
  }

  /// What the copy's file was like when it came; nothing where it is not there as it was.
  FileState validators(const std::string& name) const {
    const auto known = old_.files.find(name);
    std::error_code error;
    if (known == old_.files.end() ||
        fs::file_size(folder_ / name, error) != static_cast<std::uintmax_t>(known->second.size) || error)
      return {};
    return known->second;
  }

  /// The server may say so only where it was asked.
  static bool is_unchanged(const HttpResult& answer, const FileState& known) {
    return answer.failure == HttpFailure::none && answer.status == 304 &&
           !(known.etag.empty() && known.last_modified.empty());
  }

  /// Said by the server of the feed: a login that failed has a status too.
  static bool is_gone(const HttpResult& answer) {
    return answer.failure == HttpFailure::none && (answer.status == 404 || answer.status == 410);
  }

  /// `before` begins the sentence of a failure.
  static void expect_content(const HttpResult& answer, const std::string& before) {
    if (!answer.error.empty()) throw Failure{before + answer.error};
    if (!answer.ok())
      throw Failure{before + "Der Server antwortet mit " + std::to_string(answer.status) +
                    " statt mit einer Datei."};
    if (answer.content_type.starts_with("text/html"))
      throw Failure{before + "Der Server liefert eine Web-Seite (text/html) statt der Daten."};
  }

  void expect_file(const HttpResult& answer, const std::string& before) const {
    expect_content(answer, before);
    if (answer.bytes == 0) throw Failure{before + "Die Antwort des Servers ist leer."};
  }

  /// Puts the file just fetched into the new copy. The same bytes as before are no change.
  void take(const HttpResult& answer, const std::string& name, State& state, bool& changed) {
    if (same_content(fresh_ / part_name, folder_ / name)) {
      fs::remove(fresh_ / part_name);
      link_or_copy(folder_ / name, fresh_ / name);
    } else {
      fs::rename(fresh_ / part_name, fresh_ / name);
      changed = true;
    }
    state.files[name] = {answer.bytes, answer.etag, answer.last_modified};
  }

  void keep(const std::string& name, State& state) {
    link_or_copy(folder_ / name, fresh_ / name);
    state.files[name] = old_.files[name];
  }

  std::string index_url() const {
    const std::size_t end = std::min(feed_.url.find_first_of("?#"), feed_.url.size());
    std::string base = feed_.url.substr(0, end);
    if (!base.ends_with("/index.txt")) base += base.ends_with("/") ? "index.txt" : "/index.txt";
    return base + feed_.url.substr(end);
  }

  void indexed_file(const std::string& base, const std::string& name, State& state, bool& changed) {
    const FileState known = validators(name);
    const HttpResult answer = get(resolved_url(base, percent_encoded(name)), known, feed_.limits.bytes);
    if (is_unchanged(answer, known)) return keep(name, state);
    if (is_gone(answer)) {
      // An editor's slip must not stop the others; nor does it say that the objects are gone, as the index
      // has them.
      const bool kept = old_.files.contains(name) && fs::exists(folder_ / name);
      if (kept) keep(name, state);
      result_.problems.push_back(
          {name,
           0,
           {},
           "Der Index nennt die Datei „" + name + "“, aber es gibt sie nicht. " +
               (kept ? "Die bisherige Fassung bleibt." : "Sie fehlt in der lokalen Kopie."),
           "datei-fehlt",
           kept ? Severity::warning : Severity::refused});
      return;
    }
    expect_file(answer, "Die Datei „" + name + "“ ließ sich nicht holen: ");
    take(answer, name, state, changed);
  }

  /// The new copy takes the place of the old one; without a change only what is known of its files is
  /// renewed.
  void finish(State& state, bool changed) {
    state.url = feed_.url;
    state.complete = true;
    state.linked = 0;
    changed = changed || old_.url.empty();  // nobody knows what else is in the old one
    result_.files = state.files.size() + static_cast<std::size_t>(state.pages);
    if (changed) {
      write_state(fresh_, state);
      sync(fresh_);
      exchange();
    } else {
      write_state(folder_, state);
    }
    result_.outcome = changed ? Outcome::changed : Outcome::unchanged;
    try {
      remove_ours(fresh_);
    } catch (const fs::filesystem_error&) {
      // The next harvest removes it.
    }
  }

  void exchange() {
    const unsigned flag = fs::exists(folder_) ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    if (::renameat2(AT_FDCWD, fresh_.c_str(), AT_FDCWD, folder_.c_str(), flag) != 0) {
      if (errno == EINVAL)
        throw Failure{"Das Dateisystem von „" + folder_.string() +
                      "“ kann zwei Ordner nicht in einem Schritt tauschen."};
      fail_on_disk(folder_.string(), errno);
    }
    sync(folder_.has_parent_path() ? folder_.parent_path() : fs::path("."));
  }
};

}  // namespace

std::vector<std::string> read_feed_index(std::string_view text, const std::string& file,
                                         std::vector<Problem>& problems) {
  constexpr std::size_t told = 100;
  std::vector<std::string> names;
  std::set<std::string, std::less<>> seen;
  std::size_t refused = 0;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view name = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!name.empty() && (name.back() == '\r' || name.back() == ' ' || name.back() == '\t'))
      name.remove_suffix(1);
    while (!name.empty() && (name.front() == ' ' || name.front() == '\t')) name.remove_prefix(1);
    if (name.empty()) continue;
    if (const std::string_view reason = wrong_with(name); !reason.empty()) {
      if (++refused <= told)
        problems.push_back({file,
                            line,
                            {},
                            "Dieser Dateiname im Index wurde nicht übernommen: " + std::string(reason) + ".",
                            "dateiname",
                            Severity::refused});
      continue;
    }
    if (seen.emplace(name).second) names.emplace_back(name);
  }
  if (refused > told)
    problems.push_back(
        {file,
         0,
         {},
         std::to_string(refused - told) + " weitere Dateinamen im Index wurden nicht übernommen.",
         "dateiname",
         Severity::refused});
  return names;
}

HarvestResult harvest(const Feed& feed, HttpClient& client) {
  HarvestResult result;
  try {
    Run run(feed, client, result);
    try {
      switch (feed.layout) {
        case Layout::file:
          run.file();
          break;
        case Layout::index:
          run.index();
          break;
        case Layout::bereitstelldienst:
          run.pages();
          break;
      }
    } catch (const Failure&) {
      run.clean_up();
      throw;
    }
  } catch (const Failure& failure) {
    result.message = failure.message;
  } catch (const fs::filesystem_error& error) {
    result.message = "Die lokale Kopie lässt sich nicht schreiben: " + error.path1().string() + " (" +
                     error.code().message() + ").";
  }
  if (result.outcome == Outcome::failed) result.files = 0;
  return result;
}

}  // namespace vsm
