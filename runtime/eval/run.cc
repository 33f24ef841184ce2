#include "runtime/eval/run.h"

#include <algorithm>
#include <bit>
#include <mutex>
#include <utility>

#include "runtime/eval/kernels.h"

namespace kitle {
namespace {

constexpr uint32_t kBlockWords = kBlockRows / 64;

// What one worker has found so far.
struct WorkerState {
  explicit WorkerState(const Program& program)
      : bits(program),
        segments(program.segments.size()),
        undecided(program.segments.size(), UINT32_MAX) {}
  BlockBits bits;
  Scratch scratch;
  MembersMemory memory;
  std::vector<BlockMembers> segments;
  std::vector<uint32_t> undecided;  // the smallest ordinal, if any
  uint32_t profiles = 0;
};

uint32_t first_bit(std::span<const uint64_t> words) {
  for (uint32_t i = 0; i < words.size(); ++i) {
    if (words[i] != 0) return i * 64 + std::countr_zero(words[i]);
  }
  return UINT32_MAX;
}

void collect(uint32_t block, WorkerState& state) {
  for (uint32_t i = 0; i < state.segments.size(); ++i) {
    const uint32_t error = first_bit(state.bits.errors(i));
    if (error != UINT32_MAX) {
      state.undecided[i] =
          std::min(state.undecided[i], (block << kBlockBits) + error);
    }
    state.segments[i].add(block, state.bits.members(i), state.memory);
  }
}

// Results of all workers together.
SegmentMembers join_segment(const std::vector<WorkerState>& states,
                            uint32_t segment) {
  SegmentMembers joined;
  joined.undecided_ordinal = UINT32_MAX;
  std::vector<const BlockMembers*> found;
  for (const WorkerState& state : states) {
    joined.undecided_ordinal =
        std::min(joined.undecided_ordinal, state.undecided[segment]);
    found.push_back(&state.segments[segment]);
  }
  joined.undecided = joined.undecided_ordinal != UINT32_MAX;
  if (!joined.undecided) joined.members = membership_of(found);
  return joined;
}

RunOutcome join(const std::vector<WorkerState>& states, uint32_t segments,
                Executor& executor) {
  RunOutcome outcome;
  outcome.segments.resize(segments);
  for (const WorkerState& state : states) outcome.profiles += state.profiles;
  executor.for_each(segments, [&](uint32_t segment, unsigned) {
    outcome.segments[segment] = join_segment(states, segment);
  });
  return outcome;
}

// The first thing that went wrong, from any worker.
class FirstError {
 public:
  bool set() const { return set_.load(std::memory_order_relaxed); }
  void report(Status status) {
    const std::lock_guard lock(mutex_);
    if (status_.ok()) status_ = std::move(status);
    set_ = true;
  }
  const Status& status() const { return status_; }

 private:
  std::mutex mutex_;
  std::atomic<bool> set_ = false;
  Status status_;
};

template <class T>
void overwrite_column(const BlockView& overlay, const std::vector<T>& newer,
                      std::vector<T>& base) {
  for (uint32_t i = 0; i < newer.size(); ++i) {
    const uint32_t row = overlay.rows[i];
    if (base.size() <= row) base.resize(size_t{row} + 1);
    base[row] = newer[i];
  }
}

void overwrite_values(const BlockView& overlay, const RowValues& newer,
                      RowValues& base) {
  overwrite_column(overlay, newer.tops, base.tops);
  overwrite_column(overlay, newer.bottoms, base.bottoms);
  overwrite_column(overlay, newer.numbers, base.numbers);
}

template <class T>
void keep(std::span<const uint64_t> members, const std::vector<T>& from,
          std::vector<T>& to) {
  for (uint32_t word = 0; word < members.size(); ++word) {
    for (uint64_t left = members[word]; left != 0; left &= left - 1) {
      const size_t row = size_t{word} * 64 + std::countr_zero(left);
      if (row < from.size()) to.push_back(from[row]);
    }
  }
}

template <class T>
void append(const std::vector<T>& from, std::vector<T>& to) {
  to.insert(to.end(), from.begin(), from.end());
}

// What one worker has found so far.
struct ValuesState {
  explicit ValuesState(const Program& program)
      : bits(program, true), segments(program.segments.size()) {
    for (SegmentValues& each : segments) each.undecided_ordinal = UINT32_MAX;
  }
  BlockBits bits;
  Scratch scratch;
  std::vector<SegmentValues> segments;
};

void collect(uint32_t block, ValuesState& state) {
  for (uint32_t i = 0; i < state.segments.size(); ++i) {
    SegmentValues& to = state.segments[i];
    const uint32_t error = first_bit(state.bits.errors(i));
    if (error != UINT32_MAX) {
      to.undecided_ordinal =
          std::min(to.undecided_ordinal, (block << kBlockBits) + error);
    }
    const auto members = state.bits.members(i);
    keep(members, state.bits.values(i).tops, to.tops);
    keep(members, state.bits.values(i).bottoms, to.bottoms);
    keep(members, state.bits.values(i).numbers, to.numbers);
  }
}

std::vector<SegmentValues> join(const std::vector<ValuesState>& states,
                                size_t segments) {
  std::vector<SegmentValues> joined(segments);
  for (size_t i = 0; i < segments; ++i) {
    joined[i].undecided_ordinal = UINT32_MAX;
    for (const ValuesState& state : states) {
      const SegmentValues& found = state.segments[i];
      joined[i].undecided_ordinal =
          std::min(joined[i].undecided_ordinal, found.undecided_ordinal);
      append(found.tops, joined[i].tops);
      append(found.bottoms, joined[i].bottoms);
      append(found.numbers, joined[i].numbers);
    }
    const uint32_t undecided = joined[i].undecided_ordinal;
    if (undecided == UINT32_MAX) continue;
    joined[i] = SegmentValues();
    joined[i].undecided = true;
    joined[i].undecided_ordinal = undecided;
  }
  return joined;
}

}  // namespace

Status each_task(const RunControls& controls, uint32_t count,
                 const std::function<Status(uint32_t, unsigned)>& task) {
  FirstError error;
  controls.executor->for_each(count, [&](uint32_t index, unsigned worker) {
    if (error.set()) return;
    if (controls.cancel != nullptr && controls.cancel->load()) {
      error.report({StatusCode::kCancelled, "evaluate", "", "stopped"});
      return;
    }
    Status status = task(index, worker);
    if (!status.ok()) error.report(std::move(status));
  });
  return error.set() ? error.status() : Status();
}

Status each_block(const Binding& binding, const RunControls& controls,
                  const UseBlock& use) {
  const auto task = [&](uint32_t block, unsigned worker) -> Status {
    const auto versions = binding.block(block);
    if (!versions) return versions.error();
    use(block, worker, **versions);
    return {};
  };
  const Status status = each_task(controls, binding.snapshot().blocks(), task);
  return status.ok() ? binding.snapshot().health() : status;
}

uint32_t count_live(const BoundVersions& versions) {
  const BlockView& base = *versions.base_view;
  std::vector<uint64_t> live(base.live, base.live + (base.profiles + 63) / 64);
  if (versions.overlay_view == nullptr) return count_bits(live);
  const BlockView& overlay = *versions.overlay_view;
  for (uint32_t i = 0; i < overlay.profiles; ++i) {
    const uint32_t row = overlay.rows[i];
    const uint64_t bit = (overlay.live[i / 64] >> (i % 64)) & 1;
    live[row / 64] &= ~(uint64_t{1} << (row % 64));
    live[row / 64] |= bit << (row % 64);
  }
  return count_bits(live);
}

BlockBits::BlockBits(const Program& program, bool valued)
    : planes_(static_cast<uint32_t>(program.segments.size())),
      plane_words_(kBlockWords),
      error_planes_(program.segments.size(), kNone) {
  for (const Code* code : {&program.fast, &program.general}) {
    for (const Output& output : code->outputs) {
      uint32_t& plane = error_planes_[output.segment];
      if (output.error != kNone && plane == kNone) plane = planes_++;
    }
  }
  if (!valued) return;
  base_.values.resize(program.segments.size());
  overlay_.values.resize(program.segments.size());
}

std::span<const uint64_t> BlockBits::members(uint32_t segment) const {
  return std::span(base_.words).subspan(begin_of(segment), plane_words_);
}

std::span<const uint64_t> BlockBits::errors(uint32_t segment) const {
  const uint32_t plane = error_planes_[segment];
  if (plane == kNone) return {};
  return members(plane);
}

void BlockBits::evaluate(const BoundVersions& versions,
                         const PreparedProgram& prepared,
                         const MachineCode* machine, Scratch& scratch) {
  plane_words_ = kBlockWords;
  evaluate_view(versions.base, prepared, machine, scratch, base_derived_,
                base_);
  if (versions.overlay_view == nullptr) return;
  evaluate_view(versions.overlay, prepared, machine, scratch, overlay_derived_,
                overlay_);
  overwrite(*versions.overlay_view);
}

void BlockBits::evaluate_some(const BoundBlock& people,
                              const PreparedProgram& prepared,
                              const MachineCode* machine, Scratch& scratch) {
  plane_words_ = (people.profiles + 63) / 64;
  base_derived_ = DerivedTables();  // what it made was of other people
  evaluate_view(people, prepared, machine, scratch, base_derived_, base_);
}

void BlockBits::evaluate_view(const BoundBlock& stored,
                              const PreparedProgram& prepared,
                              const MachineCode* machine, Scratch& scratch,
                              DerivedTables& derived, Answers& answers) {
  for (RowValues& each : answers.values) each.clear();
  const Prepared& code = prepared.of(stored);
  const BoundBlock& bound =
      derived.make(code, stored, 0, stored.profiles,
                   times_ == nullptr ? nullptr : &times_->derived);
  clear(code.code(), stored.profiles, answers);
  const auto plane_at = [&](uint32_t plane) {
    return answers.words.data() + begin_of(plane);
  };
  std::vector<uint64_t*> members;
  std::vector<uint64_t*> errors;
  for (const Output& output : code.code().outputs) {
    members.push_back(plane_at(output.segment));
    errors.push_back(output.error == kNone
                         ? nullptr
                         : plane_at(error_planes_[output.segment]));
  }
  const std::vector<Chunk> chunks = split_chunks(code.tables(), bound);
  scratch.reserve(code, limits_of(code.tables(), bound, chunks));
  const ChunkFunction function =
      machine == nullptr ? nullptr : machine->function_for(bound);
  for (const Chunk& chunk : chunks) {
    run_chunk(
        code, bound, chunk, scratch,
        {.members = members,
         .errors = errors,
         .first_row = 0,
         .values = answers.values.empty() ? nullptr : answers.values.data(),
         .times = times_of(code)},
        function);
  }
}

void BlockBits::clear(const Code& code, uint32_t profiles,
                      Answers& answers) const {
  answers.words.resize(begin_of(planes_));
  const auto from = [&](uint32_t plane, uint32_t word) {
    uint64_t* words = answers.words.data() + begin_of(plane);
    std::fill(words + std::min(word, plane_words_), words + plane_words_,
              uint64_t{0});
  };
  for (const Output& output : code.outputs) {
    from(output.segment, profiles / 64);
    const uint32_t errors = error_planes_[output.segment];
    if (errors == kNone) continue;
    from(errors, output.error == kNone ? 0 : profiles / 64);
  }
}

CodeTimes* BlockBits::times_of(const Prepared& code) {
  if (times_ == nullptr) return nullptr;
  return &code.code() == &code.program().fast ? &times_->fast
                                              : &times_->general;
}

void BlockBits::overwrite(const BlockView& overlay) {
  for (uint32_t plane = 0; plane < planes_; ++plane) {
    uint64_t* base = base_.words.data() + begin_of(plane);
    const uint64_t* newer = overlay_.words.data() + begin_of(plane);
    for (uint32_t i = 0; i < overlay.profiles; ++i) {
      const uint32_t row = overlay.rows[i];
      const uint64_t bit = (newer[i / 64] >> (i % 64)) & 1;
      base[row / 64] &= ~(uint64_t{1} << (row % 64));
      base[row / 64] |= bit << (row % 64);
    }
  }
  for (size_t i = 0; i < base_.values.size(); ++i) {
    overwrite_values(overlay, overlay_.values[i], base_.values[i]);
  }
}

Result<RunOutcome> run(const Binding& binding, const PreparedProgram& prepared,
                       const RunControls& controls, RunTimes* times) {
  const Program& program = binding.program();
  const unsigned workers = controls.executor->workers();
  std::vector<WorkerState> states;
  for (unsigned i = 0; i < workers; ++i) states.emplace_back(program);
  std::vector<RunTimes> each(times == nullptr ? 0 : workers, RunTimes(program));
  for (size_t i = 0; i < each.size(); ++i) states[i].bits.time_into(each[i]);
  const MachineCode* machine = times == nullptr ? controls.machine : nullptr;
  const auto evaluate = [&](uint32_t block, unsigned worker,
                            const BoundVersions& versions) {
    WorkerState& state = states[worker];
    state.bits.evaluate(versions, prepared, machine, state.scratch);
    state.profiles += count_live(versions);
    collect(block, state);
  };
  const Status done = each_block(binding, controls, evaluate);
  if (!done.ok()) return std::unexpected(done);
  for (const RunTimes& spent : each) times->add(spent);
  return join(states, static_cast<uint32_t>(program.segments.size()),
              *controls.executor);
}

Result<std::vector<SegmentValues>> run_values(const Binding& binding,
                                              const PreparedProgram& prepared,
                                              const RunControls& controls) {
  const Program& program = binding.program();
  std::vector<ValuesState> states;
  for (unsigned i = 0; i < controls.executor->workers(); ++i) {
    states.emplace_back(program);
  }
  const auto evaluate = [&](uint32_t block, unsigned worker,
                            const BoundVersions& versions) {
    ValuesState& state = states[worker];
    state.bits.evaluate(versions, prepared, nullptr, state.scratch);
    collect(block, state);
  };
  const Status done = each_block(binding, controls, evaluate);
  if (!done.ok()) return std::unexpected(done);
  return join(states, program.segments.size());
}

}  // namespace kitle
