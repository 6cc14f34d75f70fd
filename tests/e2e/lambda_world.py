"""What the tests of the AWS half do beside the stage: look into its stores, its metrics, and take a table away."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from gatewatch.model import Alert
from gatewatch.ports import AlertQuery
from gatewatch.stores import open_store
from gatewatch.stores.elastic import ElasticStore
from scripts.local_cloud.lambda_runtime import Emulator
from tests.elastic_server.fixtures import Elastic

SWEEP = {"source": "gatewatch", "action": "sweep"}


def alerts(file: Path) -> list[Alert]:
    """What the SQLite store of this file holds."""
    with closing(open_store(f"sqlite:{file}")) as store:
        return store.search(AlertQuery())


def stored(elastic: Elastic, namespace: str, account: str) -> list[Alert]:
    """The alerts of an account in the index."""
    with closing(ElasticStore(elastic.client(), namespace=namespace)) as store:
        return [alert for alert in store.search(AlertQuery(limit=1000)) if alert.key.account == account]


def api_key(elastic: Elastic) -> str:
    """The functions' own key as their secret holds it."""
    return elastic.key.header().removeprefix("ApiKey ") if elastic.key else "none"


def rename(file: Path, table: str, to: str) -> None:
    """Takes a table of the store away, or brings it back: every call of the store then answers that it is unavailable."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO {to}")


def metrics(function: Emulator) -> dict[str, float]:
    """The sum of each metric that the function wrote."""
    found: dict[str, float] = {}
    for line in function.log().splitlines():
        if '"CloudWatchMetrics"' not in line:
            continue
        written: dict[str, Any] = json.loads(line[line.index("{") :])
        for name in (each["Name"] for each in written["_aws"]["CloudWatchMetrics"][0]["Metrics"]):
            found[name] = found.get(name, 0) + sum(written[name])
    return found
