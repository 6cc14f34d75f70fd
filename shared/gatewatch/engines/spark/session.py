"""The Spark to work in: the one that runs this program, else a local one on all cores."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

BROUGHT = ("PYSPARK_GATEWAY_PORT", "SPARK_REMOTE", "DATABRICKS_RUNTIME_VERSION")
"""Variables of an environment in which a platform brings its Spark: spark-submit (EMR, Glue, YARN, Kubernetes), Spark Connect, Databricks."""

_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.log.level": "ERROR",
}


def is_local(environment: Mapping[str, str]) -> bool:
    """Whether no platform brings a Spark, so that one is started here."""
    return not any(name in environment for name in BROUGHT)


@contextmanager
def session(environment: Mapping[str, str], cores: int) -> Iterator["SparkSession"]:
    """The session. One that was started here ends with its use, one that a platform brought goes on."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - only who has Spark comes here

    builder = SparkSession.builder.appName("gatewatch replay")
    if not is_local(environment):
        yield builder.getOrCreate()
        return
    builder = builder.master(f"local[{cores}]").config("spark.sql.shuffle.partitions", str(2 * cores))
    for name, value in _LOCAL.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()
