// Parameters of random programs, bound as they are made.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/eval/random_block.h"

namespace kitle::test {

class RandomParameters {
 public:
  // Both must outlive it.
  RandomParameters(Random& random, RandomBlock& block)
      : random_(random), block_(block) {}

  template <class T>
  static uint32_t append(std::vector<T>& list, T item) {
    list.push_back(std::move(item));
    return static_cast<uint32_t>(list.size()) - 1;
  }
  uint32_t range_near(uint32_t slot) {
    RangeParam range;
    const auto& values = block_.columns[slot].integers;
    const auto value = [&]() -> int64_t {
      if (values.empty() || chance(random_, 0.3)) return pick(random_, -9, 9);
      const auto last = static_cast<int64_t>(values.size()) - 1;
      return values[static_cast<size_t>(pick(random_, 0, last))].value_or(0);
    };
    range.low = value();
    range.high = value();
    if (range.low > range.high && chance(random_, 0.9)) {
      std::swap(range.low, range.high);
    }
    if (chance(random_, 0.1)) range.low = INT64_MIN;
    if (chance(random_, 0.1)) range.high = INT64_MAX;
    block_.bound.ranges.push_back({range.low, range.high});
    return append(block_.program.ranges, range);
  }
  uint32_t integer(int64_t low, int64_t high) {
    IntParam param;
    param.value = pick(random_, low, high);
    block_.bound.ints.push_back(param.value);
    return append(block_.program.ints, param);
  }
  uint32_t step() {
    StepParam param;
    param.n = pick(random_, -40, 40);
    param.unit = static_cast<StepUnit>(pick(random_, 0, 8));
    return append(block_.program.steps, param);
  }
  uint32_t divisor() {
    const int64_t most[] = {9, 90, 10'000, 90'000'000'000, INT64_MAX};
    return integer(1, most[pick(random_, 0, 4)]);
  }
  // The texts say what the codes are: codes_of reads them.
  uint32_t set() {
    SetParam param;
    const int64_t form = pick(random_, 0, 4);
    const int64_t end = pick(random_, 1, 3200);
    const int64_t low = pick(random_, 1, end);
    for (int64_t code = 1; code <= end; ++code) {
      const bool in =
          form == 1   ? code >= low
          : form == 2 ? chance(random_, 0.1)
          : form == 3
              ? chance(random_, 0.7)
              : form == 4 && chance(random_, 3.0 / static_cast<double>(end));
      if (in) param.texts.push_back(std::to_string(code));
    }
    return append(block_.program.sets, param);
  }

  // Close together or far apart; often what registers hold.
  std::vector<int64_t> some_wholes() {
    const int64_t width = chance(random_, 0.5) ? 40 : INT64_MAX / 2;
    std::set<int64_t> found;
    for (int64_t i = pick(random_, 0, 30); i > 0; --i) {
      found.insert(pick(random_, -width, width));
      found.insert(pick(random_, -9, 9));
    }
    return {found.begin(), found.end()};
  }
  uint32_t lookup(bool texts) {
    LookupParam param;
    const std::vector<int64_t> keys = some_wholes();
    for (const int64_t key : keys) {
      if (texts && (key < 1 || key > 3200)) continue;
      if (texts) param.texts.push_back(std::to_string(key));
      if (!texts) param.wholes.push_back(key);
      param.values.push_back(pick(random_, -9, 9));
    }
    return append(block_.program.lookups, param);
  }
  // Of less than a year.
  uint32_t days() {
    const int64_t first = block_.bound.today + pick(random_, -800, 800);
    const int64_t last = first + pick(random_, -1, 364);
    block_.bound.ranges.push_back({first, last});
    RangeParam param;
    param.low = first;
    param.high = last;
    return append(block_.program.ranges, param);
  }

 private:
  Random& random_;
  RandomBlock& block_;
};

}  // namespace kitle::test
