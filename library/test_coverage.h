// Which conditions of the rules tests have seen hold, and seen not hold.
// Internal to library/tests.cc.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "kitle/tests.h"
#include "library/test_bench.h"

namespace kitle {

// The conditions of a repository: comparisons, quantifiers, other segments; of
// a persona whether each line gives points, too; of a score its population and
// whether any event passes a `where` of its dimensions. A condition of a `let`
// is one wherever it is used, but counts for each segment on its own.
class TestCoverage {
 public:
  // Makes every condition a segment of the bench, to be asked by itself, once
  // more for each set of values that tests give. REQUIRES: nothing that is
  // fitted was left out yet (TestBench::make()).
  explicit TestCoverage(TestBench& bench);

  // How often each condition held and did not, and each unit was asked for.
  struct Count {
    size_t held = 0;
    size_t held_not = 0;
  };
  struct Counts {
    std::vector<Count> conditions;
    std::vector<size_t> units;

    void add(const Counts& other);
  };

  // Adds what one expectation saw: the conditions of the segments that it asks
  // for. Thread-safe.
  void see(const Asked& asked, Counts& counts) const;
  Counts none() const {
    return {std::vector<Count>(conditions_.size()),
            std::vector<size_t>(units_.size())};
  }
  // Of everything, or of what was asked for.
  std::vector<SegmentCoverage> report(const Counts& counts,
                                      bool only_asked) const;

 private:
  struct Condition {
    Span span;
    uint32_t segment = 0;  // of the bench
    // "athlete.points": where these are given, nobody asks.
    std::string unless;
    // By place in given_, where what is given changes it.
    std::map<size_t, uint32_t> as_given;
  };
  // A segment, all stages of one declaration, a persona, or a score.
  struct Unit {
    std::string name;
    Span span;
    std::vector<uint32_t> segments = {};  // of the repository; none of a score
    std::vector<size_t> conditions = {};
  };

  void add_segment(uint32_t segment);
  void add_lines(size_t persona, Unit& unit);
  void add_score(const ScoreDecl& declared);
  void add_tally(const Typed& tally, bool of_some, Unit& unit);
  void add_where(const Typed& value, Unit& unit);
  void collect(const Typed& tree, Unit& unit, const std::string& unless);
  void add_condition(TypedPtr tree, Span span, Unit& unit,
                     const std::string& unless);
  void add_given();
  bool is_asked(const Unit& unit, const Reached& reached) const;
  void see(const Condition& condition, const Asked& asked,
           reference::Walk& walk, Count& count) const;

  TestBench& bench_;
  std::vector<Unit> units_;
  std::vector<Condition> conditions_;
  std::map<Given, size_t> given_;  // what tests give: its place
  // By unit and place.
  std::set<std::tuple<std::string, uint32_t, uint32_t, uint32_t>> places_;
};

}  // namespace kitle
