// Small pieces of German reports: numbers with their nouns, and foreign text made safe to show.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vsm {

/// "1.234.567"
std::string grouped_digits(std::uint64_t number);
/// "1 Hinweis", "1.200 Hinweise"
std::string counted(std::uint64_t number, std::string_view one, std::string_view many);

/// Text from a delivery as one line that is always UTF-8 and cannot steer a terminal: line breaks and tabs
/// become blanks; what is no UTF-8, other control characters and those that turn the direction of writing
/// become "�".
std::string printable(std::string_view text);

/// Starts of ANSI colours; all are empty where colour is off.
struct Ink {
  explicit Ink(bool colour) {
    if (!colour) return;
    bold = "\x1b[1m", red = "\x1b[31m", yellow = "\x1b[33m", green = "\x1b[32m", off = "\x1b[0m";
  }
  std::string_view bold, red, yellow, green, off;
};

}  // namespace vsm
