// Shapes of JSON answers in a compact notation, and what deviates from them: names and types, all the way
// down, and nothing that the shape does not name.
//   {id: text, links: [{uri: text}], zip: text?, sample?: true}
// Types are text, number, bool and true; "?" behind a type: or null; "?" behind a name: or absent.
#pragma once

#include <simdjson.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace vsm {

/// "text", "number", "bool", "list", "object" or "null".
inline std::string type_of(const simdjson::dom::element& value) {
  using simdjson::dom::element_type;
  switch (value.type()) {
    case element_type::STRING:
      return "text";
    case element_type::BOOL:
      return "bool";
    case element_type::ARRAY:
      return "list";
    case element_type::OBJECT:
      return "object";
    case element_type::NULL_VALUE:
      return "null";
    default:
      return "number";
  }
}

class Shape {
 public:
  /// Throws std::invalid_argument where the notation is wrong.
  explicit Shape(std::string_view notation) {
    std::string_view rest = notation;
    root_ = read(rest);
    skip(rest);
    if (!rest.empty()) fail(rest);
  }

  /// What deviates, a line each: "onlineservices[2].id is missing".
  std::vector<std::string> deviations(const simdjson::dom::element& value) const {
    std::vector<std::string> found;
    compare(*root_, value, "", found);
    return found;
  }

 private:
  struct Field;
  struct Node {
    std::string type;  ///< "object", "list" or the name of a simple one
    bool nullable = false;
    std::map<std::string, Field> fields;  ///< of an object
    std::unique_ptr<Node> entry;          ///< of a list
  };
  struct Field {
    std::unique_ptr<Node> node;
    bool optional = false;
  };

  [[noreturn]] static void fail(std::string_view rest) {
    throw std::invalid_argument("no shape: " + std::string(rest.substr(0, 60)));
  }
  static void skip(std::string_view& rest) {
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\n')) rest.remove_prefix(1);
  }
  static bool take(std::string_view& rest, char c) {
    skip(rest);
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  static std::string word(std::string_view& rest, std::string_view end) {
    skip(rest);
    const std::string text(rest.substr(0, rest.find_first_of(end)));
    rest.remove_prefix(text.size());
    if (text.empty()) fail(rest);
    return text;
  }

  static std::unique_ptr<Node> read(std::string_view& rest) {
    auto node = std::make_unique<Node>();
    if (take(rest, '{')) {
      node->type = "object";
      while (!take(rest, '}')) {
        std::string name = word(rest, ":?");
        Field field;
        field.optional = take(rest, '?');
        if (!take(rest, ':')) fail(rest);
        field.node = read(rest);
        if (!node->fields.emplace(std::move(name), std::move(field)).second) fail(rest);
        take(rest, ',');
      }
    } else if (take(rest, '[')) {
      node->type = "list";
      if (!take(rest, ']')) {
        node->entry = read(rest);
        if (!take(rest, ']')) fail(rest);
      }
    } else {
      node->type = word(rest, " ,?]}\n");
      if (node->type != "text" && node->type != "number" && node->type != "bool" && node->type != "true")
        fail(node->type);
    }
    node->nullable = take(rest, '?');
    return node;
  }

  static void compare(const Node& node, const simdjson::dom::element& value, const std::string& path,
                      std::vector<std::string>& found) {
    const std::string type = type_of(value);
    if (type == "null" && node.nullable) return;
    if (type != node.type && !(node.type == "true" && type == "bool" && value.get_bool().value())) {
      found.push_back(path + " is " + type + " and not " + node.type);
    } else if (type == "list") {
      std::size_t at = 0;
      for (const simdjson::dom::element entry : value.get_array()) {
        const std::string entry_path = path + "[" + std::to_string(at++) + "]";
        if (node.entry)
          compare(*node.entry, entry, entry_path, found);
        else
          found.push_back(entry_path + " stands in a list that is always empty");
      }
    } else if (type == "object") {
      for (const auto& [name, field] : node.fields) {
        simdjson::dom::element inner;
        if (value[name].get(inner) == simdjson::SUCCESS)
          compare(*field.node, inner, path + "." + name, found);
        else if (!field.optional)
          found.push_back(path + "." + name + " is missing");
      }
      for (const auto member : value.get_object())
        if (!node.fields.contains(std::string(member.key)))
          found.push_back(path + "." + std::string(member.key) + " is not in the shape");
    }
  }

  std::unique_ptr<Node> root_;
};

}  // namespace vsm
