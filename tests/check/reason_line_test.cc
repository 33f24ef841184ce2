// Sets on a line with exact ends.
#include "compiler/reason_line.h"

#include <gtest/gtest.h>

namespace kitle {
namespace {

TEST(LinePoint, FractionsCompareExactly) {
  for (int a = -7; a <= 7; ++a) {
    for (int b = 1; b <= 7; ++b) {
      for (int c = -7; c <= 7; ++c) {
        for (int d = 1; d <= 7; ++d) {
          const auto found = LinePoint{a, b, 0} <=> LinePoint{c, d, 0};
          EXPECT_TRUE(found == (a * d <=> c * b)) << a << b << c << d;
        }
      }
    }
  }
}

TEST(LinePoint, SizesDoNotMatter) {
  const Int128 huge = kHighest - 1;
  EXPECT_LT((LinePoint{huge - 1, huge, 0}), LinePoint::at(1));
  EXPECT_LT((LinePoint{huge - 2, huge - 1, 0}), (LinePoint{huge - 1, huge, 0}));
  EXPECT_LT(LinePoint::at(kLowest), LinePoint::at(kLowest + 1));
}

TEST(LinePoint, ADoubleIsWhatItIs) {
  EXPECT_EQ(*LinePoint::of(0.5), (LinePoint{1, 2, 0}));
  EXPECT_EQ(*LinePoint::of(-0.0), LinePoint::at(0));
  EXPECT_GT(*LinePoint::of(0.1), (LinePoint{1, 10, 0}));  // a little more
  EXPECT_EQ(*LinePoint::of(9007199254740993.0),
            LinePoint::at(9007199254740992));
  EXPECT_EQ(LinePoint::of(1e-300), std::nullopt);
  EXPECT_EQ(LinePoint::of(1e300), std::nullopt);
}

// Of bits: the integers 0 ... 7.
Line line_of_bits(unsigned bits) {
  std::vector<Stretch> all;
  for (int i = 0; i < 8; ++i) {
    if (bits >> i & 1) all.push_back({LinePoint::at(i), LinePoint::at(i)});
  }
  return joined(std::move(all));
}

unsigned bits_of(const Line& line) {
  unsigned bits = 0;
  for (int i = 0; i < 8; ++i) {
    if (!common(line, line_of(i, i)).empty()) bits |= 1U << i;
  }
  return bits;
}

TEST(Line, SetsOfIntegersAreThoseOfBits) {
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      const Line x = line_of_bits(a);
      const Line y = line_of_bits(b);
      EXPECT_EQ(bits_of(common(x, y)), a & b);
      EXPECT_EQ(bits_of(without(x, y, true)), a & ~b);
      EXPECT_EQ(without(x, y, true).empty(), (a & ~b) == 0);
      EXPECT_EQ(is_within(x, y, true), (a & ~b) == 0);
    }
  }
}

TEST(Line, BetweenIntegersThereIsRoomForOthers) {
  const Line outside = without(line_of(0, 9), line_of(4, 5), false);
  ASSERT_EQ(outside.size(), 2u);
  EXPECT_EQ(outside[0].high, LinePoint::at(4).below());
  EXPECT_EQ(outside[1].low, LinePoint::at(5).above());
  EXPECT_EQ(of_integers(outside), without(line_of(0, 9), line_of(4, 5), true));
  EXPECT_TRUE(without(whole_line(), whole_line(), false).empty());
  EXPECT_TRUE(
      of_integers(line_of(LinePoint{1, 3, 0}, LinePoint{2, 3, 0})).empty());
}

}  // namespace
}  // namespace kitle
