// What the prover claims of conditions is so of every random person: who is
// said to be in no segment is in none, and who is in a segment is in those
// that it implies.
#include "compiler/reason.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "compiler/compile.h"
#include "compiler/reason_pairs.h"
#include "compiler/reference.h"
#include "tests/support/random/differential.h"
#include "tests/support/random/random_writing.h"
#include "tests/support/tiers/fits.h"
#include "tests/tiers/related_rules.h"

namespace kitle::testing {
namespace {

// Of `a`, those who are decided in `b` too and are (not) in it.
std::vector<uint32_t> against(const ReferenceSegment& a,
                              const ReferenceSegment& b, bool in) {
  std::vector<uint32_t> found;
  for (const uint32_t who : a.members) {
    const bool undecided = std::ranges::binary_search(b.undecided, who);
    const bool member = std::ranges::binary_search(b.members, who);
    if (!undecided && member == in) found.push_back(who);
  }
  return found;
}

struct Claims {
  uint64_t never = 0;
  uint64_t always = 0;
  uint64_t implied = 0;
  uint64_t excluded = 0;
};

class Trial {
 public:
  Trial(const Case& made, const LoadedRepository& loaded,
        const std::shared_ptr<const Snapshot>& snapshot)
      : made_(made),
        segments_(loaded.repository.segments.size()),
        plan_(make_plan(loaded.repository, {})),
        prover_(plan_, loaded.repository, budget_),
        of_pairs_(plan_, loaded.repository, budget_),
        pairs_(of_pairs_, budget_, conditions()) {
    std::vector<uint32_t> all(segments_);
    std::iota(all.begin(), all.end(), 0);
    const int64_t now = made.moments[0].now;
    fitted_ = *fitted_alike(loaded.repository, snapshot, now);
    answers_ = *evaluate_reference(fitted_, all, *snapshot, now);
  }

  void check(Claims& claims) {
    for (uint32_t a = 0; a < segments_; ++a) {
      if (!is_decided(a)) continue;
      const ReferenceSegment& one = answers_.segments[a];
      if (prover_.never(condition(a))) {
        ++claims.never;
        EXPECT_TRUE(one.members.empty()) << text(a);
      }
      if (prover_.always(condition(a))) {
        ++claims.always;
        EXPECT_EQ(one.members.size() + one.undecided.size(), answers_.profiles)
            << text(a);
      }
      for (uint32_t b = 0; b < segments_; ++b) {
        if (is_decided(b)) pair(a, b, claims);
      }
    }
  }

 private:
  // Whatever is fitted for it could be.
  bool is_decided(uint32_t segment) const {
    return fitted_.segments[segment].undecided.empty();
  }

  NodeId condition(uint32_t segment) const {
    return plan_.segments[segment].condition;
  }

  std::vector<NodeId> conditions() const {
    std::vector<NodeId> all;
    for (const PlanSegment& each : plan_.segments) {
      all.push_back(each.condition);
    }
    return all;
  }

  void pair(uint32_t a, uint32_t b, Claims& claims) {
    const ReferenceSegment& one = answers_.segments[a];
    const ReferenceSegment& other = answers_.segments[b];
    for (const bool holds : {false, true}) {
      const std::vector<Literal> both = {{condition(a), true},
                                         {condition(b), holds}};
      if (a == b) continue;
      const bool claimed = prover_.impossible(both);
      // Who is met answers for others as the prover itself would.
      EXPECT_EQ(holds ? pairs_.excludes(a, b) : pairs_.implies(a, b), claimed)
          << text(a) << text(b);
      if (!claimed) continue;
      ++(holds ? claims.excluded : claims.implied);
      EXPECT_TRUE(against(one, other, holds).empty()) << text(a) << text(b);
    }
  }

  std::string text(uint32_t segment) const {
    return plan_.segments[segment].name + "\n" + print_case(made_);
  }

  const Case& made_;
  size_t segments_;
  Plan plan_;
  ReasonBudget budget_;
  Prover prover_;
  Prover of_pairs_;
  ReasonPairs pairs_;
  Repository fitted_;
  ReferenceAnswers answers_;
};

TEST(Prover, ClaimsWhatIsSo) {
  Claims claims;
  uint64_t tried = 0;
  const uint64_t first = first_seed();
  for (uint64_t seed = first; seed < first + case_count(100, 4); ++seed) {
    const RandomTrial trial = random_trial(seed);
    Case made = with_rules(trial.ruled);
    Dice dice(seed);
    made.moments[0].rules += RelatedRules(made, dice).text();
    const auto loaded = load_moment(made, 0);
    if (!loaded) continue;  // a template that the schema does not fit
    ++tried;
    const auto store = CaseStore::make(made, trial.form);
    ASSERT_TRUE(store);
    Trial(made, *loaded, (*store)->snapshot()).check(claims);
  }
  const uint64_t count = case_count(100, 4);
  EXPECT_GT(tried, count / 2);
  // Rarer than a short run under a sanitizer has cases.
  if (count >= 100) {
    EXPECT_GT(claims.never, count / 20);
    EXPECT_GT(claims.always, count / 40);
  }
  EXPECT_GT(claims.implied, count);
  EXPECT_GT(claims.excluded, count);
}

}  // namespace
}  // namespace kitle::testing
