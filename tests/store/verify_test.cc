// The invariants' vectors of every CPU against plain loops, over random arrays
// whose lengths lie around those of vectors.
#include "runtime/store/verify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "tests/support/every_cpu.h"

namespace kitle {
namespace {

using testing::on_every_cpu;

class Invariants : public ::testing::Test {
 protected:
  uint64_t below(uint64_t end) { return random_() % end; }
  size_t length() { return below(3) * 64 + below(5); }

  std::vector<uint64_t> bits(size_t length, uint64_t one_in) {
    std::vector<uint64_t> words(words_of(length));
    for (size_t i = 0; i < length; ++i) {
      if (below(one_in) != 0) words[i / 64] |= uint64_t{1} << (i % 64);
    }
    return words;
  }

  // Rising from 0 to `end`, with empty and long stretches.
  std::vector<uint32_t> offsets(uint32_t end) {
    std::vector<uint32_t> offsets{0, end};
    for (size_t i = length(); i > 0; --i) {
      offsets.push_back(static_cast<uint32_t>(below(end + 1)));
    }
    std::ranges::sort(offsets);
    return offsets;
  }

  template <class T>
  std::vector<T> values(size_t length) {
    std::vector<T> values(length);
    for (T& value : values) value = static_cast<T>(random_());
    return values;
  }

  template <class T>
  void expect_extremes() {
    const auto array = values<T>(length());
    const auto valid = bits(array.size(), 1 + below(3));
    const uint64_t* words = below(2) == 0 ? nullptr : valid.data();
    T low = std::numeric_limits<T>::max();
    T high = std::numeric_limits<T>::lowest();
    bool zero_elsewhere = true;
    for (size_t i = 0; i < array.size(); ++i) {
      if (words != nullptr && !bit(words, i)) {
        zero_elsewhere = zero_elsewhere && array[i] == 0;
      } else {
        low = std::min(low, array[i]);
        high = std::max(high, array[i]);
      }
    }
    const auto found = extremes(std::span<const T>(array), words);
    ASSERT_EQ(found.low, low);
    ASSERT_EQ(found.high, high);
    ASSERT_EQ(found.zero_elsewhere, zero_elsewhere);
  }

  template <class T>
  void expect_sorted() {
    const size_t size = length();
    const auto starts = offsets(static_cast<uint32_t>(size));
    auto times = values<T>(size);
    for (size_t i = 0; i + 1 < starts.size(); ++i) {
      std::sort(times.begin() + starts[i], times.begin() + starts[i + 1]);
    }
    ASSERT_TRUE(sorted_within(std::span<const T>(times), starts));
    if (size < 2) return;
    const size_t at = 1 + below(size - 1);
    std::swap(times[at], times[at - 1]);
    bool sorted = true;
    for (size_t i = 0; i + 1 < starts.size(); ++i) {
      sorted = sorted && std::is_sorted(times.begin() + starts[i],
                                        times.begin() + starts[i + 1]);
    }
    ASSERT_EQ(sorted_within(std::span<const T>(times), starts), sorted);
  }

  template <class T>
  void expect_edges() {
    const size_t size = length();
    const auto starts = offsets(static_cast<uint32_t>(size));
    const auto times = values<T>(size);
    const size_t profiles = starts.size() - 1;
    std::vector<T> first(profiles);
    std::vector<T> last(profiles);
    std::vector<uint64_t> has(words_of(profiles));
    for (size_t i = 0; i < profiles; ++i) {
      if (starts[i] == starts[i + 1]) continue;
      first[i] = times[starts[i]];
      last[i] = times[starts[i + 1] - 1];
      has[i / 64] |= uint64_t{1} << (i % 64);
    }
    const bool all = all_set(has, profiles);
    const EdgeTimes<T> edges{first.data(), last.data(),
                             all && below(2) == 0 ? nullptr : has.data()};
    const auto fits = [&] {
      return edges_fit(std::span<const T>(times), starts, edges);
    };
    ASSERT_TRUE(fits());
    const size_t at = below(profiles);
    if (bit(has.data(), at)) {
      T& edge = below(2) == 0 ? first[at] : last[at];
      edge = static_cast<T>(edge ^ 1);
      ASSERT_FALSE(fits());
      edge = static_cast<T>(edge ^ 1);
    }
    has[at / 64] ^= uint64_t{1} << (at % 64);
    ASSERT_EQ(fits(), edges.valid == nullptr);
  }

  std::mt19937_64 random_{1};
};

TEST_F(Invariants, ExtremesAreThoseOfThePresentValues) {
  on_every_cpu([&] {
    for (int i = 0; i < 500; ++i) {
      expect_extremes<uint8_t>();
      expect_extremes<int16_t>();
      expect_extremes<int32_t>();
      expect_extremes<int64_t>();
    }
  });
}

TEST_F(Invariants, TimesMayOnlyFallBetweenProfiles) {
  on_every_cpu([&] {
    for (int i = 0; i < 500; ++i) {
      expect_sorted<int16_t>();
      expect_sorted<int32_t>();
      expect_sorted<int64_t>();
    }
  });
}

TEST_F(Invariants, FirstAndLastTimesAreThoseOfTheEvents) {
  on_every_cpu([&] {
    for (int i = 0; i < 500; ++i) {
      expect_edges<int16_t>();
      expect_edges<int32_t>();
      expect_edges<int64_t>();
    }
  });
}

TEST_F(Invariants, OffsetsRiseFromZeroToTheEnd) {
  on_every_cpu([&] {
    for (int i = 0; i < 500; ++i) {
      auto rising = offsets(1000);
      EXPECT_TRUE(offsets_rise(rising, 1000));
      EXPECT_FALSE(offsets_rise(rising, 999));
      uint32_t most = 0;
      for (size_t k = 1; k < rising.size(); ++k) {
        most = std::max(most, rising[k] - rising[k - 1]);
      }
      EXPECT_EQ(longest(rising), most);
      const size_t at = below(rising.size());
      rising[at] += 1001;
      EXPECT_FALSE(offsets_rise(rising, 1000));
    }
  });
}

TEST_F(Invariants, CodesHaveTheirLargest) {
  on_every_cpu([&] {
    for (int i = 0; i < 200; ++i) {
      const auto codes = values<uint16_t>(1 + length());
      EXPECT_EQ(largest(std::span<const uint16_t>(codes)),
                *std::ranges::max_element(codes));
    }
    EXPECT_EQ(largest(std::span<const uint32_t>()), 0u);
  });
}

TEST_F(Invariants, BitsBehindTheEndAreFound) {
  for (uint64_t length = 1; length < 200; ++length) {
    auto words = bits(length, 2);
    EXPECT_TRUE(ends_clear(words, length));
    if (length % 64 == 0) continue;
    const uint64_t behind = length % 64 + below(64 - length % 64);
    words.back() |= uint64_t{1} << behind;
    EXPECT_FALSE(ends_clear(words, length));
  }
}

TEST_F(Invariants, NumbersAreFiniteAndZeroWhereMissing) {
  const uint64_t first_only = 1;
  const auto fit = [](std::vector<double> numbers, const uint64_t* valid) {
    return numbers_fit(numbers, valid);
  };
  EXPECT_TRUE(fit({1.5, -5e-324}, nullptr));
  EXPECT_FALSE(fit({1.5, -0.0}, nullptr));
  EXPECT_FALSE(fit({1.5, std::nan("")}, nullptr));
  EXPECT_FALSE(fit({-std::numeric_limits<double>::infinity()}, nullptr));
  EXPECT_TRUE(fit({1.5, 0.0}, &first_only));
  EXPECT_FALSE(fit({1.5, 1.0}, &first_only));
}

TEST_F(Invariants, TextsAreLookedAtOneByOne) {
  const std::string bytes =
      "\xC3\xA7"
      "a\xC3\xBC";  // ça ü
  const auto are_utf8 = [&bytes](std::vector<uint32_t> offsets) {
    return texts_are_utf8(offsets, bytes);
  };
  EXPECT_TRUE(are_utf8({0, 3, 5}));
  EXPECT_TRUE(are_utf8({0, 0, 5, 5}));
  EXPECT_FALSE(are_utf8({0, 1, 5}));  // a letter in two halves
}

}  // namespace
}  // namespace kitle
