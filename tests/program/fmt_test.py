"""`kitle fmt`: in place, --check, --diff, standard input."""

import os
import pathlib
import stat
import subprocess
import unittest

from command import FINE, KITLE, RULES, SOURCE, TROUBLE, USAGE, CommandTest

SCHEMA = "profile customer { id code key }\nevent call { reason code }\n"
UGLY = "# why\nsegment s{any calls   and at least 2 call}   # end\n"
FINE_TEXT = "# why\nsegment s { any call and at least 2 calls }  # end\n"
BROKEN = "segment s { any }\n"


class FmtTest(CommandTest):

    def setUp(self):
        super().setUp()
        self.write("kitle.toml", 'name = "here"\n')
        self.write("schema.kitle", SCHEMA)

    def formatted(self, text, *arguments, expect=FINE, cwd=None):
        """What comes out of standard output for what goes in."""
        done = subprocess.run(
            [KITLE, "fmt", *arguments], cwd=cwd or self.folder,
            input=text if isinstance(text, bytes) else text.encode(),
            capture_output=True, timeout=300)
        self.assertEqual(done.returncode, expect, done.stderr.decode())
        return done.stdout.decode()

    # ---- in place ----

    def test_rewrites_the_files_of_the_repository_and_names_them(self):
        self.write("segments/a.kitle", UGLY)
        self.write("segments/b.kitle", FINE_TEXT.replace(" s ", " t "))
        self.write(".hidden/c.kitle", UGLY)
        self.write("notes.txt", UGLY)
        done = self.kitle("fmt")
        self.assertEqual(done.out, "segments/a.kitle\n")
        self.assertEqual(done.err, "")
        self.assertEqual(self.read("segments/a.kitle"), FINE_TEXT)
        self.assertEqual(self.read(".hidden/c.kitle"), UGLY)
        self.assertEqual(self.read("notes.txt"), UGLY)
        self.assertEqual(self.kitle("fmt").out, "")

    def test_finds_the_repository_above_and_by_its_option(self):
        self.write("segments/a.kitle", UGLY)
        done = self.kitle("fmt", cwd=self.folder / "segments")
        self.assertEqual(pathlib.Path(done.out.strip()).name, "a.kitle")
        self.assertEqual(self.read("segments/a.kitle"), FINE_TEXT)
        self.write("segments/a.kitle", UGLY)
        self.kitle("fmt", "-C", self.folder, cwd="/")
        self.assertEqual(self.read("segments/a.kitle"), FINE_TEXT)

    def test_takes_files_and_folders_and_leaves_others(self):
        for name in ("one/a", "one/two/b", "three/c", "four/d"):
            self.write(f"{name}.kitle", UGLY)
        done = self.kitle("fmt", "one", "three/c.kitle")
        self.assertEqual(
            done.out, "one/a.kitle\none/two/b.kitle\nthree/c.kitle\n")
        self.assertEqual(self.read("one/two/b.kitle"), FINE_TEXT)
        self.assertEqual(self.read("four/d.kitle"), UGLY)

    def test_knows_events_of_the_repository_that_a_file_is_in(self):
        self.write("inner/kitle.toml", "")
        self.write("inner/a.kitle", UGLY)
        self.kitle("fmt", ".")
        self.assertEqual(
            self.read("inner/a.kitle"),
            "# why\nsegment s { any calls and at least 2 call }  # end\n")

    def test_needs_no_repository_for_a_file(self):
        (self.folder / "kitle.toml").unlink()
        self.write("a.kitle", "let x=5\n")
        self.assertEqual(self.kitle("fmt", "a.kitle").out, "a.kitle\n")
        self.assertEqual(self.read("a.kitle"), "let x = 5\n")

    def test_leaves_a_file_alone_that_needs_nothing(self):
        path = self.write("a.kitle", FINE_TEXT)
        before = path.stat()
        self.kitle("fmt")
        self.assertEqual(path.stat().st_ino, before.st_ino)
        self.assertEqual(path.stat().st_mtime_ns, before.st_mtime_ns)

    def test_keeps_permissions_and_links_and_leaves_no_file_behind(self):
        target = self.write("elsewhere/real.txt", UGLY)
        target.chmod(0o640)
        (self.folder / "a.kitle").symlink_to("elsewhere/real.txt")
        self.kitle("fmt", "a.kitle")
        self.assertTrue((self.folder / "a.kitle").is_symlink())
        self.assertEqual(target.read_text(), FINE_TEXT)
        self.assertEqual(stat.S_IMODE(target.stat().st_mode), 0o640)
        self.assertEqual(os.listdir(target.parent), ["real.txt"])

    def test_refuses_a_file_that_is_read_only(self):
        path = self.write("a.kitle", UGLY)
        self.write("b.kitle", UGLY.replace(" s{", " t{"))
        path.chmod(0o444)
        done = self.kitle("fmt", expect=TROUBLE)
        self.assertIn("a.kitle: the file is read-only", done.err)
        self.assertEqual(self.read("a.kitle"), UGLY)
        self.assertEqual(done.out, "b.kitle\n")
        self.assertEqual(sorted(os.listdir(self.folder)),
                         ["a.kitle", "b.kitle", "kitle.toml", "schema.kitle"])

    def test_says_what_is_not_there(self):
        done = self.kitle("fmt", "nothing.kitle", expect=TROUBLE)
        self.assertIn("nothing.kitle: No such file", done.err)
        (self.folder / "kitle.toml").unlink()
        self.assertIn("no kitle.toml", self.kitle("fmt", expect=TROUBLE).err)

    # ---- texts ----

    def test_leaves_a_file_with_mistakes_and_goes_on(self):
        self.write("a.kitle", BROKEN)
        self.write("b.kitle", UGLY)
        done = self.kitle("fmt", expect=RULES)
        self.assertIn("--> a.kitle:1:", done.err)
        self.assertIn("error E01", done.err)
        self.assertEqual(self.read("a.kitle"), BROKEN)
        self.assertEqual(done.out, "b.kitle\n")
        self.assertEqual(self.read("b.kitle"), FINE_TEXT)

    def test_formats_what_names_nothing_known(self):
        self.write("a.kitle", "segment s{nothing_of_this>5 and in nobody}\n")
        self.kitle("fmt")
        self.assertEqual(self.read("a.kitle"),
                         "segment s { nothing_of_this > 5 and in nobody }\n")

    def test_makes_line_ends_plain_and_drops_the_byte_order_mark(self):
        self.write("a.kitle", b"\xef\xbb\xbflet x = 5\r\n\r\n# five\t\r\n")
        self.kitle("fmt")
        self.assertEqual((self.folder / "a.kitle").read_bytes(),
                         b"let x = 5\n\n# five\n")

    def test_refuses_what_is_no_text(self):
        self.write("a.kitle", b"let x = \xff\n")
        self.write("b.kitle", b"#" * ((1 << 20) + 5))
        done = self.kitle("fmt", expect=RULES)
        self.assertIn("error E0102", done.err)
        self.assertIn("error E0101", done.err)
        self.assertEqual((self.folder / "a.kitle").read_bytes(),
                         b"let x = \xff\n")
        self.assertEqual((self.folder / "b.kitle").stat().st_size,
                         (1 << 20) + 5)

    # ---- --check and --diff ----

    def test_check_names_files_and_writes_nothing(self):
        self.write("a.kitle", UGLY)
        self.write("b.kitle", FINE_TEXT)
        done = self.kitle("fmt", "--check", expect=RULES)
        self.assertEqual(done.out, "a.kitle\n")
        self.assertEqual(self.read("a.kitle"), UGLY)
        self.assertEqual(self.kitle("fmt", "--check", "b.kitle").out, "")

    def test_check_reports_mistakes(self):
        self.write("a.kitle", BROKEN)
        done = self.kitle("fmt", "--check", expect=RULES)
        self.assertEqual(done.out, "")
        self.assertIn("error E01", done.err)

    def test_diff_shows_what_would_change(self):
        self.write("a.kitle", UGLY)
        done = self.kitle("fmt", "--diff", expect=RULES)
        self.assertEqual(done.out, (
            "--- a/a.kitle\n+++ b/a.kitle\n@@ -1,2 +1,2 @@\n # why\n"
            f"-{UGLY.splitlines()[1]}\n+{FINE_TEXT.splitlines()[1]}\n"))
        self.assertEqual(self.read("a.kitle"), UGLY)
        self.kitle("fmt")
        self.assertEqual(self.kitle("fmt", "--diff").out, "")

    def test_check_and_diff_are_two_questions(self):
        self.kitle("fmt", "--check", "--diff", expect=USAGE)

    # ---- standard input ----

    def test_formats_standard_input(self):
        for argument in ("-", "--stdin"):
            self.assertEqual(self.formatted(UGLY, argument), FINE_TEXT)
        self.assertEqual(self.formatted("", "-"), "")

    def test_leaves_the_number_of_events_without_a_repository(self):
        (self.folder / "kitle.toml").unlink()
        self.assertEqual(
            self.formatted(UGLY, "-"),
            "# why\nsegment s { any calls and at least 2 call }  # end\n")

    def test_standard_input_has_the_same_answers(self):
        self.assertEqual(self.formatted(BROKEN, "-", expect=RULES), "")
        self.assertEqual(
            self.formatted(UGLY, "-", "--check", expect=RULES), "<stdin>\n")
        self.assertEqual(self.formatted(FINE_TEXT, "-", "--check"), "")
        self.assertIn("+++ b/<stdin>",
                      self.formatted(UGLY, "-", "--diff", expect=RULES))

    def test_standard_input_stands_alone(self):
        self.formatted(UGLY, "-", "schema.kitle", expect=USAGE)
        self.formatted(UGLY, "--stdin", "schema.kitle", expect=USAGE)

    # ---- our own files ----

    def test_the_examples_are_formatted(self):
        done = self.kitle("fmt", "--check", SOURCE / "examples")
        self.assertEqual(done.out, "")

    def test_the_starter_is_formatted(self):
        (self.folder / "kitle.toml").unlink()
        self.kitle("init", "shop")
        self.assertEqual(self.kitle("fmt", "--check", "shop").out, "")


if __name__ == "__main__":
    unittest.main()
