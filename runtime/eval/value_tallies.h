// How often each value comes among the events of one person, and where last.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace kitle {

struct ValueTally {
  int64_t value;
  uint32_t row;  // what else it says is of this person
  uint32_t count;
  uint32_t last;  // place
};

// A hash table that is emptied by going on to the next person. For people of at
// most kMostEvents.
class ValueTallies {
 public:
  static constexpr uint32_t kMostEvents = 2048;

  // `most`: events of any person that it is asked about.
  static uint64_t bytes(uint64_t most) {
    const uint64_t events = std::min<uint64_t>(most, kMostEvents);
    const uint64_t all =
        events * sizeof(uint32_t) + size_for(events) * sizeof(ValueTally);
    return (all + 63) / 64 * 64;
  }
  ValueTallies(std::byte* memory, uint64_t most) {
    const uint64_t events = std::min<uint64_t>(most, kMostEvents);
    const uint64_t size = size_for(events);
    tallies_ = reinterpret_cast<ValueTally*>(memory);
    used_ = reinterpret_cast<uint32_t*>(tallies_ + size);
    shift_ = 64 - std::countr_zero(size);
    mask_ = size - 1;
    std::fill_n(tallies_, size, ValueTally{});
  }

  void next_person() {
    ++row_;
    count_ = 0;
  }
  ValueTally& of(int64_t value) {
    constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;  // 2^64 by the golden ratio
    uint64_t at = static_cast<uint64_t>(value) * kOdd >> shift_;
    while (tallies_[at].row == row_ && tallies_[at].value != value) {
      at = (at + 1) & mask_;
    }
    ValueTally& found = tallies_[at];
    if (found.row != row_) {
      found = {value, row_, 0, 0};
      used_[count_++] = static_cast<uint32_t>(at);
    }
    return found;
  }
  // How many different values.
  uint32_t count() const { return count_; }
  const ValueTally& operator[](uint32_t i) const { return tallies_[used_[i]]; }

 private:
  // Of two places or more; at most half of them are taken.
  static uint64_t size_for(uint64_t events) {
    return std::bit_ceil(events * 2 + 2);
  }

  ValueTally* tallies_ = nullptr;
  uint32_t* used_ = nullptr;
  int shift_ = 0;
  uint64_t mask_ = 0;
  uint32_t row_ = 0;  // counted from 1
  uint32_t count_ = 0;
};

}  // namespace kitle
