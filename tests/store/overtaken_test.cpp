// Handles on an index that wait for their next reader while commits go by.
#include <gmock/gmock.h>

#include <cstdlib>

#include "store/index_reader.h"
#include "store/index_writer.h"
#include "tests/fixture.h"

namespace vsm {
namespace {

SourceInfo source(const std::string& id) {
  SourceInfo info;
  info.id = id;
  info.area = "gemeinde:059110000000";
  return info;
}

TEST(Index, CommitsThatMakeNoRevisionDoNotOvertakeItsReaders) {
  const TempFolder folder;
  {
    IndexWriter writer = IndexWriter::build(folder / "index", project_tables(), 1);
    writer.begin_source(source("source"));
    writer.begin_delivery(true, 1'000);
    ServiceText text;
    text.id = {"T", "1"};
    text.title = "Personalausweis";
    text.keys = {*ServiceKey::parse("99008001012000")};
    writer.put(std::move(text));
    writer.end_delivery();
    writer.finish();
  }
  Index index(folder / "index");
  const AreaIndex town = *index.reader().snapshot().areas.find("059110000000");
  // The second and third commit write over what the first ones left.
  for (int commit = 0; commit < 3; ++commit) {
    IndexWriter writer = IndexWriter::update(folder / "index", std::chrono::seconds(5));
    writer.begin_source(source("source")).error.resize(200'000);
    for (char& letter : writer.source().error) letter = static_cast<char>('a' + std::rand() % 26);
    writer.commit_states();
    index.look();
  }
  EXPECT_EQ(index.reader().snapshot().revision, 1U);
  EXPECT_EQ(index.reader().sheet(town).texts.size(), 1U);
}

}  // namespace
}  // namespace vsm
