#include "server/compat.h"

#include <algorithm>

#include "server/public_api.h"

namespace vsm::compat {
namespace {

constexpr std::size_t keys_taken = 100;

const Translation* english_of(const ServiceText& text) {
  const auto found = std::find_if(text.translations.begin(), text.translations.end(),
                                  [](const Translation& t) { return t.language == "en"; });
  return found == text.translations.end() ? nullptr : &*found;
}

std::string in_quotes(const char* name) { return std::string("Der Parameter ") + name; }

}  // namespace

HttpServer::Handler for_any_origin(HttpServer::Handler answer) {
  return [answer = std::move(answer)](const httplib::Request& request, httplib::Response& response) {
    allow_any_origin(response);
    response.set_header("Vary", "Accept-Language");
    answer(request, response);
  };
}

std::string text_param(const httplib::Request& request, const char* name) {
  std::string text = param(request, name);
  const auto letters = std::count_if(text.begin(), text.end(),
                                     [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  if (letters == 1)
    throw RequestError{400, "Zu kurzer Wert", in_quotes(name) + " hat mindestens zwei Zeichen."};
  return text;
}

std::string needed_text(const httplib::Request& request, const char* name) {
  std::string text = text_param(request, name);
  if (text.empty()) throw RequestError{400, "Fehlende Angabe", in_quotes(name) + " fehlt."};
  return text;
}

std::int64_t number_param(const httplib::Request& request, const char* name, std::int64_t otherwise,
                          std::int64_t least, std::int64_t most) {
  const std::int64_t number = value_of(vsm::number_param(request, name)).value_or(otherwise);
  if (number < least || number > most)
    throw RequestError{
        400, "Ungültige Zahl",
        in_quotes(name) + " liegt zwischen " + std::to_string(least) + " und " + std::to_string(most) + "."};
  return number;
}

Day day_param(const httplib::Request& request, const char* name) {
  const std::string text = param(request, name);
  if (text.empty()) return today();
  const auto day = text.size() == 10 ? parse_day(text) : std::nullopt;
  if (!day) throw RequestError{400, "Ungültiges Datum", in_quotes(name) + " hat die Form JJJJ-MM-TT."};
  return *day;
}

std::vector<ServiceKey> key_params(const httplib::Request& request, const char* name) {
  std::vector<ServiceKey> keys;
  for (std::size_t i = 0; i < request.get_param_value_count(name); ++i) {
    const std::string list = request.get_param_value(name, i);
    for (std::string_view text : split(list, ',')) {
      const auto key = ServiceKey::parse(text);
      if (!key)
        throw RequestError{400, "Ungültiger Leistungsschlüssel", "Ein Leistungsschlüssel hat 14 Ziffern."};
      if (std::find(keys.begin(), keys.end(), *key) == keys.end()) keys.push_back(*key);
    }
  }
  if (keys.size() > keys_taken)
    throw RequestError{400, "Zu viele Leistungsschlüssel", "Eine Anfrage nennt höchstens 100."};
  return keys;
}

AreaIndex area_of_ars(const AreaTable& areas, std::string_view ars) {
  const bool digits = std::all_of(ars.begin(), ars.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || ars.size() < 2 || ars.size() > 12)
    throw RequestError{400, "Ungültiger Regionalschlüssel",
                       "Ein Regionalschlüssel (ARS) hat 2 bis 12 Ziffern."};
  const auto area = areas.find(ars);
  if (!area)
    throw RequestError{404, "Unbekannter Regionalschlüssel",
                       "Zu diesem Regionalschlüssel (ARS) gibt es kein Gebiet."};
  return *area;
}

std::vector<std::string> key_texts(const std::vector<ServiceKey>& keys) {
  std::vector<std::string> texts;
  for (ServiceKey key : keys)
    if (std::string text = key.text(); !text.empty()) texts.push_back(std::move(text));
  return texts;
}

std::vector<std::string> ars_of(AreaIndex area, const AreaTable& areas) {
  if (areas[area].level == Level::katalog) area = areas.bund();
  const std::string& code = areas[area].code;
  if (std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; })) return {code};
  std::vector<std::string> codes;
  for (MunicipalityIndex number : areas.municipalities_in(area))
    codes.push_back(areas[areas.municipality(number)].code);
  return codes;
}

std::vector<std::string> ars_of(const ServiceText& text, AreaIndex area, const AreaTable& areas) {
  std::vector<std::string> codes;
  for (const std::string& id : text.areas) {
    const auto known = areas.find_id(id);
    if (!known) continue;
    for (std::string& code : ars_of(*known, areas))
      if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(std::move(code));
  }
  return codes.empty() ? ars_of(area, areas) : codes;
}

std::string moment_text(std::int64_t seconds, const std::string& day) {
  if (seconds != 0) return vsm::moment_text(seconds);
  return day.empty() ? day : day.substr(0, 10) + "T00:00:00Z";
}

std::string html_of(std::string_view plain) {
  std::string html;
  for (std::string_view line : split(plain, '\n')) {
    html += "<p>";
    for (char c : line) {
      switch (c) {
        case '&':
          html += "&amp;";
          break;
        case '<':
          html += "&lt;";
          break;
        case '>':
          html += "&gt;";
          break;
        case '"':
          html += "&quot;";
          break;
        default:
          html += c;
      }
    }
    html += "</p>";
  }
  return html;
}

ToldText::ToldText(const ServiceText& text, bool english)
    : title_(text.title), teaser_(html_of(text.teaser)), modules_(text.modules) {
  const Translation* translation = english ? english_of(text) : nullptr;
  if (!translation) return;
  translated_ = true;
  if (!translation->title.empty()) title_ = translation->title;
  if (!translation->teaser.empty()) teaser_ = html_of(translation->teaser);
  for (const TextModule& said : translation->modules) {
    const auto known = std::find_if(modules_.begin(), modules_.end(),
                                    [&](const TextModule& module) { return module.code == said.code; });
    if (known == modules_.end())
      modules_.push_back(said);
    else if (!said.text.empty())
      *known = said;
  }
}

const TextModule* ToldText::module(std::string_view code) const {
  const auto found = std::find_if(modules_.begin(), modules_.end(),
                                  [&](const TextModule& module) { return module.code == code; });
  return found == modules_.end() ? nullptr : &*found;
}

std::string ToldText::html(const TextModule& module) {
  return module.html.empty() ? html_of(module.text) : module.html;
}

std::string ToldText::html(std::string_view code) const {
  const TextModule* found = module(code);
  return found ? html(*found) : std::string();
}

bool is_complete_in_english(const ServiceText& text) {
  const Translation* translation = english_of(text);
  if (!translation || translation->title.empty() || (translation->teaser.empty() && !text.teaser.empty()))
    return false;
  return std::all_of(text.modules.begin(), text.modules.end(), [&](const TextModule& module) {
    return module.text.empty() ||
           std::any_of(translation->modules.begin(), translation->modules.end(), [&](const TextModule& said) {
             return said.code == module.code && !said.text.empty();
           });
  });
}

}  // namespace vsm::compat
