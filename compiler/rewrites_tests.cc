// Rewrites of comparisons, ranges and sets.
#include <algorithm>
#include <map>

#include "compiler/rewrites.h"

namespace kitle {
namespace {

bool is_integer_constant(const Node& node) {
  return node.kind == NodeKind::kConstant && is_whole(node.type);
}

// An exact decimal, written: 2.5 is 25 / 10.
bool is_decimal(const Node& node) {
  return node.kind == NodeKind::kConstant && node.type == ValueType::kNumber &&
         node.denominator > 0 && (node.integer == 0) == (node.number == 0);
}

Int128 floor_div(Int128 a, Int128 b) {
  const Int128 quotient = a / b;
  return a % b != 0 && a < 0 ? quotient - 1 : quotient;
}

// value <= constant, value < constant, and the other way round.
RangeOf below(NodeId value, const Node& constant, bool strict) {
  const Int128 most = floor_div(constant.integer, constant.denominator);
  const bool whole = constant.integer % constant.denominator == 0;
  return {value, kLowest, most - (strict && whole ? 1 : 0)};
}

RangeOf above(NodeId value, const Node& constant, bool strict) {
  const Int128 floor = floor_div(constant.integer, constant.denominator);
  const bool whole = constant.integer % constant.denominator == 0;
  return {value, floor + (strict || !whole ? 1 : 0), kHighest};
}

RangeOf equal(NodeId value, const Node& constant) {
  const Int128 floor = floor_div(constant.integer, constant.denominator);
  const bool whole = constant.integer % constant.denominator == 0;
  return {value, floor, whole ? floor : floor - 1};
}

// Far from the ends of 128 bits, so that nothing above overflows.
bool is_moderate(const Node& constant) {
  return kLowest / 2 < constant.integer && constant.integer < kHighest / 2;
}

bool is_bound(const Node& node) {
  return (is_integer_constant(node) || is_decimal(node)) && is_moderate(node);
}

std::optional<RangeOf> compared(const Plan& plan, const Node& node) {
  const NodeId left = node.args[0];
  const NodeId right = node.args[1];
  const bool strict = node.comparison == Comparison::kLess;
  const bool equality = node.comparison == Comparison::kEqual;
  if (is_whole(plan[left].type) && is_bound(plan[right])) {
    return equality ? equal(left, plan[right])
                    : below(left, plan[right], strict);
  }
  if (is_whole(plan[right].type) && is_bound(plan[left])) {
    return equality ? equal(right, plan[left])
                    : above(right, plan[left], strict);
  }
  return std::nullopt;
}

Node node_of(const RangeOf& range) {
  return {.kind = NodeKind::kRange,
          .args = {range.value},
          .low = range.low,
          .high = range.high};
}

// What a merged test is about: the value and, of texts, the kind of test.
using Subject = std::pair<NodeId, TextTest>;

// Merges the texts of nodes with one subject. `pick` gives the tested node of
// an argument, or null; `wrap` makes an argument of the merged one.
template <class Pick, class Wrap>
std::optional<NodeId> merge_texts(Rewriter& rewriter, const Node& node,
                                  Pick pick, Wrap wrap) {
  std::map<Subject, Node> merged;
  Node rest{.kind = node.kind};
  size_t picked = 0;
  for (const NodeId arg : node.args) {
    const Node* test = pick(rewriter[arg]);
    if (test == nullptr) {
      rest.args.push_back(arg);
      continue;
    }
    ++picked;
    auto [it, added] = merged.try_emplace({test->args[0], test->test}, *test);
    if (added) continue;
    std::vector<std::string>& texts = it->second.texts;
    texts.insert(texts.end(), test->texts.begin(), test->texts.end());
    std::ranges::sort(texts);
    texts.erase(std::ranges::unique(texts).begin(), texts.end());
  }
  if (merged.size() == picked) return std::nullopt;
  for (auto& [subject, test] : merged) {
    rest.args.push_back(wrap(rewriter.make(std::move(test))));
  }
  return rest.args.size() == 1 ? rest.args[0] : rewriter.make(std::move(rest));
}

}  // namespace

std::optional<RangeOf> as_range(const Plan& plan, const Node& node) {
  if (node.kind == NodeKind::kRange) {
    return RangeOf{node.args[0], node.low, node.high};
  }
  if (node.kind == NodeKind::kCompare) return compared(plan, node);
  return std::nullopt;
}

std::optional<NodeId> make_range(Rewriter& rewriter, const Node& node) {
  if (node.kind != NodeKind::kCompare) return std::nullopt;
  const std::optional<RangeOf> range = as_range(rewriter.plan(), node);
  if (!range) return std::nullopt;
  return rewriter.make(node_of(*range));
}

std::optional<NodeId> merge_ranges(Rewriter& rewriter, const Node& node) {
  if (node.kind != NodeKind::kAnd) return std::nullopt;
  std::map<NodeId, RangeOf> merged;
  Node rest{.kind = NodeKind::kAnd};
  size_t ranges = 0;
  for (const NodeId arg : node.args) {
    if (rewriter[arg].kind != NodeKind::kRange) {
      rest.args.push_back(arg);
      continue;
    }
    ++ranges;
    const RangeOf one = *as_range(rewriter.plan(), rewriter[arg]);
    RangeOf& all = merged.try_emplace(one.value, one).first->second;
    all.low = std::max(all.low, one.low);
    all.high = std::min(all.high, one.high);
  }
  if (merged.size() == ranges) return std::nullopt;
  for (const auto& [value, range] : merged) {
    rest.args.push_back(rewriter.make(node_of(range)));
  }
  return rest.args.size() == 1 ? rest.args[0] : rewriter.make(std::move(rest));
}

// In an `and` the same of `is not`: none of the texts.
std::optional<NodeId> merge_sets(Rewriter& rewriter, const Node& node) {
  const auto test = [](const Node& arg) -> const Node* {
    return arg.kind == NodeKind::kTexts ? &arg : nullptr;
  };
  const auto inverse_test = [&](const Node& arg) -> const Node* {
    return arg.kind == NodeKind::kNot ? test(rewriter[arg.args[0]]) : nullptr;
  };
  if (node.kind == NodeKind::kOr) {
    return merge_texts(rewriter, node, test, [](NodeId id) { return id; });
  }
  if (node.kind == NodeKind::kAnd) {
    return merge_texts(rewriter, node, inverse_test,
                       [&](NodeId id) { return rewriter.inverse(id); });
  }
  return std::nullopt;
}

namespace {

// Counts that are added: the events of each. Empty if `value` is anything else.
std::vector<NodeId> counted_events(const Rewriter& rewriter, NodeId value) {
  const Node& node = rewriter[value];
  if (node.kind == NodeKind::kMeasure && node.measure == Measure::kCount) {
    return {node.args[0]};
  }
  if (node.kind != NodeKind::kAdd) return {};
  std::vector<NodeId> all;
  for (const NodeId arg : node.args) {
    const std::vector<NodeId> more = counted_events(rewriter, arg);
    if (more.empty()) return {};
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

}  // namespace

// A count is never missing and never below 0.
std::optional<NodeId> count_to_any(Rewriter& rewriter, const Node& node) {
  const std::optional<RangeOf> range = as_range(rewriter.plan(), node);
  if (!range) return std::nullopt;
  const std::vector<NodeId> events = counted_events(rewriter, range->value);
  const bool none = range->low <= 0 && range->high == 0;
  const bool some = range->low == 1 && range->high >= UINT32_MAX;
  if (events.empty() || (!none && !some)) return std::nullopt;
  Node any{.kind = NodeKind::kOr};
  for (const NodeId each : events) {
    any.args.push_back(rewriter.make({.kind = NodeKind::kAny, .args = {each}}));
  }
  const NodeId found =
      any.args.size() == 1 ? any.args[0] : rewriter.make(std::move(any));
  return some ? found : rewriter.inverse(found);
}

}  // namespace kitle
