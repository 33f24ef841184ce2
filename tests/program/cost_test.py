"""What rules cost, and how segments change by time alone."""

import json
import unittest

from command import TROUBLE, USAGE, CommandTest

NOW = ("--as-of", "2026-03-01")
SIZES = {"new_members_no_order": 3, "good_customers": 2, "gone_quiet": 2,
         "looked_not_bought": 2, "young_metropolitan": 3}


class Cost(CommandTest):
    def setUp(self):
        super().setUp()
        self.starter()

    def test_explain_says_what_rules_cost(self):
        done = self.kitle("explain", "--cost", *NOW)
        self.assertRegex(done.out, r"(?m)^gone_quiet +\d+ +\d+ +[\d,]+ +\d")
        self.assertIn("changes with time", done.out)
        self.assertNotIn("own time", done.out)
        analyzed = self.kitle("explain", "--analyze", *NOW).out
        self.assertIn("own time", analyzed)
        self.assertRegex(analyzed, r"A run of them takes .* by the interpreter")
        report = json.loads(self.kitle("explain", "gone_quiet", "--analyze",
                                       *NOW, "--format", "json").out)
        self.assertEqual([each["name"] for each in report["segments"]],
                         ["gone_quiet"])
        self.assertAlmostEqual(
            report["segments"][0]["seconds"],
            sum(each["seconds"] for each in report["operations"]))
        self.kitle("explain", "--cost", "--analyze", expect=USAGE)
        self.kitle("explain", "--plan", "--analyze", expect=USAGE)
        both = self.kitle("explain", "gone_quiet", "good_customers", "--cost",
                          *NOW).out
        self.assertNotIn("looked_not_bought", both)
        self.kitle("explain", "gone_quiet", "good_customers", expect=USAGE)
        done = self.kitle("explain", "--plan", *NOW, expect=USAGE)
        self.assertIn("--cost or --analyze", done.err)
        done = self.kitle("explain", "gone_quite", "--cost", expect=USAGE)
        self.assertIn("did you mean `gone_quiet`?", done.err)
        done = self.kitle("explain", "--cost", "--store", "nowhere",
                          expect=TROUBLE)
        self.assertIn("there is none yet", done.err)


    def test_forecast_says_who_leaves_and_enters(self):
        done = self.kitle("forecast", "gone_quiet", *NOW, "--days", "5")
        self.assertRegex(done.out, r"^gone_quiet: .+\ndate +leave")
        self.assertRegex(done.out, r"(?m)^now +2$")
        self.assertRegex(done.out, r"(?m)^2026-03-05 +\d+ +\d+ +\d+$")
        self.assertIn("5 days with no new event", done.out)
        rows = self.kitle("forecast", *NOW, "--days", "3",
                          "--format", "csv").out.splitlines()
        self.assertEqual(rows[0], "segment,date,leave,enter,size")
        self.assertEqual(len(rows), 1 + 3 * len(SIZES))
        report = json.loads(self.kitle("forecast", *NOW, "--format",
                                       "json").out)
        for segment in report["segments"]:
            size = segment["size"]
            self.assertEqual(size, SIZES[segment["name"]])
            self.assertEqual(len(segment["days"]), 30)
            for day in segment["days"]:
                size += day["enter"] - day["leave"]
                self.assertEqual(day["size"], size)
        last = report["segments"][0]["days"][-1]
        then = self.kitle("size", report["segments"][0]["name"],
                          "--as-of", "2026-03-30 23:59:59.999999").out
        self.assertIn(f"{last['size']}  ", then)


    def test_forecast_from_the_past_says_so(self):
        done = self.kitle("forecast", "--as-of", "2025-06-01")
        self.assertIn("later than now", done.err)
        for words in (["nope"], ["--days", "0"], ["--days", "367"]):
            self.kitle("forecast", *words, expect=USAGE)

    def test_an_empty_name_is_no_segment(self):
        for command in ("run", "forecast"):
            done = self.kitle(command, "", expect=USAGE)
            self.assertIn("there is no segment ``", done.err)
        self.kitle("run", *NOW, "--members-format", "csv", expect=USAGE)


if __name__ == "__main__":
    unittest.main()
