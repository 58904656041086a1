#include "indexer/schedule.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "catalog/tables.h"

namespace vsm {
namespace {

constexpr std::int64_t day = 86'400;

bool read_number(std::string_view text, std::int64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0;
}

}  // namespace

Schedule::Schedule(ScheduleOptions options) : options_(options), random_(options.seed) {}

/// Evenly in -1 ... 1, the same on every machine.
double Schedule::share() { return static_cast<double>(random_() >> 11U) * 0x1p-53 * 2 - 1; }

/// The longest that a source of this interval may wait, whatever happened.
std::int64_t Schedule::longest_wait(const Entry& entry) const {
  return std::max(day, options_.longest_pause * entry.interval) + entry.interval;
}

void Schedule::add(const std::string& id, const std::string& host, std::int64_t interval) {
  Entry& entry = entries_[id];
  entry.host = host;
  entry.removed = false;
  const std::int64_t before =
      std::exchange(entry.interval, std::clamp<std::int64_t>(interval, 1, 3'650 * day));
  // A shorter interval counts from now on, not only after the long one has passed.
  if (entry.due > 0 && entry.failures == 0 && entry.interval < before)
    entry.due = std::min(entry.due, entry.last_start + entry.interval);
}

void Schedule::remove(const std::string& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  if (found->second.running)
    found->second.removed = true;
  else
    entries_.erase(found);
}

std::vector<std::string> Schedule::due(std::int64_t now) const {
  std::map<std::string, std::size_t> busy;
  std::size_t all = 0;
  std::vector<std::pair<std::int64_t, std::string>> waiting;
  for (const auto& [id, entry] : entries_) {
    if (entry.running) {
      ++busy[entry.host];
      ++all;
    } else if (entry.due <= now) {
      waiting.emplace_back(entry.due, id);
    }
  }
  std::sort(waiting.begin(), waiting.end());
  std::vector<std::string> chosen;
  for (auto& [moment, id] : waiting) {
    if (all >= options_.in_all) break;
    std::size_t& here = busy[entries_.find(id)->second.host];
    if (here >= options_.per_host) continue;
    ++here;
    ++all;
    chosen.push_back(std::move(id));
  }
  return chosen;
}

std::optional<std::int64_t> Schedule::next() const {
  std::optional<std::int64_t> earliest;
  for (const auto& [id, entry] : entries_)
    if (!entry.running && (!earliest || entry.due < *earliest)) earliest = entry.due;
  return earliest;
}

void Schedule::started(const std::string& id, std::int64_t now) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  found->second.running = true;
  found->second.begun = now;
}

void Schedule::ended(const std::string& id, std::int64_t now, bool good, std::int64_t retry_after) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  if (entry.removed) {
    entries_.erase(found);
    return;
  }
  entry.running = false;
  entry.last_start = entry.begun;
  const double stretch = 1 + options_.jitter * share();
  const auto stretched = [stretch](std::int64_t seconds) {
    return std::max<std::int64_t>(1, std::llround(static_cast<double>(seconds) * stretch));
  };
  if (good) {
    entry.failures = 0;
    entry.due = entry.last_start + stretched(entry.interval);
  } else {
    const std::int64_t longest = std::max<std::int64_t>(1, options_.longest_pause * entry.interval);
    std::int64_t pause = std::min(options_.first_pause, longest);
    for (int i = 0; i < entry.failures && pause < longest; ++i) pause = std::min(2 * pause, longest);
    ++entry.failures;
    entry.due = now + std::min(stretched(pause), longest);
  }
  if (retry_after > 0)
    entry.due = std::max(entry.due,
                         now + std::min(retry_after, std::max(day, options_.longest_pause * entry.interval)));
}

std::string Schedule::text() const {
  std::string text = "id\tdue\tlast_start\tfailures\n";
  for (const auto& [id, entry] : entries_)
    if (entry.due > 0 && !entry.removed)
      text += id + '\t' + std::to_string(entry.due) + '\t' + std::to_string(entry.last_start) + '\t' +
              std::to_string(entry.failures) + '\n';
  return text;
}

void Schedule::read(std::string_view text, std::int64_t now) {
  for (const std::string_view line : split(text, '\n')) {
    const auto cells = split(line, '\t');
    if (cells.size() != 4) continue;
    const auto found = entries_.find(cells[0]);
    std::int64_t due = 0;
    std::int64_t last_start = 0;
    std::int64_t failures = 0;
    if (found == entries_.end() || !read_number(cells[1], due) || !read_number(cells[2], last_start) ||
        !read_number(cells[3], failures))
      continue;
    Entry& entry = found->second;
    entry.last_start = last_start;
    entry.failures = static_cast<int>(std::min<std::int64_t>(failures, 1'000));
    entry.due = std::max<std::int64_t>(1, due);
    // Intervals may have become shorter since, or the clock may have been wrong.
    if (entry.failures == 0)
      entry.due = std::min(
          entry.due, last_start + entry.interval +
                         static_cast<std::int64_t>(options_.jitter * static_cast<double>(entry.interval)));
    entry.due = std::min(entry.due, now + longest_wait(entry));
  }
}

}  // namespace vsm
