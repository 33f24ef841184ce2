#!/usr/bin/env python3
"""Runs clang-tidy 19 over our sources, skipping those it found clean before.

The key of a file is the hash of its text, of every header of ours that it
includes, of its compile command and of the .clang-tidy files; the keys of clean
files are kept in build/lint/clean. build/lint/compile_commands.json (preset lint) says
how each file is compiled. Paths as arguments check only those files.
"""

import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/lint"
CLEAN = BUILD / "clean"
TIDY = "clang-tidy-19"
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def included(path, seen):
    """Adds the file and every file of ours that it includes to seen."""
    if path in seen or not path.is_file():
        return
    seen.add(path)
    for name in INCLUDE.findall(path.read_text(encoding="utf-8")):
        for folder in (ROOT, ROOT / "include"):
            included(folder / name, seen)


def key(entry, base):
    """The hash of all that the answer for this file depends on."""
    files = set()
    included(pathlib.Path(entry["file"]), files)
    total = base.copy()
    total.update(entry["command"].encode())
    for path in sorted(files):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        total.update(path.read_bytes() + b"\0")
    return total.hexdigest()


def check(entry, mark):
    """Runs clang-tidy on one file; returns its complaints, or an empty text."""
    command = [TIDY, "--quiet", f"-p={BUILD}", entry["file"]]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode == 0:
        mark.touch()
        return ""
    return done.stdout + done.stderr


def wanted_entries(paths):
    only = {str(pathlib.Path(p).resolve()) for p in paths}
    entries = json.loads((BUILD / "compile_commands.json").read_text())
    for entry in entries:
        path = pathlib.Path(entry["file"])
        ours = path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "build")
        if ours and (not only or str(path) in only):
            yield entry


def base_hash():
    """What every file's answer depends on. clang-tidy goes on with its own
    checks where a configuration cannot be read, so that is looked at first."""
    base = hashlib.sha256()
    for config in (ROOT / ".clang-tidy", ROOT / "tests/.clang-tidy"):
        verified = subprocess.run(
            [TIDY, "--verify-config", f"--config-file={config}"],
            capture_output=True, text=True)
        if verified.returncode != 0 or "error" in verified.stderr:
            sys.exit(verified.stdout + verified.stderr)
        base.update(config.read_bytes())
    base.update(subprocess.run([TIDY, "--version"], capture_output=True,
                               check=True).stdout)
    return base


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("paths", nargs="*")
    args = parser.parse_args()
    if not shutil.which(TIDY):
        sys.exit(f"tidy: error: no {TIDY}; run tools/setup lint")
    CLEAN.mkdir(parents=True, exist_ok=True)
    base = base_hash()
    entries = {e["file"]: e for e in wanted_entries(args.paths)}
    marks = {f: CLEAN / key(e, base) for f, e in entries.items()}
    todo = [f for f in entries if not marks[f].exists()]
    print(f"tidy: {len(todo)} of {len(entries)} files to check", flush=True)
    start, failures = time.monotonic(), 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for complaint in pool.map(lambda f: check(entries[f], marks[f]), todo):
            failures += bool(complaint)
            print(complaint, end="", flush=True)
    print(f"tidy: {failures} files with complaints, "
          f"{time.monotonic() - start:.0f} s")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
