"""Members of every segment of examples/rees46, compared with DuckDB's."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "real_data"))

import run  # noqa: E402

run.test("rees46")
