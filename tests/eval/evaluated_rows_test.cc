// Who entered or left, found by some people of one container: those of blocks
// and those of overlays, in whatever form the earlier members lie.
#include "runtime/eval/evaluated_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <set>

namespace kitle {
namespace {

using Random = std::mt19937_64;

constexpr uint32_t kKey = 3;
constexpr uint32_t kFirst = MembersContainer::first_of(kKey);

// Ordinals of the container, about one in `of`, increasing.
std::vector<uint32_t> some(Random& random, uint32_t of) {
  std::vector<uint32_t> ordinals;
  for (uint32_t each = kFirst; each < kFirst + 65'536; ++each) {
    if (random() % of == 0) ordinals.push_back(each);
  }
  return ordinals;
}

// Some of the people, and behind them the others.
std::vector<uint32_t> in_two_parts(Random& random,
                                   std::vector<uint32_t> people) {
  std::ranges::stable_partition(people,
                                [&](uint32_t) { return random() % 3 != 0; });
  return people;
}

class ChangesOfRows : public ::testing::Test {
 protected:
  // Some of the people are in now, none of the others has changed.
  void expect_changes(const Membership& before, uint32_t people_of) {
    const auto people = in_two_parts(random_, some(random_, people_of));
    // Of two segments, beginning somewhere in the words.
    const auto offset = static_cast<uint32_t>(random_() % 100);
    std::vector<uint64_t> words((people.size() + offset) / 64 + 2);
    std::set<uint32_t> changed;
    int64_t more = 0;
    for (uint32_t i = 0; i < people.size(); ++i) {
      const bool now = random_() % 2 == 0;
      words[(offset + i) / 64] |= uint64_t{now} << (offset + i) % 64;
      if (now == before.contains(people[i])) continue;
      changed.insert(people[i]);
      more += now ? 1 : -1;
    }
    EvaluatedRows rows(people, 2);
    rows.put(1, words, offset);
    MemberChanges found;
    EarlierContainers containers(before);
    rows.add_changes(1, containers.of(kKey), found);
    EXPECT_TRUE(std::ranges::equal(found.ordinals, changed));
    EXPECT_EQ(found.more, more);
    const Membership after = before.flipped(found.ordinals, found.more);
    EXPECT_EQ(after.size(), before.size() + more);
    EXPECT_EQ(after.size(), after.ordinals().size());
  }

  Random random_{11};
};

TEST_F(ChangesOfRows, AreThoseOfAnyForm) {
  for (const uint32_t members_of : {1, 2, 15, 17, 300, 40'000}) {
    for (const uint32_t people_of : {1, 5, 64, 900, 8000}) {
      SCOPED_TRACE(members_of);
      expect_changes(Membership::of(some(random_, members_of)), people_of);
    }
  }
}

TEST_F(ChangesOfRows, AreThoseOfOneThatWasFlipped) {
  for (const uint32_t members_of : {2, 17, 300}) {
    const Membership first = Membership::of(some(random_, members_of));
    expect_changes(first.flipped(some(random_, 20'000)), 40);
  }
  expect_changes(Membership(), 40);
}

}  // namespace
}  // namespace kitle
