#include "indexer/moment.h"

#include <charconv>
#include <chrono>
#include <cstdio>

namespace vsm {
namespace {

/// Takes up to `most` digits, at least `least`, off the front.
std::optional<int> take_number(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t length = 0;
  while (length < text.size() && length < most && text[length] >= '0' && text[length] <= '9') ++length;
  if (length < least) return std::nullopt;
  int value = 0;
  std::from_chars(text.data(), text.data() + length, value);
  text.remove_prefix(length);
  return value;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// Seconds since midnight UTC of what is written behind a date; 0 where that is no time.
std::int64_t time_of(std::string_view text) {
  if (!take(text, 'T') && !take(text, ' ')) return 0;
  const auto hour = take_number(text, 2, 2);
  if (!hour || *hour > 24 || !take(text, ':')) return 0;
  const auto minute = take_number(text, 2, 2);
  if (!minute || *minute > 59) return 0;
  int second = 0;
  if (take(text, ':')) {
    second = take_number(text, 2, 2).value_or(0);
    if (second > 60) return 0;
    if (take(text, '.')) take_number(text, 1, 12);
  }
  std::int64_t seconds = *hour * 3'600 + *minute * 60 + second;
  if (!text.starts_with('+') && !text.starts_with('-')) return seconds;
  const int sign = text.front() == '+' ? -1 : 1;
  text.remove_prefix(1);
  const int hours = take_number(text, 2, 2).value_or(0);
  take(text, ':');
  const int minutes = take_number(text, 2, 2).value_or(0);
  if (hours > 14 || minutes > 59) return seconds;
  return seconds + sign * (hours * 3'600 + minutes * 60);
}

std::optional<Day> take_german_day(std::string_view& text) {
  const auto day = take_number(text, 1, 2);
  if (!day || !take(text, '.')) return std::nullopt;
  const auto month = take_number(text, 1, 2);
  if (!month || !take(text, '.')) return std::nullopt;
  const auto year = take_number(text, 4, 4);
  if (!year || (!text.empty() && text.front() != ' ' && text.front() != 'T')) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<Day>(std::chrono::sys_days(date).time_since_epoch().count());
}

}  // namespace

std::string Moment::date() const {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()) % 10'000,
                static_cast<unsigned>(date.month()) % 100, static_cast<unsigned>(date.day()) % 100);
  return text;
}

std::optional<Moment> moment_of(std::string_view text) {
  std::string_view rest = text;
  std::optional<Day> day = parse_day(text);
  if (day)
    rest.remove_prefix(10);
  else
    day = take_german_day(rest);
  if (!day) return std::nullopt;
  return Moment{*day, std::int64_t{*day} * 86'400 + time_of(rest)};
}

}  // namespace vsm
