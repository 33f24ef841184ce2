#!/usr/bin/env python3
"""Checks that files and functions stay small.

A file has at most 600 lines (a table of rows, *.def, may have more). In product
code (not tests) a function has at most 80 lines, unless the comment above it
says `one switch` or `one loop`, 95 % of the functions have at most 50, and
nesting goes at most three deep.
universal-ctags finds the functions. `--worst N` lists the longest ones.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

FILE_LINES = 600
FUNCTION_LINES = 80
MOST_LINES = 50
MOST_SHARE = 0.95
NESTING = 3

PRODUCT = ("grammar/", "runtime/", "compiler/", "service/", "library/",
           "cli/", "include/")
EXCUSE = re.compile(r"//.*\bone (switch|loop)\b")
LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'", re.S)
# A brace that opens a statement or a lambda, not a list of values.
OPENING = re.compile(r"(\)|\]|\belse|\bdo|\btry|\bmutable|\bnoexcept)\s*$")


def blanked(text):
    """The text with comments and literals blank and every newline kept."""
    return LITERAL.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)


def nesting(code):
    """How deep statements and lambdas nest in a function's text."""
    stack, deepest, last = [], 0, 0
    for match in re.finditer(r"[{}]", code):
        if match.group(0) == "}":
            if stack:
                stack.pop()
        else:
            counts = bool(OPENING.search(code[last:match.start()]))
            stack.append(counts)
            deepest = max(deepest, sum(stack[1:]))
        last = match.end()
    return deepest


class Function:
    def __init__(self, path, tag, lines, clean):
        self.path, self.name = path, tag["name"]
        self.first, self.last = tag["line"], tag["end"]
        self.length = self.last - self.first + 1
        self.nesting = nesting("\n".join(clean[self.first - 1:self.last]))
        above = lines[max(0, self.first - 4):self.first]
        self.excused = any(EXCUSE.search(line) for line in above)

    def problems(self):
        if self.length > FUNCTION_LINES and not self.excused:
            yield f"{self.name} has {self.length} lines (limit {FUNCTION_LINES})"
        if self.nesting > NESTING:
            yield f"{self.name} nests {self.nesting} deep (limit {NESTING})"

    def at(self):
        return f"{self.path}:{self.first}"


def functions_of(path, text):
    answer = subprocess.run(
        ["ctags", "--languages=C,C++", "--langmap=C++:+.h", "--kinds-c++=f",
         "--kinds-c=f", "--fields=+ne", "--output-format=json", "-o", "-", path],
        capture_output=True, text=True, check=True).stdout
    lines, clean = text.split("\n"), blanked(text).split("\n")
    for line in answer.splitlines():
        tag = json.loads(line)
        if tag.get("_type") == "tag" and "end" in tag:
            yield Function(path, tag, lines, clean)


def percentile(values, share):
    values = sorted(values)
    return values[round(share * (len(values) - 1))] if values else 0


def tracked(*patterns):
    names = subprocess.run(["git", "ls-files", *patterns], capture_output=True,
                           text=True, check=True).stdout.split()
    return [n for n in names if pathlib.Path(n).is_file()]


def check_files():
    failures = 0
    for path in tracked("*.h", "*.cc", "*.c", "*.py"):
        lines = pathlib.Path(path).read_text(encoding="utf-8").count("\n")
        if lines > FILE_LINES:
            print(f"{path}: error: {lines} lines (limit {FILE_LINES})")
            failures += 1
    return failures


def all_functions():
    found = []
    for path in tracked("*.h", "*.cc", "*.c"):
        if path.startswith(PRODUCT):
            text = pathlib.Path(path).read_text(encoding="utf-8")
            found += functions_of(path, text)
    return found


def check_functions(functions):
    failures = 0
    for function in functions:
        for problem in function.problems():
            print(f"{function.at()}: error: {problem}")
            failures += 1
    lengths = [f.length for f in functions if f.length > 1]
    most = percentile(lengths, MOST_SHARE)
    print(f"sizes: {len(functions)} functions, half have at most "
          f"{percentile(lengths, 0.5)} lines, 95 % at most {most}")
    if most > MOST_LINES:
        print(f"error: 5 % of the functions have over {MOST_LINES} lines")
        failures += 1
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worst", type=int, default=0)
    worst = parser.parse_args().worst
    functions = all_functions()
    for function in sorted(functions, key=lambda f: -f.length)[:worst]:
        print(f"{function.length:5} {function.name} {function.at()}")
    return check_files() + check_functions(functions) > 0


if __name__ == "__main__":
    sys.exit(main())
