#include "query/json.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace vsm {
namespace {

class Json {
 public:
  explicit Json(const Snapshot* snapshot, bool english = false) : snapshot_(snapshot), english_(english) {}

  std::string take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

  void key(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
  void value(std::string_view text) {
    writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  void value(bool truth) { writer_.Bool(truth); }
  void value(std::uint64_t number) { writer_.Uint64(number); }
  void value(std::int64_t number) { writer_.Int64(number); }
  void value(double number) { writer_.Double(number); }
  void null() { writer_.Null(); }

  template <class T>
  void field(std::string_view name, const T& content) {
    key(name);
    value(content);
  }
  /// Empty text says null: the fact is not known.
  void known(std::string_view name, std::string_view text) {
    key(name);
    text.empty() ? null() : value(text);
  }
  template <class Body>
  void object(Body body) {
    writer_.StartObject();
    body();
    writer_.EndObject();
  }
  template <class Range, class Body>
  void array(std::string_view name, const Range& range, Body body) {
    key(name);
    writer_.StartArray();
    for (const auto& item : range) body(item);
    writer_.EndArray();
  }

  void area_fields(AreaIndex index) {
    const Area& area = snapshot_->areas[index];
    field("ars", std::string_view(area.code));
    field("name", std::string_view(area.short_name));
    field("level", level_name(area.level));
  }

  void place(AreaIndex index) {
    object([&] {
      area_fields(index);
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
    const OnlineService& service = *offer.service;
    object([&] {
      field("id", std::string_view(service.id.text()));
      known("key", offer.key.text());
      field("title", std::string_view(service.title));
      known("url", offer.url);
      field("form", service.form);
      field("broken", service.broken);
      field("level", level_name(snapshot_->areas[offer.area].level));
      area(offer.area);
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
    });
  }

  void office(const OfficeOffer& offer) {
    const Office& office = *offer.office;
    object([&] {
      field("id", std::string_view(office.id.text()));
      known("key", offer.key.text());
      field("name", std::string_view(office.name));
      field("level", level_name(snapshot_->areas[offer.area].level));
      area(offer.area);
      known("street", office.street);
      known("postcode", office.postcode);
      known("city", office.city);
      known("phone", office.phone);
      known("email", office.email);
      known("url", office.url);
      known("changed", office.changed);
      field("source", std::string_view(office.source));
      field("sample", office.sample);
    });
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

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
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

std::string to_json(const TopicsAnswer& answer) {
  const Snapshot& snapshot = answer.reader.snapshot();
  const auto situations = snapshot.catalogue.situations();
  Json json(&snapshot);
  json.object([&] {
    json.place_or_null(answer.place);
    std::size_t topic_number = 0;
    json.array("topics", snapshot.catalogue.topics(), [&](const Topic& topic) {
      json.object([&] {
        json.field("id", std::string_view(topic.id));
        json.field("name", std::string_view(topic.name));
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
  json.object([&] { json.array("places", answer.places, [&](AreaIndex index) { json.place(index); }); });
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
