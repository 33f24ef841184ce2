// The tree of every construct of a condition: {text, tree on one line}.
#include <gtest/gtest.h>

#include "tests/support/syntax.h"

namespace kitle {
namespace {

using testing::condition_tree;
using testing::parse_text;

struct Row {
  const char* text;
  const char* tree;
};

template <size_t N>
void expect_trees(const Row (&rows)[N]) {
  for (const Row& row : rows) {
    EXPECT_EQ(condition_tree(row.text), row.tree) << row.text;
  }
}

TEST(Conditions, Quantifiers) {
  expect_trees({
      {R"(any purchase)", R"(any(event purchase))"},
      {R"(no purchase)", R"(no(event purchase))"},
      {R"(exactly 2 purchases)",
       R"(exactly(number(number 2), event purchases))"},
      {R"(at least 3 purchases)",
       R"(at least(number(number 3), event purchases))"},
      {R"(at most 3 purchases)",
       R"(at most(number(number 3), event purchases))"},
      {R"(more than 3 purchases)",
       R"(more than(number(number 3), event purchases))"},
      {R"(fewer than 3 purchases)",
       R"(fewer than(number(number 3), event purchases))"},
      {R"(between 2 and 4 purchases)",
       R"(between(number(number 2), to(number 4), event purchases))"},
      {R"(at least 5 rows of purchase)",
       R"(at least(number(number 5), event rows of purchase))"},
      {R"(at least limit purchases)",
       R"(at least(number(name limit), event purchases))"},
      {R"(everyone)", R"(everyone)"},
      {R"(at least 3 different product of purchase in last 7 days)",
       R"(at least different(number(number 3), event purchase.product(window in last 7 days)))"},
      {R"(exactly 1 day with purchases)",
       R"(exactly days with(number(number 1), event purchases))"},
      {R"(any purchase in each of last 6 months)",
       R"(any(event purchase(window in each of last 6 months)))"},
      {R"(share of purchase where (gift) > 12.5 percent)",
       R"(>(share of(event purchase(where(bracket(name gift)))), number 0.125))"},
      {R"(most frequent category of purchase is "A")",
       R"(is(most frequent(event purchase.category), text "A"))"},
      {R"(at least 2 different brand of product of purchases today)",
       R"(at least different(number(number 2), event purchases(measured(column of brand(name product)), window today)))"},
      {R"(sum of price of maker of product of rows of purchase where (gift) > 5)",
       R"(>(sum of(event rows of purchase(measured(column of price(column of maker(name product))), where(bracket(name gift)))), number 5))"},
      {R"(days with purchase today < 5)",
       R"(<(days with(event purchase(window today)), number 5))"},
      {R"(city contains any of {"a", "b"})",
       R"(contains any of(name city, list(text "a", text "b")))"},
      {R"(city contains all of parts)",
       R"(contains all of(name city, name parts))"},
  });
}

TEST(Conditions, EventClauses) {
  expect_trees({
      {R"(any purchase where amount > 5 TRY)",
       R"(any(event purchase(where(>(name amount, money 5 TRY)))))"},
      {R"(any purchase where (channel is "web" and amount > 5 TRY))",
       R"(any(event purchase(where(bracket(and(is(name channel, text "web"), >(name amount, money 5 TRY)))))))"},
      {R"(any purchase where (channel is "web") in last 7 days)",
       R"(any(event purchase(where(bracket(is(name channel, text "web"))), window in last 7 days)))"},
      {R"(any purchase where not gift in last 7 days)",
       R"(any(event purchase(where(not(in window(window in last 7 days, name gift))))))"},
      {R"(any purchase where total amount > 5 TRY)",
       R"(any(event purchase(where(>(total amount, money 5 TRY)))))"},
      {R"(no purchase after last call)",
       R"(no(event purchase(after(last(event call)))))"},
      {R"(no purchase before first call)",
       R"(no(event purchase(before(first(event call)))))"},
      {R"(no purchase after signed_up before 2026-01-01)",
       R"(no(event purchase(after(name signed_up), before(date 2026-01-01))))"},
      {R"(any purchase within 3 days after signed_up)",
       R"(any(event purchase(within 3 days after(name signed_up))))"},
      {R"(any purchase more than 3 days before last call)",
       R"(any(event purchase(more than 3 days before(last(event call)))))"},
      {R"(any purchase 2 to 3 weeks after first (call where reason is "A"))",
       R"(any(event purchase(2 to 3 weeks after(first(event call(where(is(name reason, text "A"))))))))"},
      {R"(any purchase after last call in last 30 days)",
       R"(any(event purchase(after(last(event call)), window in last 30 days)))"},
      {R"(any purchase where amount > 5 TRY after last call in last 30 days)",
       R"(any(event purchase(where(>(name amount, money 5 TRY)), after(last(event call)), window in last 30 days)))"},
      {R"(more than 3 purchases more than 3 days after signed_up)",
       R"(more than(number(number 3), event purchases(more than 3 days after(name signed_up))))"},
  });
}

TEST(Conditions, Windows) {
  expect_trees({
      {R"(any call ever)", R"(any(event call(window ever)))"},
      {R"(any call in last 36 hours)",
       R"(any(event call(window in last 36 hours)))"},
      {R"(any call in last 1 year)",
       R"(any(event call(window in last 1 year)))"},
      {R"(any call 7 to 14 days ago)",
       R"(any(event call(window 7 to 14 days ago)))"},
      {R"(any call 7 days ago)", R"(any(event call(window 7 days ago)))"},
      {R"(any call today)", R"(any(event call(window today)))"},
      {R"(any call yesterday)", R"(any(event call(window yesterday)))"},
      {R"(any call in this week)", R"(any(event call(window in this week)))"},
      {R"(any call in last quarter)",
       R"(any(event call(window in last quarter)))"},
      {R"(any call in 2025)", R"(any(event call(window in 2025)))"},
      {R"(any call in March 2026)", R"(any(event call(window in 2026-03)))"},
      {R"(any call between 2026-01-01 and 2026-03-31)",
       R"(any(event call(window between(date 2026-01-01, date 2026-03-31))))"},
      {R"(any call since 2026-01-01)",
       R"(any(event call(window since(date 2026-01-01))))"},
      {R"(any call until 2026-01-31)",
       R"(any(event call(window until(date 2026-01-31))))"},
      {R"(any call since 2026-01-01 12:30)",
       R"(any(event call(window since(time 2026-01-01 12:30))))"},
      {R"(renewal_date in next 14 days)",
       R"(in window(window in next 14 days, name renewal_date))"},
      {R"(in last 6 months ( any call and no purchase ))",
       R"(group(window in last 6 months, and(any(event call), no(event purchase))))"},
      {R"(since 2026-01-01 ( any call ))",
       R"(group(window since(date 2026-01-01), any(event call)))"},
      {R"(between 2026-01-01 and 2026-03-31 ( any call ))",
       R"(group(window between(date 2026-01-01, date 2026-03-31), any(event call)))"},
      {R"(today ( any call ))", R"(group(window today, any(event call)))"},
      {R"(7 to 14 days ago ( any call ))",
       R"(group(window 7 to 14 days ago, any(event call)))"},
  });
}

TEST(Conditions, MeasuresAndMoments) {
  expect_trees({
      {R"(count of purchase > 3)", R"(>(count of(event purchase), number 3))"},
      {R"(sum of purchase.amount in last 90 days > 500 TRY)",
       R"(>(sum of(event purchase.amount(window in last 90 days)), money 500 TRY))"},
      {R"(average of rows of purchase.amount > 5 TRY)",
       R"(>(average of(event rows of purchase.amount), money 5 TRY))"},
      {R"(smallest purchase.quantity > 5)",
       R"(>(smallest(event purchase.quantity), number 5))"},
      {R"(largest purchase.amount where (channel is "web") after last call ever > 5 TRY)",
       R"(>(largest(event purchase.amount(where(bracket(is(name channel, text "web"))), after(last(event call)), window ever)), money 5 TRY))"},
      {R"(distinct count of purchase.product > 5)",
       R"(>(distinct count of(event purchase.product), number 5))"},
      {R"(median gap between purchases < 30 days)",
       R"(<(median gap between(event purchases), duration 30 days))"},
      {R"(count of purchase where (channel is "web") in last 7 days between 2 and 4)",
       R"(between(count of(event purchase(where(bracket(is(name channel, text "web"))), window in last 7 days)), number 2, number 4))"},
      {R"(days since last purchase > 30)",
       R"(>(days since(last(event purchase)), number 30))"},
      {R"(days since signed_up > 30)",
       R"(>(days since(name signed_up), number 30))"},
      {R"(days until renewal_date < 30)",
       R"(<(days until(name renewal_date), number 30))"},
      {R"(time since last purchase < 36 hours)",
       R"(<(time since(last(event purchase)), duration 36 hours))"},
      {R"(first purchase in last 30 days)",
       R"(in window(window in last 30 days, first(event purchase)))"},
      {R"(last (purchase where channel is "web" in last 30 days) in last 7 days)",
       R"(in window(window in last 7 days, last(event purchase(where(is(name channel, text "web")), window in last 30 days))))"},
      {R"(amount of last purchase > 5 TRY)",
       R"(>(moment of amount(last(event purchase)), money 5 TRY))"},
      {R"(category of first (purchase where channel is "web") is "A")",
       R"(is(moment of category(first(event purchase(where(is(name channel, text "web"))))), text "A"))"},
      {R"(age of birth_date between 25 and 34)",
       R"(between(age of(name birth_date), number 25, number 34))"},
  });
}

TEST(Conditions, Comparisons) {
  expect_trees({
      {R"(country is "TR")", R"(is(name country, text "TR"))"},
      {R"(country is not "TR")", R"(is not(name country, text "TR"))"},
      {R"(country is exactly "TR")", R"(is exactly(name country, text "TR"))"},
      {R"(household >= 3)", R"(>=(name household, number 3))"},
      {R"(household <= 3)", R"(<=(name household, number 3))"},
      {R"(household < 3)", R"(<(name household, number 3))"},
      {R"(loyalty > 0.5)", R"(>(name loyalty, number 0.5))"},
      {R"(household is 1_000)", R"(is(name household, number 1000))"},
      {R"(city in {"Ankara", "Bursa"})",
       R"(in list(name city, list(text "Ankara", text "Bursa")))"},
      {R"(city not in {"Ankara"})",
       R"(not in list(name city, list(text "Ankara")))"},
      {R"(city in capitals)", R"(in list(name city, name capitals))"},
      {R"(interests contains "A")", R"(contains(name interests, text "A"))"},
      {R"(city starts with "A")", R"(starts with(name city, text "A"))"},
      {R"(city ends with "A")", R"(ends with(name city, text "A"))"},
      {R"(city matches "A.*")", R"(matches(name city, text "A.*"))"},
      {R"(city is missing)", R"(is missing(name city))"},
      {R"(city is present)", R"(is present(name city))"},
      {R"(city is not missing)", R"(is present(name city))"},
      {R"(ads_consent)", R"(name ads_consent)"},
      {R"(ads_consent is no)", R"(is(name ads_consent, no))"},
      {R"(birth_date > 2000-01-31)", R"(>(name birth_date, date 2000-01-31))"},
      {R"(signed_up < 2026-03-01 12:00:30.5)",
       R"(<(name signed_up, time 2026-03-01 12:00:30.5))"},
      {R"(signed_up < 2026-03-01T12:00:00+03:00)",
       R"(<(name signed_up, time 2026-03-01T12:00:00+03:00))"},
      {R"(signed_up in last 30 days)",
       R"(in window(window in last 30 days, name signed_up))"},
      {R"(signed_up 7 days ago)",
       R"(in window(window 7 days ago, name signed_up))"},
      {R"(signed_up after 2026-01-01)",
       R"(in window(window after(date 2026-01-01), name signed_up))"},
      {R"(signed_up before first purchase)",
       R"(in window(window before(first(event purchase)), name signed_up))"},
      {R"(signed_up since 2026-01-01)",
       R"(in window(window since(date 2026-01-01), name signed_up))"},
      {R"(signed_up yesterday)",
       R"(in window(window yesterday, name signed_up))"},
      {R"(signed_up in this year)",
       R"(in window(window in this year, name signed_up))"},
      {R"(`count` > 3)", R"(>(name count, number 3))"},
      {R"(`in` is "a")", R"(is(name in, text "a"))"},
      {R"(text is "a \"quote\", a \\ and a\tline\n")",
       R"(is(name text, text "a \"quote\", a \\ and a\tline\n"))"},
      {R"(count > 3 and date in last 7 days and first > 2)",
       R"(and(>(name count, number 3), in window(window in last 7 days, name date), >(name first, number 2)))"},
  });
}

TEST(Conditions, WhereTakesOneComparisonOrOneBracket) {
  expect_trees({
      {R"(any purchase where gift and ads_consent)",
       R"(and(any(event purchase(where(name gift))), name ads_consent))"},
      {R"(any purchase where not (gift and amount > 5 TRY) and ads_consent)",
       R"(and(any(event purchase(where(not(bracket(and(name gift, >(name amount, money 5 TRY))))))), name ads_consent))"},
  });
}

TEST(Conditions, NotTakesTheConditionThatFollows) {
  expect_trees({
      {R"(not ads_consent and city is "A")",
       R"(and(not(name ads_consent), is(name city, text "A")))"},
      {R"(not (ads_consent and city is "A"))",
       R"(not(bracket(and(name ads_consent, is(name city, text "A")))))"},
      {R"((ads_consent and city is "A") or any call)",
       R"(or(bracket(and(name ads_consent, is(name city, text "A"))), any(event call)))"},
      {R"(not not ads_consent)", R"(not(not(name ads_consent)))"},
      {R"(in vip and not in lost)",
       R"(and(in segment vip, not in segment lost))"},
      {R"(not (in vip))", R"(not(bracket(in segment vip)))"},
  });
}

TEST(Conditions, InBelongsToWhatStandsBeforeIt) {
  expect_trees({
      {R"(any purchase where returned_on in last 7 days)",
       R"(any(event purchase(where(in window(window in last 7 days, name returned_on)))))"},
      {R"(any purchase where gift in last 7 days)",
       R"(any(event purchase(where(in window(window in last 7 days, name gift)))))"},
      {R"(any purchase where (gift) in last 7 days)",
       R"(any(event purchase(where(bracket(name gift)), window in last 7 days)))"},
      {R"(any purchase where category in newborn in last 7 days)",
       R"(any(event purchase(where(in list(name category, name newborn)), window in last 7 days)))"},
      {R"(any purchase where amount > limit in last 7 days)",
       R"(any(event purchase(where(>(name amount, name limit)), window in last 7 days)))"},
      {R"(sum of purchase.amount in last 7 days > limit)",
       R"(>(sum of(event purchase.amount(window in last 7 days)), name limit))"},
      {R"(in 2025 ( any call ))", R"(group(window in 2025, any(event call)))"},
      {R"(city in capitals and in vip)",
       R"(and(in list(name city, name capitals), in segment vip))"},
  });
}

TEST(Conditions, ArithmeticBindsAsInSchool) {
  expect_trees({
      {R"(household + 2 * 3 - 1 > 4)",
       R"(>(arithmetic -(arithmetic +(name household, arithmetic *(number 2, number 3)), number 1), number 4))"},
      {R"(household - 1 - 2 > 0)",
       R"(>(arithmetic -(arithmetic -(name household, number 1), number 2), number 0))"},
      {R"(household / 2 * 3 > 0)",
       R"(>(arithmetic *(arithmetic /(name household, number 2), number 3), number 0))"},
      {R"((household + 1) * 2 > 0)",
       R"(>(arithmetic *(bracket(arithmetic +(name household, number 1)), number 2), number 0))"},
      {R"(-household < 0)", R"(<(negate(name household), number 0))"},
      {R"(household - -1 > 0)",
       R"(>(arithmetic -(name household, negate(number 1)), number 0))"},
      {R"(50 percent of household + 1 > 0)",
       R"(>(arithmetic +(percent of 50(name household), number 1), number 0))"},
      {R"(12.5 percent of count of purchase > 1)",
       R"(>(percent of 12.5(count of(event purchase)), number 1))"},
      {R"(sum of purchase.amount / count of purchase > 5 TRY)",
       R"(>(arithmetic /(sum of(event purchase.amount), count of(event purchase)), money 5 TRY))"},
      {R"(signed_up <= first call + 3 days)",
       R"(<=(name signed_up, arithmetic +(first(event call), duration 3 days)))"},
      {R"(balance > 2 * 100 TRY)",
       R"(>(name balance, arithmetic *(number 2, money 100 TRY)))"},
  });
}

TEST(Conditions, KeywordsEndAtAWordsEnd) {
  expect_trees({
      {R"(island is "a" and nothing and input > 3 and android and order is "1")",
       R"(and(is(name island, text "a"), name nothing, >(name input, number 3), name android, is(name order, text "1")))"},
      {R"(any nothing)", R"(any(event nothing))"},
      {R"(no island)", R"(no(event island))"},
  });
}

TEST(Conditions, SequencesHaveStepsAndBounds) {
  expect_trees({
      {R"(any a as p where x is 1 in last 3 days then no b within 2 days all within 1 week with same x, y and any c)",
       R"(and(any sequence all within 1 week with same x, y(step p(event a(where(is(name x, number 1)), window in last 3 days)), no step within 2 days(event b)), any(event c)))"},
      {R"(no a then b)", R"(no sequence(step(event a), step(event b)))"},
      {R"(in last 3 days (any a then rows of b))",
       R"(group(window in last 3 days, any sequence(step(event a), step(event rows of b))))"},
  });
}

TEST(Conditions, AreFreeOverLines) {
  const char* tree =
      "and(any(event purchase(window in last 7 days)), name ads_consent)";
  EXPECT_EQ(condition_tree("any\n purchase\n in last # then\n 7\ndays\nand\n"
                           "ads_consent"),
            tree);
  EXPECT_EQ(condition_tree("any purchase in last 7 days\r\n  and "
                           "ads_consent\r\n"),
            tree);
}

}  // namespace
}  // namespace kitle
