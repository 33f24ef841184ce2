// Stages: each becomes a segment whose condition is its own `when` and none
// of those before (Meaning 22), so that stages need nothing of later passes.
// And tests of stages: `lifecycle is lost`, `in lifecycle.lost`
// (compiler/check_expr.h).
#include <fmt/format.h>

#include "compiler/check_expr.h"

namespace kitle {

namespace {

// The stages of one declaration, first to last.
class StagesChecker {
 public:
  StagesChecker(CheckContext& context, uint32_t index)
      : context_(context),
        declared_(context.syntax.stages[index]),
        first_(context.first_stage[index]),
        owner_(index) {}

  void check() {
    check_lines();
    for (const StageDecl& stage : declared_.stages) when(stage);
    for (uint32_t i = 0; i < whens_.size(); ++i) stage(i);
  }

 private:
  void check_lines() {
    const StageDecl* rest = nullptr;
    for (uint32_t i = 0; i < declared_.stages.size(); ++i) {
      const StageDecl& stage = declared_.stages[i];
      check_name(stage, first_ + i);
      if (rest != nullptr && stage.otherwise) {
        context_
            .report(DiagnosticId::kSecondOtherwise, stage.span,
                    {declared_.name.text})
            .with_place(rest->span, "the first one");
      }
      if (rest == nullptr && stage.otherwise) rest = &stage;
    }
    if (rest != nullptr) check_last(*rest);
  }

  void check_name(const StageDecl& stage, uint32_t index) {
    const auto found = context_.find_stage(owner_, stage.name.text);
    if (!found || *found == index) return;
    context_
        .report(DiagnosticId::kDuplicateStage, stage.name.span,
                {declared_.name.text, stage.name.text})
        .with_place(context_.segments[*found].name->span, "the first one");
  }

  void check_last(const StageDecl& rest) {
    const StageDecl* below = &rest + 1;
    const bool last =
        below == declared_.stages.data() + declared_.stages.size();
    if (last || below->otherwise) return;
    context_.report(DiagnosticId::kNotLastStage, rest.span, {rest.name.text})
        .with_place(below->span, "for this one no one is left");
  }

  void when(const StageDecl& stage) {
    ExprChecker checker(context_);
    TypedPtr typed;
    if (!stage.otherwise) typed = checker.condition(stage.condition);
    if (typed && !resolve_lookups(context_, typed)) typed = nullptr;
    sound_.push_back(sound_so_far() && (stage.otherwise || typed));
    if (typed) sizes_.push_back(size_of(*typed));
    if (!typed) sizes_.push_back({});
    whens_.push_back(std::move(typed));
    const auto& uses = checker.uses();
    uses_.insert(uses_.end(), uses.begin(), uses.end());
    uses_ = distinct(std::move(uses_));
    context_.segments[first_ + sound_.size() - 1].uses = uses_;
  }

  bool sound_so_far() const { return sound_.empty() || sound_.back(); }

  // Its own condition, and that of none before.
  void stage(uint32_t index) {
    SegmentState& state = context_.segments[first_ + index];
    if (!sound_[index] || !may_copy(index)) return;
    TypedPtr all = junction();
    for (uint32_t i = 0; i < index; ++i) {
      if (whens_[i]) all->args.push_back(negation(clone(*whens_[i])));
    }
    if (whens_[index]) all->args.push_back(clone(*whens_[index]));
    all->span = state.span;
    state.condition = simplest(std::move(all));
    const uint32_t depth = size_of(*state.condition).depth;
    const bool only =
        context_.find_stage(owner_, state.name->text) == first_ + index;
    state.sound = only && !deep(context_, *state.name, depth, kMaxTypedDepth);
  }

  bool may_copy(uint32_t index) {
    uint64_t nodes = 1;
    for (uint32_t i = 0; i <= index; ++i) nodes += sizes_[i].nodes + 1;
    return context_.may_copy(nodes, context_.segments[first_ + index].span);
  }

  static TypedPtr junction() {
    auto typed = std::make_unique<Typed>();
    typed->kind = TypedKind::kAnd;
    typed->type = ValueType::kFlag;
    return typed;
  }

  // `otherwise` alone is everyone.
  static TypedPtr simplest(TypedPtr all) {
    if (all->args.size() == 1) return std::move(all->args.front());
    if (all->args.empty()) {
      all->kind = TypedKind::kConstant;
      all->integer = 1;
    }
    return all;
  }

  static TypedPtr negation(TypedPtr of) {
    auto typed = std::make_unique<Typed>();
    typed->kind = TypedKind::kNot;
    typed->type = ValueType::kFlag;
    typed->span = of->span;
    typed->args.push_back(std::move(of));
    return typed;
  }

  CheckContext& context_;
  const StagesDecl& declared_;
  uint32_t first_;
  uint32_t owner_;
  std::vector<TypedPtr> whens_;  // null: `otherwise`, or a mistake
  std::vector<TreeSize> sizes_;
  std::vector<bool> sound_;  // it and all before
  std::vector<uint32_t> uses_;
};

}  // namespace

void declare_segments(CheckContext& context) {
  const Syntax& syntax = context.syntax;
  for (const SegmentDecl& each : syntax.segments) {
    context.segments.push_back({.name = &each.name,
                                .title = each.title,
                                .deprecated = each.deprecated,
                                .span = each.span,
                                .is_private = each.private_word.has_value()});
  }
  for (uint32_t owner = 0; owner < syntax.stages.size(); ++owner) {
    const StagesDecl& declared = syntax.stages[owner];
    context.first_stage.push_back(
        static_cast<uint32_t>(context.segments.size()));
    for (const StageDecl& stage : declared.stages) {
      const auto index = static_cast<uint32_t>(context.segments.size());
      context.segments.push_back(
          {.name = &stage.name,
           .title = stage.title,
           .deprecated = declared.deprecated,
           .span = stage.span,
           .is_private = declared.private_word.has_value(),
           .owner = owner});
      const std::string name = full_name(context, context.segments.back());
      const bool own = context.find_stages(declared.name.text) == owner;
      if (own) context.stages_by_name.emplace(name, index);
    }
  }
  context.first_persona = static_cast<uint32_t>(context.segments.size());
  context.personas.resize(syntax.personas.size());
  for (const PersonaDecl& each : syntax.personas) {
    context.segments.push_back({.name = &each.name,
                                .title = each.title,
                                .span = each.span,
                                .is_private = each.private_word.has_value()});
  }
}

std::string full_name(const CheckContext& context,
                      const SegmentState& segment) {
  if (segment.owner == UINT32_MAX) return segment.name->text;
  const Name& owner = context.syntax.stages[segment.owner].name;
  return fmt::format("{}.{}", owner.text, segment.name->text);
}

void check_stages(CheckContext& context, uint32_t index) {
  StagesChecker(context, index).check();
}

// ---- tests of stages ----

std::optional<uint32_t> ExprChecker::stages_named(const ExprPtr& expr) const {
  if (!expr || expr->kind != ExprKind::kName) return std::nullopt;
  const auto& columns =
      event_ ? schema_event(*event_).columns : context_.schema.attributes;
  if (find_column(columns, expr->name.text)) return std::nullopt;
  return context_.find_stages(expr->name.text);
}

TypedPtr ExprChecker::membership(uint32_t segment, Span span) {
  uses_.push_back(segment);
  const SegmentState& used = context_.segments[segment];
  if (!used.deprecated.empty()) {
    report(DiagnosticId::kDeprecated, span,
           {full_name(context_, used), std::string(used.deprecated)})
        .with_place(used.name->span, "declared here");
  }
  TypedPtr typed = node(TypedKind::kSegment, ValueType::kFlag, span);
  typed->index = segment;
  return typed;
}

TypedPtr ExprChecker::negated(TypedPtr typed) const {
  if (!typed) return nullptr;
  TypedPtr made = node(TypedKind::kNot, ValueType::kFlag, typed->span);
  made->args.push_back(std::move(typed));
  return made;
}

TypedPtr ExprChecker::stage_comparison(const Expr& expr, uint32_t stages) {
  if (event_) return person_only(expr);
  if (expr.op != CompareOp::kIs && expr.op != CompareOp::kIsNot) {
    report_stages_alone(expr.span, stages);
    return nullptr;
  }
  const auto stage = stage_named(expr.args[1], stages);
  if (!stage) return nullptr;
  TypedPtr typed = membership(*stage, expr.span);
  return expr.op == CompareOp::kIsNot ? negated(std::move(typed))
                                      : std::move(typed);
}

TypedPtr ExprChecker::stage_in_list(const Expr& expr, uint32_t stages) {
  if (event_) return person_only(expr);
  if (!expr.args[1]) return nullptr;
  const Expr& list = *expr.args[1];
  if (list.kind != ExprKind::kList) {
    report(DiagnosticId::kStageNotNamed, list.span, {quote(list)})
        .with_label("names of stages stand in braces");
    return nullptr;
  }
  if (list.args.empty()) {
    report(DiagnosticId::kEmptyList, list.span);
    return nullptr;
  }
  TypedPtr typed = node(TypedKind::kOr, ValueType::kFlag, expr.span);
  for (const ExprPtr& arg : list.args) {
    const auto stage = stage_named(arg, stages);
    if (stage) typed->args.push_back(membership(*stage, arg->span));
  }
  if (typed->args.size() != list.args.size()) return nullptr;
  if (typed->args.size() == 1) typed = std::move(typed->args.front());
  return expr.negated ? negated(std::move(typed)) : std::move(typed);
}

std::optional<uint32_t> ExprChecker::stage_named(const ExprPtr& expr,
                                                 uint32_t stages) {
  if (!expr) return std::nullopt;
  const StagesDecl& declared = context_.syntax.stages[stages];
  const bool text = expr->kind == ExprKind::kString;
  const std::string& written = text ? expr->text : expr->name.text;
  const bool own = written.starts_with(declared.name.text + ".");
  const size_t begin = own ? declared.name.text.size() + 1 : 0;
  const std::string name = written.substr(begin);
  const auto found = context_.find_stage(stages, name);
  const bool plain = expr->kind == ExprKind::kName && !own;
  if (found && plain) return found;
  if (plain) {
    report_unknown_stage({name, expr->span}, stages);
    return std::nullopt;
  }
  Diagnostic& made =
      report(DiagnosticId::kStageNotNamed, expr->span, {quote(*expr)});
  if (found) made.with_mend(expr->span, name, fmt::format("write `{}`", name));
  return std::nullopt;
}

void ExprChecker::report_stages_alone(Span span, uint32_t stages) {
  const StagesDecl& declared = context_.syntax.stages[stages];
  constexpr size_t kShown = 8;
  std::string names;
  for (const StageDecl& stage : declared.stages) {
    const size_t number = static_cast<size_t>(&stage - declared.stages.data());
    if (number > kShown) break;
    names += names.empty() ? "" : ", ";
    names += number == kShown ? "…" : stage.name.text;
  }
  report(DiagnosticId::kStagesAlone, span, {declared.name.text})
      .with_label(names)
      .with_place(declared.name.span, "declared here");
}

// The place among the segments of one, or of a stage.
std::optional<uint32_t> ExprChecker::segment_named(const Name& name) {
  const size_t dot = name.text.find('.');
  const std::string owner = name.text.substr(0, dot);
  const Symbol* symbol = context_.find(owner);
  if (symbol == nullptr && context_.reported(owner)) return std::nullopt;
  const auto stages = context_.find_stages(owner);
  const bool dotted = dot != std::string::npos;
  if (symbol == nullptr || (dotted && !stages)) {
    report_unknown_segment(name);
  } else if (symbol->kind == Symbol::Kind::kSegment) {
    return symbol->index;
  } else if (symbol->kind == Symbol::Kind::kPersona) {
    return context_.first_persona + symbol->index;
  } else if (dotted) {
    const std::string stage = name.text.substr(dot + 1);
    const auto found = context_.find_stage(*stages, stage);
    if (!found) report_unknown_stage({stage, name.span}, *stages);
    return found;
  } else if (stages) {
    report_stages_alone(name.span, *stages);
  } else {
    report(DiagnosticId::kNotASegment, name.span,
           {name.text, symbol_kind(symbol->kind)})
        .with_place(symbol->span, "declared here");
  }
  return std::nullopt;
}

// `name` ends its span: `lifecycle.` may stand before it.
void ExprChecker::report_unknown_stage(const Name& name, uint32_t stages) {
  const StagesDecl& declared = context_.syntax.stages[stages];
  Span span = name.span;
  const auto length = static_cast<uint32_t>(name.text.size());
  span.begin = std::max(span.begin, span.end - length);
  std::vector<std::string> known;
  add_names(declared.stages, known);
  suggest_name(report(DiagnosticId::kUnknownStage, span,
                      {declared.name.text, name.text}),
               span, name.text, known);
}

// `in lost`, where a stage is called so.
void ExprChecker::report_unknown_segment(const Name& name) {
  Diagnostic& made =
      report(DiagnosticId::kUnknownSegment, name.span, {name.text});
  for (uint32_t i = 0; i < context_.syntax.stages.size(); ++i) {
    if (!context_.find_stage(i, name.text)) continue;
    const std::string full =
        fmt::format("{}.{}", context_.syntax.stages[i].name.text, name.text);
    made.with_label(fmt::format("a stage: write `in {}`", full));
    made.with_mend(name.span, full, fmt::format("write `{}`", full));
    return;
  }
  std::vector<std::string> known;
  add_names(context_.syntax.segments, known);
  suggest_name(made, name.span, name.text, known);
}

}  // namespace kitle
