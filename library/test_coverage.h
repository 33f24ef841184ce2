// Which conditions of the rules tests have seen hold, and seen not hold.
// Internal to library/tests.cc.
#pragma once

#include <set>
#include <tuple>
#include <vector>

#include "kitle/tests.h"
#include "library/test_bench.h"

namespace kitle {

// The conditions of a repository: comparisons, quantifiers, other segments. A
// condition of a `let` is one wherever it is used, but counts for each segment
// on its own.
class TestCoverage {
 public:
  // Makes every condition a segment of the bench, to be asked by itself.
  explicit TestCoverage(TestBench& bench);

  // How often each condition held and did not.
  struct Count {
    size_t held = 0;
    size_t held_not = 0;
  };
  using Counts = std::vector<Count>;

  // Adds what one expectation saw: the conditions of the segments that it asks
  // for. Thread-safe.
  void see(const Asked& asked, Counts& counts) const;
  Counts none() const { return Counts(conditions_.size()); }
  std::vector<SegmentCoverage> report(const Counts& counts) const;

 private:
  struct Condition {
    Span span;
    uint32_t segment = 0;  // of the bench
  };
  // A segment, or all stages of one declaration.
  struct Unit {
    std::string name;
    Span span;
    std::vector<uint32_t> segments;  // of the repository
    std::vector<size_t> conditions;
  };

  void add_unit(uint32_t segment);
  void collect(const Typed& tree, Unit& unit);
  void add_condition(const Typed& tree, Unit& unit);

  TestBench& bench_;
  std::vector<Unit> units_;
  std::vector<Condition> conditions_;
  // By unit and place.
  std::set<std::tuple<size_t, uint32_t, uint32_t, uint32_t>> places_;
};

}  // namespace kitle
