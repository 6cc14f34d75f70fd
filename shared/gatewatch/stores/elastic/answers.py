"""What searches and reads answer, as typed records. An answer that is not whole is no answer: it would hide evidence."""

from typing import Any

import msgspec

from ...errors import NewerDocument, StoreError, StoreUnavailable
from ...model import SCHEMA_VERSION, Alert
from ...ports import StateDocument, Stored
from ...providers.codec import convert

type Json = dict[str, Any]


def whole(answer: object) -> Json:
    """The answer of one search, if every shard gave its part."""
    if not isinstance(answer, dict) or "error" in answer or answer.get("timed_out") or answer.get("_shards", {}).get("failed"):
        kind = answer.get("error", {}).get("type", "partial answer") if isinstance(answer, dict) else "no answer"
        raise StoreUnavailable(f"Elasticsearch did not search everything: {kind}")
    return answer


def typed[T](answer: Json, name: str, kind: type[T]) -> list[T]:
    """The typed records that the documents carry beside their searchable fields. Alerts of a later release are left to that release."""
    try:
        hits = [hit["_source"]["gatewatch"] for hit in answer["hits"].get("hits", [])]
        return [convert(own[name], kind) for own in hits if name != "alert" or not _is_newer(own)]
    except (KeyError, msgspec.ValidationError) as error:
        raise StoreError(f"a document does not hold the {name} that this Gatewatch understands") from error


def buckets(aggregations: Json, name: str) -> list[Json]:
    """The buckets of one aggregation."""
    found: list[Json] = aggregations.get(name, {}).get("buckets", [])
    return found


def stored_document(doc: Json) -> StateDocument | None:
    """One small document of ``_mget``; None when it, or its index, does not exist."""
    kind = doc.get("error", {}).get("type")
    if kind is not None and kind != "index_not_found_exception":
        raise StoreUnavailable(f"Elasticsearch could not read a document: {kind}")
    if not doc.get("found"):
        return None
    try:
        body = msgspec.json.encode(doc["_source"]["gatewatch"]["state"])
    except KeyError as error:
        raise StoreError("a document does not hold the state that this Gatewatch understands") from error
    return StateDocument(body, f"{doc['_seq_no']}:{doc['_primary_term']}")


def _is_newer(own: Json) -> bool:
    """Whether a later release wrote this document."""
    version = own.get("schema_version")
    return isinstance(version, int) and version > SCHEMA_VERSION


def stored_alert(doc: Json) -> Stored | None:
    """One document of ``_mget``; None when it, or its month, does not exist. Raises ``NewerDocument`` for one of a later release."""
    kind = doc.get("error", {}).get("type")
    if kind is not None and kind != "index_not_found_exception":
        raise StoreUnavailable(f"Elasticsearch could not read an alert: {kind}")
    if not doc.get("found"):
        return None
    if _is_newer(doc.get("_source", {}).get("gatewatch", {})):
        raise NewerDocument("a later release of Gatewatch wrote this alert")
    try:
        alert = convert(doc["_source"]["gatewatch"]["alert"], Alert)
    except (KeyError, msgspec.ValidationError) as error:
        raise StoreError("a document does not hold the alert that this Gatewatch understands") from error
    return Stored(alert, f"{doc['_seq_no']}:{doc['_primary_term']}")
