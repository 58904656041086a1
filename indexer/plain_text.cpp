#include "indexer/plain_text.h"

#include <algorithm>

#include "indexer/html.h"

namespace vsm {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

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

FirstSign first_sign(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text[0]);
  if (is_blank(text[0])) return {Sign::blank, 1};
  if (byte < 0x20 || byte == 0x7F) return {Sign::nothing, 1};
  if (byte != 0xC2 || text.size() == 1) return {Sign::letter, 1};
  const auto second = static_cast<unsigned char>(text[1]);  // of U+0080 to U+00BF
  if (second == 0xA0) return {Sign::blank, 2};
  if (second == 0xAD || (second >= 0x80 && second < 0xA0)) return {Sign::nothing, 2};
  return {Sign::letter, 1};
}

std::string tidy_text(std::string_view text) {
  std::string tidy;
  tidy.reserve(text.size());
  bool blank = false, line = false;
  const auto ordinary = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7F && byte != 0xC2;
  };
  for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
    while (end < text.size() && ordinary(text[end])) ++end;
    if (end == at) {
      const FirstSign first = first_sign(text.substr(at));
      end = at + first.length;
      blank |= first.sign == Sign::blank;
      line |= text[at] == '\n';
      if (first.sign != Sign::letter) continue;
    }
    if (blank && !tidy.empty()) tidy += line ? '\n' : ' ';
    blank = line = false;
    tidy += text.substr(at, end - at);
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
