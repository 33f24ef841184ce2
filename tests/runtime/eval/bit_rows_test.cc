#include "runtime/eval/bit_rows.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "runtime/eval/bit_words.h"
#include "tests/support/every_cpu.h"

namespace kitle {
namespace {

using testing::on_every_cpu;

void expect_rows(const std::vector<uint64_t>& words) {
  constexpr uint16_t kUntouched = 0x5a5a;
  std::vector<uint16_t> expected;
  each_bit(words, [&](uint32_t row) {
    expected.push_back(static_cast<uint16_t>(row));
  });
  const size_t room = expected.size() + kRowsPadding;
  std::vector<uint16_t> rows(room + 64, kUntouched);
  const uint16_t* end = rows_of_bits(words, rows.data());
  ASSERT_EQ(end - rows.data(), static_cast<ptrdiff_t>(expected.size()));
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), rows.begin()));
  for (size_t i = room; i < rows.size(); ++i) EXPECT_EQ(rows[i], kUntouched);
}

TEST(BitRows, AreTheBitsThatAreSet) {
  std::mt19937_64 random(1);
  on_every_cpu([&] {
    expect_rows({});
    expect_rows({0});
    expect_rows(std::vector<uint64_t>(1024, ~uint64_t{0}));
    for (int bits = 0; bits < 64; ++bits) {
      expect_rows({uint64_t{1} << bits, ~uint64_t{0} >> bits});
    }
    for (uint32_t share = 0; share <= 64; share += 4) {
      std::vector<uint64_t> words(256);
      for (uint64_t& word : words) {
        for (uint32_t bit = 0; bit < 64; ++bit) {
          word |= uint64_t{random() % 64 < share} << bit;
        }
      }
      expect_rows(words);
    }
  });
}

}  // namespace
}  // namespace kitle
