// See reason.h.
#include "compiler/reason.h"

#include <array>
#include <unordered_map>

#include "compiler/compile.h"

namespace kitle {

namespace {

// Bounds of one question: conditions looked at, and atoms assumed at once.
constexpr uint32_t kBudget = 4000;
constexpr size_t kMostAtoms = 200;

}  // namespace

bool Prover::impossible(std::span<const Literal> all) {
  assumed_.clear();
  truths_.assign(plan_.size(), Truth::kUnknown);
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

// Whether what is assumed, and whatever may be assumed beside it, misses a
// goal.
bool Prover::refuted(std::span<const Literal> goals) {
  NodeId open = kNone;
  for (const Literal& goal : goals) {
    open_ = kNone;
    const Truth found = truth(goal.condition);
    if (found == (goal.holds ? Truth::kNo : Truth::kYes)) return true;
    if (found == Truth::kUnknown && open == kNone) open = open_;
  }
  const bool enough = steps_ > kBudget || assumed_.size() > kMostAtoms;
  return open != kNone && !enough && either_way(goals, open);
}

bool Prover::either_way(std::span<const Literal> goals, NodeId atom) {
  for (const bool holds : {true, false}) {
    if (contradicts(atom, holds)) continue;
    assumed_.push_back({atom, holds});
    truths_[atom] = holds ? Truth::kYes : Truth::kNo;
    const bool missed = refuted(goals);
    truths_[atom] = Truth::kUnknown;
    assumed_.pop_back();
    if (!missed) return false;
  }
  return true;
}

bool Prover::contradicts(NodeId atom, bool holds) const {
  if (facts_.impossible(atom, holds)) return true;
  if (facts_.exhausted(assumed_, {atom, holds})) return true;
  for (const Literal& other : assumed_) {
    if (facts_.exclusive(atom, holds, other.condition, other.holds)) {
      return true;
    }
  }
  return false;
}

Prover::Truth Prover::truth(NodeId id) {
  ++steps_;
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
      if (truths_[id] == Truth::kUnknown && open_ == kNone) open_ = id;
      return truths_[id];
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
           Diagnostics& diagnostics)
      : repository_(repository),
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

  const Repository& repository_;
  Plan plan_;
  Prover prover_;
  Diagnostics& diagnostics_;
  std::unordered_map<std::string, Span> names_;
  std::unordered_map<std::string, const StagesDecl*> stages_;
};

}  // namespace

void reason(const Repository& repository, const Syntax& syntax,
            Diagnostics& diagnostics) {
  if (repository.segments.empty()) return;
  Reasoner(repository, syntax, diagnostics).report();
}

}  // namespace kitle
