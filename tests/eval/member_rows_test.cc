// Memberships person by person: as containers and flips have them, and as they
// become.
#include "runtime/eval/member_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>

namespace kitle {
namespace {

using Random = std::mt19937_64;
using Ordinals = std::vector<uint32_t>;

constexpr uint32_t kPeople = 70'000;  // of two containers
constexpr uint32_t kMore = 90'000;

Ordinals some(Random& random, uint32_t people, double share) {
  Ordinals ordinals;
  std::bernoulli_distribution in(share);
  for (uint32_t each = 0; each < people; ++each) {
    if (in(random)) ordinals.push_back(each);
  }
  return ordinals;
}

class RowsOfMembers : public ::testing::TestWithParam<uint32_t> {
 protected:
  RowsOfMembers() {
    const double shares[] = {0.5, 0.01, 0, 0.0001, 1, 0.06};
    for (uint32_t i = 0; i < GetParam(); ++i) {
      Membership made = Membership::of(some(random_, kPeople, shares[i % 6]));
      if (i % 4 == 1) made = made.flipped(some(random_, kPeople, 0.0001));
      members_.push_back(std::move(made));
    }
  }

  std::vector<const Membership*> members() const {
    std::vector<const Membership*> all;
    for (const Membership& each : members_) all.push_back(&each);
    return all;
  }

  // Some people of any containers, first some of each one and then others, are
  // in some of the segments; the rows say what that changes.
  void expect_changes(MemberRows& rows, uint32_t people) {
    Ordinals who;
    for (const uint32_t begin : {0U, 65'536U}) {
      Ordinals here = some(random_, people, 0.002);
      std::erase_if(here, [&](uint32_t each) {
        return MembersContainer::key_of(each) !=
               MembersContainer::key_of(begin);
      });
      std::ranges::stable_partition(
          here, [&](uint32_t) { return random_() % 2 == 0; });
      who.insert(who.end(), here.begin(), here.end());
    }
    const size_t words = (who.size() + 63) / 64;
    std::vector<uint64_t> bits(words * GetParam());
    for (uint64_t& each : bits) each = random_() & random_();
    std::vector<MemberChanges> changes(GetParam());
    rows.put(
        who,
        [&](uint32_t i) { return std::span(bits).subspan(i * words, words); },
        changes);
    std::vector<Membership> now;
    for (size_t i = 0; i < members_.size(); ++i) {
      Ordinals expected;
      for (size_t k = 0; k < who.size(); ++k) {
        const bool in = (bits[i * words + k / 64] >> (k % 64) & 1) != 0;
        if (in != members_[i].contains(who[k])) expected.push_back(who[k]);
      }
      std::ranges::sort(expected);
      EXPECT_EQ(changes[i].ordinals, expected);
      const Membership next = members_[i].flipped(expected);
      EXPECT_EQ(next.size(), members_[i].size() + changes[i].more);
      members_[i] = next.shared();
      now.push_back(next.shared());
    }
    rows.be_of(std::move(now));
  }

  Random random_{5};
  std::vector<Membership> members_;
};

TEST_P(RowsOfMembers, AreWhatTheMembershipsAre) {
  const auto executor = seeded_executor(3, 2);
  MemberRows rows(members(), kPeople, *executor);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(rows.are_of(members()));
    expect_changes(rows, kPeople);
  }
  rows.grow(kMore);
  expect_changes(rows, kMore);
}

INSTANTIATE_TEST_SUITE_P(All, RowsOfMembers, ::testing::Values(1, 64, 100));

TEST(MemberRows, AreOfTheVeryMemberships) {
  const auto executor = serial_executor();
  Membership first = Membership::of({1, 2, 70'000});
  const Membership same = Membership::of({1, 2, 70'000});
  const Membership flipped = first.flipped(Ordinals{5});
  const MemberRows rows(std::vector<const Membership*>{&first}, kPeople,
                        *executor);
  const Membership moved = std::move(first);
  EXPECT_TRUE(rows.are_of(std::vector{&moved}));
  EXPECT_FALSE(rows.are_of(std::vector{&same}));
  EXPECT_FALSE(rows.are_of(std::vector{&flipped}));
  EXPECT_FALSE(rows.are_of(std::vector{&moved, &same}));
}

TEST(MemberRows, PayForManySegmentsOfNotTooManyPeople) {
  EXPECT_FALSE(MemberRows::pay(12, 1'000'000));
  EXPECT_TRUE(MemberRows::pay(1000, 1'000'000));
  EXPECT_FALSE(MemberRows::pay(1000, 100'000'000));
}

}  // namespace
}  // namespace kitle
