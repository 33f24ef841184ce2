// cost: from the segments' outputs back to the operations and columns that they
// need; from the blocks what those hold; from a timed run what each takes.
#include "kitle/cost.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <numeric>
#include <optional>

#include "compiler/catalogue.h"
#include "compiler/compile.h"
#include "library/rules.h"
#include "runtime/eval/bind.h"
#include "runtime/eval/executor.h"
#include "runtime/eval/needs.h"
#include "runtime/eval/run.h"
#include "runtime/store/layout.h"
#include "service/store.h"

namespace kitle {
namespace {

// What a store holds of what a program reads.
struct Held {
  explicit Held(const Program& program)
      : events(program.tables.size()),
        time_bytes(program.tables.size()),
        bytes(program.slots.size()) {}
  uint64_t profiles = 0;
  std::vector<uint64_t> events;      // by table
  std::vector<uint64_t> time_bytes;  // by table
  std::vector<uint64_t> bytes;       // by slot
  uint32_t fast_blocks = 0;          // that the fast form is right for
  uint32_t blocks = 0;
};

uint64_t bytes_of(const ColumnView& column, uint64_t rows, uint64_t elements) {
  if (column.physical == Physical::kAbsent || column.data == nullptr) return 0;
  uint64_t bytes = column.valid == nullptr ? 0 : rows / 8;
  if (column.physical == Physical::kList) {
    return bytes + (rows + 1) * sizeof(uint32_t) + elements * sizeof(uint32_t);
  }
  return bytes + rows * width_of(column.physical);
}

// Events by table; a group or sessions have those of their members.
std::vector<uint64_t> events_of(const BoundBlock& block) {
  std::vector<uint64_t> events;
  for (const BoundTable& each : block.tables) events.push_back(each.events);
  for (const BoundDerived& each : block.derived) {
    for (const uint32_t member : each.members) {
      events[each.table] += events[member];
    }
  }
  return events;
}

void add_derived(const BoundDerived& derived,
                 const std::vector<uint64_t>& events, Held& held) {
  for (const BoundDerived::Column& column : derived.columns) {
    for (size_t i = 0; i < column.of.size(); ++i) {
      held.bytes[column.slot] +=
          bytes_of(column.of[i], events[derived.members[i]], 0);
    }
  }
}

void add_block(const Program& program, const BoundBlock& block, Held& held) {
  const std::vector<uint64_t> events = events_of(block);
  held.profiles += block.profiles;
  for (size_t i = 0; i < events.size(); ++i) {
    held.events[i] += events[i];
    held.time_bytes[i] += bytes_of(block.tables[i].time, events[i], 0);
  }
  for (size_t i = 0; i < program.slots.size(); ++i) {
    const uint32_t domain = program.slots[i].domain();
    const uint64_t rows = domain == kProfiles ? block.profiles : events[domain];
    held.bytes[i] += bytes_of(block.slots[i], rows, block.list_elements[i]);
  }
  for (const BoundDerived& each : block.derived) {
    add_derived(each, events, held);
  }
  ++held.blocks;
  if (block.code == &program.fast) ++held.fast_blocks;
}

// What the base has of the people that the overlay has anew. Their columns are
// read all the same.
void leave_out(const BoundVersions& versions, Held& held) {
  BoundBlock replaced = versions.base;
  replaced.profiles = 0;
  for (BoundTable& table : replaced.tables) table.events = 0;
  for (const uint32_t row : versions.overlay_view->rows) {
    if (row >= versions.base.profiles) continue;
    ++replaced.profiles;
    for (size_t i = 0; i < replaced.tables.size(); ++i) {
      const uint32_t* offsets = versions.base.tables[i].offsets;
      if (offsets == nullptr) continue;
      replaced.tables[i].events += offsets[row + 1] - offsets[row];
    }
  }
  held.profiles -= replaced.profiles;
  const std::vector<uint64_t> events = events_of(replaced);
  for (size_t i = 0; i < events.size(); ++i) held.events[i] -= events[i];
}

Result<Held> held_by(const Binding& binding) {
  Held held(binding.program());
  for (uint32_t i = 0; i < binding.snapshot().blocks(); ++i) {
    const auto versions = binding.block(i);
    if (!versions) return std::unexpected(versions.error());
    add_block(binding.program(), (*versions)->base, held);
    if ((*versions)->overlay_view == nullptr) continue;
    add_block(binding.program(), (*versions)->overlay, held);
    leave_out(**versions, held);
  }
  return held;
}

// The columns and event types that an instruction itself reads: of groups and
// sessions those that they are made of, and what is made.
struct Reads {
  std::vector<uint32_t> slots;
  std::vector<uint32_t> tables;
  std::vector<uint32_t> derived;  // of Program::derived
  // Whose times its kernel reads without a slot.
  std::vector<uint32_t> timed;

  void slot(const Program& program, uint32_t index) {
    if (index == kNone) return;
    slots.push_back(index);
    const uint32_t table = program.slots[index].table;
    if (find_derived(program, table) != kNone) made(program, table);
  }
  void table(const Program& program, uint32_t index) {
    if (index == kNone) return;
    const uint32_t found = find_derived(program, index);
    if (found == kNone) {
      tables.push_back(index);
      return;
    }
    derived.push_back(found);
    for (const uint32_t member : program.derived[found].members) {
      table(program, member);
    }
  }
  // What a group or sessions are made of is read where they are made.
  void times(const Program& program, uint32_t index) {
    if (find_derived(program, index) == kNone) timed.push_back(index);
  }
  void add(const Reads& other) {
    slots.insert(slots.end(), other.slots.begin(), other.slots.end());
    tables.insert(tables.end(), other.tables.begin(), other.tables.end());
    derived.insert(derived.end(), other.derived.begin(), other.derived.end());
    timed.insert(timed.end(), other.timed.begin(), other.timed.end());
  }
  void make_unique() {
    for (auto* each : {&slots, &tables, &derived, &timed}) {
      std::ranges::sort(*each);
      each->erase(std::ranges::unique(*each).begin(), each->end());
    }
  }

 private:
  static uint32_t find_derived(const Program& program, uint32_t table) {
    const auto found =
        std::ranges::find(program.derived, table, &DerivedTable::table);
    return found == program.derived.end()
               ? kNone
               : static_cast<uint32_t>(found - program.derived.begin());
  }
  // Its first and last times are made of those of its members.
  void made(const Program& program, uint32_t table) {
    const uint32_t found = find_derived(program, table);
    if (found == kNone) return;
    derived.push_back(found);
    for (const uint32_t member : program.derived[found].members) {
      made(program, member);
    }
  }
};

bool reads_times(Op op) {
  return op == Op::kSpan || op == Op::kDays || op == Op::kMedianGap2 ||
         op == Op::kMostFrequent;
}

Reads reads_of(const Program& program, const Code& code,
               const Instruction& what) {
  Reads reads;
  reads.slot(program, what.slot);
  reads.slot(program, what.slot2);
  reads.table(program, what.table);
  reads.table(program, code.registers[what.dst].domain);
  for_operands(code, what, [&](uint32_t reg) {
    reads.table(program, code.registers[reg].domain);
  });
  if (reads_times(what.op)) reads.times(program, what.table);
  if (what.op == Op::kPoints) {
    for (const PointsLine& line : program.points[what.param].lines) {
      reads.slot(program, line.slot);
      if (line.table == kNone) continue;
      reads.table(program, line.table);
      reads.times(program, line.table);
    }
  }
  if (what.op == Op::kSequence) {
    for (const SequenceStep& step : program.sequences[what.param].steps) {
      for (const uint32_t slot : step.slots) reads.slot(program, slot);
    }
  }
  reads.make_unique();
  return reads;
}

bool moves(const RangeParam& range) {
  if (range.kind == RangeParam::Kind::kConstant) return false;
  if (range.until_now)
    return true;  // a deadline passes, or a later event comes
  const WindowForm form = range.window.form;
  return form != WindowForm::kEver && form != WindowForm::kDates &&
         form != WindowForm::kInstants;
}

bool has_range(Op op) {
  return op == Op::kInRange || op == Op::kRangeI || op == Op::kBirthday;
}

// The one question that an answer is to: others of its pass are not asked here.
const AnswersQuestion& question_of(const Program& program, const Code& code,
                                   const Instruction& answer) {
  const auto pass =
      std::ranges::find(code.instructions, answer.a, &Instruction::dst);
  return program.answers[pass->param].questions[answer.imm];
}

// Its result depends on now.
bool moves(const Program& program, const Code& code, const Instruction& what) {
  if (what.op == Op::kAge) return true;
  if (what.op == Op::kAnswer) {
    const uint32_t range = question_of(program, code, what).range;
    return range != kNone && moves(program.ranges[range]);
  }
  if (what.param == kNone) return false;
  if (has_range(what.op)) return moves(program.ranges[what.param]);
  if (what.op == Op::kPoints) return program.points[what.param].halving != 0;
  if (what.op != Op::kParamI && what.op != Op::kParamW) return false;
  return program.ints[what.param].kind != IntParam::Kind::kConstant;
}

double seconds_of(uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) * 1e-9;
}

double sum_of(const CodeTimes& times) {
  return seconds_of(std::accumulate(times.nanoseconds.begin(),
                                    times.nanoseconds.end(), uint64_t{0}));
}

// A report from one form of a program. Behind the operations of the program
// stand those that make derived tables.
class Reporter {
 public:
  Reporter(const Program& program, const Code& code, const Held& held)
      : program_(program), code_(code), held_(held), needs_(code) {
    for (const Instruction& what : code.instructions) {
      reads_.push_back(reads_of(program, code, what));
    }
    for (const DerivedTable& each : program.derived) {
      reads_.push_back(reads_of_derived(each));
    }
  }

  CostReport report(const RunTimes* times) {
    CostReport report;
    const bool fast = &code_ == &program_.fast;
    report.form = fast ? "fast" : "general";
    report.analyzed = times != nullptr;
    operations(report);
    derived(report);
    if (times != nullptr) {
      put_times(fast ? times->fast : times->general, times->derived, report);
      report.other_seconds = sum_of(fast ? times->general : times->fast);
    }
    std::vector<std::vector<uint32_t>> needed;
    for (uint32_t i = 0; i < program_.segments.size(); ++i) {
      needed.push_back(needed_by(i));
      for (const uint32_t at : needed.back()) ++report.operations[at].segments;
    }
    for (uint32_t i = 0; i < program_.segments.size(); ++i) {
      report.segments.push_back(segment(i, needed[i], report));
    }
    whole(needed, report);
    // Groups and sessions that no segment asks for are not made.
    std::erase_if(report.operations,
                  [](const OperationCost& each) { return each.segments == 0; });
    return report;
  }

 private:
  // Operations, those of derived tables too.
  std::vector<uint32_t> needed_by(uint32_t segment) const {
    std::vector<uint32_t> needed = needs_.of(segment);
    Reads all;
    for (const uint32_t at : needed) all.add(reads_[at]);
    all.make_unique();
    for (const uint32_t made : all.derived) {
      needed.push_back(static_cast<uint32_t>(code_.instructions.size()) + made);
    }
    return needed;
  }

  Reads reads_of_derived(const DerivedTable& derived) const {
    Reads reads;
    reads.table(program_, derived.table);
    for (uint32_t slot = 0; slot < program_.slots.size(); ++slot) {
      if (program_.slots[slot].domain() == derived.table) {
        reads.slots.push_back(slot);
      }
    }
    reads.make_unique();
    return reads;
  }

  void operations(CostReport& report) const {
    std::vector<std::string> texts = operation_texts(program_, code_);
    for (size_t at = 0; at < texts.size(); ++at) {
      const uint32_t domain =
          code_.registers[code_.instructions[at].dst].domain;
      OperationCost cost;
      cost.text = std::move(texts[at]);
      cost.rows = domain == kProfiles ? held_.profiles : held_.events[domain];
      cost.events = events_of(reads_[at].tables);
      cost.bytes = bytes_of(reads_[at].slots, reads_[at].timed);
      report.operations.push_back(std::move(cost));
    }
  }

  void derived(CostReport& report) const {
    for (size_t i = 0; i < program_.derived.size(); ++i) {
      const DerivedTable& each = program_.derived[i];
      const Reads& reads = reads_[code_.instructions.size() + i];
      OperationCost cost;
      for (const uint32_t member : each.members) {
        cost.text += (cost.text.empty() ? "" : ", ") + program_.tables[member];
        cost.bytes += held_.time_bytes[member];
      }
      cost.text = "make " + program_.tables[each.table] +
                  (each.gap > 0 ? ", sessions of " : ", the events of ") +
                  cost.text;
      cost.rows = held_.events[each.table];
      cost.events = events_of(reads.tables);
      cost.bytes += bytes_of_slots(reads.slots);
      report.operations.push_back(std::move(cost));
    }
  }

  void put_times(const CodeTimes& code, const std::vector<uint64_t>& derived,
                 CostReport& report) const {
    for (size_t at = 0; at < report.operations.size(); ++at) {
      const size_t count = code.nanoseconds.size();
      report.operations[at].seconds =
          seconds_of(at < count ? code.nanoseconds[at] : derived[at - count]);
    }
  }

  SegmentCost segment(uint32_t index, const std::vector<uint32_t>& needed,
                      const CostReport& report) const {
    SegmentCost cost;
    cost.name = program_.segments[index];
    cost.operations = static_cast<uint32_t>(needed.size());
    Reads all;
    for (const uint32_t at : needed) {
      const OperationCost& operation = report.operations[at];
      const bool own = operation.segments == 1;
      cost.own += own ? 1 : 0;
      cost.own_seconds += own ? operation.seconds : 0;
      cost.seconds += operation.seconds / operation.segments;
      all.add(reads_[at]);
      const bool computed = at < code_.instructions.size();
      if (computed && moves(program_, code_, code_.instructions[at])) {
        cost.moves_with_now = true;
      }
    }
    all.make_unique();
    cost.events = events_of(all.tables);
    cost.bytes = bytes_of_all(all);
    return cost;
  }

  void whole(const std::vector<std::vector<uint32_t>>& needed,
             CostReport& report) const {
    Reads all;
    for (const std::vector<uint32_t>& of_segment : needed) {
      for (const uint32_t at : of_segment) all.add(reads_[at]);
    }
    all.make_unique();
    report.events = events_of(all.tables);
    report.bytes = bytes_of_all(all);
  }

  uint64_t events_of(const std::vector<uint32_t>& tables) const {
    uint64_t sum = 0;
    for (const uint32_t table : tables) sum += held_.events[table];
    return sum;
  }
  uint64_t bytes_of_slots(const std::vector<uint32_t>& slots) const {
    uint64_t sum = 0;
    for (const uint32_t slot : slots) sum += held_.bytes[slot];
    return sum;
  }
  // Of columns, and of the times of tables that are read without a slot.
  uint64_t bytes_of(const std::vector<uint32_t>& slots,
                    const std::vector<uint32_t>& timed) const {
    uint64_t sum = bytes_of_slots(slots);
    for (const uint32_t table : timed) {
      if (!has_times(slots, table)) sum += held_.time_bytes[table];
    }
    return sum;
  }
  // With the times of the events that derived tables are made of, each once.
  uint64_t bytes_of_all(const Reads& reads) const {
    Reads times;
    times.tables = reads.timed;
    for (const uint32_t each : reads.derived) {
      times.table(program_, program_.derived[each].table);
    }
    times.make_unique();
    return bytes_of(reads.slots, times.tables);
  }
  bool has_times(const std::vector<uint32_t>& slots, uint32_t table) const {
    return std::ranges::any_of(slots, [&](uint32_t slot) {
      const Slot& each = program_.slots[slot];
      return each.kind == SlotKind::kEventTime && each.table == table;
    });
  }

  const Program& program_;
  const Code& code_;
  const Held& held_;
  Needs needs_;
  std::vector<Reads> reads_;  // by operation
};

Result<std::shared_ptr<const Binding>> bound(const Rules& rules,
                                             const Store& store,
                                             const CostOptions& options) {
  const auto names = segments_asked(rules, options.segments);
  if (!names) return std::unexpected(names.error());
  const auto fitted = rules.impl().at(options.now);
  const auto& snapshot = store.impl().snapshot;
  const Status same =
      check_settings(fitted->repository().settings, snapshot->settings());
  if (!same.ok()) return std::unexpected(same);
  CompileOptions wanted;
  wanted.segments = *names;
  return Binding::make(
      std::make_shared<const Program>(compile(fitted->repository(), wanted)),
      snapshot, options.now);
}

// The faster of two runs: the first one may still read the store.
Result<RunResult> timed_run(const Engine& engine, const Store& store,
                            const RunOptions& options) {
  auto first = engine.run(store, options);
  if (!first) return first;
  auto second = engine.run(store, options);
  return second && second->seconds < first->seconds ? second : first;
}

Status time_runs(const Rules& rules, const Store& store,
                 const CostOptions& options, CostReport& report) {
  constexpr double kNever = 1e9;  // seconds: nothing is compiled meanwhile
  const auto engine = Engine::create(rules, {.compile_after = kNever});
  if (!engine) return engine.error();
  RunOptions wanted{.now = options.now,
                    .segments = options.segments,
                    .tier = Tier::kInterpreter,
                    .threads = options.threads,
                    .cancel = options.cancel};
  const auto interpreted = timed_run(*engine, store, wanted);
  if (!interpreted) return interpreted.error();
  wanted.tier = Tier::kAuto;
  const auto automatic = timed_run(*engine, store, wanted);
  if (!automatic) return automatic.error();
  report.interpreter_seconds = interpreted->seconds;
  report.run_seconds = automatic->seconds;
  report.run_tier = automatic->tier;
  return {};
}

// Clocks tell what passes, which may be other processes' work: of some runs the
// shortest time of each operation counts.
Result<RunTimes> time_operations(const Binding& binding,
                                 const CostOptions& options) {
  constexpr int kRuns = 5;
  constexpr std::chrono::seconds kEnough(2);
  const PreparedProgram prepared(binding.program());
  const auto executor = parallel_executor(options.threads);
  std::optional<RunTimes> least;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kRuns; ++i) {
    RunTimes times(binding.program());
    const auto ran = run(binding, prepared,
                         {executor.get(), nullptr, options.cancel}, &times);
    if (!ran) return std::unexpected(ran.error());
    if (least) least->shorten(times);
    if (!least) least = std::move(times);
    if (std::chrono::steady_clock::now() - start > kEnough) break;
  }
  return *std::move(least);
}

void put_undecided(const Repository& repository, CostReport& report) {
  for (SegmentCost& each : report.segments) {
    const auto found =
        std::ranges::find(repository.segments, each.name, &TypedSegment::name);
    if (found != repository.segments.end()) {
      each.undecided_reason = found->undecided;
    }
  }
}

}  // namespace

Result<CostReport> cost(const Rules& rules, const Store& store,
                        const CostOptions& options) {
  const auto binding = bound(rules, store, options);
  if (!binding) return std::unexpected(binding.error());
  const Program& program = (*binding)->program();
  const auto held = held_by(**binding);
  if (!held) return std::unexpected(held.error());
  const bool fast = held->fast_blocks * 2 >= held->blocks;
  Reporter reporter(program, fast ? program.fast : program.general, *held);
  CostReport report;
  if (options.analyze) {
    const auto times = time_operations(**binding, options);
    if (!times) return std::unexpected(times.error());
    report = reporter.report(&*times);
    const Status timed = time_runs(rules, store, options, report);
    if (!timed.ok()) return std::unexpected(timed);
  } else {
    report = reporter.report(nullptr);
  }
  report.profiles = static_cast<uint32_t>(held->profiles);
  put_undecided(rules.impl().at(options.now)->repository(), report);
  return report;
}

}  // namespace kitle
