#!/usr/bin/env python3
"""Checks that includes point one way.

ALLOWED names, for each folder, the folders that its files may include; any
other pair fails. A file belongs to the longest folder named here that holds it.
THIRD_PARTY names the only files that may include a heavy library.
"""

import pathlib
import re
import subprocess
import sys

# runtime/status.h is the public kitle/status.h and more.
BASE = ["include/kitle", "runtime", "runtime/text", "runtime/time"]
STORE = [*BASE, "runtime/store"]
EVAL = [*STORE, "runtime/eval"]
COMPILER = [*EVAL, "runtime/ingest", "grammar", "compiler"]

ALLOWED = {
    "grammar": ["grammar"],
    "runtime": BASE[:2],
    "runtime/text": BASE,
    "runtime/time": BASE,
    "runtime/store": STORE,
    "runtime/eval": EVAL,
    "runtime/ingest": [*STORE, "runtime/ingest"],
    "compiler": COMPILER,
    "compiler/jit": [*COMPILER, "compiler/jit"],
    "service": [*EVAL, "service"],
    "library": [*COMPILER, "service", "library"],
    "include/kitle": ["include/kitle"],
    "cli": ["cli", "include/kitle"],
    "examples": ["examples", "include/kitle"],
}

# Free to include anything.
FREE = ["tests", "bench"]

THIRD_PARTY = {
    r"tao/": r"grammar/(parse\.cc|matching\.h|rules\.h)",
    r"llvm/|llvm-c/": r"compiler/jit/.*",
    r"arrow/|parquet/": r"runtime/ingest/.*",
}

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def folder_of(path):
    """The longest known folder that holds the file, or None."""
    known = [f for f in [*ALLOWED, *FREE] if path.startswith(f + "/")]
    return max(known, key=len, default=None)


def resolve(name):
    """The file, from the root, that a quoted include means."""
    return "include/" + name if name.startswith("kitle/") else name


def problem(path, quote, name):
    """What is wrong with one include, or None."""
    source = folder_of(path)
    if source in FREE:
        return None
    for pattern, where in THIRD_PARTY.items():
        if re.match(pattern, name) and not re.fullmatch(where, path):
            return f"<{name}> may be included in {where} only"
    if quote == "<" and not name.startswith("kitle/"):
        return None
    if source == "examples" and "/" not in name:
        return None  # built by itself: a file of its own folder
    if quote == '"' and "/" not in name:
        return f'"{name}" is not a path from the root'
    target = folder_of(resolve(name))
    if target not in ALLOWED[source]:
        return f"{source} may not include {target or name}"
    return None


def tracked_sources():
    names = subprocess.run(
        ["git", "ls-files", "*.h", "*.cc", "*.c", "*.def"],
        capture_output=True, text=True, check=True).stdout.split()
    return [n for n in names if pathlib.Path(n).exists()]


def main():
    failures = 0
    for path in tracked_sources():
        if folder_of(path) is None:
            print(f"{path}: error: its folder is not in tools/check_includes.py")
            failures += 1
            continue
        text = pathlib.Path(path).read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            match = INCLUDE.match(line)
            wrong = match and problem(path, *match.groups())
            if wrong:
                print(f"{path}:{number}: error: {wrong}")
                failures += 1
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
