"""Rules and what tests of `kitle test` ask of them."""

import json
import re

from command import FINE, CommandTest

SCHEMA = """profile customer { id code key, city text, joined date }
event purchase { amount money }
event visit { }
"""
RULES_TEXT = """segment lately { any purchase in last 7 days }
segment nearby { city is "İzmir" and in lately }
segment immense { 9_000_000_000_000_000_000 * count of visit * 9_000_000_000_000_000_000 * 3 > 1 }
stages life { new when no purchase
  old otherwise }
"""
TESTS = """test "a purchase is seen for a week" {
  now 2026-03-01 12:00
  expect not in lately
  purchase bought_at
  cases bought_at {
    6 days 23 hours ago  expect in lately
    7 days ago           expect not in lately
  }
}

test "near and lately" {
  now 2026-03-01
  customer { city "izmir" }
  purchase yesterday
  expect in nearby
}
"""

# Of people, beside the rules above.
FITTED = """score rank for any purchase in last 90 days {
  recency: days since last purchase, 5 bands by quantile, less is better
  monetary: sum of purchase.amount, 3 bands by quantile
}
segment champions { rank.recency is 5 and rank.monetary is 3 }
segment top_spenders {
  in top 10 percent by sum of purchase.amount for any purchase }
segment top_here { in top_spenders and city is "İzmir" }
"""
POINTS = """persona fan {
  look back 30 days
  1 point for visit
  5 points when city is "İzmir"
  at most 40 points in all
  member when points > 6
}
persona friend {
  look back 30 days
  10 points when fan.points >= 7.25
  member when points >= 10
}
segment nearly { fan.points between 2 and 6 }
"""
BANDS = """score worth for any purchase {
  monetary: sum of purchase.amount where (amount > 5 TRY), 3 bands by cuts {100 TRY, 900 TRY}
}
segment rich { worth.monetary is 3 }
"""


FIXTURES = """fixture rich { purchase 3 days ago { amount 900 TRY } }
fixture poor { purchase 10 days ago { amount 10 TRY } }
fixture nobody { customer { city "Van" } }
"""


def without_time(text):
    return re.sub(r"\(\d+(\.\d+)? m?s\)", "(TIME)", text)


class RulesWithTests(CommandTest):

    def setUp(self):
        super().setUp()
        self.write("kitle.toml",
                   'name = "here"\nlocale = "tr"\ncurrency = "TRY"\n'
                   'time_zone = "Europe/Istanbul"\n')
        self.write("schema.kitle", SCHEMA)
        self.write("segments.kitle", RULES_TEXT)

    def answer(self, text, *arguments, expect=FINE):
        self.write("tests/a.kitle", text)
        return without_time(self.kitle("test", *arguments, expect=expect).out)

    def json(self, text, *arguments, expect=FINE):
        self.write("tests/a.kitle", text)
        done = self.kitle("test", "--format", "json", *arguments,
                          expect=expect)
        return json.loads(done.out)

    def seen(self, text, *arguments):
        """By the condition's words, how often it held and did not."""
        return {each["text"]: (each["held"], each["held_not"])
                for segment in self.json(text, "--coverage",
                                         *arguments)["coverage"]
                for each in segment["conditions"]}
