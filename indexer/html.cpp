#include "indexer/html.h"

#include <gumbo.h>

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <memory>
#include <vector>

#include "indexer/plain_text.h"

namespace vsm {
namespace {

constexpr std::size_t tag_limit = 10'000;
constexpr std::size_t depth_limit = 50;

/// Memory for one parse, given back all at once: gumbo frees its tree by recursion, which a deep one makes
/// overflow. Unclosed tags can make that tree grow with the square of the input, and gumbo takes no null pointer
/// for an answer, so a parse that asks for too much is left by a jump.
class Arena {
 public:
  explicit Arena(std::size_t limit) : left_(limit) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  static void* allocate(void* self, std::size_t size) { return static_cast<Arena*>(self)->take(size); }
  static void keep(void*, void*) {}

  std::jmp_buf too_much;

 private:
  static constexpr std::size_t block = 128U << 10U;

  void* take(std::size_t size) {
    size = (size + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) * alignof(std::max_align_t);
    if (size > left_) std::longjmp(too_much, 1);  // NOLINT: only frames of C lie between
    left_ -= size;
    if (size > room_) {
      room_ = std::max(size, block);
      at_ = more_.emplace_back(new std::byte[room_]).get();
    }
    void* const taken = at_;
    at_ += size;
    room_ -= size;
    return taken;
  }

  static std::byte* first() {
    static thread_local const std::unique_ptr<std::byte[]> memory(new std::byte[block]);
    return memory.get();
  }

  std::byte* at_ = first();
  std::size_t room_ = block, left_;
  std::vector<std::unique_ptr<std::byte[]>> more_;
};

/// The parsed tree, in `arena`; nothing where it would be too large.
const GumboOutput* parse(Arena& arena, std::string_view input) {
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = Arena::allocate;
  options.deallocator = Arena::keep;
  options.userdata = &arena;
  options.max_errors = 0;
  options.fragment_context = GUMBO_TAG_BODY;
  if (setjmp(arena.too_much) != 0) return nullptr;  // NOLINT: see Arena
  return gumbo_parse_with_options(&options, input.data(), input.size());
}

enum class Kind { style, block, list, item, line_break, link, other, other_block, cell, nothing };

Kind kind_of(const GumboElement& element) {
  if (element.tag_namespace != GUMBO_NAMESPACE_HTML) return Kind::nothing;
  switch (element.tag) {
    case GUMBO_TAG_B:
    case GUMBO_TAG_STRONG:
    case GUMBO_TAG_I:
    case GUMBO_TAG_EM:
    case GUMBO_TAG_SUP:
    case GUMBO_TAG_SUB:
      return Kind::style;
    case GUMBO_TAG_P:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
      return Kind::block;
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
      return Kind::list;
    case GUMBO_TAG_LI:
      return Kind::item;
    case GUMBO_TAG_BR:
      return Kind::line_break;
    case GUMBO_TAG_A:
      return Kind::link;
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
      return Kind::cell;
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_OPTION:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_TR:
      return Kind::other_block;
    case GUMBO_TAG_APPLET:
    case GUMBO_TAG_AUDIO:
    case GUMBO_TAG_CANVAS:
    case GUMBO_TAG_EMBED:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_NOEMBED:
    case GUMBO_TAG_NOFRAMES:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_VIDEO:
      return Kind::nothing;
    default:
      return Kind::other;
  }
}

bool is_block(Kind kind) { return kind == Kind::block || kind == Kind::list || kind == Kind::item; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

bool may_be_followed(std::string_view address) {
  if (is_web_address(address)) return true;
  const std::string start = lower_ascii(address.substr(0, 7));
  return (start.starts_with("mailto:") || start.starts_with("tel:")) && address.size() <= 2'000 &&
         std::all_of(address.begin(), address.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte > 0x20 && byte != 0x7F && c != '"' && c != '<' && c != '>' && c != '\\';
         });
}

/// Writes the text and the reduced HTML of a tree side by side.
class Writer {
 public:
  explicit Writer(std::size_t size) {
    text_.reserve(size);
    html_.reserve(size);
  }

  void walk(const GumboNode& root) {
    struct Step {
      const GumboNode* node;
      unsigned next = 0;
      Kind kind = Kind::other;
      bool open = false;
    };
    std::vector<Step> path{{&root}};
    while (!path.empty()) {
      Step& step = path.back();
      const GumboVector& children = step.node->v.element.children;
      if (step.next == children.length) {
        if (step.open) close();
        if (step.kind == Kind::other_block) new_line();
        if (step.kind == Kind::cell) blank();
        path.pop_back();
        continue;
      }
      const auto& child = *static_cast<const GumboNode*>(children.data[step.next++]);
      if (child.type == GUMBO_NODE_TEXT || child.type == GUMBO_NODE_WHITESPACE ||
          child.type == GUMBO_NODE_CDATA)
        text(child.v.text.text);
      if (child.type == GUMBO_NODE_TEMPLATE) reduced_ = true;
      if (child.type != GUMBO_NODE_ELEMENT) continue;
      const Kind kind = kind_of(child.v.element);
      switch (kind) {
        case Kind::nothing:
          reduced_ = true;
          continue;
        case Kind::line_break:
          line_break();
          continue;
        case Kind::other:
        case Kind::cell:
          reduced_ = true;
          path.push_back({&child, 0, kind, false});
          break;
        case Kind::other_block:
          reduced_ = true;
          new_line();
          path.push_back({&child, 0, kind, false});
          break;
        default: {
          const bool opened = open(child.v.element, kind);
          const bool apart = !opened && is_block(kind);
          if (apart) new_line();
          path.push_back({&child, 0, apart ? Kind::other_block : kind, opened});
        }
      }
    }
  }

  Html finish() {
    Html result{tidy_text(text_), {}, reduced_};
    for (std::size_t at = html_.find('<'); at != std::string::npos; at = html_.find('<', at + 1)) {
      if (html_.compare(at, 3, "<p>") != 0 && html_.compare(at, 4, "</p>") != 0) {
        result.html = std::move(html_);
        break;
      }
    }
    return result;
  }

 private:
  struct Tag {
    std::string_view name;
    Kind kind;
    std::size_t before, content;  ///< where in html_ it begins, and where its content does
    bool fresh;                   ///< fresh_ before it
  };

  /// Whether the tag was written. Where it may not stand (a paragraph in a paragraph, a list entry outside of
  /// a list), only its content is.
  bool open(const GumboElement& element, Kind kind) {
    std::string href;
    if (kind == Kind::link) {
      const GumboAttribute* attribute = gumbo_get_attribute(&element.attributes, "href");
      href = attribute ? trimmed(attribute->value) : std::string();
      if (attribute && !may_be_followed(href)) reduced_ = true;
      if (!may_be_followed(href)) return false;
    }
    for (unsigned i = 0; i < element.attributes.length; ++i) {
      const auto& attribute = *static_cast<const GumboAttribute*>(element.attributes.data[i]);
      if (std::string_view(attribute.name).starts_with("on")) reduced_ = true;
    }
    if (open_.size() >= depth_limit || !fits(kind)) {
      reduced_ |= open_.size() >= depth_limit;
      return false;
    }
    if (is_block(kind)) {
      text_ += '\n';
      gap_ = Gap::none;
    } else {
      fill_gap();
    }
    const Tag tag{gumbo_normalized_tagname(element.tag), kind, html_.size(), 0, fresh_};
    html_ += '<';
    html_ += tag.name;
    if (kind == Kind::link) {
      html_ += " href=\"";
      for (char c : href) escape(c);
      html_ += '"';
    }
    html_ += '>';
    open_.push_back(tag);
    open_.back().content = html_.size();
    if (is_block(kind)) fresh_ = true;
    return true;
  }

  bool fits(Kind kind) const {
    const auto innermost = [&](auto wanted) {
      return std::find_if(open_.rbegin(), open_.rend(), [&](const Tag& tag) { return wanted(tag.kind); });
    };
    if (kind == Kind::link) return innermost([](Kind k) { return k == Kind::link; }) == open_.rend();
    if (kind == Kind::item) {
      const auto around = innermost(is_block);
      return around != open_.rend() && around->kind == Kind::list;
    }
    if (is_block(kind)) return innermost([](Kind k) { return k == Kind::block; }) == open_.rend();
    return true;
  }

  void close() {
    const Tag tag = open_.back();
    open_.pop_back();
    const bool block = is_block(tag.kind);
    if (block) text_ += '\n';
    if (html_.size() == tag.content) {
      html_.resize(tag.before);
      if (block) {
        fresh_ = tag.fresh;
        gap_ = Gap::line;
      }
      return;
    }
    html_ += "</";
    html_ += tag.name;
    html_ += '>';
    if (block) {
      fresh_ = true;
      gap_ = Gap::none;
    }
  }

  void line_break() {
    text_ += '\n';
    html_ += "<br>";
    fresh_ = true;
    gap_ = Gap::none;
  }

  /// Where a block begins or ends that is not written.
  void new_line() {
    text_ += '\n';
    gap_ = Gap::line;
  }

  void blank() {
    text_ += ' ';
    gap_ = std::max(gap_, Gap::blank);
  }

  void text(std::string_view content) {
    for (char c : content) {
      if (is_blank(c)) {
        blank();
        continue;
      }
      text_ += c;
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) continue;
      fill_gap();
      escape(c);
      fresh_ = false;
    }
  }

  void fill_gap() {
    if (!fresh_ && gap_ != Gap::none) {
      html_ += gap_ == Gap::line ? "<br>" : " ";
      fresh_ = true;
    }
    gap_ = Gap::none;
  }

  void escape(char c) {
    switch (c) {
      case '&':
        html_ += "&amp;";
        break;
      case '<':
        html_ += "&lt;";
        break;
      case '>':
        html_ += "&gt;";
        break;
      case '"':
        html_ += "&quot;";
        break;
      default:
        html_ += c;
    }
  }

  enum class Gap { none, blank, line };

  std::string text_, html_;
  std::vector<Tag> open_;
  Gap gap_ = Gap::none;  ///< what has to stand before the next letter
  bool fresh_ = true;    ///< a blank here would be at the beginning of a line or a second one
  bool reduced_ = false;
};

bool begins_tag(std::string_view text, std::size_t at) {
  return at + 1 < text.size() && (is_letter(text[at + 1]) || text[at + 1] == '/' || text[at + 1] == '!' ||
                                  text[at + 1] == '?');
}

bool has_entity(std::string_view text) {
  for (std::size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
    const std::string_view after = text.substr(at + 1, 40);
    if (!after.empty() && (after[0] == '#' || is_letter(after[0])) &&
        after.find(';') != std::string_view::npos)
      return true;
  }
  return false;
}

std::size_t count_tags(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1))
    count += begins_tag(text, at);
  return count;
}

}  // namespace

Html reduce_html(std::string_view input) {
  const std::size_t last = input.rfind('>');
  const std::string_view tagged = input.substr(0, last == std::string_view::npos ? 0 : last + 1);
  const std::size_t tags = count_tags(tagged);
  if (tags == 0 && !has_entity(input)) return {tidy_text(input), {}, false};
  if (tags > tag_limit || input.size() > html_limit) return {plain_text(input), {}, true};

  // What looks like a tag behind the last ">" is none; gumbo would drop it with all that follows.
  std::string mended;
  if (count_tags(input.substr(tagged.size())) > 0) {
    mended = tagged;
    for (char c : input.substr(tagged.size())) {
      if (c == '<')
        mended += "&lt;";
      else
        mended += c;
    }
    input = mended;
  }
  Arena arena((1U << 20U) + 256 * input.size());
  const GumboOutput* tree = parse(arena, input);
  if (!tree) return {plain_text(input), {}, true};
  Writer writer(input.size());
  writer.walk(*tree->root);
  return writer.finish();
}

}  // namespace vsm
