// run_chunk: one kernel after the other; outputs leave as soon as they are
// there, so that their registers are free again.
#include "runtime/eval/interpreter.h"

#include <algorithm>
#include <atomic>

#include "runtime/eval/bit_words.h"
#include "runtime/eval/kernels.h"
#include "runtime/eval/kernels_access.h"

namespace kitle {
namespace {

uint64_t next_id() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

std::vector<uint32_t> tables_of(const Program& program, const Code& code) {
  std::vector<uint32_t> tables;
  const auto add = [&](uint32_t table) {
    if (table < program.tables.size()) tables.push_back(table);
  };
  for (const Instruction& what : code.instructions) {
    add(what.table);
    add(code.registers[what.dst].domain);
    for_operands(code, what,
                 [&](uint32_t reg) { add(code.registers[reg].domain); });
    if (what.op != Op::kPoints) continue;
    for (const PointsLine& line : program.points[what.param].lines) {
      add(line.table);
    }
  }
  std::ranges::sort(tables);
  tables.erase(std::ranges::unique(tables).begin(), tables.end());
  return tables;
}

// The same as store_bits() of a chunk of one row.
void store_bit(uint64_t value, uint32_t row, const uint64_t* live,
               uint32_t first_row, uint64_t* to) {
  if (live != nullptr) value &= live[row / 64] >> (row % 64);
  const uint32_t at = row - first_row;
  const uint64_t mask = uint64_t{1} << (at % 64);
  to[at / 64] = (to[at / 64] & ~mask) | ((value & 1) << (at % 64));
}

// Register bits into a bitmap whose first bit is `first_row`; only where
// `live`, if given. Chunks mostly begin with a word.
void store_bits(const uint64_t* from, const Chunk& chunk, const uint64_t* live,
                uint32_t first_row, uint64_t* to) {
  if (chunk.rows == 1) {
    return store_bit(from[0], chunk.first_row, live, first_row, to);
  }
  const bool aligned = chunk.first_row % 64 == 0 && live != nullptr;
  const uint32_t whole = aligned ? chunk.rows / 64 : 0;
  for (uint32_t k = 0; k < whole; ++k) {
    to[(chunk.first_row - first_row) / 64 + k] =
        from[k] & live[chunk.first_row / 64 + k];
  }
  for (uint32_t i = whole * 64; i < chunk.rows; i += 64) {
    const uint64_t at = uint64_t{chunk.first_row} + i;
    const uint32_t count = std::min(64u, chunk.rows - i);
    uint64_t value = from[i / 64];
    if (live != nullptr) value &= get_bits(live, at, count);
    put_bits(to, at - first_row, count, value);
  }
}

template <class T>
void store_column(const KernelContext& context, uint32_t reg,
                  const Chunk& chunk, std::vector<T>& to) {
  if (reg == kNone) return;
  const size_t end = size_t{chunk.first_row} + chunk.rows;
  if (to.size() < end) to.resize(end);
  std::copy_n(values<T>(context, reg), chunk.rows,
              to.begin() + chunk.first_row);
}

void store_values(const KernelContext& context, const Output& output,
                  const Chunk& chunk, RowValues& to) {
  store_column(context, output.top, chunk, to.tops);
  store_column(context, output.bottom, chunk, to.bottoms);
  store_column(context, output.number, chunk, to.numbers);
}

}  // namespace

Prepared::Prepared(const Program& program, const Code& code)
    : id_(next_id()),
      program_(&program),
      code_(&code),
      tables_(tables_of(program, code)) {
  const KernelTableByOp table = kernels_by_op();
  for (const Instruction& what : code.instructions) {
    kernels_.push_back(table[static_cast<size_t>(what.op)]);
  }
  const std::vector<uint32_t> output_at = schedule_outputs();
  plan_ = RegisterPlan::make(code, output_at);
}

std::vector<uint32_t> Prepared::schedule_outputs() {
  const std::vector<uint32_t> defined = definitions(*code_);
  std::vector<uint32_t> output_at;
  for (const Output& output : code_->outputs) {
    uint32_t at = 0;
    for_registers(output,
                  [&](uint32_t reg) { at = std::max(at, defined[reg]); });
    output_at.push_back(at);
  }
  outputs_.resize(output_at.size());
  for (uint32_t i = 0; i < outputs_.size(); ++i) outputs_[i] = i;
  std::ranges::stable_sort(outputs_, {},
                           [&](uint32_t i) { return output_at[i]; });
  size_t next = 0;
  for (size_t at = 0; at <= code_->instructions.size(); ++at) {
    while (next < outputs_.size() && output_at[outputs_[next]] < at) ++next;
    first_output_.push_back(static_cast<uint32_t>(next));
  }
  return output_at;
}

namespace {

void run_kernels(const Prepared& prepared, const BoundBlock& bound,
                 const Chunk& chunk, const KernelContext& context,
                 const BlockOutputs& outputs) {
  const Code& code = prepared.code();
  std::vector<uint64_t>* times =
      outputs.times == nullptr ? nullptr : &outputs.times->nanoseconds;
  for (size_t at = 0; at < code.instructions.size(); ++at) {
    {
      const Stopwatch running(times, at);
      prepared.kernels()[at](context, code.instructions[at],
                             bound.instructions[at]);
    }
    for (const uint32_t i : prepared.outputs_after(at)) {
      const Output& output = code.outputs[i];
      store_bits(bits(context, output.bits), chunk, bound.live,
                 outputs.first_row, outputs.members[i]);
      if (outputs.values != nullptr) {
        store_values(context, output, chunk, outputs.values[i]);
      }
      if (output.error == kNone) continue;
      store_bits(bits(context, output.error), chunk, bound.live,
                 outputs.first_row, outputs.errors[i]);
    }
  }
}

void store_out(const KernelOut& out, const Code& code, const BoundBlock& bound,
               const Chunk& chunk, const BlockOutputs& outputs) {
  for (size_t i = 0; i < code.outputs.size(); ++i) {
    store_bits(out.members[i], chunk, bound.live, outputs.first_row,
               outputs.members[i]);
    if (code.outputs[i].error == kNone) continue;
    store_bits(out.errors[i], chunk, bound.live, outputs.first_row,
               outputs.errors[i]);
  }
}

}  // namespace

void run_chunk(const Prepared& prepared, const BoundBlock& bound,
               const Chunk& chunk, Scratch& scratch,
               const BlockOutputs& outputs, ChunkFunction function) {
  scratch.enter(prepared, bound, chunk);
  const KernelContext& context = scratch.context();
  if (function != nullptr) {
    KernelOut& out = scratch.kernel_out();
    const int32_t refused =
        function(context.view, context.params, &scratch.helpers(),
                 &scratch.kernel_scratch(), &out);
    if (refused == 0) {
      return store_out(out, prepared.code(), bound, chunk, outputs);
    }
  }
  run_kernels(prepared, bound, chunk, context, outputs);
}

}  // namespace kitle
