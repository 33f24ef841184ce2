#!/usr/bin/env python3
"""What it takes to bring an answer up to date, against asking everyone anew.

    refresh.py [--profiles N] [--segments N,N,...] [--rounds N]

KITLE_BUILD is the build folder (default build/bench), in which bench/seed has
made files and a store. The answer of one instant is brought to the next, and
to the next, at several distances: with no event in between, and with an ingest
in between that touches one person of a hundred. Each time everyone is asked as
well, by an engine of its own, and has the same members. `first` is the first
refresh, which finds out when people are due. Writes KITLE_BUILD/refresh.json.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import run

MINUTE = 60 * 1_000_000
DISTANCES = {"1 minute": MINUTE, "5 minutes": 5 * MINUTE, "1 hour": 60 * MINUTE,
             "6 hours": 360 * MINUTE, "1 day": 1440 * MINUTE}
TOUCHED = 100  # one of so many
EVENTS = 3     # each
SOURCE = """
source page_view_rows {
  files     "data/page_view.parquet"
  customer  from "customer"
  into page_view {
    time     from "time" as unix seconds
    channel  from "channel"
  }
}
"""


class Grown:
    """A copy of the store that gets events of some people."""

    def __init__(self, build, folder, keys, seed):
        self.command = run.prepare.library.command(build)
        self.keys = keys
        self.random = np.random.default_rng(seed)
        self.temporary = tempfile.TemporaryDirectory(dir=build)
        self.folder = pathlib.Path(self.temporary.name)
        run.prepare.copy_rules(self.folder)
        (self.folder / "sources.kitle").write_text(SOURCE)
        (self.folder / "data").mkdir()
        shutil.copytree(folder / "store", self.folder / "store")

    def ingest(self, begin, end):
        """Events of one person of a hundred between the two instants."""
        people = self.random.choice(self.keys, len(self.keys) // TOUCHED,
                                    replace=False).repeat(EVENTS)
        times = self.random.integers(begin // 1_000_000 + 1,
                                     end // 1_000_000 + 1, len(people))
        pq.write_table(pa.table({"customer": people, "time": times,
                                 "channel": pa.array(["web"] * len(people))}),
                       self.folder / "data/page_view.parquet")
        subprocess.run([self.command, "ingest"], cwd=self.folder, check=True,
                       stdout=subprocess.DEVNULL)


class Sides:
    """One engine that refreshes, and one that asks everyone."""

    def __init__(self, ours, threads):
        self.kitle, self.threads = ours.kitle, threads
        self.engines = [self.kitle.engine(""), self.kitle.engine("")]
        self.before = None

    def start(self, now):
        self.before = self.kitle.run(self.engines[0], now, "auto",
                                     self.threads)

    def step(self, now, refreshes, runs):
        """How many were evaluated by the refresh."""
        lib = self.kitle.lib
        result = refreshes.add(self.kitle.refresh, self.engines[0], now,
                               self.before, "auto", self.threads)
        whole = runs.add(self.kitle.run, self.engines[1], now, "auto",
                         self.threads)
        if not self.equal(result, whole):
            sys.exit("a refresh has other members than a run")
        lib.kitle_result_free(whole)
        lib.kitle_result_free(self.before)
        self.before = result
        return lib.kitle_result_evaluated(result)

    def equal(self, one, other):
        return all(np.array_equal(self.ordinals(one, i),
                                  self.ordinals(other, i))
                   for i in range(len(self.kitle.segments)))

    def ordinals(self, result, segment):
        size = self.kitle.lib.kitle_result_size(result, segment)
        found = np.empty(size, np.uint32)
        self.kitle.lib.kitle_result_members(result, segment,
                                            found.ctypes.data, size)
        return found

    def close(self):
        self.kitle.lib.kitle_result_free(self.before)
        for engine in self.engines:
            self.kitle.lib.kitle_engine_free(engine)


def row_of(segments, distance, touched, evaluated, refreshes, runs):
    first = refreshes.rounds.pop(0)
    runs.rounds.pop(0)
    return {"segments": segments, "distance": distance, "touched": touched,
            "evaluated": int(np.median(evaluated[1:])), "first": first,
            "refresh": refreshes.seconds(), "run": runs.seconds(),
            "ratio": refreshes.seconds() / runs.seconds()}


def by_time(ours, distance, args):
    sides = Sides(ours, args.threads)
    sides.start(run.NOW)
    refreshes, runs, evaluated = run.Times(), run.Times(), []
    for i in range(args.rounds + 1):
        now = run.NOW + (i + 1) * DISTANCES[distance]
        evaluated.append(sides.step(now, refreshes, runs))
    sides.close()
    return row_of(len(ours.kitle.segments), distance, 0, evaluated, refreshes,
                  runs)


def by_ingest(ours, build, folder, distance, args):
    kitle = ours.kitle
    grown = Grown(build, folder, kitle.keys, args.seed)
    store = str(grown.folder / "store").encode()
    sides = Sides(ours, args.threads)
    known = kitle.store
    sides.start(run.NOW)
    refreshes, runs, evaluated = run.Times(), run.Times(), []
    for i in range(args.rounds + 1):
        then = run.NOW + i * DISTANCES[distance]
        grown.ingest(then, then + DISTANCES[distance])
        if kitle.store != known:
            kitle.lib.kitle_store_free(kitle.store)
        kitle.store = kitle.made(kitle.lib.kitle_store_open, store)
        # Opening checks what is touched first: not part of either side.
        kitle.lib.kitle_result_free(kitle.run(sides.engines[1], then + 1,
                                              "auto", args.threads))
        evaluated.append(sides.step(then + DISTANCES[distance], refreshes,
                                    runs))
    sides.close()
    kitle.lib.kitle_store_free(kitle.store)
    kitle.store = known
    return row_of(len(kitle.segments), distance,
                  len(kitle.keys) // TOUCHED, evaluated, refreshes, runs)


def report(rows):
    print(f"\n{'segments':>9} {'distance':>10} {'touched':>9} "
          f"{'evaluated':>10} {'first':>9} {'refresh':>10} {'everyone':>10} "
          f"{'share':>7}")
    for row in rows:
        print(f"{row['segments']:>9,} {row['distance']:>10} "
              f"{row['touched']:>9,} {row['evaluated']:>10,} "
              f"{row['first'] * 1e3:>6.0f} ms {row['refresh'] * 1e3:>7.1f} ms "
              f"{row['run'] * 1e3:>7.0f} ms {row['ratio'] * 100:>5.0f} %")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--profiles", type=int, default=1_000_000)
    parser.add_argument("--segments", type=run.numbers,
                        default=[12, 100, 1000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main():
    args = arguments()
    build, folder = run.prepare.places(args.profiles, 1)
    if not (folder / "store").exists():
        run.prepare.ingest(build, folder)
    rows = []
    for number in args.segments:
        ours = run.Ours(build, folder / "store",
                        run.rules.make(number, args.seed), args.threads)
        for distance in DISTANCES:
            rows.append(by_time(ours, distance, args))
            report(rows[-1:])
        for distance in ("5 minutes", "1 day"):
            rows.append(by_ingest(ours, build, folder, distance, args))
            report(rows[-1:])
        ours.close()
        (build / "refresh.json").write_text(json.dumps(rows, indent=2) + "\n")
    print(f"\nrefreshes, {run.short(args.profiles)} profiles, "
          f"{args.threads} threads, medians of {args.rounds}")
    report(rows)


if __name__ == "__main__":
    main()
