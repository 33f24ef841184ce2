// Random rules and random edits of them: a segment that an edit left as it was
// has the same answers (compiler/unchanged.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <expected>
#include <numeric>

#include "compiler/reference.h"
#include "compiler/unchanged.h"
#include "tests/support/random/differential.h"

namespace kitle::testing {
namespace {

constexpr int kEditsOfEach = 12;

// Shorter and shorter variants of one case, over the people of the whole one.
class Edits {
 public:
  explicit Edits(const RandomTrial& trial)
      : whole_(with_rules(trial.ruled)),
        loaded_(load_moment(whole_, 0)),
        store_(CaseStore::make(whole_, trial.form)) {}

  bool sound() const { return loaded_.has_value() && store_.has_value(); }
  int edits() const { return edits_; }
  uint64_t same() const { return same_; }
  uint64_t changed() const { return changed_; }

  // True of half of those that change a segment, and leave one as it was: from
  // them the next ones are made.
  bool tried(const Case& edited) {
    if (edits_ == kEditsOfEach) return false;
    const auto loaded = load_moment(edited, 0);
    if (!loaded) return false;
    const auto& before = loaded_->repository;
    const auto places = unchanged_segments(before, loaded->repository);
    const auto same = std::ranges::count_if(
        places, [](const auto& place) { return place.has_value(); });
    if (same == 0 || same == std::ssize(places)) return false;
    compare(answers_of(before), answers_of(loaded->repository), places);
    return ++edits_ % 2 == 0;
  }

 private:
  std::vector<ReferenceSegment> answers_of(const Repository& repository) {
    std::vector<uint32_t> all(repository.segments.size());
    std::iota(all.begin(), all.end(), 0);
    auto made = evaluate_reference(repository, all, *(*store_)->snapshot(),
                                   whole_.moments[0].now);
    EXPECT_TRUE(made) << made.error().message();
    return made ? std::move(made->segments) : std::vector<ReferenceSegment>();
  }

  void compare(const std::vector<ReferenceSegment>& before,
               const std::vector<ReferenceSegment>& after,
               const std::vector<std::optional<uint32_t>>& places) {
    for (size_t i = 0; i < after.size(); ++i) {
      ++(places[i] ? same_ : changed_);
      if (!places[i]) continue;
      EXPECT_EQ(after[i].members, before[*places[i]].members);
      EXPECT_EQ(after[i].undecided, before[*places[i]].undecided);
    }
  }

  Case whole_;
  std::expected<LoadedRepository, std::string> loaded_;
  Result<std::shared_ptr<const CaseStore>> store_;
  int edits_ = 0;
  uint64_t same_ = 0;
  uint64_t changed_ = 0;
};

TEST(EditedRules, WhatIsCalledUnchangedHasTheSameAnswers) {
  uint64_t same = 0;
  uint64_t changed = 0;
  const uint64_t first = first_seed();
  for (uint64_t seed = first; seed < first + case_count(12, 2); ++seed) {
    SCOPED_TRACE(seed);
    const RandomTrial trial = random_trial(seed);
    Edits edits(trial);
    ASSERT_TRUE(edits.sound());
    RuledCase edited = trial.ruled;
    edited.made.people.clear();  // the reducer shortens the rules at once
    reduced(edited, [&](const Case& of) { return edits.tried(of); });
    same += edits.same();
    changed += edits.changed();
  }
  EXPECT_GT(same, changed / 4);
  EXPECT_GT(changed, 20);
}

}  // namespace
}  // namespace kitle::testing
