// Guards, asked of everyone whom the tests tell of: a person who breaks one
// refutes it. Internal to library/tests*.cc.
#pragma once

#include <string>
#include <vector>

#include "kitle/tests.h"
#include "library/test_bench.h"

namespace kitle {

// A result for each guard of two segments whose text has `filter` in it. Adds
// conditions to the bench. Errors: those of ask_program().
Result<std::vector<TestResult>> test_guards(TestBench& bench,
                                            const std::string& filter);

}  // namespace kitle
