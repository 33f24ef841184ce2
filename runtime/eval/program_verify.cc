// verify: checks a program against the table of what each operation takes.
// What passes can be run on any block without reading out of bounds.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtime/eval/program.h"
#include "runtime/eval/program_shape.h"

namespace kitle {
namespace {

using Place = OperandPlace;
using Shape = OperationShape;

constexpr std::array kDstKinds = {
#define KITLE_OP(name, text, kind) RegisterKind::kind,
#include "runtime/eval/ops.def"
#undef KITLE_OP
};

// What a register of positions is; any other register is kNumber.
enum class Position : uint8_t {
  kNumber,
  kEvent,
  kSpanBegin,
  kSpanEnd,
};
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
         (op >= Op::kSpreadBits && op <= Op::kElementOfPersons) ||
         op == Op::kFollowing;
}

bool slot_fits(const Slot& slot, SlotUse use) {
  const bool number = slot.type == TypeKind::kNumber;
  switch (use) {
    case SlotUse::kNoSlot:
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
    const Shape& shape = shape_of(what.op);
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
    Instruction next = what;  // of the table of what follows
    if (what.op == Op::kFollowedAnswers) {
      next.table = static_cast<uint32_t>(what.imm);
    }
    if (!operand_fits(next, what.a, shape.a)) return "a";
    if (!operand_fits(next, what.b, shape.b)) return "b";
    if (!operand_fits(what, what.c, shape.c)) return "c";
    if (!v_fits(what, shape)) return "v";
    if (!slots_fit(what, shape)) return "the slot";
    if (!param_fits(what, shape.param)) return "the parameter";
    if (!imm_fits(what)) return "imm";
    if (!positions_fit(what)) return "a position";
    if (!answers_fit(what)) return "the questions";
    if (!list_fits(what)) return "the list";
    return nullptr;
  }

  bool tally_fits(const Instruction& what) const {
    if (what.list >= code_.lists.size()) return false;
    return std::ranges::all_of(code_.lists[what.list], [&](uint32_t reg) {
      return operand_fits(what, reg, kRequiredBits);
    });
  }

  // Of points: three registers for each line.
  bool list_fits(const Instruction& what) const {
    if (what.op == Op::kTally) return tally_fits(what);
    if (what.op != Op::kPoints && what.op != Op::kSequence) {
      return what.list == kNone;
    }
    if (what.list >= code_.lists.size()) return false;
    if (what.op == Op::kSequence) {
      return sequence_fits(program_, code_, what, defined_);
    }
    const std::vector<PointsLine>& lines = program_.points[what.param].lines;
    const std::vector<uint32_t>& list = code_.lists[what.list];
    if (list.size() != lines.size() * 3) return false;
    for (size_t i = 0; i < lines.size(); ++i) {
      const uint32_t domain = lines[i].table;  // kNone is kProfiles, too
      const Instruction line{
          .op = Op::kPoints, .dst = what.dst, .table = domain};
      const bool fits =
          operand_fits(line, list[i * 3], kMask) &&
          operand_fits(line, list[i * 3 + 1], kEnd) &&
          operand_fits(line, list[i * 3 + 2], kEnd) &&
          is_position(line, list[i * 3 + 1], Position::kSpanBegin) &&
          is_position(line, list[i * 3 + 2], Position::kSpanEnd);
      if (!fits) return false;
    }
    return true;
  }

  // Positions are read as they are, so only those found in the same table are.
  bool positions_fit(const Instruction& what) const {
    if (is_take(what.op)) return is_position(what, what.a, Position::kEvent);
    if (!is_fold(what.op)) return true;
    return is_position(what, what.b, Position::kSpanBegin) &&
           is_position(what, what.c, Position::kSpanEnd);
  }

  bool answers_fit(const Instruction& what) const {
    const uint32_t asked = code_.registers[what.dst].questions;
    if (shape_of(what.op).param != ParamKind::kAnswers) return asked == 0;
    const auto& questions = program_.answers[what.param].questions;
    const bool fit = std::ranges::all_of(questions, [&](const auto& question) {
      const bool texts =
          what.op == Op::kAnswers || what.op == Op::kFollowedAnswers;
      const bool sums = what.op == Op::kSumAnswers;
      if (question.set != kNone && !texts) return false;
      if ((question.total != kNone) != sums) return false;
      if (what.op == Op::kFollowedAnswers && !ends(question.range))
        return false;
      if (what.op == Op::kNthAnswers) return true;
      return question.least <= (sums ? 1 : kMostCounted);
    });
    return fit && asked == questions.size();
  }

  // What nothing follows is in no range.
  bool ends(uint32_t range) const {
    if (range >= program_.ranges.size()) return false;
    const RangeParam& param = program_.ranges[range];
    return param.kind == RangeParam::Kind::kConstant && param.high < INT64_MAX;
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
      case Place::kAnywhere:
        break;
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

  bool slot_is(const Instruction& what, uint32_t number, SlotUse use,
               Place place) const {
    if (number >= program_.slots.size()) return false;
    const Slot& slot = program_.slots[number];
    return slot_fits(slot, use) && (place == Place::kAnywhere ||
                                    slot.domain() == domain_at(what, place));
  }

  bool second_slot_fits(const Instruction& what, const Shape& shape) const {
    if (shape.slot2 != SlotUse::kNoSlot) {
      return slot_is(what, what.slot2, shape.slot2, shape.slot2_place);
    }
    if (!shape.time_slot) return what.slot2 == kNone;
    if (what.slot2 >= program_.slots.size()) return false;
    const Slot& slot = program_.slots[what.slot2];
    return slot.kind == SlotKind::kEventTime &&
           slot.table == domain_at(what, shape.slot_place);
  }

  bool slots_fit(const Instruction& what, const Shape& shape) const {
    if (!second_slot_fits(what, shape)) return false;
    if (shape.slot_or_v && (what.slot == kNone) == (what.v == kNone)) {
      return false;
    }
    if (what.slot == kNone) {
      return shape.slot == SlotUse::kNoSlot || shape.slot_or_v;
    }
    return slot_is(what, what.slot, shape.slot, shape.slot_place);
  }

  size_t param_count(ParamKind kind) const {
    switch (kind) {
      case ParamKind::kNoParam:
        return 0;
      case ParamKind::kRange:
        return program_.ranges.size();
      case ParamKind::kInt:
      case ParamKind::kMaybeInt:
        return program_.ints.size();
      case ParamKind::kNumber:
        return program_.numbers.size();
      case ParamKind::kAnswers:
        return program_.answers.size();
      case ParamKind::kPoints:
        return program_.points.size();
      case ParamKind::kSequence:
        return program_.sequences.size();
      case ParamKind::kStep:
        return program_.steps.size();
      case ParamKind::kSet:
        return program_.sets.size();
      case ParamKind::kWholes:
        return program_.wholes.size();
      case ParamKind::kLookup:
        return program_.lookups.size();
    }
    return 0;
  }

  bool param_fits(const Instruction& what, ParamKind kind) const {
    if (kind == ParamKind::kNoParam) return what.param == kNone;
    if (kind == ParamKind::kMaybeInt && what.param == kNone) return true;
    if (what.param >= param_count(kind)) return false;
    if (what.op == Op::kFloorDivI) {
      const IntParam& divisor = program_.ints[what.param];
      return divisor.kind == IntParam::Kind::kConstant && divisor.value > 0 &&
             divisor.value <= INT64_MAX;
    }
    if (kind == ParamKind::kLookup) {
      const LookupParam& lookup = program_.lookups[what.param];
      return what.op == Op::kLookUp ? lookup.wholes.empty()
                                    : lookup.texts.empty();
    }
    return true;
  }

  bool imm_fits(const Instruction& what) const {
    if (what.op == Op::kDayStart) return true;
    if (what.op == Op::kAnswer) {
      return what.imm >= 0 && static_cast<uint32_t>(what.imm) <
                                  code_.registers[what.a].questions;
    }
    if (what.op == Op::kFollowedAnswers) {
      return what.imm >= 0 &&
             static_cast<size_t>(what.imm) < program_.tables.size();
    }
    int32_t largest = 0;
    if (what.op == Op::kAllBits || what.op == Op::kAnyFollowed) largest = 1;
    if (what.op == Op::kCmpWF) largest = 4;
    const bool round = what.op == Op::kRoundW || what.op == Op::kRoundF;
    const bool texts = what.op == Op::kTextEqual || what.op == Op::kElementOf ||
                       what.op == Op::kElementOfPersons;
    if (texts || round) largest = 2;
    if (what.op == Op::kTally) largest = 1 << 20;
    if (what.op == Op::kDistinct) largest = INT32_MAX;
    return what.imm >= 0 && what.imm <= largest;
  }

  bool output_fits(const Output& output) const {
    return output.segment < program_.segments.size() &&
           is_profile_bits(output.bits) &&
           (output.error == kNone || is_profile_bits(output.error)) &&
           value_fits(output);
  }

  bool value_fits(const Output& output) const {
    const bool fraction = is_of_profile(output.top, RegisterKind::kI128) &&
                          is_of_profile(output.bottom, RegisterKind::kI128);
    const bool no_fraction = output.top == kNone && output.bottom == kNone;
    if (output.number == kNone) return no_fraction || fraction;
    return no_fraction && is_of_profile(output.number, RegisterKind::kF64);
  }

  bool is_profile_bits(uint32_t reg) const {
    return is_of_profile(reg, RegisterKind::kBits);
  }

  bool is_of_profile(uint32_t reg, RegisterKind kind) const {
    return reg < code_.registers.size() && defined_[reg] &&
           code_.registers[reg].kind == kind &&
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

bool is_sane(const Program& program, const PointsLine& line) {
  if (line.points < -kMostPoints || line.points > kMostPoints) return false;
  const bool of_events = line.table < program.tables.size();
  if (line.kind == PointsLine::Kind::kEach) {
    return line.slot == kNone && (of_events || line.table == kNone);
  }
  if (!of_events || line.slot >= program.slots.size()) return false;
  const Slot& slot = program.slots[line.slot];
  const bool multiples = line.kind == PointsLine::Kind::kMultiples;
  return slot.kind == SlotKind::kProperty && slot.table == line.table &&
         line.per > 0 &&
         slot_fits(slot, multiples ? SlotUse::kIntegers : SlotUse::kAny) &&
         !is_list(slot.type);
}

bool is_sane(const Program& program, const PointsParam& param) {
  const auto within = [](int64_t limit) {
    return limit == kNoLimit || (-kMostPoints <= limit && limit <= kMostPoints);
  };
  return std::ranges::all_of(
             param.lines,
             [&](const PointsLine& line) { return is_sane(program, line); }) &&
         within(param.most_a_day) && within(param.most) &&
         param.halving <= kMostHalving;
}

// An end is open, or within some thousand years of 1970.
bool is_sane_day(int32_t day, int32_t open) {
  return day == open || (-kEveryDay <= day && day <= kEveryDay);
}

// What it makes of any `now` (check_now()) is an instant.
bool is_sane(const WindowSpec& window) {
  const int64_t most =
      window.unit == StepUnit::kDay ? kEveryDay : most_steps(window.unit);
  const int64_t least = window.form == WindowForm::kPeriod ? -most : 0;
  return least <= window.n && window.n <= most && 0 <= window.m &&
         window.m <= most && is_sane_day(window.first_day, INT32_MIN) &&
         is_sane_day(window.last_day, INT32_MAX);
}

// A group: of stored tables only, each once. Sessions: of one table that is no
// sessions.
bool is_sane(const Program& program, size_t index) {
  const size_t stored = program.tables.size() - program.derived.size();
  const DerivedTable& derived = program.derived[index];
  const auto& members = derived.members;
  if (derived.table != stored + index || derived.gap < 0) return false;
  if (derived.gap == 0) {
    const bool increasing =
        std::ranges::adjacent_find(members, std::ranges::greater_equal()) ==
        members.end();
    return increasing && (members.empty() || members.back() < stored);
  }
  const bool before = members.size() == 1 && members[0] < derived.table;
  return before &&
         (members[0] < stored || program.derived[members[0] - stored].gap == 0);
}

// A property of sessions is one that they have.
bool is_of_sessions(const Program& program, const Slot& slot) {
  const size_t stored = program.tables.size() - program.derived.size();
  const bool sessions = slot.kind == SlotKind::kProperty &&
                        slot.table >= stored &&
                        program.derived[slot.table - stored].gap > 0;
  if (!sessions) return true;
  return (slot.column == kSessionLength && slot.type == TypeKind::kDuration) ||
         (slot.column == kSessionCount && slot.type == TypeKind::kInteger);
}

bool derived_fit(const Program& program) {
  if (program.derived.size() > program.tables.size()) return false;
  for (size_t i = 0; i < program.derived.size(); ++i) {
    if (!is_sane(program, i)) return false;
  }
  return true;
}

bool is_increasing(const std::vector<int64_t>& values) {
  return std::ranges::adjacent_find(values, std::ranges::greater_equal()) ==
         values.end();
}

bool is_sane(const LookupParam& param) {
  const size_t keys = param.texts.size() + param.wholes.size();
  const bool one = param.texts.empty() || param.wholes.empty();
  return one && keys == param.values.size() && is_increasing(param.wholes);
}

bool is_sane(const Program& program, const AnswersQuestion& question) {
  return (question.set == kNone || question.set < program.sets.size()) &&
         (question.range == kNone || question.range < program.ranges.size()) &&
         (question.total == kNone || question.total < program.ranges.size()) &&
         0 < question.least && question.least <= kMostLeast;
}

bool is_sane(const Program& program, const AnswersParam& param) {
  const auto& questions = param.questions;
  return !questions.empty() && questions.size() <= kMostQuestions &&
         std::ranges::is_sorted(questions, {}, &AnswersQuestion::least) &&
         std::ranges::all_of(questions, [&](const AnswersQuestion& question) {
           return is_sane(program, question);
         });
}

bool keys_fit(const Program& program) {
  const auto increasing = [](const WholesParam& param) {
    return is_increasing(param.wholes);
  };
  const auto sane = [](const LookupParam& param) { return is_sane(param); };
  return std::ranges::all_of(program.wholes, increasing) &&
         std::ranges::all_of(program.lookups, sane);
}

}  // namespace

Status verify(const Program& program) {
  if (!derived_fit(program)) {
    return {StatusCode::kCorrupt, "verify program", "",
            "a derived table that cannot be made"};
  }
  for (const RangeParam& range : program.ranges) {
    if (!is_sane(range.window)) {
      return {StatusCode::kCorrupt, "verify program", "",
              "a window that reaches too far"};
    }
  }
  for (const Slot& slot : program.slots) {
    if (!slot_in_range(program, slot) || !is_of_sessions(program, slot)) {
      return {StatusCode::kCorrupt, "verify program", "",
              "slot " + slot.name + " names no table"};
    }
  }
  for (const AnswersParam& param : program.answers) {
    if (!is_sane(program, param)) {
      return {StatusCode::kCorrupt, "verify program", "",
              "questions that cannot be"};
    }
  }
  for (const PointsParam& param : program.points) {
    if (!is_sane(program, param)) {
      return {StatusCode::kCorrupt, "verify program", "",
              "points that cannot be"};
    }
  }
  for (const SequenceParam& param : program.sequences) {
    if (!is_sane(program, param)) {
      return {StatusCode::kCorrupt, "verify program", "",
              "a sequence that cannot be"};
    }
  }
  if (!keys_fit(program)) {
    return {StatusCode::kCorrupt, "verify program", "",
            "values or keys that are in no order"};
  }
  Status status = Verifier(program, program.fast, "fast").run();
  if (!status.ok()) return status;
  return Verifier(program, program.general, "general").run();
}

}  // namespace kitle
