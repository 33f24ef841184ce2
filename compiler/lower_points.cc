// Lowering: a persona's points. Where they are a plain sum of counts they are
// arithmetic on features that other rules share; everything else walks the
// events of each person by their days.
#include <algorithm>

#include "compiler/lowering.h"

namespace kitle {
namespace {

constexpr Interval kPointsRange{-kMostPointsSum, kMostPointsSum};

}  // namespace

Value Lowering::points(const Node& node, const Place& place) {
  if (is_plain_sum(node)) return plain_sum(node, place);
  PointsParam param{.most_a_day = node.most_a_day,
                    .most = node.most,
                    .halving = node.halving};
  std::vector<uint32_t> registers;
  for (size_t i = 0; i < node.args.size(); ++i) {
    param.lines.push_back(points_line(node.points[i], node.args[i], registers));
  }
  const auto [sum, too_big] =
      emitter_.emit_two({.op = Op::kPoints,
                         .param = place.parameters().points(param),
                         .list = emitter_.list(registers)},
                        place.domain());
  place.fail(too_big, kNone);
  const Int128 worth = node.halving == 0 ? 1 : Int128{1} << 32;
  return {.top = {sum, true, kPointsRange},
          .bottom = Integer::constant(100 * worth)};
}

bool Lowering::is_plain_sum(const Node& node) {
  const bool limited =
      node.most_a_day != kNoLimit || node.most != kNoLimit || node.halving != 0;
  return !limited && std::ranges::all_of(node.points, [](const PointsOf& of) {
    return of.kind == PointsLine::Kind::kEach && of.of_events;
  });
}

Value Lowering::plain_sum(const Node& node, const Place& place) {
  Integer sum = Integer::constant(0);
  for (size_t i = 0; i < node.args.size(); ++i) {
    const Filter& events = lowered(node.args[i], kProfiles).filter;
    const Integer number =
        count(node.points[i].by_order ? orders(events) : events, place);
    const Integer worth = Integer::constant(node.points[i].points);
    sum = add(place, sum, multiply(place, number, worth, kNone), kNone);
  }
  return {.top = sum, .bottom = Integer::constant(100)};
}

Value Lowering::tally(const Node& node, const Place& place) {
  Int128 low = node.integer;
  std::vector<uint32_t> registers;
  for (size_t i = 1; i < node.args.size(); ++i) {
    const uint32_t holds = bits(node.args[i], place);
    low += holds == kNone ? 1 : 0;
    if (holds != kNone) registers.push_back(holds);
  }
  Value result{.present = bits(node.args[0], place)};
  if (registers.empty()) {
    result.top = Integer::constant(low);
    return result;
  }
  const auto high = low + static_cast<int64_t>(registers.size());
  const uint32_t sum = place.emit({.op = Op::kTally,
                                   .list = emitter_.list(registers),
                                   .imm = static_cast<int32_t>(low)});
  result.top = {sum, false, {low, high}};
  return result;
}

// What a line gives, and its three registers. Each order gives its points
// where its first row stands; its value is that of all its rows.
PointsLine Lowering::points_line(const PointsOf& of, NodeId arg,
                                 std::vector<uint32_t>& registers) {
  const Lowered& given = lowered(arg, kProfiles);
  PointsLine line{.points = of.points, .kind = of.kind, .per = of.per};
  if (!of.of_events) {
    registers.insert(registers.end(), {given.bits, kNone, kNone});
    return line;
  }
  const bool rows = of.kind == PointsLine::Kind::kMultiples || !of.by_order;
  const Filter filter = rows ? given.filter : orders(given.filter);
  line.table = filter.table;
  line.by_order = of.by_order && rows;
  if (of.column != kNone) {
    line.slot = column_slot(SlotKind::kProperty, line.table, of.column);
  }
  registers.insert(registers.end(), {filter.mask, filter.begin, filter.end});
  return line;
}

}  // namespace kitle
