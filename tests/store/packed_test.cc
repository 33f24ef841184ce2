// Numbers that only ingest reads take as few bytes as they can, and come back.
#include "runtime/store/packed.h"

#include <gtest/gtest.h>

#include "runtime/store/manifest.h"
#include "tests/support/memory_disk.h"

namespace kitle::testing {
namespace {

using Numbers = std::vector<int64_t>;

struct Packed {
  uint64_t bytes = 0;
  Numbers values;
};

// Written to a file and read from it as so many rows.
Result<Packed> pack(const Numbers& values, size_t rows) {
  MemoryDisk disk;
  Status folder = disk.make_folder("disk");
  if (!folder.ok()) return std::unexpected(folder);
  SectionFileBuilder builder(FileKind::kBase, 1, 0);
  add_packed(builder, SectionKind::kVersions, 1, 0, values);
  const auto ref = builder.write(disk, "disk/base-1");
  if (!ref) return std::unexpected(ref.error());
  const auto file = SectionFile::open(disk, "disk/base-1", FileKind::kBase,
                                      *ref, nullptr, {});
  if (!file) return std::unexpected(file.error());
  const SectionEntry& section = (*file)->sections().front();
  auto read = read_packed(**file, section, rows);
  if (!read) return std::unexpected(read.error());
  return Packed{section.length, std::move(*read)};
}

// Bytes a value.
uint64_t width_of(const Numbers& values) {
  const auto packed = pack(values, values.size());
  EXPECT_TRUE(packed) << packed.error().message();
  if (!packed) return UINT64_MAX;
  EXPECT_EQ(packed->values, values);
  return packed->bytes / values.size();
}

TEST(Packed, TakesTheWidthOfRangeAndStep) {
  EXPECT_EQ(width_of({7}), 0u);
  EXPECT_EQ(width_of({-3, -3, -3}), 0u);
  EXPECT_EQ(width_of({1, 2}), 1u);
  EXPECT_EQ(width_of({0, 1, 255}), 1u);
  EXPECT_EQ(width_of({0, 1, 256}), 2u);
  EXPECT_EQ(width_of({-1, 0, 65'534}), 2u);
  EXPECT_EQ(width_of({-1, 0, 65'535}), 4u);
  EXPECT_EQ(width_of({0, 1, UINT32_MAX}), 4u);
  EXPECT_EQ(width_of({0, 1, INT64_C(1) << 32}), 8u);
  EXPECT_EQ(width_of({0, 3'600'000'000, 255 * INT64_C(3'600'000'000)}), 1u);
}

TEST(Packed, HoldsTheExtremes) {
  EXPECT_EQ(width_of({INT64_MIN, INT64_MAX}), 1u);
  EXPECT_EQ(width_of({INT64_MAX, INT64_MIN, 0}), 8u);
  EXPECT_EQ(width_of({INT64_MIN, INT64_MIN + 1, INT64_MAX}), 8u);
}

TEST(Packed, OfAnotherLengthIsCorrupt) {
  const auto packed = pack({1, 2, 3}, 2);
  ASSERT_FALSE(packed);
  EXPECT_EQ(packed.error().code(), StatusCode::kCorrupt);
}

}  // namespace
}  // namespace kitle::testing
