// Event clauses: what stands behind a quantifier, a measure, first or last;
// windows and anchors.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "grammar/build_expr.h"
#include "grammar/parse.h"
#include "grammar/scan.h"

namespace kitle {
namespace {

TimeUnit unit_of(std::string_view word) {
  std::string folded = fold_keyword(word);
  if (folded.ends_with('s')) folded.pop_back();
  for (const TimeUnit unit :
       {TimeUnit::kSecond, TimeUnit::kMinute, TimeUnit::kHour, TimeUnit::kDay,
        TimeUnit::kWeek, TimeUnit::kMonth, TimeUnit::kQuarter}) {
    if (folded == unit_name(unit)) return unit;
  }
  return TimeUnit::kYear;
}

bool is_anchor(const NodeRef& part) {
  const bool word = part.is(CstKind::kAnchor) || part.is(CstKind::kWithin) ||
                    part.is(CstKind::kMoreThan);
  return word || (part.is(CstKind::kSpan) && !part.first(CstKind::kAgo));
}

bool is_window(const NodeRef& part) {
  return part.is(CstKind::kWindow) ||
         (part.is(CstKind::kSpan) && part.first(CstKind::kAgo));
}

// What stands behind the event, up to the next step of a sequence.
std::vector<NodeRef> parts_of_clause(const NodeRef& node) {
  std::vector<NodeRef> parts;
  auto part = node.first(CstKind::kEventName)->following(node);
  if (part && part->is(CstKind::kStepName)) part = part->following(node);
  for (; part; part = part->following(node)) {
    if (part->is(CstKind::kStep) || part->is(CstKind::kAllWithin) ||
        part->is(CstKind::kSame)) {
      break;
    }
    parts.push_back(*part);
  }
  return parts;
}

// The order of Meaning 7; `within` of a step stands where anchors do.
int rank(const NodeRef& part) {
  if (part.is(CstKind::kWhere)) return 1;
  if (is_anchor(part) || part.is(CstKind::kWithinStep)) return 2;
  return is_window(part) ? 3 : 0;
}

std::string rank_name(int rank) {
  return rank == 1   ? "`where`"
         : rank == 2 ? "`after` and `before`"
                     : "the window";
}

WindowKind kind_of(CstKind kind) {
  switch (kind) {
    case CstKind::kLast:
    case CstKind::kBareLast:
      return WindowKind::kLast;
    case CstKind::kNext:
      return WindowKind::kNext;
    case CstKind::kEach:
      return WindowKind::kEach;
    case CstKind::kThis:
      return WindowKind::kThis;
    case CstKind::kPrevious:
      return WindowKind::kPrevious;
    case CstKind::kToday:
      return WindowKind::kToday;
    case CstKind::kYesterday:
      return WindowKind::kYesterday;
    case CstKind::kMonth:
      return WindowKind::kMonth;
    case CstKind::kYear:
      return WindowKind::kYear;
    case CstKind::kDateBetween:
      return WindowKind::kBetween;
    case CstKind::kSince:
      return WindowKind::kSince;
    case CstKind::kUntil:
      return WindowKind::kUntil;
    case CstKind::kAfter:
      return WindowKind::kAfter;
    case CstKind::kBefore:
      return WindowKind::kBefore;
    default:
      return WindowKind::kEver;
  }
}

int number_of(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// `14` and `7 days` as a range: "7 to 14 days ago"; "" if they are no whole
// numbers of one unit.
std::string range_ago(std::string_view first, std::string_view second) {
  const auto unit = [](std::string_view text) {
    return text.substr(skip_spaces(text, word_length(text, 0)));
  };
  const bool one_unit = unit(first).empty() || unit(first) == unit(second);
  if (!is_unit_word(unit(second)) || !one_unit) return "";
  const auto [low, high] = std::minmax({number_of(first), number_of(second)});
  return fmt::format("{} to {} {} ago", low, high, unit(second));
}

struct Finer {
  TimeUnit unit;
  int64_t count;  // of them in one
};

Finer finer_than(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kSecond:
    case TimeUnit::kMinute:
      return {TimeUnit::kSecond, 60};
    case TimeUnit::kHour:
      return {TimeUnit::kMinute, 60};
    case TimeUnit::kDay:
      return {TimeUnit::kHour, 24};
    case TimeUnit::kWeek:
      return {TimeUnit::kDay, 7};
    case TimeUnit::kMonth:
      return {TimeUnit::kMonth, 1};
    case TimeUnit::kQuarter:
      return {TimeUnit::kMonth, 3};
    case TimeUnit::kYear:
      return {TimeUnit::kMonth, 12};
  }
  return {unit, 1};
}

// `1.5 days` as `36 hours`; empty where that is no whole number either.
std::string in_finer_unit(std::string_view decimal, TimeUnit unit) {
  const size_t point = decimal.find('.');
  constexpr size_t kMostDigits = 9;
  if (decimal.size() > kMostDigits || point == std::string_view::npos)
    return {};
  int64_t scale = 1;
  for (size_t i = point + 1; i < decimal.size(); ++i) scale *= 10;
  std::string digits(decimal);
  digits.erase(point, 1);
  const Finer finer = finer_than(unit);
  const int64_t scaled = int64_t{number_of(digits)} * finer.count;
  if (scaled == 0 || scaled % scale != 0) return {};
  const int64_t count = scaled / scale;
  return fmt::format("{} {}{}", count, unit_name(finer.unit),
                     count == 1 ? "" : "s");
}

// The values that its kind needs.
bool has_ends(const Window& window) {
  switch (window.kind) {
    case WindowKind::kBetween:
      return window.low_value && window.high_value;
    case WindowKind::kSince:
    case WindowKind::kAfter:
      return window.low_value != nullptr;
    case WindowKind::kUntil:
    case WindowKind::kBefore:
      return window.high_value != nullptr;
    case WindowKind::kEver:
    case WindowKind::kLast:
    case WindowKind::kNext:
    case WindowKind::kEach:
    case WindowKind::kAgo:
    case WindowKind::kRangeAgo:
    case WindowKind::kToday:
    case WindowKind::kYesterday:
    case WindowKind::kThis:
    case WindowKind::kPrevious:
    case WindowKind::kYear:
    case WindowKind::kMonth:
      return true;
  }
  return true;
}

}  // namespace

std::unique_ptr<EventClause> ExprBuilder::clause(const NodeRef& node,
                                                 bool measure) {
  const auto event = node.first(CstKind::kEventName);
  if (!event) return nullptr;
  auto made = std::make_unique<EventClause>();
  event_name(*event, *made);
  if (!named_before(node, *made)) return nullptr;
  const std::vector<NodeRef> parts = parts_of_clause(node);
  made->span =
      span(event->begin(), (parts.empty() ? *event : parts.back()).end());
  check_order(parts);
  bool sound = true;
  for (const NodeRef& part : parts) {
    if (part.is(CstKind::kWhere)) {
      sound = filter(part, *made, measure) && sound;
    } else if (is_anchor(part)) {
      std::optional<Anchor> one = anchor(part);
      if (one) made->anchors.push_back(std::move(*one));
    } else if (is_window(part) || part.is(CstKind::kHole)) {
      add_window(part, *made);
    }
  }
  return sound ? std::move(made) : nullptr;
}

void ExprBuilder::event_name(const NodeRef& node, EventClause& clause) {
  clause.rows = node.first(CstKind::kRowsOf).has_value();
  const Name whole = name(*node.first(CstKind::kPath));
  const size_t dot = whole.text.find('.');
  clause.event = whole;
  if (dot == std::string::npos) return;
  const uint32_t at =
      whole.span.end -
      static_cast<uint32_t>(input_.sources.text(whole.span).size());
  const uint32_t split =
      at + static_cast<uint32_t>(input_.sources.text(whole.span).find('.'));
  clause.event = {whole.text.substr(0, dot), span(at, split)};
  clause.property =
      Name{whole.text.substr(dot + 1), span(split + 1, whole.span.end)};
}

// `different product of purchase`, `sum of margin of product of purchase`.
bool ExprBuilder::named_before(const NodeRef& node, EventClause& clause) {
  std::vector<NodeRef> before;
  for (const NodeRef& part : node.children()) {
    if (part.is(CstKind::kPropertyOf)) before.push_back(part);
  }
  if (before.empty()) return true;
  if (clause.property) {
    report(DiagnosticId::kTwoProperties, clause.property->span,
           {clause.property->text})
        .with_place(before.front().span(), "the first one");
    return true;
  }
  if (before.size() > kMaxNesting) {
    report(DiagnosticId::kNestedTooDeep, before[kMaxNesting].span(),
           {fmt::to_string(kMaxNesting)});
    return false;
  }
  if (before.size() == 1) {
    clause.property = name(*before.front().first());
  } else {
    clause.measured = looked_up(before);
  }
  return true;
}

// `brand of product of`: the last one is the event's property.
ExprPtr ExprBuilder::looked_up(const std::vector<NodeRef>& names) {
  const NodeRef last = *names.back().first();
  ExprPtr made = make(ExprKind::kName, last);
  made->name = name(last);
  for (size_t i = names.size() - 1; i > 0; --i) {
    const NodeRef column = *names[i - 1].first();
    ExprPtr outer = make(ExprKind::kColumnOf, column);
    outer->span = span(column.begin(), last.end());
    outer->name = name(column);
    outer->op_span = column.span();
    outer->args.push_back(std::move(made));
    made = std::move(outer);
  }
  return made;
}

bool ExprBuilder::filter(const NodeRef& part, EventClause& clause,
                         bool measure) {
  const NodeRef condition = *part.first();
  if (clause.where) {
    report(DiagnosticId::kSecondPart, part.span(), {"`where`"})
        .with_place(clause.where->span, "the first one");
    return true;
  }
  const auto surplus = condition.first(CstKind::kSurplusTail);
  if (measure && !condition.is(CstKind::kBracket)) {
    open_filter(condition, surplus);
    if (surplus) return false;
  }
  clause.where = unit(condition);
  return true;
}

// A measure's filter without brackets; what the comparison swallowed behind
// itself was the measure's.
void ExprBuilder::open_filter(const NodeRef& condition,
                              const std::optional<NodeRef>& surplus) {
  uint32_t end = surplus ? surplus->begin() : condition.end();
  while (surplus && input_.text[end - 1] == ' ') --end;
  const Span whole = span(condition.begin(), end);
  const std::string text = fmt::format("({})", input_.sources.text(whole));
  report(DiagnosticId::kMeasureFilter, whole)
      .with_mend(whole, text, fmt::format("write `{}`", text));
}

void ExprBuilder::add_window(const NodeRef& part, EventClause& clause) {
  std::optional<Window> made = window(part);
  if (clause.window && made) {
    report(DiagnosticId::kSecondPart, part.span(), {"window"})
        .with_place(clause.window->span, "the first one");
    return;
  }
  if (made) clause.window = std::move(made);
}

void ExprBuilder::check_order(const std::vector<NodeRef>& parts) {
  int highest = 0;
  std::optional<NodeRef> before;
  for (const NodeRef& part : parts) {
    const int here = rank(part);
    if (here != 0 && here < highest) {
      Diagnostic& made =
          report(DiagnosticId::kPartOrder, part.span(),
                 {std::string(word_at(input_.text, part.begin())),
                  rank_name(highest)});
      made.with_place(before->span(), "this stands behind it");
      mend_order(parts, made);
      return;
    }
    if (here > highest) before = part;
    highest = std::max(highest, here);
  }
}

// The same parts in their order.
void ExprBuilder::mend_order(std::vector<NodeRef> parts,
                             Diagnostic& made) const {
  const Span whole = span(parts.front().begin(), parts.back().end());
  std::ranges::stable_sort(parts, {},
                           [](const NodeRef& part) { return rank(part); });
  std::string right;
  for (const NodeRef& part : parts) {
    right += (right.empty() ? "" : " ") + std::string(part.text());
  }
  made.with_mend(whole, right, fmt::format("write `{}`", right));
}

std::optional<Window> ExprBuilder::window(const NodeRef& node) {
  if (node.is(CstKind::kSpan)) return span_window(node);
  if (node.is(CstKind::kHole)) return {};
  Window made;
  made.span = node.span();
  // A kWindow holds its form; `after D` behind a value is a kAnchor.
  const NodeRef form = *node.first();
  made.kind = kind_of(form.kind());
  if (node.is(CstKind::kAnchor)) {
    const bool after = form.is(CstKind::kAfter);
    (after ? made.low_value : made.high_value) =
        moment_value(*form.following(node), form.text());
  } else {
    fill_window(form, made);
  }
  if (!has_ends(made)) return {};  // what is wrong with one is reported
  return made;
}

void ExprBuilder::fill_window(const NodeRef& form, Window& made) {
  const auto first = form.first();
  const auto second = first ? first->following(form) : std::nullopt;
  switch (made.kind) {
    case WindowKind::kLast:
    case WindowKind::kNext:
    case WindowKind::kEach:
      made.amount = length(form);
      break;
    case WindowKind::kThis:
    case WindowKind::kPrevious:
      made.unit = unit_of(first->text());
      break;
    case WindowKind::kYear:
      made.year = number_of(form.text());
      break;
    case WindowKind::kMonth:
      made.month = month_number(word_at(input_.text, form.begin()));
      made.year = number_of(first->text());
      break;
    case WindowKind::kBetween:
      if (between_ago(form)) break;
      made.low_value = moment_value(*first, "between");
      made.high_value = moment_value(*second, "between");
      break;
    case WindowKind::kSince:
      made.low_value = moment_value(*first, "since");
      break;
    case WindowKind::kUntil:
      made.high_value = moment_value(*first, "until");
      break;
    case WindowKind::kEver:
    case WindowKind::kToday:
    case WindowKind::kYesterday:
    case WindowKind::kAgo:
    case WindowKind::kRangeAgo:
    case WindowKind::kAfter:
    case WindowKind::kBefore:
      break;
  }
  if (form.is(CstKind::kBareLast)) {
    const std::string text = fmt::format("in {}", form.text());
    report(DiagnosticId::kWindowWords, form.span(), {text})
        .with_mend(form.span(), text, fmt::format("write `{}`", text));
  }
}

bool ExprBuilder::between_ago(const NodeRef& node) {
  if (!node.first(CstKind::kAgo)) return false;
  const NodeRef first = *node.first();
  const std::string right =
      range_ago(first.text(), first.following(node)->text());
  Diagnostic& made = report(DiagnosticId::kWindowWords, node.span(),
                            {right.empty() ? "7 to 14 days ago" : right});
  if (!right.empty()) {
    made.with_mend(node.span(), right, fmt::format("write `{}`", right));
  }
  return true;
}

std::optional<Window> ExprBuilder::span_window(const NodeRef& node) {
  Window made;
  made.span = node.span();
  const bool range = span_ends(node, made.low, made.amount);
  made.kind = range ? WindowKind::kRangeAgo : WindowKind::kAgo;
  return made;
}

// `7`, `grace`, `3 to 7` and `3 to grace`, and the unit; true of the last two.
bool ExprBuilder::span_ends(const NodeRef& node, Amount& low, Amount& high) {
  const NodeRef first = *node.first();
  const NodeRef second = *first.following(node);
  const bool range = second.is(CstKind::kNumber) || second.is(CstKind::kPath);
  const NodeRef far = range ? second : first;
  const auto unit = node.first(CstKind::kUnit);
  high = unit ? amount(far, *unit) : named_length(far);
  if (!range) return false;
  if (first.is(CstKind::kPath)) {
    low = named_length(first);
  } else {
    // The unit of a name is known when its `let` is.
    low = amount(first, unit.value_or(first));
    low.unit_of_other = !unit;
  }
  return true;
}

std::optional<Anchor> ExprBuilder::anchor(const NodeRef& node) {
  Anchor made;
  made.span = node.span();
  const bool after = node.first(CstKind::kAfter).has_value();
  const NodeRef side = *node.first(after ? CstKind::kAfter : CstKind::kBefore);
  made.after = after;
  made.moment = moment_value(*side.following(node), side.text());
  if (!made.moment) return {};
  if (node.is(CstKind::kAnchor)) return made;
  if (!node.is(CstKind::kSpan)) {
    made.form =
        node.is(CstKind::kWithin) ? AnchorForm::kWithin : AnchorForm::kMoreThan;
    made.amount = length(node);
    return made;
  }
  const bool ranged = span_ends(node, made.low, made.amount);
  made.form = AnchorForm::kRange;
  if (!ranged) {
    const std::string text = fmt::format("within {}", node.text());
    report(DiagnosticId::kWindowWords, node.span(), {text})
        .with_mend(span(node.begin(), node.begin()), "within ",
                   "write `within` before it");
    made.form = AnchorForm::kWithin;
  }
  return made;
}

ExprPtr ExprBuilder::moment_value(const NodeRef& node,
                                  std::string_view before) {
  if (node.is(CstKind::kPeriod)) {
    report(DiagnosticId::kAnchorPeriod, node.span(),
           {std::string(before), std::string(node.text())});
    return nullptr;
  }
  return value(node);
}

Amount ExprBuilder::length(const NodeRef& node) {
  const NodeRef first = *node.first();
  if (first.is(CstKind::kPath)) return named_length(first);
  return amount(first, *first.following(node));
}

std::optional<Span> ExprBuilder::private_word(const NodeRef& node) const {
  const auto word = node.first(CstKind::kPrivate);
  if (!word) return std::nullopt;
  const size_t behind = skip_spaces(input_.text, word->end());
  return span(word->begin(), static_cast<uint32_t>(behind));
}

Amount ExprBuilder::named_length(const NodeRef& path) {
  Amount made;
  made.name = name(path).text;
  made.span = path.span();
  return made;
}

Amount ExprBuilder::amount(const NodeRef& number, const NodeRef& unit) {
  Amount made;
  made.unit = unit_of(unit.text());
  made.span = span(number.begin(), unit.end());
  const std::string digits = ExprBuilder::digits(number);
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, made.count);
  if (error == std::errc::result_out_of_range) {
    report(DiagnosticId::kTooManyUnits, number.span(), {digits});
    made.count = 1;
  } else if (rest != end) {
    Diagnostic& fraction =
        report(DiagnosticId::kFractionOfUnit, made.span,
               {std::string(input_.sources.text(made.span))});
    const std::string finer = in_finer_unit(digits, made.unit);
    if (!finer.empty()) {
      fraction.with_mend(made.span, finer, fmt::format("write `{}`", finer));
    }
    made.count = std::max<int64_t>(1, made.count);
  }
  return made;
}

}  // namespace kitle
