// Comparisons of integers as the typed tree has them.
#pragma once

#include "compiler/typed.h"

namespace kitle {

constexpr bool compares(Comparison comparison, Int128 a, Int128 b) {
  switch (comparison) {
    case Comparison::kEqual:
      return a == b;
    case Comparison::kLess:
      return a < b;
    case Comparison::kLessEqual:
      return a <= b;
    case Comparison::kGreater:
      return a > b;
    case Comparison::kGreaterEqual:
      return a >= b;
  }
  return false;
}

}  // namespace kitle
