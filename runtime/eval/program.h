// A program: all rules of a repository as one list of array operations with
// open parameters. Made once by the compiler (lower), bound to a run, a
// snapshot and each block by the runtime, executed by the interpreter or as
// machine code. Plain values, serialised with a version (save / load).
//
// Each instruction defines its registers once, before any use. A register
// holds one value for each place of its domain: the profiles of a chunk, or a
// chunk's events of one table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/points.h"
#include "runtime/schema.h"
#include "runtime/status.h"
#include "runtime/wide.h"
#include "runtime/window.h"

namespace kitle {

inline constexpr uint32_t kProgramVersion = 11;
inline constexpr uint32_t kNone = UINT32_MAX;      // no register, no slot ...
inline constexpr uint32_t kProfiles = UINT32_MAX;  // the domain of profiles

enum class Op : uint8_t {
#define KITLE_OP(name, text, kind) name,
#include "runtime/eval/ops.def"
#undef KITLE_OP
};
inline constexpr size_t kOpCount = 0
#define KITLE_OP(name, text, kind) +1
#include "runtime/eval/ops.def"
#undef KITLE_OP
    ;
const char* op_name(Op op);

enum class RegisterKind : uint8_t { kBits, kI64, kI128, kF64, kAnswers };

struct Register {
  RegisterKind kind = RegisterKind::kBits;
  uint32_t domain = kProfiles;  // or index of the event type in the schema
  uint32_t questions = 0;       // kAnswers: so many bits for each place
};

// A table that no block has: it is made of others when a block is evaluated
// (runtime/eval/derived.h). Tables that nothing reads are not made.
struct DerivedTable {
  uint32_t table = kNone;  // index in Program::tables
  // A group: stored tables, increasing: their events together, by time, then
  // in this order. Sessions: the table of their events, which stands before.
  std::vector<uint32_t> members;
  int64_t gap = 0;  // of sessions, microseconds
};

// A column that the program reads.
enum class SlotKind : uint8_t {
  kAttribute,  // column: index in schema.attributes
  kProperty,   // table, column: index in its columns
  kEventTime,  // table
  kFirstTime,  // table; domain: profiles
  kLastTime,   // table; domain: profiles
};
struct Slot {
  SlotKind kind = SlotKind::kAttribute;
  uint32_t table = kNone;
  uint32_t column = kNone;
  TypeKind type = TypeKind::kTime;
  bool any_case = false;
  bool personal = false;  // what it is compared with is not printed
  // The property's or attribute's name; programs are bound by name and type.
  std::string name;
  std::string table_name;
  uint32_t domain() const {
    return kind == SlotKind::kProperty || kind == SlotKind::kEventTime
               ? table
               : kProfiles;
  }
};

// ---- parameters: recipes for what is known only at a run ----

// An inclusive range. Instants and dates come from the window at the run's
// now; every window over events ends at now at the latest.
struct RangeParam {
  enum class Kind : uint8_t { kConstant, kInstants, kDates };
  Kind kind = Kind::kConstant;
  int64_t low = INT64_MIN;  // kConstant
  int64_t high = INT64_MAX;
  WindowSpec window;       // kInstants, kDates
  bool until_now = false;  // kInstants: also <= now
};

struct IntParam {
  enum class Kind : uint8_t { kConstant, kNow, kToday };
  Kind kind = Kind::kConstant;
  Int128 value = 0;
};

struct StepParam {
  int64_t n = 0;  // may be negative
  StepUnit unit = StepUnit::kDay;
};

// Which texts of a slot's dictionary satisfy any of the tests.
enum class TextMatch : uint8_t {
  kIs,
  kExactly,
  kContains,
  kStartsWith,
  kEndsWith,
  kMatches,
};
struct SetParam {
  TextMatch match = TextMatch::kIs;
  // How kIs, kContains, ... compare: text folds in the store's locale, code
  // compares exactly, or by ASCII folding where any_case.
  TypeKind type = TypeKind::kText;
  bool any_case = false;
  std::vector<std::string> texts;
};

// Integers that a value may be among: each once, increasing.
struct WholesParam {
  std::vector<int64_t> wholes;
};

// A value for each key: texts, which compare as SetParam::kIs, or wholes, each
// once and increasing. The others are empty.
struct LookupParam {
  TypeKind type = TypeKind::kText;
  bool any_case = false;
  std::vector<std::string> texts;
  std::vector<int64_t> wholes;
  std::vector<int64_t> values;
};

// Questions about the events of one table that are answered in one pass over
// them: whether a person has at least `least` events whose code is in the set
// and whose time, or wait for what follows, is in the range; or whether the sum
// of those in the range is in `total`. They stand in the order of `least`.
struct AnswersQuestion {
  uint32_t set = kNone;    // in Program::sets; kNone: whatever the code
  uint32_t range = kNone;  // in Program::ranges; kNone: whatever the value
  uint32_t least = 1;
  uint32_t total = kNone;  // in Program::ranges; kSumAnswers only
};
struct AnswersParam {
  std::vector<AnswersQuestion> questions;
};
inline constexpr uint32_t kMostQuestions = 2048;
inline constexpr uint32_t kMostLeast = 64;
inline constexpr uint32_t kMostCounted = 16;  // of kAnswers

// A persona's points (Meaning 20), in hundredths. Each line has three registers
// in the instruction's list: the events that count, and begin and end from
// kSpan or kNone; or the people who get the points, kNone and kNone.
struct PointsLine {
  uint32_t table = kNone;  // kNone: people
  int64_t points = 0;
  // Of what each event gives `points` once.
  enum class Kind : uint8_t {
    kEach,       // each event
    kMultiples,  // each whole `per` in the value of slot, towards 0
    kDifferent,  // the first event of each value of slot
  };
  Kind kind = Kind::kEach;
  uint32_t slot = kNone;
  int64_t per = 1;        // kMultiples: > 0
  bool by_order = false;  // kMultiples: the value is the order's sum
};
struct PointsParam {
  std::vector<PointsLine> lines;
  int64_t most_a_day = kNoLimit;  // of what events give on a local day
  int64_t most = kNoLimit;        // in all
  uint32_t halving = 0;           // days; 0: points keep their worth
};

// A sequence of events (Meaning 13 to 16). The registers in the instruction's
// list, of the step's table where nothing else is said:
//   for each step kStepRegisters: the rows that its filter takes and those of
//   them that count here (bits, or kNone: all), the events' times (i64), and
//   the step's deadline (i64, or kNone: none, or SequenceStep::within) at each
//   event of the positive step before it; of the first step, that of the last
//   step at its own events
//   for each step, and each key: its value (i64 or f64)
//   for each comparison kComparisonRegisters: the step's value and where it is
//   present (bits, or kNone), then the same of the other step's
enum class StepTest : uint8_t {
  kEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kText,  // codes of slot and slot2 are equal, as in kTextEqual
};
struct SequenceStep {
  uint32_t table = kNone;
  uint32_t like = 0;  // the first step of this table
  bool negated = false;
  // Its value in a comparison is that of the order's first row.
  bool by_order = false;
  // Of a step that is compared with one that does not stand next behind it:
  // its number among such steps.
  uint32_t fixed = kNone;
  // The deadline is so many microseconds behind the event; 0: see above.
  int64_t within = 0;
  std::vector<uint32_t> slots;  // by key: of texts, else kNone
};
struct SequenceComparison {
  uint32_t own = 0;  // steps
  uint32_t other = 0;
  StepTest test = StepTest::kEqual;  // own < other
  bool negated = false;
  uint32_t slot = kNone;  // kText
  uint32_t slot2 = kNone;
  int32_t mode = 0;
};
struct SequenceParam {
  uint32_t keys = 0;
  std::vector<SequenceStep> steps;
  std::vector<SequenceComparison> comparisons;
};
inline constexpr uint32_t kStepRegisters = 4;
inline constexpr uint32_t kComparisonRegisters = 4;
// Each multiplies the work by its events.
inline constexpr uint32_t kMostFixedSteps = 3;
// The last positive step before another one; the first for itself.
uint32_t positive_before(const SequenceParam& param, uint32_t step);
// How many steps are fixed.
uint32_t fixed_steps(const SequenceParam& param);

// ---- code ----

struct Instruction {
  Op op = Op::kAllBits;
  uint32_t dst = kNone;
  uint32_t dst2 = kNone;
  uint32_t a = kNone;  // registers
  uint32_t b = kNone;
  uint32_t c = kNone;
  uint32_t v = kNone;
  uint32_t slot = kNone;
  uint32_t slot2 = kNone;
  uint32_t table = kNone;  // event to profile operations: the event type
  uint32_t param = kNone;  // index in the list of the parameter's kind
  uint32_t list = kNone;   // index in Code::lists: further registers
  int32_t imm = 0;
};

struct Output {
  uint32_t segment = 0;    // index in Program::segments
  uint32_t bits = kNone;   // register of members
  uint32_t error = kNone;  // register: undecided profiles; kNone: never
  // Where a value of the members is wanted: top / bottom of 128 bits each, or
  // a number; else kNone.
  uint32_t top = kNone;
  uint32_t bottom = kNone;
  uint32_t number = kNone;
};
// Calls use(register) for each register that the output reads.
template <class Use>
void for_registers(const Output& output, Use&& use) {
  for (const uint32_t reg :
       {output.bits, output.error, output.top, output.bottom, output.number}) {
    if (reg != kNone) use(reg);
  }
}

struct Code {
  std::vector<Register> registers;
  std::vector<std::vector<uint32_t>> lists;  // registers, or kNone
  std::vector<Instruction> instructions;
  std::vector<Output> outputs;  // by segment
};

// Calls use(register) for each register that the instruction reads.
template <class Use>
void for_operands(const Code& code, const Instruction& what, Use&& use) {
  for (const uint32_t reg : {what.a, what.b, what.c, what.v}) {
    if (reg != kNone) use(reg);
  }
  if (what.list == kNone) return;
  for (const uint32_t reg : code.lists[what.list]) {
    if (reg != kNone) use(reg);
  }
}

struct Program {
  uint32_t version = kProgramVersion;
  std::vector<std::string> segments;  // names, in the repository's order
  // Event types' names, in schema order; behind them those of derived ones.
  std::vector<std::string> tables;
  std::vector<DerivedTable> derived;  // by the last of `tables`
  std::vector<Slot> slots;
  std::vector<RangeParam> ranges;
  std::vector<IntParam> ints;
  std::vector<double> numbers;
  std::vector<StepParam> steps;
  std::vector<SetParam> sets;
  std::vector<WholesParam> wholes;
  std::vector<LookupParam> lookups;
  std::vector<AnswersParam> answers;
  std::vector<PointsParam> points;
  std::vector<SequenceParam> sequences;
  // Right for every block: sees time <= now in each mask, sums in 128 bits.
  Code general;
  // Right where today and the like end with now or later, for a block in which
  // no event is later than now, no profile has
  // more than kFastEvents events of a type, and each column that it sums or
  // multiplies stays within kFastSum in any profile (by block statistics:
  // max |v| * max events a profile). Reads first and last time columns and
  // leaves whole histories unmasked.
  Code fast;
};
inline constexpr int64_t kFastEvents = int64_t{1} << 24;
inline constexpr int64_t kFastSum = (int64_t{1} << 62) - 1;

// The program as text, one instruction a line (`kitle explain --program`).
// Written values that are compared with a personal column are not shown.
std::string print(const Program& program);
// The same of each instruction of one code, with columns by name.
std::vector<std::string> operation_texts(const Program& program,
                                         const Code& code);

// Checks every index, kind and domain; what it says of a damaged program
// names the instruction. Run after lowering in debug builds and after load.
Status verify(const Program& program);
// The part of it that looks at sequences: a parameter, and the list of an
// instruction of which registers are `defined`.
bool is_sane(const Program& program, const SequenceParam& param);
bool sequence_fits(const Program& program, const Code& code,
                   const Instruction& what, const std::vector<bool>& defined);

std::string save(const Program& program);
Result<Program> load_program(std::string_view bytes);

}  // namespace kitle
