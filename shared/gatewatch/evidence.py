"""What becomes evidence, under which id, and by which tokens it is found again. Pure."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from .model import Event, Evidence, Kind, Outcome, Subject
from .providers.entra.vocabulary import BLOCKED_AFTER_PASSWORD, CLOUD_CLI_APPS, is_no_risk
from .tuning import Tuning, fold

_CANONICAL = msgspec.json.Encoder(order="sorted")


def digest(value: object) -> str:
    """Sha256 hex of the canonical (sorted keys) JSON of anything msgspec encodes."""
    return hashlib.sha256(_CANONICAL.encode(value)).hexdigest()


def order_time(event: Event, fetched: datetime | None) -> datetime | None:
    """What orders versions of one vendor id: lastUpdatedDateTime, else the fetch time of a record that can change.

    CloudTrail and process events never change, so a second delivery of one is the same version, whenever it was fetched;
    only a record without a time of its own carries its fetch time into its identity.
    """
    if event.updated is not None:
        return event.updated
    mutable = event.kind in {Kind.SIGN_IN, Kind.RISK_DETECTION}
    return fetched if mutable or event.time is None else None


def evidence_id(event: Event, fetched: datetime | None) -> str:
    """The id of one record version: vendor id, normalised fields, order time. Enrichment (geography) is added after it is taken."""
    return digest((event.vendor_id, event, order_time(event, fetched)))


def stored_time(evidence: Evidence) -> datetime:
    """The time a store finds this version by."""
    return evidence.event.time or evidence.fetched or evidence.ingested


def principal_token(event: Event) -> str:
    """The subject token of what alerts group by."""
    return f"principal:{event.account or ''}|{event.principal}"


def person_token(person: str) -> str:
    """The subject token of a raw person key."""
    return f"person:{person}"


def subjects(event: Event) -> tuple[str, ...]:
    """Who this event is about: its principal and, unless CloudTrail hid it, its person.

    An endpoint's OS user is also found by each of its names, so that an alias given later still finds it.
    """
    people = () if event.person is None or event.subject is Subject.HIDDEN else (event.person,)
    if event.kind is Kind.PROCESS:
        people = (*people, *(fold(name) for name in event.names))
    return tuple(dict.fromkeys((principal_token(event), *(person_token(p) for p in people))))


def links(event: Event) -> tuple[str, ...]:
    """What ties this event to others whatever their time: its id, the sign-in it is or names, its correlation id with its user."""
    found = [f"id:{event.vendor_id}"]
    detail = event.entra or event.risk
    if detail is not None:
        request = event.entra.sign_in_id if event.entra is not None else event.risk.request_id if event.risk is not None else None
        if request:
            found.append(f"req:{request.lower()}")
        if detail.correlation_id and detail.user_id:
            found.append(f"corr:{detail.correlation_id.lower()}|{detail.user_id.lower()}")
    return tuple(found)


def request_link(sign_in_id: str) -> str:
    """The link token of a sign-in id."""
    return f"req:{sign_in_id.lower()}"


def ignore_reason(event: Event, tuning: Tuning) -> str | None:
    """Why this event is not kept as evidence, or None when it is.

    Kept: every AWS sign-in event, every risk detection, endpoint CLI authentications, and Entra sign-ins that carry any risk, were
    stopped by policy, belong to break-glass people, to cloud CLI apps or to the AWS application (design/architecture.md, section 3).
    """
    match event.kind:
        case Kind.AWS | Kind.RISK_DETECTION:
            return None
        case Kind.PROCESS:
            return _ignored_process(event, tuning)
        case Kind.SIGN_IN:
            return None if _telling_sign_in(event, tuning) else "sign_in_without_risk"


def _ignored_process(event: Event, tuning: Tuning) -> str | None:
    process = event.process
    if process is None or not process.start:
        return "process_not_a_start"
    matched = process.pattern if tuning.endpoint_mode == "wildcard" else process.tool
    return None if matched else "process_not_a_cloud_cli_login"


def _telling_sign_in(event: Event, tuning: Tuning) -> bool:
    entra = event.entra
    if entra is None:
        return False
    levels = (entra.level_during, entra.level_aggregated)
    return (
        any(level and not is_no_risk(level) for level in levels)
        or bool(entra.risk_types)
        or (entra.risk_state or "none") != "none"
        or (event.outcome is not Outcome.SUCCESS and entra.error_code in BLOCKED_AFTER_PASSWORD)
        or tuning.is_break_glass(event.names)
        or entra.app_id in CLOUD_CLI_APPS
        or entra.app_id in tuning.aws_app_ids
    )


def make(event: Event, *, fetched: datetime | None, now: datetime) -> Evidence:
    """One evidence document of this event, without history facts."""
    return Evidence(id=evidence_id(event, fetched), event=event, ingested=now.astimezone(UTC), fetched=fetched)


def encode(evidence: Evidence) -> bytes:
    """The typed evidence as JSON; ``decode`` gives an equal one back."""
    return msgspec.json.encode(evidence)


_DECODER = msgspec.json.Decoder(Evidence)


def decode(body: bytes | str) -> Evidence:
    """What ``encode`` wrote."""
    return _DECODER.decode(body)


def distinct(evidence: Iterable[Evidence]) -> dict[str, Evidence]:
    """Evidence by id; a copy stored twice across a rollover counts once, the earliest ingest time speaks."""
    found: dict[str, Evidence] = {}
    for item in evidence:
        known = found.get(item.id)
        if known is None or item.ingested < known.ingested:
            found[item.id] = item
    return found
