"""The seed workload: its twelve rules (and three stages) in one question, in
every peer and every form, against both tiers of Kitle."""

import pathlib
import statistics
import tempfile

import numpy as np
import peer
from constructs import LIMIT, brief, difference, filled, lower_bound, words
from generate import NOW
from timing import Times

HERE = pathlib.Path(__file__).resolve().parent
REFERENCE_BYTES = 230  # a profile, whatever either side stores
TIERS = ("interpreter", "compiled")


class Sql:
    """The seed's question to ClickHouse, in one form."""

    def __init__(self, click, form, flags, names):
        self.click, self.form, self.names = click, form, names
        self.flags = flags
        self.name, self.version = click.name, click.version

    def sizes(self):
        counts = ", ".join(f'countIf("{name}")' for name in self.names)
        return self.click.numbers(f"select {counts} from ({self.flags})",
                                  LIMIT, np.uint64).tolist()

    def members(self):
        return {name: self.click.ids(
            f'select id from ({self.flags}) where "{name}"', LIMIT)
            for name in self.names}


class InDuckDB:
    """The seed's question to DuckDB: that of bench/seed."""

    form = peer.FORM

    def __init__(self, duck):
        self.name, self.version = duck.name, duck.version
        self.sizes, self.members = duck.sizes, duck.members


class InPolars:
    """The seed's question to Polars, by one of its engines."""

    def __init__(self, polars, engine):
        self.name, self.version = polars.name, polars.version
        self.form = f"lazy, grouped and joined, {engine}"
        self.sizes = lambda: polars.sizes(engine)
        self.members = lambda: polars.members(engine)


def grouped_flags(names):
    """The question of seed.sql, which is DuckDB's, as ClickHouse writes it."""
    statement = peer.sections(names)["sizes"]
    flags = statement[statement.index("from (") + len("from ("):].strip()
    return flags.removesuffix(")").replace("filter (", "filter (where ")


def clickhouse_forms(click, names):
    arrays = (HERE / "seed_arrays.sql").read_text("utf-8")
    return [Sql(click, "grouped and joined", grouped_flags(names), names),
            Sql(click, "arrays, one row a profile", filled(arrays, words()),
                names)]


def expected_members(kitle, engine, threads):
    """Alike in both tiers, or a RuntimeError."""
    found = []
    for tier in TIERS:
        result = kitle.run(engine, NOW * 1_000_000, tier, threads)
        found.append(kitle.members(result))
        kitle.lib.kitle_result_free(result)
    wrong = [name for name in kitle.segments
             if not np.array_equal(found[0][name], found[1][name])]
    if wrong:
        raise RuntimeError(f"the tiers differ in {wrong}")
    return found[0]


def reason_against(form, expected):
    """None if the form gives the same members, or why it cannot be timed."""
    try:
        found = form.members()
    except Exception as error:  # whatever a peer says is a row's reason
        return brief(error)
    nobody = np.empty(0, np.int64)
    for name, members in expected.items():
        theirs = found.get(name, nobody)
        if not np.array_equal(theirs, members):
            return f"{name}: {difference(theirs, members)}"
    return None


def run_rounds(kitle, engine, forms, args):
    """({tier: Times}, [Times of each form]), all asked in turn."""
    ours = {tier: Times() for tier in TIERS}
    theirs = [Times() for _ in forms]
    for _ in range(args.rounds):
        for tier, times in ours.items():
            result = times.add(kitle.run, engine, NOW * 1_000_000, tier,
                               args.threads)
            sizes = kitle.sizes(result)
            kitle.lib.kitle_result_free(result)
        for form, times in zip(forms, theirs, strict=True):
            if times.add(form.sizes) != sizes:
                raise RuntimeError(f"{form.name}: its sizes changed")
    return ours, theirs


def row(form, args, ours, times, reason):
    made = {"workload": f"seed {args.short}", "peer": form.name,
            "version": form.version, "form": form.form, "seconds": None,
            "ours": ours["compiled"].seconds(), "ratio": None,
            "interpreter": ours["interpreter"].seconds()}
    if reason:
        return made | {"reason": reason}
    ratios = [theirs / mine for theirs, mine in zip(
        times.rounds, ours["compiled"].rounds, strict=True)]
    return made | {"seconds": times.seconds(),
                   "ratio": statistics.median(ratios),
                   "lower": lower_bound(ratios), "rounds": len(ratios)}


def bandwidth_row(kitle, args, ours):
    """The share of the machine's read bandwidth, by the reference's bytes."""
    bandwidth = kitle.bandwidth(args.threads)
    reference = REFERENCE_BYTES * args.profiles
    return {"workload": f"bandwidth {args.short}", "peer": "read bandwidth",
            "version": "", "form": "the reference's bytes, read once",
            "seconds": reference / bandwidth, "ours": ours["compiled"].seconds(),
            "ratio": reference / bandwidth / ours["compiled"].seconds(),
            "bytes_a_second": bandwidth,
            "bytes_read": kitle.bytes_read(NOW * 1_000_000)}


def run(kitle, forms, args):
    """The rows of the workload."""
    with tempfile.TemporaryDirectory() as cache:
        engine = kitle.engine(cache)
        expected = expected_members(kitle, engine, args.threads)
        reasons = [reason_against(form, expected) for form in forms]
        equal = [form for form, reason in zip(forms, reasons, strict=True)
                 if not reason]
        ours, theirs = run_rounds(kitle, engine, equal, args)
        kitle.lib.kitle_engine_free(engine)
    times = dict(zip(equal, theirs, strict=True))
    rows = [row(form, args, ours, times.get(form), reason)
            for form, reason in zip(forms, reasons, strict=True)]
    rows.append(bandwidth_row(kitle, args, ours))
    for one in rows:
        show(one)
    return rows


def show(one):
    if one["seconds"] is None:
        text = one["reason"]
    else:
        text = (f"{one['seconds'] * 1e3:.1f} ms, ours {one['ours'] * 1e3:.1f} "
                f"ms, ratio {one['ratio']:.2f}")
    print(f"  {one['peer']:14} {one['form']:42} {text}", flush=True)
