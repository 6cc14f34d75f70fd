"""Addresses a responder may open. Only the operator's own bases become links; ids join them only in a known, harmless form."""

import re
from urllib.parse import quote

from msgspec import Struct

from ..model import Alert

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d{1,2}")
_RULE = re.compile(r"[a-z0-9_]{1,80}")
_ALERT_ID = re.compile(r"[A-Za-z0-9._|-]{1,128}")
_EVENT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class Links(Struct, frozen=True, kw_only=True):
    """Where this deployment's pages are. ``document`` holds ``{id}``, the alert's id, e.g. a saved Kibana search."""

    runbooks: str | None = None  # base: <runbooks>/<rule-id>.md
    document: str | None = None


def from_settings(runbooks: str | None, document: str | None) -> Links:
    """The operator's bases; one that is not https is left out, because a notification must not carry it."""
    return Links(runbooks=_https(runbooks), document=_https(document))


def _https(url: str | None) -> str | None:
    return url.strip() if url and url.strip().startswith("https://") else None


class Link(Struct, frozen=True):
    """A labelled https address."""

    label: str
    url: str


def runbook(alert: Alert, links: Links) -> str:
    """The playbook's address, or its place in the repository."""
    page = f"{alert.rule}.md" if _RULE.fullmatch(alert.rule) else ""
    return f"{links.runbooks.rstrip('/')}/{page}" if links.runbooks else f"docs/playbooks/{page}"


def found(alert: Alert, links: Links) -> tuple[Link, ...]:
    """The links of a notification: runbook, document, CloudTrail event."""
    offered = [
        Link("Runbook", runbook(alert, links)),
        Link("Alert document", _document(alert, links)),
        Link("CloudTrail event", _cloudtrail(alert) or ""),
    ]
    return tuple(link for link in offered if link.url.startswith("https://"))


def _document(alert: Alert, links: Links) -> str:
    known = links.document if links.document and _ALERT_ID.fullmatch(alert.id) else ""
    return known.replace("{id}", quote(alert.id, safe="")) if known else ""


def cloudtrail_ids(alert: Alert) -> tuple[str, str] | None:
    """Region and event id of the highest event, when both have the form AWS gives them."""
    aws = alert.lead.event.aws
    if aws is None or not aws.region or not aws.event_id:
        return None
    if not _REGION.fullmatch(aws.region) or not _EVENT_ID.fullmatch(aws.event_id):
        return None
    return aws.region, aws.event_id


def _cloudtrail(alert: Alert) -> str | None:
    ids = cloudtrail_ids(alert)
    if ids is None:
        return None
    region, event_id = ids
    return f"https://{region}.console.aws.amazon.com/cloudtrailv2/home?region={region}#/events/{event_id}"


def sign_in_id(alert: Alert) -> str | None:
    """The Entra sign-in of the highest event (or of its other side), when it has the form Graph gives it."""
    for activity in (alert.lead, alert.partner):
        if activity is None:
            continue
        event = activity.event
        named = event.entra.sign_in_id if event.entra else event.risk.request_id if event.risk else None
        if named and _EVENT_ID.fullmatch(named):
            return named
    return None
