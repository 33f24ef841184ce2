// Everyone: a bound program over all blocks of its snapshot.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "runtime/eval/bind.h"
#include "runtime/eval/block_members.h"
#include "runtime/eval/derived.h"
#include "runtime/eval/executor.h"
#include "runtime/eval/interpreter.h"
#include "runtime/eval/machine.h"
#include "runtime/eval/times.h"

namespace kitle {

struct RunControls {
  Executor* executor = nullptr;  // required
  // Machine code for what it has functions for; null: the interpreter.
  const MachineCode* machine = nullptr;
  // Asked at each block; set: kCancelled.
  const std::atomic<bool>* cancel = nullptr;
};

struct SegmentMembers {
  Membership members;  // empty if undecided
  bool undecided = false;
  uint32_t undecided_ordinal = 0;  // the smallest that could not be decided
};

struct RunOutcome {
  std::vector<SegmentMembers> segments;  // by Program::segments
  uint32_t profiles = 0;                 // live ones: everyone
};

// A program's two codes, ready for the interpreter: the general one as soon as
// a block needs it. Thread-safe.
class PreparedProgram {
 public:
  explicit PreparedProgram(const Program& program)
      : fast_(program, program.fast) {}
  const Prepared& fast() const { return fast_; }
  const Prepared& general() const {
    std::call_once(asked_, [this] {
      general_.emplace(fast_.program(), fast_.program().general);
    });
    return *general_;
  }
  const Prepared& of(const BoundBlock& bound) const {
    return bound.code == &fast_.code() ? fast_ : general();
  }

 private:
  Prepared fast_;
  mutable std::once_flag asked_;
  mutable std::optional<Prepared> general_;
};

// Thread-safe. `times`: what the interpreter's operations take is added there;
// machine code is then not asked. Errors: kCorrupt and kIo with the file's
// name, kCancelled.
Result<RunOutcome> run(const Binding& binding, const PreparedProgram& prepared,
                       const RunControls& controls, RunTimes* times = nullptr);

// The quantities of a segment's members, in no order: tops / bottoms, or
// numbers.
struct SegmentValues {
  std::vector<Int128> tops;
  std::vector<Int128> bottoms;
  std::vector<double> numbers;
  bool undecided = false;  // then there are none of the above
  uint32_t undecided_ordinal = 0;
};
// Of each segment of a program whose outputs have values. The interpreter
// answers; `controls.machine` is not asked. Errors: those of run().
Result<std::vector<SegmentValues>> run_values(const Binding& binding,
                                              const PreparedProgram& prepared,
                                              const RunControls& controls);

// Calls use(block, worker, versions) for each block, on any of the executor's
// workers; stops at the first error, or when it is cancelled.
using UseBlock = std::function<void(uint32_t block, unsigned worker,
                                    const BoundVersions& versions)>;
Status each_block(const Binding& binding, const RunControls& controls,
                  const UseBlock& use);
// Calls task(index, worker) for each index < count in the same way.
Status each_task(const RunControls& controls, uint32_t count,
                 const std::function<Status(uint32_t, unsigned)>& task);

// Live profiles of a block: the base's, where the overlay does not say
// otherwise.
uint32_t count_live(const BoundVersions& versions);

// Members and undecided profiles of one block, one bitmap of kBlockRows bits
// an output; what run() fills for each block in turn. Not thread-safe.
class BlockBits {
 public:
  // `valued`: also the values of the outputs.
  explicit BlockBits(const Program& program, bool valued = false);
  // Evaluates base and overlay. `scratch` grows as needed.
  void evaluate(const BoundVersions& versions, const PreparedProgram& prepared,
                const MachineCode* machine, Scratch& scratch);
  // The same of a block that is not the snapshot's (gather.h).
  void evaluate_some(const BoundBlock& people, const PreparedProgram& prepared,
                     const MachineCode* machine, Scratch& scratch);
  std::span<const uint64_t> members(uint32_t segment) const;
  // Empty of a segment that is never undecided.
  std::span<const uint64_t> errors(uint32_t segment) const;
  const RowValues& values(uint32_t segment) const {
    return base_.values[segment];
  }
  // From now on, what operations take is added there; must live as long.
  void time_into(RunTimes& times) { times_ = &times; }

 private:
  struct Answers {
    std::vector<uint64_t> words;    // by plane
    std::vector<RowValues> values;  // by segment, or none
  };

  void evaluate_view(const BoundBlock& stored, const PreparedProgram& prepared,
                     const MachineCode* machine, Scratch& scratch,
                     DerivedTables& derived, Answers& answers);
  // Of a view with so many profiles: zeroes what its chunks do not write.
  void clear(const Code& code, uint32_t profiles, Answers& answers) const;
  void overwrite(const BlockView& overlay);
  // Of a plane in the words. Planes of one power of two each would share the
  // sets of the cache.
  size_t begin_of(uint32_t plane) const {
    return size_t{plane} * (plane_words_ + 8);
  }
  // Null where nothing is timed.
  CodeTimes* times_of(const Prepared& code);

  // The members of each segment, and the errors of those that have any.
  uint32_t planes_;
  uint32_t plane_words_;
  std::vector<uint32_t> error_planes_;  // by segment; kNone
  Answers base_;
  Answers overlay_;  // by row of the overlay
  DerivedTables base_derived_;
  DerivedTables overlay_derived_;
  RunTimes* times_ = nullptr;
};

}  // namespace kitle
