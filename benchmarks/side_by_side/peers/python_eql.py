"""python-eql: the same three rules as one query over raw records, fed by orjson."""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import orjson
from eql import Event, PythonEngine, parse_query

QUERY = """any where
  (detail.eventName == "ConsoleLogin" and detail.responseElements.ConsoleLogin == "Success" and detail.additionalEventData.MFAUsed == "No")
  or riskState == "atRisk"
"""

count, found = 0, set()


def add(output: object) -> None:
    """One event that matched."""
    for event in output.events:
        data = event.data
        if "detail" in data:
            found.add(f"aws|{data['detail']['userIdentity'].get('userName')}|{data['detail']['eventTime'][:10]}")
        else:
            found.add(f"entra|{data['userId']}|{(data.get('createdDateTime') or data['activityDateTime'])[:10]}")


engine = PythonEngine()
engine.add_output_hook(add)
engine.add_query(parse_query(QUERY, implied_any=True))
with Path(sys.argv[1]).open("rb") as file:
    for line in file:
        count += 1
        engine.stream_event(Event("any", count, orjson.loads(line)))
engine.finalize()
print(json.dumps({"records": count, "findings": sorted(found), "version": version("eql")}))
