"""The seed's rules in Polars: one grouped aggregation a table, joined, lazy."""

import functools

import numpy as np
import polars as pl
from constructs import sets
from generate import NOW, TABLES

DAY = 86_400
YEAR_2022, YEAR_2023 = 1_640_995_200, 1_672_531_200
TYPES = {"channel": pl.UInt8, "category": pl.UInt16, "country": pl.UInt8,
         "gender": pl.UInt8, "time": pl.UInt32, "signed_up": pl.UInt32,
         "age": pl.UInt8}


def ago(days):
    return pl.col("time") > NOW - days * DAY


def after(days, column="last"):
    return pl.col(column) > NOW - days * DAY


def band(truths):
    return functools.reduce(lambda sum_, truth: sum_ + truth.cast(pl.Int8),
                            truths, pl.lit(1, pl.Int8))


def narrow(path):
    """A file as columns of integers, in memory, in its order."""
    table = pl.read_parquet(path).rename({"customer": "id"})
    if "amount" in table.columns:
        cents = (pl.col("amount") * 100).cast(pl.UInt32).alias("cents")
        table = table.with_columns(cents).drop("amount")
    texts = [name for name in table.columns if name in TYPES
             and not table[name].dtype.is_integer()]
    table = table.with_columns(
        pl.col(name).cast(pl.String).cast(TYPES[name]) for name in texts)
    return table.with_columns(pl.col("id").set_sorted()).rechunk()


def grouped(tables):
    """What is counted of each person, one frame a table."""
    category = {name: pl.col("category").is_in(numbers)
                for name, numbers in sets().items()}

    def of(name, **what):
        return tables[name].group_by("id").agg(**what)

    time = pl.col("time")
    return [
        of("purchase", n=pl.len(), last=time.max(),
           cents=pl.col("cents").cast(pl.UInt64).sum(),
           n_7=ago(7).sum(), n_180=ago(180).sum(),
           n_2022=time.is_between(YEAR_2022, YEAR_2023, closed="left").sum()),
        of("page_view", on_1=(pl.col("channel") == 1).sum(),
           viewed=ago(30).any()),
        of("product_view", sneakers=(category["sneakers"] & ago(7)).any(),
           sport=category["sport"].sum(), newborn=category["newborn"].sum()),
        tables["add_to_cart"].filter(category["newborn"]).group_by("id").agg(
            carts=pl.len()),
        of("call", called=time.max()),
        tables["email_open"].filter(ago(30)).select("id").unique()
        .with_columns(opened=pl.lit(value=True)),
        tables["push_open"].filter(ago(30)).select("id").unique()
        .with_columns(pushed=pl.lit(value=True)),
    ]


def bands():
    n, cents = pl.col("n"), pl.col("cents")
    return {
        "recency": band(after(days) for days in (30, 90, 180, 365)),
        "frequency": band(n > cut for cut in (1, 2, 4, 7)),
        "monetary": band(cents > cut for cut in
                         (50_000, 100_000, 200_000, 400_000)),
    }


def segments():
    """{name: a truth value}, all of columns of the joined frame."""
    n, last, cents, score = (pl.col(name) for name in
                             ("n", "last", "cents", "score"))
    bought = pl.col("n_bought")
    at_risk, once = (n >= 2) & ~after(180), n == 1
    points = pl.col("newborn").fill_null(0) + 5 * pl.col("carts").fill_null(0)
    best = [pl.col(name) >= 4 for name in ("recency", "frequency", "monetary")]
    silent = pl.col("opened").is_null() & pl.col("pushed").is_null()
    joined = ~after(7, "signed_up") & after(8, "signed_up")
    return {
        "seed_1": pl.col("sneakers") & (pl.col("n_7").fill_null(0) == 0),
        "seed_2": (pl.col("n_180") >= 3) & (pl.col("on_1") == 1),
        "seed_3": (pl.col("n_2022") >= 3) & (pl.col("called") >= YEAR_2023)
        & (last <= pl.col("called")),
        "seed_4": pl.col("sport") > 2,
        "seed_5": points > 10,
        "seed_6": (score > 10) & ~pl.col("viewed").fill_null(value=False),
        "seed_7": once,
        "seed_8": at_risk & (score >= 9),
        "seed_9": joined & (bought == 0),
        "seed_10": at_risk & silent,
        "seed_11": best[0] & best[1] & best[2],
        "seed_12": (pl.col("country") == 3) & pl.col("age").is_between(25, 34)
        & ((pl.col("gender") == 1) | (bought >= 5)) & (cents > 50_000 * n),
        "lifecycle.one_time_buyer": once,
        "lifecycle.at_risk": at_risk,
        "lifecycle.other": ~(once | at_risk).fill_null(value=False),
    }


class Polars:
    """Frames in memory; asked for all sizes at once, or for all members."""

    name = "polars"
    version = pl.__version__

    def __init__(self, folder, names):
        self.names = names
        data = folder / "data"
        tables = {name: narrow(data / f"{name}.parquet").lazy()
                  for name, _, _ in TABLES}
        flags = narrow(data / "profiles.parquet").lazy()
        for frame in grouped(tables):
            flags = flags.join(frame, on="id", how="left")
        scored = flags.with_columns(
            n_bought=pl.col("n").fill_null(0), **bands()).with_columns(
            score=pl.sum_horizontal(*bands(), ignore_nulls=False))
        truths = segments()
        self.flags = scored.select("id", **{
            name: truths[name].fill_null(value=False) for name in names})

    def sizes(self, engine):
        found = self.flags.select(pl.col(name).sum() for name in self.names)
        return list(found.collect(engine=engine).row(0))

    def members(self, engine):
        """{segment: sorted customer numbers}."""
        found = self.flags.collect(engine=engine)
        ids = found["id"].to_numpy().astype(np.int64)
        return {name: np.sort(ids[found[name].to_numpy()])
                for name in self.names}
