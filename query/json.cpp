#include "query/json.h"

#include <chrono>

#include "query/json_writer.h"

namespace vsm {
namespace {

class Json : public JsonWriter {
 public:
  explicit Json(const Snapshot* snapshot, bool english = false) : snapshot_(snapshot), english_(english) {}

  void area_fields(AreaIndex index) {
    const Area& area = snapshot_->areas[index];
    field("ars", std::string_view(area.code));
    field("name", std::string_view(area.short_name));
    field("level", level_name(area.level));
  }

  void place(AreaIndex index, std::string_view label = {}) {
    object([&] {
      area_fields(index);
      if (!label.empty()) field("label", label);
      const Area& area = snapshot_->areas[index];
      field("officialName", std::string_view(area.name));
      known("kind", area.kind);
      key("parent");
      area.parent ? value(std::string_view(snapshot_->areas[*area.parent].name)) : null();
      field("population", std::uint64_t{area.population});
    });
  }

  void place_or_null(std::optional<AreaIndex> index) {
    key("place");
    index ? place(*index) : null();
  }

  void area(AreaIndex index) {
    key("area");
    object([&] {
      field("ars", std::string_view(snapshot_->areas[index].code));
      field("name", std::string_view(snapshot_->areas[index].short_name));
    });
  }

  void online(const OnlineOffer& offer) {
    object([&] {
      field("id", std::string_view(offer.service->id.text()));
      known("key", offer.key.text());
      field("level", level_name(snapshot_->areas[offer.area].level));
      area(offer.area);
      online_fields(*offer.service, offer.url);
    });
  }

  void online_fields(const OnlineService& service, const std::string& url) {
    field("title", std::string_view(service.title));
    known("url", url);
    field("form", service.form);
    field("broken", service.broken);
    key("trustLevel");
    service.trust_level > 0 ? value(std::int64_t{service.trust_level}) : null();
    key("maturity");
    service.maturity ? value(std::int64_t{*service.maturity}) : null();
    known("maturityScale", service.maturity_scale);
    known("provider", service.provider);
    field("efa", service.efa);
    known("changed", service.changed);
    field("source", std::string_view(service.source));
    field("sample", service.sample);
  }

  void office(const OfficeOffer& offer) {
    object([&] {
      field("id", std::string_view(offer.office->id.text()));
      known("key", offer.key.text());
      field("level", level_name(snapshot_->areas[offer.area].level));
      area(offer.area);
      office_fields(*offer.office);
    });
  }

  void office_fields(const Office& office) {
    field("name", std::string_view(office.name));
    known("street", office.street);
    known("postcode", office.postcode);
    known("city", office.city);
    known("phone", office.phone);
    known("email", office.email);
    known("url", office.url);
    known("hours", office.hours);
    known("changed", office.changed);
    field("source", std::string_view(office.source));
    field("sample", office.sample);
  }

  /// Keys of the catalogue and of Länder; local ones are never shown.
  void keys(std::vector<ServiceKey> shown) {
    std::erase_if(shown, [](ServiceKey entry) { return entry.is_local(); });
    array("keys", shown, [&](ServiceKey entry) { value(std::string_view(entry.text())); });
  }

  void duties(const std::vector<Duty>& list, std::size_t total) {
    array("areas", list, [&](const Duty& duty) {
      object([&] {
        field("level", level_name(snapshot_->areas[duty.area].level));
        area(duty.area);
        keys(duty.keys);
      });
    });
    field("areasTotal", std::uint64_t{total});
  }

  void counts(const CoverageCount& count) {
    field("services", std::uint64_t{count.services});
    field("somewhere", std::uint64_t{count.somewhere});
    field("everywhere", std::uint64_t{count.everywhere});
    field("own", std::uint64_t{count.own});
    field("inherited", std::uint64_t{count.inherited});
    field("ownPairs", count.own_pairs);
    field("inheritedPairs", count.inherited_pairs);
  }

  /// An area with no source has no data, which is no 0.
  void counts_or_null(const CoverageCount& count, std::uint32_t covered) {
    key("counts");
    if (covered == 0) return null();
    object([&] { counts(count); });
  }

  void result_fields(const SearchResult& result) {
    field("id", std::string_view(result.text.id.text()));
    known("key", result.key.text());
    field("title", std::string_view(result.text.title));
    known("officialTitle", result.text.official_title);
    known("teaser", teaser(result));
    field("level", level_name(snapshot_->areas[result.area].level));
    area(result.area);
    array("topics", result.topics, [&](std::size_t number) {
      const Topic& topic = snapshot_->catalogue.topics()[number];
      object([&] {
        field("id", std::string_view(topic.id));
        field("name", std::string_view(english_ ? topic.name_en : topic.name));
      });
    });
    array("onlineServices", result.online, [&](const OnlineOffer& offer) { online(offer); });
    array("offices", result.offices, [&](const OfficeOffer& offer) { office(offer); });
    key("availability");
    object([&] {
      field("online", std::uint64_t{result.availability.online});
      field("municipalities", std::uint64_t{result.availability.municipalities});
    });
    array("variants", result.variants, [&](const Variant& variant) {
      object([&] {
        field("id", std::string_view(variant.id));
        known("key", variant.key.text());
        field("title", std::string_view(variant.title));
      });
    });
    field("variantsTotal", std::uint64_t{result.variants_total});
    array("onlyIn", result.only_in, [&](AreaIndex index) { object([&] { area_fields(index); }); });
    field("onlyInTotal", std::uint64_t{result.only_in_total});
    known("changed", result.text.changed);
    field("source", std::string_view(result.text.source));
    field("sample", result.text.sample);
    field("score", result.score);
  }

  void facet(std::string_view name, const std::vector<FacetValue>& values) {
    array(name, values, [&](const FacetValue& entry) {
      object([&] {
        field("id", std::string_view(entry.id));
        field("name", std::string_view(entry.name));
        field("count", std::uint64_t{entry.count});
      });
    });
  }

  void topic_count(const TopicCount& count) {
    field("services", std::uint64_t{count.services});
    field("online", std::uint64_t{count.online});
  }

 private:
  /// A text without a teaser borrows ours of the catalogue.
  std::string_view teaser(const SearchResult& result) const {
    if (!result.text.teaser.empty()) return result.text.teaser;
    const CatalogueEntry* entry = snapshot_->catalogue.find(result.key);
    return entry ? std::string_view(entry->teaser) : std::string_view();
  }

  const Snapshot* snapshot_;
  bool english_;
};

}  // namespace

std::string to_json(const SearchAnswer& answer) {
  Json json(&answer.reader.snapshot(), answer.english);
  json.object([&] {
    json.field("query", std::string_view(answer.words));
    json.place_or_null(answer.place);
    json.array("places", answer.places, [&](AreaIndex index) { json.place(index); });
    json.field("placeFromQuery", answer.place_from_words);
    json.known("corrected", answer.corrected);
    json.array("topicsNamed", answer.topics, [&](const NamedTopic& named) {
      json.object([&] {
        json.field("topic", std::string_view(named.topic));
        json.known("situation", named.situation);
        json.field("name", std::string_view(answer.english ? named.name_en : named.name));
      });
    });
    json.field("total", std::uint64_t{answer.total});
    json.field("page", answer.page);
    json.field("size", answer.size);
    json.known("nextCursor", answer.next_cursor);
    json.array("results", answer.results,
               [&](const SearchResult& result) { json.object([&] { json.result_fields(result); }); });
    json.key("facets");
    json.object([&] {
      json.facet("topics", answer.facets.topics);
      json.facet("situations", answer.facets.situations);
      json.facet("levels", answer.facets.levels);
      json.facet("audience", answer.facets.audience);
      json.facet("online", answer.facets.online);
      json.facet("trust", answer.facets.trust);
    });
  });
  return json.take();
}

std::string to_json(const ServiceAnswer& answer) {
  const Snapshot& snapshot = answer.reader.snapshot();
  Json json(&snapshot);
  json.object([&] {
    json.place_or_null(answer.place);
    json.array("places", answer.places, [&](AreaIndex index) { json.place(index); });
    json.result_fields(answer.result);
    json.field("language", std::string_view(answer.language));
    json.array("languages", answer.languages,
               [&](const std::string& language) { json.value(std::string_view(language)); });
    json.array("modules", answer.modules, [&](const FilledModule& filled) {
      json.object([&] {
        json.field("code", std::string_view(filled.module.code));
        json.field("title", module_title(filled.module.code));
        json.field("text", std::string_view(filled.module.text));
        json.field("level", level_name(snapshot.areas[filled.area].level));
        json.area(filled.area);
        json.field("source", std::string_view(filled.source));
      });
    });
    json.array("otherTexts", answer.same_level, [&](const ServiceText& text) {
      json.object([&] {
        json.field("id", std::string_view(text.id.text()));
        json.field("title", std::string_view(text.title));
        json.known("teaser", text.teaser);
        json.field("source", std::string_view(text.source));
        json.field("sample", text.sample);
      });
    });
  });
  return json.take();
}

std::string to_json(const TopicsAnswer& answer, bool english) {
  const Snapshot& snapshot = answer.reader.snapshot();
  const auto situations = snapshot.catalogue.situations();
  Json json(&snapshot);
  json.object([&] {
    json.place_or_null(answer.place);
    std::size_t topic_number = 0;
    json.array("topics", snapshot.catalogue.topics(), [&](const Topic& topic) {
      json.object([&] {
        json.field("id", std::string_view(topic.id));
        json.field("name", std::string_view(english ? topic.name_en : topic.name));
        json.field("nameEn", std::string_view(topic.name_en));
        json.topic_count(answer.topics[topic_number]);
        std::vector<std::size_t> own;
        for (std::size_t i = 0; i < situations.size(); ++i)
          if (situations[i].topic == topic_number) own.push_back(i);
        json.array("situations", own, [&](std::size_t i) {
          json.object([&] {
            json.field("id", std::string_view(situations[i].id));
            json.field("name", std::string_view(situations[i].name));
            json.topic_count(answer.situations[i]);
          });
        });
      });
      ++topic_number;
    });
  });
  return json.take();
}

std::string to_json(const PlacesAnswer& answer) {
  Json json(&answer.reader.snapshot());
  json.object([&] {
    std::size_t number = 0;
    json.array("places", answer.places, [&](AreaIndex index) { json.place(index, answer.labels[number++]); });
  });
  return json.take();
}

std::string to_json(const std::vector<QueryCounts::Entry>& queries) {
  Json json(nullptr);
  json.object([&] {
    json.field("threshold", std::int64_t{QueryCounts::threshold});
    json.array("queries", queries, [&](const QueryCounts::Entry& entry) {
      json.object([&] {
        json.field("query", std::string_view(entry.words));
        json.field("asked", std::int64_t{entry.asked});
        json.field("withoutResult", std::int64_t{entry.without_result});
      });
    });
  });
  return json.take();
}

std::string to_json(const OfficeAnswer& answer) {
  Json json(&answer.reader.snapshot());
  json.object([&] {
    json.field("id", std::string_view(answer.office.id.text()));
    json.office_fields(answer.office);
    json.duties(answer.duties, answer.duties_total);
  });
  return json.take();
}

std::string to_json(const OnlineServiceAnswer& answer) {
  Json json(&answer.reader.snapshot());
  json.object([&] {
    json.field("id", std::string_view(answer.service.id.text()));
    json.online_fields(answer.service, answer.url);
    json.duties(answer.duties, answer.duties_total);
  });
  return json.take();
}

std::string to_json(const OfficesAnswer& answer) {
  const Snapshot& snapshot = answer.reader.snapshot();
  Json json(&snapshot);
  json.object([&] {
    json.place_or_null(answer.place);
    json.array("places", answer.places, [&](AreaIndex index) { json.place(index); });
    json.field("total", std::uint64_t{answer.total});
    json.known("nextCursor", answer.next_cursor);
    json.array("offices", answer.entries, [&](const OfficesAnswer::Entry& entry) {
      json.object([&] {
        json.field("id", std::string_view(entry.office->id.text()));
        json.field("level", level_name(snapshot.areas[entry.area].level));
        json.area(entry.area);
        json.keys(entry.keys);
        json.office_fields(*entry.office);
      });
    });
  });
  return json.take();
}

std::string to_json(const OnlineServicesAnswer& answer) {
  Json json(&answer.reader.snapshot());
  json.object([&] {
    json.place_or_null(answer.place);
    json.array("places", answer.places, [&](AreaIndex index) { json.place(index); });
    json.field("total", std::uint64_t{answer.total});
    json.known("nextCursor", answer.next_cursor);
    json.array("onlineServices", answer.entries, [&](const OnlineOffer& offer) { json.online(offer); });
  });
  return json.take();
}

namespace {

std::string two_digits(unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); }

}  // namespace

std::string date_text(Day day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two_digits(static_cast<unsigned>(date.month())) + "-" +
         two_digits(static_cast<unsigned>(date.day()));
}

std::string moment_text(std::int64_t seconds) {
  const std::int64_t of_day = (seconds % 86'400 + 86'400) % 86'400;
  const auto part = [&](std::int64_t unit, std::int64_t count) {
    return two_digits(static_cast<unsigned>(of_day / unit % count));
  };
  return date_text(static_cast<Day>((seconds - of_day) / 86'400)) + "T" + part(3'600, 24) + ":" +
         part(60, 60) + ":" + part(1, 60) + "Z";
}

std::string to_json(const CoverageAnswer& answer, bool english) {
  const Snapshot& snapshot = answer.reader.snapshot();
  Json json(&snapshot);
  const auto number_or_null = [&](std::string_view name, int number) {
    json.key(name);
    number < 0 ? json.null() : json.value(std::int64_t{number});
  };
  const bool has_data = answer.covered > 0;
  json.object([&] {
    json.place_or_null(answer.place);
    json.array("places", answer.places, [&](AreaIndex index) { json.place(index); });
    json.key("area");
    json.object([&] { json.area_fields(answer.area); });
    json.field("day", std::string_view(date_text(answer.day)));
    json.field("revision", snapshot.revision);
    json.field("municipalities", std::uint64_t{answer.municipalities});
    json.field("covered", std::uint64_t{answer.covered});
    json.counts_or_null(answer.all, answer.covered);
    std::vector<std::size_t> topics;
    for (std::size_t i = 0; has_data && i < answer.topics.size(); ++i)
      if (answer.topics[i].services > 0) topics.push_back(i);
    json.array("topics", topics, [&](std::size_t i) {
      const Topic& topic = snapshot.catalogue.topics()[i];
      json.object([&] {
        json.field("id", std::string_view(topic.id));
        json.field("name", std::string_view(english ? topic.name_en : topic.name));
        json.counts(answer.topics[i]);
      });
    });
    using Traits = std::vector<AreaCoverage::OfTrait>;
    json.array("trustLevels", has_data ? answer.trust_levels : Traits(), [&](const auto& trait) {
      json.object([&] {
        number_or_null("trustLevel", trait.value);
        json.field("somewhere", std::uint64_t{trait.somewhere});
      });
    });
    json.array("maturities", has_data ? answer.maturities : Traits(), [&](const auto& trait) {
      json.object([&] {
        number_or_null("maturity", trait.value);
        json.known("maturityScale", trait.scale == 0 ? "" : trait.scale == 4 ? "0-4" : "0-7");
        json.field("somewhere", std::uint64_t{trait.somewhere});
      });
    });
    json.array("areas", answer.parts, [&](const AreaCoverage::Part& part) {
      json.object([&] {
        json.area_fields(part.area);
        json.field("municipalities", std::uint64_t{part.municipalities});
        json.field("covered", std::uint64_t{part.covered});
        json.counts_or_null(part.count, part.covered);
      });
    });
    json.array("history", answer.history, [&](const CommitInfo& commit) {
      json.object([&] {
        json.field("revision", commit.revision);
        json.field("time", std::string_view(moment_text(commit.time)));
        json.field("covered", std::uint64_t{commit.coverage.covered});
        json.field("somewhere", std::uint64_t{commit.coverage.somewhere});
        json.field("everywhere", std::uint64_t{commit.coverage.everywhere});
        json.field("ownPairs", commit.coverage.own);
        json.field("inheritedPairs", commit.coverage.inherited);
      });
    });
  });
  return json.take();
}

std::string to_json(const SuggestAnswer& answer) {
  const AreaTable& areas = answer.reader.snapshot().areas;
  Json json(&answer.reader.snapshot());
  json.object([&] {
    json.field("query", std::string_view(answer.words));
    json.place_or_null(answer.place);
    json.array("suggestions", answer.suggestions, [&](const Suggestion& suggestion) {
      json.object([&] {
        json.field("type", suggestion_kind_name(suggestion.kind));
        json.field("text", std::string_view(suggestion.text));
        json.array("pieces", suggestion.pieces, [&](const SuggestedPiece& piece) {
          json.object([&] {
            json.field("text", std::string_view(piece.text));
            json.field("match", piece.match);
          });
        });
        json.known("q", suggestion.kind == SuggestionKind::word ? suggestion.text : "");
        json.known("id", suggestion.id);
        json.known("key", suggestion.key.text());
        json.key("online");
        suggestion.kind == SuggestionKind::service ? json.value(suggestion.online) : json.null();
        json.known("topic", suggestion.topic);
        json.known("situation", suggestion.situation);
        json.known("ars", suggestion.area ? std::string_view(areas[*suggestion.area].code) : "");
      });
    });
  });
  return json.take();
}

std::string to_json(const RequestError& error) {
  Json json(nullptr);
  json.object([&] {
    json.field("type", std::string_view("about:blank"));
    json.field("title", std::string_view(error.title));
    json.field("status", std::int64_t{error.status});
    json.field("detail", std::string_view(error.detail));
  });
  return json.take();
}

}  // namespace vsm
