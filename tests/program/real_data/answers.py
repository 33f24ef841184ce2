"""Asks DuckDB the questions of an SQL file, one section a segment.

    answers.py FILE.sql --data DIR           prints segment,size as CSV

A section begins with `-- segment NAME` and holds one query that gives member
ids. `{NAME}` of another section stands for its query, `{data}` for the folder.
"""

import argparse
import csv
import pathlib
import re
import sys

import duckdb


def read_sections(text):
    """(what prepares, {segment: query}) of an SQL file."""
    prelude, *parts = re.split(r"^-- segment ([\w.]+)\n", text, flags=re.M)
    names, queries = parts[0::2], parts[1::2]
    return prelude, {name: query.strip().rstrip(";")
                     for name, query in zip(names, queries, strict=True)}


def expand(query, queries):
    """Puts the queries of other segments in the place of their {name}."""
    def replace(match):
        return f"(select id from ({expand(queries[match[1]], queries)}))"
    return re.sub(r"\{([\w.]+)\}", replace, query)


def members(sql_file, data):
    """{segment: set of member ids}, in the order of the file."""
    text = pathlib.Path(sql_file).read_text(encoding="utf-8")
    prelude, queries = read_sections(
        text.replace("{data}", str(data).replace("'", "''")))
    connection = duckdb.connect()
    connection.execute("set threads = 2; set timezone = 'UTC'")
    connection.execute(prelude)
    return {name: {row[0] for row in connection.execute(
                       expand(query, queries)).fetchall()}
            for name, query in queries.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sql", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    args = parser.parse_args()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("segment", "size"))
    for name, ids in members(args.sql, args.data).items():
        writer.writerow((name, len(ids)))


if __name__ == "__main__":
    main()
