// A person for whom a condition holds, found by trying: made of the values that
// the rules ask for and of those beside them.
#pragma once

#include <string>
#include <vector>

#include "kitle/rules.h"

namespace kitle {

// The lines of a test, from its `now` on, after which `condition` holds: the
// interpreter and the reference evaluator were asked. "" where none was found.
// `segments`: those that the condition asks for, by place in the repository.
std::string find_witness(const Rules& rules,
                         const std::vector<uint32_t>& segments,
                         const std::string& condition);

}  // namespace kitle
