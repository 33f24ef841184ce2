// Which of the stored codes of 16 bits a person has.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace kitle {

// Small codes of one person that were seen: a bit each, and the codes, so that
// they can be forgotten.
class SeenCodes {
 public:
  static constexpr uint32_t kFromRows = 64;  // fewer do not repay zeroing these

  // `most`: events of any person.
  static uint64_t bytes(uint64_t most) {
    return kBits / 8 + most * sizeof(uint16_t);
  }
  explicit SeenCodes(std::byte* memory)
      : seen_(reinterpret_cast<uint64_t*>(memory)),
        codes_(reinterpret_cast<uint16_t*>(memory + kBits / 8)) {
    std::fill_n(seen_, kBits / 64, uint64_t{0});
  }
  void add(uint16_t code) {
    uint64_t& word = seen_[code / 64];
    const uint64_t bit = uint64_t{1} << (code % 64);
    codes_[count_] = code;
    count_ += (word & bit) == 0 ? 1 : 0;
    word |= bit;
  }
  // How many different ones there were; forgets them.
  uint32_t take() {
    for (uint32_t i = 0; i < count_; ++i) seen_[codes_[i] / 64] = 0;
    return std::exchange(count_, 0);
  }

 private:
  static constexpr uint64_t kBits = 1 << 16;
  uint64_t* seen_;
  uint16_t* codes_;
  uint32_t count_ = 0;
};

}  // namespace kitle
