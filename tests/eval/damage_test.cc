// Damaged programs that verify() lets pass are run: whatever they answer, they
// read and write nothing that is not theirs.
#include <gtest/gtest.h>
#include <xxhash.h>

#include <cstring>

#include "runtime/eval/point.h"
#include "runtime/eval/program.h"
#include "runtime/eval/run.h"
#include "tests/eval/shop.h"

namespace kitle::testing {
namespace {

constexpr size_t kHashAt = 16;
constexpr size_t kBodyAt = 24;

std::shared_ptr<const Program> damaged(std::string bytes, size_t at, int flip) {
  bytes[at] = static_cast<char>(bytes[at] ^ flip);
  const uint64_t hash =
      XXH3_64bits(bytes.data() + kBodyAt, bytes.size() - kBodyAt);
  std::memcpy(bytes.data() + kHashAt, &hash, sizeof hash);
  Result<Program> loaded = load_program(bytes);
  if (!loaded) return nullptr;
  return std::make_shared<const Program>(std::move(*loaded));
}

void run_everyone(const std::shared_ptr<const Program>& program,
                  const std::shared_ptr<const Snapshot>& snapshot,
                  int64_t now) {
  const auto binding = Binding::make(program, snapshot, now);
  if (!binding) return;  // it wants a column of another type
  const auto prepared = std::make_shared<const PreparedProgram>(*program);
  const auto executor = serial_executor();
  const auto outcome = run(**binding, *prepared, {.executor = executor.get()});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->segments.size(), program->segments.size());
  PointQuery point(*binding, prepared, nullptr);
  std::vector<uint64_t> members(point.words());
  std::vector<uint64_t> undecided(point.words());
  EXPECT_TRUE(point.evaluate(3, members, undecided).ok());
}

TEST(DamagedProgram, ThatIsVerifiedRunsWithoutHarm) {
  const Shop shop = Shop::make(RandomShop(1).people(40), {});
  const std::string bytes = save(*shop.program);
  size_t ran = 0;
  for (size_t at = kBodyAt; at < bytes.size(); ++at) {
    for (const int flip : {0x01, 0x02, 0x40, 0xff}) {
      const auto program = damaged(bytes, at, flip);
      if (program == nullptr) continue;
      ++ran;
      run_everyone(program, shop.store->snapshot(), kShopNow);
      run_everyone(program, shop.store->snapshot(), kShopNow - 24 * 40 * kHour);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(ran, 100u);
}

}  // namespace
}  // namespace kitle::testing
