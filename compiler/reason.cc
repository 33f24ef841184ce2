// See reason.h.
#include "compiler/reason.h"

#include <algorithm>
#include <array>

namespace kitle {

namespace {

// Bounds of one question: conditions looked at, and atoms assumed at once.
constexpr uint32_t kBudget = 4000;
constexpr size_t kMostAssumed = 400;

}  // namespace

Prover::Prover(const Plan& plan, const Repository& repository)
    : plan_(plan),
      repository_(repository),
      state_(plan, repository.schema, repository.settings.locale,
             [this](std::span<const Literal> all) {
               return of_events().impossible(all);
             }) {}

Prover::~Prover() = default;

// Conditions of events are asked about in the middle of a question.
Prover& Prover::of_events() {
  if (!of_events_) of_events_ = std::make_unique<Prover>(plan_, repository_);
  return *of_events_;
}

uint64_t Prover::steps_taken() const {
  return taken_ + state_.work() + (of_events_ ? of_events_->steps_taken() : 0);
}

void Prover::step(size_t work) {
  ++steps_;
  taken_ += work;
}

bool Prover::impossible(std::span<const Literal> all) {
  truths_.resize(plan_.size(), Truth::kUnknown);
  steps_ = 0;
  return refuted(all);
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
    const bool enough = steps_ > kBudget || assumed_.size() > kMostAssumed;
    missed = !enough && either_way(goals, open_);
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
  } while (assumed_.size() > before && steps_ <= kBudget);
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

// False: it cannot be so.
bool Prover::force(NodeId id, bool wanted) {
  step(1);
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
  step(1);
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
    if (steps_ > kBudget) return Truth::kUnknown;
  }
  if (unknown) return Truth::kUnknown;
  return decisive == Truth::kYes ? Truth::kNo : Truth::kYes;
}

}  // namespace kitle
