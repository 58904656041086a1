#include "catalog/objects.h"

#include <unicode/timezone.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>

namespace vsm {

std::string ObjectId::text() const {
  if (agency.empty() || id.starts_with(agency + ".")) return id;
  return agency + "." + id;
}

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  if (text.size() > 10 && text[10] != 'T' && text[10] != ' ' && text[10] != '+' && text[10] != 'Z')
    return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t length, int& value) {
    const char* end = text.data() + at + length;
    return std::from_chars(text.data() + at, end, value).ptr == end && value >= 0;
  };
  int year = 0, month = 0, day = 0;
  if (!number(0, 4, year) || !number(5, 2, month) || !number(8, 2, day)) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<Day>(std::chrono::sys_days(date).time_since_epoch().count());
}

Validity::Validity(std::vector<Period> periods) : periods_(std::move(periods)) {
  std::erase_if(periods_, [](const Period& period) { return period.from > period.to; });
  std::sort(periods_.begin(), periods_.end());
  std::vector<Period> apart;
  for (const Period& period : periods_) {
    if (!apart.empty() && (apart.back().to == day_max || period.from <= apart.back().to + 1))
      apart.back().to = std::max(apart.back().to, period.to);
    else
      apart.push_back(period);
  }
  periods_ = std::move(apart);
}

bool Validity::holds(Day day) const {
  return std::any_of(periods_.begin(), periods_.end(),
                     [&](const Period& period) { return period.holds(day); });
}

std::string_view module_title(std::string_view code) {
  static constexpr std::pair<std::string_view, std::string_view> titles[] = {
      {"05", "Kurztext"},
      {"06", "Beschreibung"},
      {"07", "Rechtsgrundlagen"},
      {"08", "Erforderliche Unterlagen"},
      {"09", "Voraussetzungen"},
      {"11", "Verfahrensablauf"},
      {"14", "Formulare"},
      {"15", "Weiterführende Informationen"},
      {"16", "Hinweise"},
      {"18", "Urheber"},
      {"22", "Zuständige Stelle"},
      {"23", "Ansprechpunkt"},
      {"24", "Kurzinformation"},
      {"25", "Rechtsbehelf"},
      {"95", "Bearbeitungsdauer"},
      {"97", "Fristen"},
      {"98", "Kosten"}};
  for (const auto& [known, title] : titles)
    if (known == code) return title;
  return {};
}

Day day_in_germany(std::chrono::system_clock::time_point moment) {
  static const std::unique_ptr<const icu::TimeZone> zone(icu::TimeZone::createTimeZone("Europe/Berlin"));
  const auto utc = std::chrono::floor<std::chrono::milliseconds>(moment);
  std::int32_t standard = 0, summer = 0;
  UErrorCode error = U_ZERO_ERROR;
  zone->getOffset(static_cast<UDate>(utc.time_since_epoch().count()), false, standard, summer, error);
  const auto local = utc + std::chrono::milliseconds(standard + summer);
  return static_cast<Day>(std::chrono::floor<std::chrono::days>(local).time_since_epoch().count());
}

Day today() { return day_in_germany(std::chrono::system_clock::now()); }

}  // namespace vsm
