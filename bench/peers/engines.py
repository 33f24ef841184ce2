"""The peers that take SQL: DuckDB and ClickHouse (chdb), both in this process.

Each has its tables in the order (customer, time) and as narrow as its types
are, counts the people that a question gives, and gives them one by one.
"""

import contextlib
import json
import pathlib
import threading

import chdb
import numpy as np
import peer
from chdb.session import Session

HERE = pathlib.Path(__file__).resolve().parent
MEMORY = "10GB"


class TooLong(Exception):
    """A question was stopped at its limit of seconds."""


def sql_file(name, **words):
    """The statements of a file, one by one."""
    text = (HERE / name).read_text(encoding="utf-8")
    for word, meaning in words.items():
        text = text.replace("{" + word + "}", str(meaning))
    return [part for part in text.split(";\n") if part.strip()]


class Duck(peer.Duck):
    """The seed's DuckDB, asked for any people."""

    name = "duckdb"
    version = peer.VERSION

    def __init__(self, folder, threads, names):
        super().__init__(folder / "data", threads, names)
        self.connection.execute(f"set memory_limit = '{MEMORY}'")
        for statement in sql_file("duckdb.sql", born=folder / "born.parquet"):
            self.connection.execute(statement)

    @contextlib.contextmanager
    def limited(self, seconds):
        timer = threading.Timer(seconds, self.connection.interrupt)
        timer.start()
        try:
            yield self.connection
        except peer.duckdb.InterruptException as error:
            raise TooLong(f"stopped after {seconds} s") from error
        finally:
            timer.cancel()

    def count(self, people, seconds):
        with self.limited(seconds) as connection:
            return connection.execute(
                f"select count(*) from ({people})").fetchone()[0]

    def ids(self, people, seconds):
        with self.limited(seconds) as connection:
            found = connection.execute(people).fetchnumpy()
            return np.sort(np.asarray(found["id"], np.int64))


class ClickHouse:
    """A folder of MergeTree tables, made once. The one with a row a profile
    is in memory, which takes half of the time that a MergeTree takes."""

    name = "clickhouse"

    def __init__(self, folder, threads):
        self.session = Session(str(folder / "clickhouse"))
        self.settings = (f"settings max_threads = {threads}, "
                         "max_memory_usage = 10000000000, "
                         "join_use_nulls = 1")
        version = self.session.query("select version()", "TSV").data().strip()
        self.version = f"{version} (chdb {chdb.__version__})"
        self.load(folder)

    def load(self, folder):
        stamp = folder / "clickhouse.json"
        made = (folder / "data" / "made.json").read_text(encoding="utf-8")
        wanted = {"statements": sql_file("clickhouse.sql"), "data": made}
        if not stamp.exists() or json.loads(stamp.read_text()) != wanted:
            stamp.unlink(missing_ok=True)
            self.fill(folder)
            stamp.write_text(json.dumps(wanted))
        self.session.query("use seed")
        self.session.query("drop table if exists person sync")
        self.session.query("create table person engine = Memory as "
                           "select * from person_stored")

    def fill(self, folder):
        for statement in ("drop database if exists seed sync",
                          "create database seed", "use seed",
                          *sql_file("clickhouse.sql", data=folder / "data",
                                    born=folder / "born.parquet")):
            self.session.query(statement)
        tables = self.session.query("show tables", "TSV").data().split()
        for table in tables:
            self.session.query(f"optimize table {table} final")

    def numbers(self, statement, seconds, kind):
        """The rows of a statement whose columns are all of one kind."""
        limits = f"{self.settings}, max_execution_time = {seconds}"
        try:
            found = self.session.query(f"{statement} {limits}", "RowBinary")
        except Exception as error:
            if "TIMEOUT_EXCEEDED" in str(error):
                raise TooLong(f"stopped after {seconds} s") from error
            raise
        return np.frombuffer(found.bytes(), kind)

    def count(self, people, seconds):
        return int(self.numbers(f"select count() from ({people})", seconds,
                                np.uint64)[0])

    def ids(self, people, seconds):
        return np.sort(self.numbers(people, seconds, np.uint32)
                       .astype(np.int64))
