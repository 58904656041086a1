#include "server/page.h"

#include <kainjow/mustache.hpp>

#include <algorithm>

#include "server/web_files.h"

namespace vsm {
namespace {

using kainjow::mustache::data;
using Template = kainjow::mustache::mustache;

std::string render(std::string_view name, const data& content) {
  Template body{std::string(web_file(name))};
  return body.render(content);
}

std::string search_address(const std::string& words, const std::string& place, const std::string& more = {}) {
  return "/?q=" + url_encoded(words) + "&place=" + url_encoded(place) + more;
}

std::string level_phrase(const Area& area) {
  switch (area.level) {
    case Level::gemeinde: return "Kommune: " + area.short_name;
    case Level::verband: return "Gemeindeverband: " + area.short_name;
    case Level::kreis: return area.name;
    case Level::land: return "Land " + area.short_name;
    case Level::bund: return "Bund";
    case Level::katalog: return "Leistungskatalog";
    default: return area.name;
  }
}

data frame(const PageInput& input, const std::string& title) {
  data page;
  page.set("title", title);
  page.set("words", input.words);
  page.set("place", input.place);
  page.set("online_only", data(input.online_only ? data::type::bool_true : data::type::bool_false));
  return page;
}

data flag(bool on) { return data(on ? data::type::bool_true : data::type::bool_false); }

std::string trust_phrase(int level) {
  switch (level) {
    case 10: return "mit Servicekonto oder ohne Anmeldung";
    case 15:
    case 20: return "mit Servicekonto";
    case 30:
    case 40: return "mit Online-Ausweis";
    default: return {};
  }
}

data offer_data(const OnlineOffer& offer, const AreaTable& areas) {
  data item;
  item.set("title", offer.service->title);
  item.set("url", offer.service->url);
  item.set("level", level_phrase(areas[offer.area]));
  item.set("sample", flag(offer.service->sample));
  item.set("needs", trust_phrase(offer.service->trust_level));
  if (offer.service->efa) item.set("provider", offer.service->provider);
  return item;
}

data office_data(const OfficeOffer& offer) {
  const Office& office = *offer.office;
  data item;
  item.set("name", office.name);
  std::string address = office.street;
  if (!office.city.empty()) address += (address.empty() ? "" : ", ") + office.postcode + " " + office.city;
  item.set("address", address);
  item.set("phone", office.phone);
  item.set("sample", flag(office.sample));
  return item;
}

/// Links and offices for people: each once, though several keys may share it.
void add_offers(data& item, const SearchResult& result, const AreaTable& areas) {
  std::vector<const OnlineService*> seen;
  data links(data::type::list);
  bool has_main = false;
  for (const OnlineOffer& offer : result.online) {
    if (offer.service->url.empty() || std::find(seen.begin(), seen.end(), offer.service) != seen.end()) continue;
    seen.push_back(offer.service);
    if (!has_main) {
      item.set("main_link", offer_data(offer, areas));
      has_main = true;
    } else if (seen.size() <= 6) {
      links.push_back(offer_data(offer, areas));
    }
  }
  item.set("has_more_links", flag(seen.size() > 1));
  item.set("links", links);
  std::vector<const Office*> offices;
  data office_list(data::type::list);
  for (const OfficeOffer& offer : result.offices) {
    if (std::find(offices.begin(), offices.end(), offer.office) != offices.end() || offices.size() == 3) continue;
    offices.push_back(offer.office);
    office_list.push_back(office_data(offer));
  }
  item.set("has_offices", flag(!offices.empty()));
  item.set("offices", office_list);
}

/// Where a text has no teaser of its own, ours of the catalogue.
std::string teaser_of(const SearchResult& result, const Snapshot& snapshot) {
  if (!result.text.teaser.empty()) return result.text.teaser;
  const CatalogueEntry* entry = snapshot.catalogue.find(result.key);
  return entry ? entry->teaser : std::string();
}

std::string service_address(const SearchResult& result, std::optional<AreaIndex> place, const AreaTable& areas) {
  const std::string key = result.key.text();
  std::string address = "/leistung/" + (key.empty() ? url_encoded(result.text.id.text()) : key);
  if (place) address += "?ars=" + areas[*place].code;
  return address;
}

data result_data(const SearchResult& result, const SearchAnswer& answer) {
  const Snapshot& snapshot = answer.reader.snapshot();
  const AreaTable& areas = snapshot.areas;
  data item;
  item.set("title", result.text.title);
  item.set("address", service_address(result, answer.place, areas));
  item.set("teaser", teaser_of(result, snapshot));
  item.set("level", level_phrase(areas[result.area]));
  item.set("sample", flag(result.text.sample));
  add_offers(item, result, areas);
  if (result.availability.municipalities > 0)
    item.set("online_count", "Online in " + std::to_string(result.availability.online) + " von " +
                                 std::to_string(result.availability.municipalities) + " Kommunen");
  if (result.only_in_total > 0) {
    std::string names;
    for (AreaIndex area : result.only_in) names += (names.empty() ? "" : ", ") + areas[area].short_name;
    if (result.only_in_total > result.only_in.size())
      names += " und " + std::to_string(result.only_in_total - result.only_in.size()) + " weiteren";
    item.set("only_in", names);
  }
  data variants(data::type::list);
  for (const Variant& variant : result.variants) {
    data entry;
    entry.set("title", variant.title);
    // A second text of the same key is found by its id alone.
    const bool by_id = variant.key.text().empty() || variant.key == result.key;
    std::string address = "/leistung/" + (by_id ? url_encoded(variant.id) : variant.key.text());
    if (answer.place) address += "?ars=" + areas[*answer.place].code;
    entry.set("address", address);
    variants.push_back(entry);
  }
  item.set("has_variants", flag(!result.variants.empty()));
  item.set("variants_total", std::to_string(result.variants_total));
  item.set("variants", variants);
  return item;
}

data places_data(const SearchAnswer& answer, const PageInput& input) {
  data list(data::type::list);
  for (std::size_t i = 0; i < std::min<std::size_t>(12, answer.places.size()); ++i) {
    data entry;
    entry.set("name", answer.place_labels[i]);
    entry.set("address", search_address(input.words, answer.place_labels[i], input.filters));
    list.push_back(entry);
  }
  return list;
}

/// Whether anything shown is made up.
bool has_sample(const SearchResult& result) {
  const auto of_sample = [](const auto& offer) {
    if constexpr (requires { offer.service; })
      return offer.service->sample;
    else
      return offer.office->sample;
  };
  return result.text.sample || std::any_of(result.online.begin(), result.online.end(), of_sample) ||
         std::any_of(result.offices.begin(), result.offices.end(), of_sample);
}

}  // namespace

std::string url_encoded(std::string_view text) {
  static constexpr char hex[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.') {
      out += c;
    } else {
      out += '%';
      out += hex[byte >> 4U];
      out += hex[byte & 0xFU];
    }
  }
  return out;
}

std::string start_page(const PageInput& input) {
  data page = frame(input, "Verwaltungssuchmaschine");
  page.set("is_start", flag(true));
  return render("search.html", page);
}

std::string error_page(const PageInput& input, const RequestError& error) {
  data page = frame(input, error.title);
  page.set("error_title", error.title);
  page.set("error_detail", error.detail);
  return render("search.html", page);
}

std::string result_page(const PageInput& input, const SearchAnswer& answer) {
  const AreaTable& areas = answer.reader.snapshot().areas;
  PageInput shown = input;
  if (answer.place && shown.place.empty() && !answer.place_from_words) shown.place = answer.place_label;
  data page = frame(shown, input.words + " – Verwaltungssuchmaschine");
  page.set("has_answer", flag(true));
  page.set("count", std::to_string(answer.total) + (answer.total == 1 ? " Leistung" : " Leistungen"));
  page.set("corrected", answer.corrected);
  page.set("empty", flag(answer.results.empty()));
  if (answer.place) {
    const Area& area = areas[*answer.place];
    page.set("place_name", area.level == Level::gemeinde ? area.short_name : area.name);
    page.set("without_place", search_address(answer.words_without_place, "", input.filters));
  }
  page.set("has_places", flag(!answer.places.empty()));
  page.set("choose_place", flag(!answer.place && !answer.places.empty()));
  page.set("places", places_data(answer, input));
  data results(data::type::list);
  bool sample = false;
  for (const SearchResult& result : answer.results) {
    results.push_back(result_data(result, answer));
    sample |= has_sample(result);
  }
  page.set("results", results);
  page.set("has_sample", flag(sample));
  const std::string size = "&size=" + std::to_string(answer.size) + (input.online_only ? "&online=true" : "") + input.filters;
  const auto page_address = [&](std::int64_t number) {
    return search_address(input.words, shown.place, size + "&page=" + std::to_string(number));
  };
  if (answer.page > 1) page.set("previous", page_address(answer.page - 1));
  if (static_cast<std::uint64_t>(answer.page) * static_cast<std::uint64_t>(answer.size) < answer.total)
    page.set("next", page_address(answer.page + 1));
  page.set("has_pages", flag(answer.page > 1 || answer.total > static_cast<std::size_t>(answer.size)));
  page.set("page", std::to_string(answer.page));
  return render("search.html", page);
}

std::string service_page(const PageInput& input, const ServiceAnswer& answer) {
  const Snapshot& snapshot = answer.reader.snapshot();
  const AreaTable& areas = snapshot.areas;
  PageInput shown = input;
  if (answer.place && shown.place.empty()) shown.place = answer.place_label;
  data page = frame(shown, answer.result.text.title + " – Verwaltungssuchmaschine");
  const SearchResult& result = answer.result;
  data service;
  service.set("name", result.text.title);
  if (result.text.official_title != result.text.title) service.set("official", result.text.official_title);
  service.set("key", result.key.text());
  service.set("teaser", teaser_of(result, snapshot));
  service.set("level", level_phrase(areas[result.area]));
  service.set("sample", flag(result.text.sample));
  add_offers(service, result, areas);
  if (result.availability.municipalities > 0)
    service.set("online_count", "Online in " + std::to_string(result.availability.online) + " von " +
                                    std::to_string(result.availability.municipalities) + " Kommunen");
  data modules(data::type::list);
  for (const FilledModule& filled : answer.modules) {
    const std::string_view title = module_title(filled.module.code);
    if (filled.module.code == "24" || title.empty()) continue;
    data entry;
    entry.set("title", std::string(title));
    data paragraphs(data::type::list);
    for (std::string_view line : split(filled.module.text, '\n')) paragraphs.push_back(std::string(line));
    entry.set("paragraphs", paragraphs);
    if (filled.area != result.area) entry.set("from", level_phrase(areas[filled.area]));
    modules.push_back(entry);
  }
  service.set("modules", modules);
  page.set("service", service);
  if (answer.place) {
    page.set("place_name", areas[*answer.place].short_name);
    if (!result.key.text().empty()) page.set("without_place", "/leistung/" + result.key.text());
  }
  page.set("has_sample", flag(has_sample(result)));
  return render("search.html", page);
}

}  // namespace vsm
