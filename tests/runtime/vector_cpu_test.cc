// Which vector kernels run: Highway's own library is the judge of what the CPU
// can, and has no say beside it.
#include "runtime/vector_cpu.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "runtime/eval/kernels.h"

namespace kitle {
namespace {

TEST(VectorCpu, IsWhatHighwayFinds) {
  EXPECT_EQ(vector_cpus(), hwy::SupportedTargets());
}

TEST(VectorCpu, TheBestIsTakenUnlessAnotherIsWanted) {
  const KernelTableByOp best = kernels_by_op();
  run_vectors_as(vector_cpus() & -vector_cpus());
  EXPECT_EQ(kernels_by_op(), best);
  if (vector_cpus() & HWY_AVX2) {
    run_vectors_as(HWY_EMU128);
    EXPECT_NE(kernels_by_op(), best);
  }
  run_vectors_as(0);
  EXPECT_EQ(kernels_by_op(), best);
}

TEST(VectorCpu, AnotherHighwayInTheProcessChoosesForItself) {
  const KernelTableByOp best = kernels_by_op();
  hwy::SetSupportedTargetsForTest(HWY_EMU128);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  EXPECT_EQ(kernels_by_op(), best);
  hwy::SetSupportedTargetsForTest(0);
}

}  // namespace
}  // namespace kitle
