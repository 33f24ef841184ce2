#!/usr/bin/env python3
"""What a run costs, counted and not timed, against expected.csv.

    gate.py [--write] [--keep FOLDER]

The twelve rules of the seed workload, together and each alone, a hundred other
rules, and each construct of bench/peers are run once, warm, on one thread,
under valgrind, by the interpreter and as machine code for x86-64-v3; the
hundred are also bound to another instant and refreshed, and a block of the
store is verified. Told are instructions a profile, and the bytes that a chunk
takes of memory and of the columns that it reads. What rises fails; so does what
falls, since the old figure would hide the next rise.

--write puts the new figures into the file; the commit with them says why.
--keep leaves callgrind's files in a new folder, by case and tier.
"""

import argparse
import csv
import dataclasses
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("KITLE_BUILD", ROOT / "build/release"))
EXPECTED = ROOT / "tests/gate/expected.csv"
sys.path[:0] = [str(ROOT / "bench" / each)
                for each in ("peers", "many", "seed", "support")]

import constructs  # noqa: E402
import rules as many_rules  # noqa: E402

PROFILES = 8192
ASKED = 1024  # of these, one by one: kAsked in run.cc
MANY = 100
SEGMENTS = 12
COUNTED = "kitle_gate_counted"
TIERS = ("interpreter", "machine code")
BYTES = ("scratch", "columns")
COLUMNS = ("case", "members", *BYTES, *TIERS)
# Runs of one build differ by two instructions; a change of the source also
# moves what stands beside it, which is not to be told.
TOLERANCE = 0.01
FLOOR = 0.1  # instructions a profile
EXPLAIN = ("If this is meant, `make gate-update` writes the new figures into "
           "tests/gate/expected.csv; say in the same commit why they change.")


class CannotCount(Exception):
    """Here nothing can be counted that could be compared; says why."""


@dataclasses.dataclass
class Figures:
    made_with: dict  # compiler, libraries: name to version
    rows: list       # of COLUMNS, each {column: text}

    def text(self):
        out = io.StringIO()
        out.write(f"# What a run of {PROFILES:,} profiles costs, by gate.py: "
                  "bytes a chunk, instructions a\n# profile. `make "
                  "gate-update` writes it.\n")
        for name, version in self.made_with.items():
            out.write(f"# {name}: {version}\n")
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return out.getvalue()

    @staticmethod
    def read(text):
        lines = text.splitlines()
        said = [re.fullmatch(r"# ([^:]+): (\S+)", line) for line in lines]
        return Figures(
            {found[1]: found[2] for found in said if found},
            list(csv.DictReader(
                line for line in lines if not line.startswith("#"))))


# ---- comparing ----


def changed(column, old, new):
    if column in BYTES:
        return old != new
    difference = abs(float(new) - float(old))
    return difference > max(TOLERANCE * float(old), FLOOR)


def told(case, column, old, new):
    """One line of a figure that changed."""
    what = {"scratch": "bytes of memory a chunk",
            "columns": "bytes of columns a chunk"}.get(
                column, f"instructions a profile, {column}")
    rate = (float(new) / float(old) - 1) * 100 if float(old) else 100
    direction = "rises" if rate > 0 else "falls"
    return f"{case}: {direction} from {old} to {new} ({rate:+.1f} %) {what}"


def differences(expected, found):
    """A line for each figure that is another one now."""
    old = {row["case"]: row for row in expected.rows}
    new = {row["case"]: row for row in found.rows}
    lines = [f"{case}: expected.csv does not have it"
             for case in new if case not in old]
    lines += [f"{case}: there is no such case any more"
              for case in old if case not in new]
    for case, row in new.items():
        if case in old:
            lines += differences_of_case(case, old[case], row)
    return lines


def differences_of_case(case, old, new):
    if old["members"] != new["members"]:
        return [f"{case}: has {new['members']} members where it had "
                f"{old['members']}, so its figures are those of other work"]
    return [told(case, column, old[column], new[column])
            for column in (*BYTES, *TIERS)
            if changed(column, old[column], new[column])]


def check_comparable(expected, found):
    other = [f"{name} {version} there, {found.made_with.get(name)} here"
             for name, version in expected.made_with.items()
             if found.made_with.get(name) != version]
    if other:
        raise CannotCount("expected.csv was made with " + ", ".join(other))


# ---- counting ----


@dataclasses.dataclass
class Case:
    name: str
    rules: dict        # of its repository, {path: text}
    segment: str = ""  # all of them
    kind: str = "run"

    def profiles(self):
        return ASKED if self.kind == "one" else PROFILES


def cases():
    settings = (constructs.SEED / "kitle.toml").read_text("utf-8")
    text = (constructs.SEED / "segments/seed.kitle").read_text("utf-8")
    base = {"kitle.toml": settings, "schema.kitle": constructs.schema()}
    seed = base | {"rules.kitle": text}
    found = [Case("seed", seed), Case("seed, one profile", seed, kind="one")]
    found += [Case(f"seed_{i}", seed, f"seed_{i}")
              for i in range(1, SEGMENTS + 1)]
    many = many_rules.text_of(many_rules.make(MANY))
    many = base | {"rules.kitle": many}
    found += [Case(f"{MANY} rules", many),
              Case(f"{MANY} rules, bound", many, kind="bind"),
              Case(f"{MANY} rules, refreshed", many, kind="refresh"),
              Case("a block, verified", seed, kind="touch")]
    found += [Case(entry["name"], constructs.rules_of(entry), "member")
              for entry in constructs.entries()]
    return found


def write_cases(folder, all_cases):
    lines = []
    for index, case in enumerate(all_cases):
        rules = folder / "rules" / str(index)
        rules.mkdir(parents=True)
        for path, text in case.rules.items():
            (rules / path).write_text(text, "utf-8")
        lines.append(f"rules/{index}\t{case.segment}\t{case.kind}\n")
    (folder / "cases.tsv").write_text("".join(lines), "utf-8")


def lines_of(command, folder):
    """With nothing of the environment, so that it cannot matter."""
    done = subprocess.run(list(map(str, command)), cwd=folder, env={},
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{pathlib.Path(command[0]).name} failed:\n"
                           f"{done.stdout}{done.stderr}")
    return done.stdout.splitlines()


def made_with(valgrind, lines):
    """What the figures depend on beside the source."""
    said = dict(line.split("\t") for line in lines)
    llvm = re.match(r"LLVM ([\d.]+)", said["machine code"])
    if not llvm:
        raise CannotCount(said["machine code"])
    version = lines_of([valgrind, "--version"], None)[0]
    return {"compiler": said["compiler"], "C library": said["C library"],
            "LLVM": llvm[1], "valgrind": version.removeprefix("valgrind-")}


def count(valgrind, folder, all_cases):
    """(members by case, callgrind's files by case and tier)"""
    members = lines_of(
        [valgrind, "--tool=callgrind", "--collect-atstart=no",
         f"--toggle-collect={COUNTED}", f"--dump-after={COUNTED}",
         "--callgrind-out-file=part", BUILD / "bin/kitle_gate_run", "."],
        folder)
    counts = folder / "counts"
    counts.mkdir()
    named = [f"{case.name}, {tier}" for case in all_cases for tier in TIERS]
    for number, name in enumerate(named, 1):
        (folder / f"part.{number}").rename(counts / name)
    return members, counts


def instructions(path):
    return int(re.search(r"(?m)^totals: (\d+)$", path.read_text("utf-8"))[1])


def measure(folder):
    check_build()
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        raise CannotCount("valgrind is not installed (tools/setup test)")
    all_cases = cases()
    write_cases(folder, all_cases)
    lines = lines_of([BUILD / "bin/kitle_gate_make", ".", PROFILES], folder)
    versions = made_with(valgrind, lines[:3])
    members, counts = count(valgrind, folder, all_cases)
    rows = []
    for case, taken, found in zip(all_cases, lines[3:], members, strict=True):
        row = dict(zip(BYTES, taken.split("\t"), strict=True))
        row |= {"case": case.name, "members": found}
        for tier in TIERS:
            total = instructions(counts / f"{case.name}, {tier}")
            row[tier] = f"{total / case.profiles():.2f}"
        rows.append(row)
    return Figures(versions, rows)


def check_build():
    cache = (BUILD / "CMakeCache.txt").read_text("utf-8")
    kind = re.search(r"(?m)^CMAKE_BUILD_TYPE:\w+=(.*)$", cache)[1]
    sanitizers = re.search(r"(?m)^KITLE_SANITIZERS:\w+=(.*)$", cache)[1]
    if kind != "Release" or sanitizers:
        raise CannotCount("only the release build is counted, and this is "
                          f"{kind} {sanitizers}".rstrip())


def compare(folder):
    """The differences from expected.csv; raises CannotCount."""
    expected = Figures.read(EXPECTED.read_text("utf-8"))
    found = measure(folder)
    check_comparable(expected, found)
    return differences(expected, found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--keep", type=pathlib.Path, metavar="FOLDER")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kitle-gate-") as temporary:
        folder = pathlib.Path(temporary)
        try:
            if args.write:
                EXPECTED.write_text(measure(folder).text(), "utf-8")
                return
            lines = compare(folder)
        except (CannotCount, RuntimeError) as why:
            sys.exit(f"gate: {why}")
        finally:
            if args.keep and (folder / "counts").exists():
                shutil.copytree(folder / "counts", args.keep)
    if lines:
        sys.exit("\n".join([*lines, EXPLAIN]))
    print("gate: every figure is what expected.csv says")


if __name__ == "__main__":
    main()
