// Questions that are asked one after the other, with masks of the events.
#include "runtime/eval/kernels_alone.h"

#include <algorithm>
#include <array>

#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/registers.h"

namespace kitle {
namespace {

uint64_t mask_bytes(uint64_t places) { return (places / 64 + 9) / 8 * 64; }

class OneByOne {
 public:
  OneByOne(const KernelContext& context, const Instruction& what,
           const BoundAnswers& answers)
      : context_(context),
        what_(what),
        answers_(answers),
        rows_(context.view->rows),
        params_(*context.params),
        scratch_(*context.scratch) {
    const uint64_t bytes = mask_bytes(places_of(context, what.table).count);
    std::byte* free = scratch_.work + scratch_.work_bytes;
    for (const uint32_t mask : {kCodes, kValues, kBoth}) {
      registers_[mask] = {RegisterKind::kBits, what.table, 0};
      memory_[mask] = free -= bytes;
    }
    for (const uint32_t time : {kWait, kTime}) {
      registers_[time] = {RegisterKind::kI64, what.table, 0};
      memory_[time] = free -= wait_bytes(places_of(context, what.table).count);
    }
    registers_[kCounts] = {RegisterKind::kI64, kProfiles, 0};
    memory_[kCounts] = free -= count_bytes(rows_);
    registers_[kResult] = {RegisterKind::kBits, kProfiles, 0};
    params_.registers = registers_.data();
    scratch_.registers = memory_.data();
    scratch_.work_bytes = static_cast<uint64_t>(free - scratch_.work);
    inner_ = context;
    inner_.params = &params_;
    inner_.scratch = &scratch_;
    if (what.op == Op::kFollowedAnswers) find_waits();
  }

  static uint64_t wait_bytes(uint64_t places) { return (places + 64) / 8 * 64; }
  static uint64_t count_bytes(uint64_t rows) {
    return (rows + 63) / 64 * 512 + 64;
  }

  void run() {
    const size_t groups = (size_t{rows_} + 63) / 64;
    auto* out = values<uint64_t>(context_, what_.dst);
    for (const BoundAnswers::Asked& asked : answers_.asked()) {
      memory_[kResult] = out;
      ask(asked);
      out += groups;
    }
  }

 private:
  enum : uint32_t {
    kCodes,
    kValues,
    kBoth,
    kWait,
    kCounts,
    kResult,
    kTime,
    kNext,  // of kFollowedAnswers: a and b
    kNextTime,
    kCount
  };

  void find_waits() {
    const auto next = static_cast<uint32_t>(what_.imm);
    const auto borrow = [&](uint32_t mine, RegisterKind kind, uint32_t table,
                            uint32_t reg) {
      registers_[mine] = {kind, table, 0};
      if (reg != kNone) memory_[mine] = context_.scratch->registers[reg];
    };
    borrow(kNext, RegisterKind::kBits, next, what_.a);
    borrow(kNextTime, RegisterKind::kI64, next, what_.b);
    call({.op = Op::kLoadI, .dst = kTime, .slot = what_.slot2});
    call({.op = Op::kFollowing,
          .dst = kWait,
          .a = what_.a == kNone ? kNone : uint32_t{kNext},
          .b = kNextTime,
          .v = kTime,
          .table = next});
  }

  void ask(const BoundAnswers::Asked& asked) {
    const uint32_t mask = mask_of(asked);
    if (asked.least == 1) {
      return call(
          {.op = Op::kAny, .dst = kResult, .a = mask, .table = what_.table});
    }
    call({.op = Op::kCount, .dst = kCounts, .a = mask, .table = what_.table});
    const auto* counts = values<const int64_t>(inner_, kCounts);
    uint64_t* out = bits(inner_, kResult);
    for (uint32_t row = 0; row < rows_; ++row) {
      set_bit(out, row, counts[row] >= int64_t{asked.least});
    }
  }

  uint32_t mask_of(const BoundAnswers::Asked& asked) {
    uint32_t mask = kNone;
    BoundInstruction bound;
    bound.set = asked.set;
    bound.range = asked.range;
    if (asked.set != nullptr) {
      call({.op = Op::kInSet, .dst = kCodes, .slot = what_.slot}, bound);
      mask = kCodes;
    }
    if (asked.range.form == BoundRange::Form::kPresent) return mask;
    values_within(bound);
    if (mask == kNone) return kValues;
    call({.op = Op::kAnd, .dst = kBoth, .a = kCodes, .b = kValues});
    return kBoth;
  }

  void values_within(const BoundInstruction& bound) {
    if (what_.op != Op::kFollowedAnswers) {
      return call({.op = Op::kInRange, .dst = kValues, .slot = what_.slot2},
                  bound);
    }
    const bool never = bound.range.form == BoundRange::Form::kNever;
    const Bounds range =
        never ? Bounds{1, 0} : Bounds{bound.range.low, bound.range.high};
    params_.ranges = &range;
    call({.op = Op::kRangeI, .dst = kValues, .a = kWait, .param = 0}, bound);
  }

  void call(const Instruction& what, const BoundInstruction& bound = {}) const {
    static const KernelTableByOp kernels = kernels_by_op();
    kernels[static_cast<size_t>(what.op)](inner_, what, bound);
  }

  const KernelContext& context_;
  const Instruction& what_;
  const BoundAnswers& answers_;
  uint32_t rows_;
  std::array<Register, kCount> registers_;
  std::array<void*, kCount> memory_ = {};
  KernelParams params_;
  KernelScratch scratch_;
  KernelContext inner_;
};

}  // namespace

void answer_alone(const KernelContext& context, const Instruction& what,
                  const BoundAnswers& answers) {
  OneByOne(context, what, answers).run();
}

uint64_t alone_work_bytes(uint32_t table, const ChunkLimits& limits) {
  const uint64_t places = places_in(table, limits);
  const uint64_t folds = (places / 64 + limits.rows + 40) * 8;
  return folds + 2 * OneByOne::wait_bytes(places) + 3 * mask_bytes(places) +
         OneByOne::count_bytes(limits.rows);
}

}  // namespace kitle
