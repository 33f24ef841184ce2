// Plan::add, hashing, what may be undecided, and pruning.
#include "compiler/plan.h"

#include <array>
#include <bit>
#include <functional>

namespace kitle {
namespace {

class Hash {
 public:
  void add(uint64_t value) {
    state_ ^= value + 0x9e3779b97f4a7c15 + (state_ << 12) + (state_ >> 4);
    state_ *= 0xff51afd7ed558ccd;
  }
  void add_wide(Int128 value) {
    add(static_cast<uint64_t>(value));
    add(static_cast<uint64_t>(static_cast<UInt128>(value) >> 64));
  }
  void add_text(std::string_view text) {
    add(std::hash<std::string_view>()(text));
  }
  uint64_t value() const { return state_; }

 private:
  uint64_t state_ = 0x6b69746c65;
};

void hash_window(const WindowSpec& window, Hash& hash) {
  hash.add(static_cast<uint64_t>(window.form) << 8 |
           static_cast<uint64_t>(window.unit));
  hash.add(static_cast<uint64_t>(window.n));
  hash.add(static_cast<uint64_t>(window.m));
  hash.add(static_cast<uint64_t>(window.first_day));
  hash.add(static_cast<uint64_t>(window.last_day));
  hash.add(static_cast<uint64_t>(window.first));
  hash.add(static_cast<uint64_t>(window.last));
}

void hash_steps(const std::optional<AnchorSteps>& steps, Hash& hash) {
  hash.add(steps ? 1 : 0);
  if (!steps) return;
  hash.add(static_cast<uint64_t>(steps->shape) << 16 |
           static_cast<uint64_t>(steps->unit) << 8 |
           static_cast<uint64_t>(steps->low_unit));
  hash.add(static_cast<uint64_t>(steps->n));
  hash.add(static_cast<uint64_t>(steps->m));
}

void hash_points(const Node& node, Hash& hash) {
  for (const PointsOf& of : node.points) {
    hash.add(static_cast<uint64_t>(of.points));
    hash.add(static_cast<uint64_t>(of.per));
    hash.add(uint64_t{of.column} << 8 | static_cast<uint64_t>(of.kind) << 2 |
             uint64_t{of.of_events} << 1 | uint64_t{of.by_order});
  }
  hash.add(static_cast<uint64_t>(node.most_a_day));
  hash.add(static_cast<uint64_t>(node.most));
  hash.add(node.halving);
}

void hash_span(const std::optional<StepSpan>& span, Hash& hash) {
  hash.add(span ? static_cast<uint64_t>(span->unit) + 1 : 0);
  hash.add(span ? static_cast<uint64_t>(span->n) : 0);
}

void hash_sequence(const Node& node, Hash& hash) {
  for (const PlanStep& step : node.steps) {
    hash.add(uint64_t{step.negated} << 1 | uint64_t{step.by_order});
    hash_span(step.within, hash);
    for (const uint32_t column : step.same) hash.add(column);
  }
  for (const PlanComparison& each : node.comparisons) {
    hash.add(uint64_t{each.own} << 32 | each.other);
    hash.add(static_cast<uint64_t>(each.comparison) << 1 |
             uint64_t{each.negated});
  }
  hash_span(node.all_within, hash);
}

uint64_t hash_of(const Node& node) {
  Hash hash;
  hash.add(static_cast<uint64_t>(node.kind) << 8 |
           static_cast<uint64_t>(node.type));
  hash.add(uint64_t{node.table} << 32 | node.column);
  for (const NodeId arg : node.args) hash.add(arg);
  hash.add_wide(node.integer);
  // 0 and -0 are equal, so they must not differ here.
  hash.add(std::bit_cast<uint64_t>(node.number == 0 ? 0.0 : node.number));
  hash.add_wide(node.low);
  hash.add_wide(node.high);
  for (const int64_t value : node.integers) {
    hash.add(static_cast<uint64_t>(value));
  }
  for (const int64_t value : node.values) {
    hash.add(static_cast<uint64_t>(value));
  }
  for (const std::string& text : node.texts) hash.add_text(text);
  hash.add(uint64_t{node.any_case} << 32 |
           static_cast<uint64_t>(node.rounding) << 24 |
           static_cast<uint64_t>(node.test) << 16 |
           static_cast<uint64_t>(node.comparison) << 8 |
           static_cast<uint64_t>(node.measure));
  hash.add(uint64_t{node.last} << 3 | uint64_t{node.until} << 2 |
           uint64_t{node.by_order} << 1 | uint64_t{node.has_where});
  hash_steps(node.after, hash);
  hash_steps(node.before, hash);
  hash_window(node.window, hash);
  hash_points(node, hash);
  hash_sequence(node, hash);
  return hash.value();
}

uint32_t joined(uint32_t left, uint32_t right) {
  if (left == kAnywhere) return right;
  if (right == kAnywhere || left == right) return left;
  return left == kProfiles ? right : left;
}

bool reads_event(NodeKind kind) {
  return kind >= NodeKind::kProperty && kind <= NodeKind::kOrderValue;
}

bool is_arithmetic(NodeKind kind) {
  return kind >= NodeKind::kAdd && kind <= NodeKind::kPercentOf;
}

uint32_t domain_of(const Plan& plan, const Node& node) {
  if (family_of(node.kind) == Family::kFilter ||
      family_of(node.kind) == Family::kFeature ||
      node.kind == NodeKind::kAttribute || node.kind == NodeKind::kSequence) {
    return kProfiles;
  }
  if (reads_event(node.kind)) return node.table;
  uint32_t domain = kAnywhere;
  for (const NodeId arg : node.args) domain = joined(domain, plan[arg].domain);
  return domain;
}

// Whether the node itself can fail: integers can leave 128 bits, as the cross
// products of fractions, and sums of numbers the finite ones.
bool can_fail(const Plan& plan, const Node& node) {
  if (is_arithmetic(node.kind) || node.kind == NodeKind::kPoints ||
      node.kind == NodeKind::kRounded) {
    return true;
  }
  if (node.kind == NodeKind::kCompare) {
    return is_fraction(plan[node.args[0]].type) ||
           is_fraction(plan[node.args[1]].type);
  }
  return node.type == ValueType::kNumber &&
         (family_of(node.kind) == Family::kFeature ||
          node.kind == NodeKind::kOrderTotal ||
          node.kind == NodeKind::kOrderValue);
}

}  // namespace

const char* node_name(NodeKind kind) {
  constexpr std::array kNames = {
      "events",     "any",         "measure",     "moment",     "points",
      "tally",      "constant",    "fitted cut",  "attribute",  "property",
      "event time", "order total", "order value", "add",        "subtract",
      "multiply",   "divide",      "negate",      "percent of", "day of",
      "hour of",    "weekday of",  "age",         "length of",  "rounded",
      "looked up",  "days since",  "time since",  "always",     "and",
      "or",         "not",         "compare",     "range",      "integers",
      "texts",      "element of",  "present",     "in window",  "birthday",
      "sequence"};
  static_assert(kNames.size() == static_cast<size_t>(NodeKind::kSequence) + 1);
  return kNames[static_cast<size_t>(kind)];
}

Family family_of(NodeKind kind) {
  if (kind == NodeKind::kEvents) return Family::kFilter;
  if (kind <= NodeKind::kTally) return Family::kFeature;
  return kind <= NodeKind::kTimeSince ? Family::kValue : Family::kPredicate;
}

NodeId where_of(const Node& events) {
  return events.has_where ? events.args[0] : kNone;
}

NodeId after_of(const Node& events) {
  return events.after ? events.args[events.has_where ? 1 : 0] : kNone;
}

NodeId before_of(const Node& events) {
  return events.before ? events.args.back() : kNone;
}

NodeId measured_of(const Node& node) {
  const bool measured = node.kind == NodeKind::kMeasure && node.args.size() > 1;
  return measured ? node.args[1] : kNone;
}

NodeId Plan::add(Node node) {
  node.domain = domain_of(*this, node);
  const uint64_t hash = hash_of(node);
  const auto [first, last] = by_hash_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    if (nodes_[it->second] == node) return it->second;
  }
  bool fails = can_fail(*this, node);
  for (const NodeId arg : node.args) fails = fails || fallible_[arg];
  const NodeId id = size();
  nodes_.push_back(std::move(node));
  fallible_.push_back(fails);
  by_hash_.emplace(hash, id);
  return id;
}

Plan pruned(const Plan& plan) {
  std::vector<bool> needed(plan.size(), false);
  for (const PlanSegment& segment : plan.segments) {
    needed[segment.condition] = true;
    if (segment.value != kNone) needed[segment.value] = true;
  }
  for (NodeId id = plan.size(); id-- > 0;) {
    if (!needed[id]) continue;
    for (const NodeId arg : plan[id].args) needed[arg] = true;
  }
  Plan result;
  std::vector<NodeId> moved(plan.size(), kNone);
  for (NodeId id = 0; id < plan.size(); ++id) {
    if (!needed[id]) continue;
    Node node = plan[id];
    for (NodeId& arg : node.args) arg = moved[arg];
    moved[id] = result.add(std::move(node));
  }
  for (const PlanSegment& segment : plan.segments) {
    const bool valued = segment.value != kNone;
    result.segments.push_back({segment.name, moved[segment.condition],
                               valued ? moved[segment.value] : kNone});
  }
  return result;
}

bool is_fraction(ValueType type) {
  return type == ValueType::kMoneyFraction ||
         type == ValueType::kDurationFraction || type == ValueType::kPoints;
}

bool is_text(ValueType type) {
  return type == ValueType::kText || type == ValueType::kCode;
}

bool is_list_type(ValueType type) {
  return type == ValueType::kTextList || type == ValueType::kCodeList;
}

bool is_whole(ValueType type) {
  return type != ValueType::kNumber && !is_fraction(type) && !is_text(type) &&
         !is_list_type(type);
}

}  // namespace kitle
