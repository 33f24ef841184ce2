// One plan becoming one Code; the inside of lower(), spread over
//   lower_events.cc      event filters: where, windows, anchors
//   lower_features.cc    counts, sums, moments
//   lower_answers.cc     questions that are answered together
//   lower_points.cc      a persona's points
//   lower_values.cc      columns, arithmetic, days
//   lower_predicates.cc  comparisons, sets, logic
//   lower_sequences.cc   sequences
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>

#include "compiler/intervals.h"
#include "compiler/lower_emit.h"
#include "compiler/lower_integers.h"
#include "compiler/plan.h"
#include "compiler/sharing.h"

namespace kitle {

// A value in registers. Where it is missing they hold anything: what is made
// of them must be masked with `present`.
struct Value {
  enum class Shape : uint8_t {
    kRational,  // top / bottom; integers have bottom 1
    kNumber,
    kText,  // codes
    kList,
  };
  Shape shape = Shape::kRational;
  Integer top{};
  Integer bottom = Integer::constant(1);
  bool exact = false;  // kNumber: a constant that is also top / bottom
  uint32_t number = kNone;
  uint32_t codes = kNone;
  uint32_t slot = kNone;      // the column that it was read from
  bool direct = false;        // `slot` is of the value's own domain
  uint32_t position = kNone;  // of a moment: the event
  uint32_t present = kNone;   // bits; kNone: always
};

inline bool is_integer(const Value& value) {
  return value.shape == Value::Shape::kRational && value.bottom.is(1);
}

// Which events of a table count.
struct Filter {
  uint32_t table = kNone;
  uint32_t mask = kNone;   // bits of the table; kNone: all
  uint32_t begin = kNone;  // positions; kNone: the whole history
  uint32_t end = kNone;

  bool is_all() const { return mask == kNone && begin == kNone; }
};

// What became of a node in a domain.
struct Lowered {
  Value value{};           // values and most features
  uint32_t bits = kNone;   // predicates and kAny; kNone: always
  Filter filter{};         // kEvents
  uint32_t error = kNone;  // of the node and all below it; kNone: never
};

class Lowering {
 public:
  Lowering(const Plan& plan, const Schema& schema, Assumptions assumptions,
           const Sharing& sharing, Parameters& parameters)
      : plan_(plan),
        schema_(schema),
        assumptions_(assumptions),
        sharing_(sharing),
        emitter_(parameters) {}

  Code run();

 private:
  Output output(const PlanSegment& segment, uint32_t index);
  const Lowered& lowered(NodeId id, uint32_t domain);
  Lowered spread(const Lowered& of_person, const Place& events);
  Lowered lower_node(const Node& node, const Place& place);
  uint32_t any_node(const Node& node, const Place& place);
  const Value& value(NodeId id, const Place& place) {
    return lowered(id, place.domain()).value;
  }
  uint32_t bits(NodeId id, const Place& place) {
    return lowered(id, place.domain()).bits;
  }

  // lower_events.cc
  Filter filter(const Node& node, const Place& place);
  bool sees_all(const Node& events) const;
  static RangeParam time_range(const Node& events);
  uint32_t time_mask(const Node& node, const Place& events);
  struct Span;  // bounds that anchors give
  void anchor(const AnchorSteps& steps, NodeId moment, bool after,
              const Place& place, Span& span);
  static uint32_t moved(const Place& place, uint32_t instant,
                        const StepParam& steps, int64_t micros);
  static uint32_t shifted(const Place& place, uint32_t instant,
                          const StepParam& steps);

  // lower_features.cc
  uint32_t any(const Filter& filter, const Place& place);
  Integer count(const Filter& filter, const Place& place);
  uint32_t fold(Op op, const Filter& filter, uint32_t slot, uint32_t v,
                const Place& place);
  uint32_t take(Op op, const Filter& filter, uint32_t position, uint32_t slot,
                uint32_t v, const Place& place);
  uint32_t take_bits(uint32_t table, uint32_t position, uint32_t bits,
                     const Place& place);
  Value feature(const Node& node, const Place& place);
  Value measure(const Node& node, const Filter& filter, const Place& place);
  Value sum(const Node& node, const Filter& filter, const Place& place);
  Value average(const Node& node, const Filter& filter, const Place& place);
  Value average_number(const Node& node, const Filter& filter,
                       const Filter& counted, const Place& place);
  Value extreme(const Node& node, const Filter& filter, const Place& place);
  Value extreme_order(const Node& node, const Filter& filter,
                      const Place& place);
  // Of people with fewer events than `least`, how many they have.
  Value distinct(const Node& node, const Filter& filter, int32_t least,
                 const Place& place);
  Value median_gap(const Filter& filter, const Place& place);
  Value most_frequent(const Node& node, const Filter& filter,
                      const Place& place);
  Value moment(const Node& node, const Filter& filter, const Place& place);
  Value moment_time(const Node& node, const Filter& filter, const Place& place);
  Value moment_order(const Node& node, const Filter& filter, uint32_t position,
                     const Place& place);
  Value taken(const Node& node, const Filter& filter, uint32_t position,
              const Place& place);
  // The events of `filter` whose property is present.
  Filter with_property(const Node& node, const Filter& filter);
  // The first of each order's.
  Filter orders(const Filter& filter);
  uint32_t order_sum(const Node& node, const Filter& filter);
  uint32_t property_slot(const Node& node);
  TypeKind type_of(const Node& node);  // of its column
  // Whether what a measure is of is no column: a day, an hour or a weekday, or
  // a value of the events. Then it is a register of the table.
  static bool is_made(const Node& node);
  Integer made_property(const Node& node);
  Interval sum_range(const Node& node);

  // lower_answers.cc
  const AskedAlike* asked_alike(const Node& node, const Place& place) const;
  uint32_t last_within(const Node& events, const Place& place);
  uint32_t answer(const AskedAlike& alike, const Node& node, uint32_t least,
                  const Place& place);
  uint32_t answer_range(const AskedAlike& alike, const Node& range,
                        const Place& place);
  struct Answer {
    uint32_t reg = kNone;  // of kAnswers or the like
    uint32_t question = 0;
  };
  using AnswersByNode = std::map<std::pair<const Node*, uint32_t>, Answer>;
  AnswersByNode answers(const AskedAlike& alike);
  Instruction answers_operation(const AskedAlike& alike);
  AnswersQuestion question(const AskedAlike::Question& asked,
                           AskedAlike::Kind kind, uint32_t slot);

  // lower_points.cc
  Value points(const Node& node, const Place& place);
  static bool is_plain_sum(const Node& node);
  Value plain_sum(const Node& node, const Place& place);
  Value tally(const Node& node, const Place& place);
  PointsLine points_line(const PointsOf& of, NodeId arg,
                         std::vector<uint32_t>& registers);

  // lower_values.cc
  Value value_node(const Node& node, const Place& place);
  Value constant(const Node& node, const Place& place);
  Value column(uint32_t slot, const Place& place);
  Value order_total(const Node& node, const Place& place);
  Value arithmetic(const Node& node, const Place& place);
  Value part_of_time(const Node& node, const Place& place);
  static Integer local_part(NodeKind part, uint32_t instant,
                            const Place& place);
  Value age(const Node& node, const Place& place);
  Value length(const Node& node, const Place& place);
  Value rounded(const Node& node, const Place& place);
  Value looked_up(const Node& node, const Place& place);
  Value elapsed(const Node& node, const Place& place);
  uint32_t column_slot(SlotKind kind, uint32_t table, uint32_t index);

  // lower_predicates.cc
  uint32_t predicate(const Node& node, const Place& place);
  uint32_t connective(const Node& node, const Place& place);
  uint32_t compare_node(const Node& node, const Place& place);
  uint32_t compare_texts(const Value& a, const Value& b, const Place& place);
  static int32_t text_mode(const Value& a, const Value& b, const Place& place);
  uint32_t range(const Value& value, Int128 low, Int128 high,
                 const Place& place);
  bool is_extreme(const Node& range) const;
  uint32_t extreme_range(const Node& node, const Place& place);
  bool is_least_different(const Node& range) const;
  uint32_t least_different(const Node& node, const Place& place);
  uint32_t integers(const Node& node, const Place& place);
  static SetParam set_of(const Node& texts, const Slot& slot);
  uint32_t texts(const Node& node, const Place& place);
  uint32_t element_of(const Node& node, const Place& place);
  uint32_t in_window(const Node& node, const Place& place);
  uint32_t birthday(const Node& node, const Place& place);

  // lower_sequences.cc
  struct SequenceParts;
  uint32_t sequence(const Node& node, const Place& place);
  uint32_t compared_ends(const Node& node, const Place& place);
  Value end_time(NodeId id, bool last, const Place& place);
  uint32_t waits(const SequenceParts& parts);
  void follow(const Node& sequence, Instruction& what);
  uint32_t followed(const SequenceParts& parts, const Place& place);
  void sequence_step(SequenceParts& parts, uint32_t step);
  void step_registers(SequenceParts& parts, uint32_t step, const Place& place);
  uint32_t event_times(const Place& events);
  uint32_t step_deadline(const StepSpan& span, const Place& events);
  uint32_t waited_for(const Node& node, uint32_t step, const Place& events);
  void step_keys(SequenceParts& parts, uint32_t step);
  void step_comparison(SequenceParts& parts, size_t index, const Place& place);

  const Plan& plan_;
  const Schema& schema_;
  Assumptions assumptions_;
  const Sharing& sharing_;
  Emitter emitter_;
  std::unordered_map<uint64_t, Lowered> lowered_;  // by node and domain
  std::map<const AskedAlike*, AnswersByNode> answers_;
};

}  // namespace kitle
