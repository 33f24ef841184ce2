// See reason.h.
#include "compiler/reason.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "compiler/compile.h"

namespace kitle {

namespace {

// Bounds of one question: conditions looked at, and atoms assumed at once.
constexpr uint32_t kBudget = 4000;
constexpr size_t kMostAssumed = 400;
// Of all guards together, in the prover's steps.
constexpr uint64_t kMostSteps = 2'000'000;

}  // namespace

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
    if (contradicts(atom, holds)) continue;
    const size_t kept = assumed_.size();
    assume(atom, holds);
    const bool missed = refuted(goals);
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
  } while (assumed_.size() > before && steps_ <= kBudget);
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
  if (contradicts(atom, wanted)) return false;
  assume(atom, wanted);
  return true;
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
  if (truths_[id] == Truth::kUnknown) assume(id, wanted);
  return true;
}

bool Prover::can_be(NodeId id, bool wanted) {
  const Node& node = plan_[id];
  if (node.kind == NodeKind::kNot) return can_be(node.args[0], !wanted);
  const bool atom = node.kind != NodeKind::kAnd && node.kind != NodeKind::kOr;
  return !atom || !contradicts(id, wanted);
}

void Prover::assume(NodeId atom, bool holds) {
  assumed_.push_back({atom, holds});
  truths_[atom] = holds ? Truth::kYes : Truth::kNo;
}

void Prover::forget(size_t kept) {
  while (assumed_.size() > kept) {
    truths_[assumed_.back().condition] = Truth::kUnknown;
    assumed_.pop_back();
  }
}

bool Prover::contradicts(NodeId atom, bool holds) {
  taken_ += assumed_.size();
  if (facts_.impossible(atom, holds)) return true;
  if (facts_.exhausted(assumed_, {atom, holds})) return true;
  return std::ranges::any_of(assumed_, [&](const Literal& other) {
    return facts_.exclusive(atom, holds, other.condition, other.holds);
  });
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

// ---- what is reported ----

namespace {

class Reasoner {
 public:
  Reasoner(const Repository& repository, const Syntax& syntax,
           const SourceSet& sources, Diagnostics& diagnostics)
      : repository_(repository),
        sources_(sources),
        plan_(make_plan(repository, {})),
        prover_(plan_),
        diagnostics_(diagnostics) {
    for (const SegmentDecl& each : syntax.segments) {
      names_.emplace(each.name.text, each.name.span);
    }
    for (const PersonaDecl& each : syntax.personas) {
      names_.emplace(each.name.text, each.name.span);
    }
    for (const StagesDecl& each : syntax.stages) {
      stages_.emplace(each.name.text, &each);
    }
  }

  void report() {
    for (const TypedStages& each : repository_.stages) stages(each);
    for (uint32_t i = 0; i < repository_.segments.size(); ++i) segment(i);
    for (const TypedGuard& each : repository_.guards) guard(each);
  }

 private:
  NodeId condition(uint32_t segment) const {
    return plan_.segments[segment].condition;
  }

  void stages(const TypedStages& typed) {
    const StagesDecl& declared = *stages_.at(typed.name);
    for (uint32_t i = 0; i < typed.count; ++i) {
      if (prover_.never(condition(typed.first + i))) {
        unreachable(declared, i);
      }
    }
    if (declared.stages.back().otherwise || is_total(typed)) return;
    diagnostics_
        .add(DiagnosticId::kNoOtherwise, declared.name.span, {typed.name})
        .with_place(declared.stages.back().span,
                    "below this, write `NAME otherwise`");
  }

  bool is_total(const TypedStages& typed) {
    std::vector<Literal> none;
    for (uint32_t i = 0; i < typed.count; ++i) {
      none.push_back({condition(typed.first + i), false});
    }
    return prover_.impossible(none);
  }

  void unreachable(const StagesDecl& declared, uint32_t index) {
    const StageDecl& stage = declared.stages[index];
    Diagnostic& made =
        diagnostics_.add(DiagnosticId::kUnreachableStage, stage.name.span,
                         {stage.name.text, declared.name.text});
    if (index == 0) made.with_label("its condition contradicts itself");
    for (uint32_t i = 0; i < index; ++i) {
      made.with_place(declared.stages[i].span, "comes before it");
    }
  }

  void segment(uint32_t index) {
    const TypedSegment& typed = repository_.segments[index];
    const bool written = typed.condition->kind == TypedKind::kConstant;
    if (!typed.stages.empty() || written) return;
    const Span span = names_.at(typed.name);
    if (prover_.never(condition(index))) {
      diagnostics_.add(DiagnosticId::kAlwaysEmpty, span, {typed.name});
    } else if (prover_.always(condition(index))) {
      diagnostics_.add(DiagnosticId::kAlwaysEveryone, span, {typed.name});
    }
  }

  void guard(const TypedGuard& guard) {
    if (prover_.steps_taken() > kMostSteps) return;
    const NodeId first = condition(guard.first);
    if (guard.kind != GuardKind::kSize && prover_.never(first)) return;
    const std::string why = guard.kind == GuardKind::kSize
                                ? against_size(guard)
                                : against_pair(guard);
    if (why.empty()) return;
    diagnostics_.add(DiagnosticId::kGuardContradicted, guard.span,
                     {std::string(sources_.text(guard.span)), why});
  }

  // What follows instead; "": nothing is known.
  std::string against_pair(const TypedGuard& guard) {
    const NodeId a = condition(guard.first);
    const NodeId b = condition(guard.second);
    const std::string& first = repository_.segments[guard.first].name;
    const std::string& second = repository_.segments[guard.second].name;
    if (guard.kind == GuardKind::kImplies) {
      return prover_.excludes(a, b) ? "nobody is in both" : "";
    }
    if (prover_.never(b)) return "";
    if (prover_.implies(a, b)) {
      return fmt::format("everyone in `{}` is in `{}`", first, second);
    }
    if (!prover_.implies(b, a)) return "";
    return fmt::format("everyone in `{}` is in `{}`", second, first);
  }

  std::string against_size(const TypedGuard& guard) {
    const NodeId condition = this->condition(guard.first);
    const std::string& name = repository_.segments[guard.first].name;
    if (guard.low > 0 && prover_.never(condition)) {
      return fmt::format("nobody can be in `{}`", name);
    }
    const bool most = guard.percent && guard.high < kWholePercent;
    if (!most || !prover_.always(condition)) return "";
    return fmt::format("everyone is in `{}`", name);
  }

  const Repository& repository_;
  const SourceSet& sources_;
  Plan plan_;
  Prover prover_;
  Diagnostics& diagnostics_;
  std::unordered_map<std::string, Span> names_;
  std::unordered_map<std::string, const StagesDecl*> stages_;
};

}  // namespace

void reason(const Repository& repository, const Syntax& syntax,
            const SourceSet& sources, Diagnostics& diagnostics) {
  if (repository.segments.empty()) return;
  Reasoner(repository, syntax, sources, diagnostics).report();
}

}  // namespace kitle
