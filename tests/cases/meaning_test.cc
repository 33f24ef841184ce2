// Every case of tests/cases/meaning, on every tier: who is in a segment is
// who the case says.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "compiler/machine.h"
#include "tests/support/cases.h"
#include "tests/support/tiers/case_file.h"
#include "tests/support/tiers/case_store.h"
#include "tests/support/tiers/every_tier.h"

namespace kitle::testing {
namespace {

std::vector<std::string> keys_of(const CaseStore& store,
                                 const std::vector<uint32_t>& ordinals) {
  std::vector<std::string> keys;
  for (const uint32_t ordinal : ordinals) keys.push_back(store.key(ordinal));
  std::ranges::sort(keys);
  return keys;
}

std::vector<std::string> everyone(const Case& of) {
  std::vector<std::string> keys;
  for (const CasePerson& person : of.people) {
    if (!person.erased) keys.push_back(person.key);
  }
  std::ranges::sort(keys);
  return keys;
}

std::string list(const std::vector<std::string>& keys) {
  return fmt::to_string(fmt::join(keys, ", "));
}

void check_segment(const CaseStore& store, const ReferenceSegment& found,
                   const Expectation& expected) {
  EXPECT_EQ(list(keys_of(store, found.members)), list(expected.members))
      << expected.segment;
  EXPECT_EQ(list(keys_of(store, found.undecided)), list(expected.undecided))
      << expected.segment << ": undecided";
}

void check_moment(const Case& of, size_t moment, const CaseStore& store) {
  const auto loaded = load_moment(of, moment);
  ASSERT_TRUE(loaded) << loaded.error();
  const Repository& repository = loaded->repository;
  const auto answers = ask_every_tier(repository, store.snapshot(),
                                      of.moments[moment].now, TierOptions());
  ASSERT_TRUE(answers) << answers.error().message();
  EXPECT_EQ(first_difference(repository, *answers), "");
  std::vector<Expectation> expected = expectations(of.moments[moment].rules);
  // Those of library files stand behind the others.
  const auto own = std::ranges::count_if(
      repository.segments, [&](const TypedSegment& segment) {
        return !loaded->sources.call_of(segment.span.file);
      });
  ASSERT_EQ(expected.size(), static_cast<size_t>(own));
  for (size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(expected[i].segment, repository.segments[i].name);
    if (expected[i].everyone) expected[i].members = everyone(of);
    check_segment(store, answers->front().segments[i], expected[i]);
  }
}

class MeaningCase : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(MeaningCase, HoldsOnEveryTier) {
  const auto read = read_case_file(read_file(GetParam()));
  ASSERT_TRUE(read) << read.error();
  ASSERT_FALSE(read->moments.empty());
  for (const bool overlay : {false, true}) {
    const auto store = CaseStore::make(*read, {.overlay = overlay});
    ASSERT_TRUE(store) << store.error().message();
    for (size_t i = 0; i < read->moments.size(); ++i) {
      check_moment(*read, i, **store);
    }
  }
}

// So that a machine without machine code says so by name.
TEST(MeaningCases, AskMachineCode) {
  const auto read = read_case_file(
      read_file(KITLE_SOURCE_DIR "/tests/cases/meaning/now.kcase"));
  ASSERT_TRUE(read) << read.error();
  const auto store = CaseStore::make(*read, StoreForm());
  const auto loaded = load_moment(*read, 0);
  ASSERT_TRUE(store && loaded);
  const auto answers = ask_every_tier(loaded->repository, (*store)->snapshot(),
                                      read->moments[0].now, TierOptions());
  ASSERT_TRUE(answers) << answers.error().message();
  const bool asked = std::ranges::any_of(*answers, [](const auto& tier) {
    return tier.tier.starts_with("machine code");
  });
  if (!asked) GTEST_SKIP() << machine_info();
}

INSTANTIATE_TEST_SUITE_P(
    Files, MeaningCase, ::testing::ValuesIn(case_files("meaning", ".kcase")),
    [](const ::testing::TestParamInfo<std::filesystem::path>& file) {
      return file.param.stem().string();
    });

}  // namespace
}  // namespace kitle::testing
