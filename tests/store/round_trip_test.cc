// What is written is what is read: every type, layout and scope, over several
// commits, through views and through a writer's contents.
#include <gtest/gtest.h>

#include <ostream>

#include "runtime/store/stored_snapshot.h"
#include "tests/support/random_model.h"
#include "tests/support/temp_folder.h"

namespace kitle::testing {
namespace {

// Views, contents, keys and events of the store are those of the model.
void expect_store(const std::string& folder, const Schema& schema,
                  const Model& model) {
  auto snapshot = open_stored_snapshot(system_files(), folder);
  ASSERT_TRUE(snapshot) << snapshot.error().message();
  auto seen = read_views(**snapshot);
  ASSERT_TRUE(seen) << seen.error().message();
  ASSERT_EQ(seen->size(), model.size());
  const Model expected = evaluated(model);
  for (size_t i = 0; i < model.size(); ++i) {
    ASSERT_EQ((*seen)[i], expected[i]) << "profile " << i;
  }
  auto writer = open_writer(folder, schema, test_settings(), kTestZone);
  ASSERT_TRUE(writer) << writer.error().message();
  auto loaded = read_contents(**writer);
  ASSERT_TRUE(loaded) << loaded.error().message();
  ASSERT_EQ(loaded->size(), model.size());
  for (size_t i = 0; i < model.size(); ++i) {
    ASSERT_EQ((*loaded)[i], model[i]) << "profile " << i;
  }
}

struct Case {
  const char* name;
  Wildness wildness;
};

void PrintTo(const Case& tested, std::ostream* to) { *to << tested.name; }

std::string name_of(const ::testing::TestParamInfo<Case>& tested) {
  return tested.param.name;
}

class RoundTrip : public ::testing::TestWithParam<Case> {};

TEST_P(RoundTrip, HoldsAfterEachOfSeveralCommits) {
  const TempFolder folder;
  const Schema schema = schema_of_every_type();
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const std::string store = folder / std::to_string(seed);
    RandomModel random(schema, GetParam().wildness, seed);
    Model model = random.model(1 + random.below(200));
    std::set<uint32_t> touched;
    for (int commit = 1; commit <= 4; ++commit) {
      auto saved = save_model(store, schema, model, touched);
      ASSERT_TRUE(saved) << saved.error().message();
      ASSERT_EQ(*saved, static_cast<uint64_t>(commit));
      expect_store(store, schema, model);
      if (::testing::Test::HasFatalFailure()) return;
      touched = random.change(model, 0.2);
      if (commit % 2 == 0) random.grow(model, model.size() + 20);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Values, RoundTrip,
    ::testing::Values(
        Case{"tame", {}}, Case{"nothing_missing", {.missing = 0}},
        Case{"all_missing", {.missing = 1, .most_events = 0}},
        Case{"narrow",
             {.integers = 9, .time_span = 9, .time_unit = 86400000000}},
        Case{"wide", {.integers = 5'000'000'000, .texts = 400}},
        Case{"extreme", {.extreme = 0.3}},
        Case{"many_texts", {.missing = 0, .texts = 70000, .most_events = 200}}),
    name_of);

}  // namespace
}  // namespace kitle::testing
