// How the schema of a store follows that of its rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/store/stored_snapshot.h"
#include "tests/support/memory_disk.h"
#include "tests/support/random_model.h"

namespace kitle::testing {
namespace {

using ::testing::HasSubstr;

const std::string kFolder = "disk/store";

class SchemaChange : public ::testing::Test {
 protected:
  void SetUp() override {
    schema_.attributes = {{.name = "age", .type = TypeKind::kInteger},
                          {.name = "city", .type = TypeKind::kText}};
    schema_.events = {
        event_type("visit", {{.name = "page", .type = TypeKind::kCode}}),
        event_type("purchase",
                   {{.name = "order", .type = TypeKind::kCode},
                    {.name = "amount", .type = TypeKind::kMoney}},
                   0)};
    Wildness all_there;
    all_there.missing = 0;
    RandomModel random(schema_, all_there, 5);
    model_ = random.model(30);
    ASSERT_TRUE(save_model(kFolder, schema_, model_, {}, disk_));
  }

  // Opens with the schema; the cause if that is refused.
  std::string refused(const Schema& schema) {
    auto writer =
        open_writer(kFolder, schema, test_settings(), kTestZone, disk_);
    if (writer) return "";
    EXPECT_EQ(writer.error().code(), StatusCode::kInvalid);
    return writer.error().message();
  }

  MemoryDisk disk_;
  Schema schema_;
  Model model_;
};

TEST_F(SchemaChange, IdsArePermanentAndAbsentColumnsStayBehind) {
  Schema wanted;
  wanted.attributes = {{.name = "score", .type = TypeKind::kNumber},
                       {.name = "city", .type = TypeKind::kText}};
  wanted.events = {
      event_type("call", {}),
      event_type("visit", {{.name = "url", .type = TypeKind::kText},
                           {.name = "page", .type = TypeKind::kCode}})};
  auto writer = open_writer(kFolder, wanted, test_settings(), kTestZone, disk_);
  ASSERT_TRUE(writer) << writer.error().message();
  const Schema& schema = (*writer)->schema();
  ASSERT_EQ(schema.attributes.size(), 3u);
  EXPECT_EQ(schema.attributes[0].id, 3u);  // score
  EXPECT_EQ(schema.attributes[1].id, 2u);  // city
  EXPECT_EQ(schema.attributes[2].name, "age");
  EXPECT_EQ(schema.attributes[2].id, 1u);
  ASSERT_EQ(schema.events.size(), 3u);
  EXPECT_EQ(schema.events[0].id, 3u);  // call
  EXPECT_EQ(schema.events[1].id, 1u);  // visit
  EXPECT_EQ(schema.events[1].columns[0].id, 2u);
  EXPECT_EQ(schema.events[1].columns[1].id, 1u);
  EXPECT_EQ(schema.events[2].name, "purchase");
  EXPECT_EQ(schema.events[2].counted_by, 0u);
}

std::vector<Value> behind_a_missing_one(const std::vector<Value>& values) {
  std::vector<Value> all(1);
  all.insert(all.end(), values.begin(), values.end());
  return all;
}

// The model as the new schema's columns see it.
Model moved(const Model& model) {
  Model after = model;
  for (ModelProfile& profile : after) {
    std::swap(profile.attributes[0], profile.attributes[1]);
    std::swap(profile.stamps[0], profile.stamps[1]);
    profile.attributes = behind_a_missing_one(profile.attributes);
    profile.stamps = behind_a_missing_one(profile.stamps);
    for (ModelEvent& event : profile.events[0]) {
      event.values = behind_a_missing_one(event.values);
    }
    profile.events.emplace(profile.events.begin());
  }
  return after;
}

TEST_F(SchemaChange, DataStaysThroughCommitsAndFolds) {
  Schema wanted;
  wanted.attributes = {{.name = "score", .type = TypeKind::kNumber},
                       {.name = "city", .type = TypeKind::kText}};
  wanted.events = {
      event_type("call", {}),
      event_type("visit", {{.name = "url", .type = TypeKind::kText},
                           {.name = "page", .type = TypeKind::kCode}})};
  Model model = moved(model_);
  const auto expect_model = [&] {
    auto writer =
        open_writer(kFolder, wanted, test_settings(), kTestZone, disk_);
    ASSERT_TRUE(writer);
    auto loaded = read_contents(**writer);
    ASSERT_TRUE(loaded) << loaded.error().message();
    ASSERT_EQ(*loaded, model);
  };
  expect_model();
  model[7].attributes[0] = number(-1.5);
  model[7].events[0].push_back(
      {.time = 5, .values = {}, .source = "web", .id = ""});
  auto saved = save_model(kFolder, wanted, model, {7}, disk_);
  ASSERT_TRUE(saved) << saved.error().message();
  expect_model();
  // Views have the new schema; the base was written with the old one.
  auto snapshot = open_stored_snapshot(disk_, kFolder);
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(*read_views(**snapshot), evaluated(model));
  auto report = fold_store(kFolder, disk_);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->folded, 1u);
  expect_model();
}

TEST_F(SchemaChange, AChangedTypeIsRefusedByName) {
  schema_.attributes[0].type = TypeKind::kMoney;
  EXPECT_THAT(refused(schema_),
              HasSubstr("customer.age is money in the schema and integer in "
                        "the store"));
}

TEST_F(SchemaChange, AChangedPropertyIsRefusedByName) {
  schema_.events[1].columns[1].type = TypeKind::kNumber;
  EXPECT_THAT(refused(schema_), HasSubstr("purchase.amount is number in the "
                                          "schema and money in the store"));
}

TEST_F(SchemaChange, PersonalIsPartOfTheType) {
  schema_.attributes[1].personal = true;
  EXPECT_THAT(refused(schema_), HasSubstr("customer.city is text personal"));
}

TEST_F(SchemaChange, CountingOtherwiseIsRefused) {
  schema_.events[1].counted_by.reset();
  EXPECT_THAT(refused(schema_),
              HasSubstr("purchase is counted by '' in the schema and by "
                        "'order' in the store"));
}

TEST_F(SchemaChange, PeopleOfAnotherProfileAreRefused) {
  schema_.profile_name = "member";
  EXPECT_THAT(refused(schema_), HasSubstr("a store of their own"));
}

TEST_F(SchemaChange, ANameTwiceIsRefused) {
  schema_.attributes.push_back(schema_.attributes[0]);
  EXPECT_THAT(refused(schema_), HasSubstr("has a name twice"));
}

TEST_F(SchemaChange, MoneyKeepsItsCurrency) {
  Settings settings = test_settings();
  settings.currency = "EUR";
  auto writer = open_writer(kFolder, schema_, settings, kTestZone, disk_);
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code(), StatusCode::kInvalid);
  EXPECT_THAT(writer.error().message(), HasSubstr("EUR"));
}

TEST_F(SchemaChange, OtherSettingsFollowTheRules) {
  Settings settings = test_settings();
  settings.name = "new name";
  settings.locale = "tr";
  settings.first_day_of_week = 7;
  auto writer = open_writer(kFolder, schema_, settings, kTestZone, disk_);
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->commit());
  auto snapshot = open_stored_snapshot(disk_, kFolder);
  ASSERT_TRUE(snapshot);
  EXPECT_EQ((*snapshot)->settings().name, "new name");
  EXPECT_EQ((*snapshot)->settings().locale, "tr");
  EXPECT_EQ((*snapshot)->settings().first_day_of_week, 7);
}

}  // namespace
}  // namespace kitle::testing
