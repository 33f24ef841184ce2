// See sharing.h.
#include "compiler/sharing.h"

#include "compiler/rewrites.h"

namespace kitle {
namespace {

using Kind = AskedAlike::Kind;

bool is_plain(const Node& node, Measure measure) {
  return node.kind == NodeKind::kMeasure && node.measure == measure &&
         !node.by_order;
}

// All of its events in a window up to now: by the fast code alone, for which
// today ends with now, too.
bool is_up_to_now(const Node& events) {
  return !events.has_where && !events.after && !events.before &&
         (reaches_now(events.window) || is_current_period(events.window));
}

}  // namespace

std::optional<AskedRange> asked_range(const Node& range) {
  AskedRange asked;
  if (range.low > kMostCounted || range.high < 0 || range.low > range.high) {
    return std::nullopt;
  }
  if (range.low > 0) asked.from = static_cast<uint32_t>(range.low);
  if (range.high >= INT64_MAX) return asked;
  if (range.high >= kMostCounted) return std::nullopt;
  asked.to = static_cast<uint32_t>(range.high) + 1;
  return asked;
}

int64_t clock_length(const StepSpan& span) {
  constexpr int64_t kLongest = int64_t{1} << 61;
  int64_t exact = 0;
  const bool clock =
      !is_calendar(span.unit) &&
      !__builtin_mul_overflow(span.n, microseconds(span.unit), &exact);
  return clock && exact < kLongest ? exact : 0;
}

Sharing::Sharing(const Plan& plan, const LowerOptions& options)
    : plan_(plan), options_(options), asked_(plan.size(), 0) {
  for (NodeId id = 0; id < plan.size(); ++id) {
    for (const NodeId arg : plan[id].args) ++asked_[arg];
    count(plan[id]);
  }
}

void Sharing::count(const Node& node) {
  if (node.kind == NodeKind::kSequence && is_plain_pair(node) &&
      !is_told_by_ends(node)) {
    ++followed_[following(node)];
  }
  ask(node);
}

void Sharing::ask(const Node& node) {
  const auto key = key_of(node);
  if (!key) return;
  AskedAlike& alike = alike_[*key];
  alike.key = *key;
  auto& questions = alike.questions;
  if (node.kind == NodeKind::kSequence || key->kind == Kind::kSums) {
    questions.push_back({&node, 1});
  } else if (node.kind == NodeKind::kAny) {
    questions.push_back({&plan_[node.args[0]], 1});
  } else if (key->kind == Kind::kLast) {
    questions.push_back(
        {&plan_[plan_[node.args[0]].args[0]], static_cast<uint32_t>(node.low)});
  } else {
    const Node* events = &plan_[plan_[node.args[0]].args[0]];
    const auto [from, to] = *asked_range(node);
    if (from != 0) questions.push_back({events, from});
    if (to != 0) questions.push_back({events, to});
  }
}

bool Sharing::is_told_by_last(const Node& any) const {
  const Node& events = plan_[any.args[0]];
  return is_up_to_now(events) && is_current_period(events.window);
}

const AskedAlike* Sharing::alike(const Node& node) const {
  const auto key = key_of(node);
  if (!key) return nullptr;
  const auto found = alike_.find(*key);
  const bool many = found != alike_.end() &&
                    found->second.questions.size() >= least_for(key->kind);
  return many ? &found->second : nullptr;
}

uint32_t Sharing::least_for(Kind kind) const {
  switch (kind) {
    case Kind::kTexts:
      return options_.asked_from;
    case Kind::kFollowed:
      return options_.followed_asked_from;
    case Kind::kLast:
      return options_.told_from;
    case Kind::kSums:
      break;
  }
  return options_.summed_from;
}

std::optional<AskedAlike::Key> Sharing::key_of(const Node& node) const {
  switch (node.kind) {
    case NodeKind::kAny:
      return key_of_texts(plan_[node.args[0]]);
    case NodeKind::kRange:
      return key_of_range(node);
    case NodeKind::kSequence:
      return key_of_sequence(node);
    default:
      return std::nullopt;
  }
}

std::optional<AskedAlike::Key> Sharing::key_of_range(const Node& range) const {
  const Node& of = plan_[range.args[0]];
  if (is_plain(of, Measure::kSum)) {
    const bool whole = of.type != ValueType::kNumber &&
                       measured_of(of) == kNone && !is_of_time(of.column);
    if (!whole || !is_up_to_now(plan_[of.args[0]])) return std::nullopt;
    return Key{Kind::kSums, of.table, of.column};
  }
  if (!is_plain(of, Measure::kCount)) return std::nullopt;
  const Node& events = plan_[of.args[0]];
  if (events.has_where) {
    return asked_range(range) ? key_of_texts(events) : std::nullopt;
  }
  const bool at_least = range.low >= 1 && range.low <= kMostLeast &&
                        range.high >= INT64_MAX && is_up_to_now(events) &&
                        events.window.form != WindowForm::kEver;
  if (!at_least) return std::nullopt;
  return Key{Kind::kLast, events.table};
}

std::optional<AskedAlike::Key> Sharing::key_of_sequence(
    const Node& sequence) const {
  if (!is_plain_pair(sequence)) return std::nullopt;
  const Node& events = plan_[sequence.args[0]];
  const PlanStep& then = sequence.steps[1];
  const bool clock = !then.within || clock_length(*then.within) != 0;
  const bool ever = events.window.form == WindowForm::kEver;
  if (!clock || !ever || then.negated) return std::nullopt;
  auto key = key_of_texts(events);
  if (!key) return std::nullopt;
  key->kind = Kind::kFollowed;
  key->then = sequence.args[1];
  return key;
}

std::optional<AskedAlike::Key> Sharing::key_of_texts(const Node& events) const {
  const Node* test = plain_test(events);
  if (test == nullptr) return std::nullopt;
  const Node& tested = plan_[test->args[0]];
  return Key{Kind::kTexts, tested.table, tested.column};
}

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

bool Sharing::is_plain_pair(const Node& sequence) const {
  return sequence.steps.size() == 2 && sequence.comparisons.empty() &&
         sequence.steps[0].same.empty() && !sequence.all_within;
}

Sharing::Following Sharing::following(const Node& sequence) const {
  return {plan_[sequence.args[0]].table, sequence.args[1]};
}

bool Sharing::is_told_by_ends(const Node& sequence) const {
  return is_plain_pair(sequence) && !sequence.steps[1].within;
}

bool Sharing::is_followed(const Node& sequence) const {
  if (!is_plain_pair(sequence) || is_told_by_ends(sequence)) return false;
  const auto found = followed_.find(following(sequence));
  return found != followed_.end() && found->second >= options_.followed_from;
}

}  // namespace kitle
