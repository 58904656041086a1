#include "catalog/service_key.h"

#include <algorithm>

namespace vsm {

std::optional<ServiceKey> ServiceKey::parse(std::string_view digits) {
  if (digits.size() != 14) return std::nullopt;
  std::uint64_t number = 0;
  for (char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return ServiceKey(number);
}

ServiceKey ServiceKey::local(std::string_view folded_title) {
  // FNV-1a, 48 bits of it: the same on every machine, for it is stored.
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (char c : folded_title) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  return ServiceKey((100'000'000'000'000U + (hash >> 16U)) * 1'000);
}

std::string ServiceKey::text() const {
  if (number_ == 0 || is_local()) return {};
  std::string digits = std::to_string(number_);
  digits.insert(0, 14 - std::min<std::size_t>(14, digits.size()), '0');
  return digits;
}

}  // namespace vsm
