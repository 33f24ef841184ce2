#!/usr/bin/env python3
"""Checks that no two types have one name.

Two types of one name in one namespace and two files are two meanings of one
symbol: templates made for them collide at link time, without a word.
"""

import collections
import re
import subprocess

FOLDERS = ["grammar", "compiler", "runtime", "service", "library", "include",
           "cli"]
NAMESPACE = re.compile(r"namespace(?: ([\w:]+))? \{")
NAMESPACE_END = re.compile(r"\}  // namespace")
TYPE = re.compile(r"(?:struct|class|union|enum class) (\w+)(?: final)?\s*"
                  r"(?::[^:;].*)?\{")


def types_of(path):
    """The types defined in a file's named namespaces, with these."""
    inside = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if start := NAMESPACE.match(line):
                inside.append(start.group(1) or "")
            elif NAMESPACE_END.match(line) and inside:
                inside.pop()
            elif (found := TYPE.match(line)) and all(inside):
                yield "::".join([*inside, found.group(1)])


def main():
    names = subprocess.run(
        ["git", "ls-files", *(f"{f}/*.{end}" for f in FOLDERS
                              for end in ("h", "cc"))],
        capture_output=True, text=True, check=True).stdout.split()
    places = collections.defaultdict(set)
    for path in names:
        for name in types_of(path):
            places[name].add(path)
    twice = {name: sorted(paths) for name, paths in places.items()
             if len(paths) > 1}
    for name, paths in sorted(twice.items()):
        print(f"{name}: error: defined in {' and in '.join(paths)}")
    return 1 if twice else 0


if __name__ == "__main__":
    raise SystemExit(main())
