#include "indexer/plain_text.h"

#include <algorithm>

#include "indexer/html.h"

namespace vsm {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string trimmed(std::string_view text) { return std::string(trim(text)); }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string tidy_text(std::string_view text) {
  std::string tidy;
  tidy.reserve(text.size());
  bool blank = false, line = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (is_blank(text[at])) {
      blank = true;
      line |= text[at] == '\n';
      continue;
    }
    if (byte < 0x20 || byte == 0x7F) continue;
    if (byte == 0xC2 && at + 1 < text.size()) {  // U+0080 to U+00BF
      const auto second = static_cast<unsigned char>(text[at + 1]);
      if (second <= 0xA0 || second == 0xAD) {
        blank |= second == 0xA0;
        ++at;
        continue;
      }
    }
    if (blank && !tidy.empty()) tidy += line ? '\n' : ' ';
    blank = line = false;
    tidy += text[at];
  }
  return tidy;
}

std::string plain_text(std::string_view html) { return reduce_html(html).text; }

bool is_web_address(std::string_view url) {
  const std::string start = lower_ascii(url.substr(0, 8));
  const std::size_t scheme = start.starts_with("https://") ? 8 : start.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || url.size() == scheme || url.size() > 2'000 || url[scheme] == '/') return false;
  return std::all_of(url.begin(), url.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7F && c != '"' && c != '<' && c != '>' && c != '\\';
  });
}

}  // namespace vsm
