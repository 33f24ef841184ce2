// See code_maker.h.
#include "compiler/code_maker.h"

#include <algorithm>
#include <array>

namespace kitle {
namespace {

constexpr std::array kEmitted = {
    Op::kAllBits, Op::kInRange, Op::kInSet,    Op::kPresent,  Op::kLoadI,
    Op::kLoadF,   Op::kParamI,  Op::kParamF,   Op::kAnd,      Op::kOr,
    Op::kAndNot,  Op::kNot,     Op::kAddI,     Op::kSubI,     Op::kMulI,
    Op::kNegI,    Op::kRangeI,  Op::kSetI,     Op::kEqI,      Op::kLtI,
    Op::kLeI,     Op::kLesserI, Op::kGreaterI, Op::kAddF,     Op::kSubF,
    Op::kMulF,    Op::kDivF,    Op::kNegF,     Op::kEqF,      Op::kLtF,
    Op::kLeF,     Op::kFinite,  Op::kIToF,     Op::kAny,      Op::kCount,
    Op::kSumI,    Op::kTakeI,   Op::kTakeF,    Op::kTakeBits,
};

}  // namespace

bool is_emitted(const Instruction& what) {
  const bool end = what.op == Op::kFirst || what.op == Op::kLast;
  return std::ranges::find(kEmitted, what.op) != kEmitted.end() ||
         (end && what.a == kNone);
}

}  // namespace kitle
