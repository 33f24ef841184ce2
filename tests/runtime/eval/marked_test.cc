// Values and places, looked up among marks one by one and by vectors.
#include "runtime/eval/marked.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <type_traits>
#include <vector>

#include "tests/support/every_cpu.h"

namespace kitle {
namespace {

using testing::on_every_cpu;
using Random = std::mt19937_64;

std::vector<uint64_t> random_marks(Random& random, size_t bits) {
  std::vector<uint64_t> marks(bits / 64 + 1);
  for (uint64_t& each : marks) each = random();
  marks[bits / 64] &= (uint64_t{1} << (bits % 64)) - 1;
  return marks;
}

void expect_bits(const std::vector<uint64_t>& found,
                 const std::vector<bool>& expected) {
  for (size_t i = 0; i < found.size() * 64; ++i) {
    const bool is = i < expected.size() && expected[i];
    ASSERT_EQ((found[i / 64] >> (i % 64) & 1) != 0, is) << i;
  }
}

bool is_marked(const std::vector<uint64_t>& marks, uint64_t at) {
  return (marks[at / 64] >> (at % 64) & 1) != 0;
}

// Values of one type in, before and behind some pieces.
template <class T>
void expect_values_found() {
  constexpr int kBits = static_cast<int>(sizeof(T) * 8);
  using Unsigned = std::make_unsigned_t<T>;
  Random random(1);
  for (int round = 0; round < 200 && !::testing::Test::HasFailure(); ++round) {
    const uint64_t pieces = 1 + random() % 1000;
    const auto marks = random_marks(random, pieces);
    const auto low = static_cast<T>(random() >> (64 - kBits));
    MarkedPieces in{.low = low >> (random() % static_cast<uint64_t>(kBits - 4)),
                    .shift = static_cast<int>(random() % 20),
                    .pieces = pieces,
                    .marks = marks.data()};
    std::vector<T> values(random() % 200 + 16);  // read by vectors
    std::vector<bool> expected;
    const size_t count = values.size() - 16;
    for (size_t i = 0; i < count; ++i) {
      const uint64_t piece = random() % (pieces + pieces / 4 + 2);
      const uint64_t value =
          static_cast<uint64_t>(in.low) +
          ((piece << in.shift) | random() % (uint64_t{1} << in.shift));
      values[i] = static_cast<T>(random() % 8 == 0 ? random() : value);
      const auto distance = static_cast<Unsigned>(
          static_cast<Unsigned>(values[i]) - static_cast<Unsigned>(in.low));
      const uint64_t of = distance >> in.shift;
      expected.push_back(of < pieces && is_marked(marks, of));
    }
    std::vector<uint64_t> found((count + 63) / 64, random());
    find_marked(std::span(values).first(count), in, found.data());
    expect_bits(found, expected);
  }
}

TEST(Marked, ValuesInPiecesThatAreMarked) {
  on_every_cpu([] {
    expect_values_found<int64_t>();
    expect_values_found<int32_t>();
  });
}

TEST(Marked, PlacesOfMarksThatLieAnywhere) {
  on_every_cpu([] {
    Random random(2);
    for (int round = 0; round < 200 && !::testing::Test::HasFailure();
         ++round) {
      const auto marks = random_marks(random, 65'536);
      std::vector<char> bytes(marks.size() * 8 + 8);
      char* const at = bytes.data() + random() % 8;
      std::memcpy(at, marks.data(), marks.size() * 8);
      std::vector<uint16_t> places(random() % 300);
      std::vector<bool> expected;
      for (uint16_t& each : places) {
        each = static_cast<uint16_t>(random());
        expected.push_back(is_marked(marks, each));
      }
      std::vector<uint64_t> found((places.size() + 63) / 64, random());
      find_marked(places, at, found.data());
      expect_bits(found, expected);
    }
  });
}

}  // namespace
}  // namespace kitle
