#include "indexer/html.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "indexer/html_entities.h"
#include "indexer/plain_text.h"

namespace vsm {
namespace {

enum class Kind { style, paragraph, list, item, line_break, link, other, other_block, cell, nothing };

struct Element {
  std::string_view name;
  Kind kind;
};

/// Those that are written, and those whose content stands in a line of its own or vanishes. All others are
/// `other`: their content stays in its line.
constexpr Element elements[] = {{"p", Kind::paragraph},
                                {"br", Kind::line_break},
                                {"li", Kind::item},
                                {"ul", Kind::list},
                                {"ol", Kind::list},
                                {"b", Kind::style},
                                {"strong", Kind::style},
                                {"a", Kind::link},
                                {"i", Kind::style},
                                {"em", Kind::style},
                                {"sup", Kind::style},
                                {"sub", Kind::style},
                                {"h1", Kind::paragraph},
                                {"h2", Kind::paragraph},
                                {"h3", Kind::paragraph},
                                {"h4", Kind::paragraph},
                                {"h5", Kind::paragraph},
                                {"h6", Kind::paragraph},
                                {"div", Kind::other_block},
                                {"td", Kind::cell},
                                {"th", Kind::cell},
                                {"tr", Kind::other_block},
                                {"table", Kind::other_block},
                                {"caption", Kind::other_block},
                                {"dl", Kind::other_block},
                                {"dt", Kind::other_block},
                                {"dd", Kind::other_block},
                                {"hr", Kind::other_block},
                                {"pre", Kind::other_block},
                                {"blockquote", Kind::other_block},
                                {"address", Kind::other_block},
                                {"article", Kind::other_block},
                                {"aside", Kind::other_block},
                                {"center", Kind::other_block},
                                {"fieldset", Kind::other_block},
                                {"figure", Kind::other_block},
                                {"figcaption", Kind::other_block},
                                {"footer", Kind::other_block},
                                {"form", Kind::other_block},
                                {"header", Kind::other_block},
                                {"main", Kind::other_block},
                                {"nav", Kind::other_block},
                                {"option", Kind::other_block},
                                {"section", Kind::other_block},
                                {"body", Kind::other_block},
                                {"script", Kind::nothing},
                                {"style", Kind::nothing},
                                {"iframe", Kind::nothing},
                                {"object", Kind::nothing},
                                {"applet", Kind::nothing},
                                {"audio", Kind::nothing},
                                {"canvas", Kind::nothing},
                                {"math", Kind::nothing},
                                {"noembed", Kind::nothing},
                                {"noframes", Kind::nothing},
                                {"noscript", Kind::nothing},
                                {"svg", Kind::nothing},
                                {"template", Kind::nothing},
                                {"title", Kind::nothing},
                                {"video", Kind::nothing},
                                {"xml", Kind::nothing}};

Element element_of(std::string_view name) {
  for (const Element& element : elements)
    if (element.name == name) return element;
  return {{}, Kind::other};
}

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

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    default:
      out += c;
  }
}

/// Stands in text and HTML as it is.
bool is_ordinary(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7F && byte != 0xC2 && c != '<' && c != '>' && c != '&' && c != '"';
}

/// Writes the text and the reduced HTML side by side. Tags are written when the first letter comes that they
/// hold, so none is empty. Styles and links stand inside of paragraphs and list entries, never around them.
class Writer {
 public:
  explicit Writer(std::size_t size) {
    text_.reserve(size);
    html_.reserve(size + size / 8);
  }

  bool reduced = false;

  void letters(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = at;
      while (end < text.size() && is_ordinary(text[end])) ++end;
      if (end > at) {
        write_open_tags();
        text_ += text.substr(at, end - at);
        html_ += text.substr(at, end - at);
        fresh_ = false;
        at = end;
        continue;
      }
      const FirstSign first = first_sign(text.substr(at));
      const char c = text[at];
      at += first.length;
      if (first.sign == Sign::blank) blank();
      if (first.sign != Sign::letter) continue;
      write_open_tags();
      text_ += c;
      append_escaped(html_, c);
      fresh_ = false;
    }
  }

  void blank() {
    text_ += ' ';
    gap_ = std::max(gap_, Gap::blank);
  }

  void new_line() {
    text_ += '\n';
    gap_ = Gap::line;
  }

  void line_break() {
    text_ += '\n';
    gap_ = Gap::none;
    write_open_tags();
    html_ += "<br>";
    fresh_ = rich_ = true;
  }

  void open(const Element& element, std::string href = {}) {
    switch (element.kind) {
      case Kind::style:
      case Kind::link:
        open_inline(element, std::move(href));
        break;
      case Kind::paragraph:
        close_paragraph();
        open_block(element);
        break;
      case Kind::list:
        close_paragraph();
        if (blocks_.size() < deepest)
          open_block(element);
        else
          reduced = true;
        break;
      default:
        open_item(element);
    }
  }

  void close(const Element& element) {
    switch (element.kind) {
      case Kind::style:
      case Kind::link:
        close_inline(element);
        break;
      case Kind::paragraph:
        if (!close_paragraph()) new_line();
        break;
      default: {
        // A list ends with all lists and entries in it; an entry only where it is of the innermost list.
        const auto found = std::find_if(blocks_.rbegin(), blocks_.rend(), [&](const Block& block) {
          return block.kind == element.kind || (element.kind == Kind::item && block.kind == Kind::list);
        });
        if (found == blocks_.rend() || found->kind != element.kind) return;
        const auto left = static_cast<std::size_t>(blocks_.rend() - found) - 1;
        while (blocks_.size() > left) close_block();
      }
    }
  }

  Html finish() {
    while (!blocks_.empty()) close_block();
    close_written(0);
    Html result{tidy_text(text_), {}, reduced};
    if (rich_ && !result.text.empty()) result.html = std::move(html_);
    return result;
  }

 private:
  static constexpr std::size_t deepest = 20;

  struct Block {
    std::string_view name;
    Kind kind;
    bool written = false;
  };
  struct Inline {
    std::string_view name;
    Kind kind;
    std::string href;
    std::size_t level;  ///< how many blocks are around it
  };

  void open_inline(const Element& element, std::string href) {
    const bool inside = std::any_of(inlines_.begin(), inlines_.end(),
                                    [&](const Inline& open) { return open.name == element.name; });
    if (!inside) inlines_.push_back({element.name, element.kind, std::move(href), blocks_.size()});
  }

  void close_inline(const Element& element) {
    const auto found = std::find_if(inlines_.begin(), inlines_.end(),
                                    [&](const Inline& open) { return open.name == element.name; });
    if (found == inlines_.end()) return;
    close_written(static_cast<std::size_t>(found - inlines_.begin()));
    inlines_.erase(found);
  }

  void open_item(const Element& element) {
    while (!blocks_.empty() && blocks_.back().kind != Kind::list) close_block();
    if (blocks_.empty())
      new_line();  // an entry outside of any list
    else
      open_block(element);
  }

  void open_block(const Element& element) {
    close_written(0);
    new_line();
    blocks_.push_back({element.name, element.kind});
  }

  bool close_paragraph() {
    if (blocks_.empty() || blocks_.back().kind != Kind::paragraph) return false;
    close_block();
    return true;
  }

  void close_block() {
    close_written(0);
    new_line();
    const Block block = blocks_.back();
    std::erase_if(inlines_, [&](const Inline& open) { return open.level >= blocks_.size(); });
    blocks_.pop_back();
    if (block.written) {
      write("</", block.name);
      fresh_ = true;
      gap_ = Gap::none;
    }
  }

  void write(std::string_view begin, std::string_view name) {
    html_ += begin;
    html_ += name;
    html_ += '>';
  }

  void close_written(std::size_t left) {
    for (; written_ > left; --written_) write("</", inlines_[written_ - 1].name);
  }

  void write_open_tags() {
    if (!blocks_.empty() && !blocks_.back().written) {
      for (Block& block : blocks_) {
        if (block.written) continue;
        write("<", block.name);
        block.written = fresh_ = true;
        rich_ |= block.name != "p";
      }
      gap_ = Gap::none;
    }
    if (!fresh_ && gap_ != Gap::none) {
      html_ += gap_ == Gap::line ? "<br>" : " ";
      rich_ |= gap_ == Gap::line;
      fresh_ = true;
    }
    gap_ = Gap::none;
    for (; written_ < inlines_.size(); ++written_) {
      const Inline& open = inlines_[written_];
      rich_ = true;
      if (open.kind == Kind::style) {
        write("<", open.name);
        continue;
      }
      html_ += "<a href=\"";
      for (char c : open.href) escape(c);
      html_ += "\">";
    }
  }

  void escape(char c) { append_escaped(html_, c); }

  enum class Gap { none, blank, line };

  std::string text_, html_;
  std::vector<Block> blocks_;
  std::vector<Inline> inlines_;  ///< at most one of a name; the first `written_` of them stand in html_
  std::size_t written_ = 0;
  Gap gap_ = Gap::none;  ///< what has to stand before the next letter
  bool fresh_ = true;    ///< a blank here would be at the beginning of a line or a second one
  bool rich_ = false;    ///< there is more than paragraphs
};

bool begins_tag(std::string_view text, std::size_t at) {
  const char next = at + 1 < text.size() ? text[at + 1] : ' ';
  return is_letter(next) || next == '/' || next == '!' || next == '?';
}

/// No tag begins behind the last ">".
bool has_tags(std::string_view text) {
  const std::size_t last = text.rfind('>');
  if (last == std::string_view::npos) return false;
  for (std::size_t at = text.find('<'); at < last; at = text.find('<', at + 1))
    if (begins_tag(text, at)) return true;
  return false;
}

/// With letters for references.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t taken = text[at] == '&' ? take_entity(text.substr(at), out) : 0;
    if (taken == 0) out += text[at];
    at += std::max<std::size_t>(taken, 1);
  }
  return out;
}

/// Finds tags and references in the input and tells the writer.
class Reader {
 public:
  explicit Reader(std::string_view input) : in_(input), writer_(input.size()) {
    const std::size_t last = in_.rfind('>');
    tags_end_ = last == std::string_view::npos ? 0 : last;
  }

  Html run() {
    while (at_ < in_.size()) {
      const char c = in_[at_];
      if (c == '<' && at_ < tags_end_ && begins_tag(in_, at_))
        tag();
      else if (c == '&')
        reference();
      else
        letters();
    }
    return writer_.finish();
  }

 private:
  /// Up to what may be a tag or a reference.
  void letters() {
    std::size_t end = at_ + 1;
    while (end < in_.size() && in_[end] != '<' && in_[end] != '&') ++end;
    writer_.letters(in_.substr(at_, end - at_));
    at_ = end;
  }

  void reference() {
    std::string decoded;
    const std::size_t taken = take_entity(in_.substr(at_), decoded);
    if (taken == 0) return letters();
    writer_.letters(decoded);
    at_ += taken;
  }

  void tag() {
    const char next = in_[at_ + 1];
    if (next == '!' || next == '?') return comment();
    const bool end = next == '/';
    at_ += end ? 2 : 1;
    const std::size_t begin = at_;
    while (at_ < in_.size() && !is_blank(in_[at_]) && in_[at_] != '/' && in_[at_] != '>') ++at_;
    const std::string name = lower_ascii(in_.substr(begin, std::min<std::size_t>(at_ - begin, 12)));
    const Element element = element_of(name);
    const Attributes attributes = read_attributes();
    if (end && is_letter(in_[begin])) return close(element);
    if (!end) open(element, name, attributes);
  }

  void comment() {
    if (in_.substr(at_).starts_with("<!--") && comments_end_) {
      const std::size_t end = in_.find("-->", at_ + 4);
      if (end != std::string_view::npos) {
        at_ = end + 3;
        return;
      }
      comments_end_ = false;
    }
    at_ = in_.find('>', at_) + 1;
  }

  struct Attributes {
    std::optional<std::string> href;
    bool acts = false;         ///< has one such as onclick
    bool self_closed = false;  ///< ends with "/>"
  };

  /// Up to the end of the tag. A quote that is never closed is none.
  Attributes read_attributes() {
    Attributes found;
    while (at_ < in_.size() && in_[at_] != '>') {
      if (is_blank(in_[at_]) || in_[at_] == '/') {
        found.self_closed = in_[at_] == '/';
        ++at_;
        continue;
      }
      found.self_closed = false;
      const std::size_t begin = at_;
      while (at_ < in_.size() && !is_blank(in_[at_]) && in_[at_] != '/' && in_[at_] != '>' &&
             (in_[at_] != '=' || at_ == begin))
        ++at_;
      const std::string name = lower_ascii(in_.substr(begin, std::min<std::size_t>(at_ - begin, 8)));
      std::size_t ahead = at_;
      while (ahead < in_.size() && is_blank(in_[ahead])) ++ahead;
      std::string_view value;
      if (ahead < in_.size() && in_[ahead] == '=') {
        at_ = ahead + 1;
        value = read_value();
      }
      found.acts |= name.starts_with("on");
      if (name == "href" && !found.href) found.href = trimmed(decoded(value));
    }
    if (at_ < in_.size()) ++at_;
    return found;
  }

  std::string_view read_value() {
    while (at_ < in_.size() && is_blank(in_[at_])) ++at_;
    if (at_ == in_.size()) return {};
    const char quote = in_[at_];
    if (quote == '"' || quote == '\'') {
      const std::size_t end = in_.find(quote, at_ + 1);
      if (end < tags_end_) {
        const std::string_view value = in_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        return value;
      }
    }
    const std::size_t begin = at_;
    while (at_ < in_.size() && !is_blank(in_[at_]) && in_[at_] != '>') ++at_;
    return in_.substr(begin, at_ - begin);
  }

  void open(const Element& element, std::string_view name, const Attributes& attributes) {
    writer_.reduced |= attributes.acts;
    switch (element.kind) {
      case Kind::line_break:
        return writer_.line_break();
      case Kind::nothing:
        writer_.reduced = true;
        if (!attributes.self_closed) skip_to_end_of(name);
        return;
      case Kind::other_block:
        writer_.reduced = true;
        return writer_.new_line();
      case Kind::cell:
        writer_.reduced = true;
        return writer_.blank();
      case Kind::other:
        writer_.reduced = true;
        return;
      case Kind::link:
        writer_.close(element);
        if (!attributes.href) return;
        if (may_be_followed(*attributes.href)) return writer_.open(element, *attributes.href);
        writer_.reduced = true;
        return;
      default:
        writer_.open(element);
    }
  }

  void close(const Element& element) {
    switch (element.kind) {
      case Kind::line_break:
        return writer_.line_break();
      case Kind::other_block:
        return writer_.new_line();
      case Kind::cell:
        return writer_.blank();
      case Kind::other:
      case Kind::nothing:
        return;
      default:
        writer_.close(element);
    }
  }

  /// What is never closed vanishes with all that follows, as in browsers.
  void skip_to_end_of(std::string_view name) {
    for (std::size_t at = in_.find("</", at_); at != std::string_view::npos; at = in_.find("</", at + 2)) {
      if (lower_ascii(in_.substr(at + 2, name.size())) != name) continue;
      const std::size_t end = in_.find('>', at);
      at_ = end == std::string_view::npos ? in_.size() : end + 1;
      return;
    }
    at_ = in_.size();
  }

  std::string_view in_;
  Writer writer_;
  std::size_t at_ = 0, tags_end_ = 0;  ///< no tag begins behind the last ">"
  bool comments_end_ = true;
};

}  // namespace

Html reduce_html(std::string_view input) {
  if (has_tags(input)) return Reader(input).run();
  const bool coded = input.find('&') != std::string_view::npos;
  return {coded ? tidy_text(decoded(input)) : tidy_text(input), {}, false};
}

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) append_escaped(out, c);
  return out;
}

}  // namespace vsm
