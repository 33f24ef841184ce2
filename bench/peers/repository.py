"""The rule repository that all rules are asked of: the seed's schema, files and
store, and a date of birth for each profile."""

import constructs
import generate
import numpy as np
import prepare
import pyarrow as pa
import pyarrow.parquet as pq

BORN_STREAM = 100  # of random numbers, beside those of generate.py
BORN_SOURCE = """
source born_rows {
  files     "born.parquet"
  customer  from "customer"
  into customer { birth_date from "birth_date" }
}
"""


def make_births(path, profiles, seed):
    """A date of birth for each profile, 1940 to 2009."""
    days = generate.stream(seed, BORN_STREAM).integers(
        -10_957, 14_610, profiles)
    pq.write_table(pa.table({
        "customer": pa.array(np.arange(profiles, dtype=np.uint32)),
        "birth_date": pa.array(days.astype(np.int32), pa.date32()),
    }), path)


def make(build, folder, args):
    """The seed's rules over the seed's files, with dates of birth."""
    prepare.copy_rules(folder)
    (folder / "schema.kitle").write_text(constructs.schema(), "utf-8")
    (folder / "born.kitle").write_text(BORN_SOURCE, "utf-8")
    data = build / "seed" / args.short / "data"
    prepare.make_files(data, args.profiles, args.seed)
    make_births(folder / "born.parquet", args.profiles, args.seed)
    if not (folder / "data").exists():
        (folder / "data").symlink_to(data)
    if not (args.keep_store and (folder / "store").exists()):
        prepare.ingest(build, folder)
