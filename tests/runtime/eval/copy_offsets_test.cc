// Offsets of a mapping that changed after it was verified.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "runtime/eval/kernels.h"
#include "tests/support/every_cpu.h"

namespace kitle::testing {
namespace {

std::vector<uint32_t> copied(const std::vector<uint32_t>& offsets,
                             const KernelTable& table) {
  const auto rows = static_cast<uint32_t>(offsets.size() - 1);
  std::vector<uint32_t> to(offsets.size() + kOffsetPadding);
  copy_offsets(offsets.data(), table, rows, to.data());
  return to;
}

TEST(CopyOffsets, ThatRiseAreThePlaces) {
  const KernelTable table{.base = 128, .begin = 2, .end = 40};
  on_every_cpu([&] {
    const auto to = copied({130, 130, 141, 168}, table);
    EXPECT_EQ(std::vector(to.begin(), to.begin() + 4),
              (std::vector<uint32_t>{2, 2, 13, 40}));
    EXPECT_EQ(std::count(to.begin() + 4, to.end(), 40), kOffsetPadding);
  });
}

TEST(CopyOffsets, NeverFallAndStayWithinTheTable) {
  const KernelTable table{.base = 64, .begin = 7, .end = 1000};
  std::mt19937 random(5);
  std::uniform_int_distribution<uint32_t> some(0, 1500);
  for (const uint32_t rows : {1, 2, 15, 64, 333}) {
    std::vector<uint32_t> offsets(rows + 1);
    for (uint32_t& each : offsets) each = some(random);
    if (rows > 2) offsets[1] = UINT32_MAX;
    on_every_cpu([&] {
      const auto to = copied(offsets, table);
      EXPECT_TRUE(std::ranges::is_sorted(to)) << rows;
      EXPECT_GE(to.front(), table.begin) << rows;
      EXPECT_LE(to.back(), table.end) << rows;
    });
  }
}

}  // namespace
}  // namespace kitle::testing
