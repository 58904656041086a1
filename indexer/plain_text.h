// Small text helpers of the readers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vsm {

/// The text of `reduce_html` (html.h): for names and other short texts in which tags are not wanted.
std::string plain_text(std::string_view html);

enum class Sign { letter, blank, nothing };
struct FirstSign {
  Sign sign;
  std::size_t length;  ///< bytes that it takes
};
/// What `text`, which is not empty, begins with. A hard blank is a blank; soft hyphens and control characters
/// are nothing; all else is a letter.
FirstSign first_sign(std::string_view text);

/// Runs of blanks become one blank, or one line break where there is one among them; none at either end. A
/// hard blank is a blank; soft hyphens and control characters are left out.
std::string tidy_text(std::string_view text);

/// Without blanks at either end.
std::string_view trim(std::string_view text);
std::string trimmed(std::string_view text);
std::string lower_ascii(std::string_view text);
bool is_letter(char c);  ///< of ASCII

/// http or https with a host and without control characters or blanks.
bool is_web_address(std::string_view url);

}  // namespace vsm
