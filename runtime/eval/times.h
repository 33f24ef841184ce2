// What the operations of a program took in a run, all threads together
// (`kitle explain --analyze`).
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/eval/program.h"

namespace kitle {

// Where times are wanted, adds the nanoseconds until it is destroyed.
class Stopwatch {
 public:
  Stopwatch(std::vector<uint64_t>* times, size_t at)
      : spent_(times == nullptr ? nullptr : &(*times)[at]) {
    if (spent_ != nullptr) start_ = std::chrono::steady_clock::now();
  }
  ~Stopwatch() {
    if (spent_ == nullptr) return;
    *spent_ += static_cast<uint64_t>(
        std::chrono::nanoseconds(std::chrono::steady_clock::now() - start_)
            .count());
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  uint64_t* spent_;
  std::chrono::steady_clock::time_point start_;
};

// Of one Code, over all chunks that it ran.
struct CodeTimes {
  std::vector<uint64_t> nanoseconds;  // by instruction

  explicit CodeTimes(const Code& code)
      : nanoseconds(code.instructions.size()) {}
  void add(const CodeTimes& other) { add_each(other.nanoseconds, nanoseconds); }
  void shorten(const CodeTimes& other) {
    least_each(other.nanoseconds, nanoseconds);
  }
  static void add_each(const std::vector<uint64_t>& from,
                       std::vector<uint64_t>& to) {
    for (size_t i = 0; i < to.size(); ++i) to[i] += from[i];
  }
  static void least_each(const std::vector<uint64_t>& from,
                         std::vector<uint64_t>& to) {
    for (size_t i = 0; i < to.size(); ++i) to[i] = std::min(to[i], from[i]);
  }
};

struct RunTimes {
  explicit RunTimes(const Program& program)
      : fast(program.fast),
        general(program.general),
        derived(program.derived.size()) {}
  void add(const RunTimes& other) {
    fast.add(other.fast);
    general.add(other.general);
    CodeTimes::add_each(other.derived, derived);
  }
  // Of another run: the shorter time of each.
  void shorten(const RunTimes& other) {
    fast.shorten(other.fast);
    general.shorten(other.general);
    CodeTimes::least_each(other.derived, derived);
  }

  CodeTimes fast;
  CodeTimes general;
  // By Program::derived: what making its tables takes, in nanoseconds.
  std::vector<uint64_t> derived;
};

}  // namespace kitle
