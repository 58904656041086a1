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

#include "store/generation.h"
#include "store/layout.h"
#include "store/records.h"

namespace vsm {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::milliseconds look_interval(100);
constexpr std::chrono::seconds retry_interval(30), retry_interval_at_work(5);
using layout::build_again;

/// Errors of Xapian as ours. Those that a writer at work causes, or that may come of it, are told apart.
template <class Read>
auto reading(Read read) try {
  return read();
} catch (const Xapian::DatabaseModifiedError& error) {
  throw IndexOutdated("the index was changed while it was read: " + error.get_description());
} catch (const Xapian::DatabaseCorruptError& error) {
  throw IndexOutdated("the index cannot be read: " + error.get_description());
} catch (const Xapian::DatabaseOpeningError& error) {
  throw IndexOutdated("the index cannot be read: " + error.get_description());
} catch (const Xapian::Error& error) {
  throw IndexError("the index cannot be read: " + error.get_description());
}

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

std::string metadata(const Xapian::Database& db, const std::string& key) {
  std::string value = db.get_metadata(key);
  if (value.empty()) throw IndexError("the index is damaged: \"" + key + "\" is missing");
  return value;
}

}  // namespace

IndexTables::IndexTables(const TableTexts& tables) : areas(tables), catalogue(tables) {
  for (const auto& [name, text] : tables)
    if (name.starts_with("language/") || name.starts_with("synonyms/")) words.emplace(name, text);
}

struct Snapshot::LazySheet {
  std::once_flag once;
  Sheet sheet;
};

Snapshot::Snapshot(std::shared_ptr<const IndexTables> its_tables)
    : tables(std::move(its_tables)),
      areas(tables->areas),
      catalogue(tables->catalogue),
      unlisted_(std::make_shared<const Sheet>()) {}

std::span<const std::pair<ServiceKey, Availability>> Snapshot::availability_in_group(
    std::uint64_t group) const {
  const auto before = [](const auto& entry, std::uint64_t g) { return entry.first.group() < g; };
  const auto begin = std::lower_bound(availability_.begin(), availability_.end(), group, before);
  const auto end = std::lower_bound(begin, availability_.end(), group + 1, before);
  return {begin, end};
}

Bitmap Snapshot::municipalities_in(AreaIndex area) const {
  const auto members = areas.municipalities_in(area);
  Bitmap bits;
  bits.addMany(members.size(), members.data());
  return bits;
}

std::shared_ptr<const void> Snapshot::mark_of_sheet(AreaIndex area) const { return sheets_.at(area); }

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
  mutable bool outdated = false;  // not to be lent again

  /// Loads a revision. What `before`, of the same build, has of it and no commit since touched is taken from
  /// there; null: everything is read.
  static std::shared_ptr<const Snapshot> load(const Xapian::Database& db, const std::string& directory,
                                              const layout::Stub& stub, const Snapshot* before);
  template <class Read>
  auto guarded(Read read) const {
    try {
      return reading(read);
    } catch (const IndexOutdated&) {
      outdated = true;
      throw;
    } catch (const IndexError& error) {  // blocks that a writer has used again may hold anything
      outdated = true;
      throw IndexOutdated(error.what());
    }
  }
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
  Xapian::Database watched;                              // to see commits of the generation in use
  layout::Stub failed;
  std::chrono::steady_clock::time_point retry;

  std::atomic<DocId> checked = 0;

  /// Loads a build and makes it the one that readers get.
  void take(const layout::Stub& stub) {
    auto fresh = std::make_unique<IndexReader::State>();
    auto revision = std::make_shared<Revision>();
    fresh->db = open_generation(directory, stub.generation);
    fresh->revision = revision;
    std::shared_ptr<const Revision> before;
    {
      const std::lock_guard hold(mutex);
      before = current;
    }
    const bool same_build =
        before && before->snapshot->generation == stub.generation && before->snapshot->build == stub.build;
    revision->snapshot =
        IndexReader::State::load(fresh->db, directory, stub, same_build ? before->snapshot.get() : nullptr);
    if (derive) {
      IndexReader reader(std::move(fresh));
      revision->derived = derive(reader, before ? before->derived : nullptr);
      fresh = std::move(reader.state_);
    }
    before.reset();
    watched = open_generation(directory, stub.generation);
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

  /// Where an update overtakes the load, the next try gets what that update made.
  void take_settled(const layout::Stub& stub) {
    for (int tries = 3;; --tries) {
      try {
        return take(stub);
      } catch (const IndexOutdated&) {
        if (tries == 1) throw;
      }
    }
  }

  void free_retired() {
    const auto unused = [](const auto& revision) { return revision.use_count() == 1; };
    if (std::erase_if(retired, unused) == 0) return;
#ifdef __GLIBC__
    ::malloc_trim(0);  // else each swap leaves the process larger, up to three times its size
#endif
  }

  /// One more handle on the build that readers get. Throws IndexError where another one has taken its place.
  std::unique_ptr<IndexReader::State> open_again(std::shared_ptr<const Revision> revision) const {
    return reading([&] {
      auto state = std::make_unique<IndexReader::State>();
      state->db = open_generation(directory, revision->snapshot->generation);
      if (metadata(state->db, layout::build_key) != revision->snapshot->build)
        throw IndexOutdated("the index in " + directory + " was replaced");
      if (metadata(state->db, layout::revision_key) != std::to_string(revision->snapshot->revision))
        throw IndexOutdated("the index in " + directory + " has a newer revision");
      state->revision = std::move(revision);
      return state;
    });
  }

  /// A build that failed is tried again after a while, soon where a writer at work may be why; `at_once` does
  /// not wait for that.
  void look(bool at_once) {
    const std::lock_guard one(looking);
    free_retired();
    layout::Stub stub;
    std::string problem;
    auto pause = retry_interval;
    try {
      stub = stub_of(directory);
      if (!serves(stub) || is_behind()) {
        if (!at_once && stub == failed && std::chrono::steady_clock::now() < retry) return;
        take_settled(stub);
      }
    } catch (const IndexOutdated& error) {
      problem = error.what();
      pause = retry_interval_at_work;
    } catch (const std::exception& error) {
      problem = error.what();
    }
    failed = problem.empty() ? layout::Stub() : std::move(stub);
    retry = std::chrono::steady_clock::now() + pause;
    tell(problem);
  }

  bool serves(const layout::Stub& stub) const {
    const std::lock_guard hold(mutex);
    const Snapshot& snapshot = *current->snapshot;
    return snapshot.generation == stub.generation && snapshot.build == stub.build;
  }

  /// Whether the generation in use has a newer revision than readers get. Costs microseconds.
  bool is_behind() {
    return reading([&] {
      const bool changed = watched.reopen();
      std::uint64_t revision = 0;
      std::vector<std::unique_ptr<IndexReader::State>> overtaken;
      {
        const std::lock_guard hold(mutex);
        revision = current->snapshot->revision;
        // A commit of how sources stand makes no revision, but the next one would overwrite what these read.
        if (changed) overtaken.swap(idle);
      }
      return metadata(watched, layout::revision_key) != std::to_string(revision);
    });
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

/// The thread that looks ten times a second.
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

namespace {

template <class Visit>
void each_metadata(const Xapian::Database& db, const std::string& prefix, Visit visit) {
  const auto end = db.metadata_keys_end(prefix);
  for (auto key = db.metadata_keys_begin(prefix); key != end; ++key)
    visit((*key).substr(prefix.size()), db.get_metadata(*key));
}

std::shared_ptr<const IndexTables> load_tables(const Xapian::Database& db) try {
  TableTexts texts;
  each_metadata(db, layout::table_prefix,
                [&](const std::string& name, std::string text) { texts.emplace(name, std::move(text)); });
  auto tables = std::make_shared<IndexTables>(texts);
  tables->chain_version = std::atoi(metadata(db, layout::chain_key).c_str());
  return tables;
} catch (const TableError& error) {
  throw IndexError(std::string("the index is damaged: ") + error.what());
} catch (const std::out_of_range&) {
  throw IndexError("the index is damaged: a table is missing");
}

/// What the commits behind one revision up to another touched; nothing where that is not remembered.
std::optional<Touched> touched_between(const Xapian::Database& db, std::uint64_t from, std::uint64_t to) {
  Touched all;
  for (std::uint64_t revision = from + 1; revision <= to; ++revision) {
    const std::string bytes = db.get_metadata(layout::touched_prefix + layout::number(revision));
    if (bytes.empty()) return std::nullopt;
    const auto touched = from_bytes<Touched>(bytes, "a list of what changed");
    all.areas.insert(all.areas.end(), touched.areas.begin(), touched.areas.end());
    all.keys.insert(all.keys.end(), touched.keys.begin(), touched.keys.end());
    all.unlisted |= touched.unlisted;
  }
  std::sort(all.keys.begin(), all.keys.end());
  return all;
}

}  // namespace

std::shared_ptr<const Snapshot> IndexReader::State::load(const Xapian::Database& db,
                                                         const std::string& directory,
                                                         const layout::Stub& stub, const Snapshot* before) {
  return reading([&] {
    if (metadata(db, layout::format_key) != std::to_string(layout::format))
      throw IndexError(std::string("the index was made by another version of vsm; ") + build_again);
    generation::check_sizes(fs::path(directory) / stub.generation);
    const std::string build = metadata(db, layout::build_key);
    if (build != stub.build)
      throw IndexError("the index in " + directory + " is another one than its file " + layout::stub +
                       " names");
    auto snapshot = std::make_shared<Snapshot>(before ? before->tables : load_tables(db));
    snapshot->generation = stub.generation;
    snapshot->build = build;
    snapshot->revision = std::strtoull(metadata(db, layout::revision_key).c_str(), nullptr, 10);
    snapshot->built = std::strtoll(metadata(db, layout::built_key).c_str(), nullptr, 10);
    snapshot->last_doc = db.get_lastdocid();
    each_metadata(db, layout::source_prefix, [&](const std::string&, const std::string& bytes) {
      snapshot->sources.push_back(from_bytes<SourceInfo>(bytes, "a source"));
      snapshot->text_count += snapshot->sources.back().texts;
    });
    snapshot->covered = from_bytes<Bitmap>(metadata(db, layout::covered_key), "a bitmap");

    const auto touched = before && before->revision <= snapshot->revision
                             ? touched_between(db, before->revision, snapshot->revision)
                             : std::nullopt;
    if (touched) {
      snapshot->sheets_ = before->sheets_;
      for (AreaIndex area : touched->areas)
        snapshot->sheets_.at(area) = std::make_shared<Snapshot::LazySheet>();
    } else {
      snapshot->sheets_.resize(snapshot->areas.size());
      for (auto& sheet : snapshot->sheets_) sheet = std::make_shared<Snapshot::LazySheet>();
    }
    if (touched && !touched->unlisted) {
      snapshot->unlisted_ = before->unlisted_;
    } else {
      auto unlisted = from_bytes<Sheet>(metadata(db, layout::unlisted_key), "a sheet");
      unlisted.derive();
      snapshot->unlisted_ = std::make_shared<const Sheet>(std::move(unlisted));
    }
    const auto take = [&](ServiceKey key, const std::string& bytes) {
      snapshot->availability_.emplace_back(
          key, availability_from(from_bytes<AvailabilityRecord>(bytes, "an availability"), snapshot->areas));
    };
    if (touched) {
      for (const auto& entry : before->availability_)
        if (!std::binary_search(touched->keys.begin(), touched->keys.end(), entry.first))
          snapshot->availability_.push_back(entry);
      ServiceKey last;
      for (ServiceKey key : touched->keys) {
        if (key == last) continue;
        last = key;
        const std::string bytes = db.get_metadata(layout::online_prefix + std::to_string(key.number()));
        if (!bytes.empty()) take(key, bytes);
      }
    } else {
      each_metadata(db, layout::online_prefix, [&](const std::string& key, const std::string& bytes) {
        take(ServiceKey(std::strtoull(key.c_str(), nullptr, 10)), bytes);
      });
    }
    std::sort(snapshot->availability_.begin(), snapshot->availability_.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    return std::shared_ptr<const Snapshot>(std::move(snapshot));
  });
}

IndexReader::IndexReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
IndexReader::IndexReader(IndexReader&&) noexcept = default;
IndexReader& IndexReader::operator=(IndexReader&&) noexcept = default;

IndexReader::~IndexReader() {
  if (!state_) return;
  const auto home = state_->home.lock();
  if (!home) return;
  std::vector<std::unique_ptr<State>> dropped;
  const std::lock_guard hold(home->mutex);
  if (home->current != state_->revision) return;
  if (state_->outdated)  // then those that were opened with it are too
    dropped.swap(home->idle);
  else
    home->idle.push_back(std::move(state_));
}

const Snapshot& IndexReader::snapshot() const { return *state_->revision->snapshot; }
const std::shared_ptr<const void>& IndexReader::derived() const { return state_->revision->derived; }
std::shared_ptr<const Snapshot> IndexReader::shared_snapshot() const { return state_->revision->snapshot; }

const Sheet& IndexReader::sheet(AreaIndex area) const {
  const Snapshot& snapshot = *state_->revision->snapshot;
  Snapshot::LazySheet& lazy = *snapshot.sheets_.at(area);
  std::call_once(lazy.once, [&] { lazy.sheet = read_sheet(area); });
  return lazy.sheet;
}

Sheet IndexReader::read_sheet(AreaIndex area) const {
  return state_->guarded([&] {
    const std::string bytes = state_->db.get_metadata(layout::sheet_prefix + snapshot().areas[area].id());
    Sheet sheet;
    if (!bytes.empty()) sheet = from_bytes<Sheet>(bytes, "a sheet");
    sheet.derive();
    return sheet;
  });
}

void IndexReader::postings(TermKind kind, const std::string& term, const Bitmap& docs,
                           std::vector<Posting>& found) const {
  state_->guarded([&] {
    const std::string stored = layout::word_term(kind, term);
    auto posting = state_->db.postlist_begin(stored);
    const auto last = state_->db.postlist_end(stored);
    auto wanted = docs.begin();
    const auto end = docs.end();
    // Asking a bitmap is cheap and moving its iterator is not, so only a long stretch of strangers is jumped.
    constexpr int stretch = 8;
    int strangers = 0;
    while (posting != last) {
      const DocId doc = *posting;
      if (docs.contains(doc)) {
        found.push_back({doc, layout::unpack(posting.get_wdf())});
        strangers = 0;
      } else if (++strangers == stretch) {
        strangers = 0;
        wanted.equalorlarger(doc);
        if (wanted == end) break;
        posting.skip_to(*wanted);
        continue;
      }
      ++posting;
    }
  });
}

bool IndexReader::has_term(TermKind kind, const std::string& term) const {
  return state_->guarded([&] { return state_->db.term_exists(layout::word_term(kind, term)); });
}

ServiceText IndexReader::text(DocId doc) const {
  return state_->guarded([&] {
    const std::string data = state_->db.get_document(doc).get_data();
    std::string_view rest = data;
    if (take_version(rest).kind != ObjectKind::text)
      throw IndexError("document " + std::to_string(doc) + " is no service text");
    return from_bytes<ServiceText>(std::string(rest), "a service text");
  });
}

std::optional<DocId> IndexReader::find_text(std::string_view id) const { return find(ObjectKind::text, id); }

std::optional<Office> IndexReader::office(std::string_view id) const {
  const auto doc = find(ObjectKind::office, id);
  if (!doc) return std::nullopt;
  return state_->guarded(
      [&] { return object_of<Office>(state_->db.get_document(*doc).get_data(), "an office"); });
}

std::optional<OnlineService> IndexReader::online_service(std::string_view id) const {
  const auto doc = find(ObjectKind::online_service, id);
  if (!doc) return std::nullopt;
  return state_->guarded([&] {
    return object_of<OnlineService>(state_->db.get_document(*doc).get_data(), "an online service");
  });
}

std::vector<AreaIndex> IndexReader::areas_of(ObjectKind kind, std::string_view id) const {
  auto areas = state_->guarded([&] {
    return from_metadata<std::vector<AreaIndex>>(
        state_->db, layout::placed_prefix + layout::id_term(kind, std::string(id)));
  });
  std::erase_if(areas, [&](AreaIndex area) { return area >= snapshot().areas.size(); });
  std::sort(areas.begin(), areas.end());
  return areas;
}

std::optional<DocId> IndexReader::find(ObjectKind kind, std::string_view id) const {
  return state_->guarded([&]() -> std::optional<DocId> {
    const std::string term = layout::id_term(kind, std::string(id));
    const auto end = state_->db.postlist_end(term);
    for (auto doc = state_->db.postlist_begin(term); doc != end; ++doc)
      if (doc.get_wdf() > 0) return *doc;
    return std::nullopt;
  });
}

std::vector<DocId> IndexReader::texts_with_key(ServiceKey key, std::size_t limit) const {
  return state_->guarded([&] {
    std::vector<DocId> docs;
    const std::string term = layout::key_term(key);
    const auto end = state_->db.postlist_end(term);
    for (auto doc = state_->db.postlist_begin(term); doc != end && docs.size() < limit; ++doc)
      docs.push_back(*doc);
    return docs;
  });
}

std::vector<CommitInfo> IndexReader::commits(std::uint64_t after) const {
  return state_->guarded([&] {
    std::vector<CommitInfo> commits;
    const auto end = state_->db.metadata_keys_end(layout::commit_prefix);
    auto key = state_->db.metadata_keys_begin(layout::commit_prefix);
    if (after > 0) key.skip_to(layout::commit_prefix + layout::number(after + 1));
    for (; key != end; ++key)
      commits.push_back(from_bytes<CommitInfo>(state_->db.get_metadata(*key), "a commit"));
    return commits;
  });
}

std::vector<JournalEntry> IndexReader::journal(std::uint64_t revision) const {
  return state_->guarded([&] {
    std::vector<JournalEntry> entries;
    each_metadata(state_->db, layout::journal_prefix + layout::number(revision) + "/",
                  [&](const std::string&, const std::string& bytes) {
                    const auto chunk = from_bytes<std::vector<JournalEntry>>(bytes, "a journal");
                    entries.insert(entries.end(), chunk.begin(), chunk.end());
                  });
    return entries;
  });
}

std::string IndexReader::note(const std::string& name) const {
  return state_->guarded([&] { return state_->db.get_metadata(layout::note_prefix + name); });
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
    } catch (const IndexError&) {  // another revision may have taken its place a moment ago
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
  for (int tries = 3;; --tries) {
    try {
      return check_once();
    } catch (const IndexOutdated&) {  // an update overtook it, or the index is damaged
      if (tries == 1) throw;
      state_->look(false);
    }
  }
}

std::uint64_t Index::check_once() {
  const IndexReader lent = reader();
  const Snapshot& snapshot = lent.snapshot();
  // Files of a build that is out of the directory are no longer there to be compared.
  if (state_->serves(layout::read_stub(state_->directory)))
    generation::check_sizes(fs::path(state_->directory) / snapshot.generation);
  if (snapshot.last_doc == 0) return snapshot.revision;
  lent.state_->guarded([&] {
    const Xapian::Database& db = lent.state_->db;
    auto any = db.postlist_begin("");
    any.skip_to(1 + state_->checked++ % snapshot.last_doc);
    if (any == db.postlist_end("")) return;
    const DocId doc = *any;
    const std::string data = db.get_document(doc).get_data();
    std::string_view rest = data;
    if (take_version(rest).kind == ObjectKind::text)
      from_bytes<ServiceText>(std::string(rest), "a service text");
    auto term = db.termlist_begin(doc);
    if (term == db.termlist_end(doc)) throw IndexError("the index is damaged: a text has no terms");
    auto posting = db.postlist_begin(*term);
    posting.skip_to(doc);
    if (posting == db.postlist_end(*term) || *posting != doc)
      throw IndexError("the index is damaged: a posting is missing");
  });
  return snapshot.revision;
}

}  // namespace vsm
