// Explanations of random people under random rules: they say what the
// reference evaluator says, their parts agree, what decides is enough and no
// more than that, and the next other answer is the next one.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "compiler/explain_person.h"
#include "compiler/reference_people.h"
#include "tests/support/random/dice.h"
#include "tests/support/random/differential.h"
#include "tests/support/tiers/fits.h"
#include "tests/tiers/check_chains.h"

namespace kitle::testing {
namespace {

using Kind = WhyNode::Kind;

constexpr int64_t kDay = microseconds(StepUnit::kDay);
constexpr size_t kMostPeople = 3;

// Yes, no, or nothing where it does not follow.
std::optional<bool> follows(const WhyNode& node, const WhyNode* without);

std::optional<bool> opposite(std::optional<bool> truth) {
  return truth ? std::optional(!*truth) : truth;
}

// Of parts of which all must hold.
std::optional<bool> both(std::optional<bool> a, std::optional<bool> b) {
  if (a == false || b == false) return false;
  return a && b ? std::optional(true) : std::nullopt;
}

// Only from the tests that decide, but for one.
std::optional<bool> follows(const WhyNode& node, const WhyNode* without) {
  if (node.parts.empty()) {
    const bool otherwise = node.kind == Kind::kStage && !node.again;
    const bool known = otherwise || (node.decides && &node != without);
    return known ? std::optional(node.holds) : std::nullopt;
  }
  std::optional<bool> all = true;
  for (const WhyNode& part : node.parts) {
    const std::optional<bool> truth = follows(part, without);
    const bool last = &part == &node.parts.back();
    const bool turned = node.kind == Kind::kAny ||
                        (node.kind == Kind::kStages && !last) ||
                        node.kind == Kind::kNot;
    all = both(all, turned ? opposite(truth) : truth);
  }
  return node.kind == Kind::kAny ? opposite(all) : all;
}

void check_parts(const WhyNode& node) {
  const auto holds = [](const WhyNode& part) { return part.holds; };
  const auto& parts = node.parts;
  for (const WhyNode& part : parts) check_parts(part);
  EXPECT_FALSE(node.words.empty());
  if (node.kind == Kind::kAll) {
    EXPECT_EQ(node.holds, std::ranges::all_of(parts, holds)) << node.words;
  } else if (node.kind == Kind::kAny) {
    EXPECT_EQ(node.holds, std::ranges::any_of(parts, holds)) << node.words;
  } else if (node.kind == Kind::kNot) {
    ASSERT_EQ(parts.size(), 1u) << node.words;
    EXPECT_NE(node.holds, parts[0].holds) << node.words;
  } else if (node.kind == Kind::kTest) {
    EXPECT_TRUE(parts.empty()) << node.words;
  }
}

void collect(const WhyNode& node, std::vector<const WhyNode*>& tests) {
  const bool otherwise = node.kind == Kind::kStage && !node.again;
  if (node.parts.empty() && node.decides && !otherwise) tests.push_back(&node);
  for (const WhyNode& part : node.parts) collect(part, tests);
}

void check_deciding(const WhyNode& node) {
  std::vector<const WhyNode*> tests;
  collect(node, tests);
  if (node.undecided) {
    ASSERT_FALSE(tests.empty());
    EXPECT_TRUE(tests.front()->undecided);
    return;
  }
  EXPECT_EQ(follows(node, nullptr), node.holds) << node.words;
  for (const WhyNode* test : tests) {
    EXPECT_EQ(follows(node, test), std::nullopt) << test->words;
  }
}

// A case, loaded.
class Explained {
 public:
  Explained(const LoadedRepository& loaded, const CaseStore& store, int64_t now)
      : loaded_(loaded),
        texts_(store.snapshot()->settings().locale),
        calendar_(reference::ZoneClock(
                      *reference::read_tzif(store.snapshot()->zone_bytes())),
                  now, store.snapshot()->settings().first_day_of_week) {}

  PersonView view(const reference::Person& person) const {
    return {loaded_.repository, loaded_.sources, calendar_, texts_, person};
  }
  std::pair<bool, bool> answer(const reference::Person& person,
                               uint32_t segment, int64_t at) const {
    const reference::Calendar then = calendar_.at(at);
    reference::Walk walk(loaded_.repository, then, texts_, person);
    const reference::Answer answer = walk.answer(segment);
    return {answer.member, answer.undecided};
  }

 private:
  const LoadedRepository& loaded_;
  reference::Texts texts_;
  reference::Calendar calendar_;
};

// Instants at which something may happen, and any others.
std::set<int64_t> samples(const reference::Person& person, int64_t now,
                          int64_t end, Dice& dice) {
  std::set<int64_t> found;
  const auto add = [&](int64_t at) {
    for (const int64_t near : {at - 1, at, at + 1}) {
      if (near > now && near < end) found.insert(near);
    }
  };
  for (int i = 0; i < 8; ++i) add(now + dice.between(0, end - now));
  for (int i = 0; i < 8; ++i) add(now + dice.between(0, 400) * kDay);
  for (const auto& history : person.history) {
    for (const reference::Event& event : history) {
      add(event.time + dice.between(0, 400) * kDay);
      add(event.time + dice.between(0, 100) * (kDay / 24));
    }
  }
  return found;
}

struct Found {
  uint64_t changes = 0;
  uint64_t none = 0;
  ChainCounts chains = {};
};

void check_change(const Explained& explained, const reference::Person& person,
                  uint32_t segment, int64_t now, Dice& dice, Found& found) {
  const int64_t end = now + 400 * kDay;
  const NextAnswer next = next_answer(explained.view(person), segment, end);
  const auto first = explained.answer(person, segment, now);
  ++(next.at ? found.changes : found.none);
  if (next.at) {
    EXPECT_GT(*next.at, now);
    EXPECT_NE(explained.answer(person, segment, *next.at), first);
    EXPECT_EQ(explained.answer(person, segment, *next.at - 1), first);
  }
  for (const int64_t at : samples(person, now, next.looked_until, dice)) {
    EXPECT_EQ(explained.answer(person, segment, at), first)
        << "at " << at << ", next " << next.looked_until;
    if (::testing::Test::HasFailure()) return;
  }
}

void check_person(const Explained& explained, const reference::Person& person,
                  uint32_t segment, int64_t now) {
  const WhyNode node = explain_segment(explained.view(person), segment, 3);
  const auto expected = explained.answer(person, segment, now);
  EXPECT_EQ(node.undecided, expected.second);
  EXPECT_TRUE(node.undecided || node.holds == expected.first);
  check_parts(node);
  check_deciding(node);
}

// The lines' points are what the persona's are made of.
void check_points(const PersonView& view, uint32_t index) {
  const TypedPersona& persona = view.repository.personas[index];
  reference::Walk walk = view.walk();
  Typed points;
  points.kind = TypedKind::kPoints;
  points.type = ValueType::kPoints;
  points.index = index;
  const reference::Value value = walk.value(points);
  if (walk.take_undecided()) return;
  const auto parts = walk.parts_of(persona);
  ASSERT_TRUE(parts.holds_sum);
  ASSERT_EQ(parts.lines.size(), persona.lines.size());
  Int128 total = 0;
  for (const auto& [day, of_day] : parts.days) {
    Int128 sum = 0;
    for (const auto& line : parts.lines) {
      const auto own = line.days.find(day);
      sum += own == line.days.end() ? 0 : own->second;
    }
    EXPECT_EQ(of_day.sum, sum);
    EXPECT_EQ(of_day.kept, std::min(sum, Int128{persona.most_a_day}));
    total += of_day.kept * of_day.worth;
  }
  for (const auto& line : parts.lines) total += line.of_person * parts.unit;
  EXPECT_EQ(parts.total, total);
  if (persona.most != kNoLimit) {
    total = std::min(total, persona.most * parts.unit);
  }
  const auto& fraction = std::get<reference::Fraction>(value);
  EXPECT_EQ(fraction.top, total);
  EXPECT_EQ(fraction.bottom, 100 * parts.unit);
  for (size_t i = 0; i < persona.lines.size(); ++i) {
    const TypedPointsLine& line = persona.lines[i];
    if (line.kind != TypedPointsLine::Kind::kEach) continue;
    Int128 sum = 0;
    for (const auto& [day, own] : parts.lines[i].days) sum += own;
    EXPECT_EQ(sum, line.points *
                       static_cast<int64_t>(walk.counted(*line.events).size()));
  }
}

void check_case(uint64_t seed, Found& found) {
  const RandomTrial trial = random_trial(seed);
  const Case made = with_rules(trial.ruled);
  auto loaded = load_moment(made, 0);
  const auto store = CaseStore::make(made, trial.form);
  ASSERT_TRUE(loaded && store);
  const int64_t now = made.moments[0].now;
  auto fitted = fitted_alike(loaded->repository, (*store)->snapshot(), now);
  ASSERT_TRUE(fitted);
  loaded->repository = std::move(*fitted);
  const Repository& repository = loaded->repository;
  const auto people =
      reference::read_people(*(*store)->snapshot(), repository.schema);
  ASSERT_TRUE(people);
  const Explained explained(*loaded, **store, now);
  Dice dice(seed);
  for (size_t i = 0; i < std::min(people->size(), kMostPeople); ++i) {
    for (uint32_t p = 0; p < repository.personas.size(); ++p) {
      check_points(explained.view((*people)[i]), p);
    }
    for (uint32_t s = 0; s < repository.segments.size(); ++s) {
      // Without a fit there is no answer that could be explained.
      if (!repository.segments[s].undecided.empty()) continue;
      check_person(explained, (*people)[i], s, now);
      check_chains(explained.view((*people)[i]),
                   *repository.segments[s].condition, found.chains);
      check_change(explained, (*people)[i], s, now, dice, found);
      ASSERT_FALSE(::testing::Test::HasFailure())
          << "person " << i << ", segment " << repository.segments[s].name
          << "\n"
          << print_case(made);
    }
  }
}

TEST(Explanations, SayWhatIsAnswered) {
  Found found;
  const uint64_t first = first_seed();
  const uint64_t count = case_count(5, 1);
  for (uint64_t seed = first; seed < first + count && !HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    check_case(seed, found);
  }
  // Answers that never change, or always, would test nothing.
  const uint64_t all = found.changes + found.none;
  EXPECT_GT(all, count * 5);
  if (count < 5) return;
  EXPECT_GT(found.changes, 0u);
  EXPECT_GT(found.none, 0u);
  if (count < 100) return;
  EXPECT_GT(found.chains.held, count / 10);
  EXPECT_GT(found.chains.stopped, count / 10);
  EXPECT_GT(found.chains.open, 0u);
}

}  // namespace
}  // namespace kitle::testing
