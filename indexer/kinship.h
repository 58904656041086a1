// Texts that come without a service key still speak of services that the catalogue knows: they take over what
// people call those, so that a town's page is found by everyday words that its editors never wrote.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "language/analyzer.h"
#include "language/word_rules.h"
#include "store/index_writer.h"

namespace vsm {

/// Not thread-safe while entries are added; then safe to read from many threads.
class Kinship {
 public:
  explicit Kinship(const language::WordRules& rules) : rules_(rules) {}

  /// One service of the catalogue, by the terms that stand for it.
  void add(ServiceKey key, std::span<const TextTerm> terms);

  /// Adds to the terms of a text those of the services that its name speaks of, as shared words; the surer
  /// the more. `title` is the analysed name. Returns those services, the surest first; none where no service
  /// fits.
  std::vector<ServiceKey> inherit(std::span<const language::Word> title, std::vector<TextTerm>& terms) const;

 private:
  struct Place {
    std::uint32_t entry = 0;
    float strength = 0;
  };
  double idf(std::size_t services) const;
  void score(const std::string& term, double weight, std::unordered_map<std::uint32_t, double>& best) const;

  const language::WordRules& rules_;
  std::unordered_map<std::string, std::vector<Place>> by_term_;
  struct Entry {
    ServiceKey key;
    std::vector<TextTerm> terms;
  };
  std::vector<Entry> entries_;
};

}  // namespace vsm
