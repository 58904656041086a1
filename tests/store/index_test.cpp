#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>

#include "store/index_reader.h"
#include "store/index_writer.h"
#include "tests/fixture.h"

namespace vsm {
namespace {

namespace fs = std::filesystem;

ServiceText text(const std::string& id, const std::string& title, const std::string& area) {
  ServiceText result;
  result.id = {"T", id};
  result.title = title;
  result.areas = {area};
  result.keys = {*ServiceKey::parse("99008001012000")};
  return result;
}

SourceInfo source(const std::string& name) {
  SourceInfo info;
  info.id = "source";
  info.name = name;
  info.area = "gemeinde:059110000000";
  info.format = "xzufi";
  return info;
}

IndexWriter writer_for(const std::string& directory, const std::string& name) {
  IndexWriter writer = IndexWriter::build(directory, project_tables(), 1);
  writer.analyse_with([](ServiceText&) {
    return std::vector<TextTerm>{{TermKind::word, "ausweis", {70, 0, 127, 1}}};
  });
  writer.begin_source(source(name));
  writer.begin_delivery(true, 1'000);
  return writer;
}

Responsibility responsible(const std::string& id, const std::string& service) {
  Responsibility result;
  result.id = {"T", id};
  result.subject = {"T", "O1"};
  result.services = {{"T", service}};
  return result;
}

using Outcome = IndexWriter::Outcome;

void build(const std::string& directory, const std::string& title) {
  IndexWriter writer = writer_for(directory, title);
  EXPECT_EQ(writer.put(text("1", title, "gemeinde:059110000000")), Outcome::added);
  EXPECT_EQ(writer.put(text("1", "again", "gemeinde:059110000000")), Outcome::duplicate);
  OnlineService service;
  service.id = {"T", "O1"};
  service.title = "Online";
  service.url = "https://example.org/";
  EXPECT_EQ(writer.put(service), Outcome::added);
  writer.put(responsible("R1", "1"));
  writer.put(responsible("R2", "unknown"));
  writer.end_delivery();
  const auto summary = writer.finish();
  EXPECT_EQ(summary.texts, 1U);
  EXPECT_EQ(summary.unresolved, 1U);
}

std::string message_of_opening(const std::string& directory) {
  try {
    Index index(directory);
    const IndexReader reader = index.reader();
    for (AreaIndex area = 0; area < reader.snapshot().areas.size(); ++area) reader.sheet(area);
    Bitmap docs;
    docs.add(1);
    std::vector<Posting> found;
    reader.postings(TermKind::word, "ausweis", docs, found);
    reader.text(1);
    return {};
  } catch (const IndexError& error) {
    return error.what();
  }
}

TEST(Index, WhatWasWrittenIsRead) {
  const TempFolder folder;
  build(folder / "index", "Personalausweis");
  Index index(folder / "index");
  const IndexReader reader = index.reader();
  const Snapshot& snapshot = reader.snapshot();
  EXPECT_EQ(snapshot.revision, 1U);
  const AreaIndex town = *snapshot.areas.find("059110000000");
  const Sheet& sheet = reader.sheet(town);
  ASSERT_EQ(sheet.texts.size(), 1U);
  std::vector<Posting> hits;
  reader.postings(TermKind::word, "ausweis", sheet.docs, hits);
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].impacts, (Impacts{70, 0, 127, 1}));
  EXPECT_EQ(reader.text(hits[0].doc).title, "Personalausweis");
  std::vector<Posting> none;
  reader.postings(TermKind::word, "ausweis", reader.sheet(snapshot.areas.bund()).docs, none);
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(reader.find_text("T.1"), hits[0].doc);
  EXPECT_FALSE(reader.find_text("T.2"));
  ASSERT_EQ(sheet.online_joins.size(), 1U);
  EXPECT_EQ(sheet.online_services[sheet.online_joins[0].index].title, "Online");
  ASSERT_EQ(snapshot.availability().size(), 1U);
  EXPECT_EQ(snapshot.availability()[0].second.own.cardinality(), 1U);
  EXPECT_EQ(snapshot.covered.cardinality(), 1U);
}

TEST(Index, PeriodsAreKeptEachForItself) {
  const TempFolder folder;
  {
    IndexWriter writer = writer_for(folder / "index", "Source");
    const Validity twice({{20, 29}, {5, 9}});
    ServiceText service_text = text("1", "Ausweis", "gemeinde:059110000000");
    service_text.validity = twice;
    writer.put(service_text);
    OnlineService service;
    service.id = {"T", "O1"};
    service.url = "https://example.org/";
    service.validity = twice;
    writer.put(service);
    writer.put(responsible("R1", "1"));
    writer.end_delivery();
    writer.finish();
  }
  Index index(folder / "index");
  const IndexReader reader = index.reader();
  const Sheet& sheet = reader.sheet(*reader.snapshot().areas.find("059110000000"));
  std::vector<Period> periods;
  for (const SheetText& entry : sheet.texts) periods.push_back(entry.validity);
  EXPECT_THAT(periods, ::testing::ElementsAre(Period{5, 9}, Period{20, 29}));
  ASSERT_EQ(sheet.online_services.size(), 1U);
  EXPECT_THAT(sheet.online_services[0].validity.periods(),
              ::testing::ElementsAre(Period{5, 9}, Period{20, 29}));
  EXPECT_THAT(reader.text(1).validity.periods(), ::testing::ElementsAre(Period{5, 9}, Period{20, 29}));
  ASSERT_EQ(reader.snapshot().availability().size(), 1U);
  const Availability& availability = reader.snapshot().availability()[0].second;
  EXPECT_TRUE(availability.is_online(7));
  EXPECT_FALSE(availability.is_online(15));
  EXPECT_EQ(availability.online(25).cardinality(), 1U);
}

TEST(Index, ANewGenerationIsTakenUpAndTheOldOneStaysWhole) {
  const TempFolder folder;
  build(folder / "index", "alt");
  Index index(folder / "index");
  const IndexReader before = index.reader();
  build(folder / "index", "neu");
  EXPECT_EQ(before.text(1).title, "alt");
  std::uint64_t revision = 0;
  for (int i = 0; i < 400 && revision < 2; ++i) {
    revision = index.reader().snapshot().revision;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(index.reader().text(1).title, "neu");
  EXPECT_EQ(before.text(1).title, "alt");
  build(folder / "index", "neuer");
  EXPECT_FALSE(fs::exists(folder / "index/gen-1"));
  EXPECT_TRUE(fs::exists(folder / "index/gen-2"));
}

TEST(Index, AnAbandonedBuildChangesNothing) {
  const TempFolder folder;
  build(folder / "index", "alt");
  {
    const IndexWriter writer = writer_for(folder / "index", "neu");
    EXPECT_THROW(IndexWriter::build(folder / "index", project_tables(), 1), IndexError)
        << "two writers at once";
  }
  Index index(folder / "index");
  EXPECT_EQ(index.reader().text(1).title, "alt");
  EXPECT_FALSE(fs::exists(folder / "index/gen-2"));
}

TEST(Index, ADamagedGenerationIsReplaced) {
  for (const std::string name : {"postlist.glass", "docdata.glass", "termlist.glass"}) {
    const TempFolder folder;
    build(folder / "index", "alt");
    const std::string victim = folder / ("index/gen-1/" + name);
    fs::resize_file(victim, fs::file_size(victim) / 2);
    build(folder / "index", "neu");
    Index index(folder / "index");
    EXPECT_EQ(index.reader().text(1).title, "neu") << name;
  }
}

TEST(Index, AFolderWithOtherFilesIsLeftAlone) {
  const TempFolder folder;
  const std::string precious = folder.write("home/letter.txt", "dear");
  EXPECT_THROW(IndexWriter::build(folder / "home", project_tables(), 1), IndexError);
  EXPECT_TRUE(fs::exists(precious));
}

TEST(Index, AMissingIndexIsSaid) {
  const TempFolder folder;
  EXPECT_THAT(message_of_opening(folder / "nothing"), ::testing::HasSubstr("holds no index"));
  folder.write("odd/XAPIANDB", "glass ../../etc\n");
  EXPECT_THAT(message_of_opening(folder / "odd"), ::testing::HasSubstr("holds no index"));
}

TEST(Index, ACutFileIsAnErrorAndNoCrash) {
  const TempFolder folder;
  build(folder / "index", "alt");
  for (const auto& entry : fs::directory_iterator(folder / "index/gen-1")) {
    if (fs::file_size(entry.path()) == 0) continue;
    const std::string name = entry.path().filename().string();
    for (const double share : {0.0, 0.5, 0.9}) {
      const TempFolder copy;
      fs::copy(folder / "index", copy / "index", fs::copy_options::recursive);
      const fs::path victim = fs::path(copy / "index/gen-1") / name;
      fs::resize_file(victim,
                      static_cast<std::uintmax_t>(static_cast<double>(fs::file_size(victim)) * share));
      EXPECT_THROW(Index(copy / "index"), IndexError) << name << " cut to " << share;
    }
  }
}

TEST(Index, AFileCutWhileItServesIsFoundByACheck) {
  for (const std::string name : {"docdata.glass", "postlist.glass"}) {
    const TempFolder folder;
    build(folder / "index", "alt");
    Index index(folder / "index");
    EXPECT_EQ(index.check(), 1U);
    const std::string victim = folder / ("index/gen-1/" + name);
    fs::resize_file(victim, fs::file_size(victim) - 1);
    try {
      index.check();
      ADD_FAILURE() << name << " was cut and nobody noticed";
    } catch (const IndexError& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr(name));
    }
  }
}

TEST(Index, AReplacedDirectoryIsNeverReadWithTheOldTables) {
  const TempFolder folder;
  build(folder / "index", "alt");
  Index index(folder / "index");
  const IndexReader held = index.reader();
  fs::remove_all(folder / "index");
  build(folder / "index", "neu");
  const IndexReader next = index.reader();
  EXPECT_EQ(next.snapshot().generation, held.snapshot().generation) << "named alike";
  EXPECT_EQ(next.text(1).title, "neu");
  EXPECT_EQ(next.snapshot().sources.at(0).name, "neu");
  EXPECT_EQ(held.text(1).title, "alt");
}

TEST(Index, AReplacedDirectoryIsNoticed) {
  const TempFolder folder;
  build(folder / "index", "alt");
  build(folder / "other", "neu");
  Index index(folder / "index");
  fs::rename(folder / "index", folder / "away");
  fs::rename(folder / "other", folder / "index");
  index.look();
  EXPECT_EQ(index.reader().snapshot().sources.at(0).name, "neu");
  EXPECT_EQ(index.reader().text(1).title, "neu");
}

TEST(Index, AnOldRevisionGoesAfterItsLastReader) {
  const TempFolder folder;
  build(folder / "index", "alt");
  Index index(folder / "index",
              [](const IndexReader& reader, const auto&) { return reader.shared_snapshot(); });
  std::weak_ptr<const Snapshot> old;
  {
    const IndexReader held = index.reader();
    old = held.shared_snapshot();
    build(folder / "index", "neu");
    index.look();
    index.look();
    EXPECT_FALSE(old.expired());
  }
  index.look();
  EXPECT_TRUE(old.expired());
}

TEST(Index, OthersGoOnWhileABuildIsLoaded) {
  const TempFolder folder;
  build(folder / "index", "alt");
  std::promise<void> loading, go;
  std::atomic<int> loads = 0;
  Index index(folder / "index", [&](const IndexReader& reader, const auto&) {
    if (++loads == 2) {
      loading.set_value();
      go.get_future().wait();
    }
    return std::make_shared<const std::string>(reader.text(1).title);
  });
  const auto derived = [&] { return *std::static_pointer_cast<const std::string>(index.reader().derived()); };
  build(folder / "index", "neu");
  std::thread looking([&] { index.look(); });
  loading.get_future().wait();
  EXPECT_EQ(index.reader().text(1).title, "alt");
  EXPECT_EQ(derived(), "alt");
  go.set_value();
  looking.join();
  EXPECT_EQ(index.reader().text(1).title, "neu");
  EXPECT_EQ(derived(), "neu");
  EXPECT_EQ(loads, 2) << "one at a time, and once a build";
}

TEST(Index, ABuildThatCannotBeLoadedIsSaidOnceAndTheLastGoodOneServes) {
  const TempFolder folder;
  build(folder / "index", "alt");
  Index index(folder / "index");
  std::mutex mutex;
  std::vector<std::string> told;
  index.on_trouble([&](const std::string& sentence) {
    const std::lock_guard hold(mutex);
    told.push_back(sentence);
  });
  EXPECT_EQ(index.trouble(), "");
  fs::copy(folder / "index/XAPIANDB", folder / "stub");
  folder.write("index/XAPIANDB", "glass gen-7\n");
  for (int i = 0; i < 3; ++i) index.look();
  EXPECT_THAT(index.trouble(), ::testing::HasSubstr("cannot be opened"));
  EXPECT_EQ(index.reader().text(1).title, "alt");
  EXPECT_EQ(index.check(), 1U);
  fs::copy(folder / "stub", folder / "index/XAPIANDB", fs::copy_options::overwrite_existing);
  index.look();
  EXPECT_EQ(index.trouble(), "");
  const std::lock_guard hold(mutex);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_THAT(told[0], ::testing::HasSubstr("cannot be opened"));
  EXPECT_EQ(told[1], "");
}

TEST(Index, WhatCannotBeDerivedIsNotTakenUp) {
  const TempFolder folder;
  build(folder / "index", "alt");
  Index index(folder / "index", [](const IndexReader& reader, const auto&) -> std::shared_ptr<const void> {
    if (reader.text(1).title == "neu") throw IndexError("not this one");
    return nullptr;
  });
  build(folder / "index", "neu");
  index.look();
  EXPECT_EQ(index.trouble(), "not this one");
  EXPECT_EQ(index.reader().text(1).title, "alt");
}

}  // namespace
}  // namespace vsm
