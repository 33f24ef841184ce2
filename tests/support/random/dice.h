// Random choices, the same for one seed on every machine.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace kitle::testing {

class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}

  // 0 ... sides - 1.
  int64_t below(int64_t sides) {
    return static_cast<int64_t>(engine_() % static_cast<uint64_t>(sides));
  }
  int64_t between(int64_t low, int64_t high) {
    return low + below(high - low + 1);
  }
  bool chance(int percent) { return below(100) < percent; }
  uint64_t bits() { return engine_(); }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[static_cast<size_t>(below(static_cast<int64_t>(from.size())))];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace kitle::testing
