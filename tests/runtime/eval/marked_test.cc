// Values and places, looked up among marks one by one and by vectors.
#include "runtime/eval/marked.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
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

TEST(Marked, ValuesInPiecesThatAreMarked) {
  on_every_cpu([] {
    Random random(1);
    for (int round = 0; round < 200 && !::testing::Test::HasFailure();
         ++round) {
      const uint64_t pieces = 1 + random() % 1000;
      const auto marks = random_marks(random, pieces);
      MarkedPieces in{.low = static_cast<int64_t>(random()) >> (random() % 60),
                      .shift = static_cast<int>(random() % 20),
                      .pieces = pieces,
                      .marks = marks.data()};
      std::vector<int64_t> values(random() % 200 + 8);  // read by vectors
      std::vector<bool> expected;
      const size_t count = values.size() - 8;
      for (size_t i = 0; i < count; ++i) {
        const uint64_t piece = random() % (pieces + pieces / 4 + 2);
        const uint64_t value =
            static_cast<uint64_t>(in.low) +
            ((piece << in.shift) | random() % (uint64_t{1} << in.shift));
        values[i] = static_cast<int64_t>(random() % 8 == 0 ? random() : value);
        const uint64_t of = in.piece_of(values[i]);
        expected.push_back(of < pieces &&
                           (marks[of / 64] >> (of % 64) & 1) != 0);
      }
      std::vector<uint64_t> found((count + 63) / 64, random());
      find_marked(std::span(values).first(count), in, found.data());
      expect_bits(found, expected);
    }
  });
}

TEST(Marked, PlacesOfMarksThatLieAnywhere) {
  on_every_cpu([] {
    Random random(2);
    for (int round = 0; round < 200 && !::testing::Test::HasFailure();
         ++round) {
      const auto marks = random_marks(random, 16'384);
      std::vector<char> bytes(marks.size() * 8 + 8);
      char* const at = bytes.data() + random() % 8;
      std::memcpy(at, marks.data(), marks.size() * 8);
      const auto first = static_cast<uint32_t>(random() % 4 * 16'384);
      std::vector<uint16_t> places(random() % 300);
      std::vector<bool> expected;
      for (uint16_t& each : places) {
        const uint32_t place = random() % 16'384;
        each = static_cast<uint16_t>(first + place);
        expected.push_back((marks[place / 64] >> (place % 64) & 1) != 0);
      }
      std::vector<uint64_t> found((places.size() + 63) / 64, random());
      find_marked(places, first, at, found.data());
      expect_bits(found, expected);
    }
  });
}

}  // namespace
}  // namespace kitle
