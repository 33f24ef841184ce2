#!/usr/bin/env python3
"""Kitle against DuckDB, ClickHouse and Polars, in one process, on one machine,
on the same data.

    compare.py [--profiles N] [--rounds N] [--threads N] [--only REGEX]
               [--workload seed|constructs] [--keep-store] [--no-report]

KITLE_BUILD is the build folder (default build/bench). Each question's members
are compared before anything is timed; then all sides are asked in turn. A peer
that fails, or has other members, is a row with its reason. Writes
KITLE_BUILD/peers.json after each part, and docs/performance.md from it.
"""

import argparse
import datetime
import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent / "seed"), str(HERE.parent / "support")]

import constructs  # noqa: E402
import engines  # noqa: E402
import library  # noqa: E402
import report  # noqa: E402
import repository  # noqa: E402
import seed_rules  # noqa: E402
from timing import short, timed  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--profiles", type=int, default=int(
        os.environ.get("KITLE_BENCH_PROFILES", 1_000_000)))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workload", choices=["seed", "constructs"])
    parser.add_argument("--only", help="constructs with this in their name")
    parser.add_argument("--keep-store", action="store_true",
                        help="use the store that is there; no ingest")
    parser.add_argument("--no-report", action="store_true",
                        help="leave docs/performance.md as it is")
    return parser.parse_args()


class Rows:
    """What was measured, kept in a file from the first row on."""

    def __init__(self, path):
        self.path = path
        self.rows = []

    def add(self, rows):
        self.rows += rows
        self.path.write_text(json.dumps(self.rows, indent=1) + "\n", "utf-8")


def opened(name, make, *arguments):
    """The peer, or None and its reason on the terminal."""
    try:
        seconds, made = timed(make, *arguments)
    except Exception as error:  # one peer's failure leaves the others
        print(f"  {name}: {constructs.brief(error)}", flush=True)
        return None
    print(f"  {name} {made.version}: loaded in {seconds:.1f} s", flush=True)
    return made


class Failed:
    """Stands for a form of a peer that could not be loaded."""

    form = "not loaded"
    version = "?"

    def __init__(self, name):
        self.name = name

    def members(self, *_):
        raise RuntimeError("it could not load the data")

    ids = count = members


def seed_forms(duck, click, polars, names):
    forms = [seed_rules.InDuckDB(duck) if duck else Failed("duckdb")]
    forms += (seed_rules.clickhouse_forms(click, names) if click
              else [Failed("clickhouse")])
    forms += ([seed_rules.InPolars(polars, engine)
               for engine in ("in-memory", "streaming")] if polars
              else [Failed("polars")])
    return forms


def load_polars(folder, threads, names):
    """Polars reads its number of threads when it is imported."""
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars_seed
    return polars_seed.Polars(folder, names)


def run_seed(kitle, duck, click, folder, args):
    print("seed")
    polars = opened("Polars", load_polars, folder, args.threads,
                    kitle.segments)
    forms = seed_forms(duck, click, polars, kitle.segments)
    return seed_rules.run(kitle, forms, args)


def run(kitle, folder, args, rows):
    print("peers", flush=True)
    duck = opened("DuckDB", engines.Duck, folder, args.threads, kitle.segments)
    click = opened("ClickHouse", engines.ClickHouse, folder, args.threads)
    if args.workload != "constructs":
        rows.add(run_seed(kitle, duck, click, folder, args))
    if args.workload != "seed":
        print("constructs")
        constructs.run(kitle, duck or Failed("duckdb"),
                       click or Failed("clickhouse"), args, rows.add)


def main():
    args = arguments()
    args.short = short(args.profiles)
    build = pathlib.Path(
        os.environ.get("KITLE_BUILD", ROOT / "build/bench")).resolve()
    folder = build / "peers" / args.short
    repository.make(build, folder, args)
    kitle = library.Kitle(build, folder, folder / "store")
    rows = Rows(build / "peers.json")
    seconds, _ = timed(run, kitle, folder, args, rows)
    print(f"{len(rows.rows)} rows in {seconds:.0f} s, in {rows.path}")
    if not args.no_report:
        report.write(rows.rows, ROOT / "docs", args, kitle.version(),
                     datetime.date.today())


if __name__ == "__main__":
    main()
