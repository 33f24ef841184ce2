"""The command from `kitle init` to members, and what it prints on the way."""

import calendar
import csv
import fcntl
import io
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import time
import unittest

import pyarrow.parquet

from command import KITLE, RULES, SOURCE, TROUBLE, USAGE, CommandTest

NOW = ("--as-of", "2026-03-01")
SIZES = {"new_members_no_order": 3, "good_customers": 2, "gone_quiet": 2,
         "looked_not_bought": 2, "young_metropolitan": 3}
COMMANDS = ["init", "check", "lint", "fmt", "test", "ingest", "fold", "fit",
            "forecast", "run", "build", "size", "why", "explain", "version",
            "help", "completion"]


class FirstSteps(CommandTest):
    def test_a_new_repository_tests_itself(self):
        self.kitle("init", "my-shop")
        shop = self.folder / "my-shop"
        done = subprocess.run([shop / "test.sh"], capture_output=True,
                              env={**os.environ, "KITLE": KITLE})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(b"all segments are as expected", done.stdout)

    def test_a_test_that_fails_says_what_differs(self):
        self.starter()
        text = self.read("expected.csv")
        self.write("expected.csv", text.replace("gone_quiet,2", "gone_quiet,9"))
        done = subprocess.run([self.folder / "test.sh"], capture_output=True,
                              env={**os.environ, "KITLE": KITLE})
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b"gone_quiet,9", done.stdout)

    def test_init_never_writes_over_a_file(self):
        self.write("kitle.toml", "mine")
        done = self.kitle("init", ".", expect=TROUBLE)
        self.assertIn("kitle.toml is there already", done.err)
        self.assertEqual(self.read("kitle.toml"), "mine")
        self.assertEqual(os.listdir(self.folder), ["kitle.toml"])

    def test_the_whole_way(self):
        self.kitle("init", "shop")
        shop = self.folder / "shop"
        self.assertIn("5 segments, no errors", self.kitle("check", cwd=shop).out)
        done = self.kitle("ingest", cwd=shop)
        self.assertRegex(done.out, r"orders +11 +11 +0 +0 +0\n")
        self.assertIn("10 profiles, 18 new events", done.out)
        done = self.kitle("run", *NOW, cwd=shop)
        for name, size in SIZES.items():
            self.assertRegex(done.out, rf"{name} .* {size} +{size}0\.00 %\n")
        self.assertIn("as of 2026-03-01 00:00:00 Europe/Istanbul "
                      "(2026-02-28T21:00:00Z), snapshot 1", done.out)
        self.assertIn("5 segments over 10 profiles in ", done.out)
        self.assertEqual(done.err, "")
        self.kitle("size", "gone_quiet", *NOW, cwd=shop)
        self.kitle("explain", "gone_quiet", cwd=shop)
        self.kitle("fold", cwd=shop)
        again = self.kitle("run", *NOW, "--format", "csv", cwd=shop)
        self.assertEqual(self.sizes(again.out), SIZES)

    def sizes(self, text):
        return {row["segment"]: int(row["size"])
                for row in csv.DictReader(io.StringIO(text))}

    def test_check_annotates_files_by_their_path_from_here(self):
        self.kitle("init", "rules")
        bad = self.folder / "rules" / "segments" / "bad.kitle"
        bad.write_text('segment bad { city == "Ankara" }\n')
        done = self.kitle("check", "-C", "rules", "--format", "github",
                          expect=RULES)
        self.assertIn("::error file=rules/segments/bad.kitle,line=1,", done.out)
        done = self.kitle("check", "--format", "sarif", expect=RULES,
                          cwd=self.folder / "rules")
        result = json.loads(done.out)["runs"][0]["results"][0]
        place = result["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"]["uri"],
                         "segments/bad.kitle")

    def test_a_repository_is_found_from_inside_and_from_afar(self):
        self.starter()
        (self.folder / "deep" / "er").mkdir(parents=True)
        self.kitle("run", cwd=self.folder / "deep" / "er")
        self.kitle("run", "-C", self.folder, cwd="/")
        self.kitle("run", "--folder", self.folder, cwd="/")

    def test_the_folder_may_stand_before_the_command(self):
        self.starter()
        for command in ("check", "run", "size", "ingest", "explain", "fold"):
            self.kitle("-C", self.folder, command, cwd="/")
        self.kitle("--folder", "/", "check", "-C", self.folder, cwd="/")
        for command in ("init", "version", "completion"):
            done = self.kitle("-C", self.folder, command, expect=USAGE)
            self.assertIn(f"-C: `kitle {command}` works on no repository",
                          done.err)

    def test_where_there_is_no_repository_help_is_at_hand(self):
        for command in ("check", "run", "size", "ingest", "explain", "fold"):
            done = self.kitle(command, expect=TROUBLE)
            self.assertIn("kitle.toml", done.err)
            self.assertIn("kitle init", done.err)

    def test_where_there_is_no_store_ingest_is_the_mend(self):
        self.starter(ingest=False)
        done = self.kitle("run", expect=TROUBLE)
        self.assertIn("kitle ingest", done.err)
        self.assertFalse((self.folder / "store").exists())


class Answers(CommandTest):
    def setUp(self):
        super().setUp()
        self.starter()

    def test_json(self):
        result = json.loads(self.kitle("run", *NOW, "--format", "json").out)
        self.assertEqual({s["name"]: s["size"] for s in result["segments"]},
                         SIZES)
        self.assertEqual(result["now"], "2026-02-28T21:00:00Z")
        self.assertEqual(result["profiles"], 10)
        self.assertEqual(result["segments"][0]["share"], 0.3)
        self.assertEqual(result["segments"][0]["title"],
                         "Yeni üye, henüz almadı")

    def test_csv_quotes_titles(self):
        text = self.kitle("run", *NOW, "--format", "csv").out
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual({r["segment"]: int(r["size"]) for r in rows}, SIZES)
        self.assertEqual(rows[0]["title"], "Yeni üye, henüz almadı")
        self.assertEqual({r["now"] for r in rows}, {"2026-02-28T21:00:00Z"})

    def test_the_clock_is_now_where_no_instant_is_given(self):
        before = int(time.time())
        text = self.kitle("run", "--format", "json").out
        after = int(time.time())
        now = time.strptime(json.loads(text)["now"], "%Y-%m-%dT%H:%M:%SZ")
        self.assertTrue(before <= calendar.timegm(now) <= after)

    def test_every_form_of_an_instant(self):
        for written in ("2026-03-01", "2026-03-01 00:00", "2026-03-01T00:00:00",
                        "2026-02-28T21:00:00Z", "2026-03-01T02:30:00+05:30"):
            text = self.kitle("run", "--as-of", written, "--format", "json").out
            self.assertEqual(json.loads(text)["now"], "2026-02-28T21:00:00Z")
        for written in ("yesterday", "2026-02-30", "2026-3-1", ""):
            self.kitle("run", "--as-of", written, expect=USAGE)

    def test_a_part_of_a_second_is_printed(self):
        text = self.kitle("run", "--as-of", "2026-03-01T12:00:00.5Z",
                          "--format", "json").out
        self.assertEqual(json.loads(text)["now"], "2026-03-01T12:00:00.500000Z")
        text = self.kitle("run", "--as-of", "2026-03-01 12:00:00.5").out
        self.assertIn("as of 2026-03-01 12:00:00.500000 Europe/Istanbul", text)

    def test_a_condition_cannot_leave_its_braces(self):
        self.kitle("size", "everyone } segment x { everyone", *NOW,
                   expect=USAGE)

    def test_an_instant_is_in_the_zone_that_the_store_pinned(self):
        zones = self.folder / "zones" / "Europe"
        zones.mkdir(parents=True)
        shutil.copy("/usr/share/zoneinfo/America/New_York",
                    zones / "Istanbul")
        done = self.kitle("size", *NOW, env={"TZDIR": str(zones.parent)})
        self.assertIn("as of 2026-03-01 00:00:00 Europe/Istanbul", done.out)
        done = self.kitle("run", *NOW, "--format", "json",
                          env={"TZDIR": str(zones.parent)})
        self.assertEqual(json.loads(done.out)["now"], "2026-02-28T21:00:00Z")

    def test_every_tier_says_the_same(self):
        answers = {}
        for tier in ("auto", "reference", "interpreter"):
            folder = self.folder / tier
            result = json.loads(self.kitle(
                "run", *NOW, "--tier", tier, "--format", "json", "--members",
                folder).out)
            answers[tier] = {s["name"]: (folder / f"{s['name']}.csv")
                             .read_text() for s in result["segments"]}
        self.assertEqual(answers["auto"], answers["reference"])
        self.assertEqual(answers["interpreter"], answers["reference"])

    def test_chosen_segments(self):
        text = self.kitle("run", "gone_quiet", "good_customers", *NOW,
                          "--format", "json").out
        self.assertEqual([s["name"] for s in json.loads(text)["segments"]],
                         ["good_customers", "gone_quiet"])
        done = self.kitle("run", "gone_quite", expect=USAGE)
        self.assertIn("did you mean `gone_quiet`?", done.err)

    def test_what_other_tools_call_the_same_is_told(self):
        for command, option, own in (("run", "--now", "--as-of"),
                                     ("size", "--date=2026", "--as-of"),
                                     ("run", "--json", "--format"),
                                     ("run", "--as-off", "--as-of")):
            done = self.kitle(command, option, expect=USAGE)
            self.assertIn(f"did you mean `{own}`?", done.err)
        done = self.kitle("check", "--now", expect=USAGE)
        self.assertNotIn("did you mean", done.err)

    def test_threads_have_a_limit(self):
        for command in ("run", "ingest", "size"):
            self.kitle(command, "--threads", "100000", expect=USAGE)

    def test_members_in_every_format(self):
        expected = ["C-02", "C-03"]
        self.kitle("run", "gone_quiet", *NOW, "--members", "out")
        self.assertEqual(self.read("out/gone_quiet.csv"), "id\nC-02\nC-03\n")
        self.kitle("run", "gone_quiet", *NOW, "--members", "out",
                   "--members-format", "parquet")
        table = pyarrow.parquet.read_table(self.folder /
                                           "out/gone_quiet.parquet")
        self.assertEqual(table.to_pydict(), {"id": expected})
        self.kitle("run", "gone_quiet", *NOW, "--members", "out",
                   "--members-format", "roaring")
        portable = (self.folder / "out/gone_quiet.roaring").read_bytes()
        kept = list((self.folder / "store/members").glob("*/gone_quiet.roaring"))
        self.assertEqual([path.read_bytes() for path in kept], [portable])
        self.assertEqual(sorted(os.listdir(self.folder / "out")),
                         ["gone_quiet.csv", "gone_quiet.parquet",
                          "gone_quiet.roaring"])

    def test_a_run_keeps_members_in_the_store(self):
        self.kitle("run", *NOW)
        folders = os.listdir(self.folder / "store/members")
        self.assertEqual(folders, ["1-1772312400000000"])
        index = self.read(f"store/members/{folders[0]}/index.csv")
        self.assertEqual(
            {row["segment"]: int(row["size"])
             for row in csv.DictReader(io.StringIO(index))}, SIZES)

    def test_what_writes_nothing_writes_nothing(self):
        before = self.listing()
        self.kitle("run", *NOW, "--no-keep")
        self.kitle("size", *NOW)
        self.kitle("size", "any purchase in last 7 days", *NOW)
        self.kitle("check")
        self.kitle("explain", "--plan")
        self.assertEqual(self.listing(), before)

    def listing(self):
        return sorted((str(path), path.stat().st_mtime_ns)
                      for path in self.folder.rglob("*"))

    def test_size_of_segments_and_conditions(self):
        done = self.kitle("size", "any purchase ever", "gone_quiet", *NOW)
        self.assertRegex(done.out, r"any purchase ever +7 +70\.00 %\n"
                                   r"gone_quiet +2 +20\.00 %\n")
        self.assertIn("as of 2026-03-01 00:00:00 Europe/Istanbul", done.out)
        text = self.kitle("size", "in gone_quiet or in good_customers  # both",
                          *NOW, "--format", "json").out
        self.assertEqual(json.loads(text)["segments"][0]["size"], 3)
        done = self.kitle("size", "any purchse ever", *NOW, expect=RULES)
        self.assertIn("did you mean `purchase`?", done.err)
        done = self.kitle("size", "gone_quite", *NOW, expect=RULES)
        self.assertIn("gone_quiet", done.err)

    def test_what_cannot_be_computed_is_trouble_and_named(self):
        factor = "9223372036854775807"
        done = self.kitle(
            "size", f"count of purchase * {factor} * {factor} * {factor} > 0",
            "gone_quiet", *NOW, expect=TROUBLE)
        self.assertIn("undecided", done.out)
        self.assertIn("`C-01`", done.err)
        self.assertRegex(done.out, r"gone_quiet +2 ")

    def test_explain_shows_every_stage(self):
        texts = {self.kitle("explain", "gone_quiet", *stage).out
                 for stage in ([], ["--syntax"], ["--plan"], ["--program"],
                               ["--code"])}
        self.assertEqual(len(texts), 5)
        self.assertNotIn("", texts)
        self.assertEqual(self.kitle("explain", "gone_quiet").out,
                         self.kitle("explain", "gone_quiet", "--typed").out)
        self.kitle("explain", "--plan", "--code", expect=USAGE)
        done = self.kitle("explain", "gone_quite", expect=USAGE)
        self.assertIn("did you mean `gone_quiet`?", done.err)

    def test_compiled_code_comes_from_the_cache_and_changes_nothing(self):
        first = self.kitle("run", *NOW, "--format", "csv").out
        second = self.kitle("run", *NOW, "--format", "csv").out
        without = self.kitle("run", *NOW, "--format", "csv", "--no-cache").out
        self.assertEqual(first, second)
        self.assertEqual(first, without)


class Ingest(CommandTest):
    def test_rejects_are_trouble_unless_allowed(self):
        self.starter(ingest=False)
        with open(self.folder / "data/orders.csv", "a") as file:
            file.write("A-11,C-07,2026-02-31 10:00,Roman,Kitap,60.00\n"
                       "A-12,C-07,2026-02-20 10:00,Roman,Kitap,\"1.234,56\"\n")
        done = self.kitle("ingest", expect=TROUBLE)
        self.assertRegex(done.out, r"orders +13 +11 +0 +0 +2\n")
        self.assertIn("2 rows were rejected", done.err)
        reject_file = re.search(r"rejected; (\S+) says", done.err).group(1)
        path = self.folder / reject_file
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        text = path.read_text()
        for word in ("orders.csv", "2026-02-31 10:00", "1.234,56", "amount"):
            self.assertIn(word, text)
        self.assertIn("10 profiles", done.out)
        self.kitle("ingest", "--allow-rejects")
        report = json.loads(self.kitle("ingest", "--format", "json",
                                       "--allow-rejects").out)
        orders = [s for s in report["sources"] if s["source"] == "orders"][0]
        self.assertEqual(orders, {"source": "orders", "seen": 13, "accepted": 0,
                                  "known": 11, "left_out": 0, "rejected": 2,
                                  "older": 0})

    def test_a_second_ingest_adds_what_is_new(self):
        self.starter()
        with open(self.folder / "data/orders.csv", "a") as file:
            file.write("A-11,C-03,2026-02-27 10:00,Roman,Kitap,60.00\n")
        done = self.kitle("ingest")
        self.assertRegex(done.out, r"orders +12 +1 +11 +0 +0\n")
        self.assertIn("snapshot 2: 10 profiles, 1 new events", done.out)
        self.assertRegex(self.kitle("size", "gone_quiet", *NOW).out, "1 +10.00")
        self.kitle("fold")
        self.assertRegex(self.kitle("size", "gone_quiet", *NOW).out, "1 +10.00")

    def test_one_source_and_files_elsewhere(self):
        self.starter(ingest=False)
        shutil.move(self.folder / "data", self.folder.parent / "data")
        done = self.kitle("ingest", "--source", "customers", "--data",
                          self.folder.parent, "--store", "other")
        self.assertIn("10 profiles, 0 new events", done.out)
        self.assertRegex(self.kitle("size", "gone_quiet", *NOW, "--store",
                                    "other").out, "0 +0.00")
        done = self.kitle("ingest", "--source", "orderz", expect=USAGE)
        self.assertIn("did you mean `orders`?", done.err)

    def test_a_misspelt_key_of_json_lines_publishes_nothing(self):
        self.starter(ingest=False)
        self.write("sources.kitle", 'source people {\n  files "p.ndjson"\n'
                   '  customer from "id"\n  into customer { city from "ctiy" }'
                   '\n}\n')
        self.write("p.ndjson", '{"id": 1, "city": "Van"}\n')
        done = self.kitle("ingest", expect=TROUBLE)
        self.assertIn('p.ndjson: no row of source `people` has the key "ctiy" '
                      '(did you mean "city"?); the keys are "id", "city"\n',
                      done.err)
        self.assertFalse((self.folder / "store" / "MANIFEST").exists())

    def test_a_size_of_memory_has_a_unit(self):
        self.starter(ingest=False)
        for written, said in (("3", "`3` has no unit; write 512MiB or 2GiB"),
                              ("4GX", "KiB, MiB, GiB, KB, MB or GB"),
                              ("1KiB", "the least is 1MiB"),
                              ("-1GiB", "is no whole number"),
                              ("1.5GiB", "no unit that is known"),
                              ("99999999999999999999GiB", "no whole number"),
                              ("99999999999GiB", "beyond 64 bits")):
            done = self.kitle("ingest", f"--memory={written}", expect=USAGE)
            self.assertIn(said, done.err)
        self.kitle("ingest", "--memory", "1MiB")
        self.kitle("ingest", "--memory", "2GB")

    def test_a_missing_column_names_those_that_exist(self):
        self.starter(ingest=False)
        text = self.read("sources.kitle")
        self.write("sources.kitle", text.replace('from "amount"',
                                                 'from "total"'))
        done = self.kitle("ingest", expect=TROUBLE)
        for word in ("total", "amount", "category", "orders"):
            self.assertIn(word, done.err)
        self.assertFalse((self.folder / "store" / "MANIFEST").exists())

    def test_missing_files_are_an_error(self):
        self.starter(ingest=False)
        os.remove(self.folder / "data/orders.csv")
        done = self.kitle("ingest", expect=TROUBLE)
        self.assertIn("data/orders.csv", done.err)

    def test_ctrl_c_leaves_the_store_as_it_was(self):
        self.starter()
        with open(self.folder / "data/orders.csv", "a") as file:
            for i in range(400_000):
                file.write(f"B-{i},C-{i % 977},2026-02-20 10:00,Roman,Kitap,"
                           "60.00\n")
        process = subprocess.Popen([KITLE, "ingest"], cwd=self.folder,
                                   stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        result = json.loads(self.kitle("run", *NOW, "--format", "json").out)
        if process.returncode == 0:  # it was faster than the signal
            self.assertEqual(result["snapshot"], 2)
            return
        self.assertEqual(process.returncode, TROUBLE, err)
        self.assertEqual(result["snapshot"], 1)
        self.assertEqual(result["profiles"], 10)
        self.assertNotIn(b"Traceback", err)
        self.kitle("ingest")

    def test_only_one_writes(self):
        self.starter()
        lock = [path for path in (self.folder / "store").iterdir()
                if path.name == "LOCK"]
        self.assertTrue(lock, "the writer's lock has another name now")
        with open(lock[0], "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            for command in ("ingest", "fold"):
                done = self.kitle(command, expect=TROUBLE)
                self.assertIn("another", done.err)
            self.kitle("run", *NOW)  # readers do not mind


class Help(CommandTest):
    def test_without_a_command_there_is_help(self):
        done = self.kitle(expect=USAGE)
        for command in COMMANDS:
            self.assertIn(f"  {command} ", done.err)

    def test_each_command_has_help_with_examples(self):
        for command in COMMANDS:
            direct = self.kitle(command, "--help").out
            self.assertEqual(self.kitle("help", command).out, direct)
            self.assertIn(f"Usage: kitle {command}", direct)
            if command != "version":
                self.assertIn(f"  kitle {command}", direct.split("Example")[1])

    def test_a_diagnostic_is_explained_by_its_code(self):
        text = self.kitle("help", "E0201").out
        self.assertTrue(text.startswith("E0201: "))
        self.assertIn("balance > 500 }\n\nMended:\n\n    segment vip "
                      "{ balance > 500 TRY }\n",
                      self.kitle("help", "E0301").out)
        self.assertIn("in kitle.toml:\n\n    nme =",
                      self.kitle("help", "E0702").out)
        self.assertIn("No example: It takes bytes that are no text.",
                      self.kitle("help", "E0102").out)
        self.assertEqual(self.kitle("help", "e0201").out, text)
        done = self.kitle("help", "E9999", expect=USAGE)
        self.assertIn("E9999", done.err)

    def test_what_is_not_known_comes_with_the_nearest(self):
        for arguments, near in ((["rum"], "`run`"), (["chek"], "`check`"),
                                (["run", "--fromat", "json"], "`--format`"),
                                (["run", "--as-off=2026-03-01"], "`--as-of`"),
                                (["ingest", "--allow-reject"],
                                 "`--allow-rejects`"),
                                (["help", "explian"], "`explain`"),
                                (["help", "E03O1"], "`E0301`"),
                                (["help", "e1l04"], "`E1104`")):
            done = self.kitle(*arguments, expect=USAGE)
            self.assertIn(f"did you mean {near}?", done.err)
        for arguments in (["check", "one", "two"], ["run", "--format", "xml"],
                          ["run", "--threads", "many"], ["run", "--tier"],
                          ["completion"], ["completion", "tcsh"],
                          ["ingest", "--memory", "4GX"]):
            self.assertIn("kitle help", self.kitle(*arguments,
                                                   expect=USAGE).err)

    def test_warnings_are_those_of_the_segments_asked_for(self):
        self.starter()
        self.write("segments/odd.kitle",
                   "segment odd_one { at least 0 purchases }\n"
                   "segment odd_two { at least 0 product_views }\n"
                   "segment odd_three { in odd_two }\n")
        for command in ("run", "size"):
            self.assertEqual(self.kitle(command).err.count("W0104"), 2)
            self.assertEqual(self.kitle(command, "gone_quiet").err, "")
            done = self.kitle(command, "odd_three")
            self.assertEqual(done.err.count("W0104"), 1)
            self.assertIn("at least 0 product_views", done.err)

    def test_the_version(self):
        text = self.kitle("version").out
        self.assertRegex(text, r"^kitle \d+\.\d+\.\d+\n")
        self.assertIn("machine code: ", text)
        self.assertEqual(self.kitle("--version").out, text.splitlines()[0] +
                         "\n")

    def test_the_man_page_has_every_command_and_option(self):
        page = (SOURCE / "docs/kitle.1").read_text().replace("\\-", "-")
        for command in COMMANDS:
            self.assertIn(f"kitle {command}", page)
            options = re.findall(r"--[a-z-]+", self.kitle(command, "--help").out)
            for option in options:
                self.assertIn(option, page, f"{command} {option}")

    def test_an_output_that_cannot_be_written_is_trouble(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([KITLE, "help"], stdout=full,
                                  stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, TROUBLE)
        self.assertIn(b"No space left", done.stderr)


class Completion(CommandTest):
    def complete(self, *words):
        script = self.kitle("completion", "bash").out
        self.write("completion.bash", script)
        line = " ".join(f"'{word}'" for word in words)
        done = subprocess.run(
            ["bash", "-c", f"source ./completion.bash; COMP_WORDS=({line}); "
             f"COMP_CWORD={len(words) - 1}; _kitle; "
             'printf "%s\\n" "${COMPREPLY[@]}"'],
            cwd=self.folder, capture_output=True, text=True, check=True,
            env={**os.environ, "PATH": f"{pathlib.Path(KITLE).parent}:"
                                       f"{os.environ['PATH']}"})
        return done.stdout.split()

    def test_bash_completes_commands_options_values_and_segments(self):
        self.starter(ingest=False)
        self.assertEqual(self.complete("kitle", "ex"), ["explain"])
        self.assertEqual(self.complete("kitle", "run", "--members-f"),
                         ["--members-format"])
        self.assertEqual(self.complete("kitle", "run", "--format", ""),
                         ["table", "json", "csv"])
        self.assertEqual(self.complete("kitle", "run", "go"),
                         ["good_customers", "gone_quiet"])
        self.assertEqual(self.complete("kitle", "completion", "z"), ["zsh"])
        self.assertEqual(self.complete("kitle", "-C", ".", "ex"), ["explain"])
        self.assertEqual(self.complete("kitle", "-C", ".", "run", "--form"),
                         ["--format"])
        self.assertEqual(self.complete("kitle", "-C", "ex"), [])
        self.assertEqual(self.complete("kitle", "help", "siz"), ["size"])
        codes = self.complete("kitle", "help", "E02")
        self.assertIn("E0201", codes)
        self.assertTrue(all(code.startswith("E02") for code in codes))

    def test_where_there_is_no_repository_nothing_is_said(self):
        self.assertEqual(self.kitle("completion", "segments").err, "")
        self.assertEqual(self.complete("kitle", "run", "go"), [])

    def test_each_shell_has_a_script_that_it_can_read(self):
        for shell in ("bash", "zsh", "fish"):
            path = self.write(f"kitle.{shell}",
                              self.kitle("completion", shell).out)
            for command in COMMANDS:
                self.assertIn(command, path.read_text())
            if shutil.which(shell):
                subprocess.run([shell, "-n", path], check=True)


class Colour(CommandTest):
    def on_terminal(self, *arguments, **env):
        """What the command writes to a terminal."""
        leader, follower = pty.openpty()
        process = subprocess.Popen([KITLE, *arguments], cwd=self.folder,
                                   stdin=follower, stdout=follower,
                                   stderr=follower,
                                   env={**os.environ, **env})
        os.close(follower)
        text = b""
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:
                break
            if not part:
                break
            text += part
        os.close(leader)
        process.wait(timeout=60)
        return text.decode()

    def test_only_on_a_terminal_and_not_where_no_color_is_set(self):
        self.starter(ingest=False)
        self.write("segments/wrong.kitle", "segment wrong { citty is 1 }\n")
        self.assertNotIn("\x1b[", self.kitle("check", expect=RULES).out)
        self.assertNotIn("\x1b[", self.kitle("run", expect=RULES).err)
        no = {"NO_COLOR": "1"}
        self.assertNotIn("\x1b[", self.on_terminal("check", **no))
        colours = {"NO_COLOR": "", "TERM": "xterm"}
        self.assertIn("\x1b[", self.on_terminal("check", **colours))
        self.assertIn("\x1b[", self.on_terminal("run", **colours))


if __name__ == "__main__":
    unittest.main(verbosity=1)
