// The reducer shortens a case with a planted fault to what shows the fault,
// and what it prints can be read again.
#include <gtest/gtest.h>

#include "tests/support/random/differential.h"

namespace kitle::testing {
namespace {

// The planted fault: a tier to which `now` is a moment too early.
bool shows_fault(const Case& of) {
  const auto loaded = load_moment(of, 0);
  if (!loaded) return false;
  const auto store = CaseStore::make(of, StoreForm());
  if (!store) return false;
  const std::vector<uint32_t> segments = {0};
  if (loaded->repository.segments.empty()) return false;
  const int64_t now = of.moments[0].now;
  const auto ask = [&](int64_t at) {
    return evaluate_reference(loaded->repository, segments,
                              *(*store)->snapshot(), at);
  };
  const auto right = ask(now);
  const auto wrong = ask(now - 1);
  return right && wrong &&
         right->segments[0].members != wrong->segments[0].members;
}

RuledCase faulty_case() {
  for (uint64_t seed = 1;; ++seed) {
    RandomTrial trial = random_trial(seed);
    const bool large = trial.ruled.made.people.size() > 10 &&
                       trial.ruled.rules.segments.size() > 2 &&
                       !trial.ruled.rules.lets.contains("persona");
    if (large && shows_fault(with_rules(trial.ruled))) return trial.ruled;
  }
}

TEST(Reducer, LeavesOnePersonAndOneSegment) {
  const RuledCase faulty = faulty_case();
  const RuledCase shortest = reduced(faulty, shows_fault);
  EXPECT_TRUE(shows_fault(with_rules(shortest)));
  EXPECT_EQ(shortest.rules.segments.size(), 1u);
  EXPECT_EQ(shortest.made.people.size(), 1u);
  const std::string left = print_case(with_rules(shortest));
  EXPECT_LT(left.size() * 10, print_case(with_rules(faulty)).size()) << left;
}

TEST(Reducer, PrintsWhatCanBeReadAgain) {
  const Case shortest = with_rules(reduced(faulty_case(), shows_fault));
  const auto again = read_case_file(print_case(shortest));
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(print_case(*again), print_case(shortest));
  EXPECT_TRUE(shows_fault(*again));
}

TEST(CaseFiles, KeepWholeRandomCases) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Case made = with_rules(random_trial(seed).ruled);
    const auto again = read_case_file(print_case(made));
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(print_case(*again), print_case(made));
    ASSERT_EQ(again->people.size(), made.people.size());
    for (size_t i = 0; i < made.people.size(); ++i) {
      EXPECT_EQ(again->people[i].attributes, made.people[i].attributes);
    }
  }
}

}  // namespace
}  // namespace kitle::testing
