// What follows from conditions, reported (reason.h).
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "compiler/compile.h"
#include "compiler/reason.h"
#include "compiler/reason_culprits.h"

namespace kitle {

namespace {

// Of all guards together, in the prover's steps.
constexpr uint64_t kMostSteps = 2'000'000;

class Reasoner {
 public:
  Reasoner(const Repository& repository, const Syntax& syntax,
           const SourceSet& sources, Diagnostics& diagnostics)
      : repository_(repository),
        sources_(sources),
        plan_(make_plan(repository, {})),
        prover_(plan_, repository),
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
        unreachable(declared, typed, i);
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

  void unreachable(const StagesDecl& declared, const TypedStages& typed,
                   uint32_t index) {
    const StageDecl& stage = declared.stages[index];
    Diagnostic& made =
        diagnostics_.add(DiagnosticId::kUnreachableStage, stage.name.span,
                         {stage.name.text, declared.name.text});
    std::vector<uint32_t> before;
    for (uint32_t i = 0; i < index; ++i) {
      if (!declared.stages[i].otherwise) before.push_back(i);
    }
    const Typed& condition =
        *repository_.segments[typed.first + index].condition;
    const auto culprits = find_culprits(repository_, clauses_of(condition));
    bool told = false;
    for (const size_t each : culprits.places) {
      if (each >= before.size()) continue;
      made.with_place(declared.stages[before[each]].span, "comes before it");
      told = true;
    }
    if (!told) made.with_label("its condition contradicts itself");
  }

  void empty(uint32_t index, Span name) {
    const TypedSegment& typed = repository_.segments[index];
    Diagnostic& made =
        diagnostics_.add(DiagnosticId::kAlwaysEmpty, name, {typed.name});
    const auto culprits =
        find_culprits(repository_, clauses_of(*typed.condition));
    for (const Span& each : culprits.spans) {
      if (culprits.spans.size() == 1) {
        made.with_place(each, "this can hold for nobody");
      } else {
        made.with_place(each, &each == &culprits.spans.front()
                                  ? "this"
                                  : "and this exclude each other");
      }
    }
  }

  void segment(uint32_t index) {
    const TypedSegment& typed = repository_.segments[index];
    const bool written = typed.condition->kind == TypedKind::kConstant;
    if (!typed.stages.empty() || written) return;
    const Span span = names_.at(typed.name);
    if (prover_.never(condition(index))) {
      empty(index, span);
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
    if (guard.kind != GuardKind::kExcludes) {
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
