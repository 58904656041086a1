// JSON as the reports of this room write it: compact, one document a line.
#pragma once

#include <rapidjson/ostreamwrapper.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "indexer/wording.h"

namespace vsm {

/// Text is made printable, so that what comes out is always valid. Ends the line when it goes.
class JsonOut {
 public:
  explicit JsonOut(std::ostream& out) : out_(out), stream_(out), writer_(stream_) {}
  ~JsonOut() { out_ << '\n'; }
  JsonOut(const JsonOut&) = delete;
  JsonOut& operator=(const JsonOut&) = delete;

  void key(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
  void value(std::string_view text) {
    const std::string shown = printable(text);
    writer_.String(shown.data(), static_cast<rapidjson::SizeType>(shown.size()));
  }
  void value(std::uint64_t number) { writer_.Uint64(number); }
  void null() { writer_.Null(); }

  void field(std::string_view name, std::string_view text) {
    key(name);
    value(text);
  }
  void field(std::string_view name, std::uint64_t number) {
    key(name);
    value(number);
  }
  /// Empty text says null: there is none.
  void known(std::string_view name, std::string_view text) {
    key(name);
    text.empty() ? null() : value(text);
  }
  template <class Body>
  void object(Body body) {
    writer_.StartObject();
    body();
    writer_.EndObject();
  }
  /// `body` writes the elements.
  template <class Body>
  void list(Body body) {
    writer_.StartArray();
    body();
    writer_.EndArray();
  }
  template <class Range, class Body>
  void array(std::string_view name, const Range& range, Body body) {
    key(name);
    list([&] {
      for (const auto& item : range) body(item);
    });
  }

 private:
  std::ostream& out_;
  rapidjson::OStreamWrapper stream_;
  rapidjson::Writer<rapidjson::OStreamWrapper> writer_;
};

}  // namespace vsm
