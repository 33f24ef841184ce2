"""What a user may hand the command by mistake: an error that says what to do,
or the right answer; never a crash, a guess, or a damaged store."""

import gzip
import json
import os
import resource
import shutil
import signal
import subprocess
import unittest

from command import KITLE, RULES, TROUBLE, CommandTest

NOW = ("--as-of", "2026-03-01")

# One mistake a line.
MISTAKES = """\
segment m01 { any purchse ever }
segment m02 { citty is "Ankara" }
segment m03 { any purchase where colour is "red" }
segment m04 { sum of purchase.amount > 500 }
segment m05 { sum of purchase.category > 500 TRY }
segment m06 { city > 5 }
segment m07 { in nobody }
segment m08 { purchase 7 days ago }
segment m09 { any purchase in last 0 days }
segment m10 { any purchase in last 1.5 days }
segment m11 { city = "Ankara" }
segment m12 { city is "Ankara" or "Bursa" }
segment m13 { any purchase and no purchase or any purchase }
segment m14 { at least 3 days }
segment m15 { birth_date between 2026-02-30 and 2026-03-01 }
segment m16 { sum of purchase.amount > 1.000 TRY }
segment m17 { sum of purchase.amount > 500 EUR }
segment m18 { any purchase in each of last 0 days }
segment m19 { city is "Ankara }
segment m20 { in m20 }
"""


class Rules(CommandTest):
    def setUp(self):
        super().setUp()
        self.starter(ingest=False)

    def diagnostics(self):
        done = self.kitle("check", "--format", "json", expect=RULES)
        found = json.loads(done.out)
        return found["diagnostics"] if isinstance(found, dict) else found

    def test_twenty_mistakes_are_twenty_diagnostics(self):
        self.write("segments/wrong.kitle", MISTAKES)
        text = self.kitle("check", expect=RULES).out
        self.assertIn("20 errors", text)
        for line in range(1, 21):
            self.assertIn(f"segments/wrong.kitle:{line}:", text)
        self.assertEqual(len(self.diagnostics()), 20)

    def test_a_rule_with_mistakes_runs_nothing(self):
        self.write("segments/wrong.kitle", MISTAKES)
        for command in ("ingest", "run", "size", "explain"):
            done = self.kitle(command, expect=RULES)
            self.assertIn("segments/wrong.kitle:1:", done.err)
            self.assertEqual(done.out, "")
        self.assertFalse((self.folder / "store").exists())

    def test_nesting_without_end(self):
        for opening, closing in (("(", ")"), ("not (", ")"), ("not ", ""),
                                 ("{", "}"), ("(", "")):
            depth = 100_000
            self.write("segments/deep.kitle", "segment deep {\n" +
                       opening * depth + "everyone" + closing * depth + "\n}\n")
            done = self.kitle("check", expect=RULES)
            self.assertIn("segments/deep.kitle:2:", done.out)
            self.assertLess(len(done.out), 200_000)

    def test_deep_arithmetic(self):
        self.write("segments/deep.kitle", "segment deep { " + "(" * 100_000 +
                   "count of purchase" + ")" * 100_000 + " > 1 }\n")
        self.kitle("check", expect=RULES)

    def test_a_megabyte(self):
        self.write("segments/long.kitle", "# all about nothing\n" * 52_000 +
                   "segment last { everyone }\n")
        self.assertIn("6 segments, no errors", self.kitle("check").out)

    def test_a_megabyte_in_one_condition(self):
        terms = " or ".join(["city is missing"] * 55_000)
        self.write("segments/long.kitle", "segment long { " + terms + " }\n")
        done = subprocess.run([KITLE, "check"], cwd=self.folder,
                              capture_output=True, timeout=300)
        self.assertIn(done.returncode, (0, RULES), done.stderr)

    def test_a_megabyte_of_nonsense(self):
        for text in ("}" * 1_000_000, "\"" * 1_000_000, "segment " * 125_000,
                     "and or not " * 90_000, "\x00" * 1_000_000,
                     "segment a { any purchase where \n" * 30_000):
            self.write("segments/nonsense.kitle", text)
            done = self.kitle("check", expect=RULES)
            self.assertIn("segments/nonsense.kitle:", done.out)
            self.assertLess(len(done.out), 1_000_000)

    def test_bytes_that_are_no_utf_8(self):
        self.write("segments/latin.kitle",
                   "segment spor \"Ayakkabı\" { everyone }\n"
                   .encode("iso-8859-9"))
        done = self.kitle("check", expect=RULES)
        self.assertIn("segments/latin.kitle:1:", done.out)
        self.assertIn("UTF-8", done.out)

    def test_a_byte_order_mark_and_windows_line_ends_are_fine(self):
        before = self.kitle("check").out
        for name in ("schema.kitle", "sources.kitle", "segments/first.kitle"):
            text = (self.folder / name).read_bytes()
            self.write(name, b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
        self.assertEqual(self.kitle("check").out, before)
        self.kitle("ingest")
        self.assertRegex(self.kitle("size", "gone_quiet", *NOW).out, "2 +20.00")

    def test_letters_of_another_script(self):
        self.write("segments/mixed.kitle",
                   "segment kaz\u0430n { everyone }\n"  # a Cyrillic a
                   "segment x { city \u0131s \"Ankara\" }\n")
        done = self.kitle("check", expect=RULES)
        self.assertIn("segments/mixed.kitle:1:", done.out)
        self.assertIn("segments/mixed.kitle:2:", done.out)

    def test_settings_with_mistakes(self):
        for text in ("time_zone = \"Europe/Istanbull\"\n", "name = \n",
                     "currency = \"TRYY\"\n", "no_such = 1\n",
                     "locale = 7\n", "\xff"):
            self.write("kitle.toml", text.encode("latin-1"))
            done = self.kitle("check", expect=RULES)
            self.assertIn("kitle.toml:", done.out)


class Data(CommandTest):
    def setUp(self):
        super().setUp()
        self.starter(ingest=False)

    def ingest_orders(self, content, rejected, accepted):
        """Ingests only these orders; what the reject file says."""
        self.write("data/orders.csv", content)
        done = self.kitle("ingest", "--source", "orders", "--format", "json",
                          "--allow-rejects")
        report = json.loads(done.out)
        orders = report["sources"][0]
        self.assertEqual((orders["rejected"], orders["accepted"]),
                         (rejected, accepted), orders)
        self.assertEqual(orders["seen"], orders["accepted"] + orders["known"] +
                         orders["left_out"] + orders["rejected"])
        if not report["reject_file"]:
            return ""
        return (self.folder / report["reject_file"]).read_text(
            errors="backslashreplace")

    HEAD = "order,customer,time,product,category,amount\n"
    GOOD = "A-1,C-1,2026-01-01 10:00,Roman,Kitap,60.00\n"

    def test_what_is_wrong_with_a_row_is_told_and_the_rest_goes_on(self):
        wrong = [
            "A-2,C-1,2026-01-01 10:00,Roman,Kitap\n",
            "A-3,C-1,2026-01-01 10:00,Roman,Kitap,60.00,more\n",
            "A-4,C-1,2026-02-30 10:00,Roman,Kitap,60.00\n",
            "A-5,C-1,01.02.2026,Roman,Kitap,60.00\n",
            "A-6,C-1,2026-01-01 10:00,Roman,Kitap,\"1.234,56\"\n",
            "A-7,C-1,2026-01-01 10:00,Roman,Kitap,1.234\n",
            "A-8,,2026-01-01 10:00,Roman,Kitap,60.00\n",
            "A-9,C-1,2026-01-01 10:00,Ro\x00man,Kitap,60.00\n",
            "A-10,C-1,2026-01-01 10:00,\"Ro\"man,Kitap,60.00\n",
            "A-11,C-1,2026-01-01 10:00,Roman,Kitap,nan\n",
        ]
        text = self.ingest_orders(self.HEAD + self.GOOD + "".join(wrong) +
                                  self.GOOD.replace("A-1", "A-99"),
                                  len(wrong), 2)
        for line in range(3, 13):
            self.assertRegex(text, rf"orders\.csv\D+{line}\b")

    def test_bytes_that_are_no_utf_8(self):
        row = "A-2,C-1,2026-01-01 10:00,Ayakkabı,Kitap,60.00\n"
        self.ingest_orders((self.HEAD + self.GOOD).encode() +
                           row.encode("iso-8859-9"), 1, 1)

    def test_utf_16_is_one_error_that_says_how_to_convert_it(self):
        self.write("data/orders.csv", (self.HEAD + self.GOOD).encode("utf-16"))
        done = self.kitle("ingest", "--source", "orders", expect=TROUBLE)
        self.assertIn("data/orders.csv: the file is UTF-16", done.err)
        command = done.err.split("`")[1].split()
        self.write("data/orders.csv", subprocess.run(
            [*command, self.folder / "data/orders.csv"], check=True,
            capture_output=True).stdout)
        self.kitle("ingest", "--source", "orders")

    def test_a_quote_that_is_never_closed(self):
        self.ingest_orders(self.HEAD + self.GOOD +
                           "A-2,C-1,2026-01-01 10:00,\"Roman,Kitap,60.00\n" +
                           self.GOOD.replace("A-1", "A-3"), 1, 2)

    def test_an_empty_file_is_rejected_by_name(self):
        text = self.ingest_orders("", 1, 0)
        self.assertIn("data/orders.csv,1,", text)
        self.assertIn("no header", text)

    def test_a_file_without_a_header_names_what_it_has(self):
        self.write("data/orders.csv", self.GOOD)
        done = self.kitle("ingest", "--source", "orders", expect=TROUBLE)
        for word in ("orders.csv", '"customer"', '"Roman"'):
            self.assertIn(word, done.err)

    def test_another_delimiter_is_thought_of(self):
        self.write("data/orders.csv", (self.HEAD + self.GOOD).replace(",", ";"))
        done = self.kitle("ingest", "--source", "orders", expect=TROUBLE)
        self.assertIn("is the delimiter another one?", done.err)

    def test_a_column_of_another_case_is_thought_of(self):
        self.write("data/orders.csv", self.HEAD.title() + self.GOOD)
        done = self.kitle("ingest", "--source", "orders", expect=TROUBLE)
        self.assertIn('"amount" (did you mean "Amount"?)', done.err)

    def test_a_repository_without_a_source_ingests_nothing(self):
        self.write("sources.kitle", "")
        done = self.kitle("ingest", expect=TROUBLE)
        self.assertIn("the repository has no source", done.err)
        self.assertFalse((self.folder / "store").exists())

    def test_a_file_that_is_cut_short(self):
        sources = self.read("sources.kitle")
        self.write("sources.kitle",
                   sources.replace("data/orders.csv", "data/orders.csv.gz"))
        packed = gzip.compress((self.HEAD + self.GOOD).encode())
        self.write("data/orders.csv.gz", packed[:len(packed) // 2])
        done = self.kitle("ingest", "--source", "orders", expect=TROUBLE)
        self.assertIn("orders.csv.gz: Truncated", done.err)

    def test_a_file_that_is_not_what_its_ending_says(self):
        sources = self.read("sources.kitle")
        for ending in ("parquet", "csv.gz", "csv.zst", "arrow"):
            self.write("sources.kitle", sources.replace("data/orders.csv",
                                                        f"data/orders.{ending}"))
            self.write(f"data/orders.{ending}", self.HEAD + self.GOOD)
            done = self.kitle("ingest", "--source", "orders", expect=TROUBLE)
            self.assertIn(f"orders.{ending}", done.err)

    def test_a_file_with_a_header_alone_has_no_rows(self):
        self.assertEqual(self.ingest_orders(self.HEAD, 0, 0), "")


class Store(CommandTest):
    def setUp(self):
        super().setUp()
        self.starter()
        self.store = self.folder / "store"

    def files(self):
        return sorted(path for path in self.store.iterdir()
                      if path.is_file() and path.stat().st_size > 0)

    def answers(self):
        return self.kitle("run", *NOW, "--no-keep", "--format", "csv").out

    def test_a_file_that_was_cut_is_named(self):
        for path in self.files():
            whole = path.read_bytes()
            path.write_bytes(whole[:len(whole) // 2])
            done = self.kitle("run", *NOW, expect=TROUBLE)
            self.assertIn(path.name, done.err)
            path.write_bytes(whole)
        self.answers()

    def test_a_flipped_bit_is_an_error_or_changes_nothing(self):
        expected = self.answers()
        for path in self.files():
            whole = path.read_bytes()
            for at in range(0, len(whole), max(1, len(whole) // 12)):
                flipped = bytearray(whole)
                flipped[at] ^= 1 << (at % 8)
                path.write_bytes(flipped)
                done = subprocess.run(
                    [KITLE, "run", *NOW, "--no-keep", "--format", "csv"],
                    cwd=self.folder, capture_output=True, text=True)
                if done.returncode == 0:
                    self.assertEqual(done.stdout, expected, (path.name, at))
                else:
                    self.assertEqual(done.returncode, TROUBLE, done.stderr)
                    self.assertIn(path.name, done.stderr)
            path.write_bytes(whole)

    def test_a_file_that_is_gone_is_named(self):
        for path in self.files():
            if path.name == "MANIFEST":
                continue
            path.rename(self.folder / "kept")
            done = self.kitle("run", *NOW, expect=TROUBLE)
            self.assertIn(path.name, done.err)
            (self.folder / "kept").rename(path)

    def test_where_there_is_no_store_or_no_folder_it_is_said(self):
        for command in ("run", "fold", "size"):
            done = self.kitle(command, "--store", "nowhere", expect=TROUBLE)
            self.assertIn("open the store nowhere: there is none yet; "
                          "`kitle ingest` makes it", done.err)
            done = self.kitle(command, "--store", "kitle.toml", expect=TROUBLE)
            self.assertIn("open the store kitle.toml: this is a file",
                          done.err)

    def test_a_folder_of_other_things_is_no_store(self):
        self.write("things/notes.txt", "hello")
        for command in ("run", "fold"):
            done = self.kitle(command, "--store", "things", expect=TROUBLE)
            self.assertIn("things", done.err)
        self.assertEqual(os.listdir(self.folder / "things"), ["notes.txt"])

    def test_other_settings_than_the_stores_are_refused(self):
        text = self.read("kitle.toml")
        for old, new in (("Europe/Istanbul", "Europe/Berlin"),
                         ('"TRY"', '"EUR"'), ('"tr"', '"en"')):
            self.write("kitle.toml", text.replace(old, new))
            segments = self.read("segments/first.kitle")
            self.write("segments/first.kitle",
                       segments.replace(" TRY", f" {new.strip(chr(34))}")
                       if "EUR" in new else segments)
            done = self.kitle("run", *NOW, expect=TROUBLE)
            self.assertIn("the store was made", done.err)
            self.write("segments/first.kitle", segments)

    def test_a_store_that_cannot_be_written(self):
        self.write("file", "in the way")
        done = self.kitle("ingest", "--store", "file/store", expect=TROUBLE)
        self.assertIn("file/store", done.err)
        done = self.kitle("run", *NOW, "--members", "file/out", expect=TROUBLE)
        self.assertIn("file/out", done.err)

    def test_a_store_that_may_only_be_read(self):
        shutil.rmtree(self.store / "members", ignore_errors=True)
        (self.store / "members").write_text("in the way")
        done = self.kitle("run", *NOW, expect=TROUBLE)
        self.assertIn("--no-keep", done.err)
        self.answers()

    def test_a_write_that_fails_leaves_the_old_store_whole(self):
        expected = self.answers()
        files = {path.name: path.read_bytes() for path in self.files()}
        with open(self.folder / "data/orders.csv", "a") as file:
            for i in range(20_000):
                file.write(f"B-{i},C-{i % 977},2026-02-20 10:00,Roman,Kitap,"
                           "60.00\n")

        def small_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))

        done = subprocess.run([KITLE, "ingest"], cwd=self.folder,
                              capture_output=True, text=True,
                              preexec_fn=small_files)
        self.assertEqual(done.returncode, TROUBLE, done.stdout)
        self.assertIn("too large", done.stderr)
        self.assertEqual(self.answers(), expected)
        for name, content in files.items():
            self.assertEqual((self.store / name).read_bytes(), content, name)
        self.kitle("ingest")

    def test_a_full_disk_leaves_the_old_store_whole(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k",
                                  "tmpfs", disk], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("mounting a small disk is not permitted here")
        self.addCleanup(subprocess.run, ["umount", "-l", disk])
        self.kitle("ingest", "--store", "disk/store")
        expected = self.kitle("run", *NOW, "--store", "disk/store", "--format",
                              "csv", "--no-keep").out
        with open(self.folder / "data/orders.csv", "a") as file:
            for i in range(60_000):
                file.write(f"B-{i},C-{i % 9770},2026-02-20 10:00,R{i},Kitap,"
                           "60.00\n")
        done = self.kitle("ingest", "--store", "disk/store", expect=TROUBLE)
        self.assertIn("No space left", done.err)
        self.assertEqual(
            self.kitle("run", *NOW, "--store", "disk/store", "--format", "csv",
                       "--no-keep").out, expected)


if __name__ == "__main__":
    unittest.main(verbosity=1)
