// Spelling folded to one form, for index, query and place names alike.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vsm::language {

/// Unicode NFKC case folding, then marks removed: "Bußgeld" and "bussgeld", "Gebühr", "GEBUEHR" and "gebuhr"
/// become one. ae, oe and ue become a, o and u (ue not after a vowel or q: "neue", "Quelle" stay).
/// Bytes that are no UTF-8 count as a separator. Thread-safe.
std::string fold(std::string_view text);

/// The words of a text, folded: runs of letters and digits. Thread-safe.
std::vector<std::string> fold_words(std::string_view text);

/// A word and the bytes of a text that it stands in.
struct WrittenWord {
  std::size_t at = 0, size = 0;
  std::string folded;
};

/// The words of a text as fold_words gives them, each with where it stands. Thread-safe.
std::vector<WrittenWord> written_words(std::string_view text);

/// How many bytes of a written word its folded beginning of `folded_size` bytes stands for: the 5 of "Führ"
/// in "Führerschein" for the 4 of "fuhr". Whole letters with their marks, at most the word. Thread-safe.
std::size_t written_size(std::string_view word, std::size_t folded_size);

/// fold_words joined by single blanks: the form in which whole names are compared.
std::string fold_name(std::string_view text);

/// The infinitive of a folded weak past participle: "abgemeldet" gives "abmelden", "geimpft" "impfen",
/// "registriert" "registrieren". Empty for other words. It goes by form alone: "gehalt" gives "halen", a word
/// that nobody asks for.
std::string infinitive_of_participle(std::string_view folded);

/// The infinitive of a verb form and its prefix that stands apart, both folded: "ziehe" and "um" give
/// "umziehen". Empty where the second is no such prefix or too little of the verb is left.
std::string joined_verb(std::string_view form, std::string_view prefix);

/// Whether the bytes are well-formed UTF-8. Thread-safe.
bool is_utf8(std::string_view text);

}  // namespace vsm::language
