// What each operation of a program takes: one row an operation. A row for each
// operation in ops.def, in its order, or this does not compile.
#pragma once

#include "runtime/eval/program.h"

namespace kitle {

// Where an operand's values are, seen from its instruction: D of dst, P, t.
// Of a slot whose codes are in a register: anywhere, as they have left it.
enum class OperandPlace : uint8_t { kSame, kRows, kTable, kAnywhere };

struct Operand {
  bool used = false;
  bool optional = false;
  RegisterKind kind = RegisterKind::kBits;
  OperandPlace place = OperandPlace::kSame;
};

inline constexpr Operand kRequiredBits = {true, false, RegisterKind::kBits,
                                          OperandPlace::kSame};
// A mask of a table's events, and the place behind each person's last event.
inline constexpr Operand kMask = {true, true, RegisterKind::kBits,
                                  OperandPlace::kTable};
inline constexpr Operand kEnd = {true, true, RegisterKind::kI64,
                                 OperandPlace::kRows};

enum class ParamKind : uint8_t {
  kNoParam,
  kRange,
  kInt,
  kMaybeInt,
  kNumber,
  kStep,
  kSet,
  kWholes,
  kLookup,
  kAnswers,
  kPoints,
  kSequence,
};
enum class SlotUse : uint8_t {
  kNoSlot,
  kAny,       // any column but a list
  kIntegers,  // any but a list or a number
  kNumbers,
  kCodes,
  kLists,
  kScalars,  // integers or numbers
};

struct OperationShape {
  Op op = Op::kAllBits;
  Operand dst2 = {};
  Operand a = {};
  Operand b = {};
  Operand c = {};
  Operand v = {};
  ParamKind param = ParamKind::kNoParam;
  SlotUse slot = SlotUse::kNoSlot;
  bool slot_or_v = false;  // exactly one of them; otherwise slot if used
  OperandPlace slot_place = OperandPlace::kSame;
  SlotUse slot2 = SlotUse::kNoSlot;
  OperandPlace slot2_place = OperandPlace::kSame;
  bool time_slot = false;  // slot2: the events' time, or v
  OperandPlace dst_place =
      OperandPlace::kSame;  // kRows where dst must be of profiles
  bool table = false;       // reads Instruction::table
};

const OperationShape& shape_of(Op op);

}  // namespace kitle
