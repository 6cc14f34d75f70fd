"""One evidence document: ECS for people and rules, the whole typed evidence beside it for Gatewatch."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from ..evidence import links, stored_time, wants
from ..model import Evidence
from ..model.tokens import subjects
from ..providers.catalogue import provider_of
from ..providers.codec import convert
from ..providers.ecs import Document, Flat, iso, nest
from . import common

DATASET = "gatewatch.signin"
TYPED = "evidence"


def evidence_document(evidence: Evidence, *, namespace: str = "default", ingested: datetime | None = None) -> Document:
    """The document of one record version. ``ingested`` is the moment of this write attempt; without it, of the first."""
    event = evidence.event
    flat: Flat = {
        "@timestamp": iso(stored_time(evidence)),
        **common.product(DATASET, namespace),
        "event.kind": "event",
        **common.event_fields(event),
        "event.created": iso(evidence.fetched or evidence.ingested),
        "event.ingested": iso(ingested or evidence.ingested),
        "related.ip": common.addresses((event.place.ip,)),
        "related.user": provider_of(event).document.names(event),
        "related.hosts": provider_of(event).document.hosts(event),
        **_own(evidence),
    }
    document = nest(flat)
    document["gatewatch"][TYPED] = msgspec.to_builtins(evidence)
    return document


def _own(evidence: Evidence) -> Flat:
    event = evidence.event
    return {
        "gatewatch.evidence_id": evidence.id,
        "gatewatch.subjects": subjects(event),
        "gatewatch.links": links(event),
        "gatewatch.account": event.account,
        "gatewatch.principal": event.principal,
        "gatewatch.person": event.person,
        "gatewatch.client": event.client,
        "gatewatch.data_quality": event.data_quality,
        "gatewatch.mfa.verdict": common.mfa_verdict(event),
        "gatewatch.wants": wants(event),
    }


def evidence_from_document(document: Mapping[str, Any]) -> Evidence:
    """The evidence that ``evidence_document`` wrote; raises ``msgspec.ValidationError`` for anything else."""
    return convert(_typed(document), Evidence)


def _typed(document: Mapping[str, Any]) -> object:
    own = document.get("gatewatch")
    return own.get(TYPED) if isinstance(own, Mapping) else None
