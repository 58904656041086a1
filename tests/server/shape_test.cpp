#include "tests/server/shape.h"

#include <gmock/gmock.h>

namespace vsm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Shape, SaysWhatDeviates) {
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  ASSERT_EQ(parser.parse(std::string(R"({"a":1,"b":[{"c":null},{"c":"x"}],"d":false,"e":[1]})")).get(value),
            simdjson::SUCCESS);
  EXPECT_THAT(Shape("{a: number, b: [{c: text?}], d: bool, e: [number], f?: text}").deviations(value),
              IsEmpty());
  EXPECT_THAT(Shape("{a: text, b: [{c: text, g: bool}], d: true}").deviations(value),
              ElementsAre(".a is number and not text", ".b[0].c is null and not text", ".b[0].g is missing",
                          ".b[1].g is missing", ".d is bool and not true", ".e is not in the shape"));
  EXPECT_THAT(Shape("{a: number, b: [], d: bool, e: [number]}").deviations(value), SizeIs(2));
  for (const char* wrong : {"", "{", "{a}", "{a: word}", "[text", "{a: text, a: text}", "text text"})
    EXPECT_THROW(Shape{wrong}, std::invalid_argument) << wrong;
}

}  // namespace
}  // namespace vsm
