// Whatever goes in, the reduced HTML is well-formed and of allowed tags alone.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/html.h"
#include "language/fold.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// Reads it as strictly as it is written: tags in lower case, closed in order, nothing else that begins with
/// "<".
void require_well_formed(std::string_view html) {
  static constexpr std::string_view allowed[] = {"p",  "h1", "h2",     "h3", "h4", "h5",  "h6",  "ul",
                                                 "ol", "li", "strong", "b",  "em", "sup", "sub", "i"};
  std::vector<std::string_view> open;
  for (std::size_t at = 0; at < html.size(); ++at) {
    require(html[at] != '>' && html[at] != '"');
    if (html[at] != '<') continue;
    const std::size_t end = html.find('>', at);
    require(end != std::string_view::npos);
    std::string_view tag = html.substr(at + 1, end - at - 1);
    at = end;
    if (tag == "br") continue;
    if (tag.starts_with('/')) {
      require(!open.empty() && open.back() == tag.substr(1));
      open.pop_back();
      continue;
    }
    if (tag.starts_with("a href=\"")) {
      const std::string_view address = tag.substr(8, tag.size() - 9);
      require(tag.ends_with('"') && address.find_first_of("<> \t\n\"") == std::string_view::npos);
      tag = "a";
    } else {
      bool known = false;
      for (const std::string_view name : allowed) known |= name == tag;
      require(known);
    }
    open.push_back(tag);
  }
  require(open.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const vsm::Html once = vsm::reduce_html(input);
  require_well_formed(once.html);
  for (const char c : once.text) require(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  require(once.html.empty() || !once.text.empty());
  if (once.html.empty() || !vsm::language::is_utf8(input)) return 0;
  const vsm::Html again = vsm::reduce_html(once.html);
  require(again.html == once.html && again.text == once.text && !again.reduced);
  return 0;
}
