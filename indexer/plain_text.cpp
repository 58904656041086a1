#include "indexer/plain_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace vsm {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

void append_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

/// The length of an entity at the beginning of `text`, its letter appended; 0 where there is none.
std::size_t take_entity(std::string_view text, std::string& out) {
  const std::size_t end = text.find(';');
  if (end == std::string_view::npos || end > 10) return 0;
  const std::string_view name = text.substr(1, end - 1);
  static constexpr std::pair<std::string_view, std::string_view> named[] = {
      {"amp", "&"},   {"lt", "<"},    {"gt", ">"},    {"quot", "\""}, {"apos", "'"},
      {"nbsp", " "},  {"auml", "ä"},  {"ouml", "ö"},  {"uuml", "ü"},  {"Auml", "Ä"},
      {"Ouml", "Ö"},  {"Uuml", "Ü"},  {"szlig", "ß"}, {"euro", "€"},  {"sect", "§"},
      {"ndash", "–"}, {"bdquo", "„"}, {"ldquo", "“"}, {"shy", ""}};
  for (const auto& [known, letter] : named) {
    if (name == known) {
      out += letter;
      return end + 1;
    }
  }
  if (!name.starts_with('#')) return 0;
  const bool hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
  std::uint32_t c = 0;
  const char* last = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + (hex ? 2 : 1), last, c, hex ? 16 : 10);
  if (parsed.ptr != last || c < 0x20 || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return 0;
  append_utf8(out, c);
  return end + 1;
}

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

std::string plain_text(std::string_view html) {
  if (html.find_first_of("<&") == std::string_view::npos) return tidy_text(html);
  std::string raw;
  raw.reserve(html.size());
  const bool has_tags = html.find('<') != std::string_view::npos;
  const std::size_t last_close = html.rfind('>');
  for (std::size_t at = 0; at < html.size();) {
    const char c = html[at];
    const char next = at + 1 < html.size() ? html[at + 1] : ' ';
    if (c == '<' && (is_letter(next) || next == '/' || next == '!' || next == '?') &&
        last_close != std::string_view::npos && at < last_close) {
      const std::size_t end = html.find('>', at);
      const std::string tag = lower_ascii(html.substr(at + 1, std::min<std::size_t>(end - at - 1, 12)));
      for (std::string_view block : {"p", "/p", "br", "li", "/li", "/h", "div", "/div", "/tr"})
        if (tag == block || (tag.starts_with(block) &&
                             (tag[block.size()] == ' ' || tag[block.size()] == '/' || block == "/h")))
          raw += '\n';
      at = end + 1;
    } else if (c == '&') {
      const std::size_t taken = take_entity(html.substr(at), raw);
      if (taken == 0) raw += c;
      at += std::max<std::size_t>(taken, 1);
    } else {
      raw += has_tags && c == '\n' ? ' ' : c;
      ++at;
    }
  }
  return tidy_text(raw);
}

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
