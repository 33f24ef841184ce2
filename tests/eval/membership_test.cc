#include "runtime/eval/membership.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace kitle {
namespace {

using Random = std::mt19937_64;

// Members of a block with about this share of its rows.
std::vector<uint64_t> random_words(Random& random, double share) {
  std::vector<uint64_t> words(kBlockRows / 64);
  std::bernoulli_distribution in(share);
  for (uint32_t row = 0; row < kBlockRows; ++row) {
    words[row / 64] |= uint64_t{in(random)} << (row % 64);
  }
  return words;
}

// Blocks of every density, given to three workers in any order.
void expect_same_members(Random& random, const std::vector<double>& shares) {
  std::vector<std::vector<uint64_t>> blocks;
  Membership expected;
  for (uint32_t block = 0; block < shares.size(); ++block) {
    blocks.push_back(random_words(random, shares[block]));
    std::vector<uint32_t> ordinals;
    ordinals_of_block(block, blocks.back(), ordinals);
    expected.append(ordinals);
  }
  std::vector<uint32_t> order(shares.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::shuffle(order, random);
  std::vector<MembersMemory> memory(3);
  std::vector<BlockMembers> workers(3);
  for (const uint32_t block : order) {
    const size_t worker = random() % 3;
    workers[worker].add(block, blocks[block], memory[worker]);
  }
  const Membership made = membership_of(
      std::vector<const BlockMembers*>{&workers[0], &workers[1], &workers[2]});
  EXPECT_EQ(made, expected);
  EXPECT_EQ(made.ordinals(), expected.ordinals());
  EXPECT_EQ(made.size(), expected.size());
}

TEST(Membership, OfBlocksIsThatOfTheirOrdinals) {
  Random random(1);
  expect_same_members(random, {});
  expect_same_members(random, {0, 0, 0, 0, 0});
  expect_same_members(random, {0, 0, 0, 0, 0.001, 0});
  expect_same_members(random, {1, 1, 1, 1, 1});
  // Around the sizes where arrays become bits, of a part and of a container.
  expect_same_members(random, {0.0625, 0.0624, 0.0626, 0.0625, 0.25, 0, 0});
  expect_same_members(random, {0.2, 0.01, 0.04, 0, 0, 0.24, 0.01});
  expect_same_members(random, {0.9, 0.0001, 0.5, 0.03, 0.0002, 0.0001});
}

TEST(Membership, GoesThroughThePortableForm) {
  Membership some;
  some.append(std::vector<uint32_t>{0, 7, 70'000, UINT32_MAX});
  const auto read = Membership::from_portable(some.portable());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, some);
  EXPECT_TRUE(read->contains(70'000));
  EXPECT_FALSE(read->contains(70'001));
}

TEST(Membership, RefusesBytesThatAreNoBitmap) {
  EXPECT_FALSE(Membership::from_portable("").has_value());
  EXPECT_FALSE(Membership::from_portable("a bitmap?").has_value());
}

}  // namespace
}  // namespace kitle
