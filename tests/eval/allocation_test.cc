// A point query allocates nothing once its block is bound and it has seen a
// profile as large.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "runtime/eval/point.h"
#include "tests/eval/shop.h"

namespace {

thread_local size_t allocations = 0;

void* counted(size_t bytes, size_t alignment) {
  ++allocations;
  void* memory = alignment == 0
                     ? std::malloc(bytes)
                     : std::aligned_alloc(alignment, (bytes + alignment - 1) /
                                                         alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(size_t bytes) { return counted(bytes, 0); }
void* operator new[](size_t bytes) { return counted(bytes, 0); }
void* operator new(size_t bytes, std::align_val_t alignment) {
  return counted(bytes, static_cast<size_t>(alignment));
}
void* operator new[](size_t bytes, std::align_val_t alignment) {
  return counted(bytes, static_cast<size_t>(alignment));
}
void* operator new(size_t bytes, const std::nothrow_t&) noexcept {
  return counted(bytes, 0);
}
void* operator new[](size_t bytes, const std::nothrow_t&) noexcept {
  return counted(bytes, 0);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, size_t, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace kitle::testing {
namespace {

TEST(Point, AllocatesNothingAfterTheFirstRound) {
  const Shop shop = Shop::make(RandomShop(11).people(60), {.overlay = true});
  PointQuery point(shop.bind(), shop.prepared, nullptr);
  std::vector<uint64_t> members(point.words());
  std::vector<uint64_t> undecided(point.words());
  const auto round = [&] {
    for (uint32_t i = 0; i < 60; ++i) {
      ASSERT_TRUE(point.evaluate(i, members, undecided).ok());
    }
  };
  const size_t at_start = allocations;
  round();
  const size_t warm = allocations;
  EXPECT_GT(warm, at_start);  // it counts
  round();
  EXPECT_EQ(allocations, warm);
}

}  // namespace
}  // namespace kitle::testing
