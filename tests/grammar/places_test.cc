// Where things are: spans of nodes and of reports, lines and columns.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/syntax.h"

namespace kitle {
namespace {

using testing::parse_text;
using testing::Parsed;

// Every expression below `expr`, as "kind: its text".
void collect(const Parsed& parsed, const Expr& expr,
             std::vector<std::string>& found) {
  found.push_back(std::string(kind_name(expr.kind)) + ": " +
                  std::string(parsed.sources.text(expr.span)));
  if (expr.low) collect(parsed, *expr.low, found);
  if (expr.high) collect(parsed, *expr.high, found);
  if (expr.clause) {
    found.push_back("clause: " +
                    std::string(parsed.sources.text(expr.clause->span)));
    if (expr.clause->where) collect(parsed, *expr.clause->where, found);
    for (const Anchor& anchor : expr.clause->anchors) {
      found.push_back("anchor: " +
                      std::string(parsed.sources.text(anchor.span)));
    }
    if (const auto& window = expr.clause->window) {
      found.push_back("window: " +
                      std::string(parsed.sources.text(window->span)));
    }
  }
  for (const ExprPtr& arg : expr.args) collect(parsed, *arg, found);
}

std::vector<std::string> places(const std::string& condition) {
  const Parsed parsed = parse_text("segment s { " + condition + "  # end\n }");
  std::vector<std::string> found;
  if (parsed.syntax.segments.size() != 1) return {parsed.text()};
  collect(parsed, *parsed.syntax.segments[0].condition, found);
  return found;
}

TEST(Places, ANodeEndsBeforeTheBlanksBehindIt) {
  EXPECT_EQ(
      places("any  purchase where amount  > 5 TRY after last call in last 7 "
             "days  and  not ( ads_consent )"),
      (std::vector<std::string>{
          "and: any  purchase where amount  > 5 TRY after last call in last 7 "
          "days  and  not ( ads_consent )",
          "quantified: any  purchase where amount  > 5 TRY after last call in "
          "last 7 days",
          "clause: purchase where amount  > 5 TRY after last call in last 7 "
          "days",
          "compare: amount  > 5 TRY", "name: amount", "money: 5 TRY",
          "anchor: after last call", "window: in last 7 days",
          "not: not ( ads_consent )", "bracket: ( ads_consent )",
          "name: ads_consent"}));
}

TEST(Places, ArithmeticSpansFromItsFirstToItsLastPart) {
  EXPECT_EQ(
      places("1 + 2 * household > -3"),
      (std::vector<std::string>{"compare: 1 + 2 * household > -3",
                                "arithmetic: 1 + 2 * household", "number: 1",
                                "arithmetic: 2 * household", "number: 2",
                                "name: household", "negate: -3", "number: 3"}));
}

TEST(Places, OfEventsAndProperties) {
  const Parsed parsed =
      parse_text("segment s { sum of `purchase`.amount > 3 TRY }");
  const Expr& compare = *parsed.syntax.segments[0].condition;
  const EventClause& clause = *compare.args[0]->clause;
  EXPECT_EQ(parsed.sources.text(clause.event.span), "`purchase`");
  EXPECT_EQ(parsed.sources.text(clause.property->span), "amount");
  EXPECT_EQ(parsed.sources.text(compare.op_span), ">");
}

// The place of a report stands between ‹ and ›.
struct Row {
  const char* text;
  const char* code;
};

constexpr Row kReports[] = {
    {"segment s { any purchase\n  ‹no› call }", "E0134"},
    {"segment s { any ‹}›", "E0132"},
    {"segment s { country is ‹}›", "E0131"},
    {"segment s { country is‹›\n", "E0131"},
    {"segment s { any a ‹)› }", "E0119"},
    {"segment s { (any a ‹}› ", "E0118"},
    {"segment s { any a‹› ", "E0117"},
    {"segment s { country ‹==› \"TR\" }", "E0137"},
    {"segment s { balance > ‹1.000› TRY }", "E0180"},
    {"segment s { balance > ‹500TRY› }", "E0181"},
    {"segment s { city is ‹\"A ›", "E0107"},
    {"segment s { city is ‹“İzmir”› }", "E0109"},
    {"segment s { any a in last ‹1.5 days› }", "E0165"},
    {"segment s { sum of a.b > 3 ‹in last 7 days› }", "E0170"},
    {"segment s { (any a) ‹in last 7 days› and any b }", "E0166"},
    {"segment s { count of a ‹then b within 2 days› and any c }", "E1201"},
    {"segment s { any a then b with same c ‹in last 2 days› and any c }",
     "E1205"},
    {"segment ‹şehir› { any a }", "E0105"},
    {"‹model› p { }", "E0113"},
    {"source s {\n  customer ‹\"a\"›\n}", "E0191"}};

TEST(Places, OfReportsAreExact) {
  for (const Row& row : kReports) {
    std::string text = row.text;
    const size_t begin = text.find("‹");
    text.erase(begin, std::string("‹").size());
    const size_t end = text.find("›");
    text.erase(end, std::string("›").size());
    const Parsed parsed = parse_text(text);
    const auto& all = parsed.diagnostics.all();
    const auto found = std::find_if(
        all.begin(), all.end(),
        [&](const Diagnostic& each) { return info(each.id).code == row.code; });
    ASSERT_NE(found, all.end()) << row.text << "\n" << parsed.text();
    EXPECT_EQ(found->span.begin, begin) << row.text << "\n" << parsed.text();
    EXPECT_EQ(found->span.end, end) << row.text << "\n" << parsed.text();
  }
}

TEST(Places, CountLinesAndCodePoints) {
  SourceSet sources;
  sources.add("a", "\xEF\xBB\xBFİki\r\nüç\n\n");
  const auto at = [&](uint32_t offset) {
    const Position place = sources.position(0, offset);
    return std::pair(place.line, place.column);
  };
  EXPECT_EQ(at(3), std::pair(1u, 1u));
  EXPECT_EQ(at(5), std::pair(1u, 2u));
  EXPECT_EQ(at(9), std::pair(2u, 1u));
  EXPECT_EQ(at(11), std::pair(2u, 2u));
  EXPECT_EQ(at(14), std::pair(3u, 1u));
  EXPECT_EQ(at(1000), std::pair(4u, 1u));
}

}  // namespace
}  // namespace kitle
