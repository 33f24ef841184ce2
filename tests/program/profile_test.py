"""What a profiler and a debugger see of machine code."""

import os
import pathlib
import shutil
import subprocess
import unittest

from command import KITLE, CommandTest

NOW = ("--as-of", "2026-03-01")


class Profile(CommandTest):
    def names_of_a_run(self, **environment):
        """The lines of the map that the process leaves, or None."""
        with subprocess.Popen(
                [KITLE, "run", "--tier", "compiled", *NOW], cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                env={**os.environ, "XDG_CACHE_HOME": str(self.cache),
                     **environment}) as process:
            self.assertEqual(process.wait(300), 0)
        path = pathlib.Path(f"/tmp/perf-{process.pid}.map")
        if not path.exists():
            return None
        self.addCleanup(path.unlink)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        return path.read_text("utf-8").splitlines()

    def test_segments_are_named_where_that_is_asked_for(self):
        self.starter()
        lines = self.names_of_a_run(KITLE_PERF_MAP="1")
        for line in lines:
            self.assertRegex(line, r"^[0-9a-f]{9,16} [0-9a-f]+ kitle: ")
        text = "\n".join(lines)
        self.assertRegex(text, r"kitle: chunk of new_members_no_order, ")
        self.assertRegex(text, r"kitle: .+ of profiles for .*gone_quiet")
        self.assertIsNone(self.names_of_a_run(KITLE_PERF_MAP="0"))
        self.assertIsNone(self.names_of_a_run())

    def seen_by_gdb(self, **environment):
        """What gdb knows of it where a run begins."""
        commands = ("set debuginfod enabled off", "set breakpoint pending on",
                    "break kitle::run", "run", "info functions kitle:[ ]")
        options = [word for each in commands for word in ("-ex", each)]
        done = subprocess.run(
            ["gdb", "-nx", "-batch", *options, "--args", KITLE, "run",
             "--tier", "compiled", *NOW], cwd=self.folder, text=True,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=300,
            check=False, env={**os.environ, "XDG_CACHE_HOME": str(self.cache),
                              **environment})
        if "hit Breakpoint 1" not in done.stdout:
            self.skipTest(done.stderr)
        return done.stdout

    @unittest.skipIf(shutil.which("gdb") is None, "gdb is not there")
    @unittest.skipIf(os.environ.get("KITLE_SANITIZERS"), "no place for gdb")
    def test_gdb_is_shown_them_where_that_is_asked_for(self):
        self.starter()
        self.assertRegex(self.seen_by_gdb(KITLE_GDB="1"),
                         r"0x[0-9a-f]+  kitle: chunk of new_members_no_order, ")
        self.assertNotIn("kitle: chunk of", self.seen_by_gdb())


if __name__ == "__main__":
    unittest.main()
