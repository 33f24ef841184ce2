// See reason.h.
#include "compiler/reason.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kitle {

namespace {

// Bounds of one question: conditions looked at, atoms assumed at once, and
// steps of all that this needs.
constexpr uint32_t kBudget = 4000;
constexpr size_t kMostAssumed = 400;
constexpr uint64_t kMostWork = 200'000;
// So many may be worth less than they take.
constexpr uint64_t kFirstWishes = 2;

}  // namespace

Prover::Prover(const Plan& plan, const Repository& repository,
               ReasonBudget& budget)
    : plan_(plan),
      repository_(repository),
      budget_(budget),
      state_(plan, repository.schema, repository.settings.locale, budget,
             [this](std::span<const Literal> all) {
               return of_events().impossible(all);
             }),
      truths_(plan.size(), Truth::kUnknown) {}

Prover::~Prover() = default;

// Conditions of events are asked about in the middle of a question.
Prover& Prover::of_events() {
  if (!of_events_) {
    of_events_ = std::make_unique<Prover>(plan_, repository_, budget_);
  }
  return *of_events_;
}

void Prover::step() {
  ++steps_;
  budget_.take(1);
}

bool Prover::is_enough() const { return steps_ > kBudget || budget_.spent(); }

bool Prover::impossible(std::span<const Literal> all, Sketch* met) {
  const auto bound = budget_.at_most(kMostWork);
  steps_ = 0;
  asked_ = budget_.taken();
  met_ = met;
  if (supposed_.empty()) return refuted(all);
  std::vector<Literal> goals = supposed_;
  goals.insert(goals.end(), all.begin(), all.end());
  return refuted(goals);
}

bool Prover::suppose(const Literal& literal) {
  suppose_nothing();
  const auto bound = budget_.at_most(kMostWork);
  steps_ = 0;
  const std::array<Literal, 1> goals{literal};
  if (!propagate(goals)) return false;
  if (open_ != kNone || is_enough()) supposed_.push_back(literal);
  return true;
}

void Prover::suppose_nothing() {
  forget(0);
  supposed_.clear();
}

bool Prover::never(NodeId condition) {
  const std::array<Literal, 1> goals{{{condition, true}}};
  return impossible(goals);
}

bool Prover::always(NodeId condition) {
  const std::array<Literal, 1> goals{{{condition, false}}};
  return impossible(goals);
}

bool Prover::implies(NodeId a, NodeId b) {
  const std::array<Literal, 2> goals{{{a, true}, {b, false}}};
  return impossible(goals);
}

bool Prover::excludes(NodeId a, NodeId b) {
  const std::array<Literal, 2> goals{{{a, true}, {b, true}}};
  return impossible(goals);
}

std::vector<size_t> Prover::contradiction(std::span<const Literal> all) {
  std::vector<size_t> kept;
  if (!impossible(all)) return kept;
  for (size_t i = 0; i < all.size(); ++i) kept.push_back(i);
  for (size_t i = 0; i < all.size(); ++i) {
    std::vector<Literal> rest;
    for (const size_t each : kept) {
      if (each != i) rest.push_back(all[each]);
    }
    if (impossible(rest)) std::erase(kept, i);
  }
  return kept;
}

// Whether what is assumed, and whatever may be assumed beside it, misses a
// goal. Leaves what is assumed as it was.
bool Prover::refuted(std::span<const Literal> goals) {
  const size_t kept = assumed_.size();
  bool missed = !propagate(goals);
  if (!missed && open_ != kNone) {
    const bool enough = is_enough() || assumed_.size() > kMostAssumed;
    missed = !enough && either_way(goals, open_);
  } else if (!missed && met_ != nullptr && !is_enough()) {
    draw();
  }
  forget(kept);
  return missed;
}

bool Prover::either_way(std::span<const Literal> goals, NodeId atom) {
  for (const bool holds : {true, false}) {
    const size_t kept = assumed_.size();
    const bool missed = !assume(atom, holds) || refuted(goals);
    forget(kept);
    if (!missed) return false;
  }
  return true;
}

// Assumes what the goals leave no choice of; false: they contradict. An atom
// of the first choice that is left is `open_`.
bool Prover::propagate(std::span<const Literal> goals) {
  size_t before = 0;
  do {
    before = assumed_.size();
    open_ = kNone;
    for (const Literal& goal : goals) {
      if (!force(goal.condition, goal.holds)) return false;
    }
    if (!force_implied()) return false;
  } while (assumed_.size() > before && !is_enough());
  return true;
}

bool Prover::force_implied() {
  size_t at = 0;
  while (at < state_.implied().size()) {  // they grow on the way
    const Literal each = state_.implied()[at++];
    if (!force(each.condition, each.holds)) return false;
  }
  return true;
}

// False: it cannot be so, as far as the budget goes.
bool Prover::force(NodeId id, bool wanted) {
  step();
  if (budget_.spent()) return true;
  const Node& node = plan_[id];
  switch (node.kind) {
    case NodeKind::kAlways:
      return (node.integer != 0) == wanted;
    case NodeKind::kNot:
      return force(node.args[0], !wanted);
    case NodeKind::kAnd:
    case NodeKind::kOr:
      if ((node.kind == NodeKind::kAnd) != wanted) {
        return force_one(id, wanted);
      }
      return std::ranges::all_of(
          node.args, [&](NodeId arg) { return force(arg, wanted); });
    default:
      return force_atom(id, wanted);
  }
}

bool Prover::force_atom(NodeId atom, bool wanted) {
  if (truths_[atom] != Truth::kUnknown) {
    return (truths_[atom] == Truth::kYes) == wanted;
  }
  return assume(atom, wanted);
}

// One of the arguments must be as wanted: the only one that can. Where several
// can, that one of them is so is known all the same.
bool Prover::force_one(NodeId id, bool wanted) {
  const Node& node = plan_[id];
  const NodeId open_before = open_;
  NodeId only = kNone;
  NodeId choice = kNone;
  size_t possible = 0;
  for (const NodeId arg : node.args) {
    if (budget_.spent()) return true;
    open_ = kNone;
    const Truth found = truth(arg);
    if (found == (wanted ? Truth::kYes : Truth::kNo)) {
      open_ = open_before;
      return true;
    }
    if (found != Truth::kUnknown || !can_be(arg, wanted)) continue;
    if (possible++ == 0) choice = open_;
    only = arg;
  }
  open_ = open_before;
  if (possible == 0) return false;
  if (possible == 1) return force(only, wanted);
  if (open_ == kNone) open_ = choice;
  return truths_[id] != Truth::kUnknown || assume(id, wanted);
}

bool Prover::can_be(NodeId id, bool wanted) {
  const Node& node = plan_[id];
  if (node.kind == NodeKind::kNot) return can_be(node.args[0], !wanted);
  const bool atom = node.kind != NodeKind::kAnd && node.kind != NodeKind::kOr;
  return !atom || !contradicts(id, wanted);
}

// False: it contradicts what is assumed. Forgotten in any case by forget().
bool Prover::assume(NodeId atom, bool holds) {
  assumed_.push_back({atom, state_.mark()});
  truths_[atom] = holds ? Truth::kYes : Truth::kNo;
  return state_.add({atom, holds});
}

void Prover::forget(size_t kept) {
  while (assumed_.size() > kept) {
    truths_[assumed_.back().atom] = Truth::kUnknown;
    state_.restore(assumed_.back().before);
    assumed_.pop_back();
  }
}

bool Prover::contradicts(NodeId atom, bool holds) {
  const ReasonState::Mark before = state_.mark();
  const bool contradicts = !state_.add({atom, holds});
  state_.restore(before);
  return contradicts;
}

Prover::Truth Prover::truth(NodeId id) {
  step();
  if (truths_[id] != Truth::kUnknown) return truths_[id];
  const Node& node = plan_[id];
  switch (node.kind) {
    case NodeKind::kAlways:
      return node.integer != 0 ? Truth::kYes : Truth::kNo;
    case NodeKind::kAnd:
      return junction(node, Truth::kNo);
    case NodeKind::kOr:
      return junction(node, Truth::kYes);
    case NodeKind::kNot: {
      const Truth inner = truth(node.args[0]);
      if (inner == Truth::kUnknown) return inner;
      return inner == Truth::kYes ? Truth::kNo : Truth::kYes;
    }
    default:
      if (open_ == kNone) open_ = id;
      return Truth::kUnknown;
  }
}

// One `decisive` argument decides; without any it is the other.
Prover::Truth Prover::junction(const Node& node, Truth decisive) {
  bool unknown = false;
  for (const NodeId arg : node.args) {
    const Truth found = truth(arg);
    if (found == decisive) return decisive;
    unknown = unknown || found == Truth::kUnknown;
    if (is_enough()) return Truth::kUnknown;
  }
  if (unknown) return Truth::kUnknown;
  return decisive == Truth::kYes ? Truth::kNo : Truth::kYes;
}

// ---- people ----

// Who is left when nothing is open any more meets the goals.
void Prover::draw() {
  Sketch& sketch = *std::exchange(met_, nullptr);
  const size_t kept = assumed_.size();
  grant(sketch);
  for (const NodeId each : sketch.conditions) {
    steps_ = 0;
    sketch.truths.push_back(truth(each));
  }
  forget(kept);
}

void Prover::grant(const Sketch& sketch) {
  const uint64_t begin = budget_.taken();
  const uint64_t worth = sketch.worth != 0 ? sketch.worth : begin - asked_;
  uint64_t granted = kFirstWishes;
  for (const Literal& each : sketch.wishes) {
    steps_ = 0;
    if (budget_.taken() - begin > worth * granted || budget_.spent()) return;
    ++granted;
    if (truth(each.condition) != Truth::kUnknown || wish(each)) continue;
    if (!sketch.either) return;
    wish({each.condition, !each.holds});
  }
}

bool Prover::wish(const Literal& literal) {
  const size_t kept = assumed_.size();
  const bool granted = dive(literal);
  if (!granted) forget(kept);
  return granted;
}

// Takes the first way that it finds; false: it did not find one.
bool Prover::dive(const Literal& goal) {
  const std::array<Literal, 1> goals{goal};
  while (propagate(goals)) {
    if (is_enough()) return false;
    if (open_ == kNone) return true;
    const NodeId choice = open_;
    const size_t kept = assumed_.size();
    if (assume(choice, true)) continue;
    forget(kept);
    if (!assume(choice, false)) return false;
  }
  return false;
}

}  // namespace kitle
