#include "runtime/eval/membership.h"

#include <gtest/gtest.h>
#include <roaring/roaring.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <random>

#include "runtime/eval/block_members.h"

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

// Another library reads the same set, and writes the same bytes.
void expect_as_roaring(const Membership& made,
                       const std::vector<uint32_t>& ordinals) {
  const std::string_view bytes = made.bytes();
  roaring_bitmap_t* const read =
      roaring_bitmap_portable_deserialize_safe(bytes.data(), bytes.size());
  ASSERT_NE(read, nullptr);
  std::vector<uint32_t> found(roaring_bitmap_get_cardinality(read));
  roaring_bitmap_to_uint32_array(read, found.data());
  EXPECT_EQ(found, ordinals);
  std::string written(roaring_bitmap_portable_size_in_bytes(read), '\0');
  roaring_bitmap_portable_serialize(read, written.data());
  EXPECT_EQ(written, bytes);
  roaring_bitmap_free(read);
}

// Blocks of every density, given to three workers in any order.
void expect_same_members(Random& random, const std::vector<double>& shares) {
  std::vector<std::vector<uint64_t>> blocks;
  std::vector<uint32_t> ordinals;
  for (uint32_t block = 0; block < shares.size(); ++block) {
    blocks.push_back(random_words(random, shares[block]));
    ordinals_of_block(block, blocks.back(), ordinals);
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
  EXPECT_EQ(made, Membership::of(ordinals));
  EXPECT_EQ(made.ordinals(), ordinals);
  EXPECT_EQ(made.size(), ordinals.size());
  expect_as_roaring(made, ordinals);
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

TEST(Membership, IsOfOrdinalsInAnyOrder) {
  const Membership some = Membership::of({UINT32_MAX, 7, 70'000, 0, 7});
  EXPECT_EQ(some.ordinals(), (std::vector<uint32_t>{0, 7, 70'000, UINT32_MAX}));
  EXPECT_TRUE(some.contains(70'000));
  EXPECT_FALSE(some.contains(70'001));
  EXPECT_FALSE(some.contains(200'000));
  expect_as_roaring(some, some.ordinals());
  expect_as_roaring(Membership(), {});
}

// An array, bits, and a full container.
Membership of_every_kind() {
  std::vector<uint32_t> ordinals = {3, 5, 900};
  for (uint32_t i = 0; i < 5000; ++i) ordinals.push_back(65'536 + i * 7);
  for (uint32_t i = 0; i < 65'536; ++i) ordinals.push_back(3 * 65'536 + i);
  return Membership::of(ordinals);
}

TEST(Membership, WithoutIsTheDifferenceOfTheSets) {
  const Membership all = of_every_kind();
  const Membership some =
      Membership::of({0, 5, 65'536, 3 * 65'536 + 9, UINT32_MAX});
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
  EXPECT_EQ(Membership::of({UINT32_MAX}).end(), uint64_t{1} << 32);
}

// Arrays that grow to bits and back, containers that come and go.
TEST(Membership, WhoIsFlippedIsInWhereTheyWereNot) {
  Random random(7);
  for (int i = 0; i < 200; ++i) {
    const std::vector<double> shares = {0.001, 0.06, 0.07, 0.5, 1};
    const auto some = [&] {
      const auto first = static_cast<uint32_t>(random() % 3 * 65'536);
      const double share = shares[random() % shares.size()];
      std::vector<uint32_t> ordinals;
      std::bernoulli_distribution in(share);
      for (uint32_t each = first; each < first + 70'000; ++each) {
        if (in(random)) ordinals.push_back(each);
      }
      return ordinals;
    };
    const auto before = some();
    const auto flips = i % 4 == 0 ? before : some();
    std::vector<uint32_t> expected;
    std::ranges::set_symmetric_difference(before, flips,
                                          std::back_inserter(expected));
    const Membership made = Membership::of(before).flipped(flips);
    EXPECT_EQ(made, Membership::of(expected));
    EXPECT_EQ(made.flipped(flips), Membership::of(before));
  }
}

// A few flips after the other: nothing is copied for them, and all that is
// asked for is as if it were.
TEST(Membership, FewAreFlippedWithoutACopy) {
  Random random(9);
  uint32_t not_copied = 0;
  for (int i = 0; i < 20; ++i) {
    std::vector<uint32_t> expected;
    std::bernoulli_distribution in(i % 2 == 0 ? 0.02 : 0.3);
    for (uint32_t each = 0; each < 150'000; ++each) {
      if (in(random)) expected.push_back(each);
    }
    const Membership first = Membership::of(expected);
    const std::vector<uint32_t> before = expected;
    Membership made = first.flipped({});
    for (int step = 0; step < 30; ++step) {
      std::vector<uint32_t> flips;
      while (flips.size() < 1 + random() % 9) {
        flips.push_back(static_cast<uint32_t>(random() % 150'100));
      }
      std::ranges::sort(flips);
      const auto [begin, end] = std::ranges::unique(flips);
      flips.erase(begin, end);
      made = made.flipped(flips);
      std::vector<uint32_t> next;
      std::ranges::set_symmetric_difference(expected, flips,
                                            std::back_inserter(next));
      expected = std::move(next);
      not_copied += made.flips().empty() ? 0 : 1;
      EXPECT_EQ(made.size(), expected.size());
      for (const uint32_t each : flips) {
        EXPECT_EQ(made.contains(each),
                  std::ranges::binary_search(expected, each));
      }
      std::vector<uint32_t> left;
      std::ranges::set_difference(before, expected, std::back_inserter(left));
      EXPECT_EQ(first.without(made).ordinals(), left);
      if (random() % 8 == 0) expect_as_roaring(made, expected);
    }
    EXPECT_EQ(made, Membership::of(expected));
    EXPECT_EQ(made.ordinals(), expected);
  }
  EXPECT_GT(not_copied, 300U);
}

TEST(Membership, HasACommonPartWithAnother) {
  Random random(8);
  std::vector<Membership> all;
  all.push_back(of_every_kind());
  all.push_back(Membership());
  for (const double share : {0.001, 0.05, 0.08, 0.6}) {
    std::vector<uint32_t> ordinals;
    std::bernoulli_distribution in(share);
    for (uint32_t i = 0; i < 300'000; ++i) {
      if (in(random)) ordinals.push_back(i);
    }
    all.push_back(Membership::of(ordinals));
  }
  for (const Membership& a : all) {
    for (const Membership& b : all) {
      std::vector<uint32_t> both;
      std::ranges::set_intersection(a.ordinals(), b.ordinals(),
                                    std::back_inserter(both));
      EXPECT_EQ(a.common(b), both.size());
    }
  }
}

TEST(MembershipFromBytes, ReadsWhatWasWritten) {
  const Membership all = of_every_kind();
  const Membership none;
  for (const std::string_view bytes : {none.bytes(), all.bytes()}) {
    const auto read = Membership::from_bytes(bytes);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->bytes(), bytes);
  }
}

TEST(MembershipFromBytes, RefusesEveryCutAndWhatStandsBehind) {
  const std::string bytes(of_every_kind().bytes());
  for (size_t size = 0; size < bytes.size(); size += size < 100 ? 1 : 97) {
    EXPECT_FALSE(Membership::from_bytes(bytes.substr(0, size))) << size;
  }
  EXPECT_FALSE(Membership::from_bytes(bytes + '\0'));
  EXPECT_EQ(Membership::from_bytes("").error().code(), StatusCode::kCorrupt);
}

// A bit that is wrong gives another valid set, or none.
TEST(MembershipFromBytes, WhateverBitIsWrongTheSetIsSound) {
  const std::string bytes(of_every_kind().bytes());
  size_t refused = 0;
  size_t tried = 0;
  for (size_t bit = 0; bit < bytes.size() * 8; bit += bit < 800 ? 1 : 61) {
    std::string damaged = bytes;
    damaged[bit / 8] ^= static_cast<char>(1 << bit % 8);
    const auto read = Membership::from_bytes(damaged);
    ++tried;
    refused += !read;
    if (!read) continue;
    const auto ordinals = read->ordinals();
    EXPECT_EQ(std::ranges::adjacent_find(ordinals, std::greater_equal()),
              ordinals.end());
    EXPECT_EQ(read->bytes(), damaged);
  }
  // A flipped bit of bits is noticed, too: their number is written.
  EXPECT_GT(refused, tried - 100);
}

TEST(MembershipFromBytes, RefusesMembersOutOfOrderAndAKeyTwice) {
  const std::string bytes(Membership::of({1, 2, 65'537}).bytes());
  // 8 of the head, then 2 x (key, size), 2 x place, members.
  std::string swapped = bytes;
  std::swap(swapped[24], swapped[26]);
  EXPECT_FALSE(Membership::from_bytes(swapped));
  std::string twice = bytes;
  twice[12] = 0;
  EXPECT_FALSE(Membership::from_bytes(twice));
  EXPECT_TRUE(Membership::from_bytes(bytes));
}

}  // namespace
}  // namespace kitle
