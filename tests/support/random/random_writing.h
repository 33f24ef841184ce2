// What rules write out: values and windows, at the edges of a random case.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/schema.h"
#include "tests/support/random/dice.h"
#include "tests/support/random/random_case.h"

namespace kitle::testing {

// The text as it is written in rules.
std::string quoted(const std::string& text);

class Writing {
 public:
  using Kind = TypeKind;
  enum class Of : uint8_t { kEvents, kTime, kDate };

  // Both must outlive it.
  Writing(const RandomCase& from, Dice& dice)
      : case_(from.made), edges_(from.edges), dice_(dice) {}

  std::string written(Kind kind);
  std::string decimal();
  std::string text();
  // What may stand behind a text, a code or a list of them.
  std::string text_test(Kind kind);

  static std::string amount_text(int64_t count, const std::string& unit);
  std::string unit(bool days);
  int64_t count();
  std::string group_window();
  std::string event_window();
  std::string value_window(Of of);

 private:
  std::string integer();
  std::string money();
  std::string duration();
  int64_t near(int64_t instant);
  std::string window_from(Of of);

  const Case& case_;
  const Edges& edges_;
  Dice& dice_;
};

}  // namespace kitle::testing
