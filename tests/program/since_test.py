"""`kitle run --since`: who entered and who left since an earlier run."""

import csv
import io
import json
import os
import subprocess
import unittest

import pyarrow.parquet

from command import KITLE, TROUBLE, USAGE, CommandTest

FIRST = ("--as-of", "2026-03-01")
LATER = ("--as-of", "2026-03-10")
ORDERS = "order,customer,time,product,category,amount\n"
# C-02 comes back, C-07 buys a second time, C-11 is new.
MORE = (ORDERS +
        "B-01,C-02,2026-03-05 10:00,Roman,Kitap,3000.00\n"
        "B-02,C-11,2026-03-06 10:00,Roman,Kitap,20.00\n"
        "B-03,C-07,2026-03-07 10:00,Roman,Kitap,20.00\n")
# Since 1 March: C-06 went quiet with the days, C-02 and C-07 bought.
ENTERED = {"new_members_no_order": 0, "good_customers": 1, "gone_quiet": 1,
           "looked_not_bought": 0, "young_metropolitan": 0}
LEFT = {"new_members_no_order": 0, "good_customers": 0, "gone_quiet": 1,
        "looked_not_bought": 2, "young_metropolitan": 0}


class SinceTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.starter()

    def ingest_more(self):
        self.write("data/orders2.csv", MORE)
        sources = self.read("sources.kitle")
        self.write("sources.kitle",
                   sources.replace('"data/orders.csv"', '"data/orders*.csv"'))
        self.kitle("ingest")

    def changes(self, *arguments):
        """Who entered, and who left, by segment."""
        text = self.kitle("run", *LATER, *arguments, "--format", "csv").out
        rows = list(csv.DictReader(io.StringIO(text)))
        return tuple({row["segment"]: int(row[side]) if row[side] else None
                      for row in rows} for side in ("entered", "left"))

    def kept(self):
        return sorted(os.listdir(self.folder / "store/members"))

    def test_only_who_may_have_changed_is_evaluated(self):
        def at(minute, *arguments):
            done = self.kitle("run", "--as-of", f"2026-03-01 12:{minute:02}",
                              "--format", "json", *arguments)
            answer = json.loads(done.out)
            return answer, [(each["name"], each["size"])
                            for each in answer["segments"]]

        first, _ = at(0)
        self.assertEqual(first["evaluated"], first["profiles"])
        for minute in (5, 10):
            again, sizes = at(minute, "--since", "last")
            self.assertLess(again["evaluated"], again["profiles"])
            self.assertEqual(sizes, at(minute, "--no-keep")[1])
        self.ingest_more()
        after, sizes = at(15, "--since", "last")
        self.assertEqual(sizes, at(15, "--no-keep")[1])
        table = self.kitle("run", "--as-of", "2026-03-01 12:20", "--since",
                           "last").out
        self.assertRegex(table, r"profiles, \d+ of them anew, in ")

    def test_an_ingest_and_some_days_later(self):
        self.kitle("run", *FIRST)
        self.ingest_more()
        done = self.kitle("run", *LATER, "--since", "last")
        self.assertEqual(done.out.splitlines()[:3], [
            "as of 2026-03-10 00:00:00 Europe/Istanbul "
            "(2026-03-09T21:00:00Z), snapshot 2",
            "since 2026-03-01 00:00:00 Europe/Istanbul "
            "(2026-02-28T21:00:00Z), snapshot 1", ""])
        self.assertRegex(done.out, r"\nsegment +title +size +share +entered "
                                   r"+left\n")
        self.assertRegex(done.out, r"\ngone_quiet .* 2 +18.18 % +1 +1\n")
        self.assertEqual(done.err, "")
        # It is kept in place of the other: nothing has changed since.
        self.assertEqual(self.kept(), ["2-1773090000000000"])
        entered, left = self.changes("--since", "last")
        self.assertEqual(set(entered.values()) | set(left.values()), {0})

    def test_the_answers_are_those_without_it(self):
        self.kitle("run", *FIRST)
        self.ingest_more()
        plain = json.loads(
            self.kitle("run", *LATER, "--no-keep", "--format", "json").out)
        found = json.loads(self.kitle("run", *LATER, "--since", "last",
                                      "--format", "json").out)
        self.assertEqual(found.pop("since"),
                         {"now": "2026-02-28T21:00:00Z", "snapshot": 1,
                          "as_of": "2026-03-01 00:00:00 Europe/Istanbul"})
        for name, side in (("entered", ENTERED), ("left", LEFT)):
            self.assertEqual({each["name"]: each.pop(name)
                              for each in found["segments"]}, side)
        self.assertEqual(found["segments"], plain["segments"])

    def test_every_form_of_when(self):
        self.kitle("run", *FIRST)
        self.kitle("run", "--as-of", "2026-03-05")
        first = [("--since", when) for when in
                 ("2026-03-01", "2026-03-04 23:59:59.9",
                  "2026-02-28T21:00:00Z")]
        second = [("--since", when) for when in ("last", "1", "2026-03-05",
                                                 "2027-01-01")]
        for wanted, whens in ((2, first), (1, second)):
            for when in whens:
                left = self.changes(*when, "--no-keep")[1]
                self.assertEqual(left["looked_not_bought"], wanted, when)
        # A look ahead does not come between.
        self.kitle("run", "--as-of", "2030-01-01")
        left = self.changes("--since", "last", "--no-keep")[1]
        self.assertEqual(left["looked_not_bought"], 1)

    def test_a_wrong_when_says_what_is_right(self):
        run = ("run", *FIRST, "--no-keep", "--since")
        done = self.kitle(*run, "last", expect=TROUBLE)
        self.assertIn("no earlier run", done.err)
        self.assertIn("`kitle run` keeps one", done.err)
        self.kitle("run", "--as-of", "2026-03-02")
        for when, code, words in (
                ("soon", USAGE, "`soon` is not a date (2026-03-01)"),
                ("2026-13-01", USAGE, "nor `last`, nor the number of a snaps"),
                ("", USAGE, "--since"), ("-1", USAGE, "--since"),
                ("7", TROUBLE, "no kept run is of snapshot 7; there are runs "
                               "of snapshot 1"),
                ("last", TROUBLE, "no run was kept as of 2026-03-01 00:00:00"),
                ("2026-02-01", TROUBLE, "the earliest is as of 2026-03-02")):
            done = self.kitle(*run, when, expect=code)
            self.assertIn(words, done.err)
            self.assertEqual(done.out, "")

    def test_files_of_who_entered_and_who_left(self):
        self.kitle("run", *FIRST)
        self.ingest_more()
        for format in ("csv", "parquet", "roaring"):
            self.kitle("run", *LATER, "--since", "1", "--no-keep", "--members",
                       "out", "--members-format", format)
        names = [f"{name}.{side}.{format}" for name in ENTERED
                 for side in ("entered", "left")
                 for format in ("csv", "parquet", "roaring")]
        self.assertEqual(sorted(os.listdir(self.folder / "out")), sorted(names))
        self.assertEqual(self.read("out/gone_quiet.entered.csv"), "id\nC-06\n")
        self.assertEqual(self.read("out/gone_quiet.left.csv"), "id\nC-02\n")
        table = pyarrow.parquet.read_table(
            self.folder / "out/looked_not_bought.left.parquet")
        self.assertEqual(table.to_pydict(), {"id": ["C-01", "C-08"]})

    def test_what_is_not_written_is_not_kept_as_handed_out(self):
        self.kitle("run", *FIRST)
        kept = self.kept()
        self.ingest_more()
        self.write("out", "a file")
        self.kitle("run", *LATER, "--since", "last", "--members", "out",
                   expect=TROUBLE)
        self.assertEqual(self.kept(), kept)
        os.remove(self.folder / "out")
        self.kitle("run", *LATER, "--since", "last", "--members", "out")
        self.assertEqual(self.read("out/gone_quiet.left.csv"), "id\nC-02\n")

    def test_a_segment_that_the_earlier_run_lacks_is_said(self):
        self.kitle("run", "gone_quiet", *FIRST)
        self.write("out/good_customers.left.csv", "of another day")
        done = self.kitle("run", *LATER, "--no-keep", "--since", "last",
                          "--members", "out", "--format", "json")
        self.assertEqual(
            done.err, "kitle: note: the run as of 2026-03-01 00:00:00 "
            "Europe/Istanbul has no members of `new_members_no_order`, "
            "`good_customers`, `looked_not_bought` and 1 more: who entered and "
            "left is not known\n")
        sides = {each["name"]: (each["entered"], each["left"])
                 for each in json.loads(done.out)["segments"]}
        self.assertEqual(sides["gone_quiet"], (1, 0))
        self.assertEqual(sides["good_customers"], (None, None))
        self.assertEqual(sorted(os.listdir(self.folder / "out")),
                         ["gone_quiet.entered.csv", "gone_quiet.left.csv"])
        done = self.kitle("run", *LATER, "--no-keep", "--since", "last")
        self.assertRegex(done.out, r"\ngood_customers .* 2 +20.00 %\s+\n")
        entered, _ = self.changes("--no-keep", "--since", "last")
        self.assertIsNone(entered["good_customers"])
        done = self.kitle("run", "gone_quiet", *LATER, "--since", "last")
        self.assertEqual(done.err, "")

    def test_a_run_of_some_segments_leaves_what_the_others_compare_with(self):
        self.kitle("run", *FIRST)
        self.ingest_more()
        self.kitle("run", "gone_quiet", *LATER, "--since", "last")
        self.assertEqual(len(self.kept()), 2)
        entered, left = self.changes("--since", "last", "--no-keep")
        self.assertEqual((entered, left), (ENTERED, LEFT))
        self.kitle("run", "--as-of", "2026-03-11")
        self.kitle("run", "good_customers", "--as-of", "2026-03-12")
        done = self.kitle("run", "--as-of", "2026-03-13", "--since", "last")
        self.assertIn("since 2026-03-11 ", done.out)

    def test_what_could_not_be_printed_is_not_kept(self):
        self.kitle("run", *FIRST)
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [KITLE, "run", *LATER, "--since", "last", "--format", "json"],
                cwd=self.folder, stdout=full, stderr=subprocess.PIPE,
                check=False)
        self.assertEqual(done.returncode, TROUBLE)
        self.assertEqual(len(self.kept()), 1)

    def test_edited_rules_at_the_same_instant(self):
        self.kitle("run", *FIRST)
        rules = self.read("segments/first.kitle")
        self.write("segments/first.kitle",
                   rules + "segment buyers { any purchase ever }\n")
        self.kitle("run", *FIRST, "--since", "last")
        self.write("segments/first.kitle",
                   rules + "segment buyers { any purchase in 2026 }\n")
        done = self.kitle("run", "buyers", *FIRST, "--since", "last")
        self.assertRegex(done.out, r"\nbuyers .* 3 +30.00 % +0 +4\n")

    def test_stages_and_bundles(self):
        rules = self.read("segments/first.kitle")
        self.write("segments/first.kitle", rules + """
stages life {
  buys when any purchase in last 60 days
  bought when any purchase ever
  other otherwise
}
""")
        self.kitle("build", "-o", "all.kbundle")
        self.kitle("run", *FIRST, "--bundle", "all.kbundle")
        self.ingest_more()
        done = self.kitle("run", "life", *LATER, "--since", "last", "--no-keep")
        self.assertRegex(done.out, r"\n  life.buys .* 5 +45.45 % +2 +0\n"
                                   r"  life.bought .* 3 +27.27 % +0 +1\n")
        bundle = self.kitle("run", "life", *LATER, "--since", "last",
                            "--no-keep", "--bundle", "all.kbundle")
        strip = lambda text: text.splitlines()[:-1]  # but the time it took
        self.assertEqual(strip(bundle.out), strip(done.out))

    def test_damaged_files_are_named_and_nothing_is_lost(self):
        self.kitle("run", *FIRST)
        folder = self.folder / "store/members" / self.kept()[0]
        for name, bytes in (("gone_quiet.roaring", b"a bitmap?"),
                            ("index.csv", b"segment,size\n../../x,1\n"),
                            ("index.csv", b"")):
            before = (folder / name).read_bytes()
            (folder / name).write_bytes(bytes)
            done = self.kitle("run", *LATER, "--since", "last", expect=TROUBLE)
            self.assertIn(f"{folder.name}/{name}", done.err)
            self.assertEqual(self.kept(), [folder.name])
            (folder / name).write_bytes(before)
        os.remove(folder / "good_customers.roaring")
        done = self.kitle("run", *LATER, "--since", "last", expect=TROUBLE)
        self.assertIn("good_customers.roaring", done.err)
        self.kitle("run", "gone_quiet", *LATER, "--since", "last", "--no-keep")
        self.kitle("run", *LATER)  # is what the next one compares with
        self.kitle("run", *LATER, "--since", "last")


if __name__ == "__main__":
    unittest.main()
