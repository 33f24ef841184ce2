// The tree of every declaration: {text, printed tree}.
#include <gtest/gtest.h>

#include "tests/support/syntax.h"

namespace kitle {
namespace {

using testing::parse_text;

struct Row {
  const char* text;
  const char* tree;
};

constexpr Row kDeclarations[] = {
    {R"(
library lib(a attribute time)
use std.x with purchase, n 5 as y
table things "Titled" from "a.csv" key k { k code, v text }
events contact plural contacts_made = calls, mail
sessions talk plural talks of contact gap 2 hours
sessions named of contact gap pause
template t(p duration, v property of e money = 3 TRY) deprecated "no" {
  any e within p after f(p, gift is "a")
}
let l = table "b.csv" column "c"
)",
     R"(
events contact plural contacts_made = calls, mail
sessions talk plural talks of contact gap 2 hours
sessions named of contact gap pause
table things "Titled" from "a.csv" key k
  k code
  v text
library lib(a attribute time)
use std.x as y
  name purchase
  for n
  number 5
template t(p duration, v property of e money = ...)
  any
    event e
      within p after
        call f
          name p
          is
            name gift
            text "a"
let l
  table "b.csv" column "c"
)"},
    {R"(
profile customer { id code key, email text personal, nick code any case, interests list of text }
)",
     R"(
profile customer
  id code key
  email text personal
  nick code any case
  interests list of text
)"},
    {R"(
profile customer {
  id code key   # the person
  # nothing here

  city text, country code
}
)",
     R"(
profile customer
  id code key
  city text
  country code
)"},
    {R"(
event purchase counted by order { order code, amount money }
)",
     R"(
event purchase counted by order
  order code
  amount money
)"},
    {R"(
test "a \"b\"" {
  now 2026-03-01 12:00
  customer { country "TR", signed_up 7 days ago, city missing }
  5 page_views 2 days 3 hours ago at 18:30
  purchase today 09:00 { amount 2 * 60 TRY }
  purchase yesterday
  later 3 days
  purchase in 3 days { }
  given loyal
  expect in vip
    and not in lost
  expect undecided lifecycle.lost
}
)",
     R"(
test "a \"b\""
  now 2026-03-01 12:00
  told customer
    country
      text "TR"
    signed_up: 7 days ago
    city
      name missing
  told 5 page_views, 2 days 3 hours ago at 18:30
  told purchase, today at 09:00
    amount
      arithmetic *
        number 2
        money 60 TRY
  told purchase, yesterday
  later 3 days
  told purchase, in 3 days
  given loyal
  expect
    and
      in segment vip
      not in segment lost
  expect undecided lifecycle.lost
)"},
    {R"(
fixture loyal "Loyal" { purchase at 2026-03-01 }
test "t" {
  purchase when { amount paid }
  `given` 3 days ago
  cases when, paid {
    1 day ago, 5 TRY expect in vip
    2026-01-01, missing
  }
}
)",
     R"(
fixture loyal "Loyal"
  told purchase, 2026-03-01
test "t"
  told purchase, at when
    amount
      name paid
  told given, 3 days ago
  cases when paid
    case
      1 day ago
      money 5 TRY
      expect
        in segment vip
    case
      date 2026-01-01
      name missing
)"},
    {R"(
event visit plural visits_made { }
)",
     R"(
event visit plural visits_made
)"},
    {R"(
event `test` { `in` code }
)",
     R"(
event test
  in code
)"},
    {R"(
let newborn = {"Biberon", "Puset"}
)",
     R"(
let newborn
  list
    text "Biberon"
    text "Puset"
)"},
    {R"(
let sum_of_both = 3 +
  4
let keen = at least 3 purchases
  and any call
)",
     R"(
let sum_of_both
  arithmetic +
    number 3
    number 4
let keen
  and
    at least
      number
        number 3
      event purchases
    any
      event call
)"},
    {R"(
let no_mail = not ads_consent
  or email is missing
)",
     R"(
let no_mail
  or
    not
      name ads_consent
    is missing
      name email
)"},
    {R"(
let cities = {
  "Ankara",
  "Bursa",   # a comma may close the list
}
)",
     R"(
let cities
  list
    text "Ankara"
    text "Bursa"
)"},
    {R"(
segment vip "Our \"best\"" { everyone }
)",
     R"(
segment vip "Our \"best\""
  everyone
)"},
    {R"(
segment a {
  any call
  and (
    any purchase
    or any page_view
  )
}
segment b { in a }
)",
     R"(
segment a
  and
    any
      event call
    bracket
      or
        any
          event purchase
        any
          event page_view
segment b
  in segment a
)"},
    {R"(
source shop {
  files "orders/*.csv", "more.csv.gz"
  csv { delimiter ";", quote "\"", header yes, encoding "utf-8", empty is missing }
  customer from "CustomerID"
  only rows when "Status" is not "test" and "Total" > 0
  channel is "web"
  into purchase when "Quantity" > 0 {
    time   from "InvoiceDate" as "%d.%m.%Y %H:%M" in zone "Europe/Istanbul"
    amount from "Quantity" * "UnitPrice" rounded
  }
  into customer { country from "Country" }
}
)",
     R"(
source shop
  files "orders/*.csv"
  files "more.csv.gz"
  csv delimiter ";" quote "\"" header yes encoding "utf-8" empty missing
  only rows when
    and
      is not
        column "Status"
        text "test"
      >
        column "Total"
        number 0
  customer
    from
      column "CustomerID"
  channel
    is
      text "web"
  into purchase
    when
      >
        column "Quantity"
        number 0
    time
      from as "%d.%m.%Y %H:%M" in zone "Europe/Istanbul"
        column "InvoiceDate"
    amount
      from rounded
        arithmetic *
          column "Quantity"
          column "UnitPrice"
  into customer
    country
      from
        column "Country"
)"},
    {R"(
source people {
  files "people.ndjson"
  customer from row number
  into customer {
    birth_date from date("year", "month", "day") or missing
    signed_up  from "at" as unix seconds
    interests  from split "tags" by ";"
  }
}
)",
     R"(
source people
  files "people.ndjson"
  customer
    from row number
  into customer
    birth_date
      from date or missing
        column "year"
        column "month"
        column "day"
    signed_up
      from as unix seconds
        column "at"
    interests
      from split by ";"
        column "tags"
)"},
    {R"(
source odd {
  files "a.csv"
  csv { header no, columns {"id", "n"}, empty is text, quote none }
  into call { time from "at" as unix milliseconds
    reason from "r" or missing
  }
}
)",
     R"(
source odd
  files "a.csv"
  csv delimiter "," quote "" header no encoding "utf-8" empty text
    column "id"
    column "n"
  into call
    time
      from as unix milliseconds
        column "at"
    reason
      from or missing
        column "r"
)"},
};

TEST(Declarations, PrintAsTheyAreUnderstood) {
  for (const Row& row : kDeclarations) {
    const auto parsed = parse_text(row.text);
    EXPECT_EQ(parsed.text(), "");
    EXPECT_EQ(print(parsed.syntax), std::string_view(row.tree).substr(1));
  }
}

// Grammar notes: an item ends at a newline or a comma, but goes on behind a
// comma or an operator, before `and`, and in brackets.
TEST(Declarations, ItemsEndAtNewlines) {
  EXPECT_EQ(parse_text("event e { a code b code }").codes(), "E0122");
  EXPECT_EQ(parse_text("event e { a code, b code\n\n c code }").codes(), "");
  EXPECT_EQ(parse_text("let a = 1 +\n 2\nlet b = (1\n + 2)\n").codes(), "");
  EXPECT_EQ(parse_text("let a = any x\n or any y\n").codes(), "");
  EXPECT_EQ(parse_text("let a = 1\n + 2\n").codes(), "E0112");
}

TEST(Declarations, CommentsAreKept) {
  const std::string text =
      "# one\nsegment a { # two\r\n  city is \"#3\" }\n#four";
  const auto parsed = parse_text(text);
  EXPECT_EQ(parsed.codes(), "");
  std::vector<std::string> comments;
  for (const auto& comment : parsed.syntax.comments) {
    comments.emplace_back(parsed.sources.text(comment.span));
  }
  EXPECT_EQ(comments, (std::vector<std::string>{"# one", "# two", "#four"}));
}

TEST(Declarations, StagesHaveALineEach) {
  const auto parsed = parse_text(
      "stages life \"Life\" {\n"
      "  # who comes first\n"
      "  new \"New\" when no call\n"
      "    and everyone\n"
      "\n"
      "  `in` when (any call\n  or everyone)\n"
      "  lost otherwise # all else\n}\n"
      "stages short { all otherwise }\n");
  EXPECT_EQ(parsed.codes(), "");
  EXPECT_EQ(testing::on_one_line(print(parsed.syntax)),
            "stages life \"Life\"(new \"New\" when(and(no(event call), "
            "everyone)), in when(bracket(or(any(event call), everyone))), lost "
            "otherwise), stages short(all otherwise)");
}

TEST(Declarations, ALineThatIsNoStageLeavesTheOthers) {
  const auto parsed = parse_text(
      "stages life {\n  a when no call\n  b whn any call\n  c otherwise\n}\n"
      "segment s { everyone }\n");
  EXPECT_EQ(parsed.codes(), "E0126");
  ASSERT_EQ(parsed.syntax.stages.size(), 1u);
  EXPECT_TRUE(parsed.syntax.stages[0].broken);
  EXPECT_EQ(parsed.syntax.stages[0].stages.size(), 2u);
  EXPECT_EQ(parsed.syntax.segments.size(), 1u);
}

TEST(Declarations, OfOtherVersionsAreSkippedWhole) {
  const auto parsed = parse_text(
      "model p { purchases of call\n horizon 12 months }\n"
      "audience visit = page_view, call\n"
      "audience browsing of visit gap 30 minutes\n"
      "report \"a report\" {\n  customer { country \"TR\" }\n}\n"
      "model life {\n  lifecycle from 30 days ago to now\n}\n"
      "segment s { everyone }\n");
  EXPECT_EQ(parsed.codes(), "E0113 E0113 E0113 E0113 E0113");
  EXPECT_EQ(parsed.syntax.segments.size(), 1u);
  std::vector<std::string> names;
  for (const LaterDecl& each : parsed.syntax.later) {
    names.push_back(each.name.text);
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"p", "visit", "browsing", "life"}));
}

}  // namespace
}  // namespace kitle
