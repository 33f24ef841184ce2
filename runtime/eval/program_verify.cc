// verify: checks a program against the table of what each operation takes.
// What passes can be run on any block without reading out of bounds.
#include <fmt/format.h>

#include <array>

#include "runtime/eval/program.h"

namespace kitle {
namespace {

// Where an operand's values are, seen from its instruction.
enum class Place : uint8_t { kSame, kRows, kTable };  // D of dst, P, t

struct Operand {
  bool used = false;
  bool optional = false;
  RegisterKind kind = RegisterKind::kBits;
  Place place = Place::kSame;
};

enum class ParamKind : uint8_t { kNone, kRange, kInt, kNumber, kStep, kSet };
enum class SlotUse : uint8_t {
  kNone,
  kAny,       // any column but a list
  kIntegers,  // any but a list or a number
  kNumbers,
  kCodes,
  kLists,
  kScalars,  // integers or numbers
};

struct Shape {
  Op op = Op::kAllBits;
  Operand dst2 = {};
  Operand a = {};
  Operand b = {};
  Operand c = {};
  Operand v = {};
  ParamKind param = ParamKind::kNone;
  SlotUse slot = SlotUse::kNone;
  bool slot_or_v = false;  // exactly one of them; otherwise slot if used
  Place slot_place = Place::kSame;
  bool two_slots = false;
  Place dst_place = Place::kSame;  // kRows where dst must be of profiles
  bool table = false;              // reads Instruction::table
};

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
constexpr Operand kMask = maybe(RegisterKind::kBits, Place::kTable);
constexpr Operand kOwnMask = maybe(RegisterKind::kBits);
constexpr Operand kEnd = maybe(RegisterKind::kI64, Place::kRows);
constexpr Operand kNo = {};

constexpr Shape leaf(Op op, SlotUse slot, ParamKind param) {
  return {.op = op, .param = param, .slot = slot};
}
constexpr Shape unary(Op op, Operand a, ParamKind param = ParamKind::kNone) {
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
  Shape shape = fold(Op::kSpan, kNo, SlotUse::kNone);
  shape.dst2 = in(RegisterKind::kI64, Place::kRows);
  shape.a = shape.b = kEnd;
  shape.c = maybe(RegisterKind::kBits, Place::kRows);
  return shape;
}
constexpr Shape take_bits() {
  Shape shape = take(Op::kTakeBits, kNo, SlotUse::kNone);
  shape.b = in(RegisterKind::kBits, Place::kTable);
  return shape;
}
constexpr Shape text_equal() {
  Shape shape = binary(Op::kTextEqual, kI, kI);
  shape.slot = SlotUse::kCodes;
  shape.two_slots = true;
  return shape;
}
constexpr Shape spread(Op op, RegisterKind kind) {
  return unary(op, in(kind, Place::kRows));
}
constexpr Shape set_of_register() {
  Shape shape = unary(Op::kSetI, kI, ParamKind::kSet);
  shape.slot = SlotUse::kCodes;
  return shape;
}

constexpr auto kError = in(RegisterKind::kBits);
constexpr auto kMaybeError = maybe(RegisterKind::kBits);
// A sum of 64-bit values cannot fail; one of wide values can.
constexpr Operand kWideOrNarrow = {true, true, RegisterKind::kI128,
                                   Place::kTable};

constexpr std::array kShapes = {
    leaf(Op::kAllBits, SlotUse::kNone, ParamKind::kNone),
    leaf(Op::kInRange, SlotUse::kIntegers, ParamKind::kRange),
    leaf(Op::kInSet, SlotUse::kCodes, ParamKind::kSet),
    leaf(Op::kListHas, SlotUse::kLists, ParamKind::kSet),
    leaf(Op::kPresent, SlotUse::kAny, ParamKind::kNone),
    leaf(Op::kLoadI, SlotUse::kIntegers, ParamKind::kNone),
    leaf(Op::kLoadF, SlotUse::kNumbers, ParamKind::kNone),
    leaf(Op::kParamI, SlotUse::kNone, ParamKind::kInt),
    leaf(Op::kParamW, SlotUse::kNone, ParamKind::kInt),
    leaf(Op::kParamF, SlotUse::kNone, ParamKind::kNumber),
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
    fold(Op::kAny, kNo, SlotUse::kNone),
    fold(Op::kCount, kNo, SlotUse::kNone),
    fold(Op::kSumI, kI, SlotUse::kIntegers),
    fold(Op::kSumW, kWideOrNarrow, SlotUse::kIntegers, kMaybeError),
    fold(Op::kSumF, kF, SlotUse::kNumbers),
    fold(Op::kMinI, kI, SlotUse::kIntegers),
    fold(Op::kMaxI, kI, SlotUse::kIntegers),
    fold(Op::kMinW, kW, SlotUse::kNone),
    fold(Op::kMaxW, kW, SlotUse::kNone),
    fold(Op::kMinF, kF, SlotUse::kNumbers),
    fold(Op::kMaxF, kF, SlotUse::kNumbers),
    fold(Op::kFirst, kNo, SlotUse::kNone),
    fold(Op::kLast, kNo, SlotUse::kNone),
    fold(Op::kMostFrequent, kI, SlotUse::kScalars),
    fold(Op::kDistinct, kI, SlotUse::kScalars),
    fold(Op::kMedianGap2, kNo, SlotUse::kNone, kError),
    span(),
    take(Op::kTakeI, kI, SlotUse::kIntegers),
    take(Op::kTakeW, kW, SlotUse::kNone),
    take(Op::kTakeF, kF, SlotUse::kNumbers),
    take_bits(),
    order(Op::kOrderFirst, kNo, SlotUse::kNone),
    order(Op::kOrderHas, kNo, SlotUse::kNone),
    order(Op::kOrderSumI, kI, SlotUse::kIntegers),
    order(Op::kOrderSumW, kI, SlotUse::kIntegers),
    order(Op::kOrderSumF, kF, SlotUse::kNumbers),
    unary(Op::kShift, kI, ParamKind::kStep),
    unary(Op::kDayStart, kI),
    unary(Op::kLocalDay, kI),
    unary(Op::kLocalHour, kI),
    unary(Op::kWeekday, kI),
    unary(Op::kAge, kI),
    text_equal(),
    spread(Op::kSpreadBits, RegisterKind::kBits),
    spread(Op::kSpreadI, RegisterKind::kI64),
    spread(Op::kSpreadW, RegisterKind::kI128),
    spread(Op::kSpreadF, RegisterKind::kF64),
};

constexpr bool in_order_of_ops() {
  for (size_t i = 0; i < kShapes.size(); ++i) {
    if (kShapes[i].op != static_cast<Op>(i)) return false;
  }
  return true;
}
static_assert(kShapes.size() == kOpCount);
static_assert(in_order_of_ops());

constexpr std::array kDstKinds = {
#define KITLE_OP(name, text, kind) RegisterKind::kind,
#include "runtime/eval/ops.def"
#undef KITLE_OP
};

// What a register of positions is; any other register is kNumber.
enum class Position : uint8_t { kNumber, kEvent, kSpanBegin, kSpanEnd };
struct PositionOf {
  Position what = Position::kNumber;
  uint32_t table = kNone;
};

Position first_result(Op op) {
  const bool event =
      op == Op::kFirst || op == Op::kLast || op == Op::kMostFrequent;
  if (event) return Position::kEvent;
  return op == Op::kSpan ? Position::kSpanBegin : Position::kNumber;
}

bool is_take(Op op) { return op >= Op::kTakeI && op <= Op::kTakeBits; }
bool is_fold(Op op) { return op >= Op::kAny && op < Op::kSpan; }
// Has results for the events of a table only.
bool is_of_events(Op op) {
  return (op >= Op::kOrderFirst && op <= Op::kOrderSumF) ||
         (op >= Op::kSpreadBits && op <= Op::kSpreadF);
}

bool slot_fits(const Slot& slot, SlotUse use) {
  const bool number = slot.type == TypeKind::kNumber;
  switch (use) {
    case SlotUse::kNone:
      return false;
    case SlotUse::kAny:
      return true;
    case SlotUse::kIntegers:
      return !is_list(slot.type) && !number;
    case SlotUse::kNumbers:
      return number;
    case SlotUse::kCodes:
      return is_text_like(slot.type);
    case SlotUse::kLists:
      return is_list(slot.type);
    case SlotUse::kScalars:
      return !is_list(slot.type);
  }
  return false;
}

class Verifier {
 public:
  Verifier(const Program& program, const Code& code, const char* name)
      : program_(program),
        code_(code),
        name_(name),
        defined_(code.registers.size(), false),
        positions_(code.registers.size()) {}

  Status run() {
    for (const Register& reg : code_.registers) {
      if (!domain_exists(reg.domain)) return bad("a register's domain");
    }
    for (; at_ < code_.instructions.size(); ++at_) {
      const char* wrong = check(code_.instructions[at_]);
      if (wrong != nullptr) return bad(wrong);
    }
    if (code_.outputs.size() != program_.segments.size()) {
      return bad("the number of outputs");
    }
    for (uint32_t i = 0; i < code_.outputs.size(); ++i) {
      const Output& output = code_.outputs[i];
      if (output.segment != i || !output_fits(output)) return bad("an output");
    }
    return {};
  }

 private:
  // What is wrong with the instruction, or null.
  const char* check(const Instruction& what) {
    if (static_cast<size_t>(what.op) >= kOpCount) return "the operation";
    const Shape& shape = kShapes[static_cast<size_t>(what.op)];
    if (!defines(what.dst, kDstKinds[static_cast<size_t>(what.op)])) {
      return "dst";
    }
    const uint32_t domain = code_.registers[what.dst].domain;
    if (shape.dst_place == Place::kRows && domain != kProfiles) return "dst";
    if (is_of_events(what.op) && domain == kProfiles) return "dst";
    if (shape.table ? what.table >= program_.tables.size()
                    : what.table != kNone) {
      return "the table";
    }
    const char* wrong = check_operands(what, shape);
    if (wrong == nullptr) wrong = check_second(what, shape);
    if (wrong != nullptr) return wrong;
    defined_[what.dst] = true;
    if (what.dst2 != kNone) defined_[what.dst2] = true;
    positions_[what.dst] = {first_result(what.op), what.table};
    if (what.op == Op::kSpan) {
      positions_[what.dst2] = {Position::kSpanEnd, what.table};
    }
    return nullptr;
  }

  const char* check_operands(const Instruction& what, const Shape& shape) {
    if (!operand_fits(what, what.a, shape.a)) return "a";
    if (!operand_fits(what, what.b, shape.b)) return "b";
    if (!operand_fits(what, what.c, shape.c)) return "c";
    if (!v_fits(what, shape)) return "v";
    if (!slots_fit(what, shape)) return "the slot";
    if (!param_fits(what, shape.param)) return "the parameter";
    if (!imm_fits(what)) return "imm";
    if (!positions_fit(what)) return "a position";
    return nullptr;
  }

  // Positions are read as they are, so only those found in the same table are.
  bool positions_fit(const Instruction& what) const {
    if (is_take(what.op)) return is_position(what, what.a, Position::kEvent);
    if (!is_fold(what.op)) return true;
    return is_position(what, what.b, Position::kSpanBegin) &&
           is_position(what, what.c, Position::kSpanEnd);
  }

  bool is_position(const Instruction& what, uint32_t reg,
                   Position wanted) const {
    return reg == kNone || (positions_[reg].what == wanted &&
                            positions_[reg].table == what.table);
  }

  const char* check_second(const Instruction& what, const Shape& shape) {
    if (what.dst2 == kNone) {
      const bool can_fail = what.op == Op::kSumW && what.v != kNone &&
                            code_.registers[what.v].kind == RegisterKind::kI128;
      const bool needed = shape.dst2.used && !shape.dst2.optional;
      return needed || can_fail ? "dst2" : nullptr;
    }
    if (!shape.dst2.used || what.dst2 == what.dst) return "dst2";
    if (!defines(what.dst2, shape.dst2.kind)) return "dst2";
    const bool same =
        code_.registers[what.dst2].domain == code_.registers[what.dst].domain;
    return same ? nullptr : "dst2";
  }

  bool defines(uint32_t reg, RegisterKind kind) const {
    return reg < code_.registers.size() && !defined_[reg] &&
           code_.registers[reg].kind == kind;
  }

  uint32_t domain_at(const Instruction& what, Place place) const {
    switch (place) {
      case Place::kSame:
        return code_.registers[what.dst].domain;
      case Place::kRows:
        return kProfiles;
      case Place::kTable:
        return what.table;
    }
    return kNone;
  }

  bool operand_fits(const Instruction& what, uint32_t reg,
                    const Operand& operand) const {
    if (reg == kNone) return !operand.used || operand.optional;
    return operand.used && reg < code_.registers.size() && defined_[reg] &&
           code_.registers[reg].kind == operand.kind &&
           code_.registers[reg].domain == domain_at(what, operand.place);
  }

  bool v_fits(const Instruction& what, const Shape& shape) const {
    Operand operand = shape.v;
    if (what.op == Op::kSumW && what.v < code_.registers.size() &&
        code_.registers[what.v].kind == RegisterKind::kI64) {
      operand.kind = RegisterKind::kI64;
    }
    return operand_fits(what, what.v, operand);
  }

  bool slot_is(const Instruction& what, uint32_t number,
               const Shape& shape) const {
    if (number >= program_.slots.size()) return false;
    const Slot& slot = program_.slots[number];
    // Codes in registers have left their column's domain.
    const bool any_place = what.op == Op::kSetI || what.op == Op::kTextEqual;
    return slot_fits(slot, shape.slot) &&
           (any_place || slot.domain() == domain_at(what, shape.slot_place));
  }

  bool slots_fit(const Instruction& what, const Shape& shape) const {
    const bool second = shape.two_slots ? slot_is(what, what.slot2, shape)
                                        : what.slot2 == kNone;
    if (!second) return false;
    if (shape.slot_or_v && (what.slot == kNone) == (what.v == kNone)) {
      return false;
    }
    if (what.slot == kNone) {
      return shape.slot == SlotUse::kNone || shape.slot_or_v;
    }
    return slot_is(what, what.slot, shape);
  }

  size_t param_count(ParamKind kind) const {
    switch (kind) {
      case ParamKind::kNone:
        return 0;
      case ParamKind::kRange:
        return program_.ranges.size();
      case ParamKind::kInt:
        return program_.ints.size();
      case ParamKind::kNumber:
        return program_.numbers.size();
      case ParamKind::kStep:
        return program_.steps.size();
      case ParamKind::kSet:
        return program_.sets.size();
    }
    return 0;
  }

  bool param_fits(const Instruction& what, ParamKind kind) const {
    if (kind == ParamKind::kNone) return what.param == kNone;
    if (what.param >= param_count(kind)) return false;
    if (what.op == Op::kFloorDivI) {
      const IntParam& divisor = program_.ints[what.param];
      return divisor.kind == IntParam::Kind::kConstant && divisor.value > 0 &&
             divisor.value <= INT64_MAX;
    }
    return true;
  }

  static bool imm_fits(const Instruction& what) {
    if (what.op == Op::kDayStart) return true;
    int32_t largest = 0;
    if (what.op == Op::kAllBits) largest = 1;
    if (what.op == Op::kCmpWF) largest = 4;
    if (what.op == Op::kTextEqual) largest = 2;
    return what.imm >= 0 && what.imm <= largest;
  }

  bool output_fits(const Output& output) const {
    return output.segment < program_.segments.size() &&
           is_profile_bits(output.bits) &&
           (output.error == kNone || is_profile_bits(output.error));
  }

  bool is_profile_bits(uint32_t reg) const {
    return reg < code_.registers.size() && defined_[reg] &&
           code_.registers[reg].kind == RegisterKind::kBits &&
           code_.registers[reg].domain == kProfiles;
  }

  bool domain_exists(uint32_t domain) const {
    return domain == kProfiles || domain < program_.tables.size();
  }

  Status bad(const char* what) const {
    const std::string place =
        at_ < code_.instructions.size()
            ? fmt::format("{} instruction {} ({})", name_, at_,
                          op_name(code_.instructions[at_].op))
            : std::string(name_);
    return {StatusCode::kCorrupt, "verify program", "",
            fmt::format("{}: {} is not what it must be", place, what)};
  }

  const Program& program_;
  const Code& code_;
  const char* name_;
  std::vector<bool> defined_;
  std::vector<PositionOf> positions_;  // by register
  size_t at_ = 0;
};

bool slot_in_range(const Program& program, const Slot& slot) {
  const bool has_table = slot.kind != SlotKind::kAttribute;
  const bool has_column =
      slot.kind == SlotKind::kAttribute || slot.kind == SlotKind::kProperty;
  const bool table_fits =
      has_table ? slot.table < program.tables.size() : slot.table == kNone;
  return table_fits && (has_column || slot.type == TypeKind::kTime);
}

bool is_sane(const WindowSpec& window) {
  const int64_t least = window.form == WindowForm::kPeriod ? -kMostSteps : 0;
  return least <= window.n && window.n <= kMostSteps && 0 <= window.m &&
         window.m <= kMostSteps;
}

}  // namespace

Status verify(const Program& program) {
  for (const RangeParam& range : program.ranges) {
    if (!is_sane(range.window)) {
      return {StatusCode::kCorrupt, "verify program", "",
              "a window of too many steps"};
    }
  }
  for (const Slot& slot : program.slots) {
    if (!slot_in_range(program, slot)) {
      return {StatusCode::kCorrupt, "verify program", "",
              "slot " + slot.name + " names no table"};
    }
  }
  Status status = Verifier(program, program.fast, "fast").run();
  if (!status.ok()) return status;
  return Verifier(program, program.general, "general").run();
}

}  // namespace kitle
