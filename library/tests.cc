#include "kitle/tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <utility>

#include "library/rules.h"
#include "library/test_bench.h"
#include "library/test_coverage.h"
#include "library/test_guards.h"
#include "library/test_words.h"
#include "library/why_sentence.h"
#include "runtime/eval/executor.h"

namespace kitle {
namespace {

using Clock = std::chrono::steady_clock;

// The newest ones, of each clause of a condition that fails.
constexpr size_t kShownEvents = 3;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

const char* found_text(bool undecided, Verdict verdict) {
  if (undecided) return "could be computed";
  return verdict == Verdict::kUndecided ? "cannot be computed"
                                        : "does not hold";
}

class Runner {
 public:
  // `coverage` may be null.
  Runner(const TestBench& bench, const TestOptions& options,
         const TestCoverage* coverage)
      : bench_(bench), options_(options), coverage_(coverage) {}

  // The results of guards stand behind those of tests.
  Result<TestReport> run(std::vector<TestResult> guards) {
    const auto start = Clock::now();
    for (size_t i = 0; i < bench_.asked().size(); ++i) {
      if (bench_.is_meant(i, options_.filter)) wanted_.push_back(i);
    }
    TestReport report;
    report.tests.resize(wanted_.size());
    std::vector<Status> statuses(wanted_.size());
    if (coverage_ != nullptr) {
      counts_.resize(wanted_.size(), coverage_->none());
    }
    parallel_executor(options_.threads)
        ->for_each(static_cast<uint32_t>(wanted_.size()), [&](uint32_t index,
                                                              unsigned) {
          statuses[index] = test(wanted_[index], report.tests[index]);
          see(index);
        });
    for (const Status& status : statuses) {
      if (!status.ok()) return std::unexpected(status);
    }
    std::ranges::move(guards, std::back_inserter(report.tests));
    for (const TestResult& test : report.tests) {
      report.expectations += test.expectations;
      report.failed += test.failures.empty() ? 0 : 1;
    }
    if (coverage_ != nullptr) {
      report.coverage =
          coverage_->report(all_counts(), !options_.filter.empty());
    }
    report.seconds = seconds_since(start);
    return report;
  }

 private:
  void see(uint32_t index) {
    if (coverage_ == nullptr) return;
    for (const Asked& asked : bench_.asked()[wanted_[index]]) {
      coverage_->see(asked, counts_[index]);
    }
  }

  TestCoverage::Counts all_counts() const {
    TestCoverage::Counts sum = coverage_->none();
    for (const TestCoverage::Counts& of_test : counts_) sum.add(of_test);
    return sum;
  }

  const Repository& repository() const { return bench_.repository(); }
  const SourceSet& sources() const { return bench_.loaded().sources; }

  Status test(size_t index, TestResult& result) const {
    const auto start = Clock::now();
    const TypedTest& test = repository().tests[index];
    const std::vector<Asked>& asked = bench_.asked()[index];
    result.title = test.title;
    result.file = sources().file(test.span.file).path;
    result.line = line_of(sources(), test.span);
    result.expectations = asked.size();
    const auto verdicts = bench_.ask_program(asked);
    if (!verdicts) return verdicts.error();
    for (size_t i = 0; i < asked.size(); ++i) {
      const Verdict verdict = (*verdicts)[i];
      if (bench_.ask_reference(asked[i]) != verdict) {
        return differ(asked[i]);
      }
      if (as_expected(asked[i], verdict)) continue;
      result.failures.push_back(failure(asked[i], verdict));
    }
    result.seconds = seconds_since(start);
    return {};
  }

  Status differ(const Asked& asked) const {
    return {StatusCode::kCorrupt, "run the tests",
            sources().file(asked.span.file).path,
            fmt::format("line {}: the interpreter and the reference evaluator "
                        "do not agree; this is a mistake of Kitle",
                        line_of(sources(), asked.span))};
  }

  TestFailure failure(const Asked& asked, Verdict verdict) const {
    TestFailure made;
    made.file = sources().file(asked.span.file).path;
    made.line = line_of(sources(), asked.span);
    made.expected = words_of(sources(), asked.span);
    made.found = found_text(asked.undecided, verdict);
    made.why = why(asked, verdict);
    const Span& row = asked.run->row;
    if (row.end > row.begin) {
      made.row = words_of(sources(), row);
      made.row_line = line_of(sources(), row);
    }
    return made;
  }

  // Where fits are missing there is no tree: nothing of it was computed.
  std::string why(const Asked& asked, Verdict verdict) const {
    const bool unknown = verdict == Verdict::kUndecided && !asked.needs.empty();
    if (unknown) {
      return fmt::format("?    {}\n", fmt::join(asked.needs, "\n?    "));
    }
    std::string given = words_of_given(asked.given.bands, repository());
    for (const Span& line : asked.fitted) {
      given += (given.empty() ? "" : "\n") + words_of(sources(), line);
    }
    const std::string tree = tree_text(explain_condition(
        bench_.view(asked), *repository().segments[asked.segment].condition,
        kShownEvents));
    return given.empty() ? tree : given + "\n" + tree;
  }

  const TestBench& bench_;
  const TestOptions& options_;
  const TestCoverage* coverage_;
  std::vector<size_t> wanted_;
  std::vector<TestCoverage::Counts> counts_;  // by place in wanted_
};

}  // namespace

Result<TestReport> run_tests(const Rules& rules, const TestOptions& options) {
  std::optional<TestCoverage> coverage;
  const auto add = [&](TestBench& made) {
    if (options.coverage) coverage.emplace(made);
  };
  const auto bench =
      TestBench::make(load_again(rules.impl().loaded), nullptr, add);
  if (!bench) return std::unexpected(bench.error());
  auto guards = test_guards(**bench, options.filter);
  if (!guards) return std::unexpected(guards.error());
  return Runner(**bench, options, coverage ? &*coverage : nullptr)
      .run(*std::move(guards));
}

}  // namespace kitle
