// The plan: one hash-consed graph for all rules of a repository. Equal
// subexpressions exist once, also across segments; a segment inside a segment
// is its node. Made by build_plan() (compiler/build_plan.h), improved by
// simplify() (compiler/simplify.h), turned into a program by lower()
// (compiler/lower.h).
//
// Nodes are numbered in the order in which they were made, arguments first,
// so the same repository always gives the same plan.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/intervals.h"
#include "compiler/typed.h"
#include "runtime/eval/program.h"

namespace kitle {

using NodeId = uint32_t;

// The domain of a node that only has constants and the instant in it.
inline constexpr uint32_t kAnywhere = UINT32_MAX - 1;

enum class NodeKind : uint8_t {
  // Event filters: of each person the events that count.
  kEvents,  // table, window, [where], [after T], [before T]; time <= now
  // Features of a person.
  kAny,      // args[0] events: is there one
  kMeasure,  // measure of args[0] events and `column`, or of args[1], a value
             // of theirs that cannot fail
  kMoment,   // first or last of args[0] events: `column`, or its time
  kPoints,   // a persona's: an argument for each of `points`
  kTally,    // `integer`, and 1 for each of args[1] ... that holds; missing
             // where args[0] does not hold
  // Values, of a person or (inside where) of an event.
  kConstant,    // integer, or a number with its exact decimal
  kFitted,      // a cut that no fit has given yet: `integers` say which
  kAttribute,   // column
  kProperty,    // table, column
  kEventTime,   // table
  kOrderTotal,  // table, column: of the event's order, over all its rows
  kOrderValue,  // the same, over those in args[0] events
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kNegate,
  kPercentOf,  // args[0] * integer / (100 * denominator)
  kLocalDay,   // of a time, as the next two
  kLocalHour,
  kWeekday,
  kAge,
  kLength,     // of a text or a list
  kRounded,    // args[0] by `rounding` to a whole value
  kLookedUp,   // `values` by the key args[0], one of `texts` or `integers`
  kDaysSince,  // `until`: days until
  kTimeSince,
  // Predicates: a bit each.
  kAlways,     // integer: 1 true, 0 false
  kAnd,        // args
  kOr,         // args
  kNot,        // args[0]
  kCompare,    // args[0] comparison args[1]; kEqual, kLess or kLessEqual
  kRange,      // low <= args[0] <= high; integers, money, times, flags ...
  kIntegers,   // args[0] is one of `integers` (sorted)
  kTexts,      // args[0] text, code or any element of a list: `test` with one
               // of `texts` (sorted)
  kElementOf,  // args[0] text or code is an element of args[1], a list column
  kPresent,    // args[0] has a value
  kInWindow,   // args[0] date or time
  kBirthday,   // args[0] date: a birthday of it lies in window
  kSequence,   // steps, comparisons, all_within; args: the events of each step,
               // then own and other value of each comparison
};
const char* node_name(NodeKind kind);

enum class Family : uint8_t { kFilter, kFeature, kValue, kPredicate };
Family family_of(NodeKind kind);

// Steps of an anchor; its moment is an argument of the node.
struct AnchorSteps {
  AnchorShape shape = AnchorShape::kPlain;
  int64_t n = 0;
  int64_t m = 0;
  StepUnit unit = StepUnit::kDay;
  StepUnit low_unit = StepUnit::kDay;
  friend bool operator==(const AnchorSteps&, const AnchorSteps&) = default;
};

// What one argument of kPoints gives: events, or a condition.
struct PointsOf {
  PointsLine::Kind kind = PointsLine::Kind::kEach;
  bool of_events = true;
  int64_t points = 0;  // hundredths
  uint32_t column = kNone;
  int64_t per = 1;
  bool by_order = false;
  friend bool operator==(const PointsOf&, const PointsOf&) = default;
};

// See TypedSequence.
struct PlanStep {
  bool negated = false;
  bool by_order = false;  // it is compared with others, as an order
  std::optional<StepSpan> within{};
  std::vector<uint32_t> same{};  // columns, or what is of time
  friend bool operator==(const PlanStep&, const PlanStep&) = default;
};
struct PlanComparison {
  uint32_t own = 0;  // steps
  uint32_t other = 0;
  Comparison comparison = Comparison::kEqual;
  bool negated = false;
  friend bool operator==(const PlanComparison&,
                         const PlanComparison&) = default;
};

struct Node {
  NodeKind kind = NodeKind::kAlways;
  ValueType type = ValueType::kFlag;
  uint32_t domain = kAnywhere;  // kProfiles, an event type; set by Plan::add
  uint32_t table = kNone;
  uint32_t column = kNone;  // or what is_of_time()
  std::vector<NodeId> args{};
  Int128 integer = 0;
  int64_t denominator = 1;
  double number = 0;
  Int128 low = kLowest;
  Int128 high = kHighest;
  std::vector<int64_t> integers{};
  std::vector<int64_t> values{};
  std::vector<std::string> texts{};
  bool any_case = false;
  TextTest test = TextTest::kIs;
  Comparison comparison = Comparison::kEqual;
  Rounding rounding = Rounding::kNearest;
  Measure measure = Measure::kCount;
  bool last = false;
  bool until = false;
  bool by_order = false;   // kMeasure, kMoment: of orders
  bool has_where = false;  // kEvents: args are where, after T, before T
  std::optional<AnchorSteps> after{};
  std::optional<AnchorSteps> before{};
  WindowSpec window{};
  std::vector<PointsOf> points{};  // kPoints, by argument
  int64_t most_a_day = kNoLimit;
  int64_t most = kNoLimit;
  uint32_t halving = 0;
  std::vector<PlanStep> steps{};
  std::vector<PlanComparison> comparisons{};
  std::optional<StepSpan> all_within{};

  friend bool operator==(const Node&, const Node&) = default;
};

// Of kEvents: the node, or kNone.
NodeId where_of(const Node& events);
NodeId after_of(const Node& events);
NodeId before_of(const Node& events);
// Of a kMeasure: the value that it is of in place of a column, or kNone.
NodeId measured_of(const Node& node);

struct PlanSegment {
  std::string name;
  NodeId condition = kNone;
  // A quantity of the members that is wanted, too (CompileOptions::values).
  NodeId value = kNone;
};

class Plan {
 public:
  // The node equal to `node`, made if there is none. Sets its domain.
  NodeId add(Node node);
  const Node& operator[](NodeId id) const { return nodes_[id]; }
  uint32_t size() const { return static_cast<uint32_t>(nodes_.size()); }
  // Whether evaluation of the node may leave a person undecided. Such a node
  // must stay reachable from its segments (Meaning 3).
  bool fallible(NodeId id) const { return fallible_[id]; }

  std::vector<PlanSegment> segments;

 private:
  std::vector<Node> nodes_;
  std::vector<bool> fallible_;
  std::unordered_multimap<uint64_t, NodeId> by_hash_;
};

// The plan without nodes that no segment needs.
Plan pruned(const Plan& plan);

// One node a line: what it is, how many nodes use it and for which segments
// (`kitle explain --plan`). Written values that are compared with a personal
// column are not shown.
std::string print(const Plan& plan, const Schema& schema);

// What is wrong with the form of a plan, or "". Run after each pass in debug
// builds.
std::string verify(const Plan& plan, const Schema& schema);

// ---- facts about types ----

bool is_fraction(ValueType type);
bool is_text(ValueType type);       // text or code
bool is_list_type(ValueType type);  // of texts or codes
// Kept as an integer: everything but numbers, fractions, texts and lists.
bool is_whole(ValueType type);

}  // namespace kitle
