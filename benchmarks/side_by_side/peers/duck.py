"""DuckDB on one thread: the three rules as one SQL query over its JSON reader, with a schema that holds only the fields they read."""

import json
import sys

import duckdb

COLUMNS = {
    "detail": "STRUCT(eventName VARCHAR, eventTime VARCHAR, responseElements STRUCT(ConsoleLogin VARCHAR),"
    " additionalEventData STRUCT(MFAUsed VARCHAR), userIdentity STRUCT(userName VARCHAR))",
    "riskState": "VARCHAR",
    "userId": "VARCHAR",
    "createdDateTime": "VARCHAR",
    "activityDateTime": "VARCHAR",
}
QUERY = f"""
SELECT DISTINCT CASE WHEN detail IS NOT NULL THEN 'aws|' || detail.userIdentity.userName || '|' || left(detail.eventTime, 10)
    ELSE 'entra|' || userId || '|' || left(coalesce(createdDateTime, activityDateTime), 10) END
FROM read_json(?, columns = {COLUMNS}, format = 'newline_delimited')
WHERE (detail.eventName = 'ConsoleLogin' AND detail.responseElements.ConsoleLogin = 'Success' AND detail.additionalEventData.MFAUsed = 'No')
    OR riskState = 'atRisk'
"""  # noqa: S608 - a schema of this file

database = duckdb.connect()
database.execute(f"SET threads = {int(sys.argv[2]) if len(sys.argv) > 2 else 1}")
found = sorted(row[0] for row in database.execute(QUERY, [sys.argv[1]]).fetchall())
print(json.dumps({"findings": found, "version": duckdb.__version__}))
