#include "runtime/eval/membership.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iterator>
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

// An array, bits, and a full container.
Membership of_every_kind() {
  std::vector<uint32_t> ordinals = {3, 5, 900};
  for (uint32_t i = 0; i < 5000; ++i) ordinals.push_back(65'536 + i * 7);
  for (uint32_t i = 0; i < 65'536; ++i) ordinals.push_back(3 * 65'536 + i);
  Membership made;
  made.append(ordinals);
  return made;
}

TEST(Membership, WithoutIsTheDifferenceOfTheSets) {
  const Membership all = of_every_kind();
  Membership some;
  some.append(std::vector<uint32_t>{0, 5, 65'536, 3 * 65'536 + 9, UINT32_MAX});
  const auto expect_difference = [](const Membership& a, const Membership& b) {
    const auto left = a.ordinals();
    const auto right = b.ordinals();
    std::vector<uint32_t> expected;
    std::ranges::set_difference(left, right, std::back_inserter(expected));
    EXPECT_EQ(a.without(b).ordinals(), expected);
  };
  expect_difference(all, some);
  expect_difference(some, all);
  expect_difference(all, all);
  expect_difference(all, Membership());
  expect_difference(Membership(), all);
}

TEST(Membership, EndsBehindTheGreatest) {
  EXPECT_EQ(Membership().end(), 0U);
  EXPECT_EQ(of_every_kind().end(), 4 * 65'536U);
  Membership last;
  last.append(std::vector<uint32_t>{UINT32_MAX});
  EXPECT_EQ(last.end(), uint64_t{1} << 32);
}

TEST(MembershipFromFile, ReadsWhatWasWritten) {
  const Membership all = of_every_kind();
  const std::vector<std::string> written = {
      Membership().portable(), all.portable(),
      all.without(Membership()).portable()};
  for (const std::string& bytes : written) {
    const auto read = Membership::from_file(bytes);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->portable(), bytes);
  }
}

TEST(MembershipFromFile, RefusesEveryCutAndWhatStandsBehind) {
  const std::string bytes = of_every_kind().portable();
  for (size_t size = 0; size < bytes.size(); size += size < 100 ? 1 : 97) {
    EXPECT_FALSE(Membership::from_file(bytes.substr(0, size))) << size;
  }
  EXPECT_FALSE(Membership::from_file(bytes + '\0'));
  EXPECT_EQ(Membership::from_file("").error().code(), StatusCode::kCorrupt);
}

// A bit that is wrong gives another valid set, or none.
TEST(MembershipFromFile, WhateverBitIsWrongTheSetIsSound) {
  const std::string bytes = of_every_kind().portable();
  size_t refused = 0;
  size_t tried = 0;
  for (size_t bit = 0; bit < bytes.size() * 8; bit += bit < 800 ? 1 : 61) {
    std::string damaged = bytes;
    damaged[bit / 8] ^= static_cast<char>(1 << bit % 8);
    const auto read = Membership::from_file(damaged);
    ++tried;
    refused += !read;
    if (!read) continue;
    const auto ordinals = read->ordinals();
    EXPECT_EQ(std::ranges::adjacent_find(ordinals, std::greater_equal()),
              ordinals.end());
    EXPECT_EQ(read->portable(), damaged);
  }
  // A flipped bit of bits is noticed, too: their number is written.
  EXPECT_GT(refused, tried - 100);
}

TEST(MembershipFromFile, RefusesMembersOutOfOrderAndAKeyTwice) {
  Membership two;
  two.append(std::vector<uint32_t>{1, 2, 65'537});
  const std::string bytes = two.portable();
  // 8 of the head, then 2 x (key, size), 2 x place, members.
  std::string swapped = bytes;
  std::swap(swapped[24], swapped[26]);
  EXPECT_FALSE(Membership::from_file(swapped));
  std::string twice = bytes;
  twice[12] = 0;
  EXPECT_FALSE(Membership::from_file(twice));
  EXPECT_TRUE(Membership::from_file(bytes));
}

}  // namespace
}  // namespace kitle
