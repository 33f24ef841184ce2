// The kernels: for each operation a function that computes its results over
// all places of a chunk (abi.h). Files, kernels_... by what they work on:
//   columns      columns to registers                       (vectors)
//   values       registers to registers                     (vectors)
//   events       events to profiles, counting               (vectors)
//   folds        events to profiles, the rest
//   answers      many questions about events; followed-inl: about what
//                follows; narrow-inl, turn-inl: what these share (vectors)
//   latest, nth, sum_answers  such questions of which some events tell, or
//                sums                                       (vectors)
//   alone        such questions one by one
//   following    sequences of two steps; sequences: all others
//   orders       orders of counted types
//   points, tally, frequent   of personas, scores and `most frequent`
//   wide         128-bit integers
//   gaps         the median gap                             (vectors)
//   local        days and hours, birthdays                  (vectors)
//   time         the rest of the calendar, and texts of two columns
//   spread       profiles to events
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
