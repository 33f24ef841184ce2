"""Bands by quantile: fitted, kept, run."""

import json
import os
import unittest

from command import TROUBLE, USAGE, CommandTest

NOW = ("--as-of", "2026-03-01")


class Bands(CommandTest):
    def test_bands_are_fitted_before_they_are_run(self):
        self.starter()
        self.write("rules.kitle", """
score rank {
  often: count of purchase, 3 bands by quantile
  refit every 7 days
}
segment best { rank.often is 3 }
segment some { in top 40 percent by rank.score }
""")
        done = self.kitle("run", *NOW, expect=TROUBLE)
        self.assertIn("segments `best`, `some` are undecided: `rank` is not "
                      "fitted: run `kitle fit`", done.err)
        self.kitle("fit", *NOW, "--dry-run")
        self.assertFalse((self.folder / "fits").exists())
        done = self.kitle("fit", "rnk", *NOW, expect=USAGE)
        self.assertIn("did you mean `rank`?", done.err)
        done = self.kitle("fit", *NOW)
        self.assertIn("rank.often, 10 people", done.out)
        self.assertEqual(len(os.listdir(self.folder / "fits")), 2)
        self.kitle("run", *NOW)
        again = json.loads(self.kitle("fit", *NOW, "--dry-run", "--format",
                                      "json").out)
        self.assertEqual(sum(again[0]["dimensions"][0]["people"]), 10)
        done = self.kitle("fit", *NOW, "--due")
        self.assertIn("every fit is there", done.err)
        done = self.kitle("run", "--as-of", "2026-03-09")
        self.assertIn("its rule says every 7 days", done.err)


if __name__ == "__main__":
    unittest.main()
