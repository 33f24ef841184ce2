// Random rules over random people: every tier answers alike, and answers obey
// the laws of logic and of time. What differs is shortened and printed as a
// case file.
//
//   KITLE_TIERS_SEED   the first seed; its cases are the same everywhere
//   KITLE_TIERS_CASES  how many cases
#include "tests/support/random/differential.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/support/tiers/fits.h"

namespace kitle::testing {
namespace {

constexpr uint64_t kMachineEach = 12;

TEST(Tiers, AnswerAlike) {
  uint64_t segments = 0;
  const uint64_t first = first_seed();
  const uint64_t count = case_count(1500, 25);
  for (uint64_t seed = first; seed < first + count; ++seed) {
    const RandomTrial trial = random_trial(seed);
    segments += trial.ruled.rules.segments.size();
    const Case made = with_rules(trial.ruled);
    const auto loaded = load_moment(made, 0);
    ASSERT_TRUE(loaded) << "seed " << seed << "\n" << loaded.error();
    // Machine code takes longer to make than all the rest.
    const TierOptions options{.machine = seed % kMachineEach == 0};
    const std::string found = difference_of(made, trial.form, options);
    EXPECT_EQ(found, "") << "seed " << seed << ": " << explained(trial, found);
  }
  // Rules that do not check would test nothing.
  EXPECT_GT(segments, count * 3);
}

// ---- laws ----

struct Sets {
  std::vector<uint32_t> members;
  std::vector<uint32_t> undecided;
  friend bool operator==(const Sets&, const Sets&) = default;
};

class Laws {
 public:
  Laws(const RandomTrial& trial, std::string rules) : made_(trial.ruled.made) {
    made_.moments[0].rules = std::move(rules);
    const auto loaded = load_moment(made_, 0);
    const auto store = CaseStore::make(made_, trial.form);
    if (!loaded) mistake_ = loaded.error();
    if (!loaded || !store) return;
    // What nobody could be fitted to is undecided as a whole.
    const auto fitted = fitted_alike(loaded->repository, (*store)->snapshot(),
                                     made_.moments[0].now);
    const bool whole =
        fitted && std::ranges::all_of(fitted->segments, &std::string::empty,
                                      &TypedSegment::undecided);
    if (!whole) return;
    const auto answers = ask_every_tier(
        loaded->repository, (*store)->snapshot(), made_.moments[0].now,
        {.each_rewrite_off = false, .machine = false});
    if (!answers) return;
    // The interpreter; the reference says the same in AnswerAlike.
    const TierAnswers& tier = (*answers)[1];
    profiles_ = tier.profiles;
    for (size_t i = 0; i < tier.segments.size(); ++i) {
      const ReferenceSegment& found = tier.segments[i];
      segments_[loaded->repository.segments[i].name] = {found.members,
                                                        found.undecided};
    }
    sound_ = true;
  }

  bool sound() const { return sound_; }
  uint32_t profiles() const { return profiles_; }
  const Sets& operator[](const std::string& name) const {
    return segments_.at(name);
  }
  std::string text() const { return mistake_ + print_case(made_); }

 private:
  Case made_;
  bool sound_ = false;
  std::string mistake_;
  uint32_t profiles_ = 0;
  std::map<std::string, Sets> segments_;
};

std::string segment(const std::string& name, const std::string& condition) {
  return fmt::format("segment {} {{ {} }}\n", name, condition);
}

// Two conditions that refer to no other segment; empty where there are none.
std::vector<std::string> two_conditions(const RandomTrial& trial) {
  std::vector<std::string> found;
  for (const Rule& rule : trial.ruled.rules.segments) {
    const std::string text = text_of(rule.condition);
    const bool refers = text.find("in s") != std::string::npos ||
                        text.find("life") != std::string::npos;
    const bool fits = !refers && rule.stages.empty();
    if (fits && found.size() < 2) found.push_back(text);
  }
  return found.size() == 2 ? found : std::vector<std::string>();
}

template <class Check>
void for_laws(Check check) {
  const uint64_t first = first_seed();
  const uint64_t count = case_count(150, 5);
  uint64_t checked = 0;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    const RandomTrial trial = random_trial(seed);
    const std::vector<std::string> two = two_conditions(trial);
    if (!two.empty() && check(trial, two[0], two[1])) ++checked;
  }
  EXPECT_GT(checked, count / 3);
}

TEST(Laws, AConditionAndItsOppositePartEveryone) {
  for_laws([](const RandomTrial& trial, const std::string& p,
              const std::string& /*q*/) {
    const Laws laws(trial, trial.ruled.rules.lets + segment("p", p) +
                               segment("opposite", "not (" + p + ")"));
    if (!laws.sound()) return false;
    EXPECT_EQ(laws["p"].undecided, laws["opposite"].undecided) << laws.text();
    std::vector<uint32_t> all;
    std::ranges::set_union(laws["p"].members, laws["opposite"].members,
                           std::back_inserter(all));
    const size_t parts =
        laws["p"].members.size() + laws["opposite"].members.size();
    EXPECT_EQ(all.size(), parts) << laws.text();
    EXPECT_EQ(parts + laws["p"].undecided.size(), laws.profiles())
        << laws.text();
    return true;
  });
}

TEST(Laws, DeMorgan) {
  for_laws([](const RandomTrial& trial, const std::string& p,
              const std::string& q) {
    const Laws laws(
        trial, trial.ruled.rules.lets + segment("p", p) +
                   segment("both", fmt::format("({}) and ({})", p, q)) +
                   segment("neither_fails",
                           fmt::format("not (not ({}) or not ({}))", p, q)));
    if (!laws.sound()) return false;
    EXPECT_EQ(laws["both"], laws["neither_fails"]) << laws.text();
    return true;
  });
}

TEST(Laws, ASegmentMoreChangesNoOther) {
  for_laws(
      [](const RandomTrial& trial, const std::string& p, const std::string& q) {
        const std::string alone = trial.ruled.rules.lets + segment("p", p);
        const Laws one(trial, alone);
        const Laws two(trial, alone + segment("q", q));
        if (!one.sound() || !two.sound()) return false;
        EXPECT_EQ(one["p"], two["p"]) << two.text();
        return true;
      });
}

// Everyone is in exactly one stage, or undecided in the last (Meaning 22).
TEST(Laws, StagesPartEveryone) {
  for_laws(
      [](const RandomTrial& trial, const std::string& p, const std::string& q) {
        const Laws laws(
            trial, trial.ruled.rules.lets +
                       fmt::format("stages life {{\n  a when {}\n  b when {}\n"
                                   "  c otherwise\n}}\n",
                                   p, q));
        if (!laws.sound()) return false;
        const size_t parts = laws["life.a"].members.size() +
                             laws["life.b"].members.size() +
                             laws["life.c"].members.size();
        const Sets& last = laws["life.c"];
        EXPECT_EQ(laws["life.b"].undecided, last.undecided) << laws.text();
        const bool decided = last.undecided.empty();
        EXPECT_TRUE(!decided || parts == laws.profiles()) << laws.text();
        EXPECT_LE(parts, laws.profiles()) << laws.text();
        return true;
      });
}

// A window is the sum of its parts, and days since are windows (Meaning 11).
bool windows_add_up(const RandomTrial& trial, const std::string& event) {
  std::string rules;
  for (const char* unit : {"day", "hour", "week", "month", "quarter"}) {
    rules += segment(
        fmt::format("sum_of_{}s", unit),
        fmt::format("(count of {0} in last 3 {1}s) is (count of {0} in last "
                    "1 {1}) + (count of {0} 1 to 3 {1}s ago)",
                    event, unit));
  }
  rules +=
      segment("days_since", fmt::format("days since last {} < 7", event)) +
      segment("of_window", fmt::format("any {} in last 7 days", event)) +
      segment("of_range", fmt::format("last {} 2 to 7 days ago", event)) +
      segment("days_between", fmt::format("days since last {0} >= 2 and days "
                                          "since last {0} < 7",
                                          event));
  const Laws laws(trial, rules);
  EXPECT_TRUE(laws.sound()) << laws.text();
  if (!laws.sound()) return false;
  for (const char* unit : {"day", "hour", "week", "month", "quarter"}) {
    EXPECT_EQ(laws[fmt::format("sum_of_{}s", unit)].members.size(),
              laws.profiles())
        << laws.text();
  }
  EXPECT_EQ(laws["days_since"], laws["of_window"]) << laws.text();
  EXPECT_EQ(laws["of_range"], laws["days_between"]) << laws.text();
  return true;
}

TEST(Laws, WindowsAddUp) {
  for_laws([](const RandomTrial& trial, const std::string& /*p*/,
              const std::string& /*q*/) {
    // The last one may be a group or sessions.
    const Schema& schema = trial.ruled.made.schema;
    return windows_add_up(trial, schema.event(0).name) &&
           windows_add_up(trial, schema.event(schema.event_count() - 1).name);
  });
}

// Each event is in one session, which begins with one.
TEST(Laws, SessionsPartTheirEvents) {
  uint64_t with_sessions = 0;
  for_laws([&](const RandomTrial& trial, const std::string& /*p*/,
               const std::string& /*q*/) {
    const Schema& schema = trial.ruled.made.schema;
    if (schema.derived.empty() || schema.derived.back().is_group()) return true;
    ++with_sessions;
    const DerivedEvents& sessions = schema.derived.back();
    const std::string& v = sessions.type.name;
    const std::string& e = schema.event(sessions.members.front()).name;
    const Laws laws(
        trial,
        segment("all_events",
                fmt::format("sum of {}.count is count of {}", v, e)) +
            segment("no_more",
                    fmt::format("count of {} <= count of {}", v, e)) +
            segment("some", fmt::format("any {}", v)) +
            segment("some_events", fmt::format("any {}", e)) +
            segment("begins", fmt::format("first {} in last 30 days", v)) +
            segment("begins_event",
                    fmt::format("first {} in last 30 days", e)) +
            segment("alone", fmt::format("any {} where (length < 0 seconds or "
                                         "count < 1)",
                                         v)));
    EXPECT_TRUE(laws.sound()) << laws.text();
    if (!laws.sound()) return false;
    for (const char* always : {"all_events", "no_more"}) {
      EXPECT_EQ(laws[always].members.size(), laws.profiles()) << laws.text();
    }
    EXPECT_EQ(laws["some"], laws["some_events"]) << laws.text();
    EXPECT_EQ(laws["begins"], laws["begins_event"]) << laws.text();
    EXPECT_TRUE(laws["alone"].members.empty()) << laws.text();
    return true;
  });
  EXPECT_GT(with_sessions, 0U);
}

}  // namespace
}  // namespace kitle::testing
