"""`kitle lint`: what rules say and often do not mean."""

import json
import shutil
import unittest

from command import FINE, RULES, SOURCE, USAGE, CommandTest

RULES_TEXT = """let spare = 3
segment away { city is not "Ankara" }
# Both within the week?
segment lately { any call in last 7 days and no purchase }
"""


class LintTest(CommandTest):

    def setUp(self):
        super().setUp()
        self.write("kitle.toml", 'name = "here"\n')
        self.write("schema.kitle",
                   "profile customer { id code key, city text }\n"
                   "event purchase { }\nevent call { }\n")
        self.write("a.kitle", RULES_TEXT)

    def test_finds_names_and_counts(self):
        text = self.kitle("lint", expect=RULES).out
        for name in ("unused-let", "is-not-missing", "mixed-windows"):
            self.assertIn(f"warning {name}: ", text)
        self.assertTrue(text.endswith(
            "0 errors, 3 warnings, 0 notes\n"
            "`kitle lint --fix` mends 1 of them\n"), text)

    def test_what_is_clean_is_fine(self):
        self.write("a.kitle", "segment callers { any call }\n")
        self.assertEqual(self.kitle("lint").out,
                         "0 errors, 0 warnings, 0 notes\n")

    def test_fix_writes_what_is_safe(self):
        done = self.kitle("lint", "--fix", expect=RULES)
        self.assertIn("1 finding mended", done.err)
        self.assertEqual(
            self.read("a.kitle"),
            RULES_TEXT.replace("and no purchase }", "and no purchase ever }"))
        self.assertNotIn("mixed-windows", done.out)

    def test_a_comment_allows(self):
        self.write("a.kitle", RULES_TEXT.replace(
            "segment away", "# lint: allow is-not-missing because it is fine\n"
            "segment away"))
        self.assertNotIn("is-not-missing", self.kitle("lint", expect=RULES).out)

    def test_what_is_proven_is_told_by_check_alone(self):
        self.write("a.kitle", "segment a { any call }\n"
                   "segment b { at least 1 call }\n"
                   "segment c { any call and any call in last 7 days }\n"
                   "# lint: allow redundant-clause because it reads better\n"
                   "segment d { any purchase and at least 2 purchases }\n")
        told = self.kitle("check").out
        self.assertIn("warning duplicate-segment: `b`", told)
        self.assertIn("warning redundant-clause: `any call` changes", told)
        self.assertEqual(told.count("redundant-clause"), 1, told)
        linted = self.kitle("lint", expect=RULES).out
        self.assertNotIn("duplicate-segment", linted)
        self.assertNotIn("redundant-clause", linted)
        self.assertNotIn("unused-allow", linted)
        alone = self.kitle("lint", "--only", "duplicate-segment",
                           expect=RULES).out
        self.assertIn("warning duplicate-segment: `b`", alone)
        self.write("kitle.toml", '[lint]\nduplicate-segment = "error"\n')
        self.assertIn("error duplicate-segment: ",
                      self.kitle("check", expect=RULES).out)

    def test_what_a_table_says_now_is_named(self):
        self.write("schema.kitle", "profile customer { id code key }\n"
                   "event purchase { }\nevent call { reason code }\n")
        self.write("t.csv", "code,warm,dear\na,yes,yes\nb,no,no\nc,yes,yes\n")
        self.write("a.kitle", 'table things from "t.csv" key code {\n'
                   "  code code\n  warm flag\n  dear flag\n}\n"
                   "segment a { any call where (warm of reason) }\n"
                   "segment b { any call where (dear of reason) }\n"
                   "segment c { at least 1 call where (warm of reason) }\n"
                   "segment d { any call where\n"
                   "  (warm of reason and dear of reason) and no purchase }\n")
        told = self.kitle("check").out
        self.assertEqual(told.count("is the same segment as"), 3, told)
        self.assertEqual(told.count("changes nothing here"), 1, told)
        # Of `c` and `a` it follows whatever the table says.
        self.assertEqual(
            told.count("as long as this file says what it says"), 3, told)

    def test_levels(self):
        self.write("kitle.toml", '[lint]\nunused-let = "off"\n'
                   'is-not-missing = "note"\nmixed-windows = "note"\n')
        text = self.kitle("lint").out
        self.assertIn("0 errors, 0 warnings, 2 notes\n", text)
        text = self.kitle("lint", "--level", "unused-let=error",
                          expect=RULES).out
        self.assertIn("error unused-let: ", text)
        self.assertEqual(
            self.kitle("lint", "--only", "is-not-missing", "--format", "github")
            .out.count("::notice "), 1)

    def test_machines_read_it(self):
        found = json.loads(
            self.kitle("lint", "--format", "json", expect=RULES).out)
        self.assertEqual([each["code"] for each in found],
                         ["unused-let", "is-not-missing", "mixed-windows"])
        sarif = json.loads(
            self.kitle("lint", "--format", "sarif", expect=RULES).out)
        self.assertEqual(sarif["runs"][0]["results"][0]["ruleId"], "unused-let")

    def test_lists_and_explains(self):
        lines = self.kitle("lint", "--list").out.splitlines()
        names = [line.split()[0] for line in lines]
        self.assertIn("mixed-windows", names)
        for name in names:
            self.assertIn("Mended:", self.kitle("help", name).out)
        done = self.kitle("help", "mixed-window", expect=USAGE)
        self.assertIn("did you mean `mixed-windows`?", done.err)

    def test_wrong_usage(self):
        done = self.kitle("lint", "--only", "unused-lte", expect=USAGE)
        self.assertIn("did you mean `unused-let`?", done.err)
        self.kitle("lint", "--level", "unused-let=bad", expect=USAGE)
        self.kitle("lint", "--level", "unused-lte=off", expect=USAGE)
        self.write("a.kitle", "segment a { any cal }\n")
        self.assertIn("E0202", self.kitle("lint", expect=RULES).out)

    def test_the_example_is_clean(self):
        shop = self.folder / "shop"
        shutil.copytree(SOURCE / "examples" / "shop", shop)
        self.assertEqual(self.kitle("lint", cwd=shop).out,
                         "0 errors, 0 warnings, 0 notes\n")
        self.assertRegex(self.kitle("check", cwd=shop).out,
                         "^64 segments, 18 stages, no errors, 0 warnings\n$")

    def test_a_new_repository_is_clean(self):
        self.kitle("init", "new")
        self.kitle("lint", cwd=self.folder / "new", expect=FINE)


if __name__ == "__main__":
    unittest.main()
