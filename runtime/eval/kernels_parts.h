// What the files of kernels give one another.
#pragma once

#include "runtime/eval/kernels.h"
#include "runtime/eval/kernels_access.h"

// The head of a kernel's definition.
#define KITLE_KERNEL(name)                                 \
  void name([[maybe_unused]] const KernelContext& context, \
            [[maybe_unused]] const Instruction& what,      \
            [[maybe_unused]] const BoundInstruction& bound)

namespace kitle {

void add_vector_column_kernels(KernelTableByOp& table);
void add_vector_value_kernels(KernelTableByOp& table);
void add_vector_event_kernels(KernelTableByOp& table);
void add_column_kernels(KernelTableByOp& table);
void add_answers_kernels(KernelTableByOp& table);
void add_following_kernels(KernelTableByOp& table);
void add_nth_kernels(KernelTableByOp& table);
void add_sum_answers_kernels(KernelTableByOp& table);
void add_fold_kernels(KernelTableByOp& table);
void add_order_kernels(KernelTableByOp& table);
void add_vector_gap_kernels(KernelTableByOp& table);
void add_vector_local_kernels(KernelTableByOp& table);
void add_wide_kernels(KernelTableByOp& table);
void add_time_kernels(KernelTableByOp& table);
void add_spread_kernels(KernelTableByOp& table);
void add_frequent_kernels(KernelTableByOp& table);
void add_tally_kernels(KernelTableByOp& table);
void add_points_kernels(KernelTableByOp& table);
void add_sequence_kernels(KernelTableByOp& table);

// kAnswers where of events that are alike only the last matters; uses no more
// work memory.
bool asks_for_latest(const KernelContext& context, const Instruction& what,
                     const BoundAnswers& answers);
void answer_latest(const KernelContext& context, const Instruction& what,
                   const BoundAnswers& answers);

// What kAnswers needs of this parameter (and kFollowedAnswers, of events that
// those of table `next` follow, else kNone), kNthAnswers, and kSumAnswers.
uint64_t answers_work_bytes(const AnswersParam& param, uint32_t table,
                            uint32_t next, const ChunkLimits& limits);
uint64_t nth_work_bytes(const ChunkLimits& limits);
uint64_t sum_answers_work_bytes(const AnswersParam& param, uint32_t table,
                                const ChunkLimits& limits);
// What kPoints of this parameter needs.
uint64_t points_work_bytes(const PointsParam& param, const ChunkLimits& limits);
// And kSequence.
uint64_t sequence_work_bytes(const SequenceParam& param,
                             const ChunkLimits& limits);

// The logical values of a column that stores integers, 0 where missing (or
// the column absent).
void load_column(const ColumnView& from, const Places& places, int64_t* out);

// The operand "slot|v" of an operation over the events of `table`: the
// register v, or the column loaded into `work` (8 bytes a place).
const int64_t* integer_operand(const KernelContext& context,
                               const Instruction& what, uint32_t table,
                               std::byte* work);
// The same of numbers; `work` is filled only for an absent column.
const double* number_operand(const KernelContext& context,
                             const Instruction& what, uint32_t table,
                             std::byte* work);

}  // namespace kitle
