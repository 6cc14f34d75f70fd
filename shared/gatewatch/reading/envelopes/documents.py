"""Envelopes of log shippers and SIEMs: documents with the record in a text field or below one property.

Sources: Elastic Common Schema (``event.original``, ``message``); Splunk, "Format events for HTTP Event Collector"; Wazuh documentation,
"Alert management" and the modules of cloud providers; Fluent Bit's ``log``; Grafana Loki HTTP API; OpenTelemetry protocol, logs data model.
"""

from typing import Any

from .carried import written
from .envelope import Envelope, Object, Opened, Unpacking
from .openers import at, inside, listed, text_if_json

# Objects that are records themselves; their texts are never opened. Whoever starts a process writes its command line or script, and agents
# repeat that in texts; a shipper may keep the text of a record beside the record's own properties.
_RECORDS = frozenset({
    "userIdentity",
    "process", "process.command_line", "process.executable", "process.name", "process.args", "process.pid", "winlog", "powershell",
    "EventData", "ScriptBlockText", "CommandLine", "EventID", "EventId", "EventCode", "event_id", "ContextInfo", "NewProcessName",
    "ProcessCommandLine", "process_cmdline", "cmdline",
})  # fmt: skip
# Properties and columns in which SIEMs, pipelines and tables keep the text of a record.
_RAW = (
    "@rawstring",
    "raw",
    "raw_event",
    "rawEvent",
    "raw_log",
    "_raw_log",
    "rawMessage",
    "rawLog",
    "payload",
    "record",
    "json",
    "RAW",
    "SRC",
    "VALUE",
    "RawData",
    "rawData",
    "original_event",
    "textPayload",
    "text",
    "line",
    "msg",
    "Message",
    "utf8_payload",
    "short_message",
)
_COLUMNS = frozenset({"_raw", "full_log", "message", "full_message", "log", *_RAW})
# Under these names tools keep the list of what they found.
_LISTS = ("rows", "logs", "items", "entries", "matches", "object", "hits")
_ALERT = ("rule", "decoder", "agent", "manager", "timestamp")
_COLLECTOR = frozenset({"event", "time", "host", "source", "sourcetype", "index", "fields"})


def _alert_data(data: Object, _unpacking: Unpacking) -> Opened:
    """The decoded record of a Wazuh alert: what its integration is named after, else all decoded fields."""
    decoded = data.get("data")
    if not isinstance(decoded, dict) or not any(name in data for name in _ALERT) or "win" in decoded:
        return None  # of a Windows event the alert itself is the record: only it has host and time for certain
    integration = decoded.get("integration")
    record = decoded.get(integration) if isinstance(integration, str) else None
    return [record if isinstance(record, dict) else decoded]


def _integration(data: Object, _unpacking: Unpacking) -> Opened:
    """A line of Wazuh's own log of an integration: ``{"integration": NAME, NAME: {...}}``."""
    record = data.get(data["integration"]) if isinstance(data["integration"], str) else None
    return [record] if isinstance(record, dict) else None


def _collected(data: Object, unpacking: Unpacking) -> Opened:
    """The event of a Splunk HTTP Event Collector line: an object, or JSON text. A document of ECS has other properties as well."""
    if not _COLLECTOR.issuperset(data):
        return None
    return [data["event"]] if isinstance(data["event"], dict) else text_if_json("event")(data, unpacking)


def _streams(data: Object, _unpacking: Unpacking) -> Opened:
    """The lines of Loki's answer."""
    streams = at(data, "data", "result")
    if not isinstance(streams, list):
        return None
    return [pair[1] for stream in streams for pair in _pairs(stream)]


def _pairs(stream: Any) -> list[Any]:  # noqa: ANN401 - whatever JSON lies there
    pairs = stream.get("values") if isinstance(stream, dict) else None
    return [pair for pair in pairs if isinstance(pair, list) and len(pair) > 1] if isinstance(pairs, list) else []


def _texts(*path: str, name: str) -> Envelope:
    """A document with the record as JSON in this text field."""
    return Envelope(
        name=name,
        has=path[:1],
        open=text_if_json(*path),
        lacks=_RECORDS,
        columns=(".".join(path),) if len(path) > 1 or path[0] in _COLUMNS else (),
        wrap=lambda record: _nested(path, written(record)),
    )


def _list(name: str) -> Envelope:
    return Envelope(
        name=f"answer with a list {name}",
        has=(name,),
        open=listed(name),
        lacks=_RECORDS,
        wrap=lambda record: {name: [record], "total": 1},
    )


def _nested(path: tuple[str, ...], value: object) -> dict[str, object]:
    for name in reversed(path):
        value = {name: value}
    return {"@timestamp": "2026-11-20T09:01:00Z", **value} if isinstance(value, dict) else {}


ENVELOPES: tuple[Envelope, ...] = (
    _texts("event", "original", name="document of an Elastic integration with event.original"),
    Envelope(
        name="document with the property event.original",
        has=("event.original",),
        open=text_if_json("event", "original"),
        lacks=_RECORDS,
        columns=("event.original",),
        wrap=lambda record: {"@timestamp": "2026-11-20T09:01:00Z", "event.original": written(record)},
    ),
    Envelope(
        name="line of a Splunk HTTP Event Collector",
        has=("event",),
        open=_collected,
        wrap=lambda record: {"time": 1795165260, "sourcetype": "s", "event": record},
    ),
    _texts("_raw", name="Splunk result with _raw"),
    Envelope(
        name="line of a Wazuh integration",
        has=("integration",),
        open=_integration,
        wrap=lambda record: {"integration": "i", "i": record},
    ),
    Envelope(
        name="Wazuh alert",
        has=("data",),
        open=_alert_data,
        wrap=lambda record: {"rule": {"level": 3}, "decoder": {"name": "json"}, "data": {"integration": "i", "i": record}},
    ),
    _texts("full_log", name="Wazuh event with full_log"),
    _texts("message", name="document with the record in message (Filebeat, Logstash, Vector, CloudWatch log event)"),
    *(_texts(name, name=f"document or row with the record in {name}") for name in _RAW),
    _texts("full_message", name="GELF message with the record in full_message"),
    _texts("log", name="container log line with the record in log (Fluent Bit, Docker)"),
    Envelope(
        name="answer of a query with a list data (Datadog, Panther)",
        has=("data",),
        open=listed("data"),
        wrap=lambda record: {"data": [record], "meta": {}},
    ),
    Envelope(
        name="log of a Datadog query",
        has=("attributes", "type"),
        open=inside("attributes", "attributes"),
        wrap=lambda record: {"id": "1", "type": "log", "attributes": {"service": "s", "attributes": record}},
    ),
    Envelope(
        name="message of a Graylog search",
        has=("message", "index"),
        open=inside("message"),
        wrap=lambda record: {"index": "graylog_0", "message": record},
    ),
    Envelope(
        name="answer of a search with a list messages (Sumo Logic, Graylog)",
        has=("messages",),
        open=listed("messages"),
        wrap=lambda record: {"fields": [], "messages": [{"map": {"_raw": written(record)}}]},
    ),
    Envelope(
        name="message of a Sumo Logic search",
        has=("map",),
        open=inside("map"),
        wrap=lambda record: {"map": {"_messagetime": "1795165260000", "_raw": written(record)}},
    ),
    Envelope(
        name="answer of a Loki query",
        has=("data",),
        open=_streams,
        wrap=lambda record: {"status": "success", "data": {"resultType": "streams", "result": [{"values": [["1", written(record)]]}]}},
    ),
    Envelope(
        name="OpenTelemetry logs",
        has=("resourceLogs",),
        open=listed("resourceLogs"),
        wrap=lambda record: {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": written(record)}}]}]}]},
    ),
    Envelope(
        name="OpenTelemetry scope",
        has=("scopeLogs",),
        open=listed("scopeLogs"),
        wrap=lambda record: {"scopeLogs": [{"logRecords": [{"body": {"stringValue": written(record)}}]}]},
    ),
    Envelope(
        name="OpenTelemetry log records",
        has=("logRecords",),
        open=listed("logRecords"),
        wrap=lambda record: {"logRecords": [{"body": {"stringValue": written(record)}}]},
    ),
    Envelope(
        name="OpenTelemetry log record",
        has=("body",),
        open=text_if_json("body", "stringValue"),
        wrap=lambda record: {"timeUnixNano": "1", "body": {"stringValue": written(record)}},
    ),
    Envelope(
        name="entry of Google Cloud Logging",
        has=("jsonPayload",),
        open=inside("jsonPayload"),
        lacks=_RECORDS,
        wrap=lambda record: {"insertId": "1", "logName": "l", "jsonPayload": record},
    ),
    *map(_list, _LISTS),
)
