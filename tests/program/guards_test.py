"""Guards of segments: `kitle run`, `kitle check --relations`, `kitle test`."""

import json
import unittest

from command import FINE, RULES, USAGE, CommandTest

GUARDS = """
segment callers "Callers" { any purchase ever }
segment quiet "Quiet" { no purchase ever }
segment many "Many" { at least 2 purchases ever }
expect many implies callers
expect callers excludes quiet
expect callers excludes many
expect size of quiet at most 1 percent
"""


class GuardsTest(CommandTest):

    def setUp(self):
        super().setUp()
        self.write("kitle.toml", 'name = "here"\ncurrency = "TRY"\n')
        self.write("schema.kitle", "profile customer { id code key }\n"
                   "event purchase { amount money }\n")
        self.write("sources.kitle",
                   'source people {\n  files "people.csv"\n'
                   '  customer from "id"\n  into customer { }\n}\n'
                   'source orders {\n  files "orders.csv"\n'
                   '  customer from "id"\n'
                   '  into purchase {\n    time from "t"\n    amount from "a"\n  }\n'
                   '}\n')
        self.write("people.csv", "id\nA\nB\nC\n")
        self.write("orders.csv", "id,t,a\nA,2026-01-01T00:00:00Z,5\n"
                   "A,2026-01-02T00:00:00Z,5\nB,2026-01-02T00:00:00Z,5\n")

    def with_guards(self, guards):
        self.write("segments.kitle", guards)
        self.kitle("ingest")

    def run_at(self, *arguments, expect):
        return self.kitle("run", "--as-of", "2026-03-01", *arguments,
                          expect=expect)

    def test_a_guard_that_the_rules_contradict_is_an_error(self):
        self.write("segments.kitle", GUARDS)
        done = self.kitle("check", expect=RULES)
        self.assertIn("E1404", done.out)
        self.assertIn("everyone in `many` is in `callers`", done.out)

    def test_broken_ones_stand_behind_the_table(self):
        self.with_guards(
            GUARDS.replace("expect callers excludes many\n",
                           "expect callers implies many\n"))
        done = self.run_at(expect=RULES)
        behind = done.out[done.out.index("3 segments over 3 profiles"):]
        self.assertIn("broken: expect callers implies many  segments.kitle:7\n"
                      "  1 in `callers` and not in `many`, such as `B`\n",
                      behind)
        self.assertIn("broken: expect size of quiet at most 1 percent  "
                      "segments.kitle:8\n"
                      "  `quiet` has 1 of 3 people, 33.33 percent\n", behind)
        self.assertNotIn("many implies callers", behind)
        self.assertTrue(list((self.folder / "store" / "members").iterdir()))
        self.assertEqual(self.run_at("quiet", "--format", "csv",
                                     expect=RULES).out.count("\n"), 2)

    def test_equals_is_both_ways(self):
        rules = GUARDS[:GUARDS.index("expect")]
        self.with_guards(rules + "expect callers equals many\n"
                         "expect many equals callers\n")
        done = self.run_at(expect=RULES)
        self.assertIn("broken: expect callers equals many", done.out)
        self.assertIn("  1 in only one of `callers` and `many`, such as `B`\n",
                      done.out)
        self.assertIn("broken: expect many equals callers", done.out)
        self.with_guards(rules + "segment who { at least 1 purchase ever }\n"
                         "expect who equals callers\n")
        self.run_at(expect=FINE)
        text = self.kitle("check", "--relations").out
        self.assertRegex(text, r"expect who equals callers +proven")

    def test_json_has_them_all(self):
        self.with_guards(
            GUARDS.replace("expect callers excludes many\n",
                           "expect callers implies many\n"))
        done = self.run_at("--format", "json", expect=RULES)
        guards = json.loads(done.out)["guards"]
        self.assertEqual([each["outcome"] for each in guards],
                         ["holds", "holds", "broken", "broken"])
        self.assertEqual(guards[2]["witness"], "B")
        self.assertNotIn("witness", guards[3])

    def test_those_that_hold_are_fine(self):
        self.with_guards("segment callers { any purchase ever }\n"
                         "expect size of callers between 2 and 2\n")
        self.assertNotIn("broken", self.run_at(expect=FINE).out)

    def test_relations_are_printed(self):
        self.write("segments.kitle",
                   GUARDS.replace("expect callers excludes many\n", ""))
        text = self.kitle("check", "--relations").out
        self.assertEqual(
            text, "callers  excludes  quiet\n"
            "many     implies   callers\n"
            "quiet    excludes  many\n\n"
            "expect many implies callers             proven\n"
            "expect callers excludes quiet           proven\n"
            "expect size of quiet at most 1 percent  "
            "not proven: `kitle run` finds out\n")
        report = json.loads(
            self.kitle("check", "--relations", "--format", "json").out)
        self.assertEqual(report["relations"][1], {
            "first": "many", "relation": "implies", "second": "callers"})
        self.assertTrue(report["complete"])
        self.assertEqual(report["undecided"], 0)
        self.assertTrue(report["guards"][0]["proven"])
        self.kitle("check", "--relations", "--format", "sarif", expect=USAGE)

    def test_pairs_that_are_not_decided_are_counted(self):
        self.write("segments.kitle", "".join(
            f"segment s{i} {{ at least {i % 40 + 1} purchases "
            f"in last {i // 40 + 1} days }}\n" for i in range(2000)))
        text = self.kitle("check", "--relations").out
        self.assertRegex(text, r"\n[\d,]+ pairs were not decided: that takes more "
                         r"steps than are taken\n")
        report = json.loads(
            self.kitle("check", "--relations", "--format", "json").out)
        self.assertFalse(report["complete"])
        self.assertGreater(report["undecided"], 0)

    def test_a_witness_is_a_test_that_passes(self):
        rules = ("segment callers { any purchase in last 30 days }\n"
                 "segment many { at least 2 purchases in last 30 days\n"
                 "  and sum of purchase.amount > 70 TRY }\n")
        guards = ("expect many implies callers\nexpect callers implies many\n"
                  "expect many equals callers\n")
        self.write("segments.kitle", rules + guards)
        text = self.kitle("check", "--relations").out
        self.assertEqual(text.count("broken by the person of this test:\n"), 2)
        self.assertIn('test "against segments.kitle:5" {\n', text)
        self.write("segments.kitle", rules)
        tests = text[text.index("test "):]
        lines = [line for line in tests.splitlines()
                 if not line.startswith("expect ")]
        self.write("tests.kitle", "\n".join(lines) + "\n")
        self.kitle("test")

    def test_no_witness_is_said(self):
        self.write("segments.kitle",
                   "segment a { count of purchase * 7 is 21_000_000 }\n"
                   "segment b { no purchase }\n"
                   "expect a excludes b\n")
        self.assertIn("no witness found: `kitle run` finds out",
                      self.kitle("check", "--relations").out)

    def test_people_of_tests_refute_them(self):
        self.write("segments.kitle",
                   "segment callers { any purchase ever }\n"
                   "segment many { at least 2 purchases ever }\n"
                   "expect callers implies many\n"
                   'test "one" {\n  now 2026-03-01\n  purchase 3 days ago\n'
                   "  expect in callers\n}\n")
        done = self.kitle("test", expect=RULES)
        self.assertIn("FAIL expect callers implies many  segments.kitle:3\n",
                      done.out)
        self.assertIn('the person of "one" is in `callers` and not in `many`',
                      done.out)


if __name__ == "__main__":
    unittest.main()
