#include "indexer/diff_report.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <map>
#include <vector>

#include "indexer/json_out.h"
#include "indexer/wording.h"

namespace vsm {
namespace {

/// In the order of ObjectChange::What and of ObjectKind.
struct Words {
  std::string_view id, german;
};
constexpr Words what_words[] = {{"added", "neu"}, {"changed", "geändert"}, {"deleted", "gelöscht"}};
constexpr Words kind_words[] = {{"text", "Leistungstext"},
                                {"onlineService", "Onlinedienst"},
                                {"office", "Stelle"},
                                {"responsibility", "Zuständigkeit"}};

using Counts = std::array<std::size_t, std::size(what_words)>;

std::size_t index_of(ObjectChange::What what) { return static_cast<std::size_t>(what); }
std::size_t index_of(ObjectKind kind) { return static_cast<std::size_t>(kind); }

/// "3 Änderungen: 1 neu, 2 gelöscht"
std::string sentence_of(const Counts& counts) {
  std::size_t all = 0;
  std::string parts;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    all += counts[i];
    if (counts[i] > 0)
      parts +=
          (parts.empty() ? "" : ", ") + grouped_digits(counts[i]) + " " + std::string(what_words[i].german);
  }
  return counted(all, "Änderung", "Änderungen") + ": " + parts;
}

std::chrono::sys_seconds moment_of(std::int64_t time) {
  return std::chrono::sys_seconds(std::chrono::seconds(time));
}

/// "23.11.2026", the day in Germany.
std::string german_day(std::int64_t time) {
  const std::chrono::year_month_day day(
      std::chrono::sys_days(std::chrono::days(day_in_germany(moment_of(time)))));
  char text[32];
  std::snprintf(text, sizeof text, "%02u.%02u.%04d", static_cast<unsigned>(day.day()),
                static_cast<unsigned>(day.month()), static_cast<int>(day.year()));
  return text;
}

/// "2026-11-23T09:00:00Z"
std::string utc(std::int64_t time) {
  const auto midnight = std::chrono::floor<std::chrono::days>(moment_of(time));
  const std::chrono::year_month_day day(midnight);
  const std::chrono::hh_mm_ss clock(moment_of(time) - midnight);
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

void write_line(std::ostream& out, const ObjectChange& change) {
  out << "  " << what_words[index_of(change.what)].german << ": " << kind_words[index_of(change.kind)].german
      << ' ' << printable(change.id);
  if (!change.title.empty()) out << " „" << printable(change.title) << "“";
  out << " (Revision " << change.revision;
  if (change.time != 0) out << ", " << german_day(change.time);
  out << ")\n";
}

}  // namespace

void write_diff_text(std::ostream& out, std::span<const ObjectChange> changes, std::size_t lines) {
  if (changes.empty()) {
    out << "Es hat sich nichts geändert.\n";
    return;
  }
  struct Group {
    Counts counts{};
    std::vector<const ObjectChange*> changes;
  };
  std::map<std::string_view, Group> groups;
  Counts all{};
  for (const ObjectChange& change : changes) {
    Group& group = groups[change.source];
    ++group.counts[index_of(change.what)];
    ++all[index_of(change.what)];
    group.changes.push_back(&change);
  }
  out << sentence_of(all) << "\n";
  for (const auto& [source, group] : groups) {
    out << '\n' << printable(source) << ": " << sentence_of(group.counts) << '\n';
    std::size_t left = group.changes.size();
    for (const ObjectChange* change : group.changes) {
      if (lines > 0 && group.changes.size() - left == lines) break;
      write_line(out, *change);
      --left;
    }
    if (left > 0) out << "  … und " << grouped_digits(left) << " weitere\n";
  }
}

void write_diff_json(std::ostream& out, std::span<const ObjectChange> changes) {
  Counts counts{};
  for (const ObjectChange& change : changes) ++counts[index_of(change.what)];
  JsonOut json(out);
  json.object([&] {
    json.key("counts");
    json.object([&] {
      for (std::size_t i = 0; i < counts.size(); ++i) json.field(what_words[i].id, std::uint64_t{counts[i]});
    });
    json.array("changes", changes, [&](const ObjectChange& change) {
      json.object([&] {
        json.field("what", what_words[index_of(change.what)].id);
        json.field("kind", kind_words[index_of(change.kind)].id);
        json.field("id", change.id);
        json.field("source", change.source);
        json.known("title", change.title);
        json.field("revision", change.revision);
        json.known("time", change.time == 0 ? std::string() : utc(change.time));
      });
    });
  });
}

}  // namespace vsm
