// See sharing.h.
#include "compiler/sharing.h"

#include "compiler/rewrites.h"

namespace kitle {

Sharing::Sharing(const Plan& plan, const LowerOptions& options)
    : plan_(plan), options_(options), asked_(plan.size(), 0) {
  for (NodeId id = 0; id < plan.size(); ++id) count(plan[id]);
}

void Sharing::count(const Node& node) {
  for (const NodeId arg : node.args) ++asked_[arg];
  if (node.kind == NodeKind::kSequence && is_plain_pair(node)) {
    ++followed_[following(node)];
  }
  if (node.kind == NodeKind::kRange && is_at_least(node)) {
    ++told_[plan_[plan_[node.args[0]].args[0]].table];
  }
  if (node.kind != NodeKind::kEvents) return;
  if (const Node* test = plain_test(node)) {
    const Node& tested = plan_[test->args[0]];
    ++filters_[{tested.table, tested.column}];
  }
}

// The test of a code or text that is all these events' `where`, or nullptr.
const Node* Sharing::plain_test(const Node& events) const {
  if (!events.has_where || events.after || events.before) return nullptr;
  const Node& test = plan_[where_of(events)];
  if (test.kind != NodeKind::kTexts) return nullptr;
  const Node& tested = plan_[test.args[0]];
  const bool text =
      tested.type == ValueType::kText || tested.type == ValueType::kCode;
  const bool own =
      tested.kind == NodeKind::kProperty && tested.table == events.table;
  return text && own ? &test : nullptr;
}

const Node* Sharing::coded_test(const Node& events) const {
  const Node* test = plain_test(events);
  if (test == nullptr) return nullptr;
  const Node& tested = plan_[test->args[0]];
  const auto found = filters_.find({tested.table, tested.column});
  const bool often =
      found != filters_.end() && found->second >= options_.coded_from;
  return often ? test : nullptr;
}

bool Sharing::is_plain_pair(const Node& sequence) const {
  return sequence.steps.size() == 2 && sequence.comparisons.empty() &&
         sequence.steps[0].same.empty() && !sequence.all_within;
}

Sharing::Following Sharing::following(const Node& sequence) const {
  return {plan_[sequence.args[0]].table, sequence.args[1]};
}

bool Sharing::is_followed(const Node& sequence) const {
  if (!is_plain_pair(sequence)) return false;
  const auto found = followed_.find(following(sequence));
  return found != followed_.end() && found->second >= options_.followed_from;
}

bool Sharing::is_at_least(const Node& range) const {
  constexpr Int128 kMost = 64;
  const Node& count = plan_[range.args[0]];
  if (count.kind != NodeKind::kMeasure || count.measure != Measure::kCount ||
      count.by_order || range.low < 1 || range.low > kMost ||
      range.high < INT64_MAX) {
    return false;
  }
  const Node& events = plan_[count.args[0]];
  return !events.has_where && !events.after && !events.before &&
         events.window.form != WindowForm::kEver && reaches_now(events.window);
}

bool Sharing::is_told_by_one(const Node& range) const {
  if (!is_at_least(range)) return false;
  const auto found = told_.find(plan_[plan_[range.args[0]].args[0]].table);
  return found != told_.end() && found->second >= options_.told_from;
}

}  // namespace kitle
