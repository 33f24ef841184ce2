// The median gap's kernel on gaps in orders that are bad for it: it takes the
// middle of the first, the middle and the last one to part the others by.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "runtime/eval/kernels.h"

namespace kitle {
namespace {

// What the kernel gives for one person with these gaps between events.
int64_t found(const std::vector<int64_t>& gaps) {
  constexpr size_t kPadding = 64;
  std::vector<int64_t> times(gaps.size() + 1, 0);
  std::partial_sum(gaps.begin(), gaps.end(), times.begin() + 1);
  const auto count = static_cast<uint32_t>(times.size());
  times.resize(times.size() + kPadding);
  std::vector<uint32_t> offsets(kOffsetPadding + 2, count);
  offsets[0] = 0;
  ColumnView time{.physical = Physical::kI64, .data = times.data()};
  const KernelTable table{
      .offsets = offsets.data(), .end = count, .time = &time};
  const KernelView view{.rows = 1, .tables = &table};
  const std::vector<Register> registers = {{RegisterKind::kI64},
                                           {RegisterKind::kBits}};
  const KernelParams params{.registers = registers.data()};
  int64_t twice = 0;
  uint64_t there = 0;
  void* memory[] = {&twice, &there};
  std::vector<int64_t> work((times.size() + kPadding) * 4);
  const KernelScratch scratch{
      .registers = memory, .work = reinterpret_cast<std::byte*>(work.data())};
  const KernelContext context{
      .view = &view, .params = &params, .scratch = &scratch};
  const Instruction what{
      .op = Op::kMedianGap2, .dst = 0, .dst2 = 1, .table = 0};
  kernels_by_op()[static_cast<size_t>(what.op)](context, what, {});
  EXPECT_EQ(there & 1, gaps.empty() ? 0u : 1u);
  return twice;
}

int64_t expected(std::vector<int64_t> gaps) {
  std::ranges::sort(gaps);
  const size_t size = gaps.size();
  return size == 0 ? 0 : gaps[(size - 1) / 2] + gaps[size / 2];
}

TEST(MedianGap, IsFoundInAnyOrder) {
  for (const int64_t size : {0, 1, 2, 3, 7, 8, 9, 64, 65, 1000, 1001}) {
    std::vector<int64_t> rising;
    std::vector<int64_t> pipes;  // of an organ: few are parted off at a time
    std::vector<int64_t> equal;
    std::vector<int64_t> mixed;
    for (int64_t i = 0; i < size; ++i) {
      rising.push_back(i + 1);
      pipes.push_back(std::min(i, size - 1 - i) + 1);
      equal.push_back(5);
      mixed.push_back(i * 7919 % 1009 + 1);
    }
    const std::vector<int64_t> falling(rising.rbegin(), rising.rend());
    for (const auto& gaps : {rising, falling, pipes, equal, mixed}) {
      EXPECT_EQ(found(gaps), expected(gaps)) << size;
    }
  }
}

}  // namespace
}  // namespace kitle
