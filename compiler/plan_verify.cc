// The form of a plan: arguments before their nodes, of the families and types
// that each kind takes, in one domain. Entry point: verify().
#include <fmt/format.h>

#include <algorithm>

#include "compiler/plan.h"

namespace kitle {
namespace {

class Verifier {
 public:
  Verifier(const Plan& plan, const Schema& schema)
      : plan_(plan), schema_(schema) {}

  std::string run() const {
    for (NodeId id = 0; id < plan_.size(); ++id) {
      const char* wrong = check(id);
      if (wrong != nullptr) {
        return fmt::format("%{} ({}): {}", id, node_name(plan_[id].kind),
                           wrong);
      }
    }
    for (const PlanSegment& segment : plan_.segments) {
      if (!is_root(segment.condition)) {
        return "segment " + segment.name + " is no condition of a person";
      }
      if (segment.value != kNone && !is_quantity(segment.value)) {
        return "segment " + segment.name + " has no quantity";
      }
    }
    return "";
  }

 private:
  bool is_quantity(NodeId id) const {
    const Family family = family_of(plan_[id].kind);
    return (family == Family::kFeature || family == Family::kValue) &&
           fits(id, kProfiles) && !is_text(plan_[id].type) &&
           !is_list_type(plan_[id].type);
  }

  const char* check(NodeId id) const {
    const Node& node = plan_[id];
    for (const NodeId arg : node.args) {
      if (arg >= id) return "an argument stands behind it";
    }
    if (!place_exists(node)) return "a table or column that is not there";
    switch (family_of(node.kind)) {
      case Family::kFilter:
        return check_events(node);
      case Family::kFeature:
        return check_feature(node);
      case Family::kValue:
        return check_value(node);
      case Family::kPredicate:
        return check_predicate(node);
    }
    return nullptr;
  }

  bool place_exists(const Node& node) const {
    if (node.kind == NodeKind::kAttribute) {
      return node.column < schema_.attributes.size();
    }
    if (node.table == kNone) return node.column == kNone;
    return node.table < schema_.event_count() &&
           (is_of_time(node.column) ||
            node.column < schema_.event(node.table).columns.size());
  }

  const char* check_events(const Node& node) const {
    const size_t wanted = size_t{node.has_where} +
                          (node.after.has_value() ? 1 : 0) +
                          (node.before.has_value() ? 1 : 0);
    if (node.args.size() != wanted) return "wants other arguments";
    const NodeId where = where_of(node);
    if (where != kNone && !is_predicate(where)) return "where is no condition";
    if (where != kNone && !fits(where, node.table)) {
      return "where is of another table";
    }
    for (const NodeId moment : {after_of(node), before_of(node)}) {
      if (moment != kNone && !is_moment(moment)) return "an anchor is no time";
    }
    return nullptr;
  }

  const char* check_points(const Node& node) const {
    if (node.args.size() != node.points.size()) return "wants other arguments";
    for (size_t i = 0; i < node.args.size(); ++i) {
      const Node& arg = plan_[node.args[i]];
      const bool events = node.points[i].of_events;
      const bool fits =
          events ? arg.kind == NodeKind::kEvents : is_root(node.args[i]);
      if (!fits) return "wants events";
      const uint32_t column = node.points[i].column;
      if (column == kNone) continue;
      if (!events || column >= schema_.event(arg.table).columns.size()) {
        return "a column that is not there";
      }
    }
    return nullptr;
  }

  const char* check_feature(const Node& node) const {
    if (node.kind == NodeKind::kPoints) return check_points(node);
    if (node.kind == NodeKind::kTally) {
      const bool roots = std::ranges::all_of(
          node.args, [this](NodeId arg) { return is_root(arg); });
      return !node.args.empty() && roots ? nullptr : "wants conditions";
    }
    const NodeId measured = measured_of(node);
    if (node.args.size() != (measured == kNone ? 1 : 2)) {
      return "wants one argument";
    }
    if (measured != kNone &&
        (plan_[measured].domain != node.table || plan_.fallible(measured) ||
         !is_whole(plan_[measured].type))) {
      return "measures no integer of its events";
    }
    const Node& events = plan_[node.args[0]];
    if (events.kind != NodeKind::kEvents) return "wants events";
    if (node.kind != NodeKind::kAny && events.table != node.table) {
      return "is of another table than its events";
    }
    return nullptr;
  }

  const char* check_value(const Node& node) const {
    if (node.kind == NodeKind::kOrderValue) {
      const bool fits = node.args.size() == 1 &&
                        plan_[node.args[0]].kind == NodeKind::kEvents &&
                        plan_[node.args[0]].table == node.table;
      return fits ? nullptr : "wants events of its table";
    }
    if (node.args.size() != value_args(node.kind)) {
      return "wants another number of arguments";
    }
    return check_args(node, Family::kValue);
  }

  static size_t value_args(NodeKind kind) {
    if (kind < NodeKind::kAdd) return 0;
    return kind <= NodeKind::kDivide ? 2 : 1;
  }

  const char* check_predicate(const Node& node) const {
    const size_t count = node.args.size();
    switch (node.kind) {
      case NodeKind::kAlways:
        return count == 0 ? nullptr : "wants no argument";
      case NodeKind::kAnd:
      case NodeKind::kOr:
        if (count == 0) return "wants an argument";
        return check_args(node, Family::kPredicate);
      case NodeKind::kNot:
        if (count != 1) return "wants one argument";
        return check_args(node, Family::kPredicate);
      case NodeKind::kCompare:
        if (count != 2) return "wants two arguments";
        if (node.comparison > Comparison::kLessEqual) return "is turned round";
        return check_args(node, Family::kValue);
      case NodeKind::kElementOf:
        return check_element_of(node);
      case NodeKind::kSequence:
        return check_sequence(node);
      default:
        if (count != 1) return "wants one argument";
        return check_tested(node);
    }
  }

  const char* check_element_of(const Node& node) const {
    if (node.args.size() != 2) return "wants two arguments";
    const ValueType element = plan_[node.args[0]].type;
    const ValueType wanted = element == ValueType::kText ? ValueType::kTextList
                                                         : ValueType::kCodeList;
    if (!is_text(element)) return "wants a text";
    const Node& list = plan_[node.args[1]];
    const bool column =
        list.kind == NodeKind::kAttribute || list.kind == NodeKind::kProperty;
    if (!column || list.type != wanted) return "wants a column of its lists";
    return check_args(node, Family::kValue);
  }

  const char* check_sequence(const Node& node) const {
    const size_t steps = node.steps.size();
    if (steps == 0 || node.steps[0].negated) return "begins with no event";
    if (node.args.size() != steps + 2 * node.comparisons.size()) {
      return "wants other arguments";
    }
    for (size_t i = 0; i < steps; ++i) {
      if (plan_[node.args[i]].kind != NodeKind::kEvents) return "wants events";
      if (node.steps[i].same.size() != node.steps[0].same.size()) {
        return "has other properties in a step";
      }
    }
    for (size_t i = 0; i < node.comparisons.size(); ++i) {
      const NodeId* values = &node.args[steps + 2 * i];
      const char* wrong = check_comparison(node, node.comparisons[i], values);
      if (wrong != nullptr) return wrong;
    }
    return nullptr;
  }

  const char* check_comparison(const Node& node, const PlanComparison& compared,
                               const NodeId* values) const {
    const bool behind = compared.other < compared.own &&
                        compared.own < node.steps.size() &&
                        !node.steps[compared.other].negated;
    if (!behind) return "compares with no step before";
    const Node& own = plan_[values[0]];
    const Node& other = plan_[values[1]];
    if (own.domain != plan_[node.args[compared.own]].table ||
        other.domain != plan_[node.args[compared.other]].table) {
      return "compares values of other events";
    }
    return own.type == other.type ? nullptr : "compares two types";
  }

  const char* check_tested(const Node& node) const {
    const ValueType type = plan_[node.args[0]].type;
    const bool texts = is_text(type) || is_list_type(type);
    if (node.kind == NodeKind::kTexts && !texts) return "wants a text";
    if ((node.kind == NodeKind::kRange || node.kind == NodeKind::kIntegers) &&
        !is_whole(type)) {
      return "wants an integer";
    }
    if (node.kind == NodeKind::kInWindow && !is_moment(node.args[0])) {
      return "wants a time";
    }
    if (node.kind == NodeKind::kBirthday && type != ValueType::kDate) {
      return "wants a date";
    }
    return check_args(node, Family::kValue);
  }

  const char* check_args(const Node& node, Family family) const {
    for (const NodeId arg : node.args) {
      const Family got = family_of(plan_[arg].kind);
      const bool value = got == Family::kValue || got == Family::kFeature;
      const bool predicate =
          got == Family::kPredicate || plan_[arg].kind == NodeKind::kAny;
      if (family == Family::kValue ? !value : !predicate) {
        return "an argument of a wrong family";
      }
      if (!fits(arg, node.domain)) return "an argument of another domain";
    }
    return nullptr;
  }

  bool fits(NodeId id, uint32_t domain) const {
    // What is said of the person may be asked of each event.
    const uint32_t own = plan_[id].domain;
    return own == kAnywhere || own == domain || own == kProfiles;
  }

  bool is_predicate(NodeId id) const {
    return family_of(plan_[id].kind) == Family::kPredicate ||
           plan_[id].kind == NodeKind::kAny;
  }

  bool is_moment(NodeId id) const {
    return plan_[id].type == ValueType::kTime ||
           plan_[id].type == ValueType::kDate;
  }

  bool is_root(NodeId id) const {
    return id < plan_.size() && is_predicate(id) && fits(id, kProfiles);
  }

  const Plan& plan_;
  const Schema& schema_;
};

}  // namespace

std::string verify(const Plan& plan, const Schema& schema) {
  return Verifier(plan, schema).run();
}

}  // namespace kitle
