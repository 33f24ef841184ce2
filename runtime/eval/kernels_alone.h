// kAnswers and kFollowedAnswers where texts have too many rows by code: each
// question is asked by itself.
#pragma once

#include "runtime/eval/answers.h"
#include "runtime/eval/kernels.h"

namespace kitle {

void answer_alone(const KernelContext& context, const Instruction& what,
                  const BoundAnswers& answers);
uint64_t alone_work_bytes(uint32_t table, const ChunkLimits& limits);

}  // namespace kitle
