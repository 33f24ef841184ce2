// A program as text: op_name and print.
#include "runtime/eval/program.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "runtime/time/zone.h"

namespace kitle {
namespace {

using Out = std::back_insert_iterator<std::string>;

const char* kind_text(RegisterKind kind) {
  switch (kind) {
    case RegisterKind::kBits:
      return "bits";
    case RegisterKind::kI64:
      return "i64";
    case RegisterKind::kI128:
      return "i128";
    case RegisterKind::kAnswers:
      return "answers";
    case RegisterKind::kF64:
      return "f64";
  }
  return "?";
}

const char* slot_text(SlotKind kind) {
  switch (kind) {
    case SlotKind::kAttribute:
      return "attribute";
    case SlotKind::kProperty:
      return "property";
    case SlotKind::kEventTime:
      return "time of";
    case SlotKind::kFirstTime:
      return "first";
    case SlotKind::kLastTime:
      return "last";
  }
  return "?";
}

const char* unit_text(StepUnit unit) {
  switch (unit) {
    case StepUnit::kMicrosecond:
      return "microseconds";
    case StepUnit::kSecond:
      return "seconds";
    case StepUnit::kMinute:
      return "minutes";
    case StepUnit::kHour:
      return "hours";
    case StepUnit::kDay:
      return "days";
    case StepUnit::kWeek:
      return "weeks";
    case StepUnit::kMonth:
      return "months";
    case StepUnit::kQuarter:
      return "quarters";
    case StepUnit::kYear:
      return "years";
  }
  return "?";
}

const char* match_text(TextMatch match) {
  switch (match) {
    case TextMatch::kIs:
      return "is";
    case TextMatch::kExactly:
      return "is exactly";
    case TextMatch::kContains:
      return "contains";
    case TextMatch::kStartsWith:
      return "starts with";
    case TextMatch::kEndsWith:
      return "ends with";
    case TextMatch::kMatches:
      return "matches";
  }
  return "?";
}

std::string wide_text(Int128 value) {
  UInt128 rest =
      value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + rest % 10));
    rest /= 10;
  } while (rest != 0);
  return value < 0 ? "-" + digits : digits;
}

// Open ends are left out: 2026-01-01.. or ..5.
std::string date_text(int32_t day) {
  if (day == INT32_MIN || day == INT32_MAX) return "";
  const CivilDate date = civil_of(day);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string end_text(int64_t end) {
  if (end == INT64_MIN || end == INT64_MAX) return "";
  return std::to_string(end);
}

std::string window_text(const WindowSpec& window) {
  const char* unit = unit_text(window.unit);
  switch (window.form) {
    case WindowForm::kEver:
      return "ever";
    case WindowForm::kLast:
      return fmt::format("last {} {}", window.n, unit);
    case WindowForm::kNext:
      return fmt::format("next {} {}", window.n, unit);
    case WindowForm::kDayAgo:
      return fmt::format("day {} ago", window.n);
    case WindowForm::kRangeAgo:
      if (window.unit == StepUnit::kDay && window.m == kEveryDay) {
        return fmt::format("{} or more days ago", window.n);
      }
      return fmt::format("{} to {} {} ago", window.n, window.m, unit);
    case WindowForm::kPeriod:
      return fmt::format("period {:+} {}", window.n, unit);
    case WindowForm::kDates:
      return fmt::format("{}..{}", date_text(window.first_day),
                         date_text(window.last_day));
    case WindowForm::kInstants:
      return fmt::format("{}..{}", end_text(window.first),
                         end_text(window.last));
  }
  return "?";
}

std::string range_text(const RangeParam& range) {
  if (range.kind == RangeParam::Kind::kConstant) {
    if (range.low == range.high) return std::to_string(range.low);
    if (range.low > range.high) return "never";
    return fmt::format("{}..{}", end_text(range.low), end_text(range.high));
  }
  const bool dates = range.kind == RangeParam::Kind::kDates;
  return fmt::format("{} {}{}", dates ? "dates" : "instants",
                     window_text(range.window),
                     range.until_now ? " until now" : "");
}

std::string int_text(const IntParam& param) {
  switch (param.kind) {
    case IntParam::Kind::kConstant:
      return wide_text(param.value);
    case IntParam::Kind::kNow:
      return "now";
    case IntParam::Kind::kToday:
      return "today";
  }
  return "?";
}

std::string set_text(const SetParam& set) {
  std::string text = match_text(set.match);
  for (const std::string& value : set.texts) {
    text += fmt::format(" \"{}\"", value);
  }
  return text + (set.any_case ? " any case" : "");
}

std::string wholes_text(const WholesParam& param) {
  return fmt::format("{} values", param.wholes.size());
}

std::string lookup_text(const LookupParam& param) {
  std::string text;
  for (size_t i = 0; i < param.values.size(); ++i) {
    const std::string key = param.texts.empty()
                                ? std::to_string(param.wholes[i])
                                : fmt::format("\"{}\"", param.texts[i]);
    text += fmt::format("{}{}: {}", i == 0 ? "" : ", ", key, param.values[i]);
  }
  return text + (param.any_case ? " any case" : "");
}

std::string domain_text(const Program& program, uint32_t domain) {
  if (domain == kProfiles) return "profiles";
  return domain < program.tables.size() ? program.tables[domain] : "?";
}

// "purchase.amount", "city", "purchase".
std::string column_text(const Program& program, const Slot& slot) {
  std::string owner =
      slot.table == kNone ? "" : domain_text(program, slot.table);
  if (!owner.empty() && !slot.name.empty()) owner += ".";
  return owner + slot.name;
}

std::string step_text(const StepParam& step) {
  return fmt::format("{:+} {}", step.n, unit_text(step.unit));
}

// "3.50"
std::string points_text(int64_t hundredths) {
  const int64_t size = std::abs(hundredths);
  return fmt::format("{}{}.{:02}", hundredths < 0 ? "-" : "", size / 100,
                     size % 100);
}

std::string line_text(const Program& program, const PointsLine& line) {
  std::string points = points_text(line.points);
  switch (line.kind) {
    case PointsLine::Kind::kEach:
      return points;
    case PointsLine::Kind::kMultiples:
      return fmt::format("{} per {} of {}{}", points, line.per,
                         column_text(program, program.slots[line.slot]),
                         line.by_order ? " by order" : "");
    case PointsLine::Kind::kDifferent:
      return fmt::format("{} each {}", points,
                         column_text(program, program.slots[line.slot]));
  }
  return "?";
}

std::string points_text(const Program& program, const PointsParam& param) {
  std::string text;
  for (const PointsLine& line : param.lines) {
    text += (text.empty() ? "" : ", ") + line_text(program, line);
  }
  if (param.most_a_day != kNoLimit) {
    text += fmt::format(", at most {} a day", points_text(param.most_a_day));
  }
  if (param.halving != 0) {
    text += fmt::format(", halving every {} days", param.halving);
  }
  if (param.most != kNoLimit) {
    text += fmt::format(", at most {}", points_text(param.most));
  }
  return text;
}

std::string sequence_text(const Program& program, const SequenceParam& param) {
  constexpr std::array kTests = {"=", "<", "<=", ">", ">=", "is"};
  std::string text;
  for (const SequenceStep& step : param.steps) {
    text += fmt::format(
        "{}{}{}{}", text.empty() ? "" : " then ", step.negated ? "no " : "",
        domain_text(program, step.table), step.by_order ? " by order" : "");
  }
  if (param.keys != 0) text += fmt::format(", {} keys", param.keys);
  for (const SequenceComparison& each : param.comparisons) {
    text += fmt::format(", {}{} {} {}", each.negated ? "not " : "", each.own,
                        kTests[static_cast<size_t>(each.test)], each.other);
  }
  return text;
}

std::string answers_text(const Program& program, const AnswersParam& answers) {
  std::string text;
  for (const AnswersQuestion& each : answers.questions) {
    text += fmt::format("{}at least {}", text.empty() ? "" : "; ", each.least);
    if (each.set != kNone) text += " of " + set_text(program.sets[each.set]);
    if (each.range != kNone) {
      text += " within " + range_text(program.ranges[each.range]);
    }
    if (each.total != kNone) {
      text += ", in all " + range_text(program.ranges[each.total]);
    }
  }
  return text;
}

std::string parameter_text(const Program& program, const Instruction& what) {
  const Op op = what.op;
  if (op == Op::kAmongI) return wholes_text(program.wholes[what.param]);
  if (op == Op::kLookUp || op == Op::kLookUpI) {
    return lookup_text(program.lookups[what.param]);
  }
  if (op == Op::kInRange || op == Op::kRangeI || op == Op::kBirthday) {
    return range_text(program.ranges[what.param]);
  }
  if (op == Op::kInSet || op == Op::kListHas || op == Op::kSetI) {
    return set_text(program.sets[what.param]);
  }
  if (op >= Op::kAnswers && op <= Op::kSumAnswers) {
    return answers_text(program, program.answers[what.param]);
  }
  if (op == Op::kParamF) return fmt::format("{}", program.numbers[what.param]);
  if (op == Op::kShift) return step_text(program.steps[what.param]);
  if (op == Op::kSequence) {
    return sequence_text(program, program.sequences[what.param]);
  }
  if (op == Op::kPoints) {
    return points_text(program, program.points[what.param]);
  }
  return int_text(program.ints[what.param]);
}

void print_slots(const Program& program, Out out) {
  for (size_t i = 0; i < program.slots.size(); ++i) {
    const Slot& slot = program.slots[i];
    fmt::format_to(out, "slot {}: {} {}{}\n", i, slot_text(slot.kind),
                   column_text(program, slot),
                   slot.personal ? " personal" : "");
  }
}

// One code of a program as text.
class CodePrinter {
 public:
  CodePrinter(const Program& program, const Code& code, Out out,
              bool by_name = false)
      : program_(program),
        code_(code),
        out_(out),
        by_name_(by_name),
        personal_(code.registers.size(), false),
        hidden_(code.registers.size(), false) {
    for (const Instruction& what : code_.instructions) find_personal(what);
  }

  void print(const char* name) {
    fmt::format_to(out_, "{}:\n", name);
    for (const Instruction& what : code_.instructions) {
      fmt::format_to(out_, "  ");
      print(what);
      fmt::format_to(out_, "\n");
    }
    for (const Output& output : code_.outputs) {
      fmt::format_to(out_, "  {} = r{}", program_.segments[output.segment],
                     output.bits);
      if (output.error != kNone) {
        fmt::format_to(out_, " unless r{}", output.error);
      }
      if (output.top != kNone) {
        fmt::format_to(out_, ", r{} / r{}", output.top, output.bottom);
      }
      if (output.number != kNone) fmt::format_to(out_, ", r{}", output.number);
      fmt::format_to(out_, "\n");
    }
  }

  void print(const Instruction& what) {
    print_register(what.dst);
    if (what.dst2 != kNone) {
      fmt::format_to(out_, ", ");
      print_register(what.dst2);
    }
    fmt::format_to(out_, " = {}", op_name(what.op));
    operands(what);
    if (what.param != kNone) {
      fmt::format_to(out_, " ({})",
                     hides(what) ? "hidden" : parameter_text(program_, what));
    }
  }

 private:
  bool reads_personal(const Instruction& what) const {
    for (const uint32_t slot : {what.slot, what.slot2}) {
      if (slot != kNone && program_.slots[slot].personal) return true;
    }
    for (const uint32_t operand : {what.a, what.b, what.v}) {
      if (operand != kNone && personal_[operand]) return true;
    }
    return false;
  }

  // Values made of personal ones are personal, and what stands beside them is
  // hidden; bits are answers, which say no more than who is in a segment.
  void find_personal(const Instruction& what) {
    if (!reads_personal(what)) return;
    personal_[what.dst] = is_value(what.dst);
    for (const uint32_t operand : {what.a, what.b}) {
      if (operand != kNone) hidden_[operand] = is_value(operand);
    }
  }

  bool is_value(uint32_t reg) const {
    const RegisterKind kind = code_.registers[reg].kind;
    return kind != RegisterKind::kBits && kind != RegisterKind::kAnswers;
  }

  bool hides(const Instruction& what) const {
    return reads_personal(what) || hidden_[what.dst];
  }

  void print_register(uint32_t number) {
    const Register& reg = code_.registers[number];
    fmt::format_to(out_, "r{}:{}[{}]", number, kind_text(reg.kind),
                   domain_text(program_, reg.domain));
  }

  void print_slot(uint32_t number) {
    if (!by_name_) {
      fmt::format_to(out_, " slot {}", number);
      return;
    }
    const Slot& slot = program_.slots[number];
    const bool column =
        slot.kind == SlotKind::kAttribute || slot.kind == SlotKind::kProperty;
    fmt::format_to(out_, " {}{}",
                   column ? "" : std::string(slot_text(slot.kind)) + " ",
                   column_text(program_, slot));
  }

  void operands(const Instruction& what) {
    for (const uint32_t operand : {what.a, what.b, what.c, what.v}) {
      if (operand != kNone) fmt::format_to(out_, " r{}", operand);
    }
    if (what.list != kNone) list(what.list);
    for (const uint32_t slot : {what.slot, what.slot2}) {
      if (slot != kNone) print_slot(slot);
    }
    if (what.table != kNone) {
      fmt::format_to(out_, " of {}", domain_text(program_, what.table));
    }
    if (what.imm != 0) fmt::format_to(out_, " #{}", what.imm);
  }

  void list(uint32_t index) {
    for (const uint32_t reg : code_.lists[index]) {
      if (reg == kNone) {
        fmt::format_to(out_, " -");
      } else {
        fmt::format_to(out_, " r{}", reg);
      }
    }
  }

  const Program& program_;
  const Code& code_;
  Out out_;
  bool by_name_;                // columns, not by slot
  std::vector<bool> personal_;  // by register
  std::vector<bool> hidden_;
};

}  // namespace

const char* op_name(Op op) {
  switch (op) {
#define KITLE_OP(name, text, kind) \
  case Op::name:                   \
    return text;
#include "runtime/eval/ops.def"
#undef KITLE_OP
  }
  return "?";
}

std::string print(const Program& program) {
  std::string text;
  const Out out = std::back_inserter(text);
  print_slots(program, out);
  CodePrinter(program, program.fast, out).print("fast");
  CodePrinter(program, program.general, out).print("general");
  return text;
}

std::vector<std::string> operation_texts(const Program& program,
                                         const Code& code) {
  std::string text;
  CodePrinter printer(program, code, std::back_inserter(text), true);
  std::vector<std::string> texts;
  for (const Instruction& what : code.instructions) {
    printer.print(what);
    texts.push_back(std::exchange(text, {}));
  }
  return texts;
}

}  // namespace kitle
