// The vector interpreter: runs a Code over one chunk of a bound block, one
// kernel (kernels.h) an instruction. Entry point: run_chunk.
//
//   const Prepared prepared(program, program.fast);      // once a program
//   const auto chunks = split_chunks(prepared, bound);   // once a block
//   scratch.reserve(prepared, bound, chunks);            // allocates
//   for (chunk : chunks) run_chunk(prepared, bound, chunk, scratch, outputs);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/eval/abi.h"
#include "runtime/eval/bound.h"
#include "runtime/eval/chunk.h"
#include "runtime/eval/program.h"
#include "runtime/eval/registers.h"
#include "runtime/eval/scratch.h"
#include "runtime/eval/times.h"

namespace kitle {

// A Code ready to run: its kernels for this CPU and where its registers live.
// Immutable and shared by threads; the program must outlive it.
class Prepared {
 public:
  Prepared(const Program& program, const Code& code);

  // Not 0, and never the same for two of a process.
  uint64_t id() const { return id_; }
  const Program& program() const { return *program_; }
  const Code& code() const { return *code_; }
  const std::vector<Kernel>& kernels() const { return kernels_; }
  const RegisterPlan& plan() const { return plan_; }
  // Indexes of the tables whose events the code reads, increasing.
  const std::vector<uint32_t>& tables() const { return tables_; }

  // Outputs whose registers are both defined once instruction `at` has run.
  std::span<const uint32_t> outputs_after(size_t at) const {
    return std::span(outputs_).subspan(
        first_output_[at], first_output_[at + 1] - first_output_[at]);
  }

 private:
  // By output, the instruction that it follows.
  std::vector<uint32_t> schedule_outputs();

  uint64_t id_;
  const Program* program_;
  const Code* code_;
  std::vector<Kernel> kernels_;
  std::vector<uint32_t> tables_;
  std::vector<uint32_t> outputs_;       // by the instruction they follow
  std::vector<uint32_t> first_output_;  // by instruction, and one behind
  RegisterPlan plan_;
};

// What an output's values are, by the block's rows; only those of its members
// say anything.
struct RowValues {
  std::vector<Int128> tops;
  std::vector<Int128> bottoms;
  std::vector<double> numbers;

  void clear() {
    tops.clear();
    bottoms.clear();
    numbers.clear();
  }
};

// Bitmaps over the rows of the block, one pair for each output of the code,
// (profiles + 63) / 64 words each. A run sets the bits of its chunk's rows
// and leaves the others alone; two chunks that share a word must not run at
// once (a thread takes whole blocks).
struct BlockOutputs {
  std::span<uint64_t* const> members;  // by output; live profiles only
  std::span<uint64_t* const> errors;   // by output; null where it has none
  // The row of the first bit; a multiple of 64.
  uint32_t first_row = 0;
  // By output, or null: no values are wanted. Kernels only.
  RowValues* values = nullptr;
  // What the code's instructions take is added here, or null. Kernels only.
  CodeTimes* times = nullptr;
};

// `function`: machine code of the same Code, which answers instead; where it
// says that it cannot run, or is null, the kernels do.
void run_chunk(const Prepared& prepared, const BoundBlock& bound,
               const Chunk& chunk, Scratch& scratch,
               const BlockOutputs& outputs, ChunkFunction function = nullptr);

}  // namespace kitle
