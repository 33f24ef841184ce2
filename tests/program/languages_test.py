"""Diagnostics in the language of the environment, as a user types it."""

import json
import unittest

from command import RULES, USAGE, CommandTest

SLIP = "segment vip { no purchse in last 90 days }\n"


class Diagnostics(CommandTest):

    def setUp(self):
        super().setUp()
        self.starter(ingest=False)
        self.write("segments/slip.kitle", SLIP)

    def check(self, *arguments, **environment):
        return self.kitle("check", *arguments, expect=RULES,
                          env=environment).out

    def test_the_environment_chooses(self):
        turkish = "adında bir olay yok"
        for environment in ({"LC_ALL": "tr_TR.UTF-8"},
                            {"LC_ALL": "", "LC_MESSAGES": "tr_TR.UTF-8"},
                            {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "tr_TR"},
                            {"KITLE_LANGUAGE": "tr"}):
            self.assertIn(turkish, self.check(**environment), environment)
        for environment in ({}, {"LC_ALL": "de_DE.UTF-8"},
                            {"LC_ALL": "C", "LANG": "tr_TR.UTF-8"},
                            {"KITLE_LANGUAGE": "en", "LC_ALL": "tr_TR.UTF-8"}):
            self.assertIn("no event is called", self.check(**environment),
                          environment)

    def test_a_language_is_named_in_many_ways(self):
        for name in ("TR", "tr_TR.UTF-8", "Tr"):
            done = self.kitle("check", expect=RULES,
                              env={"KITLE_LANGUAGE": name})
            self.assertIn("adında bir olay yok", done.out)
            self.assertEqual(done.err, "")
        done = self.kitle("check", expect=RULES, env={"KITLE_LANGUAGE": "de"})
        self.assertIn("no event is called", done.out)
        self.assertEqual(done.err.count("KITLE_LANGUAGE=de"), 1)

    def test_what_is_counted_is_said_in_the_language(self):
        turkish = {"KITLE_LANGUAGE": "tr"}
        self.assertIn("\n1 hata, 0 uyarı\n", self.check(**turkish))
        self.write("segments/slip.kitle", 'test "a" {\n  now 2026-03-01\n'
                   "  expect not in good_customers\n}\n")
        done = self.kitle("check", env=turkish)
        self.assertRegex(done.out, r"\d+ segment, hata yok, \d+ uyarı\n")
        done = self.kitle("test", env=turkish)
        self.assertRegex(done.out, r"test, \d+ beklenti: hepsi tutuyor ")
        self.write("segments/slip.kitle", 'test "a" {\n  now 2026-03-01\n'
                   "  expect in good_customers\n}\n")
        done = self.kitle("test", expect=RULES, env=turkish)
        self.assertIn(": 1 test başarısız (", done.out)
        done = self.kitle("lint", env=turkish)
        self.assertIn("0 hata, 0 uyarı, 0 not\n", done.out)

    def test_the_option_comes_first(self):
        self.assertIn("no event is called",
                      self.check("--language", "en", LC_ALL="tr_TR.UTF-8"))
        self.assertIn("hata E0202", self.check("--language", "tr"))
        self.kitle("check", "--language", "fr", expect=USAGE)

    def test_text_is_turkish_throughout(self):
        text = self.check("--language", "tr")
        for word in ("error", "help:", "mend", "did you mean", "write"):
            self.assertNotIn(word, text.split("error,")[0].rsplit("\n", 1)[0])
        self.assertIn("yardım: Olaylar schema.kitle içinde", text)
        self.assertIn("`purchase`", text)

    def test_programs_read_the_same_codes(self):
        english = json.loads(self.check("--format", "json"))
        turkish = json.loads(self.check("--format", "json", "--language", "tr"))
        self.assertEqual([row["code"] for row in turkish],
                         [row["code"] for row in english])
        self.assertEqual(turkish[0].keys(), english[0].keys())
        self.assertEqual(turkish[0]["place"], english[0]["place"])
        self.assertEqual(turkish[0]["severity"], "error")
        self.assertIn("adında bir olay yok", turkish[0]["title"])
        sarif = json.loads(
            self.check("--format", "sarif", LC_ALL="tr_TR.UTF-8"))
        result = sarif["runs"][0]["results"][0]
        self.assertEqual(result["ruleId"], "E0202")
        self.assertIn("adında bir olay yok", result["message"]["text"])

    def test_other_commands_say_it_in_turkish(self):
        for command in (("run",), ("size", "vip"), ("lint",)):
            done = self.kitle(*command, expect=RULES,
                              env={"LC_ALL": "tr_TR.UTF-8"})
            self.assertIn("adında bir olay yok", done.out + done.err)

    def test_help_explains_in_turkish(self):
        text = self.kitle("help", "E0202", env={"LC_ALL": "tr_TR.UTF-8"}).out
        self.assertIn("E0202: `...` adında bir olay yok", text)
        self.assertIn("Örneğin:", text)
        self.assertEqual(
            self.kitle("help", "e0202", "--language", "tr").out, text)
        lints = self.kitle("lint", "--list", "--language", "tr").out
        self.assertIn("kurallarda", lints)


if __name__ == "__main__":
    unittest.main()
