// See test_guards.h.
#include "library/test_guards.h"

#include <fmt/format.h>

#include <utility>

#include "library/test_words.h"
#include "library/why_sentence.h"

namespace kitle {
namespace {

constexpr size_t kShownEvents = 3;  // of each clause

TypedPtr flag_node(TypedKind kind, Span span) {
  auto made = std::make_unique<Typed>();
  made->kind = kind;
  made->type = ValueType::kFlag;
  made->span = span;
  return made;
}

TypedPtr membership(uint32_t segment, Span span) {
  TypedPtr made = flag_node(TypedKind::kSegment, span);
  made->index = segment;
  return made;
}

// Who breaks the guard: is in both, or in the first alone.
TypedPtr breaking(const TypedGuard& guard) {
  TypedPtr both = flag_node(TypedKind::kAnd, guard.span);
  both->args.push_back(membership(guard.first, guard.span));
  TypedPtr second = membership(guard.second, guard.span);
  if (guard.kind == GuardKind::kImplies) {
    TypedPtr negated = flag_node(TypedKind::kNot, guard.span);
    negated->args.push_back(std::move(second));
    second = std::move(negated);
  }
  both->args.push_back(std::move(second));
  return both;
}

class GuardTester {
 public:
  explicit GuardTester(TestBench& bench) : bench_(bench) {
    for (const auto& of_test : bench.asked()) {
      people_.insert(people_.end(), of_test.begin(), of_test.end());
    }
  }

  Result<TestResult> test(const TypedGuard& guard) {
    const SourceSet& sources = bench_.loaded().sources;
    const uint32_t segment = bench_.add_condition(breaking(guard), guard.span);
    for (Asked& each : people_) each.segment = segment;
    TestResult result;
    result.title = words_of(sources, guard.span);
    result.file = sources.file(guard.span.file).path;
    result.line = line_of(sources, guard.span);
    result.expectations = people_.size();
    const auto verdicts = bench_.ask_program(people_);
    if (!verdicts) return std::unexpected(verdicts.error());
    for (size_t i = 0; i < people_.size(); ++i) {
      if ((*verdicts)[i] != Verdict::kHolds) continue;
      result.failures.push_back(failure(guard, people_[i]));
      break;  // one is enough to refute it
    }
    return result;
  }

 private:
  TestFailure failure(const TypedGuard& guard, const Asked& person) const {
    const SourceSet& sources = bench_.loaded().sources;
    const Repository& repository = bench_.repository();
    TestFailure made;
    made.file = sources.file(person.span.file).path;
    made.line = line_of(sources, person.span);
    made.expected = words_of(sources, guard.span);
    made.found = fmt::format("the person of \"{}\" is in `{}` and {}in `{}`",
                             repository.tests[person.test].title,
                             repository.segments[guard.first].name,
                             guard.kind == GuardKind::kImplies ? "not " : "",
                             repository.segments[guard.second].name);
    made.why = tree_text(explain_condition(
        bench_.view(person), *repository.segments[person.segment].condition,
        kShownEvents));
    return made;
  }

  TestBench& bench_;
  std::vector<Asked> people_;
};

}  // namespace

Result<std::vector<TestResult>> test_guards(TestBench& bench,
                                            const std::string& filter) {
  GuardTester tester(bench);
  std::vector<TestResult> all;
  for (const TypedGuard& guard : bench.repository().guards) {
    const std::string words = words_of(bench.loaded().sources, guard.span);
    const bool wanted = guard.kind != GuardKind::kSize &&
                        words.find(filter) != std::string::npos;
    if (!wanted) continue;
    auto result = tester.test(guard);
    if (!result) return std::unexpected(result.error());
    all.push_back(*std::move(result));
  }
  return all;
}

}  // namespace kitle
