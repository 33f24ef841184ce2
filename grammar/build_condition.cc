// Conditions: chains of `and` and `or`, comparisons, quantifiers, groups.
#include <fmt/format.h>

#include <algorithm>

#include "grammar/build_expr.h"
#include "grammar/scan.h"

namespace kitle {
namespace {

// What stands alone in a comparison without a tail, or nothing.
std::optional<NodeRef> lone_operand(const NodeRef& compare) {
  if (!compare.is(CstKind::kCompare)) return {};
  NodeRef here = *compare.first();
  if (here.following(compare)) return {};
  while (here.is(CstKind::kSum) || here.is(CstKind::kProduct)) {
    const NodeRef only = *here.first();
    if (only.following(here)) return {};
    here = only;
  }
  return here;
}

// A value alone where a condition should be, also behind a `where`.
bool is_half_condition(NodeRef node) {
  while (true) {
    if (node.is(CstKind::kNot) || node.is(CstKind::kWhere)) {
      node = *node.first();
    } else if (node.is(CstKind::kQuantified)) {
      const NodeRef last = node.children().back();
      if (!last.is(CstKind::kWhere)) return false;
      node = last;
    } else {
      return lone_operand(node).has_value();
    }
  }
}

bool is_written_value(const NodeRef& node) {
  return node.is(CstKind::kString) || node.is(CstKind::kStringSlip) ||
         node.is(CstKind::kQuantity) || node.is(CstKind::kDate) ||
         node.is(CstKind::kDateTime);
}

// `is "a"` or `is not "a"` of a comparison.
std::optional<NodeRef> is_tail(const NodeRef& compare) {
  if (!compare.is(CstKind::kCompare)) return {};
  const auto tail = compare.first(CstKind::kOperatorTail);
  if (!tail) return {};
  const auto op = static_cast<CompareOp>(tail->first()->detail());
  const bool equal = op == CompareOp::kIs || op == CompareOp::kIsNot;
  return equal ? tail : std::nullopt;
}

std::string collapsed(std::string_view text) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const size_t next = skip_blanks(text, at);
    if (next != at) {
      result += ' ';
      at = next;
    } else {
      result += text[at++];
    }
  }
  return result;
}

}  // namespace

struct ExprBuilder::Part {
  NodeRef unit;
  std::optional<NodeRef> connector;  // before it; none for the first
  std::vector<NodeRef> more;         // `or "b" or "c"` behind `is "a"`
  bool orred() const { return connector && connector->is(CstKind::kOr); }
};

ExprPtr ExprBuilder::chain(const NodeRef& node) {
  std::vector<Part> parts = parts_of(node);
  merge_alternatives(parts);
  report_mixed(node, parts);
  return join(node, parts);
}

// A value alone before what does not fit (`channel "web"`) is half a
// condition, and its mistake is reported: it is left out.
std::vector<ExprBuilder::Part> ExprBuilder::parts_of(const NodeRef& chain) {
  std::vector<Part> parts;
  std::optional<NodeRef> connector;
  std::optional<NodeRef> before;
  for (const NodeRef& child : chain.children()) {
    const bool joined = parts.empty() || connector.has_value();
    switch (child.kind()) {
      case CstKind::kMissingAnd:
        report_missing_and(*before, child);
        connector = child;
        break;
      case CstKind::kAnd:
      case CstKind::kOr:
        check_connector(child);
        connector = child;
        break;
      default:
        if (!joined && is_half_condition(parts.back().unit)) {
          parts.back().unit = child;
        } else {
          parts.push_back({child, connector, {}});
        }
        connector.reset();
        before = child;
    }
  }
  return parts;
}

// `&&` and `||`.
void ExprBuilder::check_connector(const NodeRef& node) {
  const bool sign =
      node.text().starts_with('&') || node.text().starts_with('|');
  if (!sign) return;
  const std::string right = node.is(CstKind::kOr) ? "or" : "and";
  report(DiagnosticId::kLogicSign, node.span(),
         {std::string(node.text()), right})
      .with_mend(node.span(), right, fmt::format("write `{}`", right));
}

void ExprBuilder::report_missing_and(const NodeRef& before,
                                     const NodeRef& connector) {
  if (before.is(CstKind::kHole)) return;  // whatever is wrong is reported
  const uint32_t at = connector.begin();
  const uint32_t length =
      static_cast<uint32_t>(std::max<size_t>(1, word_length(input_.text, at)));
  report(DiagnosticId::kMissingAnd, span(at, at + length))
      .with_place(before.span(), "the condition before ends here")
      .with_mend(span(at, at), "and ", "write `and` before it");
}

// `x is "a" or "b"`: the texts alone belong to the comparison.
void ExprBuilder::merge_alternatives(std::vector<Part>& parts) {
  std::vector<Part> merged;
  for (size_t i = 0; i < parts.size();) {
    merged.push_back(std::move(parts[i++]));
    Part& part = merged.back();
    if (!is_tail(part.unit)) continue;
    const bool by_or = i < parts.size() && parts[i].orred();
    while (i < parts.size() && is_alternative(parts[i]) &&
           parts[i].orred() == by_or) {
      part.more.push_back(*lone_operand(parts[i++].unit));
    }
    if (!part.more.empty()) report_alternatives(part);
  }
  parts = std::move(merged);
}

bool ExprBuilder::is_alternative(const Part& part) {
  const auto alone = lone_operand(part.unit);
  return alone && is_written_value(*alone) && part.connector &&
         !part.connector->is(CstKind::kMissingAnd);
}

void ExprBuilder::report_alternatives(const Part& part) {
  const NodeRef tail = *is_tail(part.unit);
  const NodeRef op = *tail.first();
  const bool negated = static_cast<CompareOp>(op.detail()) == CompareOp::kIsNot;
  std::string list = fmt::format("{} {{{}", negated ? "not in" : "in",
                                 op.following(tail)->text());
  for (const NodeRef& each : part.more)
    list += fmt::format(", {}", each.text());
  list += "}";
  report(DiagnosticId::kIsEither, part.more.front().span())
      .with_place(op.span(), "only this is compared")
      .with_mend(span(op.begin(), part.more.back().end()), list,
                 fmt::format("write `{}`", list));
}

void ExprBuilder::report_mixed(const NodeRef& chain,
                               const std::vector<Part>& parts) {
  const Part* first = nullptr;
  const Part* other = nullptr;
  for (const Part& part : parts) {
    if (!part.connector) continue;
    if (first == nullptr) first = &part;
    if (other == nullptr && part.orred() != first->orred()) other = &part;
  }
  if (other == nullptr) return;
  // The text with brackets around each run joined by `and` or by `or`.
  const auto bracketed = [&](bool by_or) {
    std::string text;
    uint32_t at = parts.front().unit.begin();
    for (size_t i = 0; i < parts.size(); ++i) {
      const bool joined =
          i > 0 && parts[i].orred() == by_or && parts[i].connector;
      const bool joins = i + 1 < parts.size() && parts[i + 1].orred() == by_or;
      const uint32_t begin = parts[i].unit.begin();
      text += input_.text.substr(at, begin - at);
      if (joins && !joined) text += '(';
      text += parts[i].unit.text();
      if (joined && !joins) text += ')';
      at = parts[i].unit.end();
    }
    return text;
  };
  const Span whole = span(parts.front().unit.begin(), parts.back().unit.end());
  const auto mend = [&](Diagnostic& made, bool by_or) {
    const std::string text = bracketed(by_or);
    made.with_mend(whole, text, fmt::format("either `{}`", collapsed(text)));
  };
  (void)chain;
  Diagnostic& made =
      report(DiagnosticId::kMixedAndOr, other->connector->span());
  made.with_place(first->connector->span(), "joined by the other word here");
  mend(made, false);
  mend(made, true);
}

// `and` binds tighter where brackets are missing; that was reported.
ExprPtr ExprBuilder::join(const NodeRef& chain, std::vector<Part>& parts) {
  std::vector<ExprPtr> alternatives;
  std::vector<ExprPtr> together;
  const auto close = [&] {
    if (together.empty()) return;
    if (together.size() == 1) {
      alternatives.push_back(std::move(together.front()));
    } else {
      ExprPtr made = make(ExprKind::kAnd, chain);
      made->span = {input_.file, together.front()->span.begin,
                    together.back()->span.end};
      made->args = std::move(together);
      alternatives.push_back(std::move(made));
    }
    together.clear();
  };
  std::optional<Span> and_span;
  std::optional<Span> or_span;
  for (Part& part : parts) {
    if (part.orred()) close();
    if (part.connector) {
      std::optional<Span>& place = part.orred() ? or_span : and_span;
      if (!place) place = part.connector->span();
    }
    ExprPtr made = unit(part.unit);
    if (made) together.push_back(std::move(made));
  }
  close();
  for (ExprPtr& each : alternatives) {
    if (each->kind == ExprKind::kAnd && and_span) each->op_span = *and_span;
  }
  if (alternatives.empty()) return nullptr;
  if (alternatives.size() == 1) return std::move(alternatives.front());
  ExprPtr made = make(ExprKind::kOr, chain);
  if (or_span) made->op_span = *or_span;
  made->args = std::move(alternatives);
  return made;
}

ExprPtr ExprBuilder::unit(const NodeRef& node) {
  switch (node.kind()) {
    case CstKind::kHole:
      return nullptr;
    case CstKind::kNot:
      return negation(node);
    case CstKind::kGroup:
      return group(node);
    case CstKind::kQuantified:
      return quantified(node);
    case CstKind::kInSegment: {
      ExprPtr made = make(ExprKind::kInSegment, node);
      made->name = name(*node.first());
      return made;
    }
    case CstKind::kInTop:
      return in_top(node);
    case CstKind::kEveryone:
      return make(ExprKind::kEveryone, node);
    case CstKind::kBracket:
      return bracket(node);
    default:
      return compare(node);
  }
}

ExprPtr ExprBuilder::in_top(const NodeRef& node) {
  const NodeRef number = *node.first(CstKind::kNumber);
  const NodeRef sign = *number.following(node);
  const NodeRef value = *sign.following(node);
  check_percent(number, sign);
  ExprPtr made = make(ExprKind::kInTop, node);
  made->text = digits(number);
  made->args.push_back(this->value(value));
  const auto population = node.first(CstKind::kPopulation);
  if (population) made->args.push_back(unit(*population->first()));
  return made;
}

ExprPtr ExprBuilder::negation(const NodeRef& node) {
  const NodeRef inner = *node.first();
  if (node.text().starts_with('!')) {
    const Span sign = span(node.begin(), node.begin() + 1);
    report(DiagnosticId::kLogicSign, sign, {"!", "not"})
        .with_mend(sign, "not ", "write `not`");
  }
  ExprPtr made = unit(inner);
  if (!made) return nullptr;
  const Span op = span(node.begin(), node.begin() + 3);
  if (inner.is(CstKind::kInSegment)) {
    made->negated = true;
    made->span = node.span();
    made->op_span = op;
    return made;
  }
  ExprPtr negated = make(ExprKind::kNot, node);
  negated->op_span = op;
  negated->args.push_back(std::move(made));
  return negated;
}

ExprPtr ExprBuilder::group(const NodeRef& node) {
  const NodeRef when = *node.first();
  ExprPtr inner = bracket(*when.following(node));
  ExprPtr made = make(ExprKind::kGroup, node);
  made->op_span = when.span();
  made->window = window(when);
  if (!inner || !made->window) return nullptr;
  made->args.push_back(std::move(inner->args.front()));
  return made;
}

ExprPtr ExprBuilder::quantified(const NodeRef& node) {
  if (node.first(CstKind::kStep)) return sequence(node);
  if (outside_sequence(node)) return nullptr;
  const NodeRef word = *node.first();
  ExprPtr made = make(ExprKind::kQuantified, node);
  made->op_span = word.span();
  made->quantifier = static_cast<Quantifier>(word.detail());
  for (auto part = word.following(node); part; part = part->following(node)) {
    const bool number = part->is(CstKind::kNumber) || part->is(CstKind::kPath);
    if (!number) break;
    (made->low ? made->high : made->low) = value(*part);
  }
  if (node.first(CstKind::kDifferent)) made->counted = Counted::kDifferent;
  if (node.first(CstKind::kDaysWith)) made->counted = Counted::kDays;
  made->clause = clause(node, false);
  if (!made->clause || needs_number(*made, word)) return nullptr;
  const bool counted = made->low != nullptr;
  if (counted && is_unit_word(made->clause->event.text)) {
    report(DiagnosticId::kCountOfUnits, node.span(),
           {std::string(word.text()), made->clause->event.text});
    return nullptr;
  }
  return made;
}

// `any different product of`, `no days with`: how many is not said.
bool ExprBuilder::needs_number(const Expr& made, const NodeRef& word) {
  if (made.counted == Counted::kEvents || made.low) return false;
  const char* number =
      made.quantifier == Quantifier::kAny ? "at least 1" : "exactly 0";
  report(DiagnosticId::kNumberNeeded, word.span(),
         {std::string(word.text()), counted_text(made.counted)})
      .with_mend(word.span(), number, fmt::format("write `{}`", number));
  return true;
}

ExprPtr ExprBuilder::compare(const NodeRef& node) {
  const NodeRef first = *node.first();
  ExprPtr operand = value(first);
  const auto tail = first.following(node);
  if (!tail) return operand;
  ExprPtr made = with_tail(node, std::move(operand), *tail);
  if (const auto second = tail->following(node)) {
    report(DiagnosticId::kChainedComparison, second->span())
        .with_place(tail->span(), "the first comparison");
    return nullptr;
  }
  return made;
}

ExprPtr ExprBuilder::with_tail(const NodeRef& node, ExprPtr operand,
                               const NodeRef& tail) {
  switch (tail.kind()) {
    case CstKind::kOperatorTail:
      return operator_tail(node, std::move(operand), tail);
    case CstKind::kInTail:
      return in_tail(node, std::move(operand), tail);
    case CstKind::kContainsTail:
      return contains_tail(node, std::move(operand), tail);
    case CstKind::kBetweenTail:
      return between_tail(node, std::move(operand), tail);
    case CstKind::kIsMissing:
    case CstKind::kIsPresent: {
      if (!operand) return nullptr;
      const bool missing = tail.is(CstKind::kIsMissing);
      ExprPtr made =
          make(missing ? ExprKind::kIsMissing : ExprKind::kIsPresent, node);
      made->op_span = tail.span();
      made->args.push_back(std::move(operand));
      return made;
    }
    default:
      return window_tail(node, std::move(operand), tail);
  }
}

ExprPtr ExprBuilder::operator_tail(const NodeRef& node, ExprPtr operand,
                                   const NodeRef& tail) {
  const NodeRef op = *tail.first();
  const NodeRef right = *op.following(tail);
  if (right.following(tail)) return compared_ago(node, tail);
  const CompareOp which = static_cast<CompareOp>(op.detail());
  const bool order =
      which >= CompareOp::kLess && which <= CompareOp::kGreaterEqual;
  ExprPtr other = order ? value(right) : literal(right);
  check_operator(op, right);
  if (!operand || !other) return nullptr;
  ExprPtr made = make(ExprKind::kCompare, node);
  if (other->kind == ExprKind::kList) made->kind = ExprKind::kInList;
  made->negated = which == CompareOp::kIsNot;
  if (made->kind == ExprKind::kCompare) made->negated = false;
  made->op = which;
  made->op_span = op.span();
  made->args.push_back(std::move(operand));
  made->args.push_back(std::move(other));
  return made;
}

// `signed_up > 7 days ago`, `last purchase more than 30 days ago`.
ExprPtr ExprBuilder::compared_ago(const NodeRef& node, const NodeRef& tail) {
  const NodeRef left = *node.first();
  const NodeRef op = *tail.first();
  const NodeRef amount = *op.following(tail);
  const Span whole = span(left.begin(), tail.end());
  const std::string within =
      fmt::format("{} in last {}", left.text(), amount.text());
  const std::string longer =
      fmt::format("not {} in last {}", left.text(), amount.text());
  Diagnostic& made =
      report(DiagnosticId::kAgoCompared, span(amount.begin(), tail.end()),
             {std::string(left.text()), fmt::format("{} ago", amount.text())});
  if (static_cast<CompareOp>(op.detail()) == CompareOp::kIs) {
    const std::string day =
        fmt::format("{} {} ago", left.text(), amount.text());
    made.with_mend(whole, day, fmt::format("write `{}`", day));
    return nullptr;
  }
  made.with_mend(whole, within, fmt::format("since then: `{}`", within))
      .with_mend(whole, longer,
                 fmt::format("longer ago or never: `{}`", longer));
  return nullptr;
}

// Slips in the operator: `==` for `is`, `is {...}` for `in {...}`.
void ExprBuilder::check_operator(const NodeRef& op, const NodeRef& operand) {
  const CompareOp which = static_cast<CompareOp>(op.detail());
  const std::string_view right = op_text(which);
  const bool list = operand.text().starts_with('{');
  const bool equal = which == CompareOp::kIs || which == CompareOp::kIsNot ||
                     which == CompareOp::kIsExactly;
  if (list && equal) {
    const std::string_view in = which == CompareOp::kIsNot ? "not in" : "in";
    report(DiagnosticId::kIsList, op.span(), {std::string(right)})
        .with_mend(op.span(), std::string(in), fmt::format("write `{}`", in));
    return;
  }
  const std::string written = fold_keyword(collapsed(op.text()));
  if (written == right) return;
  report(DiagnosticId::kComparisonSign, op.span(),
         {std::string(op.text()), std::string(right)})
      .with_mend(op.span(), std::string(right),
                 fmt::format("write `{}`", right));
}

ExprPtr ExprBuilder::in_tail(const NodeRef& node, ExprPtr operand,
                             const NodeRef& tail) {
  const NodeRef what = *tail.first();
  const bool negated = tail.detail() != 0;
  const std::string_view words = negated ? "not in" : "in";
  const uint32_t end = what.begin();
  std::string_view written =
      input_.text.substr(tail.begin(), end - tail.begin());
  while (written.ends_with(' ')) written.remove_suffix(1);
  const Span op =
      span(tail.begin(), tail.begin() + static_cast<uint32_t>(written.size()));
  if (fold_keyword(written).starts_with("is")) {
    report(DiagnosticId::kComparisonSign, op,
           {std::string(written), std::string(words)})
        .with_mend(op, std::string(words), fmt::format("write `{}`", words));
  }
  ExprPtr list = literal(what);
  if (!operand || !list) return nullptr;
  ExprPtr made = make(ExprKind::kInList, node);
  made->op_span = op;
  made->negated = negated;
  made->args.push_back(std::move(operand));
  made->args.push_back(std::move(list));
  return made;
}

ExprPtr ExprBuilder::contains_tail(const NodeRef& node, ExprPtr operand,
                                   const NodeRef& tail) {
  const NodeRef what = *tail.first();
  ExprPtr list = literal(what);
  if (!operand || !list) return nullptr;
  ExprPtr made = make(ExprKind::kContainsList, node);
  made->op_span = span(tail.begin(), what.begin() - 1);
  made->all = tail.detail() != 0;
  made->args.push_back(std::move(operand));
  made->args.push_back(std::move(list));
  return made;
}

ExprPtr ExprBuilder::between_tail(const NodeRef& node, ExprPtr operand,
                                  const NodeRef& tail) {
  if (between_ago(tail)) return nullptr;
  const NodeRef low_node = *tail.first();
  const NodeRef high_node = *low_node.following(tail);
  ExprPtr low = value(low_node);
  ExprPtr high = value(high_node);
  if (!operand || !low || !high) return nullptr;
  ExprPtr made = make(ExprKind::kBetween, node);
  const uint32_t word =
      static_cast<uint32_t>(word_length(input_.text, tail.begin()));
  made->op_span = span(tail.begin(), tail.begin() + word);
  made->args.push_back(std::move(operand));
  made->args.push_back(std::move(low));
  made->args.push_back(std::move(high));
  return made;
}

ExprPtr ExprBuilder::window_tail(const NodeRef& node, ExprPtr operand,
                                 const NodeRef& tail) {
  if (tail.is(CstKind::kWithin) || tail.is(CstKind::kMoreThan)) {
    report(DiagnosticId::kWithinOfValue, tail.span(),
           {std::string(word_at(input_.text, tail.begin()))});
    return nullptr;
  }
  std::optional<Window> when = window(tail);
  if (!operand || !when) return nullptr;
  ExprPtr made = make(ExprKind::kMatchesWindow, node);
  made->op_span = tail.span();
  made->window = std::move(when);
  made->args.push_back(std::move(operand));
  return made;
}

}  // namespace kitle
