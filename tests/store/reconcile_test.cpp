// Random histories of deliveries, held against the model of model.h after every commit. With the environment
// variable VSM_LONG_TESTS a hundred times as many.
#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <thread>

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

/// Holds missing() against what was known of the source. Before the end of the delivery.
void expect_missing(const IndexWriter& writer, const Said& known, const Delivery& delivery) {
  std::set<Key> named(delivery.kept.begin(), delivery.kept.end());
  for (const Change& change : delivery.changes) {
    if (std::holds_alternative<Deletion>(change)) return;
    named.insert(model::key_of(change));
  }
  std::size_t missing = 0;
  const auto objects = known.objects();
  for (const auto& [key, object] : objects) missing += !named.contains(key);
  const IndexWriter::Missing found = writer.missing();
  EXPECT_EQ(found.missing, delivery.whole ? missing : 0);
  EXPECT_EQ(found.before, delivery.whole ? objects.size() : 0);
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
      writer_->analyse_with([this](ServiceText& text) {
        if (fails_in_ > 0 && --fails_in_ == 0) throw Failure();
        return model::complete(text);
      });
      begun_.clear();
    }
    fails_in_ = generator_.chance(10) ? 1 + generator_.below(8) : 0;
    try {
      deliver();
    } catch (const Failure&) {
      writer_->abandon();
      expect_unchanged();
    }
  }

  void deliver() {
    Model after = model_;
    for (std::size_t count = 1 + generator_.below(3); count > 0; --count) {
      SourceInfo& info = std::next(settings_.begin(), static_cast<int>(generator_.below(4)))->second;
      if (generator_.chance(5)) info.trust = static_cast<int>(generator_.below(3));
      begun_.insert(info.id);
      Said& said = after.sources[info.id];
      const Delivery delivery = generator_.delivery(info.id, said, generator_.chance(25));
      writer_->begin_source(info);
      put(*writer_, delivery);
      expect_missing(*writer_, said, delivery);
      writer_->end_delivery();
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

  struct Failure {};

  Generator generator_;
  std::size_t fails_in_ = 0;  // so many analyses; 0: not at all
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

/// Builds, each after some updates and with others while it is at work. Of sources a and b every delivery is
/// a whole one, and a build mostly reads the newest; c and d are carried over and then told what is new.
class Builds {
 public:
  explicit Builds(std::uint64_t seed) : generator_(seed) {}

  void run(int builds) {
    for (int i = 0; i < builds && !::testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE("build " + std::to_string(i));
      build();
      for (std::size_t count = generator_.below(4); count > 0; --count) update();
      check("after updates");
    }
    if (!::testing::Test::HasFailure()) expect_as_built_at_once(now_.model);
  }

 private:
  /// What an index says, and which deliveries it read: memos by source.
  struct Known {
    Model model;
    std::map<std::string, std::string> memos;

    bool has(const std::string& source) const { return model.sources.contains(source); }
    void take(const std::string& source, const Known& other) {
      model.sources[source] = other.model.sources.at(source);
      memos[source] = other.memos.at(source);
    }
    bool stands_as(const std::string& source, const Known& other) const {
      const Said &mine = model.sources.at(source), &its = other.model.sources.at(source);
      return memos.at(source) == other.memos.at(source) && mine.latest == its.latest &&
             mine.whole == its.whole;
    }
  };

  static bool is_file(const std::string& source) { return source < "c"; }

  std::string some_source() {
    return std::next(settings_.begin(), static_cast<int>(generator_.below(4)))->first;
  }

  /// Ends a delivery and remembers what was read, as the indexer does.
  static void end(IndexWriter& writer, Known& known, const Delivery& delivery) {
    writer.end_delivery();
    Said& said = known.model.sources[delivery.source];
    std::string& memo = known.memos[delivery.source];
    const std::string name = "/" + std::to_string(delivery.time) + "/";
    if (!is_file(delivery.source)) {
      if (memo.find(name) == std::string::npos) memo += name;
    } else if (delivery.time >= said.whole) {
      memo = name;
    }
    writer.source().memo = memo;
    said.say(delivery);
  }

  /// One commit to the current generation. It goes by the settings of the last build.
  void update() {
    if (revision_ == 0) return;
    IndexWriter writer = open_update(folder_ / "index");
    for (std::size_t count = 1 + generator_.below(2); count > 0; --count) {
      const std::string source = some_source();
      Said said = now_.has(source) ? now_.model.sources.at(source) : Said();
      const Delivery delivery = generator_.delivery(source, said, is_file(source) || generator_.chance(25));
      said.say(delivery);
      // A source that is new and has nothing makes no revision, so readers do not know it.
      if (!now_.has(source) && said.objects().empty()) continue;
      set_source(now_.model, built_.at(source));
      writer.begin_source(built_.at(source));
      put(writer, delivery);
      end(writer, now_, delivery);
      remember(delivery);
    }
    writer.commit();
    writer.commit_states();
    if (writer.revision() == revision_) return;
    EXPECT_EQ(writer.revision(), ++revision_);
    Index index(folder_ / "index");
    const auto entries = index.reader().journal(revision_);
    for (const JournalEntry& entry : entries) journaled_.insert(entry.source);
    tell_journal(entries);
  }

  void remember(const Delivery& delivery) {
    if (!is_file(delivery.source) || !delivery.kept.empty()) return;
    auto& files = files_[delivery.source];
    const auto later = std::upper_bound(files.begin(), files.end(), delivery.time,
                                        [](std::int64_t time, const Delivery& it) { return time < it.time; });
    files.insert(later, delivery);
  }

  void tell_journal(const std::vector<JournalEntry>& entries) {
    follow(net_, entries);
    expect_journal(net_, first_, now_.model.versions(), hashes_);
  }

  /// What a build can keep depends on how much of the updates it has seen.
  static Delivery without_kept(Delivery delivery) {
    delivery.kept.clear();
    return delivery;
  }

  void build() {
    IndexWriter writer = open_build(folder_ / "index");
    if (generator_.chance(30)) settings_.at(some_source()).trust = static_cast<int>(generator_.below(3));
    Known before = now_;  // of what is carried over, as it was then
    const std::uint64_t first = revision_;
    journaled_.clear();
    Known made;
    std::vector<std::string> order;
    for (const auto& [id, info] : settings_) order.push_back(id);
    std::shuffle(order.begin(), order.end(), std::mt19937_64(generator_()));
    for (const std::string& id : order) {
      for (std::size_t count = generator_.below(3); count > 0; --count) update();
      if (generator_.chance(10)) continue;
      writer.begin_source(settings_.at(id));
      set_source(made.model, settings_.at(id));
      made.memos[id];
      const auto carry_over = [&] {
        const bool can = now_.has(id);
        EXPECT_EQ(writer.carry_over(), can);
        if (can) {
          before.take(id, now_);
          journaled_.erase(id);
          made.take(id, now_);
          set_source(made.model, settings_.at(id));
        }
        return can;
      };
      if (is_file(id)) {
        Delivery delivery{id, true, 0, {}, {}};
        const auto& files = files_[id];
        if (!files.empty() && generator_.chance(40)) {
          delivery = generator_.chance(80) ? files.back() : files[generator_.below(files.size())];
        } else {
          delivery.time = generator_.later_time(id);
          generator_.fill(delivery, now_.has(id) ? now_.model.sources.at(id) : Said());
          delivery.kept.clear();
        }
        put(writer, delivery);
        if (revision_ == first && before.has(id))
          expect_missing(writer, before.model.sources.at(id), delivery);
        if (generator_.chance(20) && carry_over()) continue;
        end(writer, made, delivery);
        remember(delivery);
        continue;
      }
      carry_over();
      for (std::size_t count = generator_.below(3); count > 0; --count) {
        const Delivery delivery =
            without_kept(generator_.delivery(id, made.model.sources.at(id), generator_.chance(20)));
        put(writer, delivery);
        end(writer, made, delivery);
      }
      if (generator_.chance(15)) {
        const Delivery delivery =
            without_kept(generator_.delivery(id, made.model.sources.at(id), generator_.chance(20)));
        put(writer, delivery);
        if (!carry_over()) end(writer, made, delivery);
      }
    }
    for (std::size_t count = generator_.below(3); count > 0; --count) update();
    take_in(made, before);
    const Model::Versions was = now_.model.versions(), is = made.model.versions();
    for (auto& [id, info] : built_)
      if (made.has(id)) info.trust = made.model.sources.at(id).trust;
    now_ = std::move(made);
    const auto summary = writer.finish();
    EXPECT_EQ(summary.revision, ++revision_);
    check("after a build");
    Index index(folder_ / "index");
    const auto entries = index.reader().journal(revision_);
    if (revision_ == 1) {  // everything is new
      EXPECT_TRUE(entries.empty());
      EXPECT_EQ(summary.added, is.size());
      first_ = is;
      return;
    }
    EXPECT_EQ(entries.size(), summary.added + summary.changed + summary.deleted);
    Net net;
    follow(net, entries);
    EXPECT_EQ(net.size(), entries.size()) << "of each version the difference, and that once";
    expect_journal(net, was, is, hashes_);
    tell_journal(entries);
  }

  /// Of a source that updates touched meanwhile the build takes what they made of it, unless it read a later
  /// delivery.
  void take_in(Known& made, const Known& before) const {
    for (const auto& [id, said] : now_.model.sources) {
      if (!made.has(id)) {
        if (!before.has(id)) made.take(id, now_);
        continue;
      }
      const bool touched = !before.has(id) || journaled_.contains(id) || !now_.stands_as(id, before);
      if (!touched || made.model.sources.at(id).latest > said.latest) continue;
      made.take(id, now_);
      set_source(made.model, settings_.at(id));
    }
  }

  void check(const char* when) {
    const auto expected = now_.model.lines();
    if (kept_)
      kept_->look();
    else
      kept_.emplace(folder_ / "index");
    expect_lines(*kept_, expected, when);
    Index fresh(folder_ / "index");
    expect_lines(fresh, expected, when);
    const IndexReader reader = fresh.reader();
    EXPECT_EQ(reader.snapshot().revision, revision_);
    EXPECT_EQ(reader.snapshot().sources.size(), now_.model.sources.size());
    for (const SourceInfo& info : reader.snapshot().sources) {
      const Said& said = now_.model.sources[info.id];
      EXPECT_EQ(info.latest, said.latest) << info.id << ' ' << when;
      EXPECT_EQ(info.whole, said.whole) << info.id << ' ' << when;
      EXPECT_EQ(info.memo, now_.memos[info.id]) << info.id << ' ' << when;
    }
  }

  Generator generator_;
  std::map<std::string, SourceInfo> settings_ = configured();
  std::map<std::string, SourceInfo> built_ = settings_;
  TempFolder folder_{quick_folder()};
  Known now_;
  Model::Versions first_;                               // of the first build
  std::map<std::string, std::vector<Delivery>> files_;  // whole deliveries, by time
  std::set<std::string> journaled_;                     // sources, since the build began or took them over
  std::uint64_t revision_ = 0;
  Net net_;  // of all revisions but the first
  Hashes hashes_;
  std::optional<Index> kept_;
};

TEST(Reconcile, BuildsTakeInWhatUpdatesDidMeanwhile) {
  for (std::size_t seed = 1; seed <= histories(30) && !HasFailure(); ++seed) {
    SCOPED_TRACE("history " + std::to_string(seed));
    Builds(seed).run(4);
  }
}

TEST(Reconcile, OrderAndRepetitionOfDeliveriesDoNotMatter) {
  for (std::size_t seed = 1; seed <= histories(10) && !HasFailure(); ++seed) {
    SCOPED_TRACE("history " + std::to_string(seed));
    Generator generator(seed);
    Model model;
    std::vector<Delivery> deliveries;
    for (int i = 0; i < 20; ++i) {
      const std::string source(1, "abcd"[generator.below(4)]);
      Delivery delivery = generator.delivery(source, model.sources[source], generator.chance(15));
      delivery.kept.clear();  // what is kept is what there is at that moment
      model.sources[source].say(delivery);
      deliveries.push_back(std::move(delivery));
    }
    std::vector<std::string> first;
    for (int order = 0; order < 3; ++order) {
      const TempFolder folder(quick_folder());
      fs::copy(empty_index() / "index", folder / "index", fs::copy_options::recursive);
      IndexWriter writer = open_update(folder / "index");
      for (const Delivery& delivery : deliveries) {
        apply(writer, configured().at(delivery.source), delivery);
        if (generator.chance(30)) writer.commit();
      }
      writer.commit();
      Index index(folder / "index");
      if (order == 0) first = model::lines_of(index.reader());
      expect_lines(index, first, "in another order");
      std::shuffle(deliveries.begin(), deliveries.end(), std::mt19937_64(generator()));
      for (int i = 0; i < 5; ++i) deliveries.push_back(deliveries[generator.below(deliveries.size())]);
    }
  }
}

ServiceText text(const std::string& id, const std::string& title, const std::string& area) {
  ServiceText result;
  result.id = {"A", id};
  result.title = title;
  result.areas = {area};
  result.keys = {model::keys().front()};
  return result;
}

std::uintmax_t size_of(const std::string& folder) {
  std::uintmax_t size = 0;
  for (const auto& file : fs::recursive_directory_iterator(folder))
    if (file.is_regular_file()) size += file.file_size();
  return size;
}

TEST(Reconcile, DeletionsOfWhatIsNotKnownTakeLittleAndHoldAgainstWhatIsOlder) {
  const TempFolder folder(quick_folder());
  fs::copy(empty_index() / "index", folder / "index", fs::copy_options::recursive);
  const std::uintmax_t before = size_of(folder / "index");
  const SourceInfo source = configured().at("a");
  constexpr int count = 100'000, messages = 100;
  {
    IndexWriter writer = open_update(folder / "index");
    writer.begin_source(source);
    for (int message = 0; message < messages; ++message) {
      writer.begin_delivery(false, 1'000 + message);
      for (int i = 0; i < count / messages; ++i)
        ASSERT_EQ(
            writer.put(Deletion{ObjectKind::text, {"A", std::to_string(message) + "." + std::to_string(i)}}),
            IndexWriter::Outcome::absent);
      writer.end_delivery();
    }
    writer.commit();
  }
  EXPECT_LT(size_of(folder / "index") - before, 16 * count) << "bytes for each";
  IndexWriter writer = open_update(folder / "index");
  writer.begin_source(source);
  using Outcome = IndexWriter::Outcome;
  const auto put = [&](const std::string& id, std::int64_t time) {
    writer.begin_delivery(false, time);
    const Outcome outcome = writer.put(text(id, "alpha", "land:050000000000"));
    writer.end_delivery();
    return outcome;
  };
  EXPECT_EQ(put("17.5", 1'016), Outcome::stale);
  EXPECT_EQ(put("17.6", 1'018), Outcome::added);
  EXPECT_EQ(put("17.7", 999), Outcome::stale);
  EXPECT_EQ(put("new", 999), Outcome::added);
  writer.commit();
  {
    Index index(folder / "index");
    const IndexReader reader = index.reader();
    EXPECT_FALSE(reader.find_text("A.17.5"));
    EXPECT_TRUE(reader.find_text("A.17.6"));
    EXPECT_FALSE(reader.find_text("A.17.7"));
    EXPECT_TRUE(reader.find_text("A.new"));
  }
  // A whole delivery says more than they do, so they go.
  apply(writer, source, {"a", true, 5'000, {}, {}});
  writer.commit();
  EXPECT_EQ(put("17.5", 4'999), Outcome::stale);
  EXPECT_EQ(put("17.5", 5'001), Outcome::added);
}

TEST(Reconcile, IdsOfAnyLengthStayApart) {
  const TempFolder folder(quick_folder());
  fs::copy(empty_index() / "index", folder / "index", fs::copy_options::recursive);
  const std::string agency(200, 'x'), odd = std::string("a\0b", 3);
  const std::vector<ObjectId> ids = {
      {agency, std::string(199, 'y') + "1"}, {agency, std::string(199, 'y') + "2"}, {"A", odd}, {"A", "a?b"}};
  {
    IndexWriter writer = open_update(folder / "index");
    writer.begin_source(configured().at("a"));
    writer.begin_delivery(false, 1);
    for (const ObjectId& id : ids) {
      ServiceText one = text("", id.id, "land:050000000000");
      one.id = id;
      EXPECT_EQ(writer.put(one), IndexWriter::Outcome::added);
      OnlineService service;
      service.id = id;
      service.url = "https://example.org/";
      EXPECT_EQ(writer.put(service), IndexWriter::Outcome::added);
      Responsibility responsibility;
      responsibility.id = responsibility.subject = id;
      responsibility.services = {id};
      EXPECT_EQ(writer.put(responsibility), IndexWriter::Outcome::added);
    }
    writer.end_delivery();
    writer.commit();
    writer.begin_delivery(false, 2);
    EXPECT_EQ(writer.put(Deletion{ObjectKind::online_service, ids.front()}), IndexWriter::Outcome::deleted);
    writer.end_delivery();
    writer.commit();
  }
  Index index(folder / "index");
  const IndexReader reader = index.reader();
  for (const ObjectId& id : ids) EXPECT_EQ(reader.text(reader.find_text(id.text()).value()).title, id.id);
  EXPECT_EQ(reader.sheet(*reader.snapshot().areas.find_id("gemeinde:055540001001")).online_services.size(),
            ids.size() - 1);
}

TEST(Reconcile, HowSourcesStandIsStoredWithoutARevisionAndNoReaderIsDisturbed) {
  const TempFolder folder(quick_folder());
  fs::copy(empty_index() / "index", folder / "index", fs::copy_options::recursive);
  IndexWriter writer = open_update(folder / "index");
  std::string blocks;  // between the commits and the states in the file
  for (std::mt19937_64 random; blocks.size() < 200'000;) blocks += std::to_string(random());
  writer.put_note("blocks", blocks);
  writer.commit();
  Index index(folder / "index");
  const std::uint64_t revision = index.reader().snapshot().revision;
  const SourceInfo source = configured().at("a");
  for (AreaIndex i = 0; i < model::areas().size(); ++i) {
    writer.begin_source(source).tried = i + 1;
    writer.commit_states();
    index.look();
    const IndexReader reader = index.reader();
    EXPECT_EQ(reader.snapshot().revision, revision);
    EXPECT_EQ(reader.commits().size(), revision);
    EXPECT_TRUE(reader.sheet(i).empty());
  }
  Index fresh(folder / "index");
  EXPECT_EQ(fresh.reader().snapshot().sources.front().tried, model::areas().size());
}

TEST(Reconcile, NoReaderSeesTwoRevisionsMixed) {
  const TempFolder folder(quick_folder());
  fs::copy(empty_index() / "index", folder / "index", fs::copy_options::recursive);
  const std::vector<std::string> places = {"bund:000000000000", "land:050000000000", "gemeinde:055540001001",
                                           "gemeinde:055550000000"};
  std::atomic<std::uint64_t> beginning = 0;
  const auto write = [&](IndexWriter& writer, int number) {
    beginning = static_cast<std::uint64_t>(number);
    Delivery delivery{"a", false, number, {}, {}};
    for (int i = 0; i < 40; ++i)
      delivery.changes.push_back(
          text(std::to_string(i), std::to_string(number), places[static_cast<std::size_t>(i) % 4]));
    OnlineService service;
    service.id = {"A", "s"};
    service.title = std::to_string(number);
    delivery.changes.push_back(service);
    Responsibility responsibility;
    responsibility.id = {"A", "r"};
    responsibility.subject = service.id;
    responsibility.services = {{"A", "1"}};
    responsibility.areas = places;
    delivery.changes.push_back(responsibility);
    apply(writer, configured().at("a"), delivery);
    writer.commit();
  };
  IndexWriter writer = IndexWriter::update(folder / "index", no_wait, std::chrono::milliseconds(5));
  writer.analyse_with(model::complete);
  write(writer, 1);
  Index index(folder / "index");
  std::atomic<bool> done = false;
  std::atomic<int> read = 0, overtaken = 0;
  const auto look = [&] {
    while (!done) {
      try {
        const IndexReader reader = index.reader();
        const std::uint64_t number = reader.snapshot().revision - 1;
        std::set<std::string> titles;
        std::size_t texts = 0;
        for (const std::string& place : places) {
          const Sheet& sheet = reader.sheet(*reader.snapshot().areas.find_id(place));
          for (const SheetText& entry : sheet.texts) titles.insert(reader.text(entry.doc).title);
          for (const OnlineService& service : sheet.online_services) titles.insert(service.title);
          texts += sheet.texts.size();
        }
        // The transaction after the next overwrites what it read, which is not always noticed: therefore the
        // pause between commits.
        if (beginning > number + 1) continue;
        EXPECT_THAT(titles, ::testing::ElementsAre(std::to_string(number)));
        EXPECT_EQ(texts, 40U);
        ++read;
      } catch (const IndexOutdated&) {
        ++overtaken;
      }
    }
  };
  std::thread one(look), other(look);
  for (int number = 2; number <= 60; ++number) write(writer, number);
  done = true;
  one.join();
  other.join();
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace vsm
