// Comparisons of two steps of a sequence.
#pragma once

#include "runtime/eval/program.h"

namespace kitle {

// Less than 0, 0, or more, as a is to b.
template <class T>
int order_of(const T& a, const T& b) {
  return a < b ? -1 : a > b;
}

// Whether values in this order pass; texts have none.
inline bool passes(StepTest test, int order) {
  switch (test) {
    case StepTest::kEqual:
      return order == 0;
    case StepTest::kLess:
      return order < 0;
    case StepTest::kLessEqual:
      return order <= 0;
    case StepTest::kGreater:
      return order > 0;
    case StepTest::kGreaterEqual:
      return order >= 0;
    case StepTest::kText:
      break;
  }
  return false;
}

}  // namespace kitle
