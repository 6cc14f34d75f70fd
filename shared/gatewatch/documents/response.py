"""One response document: what a responder said of an alert. The server adds the author; the document holds none."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import structs

from ..alerts.responses import response_id
from ..model import Response
from ..providers.codec import convert
from ..providers.ecs import Document, Flat, iso, nest
from . import common

DATASET = "gatewatch.response"
TYPED = "record"


def response_document(response: Response, *, namespace: str = "default", ingested: datetime) -> Document:
    """The document of one response. ``ingested`` is the moment of this write attempt."""
    key = response.key
    flat: Flat = {
        "@timestamp": iso(response.at),
        **common.product(DATASET, namespace),
        "event.kind": "event",
        "event.action": response.kind.value,
        "event.reason": response.reason,
        "event.ingested": iso(ingested),
        "gatewatch.alert_id": response.alert_id,
        "gatewatch.family": key.family,
        "gatewatch.account": key.account,
        "gatewatch.principal": key.principal,
        "gatewatch.day": key.day,
        "gatewatch.occurrence": response.occurrence,
        "gatewatch.severity": response.severity.value if response.severity else None,
        "gatewatch.rules": response.rules,
        "gatewatch.event_ids": response.event_ids,
        "gatewatch.event_count": response.event_count or None,
        "gatewatch.response.id": response.id,
        "gatewatch.response.verdict": response.verdict.value if response.verdict else None,
        "gatewatch.response.claimed_by": response.claimed_by,
    }
    document = nest(flat)
    document["gatewatch"]["response"][TYPED] = msgspec.to_builtins(structs.replace(response, author=None))
    return document


def response_from_document(document: Mapping[str, Any], *, verified: bool) -> Response:
    """The response that ``response_document`` wrote.

    ``verified`` says that the server overwrites the author of every document; otherwise the response has none.

    Raises:
        msgspec.ValidationError: the document is something else, or its id does not follow from its content.
    """
    own = document.get("gatewatch")
    part = own.get("response") if isinstance(own, Mapping) else None
    response = convert(part.get(TYPED) if isinstance(part, Mapping) else None, Response)
    if response.id != response_id(response):
        message = "the id of a response does not follow from its content"
        raise msgspec.ValidationError(message)
    return structs.replace(response, author=_author(own.get("author")) if verified and isinstance(own, Mapping) else None)


def _author(written: object) -> str | None:
    """The user, or ``owner/key`` for an API key. The kind of authentication is always the server's, the rest only where it belongs to it."""
    if not isinstance(written, Mapping):
        return None
    user = written.get("username")
    key = written.get("api_key")
    if written.get("authentication_type") == "API_KEY" and isinstance(key, Mapping):
        return f"{user}/{key.get('name') or key.get('id')}"
    return user if isinstance(user, str) else None
