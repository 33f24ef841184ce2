"""kitle why: sequences, personas, scores, stages and templates, explained."""

import json
import unittest

from command import RULES, SOURCE, TROUBLE, USAGE, CommandTest

NOW = ("--as-of", "2026-03-01")

SCHEMA = '''
profile customer { id code key, city text, mail text personal }
event view { product code, price money }
event cart { product code }
event call { number code personal }
event purchase counted by order { order code, product code, amount money }
'''

SOURCES = '''
source people {
  files "people.csv"
  customer from "id"
  into customer { city from "city" }
}
source clicks {
  files "clicks.csv"
  customer from "id"
  into view when "what" is "view" {
    time from "at"
    product from "product"
    price from "price"
  }
  into cart when "what" is "cart" {
    time from "at"
    product from "product"
  }
}
source phone {
  files "calls.csv"
  customer from "id"
  into call {
    time from "at"
    number from "number"
  }
}
source orders {
  files "orders.csv"
  customer from "id"
  into purchase {
    time from "at"
    order from "order"
    product from "product"
    amount from "price"
  }
}
'''

RULES_TEXT = '''
segment left {
  any view then cart within 1 day then no purchase within 2 days with same product
}
segment middle { any view then no cart then purchase }
segment more { any purchase as p then purchase where amount > 2 * p.amount }
segment quick { any view then cart then purchase all within 3 days }
segment again { any call then call with same number }
segment never { no view then purchase }

persona fan {
  look back 60 days
  1 point for view
  2 points per 100 TRY of purchase.amount
  3 points when city is "Izmir"
  at most 4 points a day
  halving every 10 days
  at most 8 points in all
  member when points >= 5
}
persona curious {
  look back ever
  1 point for each different product of view
  member when points > 2
}
segment nearly { fan.points between 5 and 6 }

score worth for any purchase in last 24 months {
  recency: days since last purchase, 3 bands by cuts {10, 40}, less is better
  spent: sum of purchase.amount in last 12 months, 3 bands by cuts {100 TRY, 500 TRY}
}
segment best { worth.score >= 5 }
segment fresh { worth.recency is 3 }

template bought(period duration, least money = 50 TRY) {
  sum of purchase.amount in last period >= least
}
template twice(span duration) { bought(span) and bought(span, 60 TRY) }
let generous = 90 TRY
segment rising { bought(30 days) and not bought(7 days, 1 TRY) }
segment rising_far { bought(30 days, generous) }
segment rising_twice { twice(90 days) }

stages life {
  new    when no purchase
  active when last purchase in last 20 days
  lost   otherwise
}
segment keep { life is new or (life is active and in best) }
segment monthly { any purchase in each of last 2 months }
segment picky { any purchase where (product is "p9" and amount > 100 TRY) }
'''

CLICKS = '''id,at,what,product,price
held,2026-02-01 10:00,view,p1,10
held,2026-02-01 12:00,cart,p1,
late,2026-02-01 10:00,view,p1,10
late,2026-02-03 10:00,cart,p1,
other,2026-02-01 10:00,view,p1,10
other,2026-02-01 11:00,cart,p2,
spoiled,2026-02-01 10:00,view,p1,10
spoiled,2026-02-01 12:00,cart,p1,
waits,2026-02-28 10:00,view,p1,10
waits,2026-02-28 12:00,cart,p1,
looks,2026-02-27 10:00,view,p1,10
looks,2026-02-27 11:00,view,p2,10
capped,2026-03-01 00:00,view,p1,10
capped,2026-02-19 10:00,view,p1,10
capped,2026-02-19 11:00,view,p2,10
capped,2026-02-19 12:00,view,p3,10
capped,2026-02-19 13:00,view,p1,10
capped,2026-02-19 14:00,view,p1,10
'''

ORDERS = '''id,at,order,product,price
held,2026-02-02 10:00,o1,p2,120
spoiled,2026-02-02 09:00,o2,p1,100
buyer,2026-01-10 10:00,o3,p1,100
buyer,2026-02-10 10:00,o4,p9,60
buyer,2026-02-12 10:00,o5,p5,40
'''

CALLS = '''id,at,number
buyer,2026-02-01 10:00,5550001
buyer,2026-02-02 10:00,5550002
'''

PEOPLE = "id,city\n" + "".join(
    f"{key},{'Izmir' if key == 'capped' else 'Ankara'}\n" for key in (
        "held", "late", "other", "spoiled", "waits", "looks", "capped",
        "buyer", "nobody"))


def fields(json_value, found):
    """All names in it, but those of properties."""
    if isinstance(json_value, list):
        for each in json_value:
            fields(each, found)
    if isinstance(json_value, dict):
        found.update(json_value)
        for name, each in json_value.items():
            if name != "properties":
                fields(each, found)


class WhyParts(CommandTest):
    maxDiff = None

    def setUp(self):
        super().setUp()
        self.write("kitle.toml", 'time_zone = "Europe/Istanbul"\n'
                   'currency = "TRY"\n')
        self.write("schema.kitle", SCHEMA)
        self.write("sources.kitle", SOURCES)
        self.write("rules.kitle", RULES_TEXT)
        self.write("people.csv", PEOPLE)
        self.write("clicks.csv", CLICKS)
        self.write("orders.csv", ORDERS)
        self.write("calls.csv", CALLS)
        self.kitle("ingest")

    def why(self, *arguments):
        return self.kitle("why", *arguments, *NOW).out

    def json(self, *arguments):
        return json.loads(self.why(*arguments, "--format", "json"))

    def tree(self, *arguments):
        """What stands between the head and the change."""
        return self.why(*arguments).split("\n\n")[1]

    def steps(self, key, segment):
        return self.json(key, segment)["condition"]["steps"]

    def test_json_has_the_fields_of_the_documentation(self):
        found = set()
        for key, segment in (("late", "left"), ("looks", "fan"),
                             ("buyer", "best"), ("buyer", "worth"),
                             ("held", "keep"), ("buyer", "monthly"),
                             ("buyer", "rising"), ("buyer", "picky")):
            fields(self.json(key, segment), found)
        for field in ("steps", "points", "scores", "given", "period",
                      "instead", "where", "inner", "nearest", "next"):
            self.assertIn(field, found)
        page = (SOURCE / "docs/language.md").read_text(encoding="utf-8")
        for field in found:
            self.assertIn(f"`{field}`", page)

    # ---- sequences ----

    def test_a_sequence_is_shown_by_the_events_that_satisfy_it(self):
        out = self.why("held", "left")
        self.assertIn("holds (the view of 2026-02-01 10:00:00, then the cart "
                      "of 2026-02-01 12:00:00).", out)
        self.assertEqual(self.tree("held", "left"), '''\
> yes  any view then cart within 1 day then no purchase within 2 days with same product
         1. any view
           view 2026-02-01 10:00:00: product "p1", price 10 TRY
         2. then cart within 1 day
           cart 2026-02-01 12:00:00: product "p1"
         3. then no purchase within 2 days
           none''')
        steps = self.steps("held", "left")
        self.assertEqual([step["holds"] for step in steps], [True] * 3)
        self.assertEqual(steps[0]["events"][0]["time"], "2026-02-01T07:00:00Z")
        self.assertEqual(steps[2]["events"], [])
        self.assertIs(steps[2]["negated"], True)

    def test_the_step_that_is_missing_is_named_and_why(self):
        for key, step, why in (
                ("late", 2, "the cart of 2026-02-03 10:00:00 is 1 day too "
                 "late"),
                ("other", 2, 'the cart of 2026-02-01 11:00:00 has another '
                 'product ("p2", not "p1")'),
                ("spoiled", 3, "the purchase of 2026-02-02 09:00:00 is in the "
                 "way"),
                ("waits", 3, "it is over only on 2026-03-02 12:00:00"),
                ("looks", 2, "none that counts comes later"),
                ("nobody", 1, "there is none that counts")):
            steps = self.steps(key, "left")
            self.assertEqual([each["holds"] for each in steps].index(False),
                             step - 1, key)
            self.assertEqual(steps[step - 1]["missing"], why, key)
            self.assertEqual([each["reached"] for each in steps],
                             [i < step for i in range(3)], key)
            self.assertIn(f"step {step} of 3, `", self.why(key, "left"))

    def test_in_the_middle_and_by_comparison(self):
        spoiled = self.steps("spoiled", "middle")
        self.assertEqual(
            spoiled[1]["missing"], "the cart of 2026-02-01 12:00:00 is in the "
            "way before the purchase of 2026-02-02 09:00:00")
        more = self.steps("buyer", "more")
        self.assertEqual(
            more[1]["missing"], "of the purchase of 2026-02-10 10:00:00 "
            "`amount` is 60 TRY, and `2 * p.amount` is 200 TRY")
        held = self.steps("held", "quick")
        self.assertEqual([each["holds"] for each in held], [True] * 3)
        never = self.why("held", "never")
        self.assertIn("does not hold (the view of 2026-02-01 10:00:00, then "
                      "the purchase of 2026-02-02 10:00:00)", never)

    def test_what_is_personal_is_not_told(self):
        self.assertEqual(
            self.steps("buyer", "again")[1]["missing"],
            "the call of 2026-02-02 10:00:00 has another number")
        for form in ("text", "json"):
            self.assertNotIn("555", self.why("buyer", "again", "--format",
                                             form))

    # ---- personas ----

    def test_points_are_told_line_by_line(self):
        self.assertEqual(self.tree("capped", "fan"), '''\
> yes  points >= 5: 6.00 points
         1 point for view: 6.00 points
           counted from 2025-12-31 00:00:00 until 2026-03-01 00:00:00
           view 2026-03-01 00:00:00: product "p1", price 10 TRY
           view 2026-02-19 14:00:00: product "p1", price 10 TRY
           view 2026-02-19 13:00:00: product "p1", price 10 TRY
           and 3 more
         2 points per 100 TRY of purchase.amount: 0.00 points
           there is no purchase at all
         3 points when city is "Izmir": 3.00 points
         at most 4 points a day, of 2026-02-19: 5.00 points become 4.00 points
         halving every 10 days: 8.00 points become 6.00 points''')

    def test_the_nearest_line_is_named(self):
        points = self.json("looks", "fan")["condition"]["points"][0]
        self.assertEqual(points["lines"][0]["points"], "2.00 points")
        self.assertEqual(points["sum"], "2.00 points")
        self.assertEqual(
            points["nearest"], "a purchase of 200 TRY more by `2 points per "
            "100 TRY of purchase.amount`")
        self.assertIn("points short", self.why("looks", "fan"))
        curious = self.json("looks", "curious")["condition"]["points"][0]
        self.assertEqual(curious["nearest"], "1 more by `1 point for each "
                         "different product of view`")
        self.assertIn("nearest: ", self.why("nobody", "nearly"))

    def test_a_failing_test_shows_the_lines(self):
        self.write("tests.kitle", '''
test "a fan" {
  now 2026-03-01
  view 1 day ago
  expect in fan
}
''')
        out = self.kitle("test", expect=RULES).out
        self.assertIn("1 point for view: 1.00 points", out)
        self.assertIn("nearest: ", out)

    # ---- stages and segments ----

    def test_a_sentence_stops_at_the_segments_that_it_names(self):
        self.assertIn("buyer is not in keep, because they are in life.active, "
                      "neither in new nor in best.", self.why("buyer", "keep"))
        self.assertIn("nobody is in keep, because they are in life.new.",
                      self.why("nobody", "keep"))
        self.assertIn("held is not in keep, because they are in life.lost, "
                      "neither in new nor in active.", self.why("held", "keep"))
        part = self.json("held", "keep")["condition"]["parts"][0]
        self.assertEqual((part["name"], part["instead"]),
                         ("life.new", "life.lost"))

    # ---- scores ----

    def test_a_score_is_told_by_its_bands(self):
        self.assertIn('''\
> no   worth.score >= 5: 4, 1 short
         recency 2 of 3: days since last purchase is 16; next band below 10: 6 days too many
         spent 2 of 3: sum of purchase.amount in last 12 months is 200 TRY; next band above 500 TRY: 300 TRY short
''', self.why("buyer", "best"))

    def test_a_score_itself_is_explained(self):
        out = self.why("buyer", "worth")
        self.assertEqual(out, self.why("buyer", "worth.score"))
        self.assertEqual(out, self.why("buyer", "worth.code"))
        # A number is neither true nor not.
        self.assertRegex(out, r"(?m)^>      worth\.score: 4$")
        self.assertIn("`worth.score` of buyer is 4 = recency 2 + spent 2.", out)
        self.assertIn("With no new event `worth.score` is another one from "
                      "2026-03-24 10:00:00", out)
        self.assertIn("is missing, not in the population: `any purchase in "
                      "last 24 months` does not hold",
                      self.why("nobody", "worth"))
        self.assertIn("`worth.recency` of buyer is 2.",
                      self.why("buyer", "worth.recency"))
        self.assertIn("no segment asks for `worth.spent`",
                      self.kitle("why", "buyer", "worth.spent", *NOW,
                                 expect=USAGE).err)
        self.assertIs(self.json("buyer", "worth")["score"], True)

    # ---- parameters ----

    def test_parameters_are_told(self):
        out = self.why("buyer", "rising")
        self.assertIn("`sum of purchase.amount in last period >= least` "
                      "(period 30 days, least 50 TRY) holds (100 TRY)", out)
        self.assertIn("(period 7 days, least 1 TRY)", out)
        twice = self.json("buyer", "rising_twice")
        first = twice["condition"]["parts"][0]
        self.assertEqual(first["given"], "period 90 days, least 50 TRY")
        self.assertEqual(first["values"][0]["of"], "sum of purchase.amount in "
                         "last period (period 90 days)")

    def test_a_let_is_told_with_its_value(self):
        self.assertIn("(period 30 days, least generous = 90 TRY)",
                      self.why("buyer", "rising_far"))

    def test_points_are_shown_with_their_persona(self):
        self.assertEqual(self.why("capped", "fan.points"),
                         self.why("capped", "fan"))

    def test_a_change_is_looked_for_over_a_day_at_least(self):
        done = self.kitle("why", "buyer", "worth", "--days", "0", *NOW,
                          expect=USAGE)
        self.assertIn("1", done.err)
        self.assertIn("--days", done.err)
        self.why("buyer", "worth", "--days", "1")

    def test_coverage_tells_two_calls_apart(self):
        self.write("tests.kitle", '''
test "rising" {
  now 2026-03-01
  expect not in rising
}
''')
        out = self.kitle("test", "--coverage").out
        self.assertIn("(period 30 days, least 50 TRY)", out)
        self.assertIn("(period 7 days, least 1 TRY)", out)

    # ---- periods, parts of a where ----

    def test_periods_are_named(self):
        self.assertIn("`any purchase in each of last 2 months` holds (2 in "
                      "February 2026, 1 in January 2026)",
                      self.why("buyer", "monthly"))
        held = self.why("held", "monthly")
        self.assertIn("does not hold in January 2026 (0", held)
        self.assertIn("each of last 2 months, January 2026: 0", held)

    def test_of_a_where_the_parts_that_fail_are_counted(self):
        self.assertIn('not counted: 3 for which `where` does not hold (`product '
                      'is "p9"` for 2, `amount > 100 TRY` for 3)',
                      self.why("buyer", "picky"))

    # ---- columns of tables ----

    def test_what_is_measured_of_a_table_is_told(self):
        self.write("products.csv", "product,brand,cost\np1,Alfa,10\n"
                   "p9,Beta,20\np5,Beta,30\n")
        self.write("numbers.csv", "number,kind\n5550001,home\n")
        self.write("brands.kitle", '''
table products from "products.csv" key product { product code, brand text, cost money }
table numbers from "numbers.csv" key number { number code, kind text }
segment beta { most frequent brand of product of purchase is "Alfa" }
segment costly { sum of cost of product of purchase in last 30 days >= 50 TRY }
segment at_home { most frequent kind of number of call is "home" }
''')
        self.assertIn('is "Alfa"` does not hold ("Beta").',
                      self.why("buyer", "beta"))
        costly = self.why("buyer", "costly")
        self.assertIn("holds (50 TRY).", costly)
        self.assertIn("leaves on 2026-03-12 10:00:00: the purchase of "
                      "2026-02-10 10:00:00 no longer counts", costly)
        personal = self.why("buyer", "at_home")
        self.assertIn("personal, not shown", personal)
        self.assertNotIn("5550001", personal)

    # ---- fits ----

    def test_stages_before_one_that_lacks_a_fit_are_explained(self):
        self.write("ranks.kitle", '''
stages rank {
  none when no purchase
  top  when in top 10 percent by count of purchase
  rest otherwise
}
''')
        self.assertIn("nobody is in rank.none, stage 1 of 3",
                      self.why("nobody", "rank"))
        self.kitle("why", "buyer", "rank", *NOW, expect=TROUBLE)


if __name__ == "__main__":
    unittest.main()
