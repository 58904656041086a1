// One XML object as a flat tree that is filled while a file is parsed and read when the object is whole.
// Nodes and their letters lie in two buffers that are used again for the next object, so reading a million
// objects allocates next to nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace vsm {

class XmlElement;

/// Not thread-safe.
class XmlTree {
 public:
  /// Forgets all; keeps its memory.
  void clear();
  bool empty() const { return nodes_.empty(); }
  /// Memory that the tree takes, about.
  std::size_t bytes() const {
    return letters_.size() + nodes_.size() * sizeof(Node) + attributes_.size() * sizeof(Attribute);
  }

  /// `name` is taken without its prefix.
  void open(std::string_view name);
  /// Of the element that was opened last, before anything else is added to it.
  void attribute(std::string_view name, std::string_view value);
  /// Blanks between elements are dropped.
  void characters(std::string_view text);
  void close();
  /// How many elements are open.
  std::size_t depth() const { return open_.size(); }

  /// The element that was opened first. Valid, with all views from it, until the tree is changed.
  XmlElement root() const;

 private:
  friend class XmlElement;
  using Index = std::uint32_t;
  static constexpr Index none = 0xFFFFFFFF;

  /// An element with its name, or a piece of text.
  struct Node {
    Index begin, length;  ///< in letters_
    Index first = none, last = none, next = none;
    Index attributes, attribute_count = 0;
    bool is_text;
  };
  struct Attribute {
    Index name, name_length, value, value_length;
  };

  Index store(std::string_view text);
  Index add(std::string_view text, bool is_text);
  void drop_blank_text();
  std::string_view view(Index begin, Index length) const { return {letters_.data() + begin, length}; }

  std::string letters_;
  std::vector<Node> nodes_;
  std::vector<Attribute> attributes_;
  std::vector<Index> open_;
};

/// An element of a tree, or none. Cheap to copy.
class XmlElement {
 public:
  XmlElement() = default;

  explicit operator bool() const { return tree_ != nullptr; }
  std::string_view name() const {
    return tree_ ? tree_->view(node().begin, node().length) : std::string_view();
  }
  std::string_view attribute(std::string_view wanted) const;
  /// Its own letters before its first child element, without blanks at either end.
  std::string_view text() const;
  /// All its letters; child elements come as tags, for texts whose HTML is not escaped.
  std::string markup() const;

  XmlElement child(std::string_view wanted) const;
  /// The first child that has one of these names.
  XmlElement child(std::initializer_list<std::string_view> wanted) const;
  /// The first element with one of these names at any depth below, in the order of the file.
  XmlElement below(std::initializer_list<std::string_view> wanted) const;
  /// The text at a path below, of its first match.
  std::string_view at(std::initializer_list<std::string_view> path) const;

  /// for (XmlElement child = first(); child; child = child.next())
  XmlElement first() const { return tree_ ? element_from(node().first) : XmlElement(); }
  XmlElement next() const { return tree_ ? element_from(node().next) : XmlElement(); }
  template <class Visit>
  void each(std::string_view wanted, Visit visit) const {
    for (XmlElement child = first(); child; child = child.next())
      if (child.name() == wanted) visit(child);
  }

 private:
  friend class XmlTree;
  XmlElement(const XmlTree* tree, XmlTree::Index index) : tree_(tree), index_(index) {}
  const XmlTree::Node& node() const { return tree_->nodes_[index_]; }
  void append_content(std::string& out) const;
  /// The element at `index` or the first behind it.
  XmlElement element_from(XmlTree::Index index) const {
    while (index != XmlTree::none && tree_->nodes_[index].is_text) index = tree_->nodes_[index].next;
    return index == XmlTree::none ? XmlElement() : XmlElement(tree_, index);
  }

  const XmlTree* tree_ = nullptr;
  XmlTree::Index index_ = 0;
};

}  // namespace vsm
