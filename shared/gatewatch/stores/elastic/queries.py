"""The searches of the store, as JSON. Whatever an attacker wrote goes in as the exact value of a term, never as query text. Pure."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ...evidence import id_link
from ...ports import AlertQuery
from ...providers.catalogue import TEACHING_KINDS

type Query = dict[str, Any]

TOKEN_BYTES = 512
PAGE = 2_000
"""Documents of one search; most neighbourhoods need no second."""

MOST_HITS = 10_000
"""What a server gives in one search (index.max_result_window)."""

HISTORY_SUBJECTS = 100
HISTORY_VALUES = 200
"""Of each kind for each subject, the most frequent: a search of a hundred subjects stays below the 65,536 buckets that a server allows."""

HISTORY_FIELDS = {"country": "source.geo.country_iso_code", "asn": "source.as.number", "client": "gatewatch.client"}
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


def _within(since: datetime, until: datetime) -> Query:
    return {"range": {_TIME: {"gte": moment(since), "lte": moment(until)}}}


def neighbours(subjects: Collection[str], since: datetime, until: datetime, links: Collection[str]) -> Query:
    """Everything of these subjects in the range and of these links at any time, newest first, a page of them."""
    asked: list[Query] = []
    if subjects:
        asked.append({"bool": {"filter": [_terms("gatewatch.subjects", subjects), _within(since, until)]}})
    if links:
        asked.append(_terms("gatewatch.links", links))
    return {**_evidence({"bool": {"filter": [{"bool": {"should": asked, "minimum_should_match": 1}}]}}, PAGE), **_WHOLE}


def pile(wanted: str, *, success: bool, span: tuple[datetime, datetime] | None, size: int) -> Query:
    """The newest successes, or the newest others, that carry one token; a subject's within ``span``, a link's at any time."""
    clause: Query = {"filter": [_terms("gatewatch.subjects" if span else "gatewatch.links", [wanted])]}
    if span is not None:
        clause["filter"].append(_within(*span))
    clause["filter" if success else "must_not"] = [*clause["filter"], _SUCCEEDED] if success else [_SUCCEEDED]
    return _evidence({"bool": clause}, size)


def _evidence(query: Query, size: int) -> Query:
    order = [{_TIME: {"order": "desc"}}, {"gatewatch.evidence_id": {"order": "asc"}}]
    return {"query": query, "size": size, "sort": order, "_source": ["gatewatch.evidence"]}


def carrying(links: Collection[str], size: int) -> Query:
    """Evidence with one of these links."""
    return {**_evidence(_terms("gatewatch.links", links), size), **_WHOLE}


def past(before: Mapping[str, datetime]) -> Query:
    """When each subject was first seen with each country, network and client; only what ``evidence.taught`` says counts."""
    filters = [
        _terms("gatewatch.subjects", before),
        {"range": {_TIME: {"lt": moment(max(before.values()))}}},
        _SUCCEEDED,
        {"terms": {"gatewatch.kind": sorted(TEACHING_KINDS)}},
    ]
    first = {"first": {"min": {"field": _TIME}}}
    values = {name: {"terms": {"field": field, "size": HISTORY_VALUES}, "aggs": first} for name, field in HISTORY_FIELDS.items()}
    wanted = sorted({token(name) for name in before})
    by_subject = {"terms": {"field": "gatewatch.subjects", "size": len(wanted), "include": wanted}, "aggs": values}
    return {"query": {"bool": {"filter": filters}}, "size": 0, "aggs": {"subject": by_subject}}


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
        "_source": ["gatewatch.alert"],
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
    return {"query": {"bool": {"filter": filters}}, "size": min(asked.limit, MOST_HITS), "sort": order, "_source": ["gatewatch.alert"]}


def _literal(text: str) -> str:
    """Text that a wildcard query takes letter by letter."""
    return "".join(f"\\{dead_letter}" if dead_letter in "*?\\" else dead_letter for dead_letter in text)
