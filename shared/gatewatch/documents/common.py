"""What every document says of one event in plain ECS, whatever its source."""

import ipaddress
from collections.abc import Iterable

from .. import __version__
from ..model import SCHEMA_VERSION, Event, Fact
from ..providers.catalogue import provider_of
from ..providers.ecs import Flat, unique

ECS_VERSION = "8.11.0"  # what Elastic's integrations emit; every field checked against it and 9.x
MODULE = "gatewatch"

_VERDICT = {Fact.PRESENT: "satisfied", Fact.ABSENT: "absent", Fact.UNKNOWN: "unknown"}


def product(dataset: str, namespace: str = "default") -> Flat:
    """Who wrote the document, in which schema."""
    return {
        "ecs.version": ECS_VERSION,
        "event.module": MODULE,
        "event.dataset": dataset,
        "data_stream.type": "logs",
        "data_stream.dataset": dataset,
        "data_stream.namespace": namespace,
        "observer.vendor": "Gatewatch",
        "observer.product": "Gatewatch",
        "observer.type": "detector",
        "observer.version": __version__,
        "gatewatch.schema_version": SCHEMA_VERSION,
    }


def event_fields(event: Event) -> Flat:
    """Everything one event says, the vendor's own fields included."""
    own: Flat = {
        "event.action": event.action,
        "event.outcome": event.outcome.value,
        "event.category": ["authentication"],
        "event.type": ["info"],
        "cloud.account.id": event.account,
        "user_agent.original": event.user_agent,
        "user.name": event.user_name,
        "user.full_name": event.display_name,
        "gatewatch.kind": event.kind,
        "gatewatch.vendor_id": event.vendor_id,
        "gatewatch.subject": event.subject,
        "gatewatch.truncated_fields": event.truncated,
    }
    return own | place_fields(event) | provider_of(event).document.fields(event)


def place_fields(event: Event) -> Flat:
    """Where the request came from; ``source.ip`` only if it is one."""
    place = event.place
    point = None if place.latitude is None or place.longitude is None else {"lat": place.latitude, "lon": place.longitude}
    return {
        "source.address": place.address,
        "source.ip": place.ip,
        "source.geo.country_iso_code": place.country,
        "source.geo.region_name": place.region,
        "source.geo.city_name": place.city,
        "source.geo.location": point,
        "source.as.number": place.asn,
        "source.as.organization.name": place.as_organization,
    }


def addresses(written: Iterable[str | None]) -> list[str]:
    """Those that are IP addresses, for ``related.ip``: one that is not would refuse the document."""
    return unique(*(text for text in written if text and _is_ip(text)))


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text  # a zone id is no address to Elasticsearch


def mfa_verdict(event: Event, found: Fact | None = None) -> str | None:
    """``satisfied``, ``absent`` or ``unknown``; ``found`` is what another provider's sign-in says of a federated login."""
    fact = found if found is not None else provider_of(event).mfa(event)
    return _VERDICT[fact] if fact is not None else None
