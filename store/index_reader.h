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

struct SourceInfo {
  std::string id, name;
  std::string area;    ///< area id the source delivers for
  std::string format;  ///< xzufi, list, catalogue
  bool sample = false;
  std::uint32_t texts = 0, online_services = 0, offices = 0, rejected = 0;
};

/// Everything of a revision that is no posting list; shared by all readers of that revision, immutable but
/// for sheets, which are read when first asked for.
class Snapshot {
 public:
  /// Throws TableError, and std::out_of_range where a table is missing.
  explicit Snapshot(const TableTexts& tables);

  AreaTable areas;
  Catalogue catalogue;
  std::uint64_t revision = 0;  ///< grows with every commit
  std::string generation;      ///< name of the folder that the stub points to
  std::string build;           ///< random: no two builds share one, also where all names are alike
  std::int64_t built = 0;      ///< seconds since 1970 of the last commit
  int chain_version = 0;       ///< language::chain_version of the terms
  std::uint32_t text_count = 0;
  std::vector<SourceInfo> sources;
  Bitmap covered;          ///< municipalities that a source of their own delivers for
  TableTexts word_tables;  ///< "language/..." and "synonyms/...", as the indexer stored them
  Sheet unlisted;          ///< texts with no key of the catalogue, of all areas: found without a place too

  /// Every key with an online service somewhere, sorted by key.
  std::span<const std::pair<ServiceKey, Availability>> availability() const { return availability_; }
  std::span<const std::pair<ServiceKey, Availability>> availability_in_group(std::uint64_t group) const;

 private:
  friend class IndexReader;
  struct Sheets;
  std::vector<std::pair<ServiceKey, Availability>> availability_;
  std::shared_ptr<Sheets> sheets_;
};

/// A handle on one revision, lent by Index::reader(). One thread at a time; the snapshot is for all of them.
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
  /// Appends the postings of a term among `docs`, by document. Throws IndexError.
  void postings(TermKind kind, const std::string& term, const Bitmap& docs,
                std::vector<Posting>& found) const;
  /// Throws IndexError, also where there is no such document.
  ServiceText text(DocId doc) const;
  /// Finds a text by ObjectId::text(). Throws IndexError.
  std::optional<DocId> find_text(std::string_view id) const;
  /// Texts that carry a key, anywhere; at most `limit`. Throws IndexError.
  std::vector<DocId> texts_with_key(ServiceKey key, std::size_t limit) const;

 private:
  friend class Index;
  struct State;
  explicit IndexReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Lends readers and watches the directory: once a second a thread of its own looks for another build, loads
/// it, and only then swaps it in. Readers that are out keep their revision; nobody waits for a load.
/// Thread-safe.
class Index {
 public:
  /// Makes what a program needs of a revision, once, before anybody gets a reader of it. It goes with its
  /// revision: at the first look after the last reader. What it throws counts as a failure to load.
  using Derive = std::function<std::shared_ptr<const void>(const IndexReader&)>;
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
  /// Looks for another build now and returns when it is loaded or has failed to.
  void look();
  /// Why the build that the directory names is not the one that readers get; empty where it is.
  std::string trouble() const;
  void on_trouble(Trouble told);
  /// Reads one document and one posting, others with each call, and compares the sizes of the files with what
  /// the writer left. Throws IndexError where the index cannot be trusted; returns the revision that was
  /// read.
  std::uint64_t check();

 private:
  friend class IndexReader;
  struct State;
  std::shared_ptr<State> state_;
  class Watcher;
  std::unique_ptr<Watcher> watcher_;
};

}  // namespace vsm
