"""Connected components in Spark: the smallest token travels along common tokens until nothing changes. No group is ever in one place."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ROUNDS_AT_MOST = 200


def components(pairs: "DataFrame") -> "DataFrame":
    """``id`` and ``label`` from pairs of ``id`` and ``token``: two ids have one label if tokens connect them, directly or through others.

    Raises:
        RuntimeError: chains are longer than any that logs are known to have.
    """
    from pyspark.sql import functions as f  # noqa: PLC0415 - only who has Spark comes here

    pairs = pairs.localCheckpoint()
    labels = pairs.groupBy("id").agg(f.min("token").alias("label")).localCheckpoint()
    for _ in range(ROUNDS_AT_MOST):
        smallest = pairs.join(labels, "id").groupBy("token").agg(f.min("label").alias("label"))
        wider = pairs.join(smallest, "token").groupBy("id").agg(f.min("label").alias("wider"))
        both = labels.join(wider, "id").localCheckpoint()
        moved = both.where("label <> wider").limit(1).count()
        labels = both.select("id", f.col("wider").alias("label"))
        if not moved:
            return labels
    raise RuntimeError(f"components did not settle in {ROUNDS_AT_MOST} rounds")
