// Tests made ready to be asked: their people in a store in memory, and each
// expectation as a segment behind those of the repository. Internal to
// library/tests*.cc.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/explain_person.h"
#include "compiler/load.h"
#include "compiler/reference_people.h"
#include "compiler/reference_walk.h"
#include "library/given_bands.h"
#include "library/test_fits.h"
#include "library/test_reach.h"
#include "library/told_people.h"

namespace kitle {

// An expectation of a run of a test, and the person that it is about.
struct Asked {
  size_t test = 0;  // of Repository::tests
  const TypedRun* run = nullptr;
  uint32_t segment = 0;  // of Repository::segments: the condition
  uint32_t person = 0;   // the ordinal
  int64_t now = 0;
  bool undecided = false;
  Span span;
  Given given = {};
  std::vector<Span> fitted = {};  // the lines that fitted what is given
  // Of segments, those of the rules, also where they were asked as given.
  Reached reached = {};
  // Why it cannot be computed: what the test does not give (needs_of()).
  std::vector<std::string> needs = {};
};

enum class Verdict : uint8_t { kHolds, kHoldsNot, kUndecided };

// The people of all expectations, as every tier reads them. Immutable.
struct TestPeople {
  std::shared_ptr<const ToldPeople> told;
  std::vector<reference::Person> people;  // by ordinal
  std::vector<FittedPeople> fitted;       // by line, in the order of the tests

  static Result<std::shared_ptr<const TestPeople>> make(
      const Repository& repository);
};

// Thread-safe to ask.
class TestBench {
 public:
  // Everyone as `loaded` tells of them, or `people` of the same tests under
  // other rules. REQUIRES: `loaded` has no errors.
  // `add` may add conditions that need what is fitted; then that is left out.
  static Result<std::unique_ptr<TestBench>> make(
      LoadedRepository loaded, std::shared_ptr<const TestPeople> people,
      const std::function<void(TestBench&)>& add = {});

  const LoadedRepository& loaded() const { return loaded_; }
  const Repository& repository() const { return loaded_.repository; }
  const std::shared_ptr<const TestPeople>& people() const { return people_; }
  // By test.
  const std::vector<std::vector<Asked>>& asked() const { return asked_; }

  // A further condition to ask: the segment that it becomes. Not thread-safe.
  uint32_t add_condition(TypedPtr condition, Span span);
  // A further persona to ask for: its place. Not thread-safe.
  uint32_t add_persona(TypedPersona persona);
  // To put what is given into further conditions. Both must outlive it.
  BandsInPlace in_place(const Given& given) {
    return {loaded_.repository, given, origins_};
  }

  // What the interpreter says to these expectations of one test.
  Result<std::vector<Verdict>> ask_program(
      const std::vector<Asked>& asked) const;
  // What the reference evaluator says.
  Verdict ask_reference(const Asked& asked) const;
  // The person, at that instant. The bench must outlive it.
  PersonView view(const Asked& asked) const {
    return {repository(), loaded_.sources, calendars_.at(asked.now), *texts_,
            people_->people[asked.person]};
  }

  // How many segments the rules have; expectations and others stand behind.
  uint32_t own_segments() const { return own_segments_; }
  // Whether a filter (TestOptions) means this test.
  bool is_meant(size_t test, const std::string& filter) const;

 private:
  TestBench() = default;
  Status make_calendars();
  void add_expectations();
  Reached reached(const Typed& condition) const;
  // With the bands in place that it is given.
  TypedPtr given_condition(TypedExpectation& expected, const Given& given);
  Asked asked_of(size_t test, TypedRun& run, TypedExpectation& expected);
  void leave_fits_out();

  LoadedRepository loaded_;
  uint32_t own_segments_ = 0;
  // Of segments with bands that are given, the rules' own.
  std::unordered_map<uint32_t, uint32_t> origins_;
  std::shared_ptr<const TestPeople> people_;
  std::unique_ptr<const TestFits> fits_;
  std::vector<std::vector<Asked>> asked_;
  std::map<int64_t, reference::Calendar> calendars_;  // by now
  std::unique_ptr<reference::Texts> texts_;
};

// Whether the expectation came true.
inline bool as_expected(const Asked& asked, Verdict verdict) {
  return verdict == (asked.undecided ? Verdict::kUndecided : Verdict::kHolds);
}

// The same texts once more, checked without a store.
LoadedRepository load_again(const LoadedRepository& loaded);
// With another text for one of the files.
LoadedRepository load_with(const LoadedRepository& loaded, uint32_t file,
                           std::string text);

}  // namespace kitle
