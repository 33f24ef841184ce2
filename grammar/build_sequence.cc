// Sequences: steps with `then`, and what bounds them.
#include <fmt/format.h>

#include "grammar/build_expr.h"
#include "grammar/scan.h"

namespace kitle {
namespace {

bool is_sequence_part(const NodeRef& part) {
  return part.is(CstKind::kStepName) || part.is(CstKind::kAllWithin) ||
         part.is(CstKind::kSame);
}

}  // namespace

// `any purchase with same product`: without a step. Reported if so.
bool ExprBuilder::outside_sequence(const NodeRef& node) {
  for (const NodeRef& part : node.children()) {
    if (!is_sequence_part(part)) continue;
    report(DiagnosticId::kNoSequence, part.span(), {std::string(part.text())});
    return true;
  }
  return false;
}

ExprPtr ExprBuilder::sequence(const NodeRef& node) {
  const NodeRef word = *node.first();
  ExprPtr made = make(ExprKind::kSequence, node);
  made->op_span = word.span();
  made->quantifier = static_cast<Quantifier>(word.detail());
  const bool plain = made->quantifier == Quantifier::kAny ||
                     made->quantifier == Quantifier::kNo;
  if (!plain || node.first(CstKind::kDifferent) ||
      node.first(CstKind::kDaysWith)) {
    report(DiagnosticId::kSequenceAlone, word.span());
    return nullptr;
  }
  std::optional<StepClause> first = step(node);
  bool sound = first.has_value();
  if (first) made->steps.push_back(std::move(*first));
  auto part = node.first(CstKind::kStep);
  for (; part && part->is(CstKind::kStep); part = part->following(node)) {
    std::optional<StepClause> next = step(*part);
    sound = sound && next;
    if (next) made->steps.push_back(std::move(*next));
  }
  for (; part; part = part->following(node)) sequence_part(node, *part, *made);
  return sound ? std::move(made) : nullptr;
}

// Of a kStep, or the first one, whose parts stand in the sequence itself.
std::optional<StepClause> ExprBuilder::step(const NodeRef& node) {
  if (const auto any = node.first(CstKind::kAnyStep)) {
    report(DiagnosticId::kStepEvent, any->span(), {"`any` of them"})
        .with_mend(span(any->begin(), any->following(node)->begin()), "",
                   "remove `any`");
  }
  StepClause made;
  made.negated = node.first(CstKind::kNoStep).has_value();
  made.clause = clause(node, false);
  if (!made.clause) return {};
  made.span = span(node.begin(), made.clause->span.end);
  if (const auto named = node.first(CstKind::kStepName)) {
    made.name = name(*named->first());
  }
  if (!node.is(CstKind::kStep)) return made;
  for (const NodeRef& part : node.children()) {
    if (!part.is(CstKind::kWithinStep)) continue;
    if (made.within) {
      report(DiagnosticId::kSecondPart, part.span(), {"`within`"})
          .with_place(made.within->span, "the first one");
    }
    made.within = length(part);
  }
  return made;
}

// What stands behind the last step.
void ExprBuilder::sequence_part(const NodeRef& node, const NodeRef& part,
                                Expr& made) {
  if (part.is(CstKind::kAllWithin)) return add_all_within(part, made);
  if (part.is(CstKind::kSame)) return add_same(part, made);
  if (!part.is(CstKind::kWithinStep)) return window_behind(node, part);
  report(DiagnosticId::kPartOrder, part.span(),
         {"within", "`all within` and `with same`"});
}

void ExprBuilder::add_all_within(const NodeRef& part, Expr& made) {
  if (made.all_within) {
    report(DiagnosticId::kSecondPart, part.span(), {"`all within`"})
        .with_place(made.all_within->span, "the first one");
  }
  made.all_within = length(part);
}

void ExprBuilder::add_same(const NodeRef& part, Expr& made) {
  if (!made.same.empty()) {
    report(DiagnosticId::kSecondPart, part.span(), {"`with same`"})
        .with_place(made.same.front().span, "the first one");
  }
  for (const NodeRef& path : part.children()) {
    made.same.push_back(name(path));
  }
}

// `any a then b with same c in last 30 days`.
void ExprBuilder::window_behind(const NodeRef& node, const NodeRef& part) {
  uint32_t end = part.begin();
  while (input_.text[end - 1] == ' ' || input_.text[end - 1] == '\n') --end;
  const Span before = span(node.begin(), end);
  const std::string right =
      fmt::format("{} ({})", part.text(), input_.sources.text(before));
  report(DiagnosticId::kWindowBehindSequence, part.span())
      .with_mend(span(node.begin(), part.end()), right,
                 "put it before the sequence, in brackets");
}

}  // namespace kitle
