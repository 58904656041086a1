// Cuts a JSON text of any size into the objects that it lists, so that a parser sees one of them at a time.
// Understood are an object, an array of objects, one object a line (NDJSON), and answers that wrap their
// list: an array named "content" or "onlineservices" in an object without "id", or "content" in its
// "serviceDescriptions". Each of these may stand inside an array again.
#pragma once

#include <cstddef>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

namespace vsm {

/// Bytes of one object that are kept at most.
inline constexpr std::size_t json_object_limit = 16U << 20U;

/// Only brackets and strings are understood here. Whether a piece is JSON, its parser must say: a piece that
/// is not costs itself and, where brackets still tell where the next begins, nothing else.
/// Memory: one piece and one chunk of the file.
class JsonObjects {
 public:
  /// A byte order mark is skipped. The stream must outlive this.
  explicit JsonObjects(std::istream& in);

  /// Goes to the next piece: an object, or what stands in the place of one. False at the end, and where
  /// reading cannot go on: then broken() says why.
  bool next();

  /// The piece, with at least SIMDJSON_PADDING readable bytes behind it; valid until the next call.
  std::string_view text() const { return {text_.data(), size_}; }
  /// Whether it was larger than json_object_limit; then text() is empty.
  bool too_large() const { return too_large_; }
  /// Line of the file on which it begins, and which one of the file it is, from 1.
  std::size_t line() const { return begin_line_; }
  std::size_t number() const { return number_; }

  /// A German sentence; empty where the file ended as it should.
  const std::string& broken() const { return broken_; }
  /// Line on which reading ended.
  std::size_t end_line() const { return line_; }

 private:
  bool fill();
  void begin();
  void keep_up_to(std::size_t end);
  bool yield();
  bool stop(std::string reason);
  bool give_up(std::string reason);
  bool end_of_file();
  bool step(char c, bool& yielded);
  void scan_string();
  void open(char closer);
  bool close(char closer, bool& yielded);
  bool cut_here();
  std::size_t home() const { return lists_.empty() ? 0 : lists_.back(); }

  std::istream& in_;
  std::vector<char> chunk_;
  std::size_t at_ = 0, end_ = 0, from_ = 0;  // next byte, end of the chunk, first byte not yet kept

  std::string text_;
  std::size_t size_ = 0;
  std::string open_;                // closers of all open brackets
  std::vector<std::size_t> lists_;  // for each list whose elements are pieces: depth inside of it
  std::string key_;                 // the last string at a depth where keys matter, its beginning
  char previous_ = 0;               // the last character outside of strings that is no blank
  bool in_piece_ = false, in_string_ = false, escaped_ = false, scalar_ = false, capture_ = false;
  bool envelope_ = false;  // the piece held a list: what is left of it is passed over
  bool wrapper_ = false, has_id_ = false;
  bool too_large_ = false, by_line_ = false, fresh_line_ = false, anything_ = false;
  std::size_t line_ = 1, begin_line_ = 1, number_ = 0;
  std::size_t top_line_ = 1,
              last_top_line_ = 0;  // of the outermost value; of the last one, where it has one line
  std::string broken_;
};

}  // namespace vsm
