#!/usr/bin/env python3
"""Writes the seed workload: profiles and seven kinds of event, as Parquet.

    generate.py --profiles 1000000 --seed 1 --out DIR

One file a table, rows in the order (customer, time), columns as narrow as
they can be. Events a profile are exponential with the mean of each table,
rounded: many have none, few have very many. Times reach back 730 days from
the instant below and are denser towards it.
"""

import argparse
import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

NOW = 1_700_000_000  # 2023-11-14 22:13:20 UTC
SPAN = 730 * 86_400  # under 2^26 seconds
CATEGORIES = 500
CHANNELS = 3
# table, mean events a profile, its property
TABLES = [
    ("page_view", 20.0, "channel"),
    ("product_view", 20.0, "category"),
    ("add_to_cart", 4.0, "category"),
    ("purchase", 2.5, "amount"),
    ("call", 0.2, None),
    ("email_open", 4.0, None),
    ("push_open", 2.0, None),
]


def stream(seed, *path):
    """Random numbers of their own for each column, whatever else is drawn."""
    return np.random.Generator(np.random.PCG64([seed, *path]))


def texts(codes, count):
    """Small integers as a dictionary-encoded column of their digits."""
    indices = pa.array(codes, pa.uint16() if count > 255 else pa.uint8())
    values = pa.array([str(i) for i in range(count)])
    return pa.DictionaryArray.from_arrays(indices, values)


def money(cents):
    """Whole cents as exact decimals of two digits."""
    words = np.zeros((len(cents), 2), np.int64)
    words[:, 0] = cents
    return pa.Array.from_buffers(
        pa.decimal128(9, 2), len(cents), [None, pa.py_buffer(words)])


def profiles(count, seed):
    draw = stream(seed, 0)
    since = draw.integers(0, 1000 * 86_400, count)
    return pa.table({
        "customer": pa.array(np.arange(count, dtype=np.uint32)),
        "country": texts(draw.integers(0, 20, count), 20),
        "age": pa.array(draw.integers(18, 78, count).astype(np.uint8)),
        "gender": texts(draw.integers(0, 2, count), 2),
        "signed_up": pa.array((NOW - since).astype(np.uint32)),
    })


def customers_and_times(count, mean, draw):
    """Each event's customer and time, sorted by both."""
    events = np.rint(draw.exponential(mean, count)).astype(np.int64)
    customer = np.repeat(np.arange(count, dtype=np.int64), events)
    total = len(customer)
    age = np.minimum(draw.random(total), draw.random(total))
    back = (age * SPAN).astype(np.int64)
    key = (customer << 26) | (SPAN - back)
    key.sort()
    time = (key & ((1 << 26) - 1)) + (NOW - SPAN)
    return (key >> 26).astype(np.uint32), time.astype(np.uint32)


def property_column(name, total, draw):
    if name == "channel":
        return texts(draw.integers(0, CHANNELS, total), CHANNELS)
    if name == "category":
        return texts(draw.integers(0, CATEGORIES, total), CATEGORIES)
    return money(draw.integers(1_000, 100_001, total))


def events(number, count, seed):
    name, mean, prop = TABLES[number]
    customer, time = customers_and_times(count, mean, stream(seed, number, 1))
    columns = {"customer": pa.array(customer), "time": pa.array(time)}
    if prop:
        columns[prop] = property_column(
            prop, len(time), stream(seed, number, 2))
    return name, pa.table(columns)


def write(table, path):
    pq.write_table(table, path, compression="zstd", compression_level=1,
                   row_group_size=1 << 20)
    print(f"{table.num_rows:>12,} {path.name}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--profiles", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    write(profiles(args.profiles, args.seed), args.out / "profiles.parquet")
    for number in range(len(TABLES)):
        name, table = events(number, args.profiles, args.seed)
        write(table, args.out / f"{name}.parquet")


if __name__ == "__main__":
    main()
