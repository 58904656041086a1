// Editors' HTML, reduced to the tags that the Portalverbund allows in texts: p, br, h1 to h6, b, strong, i, em,
// sup, sub, ul, ol, li and a with a link. Source: data rules of the PVOG (Sammlerdienst).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vsm {

struct Html {
  std::string text;      ///< plain text; a line break between blocks
  std::string html;      ///< well-formed, escaped, in lower case; empty where it has no tag but p
  bool reduced = false;  ///< something that is not allowed was left out: a tag, a link, a script
};

/// Bytes that `reduce_html` reads as HTML. Of more, and of what no editor would write (thousands of tags that
/// are nested or never closed), the plain text is taken, with `reduced` set.
inline constexpr std::size_t html_limit = 1U << 20U;

/// Reads leniently, as browsers do. A tag that is not allowed becomes its content; scripts, styles, objects
/// and frames vanish with theirs. Links stay with http, https, mailto and tel alone. A "<" that begins no tag is
/// a letter. Control characters are left out. Never fails; time and memory are bounded; thread-safe.
Html reduce_html(std::string_view input);

}  // namespace vsm
