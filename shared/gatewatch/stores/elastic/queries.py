"""The searches of the store, as JSON. Whatever an attacker wrote goes in as the exact value of a term, never as query text. Pure."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from ...evidence import id_link
from ...ports import AlertQuery, Span

type Query = dict[str, Any]

TOKEN_BYTES = 512
PAGE = 2_000
"""Documents of one search; most neighbourhoods need no second."""

MOST_HITS = 10_000
"""What a server gives in one search (index.max_result_window)."""

_TIME = "@timestamp"
_SUCCEEDED: Query = {"term": {"event.outcome": "success"}}
_WHOLE: Query = {"timeout": "8s", "track_total_hits": True}


def token(text: str) -> str:
    """A token as it is indexed: long ones by their hash, so that no keyword is ever left out of the index."""
    if len(text.encode("utf-8", "surrogatepass")) <= TOKEN_BYTES:
        return text
    kind, _, _ = text.partition(":")
    return f"{kind}:sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def moment(when: datetime) -> str:
    """ISO 8601 in UTC, to the millisecond an Elasticsearch ``date`` keeps."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds")


def _terms(field: str, values: Iterable[str]) -> Query:
    return {"terms": {field: sorted({token(value) for value in values})}}


def _within(spans: Sequence[Span]) -> Query:
    ranges: list[Query] = [{"range": {_TIME: {"gte": moment(since), "lte": moment(until)}}} for since, until in spans]
    return ranges[0] if len(ranges) == 1 else {"bool": {"should": ranges, "minimum_should_match": 1}}


def neighbours(subjects: Collection[str], spans: Sequence[Span], links: Collection[str]) -> Query:
    """Everything of these subjects in the spans and of these links at any time, newest first, a page of them."""
    asked: list[Query] = []
    if subjects and spans:
        asked.append({"bool": {"filter": [_terms("gatewatch.subjects", subjects), _within(spans)]}})
    if links:
        asked.append(_terms("gatewatch.links", links))
    return {**_evidence({"bool": {"filter": [{"bool": {"should": asked, "minimum_should_match": 1}}]}}, PAGE), **_WHOLE}


def pile(wanted: str, *, success: bool, spans: Sequence[Span], size: int) -> Query:
    """The newest successes, or the newest others, that carry one token; a subject's within ``spans``, a link's (no spans) at any time."""
    clause: Query = {"filter": [_terms("gatewatch.subjects" if spans else "gatewatch.links", [wanted])]}
    if spans:
        clause["filter"].append(_within(spans))
    clause["filter" if success else "must_not"] = [*clause["filter"], _SUCCEEDED] if success else [_SUCCEEDED]
    return _evidence({"bool": clause}, size)


def _evidence(query: Query, size: int) -> Query:
    order = [{_TIME: {"order": "desc"}}, {"gatewatch.evidence_id": {"order": "asc"}}]
    return {"query": query, "size": size, "sort": order, "_source": ["gatewatch.evidence"]}


def carrying(links: Collection[str], size: int) -> Query:
    """Evidence with one of these links."""
    return {**_evidence(_terms("gatewatch.links", links), size), **_WHOLE}


def days() -> Query:
    """How many documents each UTC day has."""
    histogram = {"field": _TIME, "calendar_interval": "day", "format": "yyyy-MM-dd", "min_doc_count": 1}
    return {"query": {"match_all": {}}, "size": 0, "aggs": {"days": {"date_histogram": histogram}}}


def on_day(day: str) -> Query:
    """The evidence of one UTC day, a page at a time."""
    page = _evidence({"range": {_TIME: {"gte": day, "lt": f"{day}||+1d"}}}, PAGE)
    return {**page, **_WHOLE}


def naming(since: datetime, size: int, after: list[Any] | None) -> Query:
    """Evidence ingested since then that names another record, the longest waiting first, a page at a time."""
    filters = [{"exists": {"field": "gatewatch.wants"}}, {"range": {"event.ingested": {"gte": moment(since)}}}]
    page = _evidence({"bool": {"filter": filters}}, size)
    page["sort"] = [{"event.ingested": {"order": "asc"}}, {"gatewatch.evidence_id": {"order": "asc"}}]
    return {**page, "search_after": after} if after else page


def present(vendor_ids: Collection[str]) -> Query:
    """Which of these vendor ids the evidence holds; a record that only names one of them carries its link as well, and does not count."""
    wanted = sorted({token(id_link(vendor_id)) for vendor_id in vendor_ids})
    query = {"bool": {"filter": [{"terms": {"gatewatch.links": wanted}}], "must_not": [{"exists": {"field": "gatewatch.wants"}}]}}
    counted = {"found": {"terms": {"field": "gatewatch.links", "size": len(wanted), "include": wanted}}}
    return {"query": query, "size": 0, "aggs": counted}


def pending(size: int) -> Query:
    """Alerts with a pending notification, the longest unchanged first."""
    order = [{"gatewatch.updated": {"order": "asc"}}, {"gatewatch.alert_id": {"order": "asc"}}]
    return {
        "query": {"exists": {"field": "gatewatch.pending"}},
        "size": min(size, MOST_HITS),
        "sort": order,
        "_source": ["gatewatch.alert", "gatewatch.schema_version"],
    }


def alerts(asked: AlertQuery) -> Query:
    """What people list, newest activity first."""
    filters: list[Query] = [{"exists": {"field": "gatewatch.alert_id"}}]
    span = {name: moment(when) for name, when in (("gte", asked.since), ("lte", asked.until)) if when is not None}
    if span:
        filters.append({"range": {"event.end": span}})
    if asked.statuses:
        filters.append({"terms": {"gatewatch.status": list(asked.statuses)}})
    if asked.severities:
        filters.append({"terms": {"gatewatch.severity": list(asked.severities)}})
    if asked.text:
        pattern = {"value": f"*{_literal(asked.text)}*", "case_insensitive": True}
        fields = ("gatewatch.principal", "gatewatch.person", "gatewatch.alert_id")
        filters.append({"bool": {"should": [{"wildcard": {field: pattern}} for field in fields], "minimum_should_match": 1}})
    order = [{"event.end": {"order": "desc"}}, {"gatewatch.alert_id": {"order": "desc"}}]
    return {
        "query": {"bool": {"filter": filters}},
        "size": min(asked.limit, MOST_HITS),
        "sort": order,
        "_source": ["gatewatch.alert", "gatewatch.schema_version"],
    }


def alerts_on(day: str) -> Query:
    """The alerts of the groups of one UTC day, a page at a time."""
    order = [{"gatewatch.alert_id": {"order": "asc"}}]
    return {
        "query": {"term": {"gatewatch.day": day}},
        "size": PAGE,
        "sort": order,
        "_source": ["gatewatch.alert", "gatewatch.schema_version"],
    }


def _literal(text: str) -> str:
    """Text that a wildcard query takes letter by letter."""
    return "".join(f"\\{dead_letter}" if dead_letter in "*?\\" else dead_letter for dead_letter in text)
