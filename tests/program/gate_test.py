"""What a run costs, against tests/gate/expected.csv; and that the comparison
tells what changes."""

import copy
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gate"))

import gate  # noqa: E402

SKIPPED = 77
why_skipped = []


class Gate(unittest.TestCase):
    def setUp(self):
        self.expected = gate.Figures.read(gate.EXPECTED.read_text("utf-8"))
        self.found = copy.deepcopy(self.expected)

    def told_if(self, case, column, factor):
        found = copy.deepcopy(self.expected)
        row = next(row for row in found.rows if row["case"] == case)
        row[column] = f"{float(row[column]) * factor:.2f}"
        return gate.differences(self.expected, found)

    def test_runs_cost_what_is_expected(self):
        with tempfile.TemporaryDirectory(prefix="kitle-gate-") as folder:
            try:
                lines = gate.compare(pathlib.Path(folder))
            except gate.CannotCount as why:
                why_skipped.append(str(why))
                self.skipTest(str(why))
        self.assertFalse(lines, "\n".join(["", *lines, gate.EXPLAIN]))

    def test_a_rise_and_a_fall_are_told(self):
        for tier in gate.TIERS:
            self.assertEqual(self.told_if("seed", tier, 1.005), [])
            rise, = self.told_if("seed", tier, 1.02)
            self.assertRegex(rise, rf"^seed: rises from .* {tier}$")
            fall, = self.told_if("seed", tier, 0.98)
            self.assertRegex(fall, rf"^seed: falls from .* {tier}$")
        row = next(iter(self.found.rows))
        row["scratch"] = str(int(row["scratch"]) + 64)
        row["columns"] = str(int(row["columns"]) - 1)
        self.assertEqual(len(gate.differences(self.expected, self.found)), 2)

    def test_other_members_are_other_work(self):
        row = next(iter(self.found.rows))
        row |= {"members": "1", "columns": "1"}
        line, = gate.differences(self.expected, self.found)
        self.assertRegex(line, "^seed: has 1 members where it had ")

    def test_cases_come_and_go(self):
        gone = self.found.rows.pop()
        self.found.rows.append(gone | {"case": "a new one"})
        self.assertEqual(
            gate.differences(self.expected, self.found),
            ["a new one: expected.csv does not have it",
             f"{gone['case']}: there is no such case any more"])

    def test_the_figures_of_another_compiler_are_not_compared(self):
        gate.check_comparable(self.expected, self.found)
        self.found.made_with["compiler"] = "1.0"
        with self.assertRaisesRegex(gate.CannotCount, "compiler .* 1.0 here"):
            gate.check_comparable(self.expected, self.found)

    def test_the_file_is_as_it_is_written(self):
        self.assertEqual(self.expected.text(),
                         gate.EXPECTED.read_text("utf-8"))


if __name__ == "__main__":
    ended = unittest.main(exit=False)
    if ended.result.wasSuccessful() and why_skipped:
        sys.exit(SKIPPED)
    sys.exit(not ended.result.wasSuccessful())
