"""Where Spark reads: small files whole, in any format of the front; large ones line by line, because Spark divides them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .reading import LINE
from .rows import SCHEMA

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

WHOLE_FILE = 8 * 2**20
"""Bytes up to which a file is read whole. A larger one must hold one JSON value in each line; what is none is refused by name."""

_SETTINGS = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": "500",  # a row may be a whole file
    "spark.sql.maxPlanStringLength": "2000",  # nobody reads the plans, and writing them takes time
}


@contextmanager
def settings(spark: "SparkSession") -> Iterator[None]:
    """What this work needs of the session; the session's own settings come back."""
    before = {name: spark.conf.get(name, None) for name in _SETTINGS}
    for name, value in _SETTINGS.items():
        spark.conf.set(name, value)
    try:
        yield
    finally:
        for name, own in before.items():
            if own is None:
                spark.conf.unset(name)
            else:
                spark.conf.set(name, own)


def contents(spark: "SparkSession", paths: Sequence[str], whole_file: int = WHOLE_FILE) -> "DataFrame":
    """Rows with ``file`` and ``body``: whole files, and lines of large ones."""
    from pyspark.sql import functions as f  # noqa: PLC0415 - only who has Spark comes here

    found = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(list(paths))
    large = [row.path for row in found.where(f.col("length") > whole_file).select("path").collect()]
    whole = found.where(f.col("length") <= whole_file).select(f.col("path").alias("file"), f.col("content").alias("body"))
    rows = spark.createDataFrame([], SCHEMA).unionByName(whole, allowMissingColumns=True)
    if large:
        lines = spark.read.text(large).select(
            f.lit(LINE).alias("kind"), f.input_file_name().alias("file"), f.encode("value", "UTF-8").alias("body")
        )
        rows = rows.unionByName(lines, allowMissingColumns=True)
    return rows
