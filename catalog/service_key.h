// The service key (Leistungsschlüssel): 14 digits, usually
//   99 · group 3 · object 3 · Verrichtung 3 · detail 3
// Other prefixes than 99 exist (keys made by a Land), so none is demanded. Source: FIM, LeiKa.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace vsm {

/// A value of 14 decimal digits; zero means "no key". Cheap to copy, ordered by digits.
/// A text without a key gets a local one made from its title, so that towns which offer the same thing under
/// the same name meet in one result; local keys are never shown.
class ServiceKey {
 public:
  constexpr ServiceKey() = default;
  constexpr explicit ServiceKey(std::uint64_t number) : number_(number) {}

  /// Exactly 14 ASCII digits, nothing else; otherwise nothing.
  static std::optional<ServiceKey> parse(std::string_view digits);

  /// The local key of a folded title.
  static ServiceKey local(std::string_view folded_title);
  constexpr bool is_local() const { return number_ >= 100'000'000'000'000; }

  constexpr std::uint64_t number() const { return number_; }
  constexpr explicit operator bool() const { return number_ != 0; }
  /// 14 digits; empty for a local key and for none.
  std::string text() const;

  /// First 8 digits: what the service is about.
  constexpr std::uint64_t object() const { return number_ / 1'000'000; }
  /// First 11 digits: object and Verrichtung. Texts that share it form one search result.
  constexpr std::uint64_t group() const { return number_ / 1'000; }
  /// Digits 9 to 11: what is done with the object (012 Ausstellung, 104 Anmeldung ...); 0 for an object
  /// alone.
  constexpr unsigned verrichtung() const { return static_cast<unsigned>(number_ / 1'000 % 1'000); }
  /// Digits 12 to 14; 0 for the general variant.
  constexpr unsigned detail() const { return static_cast<unsigned>(number_ % 1'000); }

  constexpr auto operator<=>(const ServiceKey&) const = default;

 private:
  std::uint64_t number_ = 0;
};

}  // namespace vsm

template <>
struct std::hash<vsm::ServiceKey> {
  std::size_t operator()(vsm::ServiceKey key) const noexcept {
    return std::hash<std::uint64_t>()(key.number());
  }
};
