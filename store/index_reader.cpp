#include "store/index_reader.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <xapian.h>

#include "store/layout.h"
#include "store/records.h"

namespace vsm {
namespace fs = std::filesystem;
namespace {

std::string stub_generation(const std::string& directory) {
  std::ifstream stub(directory + "/" + layout::stub);
  std::string type, name;
  if (!(stub >> type >> name) || name.find('/') != std::string::npos || !name.starts_with("gen-"))
    throw IndexError(directory + " holds no index; make one with: vsm-index build --index " + directory);
  return name;
}

Xapian::Database open_generation(const std::string& directory, const std::string& generation) try {
  return Xapian::Database(directory + "/" + generation);
} catch (const Xapian::Error& error) {
  throw IndexError("the index in " + directory + " cannot be opened (" + error.get_description() +
                   "); build it again with vsm-index build");
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

std::span<const std::pair<ServiceKey, Availability>> Snapshot::availability_in_group(std::uint64_t group) const {
  const auto before = [](const auto& entry, std::uint64_t g) { return entry.first.group() < g; };
  const auto begin = std::lower_bound(availability_.begin(), availability_.end(), group, before);
  const auto end = std::lower_bound(begin, availability_.end(), group + 1, before);
  return {begin, end};
}

struct IndexReader::State {
  Xapian::Database db;
  std::shared_ptr<const Snapshot> snapshot;
  std::weak_ptr<Index::State> home;

  static std::shared_ptr<const Snapshot> load(const Xapian::Database& db, const std::string& generation);
};

struct Index::State {
  std::string directory;
  std::mutex mutex;
  std::shared_ptr<const Snapshot> current;
  std::vector<std::unique_ptr<IndexReader::State>> idle;
  std::chrono::steady_clock::time_point next_look;
  bool looking = false;

  std::unique_ptr<IndexReader::State> open(const std::string& generation,
                                           std::shared_ptr<const Snapshot> snapshot) const {
    auto state = std::make_unique<IndexReader::State>();
    state->db = open_generation(directory, generation);
    state->snapshot = snapshot ? std::move(snapshot) : IndexReader::State::load(state->db, generation);
    return state;
  }

  /// One caller looks for a newer generation while the others go on with the old one.
  void look_for_newer() {
    std::string known;
    {
      const std::lock_guard hold(mutex);
      const auto now = std::chrono::steady_clock::now();
      if (looking || now < next_look) return;
      looking = true;
      next_look = now + std::chrono::seconds(1);
      known = current->generation;
    }
    std::unique_ptr<IndexReader::State> fresh;
    try {
      const std::string generation = stub_generation(directory);
      if (generation != known) fresh = open(generation, nullptr);
    } catch (const std::exception&) {  // the last good revision goes on serving
    }
    const std::lock_guard hold(mutex);
    looking = false;
    if (!fresh) return;
    current = fresh->snapshot;
    idle.clear();
    idle.push_back(std::move(fresh));
  }
};

std::shared_ptr<const Snapshot> IndexReader::State::load(const Xapian::Database& db, const std::string& generation) try {
  if (metadata(db, layout::format_key) != std::to_string(layout::format))
    throw IndexError("the index was made by another version of vsm; build it again with vsm-index build");
  const std::string prefix = layout::table_prefix;
  TableTexts tables;
  for (auto key = db.metadata_keys_begin(prefix); key != db.metadata_keys_end(prefix); ++key)
    tables.emplace((*key).substr(prefix.size()), db.get_metadata(*key));
  auto snapshot = std::make_shared<Snapshot>(tables);
  for (auto& [name, text] : tables)
    if (name.starts_with("language/") || name.starts_with("synonyms/")) snapshot->word_tables.emplace(name, std::move(text));
  snapshot->generation = generation;
  snapshot->revision = std::strtoull(metadata(db, layout::revision_key).c_str(), nullptr, 10);
  snapshot->built = std::strtoll(metadata(db, layout::built_key).c_str(), nullptr, 10);
  snapshot->chain_version = std::atoi(metadata(db, layout::chain_key).c_str());
  snapshot->text_count = db.get_doccount();
  snapshot->sources = from_bytes<std::vector<SourceInfo>>(metadata(db, layout::sources_key), "the list of sources");
  snapshot->covered = from_bytes<Bitmap>(metadata(db, layout::covered_key), "a bitmap");
  snapshot->unlisted = from_bytes<Sheet>(metadata(db, layout::unlisted_key), "a sheet");
  snapshot->unlisted.derive();
  const std::string online = layout::online_prefix;
  for (auto key = db.metadata_keys_begin(online); key != db.metadata_keys_end(online); ++key) {
    const ServiceKey service(std::strtoull((*key).c_str() + online.size(), nullptr, 10));
    snapshot->availability_.emplace_back(service, from_bytes<Availability>(db.get_metadata(*key), "an availability"));
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
  if (home->current == state_->snapshot) home->idle.push_back(std::move(state_));
}

const Snapshot& IndexReader::snapshot() const { return *state_->snapshot; }
std::shared_ptr<const Snapshot> IndexReader::shared_snapshot() const { return state_->snapshot; }

const Sheet& IndexReader::sheet(AreaIndex area) const {
  auto& sheets = *state_->snapshot->sheets_;
  std::call_once(sheets.once[area], [&] {
    std::string bytes;
    try {
      bytes = state_->db.get_metadata(layout::sheet_prefix + state_->snapshot->areas[area].id());
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

Index::Index(std::string directory) : state_(std::make_shared<State>()) {
  state_->directory = std::move(directory);
  state_->idle.push_back(state_->open(stub_generation(state_->directory), nullptr));
  state_->current = state_->idle.back()->snapshot;
  state_->next_look = std::chrono::steady_clock::now() + std::chrono::seconds(1);
}

Index::~Index() = default;

IndexReader Index::reader() {
  state_->look_for_newer();
  std::unique_ptr<IndexReader::State> reader;
  std::shared_ptr<const Snapshot> snapshot;
  {
    const std::lock_guard hold(state_->mutex);
    snapshot = state_->current;
    if (!state_->idle.empty()) {
      reader = std::move(state_->idle.back());
      state_->idle.pop_back();
    }
  }
  if (!reader) reader = state_->open(snapshot->generation, snapshot);
  reader->home = state_;
  return IndexReader(std::move(reader));
}

}  // namespace vsm
