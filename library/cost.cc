// cost: from the segments' outputs back to the operations and columns that they
// need; from the blocks what those hold; from a timed run what each takes.
#include "kitle/cost.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>

#include "compiler/catalogue.h"
#include "compiler/compile.h"
#include "library/rules.h"
#include "library/store.h"
#include "runtime/eval/bind.h"
#include "runtime/eval/executor.h"
#include "runtime/eval/registers.h"
#include "runtime/eval/run.h"
#include "runtime/store/layout.h"

namespace kitle {
namespace {

// What a store holds of what a program reads.
struct Held {
  explicit Held(const Program& program)
      : events(program.tables.size()), bytes(program.slots.size()) {}
  uint64_t profiles = 0;
  std::vector<uint64_t> events;  // by table
  std::vector<uint64_t> bytes;   // by slot
  uint32_t fast_blocks = 0;      // that the fast form is right for
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
  for (size_t i = 0; i < events.size(); ++i) held.events[i] += events[i];
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

Result<Held> held_by(const Binding& binding) {
  Held held(binding.program());
  for (uint32_t i = 0; i < binding.snapshot().blocks(); ++i) {
    const auto versions = binding.block(i);
    if (!versions) return std::unexpected(versions.error());
    add_block(binding.program(), (*versions)->base, held);
    if ((*versions)->overlay_view == nullptr) continue;
    add_block(binding.program(), (*versions)->overlay, held);
  }
  return held;
}

// The columns and event types that an instruction itself reads: of groups and
// sessions those that they are made of.
struct Reads {
  std::vector<uint32_t> slots;
  std::vector<uint32_t> tables;

  void slot(uint32_t index) {
    if (index != kNone) slots.push_back(index);
  }
  void table(const Program& program, uint32_t index) {
    if (index == kNone) return;
    const auto derived =
        std::ranges::find(program.derived, index, &DerivedTable::table);
    if (derived == program.derived.end()) {
      tables.push_back(index);
      return;
    }
    for (const uint32_t member : derived->members) table(program, member);
  }
  void make_unique() {
    for (auto* each : {&slots, &tables}) {
      std::ranges::sort(*each);
      each->erase(std::ranges::unique(*each).begin(), each->end());
    }
  }
};

Reads reads_of(const Program& program, const Code& code,
               const Instruction& what) {
  Reads reads;
  reads.slot(what.slot);
  reads.slot(what.slot2);
  reads.table(program, what.table);
  reads.table(program, code.registers[what.dst].domain);
  for_operands(code, what, [&](uint32_t reg) {
    reads.table(program, code.registers[reg].domain);
  });
  if (what.op == Op::kPoints) {
    for (const PointsLine& line : program.points[what.param].lines) {
      reads.slot(line.slot);
      reads.table(program, line.table);
    }
  }
  if (what.op == Op::kSequence) {
    for (const SequenceStep& step : program.sequences[what.param].steps) {
      for (const uint32_t slot : step.slots) reads.slot(slot);
    }
  }
  reads.make_unique();
  return reads;
}

bool moves(const RangeParam& range) {
  if (range.kind == RangeParam::Kind::kConstant) return false;
  const WindowForm form = range.window.form;
  return form != WindowForm::kEver && form != WindowForm::kDates &&
         form != WindowForm::kInstants;
}

bool has_range(Op op) {
  return op == Op::kInRange || op == Op::kRangeI || op == Op::kBirthday ||
         op == Op::kNthLast;
}

// Its result depends on now, where no event is later than now.
bool moves(const Program& program, const Instruction& what) {
  if (what.op == Op::kAge) return true;
  if (what.param2 != kNone && moves(program.ranges[what.param2])) return true;
  if (what.param == kNone) return false;
  if (has_range(what.op)) return moves(program.ranges[what.param]);
  if (what.op == Op::kPoints) return program.points[what.param].halving != 0;
  if (what.op != Op::kParamI && what.op != Op::kParamW) return false;
  return program.ints[what.param].kind != IntParam::Kind::kConstant;
}

// The instructions that each segment needs, itself or by others.
class Needs {
 public:
  explicit Needs(const Code& code) : code_(code), defined_(definitions(code)) {}

  // By instruction, increasing.
  std::vector<uint32_t> of(uint32_t segment) const {
    std::vector<bool> needed(code_.instructions.size());
    for (const Output& output : code_.outputs) {
      if (output.segment != segment) continue;
      for_registers(output,
                    [&](uint32_t reg) { needed[defined_[reg]] = true; });
    }
    std::vector<uint32_t> found;
    for (auto at = static_cast<uint32_t>(needed.size()); at-- > 0;) {
      if (!needed[at]) continue;
      found.push_back(at);
      for_operands(code_, code_.instructions[at],
                   [&](uint32_t reg) { needed[defined_[reg]] = true; });
    }
    std::ranges::reverse(found);
    return found;
  }

 private:
  const Code& code_;
  std::vector<uint32_t> defined_;  // by register
};

double seconds_of(uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) * 1e-9;
}

double sum_of(const CodeTimes& times) {
  return seconds_of(std::accumulate(times.nanoseconds.begin(),
                                    times.nanoseconds.end(), uint64_t{0}));
}

// A report from one form of a program.
class Reporter {
 public:
  Reporter(const Program& program, const Code& code, const Held& held)
      : program_(program), code_(code), held_(held), needs_(code) {
    for (const Instruction& what : code.instructions) {
      reads_.push_back(reads_of(program, code, what));
    }
  }

  CostReport report(const CodeTimes* times) {
    CostReport report;
    report.form = &code_ == &program_.fast ? "fast" : "general";
    report.analyzed = times != nullptr;
    operations(times, report);
    std::vector<std::vector<uint32_t>> needed;
    for (uint32_t i = 0; i < program_.segments.size(); ++i) {
      needed.push_back(needs_.of(i));
      for (const uint32_t at : needed.back()) ++report.operations[at].segments;
    }
    for (uint32_t i = 0; i < program_.segments.size(); ++i) {
      report.segments.push_back(segment(i, needed[i], report));
    }
    whole(report);
    return report;
  }

 private:
  void operations(const CodeTimes* times, CostReport& report) const {
    std::vector<std::string> texts = operation_texts(program_, code_);
    for (size_t at = 0; at < texts.size(); ++at) {
      const uint32_t domain =
          code_.registers[code_.instructions[at].dst].domain;
      OperationCost cost;
      cost.text = std::move(texts[at]);
      cost.rows = domain == kProfiles ? held_.profiles : held_.events[domain];
      cost.events = events_of(reads_[at].tables);
      cost.bytes = bytes_of_slots(reads_[at].slots);
      if (times != nullptr) cost.seconds = seconds_of(times->nanoseconds[at]);
      report.operations.push_back(std::move(cost));
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
      add(reads_[at], all);
      if (moves(program_, code_.instructions[at])) cost.moves_with_now = true;
    }
    all.make_unique();
    cost.events = events_of(all.tables);
    cost.bytes = bytes_of_slots(all.slots);
    return cost;
  }

  void whole(CostReport& report) const {
    Reads all;
    for (const Reads& each : reads_) add(each, all);
    all.make_unique();
    report.events = events_of(all.tables);
    report.bytes = bytes_of_slots(all.slots);
  }

  static void add(const Reads& from, Reads& to) {
    to.slots.insert(to.slots.end(), from.slots.begin(), from.slots.end());
    to.tables.insert(to.tables.end(), from.tables.begin(), from.tables.end());
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

  const Program& program_;
  const Code& code_;
  const Held& held_;
  Needs needs_;
  std::vector<Reads> reads_;  // by instruction
};

// The names of segments, none for all of them.
Result<std::vector<std::string>> names_of(
    const Rules& rules, const std::vector<std::string>& asked) {
  std::vector<std::string> names;
  for (const std::string& name : asked) {
    const auto named = rules.impl().segments_named(name);
    if (named.empty()) return std::unexpected(unknown_segment(rules, name));
    names.insert(names.end(), named.begin(), named.end());
  }
  return names;
}

Result<std::shared_ptr<const Binding>> bound(const Rules& rules,
                                             const Store& store,
                                             const CostOptions& options) {
  const auto names = names_of(rules, options.segments);
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
  const auto engine = Engine::create(rules);
  if (!engine) return engine.error();
  RunOptions wanted{.now = options.now,
                    .segments = options.segments,
                    .tier = Tier::kInterpreter,
                    .threads = options.threads};
  const auto interpreted = timed_run(*engine, store, wanted);
  if (!interpreted) return interpreted.error();
  wanted.tier = Tier::kAuto;
  const auto automatic = timed_run(*engine, store, wanted);
  if (!automatic) return automatic.error();
  report.profiles = automatic->profiles;
  report.interpreter_seconds = interpreted->seconds;
  report.run_seconds = automatic->seconds;
  report.run_tier = automatic->tier;
  return {};
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
  if (!options.analyze) {
    CostReport report = reporter.report(nullptr);
    report.profiles = static_cast<uint32_t>(held->profiles);
    return report;
  }
  const PreparedProgram prepared(program);
  const auto executor = parallel_executor(options.threads);
  RunTimes times(program);
  const auto ran = run(**binding, prepared, {executor.get()}, &times);
  if (!ran) return std::unexpected(ran.error());
  CostReport report = reporter.report(fast ? &times.fast : &times.general);
  report.other_seconds = sum_of(fast ? times.general : times.fast);
  report.derived_seconds = seconds_of(times.derived_nanoseconds);
  const Status timed = time_runs(rules, store, options, report);
  if (!timed.ok()) return std::unexpected(timed);
  return report;
}

}  // namespace kitle
