// What follows from conditions, reported (reason.h).
#include <fmt/format.h>

#include <optional>
#include <unordered_map>

#include "compiler/compile.h"
#include "compiler/reason.h"
#include "compiler/reason_culprits.h"

namespace kitle {

namespace {

// Of all stages, segments and guards together.
constexpr uint64_t kMostWork = 8'000'000;

class Reasoner {
 public:
  Reasoner(const Repository& repository, const Syntax& syntax,
           const SourceSet& sources, Diagnostics& diagnostics)
      : repository_(repository),
        sources_(sources),
        plan_(make_plan_of(repository, {})),
        budget_(kMostWork),
        prover_(plan_, repository, budget_),
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
    // Of each segment twice, of each stages and each guard one question.
    questions_ = 2 * repository_.segments.size() + repository_.stages.size() +
                 repository_.guards.size();
    for (uint32_t i = 0; i < repository_.segments.size(); ++i) {
      const auto bound = next();
      empty_.push_back(prover_.never(condition(i)));
    }
    const std::vector<const Typed*> told = told_empty();
    if (!told.empty()) culprits_.emplace(repository_, budget_, told);
    for (const TypedStages& each : repository_.stages) stages(each);
    for (uint32_t i = 0; i < repository_.segments.size(); ++i) segment(i);
    for (const TypedGuard& each : repository_.guards) guard(each);
  }

 private:
  // Each question may take its share of what is left.
  ReasonBudget::Scope next() { return budget_.share(--questions_); }

  // Of a stage that is what comes before it, too.
  bool is_written(uint32_t segment) const {
    const TypedSegment& typed = repository_.segments[segment];
    return typed.stages.empty() &&
           typed.condition->kind == TypedKind::kConstant;
  }

  std::vector<const Typed*> told_empty() const {
    std::vector<const Typed*> all;
    for (uint32_t i = 0; i < repository_.segments.size(); ++i) {
      if (!empty_[i] || is_written(i)) continue;
      all.push_back(repository_.segments[i].condition.get());
    }
    return all;
  }

  NodeId condition(uint32_t segment) const {
    return plan_.segments[segment].condition;
  }

  void stages(const TypedStages& typed) {
    const StagesDecl& declared = *stages_.at(typed.name);
    for (uint32_t i = 0; i < typed.count; ++i) {
      if (empty_[typed.first + i]) unreachable(declared, typed, i);
    }
    if (declared.stages.back().otherwise || is_total(typed)) return;
    diagnostics_
        .add(DiagnosticId::kNoOtherwise, declared.name.span, {typed.name})
        .with_place(declared.stages.back().span,
                    "below this, write `NAME otherwise`");
  }

  bool is_total(const TypedStages& typed) {
    const auto bound = next();
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
    const auto culprits =
        culprits_->find(*repository_.segments[typed.first + index].condition);
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
    const auto culprits = culprits_->find(*typed.condition);
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
    const auto bound = next();
    if (!typed.stages.empty() || is_written(index)) return;
    const Span span = names_.at(typed.name);
    if (empty_[index]) {
      empty(index, span);
    } else if (prover_.always(condition(index))) {
      diagnostics_.add(DiagnosticId::kAlwaysEveryone, span, {typed.name});
    }
  }

  void guard(const TypedGuard& guard) {
    const auto bound = next();
    if (guard.kind != GuardKind::kSize && empty_[guard.first]) return;
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
    if (empty_[guard.second]) return "";
    if (prover_.implies(a, b)) {
      return fmt::format("everyone in `{}` is in `{}`", first, second);
    }
    if (!prover_.implies(b, a)) return "";
    return fmt::format("everyone in `{}` is in `{}`", second, first);
  }

  std::string against_size(const TypedGuard& guard) {
    const std::string& name = repository_.segments[guard.first].name;
    if (guard.low > 0 && empty_[guard.first]) {
      return fmt::format("nobody can be in `{}`", name);
    }
    const bool most = guard.percent && guard.high < kWholePercent;
    if (!most || !prover_.always(condition(guard.first))) return "";
    return fmt::format("everyone is in `{}`", name);
  }

  const Repository& repository_;
  const SourceSet& sources_;
  Plan plan_;
  ReasonBudget budget_;
  Prover prover_;
  Diagnostics& diagnostics_;
  uint64_t questions_ = 0;   // that are left
  std::vector<bool> empty_;  // by segment
  std::optional<CulpritFinder> culprits_;
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
