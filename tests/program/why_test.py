"""kitle why: one person, explained."""

import json
import textwrap
import unittest

from command import FINE, SOURCE, USAGE, CommandTest

NOW = ("--as-of", "2026-03-01")

MORE = '''
let steady = at least 2 purchases in last 12 months

segment core "Core" { in good_customers and steady and in good_customers }
segment not_core { not in core or city is missing }
segment huge {
  sum of purchase.amount * 1_000_000_000_000_000_000 * 1_000_000_000_000_000_000
    > 1 TRY
}
stages life {
  new     when no purchase
  active  when last purchase in last 90 days
  lost    otherwise
}
'''


class Why(CommandTest):
    maxDiff = None

    def why(self, *arguments):
        return self.kitle("why", *arguments, *NOW).out

    def test_the_example_of_the_documentation_is_so(self):
        self.starter()
        page = (SOURCE / "docs/language.md").read_text(encoding="utf-8")
        shown = page[page.index("    C-01 is not in gone_quiet"):]
        shown = shown[:shown.index("\n- Each line")]
        self.assertEqual(self.why("C-01", "gone_quiet"),
                         textwrap.dedent(shown).lstrip("\n"))

    def test_a_member_is_told_by_all_that_must_hold(self):
        self.starter()
        self.write("segments/more.kitle", MORE)
        self.assertEqual(self.why("C-01", "core"), '''\
C-01 is in core, because they are in good_customers and `steady` holds (2).
As of 2026-03-01 00:00:00 Europe/Istanbul, snapshot 1.

> yes  all of these
> yes    in good_customers: all of these
> yes      at least 2 purchases in last 12 months: 2
             counted from 2025-03-01 00:00:00 until 2026-03-01 00:00:00
             purchase 2025-12-24 20:15:00: order "A-02", product "Roman", \
category "Kitap", amount 120 TRY
             purchase 2025-04-03 10:00:00: order "A-01", product \
"Koşu Ayakkabısı", category "Spor Ayakkabı", amount 1530.50 TRY (2 rows)
> yes      sum of purchase.amount in last 12 months > 500 TRY: 1650.50 TRY
             counted from 2025-03-01 00:00:00 until 2026-03-01 00:00:00
             purchase 2025-12-24 20:15:00, as above
             purchase 2025-04-03 10:00:00, as above
> yes    steady, which is at least 2 purchases in last 12 months: 2
           counted from 2025-03-01 00:00:00 until 2026-03-01 00:00:00
           purchase 2025-12-24 20:15:00, as above
           purchase 2025-04-03 10:00:00, as above
> yes    in good_customers, as above

With no new event C-01 leaves on 2026-04-03 10:00:00: the purchase of \
2025-04-03 10:00:00 no longer counts for `at least 2 purchases in last 12 \
months`.
''')

    def test_a_birthday_changes_the_answer_with_no_new_event(self):
        self.starter()
        self.write("segments/more.kitle", """
segment soon { birthday of birth_date in next 7 days }
segment named { length of city > 20 }
segment even { sum of purchase.amount / 100 rounded >= 20 TRY }
""")
        soon = self.why("C-01", "soon")
        self.assertIn("the next birthday is", soon)
        self.assertIn("With no new event C-01 enters on", soon)
        self.assertIn("length of city", self.why("C-01", "named"))
        self.assertIn("(16.50 TRY, 3.50 TRY short)", self.why("C-01", "even"))

    def test_of_stages_it_tells_which_and_why_none_before(self):
        self.starter()
        self.write("segments/more.kitle", MORE)
        whole = self.why("C-01", "life")
        self.assertEqual(whole, self.why("C-01", "life.active"))
        self.assertEqual(whole, '''\
C-01 is in life.active, stage 2 of 3, because `last purchase in last 90 days` \
holds (2025-12-24 20:15:00), and no stage before it fits.
As of 2026-03-01 00:00:00 Europe/Istanbul, snapshot 1.

> yes  life.active: this stage, and none before it
> no     new when no purchase: 2
           purchase 2025-12-24 20:15:00: order "A-02", product "Roman", \
category "Kitap", amount 120 TRY
           purchase 2025-04-03 10:00:00: order "A-01", product \
"Koşu Ayakkabısı", category "Spor Ayakkabı", amount 1530.50 TRY (2 rows)
> yes    active when last purchase in last 90 days: 2025-12-24 20:15:00
           purchase 2025-12-24 20:15:00, as above

With no new event C-01 leaves on 2026-03-24 20:15:00: `last purchase in last \
90 days` no longer holds.
''')
        self.assertIn("because the stage `active` before it fits: `last",
                      self.why("C-01", "life.lost"))

    def test_what_cannot_be_computed_is_named(self):
        self.starter()
        self.write("segments/more.kitle", MORE)
        out = self.why("C-01", "huge")
        self.assertIn("Whether C-01 is in huge cannot be decided, because `sum "
                      "of purchase.amount * 1_000", out)
        self.assertIn("> ?    sum of purchase.amount", out)
        self.assertIn("too large to compute", out)

    def test_sessions_are_shown_as_they_are_then(self):
        self.starter()
        self.write("segments/more.kitle",
                   "sessions spree of purchase gap 300 days\n"
                   "segment comes_again {\n"
                   "  any spree where count is 2 in last 12 months\n}\n")
        self.assertEqual(self.why("C-01", "comes_again"), '''\
C-01 is in comes_again, because `any spree where count is 2 in last 12 months` \
holds (1).
As of 2026-03-01 00:00:00 Europe/Istanbul, snapshot 1.

> yes  any spree where count is 2 in last 12 months: 1
         counted from 2025-03-01 00:00:00 until 2026-03-01 00:00:00
         spree 2025-04-03 10:00:00: length 265 days 10 hours, count 2

With no new event C-01 leaves on 2026-04-03 10:00:00: the spree of 2025-04-03 \
10:00:00 no longer counts for `any spree where count is 2 in last 12 months`.
''')
        before = self.kitle("why", "C-01", "comes_again", "--as-of",
                            "2025-12-24 20:14:59").out
        self.assertIn("C-01 is not in comes_again", before)
        self.assertIn("With no new event C-01 enters on 2025-12-24 20:15:00: "
                      "the spree of 2025-04-03 10:00:00 counts for", before)

    def test_an_answer_that_changes_does_so_then(self):
        self.starter()
        self.write("segments/more.kitle", MORE)
        for key in ("C-01", "C-03", "C-05"):
            for segment in ("gone_quiet", "core", "not_core", "life.active",
                            "good_customers", "young_metropolitan"):
                why = self.json(key, segment)
                change = why["change"]
                if not change["found"]:
                    continue
                self.assertNotEqual(change["member"], why["member"])
                then = json.loads(self.kitle(
                    "why", key, segment, "--as-of", change["at"], "--format",
                    "json").out)
                self.assertEqual(then["member"], change["member"])

    def json(self, *arguments):
        return json.loads(self.why(*arguments, "--format", "json"))

    def test_json_has_the_fields_of_the_documentation(self):
        self.starter()
        why = self.json("C-01", "gone_quiet", "--events", "1")
        self.assertEqual(
            list(why), ["key", "segment", "title", "now", "time_zone",
                        "snapshot", "member", "undecided", "sentence",
                        "condition", "change"])
        self.assertEqual(why["now"], "2026-02-28T21:00:00Z")
        self.assertIs(why["member"], False)
        self.assertEqual(why["change"]["at"], "2026-06-24T17:15:00Z")
        ever, recent = why["condition"]["parts"]
        self.assertEqual((ever["holds"], ever["decides"]), (True, False))
        self.assertEqual((recent["holds"], recent["decides"]), (False, True))
        self.assertEqual(recent["missing"], "1 purchase too many")
        self.assertEqual(recent["values"],
                         [{"of": "no purchase in last 6 months", "value": "1"}])
        self.assertEqual(ever["clauses"][0]["found"], 2)
        self.assertEqual(len(ever["clauses"][0]["events"]), 1)
        page = (SOURCE / "docs/language.md").read_text(encoding="utf-8")
        for field in [*why, *why["change"], *recent, *recent["clauses"][0]]:
            self.assertIn(f"`{field}`", page)

    def test_personal_values_are_not_shown(self):
        self.write("kitle.toml", 'time_zone = "Europe/Istanbul"\n')
        self.write("schema.kitle", "profile customer { id code key, "
                   "born date personal, mail text personal }\n"
                   "event call { number code personal, reason code }\n")
        self.write("sources.kitle", '''
source people {
  files "p.csv"
  customer from "id"
  into customer {
    born from "born"
    mail from "mail"
  }
}
source talks {
  files "c.csv"
  customer from "id"
  into call {
    time from "at"
    number from "number"
    reason from "reason"
  }
}
''')
        self.write("p.csv", "id,born,mail\n7,1996-03-14,me@secret.example\n")
        self.write("c.csv", "id,at,number,reason\n"
                   "7,2026-02-20 10:00,5550001,refund\n")
        self.write("rules.kitle", '''
segment grown { age of born >= 30 and mail contains "@" and any call }
segment born_then { born between 1990-01-01 and 1999-12-31 }
segment reached { any call where number is "5550001" in last 30 days }
''')
        self.kitle("ingest")
        for segment in ("grown", "born_then", "reached"):
            for form in ("text", "json"):
                out = self.why("7", segment, "--format", form)
                for secret in ("1996", "03-14", "secret"):
                    self.assertNotIn(secret, out)
                for told in ('number "555', '"number":'):
                    self.assertNotIn(told, out)
        grown = self.why("7", "grown")
        self.assertIn("on a day that is not shown", grown)
        self.assertIn("age of born >= 30: personal, not shown\n", grown)

    def test_who_and_what_is_unknown_is_wrong_usage(self):
        self.starter()
        for arguments, message in (
                (("C-99", "gone_quiet"), "there is no customer `C-99`"),
                (("c-01", "gone_quiet"), "did you mean `C-01`?"),
                (("C-01", "gone_quite"), "did you mean `gone_quiet`?"),
                (("C-01",), "segment is required"),
                (("C-01", "gone_quiet", "C-02"), "one word too many"),
                (("C-01", "gone_quiet", "--format", "csv"), "text|json"),
                (("C-01", "gone_quiet", "--days", "9999"), "--days"),
                (("C-01", "gone_quiet", "--as-of", "then"), "--as-of")):
            self.assertIn(message,
                          self.kitle("why", *arguments, expect=USAGE).err)
        self.kitle("why", "C-01", "gone_quiet", expect=FINE)


if __name__ == "__main__":
    unittest.main()
