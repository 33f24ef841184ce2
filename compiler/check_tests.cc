// Tests: their lines become what is known of a person before each `expect`,
// with all instants resolved. Entry point: check_tests().
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compiler/check_expr.h"
#include "compiler/check_given.h"
#include "compiler/check_given_scores.h"
#include "grammar/scan.h"
#include "grammar/test_slips.h"

namespace kitle {
namespace {

using Lines = std::vector<TestLine>;

std::string counted(size_t number, const char* what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

// `given NAME` on its way.
using OpenFixtures = std::vector<const FixtureDecl*>;

// The lines of one test or fixture, told once.
class Teller {
 public:
  // `told` counts towards kMaxTold; beyond it nothing more is told.
  Teller(CheckContext& context, GivenChecker& given, Telling telling,
         size_t& told)
      : context_(context),
        given_(given),
        telling_(std::move(telling)),
        scores_(context, given),
        told_(told) {
    attributes_.resize(context.schema.attributes.size());
  }

  void tell(const Lines& lines) {
    for (const TestLine& each : lines) {
      if (++told_ > kMaxTold) return;
      line(each);
    }
  }
  void expect(const ExpectDecl& expected) {
    if (!telling_.now) {
      given_.report(DiagnosticId::kTestWithoutNow, expected.span,
                    {context_.quote(expected.span)});
      return;
    }
    const Typed* condition = this->condition(expected);
    if (condition == nullptr) return;
    const uint64_t nodes = size_of(*condition).nodes;
    if (!context_.may_copy(nodes, expected.span)) return;
    told_ += run_.events.size();
    run_.expectations.push_back({.now = *telling_.now,
                                 .attributes = attributes_,
                                 .events = run_.events.size(),
                                 .bands = scores_.bands(),
                                 .fits = fits_,
                                 .condition = clone(*condition),
                                 .undecided = expected.undecided.has_value(),
                                 .span = expected.span});
  }
  TypedRun take() { return std::move(run_); }
  // Lines stand in a fixture that is checked on its own.
  void open(const FixtureDecl& fixture) { open_.push_back(&fixture); }

 private:
  void line(const TestLine& line) {
    switch (line.kind) {
      case TestLine::Kind::kNow:
        return now(line);
      case TestLine::Kind::kLater:
        return later(line);
      case TestLine::Kind::kGiven:
        return given(line);
      case TestLine::Kind::kExpect:
        if (open_.empty()) return expect(line.expect);
        given_.report(DiagnosticId::kOnlyInTest, line.span, {"expect"});
        return;
      case TestLine::Kind::kFact:
        return fact(line);
    }
  }

  void now(const TestLine& line) {
    const auto time = given_.time(*line.instant, telling_);
    // After a mistake, what follows is no further one.
    telling_.now = time.value_or(telling_.now.value_or(0));
  }

  void later(const TestLine& line) {
    if (!telling_.now) {
      given_.report(DiagnosticId::kTestWithoutNow, line.span,
                    {context_.quote(line.span)});
      return;
    }
    const auto time =
        given_.moved(*telling_.now, line.amounts, 1, line.span, telling_);
    telling_.now = time.value_or(*telling_.now);
  }

  void given(const TestLine& line) {
    if (!line.values.empty()) return scores_.take(line, telling_);
    if (!line.fitted.empty()) return given_fit(line);
    const FixtureDecl* fixture = find_fixture(line.name);
    if (fixture == nullptr) return;
    if (std::ranges::find(open_, fixture) != open_.end()) {
      given_.report(DiagnosticId::kFixtureCycle, line.span, {line.name.text});
      return;
    }
    if (open_.size() >= kMaxSegmentDepth) {
      given_.report(DiagnosticId::kTooDeep, line.span,
                    {line.name.text, std::to_string(kMaxSegmentDepth)});
      return;
    }
    open_.push_back(fixture);
    tell(fixture->lines);
    open_.pop_back();
  }

  // `given value fitted on 3 loyal_buyer, newcomer`: as of this instant, and
  // for what is expected below.
  void given_fit(const TestLine& line) {
    if (!open_.empty()) {
      given_.report(DiagnosticId::kOnlyInTest, line.span, {"fitted on"});
      return;
    }
    if (!telling_.now) {
      given_.report(DiagnosticId::kTestWithoutNow, line.span,
                    {context_.quote(line.span)});
      return;
    }
    if (!scores_.fit(line.name)) return;
    TypedFitting made{.fit = line.name.text,
                      .now = *telling_.now,
                      .people = {},
                      .fits = fits_,
                      .span = line.span};
    for (const FittedFixture& each : line.fitted) {
      const FixtureDecl* fixture = find_fixture(each.name);
      const size_t count = count_of(each.count, each.count_span);
      if (fixture != nullptr) made.people.push_back(person_of(*fixture, count));
    }
    fits_[made.fit] = static_cast<uint32_t>(run_.fittings.size());
    run_.fittings.push_back(std::move(made));
  }

  // Somebody else than the test's person, so often.
  GivenPerson person_of(const FixtureDecl& fixture, size_t count) {
    Teller other(context_, given_, telling_, told_);
    other.open(fixture);
    other.tell(fixture.lines);
    told_ += count * (1 + other.run_.events.size());
    return {count, std::move(other.attributes_), std::move(other.run_.events)};
  }

  const FixtureDecl* find_fixture(const Name& name) {
    const Symbol* symbol = context_.find(name.text);
    const auto& fixtures = context_.syntax.fixtures;
    if (symbol != nullptr && symbol->kind == Symbol::Kind::kFixture) {
      return &fixtures[symbol->index];
    }
    Diagnostic* made =
        given_.report(DiagnosticId::kUnknownFixture, name.span, {name.text});
    if (made == nullptr) return nullptr;
    std::vector<std::string> known;
    add_names(fixtures, known);
    suggest_name(*made, name.span, name.text, known);
    return nullptr;
  }

  // ---- the person and events ----

  void fact(const TestLine& line) {
    if (line.name.text == context_.schema.profile_name) return person(line);
    const auto event = context_.find_event(line.name.text);
    if (event && context_.schema.derived_event(*event) != nullptr) {
      return derived(line.name, *event);
    }
    if (event) return this->event(line, *event);
    if (!means_line(line)) unknown_event(line.name);
  }

  // `assert in vip` reads as an event in so long.
  bool means_line(const TestLine& line) {
    const bool named = line.instant &&
                       line.instant->form == InstantForm::kAhead &&
                       !line.instant->amounts.front().name.empty();
    if (!named) return false;
    const std::string meant = line_meant(fold_keyword(line.name.text));
    if (meant.empty()) return false;
    Diagnostic* made =
        given_.report(DiagnosticId::kExpectedTestLine, line.name.span,
                      {fmt::format("`{}`", line.name.text)});
    if (made == nullptr) return true;
    made->with_mend(line.name.span, meant, fmt::format("write `{}`", meant));
    return true;
  }

  void derived(const Name& name, uint32_t event) {
    const DerivedEvents& derived = *context_.schema.derived_event(event);
    Diagnostic* made = given_.report(no_event(derived), name.span,
                                     {name.text, "what happened"});
    if (made != nullptr) add_member_mends(context_, *made, name.span, event);
  }

  void unknown_event(const Name& name) {
    if (context_.reported(name.text)) return;
    Diagnostic* made =
        given_.report(DiagnosticId::kUnknownEvent, name.span, {name.text});
    if (made == nullptr) return;
    std::vector<std::string> known{context_.schema.profile_name};
    add_names(context_.syntax.events, known);
    suggest_name(*made, name.span, name.text, known);
  }

  void person(const TestLine& line) {
    if (line.instant || !line.count.empty()) {
      const Span span = line.instant ? line.instant->span : line.count_span;
      given_.report(DiagnosticId::kPersonWithInstant, span, {line.name.text});
    }
    const Schema& schema = context_.schema;
    values(line, schema.attributes, schema.profile_name, attributes_);
  }

  void event(const TestLine& line, uint32_t index) {
    const EventType& type = context_.schema.events[index];
    GivenEvent event{.event = index};
    event.properties.resize(type.columns.size());
    values(line, type.columns, type.name, event.properties);
    const size_t count = count_of(line.count, line.count_span);
    if (!line.instant) {
      without_instant(line);
      return;
    }
    const auto time = given_.time(*line.instant, telling_);
    if (!time) return;
    event.time = *time;
    told_ += count;
    run_.events.insert(run_.events.end(), count, event);
  }

  void without_instant(const TestLine& line) {
    Diagnostic* made = given_.report(DiagnosticId::kEventWithoutInstant,
                                     line.name.span, {line.name.text});
    if (made == nullptr) return;
    const Span behind{line.name.span.file, line.name.span.end,
                      line.name.span.end};
    made->with_mend(behind, " 1 day ago", "write `1 day ago` behind it");
  }

  size_t count_of(const std::string& written, Span span) {
    if (written.empty()) return 1;
    std::string digits = written;
    std::erase(digits, '_');
    int64_t count = 0;
    const char* end = digits.data() + digits.size();
    const auto [rest, error] = std::from_chars(digits.data(), end, count);
    const bool whole = error == std::errc() && rest == end;
    if (whole && count >= 1 && count <= kMaxEventCount) {
      return static_cast<size_t>(count);
    }
    given_.report(DiagnosticId::kEventCount, span, {written});
    return 1;
  }

  void values(const TestLine& line, const std::vector<Column>& columns,
              const std::string& owner, std::vector<GivenValue>& to) {
    std::set<uint32_t> seen;
    for (const GivenDecl& each : line.values) {
      const auto index = column_of(each.column, columns, owner);
      if (!index) continue;
      if (!seen.insert(*index).second) {
        given_.report(DiagnosticId::kGivenTwice, each.column.span,
                      {each.column.text});
      }
      auto made = given_.value(columns[*index], each, telling_);
      if (made) to[*index] = *std::move(made);
    }
  }

  std::optional<uint32_t> column_of(const Name& name,
                                    const std::vector<Column>& columns,
                                    const std::string& owner) {
    const auto found = find_column(columns, name.text);
    if (found || context_.broken(owner, name.text)) return found;
    Diagnostic* made = given_.report(DiagnosticId::kUnknownProperty, name.span,
                                     {name.text, owner});
    if (made == nullptr) return found;
    const Schema& schema = context_.schema;
    if (owner == schema.profile_name && name.text == schema.key_name) {
      made->label = "the key tells people apart, and a test has one person";
    } else if (name.text == "time") {
      made->label = "the instant stands before the braces";
    } else {
      suggest_name(*made, name.span, name.text, names_of(columns));
    }
    return found;
  }

  // ---- what is expected ----

  const Typed* condition(const ExpectDecl& expected) {
    if (!expected.undecided) {
      if (!expected.condition) return nullptr;
      return given_.condition(expected.condition);
    }
    return given_.undecided(expected);
  }

  CheckContext& context_;
  GivenChecker& given_;
  Telling telling_;
  std::vector<GivenValue> attributes_;
  GivenScores scores_;
  std::map<std::string, uint32_t> fits_;  // of run_.fittings, the last ones
  OpenFixtures open_;
  TypedRun run_;
  size_t& told_;
};

class TestsChecker {
 public:
  explicit TestsChecker(CheckContext& context)
      : context_(context), given_(context) {}

  std::vector<TypedTest> check() {
    for (const FixtureDecl& each : context_.syntax.fixtures) fixture(each);
    std::vector<TypedTest> all;
    for (const TestDecl& each : context_.syntax.tests) {
      check_title(each);
      all.push_back(test(each));
      context_.declared.push_back({"", each.span, {}});
    }
    return all;
  }

 private:
  // A fixture that says no `now` is told from that of its test.
  void fixture(const FixtureDecl& declared) {
    Teller teller(context_, given_, {.now = 0, .named = {}}, told_);
    teller.open(declared);
    teller.tell(declared.lines);
    check_told(declared.name.span);
    for (const CasesDecl& each : declared.cases) {
      given_.report(DiagnosticId::kOnlyInTest, each.span, {"cases"});
    }
    context_.declared.push_back({"", declared.span, {}});
  }

  // Reported where it first is too much.
  void check_told(Span span) {
    if (told_ <= kMaxTold || too_much_) return;
    too_much_ = true;
    context_.report(DiagnosticId::kTestTooBig, span,
                    {std::to_string(kMaxTold)});
  }

  void check_title(const TestDecl& test) {
    const auto [found, fresh] = titles_.emplace(test.title, test.title_span);
    if (fresh) return;
    context_.report(DiagnosticId::kDuplicateTest, test.title_span, {test.title})
        .with_place(found->second, "the first one");
  }

  TypedTest test(const TestDecl& declared) {
    TypedTest made{.title = declared.title,
                   .title_span = declared.title_span,
                   .span = declared.span};
    if (declared.cases.empty()) {
      tell(declared, {}, nullptr, made);
    } else {
      cases(declared, declared.cases.front(), made);
    }
    if (declared.cases.size() > 1) {
      context_.report(DiagnosticId::kSecondCases, declared.cases[1].span)
          .with_place(declared.cases[0].span, "the first one");
    }
    if (!expects(declared)) {
      context_.report(DiagnosticId::kNoExpectation, declared.title_span);
    }
    return made;
  }

  static bool expects(const TestDecl& declared) {
    const auto expects = [](const auto& line) {
      return line.kind == TestLine::Kind::kExpect;
    };
    if (declared.broken || !declared.cases.empty()) return true;
    return std::ranges::any_of(declared.lines, expects);
  }

  // ---- cases ----

  void cases(const TestDecl& declared, const CasesDecl& cases,
             TypedTest& made) {
    check_columns(cases);
    if (cases.rows.empty() && !declared.broken) {
      context_.report(DiagnosticId::kNoCases, cases.span);
    }
    given_.forget_used();
    bool whole = true;
    for (const CaseDecl& row : cases.rows) {
      const auto named = named_values(cases, row);
      whole = whole && named;
      if (named) tell(declared, *named, &row, made);
      if (!row.expect && expects_nothing(declared)) {
        context_.report(DiagnosticId::kNoExpectation, row.span);
      }
    }
    if (whole && !cases.rows.empty()) check_used(cases);
  }

  static bool expects_nothing(const TestDecl& declared) {
    return std::ranges::none_of(declared.lines, [](const TestLine& line) {
      return line.kind == TestLine::Kind::kExpect;
    });
  }

  std::optional<std::map<std::string, const GivenDecl*, std::less<>>>
  named_values(const CasesDecl& cases, const CaseDecl& row) {
    if (row.values.size() != cases.columns.size()) {
      context_
          .report(DiagnosticId::kCaseWidth, row.span,
                  {counted(row.values.size(), "value"),
                   std::to_string(cases.columns.size())})
          .with_place(cases.columns.front().span, "named here");
      return std::nullopt;
    }
    std::map<std::string, const GivenDecl*, std::less<>> named;
    for (size_t i = 0; i < row.values.size(); ++i) {
      named.emplace(cases.columns[i].text, &row.values[i]);
    }
    return named;
  }

  void check_columns(const CasesDecl& cases) {
    std::set<std::string> seen;
    for (const Name& name : cases.columns) {
      const Symbol* symbol = context_.find(name.text);
      if (symbol != nullptr) {
        report_column(name, symbol_kind(symbol->kind));
      } else if (!seen.insert(name.text).second) {
        report_column(name, "named a second time");
      } else if (name.text == "missing") {
        report_column(name, "the word for no value");
      }
    }
  }

  void check_used(const CasesDecl& cases) {
    for (const Name& name : cases.columns) {
      const bool asked = given_.used().contains(name.text) ||
                         context_.find(name.text) != nullptr ||
                         name.text == "missing";
      if (!asked) report_column(name, "used in no line of the test");
    }
  }

  void report_column(const Name& name, const char* what) {
    given_.report(DiagnosticId::kCaseColumn, name.span, {name.text, what});
  }

  void tell(const TestDecl& declared,
            std::map<std::string, const GivenDecl*, std::less<>> named,
            const CaseDecl* row, TypedTest& made) {
    if (told_ > kMaxTold) return;
    Teller teller(context_, given_, {.now = {}, .named = std::move(named)},
                  told_);
    teller.tell(declared.lines);
    if (row != nullptr && row->expect) teller.expect(*row->expect);
    check_told(declared.title_span);
    TypedRun run = teller.take();
    if (row != nullptr) run.row = row->span;
    made.runs.push_back(std::move(run));
  }

  CheckContext& context_;
  GivenChecker given_;
  std::map<std::string, Span> titles_;
  size_t told_ = 0;
  bool too_much_ = false;
};

}  // namespace

std::vector<TypedTest> check_tests(CheckContext& context) {
  if (context.zone == nullptr) return {};  // kitle.toml has a mistake
  return TestsChecker(context).check();
}

}  // namespace kitle
