#include "indexer/xml_tree.h"

#include <algorithm>

#include "indexer/html.h"
#include "indexer/plain_text.h"

namespace vsm {

void XmlTree::clear() {
  letters_.clear();
  nodes_.clear();
  attributes_.clear();
  open_.clear();
}

XmlTree::Index XmlTree::store(std::string_view text) {
  const auto begin = static_cast<Index>(letters_.size());
  letters_ += text;
  return begin;
}

XmlTree::Index XmlTree::add(std::string_view text, bool is_text) {
  const auto index = static_cast<Index>(nodes_.size());
  Node node{};
  node.begin = store(text);
  node.length = static_cast<Index>(text.size());
  node.first = node.last = node.next = none;
  node.attributes = static_cast<Index>(attributes_.size());
  node.is_text = is_text;
  nodes_.push_back(node);
  if (!open_.empty()) {
    Node& parent = nodes_[open_.back()];
    (parent.last == none ? parent.first : nodes_[parent.last].next) = index;
    parent.last = index;
  }
  return index;
}

/// A text node is the newest node as long as nothing came behind it, so it can go without a gap. Only the one
/// before it does not know that it is the last again; it is looked up among the children, which are few then.
void XmlTree::drop_blank_text() {
  if (nodes_.empty() || open_.empty() || !nodes_.back().is_text) return;
  Node& parent = nodes_[open_.back()];
  const Node text = nodes_.back();
  if (parent.last + 1 != nodes_.size() || !trim(view(text.begin, text.length)).empty()) return;
  letters_.resize(text.begin);
  nodes_.pop_back();
  parent.last = text.first;  // a text keeps there what came before it
  (parent.last == none ? parent.first : nodes_[parent.last].next) = none;
}

void XmlTree::open(std::string_view name) {
  drop_blank_text();
  const std::size_t colon = name.rfind(':');
  open_.push_back(add(colon == std::string_view::npos ? name : name.substr(colon + 1), false));
}

void XmlTree::attribute(std::string_view name, std::string_view value) {
  const Index name_begin = store(name), value_begin = store(value);
  attributes_.push_back(
      {name_begin, static_cast<Index>(name.size()), value_begin, static_cast<Index>(value.size())});
  ++nodes_[open_.back()].attribute_count;
}

void XmlTree::characters(std::string_view text) {
  if (open_.empty() || text.empty()) return;
  const Index last = nodes_[open_.back()].last;
  if (last != none && last + 1 == nodes_.size() && nodes_[last].is_text) {
    store(text);
    nodes_[last].length += static_cast<Index>(text.size());
    return;
  }
  const Index added = add(text, true);
  nodes_[added].first = last;
}

void XmlTree::close() {
  if (nodes_[open_.back()].first != nodes_[open_.back()].last) drop_blank_text();
  open_.pop_back();
}

XmlElement XmlTree::root() const { return nodes_.empty() ? XmlElement() : XmlElement(this, 0); }

std::string_view XmlElement::attribute(std::string_view wanted) const {
  if (!tree_) return {};
  const XmlTree::Node& self = node();
  for (XmlTree::Index i = self.attributes; i < self.attributes + self.attribute_count; ++i) {
    const XmlTree::Attribute& found = tree_->attributes_[i];
    if (tree_->view(found.name, found.name_length) == wanted)
      return tree_->view(found.value, found.value_length);
  }
  return {};
}

std::string_view XmlElement::text() const {
  if (!tree_ || node().first == XmlTree::none) return {};
  const XmlTree::Node& child = tree_->nodes_[node().first];
  return child.is_text ? trim(tree_->view(child.begin, child.length)) : std::string_view();
}

std::string XmlElement::markup() const {
  if (!first()) return std::string(text());
  std::string out;
  append_content(out);
  return out;
}

void XmlElement::append_content(std::string& out) const {
  for (XmlTree::Index at = node().first; at != XmlTree::none; at = tree_->nodes_[at].next) {
    const XmlTree::Node& child = tree_->nodes_[at];
    const std::string_view letters = tree_->view(child.begin, child.length);
    if (child.is_text) {
      out += escape_html(letters);
      continue;
    }
    out += '<';
    out += letters;
    for (XmlTree::Index i = child.attributes; i < child.attributes + child.attribute_count; ++i) {
      const XmlTree::Attribute& attribute = tree_->attributes_[i];
      out += ' ';
      out += tree_->view(attribute.name, attribute.name_length);
      out += "=\"";
      out += escape_html(tree_->view(attribute.value, attribute.value_length));
      out += '"';
    }
    out += '>';
    XmlElement(tree_, at).append_content(out);
    if (letters == "br") continue;
    out += "</";
    out += letters;
    out += '>';
  }
}

XmlElement XmlElement::child(std::string_view wanted) const {
  for (XmlElement found = first(); found; found = found.next())
    if (found.name() == wanted) return found;
  return {};
}

XmlElement XmlElement::child(std::initializer_list<std::string_view> wanted) const {
  for (XmlElement found = first(); found; found = found.next())
    if (std::find(wanted.begin(), wanted.end(), found.name()) != wanted.end()) return found;
  return {};
}

XmlElement XmlElement::below(std::initializer_list<std::string_view> wanted) const {
  for (XmlElement child = first(); child; child = child.next()) {
    if (std::find(wanted.begin(), wanted.end(), child.name()) != wanted.end()) return child;
    if (const XmlElement found = child.below(wanted)) return found;
  }
  return {};
}

std::string_view XmlElement::at(std::initializer_list<std::string_view> path) const {
  XmlElement element = *this;
  for (std::string_view step : path) element = element.child(step);
  return element.text();
}

}  // namespace vsm
