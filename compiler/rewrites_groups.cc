// What is said of a group of events, said of its members' tables: these need
// not be merged then.
#include <algorithm>
#include <unordered_map>

#include "compiler/rewrites.h"

namespace kitle {
namespace {

// Nodes of a group's events as nodes of a member's.
class OfMember {
 public:
  OfMember(Rewriter& rewriter, uint32_t group, uint32_t member)
      : rewriter_(rewriter), group_(group), member_(member) {}

  // A kEvents of the group. `with`: a column of the group that they must have,
  // or kNone.
  NodeId events(NodeId id, uint32_t with) {
    Node made = rewriter_[id];
    made.table = member_;
    if (made.has_where) made.args[0] = node(made.args[0]);
    if (with != kNone && !is_of_time(with)) require(column(with), made);
    return rewriter_.make(std::move(made));
  }

  uint32_t column(uint32_t index) const {
    if (index == kNone || is_of_time(index)) return index;
    const Schema& schema = rewriter_.schema();
    const std::string& name = schema.event(group_).columns[index].name;
    const auto& columns = schema.event(member_).columns;
    const auto found = std::ranges::find(columns, name, &Column::name);
    return static_cast<uint32_t>(found - columns.begin());
  }

  bool counts_orders() const {
    return rewriter_.schema().counts_orders(member_);
  }

 private:
  NodeId node(NodeId id) {
    if (rewriter_[id].domain != group_) return id;
    const auto found = made_.find(id);
    if (found != made_.end()) return found->second;
    Node made = rewriter_[id];
    for (NodeId& arg : made.args) arg = node(arg);
    if (made.table == group_) {
      made.table = member_;
      made.column = column(made.column);
    }
    const NodeId result = rewriter_.make(std::move(made));
    made_.emplace(id, result);
    return result;
  }

  void require(uint32_t index, Node& events) {
    const Column& of = rewriter_.schema().event(member_).columns[index];
    const NodeId property = rewriter_.make({.kind = NodeKind::kProperty,
                                            .type = type_of(of.type),
                                            .table = member_,
                                            .column = index});
    NodeId present =
        rewriter_.make({.kind = NodeKind::kPresent, .args = {property}});
    if (events.has_where) {
      present = rewriter_.make(
          {.kind = NodeKind::kAnd, .args = {events.args[0], present}});
      events.args[0] = present;
      return;
    }
    events.args.insert(events.args.begin(), present);
    events.has_where = true;
  }

  static ValueType type_of(TypeKind type) {
    if (type == TypeKind::kMoney) return ValueType::kMoney;
    return type == TypeKind::kDuration ? ValueType::kDuration
                                       : ValueType::kInteger;
  }

  Rewriter& rewriter_;
  uint32_t group_;
  uint32_t member_;
  std::unordered_map<NodeId, NodeId> made_;
};

const DerivedEvents* group_of(const Rewriter& rewriter, uint32_t table) {
  const Schema& schema = rewriter.schema();
  if (table >= schema.event_count()) return nullptr;
  const DerivedEvents* derived = schema.derived_event(table);
  const bool group =
      derived != nullptr && derived->is_group() && !derived->members.empty();
  return group ? derived : nullptr;
}

// The sum of a measure of each member. `with`: see events().
NodeId added(Rewriter& rewriter, const Node& node, Measure measure,
             ValueType type, uint32_t with) {
  NodeId sum = kNone;
  for (const uint32_t member : group_of(rewriter, node.table)->members) {
    OfMember of(rewriter, node.table, member);
    Node part{.kind = NodeKind::kMeasure, .type = type, .table = member};
    part.column = measure == Measure::kSum ? of.column(node.column) : kNone;
    part.args = {of.events(node.args[0], with)};
    part.measure = measure;
    part.by_order =
        node.by_order && measure == Measure::kCount && of.counts_orders();
    const NodeId one = rewriter.make(std::move(part));
    sum = sum == kNone
              ? one
              : rewriter.make(
                    {.kind = NodeKind::kAdd, .type = type, .args = {sum, one}});
  }
  return sum;
}

ValueType type_of(const Rewriter& rewriter, const Node& node) {
  const Schema& schema = rewriter.schema();
  switch (schema.event(node.table).columns[node.column].type) {
    case TypeKind::kMoney:
      return ValueType::kMoney;
    case TypeKind::kInteger:
      return ValueType::kInteger;
    case TypeKind::kDuration:
      return ValueType::kDuration;
    default:
      return ValueType::kNumber;  // and what has no sum
  }
}

// Numbers are added in the order of events, so their sums are not split.
std::optional<NodeId> split_measure(Rewriter& rewriter, const Node& node) {
  if (node.measure == Measure::kCount) {
    return added(rewriter, node, Measure::kCount, ValueType::kInteger, kNone);
  }
  const bool sum = node.measure == Measure::kSum;
  if (!sum && node.measure != Measure::kAverage) return std::nullopt;
  const ValueType type = type_of(rewriter, node);
  if (type == ValueType::kNumber) return std::nullopt;
  const NodeId total = added(rewriter, node, Measure::kSum, type, kNone);
  if (sum) return total;
  const NodeId count =
      added(rewriter, node, Measure::kCount, ValueType::kInteger, node.column);
  return rewriter.make(
      {.kind = NodeKind::kDivide, .type = node.type, .args = {total, count}});
}

// Each event gives its points for itself, but for values that count once.
std::optional<NodeId> split_points(Rewriter& rewriter, const Node& node) {
  const auto group = [&](size_t i) {
    const bool once = node.points[i].kind == PointsLine::Kind::kDifferent;
    return once || !node.points[i].of_events
               ? nullptr
               : group_of(rewriter, rewriter[node.args[i]].table);
  };
  Node made = node;
  made.args.clear();
  made.points.clear();
  for (size_t i = 0; i < node.args.size(); ++i) {
    const DerivedEvents* of = group(i);
    if (of == nullptr) {
      made.args.push_back(node.args[i]);
      made.points.push_back(node.points[i]);
      continue;
    }
    const uint32_t table = rewriter[node.args[i]].table;
    for (const uint32_t member : of->members) {
      OfMember own(rewriter, table, member);
      made.args.push_back(own.events(node.args[i], kNone));
      PointsOf& points = made.points.emplace_back(node.points[i]);
      points.column = own.column(points.column);
      points.by_order = points.by_order && own.counts_orders();
    }
  }
  if (made.args.size() == node.args.size()) return std::nullopt;
  return rewriter.make(std::move(made));
}

}  // namespace

std::optional<NodeId> split_group(Rewriter& rewriter, const Node& node) {
  if (node.kind == NodeKind::kPoints) return split_points(rewriter, node);
  if (node.kind != NodeKind::kMeasure) return std::nullopt;
  if (measured_of(node) != kNone) return std::nullopt;
  if (group_of(rewriter, node.table) == nullptr) return std::nullopt;
  return split_measure(rewriter, node);
}

}  // namespace kitle
