#include "store/index_writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <xapian.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <map>
#include <random>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "store/layout.h"
#include "store/records.h"

namespace vsm {
namespace fs = std::filesystem;
namespace {

/// A file descriptor that closes itself.
class File {
 public:
  File(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

void sync_path(const fs::path& path) {
  const File file(path.string(), O_RDONLY);
  if (!file || ::fsync(file.fd()) != 0) throw IndexError("cannot write " + path.string() + " to disk");
}

std::string generation_name(std::uint64_t number) { return "gen-" + std::to_string(number); }

/// The number of the generation that the stub names; 0 where there is none yet.
std::uint64_t current_generation(const fs::path& directory) {
  const std::string name = layout::read_stub(directory.string()).generation;
  return name.empty() ? 0 : std::strtoull(name.c_str() + 4, nullptr, 10);
}

/// Tells a build from every other one, also where folders and revisions are named alike.
std::string random_build_id() {
  std::random_device random;
  std::ostringstream id;
  for (int i = 0; i < 4; ++i) id << std::hex << std::setw(8) << std::setfill('0') << random();
  return id.str();
}

/// What a reader compares before it trusts a generation.
void write_sizes(const fs::path& folder) {
  std::ostringstream list;
  std::size_t files = 0;
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.file_size() == 0) continue;
    ++files;
    list << file.path().filename().string() << '\t' << file.file_size() << '\n';
  }
  std::ofstream out(folder / layout::sizes, std::ios::trunc);
  if (!(out << files << '\n' << list.str()).flush()) throw IndexError("cannot write to " + folder.string());
}

/// Marks an index that vsm made: a writer only clears folders that it knows as its own.
bool is_foreign(const fs::path& directory) {
  if (!fs::exists(directory) || fs::is_empty(directory)) return false;
  return !fs::exists(directory / layout::lock);
}

}  // namespace

struct IndexWriter::State {
  State(std::string dir, const TableTexts& tables)
      : directory(std::move(dir)), areas(tables), catalogue(tables), lock(open_lock(directory)) {
    if (::flock(lock.fd(), LOCK_EX | LOCK_NB) != 0)
      throw IndexError("another program is writing to " + directory.string() +
                       "; try again when it has ended");
    before = current_generation(directory);
    // A folder left by a build that was stopped is in nobody's use.
    for (const auto& entry : fs::directory_iterator(directory)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("gen-") && std::strtoull(name.c_str() + 4, nullptr, 10) > before)
        fs::remove_all(entry.path());
    }
    folder = directory / generation_name(before + 1);
    // Nobody reads a generation before the swap, so it is brought to disk once, in finish().
    db = Xapian::WritableDatabase(folder.string(),
                                  Xapian::DB_CREATE | Xapian::DB_BACKEND_GLASS | Xapian::DB_NO_SYNC);
  }

  static std::string open_lock(const fs::path& directory) {
    if (is_foreign(directory))
      throw IndexError(directory.string() +
                       " holds other files; name an empty or a new folder for the index");
    fs::create_directories(directory);
    std::string path = (directory / layout::lock).string();
    const File touch(path, O_RDWR | O_CREAT);
    if (!touch) throw IndexError("cannot write to " + directory.string());
    return path;
  }

  struct Lock : File {
    explicit Lock(const std::string& path) : File(path, O_RDWR) {}
  };

  fs::path directory, folder;
  AreaTable areas;
  Catalogue catalogue;
  Lock lock;
  std::uint64_t before = 0;
  std::string build = random_build_id();
  Xapian::WritableDatabase db;
  std::vector<SourceInfo> sources;
  bool finished = false;
  unsigned uncommitted = 0;

  struct TextPlace {
    DocId doc;
    std::vector<ServiceKey> keys;
  };
  std::unordered_map<std::string, TextPlace> texts;
  std::unordered_map<std::string, std::pair<OnlineService, std::string>>
      online_services;  // with source's area
  std::unordered_map<std::string, std::pair<Office, std::string>> offices;
  std::vector<std::pair<Responsibility, std::string>> responsibilities;
  std::map<AreaIndex, Sheet> sheets;
  Sheet unlisted;

  SourceInfo& source() { return sources.back(); }

  /// The areas of an object: those it names, or the one its source delivers for.
  std::vector<AreaIndex> resolve(const std::vector<std::string>& ids, const std::string& fallback,
                                 std::uint32_t& unresolved) const {
    std::vector<AreaIndex> result;
    for (const std::string& id : ids) {
      if (const auto area = areas.find_id(id))
        result.push_back(*area);
      else
        ++unresolved;
    }
    if (ids.empty())
      if (const auto area = areas.find_id(fallback)) result.push_back(*area);
    return result;
  }

  void join(std::uint32_t& joins, std::uint32_t& unresolved);
  void write_availability();
  void sort_sheets();
};

IndexWriter::IndexWriter(std::string directory, const TableTexts& tables, int chain_version) try
    : state_(std::make_unique<State>(std::move(directory), tables)) {
  auto& db = state_->db;
  db.set_metadata(layout::format_key, std::to_string(layout::format));
  db.set_metadata(layout::build_key, state_->build);
  db.set_metadata(layout::chain_key, std::to_string(chain_version));
  for (const auto& [name, text] : tables) db.set_metadata(layout::table_prefix + name, text);
} catch (const Xapian::Error& error) {
  throw IndexError("cannot start a new index: " + error.get_description());
} catch (const fs::filesystem_error& error) {
  throw IndexError(std::string("cannot start a new index: ") + error.what());
}

IndexWriter::~IndexWriter() {
  if (!state_ || state_->finished) return;
  try {
    state_->db.close();
    fs::remove_all(state_->folder);
  } catch (...) {  // the next writer clears what is left
  }
}

const AreaTable& IndexWriter::areas() const { return state_->areas; }
const Catalogue& IndexWriter::catalogue() const { return state_->catalogue; }

void IndexWriter::begin_source(SourceInfo source) { state_->sources.push_back(std::move(source)); }

void IndexWriter::count_rejected() { ++state_->source().rejected; }

bool IndexWriter::put(ServiceText text, std::span<const TextTerm> terms) try {
  const std::string id = text.id.text();
  if (state_->texts.contains(id)) return false;
  text.source = state_->source().id;
  std::uint32_t unknown = 0;
  const auto valid_in = state_->resolve(text.areas, state_->source().area, unknown);
  text.areas.clear();
  for (AreaIndex area : valid_in) text.areas.push_back(state_->areas[area].id());

  Xapian::Document document;
  document.add_boolean_term(layout::id_term(id));
  for (ServiceKey key : text.keys) document.add_boolean_term(layout::key_term(key));
  for (const TextTerm& term : terms)
    document.add_term(layout::word_term(term.kind, term.term), layout::pack(term.impacts));
  document.set_data(to_bytes(text));
  const DocId doc = state_->db.add_document(document);

  bool listed = false;
  for (ServiceKey key : text.keys) listed |= state_->catalogue.find(key) != nullptr;
  for (AreaIndex area : valid_in) {
    Sheet& sheet = state_->sheets[area];
    sheet.kin.insert(sheet.kin.end(), text.kin.begin(), text.kin.end());
  }
  for (ServiceKey key : text.keys) {
    for (const Period& period : text.validity.periods()) {
      const SheetText entry{key, doc, period};
      for (AreaIndex area : valid_in) state_->sheets[area].texts.push_back(entry);
      if (!listed) state_->unlisted.texts.push_back(entry);
    }
  }
  state_->texts.emplace(id, State::TextPlace{doc, text.keys});
  ++state_->source().texts;
  if (++state_->uncommitted == 1'000) {
    state_->db.commit();
    state_->uncommitted = 0;
  }
  return true;
} catch (const Xapian::Error& error) {
  throw IndexError("cannot write the index: " + error.get_description());
}

bool IndexWriter::put(OnlineService service) {
  service.source = state_->source().id;
  const std::string id = service.id.text();
  if (!state_->online_services.emplace(id, std::pair(std::move(service), state_->source().area)).second)
    return false;
  ++state_->source().online_services;
  return true;
}

bool IndexWriter::put(Office office) {
  office.source = state_->source().id;
  const std::string id = office.id.text();
  if (!state_->offices.emplace(id, std::pair(std::move(office), state_->source().area)).second) return false;
  ++state_->source().offices;
  return true;
}

void IndexWriter::put(Responsibility responsibility) {
  responsibility.source = state_->source().id;
  state_->responsibilities.emplace_back(std::move(responsibility), state_->source().area);
}

void IndexWriter::put_table(const std::string& name, const std::string& text) {
  state_->db.set_metadata(layout::table_prefix + name, text);
}

namespace {

/// Adds `object` to the sheet under each key, once.
template <class Object>
std::uint32_t add_joins(std::vector<Object>& objects, std::vector<SheetJoin>& joins,
                        std::unordered_map<std::string, std::uint32_t>& known, const std::string& id,
                        const Object& object, const std::vector<ServiceKey>& keys) {
  const auto [entry, is_new] = known.emplace(id, static_cast<std::uint32_t>(objects.size()));
  if (is_new) objects.push_back(object);
  std::uint32_t added = 0;
  for (ServiceKey key : keys) {
    joins.push_back({key, entry->second});
    ++added;
  }
  return added;
}

template <class Object>
void sort_joins(std::vector<SheetJoin>& joins, const std::vector<Object>& objects) {
  const auto rank = [&](const SheetJoin& join) { return std::tie(join.key, objects[join.index].id); };
  std::sort(joins.begin(), joins.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  joins.erase(std::unique(joins.begin(), joins.end(),
                          [](const auto& a, const auto& b) { return a.key == b.key && a.index == b.index; }),
              joins.end());
}

}  // namespace

void IndexWriter::State::join(std::uint32_t& joins, std::uint32_t& unresolved) {
  std::map<AreaIndex, std::unordered_map<std::string, std::uint32_t>> online_known, office_known;
  for (const auto& [responsibility, fallback] : responsibilities) {
    for (const ObjectId& service : responsibility.services) {
      const auto text = texts.find(service.text());
      const std::string subject = responsibility.subject.text();
      const auto online = online_services.find(subject);
      const auto office = offices.find(subject);
      if (text == texts.end() || (online == online_services.end() && office == offices.end())) {
        ++unresolved;
        continue;
      }
      for (AreaIndex area : resolve(responsibility.areas, fallback, unresolved)) {
        Sheet& sheet = sheets[area];
        if (online != online_services.end())
          joins += add_joins(sheet.online_services, sheet.online_joins, online_known[area], subject,
                             online->second.first, text->second.keys);
        else
          joins += add_joins(sheet.offices, sheet.office_joins, office_known[area], subject,
                             office->second.first, text->second.keys);
      }
    }
  }
}

void IndexWriter::State::sort_sheets() {
  const auto sort_texts = [](std::vector<SheetText>& list) {
    std::sort(list.begin(), list.end(), [](const SheetText& a, const SheetText& b) {
      return std::tie(a.key, a.doc, a.validity) < std::tie(b.key, b.doc, b.validity);
    });
  };
  sort_texts(unlisted.texts);
  for (auto& [area, sheet] : sheets) {
    sort_texts(sheet.texts);
    std::sort(sheet.kin.begin(), sheet.kin.end());
    sheet.kin.erase(std::unique(sheet.kin.begin(), sheet.kin.end()), sheet.kin.end());
    sort_joins(sheet.online_joins, sheet.online_services);
    sort_joins(sheet.office_joins, sheet.offices);
  }
}

void IndexWriter::State::write_availability() {
  std::map<std::string, std::string> area_of_source;
  for (const SourceInfo& info : sources) area_of_source[info.id] = info.area;
  std::map<ServiceKey, Availability> availability;
  for (const auto& [area, sheet] : sheets) {
    const auto members = areas.municipalities_in(area);
    const bool is_municipality = areas[area].level == Level::gemeinde;
    for (const SheetJoin& join : sheet.online_joins) {
      const OnlineService& service = sheet.online_services[join.index];
      if (service.url.empty()) continue;
      // What another town runs for this one (EfA) is not the town's own.
      const bool own = is_municipality && area_of_source[service.source] == areas[area].id();
      Availability& entry = availability[join.key];
      if (service.validity.always()) {
        (own ? entry.own : entry.inherited).addMany(members.size(), members.data());
        continue;
      }
      for (const Period& period : service.validity.periods()) {
        Availability::Dated dated{period, own, {}};
        dated.municipalities.addMany(members.size(), members.data());
        entry.dated.push_back(std::move(dated));
      }
    }
  }
  for (auto& [key, entry] : availability) {
    entry.own.runOptimize();
    entry.inherited.runOptimize();
    db.set_metadata(layout::online_prefix + std::to_string(key.number()), to_bytes(entry));
  }
}

IndexWriter::Summary IndexWriter::finish() try {
  State& state = *state_;
  Summary summary;
  summary.revision = 1;
  if (state.before > 0) {
    try {
      const Xapian::Database old((state.directory / generation_name(state.before)).string());
      summary.revision = std::strtoull(old.get_metadata(layout::revision_key).c_str(), nullptr, 10) + 1;
    } catch (const Xapian::Error&) {  // a damaged generation must not stop its replacement
      summary.revision = state.before + 1;
    }
  }
  state.join(summary.joins, summary.unresolved);
  state.sort_sheets();
  state.write_availability();
  for (const auto& [area, sheet] : state.sheets)
    state.db.set_metadata(layout::sheet_prefix + state.areas[area].id(), to_bytes(sheet));

  Bitmap covered;
  for (const SourceInfo& source : state.sources) {
    const auto area = state.areas.find_id(source.area);
    if (!area || state.areas[*area].level != Level::gemeinde) continue;
    for (MunicipalityIndex number : state.areas.municipalities_in(*area)) covered.add(number);
  }
  state.db.set_metadata(layout::covered_key, to_bytes(covered));
  state.db.set_metadata(layout::unlisted_key, to_bytes(state.unlisted));
  state.db.set_metadata(layout::sources_key, to_bytes(state.sources));
  state.db.set_metadata(layout::revision_key, std::to_string(summary.revision));
  state.db.set_metadata(layout::built_key, std::to_string(std::time(nullptr)));
  summary.texts = state.db.get_doccount();
  summary.online_services = static_cast<std::uint32_t>(state.online_services.size());
  summary.offices = static_cast<std::uint32_t>(state.offices.size());
  state.db.commit();
  state.db.close();

  write_sizes(state.folder);
  for (const auto& file : fs::directory_iterator(state.folder)) sync_path(file.path());
  sync_path(state.folder);
  const fs::path fresh = state.directory / "XAPIANDB.new";
  {
    std::ofstream stub(fresh, std::ios::trunc);
    stub << layout::stub_build << state.build << '\n' << "glass " << state.folder.filename().string() << '\n';
    if (!stub.flush()) throw IndexError("cannot write " + fresh.string());
  }
  sync_path(fresh);
  fs::rename(fresh, state.directory / layout::stub);
  state.finished = true;
  sync_path(state.directory);
  // The generation before stays for readers that are about to open it.
  for (const auto& entry : fs::directory_iterator(state.directory)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("gen-") && std::strtoull(name.c_str() + 4, nullptr, 10) < state.before)
      fs::remove_all(entry.path());
  }
  return summary;
} catch (const Xapian::Error& error) {
  throw IndexError("cannot write the index: " + error.get_description());
} catch (const fs::filesystem_error& error) {
  throw IndexError(std::string("cannot write the index: ") + error.what());
}

}  // namespace vsm
