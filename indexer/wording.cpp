#include "indexer/wording.h"

#include "language/fold.h"

namespace vsm {
namespace {

/// Bytes of the character that begins there; 0 where there is none.
std::size_t character_size(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return size <= text.size() && language::is_utf8(text.substr(0, size)) ? size : 0;
}

bool is_control(std::string_view character) {
  if (character.size() == 1) {
    const auto byte = static_cast<unsigned char>(character.front());
    return byte < 0x20 || byte == 0x7F;
  }
  const bool c1 = character >= "\xC2\x80" && character <= "\xC2\x9F";
  // U+200E and U+200F, U+2028 to U+202E, U+2066 to U+2069: lines and directions.
  const bool marks = character == "\xE2\x80\x8E" || character == "\xE2\x80\x8F" ||
                     (character >= "\xE2\x80\xA8" && character <= "\xE2\x80\xAE") ||
                     (character >= "\xE2\x81\xA6" && character <= "\xE2\x81\xA9");
  return (c1 && character.size() == 2) || (marks && character.size() == 3);
}

}  // namespace

std::string grouped_digits(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t end = digits.size(); end > 3; end -= 3) digits.insert(end - 3, 1, '.');
  return digits;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return grouped_digits(number) + " " + std::string(number == 1 ? one : many);
}

std::string printable(std::string_view text) {
  static constexpr std::string_view replacement = "\xEF\xBF\xBD";
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    const std::string_view character = text.substr(0, size == 0 ? 1 : size);
    if (character == "\n" || character == "\r" || character == "\t")
      out += ' ';
    else if (size == 0 || is_control(character))
      out += replacement;
    else
      out += character;
    text.remove_prefix(character.size());
  }
  return out;
}

}  // namespace vsm
