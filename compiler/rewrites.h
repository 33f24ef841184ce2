// The rewrites themselves, one function each; simplify() tries those that are
// on. Inside of the compiler only.
#pragma once

#include <optional>
#include <vector>

#include "compiler/plan.h"
#include "compiler/simplify.h"

namespace kitle {

// A plan in the making, to which rewrites add nodes.
class Rewriter {
 public:
  Rewriter(const Schema& schema, const Rewrites& on)
      : schema_(schema), on_(on) {}

  // The simplest node that means `node`; its arguments are simple already.
  NodeId make(Node node);
  NodeId always(bool value) {
    return make({.kind = NodeKind::kAlways, .integer = value ? 1 : 0});
  }
  NodeId inverse(NodeId id) {
    return make({.kind = NodeKind::kNot, .args = {id}});
  }

  Plan& plan() { return plan_; }
  const Schema& schema() const { return schema_; }
  const Node& operator[](NodeId id) const { return plan_[id]; }

 private:
  std::optional<NodeId> rewritten(const Node& node);

  const Schema& schema_;
  Rewrites on_;
  Plan plan_;
};

// What replaces `node`, or nothing.
using RewriteFunction = std::optional<NodeId> (*)(Rewriter& rewriter,
                                                  const Node& node);
std::optional<NodeId> flatten(Rewriter& rewriter, const Node& node);
std::optional<NodeId> fold_constants(Rewriter& rewriter, const Node& node);
std::optional<NodeId> drop_double_not(Rewriter& rewriter, const Node& node);
std::optional<NodeId> make_range(Rewriter& rewriter, const Node& node);
std::optional<NodeId> merge_ranges(Rewriter& rewriter, const Node& node);
std::optional<NodeId> merge_sets(Rewriter& rewriter, const Node& node);
std::optional<NodeId> split_group(Rewriter& rewriter, const Node& node);
std::optional<NodeId> count_to_any(Rewriter& rewriter, const Node& node);
std::optional<NodeId> anchor_to_window(Rewriter& rewriter, const Node& node);
std::optional<NodeId> days_to_window(Rewriter& rewriter, const Node& node);
std::optional<NodeId> any_to_last_time(Rewriter& rewriter, const Node& node);
std::optional<NodeId> factor(Rewriter& rewriter, const Node& node);

// Windows that end now, or later, where no event is: only their beginning
// matters to events.
bool reaches_now(const WindowSpec& window);

// `node` as low <= value <= high, where it is that: a range, or a comparison
// of an integer with a constant.
struct RangeOf {
  NodeId value = kNone;
  Int128 low = kLowest;
  Int128 high = kHighest;
};
std::optional<RangeOf> as_range(const Plan& plan, const Node& node);

}  // namespace kitle
