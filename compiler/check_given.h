// What a test gives: written instants and values -> what is stored. Internal
// to compiler/check_tests.cc and check_given.cc.
#pragma once

#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "compiler/check_context.h"

namespace kitle {

// Where the telling of a test stands.
struct Telling {
  std::optional<int64_t> now;
  // The values of a case, by the names of its columns; empty without cases.
  std::map<std::string, const GivenDecl*, std::less<>> named;
};

// A test is told once for each of its cases, and a fixture in many tests: what
// is written is checked once, and a mistake is reported once.
class GivenChecker {
 public:
  explicit GivenChecker(CheckContext& context) : context_(context) {}

  // Nothing after a mistake, which is reported.
  std::optional<int64_t> time(const Instant& written, const Telling& telling);
  std::optional<GivenValue> value(const Column& column, const GivenDecl& given,
                                  const Telling& telling);
  // `from` moved by amounts, back if `sign` is -1.
  std::optional<int64_t> moved(int64_t from, const std::vector<Amount>& amounts,
                               int sign, Span span, const Telling& telling);
  // Of the written condition of an expectation; null after a mistake.
  const Typed* condition(const ExprPtr& written);
  // The same of `expect undecided NAME`: `in NAME`.
  const Typed* undecided(const ExpectDecl& expected);
  // The columns of cases that were asked for.
  const std::set<std::string, std::less<>>& used() const { return used_; }
  void forget_used() { used_.clear(); }

  // Null if this was reported before.
  Diagnostic* report(DiagnosticId id, Span span,
                     std::vector<std::string> args = {});

 private:
  // A place in time, or a whole day.
  struct Moment {
    bool is_day = false;
    int64_t day = 0;
    int64_t time = 0;
  };

  std::optional<Moment> moment(const Instant& written, const Telling& telling,
                               bool as_day);
  std::optional<Moment> relative(const Instant& written, const Telling& telling,
                                 bool as_day);
  // With a case's value or a `let` in the place of its name.
  std::optional<Amount> length(const Amount& amount, const Telling& telling);
  std::optional<Amount> case_length(const GivenDecl& given,
                                    const Amount& amount);
  std::optional<Amount> let_length(const Amount& amount);
  std::optional<Moment> on_day(const Instant& written, int64_t day);
  std::optional<Moment> of_value(const GivenDecl& given, const Telling& telling,
                                 Span span, bool as_day);
  std::optional<int64_t> day_of(const Instant& written, int64_t today, int sign,
                                const Telling& telling);
  std::optional<Moment> checked(Moment moment, Span span);
  std::optional<GivenValue> instant_value(const Column& column,
                                          const Instant& written,
                                          const Telling& telling);
  std::optional<GivenValue> written_value(const Column& column,
                                          const ExprPtr& written);
  std::optional<GivenValue> list_value(const Column& column, const Expr& expr);
  std::optional<GivenValue> converted(const Column& column, const Expr& expr,
                                      const Typed& typed);
  std::optional<GivenValue> mismatch(const Column& column, Span span,
                                     const char* what);
  bool is_word_for_text(const Column& column, const Expr& expr) const;
  // The constant that is written; null after a mistake.
  const Typed* constant(const ExprPtr& written);
  const std::vector<TypedPtr>* items(const Expr& expr);

  CheckContext& context_;
  std::set<std::tuple<DiagnosticId, uint32_t, uint32_t>> reported_;
  std::set<std::string, std::less<>> used_;
  std::unordered_map<const Expr*, TypedPtr> typed_;
  std::unordered_map<const GivenDecl*, Amount> case_lengths_;
  std::unordered_map<const Amount*, std::optional<Amount>> lengths_;
  std::unordered_map<const ExpectDecl*, ExprPtr> undecided_;
  std::unordered_map<const Expr*, std::vector<TypedPtr>> items_;
};

}  // namespace kitle
