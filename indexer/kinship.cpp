#include "indexer/kinship.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace vsm {
namespace {

constexpr double generic_weight = 0.35, parts_share = 0.8;
/// A service is kin when so much of what a name says stands in its own names and words, and when it fits
/// nearly as well as the one that fits best.
constexpr double least_share = 0.45, near_best = 0.85;
constexpr std::size_t most_kin = 3;
/// What words count for a text that has them from its kin.
constexpr double kin_weight = 0.9;

double strength_of(const Impacts& impacts) {
  return std::max({impacts.title / 100.0, 0.9 * impacts.words / 100, 0.85 * impacts.shared / 100});
}

}  // namespace

void Kinship::add(ServiceKey key, std::span<const TextTerm> terms) {
  const auto number = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back({key, {}});
  for (const TextTerm& term : terms) {
    const double strength = strength_of(term.impacts);
    if (term.kind != TermKind::word || strength <= 0) continue;
    by_term_[term.term].push_back({number, static_cast<float>(std::min(1.0, strength))});
    entries_.back().terms.push_back(term);
  }
}

double Kinship::idf(std::size_t services) const {
  const auto all = static_cast<double>(entries_.size()), with = static_cast<double>(services);
  return std::log(1 + (all - with + 0.5) / (with + 0.5));
}

void Kinship::score(const std::string& term, double weight,
                    std::unordered_map<std::uint32_t, double>& best) const {
  const auto places = by_term_.find(term);
  if (places == by_term_.end()) return;
  for (const Place& place : places->second) best[place.entry] += weight * place.strength;
}

std::vector<ServiceKey> Kinship::inherit(std::span<const language::Word> title,
                                         std::vector<TextTerm>& terms) const {
  std::unordered_map<std::uint32_t, double> sums;
  double most = 0;
  for (const language::Word& word : title) {
    if (rules_.is_stopword(word.folded)) continue;
    const auto services = [&](const std::string& term) {
      const auto places = by_term_.find(term);
      return places == by_term_.end() ? std::size_t{0} : places->second.size();
    };
    const double weight = rules_.is_generic(word.folded) ? generic_weight : 1;
    double value = weight * idf(services(word.stem));
    std::unordered_map<std::uint32_t, double> whole, parts;
    score(word.stem, value, whole);
    double parts_value = 0;
    for (const std::string& part : word.parts) parts_value += idf(services(part));
    if (whole.empty() && parts_value > 0) value = weight * std::min(value / weight, parts_value);
    for (const std::string& part : word.parts)
      score(part, parts_share * value * idf(services(part)) / parts_value, parts);
    most += value;
    for (const auto& [entry, sum] : parts) whole[entry] = std::max(whole[entry], sum);
    for (const auto& [entry, sum] : whole) sums[entry] += sum;
  }
  std::vector<std::pair<double, std::uint32_t>> kin;
  for (const auto& [entry, sum] : sums)
    if (sum >= least_share * most) kin.emplace_back(sum / most, entry);
  std::sort(kin.begin(), kin.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  while (!kin.empty() && (kin.size() > most_kin || kin.back().first < near_best * kin.front().first))
    kin.pop_back();

  std::vector<ServiceKey> keys;
  std::map<std::string, double> inherited;
  for (const auto& [share, entry] : kin) {
    keys.push_back(entries_[entry].key);
    for (const TextTerm& term : entries_[entry].terms) {
      double& strength = inherited[term.term];
      strength = std::max(strength, kin_weight * std::min(1.0, share) * strength_of(term.impacts));
    }
  }
  const auto hundredths = [](double strength) {
    return static_cast<std::uint8_t>(std::lround(std::min(1.0, strength) * 100));
  };
  for (TextTerm& term : terms) {
    const auto known = inherited.find(term.term);
    if (term.kind != TermKind::word || known == inherited.end()) continue;
    term.impacts.shared = std::max(term.impacts.shared, hundredths(known->second));
    inherited.erase(known);
  }
  for (const auto& [term, strength] : inherited)
    terms.push_back({TermKind::word, term, {0, 0, hundredths(strength), 0}});
  return keys;
}

}  // namespace vsm
