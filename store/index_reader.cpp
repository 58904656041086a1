#include "store/index_reader.h"

#include <malloc.h>
#include <xapian.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "store/layout.h"
#include "store/records.h"

namespace vsm {
namespace fs = std::filesystem;
namespace {

constexpr const char* build_again = "build it again with vsm-index build";
constexpr std::chrono::seconds look_interval(1), retry_interval(30);

layout::Stub stub_of(const std::string& directory) {
  layout::Stub stub = layout::read_stub(directory);
  if (stub.generation.empty())
    throw IndexError(directory + " holds no index; make one with: vsm-index build --index " + directory);
  return stub;
}

Xapian::Database open_generation(const std::string& directory, const std::string& generation) try {
  return Xapian::Database(directory + "/" + generation);
} catch (const Xapian::Error& error) {
  throw IndexError("the index in " + directory + " cannot be opened (" + error.get_description() + "); " +
                   build_again);
}

/// Throws IndexError unless every file is as long as the writer left it.
void check_sizes(const fs::path& folder) {
  const auto damaged = [&](const std::string& file, const std::string& how) {
    return IndexError("the index is damaged: " + (folder / file).string() + " " + how + "; " + build_again);
  };
  std::ifstream list(folder / layout::sizes);
  std::size_t files = 0;
  if (!(list >> files)) throw damaged(layout::sizes, "cannot be read");
  for (; files > 0; --files) {
    std::string name;
    std::uintmax_t size = 0;
    if (!(list >> name >> size)) throw damaged(layout::sizes, "is cut short");
    std::error_code error;
    const std::uintmax_t found = fs::file_size(folder / name, error);
    if (error) throw damaged(name, "is missing");
    if (found != size)
      throw damaged(name, "has " + std::to_string(found) + " bytes instead of " + std::to_string(size));
  }
}

std::string metadata(const Xapian::Database& db, const std::string& key) {
  std::string value = db.get_metadata(key);
  if (value.empty()) throw IndexError("the index is damaged: \"" + key + "\" is missing");
  return value;
}

}  // namespace

struct Snapshot::Sheets {
  explicit Sheets(std::size_t count) : once(count), sheets(count) {}
  std::vector<std::once_flag> once;
  std::vector<Sheet> sheets;
};

Snapshot::Snapshot(const TableTexts& tables)
    : areas(tables), catalogue(tables), sheets_(std::make_shared<Sheets>(areas.size())) {}

std::span<const std::pair<ServiceKey, Availability>> Snapshot::availability_in_group(
    std::uint64_t group) const {
  const auto before = [](const auto& entry, std::uint64_t g) { return entry.first.group() < g; };
  const auto begin = std::lower_bound(availability_.begin(), availability_.end(), group, before);
  const auto end = std::lower_bound(begin, availability_.end(), group + 1, before);
  return {begin, end};
}

namespace {

struct Revision {
  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<const void> derived;
};

}  // namespace

struct IndexReader::State {
  Xapian::Database db;
  std::shared_ptr<const Revision> revision;
  std::weak_ptr<Index::State> home;

  static std::shared_ptr<const Snapshot> load(const Xapian::Database& db, const std::string& directory,
                                              const layout::Stub& stub);
};

struct Index::State {
  std::string directory;
  Derive derive;

  mutable std::mutex mutex;  // over what follows, held for moments
  std::shared_ptr<const Revision> current;
  std::vector<std::unique_ptr<IndexReader::State>> idle;
  std::string trouble;
  Trouble told;

  std::mutex looking;                                    // over what follows, held while a build is loaded
  std::vector<std::shared_ptr<const Revision>> retired;  // freed here and not in a request
  layout::Stub failed;
  std::chrono::steady_clock::time_point retry;

  std::atomic<DocId> checked = 0;

  /// Loads a build and makes it the one that readers get.
  void take(const layout::Stub& stub) {
    auto fresh = std::make_unique<IndexReader::State>();
    auto revision = std::make_shared<Revision>();
    fresh->db = open_generation(directory, stub.generation);
    fresh->revision = revision;
    revision->snapshot = IndexReader::State::load(fresh->db, directory, stub);
    if (derive) {
      IndexReader reader(std::move(fresh));
      revision->derived = derive(reader);
      fresh = std::move(reader.state_);
    }
    std::shared_ptr<const Revision> old = std::move(revision);
    std::vector<std::unique_ptr<IndexReader::State>> handles;
    handles.push_back(std::move(fresh));
    {
      const std::lock_guard hold(mutex);
      current.swap(old);
      idle.swap(handles);
    }
    if (old) retired.push_back(std::move(old));
  }

  void free_retired() {
    const auto unused = [](const auto& revision) { return revision.use_count() == 1; };
    if (std::erase_if(retired, unused) == 0) return;
#ifdef __GLIBC__
    ::malloc_trim(0);  // else each swap leaves the process larger, up to three times its size
#endif
  }

  /// One more handle on the build that readers get. Throws IndexError where another one has taken its place.
  std::unique_ptr<IndexReader::State> open_again(std::shared_ptr<const Revision> revision) const try {
    auto state = std::make_unique<IndexReader::State>();
    state->db = open_generation(directory, revision->snapshot->generation);
    if (metadata(state->db, layout::build_key) != revision->snapshot->build)
      throw IndexError("the index in " + directory + " was replaced");
    state->revision = std::move(revision);
    return state;
  } catch (const Xapian::Error& error) {
    throw IndexError("the index cannot be read: " + error.get_description());
  }

  /// A build that failed is tried again after a while; `at_once` does not wait for that.
  void look(bool at_once) {
    const std::lock_guard one(looking);
    free_retired();
    layout::Stub stub;
    std::string problem;
    try {
      stub = stub_of(directory);
      if (!serves(stub)) {
        if (!at_once && stub == failed && std::chrono::steady_clock::now() < retry) return;
        take(stub);
      }
    } catch (const std::exception& error) {
      problem = error.what();
    }
    failed = problem.empty() ? layout::Stub() : std::move(stub);
    retry = std::chrono::steady_clock::now() + retry_interval;
    tell(problem);
  }

  bool serves(const layout::Stub& stub) const {
    const std::lock_guard hold(mutex);
    const Snapshot& snapshot = *current->snapshot;
    return snapshot.generation == stub.generation && snapshot.build == stub.build;
  }

  void tell(const std::string& problem) {
    Trouble listener;
    {
      const std::lock_guard hold(mutex);
      if (problem == trouble) return;
      trouble = problem;
      listener = told;
    }
    if (listener) listener(problem);
  }
};

/// The thread that looks once a second.
class Index::Watcher {
 public:
  explicit Watcher(std::shared_ptr<State> state) : state_(std::move(state)), thread_([this] { watch(); }) {}
  ~Watcher() {
    {
      const std::lock_guard hold(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

 private:
  void watch() {
    std::unique_lock hold(mutex_);
    while (!wake_.wait_for(hold, look_interval, [this] { return stopping_; })) {
      hold.unlock();
      state_->look(false);
      hold.lock();
    }
  }

  std::shared_ptr<State> state_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

std::shared_ptr<const Snapshot> IndexReader::State::load(const Xapian::Database& db,
                                                         const std::string& directory,
                                                         const layout::Stub& stub) try {
  if (metadata(db, layout::format_key) != std::to_string(layout::format))
    throw IndexError(std::string("the index was made by another version of vsm; ") + build_again);
  check_sizes(fs::path(directory) / stub.generation);
  const std::string prefix = layout::table_prefix;
  TableTexts tables;
  for (auto key = db.metadata_keys_begin(prefix); key != db.metadata_keys_end(prefix); ++key)
    tables.emplace((*key).substr(prefix.size()), db.get_metadata(*key));
  auto snapshot = std::make_shared<Snapshot>(tables);
  for (auto& [name, text] : tables)
    if (name.starts_with("language/") || name.starts_with("synonyms/"))
      snapshot->word_tables.emplace(name, std::move(text));
  snapshot->generation = stub.generation;
  snapshot->build = metadata(db, layout::build_key);
  if (snapshot->build != stub.build)
    throw IndexError("the index in " + directory + " is another one than its file " + layout::stub +
                     " names");
  snapshot->revision = std::strtoull(metadata(db, layout::revision_key).c_str(), nullptr, 10);
  snapshot->built = std::strtoll(metadata(db, layout::built_key).c_str(), nullptr, 10);
  snapshot->chain_version = std::atoi(metadata(db, layout::chain_key).c_str());
  snapshot->text_count = db.get_doccount();
  snapshot->sources =
      from_bytes<std::vector<SourceInfo>>(metadata(db, layout::sources_key), "the list of sources");
  snapshot->covered = from_bytes<Bitmap>(metadata(db, layout::covered_key), "a bitmap");
  snapshot->unlisted = from_bytes<Sheet>(metadata(db, layout::unlisted_key), "a sheet");
  snapshot->unlisted.derive();
  const std::string online = layout::online_prefix;
  for (auto key = db.metadata_keys_begin(online); key != db.metadata_keys_end(online); ++key) {
    const ServiceKey service(std::strtoull((*key).c_str() + online.size(), nullptr, 10));
    snapshot->availability_.emplace_back(service,
                                         from_bytes<Availability>(db.get_metadata(*key), "an availability"));
  }
  std::sort(snapshot->availability_.begin(), snapshot->availability_.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return snapshot;
} catch (const Xapian::Error& error) {
  throw IndexError("the index cannot be read: " + error.get_description());
} catch (const TableError& error) {
  throw IndexError(std::string("the index is damaged: ") + error.what());
} catch (const std::out_of_range&) {
  throw IndexError("the index is damaged: a table is missing");
}

IndexReader::IndexReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
IndexReader::IndexReader(IndexReader&&) noexcept = default;
IndexReader& IndexReader::operator=(IndexReader&&) noexcept = default;

IndexReader::~IndexReader() {
  if (!state_) return;
  const auto home = state_->home.lock();
  if (!home) return;
  const std::lock_guard hold(home->mutex);
  if (home->current == state_->revision) home->idle.push_back(std::move(state_));
}

const Snapshot& IndexReader::snapshot() const { return *state_->revision->snapshot; }
const std::shared_ptr<const void>& IndexReader::derived() const { return state_->revision->derived; }
std::shared_ptr<const Snapshot> IndexReader::shared_snapshot() const { return state_->revision->snapshot; }

const Sheet& IndexReader::sheet(AreaIndex area) const {
  const Snapshot& snapshot = *state_->revision->snapshot;
  auto& sheets = *snapshot.sheets_;
  std::call_once(sheets.once[area], [&] {
    std::string bytes;
    try {
      bytes = state_->db.get_metadata(layout::sheet_prefix + snapshot.areas[area].id());
    } catch (const Xapian::Error& error) {
      throw IndexError("the index cannot be read: " + error.get_description());
    }
    if (bytes.empty()) return;
    Sheet sheet = from_bytes<Sheet>(bytes, "a sheet");
    sheet.derive();
    sheets.sheets[area] = std::move(sheet);
  });
  return sheets.sheets[area];
}

void IndexReader::postings(TermKind kind, const std::string& term, const Bitmap& docs,
                           std::vector<Posting>& found) const try {
  const std::string stored = layout::word_term(kind, term);
  auto wanted = docs.begin();
  const auto end = docs.end();
  auto posting = state_->db.postlist_begin(stored);
  const auto last = state_->db.postlist_end(stored);
  // Both lists are sorted; whichever is behind jumps to the other.
  while (posting != last && wanted != end) {
    const DocId doc = *posting;
    if (*wanted < doc) {
      wanted.equalorlarger(doc);
    } else if (*wanted > doc) {
      posting.skip_to(*wanted);
    } else {
      found.push_back({doc, layout::unpack(posting.get_wdf())});
      ++posting;
      ++wanted;
    }
  }
} catch (const Xapian::Error& error) {
  throw IndexError("the index cannot be read: " + error.get_description());
}

ServiceText IndexReader::text(DocId doc) const {
  std::string bytes;
  try {
    bytes = state_->db.get_document(doc).get_data();
  } catch (const Xapian::Error& error) {
    throw IndexError("the index cannot be read: " + error.get_description());
  }
  return from_bytes<ServiceText>(bytes, "a service text");
}

namespace {

std::vector<DocId> documents(const Xapian::Database& db, const std::string& term, std::size_t limit) try {
  std::vector<DocId> docs;
  for (auto doc = db.postlist_begin(term); doc != db.postlist_end(term) && docs.size() < limit; ++doc)
    docs.push_back(*doc);
  return docs;
} catch (const Xapian::Error& error) {
  throw IndexError("the index cannot be read: " + error.get_description());
}

}  // namespace

std::optional<DocId> IndexReader::find_text(std::string_view id) const {
  const auto docs = documents(state_->db, layout::id_term(std::string(id)), 1);
  if (docs.empty()) return std::nullopt;
  return docs.front();
}

std::vector<DocId> IndexReader::texts_with_key(ServiceKey key, std::size_t limit) const {
  return documents(state_->db, layout::key_term(key), limit);
}

Index::Index(std::string directory, Derive derive) : state_(std::make_shared<State>()) {
  state_->directory = std::move(directory);
  state_->derive = std::move(derive);
  state_->take(stub_of(state_->directory));
  watcher_ = std::make_unique<Watcher>(state_);
}

Index::~Index() = default;

IndexReader Index::reader() {
  for (int tries = 3;; --tries) {
    std::unique_ptr<IndexReader::State> reader;
    std::shared_ptr<const Revision> revision;
    {
      const std::lock_guard hold(state_->mutex);
      revision = state_->current;
      if (!state_->idle.empty()) {
        reader = std::move(state_->idle.back());
        state_->idle.pop_back();
      }
    }
    try {
      if (!reader) reader = state_->open_again(std::move(revision));
      reader->home = state_;
      return IndexReader(std::move(reader));
    } catch (const IndexError&) {  // another build may have taken its place a moment ago
      if (tries == 1) throw;
      state_->look(false);
    }
  }
}

void Index::look() { state_->look(true); }

std::string Index::trouble() const {
  const std::lock_guard hold(state_->mutex);
  return state_->trouble;
}

void Index::on_trouble(Trouble told) {
  const std::lock_guard hold(state_->mutex);
  state_->told = std::move(told);
}

std::uint64_t Index::check() {
  const IndexReader lent = reader();
  const Snapshot& snapshot = lent.snapshot();
  // Files of a build that is out of the directory are no longer there to be compared.
  if (state_->serves(layout::read_stub(state_->directory)))
    check_sizes(fs::path(state_->directory) / snapshot.generation);
  if (snapshot.text_count == 0) return snapshot.revision;
  const DocId doc = 1 + state_->checked++ % snapshot.text_count;
  lent.text(doc);
  try {
    const Xapian::Database& db = lent.state_->db;
    auto term = db.termlist_begin(doc);
    if (term == db.termlist_end(doc)) throw IndexError("the index is damaged: a text has no terms");
    auto posting = db.postlist_begin(*term);
    posting.skip_to(doc);
    if (posting == db.postlist_end(*term) || *posting != doc)
      throw IndexError("the index is damaged: a posting is missing");
  } catch (const Xapian::Error& error) {
    throw IndexError("the index cannot be read: " + error.get_description());
  }
  return snapshot.revision;
}

}  // namespace vsm
