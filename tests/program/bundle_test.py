"""kitle build, and what its file answers in place of the rules."""

import json
import unittest

from command import RULES, TROUBLE, USAGE, CommandTest

INSTANT = "2026-03-01"


class BundleTest(CommandTest):
    def run_csv(self, *options, **more):
        done = self.kitle("run", "--as-of", INSTANT, "--format", "csv",
                          "--no-keep", *options, **more)
        return done.out

    def test_it_answers_as_the_rules_do(self):
        self.starter()
        done = self.kitle("build", "-o", "all.kbundle", "--check", "--as-of",
                          INSTANT)
        self.assertIn("all.kbundle: 5 segments, 1 program, ", done.out)
        self.assertIn("the same members as the rules, as of 2026-03-01",
                      done.out)
        expected = self.run_csv()
        for tier in ("auto", "interpreter"):
            self.assertEqual(
                self.run_csv("--bundle", "all.kbundle", "--tier", tier),
                expected)
        self.assertEqual(
            self.run_csv("gone_quiet", "--bundle", "all.kbundle"),
            self.run_csv("gone_quiet"))
        # Where no rules are.
        self.kitle("run", "--bundle", self.folder / "all.kbundle",
                   cwd=self.folder.parent, expect=USAGE)
        self.assertEqual(
            self.run_csv("--bundle", self.folder / "all.kbundle", "--store",
                         self.folder / "store", cwd=self.folder.parent),
            expected)

    def test_its_members_are_kept_and_written_as_those_of_rules(self):
        self.starter()
        self.kitle("build", "-o", "all.kbundle")
        self.kitle("run", "--as-of", INSTANT, "--members", "rules")
        self.kitle("run", "--as-of", INSTANT, "--members", "bundle", "--bundle",
                   "all.kbundle")
        for path in (self.folder / "rules").iterdir():
            self.assertEqual(path.read_bytes(),
                             (self.folder / "bundle" / path.name).read_bytes())

    def test_machine_code_for_named_cpus(self):
        self.starter()
        self.kitle("build", "-o", "none.kbundle", "--for", "none")
        done = self.kitle("build", ".", "-o", "both.kbundle")
        size = (self.folder / "both.kbundle").stat().st_size
        if "note: no machine code" in done.err:
            self.skipTest(done.err)
        self.assertLess((self.folder / "none.kbundle").stat().st_size, size / 2)
        self.kitle("build", "-o", "v3.kbundle", "--for", "x86-64-v3")
        for name, tier in (("none", "interpreter"), ("v3", "compiled"),
                           ("both", "compiled")):
            found = json.loads(self.kitle(
                "run", "--bundle", f"{name}.kbundle", "--as-of", INSTANT,
                "--format", "json", "--no-keep").out)
            self.assertEqual(found["tier"], tier, name)
        done = self.kitle("run", "--bundle", "none.kbundle", "--tier",
                          "compiled", expect=TROUBLE)
        self.assertIn("none.kbundle: the bundle was built without any",
                      done.err)

    def test_without_a_store_there_is_no_machine_code(self):
        self.starter(ingest=False)
        done = self.kitle("build", "-o", "all.kbundle")
        self.assertIn("note: no machine code", done.err)
        self.assertIn(", 0 images of machine code, ", done.out)
        self.kitle("build", "-o", "v3.kbundle", "--for", "x86-64-v3",
                   expect=TROUBLE)
        self.assertFalse((self.folder / "v3.kbundle").exists())
        self.kitle("ingest")
        self.assertEqual(self.run_csv("--bundle", "all.kbundle"),
                         self.run_csv())
        done = self.kitle("run", "--bundle", "all.kbundle")
        self.assertIn("the interpreter answers: the bundle was built without",
                      done.err)

    def test_what_cannot_be_built(self):
        self.starter(ingest=False)
        self.kitle("build", expect=USAGE)
        done = self.kitle("build", "-o", "all.kbundle", "--for", "i486",
                          expect=USAGE)
        self.assertIn("i486", done.err)
        done = self.kitle("build", "-o", "all.kbundle", "--for",
                          "none,x86-64-v3", expect=USAGE)
        self.assertIn("--for none is for itself", done.err)
        self.kitle("build", "-o", "no/all.kbundle", expect=TROUBLE)
        self.write("segments/wrong.kitle", "segment wrong { nothing }\n")
        self.kitle("build", "-o", "all.kbundle", expect=RULES)
        self.assertFalse((self.folder / "all.kbundle").exists())

    def test_what_cannot_be_run(self):
        self.starter()
        self.kitle("build", "-o", "all.kbundle", "--for", "none")
        done = self.kitle("run", "gone_quite", "--bundle", "all.kbundle",
                          expect=USAGE)
        self.assertIn("did you mean `gone_quiet`?", done.err)
        self.kitle("run", "--bundle", "other.kbundle", expect=TROUBLE)
        self.write("kitle.toml", self.read("kitle.toml").replace(
            "Europe/Istanbul", "Europe/Berlin"))
        self.kitle("build", "-o", "berlin.kbundle", "--for", "none")
        done = self.kitle("run", "--bundle", "berlin.kbundle", expect=TROUBLE)
        self.assertIn("berlin.kbundle: the store was made with time_zone "
                      "Europe/Istanbul, and the bundle is for Europe/Berlin",
                      done.err)
        # Where the store is, a repository with mistakes does not say.
        self.write("kitle.toml", "x = [")
        done = self.kitle("run", "--bundle", "all.kbundle", expect=USAGE)
        self.assertIn("has mistakes (`kitle check` tells them): --store FOLDER",
                      done.err)
        self.kitle("run", "--bundle", "all.kbundle", "--store", "store")


if __name__ == "__main__":
    unittest.main(verbosity=1)
