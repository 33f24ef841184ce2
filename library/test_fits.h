// What tests fit: cuts over the people of fixtures. Internal to library/test*.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/fit.h"
#include "compiler/load.h"
#include "compiler/reference_people.h"
#include "library/told_people.h"
#include "runtime/eval/run.h"

namespace kitle {

// Whom one line of a test fits on, as every tier reads them.
struct FittedPeople {
  std::shared_ptr<const ToldPeople> told;
  std::vector<reference::Person> people;  // by ordinal

  static Result<FittedPeople> make(const Repository& repository,
                                   const TypedFitting& line);
};

class TestFits {
 public:
  // Each line is fitted by the interpreter and by the reference evaluator;
  // kCorrupt: they do not agree. `people`: by line, in the order of the tests.
  // `loaded` outlives it. REQUIRES: no cuts were put.
  static Result<TestFits> make(const LoadedRepository& loaded,
                               const std::vector<FittedPeople>& people);

  // Of a run, by TypedExpectation::fits. What they give by Repository::fits,
  // null where there is none; empty: nothing at all.
  std::vector<const Fit*> of(const TypedRun& run,
                             const std::map<std::string, uint32_t>& fits) const;
  // Why some of them could not be made.
  std::vector<std::string> failures(
      const TypedRun& run, const std::map<std::string, uint32_t>& fits) const;

 private:
  explicit TestFits(const LoadedRepository& loaded) : loaded_(&loaded) {}
  Status make_one(const TypedRun& run, const TypedFitting& line,
                  const FittedPeople& people);
  const Repository& repository() const { return loaded_->repository; }
  ChosenFits chosen(const TypedRun& run,
                    const std::map<std::string, uint32_t>& fits) const;
  Result<std::vector<SegmentValues>> reference_values(
      const ChosenFits& chosen, uint32_t fit, const FittedPeople& people,
      int64_t now) const;
  Status differ(const TypedFitting& line) const;

  // A line's fit, or why there is none.
  struct Made {
    const Fit* fit = nullptr;
    std::string failure{};
  };

  const LoadedRepository* loaded_;
  std::unordered_map<const TypedRun*, std::vector<Made>> made_;
  std::deque<Fit> fits_;  // whose places stay
};

}  // namespace kitle
