"""pySigma on SQLite: three Sigma rules converted by pySigma's backend; rows hold only the fields that they read, taken out by orjson."""

import json
import sqlite3
import sys
from importlib.metadata import version
from itertools import batched
from pathlib import Path

import orjson
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

RULES = """
title: Console login without MFA
status: test
logsource: {product: aws, service: cloudtrail}
detection:
    selection: {eventName: ConsoleLogin, consoleLogin: Success, mfaUsed: 'No'}
    condition: selection
---
title: At risk
status: test
logsource: {product: azure, service: riskdetection}
detection:
    selection: {riskState: atRisk}
    condition: selection
"""
COLUMNS = ("provider", "principal", "day", "eventName", "consoleLogin", "mfaUsed", "riskState")
MARKS = ", ".join("?" * len(COLUMNS))


def row(data: dict) -> tuple:
    """The fields of one record."""
    detail = data.get("detail")
    if detail is None:
        day = (data.get("createdDateTime") or data.get("activityDateTime") or "")[:10]
        return "entra", data.get("userId"), day, None, None, None, data.get("riskState")
    said, extra = detail.get("responseElements") or {}, detail.get("additionalEventData") or {}
    who = detail.get("userIdentity") or {}
    return (
        "aws",
        who.get("userName"),
        detail["eventTime"][:10],
        detail.get("eventName"),
        said.get("ConsoleLogin"),
        extra.get("MFAUsed"),
        None,
    )


queries = [query.replace("<TABLE_NAME>", "logs") for query in sqliteBackend().convert(SigmaCollection.from_yaml(RULES))]
database = sqlite3.connect(":memory:")
database.execute(f"CREATE TABLE logs ({', '.join(COLUMNS)})")
count, found = 0, set()
with Path(sys.argv[1]).open("rb") as file:
    for some in batched(file, 20_000):
        count += len(some)
        database.executemany(f"INSERT INTO logs VALUES ({MARKS})", (row(orjson.loads(line)) for line in some))  # noqa: S608 - question marks
        for query in queries:
            found.update("|".join(each[:3]) for each in database.execute(query))
        database.execute("DELETE FROM logs")
print(
    json.dumps(
        {
            "records": count,
            "findings": sorted(found),
            "version": f"{version('pysigma')} (sqlite backend {version('pysigma-backend-sqlite')})",
        }
    )
)
