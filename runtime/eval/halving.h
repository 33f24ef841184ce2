// What points are worth by their age (Meaning 20): 2^(-n/H) of them after n
// whole local days, H the days in which they halve.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace kitle {

// By n: the integer nearest to 2^(32 - n/H), as far as it is not 0. Exact, of
// integer arithmetic only. Null for H = 0. REQUIRES: H <= kMostHalving.
// Thread-safe; a table is made once in a process.
std::shared_ptr<const std::vector<uint64_t>> worth_of_ages(
    uint32_t halving_days);

}  // namespace kitle
