// The shape of a condition: what is left of it when its written values, and
// which columns it names, do not count. Programs of one shape test the same.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "compiler/typed.h"

namespace kitle::testing {

// A node and one below it, by the names of their kinds.
using OnPair =
    std::function<void(const std::string& upper, const std::string& lower)>;

// A hash of the shape; personas that it asks for belong to it. Calls `pair`
// for each pair in it.
uint64_t shape_of(const Repository& repository, const Typed& condition,
                  const OnPair& pair);

}  // namespace kitle::testing
