// Scratch: [registers | work of the kernels | offsets of each table].
#include "runtime/eval/scratch.h"

#include <algorithm>
#include <new>

#include "runtime/eval/interpreter.h"
#include "runtime/eval/kernels.h"

namespace kitle {
namespace {

constexpr std::align_val_t kAlignment{64};

uint64_t aligned(uint64_t bytes) { return (bytes + 63) / 64 * 64; }

// For the running totals of machine code.
uint64_t total_arrays(const Code& code, const ChunkLimits& limits) {
  uint64_t counts = 0;
  uint64_t sums = 0;
  for (const Instruction& what : code.instructions) {
    counts += what.op == Op::kAny || what.op == Op::kCount;
    sums += what.op == Op::kSumI;
  }
  uint64_t places = 0;
  for (const uint32_t of_table : limits.places) {
    places = std::max(places, uint64_t{of_table});
  }
  return std::min<uint64_t>(counts, kRegionCounts) * count_array_bytes(places) +
         std::min<uint64_t>(sums, kRegionSums) * sum_array_bytes(places);
}

uint64_t largest_work(const Prepared& prepared, const ChunkLimits& limits) {
  const Code& code = prepared.code();
  uint64_t bytes = total_arrays(code, limits);
  for (const Instruction& what : code.instructions) {
    bytes = std::max(bytes, work_bytes(prepared.program(), code, what, limits));
  }
  return aligned(bytes);
}

uint64_t offset_bytes(const ChunkLimits& limits) {
  return aligned((uint64_t{limits.rows} + 1 + kOffsetPadding) *
                 sizeof(uint32_t));
}

void run_instruction(const KernelHelpers* helpers, uint32_t index) {
  const KernelParams& params = *helpers->context->params;
  helpers->kernels[index](*helpers->context, params.code[index],
                          params.instructions[index]);
}

}  // namespace

void Scratch::Free::operator()(std::byte* memory) const {
  ::operator delete[](memory, kAlignment);
}

void Scratch::reserve(const Prepared& prepared, const ChunkLimits& limits) {
  if (prepared_ == prepared.id() && limits.within(limits_)) return;
  if (prepared_ != prepared.id()) limits_ = {};
  prepared_ = prepared.id();
  limits_.rows = std::max(limits_.rows, limits.rows);
  limits_.places.resize(limits.places.size());
  for (size_t i = 0; i < limits.places.size(); ++i) {
    limits_.places[i] = std::max(limits_.places[i], limits.places[i]);
  }
  place(prepared);
}

void Scratch::place(const Prepared& prepared) {
  const std::vector<uint64_t> starts = prepared.plan().layout(limits_);
  const uint64_t work = starts.back();
  const uint64_t work_size = largest_work(prepared, limits_);
  const uint64_t offsets = work + work_size;
  const uint64_t size =
      offsets + prepared.tables().size() * offset_bytes(limits_);
  if (size > capacity_) {
    memory_.reset(new (kAlignment) std::byte[size]);
    capacity_ = size;
  }
  registers_.clear();
  for (size_t i = 0; i + 1 < starts.size(); ++i) {
    registers_.push_back(memory_.get() + starts[i]);
  }
  tables_.assign(prepared.program().tables.size(), {});
  offsets_.assign(tables_.size(), nullptr);
  for (size_t i = 0; i < prepared.tables().size(); ++i) {
    std::byte* at = memory_.get() + offsets + i * offset_bytes(limits_);
    offsets_[prepared.tables()[i]] = reinterpret_cast<uint32_t*>(at);
  }
  mask_words_ = 0;
  scratch_.registers = registers_.data();
  scratch_.work = memory_.get() + work;
  scratch_.work_bytes = work_size;
  place_outputs(prepared);
}

void Scratch::place_outputs(const Prepared& prepared) {
  const std::vector<Output>& outputs = prepared.code().outputs;
  const size_t words = (size_t{limits_.rows} + 63) / 64;
  out_words_.assign(words * 2 * outputs.size(), 0);
  out_members_.clear();
  out_errors_.clear();
  for (size_t i = 0; i < outputs.size(); ++i) {
    uint64_t* first = out_words_.data() + 2 * i * words;
    out_members_.push_back(first);
    out_errors_.push_back(outputs[i].error == kNone ? nullptr : first + words);
  }
  out_.members = out_members_.data();
  out_.errors = out_errors_.data();
}

void Scratch::enter(const Prepared& prepared, const BoundBlock& bound,
                    const Chunk& chunk) {
  for (const uint32_t table : prepared.tables()) {
    enter_table(bound, chunk, table);
  }
  place_masks(prepared.plan(), (chunk.rows + 63) / 64);
  view_.first_row = chunk.first_row;
  view_.rows = chunk.rows;
  view_.slots = bound.slots.data();
  view_.list_elements = bound.list_elements.data();
  view_.tables = tables_.data();
  params_.code = prepared.code().instructions.data();
  params_.instructions = bound.instructions.data();
  params_.registers = prepared.code().registers.data();
  params_.ranges = bound.ranges.data();
  params_.ints = bound.ints.data();
  params_.numbers = prepared.program().numbers.data();
  params_.steps = prepared.program().steps.data();
  params_.now = bound.now;
  params_.today = bound.today;
  params_.zone = bound.zone;
  params_.texts = bound.texts;
  params_.lists = prepared.code().lists.data();
  params_.points = bound.points.data();
  params_.sequences = prepared.program().sequences.data();
  context_.view = &view_;
  context_.params = &params_;
  context_.scratch = &scratch_;
  helpers_.context = &context_;
  helpers_.kernels = prepared.kernels().data();
  helpers_.run = run_instruction;
}

void Scratch::place_masks(const RegisterPlan& plan, uint32_t words) {
  if (mask_words_ == words) return;
  mask_words_ = words;
  for (const RegisterPlan::Mask& mask : plan.masks) {
    auto* answers = static_cast<uint64_t*>(registers_[mask.of]);
    registers_[mask.reg] = answers + size_t{mask.question} * words;
  }
}

void Scratch::enter_table(const BoundBlock& bound, const Chunk& chunk,
                          uint32_t table) {
  const BoundTable& from = bound.tables[table];
  KernelTable& to = tables_[table];
  to = {};
  to.offsets = offsets_[table];
  to.time = &from.time;
  to.every_row_is_an_order = from.every_row_is_an_order;
  if (from.offsets == nullptr) {
    std::fill_n(offsets_[table], chunk.rows + 1 + kOffsetPadding, 0u);
    return;
  }
  const uint32_t* offsets = from.offsets + chunk.first_row;
  const uint32_t first = std::min(offsets[0], from.events);
  const uint32_t last = std::clamp(offsets[chunk.rows], first, from.events);
  to.base = first / 64 * 64;
  to.begin = first - to.base;
  to.end = std::min(last - to.base, limits_.places[table]);
  to.begin = std::min(to.begin, to.end);
  if (!from.every_row_is_an_order) {
    to.order_starts = from.order_starts + to.base / 64;
  }
  copy_offsets(offsets, to, chunk.rows, offsets_[table]);
}

}  // namespace kitle
