// Writing an index. A build makes a new generation beside the current one and swaps it in by one rename; an
// update changes the current generation in one transaction a source. Either way readers see all of it or
// nothing. docs/format-index.md says what is on disk.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/objects.h"
#include "catalog/tables.h"
#include "store/index_reader.h"

namespace vsm {

struct TextTerm {
  TermKind kind = TermKind::word;
  std::string term;
  Impacts impacts;
};

/// Makes what a text is found by, and completes it: keys where it has none, its kin, its title. It may be
/// given a text that was completed before. Called for every text that comes to be shown.
using Analyse = std::function<std::vector<TextTerm>(ServiceText&)>;

/// Not thread-safe. One that is destroyed before commit() or finish() leaves the index as it was at the last
/// of these.
class IndexWriter {
 public:
  /// Starts a new generation below `directory`, which is made where missing. `tables` are stored in the
  /// index. Updates of the current generation go on meanwhile. Throws IndexError when another build is at
  /// work or the folder cannot be written.
  static IndexWriter build(const std::string& directory, const TableTexts& tables, int chain_version);
  /// A transaction overwrites blocks of the revision before the last one. Readers take up a new revision well
  /// within this time, so none of them still needs those.
  static constexpr std::chrono::milliseconds pause_between_commits{400};
  /// Opens the current generation for an update. Waits at most so long for other updates to end, then throws
  /// IndexError. Begins to change things no sooner than `pause` after the last commit.
  static IndexWriter update(const std::string& directory, std::chrono::milliseconds wait,
                            std::chrono::milliseconds pause = pause_between_commits);

  IndexWriter(IndexWriter&&) noexcept;
  ~IndexWriter();

  void analyse_with(Analyse analyse);

  const AreaTable& areas() const;
  const Catalogue& catalogue() const;
  /// The tables that the index carries, with vocabulary and word lists.
  const TableTexts& tables() const;
  int chain_version() const;
  /// The last one that was committed.
  std::uint64_t revision() const;

  /// All sources that the index knows, by id.
  std::vector<SourceInfo> sources() const;
  std::optional<SourceInfo> find_source(const std::string& id) const;
  /// What follows belongs to this source. Its settings (name, area, format, sample, trust) are taken from
  /// `settings`, everything else stays as it was. An id has at most 200 bytes and no slash. Another trust
  /// takes effect with the next commit. Throws IndexError when a source of the current generation changes its
  /// area: that needs a build.
  SourceInfo& begin_source(const SourceInfo& settings);
  SourceInfo& source();

  enum class Outcome {
    added,
    changed,
    unchanged,
    deleted,
    absent,     ///< a deletion of what there is not
    stale,      ///< older than what is known
    duplicate,  ///< the second of its id in a whole delivery
  };
  /// Begins a delivery of the source, made at `time` (seconds since 1970). A whole one says all that the
  /// source has.
  void begin_delivery(bool whole, std::int64_t time);
  /// Order and repetition of deliveries with different times do not change the outcome: of all that was said
  /// about an object the latest holds. Of the same time, what comes later.
  Outcome put(Change change);
  /// The object was delivered but cannot be taken: a whole delivery does not delete what there is of it, and
  /// a build takes that from the generation before.
  void keep(ObjectKind kind, const ObjectId& id);
  /// Objects of the source that a whole delivery did not name or deleted, and how many it had before: in an
  /// update the last revision, in a build the generation before.
  struct Missing {
    std::size_t missing = 0, before = 0;
  };
  Missing missing() const;
  /// Ends the delivery; a whole one deletes what is missing.
  void end_delivery();
  /// A build: replaces what it has of the source by what the generation before has now, and how that stands.
  /// Ends a delivery. False: that does not know the source, and nothing is done.
  bool carry_over();

  /// The addresses of online services, each once, sorted.
  std::vector<std::string> links() const;
  /// The links that were found dead, all of them: online services with such a link do not count as online.
  void mark_broken(std::vector<std::string> urls);

  /// Stores a text of the caller's under a name, in the same transaction. Empty: none.
  void put_note(const std::string& name, const std::string& text);
  std::string note(const std::string& name) const;
  /// Stores one more table, or replaces one. Only in a build.
  void put_table(const std::string& name, const std::string& text);

  struct Summary {
    std::uint64_t revision = 0;
    std::uint32_t texts = 0, online_services = 0, offices = 0;
    /// Versions of objects; in a build against the generation before.
    std::uint32_t added = 0, changed = 0, deleted = 0, unchanged = 0, stale = 0;
    /// Responsibilities that name an unknown office, online service or text.
    std::uint32_t unresolved = 0;
    std::uint32_t replayed = 0;  ///< changes that updates made while a build was at work
  };
  /// An update: everything since the last commit becomes a new revision, or nothing where nothing changed.
  /// Throws IndexError; then nothing of it is kept, or all of it where the disk failed at the very end.
  Summary commit();
  /// An update: stores how the sources stand where that changed and nothing else did. Makes no revision,
  /// unless a source is trusted otherwise.
  void commit_states();
  /// An update: forgets what was delivered since the last commit. What the caller set in a SourceInfo stays.
  void abandon();
  /// A build: takes in what updates changed meanwhile, writes everything and swaps. A source that they
  /// touched becomes what they made of it, unless this build read a later delivery of it or leaves it out.
  /// Throws IndexError.
  Summary finish();

 private:
  struct State;
  explicit IndexWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vsm
