// vsm-query: the search on the command line, as the server answers it.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "query/json.h"
#include "query/search.h"

namespace {

using namespace vsm;

void print(const SearchAnswer& answer) {
  const AreaTable& areas = answer.reader.snapshot().areas;
  if (answer.place) std::cout << "Ort: " << areas[*answer.place].name << '\n';
  for (AreaIndex other : answer.places)
    std::cout << (answer.place ? "  auch: " : "  möglich: ") << areas[other].name << " (" << areas[other].code << ")\n";
  std::cout << answer.total << (answer.total == 1 ? " Leistung" : " Leistungen") << '\n';
  std::size_t number = 0;
  for (const SearchResult& result : answer.results) {
    std::cout << '\n' << ++number << ". " << result.text.title << "  [" << result.key.text() << ", "
              << level_name(areas[result.area].level) << ' ' << areas[result.area].short_name << "]\n";
    for (const OnlineOffer& offer : result.online) {
      if (offer.service->url.empty()) continue;
      std::cout << "   " << offer.service->url << "  (" << level_name(areas[offer.area].level)
                << (offer.service->sample ? ", Beispiel" : "") << ")\n";
    }
    for (const OfficeOffer& offer : result.offices)
      std::cout << "   " << offer.office->name << ", " << offer.office->street << ", " << offer.office->postcode << ' '
                << offer.office->city << (offer.office->sample ? " (Beispiel)" : "") << '\n';
    std::cout << "   online in " << result.availability.online << " von " << result.availability.municipalities
              << " Kommunen\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Sucht Verwaltungsleistungen in einem vsm-Index."};
  std::string index;
  vsm::SearchRequest request;
  std::vector<std::string> words;
  bool json = false;
  app.add_option("--index", index, "Ordner des Index")->required();
  app.add_option("--ars", request.ars, "Regionalschlüssel des Ortes, 2 bis 12 Ziffern");
  app.add_option("--place", request.place, "Name oder Postleitzahl des Ortes");
  app.add_option("--page", request.page, "Seite, ab 1");
  app.add_option("--size", request.size, "Treffer je Seite, 1 bis 100");
  app.add_flag("--online", request.online_only, "nur Leistungen mit Online-Dienst");
  app.add_flag("--json", json, "Antwort als JSON, wie /api/v1/search");
  app.add_option("words", words, "was gesucht wird")->required();
  CLI11_PARSE(app, argc, argv);
  for (const std::string& word : words) request.words += (request.words.empty() ? "" : " ") + word;
  try {
    vsm::SearchEngine engine(index);
    const auto answer = engine.search(request);
    if (const auto* error = std::get_if<vsm::RequestError>(&answer)) {
      std::cerr << error->title << ": " << error->detail << '\n';
      return 2;
    }
    const auto& found = std::get<vsm::SearchAnswer>(answer);
    if (json)
      std::cout << to_json(found) << '\n';
    else
      print(found);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "vsm-query: " << error.what() << '\n';
    return 1;
  }
}
