// The description of the API for people, made of the one for programs: web/openapi.json.
#include <rapidjson/document.h>

#include <kainjow/mustache.hpp>

#include "query/linked_data.h"
#include "server/html.h"
#include "server/page.h"
#include "server/web_files.h"

namespace vsm {
namespace {

using kainjow::mustache::data;
using rapidjson::Value;

std::string text_of(const Value& object, const char* name) {
  const auto found = object.FindMember(name);
  return found != object.MemberEnd() && found->value.IsString() ? found->value.GetString() : std::string();
}

class Description {
 public:
  Description() {
    const std::string_view file = web_file("openapi.json");
    document_.Parse(file.data(), file.size());
  }

  data page() const {
    const Value& info = document_["info"];
    data page;
    page.set("title", text_of(info, "title"));
    page.set("summary", text_of(info, "summary"));
    page.set("about", text_of(info, "description"));
    page.set("version", text_of(info, "version"));
    data operations(data::type::list), schemas(data::type::list);
    for (const auto& path : document_["paths"].GetObject())
      operations.push_back(operation(path.name.GetString(), path.value["get"]));
    for (const auto& schema : document_["components"]["schemas"].GetObject())
      if (schema.value.HasMember("properties"))
        schemas.push_back(schema_data(schema.name.GetString(), schema.value));
    page.set("operations", operations);
    page.set("schemas", schemas);
    return page;
  }

 private:
  /// Follows a "$ref" into the document.
  const Value& resolved(const Value& value) const {
    const std::string reference = text_of(value, "$ref");
    if (reference.empty()) return value;
    const Value* at = &document_;
    for (std::size_t begin = 2; begin < reference.size();) {
      const std::size_t end = std::min(reference.find('/', begin), reference.size());
      at = &(*at)[reference.substr(begin, end - begin).c_str()];
      begin = end + 1;
    }
    return *at;
  }

  /// The name of the schema that a value refers to, itself, in a list or beside null; else nothing.
  static std::string referred(const Value& value) {
    if (const std::string reference = text_of(value, "$ref"); !reference.empty())
      return reference.substr(reference.rfind('/') + 1);
    if (const auto items = value.FindMember("items"); items != value.MemberEnd())
      return referred(items->value);
    if (const auto any = value.FindMember("anyOf"); any != value.MemberEnd())
      return referred(any->value.GetArray()[0]);
    return {};
  }

  static std::string german_type(const std::string& type) {
    if (type == "string") return "Text";
    if (type == "integer" || type == "number") return "Zahl";
    if (type == "boolean") return "true oder false";
    if (type == "array") return "Liste";
    if (type == "object") return "Objekt";
    return type;
  }

  static std::string type_phrase(const Value& schema) {
    std::string phrase;
    const auto add = [&](const std::string& part) { phrase += (phrase.empty() ? "" : " oder ") + part; };
    if (const auto values = schema.FindMember("enum"); values != schema.MemberEnd()) {
      for (const Value& value : values->value.GetArray())
        add(value.IsString() ? value.GetString() : value.IsInt() ? std::to_string(value.GetInt()) : "null");
    } else if (const auto type = schema.FindMember("type"); type != schema.MemberEnd()) {
      if (type->value.IsString()) add(german_type(type->value.GetString()));
      if (type->value.IsArray())
        for (const Value& one : type->value.GetArray()) add(german_type(one.GetString()));
    } else if (schema.HasMember("anyOf")) {
      add("Objekt oder null");
    }
    return phrase;
  }

  data operation(const std::string& path, const Value& get) const {
    data item;
    item.set("id", text_of(get, "operationId"));
    item.set("path", path);
    item.set("name", text_of(get, "summary"));
    item.set("about", text_of(get, "description"));
    std::string address = path, query;
    data parameters(data::type::list);
    for (const Value& given : get["parameters"].GetArray()) {
      const Value& parameter = resolved(given);
      const std::string name = text_of(parameter, "name"), example = text_of(parameter, "example");
      data entry;
      entry.set("name", name);
      set_known(entry, "about", text_of(parameter, "description"));
      set_known(entry, "type", type_phrase(resolved(parameter["schema"])));
      entry.set("required", flag(parameter["required"].GetBool()));
      parameters.push_back(entry);
      if (example.empty()) continue;
      if (const std::size_t gap = address.find("{" + name + "}"); gap != std::string::npos)
        address.replace(gap, name.size() + 2, example);
      else
        query += (query.empty() ? "?" : "&") + name + "=" + url_encoded(example);
    }
    item.set("parameters", parameters);
    item.set("example", address + query);
    data answers(data::type::list);
    for (const auto& given : get["responses"].GetObject()) {
      const Value& answer = resolved(given.value);
      data entry;
      entry.set("status", std::string(given.name.GetString()));
      entry.set("about", text_of(answer, "description"));
      std::string schema;
      if (const auto content = answer.FindMember("content"); content != answer.MemberEnd())
        schema = referred(content->value.MemberBegin()->value["schema"]);
      set_known(entry, "schema", schema);
      answers.push_back(entry);
    }
    item.set("answers", answers);
    return item;
  }

  /// Fields of a schema, those of objects without a name of their own below them.
  static void add_fields(const Value& schema, const std::string& above, data& fields) {
    const Value& object = schema.HasMember("items") ? schema["items"] : schema;
    if (!object.HasMember("properties")) return;
    for (const auto& property : object["properties"].GetObject()) {
      const std::string name = above + property.name.GetString();
      data entry;
      entry.set("name", name);
      entry.set("type", type_phrase(property.value));
      set_known(entry, "about", text_of(property.value, "description"));
      set_known(entry, "of", referred(property.value));
      fields.push_back(entry);
      add_fields(property.value, name + (property.value.HasMember("items") ? "[]." : "."), fields);
    }
  }

  static data schema_data(const std::string& name, const Value& schema) {
    data item;
    item.set("schema", name);
    set_known(item, "about", text_of(schema, "description"));
    data fields(data::type::list);
    add_fields(schema, "", fields);
    set_list(item, "fields", std::move(fields));
    return item;
  }

  rapidjson::Document document_;
};

}  // namespace

std::string api_page(bool english, const Site& site) {
  static const data content = Description().page();
  PageFrame frame;
  frame.title = phrase("api", english);
  frame.english = english;
  frame.address = "/api";
  frame.listed = true;
  return render_page("api", content, frame, site);
}

}  // namespace vsm
