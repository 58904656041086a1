// What somebody wrote, as it stands in a sentence for editors.
#pragma once

#include <string>
#include <string_view>

namespace vsm {

/// „text“, on one line; of a long text its first 80 bytes, cut between letters.
inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 80;
  std::string shown(text.substr(0, most));
  if (text.size() > most) {
    while (!shown.empty() && (static_cast<unsigned char>(text[shown.size()]) & 0xC0U) == 0x80)
      shown.pop_back();
    shown += "…";
  }
  for (char& c : shown)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return "„" + shown + "“";
}

}  // namespace vsm
