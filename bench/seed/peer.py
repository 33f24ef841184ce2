"""DuckDB with the seed workload: the questions of seed.sql."""

import pathlib
import re

import duckdb
import numpy as np

SQL = pathlib.Path(__file__).with_name("seed.sql")
VERSION = duckdb.__version__
FORM = "one grouped aggregation a table, joined"


def sections(names=()):
    """The questions of the segments called so."""
    parts = re.split(r"^-- section (\w+)\n", SQL.read_text(encoding="utf-8"),
                     flags=re.M)[1:]
    found = dict(zip(parts[0::2], parts[1::2], strict=True))
    flags = found.pop("flags").strip()
    quoted = [f'"{name}"' for name in names]
    sizes = ", ".join(f"count(*) filter ({name}) as {name}" for name in quoted)
    return {name: text.replace("{flags}", flags).replace("{sizes}", sizes)
            .replace("{names}", ", ".join(quoted))
            for name, text in found.items()}


class Duck:
    """The tables in memory, in the order of the files."""

    def __init__(self, data, threads, names):
        self.sql = sections(names)
        self.connection = duckdb.connect()
        self.connection.execute(f"set threads = {threads}")
        self.connection.execute(
            self.sql["load"].replace("{data}", str(data)))

    def sizes(self):
        return list(self.connection.execute(self.sql["sizes"]).fetchone())

    def members(self):
        """{segment: sorted customer numbers}."""
        found = self.connection.execute(self.sql["members"]).fetchnumpy()
        names = np.asarray(found["segment"])
        ids = np.asarray(found["id"], np.int64)
        return {name: ids[names == name] for name in np.unique(names)}


def build(data, folder, threads):
    """Loads the files into a database on disk, each table sorted by customer
    and time: what an ingest does. How many bytes it takes."""
    path = folder / "sorted.duckdb"
    path.unlink(missing_ok=True)
    load = re.sub(r"(from '[^']*/(?!profiles)\w+\.parquet');",
                  r"\1 order by id, t;",
                  sections()["load"].replace("{data}", str(data)))
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"set threads = {threads}")
        connection.execute(load)
        connection.execute("checkpoint")
    size = path.stat().st_size
    path.unlink()
    return size
