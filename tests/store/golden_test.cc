// A store that is kept in the tree opens and holds what it held when it was
// written. When the format changes on purpose, its version grows, and
//
//   export KITLE_WRITE_GOLDEN=tests/store/golden/version-N
//   build/release/bin/kitle_store_test --gtest_filter='GoldenStore.*'
//
// writes one more; those of released versions stay.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/support/golden_store.h"
#include "tests/support/memory_disk.h"
#include "tests/support/whole_store.h"

namespace kitle::testing {
namespace {

const std::string kGolden = KITLE_SOURCE_DIR "/tests/store/golden/version-3";

// Stamps, sources and ids are in contents only.
Model model_of(const WholeStore& whole, const Schema& schema) {
  MemoryDisk disk;
  auto writer =
      open_writer("disk/store", schema, test_settings(), kTestZone, disk);
  for (const auto& [domain, texts] : whole.texts) {
    const uint32_t handle = (*writer)->domain(domain);
    for (uint32_t code = 1; code < texts.size(); ++code) {
      EXPECT_EQ((*writer)->intern(handle, texts[code]), code);
    }
  }
  for (const std::string& source : whole.sources) {
    (void)(*writer)->source(source);
  }
  Model model;
  for (const BlockContent& content : whole.contents) {
    ContentUser user(**writer, content);
    for (uint32_t row = 0; row < content.profiles(); ++row) {
      model.push_back(user.profile(row));
    }
  }
  return model;
}

void expect_golden(const WholeStore& whole) {
  Model model = golden_model();
  change_golden_model(model);
  model = filled(std::move(model), golden_schema());
  EXPECT_EQ(whole.views, evaluated(model));
  EXPECT_EQ(model_of(whole, golden_schema()), model);
  EXPECT_EQ(whole.zone, kTestZone);
  EXPECT_EQ(whole.folded, "i\u0307zmir iğdir strasse οδοσ \u00E9");
  const std::vector<std::optional<uint32_t>> ordinals{0, 1, 2, 3, 4};
  EXPECT_EQ(whole.ordinals, ordinals);
  // Of the events with ids: lines 1 and 2, 8 and 9, 7; then the visits.
  const std::vector<std::optional<uint32_t>> events{0, 0,  {}, 1,  1,
                                                    3, {}, {}, {}, {}};
  EXPECT_EQ(whole.events, events);
  EXPECT_EQ(whole.sources,
            (std::vector<std::string>{"orders", "visits", "app"}));
  // In the order in which they were first seen.
  const std::map<std::string, std::vector<std::string>> texts{
      {"city", {"", "İstanbul", "İzmir", "", "Ağrı", "Van"}},
      {"country", {"", "TR", "tr"}},
      {"interests", {"", "Koşu", "Fitness"}},
      {"order", {"", "A1", "A2", "B1"}},
      {"tags", {"", "vip", "b2b", ""}}};
  EXPECT_EQ(whole.texts, texts);
}

TEST(GoldenStore, OfVersionThreeHoldsWhatItHeld) {
  const auto whole = read_whole_store(system_files(), kGolden);
  ASSERT_TRUE(whole) << whole.error().message();
  expect_golden(*whole);
}

TEST(GoldenStore, OfVersionThreeSaysHowItWasMade) {
  const auto snapshot = open_stored_snapshot(system_files(), kGolden);
  ASSERT_TRUE(snapshot) << snapshot.error().message();
  const Manifest& manifest = (*snapshot)->manifest();
  EXPECT_EQ(manifest.snapshot, 2u);
  EXPECT_EQ(manifest.unicode_version, "15.0");
  EXPECT_EQ(manifest.settings.name, "shop");
  EXPECT_EQ(manifest.settings.time_zone, "Test");
  EXPECT_EQ(manifest.settings.currency, "TRY");
  EXPECT_EQ(manifest.schema.key_name, "number");
  ASSERT_EQ(manifest.schema.attributes.size(), 14u);
  for (uint32_t i = 0; i < 14; ++i) {
    const Column& column = manifest.schema.attributes[i];
    const Column expected = golden_schema().attributes[i];
    EXPECT_EQ(column.id, i + 1);
    EXPECT_EQ(column.name, expected.name);
    EXPECT_EQ(column.type, expected.type);
    EXPECT_EQ(column.personal, expected.personal);
    EXPECT_EQ(column.any_case, expected.any_case);
  }
  ASSERT_EQ(manifest.schema.events.size(), 3u);
  EXPECT_EQ(manifest.schema.events[0].plural, "purchases");
  EXPECT_EQ(manifest.schema.events[0].counted_by, 0u);
  EXPECT_EQ(manifest.schema.events[2].name, "call");
  ASSERT_EQ(manifest.blocks.size(), 1u);
  EXPECT_EQ(manifest.blocks[0].profiles, 5u);
  EXPECT_EQ(manifest.blocks[0].overlay_profiles, 2u);
}

// The same values written today.
TEST(GoldenStore, WrittenAnewHoldsTheSame) {
  MemoryDisk disk;
  save_golden_store("disk/store", disk);
  const auto whole = read_whole_store(disk, "disk/store");
  ASSERT_TRUE(whole) << whole.error().message();
  expect_golden(*whole);
}

TEST(GoldenStore, IsWrittenOnRequest) {
  const char* folder = std::getenv("KITLE_WRITE_GOLDEN");
  if (folder == nullptr) GTEST_SKIP() << "KITLE_WRITE_GOLDEN is not set";
  save_golden_store(folder, system_files());
  std::filesystem::remove(std::string(folder) + "/LOCK");
}

}  // namespace
}  // namespace kitle::testing
