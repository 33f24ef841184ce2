// The kernels: for each operation a function that computes its results over
// all places of a chunk (abi.h). Files, by what they work on:
//   kernels_columns  columns to registers          (vectors)
//   kernels_values   registers to registers        (vectors)
//   kernels_events   events to profiles, counting  (vectors)
//   kernels_answers  many questions about events   (vectors)
//   kernels_folds    events to profiles, the rest
//   kernels_orders   orders of counted types
//   kernels_wide     128-bit integers
//   kernels_gaps     the median gap                (vectors)
//   kernels_local    days and hours, birthdays      (vectors)
//   kernels_time     the rest of the calendar, and texts of two columns
// Those with vectors are compiled for several CPUs (Highway); they give the
// same bits on each.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "runtime/eval/abi.h"
#include "runtime/eval/chunk.h"

namespace kitle {

using KernelTableByOp = std::array<Kernel, kOpCount>;

// For the CPU at hand, or what run_vectors_as() says.
KernelTableByOp kernels_by_op();

// Copies offsets of the mapping, rows + 1 of them, to places of `table`, each
// within its begin..end and none before the one before it, though they may
// change under us; behind the last one it stands kOffsetPadding times more.
void copy_offsets(const uint32_t* from, const KernelTable& table, uint32_t rows,
                  uint32_t* to);

uint32_t count_bits(std::span<const uint64_t> words);

// Bytes of KernelScratch::work that the instruction's kernel may use.
uint64_t work_bytes(const Program& program, const Code& code,
                    const Instruction& what, const ChunkLimits& limits);

}  // namespace kitle
