"""`kitle test`: tests of rules, written in the language."""

import json
import subprocess
import unittest
import xml.etree.ElementTree

from command import KITLE, RULES, SOURCE, USAGE
from rule_tests import (BANDS, FITTED, POINTS, RULES_TEXT, TESTS, RulesWithTests,
                        without_time)


class RuleTestsTest(RulesWithTests):

    def test_says_that_all_hold(self):
        self.assertEqual(self.answer(TESTS),
                         "2 tests, 5 expectations: all hold (TIME)\n")
        self.assertEqual(self.answer(TESTS, "--verbose"),
                         "ok   a purchase is seen for a week\n"
                         "ok   near and lately\n"
                         "2 tests, 5 expectations: all hold (TIME)\n")

    def test_has_the_same_answer_on_any_number_of_threads(self):
        for threads in ("1", "2", "7"):
            self.assertIn("all hold", self.answer(TESTS, "--threads", threads))

    def test_sessions_follow_from_the_events_that_are_told(self):
        self.write("more.kitle",
                   "sessions browsing of visit gap 30 minutes\n"
                   "segment long_look { any browsing where (count is 3 and "
                   "length is 55 minutes) in last 7 days }\n")
        self.assertEqual(self.answer("""test "three visits are one look" {
  now 2026-03-01 12:00
  visit at 2026-02-28 10:00
  visit at 2026-02-28 10:55
  expect not in long_look
  expect count of browsing is 2
  visit at 2026-02-28 10:30
  expect in long_look
  later 7 days
  expect not in long_look
}
"""), "1 test, 4 expectations: all hold (TIME)\n")

    def test_names_what_fails(self):
        out = self.answer('test "fails" {\n  now 2026-03-01\n'
                          "  expect in lately\n  purchase 1 day ago\n"
                          "  expect in lately\n    and in nearby  # why?\n}\n"
                          + TESTS, expect=RULES)
        self.assertTrue(out.startswith(
            "FAIL fails  tests/a.kitle:1\n"
            "  tests/a.kitle:3: expect in lately\n"
            "    does not hold\n"), out)
        self.assertIn("  tests/a.kitle:5: expect in lately and in nearby\n",
                      out)
        # What was looked at, as `kitle why` shows it.
        self.assertRegex(
            out, r"> no +any purchase in last 7 days: 0, 1 purchase short\n")
        self.assertRegex(out, r"> no +city is \"İzmir\"")
        self.assertTrue(out.endswith(
            "3 tests, 7 expectations: 1 test failed (TIME)\n"), out)

    def test_names_the_case_that_fails(self):
        out = self.answer(TESTS.replace("7 days ago   ", "6 days ago   "),
                          expect=RULES)
        self.assertIn("  tests/a.kitle:7: expect not in lately\n"
                      "    does not hold\n"
                      "    in the case of line 7: 6 days ago expect not in "
                      "lately\n", out)

    def test_takes_what_cannot_be_computed(self):
        text = ('test "too much" {\n  now 2026-03-01\n  expect not in immense\n'
                "  visit 1 day ago\n  expect undecided immense\n}\n")
        self.assertIn("all hold", self.answer(text))
        out = self.answer(text.replace("undecided", "not in"), expect=RULES)
        self.assertIn("    cannot be computed\n", out)
        out = self.answer(text.replace("not in", "undecided"), expect=RULES)
        self.assertIn("    could be computed\n", out)

    # ---- what is given, whatever the person did ----

    def test_says_which_band_is_not_given(self):
        self.write("fitted.kitle", FITTED)
        out = self.answer('test "a" {\n  now 2026-03-01\n'
                          "  given rank.score 8\n  expect in champions\n}\n",
                          expect=RULES)
        self.assertIn(
            "    cannot be computed\n"
            "    ?    `rank.recency` is not known: write `given rank.recency "
            "5`, or fit it on fixtures, `given rank fitted on ...`\n"
            "    ?    `rank.monetary` is not known: write `given rank.monetary "
            "3`, or fit it on fixtures, `given rank fitted on ...`\n", out)
        self.assertNotIn("no ", out)

    def test_says_which_top_is_not_given(self):
        self.write("fitted.kitle", FITTED)
        out = self.answer('test "a" {\n  now 2026-03-01\n'
                          "  expect in top_here\n"
                          "  expect rank.score > 7\n}\n", expect=RULES)
        self.assertIn("`top_spenders.top` is not known: write `given "
                      "top_spenders.top yes`, or fit it on fixtures, `given "
                      "top_spenders.top fitted on ...`\n", out)
        self.assertIn("write `given rank.score 8`, or each of its bands, or "
                      "fit it on fixtures, `given rank fitted on ...`\n", out)

    def test_gives_the_top(self):
        self.write("fitted.kitle", FITTED)
        self.assertEqual(self.answer("""test "the top" {
  now 2026-03-01
  expect undecided top_here
  given top_spenders.top yes
  expect in top_spenders and not in top_here
  customer { city "izmir" }
  expect in top_here
  given top_spenders.top no
  expect not in top_spenders and not in top_here
}

test "or not" {
  now 2026-03-01
  given top_spenders.top best
  cases best {
    yes  expect in top_spenders
    no   expect not in top_spenders
  }
}
"""), "2 tests, 6 expectations: all hold (TIME)\n")

    def test_gives_points(self):
        self.write("points.kitle", POINTS)
        self.assertEqual(self.answer("""test "points" {
  now 2026-03-01
  2 visits yesterday
  expect in nearly and not in fan
  given fan.points 30
  expect fan.points is 30 and in fan and in friend and not in nearly
  given fan.points 7.25
  expect in friend
  given fan.points 7.24
  expect in fan and not in friend
  given fan.points -1
  expect fan.points < count of visit and not in fan and fan.points >= -1
  given friend.points 10
  expect in friend and fan.points < friend.points
}
"""),
                         "1 test, 6 expectations: all hold (TIME)\n")

    def test_shows_what_is_given_where_it_fails(self):
        self.write("fitted.kitle", FITTED + POINTS)
        out = self.answer("""test "shown" {
  now 2026-03-01
  given fan.points 7.5
  given rank.recency 1
  given rank.monetary 3
  given top_spenders.top yes
  expect in champions and in friend
}
""", expect=RULES)
        self.assertIn("    given fan.points 7.5, rank.monetary 3, "
                      "rank.recency 1, rank.score 4, top_spenders.top yes\n",
                      out)
        self.assertIn("in champions", out)
        self.assertNotIn("as given", out)

    def test_refuses_to_give_anything_else(self):
        self.write("fitted.kitle", FITTED + POINTS)
        for line, expected in (
                ("lately.top yes", "as `kitle fit` names it, is expected"),
                ("fan.top yes", "as `kitle fit` names it, is expected"),
                ("rank.top yes", "as `kitle fit` names it, is expected"),
                ("top_spenders.top missing", "`yes` or `no` is expected"),
                ("top_spenders.top 2", "error E1108"),
                ("fan.points 1.234", "up to two decimals is expected"),
                ("fan.points missing", "up to two decimals is expected"),
                ("fan.points 99999999999", "up to two decimals is expected")):
            self.write("tests/a.kitle", 'test "a" {\n  now 2026-03-01\n'
                       f"  given {line}\n  expect in lately\n}}\n")
            done = self.kitle("check", expect=RULES)
            self.assertIn(expected, done.out)

    def test_filters_by_title_and_by_segment(self):
        self.assertIn("1 test, 1 expectation:", self.answer(TESTS, "near and"))
        self.assertIn("1 test, 1 expectation:", self.answer(TESTS, "nearby"))
        # Through another segment.
        self.assertIn("2 tests, 5 expectations:", self.answer(TESTS, "lately"))
        self.write("tests/b.kitle", 'test "b" { now 2026-03-01\n'
                   " expect life is new }\n")
        self.assertIn("1 test, 1 expectation:", self.answer(TESTS, "life"))
        self.assertIn("1 test, 1 expectation:",
                      self.answer(TESTS, "life.new"))
        done = self.kitle("test", "nothing of this", expect=USAGE)
        self.assertIn("no test has `nothing of this` in its title", done.err)

    def test_needs_rules_without_mistakes(self):
        self.write("tests/a.kitle", 'test "a" { now 2026-03-01\n'
                   "  expect in latly\n}\n")
        done = self.kitle("test", expect=RULES)
        self.assertIn("error E0204: no segment is called `latly`", done.err)
        self.assertIn("did you mean `lately`?", done.err)
        self.assertEqual(done.out, "")

    def test_mistakes_are_for_programs_too(self):
        self.write("more.kitle", "segment m { in latly }\n")
        wanted = self.kitle("check", "--format", "json", expect=RULES).out
        self.assertEqual([each["code"] for each in json.loads(wanted)],
                         ["E0204"])
        for command in (("test",), ("test", "--mutate"), ("run",), ("fit",),
                        ("size", "lately"), ("why", "C-1", "lately"),
                        ("ingest",), ("check", "--relations")):
            done = self.kitle(*command, "--format", "json", expect=RULES)
            self.assertEqual((done.out, done.err), (wanted, ""), command)

    def test_no_tests_are_no_failure(self):
        done = self.kitle("test")
        self.assertEqual(without_time(done.out),
                         "no tests; one begins with `test \"...\" {`\n")

    def test_check_reports_mistakes_of_tests(self):
        self.write("tests/a.kitle", 'test "a" { now 2026-03-01\n }\n')
        done = self.kitle("check", expect=RULES)
        self.assertIn("error E1103: the test expects nothing", done.out)

    # ---- for programs ----

    def test_prints_json(self):
        failing = TESTS.replace("7 days ago   ", "6 days ago   ")
        json = self.json(failing, expect=RULES)
        self.assertEqual(json["expectations"], 5)
        self.assertEqual(json["failed"], 1)
        first, second = json["tests"]
        self.assertEqual(first["title"], "a purchase is seen for a week")
        self.assertEqual((first["file"], first["line"]), ("tests/a.kitle", 1))
        (failure,) = first["failures"]
        self.assertEqual(failure["line"], 7)
        self.assertEqual(failure["case_line"], 7)
        self.assertEqual(failure["found"], "does not hold")
        self.assertEqual(second["failures"], [])

    def test_writes_junit(self):
        failing = (TESTS.replace("7 days ago   ", "6 days ago   ")
                   .replace("near and", "<near> & "))
        out = self.answer(failing, "--format", "junit", "--junit", "a.xml",
                          expect=RULES)
        self.assertEqual(out, self.read("a.xml"))
        suite = xml.etree.ElementTree.fromstring(out).find("testsuite")
        self.assertEqual(suite.get("name"), "here")
        self.assertEqual((suite.get("tests"), suite.get("failures")),
                         ("2", "1"))
        first, second = suite.findall("testcase")
        self.assertEqual(second.get("name"), "<near> &  lately")
        self.assertIsNone(second.find("failure"))
        failure = first.find("failure")
        self.assertEqual(failure.get("message"),
                         "expect not in lately: does not hold")
        self.assertIn("tests/a.kitle:7: expect not in lately", failure.text)

    # ---- coverage ----

    def test_shows_what_was_never_seen(self):
        out = self.answer(TESTS, "--coverage")
        self.assertIn("  lately   100 %\n", out)
        self.assertIn("  nearby    50 %\n"
                      "    segments.kitle:2:18: never false: city is \"İzmir\"\n"
                      "    segments.kitle:2:38: never false: in lately\n", out)
        self.assertIn("  immense    0 %\n    segments.kitle:3:19: never asked: ",
                      out)
        self.assertTrue(out.endswith("coverage: 40 % (4 of 10)\n"), out)

    def test_fails_below_a_minimum(self):
        self.answer(TESTS, "--coverage-min", "40")
        self.write("tests/a.kitle", TESTS)
        done = self.kitle("test", "--coverage-min", "41", expect=RULES)
        self.assertIn("the coverage is below 41 %", done.err)
        self.kitle("test", "--coverage-min", "101", expect=USAGE)

    def test_counts_only_what_the_tests_ask_for(self):
        covered = self.json(TESTS, "near and", "--coverage")["coverage"]
        seen = {each["segment"]: each["seen"] for each in covered}
        self.assertEqual(seen, {"lately": 1, "nearby": 2})

    def test_covers_the_lines_of_personas(self):
        self.write("points.kitle", POINTS)
        seen = self.seen("""test "a fan" {
  now 2026-03-01
  visit yesterday
  expect not in fan
  later 60 days
  customer { city "izmir" }
  expect fan.points is 5
  given fan.points 9
  expect in fan
}
""", "fan")
        self.assertEqual(seen["1 point for visit"], (1, 1))
        self.assertEqual(seen['city is "İzmir"'], (1, 1))
        self.assertEqual(seen["points > 6"], (1, 2))

    def test_covers_scores(self):
        self.write("bands.kitle", BANDS)
        seen = self.seen("""test "rich" {
  now 2026-03-01
  expect not in rich
  purchase yesterday { amount 5 TRY }
  expect not in rich
  purchase yesterday { amount 901 TRY }
  expect in rich
}
""", "worth")
        self.assertEqual(seen["any purchase"], (2, 1))
        self.assertEqual(seen["amount > 5 TRY"], (1, 2))
        self.assertEqual(seen["worth.monetary is 3"], (1, 2))

    def test_covers_what_is_given_and_nothing_undecided(self):
        self.write("fitted.kitle", FITTED)
        seen = self.seen("""test "given" {
  now 2026-03-01
  expect undecided champions
  expect undecided top_here
  given rank.recency 5
  given rank.monetary 3
  expect in champions
  given rank.monetary 2
  expect not in champions
}
""", "champions")
        self.assertEqual(seen["rank.recency is 5"], (2, 0))
        self.assertEqual(seen["rank.monetary is 3"], (1, 1))
        # Asked for in a segment that no test can decide.
        self.assertEqual(seen["in top_spenders"], (0, 0))
        self.assertEqual(seen['city is "İzmir"'], (0, 1))

    def test_writes_lcov(self):
        self.answer(TESTS, "--lcov", "coverage.info")
        self.assertEqual(
            self.read("coverage.info").splitlines()[:5],
            ["TN:", "SF:segments.kitle", "BRDA:1,0,0,2", "BRDA:1,0,1,3",
             "BRDA:2,0,0,1"])
        self.assertEqual(
            self.read("coverage.info").splitlines()[-7:],
            ["DA:1,5", "DA:2,2", "DA:3,0", "DA:4,0", "LF:4", "LH:2",
             "end_of_record"])
        # Never asked is something else than never true.
        self.assertIn("BRDA:3,0,0,-\nBRDA:3,0,1,-\n",
                      self.read("coverage.info"))
        self.kitle("test", "-C", self.folder, "--lcov", "there.info",
                   cwd=self.folder.parent)
        text = (self.folder.parent / "there.info").read_text()
        self.assertIn("SF:here/segments.kitle\n", text)

    # ---- mutants ----

    def test_shows_the_mutants_that_survive(self):
        out = self.answer(TESTS, "--mutate")
        self.assertIn("survived  segments.kitle:2:34\n"
                      "  - city is \"İzmir\" and in lately\n"
                      "  + city is \"İzmir\" or in lately\n", out)
        self.assertNotIn("+ any purchase in last 8 days", out)
        self.assertIn("no test asks for: immense, life\n", out)
        self.assertTrue(
            out.endswith("7 mutants: 4 killed, 3 survived (57 %)\n"), out)
        out = self.answer(TESTS, "--mutate", "--verbose")
        self.assertIn("killed    segments.kitle:1:39\n"
                      "  - any purchase in last 7 days\n"
                      "  + any purchase in last 8 days\n", out)

    def test_names_what_no_test_asks_for_without_a_filter_only(self):
        self.assertNotIn("no test asks for",
                         self.answer(TESTS, "lately", "--mutate"))

    def test_mutates_lines_of_personas(self):
        self.write("points.kitle", POINTS)
        out = self.answer("""test "a fan" {
  now 2026-03-01
  7 visits yesterday
  expect fan.points is 7 and in fan
}
""", "--mutate", "--verbose", "fan")
        self.assertIn("killed    points.kitle:3:3\n"
                      "  - 1 point for visit\n  + 2 points for visit\n", out)
        self.assertIn("killed    points.kitle:3:3\n"
                      "  - 1 point for visit\n  + (left out)\n", out)
        self.assertIn('survived  points.kitle:4:3\n'
                      '  - 5 points when city is "İzmir"\n'
                      '  + (left out)\n', out)
        self.assertIn("survived  points.kitle:5:3\n"
                      "  - at most 40 points in all\n  + (left out)\n", out)
        self.assertIn("killed    points.kitle:6:24\n"
                      "  - points > 6\n  + points > 7\n", out)
        self.assertIn("survived  points.kitle:6:24\n"
                      "  - points > 6\n  + points > 5\n", out)
        self.assertNotIn("friend", out)

    def test_mutates_cuts_but_nothing_that_is_fitted(self):
        self.write("bands.kitle", BANDS + FITTED)
        out = self.answer("""test "rich" {
  now 2026-03-01
  purchase yesterday { amount 901 TRY }
  expect worth.monetary is 3
  given rank.recency 5
  given rank.monetary 3
  expect in champions
  given top_spenders.top yes
  expect in top_spenders
}
""", "--mutate", "--verbose")
        cut = ("sum of purchase.amount where (amount > 5 TRY), 3 bands by cuts "
               "{{100 TRY, {} TRY}}{}")
        line = "monetary: " + cut
        self.assertIn(f"  - {line.format(900, '')}\n"
                      f"  + {line.format(901, '')}\n", out)
        self.assertIn("killed    bands.kitle:2:", out)
        self.assertIn(f"  - {line.format(900, '')}\n"
                      f"  + {line.format(900, ', less is better')}\n", out)
        self.assertNotIn("quantile", out)
        self.assertNotIn("in last 91 days", out)
        self.assertNotIn("in top", out)

    def test_mutants_are_written_as_the_formatter_writes_them(self):
        self.write("counts.kitle",
                   "segment busy { at least 2 visits or at least 1 purchase\n"
                   "  or more than 1 row of purchase in last 2 days }\n")
        out = self.answer("""test "busy" {
  now 2026-03-01
  expect not in busy
}
""", "--mutate", "--verbose", "busy")
        for after in ("at least 3 visits", "at least 1 visit",
                      "at least 2 purchases", "at least 0 purchases",
                      "more than 2 rows of purchase in last 2 days",
                      "more than 0 rows of purchase in last 2 days",
                      "more than 1 row of purchase in last 1 day"):
            self.assertIn(f"  + {after}\n", out)

    def test_tests_of_a_boundary_kill_its_mutants(self):
        out = self.answer(TESTS + """test "far" {
  now 2026-03-01
  purchase yesterday
  expect not in nearby
  customer { city "İzmir" }
  later 8 days
  expect not in nearby
}
""", "--mutate")
        self.assertIn("7 mutants: 7 killed, 0 survived (100 %)\n", out)

    def test_chooses_the_same_mutants_again(self):
        some = ("--mutate", "--mutants", "3", "--verbose")
        out = self.answer(TESTS, *some)
        self.assertIn("3 mutants (of 7 possible): ", out)
        self.assertEqual(out, self.answer(TESTS, *some, "--threads", "1"))
        others = {self.answer(TESTS, *some, "--seed", str(seed))
                  for seed in range(2, 9)}
        self.assertGreater(len(others), 1)

    def test_mutants_need_tests_that_hold(self):
        out = self.answer(TESTS.replace("7 days ago   ", "6 days ago   "),
                          "--mutate", expect=RULES)
        self.assertTrue(out.startswith("FAIL a purchase is seen"), out)
        self.kitle("test", "--mutate", "--coverage", expect=USAGE)
        self.kitle("test", "--mutate", "--format", "junit", expect=USAGE)

    # ---- again ----

    def test_watches_the_rules(self):
        self.write("tests/a.kitle", TESTS)
        running = subprocess.Popen([KITLE, "test", "--watch"], cwd=self.folder,
                                   stdout=subprocess.PIPE, encoding="utf-8")
        try:
            self.assertIn("all hold", running.stdout.readline())
            self.assertIn("waiting", running.stdout.readline())
            self.write("segments.kitle",
                       RULES_TEXT.replace("last 7", "last 9"))
            self.assertIn("FAIL a purchase is", running.stdout.readline())
        finally:
            running.kill()
            running.stdout.close()
            running.wait()

    def test_the_tests_of_the_example_hold(self):
        done = self.kitle("test", "-C", SOURCE / "examples" / "shop")
        self.assertRegex(done.out, r"^\d\d tests, \d+ expectations: all hold")


if __name__ == "__main__":
    unittest.main()
