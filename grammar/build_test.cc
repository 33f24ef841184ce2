// Tests and fixtures: their lines, instants and cases.
#include "grammar/build_test.h"

#include "grammar/build_expr.h"

namespace kitle {
namespace {

bool is_instant(CstKind kind) {
  return kind == CstKind::kAgoInstant || kind == CstKind::kAheadInstant ||
         kind == CstKind::kDayInstant || kind == CstKind::kAtInstant;
}

class TestBuilder {
 public:
  explicit TestBuilder(const BuildInput& input) : expr_(input, false) {}

  TestDecl test(const NodeRef& node) {
    TestDecl made;
    const NodeRef title = *node.first(CstKind::kTitle)->first();
    made.title = expr_.text(title);
    made.title_span = title.span();
    body(node, made.lines, made.cases);
    made.broken = node.first(CstKind::kHole).has_value();
    made.span = node.span();
    return made;
  }

  FixtureDecl fixture(const NodeRef& node) {
    FixtureDecl made;
    made.name = expr_.name(*node.first(CstKind::kPath));
    if (const auto title = node.first(CstKind::kTitle)) {
      made.title = expr_.text(*title->first());
    }
    body(node, made.lines, made.cases);
    made.span = node.span();
    return made;
  }

 private:
  void body(const NodeRef& node, std::vector<TestLine>& lines,
            std::vector<CasesDecl>& all) {
    for (const NodeRef& child : node.children()) {
      if (child.is(CstKind::kCases)) all.push_back(cases(child));
      if (auto made = line(child)) lines.push_back(std::move(*made));
    }
  }

  // Nothing if it is no line, or was not understood.
  std::optional<TestLine> line(const NodeRef& node) {
    TestLine made;
    made.span = node.span();
    switch (node.kind()) {
      case CstKind::kTestNow:
        made.kind = TestLine::Kind::kNow;
        made.instant = instant(*node.first());
        return made;
      case CstKind::kTestLater:
        made.kind = TestLine::Kind::kLater;
        made.amounts = amounts(node);
        return made;
      case CstKind::kTestGiven:
        made.kind = TestLine::Kind::kGiven;
        made.name = expr_.name(*node.first());
        if (const auto band = node.first(CstKind::kGivenValue)) {
          made.values.push_back(given(*band));
        }
        if (const auto fit = node.first(CstKind::kFittedOn)) {
          made.fitted = fitted_on(*fit);
        }
        return made;
      case CstKind::kTestExpect:
        made.kind = TestLine::Kind::kExpect;
        made.expect = expectation(node);
        return made;
      case CstKind::kTestFact:
        fact(node, made);
        return made;
      default:
        return {};
    }
  }

  std::vector<FittedFixture> fitted_on(const NodeRef& node) {
    std::vector<FittedFixture> all;
    FittedFixture next;
    for (const NodeRef& child : node.children()) {
      if (child.is(CstKind::kNumber)) {
        next.count = child.text();
        next.count_span = child.span();
      } else if (child.is(CstKind::kPath)) {
        next.name = expr_.name(child);
        all.push_back(std::move(next));
        next = {};
      }
    }
    return all;
  }

  void fact(const NodeRef& node, TestLine& made) {
    for (const NodeRef& child : node.children()) {
      if (child.is(CstKind::kNumber)) {
        made.count = child.text();
        made.count_span = child.span();
      } else if (child.is(CstKind::kEventName)) {
        made.name = expr_.name(*child.first());
      } else if (child.is(CstKind::kGivenValue)) {
        made.values.push_back(given(child));
      } else if (is_instant(child.kind()) || child.is(CstKind::kPath)) {
        made.instant = instant(child);
      }
    }
  }

  ExpectDecl expectation(const NodeRef& node) {
    ExpectDecl made;
    made.span = node.span();
    const auto what = node.first();
    if (what && what->is(CstKind::kUndecided)) {
      made.undecided = expr_.name(*what->first());
    } else if (what && what->is(CstKind::kChain)) {
      made.condition = expr_.chain(*what);
    }
    return made;
  }

  // With its name, or a value alone.
  GivenDecl given(const NodeRef& node) {
    GivenDecl made;
    made.span = node.span();
    auto what = node.first();
    const bool alone = !what->following(node);
    if (!alone) {
      made.column = expr_.name(*what);
      what = what->following(node);
    }
    if (is_instant(what->kind())) {
      made.instant = instant(*what);
    } else {
      made.value = expr_.value(*what);
    }
    return made;
  }

  CasesDecl cases(const NodeRef& node) {
    CasesDecl made;
    made.span = node.span();
    for (const NodeRef& child : node.children()) {
      if (child.is(CstKind::kPath)) made.columns.push_back(expr_.name(child));
      if (child.is(CstKind::kCase)) made.rows.push_back(row(child));
    }
    return made;
  }

  CaseDecl row(const NodeRef& node) {
    CaseDecl made;
    made.span = node.span();
    for (const NodeRef& value : node.first()->children()) {
      made.values.push_back(given(value));
    }
    if (const auto expected = node.first(CstKind::kTestExpect)) {
      made.expect = expectation(*expected);
    }
    return made;
  }

  // ---- instants ----

  Instant instant(const NodeRef& node) {
    Instant made;
    made.span = node.span();
    switch (node.kind()) {
      case CstKind::kAgoInstant:
        made.form = InstantForm::kAgo;
        made.amounts = amounts(node);
        break;
      case CstKind::kAheadInstant:
        made.form = InstantForm::kAhead;
        made.amounts = amounts(node);
        break;
      case CstKind::kDayInstant:
        made.form = node.first(CstKind::kToday) ? InstantForm::kToday
                                                : InstantForm::kYesterday;
        break;
      case CstKind::kAtInstant:
        made.written = expr_.value(*node.first());
        break;
      default:
        made.form = InstantForm::kNamed;
        made.name = expr_.name(node);
    }
    if (const auto clock = node.first(CstKind::kClock)) {
      made.clock = clock->text();
      made.clock_span = clock->span();
    }
    return made;
  }

  std::vector<Amount> amounts(const NodeRef& node) {
    std::vector<Amount> all;
    std::optional<NodeRef> number;
    for (const NodeRef& child : node.children()) {
      if (child.is(CstKind::kPath)) all.push_back(expr_.named_length(child));
      if (child.is(CstKind::kNumber)) number = child;
      if (child.is(CstKind::kUnit)) all.push_back(expr_.amount(*number, child));
    }
    return all;
  }

  ExprBuilder expr_;
};

}  // namespace

TestDecl build_test(const BuildInput& input, const NodeRef& node) {
  return TestBuilder(input).test(node);
}

FixtureDecl build_fixture(const BuildInput& input, const NodeRef& node) {
  return TestBuilder(input).fixture(node);
}

}  // namespace kitle
