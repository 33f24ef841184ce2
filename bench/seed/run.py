#!/usr/bin/env python3
"""The seed workload: Kitle against DuckDB in one process, on the same data.

    run.py [--profiles N] [--rounds N] [--threads N]

KITLE_BUILD is the build folder (default build/bench). Generates the files
once, ingests them, compares the members of every rule, then times both sides
in turn. Prints a table and writes KITLE_BUILD/seed.json.
"""

import argparse
import json
import os
import pathlib
import sys
import tempfile

import numpy as np

import generate
import library
import peer
import prepare

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "bench" / "support"))

from timing import Times, short, timed  # noqa: E402

NOW = generate.NOW * 1_000_000
REFERENCE_BYTES = 230  # a profile, whatever either side stores


def compare_ingest(build, folder, args):
    """Prints both sides' times to a sorted store; the row of seed.json."""
    ours, theirs = Times(), Times()
    sources = ours.add(prepare.ingest, build, folder)["sources"]
    rows = sum(source["seen"] for source in sources)
    if rows != sum(source["accepted"] for source in sources):
        sys.exit(f"ingest did not accept every row: {sources}")
    database = theirs.add(peer.build, folder / "data", folder, args.threads)
    print(f"\ningest and sort {rows:,} rows of Parquet")
    for name, times in (("DuckDB", theirs), ("Kitle", ours)):
        show(name, f"{times}, {rows / times.seconds() / 1e6:.2f} M rows/s")
    show("bytes", f"the store {megabytes(bytes_in(folder / 'store'))}, DuckDB's "
         f"file {megabytes(database)}, the Parquet files (zstd) "
         f"{megabytes(bytes_in(folder / 'data'))}")
    return row(f"seed {short(args.profiles)} ingest", "load and sort",
               theirs.seconds(), ours.seconds())


def bytes_in(folder):
    return sum(path.stat().st_size for path in folder.iterdir())


def megabytes(size):
    return f"{size / 1e6:.1f} MB"


def check_members(kitle, duck, engine, threads):
    """Ends the program unless both sides have the same members."""
    expected = duck.members()
    for tier in ("interpreter", "compiled"):
        result = kitle.run(engine, NOW, tier, threads)
        found = kitle.members(result)
        kitle.lib.kitle_result_free(result)
        wrong = [name for name in found
                 if not np.array_equal(found[name], expected.get(name, []))]
        if wrong or set(found) != set(expected):
            sys.exit(f"{tier}: different members in {wrong or 'names'}")
    print(f"equal members in {len(expected)} segments:", ", ".join(
        f"{len(expected[name]):,}" for name in kitle.segments))


def compile_seconds(kitle, threads):
    """(cold, cached): the first answer of a new engine less its evaluation."""
    with tempfile.TemporaryDirectory() as cache:
        return [first_answer(kitle, cache, threads) for _ in range(2)]


def first_answer(kitle, cache, threads):
    engine = kitle.engine(cache)
    seconds, result = timed(kitle.run, engine, NOW, "compiled", threads)
    seconds -= kitle.lib.kitle_result_seconds(result)
    kitle.lib.kitle_result_free(result)
    kitle.lib.kitle_engine_free(engine)
    return seconds


def rounds(kitle, duck, engine, args):
    """The times of both sides, asked in turn."""
    times = {name: Times() for name in ("duckdb", "interpreter", "compiled")}
    for _ in range(args.rounds):
        sizes = times["duckdb"].add(duck.sizes)
        for tier in ("interpreter", "compiled"):
            result = times[tier].add(kitle.run, engine, NOW, tier,
                                     args.threads)
            if kitle.sizes(result) != sizes:
                sys.exit(f"{tier}: sizes changed between rounds")
            kitle.lib.kitle_result_free(result)
    return times


def row(workload, form, seconds, ours):
    return {"workload": workload, "peer": "duckdb", "version": peer.VERSION,
            "form": form, "seconds": seconds, "ours": ours,
            "ratio": seconds / ours}


def show(name, text):
    print(f"  {name:32} {text}")


def report(kitle, args, measured):
    times = measured["times"]
    theirs, ours = times["duckdb"].seconds(), times["compiled"].seconds()
    reference = REFERENCE_BYTES * args.profiles
    bandwidth = measured["bandwidth"]
    bytes_read = kitle.bytes_read(NOW)
    hot, random, p99, clock = measured["latency"]
    cold, cached = measured["compile"]
    print(f"\nseed {short(args.profiles)}, {args.threads} threads, median of "
          f"{args.rounds} rounds; Kitle {kitle.version()}, DuckDB "
          f"{peer.VERSION}")
    show("DuckDB", times["duckdb"])
    for tier in ("interpreter", "compiled"):
        took = times[tier].seconds()
        show(f"Kitle, {tier}",
             f"{times[tier]}, {theirs / took:.1f} times as fast, "
             f"bandwidth share {reference / took / bandwidth:.1%}")
    show("bytes read", f"{bytes_read / 1e6:.1f} MB of columns "
         f"({bytes_read / ours / 1e9:.1f} GB/s); reference "
         f"{reference / 1e6:.0f} MB")
    show("read bandwidth", f"{bandwidth / 1e9:.1f} GB/s")
    show("compile", f"cold {cold * 1e3:.1f} ms, cached {cached * 1e3:.2f} ms")
    show("one profile", f"hot {hot:.0f} ns, random {random:.0f} ns, 99 % "
         f"{p99:.0f} ns (of which the clock {clock:.0f} ns)")


def measure(kitle, duck, args):
    with tempfile.TemporaryDirectory() as cache:
        engine = kitle.engine(cache)
        check_members(kitle, duck, engine, args.threads)
        measured = {"times": rounds(kitle, duck, engine, args),
                    "bandwidth": kitle.bandwidth(args.threads),
                    "latency": kitle.latency(engine, NOW)}
        kitle.lib.kitle_engine_free(engine)
    measured["compile"] = compile_seconds(kitle, args.threads)
    return measured


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--profiles", type=int, default=int(
        os.environ.get("KITLE_BENCH_PROFILES", 1_000_000)))
    parser.add_argument("--rounds", type=int, default=int(
        os.environ.get("KITLE_BENCH_ROUNDS", 7)))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep-store", action="store_true",
                        help="use the store that is there; no ingest")
    return parser.parse_args()


def main():
    args = arguments()
    build, folder = prepare.places(args.profiles, args.seed)
    rows = []
    if not args.keep_store:
        rows.append(compare_ingest(build, folder, args))
    kitle = library.Kitle(build, folder, folder / "store")
    duck = peer.Duck(folder / "data", args.threads, kitle.segments)
    measured = measure(kitle, duck, args)
    report(kitle, args, measured)
    times = measured["times"]
    rows.insert(0, row(f"seed {short(args.profiles)}", peer.FORM,
                       times["duckdb"].seconds(), times["compiled"].seconds()))
    (build / "seed.json").write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
