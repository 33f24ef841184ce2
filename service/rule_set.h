// Rules as an engine runs them: compiled from their text
// (library/compiled_rules.h), or read from a bundle (service/bundle.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kitle/engine.h"
#include "runtime/eval/machine.h"
#include "runtime/eval/run.h"
#include "service/stale.h"

namespace kitle {

// A segment that a run answers.
struct AnsweredSegment {
  SegmentInfo info;
  std::string undecided;  // why, for everyone: a fit is missing; else ""
};

struct RunnableProgram {
  std::shared_ptr<const Program> program;
  std::shared_ptr<const PreparedProgram> prepared;
};

// The segments that were asked for, with the fits of an instant. Immutable and
// thread-safe.
struct ReadyRules {
  virtual ~ReadyRules() = default;
  // For each block of the snapshot: what there is, or, with `make`, what can be
  // made. Errors: kNotFound (there is none yet), kUnsupported (there cannot be
  // any).
  virtual Result<std::shared_ptr<const MachineCode>> machine_code(
      const Binding& binding, bool make) const = 0;
  // By the reference evaluator, by `segments`. Errors: kUnsupported (it is not
  // here), those of run().
  virtual Result<RunOutcome> reference(const Snapshot& snapshot,
                                       int64_t now) const = 0;
  // By `segments`: the place in those of `before` of one that means the same;
  // none where that is not known.
  virtual std::vector<std::optional<uint32_t>> unchanged_since(
      const ReadyRules& before) const = 0;

  // Compiled when it is first asked for.
  virtual const RunnableProgram& runnable() const = 0;

  std::vector<AnsweredSegment> segments;  // by Program::segments
  std::vector<FitInUse> fits;             // those that they ask for
  // Machine code that no snapshot was asked for, and may lack blocks; or null.
  std::shared_ptr<const MachineCode> code;
  // Where these are some of the segments that machine code is of: all of them,
  // which of them these are, and whether they need most of the operations, so
  // that machine code of all takes less than interpreting these.
  std::shared_ptr<const ReadyRules> whole;
  std::vector<uint32_t> in_whole;
  bool are_most = false;
};

// Immutable and thread-safe.
class RuleSet {
 public:
  virtual ~RuleSet() = default;
  // What RunOptions::segments says, with the fits of `fits_of`; of the same
  // program as long as both are the same. Errors: kNotFound (an unknown
  // segment).
  virtual Result<std::shared_ptr<const ReadyRules>> ready(
      const std::vector<std::string>& asked, int64_t fits_of) const = 0;
  // kInvalid: the rules mean nothing over this store, and why.
  virtual Status check_store(const Snapshot& snapshot) const = 0;
  // Whether machine code can be made while an engine runs.
  virtual bool makes_machine_code() const = 0;
};

Engine make_engine(std::shared_ptr<const RuleSet> rules, double compile_after);

}  // namespace kitle
