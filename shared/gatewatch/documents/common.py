"""What every document says of one event in plain ECS, whatever its source."""

import ipaddress
from collections.abc import Iterable

from .. import __version__
from ..model import Event, Fact, Outcome, Subject
from ..providers.aws import document as aws
from ..providers.ecs import Flat, unique
from ..providers.endpoint import document as process
from ..providers.entra import risk_document as risk
from ..providers.entra import sign_in_document as entra

ECS_VERSION = "8.11.0"  # what Elastic's integrations emit; every field checked against it and 9.x
SCHEMA_VERSION = 1
MODULE = "gatewatch"

# CloudTrail says "MFAUsed: No" for these because the identity provider did the MFA, or did not: it does not know.
_FEDERATED = frozenset({Subject.SAML_ROLE, Subject.IDENTITY_CENTER_ROLE})
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
        "gatewatch.kind": event.kind.value,
        "gatewatch.vendor_id": event.vendor_id,
        "gatewatch.subject": event.subject.value,
        "gatewatch.truncated_fields": event.truncated,
    }
    return own | place_fields(event) | vendor_fields(event)


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


def vendor_fields(event: Event) -> Flat:
    """The fields that carry the names of Elastic's own integrations."""
    if event.aws is not None:
        return aws.fields(event, event.aws)
    if event.entra is not None:
        return entra.fields(event, event.entra)
    if event.risk is not None:
        return {"event.outcome": Outcome.UNKNOWN.value} | risk.fields(event, event.risk)
    return process.fields(event, event.process) if event.process is not None else {}


def people(event: Event) -> list[str]:
    """Every name of who acted, for ``related.user``."""
    if event.aws is not None:
        return unique(*aws.names(event, event.aws), event.user_name)
    if event.entra is not None:
        return unique(*entra.names(event, event.entra), event.user_name)
    if event.risk is not None:
        return unique(*risk.names(event, event.risk), event.user_name)
    return unique(*(process.names(event, event.process) if event.process is not None else ()))


def hosts(event: Event) -> list[str]:
    """The endpoint, by id and name, for ``related.hosts``."""
    return unique(event.process.host_id, event.process.host_name) if event.process is not None else []


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
    """``satisfied``, ``absent`` or ``unknown``; ``found`` is what the Entra sign-in of a federated AWS login says."""
    if found is not None:
        return _VERDICT[found]
    if event.aws is not None:
        return _VERDICT[Fact.UNKNOWN if event.subject in _FEDERATED else event.aws.mfa_used]
    return _VERDICT[event.entra.mfa] if event.entra is not None else None
