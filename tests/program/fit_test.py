"""Bands by quantile: fitted, kept, run."""

import json
import os
import unittest

from command import RULES, TROUBLE, USAGE, CommandTest

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

    def test_a_broken_file_is_replaced(self):
        self.starter()
        self.write("rules.kitle", """
score rank { often: count of purchase, 3 bands by quantile }
score worth { spent: sum of purchase.amount, 3 bands by quantile }
segment best { rank.often is 3 and worth.spent is 3 }
""")
        self.kitle("fit", "--as-of", "2026-02-01")
        broken = "fits/rank.2026-01-31T210000Z.toml"
        self.assertTrue((self.folder / broken).exists(),
                        os.listdir(self.folder / "fits"))
        self.write(broken, "kitle_fit = 1\n")
        other = "fits/note.toml"
        self.write(other, "this is no fit\n")
        done = self.kitle("run", *NOW, expect=RULES)
        self.assertIn("error E0938", done.err)
        done = self.kitle("fit", *NOW)
        self.assertIn("warning E0938", done.err)
        self.assertIn(f"removed {broken}, which was no fit", done.err)
        self.assertFalse((self.folder / broken).exists())
        self.assertEqual(done.err.count("wrote fits/"), 2)
        # Nobody knows of what this one is.
        self.assertTrue((self.folder / other).exists())
        os.remove(self.folder / other)
        self.kitle("run", *NOW)

    def test_size_ranks_the_people_of_now(self):
        self.starter()
        everyone = self.kitle("size", "everyone", *NOW).out
        self.assertIn("10", everyone)
        condition = "in top 20 percent by sum of purchase.amount"
        done = self.kitle("size", condition, *NOW)
        self.assertRegex(done.out, r"(?m)^2 ")
        self.assertFalse((self.folder / "fits").exists())
        self.write("rules.kitle", "segment top { " + condition + " }\n")
        self.kitle("fit", *NOW)
        asked = self.kitle("size", "top", condition, *NOW).out
        self.assertRegex(asked, r"(?m)^top +2 ")
        # A score must be fitted, and the run says so.
        self.write("score.kitle", "score rank { often: count of purchase, 3 "
                   "bands by quantile }\n")
        done = self.kitle("size", "in top 20 percent by rank.often", *NOW,
                          expect=TROUBLE)
        self.assertIn("run `kitle fit`", done.err)


if __name__ == "__main__":
    unittest.main()
