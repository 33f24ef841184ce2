#include "runtime/eval/turned.h"

#include "runtime/vector_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/turned.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include "runtime/eval/kernels_turn-inl.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

void turn_each(uint64_t* HWY_RESTRICT words, size_t count) {
  for (size_t i = 0; i < count; i += 64) turn(words + i);
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {

HWY_EXPORT(turn_each);

void turn_bits(uint64_t* words, size_t count) {
  HWY_DYNAMIC_DISPATCH(turn_each)(words, count);
}

}  // namespace kitle
#endif
