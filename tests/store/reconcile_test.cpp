// Random histories of deliveries, held against the model of model.h after every commit. With the environment
// variable VSM_LONG_TESTS a hundred times as many.
#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/fixture.h"
#include "tests/store/model.h"

namespace vsm {
namespace {

namespace fs = std::filesystem;
using model::Delivery;
using model::Generator;
using model::Key;
using model::Model;
using model::Said;

constexpr std::chrono::milliseconds no_pause(0), no_wait(0);

/// Each commit is brought to disk, which takes no time where that is memory.
fs::path quick_folder() { return fs::exists("/dev/shm") ? "/dev/shm" : fs::temp_directory_path(); }

std::size_t histories(std::size_t count) { return std::getenv("VSM_LONG_TESTS") ? count * 100 : count; }

/// Of one trust are b and d.
std::map<std::string, SourceInfo> configured() {
  std::map<std::string, SourceInfo> result;
  const auto add = [&](const std::string& id, const std::string& area, int trust) {
    SourceInfo info;
    info.id = info.name = id;
    info.area = area;
    info.format = "xzufi";
    info.trust = trust;
    result[id] = info;
  };
  add("a", "gemeinde:055540001001", 0);
  add("b", "land:050000000000", 1);
  add("c", "gemeinde:055550000000", 2);
  add("d", "bund:000000000000", 1);
  return result;
}

void set_source(Model& model, const SourceInfo& info) {
  Said& said = model.sources[info.id];
  said.area = info.area;
  said.trust = info.trust;
}

IndexWriter open_update(const std::string& index) {
  IndexWriter writer = IndexWriter::update(index, no_wait, no_pause);
  writer.analyse_with(model::complete);
  return writer;
}
IndexWriter open_build(const std::string& index) {
  IndexWriter writer = IndexWriter::build(index, model::tables(), 1);
  writer.analyse_with(model::complete);
  return writer;
}

/// All of a delivery but its end.
void put(IndexWriter& writer, const Delivery& delivery) {
  writer.begin_delivery(delivery.whole, delivery.time);
  for (const Key& key : delivery.kept) writer.keep(key.kind, model::id_from(key.id));
  for (const Change& change : delivery.changes) writer.put(change);
}
void apply(IndexWriter& writer, const SourceInfo& settings, const Delivery& delivery) {
  writer.begin_source(settings);
  put(writer, delivery);
  writer.end_delivery();
}

/// An index that knows all sources and nothing of theirs.
const TempFolder& empty_index() {
  static const TempFolder folder(quick_folder());
  static const bool built = [] {
    IndexWriter writer = open_build(folder / "index");
    for (const auto& [id, info] : configured()) apply(writer, info, {id, true, 0, {}, {}});
    writer.finish();
    return true;
  }();
  static_cast<void>(built);
  return folder;
}

/// What the journals say of each version, from its first to its last entry. The hashes must follow each
/// other.
using Net = std::map<std::pair<std::string, Key>, std::pair<std::uint64_t, std::uint64_t>>;
void follow(Net& net, const std::vector<JournalEntry>& entries) {
  for (const JournalEntry& entry : entries) {
    const auto [known, is_first] =
        net.emplace(std::pair(entry.source, Key{entry.kind, entry.id}), std::pair(entry.before, entry.after));
    EXPECT_NE(entry.before, entry.after) << entry.source << ' ' << entry.id;
    if (is_first) continue;
    EXPECT_EQ(known->second.second, entry.before) << entry.source << ' ' << entry.id << " is told with a gap";
    known->second.second = entry.after;
  }
  std::erase_if(net, [](const auto& entry) { return entry.second.first == entry.second.second; });
}

/// The same content has the same hash, and another one another.
class Hashes {
 public:
  void learn(const std::string& content, std::uint64_t hash) {
    EXPECT_EQ(hashes_.emplace(content, hash).first->second, hash) << content;
    EXPECT_EQ(contents_.emplace(hash, content).first->second, content);
  }

 private:
  std::map<std::string, std::uint64_t> hashes_;
  std::map<std::uint64_t, std::string> contents_;
};

void expect_journal(const Net& net, const Model::Versions& before, const Model::Versions& after,
                    Hashes& hashes) {
  std::set<std::pair<std::string, Key>> all;
  for (const auto& [version, content] : before) all.insert(version);
  for (const auto& [version, content] : after) all.insert(version);
  for (const auto& [version, change] : net) all.insert(version);
  for (const auto& version : all) {
    const std::string name = version.first + " " + version.second.id;
    const auto was = before.find(version), is = after.find(version);
    const bool differs =
        (was == before.end()) != (is == after.end()) || (was != before.end() && was->second != is->second);
    const auto told = net.find(version);
    ASSERT_EQ(told != net.end(), differs) << name << (differs ? " changed and no journal says so" : "");
    if (!differs) continue;
    EXPECT_EQ(told->second.first == 0, was == before.end()) << name;
    EXPECT_EQ(told->second.second == 0, is == after.end()) << name;
    if (was != before.end()) hashes.learn(was->second, told->second.first);
    if (is != after.end()) hashes.learn(is->second, told->second.second);
  }
}

void expect_lines(Index& index, const std::vector<std::string>& expected, const char* which) {
  const std::string difference = model::difference(expected, model::lines_of(index.reader()));
  if (!difference.empty()) ADD_FAILURE() << which << ':' << difference;
}

/// An index made of nothing but the final state says the same.
void expect_as_built_at_once(const Model& model) {
  const TempFolder folder(quick_folder());
  IndexWriter writer = open_build(folder / "index");
  for (const auto& [id, said] : model.sources) {
    SourceInfo info = configured().at(id);
    info.trust = said.trust;
    Delivery all{id, true, 7, {}, {}};
    for (auto& [key, object] : said.objects()) all.changes.push_back(object);
    apply(writer, info, all);
  }
  writer.finish();
  Index index(folder / "index");
  expect_lines(index, model.lines(), "built at once");
}

/// Updates of one index, side by side with the model.
class Updates {
 public:
  explicit Updates(std::uint64_t seed) : generator_(seed), settings_(configured()) {
    fs::copy(empty_index() / "index", folder_ / "index", fs::copy_options::recursive);
    for (const auto& [id, info] : settings_) {
      set_source(model_, info);
      model_.sources[id].say({id, true, 0, {}, {}});
    }
    kept_.emplace(folder_ / "index");
    versions_ = model_.versions();
  }

  void run(int commits) {
    for (int i = 0; i < commits && !::testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE("commit " + std::to_string(i));
      step();
    }
    if (!::testing::Test::HasFailure()) expect_as_built_at_once(model_);
  }

 private:
  void step() {
    if (!writer_ || generator_.chance(30)) {
      if (writer_) {
        writer_->commit_states();
        check_commit(model_);
      }
      writer_.reset();
      writer_.emplace(open_update(folder_ / "index"));
      begun_.clear();
    }
    Model after = model_;
    for (std::size_t count = 1 + generator_.below(3); count > 0; --count) {
      SourceInfo& info = std::next(settings_.begin(), static_cast<int>(generator_.below(4)))->second;
      if (generator_.chance(5)) info.trust = static_cast<int>(generator_.below(3));
      begun_.insert(info.id);
      Said& said = after.sources[info.id];
      const Delivery delivery = generator_.delivery(info.id, said, generator_.chance(25));
      apply(*writer_, info, delivery);
      said.say(delivery);
    }
    if (generator_.chance(15)) {
      writer_->abandon();
      expect_unchanged();
      return;
    }
    const auto summary = writer_->commit();
    const std::size_t changes = summary.added + summary.changed + summary.deleted;
    const bool is_new = summary.revision != revision_;
    check_commit(std::move(after));
    EXPECT_EQ(is_new ? kept_->reader().journal(summary.revision).size() : 0, changes);
  }

  void check_commit(Model after) {
    for (const std::string& id : begun_) after.sources[id].trust = settings_.at(id).trust;
    model_ = std::move(after);
    const Model::Versions now = model_.versions();
    if (writer_->revision() == revision_) {
      EXPECT_EQ(now, versions_) << "changed, but no revision was made";
      expect_unchanged();
      return;
    }
    EXPECT_EQ(writer_->revision(), ++revision_);
    expected_ = model_.lines();
    kept_->look();
    expect_lines(*kept_, expected_, "open all the time");
    Index fresh(folder_ / "index");
    expect_lines(fresh, expected_, "opened now");
    const IndexReader reader = fresh.reader();
    EXPECT_EQ(reader.snapshot().revision, revision_);
    for (const SourceInfo& info : reader.snapshot().sources) {
      EXPECT_EQ(info.latest, model_.sources[info.id].latest) << info.id;
      EXPECT_EQ(info.whole, model_.sources[info.id].whole) << info.id;
    }
    Net net;
    follow(net, reader.journal(revision_));
    expect_journal(net, versions_, now, hashes_);
    versions_ = now;
  }

  void expect_unchanged() {
    if (expected_.empty()) return;
    kept_->look();
    expect_lines(*kept_, expected_, "open all the time");
    Index fresh(folder_ / "index");
    expect_lines(fresh, expected_, "opened now");
    EXPECT_EQ(fresh.reader().snapshot().revision, revision_);
  }

  Generator generator_;
  std::map<std::string, SourceInfo> settings_;
  TempFolder folder_{quick_folder()};
  Model model_;
  Model::Versions versions_;
  std::vector<std::string> expected_;
  Hashes hashes_;
  std::uint64_t revision_ = 1;
  std::set<std::string> begun_;  // with their settings, since the writer was opened
  std::optional<IndexWriter> writer_;
  std::optional<Index> kept_;
};

TEST(Reconcile, UpdatesDoWhatTheModelSays) {
  for (std::size_t seed = 1; seed <= histories(60) && !HasFailure(); ++seed) {
    SCOPED_TRACE("history " + std::to_string(seed));
    Updates(seed).run(8);
  }
}

}  // namespace
}  // namespace vsm
