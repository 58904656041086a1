// Editors' HTML, reduced to the tags that the Portalverbund allows in texts: p, br, h1 to h6, b, strong, i,
// em, sup, sub, ul, ol, li and a with a link. Source: data rules of the PVOG (Sammlerdienst).
#pragma once

#include <string>
#include <string_view>

namespace vsm {

struct Html {
  std::string text;      ///< plain text; a line break between blocks
  std::string html;      ///< well-formed, escaped, in lower case; empty where it has no tag but p
  bool reduced = false;  ///< something that is not allowed was left out: a tag, a link, a script
};

/// Reads leniently: nothing has to be closed, nested or quoted well. A tag that is not allowed becomes its
/// content; scripts, styles, objects and frames vanish with theirs. Links stay with http, https, mailto and
/// tel alone. A "<" that begins no tag is a letter. Control characters are left out. Only tags that this
/// function writes itself come out, and every other character is escaped; so the result is safe to show
/// whatever went in. Input that is UTF-8 stays UTF-8. Never
/// fails; takes time and memory in proportion to the input; thread-safe.
Html reduce_html(std::string_view input);

/// With references for &, <, > and ".
std::string escape_html(std::string_view text);

}  // namespace vsm
