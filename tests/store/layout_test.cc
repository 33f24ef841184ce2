// How values lie: the narrowest width of the whole store, units and bases of
// times, overlays, and folding.
#include <gtest/gtest.h>

#include <map>

#include "runtime/store/stored_snapshot.h"
#include "tests/support/memory_disk.h"
#include "tests/support/random_model.h"

namespace kitle::testing {
namespace {

const std::string kFolder = "disk/store";
constexpr int64_t kDay = 86400000000;

Schema schema_of(TypeKind type) {
  Schema schema;
  schema.attributes = {{.name = "value", .type = type}};
  schema.events = {event_type("visit", {})};
  return schema;
}

ModelProfile profile_with(const std::string& key, Value value,
                          std::vector<int64_t> times = {}) {
  ModelProfile profile;
  profile.key = key;
  profile.attributes = {std::move(value)};
  profile.stamps = {Value()};
  profile.events.emplace_back();
  for (const int64_t time : times) {
    profile.events[0].emplace_back().time = time;
  }
  return profile;
}

// The column of a store that holds just these values.
class OneColumn {
 public:
  OneColumn(TypeKind type, const std::vector<Value>& values) {
    Model model;
    for (const Value& value : values) {
      model.push_back(profile_with("c" + std::to_string(model.size()), value));
    }
    const Schema schema = schema_of(type);
    EXPECT_TRUE(save_model(kFolder, schema, model, {}, disk_));
    snapshot_ = *open_stored_snapshot(disk_, kFolder);
    EXPECT_EQ(*read_views(*snapshot_), evaluated(model));
  }
  const ColumnView& column() const {
    return (*snapshot_->base(0))->attributes[0];
  }

 private:
  MemoryDisk disk_;
  std::shared_ptr<const StoredSnapshot> snapshot_;
};

Physical physical_of(TypeKind type, const std::vector<Value>& values) {
  return OneColumn(type, values).column().physical;
}

TEST(Layouts, IntegersTakeTheNarrowestWidth) {
  const TypeKind type = TypeKind::kInteger;
  EXPECT_EQ(physical_of(type, {INT64_C(-32768), INT64_C(32767)}),
            Physical::kI16);
  EXPECT_EQ(physical_of(type, {INT64_C(0), INT64_C(32768)}), Physical::kI32);
  EXPECT_EQ(physical_of(type, {INT64_C(-2147483648)}), Physical::kI32);
  EXPECT_EQ(physical_of(type, {INT64_C(2147483648)}), Physical::kI64);
  EXPECT_EQ(physical_of(type, {INT64_MIN, INT64_MAX}), Physical::kI64);
  EXPECT_EQ(physical_of(type, {Value(), Value()}), Physical::kAbsent);
}

TEST(Layouts, TimesTakeTheLargestExactUnit) {
  const auto column = [](const std::vector<Value>& values) {
    return OneColumn(TypeKind::kTime, values).column();
  };
  EXPECT_EQ(column({kDay * 20000, kDay * 20100}).unit, kDay);
  EXPECT_EQ(column({kDay * 20000, kDay * 20100}).physical, Physical::kI16);
  // The unit and the base of the column, not of the epoch.
  const ColumnView odd = column({kDay * 20000 + 1, kDay * 20001 + 1});
  EXPECT_EQ(odd.unit, kDay);
  EXPECT_EQ(odd.base, kDay * 20000 + 1);
  EXPECT_EQ(odd.physical, Physical::kI16);
  const ColumnView seconds =
      column({INT64_C(1767225600000000), INT64_C(1767225661000000)});
  EXPECT_EQ(seconds.physical, Physical::kI16);
  EXPECT_EQ(seconds.unit, 1000000);
  const ColumnView extreme = column({INT64_MIN, INT64_MAX});
  EXPECT_EQ(extreme.physical, Physical::kI64);
  EXPECT_EQ(extreme.unit, 1);
  EXPECT_EQ(extreme.min, INT64_MIN);
  EXPECT_EQ(extreme.max, INT64_MAX);
}

TEST(Layouts, MinusZeroIsStoredAsZero) {
  Model model{profile_with("a", number(-0.0)), profile_with("b", number(-1.0))};
  MemoryDisk disk;
  ASSERT_TRUE(
      save_model(kFolder, schema_of(TypeKind::kNumber), model, {}, disk));
  model[0].attributes[0] = number(0.0);
  const auto snapshot = *open_stored_snapshot(disk, kFolder);
  EXPECT_EQ(*read_views(*snapshot), evaluated(model));
}

TEST(Layouts, ValidityBitsAreOnlyWhereSomethingIsMissing) {
  const Value one = INT64_C(1);
  EXPECT_EQ(OneColumn(TypeKind::kInteger, {one, one}).column().valid, nullptr);
  EXPECT_NE(OneColumn(TypeKind::kInteger, {one, Value()}).column().valid,
            nullptr);
}

// Blocks in turn narrow and wide.
Model several_blocks() {
  Model model;
  for (uint32_t i = 0; i < 3 * kBlockRows + 10; ++i) {
    const int64_t wide = i / kBlockRows % 2 == 0 ? 1 : 100000;
    model.push_back(profile_with("c" + std::to_string(i), wide,
                                 i % 100 == 0
                                     ? std::vector<int64_t>{wide * kDay}
                                     : std::vector<int64_t>()));
  }
  return model;
}

TEST(Layouts, ToldRangesGiveEveryBlockOneLayout) {
  const Schema schema = schema_of(TypeKind::kInteger);
  const Model model = several_blocks();
  for (const bool told : {false, true}) {
    MemoryDisk disk;
    auto writer =
        open_writer(kFolder, schema, test_settings(), kTestZone, disk);
    ASSERT_TRUE(writer);
    if (told) {
      ColumnRange range;
      range.add(1);
      range.add(100000);
      (*writer)->widen(std::nullopt, 0, range);
      ColumnRange times;
      times.add(kDay);
      times.add(100000 * kDay);
      (*writer)->widen_time(0, times);
    }
    ASSERT_TRUE(write_model(**writer, model, {}).ok());
    ASSERT_TRUE((*writer)->commit());
    const auto snapshot = *open_stored_snapshot(disk, kFolder);
    EXPECT_EQ(snapshot->manifest().layouts.size() == 2, told);
    EXPECT_EQ(*read_views(*snapshot), evaluated(model));
  }
}

TEST(Layouts, AnOverlayHoldsItsRowsAndThoseOfTheOverlayBefore) {
  const Schema schema = schema_of(TypeKind::kInteger);
  MemoryDisk disk;
  Model model = several_blocks();
  ASSERT_TRUE(save_model(kFolder, schema, model, {}, disk));
  const auto rows_after = [&](const std::set<uint32_t>& touched) {
    for (const uint32_t i : touched) model[i].attributes[0] = INT64_C(-7);
    EXPECT_TRUE(save_model(kFolder, schema, model, touched, disk));
    const auto snapshot = *open_stored_snapshot(disk, kFolder);
    EXPECT_EQ(*read_views(*snapshot), evaluated(model));
    EXPECT_EQ(*snapshot->overlay(0), nullptr);
    const BlockView& overlay = **snapshot->overlay(1);
    std::map<uint32_t, uint64_t> written;  // by which snapshot
    for (uint32_t i = 0; i < overlay.profiles; ++i) {
      written.emplace(overlay.rows[i], overlay.row_snapshots[i]);
    }
    return written;
  };
  EXPECT_EQ(rows_after({kBlockRows + 5, kBlockRows + 900}),
            (std::map<uint32_t, uint64_t>{{5, 2}, {900, 2}}));
  EXPECT_EQ(rows_after({kBlockRows + 7, kBlockRows + 900}),
            (std::map<uint32_t, uint64_t>{{5, 2}, {7, 3}, {900, 3}}));

  auto report = fold_store(kFolder, disk);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->folded, 1u);
  EXPECT_EQ(report->snapshot, 4u);
  const auto folded = *open_stored_snapshot(disk, kFolder);
  EXPECT_EQ(report->bytes, folded->manifest().blocks[1].base.bytes);
  EXPECT_EQ(*folded->overlay(1), nullptr);
  EXPECT_EQ(*read_views(*folded), evaluated(model));
  auto again = fold_store(kFolder, disk);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->folded, 0u);
  EXPECT_EQ(again->snapshot, 4u);
}

TEST(Layouts, DictionariesGrowAndAreNeverRenumbered) {
  const Schema schema = schema_of(TypeKind::kText);
  MemoryDisk disk;
  Model model;
  std::vector<std::string> texts;
  for (int commit = 0; commit < 30; ++commit) {
    for (int i = 0; i <= commit; ++i) {
      const std::string text =
          i == 0 ? "" : std::to_string(commit) + "-" + std::to_string(i);
      if (i > 0 || commit == 0) texts.push_back(text);
      model.push_back(profile_with("c" + std::to_string(model.size()), text));
    }
    ASSERT_TRUE(save_model(kFolder, schema, model, {}, disk));
    const auto snapshot = *open_stored_snapshot(disk, kFolder);
    const Dictionary* dictionary = snapshot->dictionary("value");
    ASSERT_NE(dictionary, nullptr);
    ASSERT_EQ(dictionary->size(), texts.size());
    for (uint32_t code = 1; code <= texts.size(); ++code) {
      ASSERT_EQ(dictionary->text(code), texts[code - 1]);
      ASSERT_EQ(dictionary->find(texts[code - 1]), code);
    }
    EXPECT_EQ(dictionary->find("never seen"), 0u);
    EXPECT_EQ(dictionary->text(0), "");
    EXPECT_EQ(dictionary->text(dictionary->size() + 1), "");
    EXPECT_LE(snapshot->manifest().domains[0].parts.size(), 10u);
  }
}

}  // namespace
}  // namespace kitle::testing
