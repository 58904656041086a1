#include "query/linked_data.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <vector>

namespace vsm {
namespace {

using Value = rapidjson::Value;

/// Builds the description of services. One document for one answer.
class Graph {
 public:
  Graph(const Snapshot& snapshot, const std::string& base) : snapshot_(snapshot), base_(base) {
    document_.SetObject();
  }

  void add_context() {
    Value prefixes(rapidjson::kObjectType);
    set(prefixes, "cpsv", "http://purl.org/vocab/cpsv#");
    set(prefixes, "cv", "http://data.europa.eu/m8g/");
    set(prefixes, "dct", "http://purl.org/dc/terms/");
    Value context(rapidjson::kArrayType);
    context.PushBack(text("https://schema.org"), memory());
    context.PushBack(prefixes, memory());
    document_.AddMember("@context", context, memory());
  }

  void describe(Value& node, const SearchResult& result, std::optional<AreaIndex> place,
                const char* language) {
    const std::string address = base_ + service_address(result, place, snapshot_.areas);
    set_types(node, "GovernmentService", "cpsv:PublicService");
    set(node, "@id", address);
    const std::string key = result.key.text(), identifier = key.empty() ? result.text.id.text() : key;
    set(node, "identifier", identifier);
    set(node, "dct:identifier", identifier);
    set(node, "name", result.text.title);
    set(node, "dct:title", spoken(result.text.title, language));
    if (result.text.official_title != result.text.title)
      set(node, "alternateName", result.text.official_title);
    const CatalogueEntry* entry = snapshot_.catalogue.find(result.key);
    const std::string description = result.text.teaser.empty() && entry ? entry->teaser : result.text.teaser;
    if (!description.empty()) {
      set(node, "description", description);
      set(node, "dct:description", spoken(description, language));
    }
    set(node, "serviceType", entry ? entry->official_name : result.text.official_title);
    set(node, "inLanguage", language);
    set(node, "url", address);
    set(node, "dct:modified", result.text.changed);
    add_area(node, place.value_or(result.area));
    add_topics(node, result);
    add_offices(node, result);
    add_channels(node, result);
  }

  Value& root() { return document_; }
  rapidjson::Document::AllocatorType& memory() { return document_.GetAllocator(); }

  /// Without "<" and its like, so that it may stand inside of a page.
  std::string take() {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    document_.Accept(writer);
    std::string safe;
    for (const char* c = buffer.GetString(); *c != '\0'; ++c) {
      if (*c == '<')
        safe += "\\u003c";
      else if (*c == '>')
        safe += "\\u003e";
      else if (*c == '&')
        safe += "\\u0026";
      else
        safe += *c;
    }
    return safe;
  }

 private:
  Value text(const std::string& content) {
    return Value(content.data(), static_cast<rapidjson::SizeType>(content.size()), memory());
  }
  /// Nothing where the fact is not known.
  void set(Value& node, const char* name, const std::string& content) {
    if (!content.empty()) node.AddMember(rapidjson::StringRef(name), text(content), memory());
  }
  void set(Value& node, const char* name, Value content) {
    node.AddMember(rapidjson::StringRef(name), content, memory());
  }
  void set_types(Value& node, const char* of_schema, const char* of_cpsv) {
    Value types(rapidjson::kArrayType);
    types.PushBack(text(of_schema), memory()).PushBack(text(of_cpsv), memory());
    node.AddMember("@type", types, memory());
  }
  Value spoken(const std::string& content, const char* language) {
    Value value(rapidjson::kObjectType);
    set(value, "@value", content);
    set(value, "@language", language);
    return value;
  }
  Value reference(const std::string& address) {
    Value value(rapidjson::kObjectType);
    set(value, "@id", address);
    return value;
  }

  void add_area(Value& node, AreaIndex index) {
    const Area& area = snapshot_.areas[index];
    const bool is_in_tree = area.code.size() == 12 && area.level != Level::katalog;
    const std::string address =
        is_in_tree ? "http://dcat-ap.de/def/politicalGeocoding/regionalKey/" + area.code : std::string();
    Value place(rapidjson::kObjectType);
    set(place, "@type", "AdministrativeArea");
    set(place, "@id", address);
    set(place, "name", area.level == Level::katalog ? "Deutschland" : area.name);
    if (is_in_tree) set(place, "identifier", area.code);
    set(node, "areaServed", std::move(place));
    if (!address.empty()) set(node, "dct:spatial", reference(address));
  }

  void add_topics(Value& node, const SearchResult& result) {
    if (result.topics.empty()) return;
    Value names(rapidjson::kArrayType);
    for (std::size_t topic : result.topics)
      names.PushBack(text(snapshot_.catalogue.topics()[topic].name), memory());
    set(node, "category", std::move(names));
  }

  void add_offices(Value& node, const SearchResult& result) {
    Value providers(rapidjson::kArrayType), authorities(rapidjson::kArrayType),
        contacts(rapidjson::kArrayType);
    std::vector<const Office*> seen;
    for (const OfficeOffer& offer : result.offices) {
      if (std::find(seen.begin(), seen.end(), offer.office) != seen.end()) continue;
      seen.push_back(offer.office);
      const Office& office = *offer.office;
      const std::string address = base_ + "/api/v1/offices/" + url_encoded(office.id.text());
      Value provider(rapidjson::kObjectType);
      set_types(provider, "GovernmentOrganization", "cv:PublicOrganisation");
      set(provider, "@id", address);
      set(provider, "name", office.name);
      set(provider, "dct:title", spoken(office.name, "de"));
      set(provider, "telephone", office.phone);
      set(provider, "email", office.email);
      set(provider, "url", office.url);
      if (!office.street.empty() || !office.city.empty()) {
        Value postal(rapidjson::kObjectType);
        set(postal, "@type", "PostalAddress");
        set(postal, "streetAddress", office.street);
        set(postal, "postalCode", office.postcode);
        set(postal, "addressLocality", office.city);
        set(postal, "addressCountry", "DE");
        set(provider, "address", std::move(postal));
      }
      providers.PushBack(provider, memory());
      authorities.PushBack(reference(address), memory());
      Value contact(rapidjson::kObjectType);
      set(contact, "@type", "cv:ContactPoint");
      set(contact, "cv:telephone", office.phone);
      set(contact, "cv:email", office.email);
      set(contact, "cv:openingHours", office.hours);
      if (!office.url.empty()) set(contact, "cv:contactPage", reference(office.url));
      if (contact.MemberCount() > 1) contacts.PushBack(contact, memory());
    }
    if (!providers.Empty()) set(node, "provider", std::move(providers));
    if (!authorities.Empty()) set(node, "cv:hasCompetentAuthority", std::move(authorities));
    if (!contacts.Empty()) set(node, "cv:hasContactPoint", std::move(contacts));
  }

  void add_channels(Value& node, const SearchResult& result) {
    Value channels(rapidjson::kArrayType), references(rapidjson::kArrayType);
    std::vector<const OnlineService*> seen;
    for (const OnlineOffer& offer : result.online) {
      if (!offer.service->is_online() || std::find(seen.begin(), seen.end(), offer.service) != seen.end())
        continue;
      seen.push_back(offer.service);
      const std::string address = base_ + "/api/v1/online-services/" + url_encoded(offer.service->id.text());
      Value channel(rapidjson::kObjectType);
      set_types(channel, "ServiceChannel", "cv:Channel");
      set(channel, "@id", address);
      set(channel, "name", offer.service->title);
      set(channel, "serviceUrl", offer.url);
      set(channel, "availableLanguage", "de");
      channels.PushBack(channel, memory());
      references.PushBack(reference(address), memory());
    }
    if (channels.Empty()) return;
    set(node, "availableChannel", std::move(channels));
    set(node, "cv:hasChannel", std::move(references));
  }

  const Snapshot& snapshot_;
  const std::string& base_;
  rapidjson::Document document_;
};

}  // namespace

std::string to_json_ld(const ServiceAnswer& answer, const std::string& base) {
  Graph graph(answer.reader.snapshot(), base);
  graph.add_context();
  graph.describe(graph.root(), answer.result, answer.place, answer.language.c_str());
  return graph.take();
}

std::string to_json_ld(const SearchAnswer& answer, const std::string& base) {
  Graph graph(answer.reader.snapshot(), base);
  graph.add_context();
  Value nodes(rapidjson::kArrayType);
  for (const SearchResult& result : answer.results) {
    Value node(rapidjson::kObjectType);
    graph.describe(node, result, answer.place, "de");
    nodes.PushBack(node, graph.memory());
  }
  graph.root().AddMember("@graph", nodes, graph.memory());
  return graph.take();
}

std::string service_address(const SearchResult& result, std::optional<AreaIndex> place,
                            const AreaTable& areas) {
  const std::string key = result.key.text();
  std::string address = "/leistung/" + (key.empty() ? url_encoded(result.text.id.text()) : key);
  if (place) address += "?ars=" + areas[*place].code;
  return address;
}

std::string url_encoded(std::string_view text) {
  static constexpr char hex[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
        c == '.') {
      out += c;
    } else {
      out += '%';
      out += hex[byte >> 4U];
      out += hex[byte & 0xFU];
    }
  }
  return out;
}

}  // namespace vsm
