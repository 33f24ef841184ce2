// Walking over what the grammar matched: a node with its text and its
// children, reports left out.
#pragma once

#include <optional>

#include "grammar/build.h"

namespace kitle {

class NodeRef {
 public:
  NodeRef(const BuildInput& input, uint32_t index)
      : input_(&input), index_(index) {}

  CstKind kind() const { return node().kind; }
  uint8_t detail() const { return node().detail; }
  uint32_t begin() const { return node().begin; }
  uint32_t end() const { return node().end; }
  Span span() const { return {input_->file, begin(), end()}; }
  std::string_view text() const {
    return input_->text.substr(begin(), end() - begin());
  }
  bool is(CstKind wanted) const { return kind() == wanted; }

  // The first child at all or of a kind.
  std::optional<NodeRef> first() const { return seek(index_ + 1); }
  std::optional<NodeRef> first(CstKind wanted) const {
    for (auto child = first(); child; child = child->following(*this)) {
      if (child->is(wanted)) return child;
    }
    return {};
  }
  std::vector<NodeRef> children() const {
    std::vector<NodeRef> all;
    for (auto child = first(); child; child = child->following(*this)) {
      all.push_back(*child);
    }
    return all;
  }
  // The next child of `parent` behind this one.
  std::optional<NodeRef> following(const NodeRef& parent) const {
    return parent.seek(node().next);
  }

 private:
  const CstNode& node() const { return input_->cst.nodes[index_]; }
  // The child at or behind `index`.
  std::optional<NodeRef> seek(uint32_t index) const {
    const std::vector<CstNode>& nodes = input_->cst.nodes;
    const uint32_t end = node().next;
    while (index < end && nodes[index].kind <= CstKind::kLastReport) {
      index = nodes[index].next;
    }
    if (index >= end) return {};
    return NodeRef(*input_, index);
  }

  const BuildInput* input_;
  uint32_t index_;
};

}  // namespace kitle
