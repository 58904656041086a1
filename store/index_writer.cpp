#include "store/index_writer.h"

#include <sys/stat.h>
#define XXH_INLINE_ALL
#include <xapian.h>
#include <xxhash.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "store/generation.h"
#include "store/layout.h"
#include "store/records.h"
#include "store/sheet_editor.h"

namespace vsm {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::minutes swap_wait(10);
constexpr std::size_t journal_chunk = 2'000;
/// So many commits are remembered: for diffs and trends; and for readers that missed some.
constexpr std::uint64_t journal_length = 2'000, touched_length = 64;

std::uint64_t hash_of(std::string_view bytes) {
  const std::uint64_t hash = XXH3_64bits(bytes.data(), bytes.size());
  return hash == 0 ? 1 : hash;
}

std::uint64_t number_from(const std::string& digits) { return std::strtoull(digits.c_str(), nullptr, 10); }

/// Xapian takes the number of documents between two flushes from the environment only. With positions off a
/// thousand is fastest.
void set_flush_threshold() {
  static const int set = ::setenv("XAPIAN_FLUSH_THRESHOLD", "1000", 0);
  static_cast<void>(set);
}

struct Kind {
  ObjectKind operator()(const ServiceText&) const { return ObjectKind::text; }
  ObjectKind operator()(const OnlineService&) const { return ObjectKind::online_service; }
  ObjectKind operator()(const Office&) const { return ObjectKind::office; }
  ObjectKind operator()(const Responsibility&) const { return ObjectKind::responsibility; }
  ObjectKind operator()(const Deletion& deletion) const { return deletion.kind; }
};

std::string id_of(const Change& change) {
  return std::visit([](const auto& object) { return object.id.text(); }, change);
}

struct Title {
  std::string operator()(const ServiceText& text) const { return text.title; }
  std::string operator()(const OnlineService& service) const { return service.title; }
  std::string operator()(const Office& office) const { return office.name; }
  std::string operator()(const Responsibility&) const { return {}; }
  std::string operator()(const Deletion&) const { return {}; }
};

struct Bytes {
  template <class Object>
  std::string operator()(const Object& object) const {
    return to_bytes(object);
  }
  std::string operator()(const Deletion&) const { return {}; }
};

std::int64_t changed_at(const Change& change) {
  struct At {
    std::int64_t operator()(const Deletion&) const { return 0; }
    std::int64_t operator()(const ServiceText& o) const { return o.changed_at; }
    std::int64_t operator()(const OnlineService& o) const { return o.changed_at; }
    std::int64_t operator()(const Office& o) const { return o.changed_at; }
    std::int64_t operator()(const Responsibility& o) const { return o.changed_at; }
  };
  return std::visit(At{}, change);
}

Change object_from(const Version& version, std::string_view data) {
  const std::string bytes(data);
  switch (version.kind) {
    case ObjectKind::text:
      return from_bytes<ServiceText>(bytes, "a service text");
    case ObjectKind::online_service:
      return from_bytes<OnlineService>(bytes, "an online service");
    case ObjectKind::office:
      return from_bytes<Office>(bytes, "an office");
    case ObjectKind::responsibility:
      break;
  }
  return from_bytes<Responsibility>(bytes, "a responsibility");
}

Change object_from(std::string_view data) {
  const Version version = take_version(data);
  return object_from(version, data);
}

/// Those that neither a base nor the analysis gave it.
std::vector<ServiceKey> own_keys(const ServiceText& text) {
  std::vector<ServiceKey> keys;
  if (!text.keys_of_base)
    std::copy_if(text.keys.begin(), text.keys.end(), std::back_inserter(keys),
                 [](ServiceKey key) { return !key.is_local(); });
  return keys;
}

std::vector<DocId> docs_with(const Xapian::Database& db, const std::string& term) {
  std::vector<DocId> docs;
  const auto end = db.postlist_end(term);
  for (auto doc = db.postlist_begin(term); doc != end; ++doc) docs.push_back(*doc);
  return docs;
}

template <class Visit>
void each_metadata(const Xapian::Database& db, const std::string& prefix, Visit visit) {
  std::vector<std::string> keys;
  const auto end = db.metadata_keys_end(prefix);
  for (auto key = db.metadata_keys_begin(prefix); key != end; ++key) keys.push_back(*key);
  for (const std::string& key : keys) visit(key, db.get_metadata(key));
}

TableTexts tables_of(const Xapian::Database& db) {
  TableTexts tables;
  const std::string prefix = layout::table_prefix;
  each_metadata(db, prefix, [&](const std::string& key, std::string text) {
    tables.emplace(key.substr(prefix.size()), std::move(text));
  });
  return tables;
}

}  // namespace

struct IndexWriter::State {
  State(fs::path where, TableTexts its_tables, bool builds)
      : directory(std::move(where)),
        is_build(builds),
        tables(std::move(its_tables)),
        areas(tables),
        catalogue(tables) {}

  fs::path directory;
  bool is_build;
  TableTexts tables;
  AreaTable areas;
  Catalogue catalogue;
  Analyse analyse;
  std::unique_ptr<generation::Lock> build_lock, write_lock;
  std::chrono::milliseconds pause = pause_between_commits;
  std::uint64_t generation = 0;
  std::string build_id;
  int chain = 0;
  Xapian::WritableDatabase db;
  std::unique_ptr<SheetEditor> editor;

  // A build: the generation before, read through from_old(). And what stood there when the build began, or,
  // of a source that it took over, then.
  std::optional<Xapian::Database> old;
  std::map<std::string, std::string> old_notes;
  struct OldSource {
    SourceInfo info;
    std::uint64_t revision = 0;
  };
  std::map<std::string, OldSource> old_sources;

  std::set<std::string> broken, broken_before;  // addresses; and as they were at the last commit

  std::map<std::string, SourceInfo> sources;
  std::string current;
  std::map<std::string, SourceInfo> begun;  // sources that may have changed, as they were at the last commit
  std::set<std::string> retrusted;          // those that are trusted otherwise than at the last commit
  std::set<std::string> changed_sources;    // their state is to be written
  std::set<std::string> confirmed_sources;  // some of their objects are newer, but the same
  std::uint64_t revision = 0;               // the last one that was committed
  bool in_transaction = false, finished = false;

  struct Delivery {
    bool whole = false;
    std::int64_t time = 0;
    Bitmap seen;
    Bitmap kept;                              // what keep() was called for
    std::unordered_set<std::uint64_t> named;  // in a build: hashes of the id terms of both
    std::size_t added = 0, erased = 0;
    std::vector<std::uint64_t> deleted;
    std::optional<std::unordered_map<std::uint64_t, std::int64_t>> later_deleted;
  };
  Delivery delivery;

  // What changed since the last commit.
  Summary summary;
  std::vector<JournalEntry> journal;
  std::uint64_t journal_chunks = 0;
  /// An update: of texts that changed, the keys that they were shown with at the last commit.
  std::unordered_map<std::string, std::vector<ServiceKey>> keys_before;
  std::unordered_set<std::string> subjects;  // online services and offices to join anew
  std::unordered_set<std::string> variants;  // texts that may have to take other keys from a base

  std::unordered_set<std::uint64_t> put_ids;  // a build: objects that may be there already
  struct KeyRange {
    std::uint32_t first = 0, count = 0;
  };
  std::unordered_map<std::uint64_t, KeyRange> key_ranges;  // keys of shown texts, by hash of the id
  std::vector<ServiceKey> key_list;

  SourceInfo& source() { return sources.at(current); }
  std::uint32_t& count(SourceInfo& info, ObjectKind kind) {
    switch (kind) {
      case ObjectKind::text:
        return info.texts;
      case ObjectKind::online_service:
        return info.online_services;
      case ObjectKind::office:
        return info.offices;
      case ObjectKind::responsibility:
        break;
    }
    return info.responsibilities;
  }

  /// One version of an object on its way.
  struct Candidate {
    DocId doc = 0;  // 0: not there yet
    bool shown = false;
    bool fresh = false;  // content to be written
    std::string data;    // as it is in the database; empty where it is not there
    Version version;
    std::string object;            // bytes to write
    std::optional<Change> change;  // the same, where it is at hand
  };
  /// What replay and carry_over know of a version, and that it holds whatever came before.
  struct Known {
    std::uint64_t hash = 0;
  };

  void begin_transaction();
  std::vector<Candidate> candidates(ObjectKind kind, const std::string& id);
  void settle(ObjectKind kind, const std::string& id, std::vector<Candidate>& list);
  void settle_all(const std::string& source_id);
  void hide(const Candidate& candidate);
  void write(Candidate& candidate, const std::string& id, bool shown);
  void show_text(const Version& version, const std::string& id, ServiceText& text,
                 Xapian::Document& document);
  void remember_keys(const std::string& id, std::vector<ServiceKey> keys);
  std::vector<ServiceKey> keys_of(const std::string& text_id);
  std::vector<AreaIndex> resolve(const std::vector<std::string>& ids, const std::string& source_id) const;
  bool is_unlisted(const ServiceText& text) const;
  bool was_deleted_later(std::uint64_t id_hash, std::int64_t time);
  void add_journal(const Version* before_version, const Version* after, const std::string& id,
                   std::string title);
  void flush_journal(std::uint64_t of_revision);
  Outcome put(Change change, std::int64_t time, std::optional<Known> known = {});
  Outcome erase(ObjectKind kind, const std::string& id, std::int64_t time, bool always = false);

  std::vector<ServiceKey> keys_of_bases(const ServiceText& variant);
  void give_keys_to_variants();
  void join_subjects();
  void join(const std::string& id);
  void place(ObjectKind kind, const std::string& id, SheetEditor::Subject subject,
             const std::map<AreaIndex, std::vector<ServiceKey>>& places);
  Coverage coverage() const;
  void write_revision(std::uint64_t number, const std::string& source_id);
  void forget_changes();
  void roll_back();
  void write_sizes() const;
  void open_old(std::uint64_t number);
  void forget_old();
  void replay();
  void journal_build();
  void end_delivery();
  void copy_source();
  void copy_object(ObjectKind kind, const std::string& id);
  void copy_deletions();

  /// Updates go on changing the generation before. Where one has overtaken a read, it is read as it is now.
  template <class Read>
  auto from_old(Read read) {
    for (int tries = 100;; --tries) {
      try {
        return read();
      } catch (const Xapian::DatabaseModifiedError&) {
        if (tries == 1) throw;
        old->reopen();
      }
    }
  }
  /// Empty where an update has deleted the document meanwhile.
  std::string old_data(DocId doc) try {
    return from_old([&] { return old->get_document(doc).get_data(); });
  } catch (const Xapian::DocNotFoundError&) {
    return {};
  }
};

IndexWriter::IndexWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
IndexWriter::IndexWriter(IndexWriter&&) noexcept = default;

IndexWriter IndexWriter::build(const std::string& directory, const TableTexts& tables,
                               int chain_version) try {
  set_flush_threshold();
  generation::prepare(directory);
  auto state = std::make_unique<State>(directory, tables, true);
  state->build_lock = std::make_unique<generation::Lock>(
      state->directory / layout::build_lock, std::chrono::milliseconds(0),
      "another program builds the index in " + directory + "; try again when it has ended");
  const generation::Lock mark(state->directory / layout::lock, swap_wait,
                              "another program is writing to " + directory);
  const std::uint64_t now = generation::current(directory);
  // A folder left by a build that was stopped is in nobody's use.
  generation::remove(directory, now + 1, UINT64_MAX);
  state->generation = now + 1;
  state->build_id = generation::random_build_id();
  state->chain = chain_version;
  // Nobody reads a generation before the swap, so it is brought to disk once, in finish().
  state->db = Xapian::WritableDatabase((state->directory / generation::name(now + 1)).string(),
                                       Xapian::DB_CREATE | Xapian::DB_BACKEND_GLASS | Xapian::DB_NO_SYNC);
  state->editor = std::make_unique<SheetEditor>(state->db, state->areas, true);
  state->db.set_metadata(layout::format_key, std::to_string(layout::format));
  state->db.set_metadata(layout::build_key, state->build_id);
  state->db.set_metadata(layout::chain_key, std::to_string(chain_version));
  for (const auto& [name, text] : state->tables) state->db.set_metadata(layout::table_prefix + name, text);
  if (now > 0) state->open_old(now);
  return IndexWriter(std::move(state));
} catch (const Xapian::Error& error) {
  throw IndexError("cannot write the index: " + error.get_description());
} catch (const fs::filesystem_error& error) {
  throw IndexError(std::string("cannot write the index: ") + error.what());
}

IndexWriter IndexWriter::update(const std::string& directory, std::chrono::milliseconds wait,
                                std::chrono::milliseconds pause) try {
  set_flush_threshold();
  if (generation::current(directory) == 0)
    throw IndexError(directory + " holds no index; make one with: vsm-index build --index " + directory);
  auto lock = std::make_unique<generation::Lock>(
      fs::path(directory) / layout::lock, wait,
      "another program is writing to " + directory + "; try again when it has ended");
  const layout::Stub stub = layout::read_stub(directory);
  const std::string folder = directory + "/" + stub.generation;
  generation::check_sizes(folder);
  Xapian::WritableDatabase db(folder, Xapian::DB_OPEN);
  if (db.get_metadata(layout::format_key) != std::to_string(layout::format))
    throw IndexError(std::string("the index was made by another version of vsm; ") + layout::build_again);
  auto state = std::make_unique<State>(directory, tables_of(db), false);
  state->write_lock = std::move(lock);
  state->pause = pause;
  state->generation = generation::current(directory);
  state->build_id = stub.build;
  state->chain = std::atoi(db.get_metadata(layout::chain_key).c_str());
  state->revision = number_from(db.get_metadata(layout::revision_key));
  state->db = std::move(db);
  state->editor = std::make_unique<SheetEditor>(state->db, state->areas, false);
  const auto broken = from_metadata<std::vector<std::string>>(state->db, layout::broken_key);
  state->broken.insert(broken.begin(), broken.end());
  state->broken_before = state->broken;
  each_metadata(state->db, layout::source_prefix, [&](const std::string&, const std::string& bytes) {
    auto info = from_bytes<SourceInfo>(bytes, "a source");
    state->sources.emplace(info.id, std::move(info));
  });
  return IndexWriter(std::move(state));
} catch (const Xapian::Error& error) {
  throw IndexError("cannot open the index for writing: " + error.get_description());
} catch (const TableError& error) {
  throw IndexError(std::string("the index is damaged: ") + error.what());
} catch (const std::out_of_range&) {
  throw IndexError("the index is damaged: a table is missing");
}

IndexWriter::~IndexWriter() {
  if (!state_ || state_->finished) return;
  try {
    if (state_->in_transaction) state_->db.cancel_transaction();
    if (state_->is_build) state_->db.close();
  } catch (...) {  // a disk that is full
  }
  if (!state_->is_build) return;
  try {
    // finish() may have failed when the stub named it already.
    if (generation::current(state_->directory) != state_->generation)
      fs::remove_all(state_->directory / generation::name(state_->generation));
  } catch (...) {  // the folder is above the current generation, so the next build clears it
  }
}

void IndexWriter::analyse_with(Analyse analyse) { state_->analyse = std::move(analyse); }
const AreaTable& IndexWriter::areas() const { return state_->areas; }
const Catalogue& IndexWriter::catalogue() const { return state_->catalogue; }
const TableTexts& IndexWriter::tables() const { return state_->tables; }
int IndexWriter::chain_version() const { return state_->chain; }

std::uint64_t IndexWriter::revision() const { return state_->revision; }

std::vector<SourceInfo> IndexWriter::sources() const {
  std::vector<SourceInfo> list;
  for (const auto& [id, info] : state_->sources) list.push_back(info);
  return list;
}

std::optional<SourceInfo> IndexWriter::find_source(const std::string& id) const {
  const auto found = state_->sources.find(id);
  return found == state_->sources.end() ? std::nullopt : std::optional(found->second);
}

SourceInfo& IndexWriter::begin_source(const SourceInfo& settings) {
  const auto [entry, is_new] = state_->sources.emplace(settings.id, settings);
  SourceInfo& info = entry->second;
  if (!is_new) {
    if (!state_->is_build && info.area != settings.area)
      throw IndexError("the source " + settings.id + " delivered for " + info.area + " and now for " +
                       settings.area + "; " + layout::build_again);
    info.name = settings.name;
    info.area = settings.area;
    info.format = settings.format;
    info.sample = settings.sample;
    if (!state_->is_build && info.trust != settings.trust) state_->retrusted.insert(settings.id);
    info.trust = settings.trust;
  }
  state_->current = settings.id;
  state_->begun.emplace(settings.id, info);
  state_->changed_sources.insert(settings.id);
  state_->delivery = {};
  return info;
}

SourceInfo& IndexWriter::source() { return state_->source(); }

void IndexWriter::begin_delivery(bool whole, std::int64_t time) {
  state_->delivery = {};
  state_->delivery.whole = whole;
  state_->delivery.time = time;
}

IndexWriter::Outcome IndexWriter::put(Change change) try {
  const auto* deletion = std::get_if<Deletion>(&change);
  if (state_->is_build && state_->delivery.whole) {
    const std::uint64_t id = hash_of(layout::id_term(std::visit(Kind{}, change), id_of(change)));
    if (deletion)
      state_->delivery.named.erase(id);
    else
      state_->delivery.named.insert(id);
  }
  const Outcome outcome = deletion ? state_->erase(deletion->kind, deletion->id.text(), state_->delivery.time)
                                   : state_->put(std::move(change), state_->delivery.time);
  state_->summary.unchanged += outcome == Outcome::unchanged;
  state_->summary.stale += outcome == Outcome::stale;
  return outcome;
} catch (const Xapian::Error& error) {
  throw IndexError("cannot write the index: " + error.get_description());
}

void IndexWriter::keep(ObjectKind kind, const ObjectId& id) try {
  State& state = *state_;
  if (!state.delivery.whole) return;
  if (state.is_build) state.delivery.named.insert(hash_of(layout::id_term(kind, id.text())));
  const auto own = [&] {
    for (const State::Candidate& candidate : state.candidates(kind, id.text()))
      if (candidate.version.source == state.current) return candidate.doc;
    return DocId{0};
  };
  DocId doc = own();
  if (doc == 0 && state.is_build && state.old) {
    for (DocId before :
         state.from_old([&] { return docs_with(*state.old, layout::id_term(kind, id.text())); })) {
      const std::string data = state.old_data(before);
      if (data.empty()) continue;
      std::string_view rest = data;
      const Version version = take_version(rest);
      if (version.source != state.current) continue;
      state.put(object_from(version, rest), version.time, State::Known{version.hash});
      doc = own();
      state.delivery.seen.remove(doc);  // one that can be taken may still come
    }
  }
  if (doc != 0) state.delivery.kept.add(doc);
} catch (const Xapian::Error& error) {
  throw IndexError("cannot read the index: " + error.get_description());
}

IndexWriter::Missing IndexWriter::missing() const try {
  Missing result;
  State& state = *state_;
  if (!state.delivery.whole) return result;
  if (state.is_build && !state.old) return result;
  if (state.is_build) {
    for (DocId doc :
         state.from_old([&] { return docs_with(*state.old, layout::source_term(state.current)); })) {
      try {
        result.missing += state.from_old([&] {
          auto term = state.old->termlist_begin(doc);
          term.skip_to("Q");
          return !state.delivery.named.contains(hash_of(*term));
        });
        ++result.before;
      } catch (const Xapian::DocNotFoundError&) {  // an update has deleted it meanwhile
      }
    }
    return result;
  }
  for (DocId doc : docs_with(state.db, layout::source_term(state.current))) {
    ++result.before;
    result.missing += !state.delivery.seen.contains(doc) && !state.delivery.kept.contains(doc);
  }
  // What this delivery added was not there before, and what it erased was.
  result.missing += state.delivery.erased;
  result.before += state.delivery.erased - state.delivery.added;
  return result;
} catch (const Xapian::Error& error) {
  throw IndexError("cannot read the index: " + error.get_description());
}

void IndexWriter::State::end_delivery() {
  SourceInfo& info = source();
  const std::string deleted = layout::deleted_prefix + info.id + "/";
  if (delivery.whole) {
    for (DocId doc : docs_with(db, layout::source_term(info.id))) {
      if (delivery.seen.contains(doc) || delivery.kept.contains(doc)) continue;
      const std::string data = db.get_document(doc).get_data();
      std::string_view rest = data;
      const Version version = take_version(rest);
      if (version.time > delivery.time) continue;  // a later delta brought it
      erase(version.kind, id_of(object_from(version, rest)), delivery.time);
    }
    info.whole = std::max(info.whole, delivery.time);
    // What a whole delivery does not name is gone at its time, so older deletions say nothing more.
    each_metadata(db, deleted, [&](const std::string& key, const std::string&) {
      if (static_cast<std::int64_t>(number_from(key.substr(deleted.size()))) > info.whole) return;
      begin_transaction();
      db.set_metadata(key, {});
    });
  } else if (!delivery.deleted.empty()) {
    const std::string key =
        deleted + layout::number(static_cast<std::uint64_t>(std::max<std::int64_t>(0, delivery.time)));
    const auto known = from_metadata<std::vector<std::uint64_t>>(db, key);
    std::vector<std::uint64_t>& list = delivery.deleted;
    list.insert(list.end(), known.begin(), known.end());
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    if (list != known) {
      begin_transaction();
      db.set_metadata(key, to_bytes(list));
    }
  }
  info.latest = std::max(info.latest, delivery.time);
  delivery = {};
}

void IndexWriter::end_delivery() try { state_->end_delivery(); } catch (const Xapian::Error& error) {
  throw IndexError("cannot write the index: " + error.get_description());
}

std::vector<std::string> IndexWriter::links() const try {
  std::set<std::string> urls;
  const auto end = state_->db.allterms_end("L");
  for (auto term = state_->db.allterms_begin("L"); term != end; ++term)
    for (DocId doc : docs_with(state_->db, *term))
      urls.insert(object_of<OnlineService>(state_->db.get_document(doc).get_data(), "an online service").url);
  return {urls.begin(), urls.end()};
} catch (const Xapian::Error& error) {
  throw IndexError("cannot read the index: " + error.get_description());
}

void IndexWriter::mark_broken(std::vector<std::string> urls) try {
  State& state = *state_;
  std::set<std::string> now(urls.begin(), urls.end());
  if (now == state.broken) return;
  state.begin_transaction();
  std::vector<std::string> changed;
  std::set_symmetric_difference(now.begin(), now.end(), state.broken.begin(), state.broken.end(),
                                std::back_inserter(changed));
  for (const std::string& url : changed)
    for (DocId doc : docs_with(state.db, layout::link_term(url)))
      state.subjects.insert(id_of(object_from(state.db.get_document(doc).get_data())));
  state.broken = std::move(now);
  state.db.set_metadata(layout::broken_key, to_bytes(std::vector(state.broken.begin(), state.broken.end())));
} catch (const Xapian::Error& error) {
  throw IndexError("cannot write the index: " + error.get_description());
}

void IndexWriter::put_note(const std::string& name, const std::string& text) try {
  if (note(name) == text) return;
  state_->begin_transaction();
  state_->db.set_metadata(layout::note_prefix + name, text);
} catch (const Xapian::Error& error) {
  throw IndexError("cannot write the index: " + error.get_description());
}

std::string IndexWriter::note(const std::string& name) const {
  return state_->db.get_metadata(layout::note_prefix + name);
}

void IndexWriter::put_table(const std::string& name, const std::string& text) {
  state_->db.set_metadata(layout::table_prefix + name, text);
}

/// An update waits until readers had time to take up the revision before.
void IndexWriter::State::begin_transaction() {
  if (is_build || in_transaction) return;
  struct stat version {};
  const fs::path file = directory / generation::name(generation) / "iamglass";
  if (::stat(file.c_str(), &version) == 0) {
    const auto written = std::chrono::system_clock::from_time_t(version.st_mtim.tv_sec) +
                         std::chrono::duration_cast<std::chrono::system_clock::duration>(
                             std::chrono::nanoseconds(version.st_mtim.tv_nsec));
    const auto wait = written + pause - std::chrono::system_clock::now();
    if (wait > std::chrono::milliseconds(0) && wait <= pause) std::this_thread::sleep_for(wait);
  }
  db.begin_transaction();
  in_transaction = true;
}

std::vector<IndexWriter::State::Candidate> IndexWriter::State::candidates(ObjectKind kind,
                                                                          const std::string& id) {
  std::vector<Candidate> list;
  if (is_build && !put_ids.contains(hash_of(layout::id_term(kind, id)))) return list;
  const std::string term = layout::id_term(kind, id);
  const auto end = db.postlist_end(term);
  for (auto doc = db.postlist_begin(term); doc != end; ++doc) {
    Candidate candidate;
    candidate.doc = *doc;
    candidate.shown = doc.get_wdf() > 0;
    list.push_back(std::move(candidate));
  }
  for (Candidate& candidate : list) {
    candidate.data = db.get_document(candidate.doc).get_data();
    std::string_view rest = candidate.data;
    candidate.version = take_version(rest);
    candidate.object = rest;
  }
  return list;
}

/// Decides which version is shown, by trust, then date of change, then name of the source, and writes what
/// that changes.
void IndexWriter::State::settle(ObjectKind kind, const std::string& id, std::vector<Candidate>& list) {
  if (list.empty()) return;
  const auto rank = [&](const Candidate& candidate) {
    const auto known = sources.find(candidate.version.source);
    return std::pair(known == sources.end() ? 0 : known->second.trust, candidate.version.changed_at);
  };
  const auto best = std::max_element(list.begin(), list.end(), [&](const Candidate& a, const Candidate& b) {
    const auto x = rank(a), y = rank(b);
    return x != y ? x < y : a.version.source > b.version.source;
  });
  if (is_build) put_ids.insert(hash_of(layout::id_term(kind, id)));
  const auto stays = [&](const Candidate& candidate) {
    return !candidate.fresh && candidate.shown == (&candidate == &*best);
  };
  if (std::all_of(list.begin(), list.end(), stays)) return;
  begin_transaction();
  // What goes by the id (keys_before, key_ranges) is that of the shown version, so the old one goes first.
  for (const Candidate& candidate : list)
    if (candidate.shown && !stays(candidate)) hide(candidate);
  for (Candidate& candidate : list)
    if (!stays(candidate)) write(candidate, id, &candidate == &*best);
}

/// The same for all objects of a source.
void IndexWriter::State::settle_all(const std::string& source_id) {
  for (DocId doc : docs_with(db, layout::source_term(source_id))) {
    const Change change = object_from(db.get_document(doc).get_data());
    const std::string id = id_of(change);
    const ObjectKind kind = std::visit(Kind{}, change);
    std::vector<Candidate> list = candidates(kind, id);
    if (list.size() > 1) settle(kind, id, list);
  }
}

/// Takes a version out of sheets and joins.
void IndexWriter::State::hide(const Candidate& candidate) {
  std::string_view rest = candidate.data;
  const Version version = take_version(rest);
  const Change change = object_from(version, rest);
  if (const auto* text = std::get_if<ServiceText>(&change)) {
    editor->remove_text(candidate.doc, resolve(text->areas, version.source), is_unlisted(*text));
    if (!is_build) keys_before.emplace(text->id.text(), text->keys);
    key_ranges.erase(hash_of(text->id.text()));
  } else if (const auto* responsibility = std::get_if<Responsibility>(&change)) {
    subjects.insert(responsibility->subject.text());
  } else {
    subjects.insert(id_of(change));
  }
}

void IndexWriter::State::write(Candidate& candidate, const std::string& id, bool shown) {
  Change change =
      candidate.change ? *std::move(candidate.change) : object_from(candidate.version, candidate.object);
  candidate.change.reset();
  Xapian::Document document;
  const std::string id_term = layout::id_term(candidate.version.kind, id);
  if (shown)
    document.add_term(id_term, 1);
  else
    document.add_boolean_term(id_term);
  document.add_boolean_term(layout::source_term(candidate.version.source));
  const auto name_services = [&](const Responsibility& responsibility) {
    for (const ObjectId& service : responsibility.services)
      document.add_boolean_term(layout::named_term(service.text()));
  };
  auto* text = shown ? std::get_if<ServiceText>(&change) : nullptr;
  if (text) {
    show_text(candidate.version, id, *text, document);
  } else {
    if (shown) {
      if (const auto* responsibility = std::get_if<Responsibility>(&change)) {
        document.add_boolean_term(layout::subject_term(responsibility->subject.text()));
        name_services(*responsibility);
        subjects.insert(responsibility->subject.text());
      } else {
        if (const auto* office = std::get_if<Office>(&change))
          for (const Responsibility& part : office->responsibilities) name_services(part);
        if (const auto* service = std::get_if<OnlineService>(&change); service && !service->url.empty())
          document.add_boolean_term(layout::link_term(service->url));
        subjects.insert(id);
      }
    }
    document.set_data(version_bytes(candidate.version) + candidate.object);
  }
  if (candidate.doc == 0)
    candidate.doc = db.add_document(document);
  else
    db.replace_document(candidate.doc, document);
  if (text)
    editor->add_text(candidate.doc, *text, resolve(text->areas, candidate.version.source),
                     is_unlisted(*text));
}

void IndexWriter::State::show_text(const Version& version, const std::string& id, ServiceText& text,
                                   Xapian::Document& document) {
  // Editors name a key twice; sheets must not.
  for (auto key = text.keys.begin(); key != text.keys.end();)
    key = std::find(text.keys.begin(), key, *key) == key ? key + 1 : text.keys.erase(key);
  if (!text.base.id.empty()) {
    document.add_boolean_term(layout::base_term(text.base.text()));
    if (is_build) variants.insert(id);
    text.keys = own_keys(text);
    text.keys_of_base = false;
    if (text.keys.empty()) {
      text.keys = keys_of_bases(text);
      text.keys_of_base = !text.keys.empty();
    }
  }
  const std::vector<TextTerm> terms = analyse ? analyse(text) : std::vector<TextTerm>();
  for (ServiceKey key : text.keys) document.add_boolean_term(layout::key_term(key));
  for (const TextTerm& term : terms)
    document.add_term(layout::word_term(term.kind, term.term), layout::pack(term.impacts));
  document.set_data(version_bytes(version) + to_bytes(text));
  if (!is_build) keys_before.emplace(id, std::vector<ServiceKey>());
  remember_keys(id, text.keys);
}

void IndexWriter::State::remember_keys(const std::string& id, std::vector<ServiceKey> keys) {
  key_ranges[hash_of(id)] = {static_cast<std::uint32_t>(key_list.size()),
                             static_cast<std::uint32_t>(keys.size())};
  key_list.insert(key_list.end(), keys.begin(), keys.end());
}

/// The keys of the shown text with this id; none where there is none.
std::vector<ServiceKey> IndexWriter::State::keys_of(const std::string& text_id) {
  const auto known = key_ranges.find(hash_of(text_id));
  if (known != key_ranges.end()) {
    const auto begin = key_list.begin() + known->second.first;
    return {begin, begin + known->second.count};
  }
  for (const Candidate& candidate : candidates(ObjectKind::text, text_id)) {
    if (!candidate.shown) continue;
    auto keys = from_bytes<ServiceText>(candidate.object, "a service text").keys;
    remember_keys(text_id, keys);
    return keys;
  }
  return {};
}

/// The areas of an object: those it names, or the one its source delivers for.
std::vector<AreaIndex> IndexWriter::State::resolve(const std::vector<std::string>& ids,
                                                   const std::string& source_id) const {
  std::vector<AreaIndex> result;
  for (const std::string& id : ids)
    if (const auto area = areas.find_id(id)) result.push_back(*area);
  if (ids.empty()) {
    const auto known = sources.find(source_id);
    if (known != sources.end())
      if (const auto area = areas.find_id(known->second.area)) result.push_back(*area);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

bool IndexWriter::State::is_unlisted(const ServiceText& text) const {
  return std::none_of(text.keys.begin(), text.keys.end(),
                      [&](ServiceKey key) { return catalogue.find(key) != nullptr; });
}

/// Whether a delivery after `time` deleted the object. Read only when a delivery is older than one before.
bool IndexWriter::State::was_deleted_later(std::uint64_t id_hash, std::int64_t time) {
  if (time >= source().latest) return false;
  auto& later = delivery.later_deleted;
  if (!later) {
    later.emplace();
    const std::string prefix = layout::deleted_prefix + current + "/";
    each_metadata(db, prefix, [&](const std::string& key, const std::string& bytes) {
      const auto at = static_cast<std::int64_t>(number_from(key.substr(prefix.size())));
      for (std::uint64_t hash : from_bytes<std::vector<std::uint64_t>>(bytes, "a list of deletions"))
        (*later)[hash] = std::max((*later)[hash], at);
    });
  }
  const auto found = later->find(id_hash);
  return found != later->end() && found->second > time;
}

void IndexWriter::State::add_journal(const Version* before_version, const Version* after,
                                     const std::string& id, std::string title) {
  const Version& any = after ? *after : *before_version;
  if (!before_version)
    ++summary.added;
  else if (!after)
    ++summary.deleted;
  else
    ++summary.changed;
  journal.push_back({any.kind, id, any.source, std::move(title), before_version ? before_version->hash : 0,
                     after ? after->hash : 0});
  // What revision a build becomes is known at its end.
  if (!is_build && journal.size() >= journal_chunk) flush_journal(revision + 1);
}

void IndexWriter::State::flush_journal(std::uint64_t of_revision) {
  for (std::size_t at = 0; at < journal.size(); at += journal_chunk) {
    const std::vector<JournalEntry> chunk(
        journal.begin() + static_cast<std::ptrdiff_t>(at),
        journal.begin() + static_cast<std::ptrdiff_t>(std::min(journal.size(), at + journal_chunk)));
    db.set_metadata(
        layout::journal_prefix + layout::number(of_revision) + "/" + layout::number(journal_chunks++),
        to_bytes(chunk));
  }
  journal.clear();
}

IndexWriter::Outcome IndexWriter::State::put(Change change, std::int64_t time, std::optional<Known> known) {
  std::visit(
      [&](auto& object) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(object)>, Deletion>) object.source = current;
      },
      change);
  SourceInfo& info = source();
  Candidate fresh;
  const std::string id = id_of(change);
  fresh.version.kind = std::visit(Kind{}, change);
  fresh.version.time = time;
  fresh.version.changed_at = changed_at(change);
  fresh.version.source = current;
  fresh.object = std::visit(Bytes{}, change);
  fresh.version.hash = known ? known->hash : hash_of(fresh.object);
  fresh.fresh = true;

  std::vector<Candidate> list = candidates(fresh.version.kind, id);
  const auto own =
      std::find_if(list.begin(), list.end(), [&](const Candidate& c) { return c.version.source == current; });
  if (own != list.end()) {
    if (delivery.whole && !delivery.seen.addChecked(own->doc)) return Outcome::duplicate;
    if (!known && time < std::max(own->version.time, info.whole)) return Outcome::stale;
    if (own->version.hash == fresh.version.hash) {
      // A whole delivery says once for all of its objects how new they are.
      if (known ? time == own->version.time : delivery.whole || time <= own->version.time)
        return Outcome::unchanged;
      begin_transaction();
      confirmed_sources.insert(current);
      Xapian::Document document = db.get_document(own->doc);
      own->version.time = time;
      document.set_data(version_bytes(own->version) + own->object);
      db.replace_document(own->doc, document);
      return Outcome::unchanged;
    }
    begin_transaction();
    if (!is_build) add_journal(&own->version, &fresh.version, id, std::visit(Title{}, change));
    own->version = fresh.version;
    own->object = std::move(fresh.object);
    own->change = std::move(change);
    own->fresh = true;
    settle(own->version.kind, id, list);
    return Outcome::changed;
  }
  if (!known &&
      (time < info.whole || was_deleted_later(hash_of(layout::id_term(fresh.version.kind, id)), time)))
    return Outcome::stale;
  begin_transaction();
  if (!is_build) add_journal(nullptr, &fresh.version, id, std::visit(Title{}, change));
  ++count(info, fresh.version.kind);
  ++delivery.added;
  fresh.change = std::move(change);
  list.push_back(std::move(fresh));
  settle(list.back().version.kind, id, list);
  if (delivery.whole)
    for (const Candidate& candidate : list)
      if (candidate.version.source == current) delivery.seen.add(candidate.doc);
  return Outcome::added;
}

IndexWriter::Outcome IndexWriter::State::erase(ObjectKind kind, const std::string& id, std::int64_t time,
                                               bool always) {
  SourceInfo& info = source();
  if (!delivery.whole) delivery.deleted.push_back(hash_of(layout::id_term(kind, id)));
  std::vector<Candidate> list = candidates(kind, id);
  const auto own =
      std::find_if(list.begin(), list.end(), [&](const Candidate& c) { return c.version.source == current; });
  if (own == list.end()) return Outcome::absent;
  if (!always && time < std::max(own->version.time, info.whole)) return Outcome::stale;
  begin_transaction();
  if (!is_build)
    add_journal(&own->version, nullptr, id, std::visit(Title{}, object_from(own->version, own->object)));
  if (own->shown) hide(*own);
  db.delete_document(own->doc);
  ++delivery.erased;
  --count(info, kind);
  list.erase(own);
  settle(kind, id, list);
  return Outcome::deleted;
}

/// Keys that a variant takes from the nearest text above it that has some of its own; none where there is no
/// such text.
std::vector<ServiceKey> IndexWriter::State::keys_of_bases(const ServiceText& variant) {
  std::set<std::string> seen = {variant.id.text()};
  ObjectId base = variant.base;
  while (!base.id.empty() && seen.insert(base.text()).second) {
    const std::vector<Candidate> list = candidates(ObjectKind::text, base.text());
    const auto shown = std::find_if(list.begin(), list.end(), [](const Candidate& c) { return c.shown; });
    if (shown == list.end()) break;
    const auto text = from_bytes<ServiceText>(shown->object, "a service text");
    if (auto keys = own_keys(text); !keys.empty()) return keys;
    base = text.base;
  }
  return {};
}

/// The texts above a variant may have come or changed after it.
void IndexWriter::State::give_keys_to_variants() {
  std::vector<std::string> changed;
  for (const auto& [id, keys] : keys_before) changed.push_back(id);
  while (!changed.empty()) {
    const std::string base = layout::base_term(changed.back());
    changed.pop_back();
    for (DocId doc : docs_with(db, base)) {
      const std::string id = id_of(object_from(db.get_document(doc).get_data()));
      if (variants.insert(id).second) changed.push_back(id);
    }
  }
  for (const std::string& id : std::set<std::string>(variants.begin(), variants.end())) {
    for (Candidate& candidate : candidates(ObjectKind::text, id)) {
      if (!candidate.shown) continue;
      const auto text = from_bytes<ServiceText>(candidate.object, "a service text");
      if (!own_keys(text).empty()) continue;
      if (keys_of_bases(text) == (text.keys_of_base ? text.keys : std::vector<ServiceKey>())) continue;
      begin_transaction();
      hide(candidate);
      write(candidate, id, true);
    }
  }
}

void IndexWriter::State::join_subjects() {
  for (const auto& [id, keys] : keys_before) {
    if (keys_of(id) == keys) continue;
    for (DocId doc : docs_with(db, layout::named_term(id))) {
      const Change change = object_from(db.get_document(doc).get_data());
      const auto* responsibility = std::get_if<Responsibility>(&change);
      subjects.insert(responsibility ? responsibility->subject.text() : id_of(change));
    }
  }
  std::vector<std::string> sorted(subjects.begin(), subjects.end());
  std::sort(sorted.begin(), sorted.end());
  for (const std::string& id : sorted) join(id);
}

/// Places the online service and the office with this id in the sheets of the areas they are responsible in.
void IndexWriter::State::join(const std::string& id) {
  std::vector<Responsibility> responsibilities;
  for (DocId doc : docs_with(db, layout::subject_term(id)))
    responsibilities.push_back(
        object_of<Responsibility>(db.get_document(doc).get_data(), "a responsibility"));
  std::optional<OnlineService> service;
  std::optional<Office> office;
  for (const Candidate& candidate : candidates(ObjectKind::online_service, id))
    if (candidate.shown) service = from_bytes<OnlineService>(candidate.object, "an online service");
  for (const Candidate& candidate : candidates(ObjectKind::office, id))
    if (candidate.shown) office = from_bytes<Office>(candidate.object, "an office");

  if (service) service->broken = broken.contains(service->url);

  std::map<AreaIndex, std::vector<ServiceKey>> places;
  const auto add = [&](const Responsibility& responsibility, const std::string& source_id) {
    bool resolved = service || office;
    std::vector<ServiceKey> keys;
    for (const ObjectId& text : responsibility.services) {
      const auto its = keys_of(text.text());
      resolved &= !its.empty();
      keys.insert(keys.end(), its.begin(), its.end());
    }
    summary.unresolved += !resolved;
    if (keys.empty()) return;
    for (AreaIndex area : resolve(responsibility.areas, source_id)) {
      auto& list = places[area];
      list.insert(list.end(), keys.begin(), keys.end());
    }
  };
  for (const Responsibility& responsibility : responsibilities) add(responsibility, responsibility.source);
  place(ObjectKind::online_service, id, service.value_or(OnlineService()),
        service ? places : decltype(places)());
  if (office)
    for (const Responsibility& inside : std::exchange(office->responsibilities, {}))
      add(inside, office->source);
  place(ObjectKind::office, id, office.value_or(Office()), office ? places : decltype(places)());
}

/// Its only places are now these.
void IndexWriter::State::place(ObjectKind kind, const std::string& id, SheetEditor::Subject subject,
                               const std::map<AreaIndex, std::vector<ServiceKey>>& places) {
  const std::string placed = layout::placed_prefix + layout::id_term(kind, id);
  const auto before_areas =
      is_build ? std::vector<AreaIndex>() : from_metadata<std::vector<AreaIndex>>(db, placed);
  if (before_areas.empty() && places.empty()) return;
  begin_transaction();
  const std::uint32_t number = editor->subject(id, std::move(subject));
  std::vector<AreaIndex> now;
  for (AreaIndex area : before_areas)
    if (!places.contains(area)) editor->place(number, area, {});
  for (const auto& [area, keys] : places) {
    now.push_back(area);
    editor->place(number, area, keys);
  }
  if (now != before_areas) db.set_metadata(placed, now.empty() ? std::string() : to_bytes(now));
}

Coverage IndexWriter::State::coverage() const {
  Coverage result;
  const Day day = today();
  each_metadata(db, layout::online_prefix, [&](const std::string&, const std::string& bytes) {
    const Availability availability =
        availability_from(from_bytes<AvailabilityRecord>(bytes, "an availability"), areas);
    const Bitmap all = availability.online(day), own = availability.online_by_itself(day);
    const std::uint64_t towns = all.cardinality(), its = own.cardinality();
    result.somewhere += towns > 0;
    result.everywhere += towns == areas.municipality_count();
    result.own += its;
    result.inherited += towns - its;
  });
  return result;
}

/// Writes everything that makes the changes a revision, but for the commit.
void IndexWriter::State::write_revision(std::uint64_t number, const std::string& source_id) {
  give_keys_to_variants();
  join_subjects();
  std::unordered_map<std::string, AreaIndex> area_of_source;
  Bitmap covered;
  for (const auto& [id, info] : sources) {
    const auto area = areas.find_id(info.area);
    if (!area) continue;
    area_of_source.emplace(id, *area);
    if (areas[*area].level != Level::gemeinde) continue;
    for (MunicipalityIndex municipality : areas.municipalities_in(*area)) covered.add(municipality);
  }
  Touched touched;
  editor->write(area_of_source, touched);
  flush_journal(number);
  touched.sources.assign(changed_sources.begin(), changed_sources.end());
  for (const std::string& id : changed_sources)
    db.set_metadata(layout::source_prefix + id, to_bytes(sources.at(id)));
  if (!is_build)
    for (const std::string& id : confirmed_sources)
      db.set_metadata(layout::confirmed_prefix + id, std::to_string(number));

  CommitInfo commit;
  commit.revision = number;
  commit.time = std::time(nullptr);
  commit.source = source_id;
  commit.added = summary.added;
  commit.changed = summary.changed;
  commit.deleted = summary.deleted;
  if (is_build || !touched.keys.empty())
    commit.coverage = coverage();
  else
    commit.coverage =
        from_metadata<CommitInfo>(db, layout::commit_prefix + layout::number(revision)).coverage;
  commit.coverage.covered = static_cast<std::uint32_t>(covered.cardinality());
  db.set_metadata(layout::commit_prefix + layout::number(number), to_bytes(commit));
  db.set_metadata(layout::covered_key, to_bytes(covered));
  db.set_metadata(layout::revision_key, std::to_string(number));
  db.set_metadata(layout::built_key, std::to_string(commit.time));
  if (is_build) return;
  db.set_metadata(layout::touched_prefix + layout::number(number), to_bytes(touched));
  const auto prune = [&](const std::string& prefix, std::uint64_t length) {
    each_metadata(db, prefix, [&](const std::string& key, const std::string&) {
      if (number_from(key.substr(prefix.size(), 20)) + length <= number) db.set_metadata(key, {});
    });
  };
  prune(layout::touched_prefix, touched_length);
  if (number % touched_length != 0) return;
  prune(layout::journal_prefix, journal_length);
  prune(layout::commit_prefix, journal_length);
}

void IndexWriter::commit_states() try {
  State& state = *state_;
  if (!state.retrusted.empty()) commit();
  if (state.in_transaction || state.changed_sources.empty()) return;
  state.begin_transaction();
  for (const std::string& id : state.changed_sources)
    state.db.set_metadata(layout::source_prefix + id, to_bytes(state.sources.at(id)));
  state.in_transaction = false;
  state.db.commit_transaction();
  state.changed_sources.clear();
  state.write_sizes();
} catch (const Xapian::Error& error) {
  throw IndexError("cannot write the index: " + error.get_description());
}

void IndexWriter::State::forget_changes() {
  summary = {};
  confirmed_sources.clear();
  journal.clear();
  journal_chunks = 0;
  keys_before.clear();
  subjects.clear();
  variants.clear();
  key_ranges.clear();
  key_list.clear();
  editor = std::make_unique<SheetEditor>(db, areas, false);
}

/// Back to the last commit.
void IndexWriter::State::roll_back() {
  for (const auto& [id, was] : begun) {
    SourceInfo& info = sources.at(id);
    info.texts = was.texts;
    info.online_services = was.online_services;
    info.offices = was.offices;
    info.responsibilities = was.responsibilities;
    info.latest = was.latest;
    info.whole = was.whole;
  }
  delivery = {};
  forget_changes();
  if (std::exchange(in_transaction, false)) db.cancel_transaction();
  broken = broken_before;
}

/// What the list of sizes says is the least that a reader must find; where it cannot be written, the one
/// before will do.
void IndexWriter::State::write_sizes() const try {
  generation::write_sizes(directory / generation::name(generation));
} catch (const IndexError&) {
} catch (const fs::filesystem_error&) {
}

IndexWriter::Summary IndexWriter::commit() try {
  State& state = *state_;
  for (const std::string& id : state.retrusted) state.settle_all(id);
  Summary done = state.summary;
  if (state.in_transaction) {
    state.write_revision(state.revision + 1, state.current);
    done = state.summary;
    state.in_transaction = false;
    state.db.commit_transaction();
    ++state.revision;
    state.broken_before = state.broken;
    state.changed_sources.clear();
    state.write_sizes();
  }
  state.retrusted.clear();
  state.begun.clear();
  if (!state.current.empty()) state.begun.emplace(state.current, state.source());
  state.forget_changes();
  done.revision = state.revision;
  return done;
} catch (const Xapian::Error& error) {
  abandon();
  throw IndexError("cannot write the index: " + error.get_description());
} catch (...) {
  abandon();
  throw;
}

void IndexWriter::abandon() try { state_->roll_back(); } catch (const Xapian::Error& error) {
  throw IndexError("cannot write the index: " + error.get_description());
}

/// Called while no update can change it. A damaged generation must not stop its replacement: of that nothing
/// is taken.
void IndexWriter::State::open_old(std::uint64_t number) try {
  revision = number;
  const fs::path folder = directory / generation::name(number);
  old = Xapian::Database(folder.string());
  if (const auto known = number_from(old->get_metadata(layout::revision_key)); known > 0) revision = known;
  if (old->get_metadata(layout::format_key) != std::to_string(layout::format)) {
    old.reset();
    return;
  }
  generation::check_sizes(folder);
  const auto urls = from_metadata<std::vector<std::string>>(*old, layout::broken_key);
  std::map<std::string, std::string> history;
  for (const char* prefix : {layout::journal_prefix, layout::commit_prefix})
    each_metadata(*old, prefix,
                  [&](const std::string& key, std::string value) { history.emplace(key, std::move(value)); });
  each_metadata(*old, layout::note_prefix,
                [&](const std::string& key, std::string value) { old_notes.emplace(key, std::move(value)); });
  each_metadata(*old, layout::source_prefix, [&](const std::string&, const std::string& bytes) {
    auto info = from_bytes<SourceInfo>(bytes, "a source");
    old_sources[info.id] = {info, revision};
  });
  broken.insert(urls.begin(), urls.end());
  if (!urls.empty()) db.set_metadata(layout::broken_key, to_bytes(urls));
  for (const auto* list : {&history, &old_notes})
    for (const auto& [key, value] : *list) db.set_metadata(key, value);
} catch (const Xapian::Error&) {
  forget_old();
} catch (const IndexError&) {
  forget_old();
}

void IndexWriter::State::forget_old() {
  old.reset();
  old_sources.clear();
  old_notes.clear();
}

/// How a source stands, but for its settings and what is counted in the index.
void take_standing(SourceInfo& mine, const SourceInfo& from) {
  mine.rejected = from.rejected;
  mine.warnings = from.warnings;
  mine.tried = from.tried;
  mine.read = from.read;
  mine.error = from.error;
  mine.latest = from.latest;
  mine.whole = from.whole;
  mine.memo = from.memo;
}

/// The current source becomes what the generation before has of it now.
void IndexWriter::State::copy_source() {
  old->reopen();
  const std::uint64_t known = from_old([&] { return number_from(old->get_metadata(layout::revision_key)); });
  const auto info =
      from_old([&] { return from_metadata<SourceInfo>(*old, layout::source_prefix + current); });
  old_sources[current] = {info, known};
  delivery = {};
  delivery.whole = true;
  delivery.time = std::numeric_limits<std::int64_t>::max();
  for (DocId doc : from_old([&] { return docs_with(*old, layout::source_term(current)); })) {
    const std::string data = old_data(doc);
    if (data.empty()) continue;
    std::string_view rest = data;
    const Version version = take_version(rest);
    if (version.source == current) put(object_from(version, rest), version.time, Known{version.hash});
  }
  end_delivery();
  take_standing(source(), info);
  copy_deletions();
}

/// The current source's version of an object becomes the one of the generation before, or goes.
void IndexWriter::State::copy_object(ObjectKind kind, const std::string& id) {
  for (DocId doc : docs_with(*old, layout::id_term(kind, id))) {
    const std::string data = old->get_document(doc).get_data();
    std::string_view rest = data;
    const Version version = take_version(rest);
    if (version.source != current) continue;
    put(object_from(version, rest), version.time, Known{version.hash});
    return;
  }
  erase(kind, id, 0, true);
}

void IndexWriter::State::copy_deletions() {
  const std::string prefix = layout::deleted_prefix + current + "/";
  from_old([&] {
    each_metadata(*old, prefix,
                  [&](const std::string& key, const std::string& value) { db.set_metadata(key, value); });
  });
}

/// What updates committed to the generation before while this one was built. None goes on now.
void IndexWriter::State::replay() {
  old->reopen();
  const std::uint64_t last = number_from(old->get_metadata(layout::revision_key));
  const bool forgotten = last > revision + journal_length;
  std::map<std::string, std::set<std::pair<ObjectKind, std::string>>> changed;  // by source
  for (std::uint64_t number = revision + 1; number <= last; ++number) {
    each_metadata(*old, layout::journal_prefix + layout::number(number) + "/",
                  [&](const std::string& key, const std::string& bytes) {
                    db.set_metadata(key, bytes);
                    for (const auto& entry : from_bytes<std::vector<JournalEntry>>(bytes, "a journal"))
                      if (number > old_sources[entry.source].revision)
                        changed[entry.source].emplace(entry.kind, entry.id);
                  });
    const std::string commit = layout::commit_prefix + layout::number(number);
    db.set_metadata(commit, old->get_metadata(commit));
  }
  each_metadata(*old, layout::source_prefix, [&](const std::string&, const std::string& bytes) {
    const auto theirs = from_bytes<SourceInfo>(bytes, "a source");
    const OldSource& before = old_sources[theirs.id];
    const bool is_new = before.revision == 0;
    const bool is_confirmed =
        number_from(old->get_metadata(layout::confirmed_prefix + theirs.id)) > before.revision;
    const auto& its = changed[theirs.id];
    if (!is_new && !is_confirmed && its.empty() && theirs.memo == before.info.memo &&
        theirs.latest == before.info.latest && theirs.whole == before.info.whole)
      return;
    const auto known = sources.find(theirs.id);
    if (known == sources.end()) {
      if (!is_new) return;  // this build leaves it out
      SourceInfo mine = theirs;
      mine.texts = mine.online_services = mine.offices = mine.responsibilities = 0;
      sources.emplace(theirs.id, std::move(mine));
    } else if (known->second.latest > theirs.latest) {
      return;  // this build read a later delivery than the updates
    }
    current = theirs.id;
    changed_sources.insert(current);
    summary.replayed += static_cast<std::uint32_t>(its.size());
    // Where this build read just what was known before, the objects that the journals name are all that may
    // differ; elsewhere each may. Of what was only confirmed no journal tells.
    if (forgotten || is_new || is_confirmed || source().memo != before.info.memo) {
      copy_source();
      return;
    }
    delivery = {};
    for (const auto& [kind, id] : its) copy_object(kind, id);
    delivery = {};
    take_standing(source(), theirs);
    copy_deletions();
  });
  const auto urls = from_metadata<std::vector<std::string>>(*old, layout::broken_key);
  broken = {urls.begin(), urls.end()};
  db.set_metadata(layout::broken_key, urls.empty() ? std::string() : to_bytes(urls));
  for (const auto& [key, value] : old_notes)
    if (old->get_metadata(key).empty()) db.set_metadata(key, {});
  each_metadata(*old, layout::note_prefix, [&](const std::string& key, const std::string& value) {
    const auto before = old_notes.find(key);
    if (before == old_notes.end() || before->second != value) db.set_metadata(key, value);
  });
  revision = last;
}

/// The journal of a build says how it differs from the generation before, as that is at the end.
void IndexWriter::State::journal_build() {
  const auto versions = [](const Xapian::Database& from, const std::string& term) {
    std::map<std::string, std::string> data;  // by source
    for (DocId doc : docs_with(from, term)) {
      std::string its = from.get_document(doc).get_data();
      std::string_view rest = its;
      const std::string source_id = take_version(rest).source;
      data.emplace(source_id, std::move(its));
    }
    return data;
  };
  const auto add = [&](const std::string* was, const std::string* is) {
    Version old_version, new_version;
    std::string_view rest;
    if (was) old_version = take_version(rest = *was);
    if (is) new_version = take_version(rest = *is);
    if (was && is && old_version.hash == new_version.hash) return;
    const Change change = object_from(is ? new_version : old_version, rest);
    add_journal(was ? &old_version : nullptr, is ? &new_version : nullptr, id_of(change),
                std::visit(Title{}, change));
  };
  auto old_term = old->allterms_begin("Q"), new_term = db.allterms_begin("Q");
  const auto old_end = old->allterms_end("Q"), new_end = db.allterms_end("Q");
  while (old_term != old_end || new_term != new_end) {
    const std::string term =
        new_term == new_end || (old_term != old_end && *old_term < *new_term) ? *old_term : *new_term;
    const auto was = versions(*old, term), is = versions(db, term);
    for (const auto& [source_id, data] : was) {
      const auto same = is.find(source_id);
      add(&data, same == is.end() ? nullptr : &same->second);
    }
    for (const auto& [source_id, data] : is)
      if (!was.contains(source_id)) add(nullptr, &data);
    if (old_term != old_end && *old_term == term) ++old_term;
    if (new_term != new_end && *new_term == term) ++new_term;
  }
}

bool IndexWriter::carry_over() try {
  State& state = *state_;
  if (!state.old) return false;
  state.old->reopen();
  const std::string key = layout::source_prefix + state.current;
  if (state.from_old([&] { return state.old->get_metadata(key); }).empty()) return false;
  state.copy_source();
  return true;
} catch (const Xapian::Error& error) {
  throw IndexError("cannot write the index: " + error.get_description());
}

IndexWriter::Summary IndexWriter::finish() try {
  State& state = *state_;
  state.write_lock = std::make_unique<generation::Lock>(state.directory / layout::lock, swap_wait,
                                                        "an update does not end; the build is given up");
  if (state.old) {
    state.replay();
    state.journal_build();
  } else {  // everything is new, and no journal says so
    for (const auto& [id, info] : state.sources)
      state.summary.added += info.texts + info.online_services + info.offices + info.responsibilities;
  }
  state.write_revision(state.revision + 1, {});
  Summary done = state.summary;
  done.revision = ++state.revision;
  for (const auto& [id, info] : state.sources) {
    done.texts += info.texts;
    done.online_services += info.online_services;
    done.offices += info.offices;
  }
  state.db.commit();
  state.db.close();
  generation::publish(state.directory, state.generation, state.build_id);
  state.finished = true;
  // The generation before stays for readers that are about to open it.
  if (state.generation > 2) generation::remove(state.directory, 0, state.generation - 2);
  return done;
} catch (const Xapian::Error& error) {
  throw IndexError("cannot write the index: " + error.get_description());
} catch (const fs::filesystem_error& error) {
  throw IndexError(std::string("cannot write the index: ") + error.what());
}

}  // namespace vsm
