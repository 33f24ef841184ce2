// How kernels and machine code see one chunk: plain structs, each beginning
// with its size, whose members generated code reaches by offsetof. All are
// valid during one call; all but the memory of registers and of the outputs
// are read-only.
//
// Registers. registers[r] points to 64-byte aligned memory for register r of
// the code, one value for each place of its domain, then padding: every group
// of 64 places that has begun may be written whole, and 64 bytes behind the
// last group may be read.
//   kBits   uint64_t words; place i is bit i % 64 of word i / 64
//   kI64    int64_t      kF64   double      kI128  Int128 (16 bytes)
//   kAnswers  the masks of the questions, each of as many words as there are
//             groups; the register of a kAnswer is its mask there, aligned as
//             words are
// Registers whose lives do not meet share memory, as planned for the order of
// code.instructions: an instruction's results may be stored in their
// registers once all the instructions before it have read theirs. No result
// shares memory with an operand of its own instruction. The registers of an
// output live until the later of the two is defined: it is stored there.
//
// Places of profiles: place i is row first_row + i of the block, i < rows;
// first_row need not be a multiple of 64.
// Places of a table's events: place i is event base + i of the block,
// i < end; base is a multiple of 64. Places below begin (< 64) belong to
// profiles of an earlier chunk: they may be computed, and are never asked.
//
// Columns. slots[s] is a ColumnView (runtime/store/view.h) of the whole block:
// a chunk's values start at data + first_row (or base) times the width. At
// least 128 bytes may be read behind data and validity words. The validity of
// events starts at word base / 64; that of profiles at bit first_row.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/eval/bound.h"
#include "runtime/eval/program.h"

namespace kitle {

// How often the last offset of a chunk stands behind it once more.
inline constexpr uint32_t kOffsetPadding = 16;

// The events of one table in one chunk.
struct KernelTable {
  uint64_t size = sizeof(KernelTable);
  // rows + 1, copied from the block and clamped: begin <= offsets[i] <= end,
  // in places. Profile i has the places offsets[i] .. offsets[i + 1] - 1. The
  // last one stands kOffsetPadding times more. Null for a table that the code
  // does not use.
  const uint32_t* offsets = nullptr;
  uint32_t base = 0;
  uint32_t begin = 0;
  uint32_t end = 0;
  // 1 where every event is an order of its own.
  uint32_t every_row_is_an_order = 1;
  const ColumnView* time = nullptr;
  // A bit for each place: an order starts here. Null where each does.
  const uint64_t* order_starts = nullptr;
};

struct KernelView {
  uint64_t size = sizeof(KernelView);
  uint32_t first_row = 0;
  uint32_t rows = 0;
  const ColumnView* slots = nullptr;        // by Program::slots
  const uint32_t* list_elements = nullptr;  // by Program::slots
  const KernelTable* tables = nullptr;      // by Program::tables
};

// What is the same for every chunk of a bound block.
struct KernelParams {
  uint64_t size = sizeof(KernelParams);
  const Instruction* code = nullptr;
  const BoundInstruction* instructions = nullptr;  // by instruction
  const Register* registers = nullptr;             // by register
  const Bounds* ranges = nullptr;                  // by Program::ranges
  const Int128* ints = nullptr;                    // by Program::ints
  const double* numbers = nullptr;                 // by Program::numbers
  const StepParam* steps = nullptr;                // by Program::steps
  int64_t now = 0;
  int64_t today = 0;
  const Zone* zone = nullptr;
  const TextEquality* texts = nullptr;
  const std::vector<uint32_t>* lists = nullptr;  // by Code::lists
  const BoundPoints* points = nullptr;           // by Program::points
  const SequenceParam* sequences = nullptr;      // by Program::sequences
};

// The arrays of running totals of one loop of machine code (compiler/jit), by
// the places of their table: eight bytes for each 32 places and for each place,
// in whole cache lines.
inline constexpr uint32_t kRegionCounts = 32;
inline constexpr uint32_t kRegionSums = 2;
constexpr uint64_t count_array_bytes(uint64_t places) {
  return places / 512 * 128 + 128;
}
constexpr uint64_t sum_array_bytes(uint64_t places) {
  return places / 8 * 64 + 64;
}

struct KernelScratch {
  uint64_t size = sizeof(KernelScratch);
  void* const* registers = nullptr;  // by register
  // For one kernel or one loop of machine code at a time: 64-byte aligned, big
  // enough for any kernel, and for kRegionCounts arrays of counts with as many
  // of sums as the code has, up to kRegionSums.
  std::byte* work = nullptr;
  uint64_t work_bytes = 0;
};

// What a kernel gets; machine code passes it on to helpers.
struct KernelContext {
  uint64_t size = sizeof(KernelContext);
  const KernelView* view = nullptr;
  const KernelParams* params = nullptr;
  const KernelScratch* scratch = nullptr;
};

// Computes the results of one instruction from its operands.
using Kernel = void (*)(const KernelContext& context, const Instruction& what,
                        const BoundInstruction& bound);

struct KernelHelpers {
  uint64_t size = sizeof(KernelHelpers);
  const KernelContext* context = nullptr;
  const Kernel* kernels = nullptr;  // by instruction
  // Runs code.instructions[index], whose operands are in their registers.
  void (*run)(const KernelHelpers* helpers, uint32_t index) = nullptr;
};

// Where the outputs of the code go, one pair for each of Code::outputs: words
// whose bit i is the chunk's row i. Whole words are written; bits behind the
// last row are unspecified. errors[i] is null where the output has none.
struct KernelOut {
  uint64_t size = sizeof(KernelOut);
  uint64_t* const* members = nullptr;
  uint64_t* const* errors = nullptr;
};

// Machine code of one Code: 0, or another value if it could not run, and the
// interpreter answers instead.
using ChunkFunction = int32_t (*)(const KernelView*, const KernelParams*,
                                  const KernelHelpers*, KernelScratch*,
                                  KernelOut*);

static_assert(sizeof(BoundInstruction) == 64);
static_assert(offsetof(BoundRange, low) == 8);
static_assert(offsetof(BoundRange, high) == 16);
static_assert(sizeof(Bounds) == 16);

}  // namespace kitle
