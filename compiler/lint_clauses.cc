// Lints of single clauses, found in what was written. A tree is walked with
// what stands beside a part: the other conditions that are joined with it.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/lint_context.h"

namespace kitle {

namespace {

using Beside = std::vector<const Expr*>;

// What a condition is without the brackets around it.
const Expr& bare(const Expr& expr) {
  const Expr* at = &expr;
  while (at->kind == ExprKind::kBracket && at->args[0]) at = at->args[0].get();
  return *at;
}

// Whether some part of a tree is as asked.
template <class Ask>
bool any_part(const Expr& expr, const Ask& ask);

template <class Ask>
bool any_part(const EventClause& clause, const Ask& ask) {
  if (clause.where && any_part(*clause.where, ask)) return true;
  return std::ranges::any_of(clause.anchors, [&](const Anchor& each) {
    return each.moment && any_part(*each.moment, ask);
  });
}

template <class Ask>
bool any_part(const Expr& expr, const Ask& ask) {
  if (ask(expr)) return true;
  if (expr.clause && any_part(*expr.clause, ask)) return true;
  const bool below = std::ranges::any_of(expr.args, [&](const ExprPtr& arg) {
    return arg && any_part(*arg, ask);
  });
  return below || std::ranges::any_of(expr.steps, [&](const StepClause& each) {
           return each.clause && any_part(*each.clause, ask);
         });
}

bool is_negative(Quantifier quantifier) {
  return quantifier == Quantifier::kNo || quantifier == Quantifier::kAtMost ||
         quantifier == Quantifier::kFewerThan;
}

class ClauseLinter {
 public:
  explicit ClauseLinter(const LintContext& context) : context_(context) {}

  void rule(const ExprPtr& tree) {
    if (tree) condition(*tree, {}, {});
  }

  void events(const EventClause& clause) { this->clause(clause); }

 private:
  // Where a condition stands.
  struct Place {
    bool grouped = false;  // a group window reaches it
    bool negated = false;
    const EventType* event = nullptr;  // of a `where`
    bool by_order = false;             // and its events are counted by order
    bool complete = false;             // and no property of it is ever missing
  };

  // ---- the walk ----

  void condition(const Expr& expr, const Beside& beside, Place place) {
    switch (expr.kind) {
      case ExprKind::kBracket:
        return inner(expr, beside, place);
      case ExprKind::kNot:
        place.negated = !place.negated;
        return inner(expr, beside, place);
      case ExprKind::kGroup:
        last_period(*expr.window);
        place.grouped = true;
        return inner(expr, beside, place);
      case ExprKind::kAnd:
        if (!place.grouped && place.event == nullptr) mixed_windows(expr);
        return junction(expr, beside, place);
      case ExprKind::kOr:
        return junction(expr, beside, place);
      case ExprKind::kExpanded:
        return;  // the template's body is looked at where it is declared
      case ExprKind::kQuantified:
        anchors(expr, beside, place);
        break;
      case ExprKind::kSequence:
        sequence(expr);
        break;
      default:
        comparison(expr, beside, place);
    }
    values(expr);
  }

  void inner(const Expr& expr, const Beside& beside, const Place& place) {
    if (expr.args[0]) condition(*expr.args[0], beside, place);
  }

  void junction(const Expr& expr, const Beside& beside, const Place& place) {
    for (const ExprPtr& arg : expr.args) {
      if (!arg) continue;
      Beside all = beside;
      for (const ExprPtr& other : expr.args) {
        if (other && other != arg) all.push_back(other.get());
      }
      condition(*arg, all, place);
    }
  }

  // Clauses in a condition that joins nothing.
  void values(const Expr& expr) {
    if (expr.kind == ExprKind::kExpanded) return;
    if (expr.window) last_period(*expr.window);
    if (expr.clause) clause(*expr.clause);
    for (const StepClause& step : expr.steps) {
      if (step.clause) clause(*step.clause);
    }
    for (const ExprPtr& arg : expr.args) {
      if (arg) values(*arg);
    }
  }

  void clause(const EventClause& clause) {
    if (clause.window) last_period(*clause.window);
    for (const Anchor& each : clause.anchors) {
      if (each.moment) values(*each.moment);
    }
    if (!clause.where) return;
    const Schema& schema = context_.repository().schema;
    const auto event = find_event(clause.event.text);
    if (!event) return condition(*clause.where, {}, {});
    const DerivedEvents* derived = schema.derived_event(*event);
    condition(*clause.where, {},
              {.event = &schema.event(*event),
               .by_order = schema.counts_orders(*event) && !clause.rows,
               .complete = derived != nullptr && !derived->is_group()});
  }

  // Stored or derived.
  std::optional<uint32_t> find_event(std::string_view name) const {
    const Schema& schema = context_.repository().schema;
    for (uint32_t i = 0; i < schema.event_count(); ++i) {
      const EventType& each = schema.event(i);
      if (each.name == name || each.plural == name) return i;
    }
    return std::nullopt;
  }

  // ---- windows ----

  // `last 1 month` is rolling, `last month` is the month before this one.
  void last_period(const Window& window) {
    const Amount& amount = window.amount;
    const bool calendar =
        amount.unit == TimeUnit::kWeek || amount.unit == TimeUnit::kMonth ||
        amount.unit == TimeUnit::kQuarter || amount.unit == TimeUnit::kYear;
    const bool one = window.kind == WindowKind::kLast && amount.count == 1 &&
                     amount.name.empty();
    if (!one || !calendar) return;
    const std::string unit = unit_name(amount.unit);
    context_.add(DiagnosticId::kLastPeriod, window.span, {unit});
  }

  // Event clauses joined by `and`: some with a window, an anchor or `ever`,
  // some with none.
  void mixed_windows(const Expr& all) {
    std::vector<Counting> open;
    const EventClause* bounded = nullptr;
    for (const ExprPtr& arg : all.args) {
      const Counting found = arg ? counting(*arg) : Counting();
      if (found.clause == nullptr) continue;
      const bool has = found.clause->window || !found.clause->anchors.empty();
      if (!has) open.push_back(found);
      if (has && bounded == nullptr) bounded = found.clause;
    }
    if (bounded == nullptr) return;
    for (const Counting& each : open) {
      const Span& clause = each.clause->span;
      context_
          .add(DiagnosticId::kMixedWindows, each.whole->span,
               {context_.quote(each.whole->span)})
          .with_place(bounded->span, "this says when")
          .with_mend({clause.file, clause.end, clause.end}, " ever",
                     "write `ever` behind the events");
    }
  }

  // A quantifier, or a comparison of a measure.
  struct Counting {
    const Expr* whole = nullptr;
    const EventClause* clause = nullptr;
  };
  static Counting counting(const Expr& written) {
    const Expr& expr = bare(written);
    if (expr.kind == ExprKind::kNot && expr.args[0]) {
      return counting(*expr.args[0]);
    }
    if (expr.kind == ExprKind::kQuantified) return {&expr, expr.clause.get()};
    if (expr.kind != ExprKind::kCompare) return {};
    for (const ExprPtr& arg : expr.args) {
      const bool measure = arg && arg->kind == ExprKind::kMeasure;
      if (measure) return {&expr, arg->clause.get()};
    }
    return {};
  }

  // ---- anchors ----

  // Where few events are enough, a missing anchor lets people in.
  void anchors(const Expr& expr, const Beside& beside, const Place& place) {
    const bool few = is_negative(expr.quantifier) != place.negated;
    if (!few || !expr.clause) return;
    for (const Anchor& each : expr.clause->anchors) {
      if (!each.moment) continue;
      const bool moment = each.moment->kind == ExprKind::kMoment;
      if (!moment && each.moment->kind != ExprKind::kName) continue;
      missing_anchor(expr, each, beside);
      open_span(expr, each, beside);
    }
  }

  void missing_anchor(const Expr& expr, const Anchor& anchor,
                      const Beside& beside) {
    const Expr& moment = *anchor.moment;
    const bool guarded = std::ranges::any_of(beside, [&](const Expr* other) {
      return requires_moment(*other, moment);
    });
    if (guarded) return;
    const bool event = moment.kind == ExprKind::kMoment;
    const std::string guard = event
                                  ? "any " + moment.clause->event.text
                                  : context_.quote(moment.span) + " is present";
    context_
        .add(DiagnosticId::kMissingAnchor, anchor.span,
             {context_.quote(expr.span), context_.quote(moment.span)})
        .with_label(fmt::format("add `and {}`", guard));
  }

  // Whether a condition cannot hold without that moment.
  bool requires_moment(const Expr& written, const Expr& moment) const {
    const Expr& other = bare(written);
    const bool negative =
        other.kind == ExprKind::kNot || other.kind == ExprKind::kIsMissing ||
        (other.kind == ExprKind::kQuantified && is_negative(other.quantifier));
    if (negative) return false;
    return any_part(other, [&](const Expr& part) {
      if (moment.kind == ExprKind::kName) {
        return part.kind == ExprKind::kName &&
               part.name.text == moment.name.text;
      }
      return part.clause &&
             same_event(part.clause->event.text, moment.clause->event.text);
    });
  }

  bool same_event(const std::string& a, const std::string& b) const {
    return a == b || (find_event(a) && find_event(a) == find_event(b));
  }

  // `no purchase within 3 days after T`, while the three days last.
  void open_span(const Expr& expr, const Anchor& anchor, const Beside& beside) {
    const bool ends = anchor.after && (anchor.form == AnchorForm::kWithin ||
                                       anchor.form == AnchorForm::kRange);
    if (!ends || expr.quantifier == Quantifier::kAtMost) return;
    const std::string moment = context_.quote(anchor.moment->span);
    const bool waited = std::ranges::any_of(beside, [&](const Expr* other) {
      return any_part(*other, [&](const Expr& part) {
        const bool asks = part.kind == ExprKind::kDaysSince ||
                          part.kind == ExprKind::kTimeSince ||
                          part.kind == ExprKind::kMatchesWindow;
        return asks && part.args[0] &&
               context_.quote(part.args[0]->span) == moment;
      });
    });
    if (waited) return;
    context_
        .add(DiagnosticId::kOpenSpan, anchor.span, {context_.quote(expr.span)})
        .with_label(
            fmt::format("`days since {}` says that it is over", moment));
  }

  // ---- sequences ----

  void sequence(const Expr& expr) {
    if (expr.quantifier != Quantifier::kNo) return;
    const std::string any = "any" + context_.quote(expr.span).substr(2);
    const std::string_view steps = context_.sources().text(expr.span).substr(2);
    context_
        .add(DiagnosticId::kNotAnySequence, expr.span,
             {context_.quote(expr.span), any})
        .with_mend(expr.span, fmt::format("not (any{})", steps),
                   fmt::format("write `not ({})`", any));
  }

  // ---- comparisons ----

  void comparison(const Expr& expr, const Beside& beside, const Place& place) {
    if (expr.args.empty() || !expr.args[0]) return;
    if (expr.args[0]->kind != ExprKind::kName) return;
    const Name& name = expr.args[0]->name;
    is_not(expr, name, beside, place);
    order_total(expr, name, place);
  }

  void is_not(const Expr& expr, const Name& name, const Beside& beside,
              const Place& place) {
    const bool listed = expr.kind == ExprKind::kInList && expr.negated;
    const bool plain =
        expr.kind == ExprKind::kCompare && expr.op == CompareOp::kIsNot;
    if ((!listed && !plain) || place.negated || !may_miss(name.text, place)) {
      return;
    }
    const bool thought_of = std::ranges::any_of(beside, [&](const Expr* other) {
      return any_part(*other, [&](const Expr& part) {
        const bool tested =
            part.kind == ExprKind::kIsMissing ||
            part.kind == ExprKind::kIsPresent ||
            part.kind == ExprKind::kMatchesWindow ||
            (part.kind == ExprKind::kCompare && part.op != CompareOp::kIsNot) ||
            (part.kind == ExprKind::kInList && !part.negated);
        return tested && part.args[0] &&
               part.args[0]->kind == ExprKind::kName &&
               part.args[0]->name.text == name.text;
      });
    });
    if (thought_of) return;
    context_
        .add(DiagnosticId::kIsNotMissing, expr.span,
             {context_.quote(expr.span), name.text})
        .with_label(fmt::format(
            "add `and {0} is present`, or `or {0} is missing`", name.text));
  }

  // A column of what the condition is about, or the person's.
  bool may_miss(std::string_view name, const Place& place) const {
    const Schema& schema = context_.repository().schema;
    const std::string person = schema.profile_name + ".";
    if (place.event == nullptr) return schema.find_attribute(name) != nullptr;
    if (name.starts_with(person)) {
      return schema.find_attribute(name.substr(person.size())) != nullptr;
    }
    return !place.complete && property(*place.event, name) != nullptr;
  }

  static const Column* property(const EventType& event, std::string_view name) {
    const auto found = std::ranges::find(event.columns, name, &Column::name);
    return found == event.columns.end() ? nullptr : &*found;
  }

  // A line's money, where the order's was probably meant.
  void order_total(const Expr& expr, const Name& name, const Place& place) {
    const bool compared =
        expr.kind == ExprKind::kBetween ||
        (expr.kind == ExprKind::kCompare && expr.op >= CompareOp::kLess &&
         expr.op <= CompareOp::kGreaterEqual);
    if (!compared || !place.by_order) return;
    const Column* column = property(*place.event, name.text);
    if (column == nullptr || column->type != TypeKind::kMoney) return;
    context_
        .add(DiagnosticId::kOrderTotal, name.span,
             {name.text, place.event->name})
        .with_mend(
            name.span, "total " + name.text,
            fmt::format("write `total {}` for the order's sum", name.text));
  }

  const LintContext& context_;
};

}  // namespace

void lint_clauses(const LintContext& context) {
  ClauseLinter linter(context);
  const Syntax& syntax = context.syntax();
  for (const SegmentDecl& each : syntax.segments) {
    if (!context.is_standard(each.span)) linter.rule(each.condition);
  }
  for (const StagesDecl& each : syntax.stages) {
    if (context.is_standard(each.span)) continue;
    for (const StageDecl& stage : each.stages) linter.rule(stage.condition);
  }
  for (const TemplateDecl& each : syntax.templates) {
    if (!context.is_standard(each.span)) linter.rule(each.body);
  }
  for (const LetDecl& each : syntax.lets) {
    if (!context.is_standard(each.span)) linter.rule(each.value);
  }
  for (const PersonaDecl& each : syntax.personas) {
    for (const PointsDecl& line : each.points) {
      if (line.clause) linter.events(*line.clause);
      linter.rule(line.condition);
    }
  }
  for (const ScoreDecl& each : syntax.scores) linter.rule(each.population);
}

}  // namespace kitle
