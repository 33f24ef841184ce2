// Which of the stored codes of 16 bits a person has.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace kitle {

// Small codes of one person that were seen: a bit each.
class SeenCodes {
 public:
  static constexpr uint64_t kBytes = (1 << 16) / 8;
  static constexpr uint32_t kFromRows = 64;  // fewer do not repay zeroing these
  explicit SeenCodes(std::byte* memory)
      : seen_(reinterpret_cast<uint64_t*>(memory)) {
    std::fill_n(seen_, kBytes / sizeof(uint64_t), uint64_t{0});
  }
  // Whether it is new, as a number.
  uint64_t add(uint16_t code) {
    uint64_t& word = seen_[code / 64];
    const uint64_t before = word >> (code % 64) & 1;
    word |= uint64_t{1} << (code % 64);
    return before ^ 1;
  }
  // Of each code that was added.
  void forget(uint16_t code) { seen_[code / 64] = 0; }

 private:
  uint64_t* seen_;
};

}  // namespace kitle
