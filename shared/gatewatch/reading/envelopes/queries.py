"""Envelopes of pages and of answers to queries.

Sources: CloudTrail API reference (LookupEvents, GetQueryResults); Athena API reference (GetQueryResults); CloudWatch Logs API reference
(GetQueryResults); Azure Monitor Log Analytics API, "Response format"; Elasticsearch guide (search, multi get, ES|QL, EQL); Splunk REST API
reference (search/jobs/export, output modes json and json_rows); Microsoft Graph, "Paging".
"""

from . import tabular
from .carried import written
from .envelope import Envelope
from .openers import inside, listed, text, text_if_json

_PAGES = (
    Envelope(name="page of Microsoft Graph", has=("value",), open=listed("value"), wrap=lambda record: {"value": [record]}),
    Envelope(
        name="answer of `aws cloudtrail lookup-events`",
        has=("Events",),
        open=listed("Events"),
        wrap=lambda record: {"Events": [{"EventId": "1", "EventName": "n", "CloudTrailEvent": written(record)}]},
    ),
)


def _lookup_entry(name: str) -> Envelope:
    """Other spellings are those of tables that were made of the answer (Steampipe, warehouses)."""
    return Envelope(
        name=f"entry of `aws cloudtrail lookup-events` with {name}",
        has=(name,),
        open=text(name),
        columns=(name,),
        wrap=lambda record: {"EventId": "1", "EventName": "n", name: written(record)},
    )


def _lake_row(name: str) -> Envelope:
    return Envelope(
        name=f"row of a CloudTrail Lake query with {name}",
        has=(name,),
        open=text_if_json(name),
        columns=(name,),
        wrap=lambda record: {"eventID": "1", name: written(record)},
    )


_ROWS = (
    *map(_lookup_entry, ("CloudTrailEvent", "cloudTrailEvent", "cloudtrailevent", "cloud_trail_event", "cloudtrail_event")),
    *map(_lake_row, ("eventJson", "eventjson", "event_json")),
)

_TABLES = (
    Envelope(
        name="answer of a Log Analytics query",
        has=("tables",),
        open=tabular.tables,
        wrap=lambda record: {"tables": [{"name": "PrimaryResult", **tabular.of_record(record)}]},
    ),
    Envelope(
        name="answer of an Azure Data Explorer query",
        has=("Tables",),
        open=tabular.tables,
        wrap=lambda record: {"Tables": [{"TableName": "Table_0", **tabular.of_record(record, "Columns", "ColumnName", "Rows")}]},
    ),
    Envelope(
        name="frame of an Azure Data Explorer query",
        has=("FrameType",),
        open=lambda data, unpacking: tabular.frame(data, unpacking) if data["FrameType"] == "DataTable" else (),
        wrap=lambda record: {"FrameType": "DataTable", **tabular.of_record(record, "Columns", "ColumnName", "Rows")},
    ),
    Envelope(
        name="answer of a CloudTrail Lake query",
        has=("QueryResultRows",),
        open=tabular.merged,
        wrap=lambda record: {"QueryStatus": "FINISHED", "QueryResultRows": [[{name: value} for name, value in tabular.of(record).items()]]},
    ),
    Envelope(
        name="answer of an Athena query (GetQueryResults)",
        has=("ResultSet",),
        open=tabular.result_set,
        wrap=lambda record: {"ResultSet": {"Rows": tabular.cells_of(record)}},
    ),
    Envelope(
        name="answer of a CloudWatch Logs Insights query",
        has=("results",),
        open=tabular.pairs,
        wrap=lambda record: {
            "status": "Complete",
            "results": [[{"field": "@message", "value": written(record)}, {"field": "@ptr", "value": "p"}]],
        },
    ),
    Envelope(
        name="row of a CloudWatch Logs Insights query with @message",
        has=("@message",),
        open=text_if_json("@message"),
        columns=("@message",),
        wrap=lambda record: {"@timestamp": "2026-11-20 09:01:00.000", "@message": written(record)},
    ),
    Envelope(
        name="answer of an OpenSearch SQL query",
        has=("datarows", "schema"),
        open=lambda data, _: tabular.rows(data["schema"], data["datarows"], "name"),
        wrap=lambda record: tabular.of_record(record, "schema", "name", "datarows"),
    ),
    Envelope(
        name="answer of a Presto or Trino query",
        has=("data", "columns"),
        open=lambda data, _: tabular.rows(data["columns"], data["data"], "name"),
        wrap=lambda record: tabular.of_record(record, "columns", "name", "data"),
    ),
    Envelope(
        name="answer of a query with columns and rows",
        has=("rows", "columns"),
        open=tabular.frame,
        wrap=tabular.of_record,
    ),
    Envelope(
        name="answer of an ES|QL query",
        has=("values", "columns"),
        open=tabular.values,
        wrap=lambda record: tabular.of_record(record, "columns", "name", "values"),
    ),
    Envelope(
        name="results of a Splunk search (json_rows)",
        has=("rows", "fields"),
        open=tabular.fields,
        wrap=lambda record: {"fields": list(tabular.of(record)), "rows": [list(tabular.of(record).values())]},
    ),
    Envelope(
        name="answer of a query with a list results (Splunk, Defender)",
        has=("results",),
        open=listed("results"),
        wrap=lambda record: {"results": [record]},
    ),
    Envelope(
        name="answer of a Defender advanced hunting query",
        has=("Results",),
        open=listed("Results"),
        wrap=lambda record: {"Schema": [], "Results": [record]},
    ),
)

_SEARCHES = (
    Envelope(
        name="answer of an Elasticsearch search",
        has=("hits",),
        open=listed("hits", "hits"),
        wrap=lambda record: {"took": 1, "hits": {"total": {"value": 1}, "hits": [{"_index": "i", "_id": "1", "_source": record}]}},
    ),
    Envelope(
        name="answer of an Elasticsearch EQL search",
        has=("hits",),
        open=listed("hits", "events"),
        wrap=lambda record: {"hits": {"events": [{"_index": "i", "_id": "1", "_source": record}]}},
    ),
    Envelope(
        name="answer of an Elasticsearch EQL sequence search",
        has=("hits",),
        open=listed("hits", "sequences"),
        wrap=lambda record: {"hits": {"sequences": [{"join_keys": [], "events": [{"_id": "1", "_source": record}]}]}},
    ),
    Envelope(
        name="answers of an Elasticsearch multi search",
        has=("responses",),
        open=listed("responses"),
        wrap=lambda record: {"responses": [{"hits": {"hits": [{"_id": "1", "_source": record}]}}]},
    ),
    Envelope(
        name="response in an answer of Microsoft Graph to a batch",
        has=("body", "status"),
        open=inside("body"),
        wrap=lambda record: {"id": "1", "status": 200, "headers": {}, "body": {"value": [record]}},
    ),
    Envelope(
        name="response that Kibana shows of its search",
        has=("rawResponse",),
        open=inside("rawResponse"),
        wrap=lambda record: {"isPartial": False, "rawResponse": {"hits": {"hits": [{"_id": "1", "_source": record}]}}},
    ),
    Envelope(
        name="answer of an asynchronous Elasticsearch search",
        has=("response", "is_running"),
        open=inside("response"),
        wrap=lambda record: {"is_running": False, "response": {"hits": {"hits": [{"_id": "1", "_source": record}]}}},
    ),
    Envelope(
        name="answer of an Elasticsearch multi get",
        has=("docs",),
        open=listed("docs"),
        wrap=lambda record: {"docs": [{"_id": "1", "found": True, "_source": record}]},
    ),
    Envelope(
        name="Elasticsearch document",
        has=("_source",),
        open=inside("_source"),
        wrap=lambda record: {"_index": "i", "_id": "1", "_source": record},
    ),
    Envelope(
        name="Elasticsearch hit with fields only",
        has=("fields", "_id"),
        open=tabular.hit_fields,
        wrap=lambda record: {"_index": "i", "_id": "1", "fields": {name: [value] for name, value in tabular.of(record).items()}},
    ),
    Envelope(
        name="result of a Splunk export",
        has=("result",),
        open=inside("result"),
        wrap=lambda record: {"preview": False, "offset": 0, "result": record},
    ),
)

ENVELOPES: tuple[Envelope, ...] = (*_PAGES, *_ROWS, *_TABLES, *_SEARCHES)
