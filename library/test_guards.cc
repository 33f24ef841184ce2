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

// In the first and, as `in_second` says, in the second or not.
TypedPtr in_first(uint32_t first, uint32_t second, bool in_second, Span span) {
  TypedPtr both = flag_node(TypedKind::kAnd, span);
  both->args.push_back(membership(first, span));
  TypedPtr other = membership(second, span);
  if (!in_second) {
    TypedPtr negated = flag_node(TypedKind::kNot, span);
    negated->args.push_back(std::move(other));
    other = std::move(negated);
  }
  both->args.push_back(std::move(other));
  return both;
}

// Who breaks the guard: is in both, in the first alone, in one alone.
TypedPtr breaking(const TypedGuard& guard) {
  const bool excludes = guard.kind == GuardKind::kExcludes;
  TypedPtr made = in_first(guard.first, guard.second, excludes, guard.span);
  if (guard.kind != GuardKind::kEquals) return made;
  TypedPtr either = flag_node(TypedKind::kOr, guard.span);
  either->args.push_back(std::move(made));
  either->args.push_back(
      in_first(guard.second, guard.first, false, guard.span));
  return either;
}

std::string place_of(const TypedGuard& guard, const std::string& first,
                     const std::string& second) {
  if (guard.kind == GuardKind::kEquals) {
    return fmt::format("in only one of `{}` and `{}`", first, second);
  }
  return fmt::format("in `{}` and {}in `{}`", first,
                     guard.kind == GuardKind::kImplies ? "not " : "", second);
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
    made.found = fmt::format(
        "the person of \"{}\" is {}", repository.tests[person.test].title,
        place_of(guard, repository.segments[guard.first].name,
                 repository.segments[guard.second].name));
    const std::string given = words_of_given(person.given.bands, repository);
    made.why =
        (given.empty() ? "" : given + "\n") +
        tree_text(explain_condition(
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
