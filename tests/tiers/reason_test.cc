// What the prover claims of conditions is so of every random person: who is
// said to be in no segment is in none, and who is in a segment is in those
// that it implies.
#include "compiler/reason.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "compiler/compile.h"
#include "compiler/reference.h"
#include "tests/support/random/differential.h"
#include "tests/support/random/random_writing.h"
#include "tests/support/tiers/fits.h"

namespace kitle::testing {
namespace {

// Conditions that have much to do with each other.
class Related {
 public:
  Related(const Schema& schema, Dice& dice) : schema_(schema), dice_(dice) {}

  std::string rules() {
    std::string text;
    for (int i = 0; i < 24; ++i) {
      text += fmt::format("segment r{} {{ {} }}\n", i, condition(2));
    }
    return text;
  }

 private:
  std::string condition(int depth) {
    const int64_t kind = depth == 0 ? 0 : dice_.below(4);
    if (kind == 1) return fmt::format("not ({})", condition(depth - 1));
    if (kind < 2) return dice_.chance(60) ? of_events() : of_attribute();
    return fmt::format("(({}) {} ({}))", condition(depth - 1),
                       kind == 2 ? "and" : "or", condition(depth - 1));
  }

  std::string of_events() {
    const std::string& event =
        schema_.events[dice_.below(2) % schema_.events.size()].name;
    const int64_t n = dice_.below(4);
    switch (dice_.below(9)) {
      case 0:
        return fmt::format("any {}{}", event, window());
      case 1:
        return fmt::format("no {}{}", event, window());
      case 2:
        return fmt::format("at least {} {}{}", n, event, window());
      case 3:
        return fmt::format("at most {} {}{}", n, event, window());
      case 4:
        return fmt::format("exactly {} {}{}", n, event, window());
      case 5:
        return fmt::format("{} {}{}", dice_.chance(50) ? "last" : "first",
                           event, moment_window());
      case 6:
        return fmt::format("days since last {} {} {}", event,
                           dice_.chance(50) ? "<" : ">=", n * 7);
      case 7:
        return fmt::format("count of {}{} > {}", event, window(), n);
      default:
        return fmt::format("last {} is {}", event,
                           dice_.chance(50) ? "present" : "missing");
    }
  }

  std::string of_attribute() {
    if (schema_.attributes.empty()) return "everyone";
    const Column& column = dice_.pick(schema_.attributes);
    const std::string& name = column.name;
    if (dice_.chance(20)) {
      return name + (dice_.chance(50) ? " is missing" : " is present");
    }
    const std::string text = fmt::format("\"{}\"", dice_.pick(texts_));
    switch (column.type) {
      case TypeKind::kInteger:
        return fmt::format("{} {} {}", name, dice_.pick(signs_),
                           dice_.between(-2, 6));
      case TypeKind::kText:
      case TypeKind::kCode:
        if (dice_.chance(30)) return fmt::format("{} contains {}", name, text);
        return fmt::format("{} in {{{}, \"{}\"}}", name, text,
                           dice_.pick(texts_));
      case TypeKind::kTextList:
      case TypeKind::kCodeList:
        return fmt::format("{} contains {}", name, text);
      case TypeKind::kDate:
      case TypeKind::kTime:
        return name + moment_window();
      default:
        return name + " is present";
    }
  }

  std::string window() {
    return dice_.chance(40) ? std::string(" ever") : moment_window();
  }
  std::string moment_window() {
    const int64_t n = dice_.between(1, 4);
    switch (dice_.below(8)) {
      case 0:
        return fmt::format(" in last {} days", 7 * n);
      case 1:
        return fmt::format(" in last {} weeks", n);
      case 2:
        return fmt::format(" in last {} months", n);
      case 3:
        return fmt::format(" {} to {} days ago", 7 * n, 7 * n + 14);
      case 4:
        return fmt::format(" {} to {} months ago", n, n + 2);
      case 5:
        return fmt::format(" {} days ago", n);
      case 6:
        return dice_.chance(50) ? " in this month" : " in last month";
      default:
        return dice_.chance(50) ? " in last year" : " in last 1 quarter";
    }
  }

  const Schema& schema_;
  Dice& dice_;
  const std::vector<std::string> texts_ = {"a",    "A",     "ışık",
                                           "IŞIK", "izmir", "web"};
  const std::vector<std::string> signs_ = {"<", "<=", ">", ">=", "is"};
};

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
        prover_(plan_) {
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

  void pair(uint32_t a, uint32_t b, Claims& claims) {
    const ReferenceSegment& one = answers_.segments[a];
    const ReferenceSegment& other = answers_.segments[b];
    for (const bool holds : {false, true}) {
      const std::vector<Literal> both = {{condition(a), true},
                                         {condition(b), holds}};
      if (a == b || !prover_.impossible(both)) continue;
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
  Prover prover_;
  Repository fitted_;
  ReferenceAnswers answers_;
};

TEST(Prover, ClaimsWhatIsSo) {
  Claims claims;
  const uint64_t first = first_seed();
  for (uint64_t seed = first; seed < first + case_count(120, 4); ++seed) {
    const RandomTrial trial = random_trial(seed);
    Case made = with_rules(trial.ruled);
    Dice dice(seed);
    made.moments[0].rules += Related(made.schema, dice).rules();
    const auto loaded = load_moment(made, 0);
    if (!loaded) continue;  // a template that the schema does not fit
    const auto store = CaseStore::make(made, trial.form);
    ASSERT_TRUE(store);
    Trial(made, *loaded, (*store)->snapshot()).check(claims);
  }
  const uint64_t count = case_count(120, 4);
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
