#!/usr/bin/env python3
"""Many rules at once: what each further segment costs, and DuckDB on the same.

    run.py [--profiles N] [--segments N,N,...] [--duckdb N,N,...]

KITLE_BUILD is the build folder (default build/bench), in which bench/seed has
made files and a store. Generates distinct segments, evaluates all of them in
one pass, compares the members of each with DuckDB's where that is asked, and
prints a table; writes KITLE_BUILD/many.json.
"""

import argparse
import json
import os
import pathlib
import sys
import tempfile

import duckdb
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "bench" / "support"), str(ROOT / "bench" / "seed")]

import library  # noqa: E402
import peer  # noqa: E402
import prepare  # noqa: E402
import rules  # noqa: E402
from timing import Times, short, timed  # noqa: E402

NOW = rules.NOW * 1_000_000
FORM = "one grouped aggregation a table, joined"
FILE = 2000  # segments; a longer text is refused
FOLLOWED = """
create table followed as
select v.id, v.t, v.category, p.t as next
from product_view v asof join purchase p on v.id = p.id and v.t < p.t
"""


class Duck:
    """The seed's tables; what follows a product view is joined beforehand."""

    def __init__(self, data, threads):
        self.connection = duckdb.connect()
        self.connection.execute(f"set threads = {threads}")
        load = peer.sections()["load"].replace("{data}", str(data))
        self.connection.execute(load)
        self.connection.execute(FOLLOWED)

    def flags(self, segments):
        """One row a profile, one truth value a segment."""
        tables = {}
        for _, clauses in segments:
            for clause in clauses:
                for table, expression in clause.aggregates:
                    tables.setdefault(table, {})[expression] = None
        grouped = ", ".join(
            f"g_{table} as (select id, " + ", ".join(
                f"{expression} as {rules.column(table, expression)}"
                for expression in expressions)
            + f" from {table} group by id)"
            for table, expressions in tables.items())
        joins = " ".join(f"left join g_{table} using (id)" for table in tables)
        flags = ", ".join(
            "(" + joined.join(clause.sql for clause in clauses)
            + f") as many_{i}" for i, (joined, clauses) in enumerate(segments))
        return (f"with {grouped}, flags as "
                f"(select id, {flags} from profile {joins})")

    def sizes(self, segments):
        counts = ", ".join(f"count(*) filter (many_{i})"
                           for i in range(len(segments)))
        return list(self.connection.execute(
            f"{self.flags(segments)} select {counts} from flags").fetchone())

    def members(self, segments):
        found = self.connection.execute(
            f"{self.flags(segments)} select * from flags").fetchnumpy()
        ids = np.asarray(found["id"], np.int64)
        return {name: np.sort(ids[np.asarray(flags, bool)])
                for name, flags in found.items() if name != "id"}


def memory():
    """Bytes of this process that are no file's."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) * 1024
    return 0


def texts_of(segments):
    """{path: text} of a repository."""
    paths = [*prepare.HERE.glob("*.kitle"), prepare.HERE / "kitle.toml"]
    texts = {path.name: path.read_text() for path in paths}
    text = rules.text_of(segments).split("\n\n")
    return texts | {
        f"segments/many_{i // FILE}.kitle": "\n\n".join(text[i:i + FILE])
        for i in range(0, len(text), FILE)}


def repository(folder, segments):
    (folder / "segments").mkdir(exist_ok=True)
    for name, text in texts_of(segments).items():
        (folder / name).write_text(text)


class Ours:
    """An engine of these segments, and what it took to make it."""

    def __init__(self, build, store, segments, threads):
        self.folder = tempfile.TemporaryDirectory()
        folder = pathlib.Path(self.folder.name)
        repository(folder, segments)
        self.load, self.kitle = timed(library.Kitle, build, folder, store)
        self.engine = self.kitle.engine(folder / "cache")
        self.threads = threads
        self.first, result = timed(self.run)
        self.free(result)

    def run(self):
        return self.kitle.run(self.engine, NOW, "auto", self.threads)

    def free(self, result):
        self.kitle.lib.kitle_result_free(result)

    def sizes(self):
        result = self.run()
        found = self.kitle.sizes(result)
        self.free(result)
        return found

    def members(self):
        result = self.run()
        found = self.kitle.members(result)
        self.free(result)
        return found

    def edited(self, segments, rounds):
        """Times of the first answer after the last segment was added to the
        others, whose answers are there: rules loaded, an engine of them."""
        kitle, lib = self.kitle, self.kitle.lib
        others = kitle.with_rules(texts_of(segments[:-1]))
        engine = others.engine("")
        before = others.run(engine, NOW, "auto", self.threads)
        expected, times = self.sizes(), Times()
        for _ in range(rounds):
            edited = kitle.with_rules(texts_of(segments))
            engines = edited.engine("")
            result = times.add(edited.refresh, engines, NOW, before, "auto",
                               self.threads)
            taken = lib.kitle_result_taken_over(result)
            if edited.sizes(result) != expected or taken < len(segments) - 1:
                sys.exit(f"one more: {taken} segments were taken over")
            self.free(result)
            lib.kitle_engine_free(engines)
            lib.kitle_rules_free(edited.rules)
        self.free(before)
        lib.kitle_engine_free(engine)
        lib.kitle_rules_free(others.rules)
        return times.seconds()

    def close(self):
        self.kitle.lib.kitle_engine_free(self.engine)


def check(ours, duck, segments):
    """Ends the program unless both sides have the same members."""
    expected, found = duck.members(segments), ours.members()
    wrong = [name for name in expected
             if not np.array_equal(expected[name], found[name])]
    if wrong:
        sys.exit(f"different members in {len(wrong)} segments: {wrong[:5]}")
    print(f"equal members in {len(expected)} segments", flush=True)


def measure(build, store, duck, number, args):
    segments = rules.make(number, args.seed)
    ours = Ours(build, store, segments, args.threads)
    times, theirs = Times(), Times()
    asked = duck is not None and number in args.duckdb
    if asked:
        check(ours, duck, segments)
        for _ in range(args.duckdb_rounds):
            theirs.add(duck.sizes, segments)
    for _ in range(args.rounds):
        times.add(ours.sizes)
    row = {"workload": f"{number} segments, {short(args.profiles)}",
           "segments": number, "peer": "duckdb", "version": peer.VERSION,
           "form": FORM, "ours": times.seconds(), "load": ours.load,
           "first": ours.first, "memory": memory(),
           "profile": ours.kitle.latency(ours.engine, NOW)[1] * 1e-9,
           "edited": ours.edited(segments, args.rounds)}
    if asked:
        row["seconds"] = theirs.seconds()
        row["ratio"] = row["seconds"] / row["ours"]
    ours.close()
    return row


def report(rows):
    print(f"\n{'segments':>9} {'load':>9} {'first':>9} {'again':>9} "
          f"{'a segment':>10} {'one more':>9} {'a profile':>10} "
          f"{'DuckDB':>10} {'ratio':>7} {'memory':>8}")
    before = None
    for row in rows:
        further = ""
        if before is not None and row["segments"] > before["segments"]:
            cost = ((row["ours"] - before["ours"])
                    / (row["segments"] - before["segments"]))
            further = f"{cost * 1e6:.0f} us"
        theirs = f"{row['seconds']:.2f} s" if "seconds" in row else ""
        ratio = f"{row['ratio']:.0f}" if "ratio" in row else ""
        print(f"{row['segments']:>9,} {row['load']:>7.2f} s "
              f"{row['first']:>7.2f} s {row['ours'] * 1e3:>6.0f} ms "
              f"{further:>10} {row['edited'] * 1e3:>6.0f} ms "
              f"{row['profile'] * 1e6:>7.1f} us {theirs:>10} {ratio:>7} "
              f"{row['memory'] / 1e6:>5.0f} MB")
        before = row


def numbers(text):
    return [int(each) for each in text.split(",") if each]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--profiles", type=int, default=int(
        os.environ.get("KITLE_BENCH_PROFILES", 1_000_000)))
    parser.add_argument("--segments", type=numbers,
                        default=[12, 100, 250, 500, 1000, 2000, 10_000])
    parser.add_argument("--duckdb", type=numbers, default=[12, 100],
                        help="which of them; 1,000 of 1 M take it an hour")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--duckdb-rounds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main():
    args = arguments()
    build, folder = prepare.places(args.profiles, 1)
    if not (folder / "store").exists():
        prepare.ingest(build, folder)
    duck = Duck(folder / "data", args.threads) if args.duckdb else None
    rows = []
    for number in args.segments:
        rows.append(measure(build, folder / "store", duck, number, args))
        report(rows[-1:])
        (build / "many.json").write_text(json.dumps(rows, indent=2) + "\n")
    print(f"\nmany rules, {short(args.profiles)} profiles, {args.threads} "
          f"threads; DuckDB {peer.VERSION}")
    report(rows)


if __name__ == "__main__":
    main()
