"""Stages, as the command shows them."""

import json
import unittest

from command import USAGE, CommandTest


class Stages(CommandTest):
    def test_stages_part_everyone(self):
        self.starter()
        self.write("segments/stages.kitle",
                   'stages life "Life" {\n  new "New" when no purchase\n'
                   "  active when last purchase in last 90 days\n"
                   "  lost otherwise\n}\n")
        self.assertIn(", 3 stages, no errors", self.kitle("check").out)
        run = ("run", "--as-of", "2026-03-01")
        report = json.loads(self.kitle(*run, "--format", "json").out)
        sizes = {row["name"]: row["size"] for row in report["segments"]
                 if row.get("stages") == "life"}
        self.assertEqual(list(sizes), ["life.new", "life.active", "life.lost"])
        everyone = sum(sizes.values())
        self.assertEqual(everyone, report["profiles"])
        lines = self.kitle(*run).out.splitlines()
        sum_line = next(i for i, line in enumerate(lines)
                        if line.startswith("life "))
        self.assertEqual(lines[sum_line - 1], "")
        self.assertEqual(lines[sum_line].split(),
                         ["life", "Life", str(everyone), "100.00", "%"])
        self.assertEqual([line.split()[0]
                          for line in lines[sum_line + 1:sum_line + 4]],
                         list(sizes))
        some = self.kitle(*run, "life.new", "life.lost").out
        self.assertNotIn("\nlife ", some)
        for name in ("life", "life.lost", "life is lost"):
            self.kitle("size", name)
        self.assertEqual(len(self.kitle("size", "life").out.splitlines()), 4)
        self.kitle(*run, "life", "--members", "out")
        self.assertEqual(
            sorted(path.name for path in (self.folder / "out").iterdir()),
            ["life.active.csv", "life.lost.csv", "life.new.csv"])
        unknown = self.kitle("run", "life.lots", expect=USAGE)
        self.assertIn("did you mean `life.lost`", unknown.err)
        self.assertIn("segment life.lost", self.kitle("explain", "life").out)
        self.assertEqual(self.kitle("explain", "life.lost", "--syntax").out,
                         "life.lost otherwise\n")
        self.assertIn("life.new\n", self.kitle("completion", "segments").out)


if __name__ == "__main__":
    unittest.main()
