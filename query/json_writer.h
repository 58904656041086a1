// Writes JSON field by field, for all that answers in it.
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace vsm {

/// What is written must nest rightly; nothing checks that. One thread at a time.
class JsonWriter {
 public:
  std::string take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

  void key(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
  void value(std::string_view text) {
    writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  void value(bool truth) { writer_.Bool(truth); }
  void value(std::uint64_t number) { writer_.Uint64(number); }
  void value(std::int64_t number) { writer_.Int64(number); }
  void value(double number) { writer_.Double(number); }
  void null() { writer_.Null(); }

  template <class T>
  void field(std::string_view name, const T& content) {
    key(name);
    value(content);
  }
  /// Empty text says null: the fact is not known.
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
  /// A list that is no field.
  template <class Range, class Body>
  void list(const Range& range, Body body) {
    writer_.StartArray();
    for (const auto& item : range) body(item);
    writer_.EndArray();
  }
  template <class Range, class Body>
  void array(std::string_view name, const Range& range, Body body) {
    key(name);
    list(range, body);
  }
  void empty_array(std::string_view name) {
    key(name);
    writer_.StartArray();
    writer_.EndArray();
  }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace vsm
