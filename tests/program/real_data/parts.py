"""Splits a compressed CSV file in two by chance, but so that equal rows are in
one part, and that the first part has everybody: the second one then only adds
to histories, and to orders, that are there."""

import csv
import zlib

import pyarrow as pa


def choose(lines, customers):
    """For each line 0 or 1."""
    known, chosen = set(), {}
    for line, customer in zip(lines, customers):
        if line not in chosen:
            chosen[line] = zlib.crc32(line) % 2 if customer in known else 0
        known.add(customer)
        yield chosen[line]


def split(path, column, first, second):
    """Writes the two parts of the file at `path`, each with the header;
    `column` names the customer."""
    with pa.input_stream(str(path), compression="zstd") as file:
        header, *lines = file.read().splitlines(keepends=True)
    at = header.decode().strip().split(",").index(column)
    rows = csv.reader(line.decode("utf-8") for line in lines)
    kept = [[header], [header]]
    for line, side in zip(lines, choose(lines, (row[at] for row in rows))):
        kept[side].append(line)
    for part, out in zip(kept, (first, second)):
        out.parent.mkdir(parents=True, exist_ok=True)
        with pa.output_stream(str(out), compression="zstd") as file:
            file.write(b"".join(part))
