// The syntax tree: expressions, event clauses and windows. Declarations are in
// grammar/ast.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/source.h"

namespace kitle {

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

// A name as written (without backquotes), or a dotted path `a.b`.
struct Name {
  std::string text;
  Span span;
};

// A count of calendar or clock units as written: `7 days`.
enum class TimeUnit : uint8_t {
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear,
};
const char* unit_name(TimeUnit unit);  // "day"

struct Amount {
  int64_t count = 0;
  TimeUnit unit = TimeUnit::kDay;
  std::string name{};  // of a `let` or a parameter, in place of the others
  bool unit_of_other = false;  // `3 to grace ago`: the unit is that of `grace`
  Span span{};
};

// ---- windows and anchors (Meaning 7, 10) ----

enum class WindowKind : uint8_t {
  kEver,       // ever
  kLast,       // in last N units            (amount)
  kNext,       // in next N units            (amount)
  kEach,       // in each of last N units    (amount)
  kAgo,        // N units ago: a local day; only days are valid (amount)
  kRangeAgo,   // N to M units ago           (low, amount)
  kToday,      // today
  kYesterday,  // yesterday
  kThis,       // in this week/month/...     (unit)
  kPrevious,   // in last week/month/...     (unit), also `in last day` (E)
  kYear,       // in 2025                    (year)
  kMonth,      // in March 2026              (year, month)
  kBetween,    // between D and D            (low_value, high_value)
  kSince,      // since D                    (low_value)
  kUntil,      // until D                    (high_value)
  kAfter,      // after D, behind a value    (low_value)
  kBefore,     // before D, behind a value   (high_value)
};

struct Window {
  WindowKind kind = WindowKind::kEver;
  Span span;
  Amount amount;
  Amount low;  // kRangeAgo: N
  TimeUnit unit = TimeUnit::kMonth;
  int year = 0;
  int month = 0;
  ExprPtr low_value;
  ExprPtr high_value;
};

// `after T`, `within D after T`, `more than D after T`, `N to M days after T`
// and the same with `before`.
enum class AnchorForm : uint8_t { kPlain, kWithin, kMoreThan, kRange };

struct Anchor {
  AnchorForm form = AnchorForm::kPlain;
  bool after = true;
  Amount amount;   // D, or M of a range
  Amount low;      // N of a range
  ExprPtr moment;  // kMoment, kName, kDate, kTime, ...
  Span span;
};

// ---- event clauses ----

// What stands behind a quantifier, a measure or first/last:
// event [where C] [anchors] [window].
struct EventClause {
  Name event;         // singular or plural, as written
  bool rows = false;  // `rows of purchase`
  // `purchase.amount`, `different product of purchase`
  std::optional<Name> property;
  // `brand of product of purchase`, in place of a property: a kColumnOf, said
  // of each event; null if none.
  ExprPtr measured;
  ExprPtr where;  // null if none
  std::vector<Anchor> anchors;
  std::optional<Window> window;
  Span span;
};

// A step of a sequence; the first one has no `then`.
struct StepClause {
  bool negated = false;      // then no E
  std::optional<Name> name;  // E as p
  std::unique_ptr<EventClause> clause;
  std::optional<Amount> within;  // of the step before
  Span span;
};

enum class Quantifier : uint8_t {
  kAny,
  kNo,
  kExactly,
  kAtLeast,
  kAtMost,
  kMoreThan,
  kFewerThan,
  kBetween,
};

// What a quantifier counts.
enum class Counted : uint8_t {
  kEvents,
  kDifferent,  // different p of E
  kDays,       // days with E
};
const char* counted_text(Counted counted);  // "different"

enum class MeasureKind : uint8_t {
  kCount,          // count of E
  kSum,            // sum of E.p
  kAverage,        // average of E.p
  kSmallest,       // smallest E.p
  kLargest,        // largest E.p
  kDistinctCount,  // distinct count of E.p
  kMedianGap,      // median gap between E
  kDaysWith,       // days with E
  kShare,          // share of E where ...
  kMostFrequent,   // most frequent p of E
};

enum class CompareOp : uint8_t {
  kIs,         // is, also between numbers
  kIsNot,      // is not
  kIsExactly,  // is exactly
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kContains,
  kStartsWith,
  kEndsWith,
  kMatches,
};
const char* op_text(CompareOp op);  // "is not"

enum class ArithmeticOp : uint8_t { kAdd, kSubtract, kMultiply, kDivide };

// To which whole value a fraction goes.
enum class Rounding : uint8_t {
  kNearest,  // rounded: half to even
  kDown,     // rounded down: the next smaller one
  kUp,       // rounded up: the next greater one
};
const char* rounding_text(Rounding rounding);  // "rounded down"

enum class ExprKind : uint8_t {
  // Values.
  kNumber,      // text: exact decimal digits, sign and _ removed ("1000.5")
  kMoney,       // text: decimal, currency
  kString,      // text: the value, escapes resolved
  kDate,        // text: "2026-03-01"
  kDateTime,    // text: as written, "2026-03-01 12:00" or RFC 3339
  kDuration,    // amount: `3 days` where a value stands
  kFlag,        // yes / no: count 1 / 0
  kName,        // name (maybe dotted): attribute, property, let, segment...
  kArithmetic,  // arith, args[0], args[1]
  kNegate,      // args[0]
  kPercentOf,   // text percent, args[0]: `50 percent of X`
  kAgeOf,       // args[0]
  kLengthOf,    // args[0]
  kBirthdayOf,  // args[0]; tested by a window
  kTotal,       // name: `total amount`, in a where over a counted event
  kMeasure,     // measure, clause
  kMoment,      // `first E` / `last E`: last, clause
  kMomentOf,    // `amount of last purchase`: name, args[0] = kMoment
  kColumnOf,    // `brand of product`: name, args[0] = the key
  kDaysSince,   // args[0]: kMoment or a value; until: `days until`
  kTimeSince,   // args[0]
  kCall,        // `lapsed(30 days)`: name, args
  kExpanded,    // name: of a template; args[0]: its body, none after a mistake
  kArgument,    // name: of a parameter, text: its type; args[0]: what is given
  kRounded,     // args[0], rounding; in sources `rounded` alone
  kList,        // `{ ... }`: args
  kTableFile,   // `table "toys.csv" column "name"`: text, name
  // Conditions.
  kAnd,            // args, two or more
  kOr,             // args, two or more
  kNot,            // args[0]
  kBracket,        // args[0], the brackets kept for the formatter
  kCompare,        // op, args[0], args[1]
  kBetween,        // args[0] between args[1] and args[2]
  kInList,         // args[0] in args[1] (kList or kName); negated: not in
  kContainsList,   // args[0] contains any of, or all of, args[1] (as kInList)
  kInSegment,      // `in name`: name; negated
  kInTop,          // `in top N percent by V for P`: text N, args V and, where
                   // written, P
  kIsMissing,      // args[0] is missing
  kIsPresent,      // args[0] is present
  kMatchesWindow,  // args[0] (a name or moment) window; negated never
  kQuantified,     // quantifier, low, high, clause
  kSequence,       // steps, all_within, same; quantifier: kAny or kNo
  kGroup,          // window ( args[0] )
  kEveryone,
};
const char* kind_name(ExprKind kind);  // "quantified"

struct Expr {
  ExprKind kind = ExprKind::kNumber;
  Span span;     // all of it
  Span op_span;  // the operator or keyword that decides, for carets
  std::vector<ExprPtr> args;
  std::string text;
  std::string currency;  // kMoney: as written ("TRY")
  Name name;
  CompareOp op = CompareOp::kIs;
  ArithmeticOp arith = ArithmeticOp::kAdd;
  Rounding rounding = Rounding::kNearest;
  Quantifier quantifier = Quantifier::kAny;
  Counted counted = Counted::kEvents;
  MeasureKind measure = MeasureKind::kCount;
  bool last = false;     // kMoment: last, else first
  bool all = false;      // kContainsList: all of
  bool until = false;    // kDaysSince: `days until`
  bool negated = false;  // kInList, kInSegment: `not in`
  ExprPtr low;           // kQuantified: N
  ExprPtr high;          // kQuantified between: M
  Amount amount;         // kDuration
  std::optional<Window> window;
  std::unique_ptr<EventClause> clause;
  std::vector<StepClause> steps;     // kSequence
  std::optional<Amount> all_within;  // the last step of the first
  std::vector<Name> same;            // with same p, q
};

}  // namespace kitle
