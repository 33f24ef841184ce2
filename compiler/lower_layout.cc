// See lower_layout.h.
#include "compiler/lower_layout.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "compiler/code_maker.h"

namespace kitle {
namespace {

// Operations over events that stand together; then those over people that wait
// for them, so that a mask does not live long.
constexpr size_t kTogether = 256;

bool is_spread(Op op) { return op >= Op::kSpreadBits && op <= Op::kSpreadF; }

void remove_dead(Code& code) {
  std::vector<bool> needed(code.registers.size(), false);
  for (const Output& output : code.outputs) {
    for_registers(output, [&](uint32_t reg) { needed[reg] = true; });
  }
  std::vector<Instruction> kept;
  for (size_t i = code.instructions.size(); i-- > 0;) {
    const Instruction& what = code.instructions[i];
    const bool second = what.dst2 != kNone && needed[what.dst2];
    if (!needed[what.dst] && !second) continue;
    for_operands(code, what, [&](uint32_t reg) { needed[reg] = true; });
    kept.push_back(what);
  }
  std::ranges::reverse(kept);
  code.instructions = std::move(kept);
}

// Orders instructions of one domain so that those which machine code emits
// stand together, unbroken by calls of kernels. A call stands as early as it
// can; what it needs stands before it, everything else behind all calls.
class CallsFirst {
 public:
  CallsFirst(const Code& code, std::vector<Instruction>& instructions)
      : code_(code),
        instructions_(instructions),
        made_by_(code.registers.size(), kNone) {}

  void run() {
    find_needs();
    std::vector<uint32_t> order(instructions_.size());
    for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, {}, [&](uint32_t i) {
      return std::pair(need_[i], !is_emitted(instructions_[i]));
    });
    std::vector<Instruction> sorted;
    for (const uint32_t i : order) sorted.push_back(instructions_[i]);
    instructions_ = std::move(sorted);
  }

 private:
  // need_: of a call, one more than that of any call it depends on; of what is
  // emitted, that of the first call that depends on it.
  void find_needs() {
    need_.assign(instructions_.size(), 0);
    for (uint32_t i = 0; i < instructions_.size(); ++i) {
      const Instruction& what = instructions_[i];
      each_operand(
          what, [&](uint32_t j) { need_[i] = std::max(need_[i], need_[j]); });
      if (!is_emitted(what)) ++need_[i];
      made_by_[what.dst] = i;
      if (what.dst2 != kNone) made_by_[what.dst2] = i;
    }
    for (uint32_t i = 0; i < instructions_.size(); ++i) {
      if (is_emitted(instructions_[i])) need_[i] = UINT32_MAX;
    }
    for (uint32_t i = static_cast<uint32_t>(instructions_.size()); i-- > 0;) {
      each_operand(instructions_[i], [&](uint32_t j) {
        if (is_emitted(instructions_[j])) {
          need_[j] = std::min(need_[j], need_[i]);
        }
      });
    }
  }

  template <class Use>
  void each_operand(const Instruction& what, Use&& use) const {
    for_operands(code_, what, [&](uint32_t reg) {
      if (made_by_[reg] != kNone) use(made_by_[reg]);
    });
  }

  const Code& code_;
  std::vector<Instruction>& instructions_;
  std::vector<uint32_t> made_by_;  // by register
  std::vector<uint32_t> need_;     // by instruction
};

// Whatever is moved stands behind its operands: instructions over events read
// their own table's registers, and what is spread from people, which stands
// first; those over people are moved once their operands are there. What comes
// next in another table is found behind that one, or at the end.
class Schedule {
 public:
  explicit Schedule(Code& code)
      : code_(code), defined_(code.registers.size(), false) {}

  void run() {
    collect();
    move_spread();
    for (uint32_t table = 0; table < tables_.size(); ++table) {
      move_table(table);
    }
    for (const Instruction& what : late_) move(what);
    move_ready();
    code_.instructions = std::move(moved_);
  }

 private:
  void move_table(uint32_t number) {
    std::vector<Instruction> table = std::exchange(tables_[number], {});
    for (const Instruction& what : table) {
      if (what.op == Op::kFollowing) move_table(what.table);
    }
    CallsFirst(code_, table).run();
    for (const Instruction& what : table) {
      if (what.op == Op::kFollowing && !is_ready(what)) {
        late_.push_back(what);
        continue;
      }
      move(what);
      if (++together_ % kTogether == 0) move_ready();
    }
  }

  void collect() {
    for (const Instruction& what : code_.instructions) {
      const uint32_t domain = code_.registers[what.dst].domain;
      if (domain == kProfiles) {
        waiting_.push_back(what);
      } else {
        tables_.resize(std::max<size_t>(tables_.size(), domain + 1));
        tables_[domain].push_back(what);
      }
    }
  }

  // First what events want to know of their people: it reads no event.
  void move_spread() {
    std::vector<bool> needed(code_.registers.size(), false);
    for (const std::vector<Instruction>& table : tables_) {
      for (const Instruction& what : table) {
        if (is_spread(what.op)) needed[what.a] = true;
      }
    }
    for (size_t i = waiting_.size(); i-- > 0;) {
      const Instruction& what = waiting_[i];
      const bool second = what.dst2 != kNone && needed[what.dst2];
      if (!needed[what.dst] && !second) continue;
      needed[what.dst] = true;
      for_operands(code_, what, [&](uint32_t reg) { needed[reg] = true; });
    }
    std::vector<Instruction> still;
    for (const Instruction& what : waiting_) {
      if (needed[what.dst]) {
        move(what);
      } else {
        still.push_back(what);
      }
    }
    waiting_ = std::move(still);
  }

  void move(const Instruction& what) {
    defined_[what.dst] = true;
    if (what.dst2 != kNone) defined_[what.dst2] = true;
    moved_.push_back(what);
  }

  bool is_ready(const Instruction& what) const {
    bool ready = true;
    for_operands(code_, what, [&](uint32_t reg) { ready &= defined_[reg]; });
    return ready;
  }

  void move_ready() {
    std::vector<Instruction> ready;
    std::vector<Instruction> still;
    for (const Instruction& what : waiting_) {
      if (!is_ready(what)) {
        still.push_back(what);
        continue;
      }
      defined_[what.dst] = true;
      if (what.dst2 != kNone) defined_[what.dst2] = true;
      ready.push_back(what);
    }
    CallsFirst(code_, ready).run();
    for (const Instruction& what : ready) move(what);
    waiting_ = std::move(still);
  }

  Code& code_;
  std::vector<bool> defined_;
  std::vector<std::vector<Instruction>> tables_;
  std::vector<Instruction> waiting_;
  std::vector<Instruction> late_;
  size_t together_ = 0;
  std::vector<Instruction> moved_;
};

void renumber(Code& code) {
  std::vector<uint32_t> to(code.registers.size(), kNone);
  std::vector<Register> registers;
  std::vector<std::vector<uint32_t>> lists;
  const auto define = [&](uint32_t& reg) {
    if (reg == kNone) return;
    to[reg] = static_cast<uint32_t>(registers.size());
    registers.push_back(code.registers[reg]);
    reg = to[reg];
  };
  const auto use = [&](uint32_t& reg) {
    if (reg != kNone) reg = to[reg];
  };
  for (Instruction& what : code.instructions) {
    for (uint32_t* reg : {&what.a, &what.b, &what.c, &what.v}) use(*reg);
    if (what.list != kNone) {
      lists.push_back(code.lists[what.list]);
      for (uint32_t& reg : lists.back()) use(reg);
      what.list = static_cast<uint32_t>(lists.size() - 1);
    }
    define(what.dst);
    define(what.dst2);
  }
  for (Output& output : code.outputs) {
    for (uint32_t* reg : {&output.bits, &output.error, &output.top,
                          &output.bottom, &output.number}) {
      use(*reg);
    }
  }
  code.registers = std::move(registers);
  code.lists = std::move(lists);
}

// One list of a program without the entries that nothing uses.
template <class T>
class Compacted {
 public:
  explicit Compacted(std::vector<T>& list)
      : list_(list), to_(list.size(), kNone) {}
  void use(uint32_t& index) {
    if (index == kNone) return;
    if (to_[index] == kNone) {
      to_[index] = static_cast<uint32_t>(kept_.size());
      kept_.push_back(list_[index]);
    }
    index = to_[index];
  }
  void finish() { list_ = std::move(kept_); }

 private:
  std::vector<T>& list_;
  std::vector<uint32_t> to_;
  std::vector<T> kept_;
};

class Compaction {
 public:
  explicit Compaction(Program& program)
      : answers_of_(program.answers),
        points_of_(program.points),
        slots_(program.slots),
        ranges_(program.ranges),
        ints_(program.ints),
        numbers_(program.numbers),
        steps_(program.steps),
        sets_(program.sets),
        wholes_(program.wholes),
        lookups_(program.lookups),
        answers_(program.answers),
        points_(program.points),
        sequences_of_(program.sequences),
        sequences_(program.sequences) {}

  void use(Instruction& what) {
    slots_.use(what.slot);
    slots_.use(what.slot2);
    switch (what.op) {
      case Op::kInRange:
      case Op::kRangeI:
      case Op::kBirthday:
        return ranges_.use(what.param);
      case Op::kInSet:
      case Op::kListHas:
      case Op::kSetI:
        return sets_.use(what.param);
      case Op::kAmongI:
        return wholes_.use(what.param);
      case Op::kLookUp:
      case Op::kLookUpI:
        return lookups_.use(what.param);
      case Op::kParamF:
        return numbers_.use(what.param);
      case Op::kShift:
        return steps_.use(what.param);
      case Op::kAnswers:
      case Op::kFollowedAnswers:
      case Op::kNthAnswers:
      case Op::kSumAnswers:
        return answers_.use(what.param);
      case Op::kPoints:
        return points_.use(what.param);
      case Op::kSequence:
        return sequences_.use(what.param);
      default:
        return ints_.use(what.param);
    }
  }

  void finish() {
    answers_.finish();
    for (AnswersParam& answers : answers_of_) use_parameters(answers);
    ranges_.finish();
    ints_.finish();
    numbers_.finish();
    steps_.finish();
    sets_.finish();
    wholes_.finish();
    lookups_.finish();
    points_.finish();
    sequences_.finish();
    for (SequenceParam& sequence : sequences_of_) use_slots(sequence);
    for (PointsParam& points : points_of_) {
      for (PointsLine& line : points.lines) slots_.use(line.slot);
    }
    slots_.finish();
  }

 private:
  void use_parameters(AnswersParam& answers) {
    for (AnswersQuestion& question : answers.questions) {
      sets_.use(question.set);
      ranges_.use(question.range);
      ranges_.use(question.total);
    }
  }
  void use_slots(SequenceParam& sequence) {
    for (SequenceStep& step : sequence.steps) {
      for (uint32_t& slot : step.slots) slots_.use(slot);
    }
    for (SequenceComparison& each : sequence.comparisons) {
      slots_.use(each.slot);
      slots_.use(each.slot2);
    }
  }

  std::vector<AnswersParam>& answers_of_;
  std::vector<PointsParam>& points_of_;
  Compacted<Slot> slots_;
  Compacted<RangeParam> ranges_;
  Compacted<IntParam> ints_;
  Compacted<double> numbers_;
  Compacted<StepParam> steps_;
  Compacted<SetParam> sets_;
  Compacted<WholesParam> wholes_;
  Compacted<LookupParam> lookups_;
  Compacted<AnswersParam> answers_;
  Compacted<PointsParam> points_;
  std::vector<SequenceParam>& sequences_of_;
  Compacted<SequenceParam> sequences_;
};

}  // namespace

void lay_out(Program& program) {
  Compaction compaction(program);
  for (Code* code : {&program.fast, &program.general}) {
    remove_dead(*code);
    Schedule(*code).run();
    renumber(*code);
    for (Instruction& what : code->instructions) compaction.use(what);
  }
  compaction.finish();
}

}  // namespace kitle
