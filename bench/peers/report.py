"""docs/performance.md and its charts, from the rows of peers.json."""

import os
import platform

from chart import RATIO, chart, number

PEERS = {"duckdb": "DuckDB", "clickhouse": "ClickHouse", "polars": "Polars"}
INTRODUCTION = """# Performance

What Kitle takes for a question, beside what DuckDB, ClickHouse and Polars take for the same question on the same
machine and the same data, all in one process and asked in turn. Before anything is timed, the people that each side
gives are compared one by one; what is not equal is not timed.

This page is written by `make bench-peers`, which installs the peers at pinned versions, makes the data, and takes about
ten minutes. Machines differ and are noisy: read the ratios, not the milliseconds.

"""
SEED = """
## The seed: twelve rules at once

{profiles} people and {events} of their events of seven kinds; twelve segments (two personas, a score, three
stages among what they ask) answered together. The rules are in [bench/seed](../bench/seed), the peers' questions in
[bench/peers](../bench/peers): each peer has its tables sorted by (customer, time), codes of 8 and 16 bits, seconds of
32 bits, money in whole cents, everything in memory or warm, and the forms that were the quickest of those tried.

![Milliseconds of each side](performance/seed.svg)

| who | form | median | times Kitle's | at least |
|---|---|---|---|---|
"""
CONSTRUCTS = """
## Each construct by itself

One rule alone, as a repository of one segment; what SQL knows of columns and orders is used. Where ClickHouse has
several forms (a row an event; a row a person with arrays; `windowFunnel`, `sequenceMatch`, `retention`), the table has
the quickest; `build/bench/peers.json` has all. *Times* is the median of the peer's time by Kitle's, round by round, of
nine rounds where a question takes under a quarter of a second, of fewer where it takes longer. *At least* is its lower
bound: an order statistic of the ratios, below the true one with 95 percent; with fewer than five rounds simply the
least of them.

![How many times as long as Kitle each peer takes](performance/constructs.svg)
"""
TABLE = """
### {title}

| construct | rule | people | Kitle | DuckDB | times | at least | ClickHouse | form | times | at least |
|---|---|---|---|---|---|---|---|---|---|---|
"""
TITLES = {"quantifiers": "How many", "measures": "How much", "windows": "When",
          "texts": "Texts, lists, attributes",
          "points": "Points, bands, stages, sessions",
          "sequences": "One after the other"}


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":")[1].strip() for line in file
                 if line.startswith("model name")]
    return names[0] if names else platform.machine()


def memory():
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 2**30:.0f} GiB"


def milliseconds(seconds):
    return f"{seconds * 1e3:,.1f} ms" if seconds else "-"


def times(value):
    return number(value) if value else "-"


def header(rows, args, version, day):
    versions = sorted({f"{PEERS[row['peer']]} {row['version']}" for row in rows
                       if row["peer"] in PEERS and row["version"] != "?"})
    return (f"Measured on {day} with Kitle {version}, {', '.join(versions)}; "
            f"{args.threads} threads\non {processor()} ({os.cpu_count()} "
            f"cores, {memory()}), Linux {platform.release()}.\n")


def of_workload(rows, name):
    return [row for row in rows if row["workload"].split()[0] == name]


def ours_of(row):
    return [("Kitle, machine code", row["ours"]),
            ("Kitle, interpreter", row["interpreter"])]


def seed_table(rows):
    lines = [f"| {PEERS[row['peer']]} | {row['form']} | "
             f"{milliseconds(row['seconds'])} | {times(row['ratio'])} | "
             f"{times(row.get('lower'))} |" for row in rows]
    lines += [f"| {name} | | {milliseconds(seconds)} | "
              f"{times(seconds / rows[0]['ours'])} | |"
              for name, seconds in ours_of(rows[0])]
    return "\n".join(lines) + "\n"


def seed_chart(rows):
    sides = [(f"{PEERS[row['peer']]}, {row['form']}", row["seconds"])
             for row in rows] + ours_of(rows[0])
    bars = [(name, [(seconds * 1e3, None)]) for name, seconds in
            sorted((side for side in sides if side[1]), key=lambda s: -s[1])]
    return chart("Twelve rules at once, milliseconds (less is better)",
                 ["time"], bars, " ms")


def bandwidth(row):
    return (f"\nThe columns that these rules read are "
            f"{row['bytes_read'] / 1e6:,.0f} MB; they are read at "
            f"{row['bytes_read'] / row['ours'] / 1e9:.1f} GB/s. This machine "
            f"reads at most\n{row['bytes_a_second'] / 1e9:.1f} GB/s, so that "
            f"reading the reference's bytes once (230 a profile) takes "
            f"{row['ratio']:.0%} of what Kitle takes.\n")


def seed_part(rows, folder, args):
    seed = of_workload(rows, "seed")
    if not seed:
        return ""
    (folder / "seed.svg").write_text(seed_chart(seed), "utf-8")
    share = of_workload(rows, "bandwidth")
    events = f"{args.profiles * 52.5 / 1e6:.3g} million"
    return (SEED.format(profiles=f"{args.profiles:,}", events=events)
            + seed_table(seed) + "".join(bandwidth(row) for row in share)
            + reasons(seed, "workload"))


def by_construct(rows):
    """{name: {peer: the quickest equal row of it, or one with its reason}}."""
    found = {}
    for row in rows:
        best = found.setdefault(row["construct"], {})
        known = best.get(row["peer"])
        if known is None or (row["seconds"] or 1e9) < (known["seconds"] or 1e9):
            best[row["peer"]] = row
    return found


def construct_line(name, best):
    duck, click = best.get("duckdb", {}), best.get("clickhouse", {})
    known = next(iter(best.values()))
    rule = " ".join(known["rule"].split())
    cells = [name, f"`{rule}`", f"{known.get('members', 0):,}", milliseconds(known["ours"]),
             milliseconds(duck.get("seconds")), times(duck.get("ratio")),
             times(duck.get("lower")), milliseconds(click.get("seconds")),
             click.get("form", ""), times(click.get("ratio")),
             times(click.get("lower"))]
    return "| " + " | ".join(cells) + " |"


def construct_tables(rows):
    text = ""
    for group, title in TITLES.items():
        best = by_construct(row for row in rows if row["group"] == group)
        if best:
            text += TABLE.format(title=title) + "\n".join(
                construct_line(name, of) for name, of in best.items()) + "\n"
    return text


def point(row):
    return (row["ratio"], row["lower"]) if row and row["ratio"] else None


def construct_chart(rows):
    lines = [(name, [point(best.get("duckdb")), point(best.get("clickhouse"))])
             for name, best in by_construct(rows).items()]
    return chart("How many times as long as Kitle (right of 1: Kitle is faster)",
                 ["DuckDB", "ClickHouse"], lines, RATIO)


def slower(rows):
    """The constructs in which a peer is faster than Kitle."""
    lines = [f"- {name}: {PEERS[row['peer']]} ({row['form']}) takes "
             f"{row['ratio']:.2f} of Kitle's time"
             for name, best in by_construct(rows).items()
             for row in best.values() if row["ratio"] and row["ratio"] < 1]
    if not lines:
        return "\nKitle is the fastest in each of them.\n"
    return "\n### Where a peer is faster\n\n" + "\n".join(lines) + "\n"


def reasons(rows, label):
    lines = [f"- {row[label]}, {PEERS.get(row['peer'], row['peer'])} "
             f"{row['form']}: {row['reason']}" for row in rows
             if row.get("reason")]
    if not lines:
        return ""
    return "\n### Not comparable\n\n" + "\n".join(lines) + "\n"


def construct_part(rows, folder):
    constructs = of_workload(rows, "constructs")
    if not constructs:
        return ""
    (folder / "constructs.svg").write_text(construct_chart(constructs), "utf-8")
    return (CONSTRUCTS + construct_tables(constructs) + slower(constructs)
            + reasons(constructs, "construct"))


def write(rows, docs, args, version, day):
    folder = docs / "performance"
    folder.mkdir(parents=True, exist_ok=True)
    page = docs / "performance.md"
    page.write_text(INTRODUCTION + header(rows, args, version, day)
                    + seed_part(rows, folder, args)
                    + construct_part(rows, folder), "utf-8")
    print(f"wrote {page}")
