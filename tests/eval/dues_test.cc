// Steps of time, in which people are due, of answers over one snapshot and the
// next.
#include "runtime/eval/dues.h"

#include <gtest/gtest.h>

#include "tests/eval/shop.h"

namespace kitle::testing {
namespace {

constexpr int64_t kStep = kHour;

Extents extents_of(const Binding& binding) {
  Extents extents(binding.program());
  extents.add((*binding.columns(0))->base);
  return extents;
}

uint32_t slot_of(const Program& program, const std::string& name) {
  const auto found = std::ranges::find(program.slots, name, &Slot::name);
  EXPECT_NE(found, program.slots.end());
  return static_cast<uint32_t>(found - program.slots.begin());
}

class DueStepsOfTwo : public ::testing::Test {
 protected:
  bool known() const {
    return steps_.first_after(kShopNow + kStep, *shop_.program, later_)
        .has_value();
  }

  const Shop shop_ = Shop::make(
      RandomShop(3).people(50), {},
      shop_case(kShopSchema,
                "segment s { any view in last 20 days and age > 20 and "
                "joined in last 90 days }"));
  const std::shared_ptr<const Binding> binding_ = shop_.bind();
  const std::vector<int64_t> ends_ = {kShopNow + kStep, kShopNow + 2 * kStep};
  const DueSteps steps_{shop_.program,
                        TimeUses::of(*shop_.program),
                        extents_of(*binding_),
                        binding_->clock(),
                        ends_,
                        1e9};
  Extents later_ = extents_of(*binding_);
};

TEST_F(DueStepsOfTwo, AreOfASnapshotWithLaterEventsToo) {
  EXPECT_TRUE(known());
  for (Bounds& times : later_.times) times.high = kShopNow + 2 * kStep;
  later_.slots[slot_of(*shop_.program, "age")] = {INT64_MIN, INT64_MAX};
  later_.slots[slot_of(*shop_.program, "joined")].high = kShopNow + 2 * kStep;
  EXPECT_TRUE(known());
}

TEST_F(DueStepsOfTwo, AreNotOfOneWithTimesThatTheyLeaveOut) {
  later_.times[0].high = kShopNow + 2 * kStep + 1;
  EXPECT_FALSE(known());
}

TEST_F(DueStepsOfTwo, AreNotOfOneWithValuesThatTheyLeaveOut) {
  later_.slots[slot_of(*shop_.program, "joined")].low -= 1;
  EXPECT_FALSE(known());
}

}  // namespace
}  // namespace kitle::testing
