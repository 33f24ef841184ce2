"""The built command, as a user types it, in folders that go away."""

import os
import pathlib
import subprocess
import tempfile
import unittest

KITLE = os.environ.get("KITLE", "build/release/bin/kitle")
SOURCE = pathlib.Path(os.environ.get("KITLE_SOURCE", "."))
BUILD = pathlib.Path(os.environ.get("KITLE_BUILD", "build/release"))

FINE, RULES, USAGE, TROUBLE = range(4)


class CommandTest(unittest.TestCase):
    """`self.folder` is empty; the cache of compiled code is in `self.cache`."""

    def setUp(self):
        self._temporary = tempfile.TemporaryDirectory(prefix="kitle-program-")
        self.addCleanup(self._temporary.cleanup)
        root = pathlib.Path(self._temporary.name)
        self.folder = root / "here"
        self.folder.mkdir()
        self.cache = root / "cache"

    def kitle(self, *arguments, expect=FINE, cwd=None, env=None):
        """Runs the command; its exit code must be `expect`."""
        done = subprocess.run(
            [KITLE, *map(str, arguments)], cwd=cwd or self.folder,
            stdin=subprocess.DEVNULL, capture_output=True,
            env={**os.environ, "XDG_CACHE_HOME": str(self.cache),
                 "LC_ALL": "C.UTF-8", "KITLE_LANGUAGE": "", **(env or {})},
            timeout=300)
        done.out = done.stdout.decode("utf-8")
        done.err = done.stderr.decode("utf-8", "backslashreplace")
        self.assertEqual(
            done.returncode, expect,
            f"kitle {' '.join(map(str, arguments))}\n{done.out}{done.err}")
        for text in ("terminate called", "what():", "Segmentation"):
            self.assertNotIn(text, done.err)
        return done

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def read(self, name):
        return (self.folder / name).read_text(encoding="utf-8")

    def starter(self, ingest=True):
        """`self.folder` is what `kitle init` makes, ingested."""
        self.kitle("init", ".")
        if ingest:
            self.kitle("ingest")
