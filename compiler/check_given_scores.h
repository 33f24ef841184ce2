// What a test gives of scores, of personas and of `in top`, whatever its person
// did. Internal to compiler/check_tests.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "compiler/check_given.h"

namespace kitle {

class GivenScores {
 public:
  GivenScores(CheckContext& context, GivenChecker& given)
      : context_(context), given_(given) {}

  // `given value.recency 5`. A mistake is reported.
  void take(const TestLine& line, const Telling& telling);
  const GivenBands& bands() const { return bands_; }

  // Of `given value fitted on ...`: whether anything that is fitted is called
  // so; a mistake is reported. What was given of it holds no longer.
  bool fit(const Name& name);

 private:
  void top(const TestLine& line, const Telling& telling);
  bool is_top(const std::string& name) const;
  void points(const TestLine& line, const Telling& telling);
  void band(const TestLine& line, uint32_t score,
            std::pair<int64_t, int64_t> range, const Telling& telling);
  std::optional<std::pair<int64_t, int64_t>> range_of(
      uint32_t score, std::string_view member) const;
  void add_sum(uint32_t score);
  void not_given(const TestLine& line, const std::string& expected);

  CheckContext& context_;
  GivenChecker& given_;
  GivenBands bands_;
};

}  // namespace kitle
