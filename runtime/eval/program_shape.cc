// See program_shape.h.
#include "runtime/eval/program_shape.h"

#include <array>

namespace kitle {
namespace {

using Place = OperandPlace;
using Shape = OperationShape;

constexpr Operand in(RegisterKind kind, Place place = Place::kSame) {
  return {true, false, kind, place};
}
constexpr Operand maybe(RegisterKind kind, Place place = Place::kSame) {
  return {true, true, kind, place};
}
constexpr Operand kB = in(RegisterKind::kBits);
constexpr Operand kI = in(RegisterKind::kI64);
constexpr Operand kW = in(RegisterKind::kI128);
constexpr Operand kF = in(RegisterKind::kF64);
constexpr Operand kOwnMask = maybe(RegisterKind::kBits);
constexpr Operand kNo = {};

constexpr Shape leaf(Op op, SlotUse slot, ParamKind param) {
  return {.op = op, .param = param, .slot = slot};
}
constexpr Shape unary(Op op, Operand a, ParamKind param = ParamKind::kNoParam) {
  return {.op = op, .a = a, .param = param};
}
constexpr Shape binary(Op op, Operand a, Operand b, Operand dst2 = kNo) {
  return {.op = op, .dst2 = dst2, .a = a, .b = b};
}
// From the events of a table to profiles, of a slot or a register v.
constexpr Shape fold(Op op, Operand v, SlotUse slot, Operand dst2 = kNo) {
  return {.op = op,
          .dst2 = dst2,
          .a = kMask,
          .b = kEnd,
          .c = kEnd,
          .v = {v.used, true, v.kind, Place::kTable},
          .slot = slot,
          .slot_or_v = v.used,
          .slot_place = Place::kTable,
          .dst_place = Place::kRows,
          .table = true};
}
constexpr Shape take(Op op, Operand v, SlotUse slot) {
  Shape shape = fold(op, v, slot);
  shape.a = in(RegisterKind::kI64, Place::kRows);
  shape.b = shape.c = kNo;
  return shape;
}
// Within the events of a counted table.
constexpr Shape order(Op op, Operand v, SlotUse slot) {
  return {.op = op,
          .a = kOwnMask,
          .v = {v.used, true, v.kind, Place::kSame},
          .slot = slot,
          .slot_or_v = v.used};
}
constexpr Shape span() {
  Shape shape = fold(Op::kSpan, kNo, SlotUse::kNoSlot);
  shape.dst2 = in(RegisterKind::kI64, Place::kRows);
  shape.a = shape.b = kEnd;
  shape.c = maybe(RegisterKind::kBits, Place::kRows);
  return shape;
}
constexpr Shape take_bits() {
  Shape shape = take(Op::kTakeBits, kNo, SlotUse::kNoSlot);
  shape.b = in(RegisterKind::kBits, Place::kTable);
  return shape;
}
constexpr Shape answers() {
  return {.op = Op::kAnswers,
          .param = ParamKind::kAnswers,
          .slot = SlotUse::kCodes,
          .slot_place = Place::kTable,
          .time_slot = true,
          .dst_place = Place::kRows,
          .table = true};
}
// a and b are of the table imm.
constexpr Shape followed_answers() {
  Shape shape = answers();
  shape.op = Op::kFollowedAnswers;
  shape.a = kMask;
  shape.b = in(RegisterKind::kI64, Place::kTable);
  return shape;
}
constexpr Shape nth_answers() {
  Shape shape = answers();
  shape.op = Op::kNthAnswers;
  shape.slot = SlotUse::kNoSlot;
  return shape;
}
constexpr Shape sum_answers() {
  Shape shape = nth_answers();
  shape.op = Op::kSumAnswers;
  shape.slot = SlotUse::kIntegers;
  return shape;
}
constexpr Shape answer() {
  Shape shape = unary(Op::kAnswer, in(RegisterKind::kAnswers, Place::kRows));
  shape.dst_place = Place::kRows;
  return shape;
}
constexpr Shape following() {
  return {.op = Op::kFollowing,
          .a = kMask,
          .b = in(RegisterKind::kI64, Place::kTable),
          .v = kI,
          .table = true};
}
constexpr Shape any_followed() {
  return {.op = Op::kAnyFollowed,
          .a = kMask,
          .b = in(RegisterKind::kI64, Place::kTable),
          .c = maybe(RegisterKind::kI64, Place::kTable),
          .v = in(RegisterKind::kI64, Place::kTable),
          .param = ParamKind::kMaybeInt,
          .dst_place = Place::kRows,
          .table = true};
}
constexpr Shape points() {
  return {.op = Op::kPoints,
          .dst2 = in(RegisterKind::kBits),
          .param = ParamKind::kPoints,
          .dst_place = Place::kRows};
}
constexpr Shape sequence() {
  return {.op = Op::kSequence,
          .param = ParamKind::kSequence,
          .dst_place = Place::kRows};
}
constexpr Shape tally() {
  return {.op = Op::kTally, .dst_place = Place::kRows};
}
constexpr Shape text_equal() {
  Shape shape = binary(Op::kTextEqual, kI, kI);
  shape.slot = shape.slot2 = SlotUse::kCodes;
  shape.slot_place = shape.slot2_place = Place::kAnywhere;
  return shape;
}
constexpr Shape element_of(Op op, Place list) {
  Shape shape = unary(op, kI);
  shape.slot = SlotUse::kCodes;
  shape.slot_place = Place::kAnywhere;
  shape.slot2 = SlotUse::kLists;
  shape.slot2_place = list;
  return shape;
}
constexpr Shape text_length() {
  Shape shape = unary(Op::kTextLength, kI);
  shape.slot = SlotUse::kCodes;
  shape.slot_place = Place::kAnywhere;
  return shape;
}
constexpr Shape look_up(Op op, Operand key, SlotUse slot) {
  Shape shape = unary(op, key, ParamKind::kLookup);
  shape.dst2 = in(RegisterKind::kBits);
  shape.slot = slot;
  shape.slot_place = Place::kAnywhere;
  return shape;
}
constexpr Shape spread(Op op, RegisterKind kind) {
  return unary(op, in(kind, Place::kRows));
}
constexpr Shape set_of_register() {
  Shape shape = unary(Op::kSetI, kI, ParamKind::kSet);
  shape.slot = SlotUse::kCodes;
  shape.slot_place = Place::kAnywhere;
  return shape;
}

constexpr auto kError = in(RegisterKind::kBits);
constexpr auto kMaybeError = maybe(RegisterKind::kBits);
// A sum of 64-bit values cannot fail; one of wide values can.
constexpr Operand kWideOrNarrow = {true, true, RegisterKind::kI128,
                                   Place::kTable};

constexpr std::array kShapes = {
    leaf(Op::kAllBits, SlotUse::kNoSlot, ParamKind::kNoParam),
    leaf(Op::kInRange, SlotUse::kIntegers, ParamKind::kRange),
    leaf(Op::kInSet, SlotUse::kCodes, ParamKind::kSet),
    leaf(Op::kListHas, SlotUse::kLists, ParamKind::kSet),
    leaf(Op::kPresent, SlotUse::kAny, ParamKind::kNoParam),
    leaf(Op::kListLength, SlotUse::kLists, ParamKind::kNoParam),
    leaf(Op::kLoadI, SlotUse::kIntegers, ParamKind::kNoParam),
    leaf(Op::kLoadF, SlotUse::kNumbers, ParamKind::kNoParam),
    leaf(Op::kParamI, SlotUse::kNoSlot, ParamKind::kInt),
    leaf(Op::kParamW, SlotUse::kNoSlot, ParamKind::kInt),
    leaf(Op::kParamF, SlotUse::kNoSlot, ParamKind::kNumber),
    binary(Op::kAnd, kB, kB),
    binary(Op::kOr, kB, kB),
    binary(Op::kAndNot, kB, kB),
    unary(Op::kNot, kB),
    binary(Op::kAddI, kI, kI),
    binary(Op::kSubI, kI, kI),
    binary(Op::kMulI, kI, kI),
    unary(Op::kNegI, kI),
    unary(Op::kFloorDivI, kI, ParamKind::kInt),
    unary(Op::kRangeI, kI, ParamKind::kRange),
    set_of_register(),
    unary(Op::kAmongI, kI, ParamKind::kWholes),
    text_length(),
    look_up(Op::kLookUp, kI, SlotUse::kCodes),
    look_up(Op::kLookUpI, kW, SlotUse::kNoSlot),
    binary(Op::kEqI, kI, kI),
    binary(Op::kLtI, kI, kI),
    binary(Op::kLeI, kI, kI),
    binary(Op::kLesserI, kI, kI),
    binary(Op::kGreaterI, kI, kI),
    unary(Op::kWiden, kI),
    binary(Op::kAddW, kW, kW, kError),
    binary(Op::kSubW, kW, kW, kError),
    binary(Op::kMulW, kW, kW, kError),
    Shape{.op = Op::kNegW, .dst2 = kError, .a = kW},
    binary(Op::kRoundW, kW, kW, kError),
    Shape{.op = Op::kRoundF, .dst2 = kError, .a = kF},
    binary(Op::kEqW, kW, kW),
    binary(Op::kLtW, kW, kW),
    binary(Op::kLeW, kW, kW),
    binary(Op::kAddF, kF, kF),
    binary(Op::kSubF, kF, kF),
    binary(Op::kMulF, kF, kF),
    binary(Op::kDivF, kF, kF),
    unary(Op::kNegF, kF),
    binary(Op::kEqF, kF, kF),
    binary(Op::kLtF, kF, kF),
    binary(Op::kLeF, kF, kF),
    unary(Op::kFinite, kF),
    unary(Op::kIToF, kI),
    unary(Op::kWToF, kW),
    binary(Op::kQuotient, kW, kW),
    binary(Op::kCmpWF, kW, kF),
    fold(Op::kAny, kNo, SlotUse::kNoSlot),
    fold(Op::kCount, kNo, SlotUse::kNoSlot),
    fold(Op::kSumI, kI, SlotUse::kIntegers),
    fold(Op::kSumW, kWideOrNarrow, SlotUse::kIntegers, kMaybeError),
    fold(Op::kSumF, kF, SlotUse::kNumbers),
    fold(Op::kMinI, kI, SlotUse::kIntegers),
    fold(Op::kMaxI, kI, SlotUse::kIntegers),
    fold(Op::kMinW, kW, SlotUse::kNoSlot),
    fold(Op::kMaxW, kW, SlotUse::kNoSlot),
    fold(Op::kMinF, kF, SlotUse::kNumbers),
    fold(Op::kMaxF, kF, SlotUse::kNumbers),
    fold(Op::kFirst, kNo, SlotUse::kNoSlot),
    fold(Op::kLast, kNo, SlotUse::kNoSlot),
    fold(Op::kMostFrequent, kI, SlotUse::kScalars),
    fold(Op::kDistinct, kI, SlotUse::kScalars),
    fold(Op::kDays, kNo, SlotUse::kNoSlot),
    fold(Op::kMedianGap2, kNo, SlotUse::kNoSlot, kError),
    span(),
    answers(),
    followed_answers(),
    nth_answers(),
    sum_answers(),
    answer(),
    following(),
    any_followed(),
    tally(),
    points(),
    sequence(),
    take(Op::kTakeI, kI, SlotUse::kIntegers),
    take(Op::kTakeW, kW, SlotUse::kNoSlot),
    take(Op::kTakeF, kF, SlotUse::kNumbers),
    take_bits(),
    order(Op::kOrderFirst, kNo, SlotUse::kNoSlot),
    order(Op::kOrderHas, kNo, SlotUse::kNoSlot),
    order(Op::kOrderSumI, kI, SlotUse::kIntegers),
    order(Op::kOrderSumW, kI, SlotUse::kIntegers),
    order(Op::kOrderSumF, kF, SlotUse::kNumbers),
    unary(Op::kShift, kI, ParamKind::kStep),
    unary(Op::kDayStart, kI),
    unary(Op::kLocalDay, kI),
    unary(Op::kLocalHour, kI),
    unary(Op::kWeekday, kI),
    unary(Op::kAge, kI),
    unary(Op::kBirthday, kI, ParamKind::kRange),
    text_equal(),
    element_of(Op::kElementOf, Place::kSame),
    spread(Op::kSpreadBits, RegisterKind::kBits),
    spread(Op::kSpreadI, RegisterKind::kI64),
    spread(Op::kSpreadW, RegisterKind::kI128),
    spread(Op::kSpreadF, RegisterKind::kF64),
    element_of(Op::kElementOfPersons, Place::kRows),
};

constexpr bool in_order_of_ops() {
  for (size_t i = 0; i < kShapes.size(); ++i) {
    if (kShapes[i].op != static_cast<Op>(i)) return false;
  }
  return true;
}
static_assert(kShapes.size() == kOpCount);
static_assert(in_order_of_ops());

}  // namespace

const OperationShape& shape_of(Op op) {
  return kShapes[static_cast<size_t>(op)];
}

}  // namespace kitle
