// Lints of single clauses, found in what was written. A tree is walked with
// what stands beside a part: the other conditions that are joined with it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <optional>

#include "compiler/lint_context.h"

namespace kitle {

namespace {

// The other conditions that are joined with one, in all junctions around it.
struct Beside {
  const Beside* outer = nullptr;
  const Expr* junction = nullptr;
  const Expr* but = nullptr;
};

// Conditions that are looked at beside others, in all: of what is not looked at
// nothing is told.
constexpr size_t kMostBeside = 1'000'000;

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
  for (const ExprPtr* each : {&clause.measured, &clause.where}) {
    if (*each && any_part(**each, ask)) return true;
  }
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

  // A window of a line reaches no further than the persona looks back.
  void looked_back(const PersonaDecl& persona, const EventClause& clause) {
    if (persona.look_back.empty() || !clause.window) return;
    const Window& back = persona.look_back.front();
    const auto most = days_back(back, true);
    const auto least = days_back(*clause.window, false);
    if (!most || !least || *least < *most) return;
    context_
        .add(DiagnosticId::kRedundantClause, clause.window->span,
             {context_.quote(clause.window->span)})
        .with_label("the persona looks back no further than that")
        .with_place(back.span, "the look-back");
  }

 private:
  // Where a condition stands.
  struct Place {
    bool grouped = false;  // a group window reaches it
    bool negated = false;
    const Expr* turned = nullptr;      // the `not` whose one condition it is
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
        place.turned = &expr;
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
        measured_anchors(expr, beside, place);
        comparison(expr, beside, place);
    }
    values(expr);
  }

  void inner(const Expr& expr, const Beside& beside, const Place& place) {
    if (expr.args[0]) condition(*expr.args[0], beside, place);
  }

  void junction(const Expr& expr, const Beside& beside, Place place) {
    place.turned = nullptr;
    for (const ExprPtr& arg : expr.args) {
      if (arg) condition(*arg, {&beside, &expr, arg.get()}, place);
    }
  }

  // Whether one of those beside is as asked, or there are too many.
  template <class Ask>
  bool any_beside(const Beside& beside, const Ask& ask) {
    for (const Beside* at = &beside; at != nullptr; at = at->outer) {
      if (at->junction == nullptr) continue;
      for (const ExprPtr& arg : at->junction->args) {
        if (!arg || arg.get() == at->but) continue;
        if (++beside_ > kMostBeside || ask(arg.get())) return true;
      }
    }
    return false;
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

  // What is said of events, and where it says of which time they are.
  struct Counting {
    const Expr* whole = nullptr;
    const EventClause* clause = nullptr;  // that `ever` can stand behind
    std::optional<Span> timed{};
    // Of which moment it says so: that is one of all such events.
    const EventClause* moment = nullptr;
  };

  // How many days a window reaches back from now, at most or at least.
  static std::optional<double> days_back(const Window& window, bool most) {
    const Amount& amount = window.amount;
    if (window.kind == WindowKind::kEver && !most) {
      return std::numeric_limits<double>::infinity();
    }
    if (window.kind != WindowKind::kLast || !amount.name.empty()) {
      return std::nullopt;
    }
    const auto count = static_cast<double>(amount.count);
    switch (amount.unit) {
      case TimeUnit::kSecond:
        return count / 86400;
      case TimeUnit::kMinute:
        return count / 1440;
      case TimeUnit::kHour:
        return count / 24;
      case TimeUnit::kDay:
        return count;
      case TimeUnit::kWeek:
        return count * 7;
      case TimeUnit::kMonth:
        return count * (most ? 31 : 28);
      case TimeUnit::kQuarter:
        return count * (most ? 92 : 90);
      case TimeUnit::kYear:
        return count * (most ? 366 : 365);
    }
    return std::nullopt;
  }

  // Event clauses joined by `and`: some with a window, an anchor or `ever`,
  // some with none.
  void mixed_windows(const Expr& all) {
    std::vector<Counting> open;
    std::vector<Counting> timed;
    for (const ExprPtr& arg : all.args) {
      const Counting found = arg ? counting(*arg) : Counting();
      if (found.whole == nullptr) continue;
      (found.timed ? timed : open).push_back(found);
    }
    for (const Counting& each : open) {
      const auto beside = std::ranges::find_if(
          timed, [&](const Counting& other) { return differ(each, other); });
      if (beside != timed.end()) without_time(each, *beside->timed);
    }
  }

  // `exactly 1 purchase and last purchase in last 60 days` speaks of one
  // history, so nothing is left open.
  bool differ(const Counting& open, const Counting& timed) const {
    return timed.moment == nullptr || open.clause == nullptr ||
           !same_event(timed.moment->event.text, open.clause->event.text);
  }

  void without_time(const Counting& open, const Span& bounded) {
    Diagnostic& made = context_
                           .add(DiagnosticId::kMixedWindows, open.whole->span,
                                {context_.quote(open.whole->span)})
                           .with_place(bounded, "this says when");
    if (open.clause == nullptr) return;
    const Span& clause = open.clause->span;
    made.with_mend({clause.file, clause.end, clause.end}, " ever",
                   "write `ever` behind the events");
  }

  static Counting counting(const Expr& written) {
    const Expr& expr = bare(written);
    switch (expr.kind) {
      case ExprKind::kNot:
        return expr.args[0] ? counting(*expr.args[0]) : Counting();
      case ExprKind::kGroup:
        return {&expr, nullptr, expr.window->span, nullptr};
      case ExprKind::kQuantified:
        return of_clause(expr, *expr.clause);
      case ExprKind::kSequence:
        return of_steps(expr);
      case ExprKind::kMatchesWindow:
        if (!is_moment(expr.args[0])) return {};
        return {&expr, nullptr, expr.window->span, expr.args[0]->clause.get()};
      case ExprKind::kCompare:
      case ExprKind::kBetween:
        return compared(expr);
      default:
        return {};
    }
  }

  static Counting compared(const Expr& expr) {
    for (const ExprPtr& arg : expr.args) {
      if (!arg) continue;
      if (arg->kind == ExprKind::kMeasure) return of_clause(expr, *arg->clause);
      const bool since = arg->kind == ExprKind::kDaysSince ||
                         arg->kind == ExprKind::kTimeSince;
      if (!since || !is_moment(arg->args[0])) continue;
      return {&expr, nullptr, expr.span, arg->args[0]->clause.get()};
    }
    return {};
  }

  static bool is_moment(const ExprPtr& expr) {
    return expr && expr->kind == ExprKind::kMoment;
  }

  static Counting of_clause(const Expr& whole, const EventClause& clause) {
    Counting made{&whole, &clause, std::nullopt, nullptr};
    if (clause.window || !clause.anchors.empty()) made.timed = clause.span;
    return made;
  }

  // One step that says when is enough: the others come before or behind it.
  static Counting of_steps(const Expr& expr) {
    Counting made{&expr, nullptr, std::nullopt, nullptr};
    for (const StepClause& each : expr.steps) {
      if (each.clause && each.clause->window) made.timed = each.clause->span;
    }
    return made;
  }

  // ---- anchors ----

  // Where few events are enough, a missing anchor lets people in.
  void anchors(const Expr& expr, const Beside& beside, const Place& place) {
    const bool few = is_negative(expr.quantifier) != place.negated;
    if (few && expr.clause) anchors_of(expr, *expr.clause, beside);
  }

  // The same of a measure that is 0 where there is no event.
  void measured_anchors(const Expr& expr, const Beside& beside,
                        const Place& place) {
    if (expr.args.empty() || !expr.args[0]) return;
    const Expr& measure = *expr.args[0];
    const bool zero = measure.kind == ExprKind::kMeasure &&
                      (measure.measure == MeasureKind::kCount ||
                       measure.measure == MeasureKind::kSum ||
                       measure.measure == MeasureKind::kDistinctCount ||
                       measure.measure == MeasureKind::kDaysWith);
    if (!zero) return;
    const auto holds = holds_of_zero(expr);
    if (holds && *holds != place.negated) {
      anchors_of(expr, *measure.clause, beside);
    }
  }

  // A comparison with written values, of 0; nothing where others are compared.
  static std::optional<bool> holds_of_zero(const Expr& expr) {
    std::vector<double> values;
    for (size_t i = 1; i < expr.args.size(); ++i) {
      const bool written =
          expr.args[i] && (expr.args[i]->kind == ExprKind::kNumber ||
                           expr.args[i]->kind == ExprKind::kMoney);
      if (!written) return std::nullopt;
      values.push_back(std::strtod(expr.args[i]->text.c_str(), nullptr));
    }
    if (expr.kind == ExprKind::kBetween && values.size() == 2) {
      return (values[0] <= 0 && 0 <= values[1]) != expr.negated;
    }
    if (expr.kind != ExprKind::kCompare || values.size() != 1) {
      return std::nullopt;
    }
    switch (expr.op) {
      case CompareOp::kIs:
        return values[0] == 0;
      case CompareOp::kIsNot:
        return values[0] != 0;
      case CompareOp::kLess:
        return 0 < values[0];
      case CompareOp::kLessEqual:
        return 0 <= values[0];
      case CompareOp::kGreater:
        return 0 > values[0];
      case CompareOp::kGreaterEqual:
        return 0 >= values[0];
      default:
        return std::nullopt;
    }
  }

  void anchors_of(const Expr& expr, const EventClause& clause,
                  const Beside& beside) {
    for (const Anchor& each : clause.anchors) {
      if (!each.moment) continue;
      const bool moment = each.moment->kind == ExprKind::kMoment;
      if (!moment && each.moment->kind != ExprKind::kName) continue;
      missing_anchor(expr, each, beside);
      if (expr.kind == ExprKind::kQuantified) open_span(expr, each, beside);
    }
  }

  void missing_anchor(const Expr& expr, const Anchor& anchor,
                      const Beside& beside) {
    const Expr& moment = *anchor.moment;
    const bool guarded = any_beside(beside, [&](const Expr* other) {
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
    const bool waited = any_beside(beside, [&](const Expr* other) {
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

  // `is not`, `not in`, and `not (… is …)`, which says the same.
  static const Expr* excluding(const Expr& expr, const Place& place) {
    const bool listed = expr.kind == ExprKind::kInList;
    const bool is =
        expr.kind == ExprKind::kCompare && expr.op == CompareOp::kIs;
    const bool is_not =
        expr.kind == ExprKind::kCompare && expr.op == CompareOp::kIsNot;
    if (!place.negated) {
      return is_not || (listed && expr.negated) ? &expr : nullptr;
    }
    return is || (listed && !expr.negated) ? place.turned : nullptr;
  }

  void is_not(const Expr& expr, const Name& name, const Beside& beside,
              const Place& place) {
    const Expr* whole = excluding(expr, place);
    if (whole == nullptr || !may_miss(name.text, place)) return;
    const bool thought_of = any_beside(beside, [&](const Expr* other) {
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
        .add(DiagnosticId::kIsNotMissing, whole->span,
             {context_.quote(whole->span), name.text})
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
  size_t beside_ = 0;  // looked at
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
      if (line.clause) linter.looked_back(each, *line.clause);
      linter.rule(line.condition);
    }
  }
  for (const ScoreDecl& each : syntax.scores) linter.rule(each.population);
}

}  // namespace kitle
