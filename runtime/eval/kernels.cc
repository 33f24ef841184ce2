// The table of kernels, and what they share.
#include "runtime/eval/kernels.h"

#include <algorithm>
#include <cassert>

#include "runtime/eval/kernels_days.h"
#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/registers.h"
#include "runtime/eval/seen_codes.h"
#include "runtime/eval/value_tallies.h"

namespace kitle {

KernelTableByOp kernels_by_op() {
  KernelTableByOp table = {};
  add_vector_column_kernels(table);
  add_vector_value_kernels(table);
  add_vector_event_kernels(table);
  add_answers_kernels(table);
  add_following_kernels(table);
  add_nth_kernels(table);
  add_sum_answers_kernels(table);
  add_fold_kernels(table);
  add_order_kernels(table);
  add_wide_kernels(table);
  add_time_kernels(table);
  add_vector_local_kernels(table);
  add_vector_gap_kernels(table);
  add_spread_kernels(table);
  add_frequent_kernels(table);
  add_tally_kernels(table);
  add_points_kernels(table);
  add_sequence_kernels(table);
  assert(std::ranges::count(table, nullptr) == 0);
  return table;
}

uint64_t work_bytes(const Program& program, const Code& code,
                    const Instruction& what, const ChunkLimits& limits) {
  if (what.op == Op::kPoints) {
    return points_work_bytes(program.points[what.param], limits);
  }
  if (what.op == Op::kSequence) {
    return sequence_work_bytes(program.sequences[what.param], limits);
  }
  const uint32_t table = code.registers[what.dst].domain == kProfiles
                             ? what.table
                             : code.registers[what.dst].domain;
  if (table == kNone) return 0;
  const uint64_t places = places_in(table, limits);
  switch (what.op) {
    case Op::kAny:
    case Op::kCount:
      // Running popcounts by word, ranks by row and a vector behind each.
      return (places / 64 + limits.rows + 32) * 8;
    case Op::kDays:
      return days_work_bytes(places, limits.rows);
    case Op::kAnswers:
      return answers_work_bytes(program.answers[what.param], table, kNone,
                                limits);
    case Op::kFollowedAnswers:
      return answers_work_bytes(program.answers[what.param], table,
                                static_cast<uint32_t>(what.imm), limits);
    case Op::kNthAnswers:
      return nth_work_bytes(limits);
    case Op::kSumAnswers:
      return sum_answers_work_bytes(program.answers[what.param], table, limits);
    case Op::kFollowing:
    case Op::kAnyFollowed:
    case Op::kAnswer:
    case Op::kInRange:
    case Op::kInSet:
    case Op::kPresent:
    case Op::kAnd:
    case Op::kOr:
    case Op::kAndNot:
    case Op::kNot:
      return 0;
    case Op::kMostFrequent:
      return ValueTallies::bytes(places) +
             (places + 64) * 24;  // values, and pairs
    case Op::kMedianGap2:
      return (places + 64) * 32;  // times, gaps, and some of them twice
    case Op::kDistinct:
      return std::max(SeenCodes::bytes(places + 1),
                      ValueTallies::bytes(places) + (places + 64) * 16);
    default:
      return (places + 64) * 16;  // two arrays of 64-bit values
  }
}

const int64_t* integer_operand(const KernelContext& context,
                               const Instruction& what, uint32_t table,
                               std::byte* work) {
  if (what.v != kNone) return values<int64_t>(context, what.v);
  auto* loaded = reinterpret_cast<int64_t*>(work);
  load_column(column(context, what.slot), places_of(context, table), loaded);
  return loaded;
}

const double* number_operand(const KernelContext& context,
                             const Instruction& what, uint32_t table,
                             std::byte* work) {
  if (what.v != kNone) return values<double>(context, what.v);
  const ColumnView& from = column(context, what.slot);
  const Places places = places_of(context, table);
  if (from.physical == Physical::kF64) return stored<double>(from, places);
  auto* zeros = reinterpret_cast<double*>(work);
  std::fill_n(zeros, places.count, 0.0);
  return zeros;
}

}  // namespace kitle
