// Every key and every name of the catalogue, searched for.
#include <gtest/gtest.h>

#include <iostream>

#include "query/evaluation.h"
#include "query/search.h"
#include "tests/shipped.h"

namespace vsm {
namespace {

TEST(WholeCatalogue, AKeyLeadsToItsService) {
  SearchEngine& engine = shipped_engine();
  const IndexReader reader = engine.reader();
  for (const CatalogueEntry& entry : reader.snapshot().catalogue.entries()) {
    SearchRequest request;
    request.words = entry.key.text();
    const auto answer = std::get<SearchAnswer>(engine.search(request));
    ASSERT_FALSE(answer.results.empty()) << entry.key.text();
    if (entry.heading) {
      std::size_t services = 0;
      std::uint64_t last = 0;
      for (const CatalogueEntry* service :
           reader.snapshot().catalogue.services_of_object(entry.key.object())) {
        services += service->key.group() != last;
        last = service->key.group();
      }
      EXPECT_EQ(answer.total, services) << entry.key.text();
      for (const SearchResult& result : answer.results) {
        EXPECT_EQ(result.key.object(), entry.key.object());
        EXPECT_FALSE(reader.snapshot().catalogue.is_heading(result.key));
      }
    } else {
      EXPECT_EQ(answer.results[0].key, entry.key) << entry.official_name;
    }
  }
}

TEST(WholeCatalogue, ANameLeadsToItsService) {
  SearchEngine& engine = shipped_engine();
  const IndexReader reader = engine.reader();
  std::size_t names = 0, found = 0;
  for (const CatalogueEntry& entry : reader.snapshot().catalogue.entries()) {
    if (entry.heading) continue;
    for (const std::string* name : {&entry.official_name, &entry.friendly_name}) {
      if (name->empty()) continue;
      ++names;
      SearchRequest request;
      request.words = *name;
      request.size = 3;
      const auto result = engine.search(request);
      bool hit = false;
      if (const auto* answer = std::get_if<SearchAnswer>(&result)) {
        for (const SearchResult& one : answer->results) {
          hit |= one.key == entry.key;
          for (const Variant& variant : one.variants) hit |= variant.key == entry.key;
        }
      }
      found += hit;
      if (!hit && names - found <= 40) std::cout << "not found: " << entry.key.text() << ' ' << *name << '\n';
    }
  }
  std::cout << found << " of " << names << " names\n";
  EXPECT_GE(static_cast<double>(found), 0.97 * static_cast<double>(names));
}

}  // namespace
}  // namespace vsm
