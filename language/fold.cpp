#include "language/fold.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <stdexcept>

namespace vsm::language {
namespace {

bool is_vowel_or_q(char c) { return std::string_view("aeiouq").find(c) != std::string_view::npos; }

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Case folded and decomposed; marks still in place.
std::string decompose(std::string_view text) {
  if (is_ascii(text)) {
    std::string lower(text);
    for (char& c : lower)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
  }
  UErrorCode error = U_ZERO_ERROR;
  const auto* fold_case = icu::Normalizer2::getNFKCCasefoldInstance(error);
  const auto* decomposition = icu::Normalizer2::getNFDInstance(error);
  std::string folded, result;
  icu::StringByteSink<std::string> fold_sink(&folded), sink(&result);
  if (U_SUCCESS(error))
    fold_case->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), fold_sink,
                             nullptr, error);
  if (U_SUCCESS(error)) decomposition->normalizeUTF8(0, folded, sink, nullptr, error);
  if (U_FAILURE(error)) throw std::runtime_error(std::string("ICU: ") + u_errorName(error));
  return result;
}

/// ae to a, oe to o, ue to u, in place.
void fold_digraphs(std::string& text) {
  std::size_t out = 0;
  for (std::size_t in = 0; in < text.size(); ++in) {
    const char c = text[in];
    text[out++] = c;
    if (in + 1 >= text.size() || text[in + 1] != 'e') continue;
    if (c == 'a' || c == 'o' || (c == 'u' && (in == 0 || !is_vowel_or_q(text[in - 1])))) ++in;
  }
  text.resize(out);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"  // inside ICU's macro
/// The code point at `at`, which moves behind it; negative where the bytes are no UTF-8.
UChar32 next_code_point(std::string_view text, std::size_t& at) {
  const auto size = static_cast<int32_t>(text.size());
  auto position = static_cast<int32_t>(at);
  UChar32 c = 0;
  U8_NEXT(text.data(), position, size, c);
  at = static_cast<std::size_t>(position);
  return c;
}
#pragma GCC diagnostic pop

template <class Letter, class Other>
void walk(const std::string& text, Letter letter, Other other) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const UChar32 c = next_code_point(text, at);
    if (c < 0 || c == 0xFFFD) {
      other();
    } else if (u_isalnum(c)) {
      letter(std::string_view(text).substr(start, at - start));
    } else if (u_charType(c) != U_NON_SPACING_MARK) {
      other();
    }
  }
}

}  // namespace

std::vector<std::string> fold_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (word.empty()) return;
    fold_digraphs(word);
    words.push_back(std::move(word));
    word.clear();
  };
  walk(
      decompose(text), [&](std::string_view letter) { word += letter; }, end_word);
  end_word();
  return words;
}

std::vector<WrittenWord> written_words(std::string_view text) {
  std::vector<WrittenWord> words;
  const auto take = [&](std::size_t begin, std::size_t end) {
    for (std::string& folded : fold_words(text.substr(begin, end - begin)))
      words.push_back({begin, end - begin, std::move(folded)});
  };
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const UChar32 c = next_code_point(text, at);
    if (c >= 0 && (u_isalnum(c) || u_charType(c) == U_NON_SPACING_MARK)) continue;
    take(begin, start);
    begin = at;
  }
  take(begin, text.size());
  return words;
}

std::size_t written_size(std::string_view word, std::size_t folded_size) {
  std::vector<std::size_t> ends{0};
  for (std::size_t at = 0; at < word.size();) {
    const UChar32 c = next_code_point(word, at);
    if (c >= 0 && u_charType(c) == U_NON_SPACING_MARK)
      ends.back() = at;
    else
      ends.push_back(at);
  }
  const auto enough = std::partition_point(ends.begin(), ends.end(), [&](std::size_t size) {
    return fold(word.substr(0, size)).size() < folded_size;
  });
  return enough == ends.end() ? word.size() : *enough;
}

std::string fold_name(std::string_view text) {
  std::string name;
  for (const std::string& word : fold_words(text)) {
    if (!name.empty()) name += ' ';
    name += word;
  }
  return name;
}

std::string infinitive_of_participle(std::string_view folded) {
  static constexpr std::string_view prefixes[] = {
      "",      "ab",  "an",  "auf",    "aus",    "bei",  "durch",  "ein",     "fest",
      "frei",  "her", "hin", "los",    "mit",    "nach", "nieder", "uber",    "um",
      "unter", "vor", "weg", "weiter", "wieder", "zu",   "zuruck", "zusammen"};
  if (folded.size() < 7 || !folded.ends_with('t')) return {};
  if (folded.ends_with("iert")) return std::string(folded.substr(0, folded.size() - 1)) + "en";
  for (std::string_view prefix : prefixes) {
    const std::size_t begin = prefix.size() + 2;
    if (!folded.starts_with(prefix) || folded.substr(prefix.size(), 2) != "ge" || folded.size() < begin + 4)
      continue;
    std::string_view verb = folded.substr(begin, folded.size() - begin - 1);
    if (verb.ends_with('e')) verb.remove_suffix(1);
    return std::string(prefix) + std::string(verb) +
           (verb.ends_with("er") || verb.ends_with("el") ? "n" : "en");
  }
  return {};
}

std::string joined_verb(std::string_view form, std::string_view prefix) {
  static constexpr std::string_view prefixes[] = {"ab",  "an",  "auf", "aus",    "bei",     "ein",
                                                  "her", "hin", "los", "mit",    "nach",    "um",
                                                  "vor", "weg", "zu",  "zuruck", "zusammen"};
  if (std::find(std::begin(prefixes), std::end(prefixes), prefix) == std::end(prefixes)) return {};
  for (std::string_view ending : {"en", "est", "et", "st", "e", "t"}) {
    if (!form.ends_with(ending) || form.size() < ending.size() + 3) continue;
    form.remove_suffix(ending.size());
    return std::string(prefix) + std::string(form) + "en";
  }
  return {};
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();)
    if (next_code_point(text, at) < 0) return false;
  return true;
}

std::string fold(std::string_view text) {
  std::string result;
  walk(
      decompose(text), [&](std::string_view letter) { result += letter; }, [&] { result += ' '; });
  fold_digraphs(result);
  return result;
}

}  // namespace vsm::language
