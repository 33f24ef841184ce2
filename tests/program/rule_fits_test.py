"""`given value fitted on 3 loyal_buyer, newcomer` in tests of rules."""

import unittest

from command import RULES
from rule_tests import FITTED, FIXTURES, RulesWithTests


class RuleFitsTest(RulesWithTests):

    def test_fits_on_fixtures(self):
        self.write("fitted.kitle", FITTED)
        self.assertEqual(self.answer(FIXTURES + """test "ranked" {
  now 2026-03-01
  expect undecided champions
  given rank fitted on 2 rich, 8 poor, nobody
  given top_spenders.top fitted on rich, 9 poor
  expect rank.recency is missing and not in champions
  expect not in top_spenders
  given poor
  expect rank.recency is 3 and rank.monetary is 2 and rank.score is 5
  expect rank.code is "32" and not in top_spenders
  given rich
  expect in champions and in top_spenders
  later 8 days
  expect rank.recency is 3 and rank.monetary is 3
  given rank.recency 1
  expect rank.recency is 1 and rank.monetary is 3
  given rank fitted on poor
  expect rank.recency is 5 and rank.monetary is 3 and in champions
}

test "cases fit anew" {
  now 2026-03-01
  given rank fitted on poor, rich
  purchase 5 days ago { amount paid }
  cases paid {
    5 TRY   expect rank.monetary is 2
    20 TRY  expect rank.monetary is 3
  }
}
"""), "2 tests, 11 expectations: all hold (TIME)\n")

    def test_shows_on_whom_it_is_fitted(self):
        self.write("fitted.kitle", FITTED)
        out = self.answer(FIXTURES + """test "shown" {
  now 2026-03-01
  given rank fitted on 2 rich,
    8 poor
  given poor
  expect in champions
}
""", expect=RULES)
        self.assertIn("    given rank fitted on 2 rich, 8 poor\n", out)
        self.assertIn("rank.recency", out)
        self.assertNotIn("as given", out)

    def test_says_what_cannot_be_fitted(self):
        self.write("fitted.kitle", FITTED + """
score deep for any purchase {
  worth: sum of purchase.amount, 2 bands by quantile
}
score often for deep.worth is 2 {
  times: count of purchase, 2 bands by quantile
}
score huge {
  much: 9_000_000_000_000_000_000 * count of visit * 9_000_000_000_000_000_000 * 3,
    2 bands by quantile
}
""")
        out = self.answer(FIXTURES + """test "first the other" {
  now 2026-03-01
  given often fitted on rich
  given rich
  expect often.times is 2
  given deep fitted on 3 poor
  given often fitted on rich
  expect often.times is 2
}
fixture visitor { visit 1 day ago }
test "too much" {
  now 2026-03-01
  given huge fitted on 2 visitor
  expect huge.much is 1
}
""", expect=RULES)
        self.assertIn("?    `often` asks for another fit, which no line above "
                      "makes\n", out)
        self.assertIn("?    `huge.much` cannot be fitted: a value is too large "
                      "to compute\n", out)
        self.assertIn("2 tests failed", out)

    def test_covers_and_mutates_what_tests_fit(self):
        self.write("fitted.kitle", FITTED)
        text = FIXTURES + """test "ranked" {
  now 2026-03-01
  given rank fitted on 2 rich, 8 poor
  given rich
  expect in champions
  purchase 1 day ago { amount 1 TRY }
  expect in champions
}
"""
        seen = self.seen(text, "champions")
        self.assertEqual(seen["rank.recency is 5"], (2, 0))
        out = self.answer(text, "champions", "--mutate", "--verbose")
        self.assertIn("4 bands by quantile, less is better", out)
        self.assertIn("in last 91 days", out)


if __name__ == "__main__":
    unittest.main()
