"""Titles and actions in the language of kitle.toml, as a user types it."""

import csv
import io
import json
import unittest

from command import RULES, CommandTest

NOW = ("--as-of", "2026-03-01")


class Catalogues(CommandTest):
    """The starter with RFM groups of the standard library."""

    def groups(self, locale):
        self.starter(ingest=False)
        toml = self.read("kitle.toml")
        lines = [line for line in toml.splitlines()
                 if not line.startswith("locale")]
        self.write("kitle.toml", f'locale = "{locale}"\n' + "\n".join(lines))
        self.write("segments/groups.kitle",
                   "use std.life_cycle with purchase, signed_up as cycle\n")
        self.kitle("ingest")

    def rows(self):
        report = json.loads(
            self.kitle("run", "cycle", *NOW, "--format", "json").out)
        return {row["name"]: row for row in report["segments"]}

    def test_titles_and_actions_are_turkish(self):
        self.groups("tr")
        rows = self.rows()
        self.assertEqual(rows["cycle.churned"]["title"],
                         "Uzun süredir almıyor")
        self.assertIn("En iyi teklifinizle", rows["cycle.churned"]["action"])
        text = self.kitle("run", "cycle", *NOW).out
        self.assertIn("Müşteri yaşam döngüsü", text)
        self.assertNotIn("En iyi teklifinizle", text)
        text = self.kitle("run", "cycle", *NOW, "--actions").out
        self.assertIn("\nwhat to do\n", text)
        self.assertIn("En iyi teklifinizle", text)
        self.assertLessEqual(
            max(map(len, text[text.index("what to do"):].splitlines())), 80)
        table = self.kitle("run", "cycle", *NOW, "--actions", "--format", "csv")
        for row in csv.DictReader(io.StringIO(table.out)):
            self.assertEqual(row["action"], rows[row["segment"]]["action"])

    def test_another_locale_has_english(self):
        self.groups("de")
        row = self.rows()["cycle.churned"]
        self.assertEqual(row["title"], "Has not bought for long")
        self.assertIn("your best offer", row["action"])

    def test_why_says_what_to_do_about_members(self):
        self.groups("tr")
        rows = self.rows()
        why = self.kitle("why", "C-01", "cycle", *NOW)
        stage = json.loads(self.kitle("why", "C-01", "cycle", *NOW, "--format",
                                      "json").out)
        self.assertTrue(stage["member"])
        action = rows[stage["segment"]]["action"]
        self.assertEqual(stage["action"], action)
        self.assertIn(f"\nWhat to do: {action}\n", why.out)
        other = next(name for name in rows if name != stage["segment"])
        self.assertNotIn("What to do",
                         self.kitle("why", "C-01", other, *NOW).out)

    def test_a_library_of_the_repository_has_its_own(self):
        self.starter()
        self.write("lib/mine.kitle",
                   "library mine(what event)\n"
                   'segment mine "Mine" { any what }\n')
        self.write("segments/mine.kitle",
                   'use "lib/mine.kitle" with purchase as mine\n')
        self.write("lib/mine.tr.toml",
                   '[mine]\ntitle = "Alanlar"\naction = "Teşekkür edin."\n')
        row = json.loads(self.kitle("run", "mine", *NOW, "--format",
                                    "json").out)["segments"][0]
        self.assertEqual((row["title"], row["action"]),
                         ("Alanlar", "Teşekkür edin."))
        self.write("lib/mine.tr.toml", '[mien]\ntitle = "Alanlar"\n')
        found = self.kitle("check", expect=RULES).out
        self.assertIn("lib/mine.tr.toml:1:2", found)
        self.assertIn("write `mine`", found)
        self.assertIn("help: A catalogue has a table for each segment", found)
        # Those of other languages are checked, too.
        self.write("lib/mine.tr.toml", '[mine]\ntitle = "Alanlar"\n')
        self.kitle("check")
        self.write("lib/mine.fr.toml", '[mine]\ntitel = "Acheteurs"\n')
        found = self.kitle("check", expect=RULES).out
        self.assertIn("lib/mine.fr.toml:2:1", found)
        self.assertIn("error E0713", found)


if __name__ == "__main__":
    unittest.main()
