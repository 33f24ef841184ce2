"""Runs an example repository with the built command and compares its members
with DuckDB's answers to the same questions, one by one. All tiers must agree,
also at an earlier instant, when a part of the events lies in the future; a
second ingest of the same files must add nothing; and a file that comes in two
parts must give the same store, also once it is folded.

    run.py --kitle PATH [--data DIR] --work DIR SET

SET is shop, online_retail, taobao or rees46. The shop's files are generated;
those of the others lie in DIR/FOLDER (see SETS), where DIR is --data, else
KITLE_DATA, else a folder `*/data` beside the checkout. Exits 0 if all is
equal, 1 if not, 77 if there is no data.
"""

import argparse
import csv
import json
import os
import pathlib
import shutil
import subprocess
import sys
from dataclasses import dataclass

import answers
import parts

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
EXAMPLES = REPOSITORY / "examples"
HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77
TIERS = ["compiled", "interpreter", "reference"]


@dataclass
class Set:
    as_of: str
    earlier: str
    sql: pathlib.Path
    folder: str | None  # below the folder of data; None: generated
    customer: str | None  # the column of the file
    rows: dict  # source -> (rows seen, rows left out)


SETS = {
    "shop": Set("2026-03-01", "2025-11-30",
                EXAMPLES / "shop" / "expected.sql", None, None, {}),
    "online_retail": Set("2011-12-10", "2011-08-31 11:00",
                         HERE / "online_retail.sql", "online_retail",
                         "CustomerID", {"invoices": (541_909, 135_080)}),
    "taobao": Set("2017-12-04", "2017-11-30 12:00", HERE / "taobao.sql",
                  "taobao_userbehavior", "user_id", {"behaviour": (84_475, 0)}),
    "rees46": Set("2019-10-01 06:00", "2019-10-01 04:45", HERE / "rees46.sql",
                  "rees46_multi_category", "user_id", {"events": (17_434, 0)}),
}


def find_data(given, folder):
    """The folder of a data set, or None."""
    roots = [given, os.environ.get("KITLE_DATA")]
    roots = [pathlib.Path(root) for root in roots if root]
    for root in roots or sorted(REPOSITORY.parent.glob("*/data")):
        if (root / folder).is_dir():
            return (root / folder).resolve()
    return None


def make_shop(out):
    subprocess.run(
        [sys.executable, EXAMPLES / "shop" / "generate.py", "--customers",
         "2000", "--seed", "1", "--now", "2026-03-01", "--out", out],
        check=True, stdout=subprocess.DEVNULL)


def prepare(name, work, data):
    """A copy of the example with its files as `data` and no store yet."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(EXAMPLES / name, work,
                    ignore=shutil.ignore_patterns("data", "store"))
    if data is None:
        make_shop(work / "data")
    else:
        (work / "data").symlink_to(data, target_is_directory=True)
    return work / "data"


def call(kitle, work, *arguments):
    """What the command writes to stdout; its failure ends the test."""
    done = subprocess.run([kitle, *arguments], cwd=work, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"kitle {' '.join(map(str, arguments))}: exit "
                 f"{done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def run_rules(kitle, work, as_of, tier):
    """{segment: (size as reported, set of ids)} of all segments."""
    report = json.loads(call(
        kitle, work, "run", "--as-of", as_of, "--tier", tier, "--format",
        "json", "--members", work / tier))
    found = {segment["name"]: (segment["size"], read_ids(
                 work / tier / f"{segment['name']}.csv"))
             for segment in report["segments"]}
    check_stages(report, found)
    return found


def check_stages(report, found):
    """Everyone is in exactly one stage of each declaration."""
    parts = {}
    for segment in report["segments"]:
        if "stages" in segment:
            parts.setdefault(segment["stages"], []).append(segment["name"])
    for stages, names in parts.items():
        sizes = sum(found[name][0] for name in names)
        everyone = set().union(*(found[name][1] for name in names))
        if not sizes == len(everyone) == report["profiles"]:
            sys.exit(f"{stages}: {sizes} in its stages, {len(everyone)} people "
                     f"of {report['profiles']}")


def compare_tiers(kitle, work, as_of):
    """(the answers of the first tier, how many of the others' differ)."""
    first, *others = (run_rules(kitle, work, as_of, tier) for tier in TIERS)
    wrong = 0
    for tier, found in zip(TIERS[1:], others):
        differ = [name for name in first if found.get(name) != first[name]]
        wrong += len(differ)
        if differ:
            print(f"{as_of}: WRONG: {tier} differs from {TIERS[0]}: {differ}")
    return first, wrong


def read_ids(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if rows[:1] != [["id"]]:
        sys.exit(f"{path}: the first line is not `id`")
    ids = [row[0] for row in rows[1:]]
    if len(set(ids)) != len(ids):
        sys.exit(f"{path}: an id twice")
    return set(ids)


def compare(expected, found):
    """Prints a line for each segment; how many of them differ."""
    wrong = 0
    for name in expected:
        size, ids = found.get(name, (None, set()))
        verdict = difference(expected[name], size, ids)
        wrong += bool(verdict)
        print(f"{name:32} {len(expected[name]):>8,} {verdict or 'equal'}")
    for name in found.keys() - expected.keys():
        wrong += 1
        print(f"{name:32} {'':>8} has no query")
    return wrong


def difference(expected, size, ids):
    """What is wrong with a segment's members; '' if nothing."""
    if size is None:
        return "has no segment"
    if ids == expected:
        return "" if size == len(ids) else f"WRONG: reports a size of {size}"
    missing, extra = sorted(expected - ids), sorted(ids - expected)
    return (f"WRONG: {len(missing)} missing {missing[:5]}, "
            f"{len(extra)} too many {extra[:5]}")


def ingest(kitle, work, *options):
    return json.loads(call(kitle, work, "ingest", "--format", "json", *options))


def check_rows(report, rows):
    """Rows seen and left out are as the file is known to be."""
    wrong = 0
    for source in report["sources"]:
        seen, left_out = rows.get(source["source"],
                                  (source["seen"], source["left_out"]))
        good = (source["seen"], source["left_out"], source["rejected"],
                source["known"]) == (seen, left_out, 0, 0)
        wrong += not good
        print(f"{source['source']:32} {source['seen']:>8,} rows, "
              f"{source['left_out']:,} left out, {source['rejected']:,} "
              f"rejected{'' if good else ' WRONG'}")
    return wrong


def check_again(kitle, work, first):
    """The same files once more: no new event, no new person."""
    again = ingest(kitle, work)
    good = again["new_events"] == 0 and again["profiles"] == first["profiles"]
    print(f"ingested again: {again['new_events']} new events"
          f"{'' if good else ' WRONG'}")
    return not good


def check_parts(kitle, work, chosen, whole):
    """The file in two parts, one ingest each, then folded: how many answers
    differ from those of the whole."""
    (path,) = (work / "data").glob("*.csv.zst")
    halves = [work / name for name in ("first", "second")]
    parts.split(path, chosen.customer, *(half / "data" / path.name for half in halves))
    shutil.rmtree(work / "store")
    for half in halves:
        ingest(kitle, work, "--data", half)
    wrong = 0
    for step in ("in two parts", "folded"):
        found = run_rules(kitle, work, chosen.as_of, TIERS[0])
        differ = [name for name in whole if found.get(name) != whole[name]]
        wrong += len(differ)
        print(f"{step}: {f'WRONG: {differ}' if differ else 'the same'}")
        call(kitle, work, "fold")
    return wrong


def run(name, kitle, work, given=None):
    chosen = SETS[name]
    data = find_data(given, chosen.folder) if chosen.folder else None
    if chosen.folder and data is None:
        print(f"skipped: no folder {chosen.folder}; set KITLE_DATA")
        return SKIPPED
    work = pathlib.Path(work).resolve()
    data = prepare(name, work, data)
    call(kitle, work, "check")
    report = ingest(kitle, work)
    wrong = check_rows(report, chosen.rows)
    wrong += check_again(kitle, work, report)
    if name == "shop":
        for as_of in (chosen.earlier, chosen.as_of):
            call(kitle, work, "fit", "--as-of", as_of)
    found, differ = compare_tiers(kitle, work, chosen.as_of)
    wrong += differ + compare_tiers(kitle, work, chosen.earlier)[1]
    expected = answers.members(chosen.sql, data)
    wrong += compare(expected, found)
    if name == "shop":
        wrong += compare_sizes(expected)
    else:
        wrong += check_parts(kitle, work, chosen, found)
    return 1 if wrong else 0


def compare_sizes(expected):
    """The sizes that are written down beside the shop's rules."""
    with open(EXAMPLES / "shop" / "expected.csv", encoding="utf-8") as file:
        written = {row["segment"]: int(row["size"])
                   for row in csv.DictReader(file)}
    counted = {name: len(ids) for name, ids in expected.items()}
    if written == counted:
        return 0
    print("examples/shop/expected.csv is not what expected.sql gives")
    return 1


def test(name):
    """The test of one set, from the environment that CMake gives."""
    work = pathlib.Path(os.environ["KITLE_BUILD"]) / "real_data" / name
    sys.exit(run(name, os.environ["KITLE"], work))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--kitle", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    args = parser.parse_args()
    sys.exit(run(args.set, args.kitle.resolve(), args.work, args.data))


if __name__ == "__main__":
    main()
