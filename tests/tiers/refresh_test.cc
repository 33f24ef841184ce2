// Random rules over random people at one instant after the other: what a
// refresh finds is what a run of everyone finds, whatever of the rules depends
// on time, and whoever it left out.
#include "runtime/eval/refresh.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "compiler/compile.h"
#include "runtime/eval/executor.h"
#include "tests/support/random/alike_rules.h"
#include "tests/support/random/differential.h"
#include "tests/support/tiers/every_tier.h"
#include "tests/support/tiers/fits.h"

namespace kitle::testing {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kHour = 3600 * kSecond;
constexpr int64_t kDay = 24 * kHour;

struct Count {
  uint64_t refreshes = 0;
  uint64_t of_everyone = 0;  // given up, as everyone is due
  uint64_t asked = 0;        // people
  uint64_t evaluated = 0;
  uint64_t changed = 0;  // segments
  uint64_t by_rows = 0;  // refreshes
};

// Rules that are decided, over a store.
class Times {
 public:
  Times(const Case& made, StoreForm form, const LowerOptions& lower,
        Count& count)
      : count_(count), executor_(seeded_executor(made.moments[0].now, 3)) {
    const auto loaded = load_moment(made, 0);
    const auto store = CaseStore::make(made, form);
    if (!loaded || !store) return;
    store_ = *store;
    for (const CasePerson& person : made.people) {
      for (const auto& event : person.events) times_.push_back(event.time);
    }
    now_ = made.moments[0].now;
    const auto fitted =
        fitted_alike(loaded->repository, store_->snapshot(), now_);
    if (!fitted) return;
    CompileOptions options{.lower = lower};
    take_program(compile(*fitted, options));
    const auto all = run();
    for (size_t i = 0; i < all.segments.size(); ++i) {
      const bool decided =
          fitted->segments[i].undecided.empty() && !all.segments[i].undecided;
      if (decided) options.segments.push_back(fitted->segments[i].name);
    }
    if (options.segments.empty()) return;
    take_program(compile(*fitted, options));
    sound_ = true;
  }

  bool sound() const { return sound_; }

  void go_on(std::mt19937_64& random, int steps) {
    const int64_t start = now_;
    before_ = run();
    before_now_ = now_;
    for (int i = 0; i < steps; ++i) {
      const std::vector<int64_t> forwards = {
          0,     1,         kSecond, 60 * kSecond, 7 * 60 * kSecond,
          kHour, 9 * kHour, kDay,    31 * kDay};
      // Often as long as before, so that the steps which are known are used.
      if (i == 0 || random() % 4 == 0) {
        step_ = forwards[random() % forwards.size()];
      }
      const auto edge = random() % 3 == 0 ? next_edge(random) : std::nullopt;
      now_ = edge ? *edge : now_ + step_;
      if (!check_now(now_).ok() || !refreshed()) return;
    }
    EXPECT_GE(now_, start);
  }

 private:
  void take_program(Program program) {
    program_ = std::make_shared<const Program>(std::move(program));
    prepared_ = std::make_shared<const PreparedProgram>(*program_);
  }

  // The next one takes what the last one found.
  std::shared_ptr<const Binding> bind() {
    auto made = Binding::make(program_, store_->snapshot(), now_, bound_.get());
    EXPECT_TRUE(made) << made.error().message();
    return bound_ = *made;
  }

  RunOutcome run() {
    auto made = kitle::run(*bind(), *prepared_, {.executor = executor_.get()});
    EXPECT_TRUE(made) << made.error().message();
    return *std::move(made);
  }

  // An instant soon at which, or next to which, an event leaves a window.
  std::optional<int64_t> next_edge(std::mt19937_64& random) const {
    std::vector<int64_t> edges;
    for (const RangeParam& range : program_->ranges) {
      const WindowSpec& window = range.window;
      const bool clock = range.kind == RangeParam::Kind::kInstants &&
                         !is_calendar(window.unit) && window.n < 400;
      if (!clock || window.form == WindowForm::kEver) continue;
      for (const int64_t time : times_) {
        const int64_t edge = time + window.n * microseconds(window.unit);
        if (edge > now_ + 1 && edge < now_ + 90 * kDay) edges.push_back(edge);
      }
    }
    if (edges.empty()) return std::nullopt;
    return edges[random() % edges.size()] + static_cast<int64_t>(random() % 3) -
           1;
  }

  // False where a segment became undecided.
  bool refreshed() {
    RunOutcome expected = run();
    const auto identity = store_->snapshot()->identity();
    RefreshFrom from{.now = before_now_,
                     .snapshot = identity.get(),
                     .dues = dues_.get(),
                     .rows = &rows_,
                     .however_many = true};
    for (const SegmentMembers& each : before_.segments) {
      from.members.push_back(&each.members);
    }
    auto made =
        refresh(*bind(), *prepared_, {.executor = executor_.get()}, from);
    EXPECT_TRUE(made) << made.error().message();
    before_now_ = now_;
    ++count_.refreshes;
    auto& outcome = made->outcome;
    count_.of_everyone += !outcome;
    dues_ = outcome ? outcome->dues : nullptr;
    const bool decided = !outcome || compare(expected, *outcome);
    if (decided && outcome) take_members(expected, *outcome);
    before_ = std::move(expected);
    return decided &&
           std::ranges::none_of(before_.segments, &SegmentMembers::undecided);
  }

  // The very ones that rows are of, which are equal.
  void take_members(RunOutcome& expected, RefreshOutcome& made) {
    for (size_t i = 0; i < made.segments.size(); ++i) {
      if (made.segments[i].undecided) continue;
      auto& found = made.segments[i].members;
      expected.segments[i].members =
          found ? *std::move(found) : std::move(before_.segments[i].members);
    }
    std::vector<const Membership*> all;
    for (const auto& each : expected.segments) all.push_back(&each.members);
    count_.by_rows += rows_ != nullptr && rows_->are_of(all) ? 1 : 0;
  }

  bool compare(const RunOutcome& expected, RefreshOutcome& made) {
    EXPECT_EQ(made.profiles, expected.profiles);
    count_.asked += expected.profiles;
    count_.evaluated += made.evaluated;
    for (size_t i = 0; i < made.segments.size(); ++i) {
      RefreshedSegment& found = made.segments[i];
      const SegmentMembers& right = expected.segments[i];
      SCOPED_TRACE(program_->segments[i]);
      EXPECT_EQ(found.undecided, right.undecided);
      if (found.undecided) {
        EXPECT_EQ(found.undecided_ordinal, right.undecided_ordinal);
        continue;
      }
      const Membership& members =
          found.members ? *found.members : before_.segments[i].members;
      EXPECT_EQ(members.ordinals(), right.members.ordinals());
      EXPECT_EQ(members, right.members);
      count_.changed += found.members.has_value();
    }
    return !::testing::Test::HasFailure();
  }

  Count& count_;
  std::unique_ptr<Executor> executor_;
  std::shared_ptr<const CaseStore> store_;
  std::shared_ptr<const Program> program_;
  std::shared_ptr<const PreparedProgram> prepared_;
  std::shared_ptr<const Binding> bound_;
  std::vector<int64_t> times_;  // of all events
  bool sound_ = false;
  int64_t now_ = 0;
  int64_t step_ = 0;
  int64_t before_now_ = 0;
  RunOutcome before_;
  std::shared_ptr<const DueTimes> dues_;
  std::unique_ptr<MemberRows> rows_;
};

// It would test nothing if everyone were evaluated, or nothing changed.
void expect_some(const Count& count) {
  EXPECT_LT(count.of_everyone, count.refreshes * 9 / 10);
  EXPECT_LT(count.evaluated, count.asked * 9 / 10);
  EXPECT_GT(count.evaluated, count.asked / 1000);
  EXPECT_GT(count.changed, 0);
  EXPECT_GT(count.by_rows, count.refreshes / 8);
}

TEST(Refresh, FindsWhatARunFindsAtAnyInstant) {
  Count count;
  const uint64_t first = first_seed();
  for (uint64_t seed = first; seed < first + case_count(400, 40); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const TrialSize size =
        seed % 8 == 0 ? TrialSize{.people = 300, .segments = 6} : TrialSize{};
    const RandomTrial trial = random_trial(seed, size);
    const LowerOptions lower = seed % 3 == 0 ? kEachOfMany : LowerOptions();
    Times times(with_rules(trial.ruled), trial.form, lower, count);
    std::mt19937_64 random(seed);
    if (times.sound()) times.go_on(random, 8);
    if (HasFailure()) return;
  }
  expect_some(count);
}

// Where it matters which event it is.
TEST(Refresh, FindsWhatARunFindsOfRulesThatAskAlike) {
  Count count;
  const uint64_t first = first_seed();
  for (uint64_t seed = first; seed < first + case_count(200, 30); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const RandomTrial trial = random_trial(seed, {.people = 80});
    Case made = trial.ruled.made;
    Dice dice(seed);
    made.moments[0].rules = AlikeRules(made, dice).text(6);
    const LowerOptions lower = seed % 2 == 0 ? kEachOfMany : LowerOptions();
    Times times(made, trial.form, lower, count);
    ASSERT_TRUE(times.sound());
    std::mt19937_64 random(seed);
    times.go_on(random, 12);
    if (HasFailure()) return;
  }
  expect_some(count);
}

}  // namespace
}  // namespace kitle::testing
