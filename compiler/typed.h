// The typed tree: names resolved, types and units checked, sugar removed.
// Made by check() (compiler/check.h), read by the planner and, on its own
// way, by the reference evaluator.
//
// Arithmetic that can occur (left, right -> type of the node):
//   + -  integer, integer -> integer      money, money -> money
//        duration, duration -> duration   number with number or integer
//                                         -> number (the integer rounded)
//   *    integer, integer -> integer      number as above
//        money, integer -> money          duration, integer -> duration
//        money or its fraction, constant  -> money fraction (the constant is
//        a number with an exact integer / denominator, or an integer where
//        the left is a fraction); duration likewise. The constant is on the
//        right.
//   /    integer, integer -> number (exact, rounded once)
//        money, money -> number           duration, duration -> number
//        money, integer -> money fraction duration, integer -> its fraction
//        number as above
//   -x   integer, number, money, duration
//   percent of: money, duration and their fractions -> the fraction (of an
//        integer or a number it is written as * and / before).
// Comparisons that can occur: integer with number; money with its fraction;
// duration with its fraction; points with integers (a written number beside
// points is a constant of their type, integer / denominator); and both sides
// of one type. Fractions compare
// exactly, integer with number mathematically (an integer with a constant
// number: with its exact decimal).
//
// What every tier must agree on, beside Meaning:
//   Undecided: an integer result beyond 128 bits, a number that is not finite,
//   of any node that has its operands, whatever its neighbours say; of a node
//   with a missing operand nothing. A `where` is evaluated for each of the
//   person's events with time <= now, whatever anchors and window say.
//   Fractions are top / bottom of 128 bits each, never reduced: an average is
//   sum / count, a median gap the sum of the two middle gaps (twice the
//   middle one) / 2; * multiplies tops and bottoms, / multiplies the left's
//   top by the right's bottom and the left's bottom by the right's top;
//   comparisons of fractions multiply crosswise (an integer is one over 1).
//   Beyond 128 bits: undecided. An integer and a written decimal compare by
//   their values, and always can.
//   Of an order its quantities (money, integers, numbers, durations) are sums
//   over its passing rows that have one, anything else is its first passing
//   row's. Numbers: each order's sum in event order; an average adds those in
//   order and divides by the count once. An order's sum that is not finite is
//   undecided wherever that order's value is asked for.
//
// What the checker has already rewritten, so that later passes need not know:
//   any E            ->  count of E >= 1        no E      ->  count of E = 0
//   exactly/at least/... N E -> a comparison of count; between -> two
//   a between x and y ->  a >= x and a <= y     is missing -> not (is present)
//   is not            ->  not (is)              let        ->  its value
//   flag is yes       ->  flag                  flag is no ->  flag = 0
//   N different p of E, days with E -> distinct count of p, of the local day
//   share of E where C -> count of E where C / count of E; of a property the
//                         same of sums
//   in each of last N units -> an `and` of N calendar periods
//   contains any/all of {...} -> an `or`, an `and` of tests
//   a test of a table's column -> its key in those of the rows that pass;
//   `text`
//                         says which test that was; of the most frequent text
//                         of a column the same, its place being the key
//   value in {...}    ->  kInTexts, kInIntegers, else an `or` of comparisons
//   group windows are given to the clauses they reach; everyone -> true
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "grammar/ast.h"
#include "grammar/source.h"
#include "runtime/ingest/mapping.h"
#include "runtime/points.h"
#include "runtime/schema.h"
#include "runtime/wide.h"
#include "runtime/window.h"

namespace kitle {

// Types of expressions: those of stored values and two exact fractions.
enum class ValueType : uint8_t {
  kFlag,
  kInteger,        // 128 bit in arithmetic; beyond: undecided
  kNumber,         // double
  kMoney,          // integer minor units
  kMoneyFraction,  // exact: average of money, money / integer
  kText,
  kCode,
  kDate,
  kTime,
  kDuration,          // integer microseconds
  kDurationFraction,  // exact: median gap, average of durations
  kPoints,            // exact: a persona's points
  kTextList,
  kCodeList,
  kWeekday,  // 1 Monday ... 7 Sunday
};
const char* type_name(ValueType type);  // "money"

enum class Comparison : uint8_t {
  kEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual
};

enum class TextTest : uint8_t {
  kIs,        // text: after folding; code: exactly (or ASCII folding)
  kExactly,   // code points
  kContains,  // text: after folding; code: exactly
  kStartsWith,
  kEndsWith,
  kMatches,  // RE2 over the whole text, case-sensitive
};

struct Repository;
struct Typed;
using TypedPtr = std::unique_ptr<Typed>;

// after T, within D after T, more than D after T, N to M after T; and before.
// T of type date counts from the start of the next day for `after`, of that
// day for `before`. Spans by Meaning 10:
//   plain after: (T, inf)     within D after: (T, T + D]
//   more than D after: (T + D, inf)    N to M after: (T + N, T + M]
//   plain before: (-inf, T)   within D before: [T - D, T)
//   more than D before: (-inf, T - D)  N to M before: [T - M, T - N)
// With a date, S the start of the day after it, the spans of `after` begin
// with S itself: [S, inf), [S, S + D), [S + D, inf), [S + N, S + M), a day of D
// being 24 h.
enum class AnchorShape : uint8_t { kPlain, kWithin, kMoreThan, kRange };
struct TypedAnchor {
  AnchorShape shape = AnchorShape::kPlain;
  TypedPtr moment;  // type time or date; evaluated for the person
  int64_t n = 0;    // N of a range
  int64_t m = 0;    // D, or M of a range
  StepUnit unit = StepUnit::kDay;
  StepUnit low_unit = StepUnit::kDay;  // of N
};

// The counted events: table, filter, anchors, window, all intersected, and
// always time <= now.
struct TypedEvents {
  uint32_t event = 0;     // index of schema.event()
  bool by_order = false;  // counts orders (a counted type without `rows of`;
                          // of a group, orders where the member is counted)
  TypedPtr where;         // over the event's properties; null: all
  // A kLookedUp over the event's properties, which a measure is of in place of
  // a property; null: none. It can always be computed. Of texts `cells` are in
  // NFC, and `values` their places in the order of code points.
  TypedPtr measured;
  std::optional<TypedAnchor> after;
  std::optional<TypedAnchor> before;
  WindowSpec window;
};

// How soon a step of a sequence must follow: (T, T + n units].
struct StepSpan {
  int64_t n = 0;
  StepUnit unit = StepUnit::kDay;
  friend bool operator==(const StepSpan&, const StepSpan&) = default;
};

// What an event of a step must be to that of a step before: `own` is said of
// the one, `other` of the other, both of one type that is no fraction and no
// list. Of an order, `other` is the order's value.
struct StepComparison {
  TypedPtr own;
  uint32_t step = 0;  // of the other
  TypedPtr other;
  Comparison comparison = Comparison::kEqual;  // own < other
  bool negated = false;
};

struct TypedStep {
  TypedEvents events;  // without anchors
  bool negated = false;
  std::optional<StepSpan> within;  // of the positive step before
  std::vector<StepComparison> comparisons;
  std::vector<uint32_t> same;  // a property for each name of `with same`
  Span span;
};

// Meaning 13 to 16. Holds if there are rows, one for each positive step, each
// later than the one before and with what their steps and comparisons want,
// that no row of a negated step spoils:
//   between two positive steps: none strictly between them; with `within D`
//   none in (T, T + D], T being the positive step before;
//   at the end: none after T; with `within D` none in (T, T + D], and T + D
//   <= now.
// `all_within`: the last positive step is at most that long after the first.
// `same`: all these rows have the property, with one value. Rows of an order
// have one time, so that rows and orders give the same here; of an order's row
// `other` is the order's sum, or its first row's value, over its rows in
// `events`.
// Undecided: `own` for each of the person's events with time <= now, `other`
// for each row in the `events` of its step.
struct TypedSequence {
  std::vector<TypedStep> steps;  // the first is positive
  std::optional<StepSpan> all_within;
};

enum class TypedKind : uint8_t {
  // Values.
  kConstant,    // integer in `integer` (also money, date, time, duration,
                // flag), number in `number`, text in `text`
  kAttribute,   // index: of the profile's attributes; also inside `where`
  kProperty,    // index: of the event's properties; only inside `where`
  kEventTime,   // the event's time; only inside `where`
  kOrderTotal,  // `total amount`: index; only inside `where`
  kOrderValue,  // index: the order's sum over the rows of its step; only in
                // `other` of a StepComparison
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,  // args[0], args[1]
  kNegate,
  kPercentOf,  // `integer` / `denominator` percent of args[0], exactly:
               // args[0] * integer / (100 * denominator)
  kLocalDay,   // of a time: its local date, of type date
  kLocalHour,  // of a time: 0 to 23
  kWeekday,    // of a time: the day of the week of its local date
  kAge,        // of a date: whole years at today; missing if in the future
  kLength,     // of a text its code points in NFC, of a list its elements
  kRounded,    // args[0], a number or a fraction, by `rounding` to the whole
               // value beside it: an integer, money, a duration. Undecided
               // where that is beyond 128 bits
  kLookedUp,   // of the row whose key (`texts` or `integers`, each once) is
               // args[0]: its value. An integer is in `values`; a text is in
               // `cells`, and only compared with another kLookedUp: they are
               // equal where their `values` are, which stand for what the
               // texts fold to. `any_case`: keys compare so whatever args[0]
               // says. text: its words
  kMeasure,    // measure, events, index = the property (if it has one), or
               // kTimeIndex where it is of what events->measured is. The most
               // frequent of such texts is one of its `values`, an integer
  kMomentOf,   // of the first/last of `events`: property `index`, or its
               // time where index = kTimeIndex; `last`
  kDaysSince,  // args[0] time: floor of elapsed 24 h, missing if in the
               // future; date: today - d. `until`: the other direction,
               // missing if in the past (both are 0 at now, and for today)
  kTimeSince,  // now - args[0], missing if in the future
  kLookup,     // of the checker, see check_lookup.h: table `index`, column
               // `integer`, by the key args[0]
  kPoints,     // index: of Repository::personas; text: its name
  kFitted,     // beside a value that it is compared with, in the place of a
               // constant: cut `integer` of dimension `denominator` of
               // Repository::fits[index]; text: whose. Replaced by put_cuts()
  kTally,      // `integer`, and 1 for each of the conditions args[1] ... that
               // holds; missing where args[0] does not hold. text: its name
  // Conditions (type flag).
  kAnd,
  kOr,          // args
  kNot,         // args[0]
  kCompare,     // comparison, args[0], args[1]; false if either is missing.
                // Text and codes: kEqual of two columns only
  kTextTest,    // args[0] text or code; test; text: the written value
  kInTexts,     // args[0] text or code is (TextTest::kIs) one of `texts`
  kInIntegers,  // args[0] integer, money, date is one of `integers`
  kListHas,     // args[0] list, any element kIs `text`
  kElementOf,   // args[0] text or code is an element of args[1], a list of
                // these, as two columns compare; false if either is missing
  kPresent,     // args[0] is present
  kInWindow,    // args[0] time or date, window
  kBirthday,    // args[0] date: its day and month, in some year, lie in window,
                // which is shorter than a year; 29 February is 28 February in
                // other years; false of a date in the future
  kSegment,     // index: of Repository::segments
  kSequence,    // sequence
};
const char* kind_name(TypedKind kind);

// In the place of a property: what each event has from its time.
inline constexpr uint32_t kTimeIndex = UINT32_MAX;
inline constexpr uint32_t kDayIndex = UINT32_MAX - 1;
inline constexpr uint32_t kHourIndex = UINT32_MAX - 2;
inline constexpr uint32_t kWeekdayIndex = UINT32_MAX - 3;
constexpr bool is_of_time(uint32_t index) { return index >= kWeekdayIndex; }

enum class Measure : uint8_t {
  kCount,
  kSum,
  kAverage,
  kSmallest,
  kLargest,
  kDistinctCount,
  kMedianGap,
  kMostFrequent,  // of equally frequent values the one of the latest time,
                  // then the smallest (texts by code points)
};

struct Typed {
  TypedKind kind = TypedKind::kConstant;
  ValueType type = ValueType::kFlag;
  Span span;
  std::vector<TypedPtr> args;
  Int128 integer = 0;
  // Numbers: kConstant of type number also keeps the exact decimal as
  // integer / denominator where that fits, for exact comparison.
  int64_t denominator = 1;
  double number = 0;
  std::string text;
  std::vector<std::string> texts;
  std::vector<int64_t> integers;
  std::vector<int64_t> values;     // kLookedUp, by key
  std::vector<std::string> cells;  // the same
  bool any_case = false;
  uint32_t index = 0;
  Comparison comparison = Comparison::kEqual;
  Rounding rounding = Rounding::kNearest;
  TextTest test = TextTest::kIs;
  Measure measure = Measure::kCount;
  bool last = false;
  bool until = false;
  std::unique_ptr<TypedEvents> events;
  std::unique_ptr<TypedSequence> sequence;
  WindowSpec window;
};

// What gives a persona's points (Meaning 20). The look-back is part of what
// the events pass: their window, and behind an own window a kInWindow of the
// event's time in their `where`.
struct TypedPointsLine {
  enum class Kind : uint8_t {
    kEach,       // each of `events`
    kMultiples,  // each whole `per` in the property `index` of each of them,
                 // towards 0
    kDifferent,  // the first of the `events` with each value of `index`
    kPerson,     // `condition`
  };
  Kind kind = Kind::kEach;
  int64_t points = 0;  // hundredths
  int64_t per = 1;
  uint32_t index = 0;
  std::unique_ptr<TypedEvents> events;
  TypedPtr condition;
};

// Points are summed by local day, cut to `most_a_day`, then by their age worth
// 2^(-n/halving), n whole local days, as the integer nearest to 2^32 times
// that; what a condition gives has no day and keeps its worth; then all are cut
// to `most`. As a value: that sum / 100, or / (100 * 2^32) where they halve.
// Undecided: a sum beyond kMostPointsSum, or a day's sum times its worth beyond
// 128 bits; days are added in their order, the conditions' points behind them.
struct TypedPersona {
  std::string name;
  std::vector<TypedPointsLine> lines;
  int64_t most_a_day = kNoLimit;  // hundredths
  int64_t most = kNoLimit;
  uint32_t halving = 0;  // days; 0: never
};

// top / bottom, between 0 and 1.
struct Share {
  int64_t top = 0;
  int64_t bottom = 1;
};

// What is fitted to the people of a store (Meaning 21): a score's bands by
// quantile, or `in top`. The cuts come from a fit (compiler/fit.h).
struct TypedFit {
  struct Dimension {
    std::string name;
    TypedPtr value;
    bool less = false;  // is better
    // For each cut, the share of everyone who is at it or worse.
    std::vector<Share> shares;
  };
  std::string name;     // the score's; "vip.top" of the segment `vip`
  TypedPtr population;  // who is ranked, where the value is there
  std::vector<Dimension> dimensions;
  std::optional<StepSpan> refit;  // how long a fit is good for
  Span span;                      // of the name, or of `in top`
  std::string definition;         // definition_of() it, once loaded
};

// What a measure is of in place of a property; null if nothing.
inline const Typed* measured_by(const Typed& tree) {
  const bool measure = tree.kind == TypedKind::kMeasure && tree.events;
  return measure ? tree.events->measured.get() : nullptr;
}
// Whether it is the place of a text: the most frequent one of a column.
bool is_place_of_text(const Typed& tree);

TypedPtr clone(const Typed& tree);
TypedPersona clone(const TypedPersona& persona);
// Indented text, one node a line (`kitle explain --typed`). Written values
// that are compared with a personal column are not shown.
std::string print(const Typed& tree, const Schema& schema);
std::string print(const TypedPersona& persona, const Schema& schema);
// The same with every written value, also where it is compared with a personal
// column, and with segments by their names: what a tree means.
std::string print_whole(const Typed& tree, const Repository& repository);
std::string print_whole(const TypedPersona& persona,
                        const Repository& repository);

struct TypedSegment {
  std::string name;
  std::string title;   // the name where none was written
  std::string stages;  // whose stage it is; "" for a segment on its own
  // Only others of its file use it: who is in it is no result of a run.
  bool is_private = false;
  // Why nobody can be decided, by put_cuts(): its condition is then false.
  std::string undecided;
  TypedPtr value;  // a quantity of the members that is wanted, too; or null
  TypedPtr condition;
  Span span;
};

// A segment, stages or a `let` as it was declared, with those that it refers
// to.
struct DeclaredUses {
  std::string segment;  // its name, or the stages'; "" of a `let`
  Span span;
  std::vector<uint32_t> uses;  // places in Repository::declared
};

// Segments that part everyone: each person is in exactly one of them. A stage
// is a segment called "lifecycle.lost", whose condition is its own and none of
// those before.
struct TypedStages {
  std::string name;
  std::string title;   // the name where none was written
  uint32_t first = 0;  // of Repository::segments
  uint32_t count = 0;
  Span span;  // of its name
};

// ---- guards ----

// All of everyone, in the unit of TypedGuard's bounds.
inline constexpr int64_t kWholePercent = 100'000'000;

// What must hold of everyone's memberships. Of kSize `second` is `first`.
struct TypedGuard {
  GuardKind kind = GuardKind::kExcludes;
  uint32_t first = 0;  // of Repository::segments
  uint32_t second = 0;
  // People, or millionths of a percent of everyone.
  bool percent = false;
  int64_t low = 0;
  int64_t high = INT64_MAX;
  Span span;
};
// Of a size. A share of nobody is 0 percent.
bool is_within(const TypedGuard& guard, uint64_t people, uint64_t everyone);

// ---- tests ----

// As stored: missing; flags, integers, money, dates, times and durations;
// numbers; texts and codes; lists.
using GivenValue = std::variant<std::monostate, int64_t, double, std::string,
                                std::vector<std::string>>;

struct GivenEvent {
  uint32_t event = 0;
  int64_t time = 0;
  std::vector<GivenValue> properties;  // by the schema's index
};

// Members of scores as a test gives them, whatever the person did, by their
// full names: "value.recency", "value.score".
using GivenBands = std::map<std::string, int64_t>;

// One person of a fixture, so many times.
struct GivenPerson {
  size_t count = 1;
  std::vector<GivenValue> attributes;  // by the schema's index
  std::vector<GivenEvent> events;
};

// A line of a test that fits anew: over these people, as of its instant.
struct TypedFitting {
  std::string fit;  // TypedFit::name
  int64_t now = 0;
  std::vector<GivenPerson> people;
  // Those before it that it may ask for; of TypedRun::fittings, by name.
  std::map<std::string, uint32_t> fits;
  Span span;  // of the line
};

// What must hold of the person as told above the line.
struct TypedExpectation {
  int64_t now = 0;
  std::vector<GivenValue> attributes;  // by the schema's index
  size_t events = 0;                   // the first ones of the run
  GivenBands bands = {};
  // Of TypedRun::fittings the last one of each, by name.
  std::map<std::string, uint32_t> fits = {};
  TypedPtr condition;
  bool undecided = false;  // it must not be computable
  Span span;               // of the line
};

// The lines of a test, told once: for one of its cases, or if it has none.
struct TypedRun {
  std::vector<GivenEvent> events;  // as told
  std::vector<TypedFitting> fittings;
  std::vector<TypedExpectation> expectations;
  Span row;  // of the case; empty if there is none
};

struct TypedTest {
  std::string title;
  Span title_span;
  Span span;
  std::vector<TypedRun> runs;
};
std::string print(const TypedTest& test, const Schema& schema);

// A whole repository after checking.
struct Repository {
  Settings settings;
  Schema schema;
  std::string store;  // as written in kitle.toml
  std::vector<SourceMapping> sources;
  // In the order of declaration; a segment refers to others by index, never
  // in a cycle.
  std::vector<TypedSegment> segments;
  // `let`s, then segments, then stages, each in the order of declaration.
  std::vector<DeclaredUses> declared;
  std::vector<TypedStages> stages;
  std::vector<TypedTest> tests;
  std::vector<TypedGuard> guards;
  // In the order of declaration. Of each persona there is a segment, too.
  std::vector<TypedPersona> personas;
  // What is fitted, each behind those whose bands it asks for.
  std::vector<TypedFit> fits;
};

std::string print(const TypedGuard& guard, const Repository& repository);

}  // namespace kitle
