// Small text helpers of the readers.
#pragma once

#include <string>
#include <string_view>

namespace vsm {

/// Editors' HTML as plain text: tags go, block ends become line breaks, the five XML entities and numbered
/// ones become letters, runs of blanks one blank.
std::string plain_text(std::string_view html);

std::string trimmed(std::string_view text);
std::string lower_ascii(std::string_view text);

/// http or https with a host and without control characters or blanks.
bool is_web_address(std::string_view url);

}  // namespace vsm
