// How `kitle test` prints what it found.
#pragma once

#include <string>

#include "kitle/tests.h"

namespace kitle::cli {

enum class TestFormat : uint8_t { kText, kJson, kJunit };

// How much of what was wanted was seen, over all segments.
struct Share {
  size_t seen = 0;
  size_t wanted = 0;
};
Share coverage_of(const TestReport& report);

// `verbose`: also the tests that hold; text only.
void print_tests(const TestReport& report, const std::string& name,
                 TestFormat format, bool verbose);
// As text; JSON has it among the tests.
void print_coverage(const TestReport& report);
// `verbose`: also the mutants that were killed; text only.
void print_mutants(const MutationReport& report, TestFormat format,
                   bool verbose);

}  // namespace kitle::cli
