// Rewrites of and, or and not. What is dropped here can never be undecided.
#include <algorithm>

#include "compiler/rewrites.h"

namespace kitle {
namespace {

bool is_connective(const Node& node) {
  return node.kind == NodeKind::kAnd || node.kind == NodeKind::kOr;
}

// The constant that decides an `or` (true) or an `and` (false).
bool decides(const Node& connective, const Node& arg) {
  return arg.kind == NodeKind::kAlways &&
         (arg.integer != 0) == (connective.kind == NodeKind::kOr);
}

std::optional<NodeId> fold_connective(Rewriter& rewriter, const Node& node) {
  Node rest = node;
  rest.args.clear();
  bool decided = false;
  bool can_fail = false;
  for (const NodeId arg : node.args) {
    decided = decided || decides(node, rewriter[arg]);
    can_fail = can_fail || rewriter.plan().fallible(arg);
    if (rewriter[arg].kind != NodeKind::kAlways) rest.args.push_back(arg);
  }
  if (decided && !can_fail) return rewriter.always(node.kind == NodeKind::kOr);
  if (decided || rest.args.size() == node.args.size()) return std::nullopt;
  if (rest.args.empty()) return rewriter.always(node.kind == NodeKind::kAnd);
  return rewriter.make(std::move(rest));
}

bool all_constant(const Rewriter& rewriter, const Node& node) {
  return !node.args.empty() && std::ranges::all_of(node.args, [&](NodeId arg) {
    return rewriter[arg].kind == NodeKind::kConstant &&
           is_whole(rewriter[arg].type);
  });
}

// The value of integer arithmetic on constants, if it is one of 128 bits.
std::optional<Int128> computed(const Rewriter& rewriter, const Node& node) {
  const Interval a = Interval::of(rewriter[node.args[0]].integer);
  Outcome result;
  if (node.kind == NodeKind::kNegate) {
    result = negate(a);
  } else {
    const Interval b = Interval::of(rewriter[node.args[1]].integer);
    if (node.kind == NodeKind::kAdd) result = add(a, b);
    if (node.kind == NodeKind::kSubtract) result = subtract(a, b);
    if (node.kind == NodeKind::kMultiply) result = multiply(a, b);
  }
  if (!result.range.is_constant()) return std::nullopt;
  return result.range.low;
}

std::optional<NodeId> fold_arithmetic(Rewriter& rewriter, const Node& node) {
  const bool integers =
      node.kind == NodeKind::kAdd || node.kind == NodeKind::kSubtract ||
      node.kind == NodeKind::kMultiply || node.kind == NodeKind::kNegate;
  if (!integers || !is_whole(node.type) || !all_constant(rewriter, node)) {
    return std::nullopt;
  }
  const std::optional<Int128> value = computed(rewriter, node);
  if (!value) return std::nullopt;
  return rewriter.make(
      {.kind = NodeKind::kConstant, .type = node.type, .integer = *value});
}

std::optional<NodeId> fold_test(Rewriter& rewriter, const Node& node) {
  const std::optional<RangeOf> range = as_range(rewriter.plan(), node);
  if (!range || rewriter[range->value].kind != NodeKind::kConstant) {
    return std::nullopt;
  }
  const Int128 value = rewriter[range->value].integer;
  return rewriter.always(range->low <= value && value <= range->high);
}

// Arguments of a nested `and` in an `and` (or in `or`), in the plan's order.
std::vector<NodeId> flat_args(const Rewriter& rewriter, const Node& node) {
  std::vector<NodeId> args;
  for (const NodeId arg : node.args) {
    const Node& inner = rewriter[arg];
    if (inner.kind == node.kind) {
      args.insert(args.end(), inner.args.begin(), inner.args.end());
    } else {
      args.push_back(arg);
    }
  }
  std::ranges::sort(args);
  args.erase(std::ranges::unique(args).begin(), args.end());
  return args;
}

// The arguments of an `and`, or the node itself as its only one.
std::vector<NodeId> conjuncts(const Rewriter& rewriter, NodeId id) {
  if (rewriter[id].kind == NodeKind::kAnd) return rewriter[id].args;
  return {id};
}

std::vector<NodeId> common_conjuncts(const Rewriter& rewriter,
                                     const Node& node) {
  std::vector<NodeId> common = conjuncts(rewriter, node.args[0]);
  for (const NodeId arg : node.args) {
    const std::vector<NodeId> these = conjuncts(rewriter, arg);
    std::erase_if(common, [&](NodeId id) {
      return std::ranges::find(these, id) == these.end();
    });
  }
  return common;
}

std::vector<NodeId> without(std::vector<NodeId> from,
                            const std::vector<NodeId>& common) {
  std::erase_if(from, [&](NodeId id) {
    return std::ranges::find(common, id) != common.end();
  });
  return from;
}

}  // namespace

std::optional<NodeId> flatten(Rewriter& rewriter, const Node& node) {
  if (!is_connective(node)) return std::nullopt;
  std::vector<NodeId> args = flat_args(rewriter, node);
  if (args.size() == 1) return args[0];
  if (args == node.args) return std::nullopt;
  return rewriter.make({.kind = node.kind, .args = std::move(args)});
}

std::optional<NodeId> fold_constants(Rewriter& rewriter, const Node& node) {
  if (is_connective(node)) return fold_connective(rewriter, node);
  if (node.kind == NodeKind::kNot) {
    const Node& arg = rewriter[node.args[0]];
    if (arg.kind != NodeKind::kAlways) return std::nullopt;
    return rewriter.always(arg.integer == 0);
  }
  if (node.kind == NodeKind::kCompare || node.kind == NodeKind::kRange) {
    return fold_test(rewriter, node);
  }
  return fold_arithmetic(rewriter, node);
}

std::optional<NodeId> drop_double_not(Rewriter& rewriter, const Node& node) {
  if (node.kind != NodeKind::kNot) return std::nullopt;
  const Node& inner = rewriter[node.args[0]];
  if (inner.kind != NodeKind::kNot) return std::nullopt;
  return inner.args[0];
}

// Where nothing is left of an argument, the others add nothing: a or (a and b)
// is a, if b can be dropped.
std::optional<NodeId> factor(Rewriter& rewriter, const Node& node) {
  if (node.kind != NodeKind::kOr || node.args.size() < 2) return std::nullopt;
  std::vector<NodeId> common = common_conjuncts(rewriter, node);
  if (common.empty()) return std::nullopt;
  Node rest{.kind = NodeKind::kOr};
  bool absorbed = false;
  bool can_fail = false;
  for (const NodeId arg : node.args) {
    std::vector<NodeId> left = without(conjuncts(rewriter, arg), common);
    absorbed = absorbed || left.empty();
    if (left.empty()) continue;
    for (const NodeId id : left) {
      can_fail = can_fail || rewriter.plan().fallible(id);
    }
    rest.args.push_back(
        left.size() == 1
            ? left[0]
            : rewriter.make({.kind = NodeKind::kAnd, .args = std::move(left)}));
  }
  if (absorbed && can_fail) return std::nullopt;
  if (!absorbed) common.push_back(rewriter.make(std::move(rest)));
  if (common.size() == 1) return common[0];
  return rewriter.make({.kind = NodeKind::kAnd, .args = std::move(common)});
}

}  // namespace kitle
