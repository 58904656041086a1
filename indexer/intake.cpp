#include "indexer/intake.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <set>

#include "catalog/tables.h"
#include "indexer/delivery.h"
#include "indexer/validation.h"
#include "indexer/wording.h"

namespace vsm {
namespace {

constexpr std::size_t problems_stored = 200;
/// A source of a few objects may lose most of them in a day's work.
constexpr std::size_t few_objects = 10;
constexpr std::int64_t a_day = 86'400;

class Intake {
 public:
  /// Without a writer nothing is written.
  Intake(const Source& source, const AreaTable& areas, const Catalogue& catalogue, IndexWriter* writer,
         const IntakeProgress& progress)
      : source_(source), areas_(areas), catalogue_(catalogue), writer_(writer), progress_(progress) {
    result_.report.source = source.id;
    result_.report.name = source.name;
    report_ = [this](Problem problem) { result_.report.add(std::move(problem)); };
  }

  SourceResult& result() { return result_; }
  std::size_t objects() const { return objects_; }
  void refuse(const char* rule, const std::string& sentence) {
    result_.refusal = sentence;
    report_({source_.path, 0, source_.id, sentence, rule, Severity::broken});
  }

  /// Reads everything. Where the delivery as a whole cannot be taken, the result says why.
  void read(const Delivery& delivery, std::string_view memo, std::int64_t newest_whole, bool force) {
    force_ = force;
    Validation validation(source_, areas_, catalogue_);
    newest_whole_ = newest_whole;
    ChangeSink sink;
    sink.head = [this](const DeliveryHead& head) { take_head(head); };
    sink.problem = [this](Problem problem) { take_problem(std::move(problem)); };
    sink.change = [&](Change change, const Problem& place) {
      begin();
      ++objects_;
      if (objects_ % 256 == 0 && progress_) progress_({objects_, delivery.position(), delivery.bytes()});
      const ObjectKind kind = kind_of(change);
      const ObjectId id = std::visit([](const auto& object) { return object.id; }, change);
      if (!validation.admit(change, place, report_)) {
        if (writer_ && !id.id.empty()) writer_->keep(kind, id);
        return;
      }
      result_.report.count(change);
      if (is_old_) return;
      take(std::move(change), place);
    };
    const bool whole = delivery.read(areas_, memo, sink);
    begin();
    if (!whole)  // the reader said why
      result_.refusal = "Die Lieferung ließ sich nicht zu Ende lesen. Es gilt, was vorher da war.";
    else if (objects_ == 0 && !source_.delta && !force_)
      refuse("leer", "Die Lieferung enthält keinen einzigen Eintrag. Es gilt, was vorher da war.");
    else if (is_old_)
      refuse("veraltet", "Die Lieferung ist älter als die, die zuletzt übernommen wurde.");
  }

  /// Too many deletions are more often an accident than meant.
  void check_deletions() {
    const auto missing = writer_->missing();
    if (missing.missing <= few_objects ||
        missing.missing * 100 <= missing.before * static_cast<std::size_t>(source_.max_deleted))
      return;
    refuse(
        "loeschung-zu-viel",
        "Die Lieferung würde " + std::to_string(missing.missing) + " von " + std::to_string(missing.before) +
            " Einträgen löschen, mehr als " + std::to_string(source_.max_deleted) +
            " Prozent. Sie wurde nicht übernommen. Wenn das so gemeint ist, hilft vsm-index update --force.");
  }

  /// Which they are, the writer does not say.
  void tell_unresolved() {
    if (const std::uint32_t count = result_.changes.unresolved)
      report_({source_.path, 0, source_.id,
               counted(count, "Zuständigkeit nennt", "Zuständigkeiten nennen") +
                   " eine Leistung, eine Stelle oder einen Onlinedienst, den es nicht gibt.",
               "bezug-unbekannt", Severity::warning});
  }

  SourceInfo settings() const {
    SourceInfo info;
    info.id = source_.id;
    info.name = source_.name;
    info.area = source_.area;
    info.format = source_.format;
    info.sample = source_.sample;
    info.trust = source_.trust;
    return info;
  }

  void note_problems() {
    std::string text;
    for (const Problem& problem : result_.report.problems) {
      if (problem.severity == Severity::warning) continue;
      text += problem.file + '\t' + std::to_string(problem.line) + '\t' + printable(problem.object) + '\t' +
              problem.rule + '\t' + printable(problem.message) + '\n';
      if (++stored_ == problems_stored) break;
    }
    writer_->put_note("quarantine/" + source_.id, text);
  }

  std::int64_t time() const { return time_; }

 private:
  static ObjectKind kind_of(const Change& change) {
    if (const auto* deletion = std::get_if<Deletion>(&change)) return deletion->kind;
    return static_cast<ObjectKind>(change.index());
  }

  void take_head(const DeliveryHead& head) {
    if (head.created == 0 || source_.format == "list") return;
    if (head.created > std::time(nullptr) + a_day) {
      report_({source_.path, 0, source_.id,
               "Die Lieferung nennt als Zeitpunkt ihrer Erstellung einen in der Zukunft; er zählt nicht.",
               "datum", Severity::warning});
      return;
    }
    // A whole delivery of several files is as old as the first of them; each file of a delta is a message.
    if (begun_ && !source_.delta) return;
    begun_ = false;
    created_ = head.created;
    begin();
  }

  void begin() {
    if (begun_) return;
    if (writer_ && had_delivery_) writer_->end_delivery();
    begun_ = true;
    time_ = created_ != 0 ? created_ : std::time(nullptr);
    is_old_ = !source_.delta && time_ < newest_whole_;
    if (!writer_) return;
    writer_->begin_delivery(!source_.delta, time_);
    had_delivery_ = true;
  }

  /// What a reader refuses was delivered all the same. Its kind is not known here.
  void take_problem(Problem problem) {
    if (writer_ && problem.severity == Severity::refused && !problem.object.empty()) {
      begin();
      for (ObjectKind kind :
           {ObjectKind::text, ObjectKind::online_service, ObjectKind::office, ObjectKind::responsibility})
        writer_->keep(kind, {{}, problem.object});
    }
    report_(std::move(problem));
  }

  void take(Change change, const Problem& place) {
    bool duplicate = false;
    if (writer_) {
      duplicate = writer_->put(std::move(change)) == IndexWriter::Outcome::duplicate;
    } else if (!std::holds_alternative<Deletion>(change) && !source_.delta) {
      const std::string id = std::visit([](const auto& object) { return object.id.text(); }, change);
      duplicate = !seen_.emplace(kind_of(change), id).second;
    }
    if (!duplicate) return;
    Problem problem = place;
    problem.rule = "id-doppelt";
    problem.severity = Severity::refused;
    problem.message = "Einen Eintrag mit dieser id gab es in der Lieferung schon; der erste gilt.";
    report_(std::move(problem));
  }

  const Source& source_;
  const AreaTable& areas_;
  const Catalogue& catalogue_;
  IndexWriter* writer_;
  const IntakeProgress& progress_;
  std::function<void(Problem)> report_;
  SourceResult result_;
  std::size_t objects_ = 0, stored_ = 0;
  std::int64_t created_ = 0, time_ = 0, newest_whole_ = 0;
  bool begun_ = false, had_delivery_ = false, is_old_ = false, force_ = false;
  std::set<std::pair<ObjectKind, std::string>> seen_;
};

}  // namespace

std::string IntakeState::note(const std::string& name) const {
  return name + " (" + grouped_digits(objects) + " Einträge)";
}

namespace {

std::string unreadable(const std::exception& error) {
  return std::string("Die Quelle lässt sich nicht lesen: ") + error.what() + ".";
}

/// Calls read() and turns what it throws for a source that cannot be read into a refusal.
template <class Read>
void guarded(Intake& intake, Read read) {
  try {
    read();
  } catch (const TableError& error) {
    intake.refuse("datei", unreadable(error));
  } catch (const std::filesystem::filesystem_error& error) {
    intake.refuse("datei", unreadable(error));
  }
}

/// False where the source cannot be fetched.
bool fetch(Intake& intake, const Source& source, const IntakeOptions& options) {
  if (source.address.empty() || !options.fetch) return true;
  const std::string problem = options.fetch(source);
  if (!problem.empty()) intake.refuse("abruf", problem);
  return problem.empty();
}

void remember(SourceInfo& info, const SourceResult& result, const std::string& memo) {
  const std::int64_t now = std::time(nullptr);
  info.tried = now;
  info.rejected = static_cast<std::uint32_t>(result.report.refused);
  info.warnings = static_cast<std::uint32_t>(result.report.warnings);
  info.error = result.refusal;
  if (!result.refusal.empty()) return;
  info.read = now;
  info.memo = memo;
}

}  // namespace

SourceResult take_into_build(IndexWriter& writer, const Source& source, const IntakeOptions& options,
                             const IntakeProgress& progress) {
  Intake intake(source, writer.areas(), writer.catalogue(), &writer, progress);
  SourceInfo& info = writer.begin_source(intake.settings());
  if (source.delta) writer.carry_over();
  const std::string known = info.memo;
  std::string memo;
  guarded(intake, [&] {
    if (!fetch(intake, source, options)) return;
    const Delivery delivery(source);
    intake.read(delivery, known, 0, options.force);
    if (intake.result().refusal.empty() && !options.force) intake.check_deletions();
    if (intake.result().refusal.empty()) memo = delivery.memo();
  });
  if (intake.result().refusal.empty() || !writer.carry_over()) writer.end_delivery();
  remember(info, intake.result(), memo);
  intake.note_problems();
  return std::move(intake.result());
}

SourceResult take_update(IndexWriter& writer, const Source& source, const IntakeOptions& options,
                         const IntakeProgress& progress) {
  Intake intake(source, writer.areas(), writer.catalogue(), &writer, progress);
  if (const auto before = writer.find_source(source.id); before && before->area != source.area) {
    intake.refuse("gebiet", "Die Quelle liefert jetzt für „" + source.area + "“ und bisher für „" +
                                before->area + "“. Das geht nur mit einem neuen Bau (vsm-index build).");
    return std::move(intake.result());
  }
  SourceInfo& info = writer.begin_source(intake.settings());
  std::string memo;
  guarded(intake, [&] {
    if (!fetch(intake, source, options)) return;
    const Delivery delivery(source);
    if (!options.read_again && delivery.is_same_as(info.memo)) {
      intake.result().is_unchanged = true;
      return;
    }
    intake.read(delivery, options.read_again ? std::string_view() : info.memo, info.whole, options.force);
    if (intake.result().refusal.empty() && !options.force) intake.check_deletions();
    if (intake.result().refusal.empty()) memo = delivery.memo();
  });
  SourceResult& result = intake.result();
  if (result.is_unchanged) {
    info.tried = info.read = std::time(nullptr);
    info.error.clear();
    return std::move(result);
  }
  if (!result.refusal.empty()) {
    writer.abandon();
    SourceInfo& kept = writer.source();
    remember(kept, result, memo);
    intake.note_problems();
    writer.commit();
    return std::move(result);
  }
  writer.end_delivery();
  remember(info, result, memo);
  intake.note_problems();
  result.changes = writer.commit();
  intake.tell_unresolved();
  return std::move(result);
}

SourceReport validate(const Source& source, const AreaTable& areas, const Catalogue& catalogue,
                      const IntakeProgress& progress) {
  Intake intake(source, areas, catalogue, nullptr, progress);
  guarded(intake, [&] { intake.read(Delivery(source), {}, 0, false); });
  return std::move(intake.result().report);
}

}  // namespace vsm
