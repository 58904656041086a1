// Reading an index. One Index per directory and process; it watches for new revisions and lends readers.
// A reader sees one immutable revision for as long as it is held.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/area_table.h"
#include "catalog/catalogue.h"
#include "catalog/objects.h"
#include "store/bitmap.h"
#include "store/sheet.h"

namespace vsm {

/// The index is missing, cut short, of another format, or not readable right now; the message says which.
class IndexError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The index was written to while it was read; what was read may be mixed. Worth another try with a new
/// reader.
class IndexOutdated : public IndexError {
 public:
  using IndexError::IndexError;
};

/// Words, and whole names and phrases.
enum class TermKind : std::uint8_t { word, phrase };

/// How much a term says about a text, by where it stands, in hundredths: 100 is a word of a title of usual
/// length, or a word that people use for just this service. Each from 0 (not there) to 127.
struct Impacts {
  std::uint8_t title = 0;   ///< one of its names
  std::uint8_t words = 0;   ///< what people call just this one
  std::uint8_t shared = 0;  ///< what people call this one and its siblings
  std::uint8_t body = 0;    ///< running text
  bool operator==(const Impacts&) const = default;
};

struct Posting {
  DocId doc = 0;
  Impacts impacts;
};

/// A source and how it stands. Times are seconds since 1970; 0: never.
struct SourceInfo {
  std::string id, name;
  std::string area;    ///< area id the source delivers for
  std::string format;  ///< xzufi, list, catalogue ...
  bool sample = false;
  int trust = 0;  ///< of two sources with the same object the more trusted one is shown
  std::uint32_t texts = 0, online_services = 0, offices = 0, responsibilities = 0;
  std::uint32_t rejected = 0, warnings = 0;  ///< of the last delivery
  std::int64_t tried = 0;                    ///< last attempt to read it
  std::int64_t read = 0;                     ///< last one that went well
  std::string error;                         ///< why the last attempt failed; empty where it did not
  std::int64_t latest = 0;                   ///< time of the newest delivery taken
  std::int64_t whole = 0;                    ///< time of the newest whole delivery taken
  std::string memo;                          ///< what the indexer remembers of the source's files
};

/// What one commit did to one version of an object. Of one that an update changed twice there are two.
struct JournalEntry {
  ObjectKind kind = ObjectKind::text;
  std::string id, source, title;
  std::uint64_t before = 0, after = 0;  ///< hashes of the content; 0: there was none, there is none
};

/// How much is online: services and pairs of service and municipality, on the day of the commit.
struct Coverage {
  std::uint32_t somewhere = 0;   ///< services online in at least one municipality
  std::uint32_t everywhere = 0;  ///< services online in every inhabited municipality
  std::uint64_t own = 0;         ///< pairs with an online service of the municipality itself
  std::uint64_t inherited = 0;   ///< pairs with one of an area above or of another town, and none of its own
  std::uint32_t covered = 0;     ///< municipalities that a source of their own delivers for
};

struct CommitInfo {
  std::uint64_t revision = 0;
  std::int64_t time = 0;
  std::string source;  ///< empty for a build
  std::uint32_t added = 0, changed = 0, deleted = 0;
  Coverage coverage;
};

/// The tables that an index was built with. They hold for all revisions of a build.
struct IndexTables {
  /// Throws TableError, and std::out_of_range where a table is missing.
  explicit IndexTables(const TableTexts& tables);

  AreaTable areas;
  Catalogue catalogue;
  TableTexts words;       ///< "language/..." and "synonyms/...", as the indexer stored them
  int chain_version = 0;  ///< language::chain_version of the terms
};

/// Everything of a revision that is no posting list; shared by all readers of that revision, immutable but
/// for sheets, which are read when first asked for.
class Snapshot {
 public:
  explicit Snapshot(std::shared_ptr<const IndexTables> tables);

  const std::shared_ptr<const IndexTables> tables;  ///< the same for revisions of one build
  const AreaTable& areas;
  const Catalogue& catalogue;
  std::uint64_t revision = 0;    ///< grows with every commit
  std::string generation;        ///< name of the folder that the stub points to
  std::string build;             ///< random: no two builds share one, also where all names are alike
  std::int64_t built = 0;        ///< seconds since 1970 of the last commit
  std::uint32_t text_count = 0;  ///< service texts of all sources and of the catalogue
  DocId last_doc = 0;            ///< no document has a larger number
  std::vector<SourceInfo> sources;
  Bitmap covered;  ///< municipalities that a source of their own delivers for

  /// Texts with no key of the catalogue, of all areas: found without a place too.
  const Sheet& unlisted() const { return *unlisted_; }
  /// Every key with an online service somewhere, sorted by key.
  std::span<const std::pair<ServiceKey, Availability>> availability() const { return availability_; }
  std::span<const std::pair<ServiceKey, Availability>> availability_in_group(std::uint64_t group) const;
  /// AreaTable::municipalities_in() as a set.
  Bitmap municipalities_in(AreaIndex area) const;
  /// Of an area's sheet: revisions between which no commit touched it have the same.
  std::shared_ptr<const void> mark_of_sheet(AreaIndex area) const;

 private:
  friend class IndexReader;
  struct LazySheet;
  std::shared_ptr<const Sheet> unlisted_;
  std::vector<std::pair<ServiceKey, Availability>> availability_;
  std::vector<std::shared_ptr<LazySheet>> sheets_;  // by area; shared by revisions where nothing changed
};

/// A handle on one revision, lent by Index::reader(). One thread at a time; the snapshot is for all of them.
/// What reads throws IndexOutdated where a writer has overtaken the revision.
class IndexReader {
 public:
  IndexReader(IndexReader&&) noexcept;
  IndexReader& operator=(IndexReader&&) noexcept;
  ~IndexReader();

  /// Lives as long as this reader, or a shared_snapshot() of its revision.
  const Snapshot& snapshot() const;
  std::shared_ptr<const Snapshot> shared_snapshot() const;
  /// What Index::Derive made of this revision; null without it.
  const std::shared_ptr<const void>& derived() const;
  /// What is published for exactly this area; an empty sheet where nothing is. Lives as long as the
  /// snapshot. Throws IndexError.
  const Sheet& sheet(AreaIndex area) const;
  /// The same for whoever reads the sheets of all areas: it is not kept in memory.
  Sheet read_sheet(AreaIndex area) const;
  /// Appends the postings of a term among `docs`, by document. Throws IndexError.
  void postings(TermKind kind, const std::string& term, const Bitmap& docs,
                std::vector<Posting>& found) const;
  /// Throws IndexError, also where there is no such document.
  ServiceText text(DocId doc) const;
  /// Whether any text has the term. Throws IndexError.
  bool has_term(TermKind kind, const std::string& term) const;
  /// Finds a text by ObjectId::text(). Throws IndexError.
  std::optional<DocId> find_text(std::string_view id) const;
  /// An office, an online service by ObjectId::text(), as its source delivered it; nothing where there is
  /// none. Throws IndexError.
  std::optional<Office> office(std::string_view id) const;
  std::optional<OnlineService> online_service(std::string_view id) const;
  /// The areas in whose sheets an office or an online service stands, in the order of the table. Throws
  /// IndexError.
  std::vector<AreaIndex> areas_of(ObjectKind kind, std::string_view id) const;
  /// Texts that carry a key, anywhere; at most `limit`. Throws IndexError.
  std::vector<DocId> texts_with_key(ServiceKey key, std::size_t limit) const;
  /// The commits that the index remembers, the oldest first; only those of revisions above `after`. Throws
  /// IndexError.
  std::vector<CommitInfo> commits(std::uint64_t after = 0) const;
  /// What a commit did, of an update in the order of writing; empty where it is not remembered. Throws
  /// IndexError.
  std::vector<JournalEntry> journal(std::uint64_t revision) const;
  /// A text that the indexer stored under a name; empty where there is none.
  std::string note(const std::string& name) const;

 private:
  friend class Index;
  struct State;
  std::optional<DocId> find(ObjectKind kind, std::string_view id) const;
  explicit IndexReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Lends readers and watches the directory: ten times a second a thread of its own looks for a new revision,
/// loads it, and only then swaps it in. Readers that are out keep their revision; nobody waits for a load.
/// Thread-safe.
class Index {
 public:
  /// Makes what a program needs of a revision, once, before anybody gets a reader of it, given what it made
  /// of the one before (null for the first). It goes with its revision: at the first look after the last
  /// reader. What it throws counts as a failure to load.
  using Derive = std::function<std::shared_ptr<const void>(const IndexReader&,
                                                           const std::shared_ptr<const void>& before)>;
  /// Called with a sentence when another build cannot be loaded, once for each failure that differs from the
  /// one before, and with an empty one when that is over. From any thread.
  using Trouble = std::function<void(const std::string&)>;

  /// Opens the directory. Throws IndexError with a sentence that says what is wrong.
  explicit Index(std::string directory, Derive derive = {});
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  /// A reader of the newest revision that could be loaded. Throws IndexError.
  IndexReader reader();
  /// Looks for a new revision now and returns when it is loaded or has failed to.
  void look();
  /// Why the newest revision is not the one that readers get; empty where it is.
  std::string trouble() const;
  void on_trouble(Trouble told);
  /// Reads one document and one posting, others with each call, and compares the sizes of the files with what
  /// the writer left. Throws IndexError where the index cannot be trusted; returns the revision that was
  /// read.
  std::uint64_t check();

 private:
  friend class IndexReader;
  std::uint64_t check_once();

  struct State;
  std::shared_ptr<State> state_;
  class Watcher;
  std::unique_ptr<Watcher> watcher_;
};

}  // namespace vsm
