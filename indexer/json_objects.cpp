#include "indexer/json_objects.h"

#include <simdjson.h>

#include <algorithm>

namespace vsm {
namespace {

constexpr std::size_t chunk_size = 1U << 16U;
/// Deeper than any parser of a piece goes.
constexpr std::size_t depth_limit = simdjson::DEFAULT_MAX_DEPTH;
constexpr std::size_t key_limit = 32;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

JsonObjects::JsonObjects(std::istream& in) : in_(in), chunk_(chunk_size) {
  if (!fill()) return;
  if (std::string_view(chunk_.data(), end_).starts_with("\xEF\xBB\xBF")) at_ = from_ = 3;
}

/// Keeps what the piece has in this chunk and reads the next one.
bool JsonObjects::fill() {
  keep_up_to(end_);
  in_.read(chunk_.data(), static_cast<std::streamsize>(chunk_.size()));
  at_ = from_ = 0;
  end_ = static_cast<std::size_t>(in_.gcount());
  return end_ > 0;
}

void JsonObjects::begin() {
  in_piece_ = true;
  envelope_ = wrapper_ = has_id_ = false;
  from_ = at_;
  begin_line_ = line_;
  if (open_.empty()) top_line_ = line_;
}

void JsonObjects::keep_up_to(std::size_t end) {
  if (in_piece_ && !envelope_ && !too_large_) {
    if (text_.size() + (end - from_) > json_object_limit) {
      too_large_ = true;
      text_.clear();
    } else {
      text_.append(chunk_.data() + from_, end - from_);
    }
  }
  from_ = end;
}

/// The piece ends before the next byte. False where it was an envelope and is none for the caller.
bool JsonObjects::yield() {
  keep_up_to(at_);
  in_piece_ = in_string_ = escaped_ = scalar_ = capture_ = false;
  if (home() == 0) last_top_line_ = top_line_ == line_ ? line_ : 0;
  if (envelope_) {
    envelope_ = false;
    return false;
  }
  size_ = text_.size();
  text_.append(simdjson::SIMDJSON_PADDING, ' ');
  ++number_;
  return true;
}

bool JsonObjects::stop(std::string reason) {
  broken_ = std::move(reason);
  text_.clear();
  size_ = 0;
  return false;
}

bool JsonObjects::end_of_file() {
  if (in_.bad()) return stop("Die Datei lässt sich nicht zu Ende lesen.");
  if (!anything_) return stop("Die Datei ist leer.");
  if (in_piece_ || !open_.empty()) return stop("Die Datei endet mitten in einem Eintrag; ihr Rest fehlt.");
  return false;
}

bool JsonObjects::next() {
  text_.clear();
  size_ = 0;
  too_large_ = false;
  if (!broken_.empty()) return false;
  bool yielded = false;
  while (!yielded) {
    if (at_ == end_ && !fill()) return end_of_file();
    if (in_string_ && !(fresh_line_ && chunk_[at_] == '{' && cut_here())) {
      scan_string();
      if (!in_string_ && open_.size() == home()) yielded = yield();
      if (in_string_ && by_line_ && at_ < end_ && chunk_[at_] == '\n') {
        open_.clear();
        lists_.clear();
        yielded = yield();
      }
      continue;
    }
    if (!step(chunk_[at_], yielded)) return false;
  }
  return true;
}

/// Whether a line that begins with a brace begins a new object though the one before is not closed: the line
/// before was cut off. Inside of JSON, a brace follows one of [ , :
bool JsonObjects::cut_here() {
  if (number_ > 0 || !lists_.empty()) return false;
  return in_string_ || (previous_ != '[' && previous_ != ',' && previous_ != ':');
}

/// Up to the end of the string, of the line or of the chunk.
void JsonObjects::scan_string() {
  fresh_line_ = false;
  const char* const end = chunk_.data() + end_;
  const char* p = chunk_.data() + at_;
  const char* const start = p;
  while (p != end) {
    if (escaped_) {
      escaped_ = false;
      if (*p != '\n') {
        ++p;
        continue;
      }
    }
    while (p != end && *p != '"' && *p != '\\' && *p != '\n') ++p;
    if (p == end) break;
    if (*p == '\\') {
      escaped_ = true;
      ++p;
    } else if (*p == '"') {
      in_string_ = false;
      previous_ = '"';
      break;
    } else {
      if (by_line_) break;
      ++line_;
      fresh_line_ = true;
      ++p;
      break;
    }
  }
  if (capture_ && key_.size() < key_limit)
    key_.append(start, std::min(static_cast<std::size_t>(p - start), key_limit - key_.size()));
  at_ = static_cast<std::size_t>(p - chunk_.data());
  if (!in_string_) {
    capture_ = false;
    ++at_;
  }
}

void JsonObjects::open(char closer) {
  const bool is_value = previous_ == ':';
  const std::size_t depth = open_.size() - home();
  open_ += closer;
  ++at_;
  if (!in_piece_ || !is_value) return;
  if (closer == '}') {
    if (depth == 1 && key_ == "serviceDescriptions") wrapper_ = true;
    return;
  }
  if (has_id_) return;
  const bool is_list = (depth == 1 && (key_ == "content" || key_ == "onlineservices")) ||
                       (depth == 2 && wrapper_ && key_ == "content" && open_[open_.size() - 2] == '}');
  if (!is_list) return;
  lists_.push_back(open_.size());
  in_piece_ = too_large_ = false;
  text_.clear();
}

/// What stands here cannot be cut. Of a file that goes by lines, or outside of all brackets, that is a piece
/// to the end of the line; else reading ends.
bool JsonObjects::give_up(std::string reason) {
  if (!by_line_ && !open_.empty()) return stop(std::move(reason));
  if (!in_piece_) begin();
  open_.clear();
  lists_.clear();
  envelope_ = false;
  scalar_ = true;
  return true;
}

/// A closer that does not fit its bracket costs the piece that it stands in, where it can be told which.
bool JsonObjects::close(char closer, bool& yielded) {
  if (open_.empty()) return give_up("Eine Klammer ist geschlossen, die niemand geöffnet hat.");
  if (!in_piece_) {  // of a list
    if (closer != open_.back()) return give_up("Eine Liste ist mit der falschen Klammer geschlossen.");
  } else if (closer != open_.back()) {
    const std::size_t fits = open_.rfind(closer);
    if (fits == std::string::npos || fits + 1 < home())
      return give_up("Die Klammern passen nicht zueinander.");
    if (fits + 1 == home()) {  // the list ends where the piece should have ended
      open_.resize(home());
      yielded = yield();
      return true;
    }
    open_.resize(fits + 1);
  }
  open_.pop_back();
  ++at_;
  previous_ = closer;
  const std::size_t depth = open_.size();
  if (in_piece_) {
    if (depth == home() + 1) wrapper_ = false;
    if (depth == home()) yielded = yield();
    return true;
  }
  lists_.pop_back();
  if (depth > home()) {
    begin();
    envelope_ = true;
  } else if (home() == 0) {
    last_top_line_ = 0;
  }
  return true;
}

/// One byte outside of strings. False where reading cannot go on.
bool JsonObjects::step(char c, bool& yielded) {
  const bool fresh = fresh_line_;
  fresh_line_ = false;
  if (c == '\n') {
    const bool inside = in_piece_ || !open_.empty();
    if (scalar_ || (by_line_ && inside)) {
      if (by_line_) {
        open_.clear();
        lists_.clear();
        if (!in_piece_) begin_line_ = line_;
        envelope_ = false;
      }
      yielded = yield();
      return true;  // the line break is read once more, then outside
    }
    ++line_;
    ++at_;
    fresh_line_ = true;
    return true;
  }
  if (is_blank(c) && (!scalar_ || open_.empty())) {
    ++at_;
    return true;
  }
  const bool first = !anything_;
  anything_ = true;
  if (scalar_) {  // neither object, array nor string in the place of an object: up to what may follow
    if (open_.empty())
      ++at_;
    else if (c == ',' || c == ']' || c == '}' || c == '{' || c == '[' || c == '"' || is_blank(c))
      yielded = yield();
    else
      ++at_;
    return true;
  }
  if (!in_piece_) {
    if (c == ']' || c == '}') return close(c, yielded);
    if (c == ',' && !first) {
      previous_ = c;
      ++at_;
      return true;
    }
    if (c == '[' && open_.empty()) {
      open(']');
      lists_.push_back(open_.size());
      previous_ = '[';
      return true;
    }
    if (first && c != '{')
      return stop("Die Datei beginnt nicht mit einer geschweiften oder eckigen Klammer; sie ist kein JSON.");
    if (open_.empty() && c == '{' && last_top_line_ > 0 && line_ > last_top_line_) by_line_ = true;
    begin();
    if (c != '{' && c != '[' && c != '"') {
      scalar_ = true;
      ++at_;
      return true;
    }
  } else if (fresh && c == '{' && cut_here()) {
    open_.clear();
    by_line_ = true;
    yielded = yield();
    return true;
  }
  if (c == '"') {
    in_string_ = true;
    const std::size_t depth = open_.size() - home();
    capture_ = depth == 1 || (depth == 2 && wrapper_);
    if (capture_) key_.clear();
    ++at_;
    return true;
  }
  if (c == '{' || c == '[') {
    if (open_.size() >= depth_limit) return give_up("Die Datei ist zu tief verschachtelt.");
    open(c == '{' ? '}' : ']');
    previous_ = c;
    return true;
  }
  if (c == '}' || c == ']') return close(c, yielded);
  if (c == ':' && open_.size() == home() + 1 && key_ == "id") has_id_ = true;
  previous_ = c;
  ++at_;
  return true;
}

}  // namespace vsm
