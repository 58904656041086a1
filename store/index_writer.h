// Writing an index: a full build makes a new generation beside the current one and swaps it in by one rename,
// so that readers see the old revision or the new one and nothing between.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "catalog/objects.h"
#include "catalog/tables.h"
#include "store/index_reader.h"

namespace vsm {

struct TextTerm {
  TermKind kind = TermKind::word;
  std::string term;
  Impacts impacts;
};

/// Not thread-safe. A writer that is destroyed without finish() leaves the current generation as it was.
class IndexWriter {
 public:
  /// Starts a new generation below `directory`, which is made where missing. `tables` are stored in the
  /// index. Throws IndexError when another writer is at work or the folder cannot be written.
  IndexWriter(std::string directory, const TableTexts& tables, int chain_version);
  ~IndexWriter();
  IndexWriter(const IndexWriter&) = delete;
  IndexWriter& operator=(const IndexWriter&) = delete;

  const AreaTable& areas() const;
  const Catalogue& catalogue() const;

  /// What follows belongs to this source.
  void begin_source(SourceInfo source);
  /// Counts an object that validation refused.
  void count_rejected();
  /// Of objects with the same kind and id the first stays; false says that this one was not taken.
  bool put(ServiceText text, std::span<const TextTerm> terms);
  bool put(OnlineService service);
  bool put(Office office);
  void put(Responsibility responsibility);
  /// Stores one more table, or replaces one.
  void put_table(const std::string& name, const std::string& text);

  struct Summary {
    std::uint64_t revision = 0;
    std::uint32_t texts = 0, online_services = 0, offices = 0, joins = 0;
    /// Responsibilities that name an unknown office, online service, text or area.
    std::uint32_t unresolved = 0;
  };
  /// Joins responsibilities, writes sheets and bitmaps, commits and swaps. Throws IndexError.
  Summary finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vsm
