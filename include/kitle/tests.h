// The tests of a rule repository, `test "..." { ... }`: each tells of a person
// and says what must hold.
//
//   auto report = kitle::run_tests(rules, {});
//   if (!report) return fail(report.error().message());
//   for (const auto& test : report->tests) use(test.title, test.failures);
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kitle/rules.h"
#include "kitle/status.h"

namespace kitle {

struct TestOptions {
  // Tests whose title has this in it, or that ask for the segment or the
  // stages of this name, also through others; "": all.
  std::string filter = {};
  unsigned threads = 0;  // 0: all cores; at most 256 are used
  bool coverage = false;
};

// An expectation that did not come true.
struct TestFailure {
  std::string file;      // as in diagnostics: "tests/shop.kitle"
  size_t line = 0;       // of the `expect`
  std::string expected;  // as written, in one line: "expect in vip"
  std::string row;       // the case that was told, as written; "" without cases
  size_t row_line = 0;
  std::string found;  // in one line: "does not hold"
  std::string why;    // the condition as a tree, as why_text() shows it
};

// Of a test; or of a guard (`expect a excludes b`), asked of everyone whom the
// tests tell of: its title is its text, and it fails with the first of them who
// breaks it.
struct TestResult {
  std::string title;
  std::string file;
  size_t line = 0;
  size_t expectations = 0;
  std::vector<TestFailure> failures;  // none: the test passed
  double seconds = 0;
};

// A condition of a rule: a comparison, a quantifier, another segment; of a
// persona a line that gives points, of a score its population and whether any
// event passes a `where`.
struct CoveredCondition {
  std::string file;
  size_t line = 0;
  size_t column = 0;
  std::string text;     // as written, in one line
  size_t held = 0;      // for how many expectations
  size_t held_not = 0;  // what cannot be computed counts for neither
};

// A segment, all stages of one declaration, a persona, or a score.
struct SegmentCoverage {
  std::string name;
  std::string file;
  size_t line = 0;
  std::vector<CoveredCondition> conditions;

  // Each condition should be seen to hold and not to hold.
  size_t wanted() const { return 2 * conditions.size(); }
  size_t seen() const;
};

struct TestReport {
  std::vector<TestResult> tests;  // files by path, then as they stand there
  size_t expectations = 0;
  size_t failed = 0;  // tests
  double seconds = 0;
  // Where asked for: all, or with a filter those that the tests ask for.
  std::vector<SegmentCoverage> coverage;
};

// Runs tests at the instants that they say; nothing is read from a store. Each
// expectation is asked of the interpreter and of the reference evaluator.
// REQUIRES: rules.ok(). Errors: kNotFound (the zone's rules); kCorrupt (the two
// do not agree: a mistake of this engine).
Result<TestReport> run_tests(const Rules& rules, const TestOptions& options);

// ---- rules with a mistake: do tests notice? ----

struct MutationOptions {
  std::string filter = {};  // as in TestOptions
  unsigned threads = 0;
  size_t limit = 200;  // of more mutants, so many are chosen
  uint64_t seed = 1;   // decides which
};

// A rule with one small mistake. Tests kill it if one of them fails.
struct MutantResult {
  std::string file;
  size_t line = 0;
  size_t column = 0;
  std::string before;  // the rule's words around the mistake, in one line
  std::string after;
  bool killed = false;
};

struct MutationReport {
  std::vector<MutantResult> mutants;  // in the order of the rules' text
  size_t killed = 0;
  size_t no_rules = 0;  // further ones that no check would let pass
  size_t possible = 0;  // before some were chosen
  // Without a filter, segments and stages that no test asks for: nothing was
  // tried there.
  std::vector<std::string> untested;
};

// Changes numbers by one, comparisons and quantifiers by their end, `and` to
// `or` and back, `any` to `no`, `less is better` to `more`, and leaves out
// conditions, `not` and lines of personas, one change at a time in what the
// tests ask for and not in what would be fitted. The people of the tests stay
// as they are. REQUIRES: rules.ok(). Errors: those of run_tests(); kInvalid (a
// test fails already).
Result<MutationReport> mutate_tests(const Rules& rules,
                                    const MutationOptions& options);

// The coverage as lcov's tracefile: a line for each condition, with two
// branches, of having held and not (`-`: nobody asked). `folder` stands before
// each path.
std::string lcov(const TestReport& report, const std::string& folder);
// The report as JUnit's XML, which tools of continuous integration read.
std::string junit(const TestReport& report, const std::string& name);

}  // namespace kitle
