"""What is private in rules: no result of a run, and its own file's."""

import json
import unittest

from command import RULES, USAGE, CommandTest

NOW = ("--as-of", "2026-03-01")
RESULTS = {"new_members_no_order", "good_customers", "gone_quiet",
           "looked_not_bought", "young_metropolitan"}


class PrivateTest(CommandTest):

    def setUp(self):
        super().setUp()
        self.starter()

    def test_what_is_private_is_no_result(self):
        self.write("segments/more.kitle",
                   "private segment quiet { in gone_quiet }\n"
                   "private stages sides {\n"
                   "  calm when in quiet\n"
                   "  other otherwise\n"
                   "}\n"
                   "segment loud { not in quiet and sides is other }\n"
                   "test \"quiet\" {\n"
                   "  now 2026-03-01\n"
                   "  expect not in quiet and in loud\n"
                   "}\n")
        text = self.kitle("run", *NOW, "--format", "json").out
        self.assertEqual({s["name"] for s in json.loads(text)["segments"]},
                         {*RESULTS, "loud"})
        self.assertTrue(self.kitle("size", "quiet", *NOW).out.startswith("2 "))
        self.assertIn("sides.calm", self.kitle("size", "sides", *NOW).out)
        self.assertNotIn("sides", self.kitle("size", *NOW).out)
        self.assertIn("C-02 is in quiet",
                      self.kitle("why", "C-02", "quiet", *NOW).out)
        self.assertIn("all hold", self.kitle("test").out)
        for name in ("quiet", "sides", "sides.calm"):
            done = self.kitle("run", name, *NOW, expect=USAGE)
            self.assertIn(f"`{name}` is private, and no result of a run: "
                          f"`kitle size {name}` counts", done.err)
        self.assertIn("private segment quiet\n",
                      self.kitle("explain", "--typed").out)
        self.assertNotIn("quiet", self.kitle("completion", "segments").out
                         .replace("gone_quiet", ""))
        self.write("segments/other.kitle", "segment calmer { in quiet }\n")
        out = self.kitle("check", expect=RULES).out
        self.assertIn("error E0241: `quiet` is private to segments/more.kitle",
                      out)
        self.assertIn("remove `private` in segments/more.kitle", out)


if __name__ == "__main__":
    unittest.main()
