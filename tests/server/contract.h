// A server whose answers are held against shapes.
#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/server/running.h"
#include "tests/server/shape.h"

namespace vsm {

inline constexpr const char* problem_shape = "{type: text, title: text, status: number, detail: text}";

class ContractTest : public ::testing::Test {
 protected:
  using element = simdjson::dom::element;
  using Texts = std::vector<std::string>;

  /// Builds an index from the folder's feeds and serves it until stop_serving().
  static void serve(TempFolder* folder) {
    folder_.reset(folder);
    build_from_feeds(*folder_);
    engine_ = std::make_unique<SearchEngine>(*folder_ / "index");
    server_ = std::make_unique<RunningServer>(*engine_, 2);
  }
  static void stop_serving() {
    server_.reset();
    engine_.reset();
    folder_.reset();
  }

  /// The answer, held against its shape; it lives until the next call.
  element ask(const std::string& path, const std::string& shape, const httplib::Headers& headers = {},
              int status = 200) {
    httplib::Client client("127.0.0.1", server_->port());
    const auto response = client.Get(path.c_str(), headers);
    if (!response) {
      ADD_FAILURE() << "no answer: " << path;
      return parser_.parse("{}", 2);
    }
    EXPECT_EQ(response->status, status) << path << ": " << response->body;
    element parsed;
    EXPECT_EQ(parser_.parse(response->body).get(parsed), simdjson::SUCCESS) << path << ": " << response->body;
    EXPECT_THAT(Shape(shape).deviations(parsed), ::testing::IsEmpty()) << path;
    EXPECT_THAT(response->get_header_value("Content-Type"),
                ::testing::StartsWith(status == 200 ? "application/json" : "application/problem+json"));
    return parsed;
  }
  void refuse(const std::string& path, int status) {
    EXPECT_EQ(number(ask(path, problem_shape, {}, status)["status"]), static_cast<std::uint64_t>(status))
        << path;
  }

  using Found = simdjson::simdjson_result<element>;
  static std::string text(const Found& value) { return std::string(value.get_string().value()); }
  static std::uint64_t number(const Found& value) { return value.get_uint64(); }
  static bool truth(const Found& value) { return value.get_bool(); }
  static std::size_t length(const Found& list) { return list.get_array().size(); }
  static Texts texts(const Found& list) {
    Texts result;
    for (const element entry : list.get_array()) result.emplace_back(entry.get_string().value());
    return result;
  }
  /// One field of each entry.
  static Texts each(element list, const char* field) {
    Texts result;
    for (const element entry : list.get_array()) result.push_back(text(entry[field]));
    return result;
  }
  static Texts each(Found list, const char* field) { return each(list.value(), field); }
  static std::string body(const std::string& path) {
    const auto response = server_->get(path);
    return response ? response->body : "no answer";
  }

  static inline std::unique_ptr<TempFolder> folder_;
  static inline std::unique_ptr<SearchEngine> engine_;
  static inline std::unique_ptr<RunningServer> server_;
  simdjson::dom::parser parser_;
};

}  // namespace vsm
