// What the operations of a program took in a run, all threads together
// (`kitle explain --analyze`).
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/eval/program.h"

namespace kitle {

// Of one Code, over all chunks that it ran.
struct CodeTimes {
  std::vector<uint64_t> nanoseconds;  // by instruction

  explicit CodeTimes(const Code& code)
      : nanoseconds(code.instructions.size()) {}
  void add(const CodeTimes& other) {
    for (size_t i = 0; i < nanoseconds.size(); ++i) {
      nanoseconds[i] += other.nanoseconds[i];
    }
  }
};

struct RunTimes {
  explicit RunTimes(const Program& program)
      : fast(program.fast), general(program.general) {}
  void add(const RunTimes& other) {
    fast.add(other.fast);
    general.add(other.general);
    derived_nanoseconds += other.derived_nanoseconds;
  }

  CodeTimes fast;
  CodeTimes general;
  uint64_t derived_nanoseconds = 0;  // groups and sessions of events made
};

}  // namespace kitle
