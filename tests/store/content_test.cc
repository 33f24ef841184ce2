// Contents that break an invariant of the store are refused by name before a
// byte is written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "runtime/store/content_check.h"
#include "tests/support/memory_disk.h"
#include "tests/support/random_model.h"

namespace kitle::testing {
namespace {

using ::testing::HasSubstr;

class Contents : public ::testing::Test {
 protected:
  void SetUp() override {
    Wildness full;
    full.missing = 0;
    full.most_events = 6;
    RandomModel random(schema_, full, 11);
    model_ = random.model(20);
    writer_ = std::move(
        *open_writer("disk/store", schema_, test_settings(), kTestZone, disk_));
    for (const ModelProfile& profile : model_) {
      ASSERT_TRUE(writer_->find_or_add_profile(profile.key));
    }
    content_ = content_of(*writer_, model_);
  }

  LogicalColumn& attribute(std::string_view name) {
    const Column* column = writer_->schema().find_attribute(name);
    return content_.attributes[column - writer_->schema().attributes.data()];
  }
  TableContent& purchases() { return content_.tables[1]; }

  // The message of the refusal.
  std::string refused() {
    Status status = writer_->write_base(0, content_);
    EXPECT_EQ(status.code(), StatusCode::kInvalid);
    return status.message();
  }

  MemoryDisk disk_;
  const Schema schema_ = schema_of_every_type();
  Model model_;
  std::unique_ptr<StoreWriter> writer_;
  BlockContent content_;
};

TEST_F(Contents, AreWrittenAsTheyAre) {
  EXPECT_TRUE(writer_->write_base(0, content_).ok());
}

TEST_F(Contents, AFlagOfTwoIsRefused) {
  attribute("flag").ints[3] = 2;
  EXPECT_THAT(refused(), HasSubstr("flag"));
}

TEST_F(Contents, ADateBeyondItsTypeIsRefused) {
  attribute("date").ints[3] = INT64_C(1) << 31;
  EXPECT_THAT(refused(), HasSubstr("date"));
}

TEST_F(Contents, InfinityIsRefused) {
  attribute("number").numbers[3] = std::numeric_limits<double>::infinity();
  EXPECT_THAT(refused(), HasSubstr("number"));
}

TEST_F(Contents, ACodeBeyondItsDictionaryIsRefused) {
  attribute("text").ints[3] = 1000000;
  EXPECT_THAT(refused(), HasSubstr("text"));
}

TEST_F(Contents, APersonalCodeBeyondItsPoolIsRefused) {
  attribute("email").ints[3] =
      content_.pools.find("email")->second.size() + INT64_C(1);
  EXPECT_THAT(refused(), HasSubstr("email"));
}

TEST_F(Contents, AListWithAMissingElementIsRefused) {
  attribute("codes").codes[0] = 0;
  EXPECT_THAT(refused(), HasSubstr("codes"));
}

TEST_F(Contents, AListWithFallingOffsetsIsRefused) {
  std::swap(attribute("codes").offsets[0], attribute("codes").offsets.back());
  EXPECT_THAT(refused(), HasSubstr("codes"));
}

TEST_F(Contents, AShortColumnIsRefused) {
  attribute("integer").ints.pop_back();
  EXPECT_THAT(refused(), HasSubstr("19 values for 20 rows"));
}

TEST_F(Contents, TimesOutOfOrderAreRefused) {
  TableContent& table = content_.tables[2];
  const auto long_one = std::ranges::adjacent_find(
      table.offsets, [](uint32_t a, uint32_t b) { return b - a >= 2; });
  ASSERT_NE(long_one, table.offsets.end());
  std::swap(table.times[*long_one], table.times[*long_one + 1]);
  EXPECT_THAT(refused(), HasSubstr("ping: is not in order of time"));
}

TEST_F(Contents, OffsetsThatDoNotEndAtTheEventsAreRefused) {
  --content_.tables[2].offsets.back();
  EXPECT_THAT(refused(), HasSubstr("ping"));
}

TEST_F(Contents, AnOrderOfTwoTimesIsRefused) {
  ASSERT_FALSE(purchases().order_starts.empty());
  std::ranges::fill(purchases().order_starts, uint8_t{0});
  EXPECT_THAT(refused(), HasSubstr("purchase: has orders"));
}

TEST_F(Contents, SourcesAreNeeded) {
  purchases().sources.pop_back();
  EXPECT_THAT(refused(), HasSubstr("purchase"));
}

TEST_F(Contents, AnUnknownSourceIsRefused) {
  purchases().sources.back() = 17;
  EXPECT_THAT(refused(), HasSubstr("an event of an unknown source"));
}

TEST_F(Contents, AKeyOfAnotherProfileIsRefused) {
  std::swap(content_.keys[1], content_.keys[2]);
  EXPECT_THAT(refused(), HasSubstr("key"));
}

TEST_F(Contents, ABlockIsWrittenOnce) {
  ASSERT_TRUE(writer_->write_base(0, content_).ok());
  EXPECT_THAT(refused(), HasSubstr("is written already"));
}

TEST_F(Contents, ACommitThatLacksABlockIsRefused) {
  auto done = writer_->commit();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), StatusCode::kInvalid);
}

TEST_F(Contents, TextsThatAreNotUtf8AreRefused) {
  attribute("text").ints[0] =
      writer_->intern(writer_->domain("text"), "\xC3\x28");
  ASSERT_TRUE(writer_->write_base(0, content_).ok());
  auto done = writer_->commit();
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message(), HasSubstr("UTF-8"));
}

TEST_F(Contents, PersonalTextsThatAreNotUtf8AreRefused) {
  attribute("email").ints[0] =
      content_.pools.find("email")->second.intern("\xC3\x28");
  EXPECT_THAT(refused(), HasSubstr("email"));
}

}  // namespace
}  // namespace kitle::testing
